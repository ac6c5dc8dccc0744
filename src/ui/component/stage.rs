//! Input ⋆ kernel = output, and the beam between them.

use std::sync::Arc;

use crate::ui::view::{either, live, part, when};
use leptos::prelude::*;
use receptive::{
    lab::{
        convolution::{CellView, Frame, Plate, PlateView},
        stage::{Rect, StageLayout, StageSpec, StageStyle, corners},
    },
    num::format,
};

use super::grid::{GridEvent, NumberGrid};
use crate::ui::{
    platform::{Frames, now, resize_of, viewport_height},
    player::Player,
};

/// How long the window takes for a step at speed 1, in milliseconds.
const MOVE_MS: f64 = 240.0;

/// Which of the three grids an event came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StagePlate {
    /// One that is edited.
    Edited(Plate),
    /// The output.
    Output,
}

/// What a person does on the stage.
pub(crate) type StageEvent = (StagePlate, GridEvent);

/// Where the beam goes: the window on the padded input and the output cell, in cells.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Aim {
    window: Rect,
    output: Rect,
}

/// The stage. `idle` stands where the output would be while there is none.
#[component]
pub(crate) fn Stage(
    frame: Memo<Arc<Frame>>,
    #[prop(into)] style: Signal<StageStyle>,
    player: Player,
    /// Without editing: the home page's demonstration.
    #[prop(optional)]
    demo: bool,
    #[prop(into)] on_event: Callback<StageEvent>,
    /// What stands below the grids in the same room.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let room = signal((900.0, 420.0));
    let host = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        if let Some(host) = host.get() {
            resize_of(&host, room.1);
        }
    });
    let screen = viewport_height();
    let spec = Memo::new(move |_| {
        let style = style.get();
        let (width, height) = room.0.get();
        frame.with(|frame| StageSpec {
            room: (
                width,
                if demo {
                    f64::MAX
                } else if style.stacked {
                    screen.get()
                } else {
                    height
                },
            ),
            input: frame.input.cells.shape(),
            kernel: frame.kernel.cells.shape(),
            // Room for the words that stand there instead.
            output: frame.output.as_ref().map_or((3, 4), |output| output.cells.shape()),
            style,
        })
    });
    let layout = Memo::new(move |_| spec.with(StageLayout::new));
    let (input_scroll, kernel_scroll, output_scroll) =
        (RwSignal::new((0.0, 0.0)), RwSignal::new((0.0, 0.0)), RwSignal::new((0.0, 0.0)));

    let aim = Memo::new(move |_| {
        frame.with(|frame| {
            let step = frame.step.as_ref()?;
            let last = step.taps.last()?.padded;
            let (top, left) = step.origin;
            let cell = |value: usize| value as f64;
            Some(Aim {
                window: Rect { x: cell(left), y: cell(top), w: cell(last.1 + 1 - left), h: cell(last.0 + 1 - top) },
                output: Rect { x: cell(step.output.1), y: cell(step.output.0), w: 1.0, h: 1.0 },
            })
        })
    });
    let shown = glide(aim, layout, player);
    let places = move || {
        let layout = layout.get();
        let Aim { window, output } = shown.get()?;
        let cells = |frame: Rect, scroll: (f64, f64), at: Rect| layout.cells(frame, scroll, (at.y, at.x), (at.h, at.w));
        Some((
            layout,
            cells(layout.input, input_scroll.get(), window),
            cells(layout.output, output_scroll.get(), output),
        ))
    };
    let beam = Memo::new(move |_| {
        places()
            .filter(|(_, window, cell)| window.w > 0.0 && window.h > 0.0 && cell.w > 0.0 && cell.h > 0.0)
            .map(|(layout, window, cell)| layout.beam(window, cell))
    });
    let outline = move |of: fn((StageLayout, Rect, Rect)) -> Rect| {
        places().map(of).filter(|rect| rect.w > 0.0 && rect.h > 0.0).map(|rect| (rect, corners(rect, 14.0)))
    };
    let brackets = move |of: fn((StageLayout, Rect, Rect)) -> Rect, cornered: bool| {
        outline(of).map(|(Rect { x, y, w, h }, corner)| {
            view! {
                <rect class="win" x=x y=y width=w height=h/>
                {cornered.then(|| view! { <path class="corner" d=corner/> })}
            }
        })
    };
    let follow_window = Signal::derive(move || {
        let Rect { x, y, w, h } = aim.get()?.window;
        Some(cells_of(y, x, h, w))
    });
    let follow_output = Signal::derive(move || {
        let Rect { x, y, w, h } = aim.get()?.output;
        Some(cells_of(y, x, h, w))
    });
    let label = move |place: fn(&StageLayout) -> Rect| {
        layout.with(|layout| {
            let Rect { x, y, .. } = place(layout);
            let top = if layout.signs.is_some() { 0.0 } else { y - style.with(|style| style.label) };
            format!("left:{x}px;top:{top}px")
        })
    };
    let input_label = move || {
        frame.with(|frame| {
            let shape = |(rows, cols): (usize, usize)| format::shape(&[rows, cols]);
            let (inner, padded) = (frame.input.shape, frame.input.cells.shape());
            if inner == padded { shape(inner) } else { format!("{}, padded to {}", shape(inner), shape(padded)) }
        })
    };
    let shape_label = move |of: fn(&Frame) -> Option<(usize, usize)>| {
        frame.with(|frame| of(frame).map(|(rows, cols)| format::shape(&[rows, cols])))
    };
    let grid =
        move |name: &'static str, from: StagePlate, of: fn(&Frame) -> Option<&Arc<PlateView>>, scroll, follow| {
            let place: fn(&StageLayout) -> Rect = match from {
                StagePlate::Edited(Plate::Input) => |layout| layout.input,
                StagePlate::Edited(Plate::Kernel) => |layout| layout.kernel,
                StagePlate::Output => |layout| layout.output,
            };
            let plate = Signal::derive(move || frame.with(|frame| of(frame).cloned()).unwrap_or_else(empty));
            view! {
                <NumberGrid
                    name=name.to_owned()
                    plate
                    frame=Signal::derive(move || layout.with(place))
                    cell=Signal::derive(move || layout.with(|layout| layout.cell))
                    follow
                    scroll
                    editable=!demo && from != StagePlate::Output
                    on_event=move |event| on_event.run((from, event))
                />
            }
        };
    let has_output = Memo::new(move |_| frame.with(|frame| frame.output.is_some()));
    view! {
        <div class="stage-room" node_ref=host>
            <div
                class="stage"
                style=live(move || layout.with(|layout| format!("width:{}px;height:{}px", layout.size.0, layout.size.1)))
            >
                <svg class="lens-svg under" aria-hidden="true">
                    <path class="beam" d=live(move || beam.get().map(|beam| beam.fill))/>
                </svg>
                {when(move || !demo, move || view! {
                    <div class="plate-label" style=live(move || label(|layout| layout.input))>
                        <b>"Input"</b>
                        <span>{live(input_label)}</span>
                    </div>
                    <div class="plate-label" style=live(move || label(|layout| layout.kernel))>
                        <b>"Kernel"</b>
                        <span>{part(move || shape_label(|frame| Some(frame.kernel.shape)))}</span>
                    </div>
                    <div class="plate-label" style=live(move || label(|layout| layout.output))>
                        <b>"Output"</b>
                        <span>{part(move || shape_label(|frame| frame.output.as_ref().map(|output| output.shape)))}</span>
                    </div>
                    {part(move || layout.with(|layout| layout.signs).map(|(star, equals)| view! {
                        <div class="op" aria-hidden="true" style=format!("left:{star}px")>"⋆"</div>
                        <div class="op" aria-hidden="true" style=format!("left:{equals}px")>"="</div>
                    }))}
    })}
                    {grid("Input", StagePlate::Edited(Plate::Input), |frame| Some(&frame.input), input_scroll, follow_window)}
                    {grid("Kernel", StagePlate::Edited(Plate::Kernel), |frame| Some(&frame.kernel), kernel_scroll, Signal::derive(|| None))}
                    {either(
                        move || has_output.get(),
                        move || view! {
                        {grid("Output", StagePlate::Output, |frame| frame.output.as_ref(), output_scroll, follow_output)}
                        },
                        move || view! {
                            <div class="plate none" style=live(move || layout.with(|layout| {
                                let Rect { x, y, w, h } = layout.output;
                                format!("left:{x}px;top:{y}px;width:{w}px;height:{h}px")
                            }))>
                                <p>"No output"</p>
                            </div>
                        },
                    )}
                    <svg class="lens-svg" aria-hidden="true">
                        {part(move || {
                            let layout = layout.get();
                            padded_edge(&layout, &frame.get().input, input_scroll.get())
                        })}
                        <path class="beam-edge" d=live(move || beam.get().map(|beam| beam.edges))/>
                        {part(move || brackets(|(_, window, _)| window, true))}
                        {part(move || brackets(|(layout, ..)| layout.kernel, true))}
                        {part(move || brackets(|(.., cell)| cell, false))}
                    </svg>
                </div>
                {children.map(|children| children())}
            </div>
        }
}

fn cells_of(row: f64, col: f64, rows: f64, cols: f64) -> (usize, usize, usize, usize) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of cells")]
    let whole = |value: f64| value as usize;
    (whole(row), whole(col), whole(rows), whole(cols))
}

/// A plate for the moment in which the output goes: the grid is being taken down.
fn empty() -> Arc<PlateView> {
    Arc::new(PlateView {
        cells: receptive::num::Grid::from_fn(1, 1, |_, _| CellView::default()),
        origin: (0, 0),
        shape: (1, 1),
    })
}

/// The line between the input and its padding.
fn padded_edge(layout: &StageLayout, input: &PlateView, scroll: (f64, f64)) -> Option<impl IntoView + use<>> {
    let count = |value: usize| value as f64;
    let (top, left) = input.origin;
    (input.cells.shape() != input.shape).then(|| {
        let at = (count(top), count(left));
        let Rect { x, y, w, h } = layout.cells(layout.input, scroll, at, (count(input.shape.0), count(input.shape.1)));
        view! { <rect class="input-edge" x=x y=y width=w height=h/> }
    })
}

/// The aim, moved along its stride instead of jumping; where less motion is asked for, or the grids change, it jumps.
fn glide(aim: Memo<Option<Aim>>, layout: Memo<StageLayout>, player: Player) -> RwSignal<Option<Aim>> {
    let shown = RwSignal::new(aim.get_untracked());
    let leg = StoredValue::new(None::<(Aim, Aim, f64)>);
    let frames = Frames::new(move |now| {
        let Some((from, to, began)) = leg.get_value() else { return false };
        let share = ((now - began) / (MOVE_MS / player.speed.get_untracked().max(1.0))).clamp(0.0, 1.0);
        // Fast away, gently in.
        let eased = 1.0 - (1.0 - share).powi(3);
        shown.try_set(Some(Aim {
            window: from.window.toward(to.window, eased),
            output: from.output.toward(to.output, eased),
        }));
        share < 1.0
    });
    Effect::new(move |before: Option<(StageLayout, Option<Aim>)>| {
        let (layout, to) = (layout.get(), aim.get());
        let from = shown.get_untracked();
        let same_stage = before.as_ref().is_some_and(|(before, _)| *before == layout);
        let same_window = from.zip(to).is_some_and(|(from, to)| from.window.is_as_large_as(to.window));
        if same_stage && same_window && !player.still.get_untracked() && from != to {
            leg.set_value(from.zip(to).map(|(from, to)| (from, to, now())));
            frames.start();
        } else {
            leg.set_value(None);
            shown.set(to);
        }
        (layout, to)
    });
    shown
}
