//! A plot on a canvas: sharp on any display, in the colours of the theme.

use crate::ui::view::{attr, effect};
use leptos::{
    prelude::*,
    web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlElement},
};
use plotters::prelude::DrawingBackend;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind as Error,
    text_anchor::{HPos, VPos},
};
use receptive::{
    num::{decimal, format::ascii},
    plot::{Plot, Rgb, Surface, Theme, draw},
};
use wasm_bindgen::JsCast;

use crate::ui::{
    platform::{Frames, matches_media, resize_of},
    route::Route,
    signal::{Memo, RwSignal},
};

/// plotters knows whole units only; this many to a pixel of the display place curves between pixels.
const UNITS: u32 = 4;

/// Hands the plot to the drawing function that it is given.
pub(crate) type WithPlot = Box<dyn Fn(&mut dyn FnMut(&Plot<'_>))>;

/// A canvas as large as its place. Its values must be given in another way to who can't see it.
///
/// It is drawn once a frame at most, after `revision`, its size or the theme has changed.
#[component]
pub(crate) fn CanvasPlot<R>(
    /// Something that differs whenever the plot does.
    revision: Memo<R>,
    /// Makes the plot.
    plot: WithPlot,
) -> impl IntoView
where
    R: PartialEq + Send + Sync + 'static,
{
    let route = Route::get();
    let frame = NodeRef::<leptos::html::Div>::new();
    let canvas = NodeRef::<leptos::html::Canvas>::new();
    let size = RwSignal::new((0.0, 0.0));
    let dark = matches_media("(prefers-color-scheme: dark)");
    let contrast = matches_media("(prefers-contrast: more)");
    let forced = matches_media("(forced-colors: active)");
    // The browser's zoom changes how many pixels a CSS pixel has, and not always the size in CSS pixels.
    let zoomed = RwSignal::new(0_u32);
    let resized = window_event_listener(leptos::ev::resize, move |_| zoomed.update(|count| *count += 1));
    on_cleanup(move || resized.remove());

    let frames = Frames::new(move |_| {
        if let (Some(Some(canvas)), Some(size)) = (canvas.try_get_untracked(), size.try_get_untracked()) {
            paint(&canvas, size, &plot);
        }
        false
    });
    effect(move || {
        if let Some(frame) = frame.get() {
            resize_of(&frame, size);
        }
    });
    effect(move || {
        // A frame later the style sheet has taken the theme up as well.
        // Read, not only tracked: a memo that was never read follows nothing.
        revision.with(|_| ());
        let _look =
            (size.get(), zoomed.get(), dark.get(), contrast.get(), forced.get(), route.theme(), route.lecture());
        frames.start();
    });
    view! {
        <div class="plot-frame" node_ref=frame>
            <canvas node_ref={canvas} {..attr("aria-hidden", "true")}></canvas>
        </div>
    }
}

fn paint(canvas: &HtmlCanvasElement, (width, height): (f64, f64), plot: &WithPlot) {
    let ratio = window().device_pixel_ratio();
    let pixels = |css: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a canvas is smaller than 2³²")]
        let pixels = (css * ratio).round() as u32;
        pixels
    };
    let (width, height) = (pixels(width), pixels(height));
    if width == 0 || height == 0 {
        return;
    }
    // Setting the size clears the canvas and its transform, even to the same size.
    canvas.set_width(width);
    canvas.set_height(height);
    let Some((theme, context)) = theme_of(canvas).zip(context_of(canvas)) else { return };
    let shrink = 1.0 / f64::from(UNITS);
    drop(context.scale(shrink, shrink));
    context.set_line_join("round");
    let surface = Surface { scale: ratio * f64::from(UNITS), pixel: UNITS.cast_signed() };
    let mut backend = Some(Fine { canvas: canvas.clone(), context });
    plot(&mut |plot| {
        if let Some(Err(error)) = backend.take().map(|backend| draw(plot, surface, &theme, backend)) {
            leptos::logging::warn!("the plot was not drawn: {error}");
        }
    });
}

fn context_of(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

/// The tokens as the browser computes them. `getPropertyValue("--ink")` would give `light-dark(..)`, unresolved: each
/// is put on the canvas as its colour and read from there.
fn theme_of(canvas: &HtmlCanvasElement) -> Option<Theme> {
    let computed = window().get_computed_style(canvas).ok()??;
    // By its path: leptos has a method of that name, too.
    let style = HtmlElement::style(canvas);
    let color = |token: &str| {
        style.set_property("color", &format!("var({token})")).ok()?;
        Rgb::parse(&computed.get_property_value("color").ok()?)
    };
    Some(Theme {
        paper: color("--paper")?,
        rule: color("--rule")?,
        caption: color("--ink-3")?,
        train: color("--series-train")?,
        test: color("--series-test")?,
        font: computed.get_property_value("font-family").ok()?,
        font_size: decimal::parse(computed.get_property_value("font-size").ok()?.trim_end_matches("px"))?,
    })
}

/// A canvas that counts in [`UNITS`] to a pixel; its context is scaled to match.
struct Fine {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
}

/// The browser did not draw what it was told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the browser did not draw it")]
struct Undrawn;

type Drawn = Result<(), Error<Undrawn>>;

impl Fine {
    fn set_stroke(&self, style: &impl BackendStyle) {
        self.context.set_stroke_style_str(&color_text(style.color()));
        self.context.set_line_width(f64::from(style.stroke_width()));
    }

    fn set_fill(&self, color: BackendColor) {
        self.context.set_fill_style_str(&color_text(color));
    }

    /// Begins a path along these points.
    fn trace(&self, points: impl IntoIterator<Item = BackendCoord>) {
        self.context.begin_path();
        for (at, (x, y)) in points.into_iter().enumerate() {
            let (x, y) = (f64::from(x), f64::from(y));
            if at == 0 { self.context.move_to(x, y) } else { self.context.line_to(x, y) }
        }
    }
}

fn color_text(BackendColor { rgb: (r, g, b), alpha }: BackendColor) -> String {
    format!("rgba({r},{g},{b},{})", decimal::fixed(alpha, 3))
}

impl DrawingBackend for Fine {
    type ErrorType = Undrawn;

    fn get_size(&self) -> (u32, u32) {
        (self.canvas.width() * UNITS, self.canvas.height() * UNITS)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        self.set_fill(color);
        self.context.fill_rect(f64::from(x), f64::from(y), 1.0, 1.0);
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        to: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (right, bottom) = to;
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        if fill {
            self.fill_polygon(corners, style)
        } else {
            self.draw_path(corners.into_iter().chain([(left, top)]), style)
        }
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        self.set_stroke(style);
        self.trace(path);
        self.context.stroke();
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, corners: I, style: &S) -> Drawn {
        self.set_fill(style.color());
        self.trace(corners);
        self.context.close_path();
        self.context.fill();
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, (x, y): BackendCoord, radius: u32, style: &S, fill: bool) -> Drawn {
        self.context.begin_path();
        let whole = self.context.arc(f64::from(x), f64::from(y), f64::from(radius), 0.0, std::f64::consts::TAU);
        whole.map_err(|_refused| Error::DrawingError(Undrawn))?;
        if fill {
            self.set_fill(style.color());
            self.context.fill();
        } else {
            self.set_stroke(style);
            self.context.stroke();
        }
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, (x, y): BackendCoord) -> Drawn {
        self.context.set_text_baseline(match style.anchor().v_pos {
            VPos::Top => "top",
            VPos::Center => "middle",
            VPos::Bottom => "bottom",
        });
        self.context.set_text_align(match style.anchor().h_pos {
            HPos::Left => "start",
            HPos::Right => "end",
            HPos::Center => "center",
        });
        self.set_fill(style.color());
        let (weight, size, family) = (style.style(), ascii(style.size()), style.family());
        self.context.set_font(&[weight.as_str(), " ", &size, "px ", family.as_str()].concat());
        self.context.fill_text(text, f64::from(x), f64::from(y)).map_err(|_refused| Error::DrawingError(Undrawn))
    }
}
