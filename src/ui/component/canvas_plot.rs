//! A plot on a canvas: sharp on any display, in the colours of the theme.

use crate::ui::view::effect;
use leptos::{
    prelude::*,
    web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlElement},
};
use plotters::prelude::DrawingBackend;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind as Error};
use plotters_canvas::CanvasBackend;
use receptive::{
    num::decimal,
    plot::{Plot, Rgb, Surface, Theme, draw},
};
use wasm_bindgen::JsCast;

use crate::ui::{
    platform::{Frames, matches_media, resize_of},
    route::Route,
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
    let (size, set_size) = signal((0.0, 0.0));
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
            resize_of(&frame, set_size);
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
            <canvas node_ref=canvas aria-hidden="true"></canvas>
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
    let Some(backend) = CanvasBackend::with_canvas_object(canvas.clone()) else { return };
    let shrink = 1.0 / f64::from(UNITS);
    drop(context.scale(shrink, shrink));
    context.set_line_join("round");
    let surface = Surface { scale: ratio * f64::from(UNITS), pixel: UNITS.cast_signed() };
    let mut backend = Some(Fine(backend));
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
struct Fine(CanvasBackend);

impl DrawingBackend for Fine {
    type ErrorType = <CanvasBackend as DrawingBackend>::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        let (width, height) = self.0.get_size();
        (width * UNITS, height * UNITS)
    }

    fn ensure_prepared(&mut self) -> Result<(), Error<Self::ErrorType>> {
        self.0.ensure_prepared()
    }

    fn present(&mut self) -> Result<(), Error<Self::ErrorType>> {
        self.0.present()
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Result<(), Error<Self::ErrorType>> {
        self.0.draw_pixel(at, color)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Result<(), Error<Self::ErrorType>> {
        self.0.draw_line(from, to, style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Result<(), Error<Self::ErrorType>> {
        self.0.draw_rect(from, to, style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result<(), Error<Self::ErrorType>> {
        self.0.draw_path(path, style)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Result<(), Error<Self::ErrorType>> {
        self.0.fill_polygon(corners, style)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Result<(), Error<Self::ErrorType>> {
        self.0.draw_circle(center, radius, style, fill)
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        at: BackendCoord,
    ) -> Result<(), Error<Self::ErrorType>> {
        self.0.draw_text(text, style, at)
    }
}
