//! The grids of a scene, the beam that joins them, and the sum below.

use std::sync::Arc;

use crate::ui::view::{attr, effect, html, live, memo, part, when};
use leptos::prelude::*;
use receptive::lab::{
    markup,
    scene::{CellView, Plate, PlateId, PlateKind, PlateView, Scene},
    stage::{Beam, FEW, Rect, Spot, StageLayout, StageSpec, StageStyle, corners, scroll_into},
};
use receptive::{
    markup::Markup,
    num::{format::ascii, within},
};

use super::grid::{Frame, GridEvent, NumberGrid};
use crate::ui::platform::{Frames, host::letters, now, resize_of, viewport};
use crate::ui::signal::{Memo, RwSignal, Signal};

/// What A4 and Letter have room for within their margins, in CSS pixels.
const PAPER_WIDTH: f64 = 672.0;

/// Past so many cells on the stage only those in view have elements: with all of them a page is slow to open, and each
/// frame takes longer.
const MANY: usize = 4_096;

/// How long the window takes for a step at speed 1, in milliseconds.
const MOVE_MS: f64 = 240.0;

/// What a person does on the stage.
pub(crate) type StageEvent = (PlateId, GridEvent);

/// Where one block of the beam lies, in cells of its grid.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Block {
    plate: usize,
    cells: Rect,
    window: bool,
}

/// The beams as they are shown, moved along their way.
type Beams = Vec<Vec<Block>>;

/// What a grid is built anew for: its name, and whether it is edited.
type Built = (String, bool);

/// The stage.
#[component]
pub(crate) fn Stage(
    #[prop(optional)] id: Option<String>,
    scene: Memo<Arc<Scene>>,
    #[prop(into)] style: Signal<StageStyle>,
    /// Times the usual speed, at which the window moves.
    speed: Memo<f64>,
    /// Less motion is asked for: it jumps.
    still: RwSignal<bool>,
    /// Without editing: the home page's demonstration.
    #[prop(optional)]
    demo: bool,
    /// It is as high as it needs to be, instead of as its room is.
    #[prop(optional)]
    flows: bool,
    /// Whether the page is being printed: all of the grids, as wide as the paper at most.
    #[prop(optional_no_strip)]
    paper: Option<RwSignal<bool>>,
    #[prop(into)] on_event: Callback<StageEvent>,
    /// How high is what stands between grids and sum.
    #[prop(optional, into)]
    between: Signal<f64>,
    /// What draws the diagram, where scenes have one.
    #[prop(optional_no_strip)]
    diagram: Option<Diagram>,
    /// What stands below the grids in the same room.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let room = RwSignal::new((900.0, 420.0));
    let host = NodeRef::<leptos::html::Div>::new();
    effect(move || {
        if let Some(host) = host.get() {
            resize_of(&host, room);
        }
    });
    let screen = viewport();
    let spec = memo(move || {
        let style = style.get();
        let (width, height) = room.get();
        let (_, screen) = screen.get();
        let height = match (demo, style.stacked || flows) {
            (true, _) => f64::MAX,
            (false, true) => screen,
            (false, false) => height,
        };
        // Several lines of arithmetic need more room below.
        let lines = scene.with(|scene| scene.sum.as_ref().map_or(1, |sum| style.lines(sum)));
        let style = if lines > 1 && !demo { style.above_lines(lines) } else { style };
        let drawn = scene.with(|scene| diagram_height(scene, width));
        let style = style.with_text(letters());
        let style = StageStyle { below: style.below + drawn + between.get(), ..style };
        let spots = scene.with(|scene| {
            let mut spots: Vec<Spot> = scene.plates.iter().map(Spot::of).collect();
            if !has_result(scene) {
                // Room for the words that stand there instead, so that the grids keep their places.
                let col = spots.iter().map(|spot| spot.col + 1).max().unwrap_or(0);
                spots.push(Spot { col, row: None, shape: (3, 4), name: 0, note: 0, longest: 0 });
            }
            spots
        });
        StageSpec { room: (width, height), spots, style }
    });
    let paper = move || paper.is_some_and(RwSignal::get);
    let layout = memo(move || {
        spec.with(|spec| if paper() { StageLayout::on_paper(&spec.spots) } else { StageLayout::new(spec) })
    });
    let scrolls = RwSignal::new(Vec::<(f64, f64)>::new());
    let scroll_of = move |plate: usize| scrolls.with(|scrolls| scrolls.get(plate).copied().unwrap_or_default());

    let aim = memo(move || scene.with(|scene| aims(scene)));
    let shown = glide(aim, layout, speed, still);
    // Where the blocks lie on the stage, and their grids; a beam with a block that is scrolled away is not drawn.
    let places = memo(move || {
        layout.with(|layout| {
            let place = |block: &Block| {
                let frame = layout.boxes.get(block.plate).copied().unwrap_or_default();
                let Rect { x, y, w, h } = block.cells;
                ((layout.cells(frame, scroll_of(block.plate), (y, x), (h, w)), frame), block.window)
            };
            let beam = |blocks: &Vec<Block>| blocks.iter().map(place).collect::<Vec<_>>();
            shown.with(|shown| shown.iter().map(beam).collect::<Vec<_>>())
        })
    });
    let seen = |rect: &Rect| rect.w > 0.0 && rect.h > 0.0;
    let beam = memo(move || {
        let mut all = Beam::default();
        places.with(|places| {
            for blocks in places.iter().filter(|blocks| blocks.iter().all(|((rect, _), _)| seen(rect))) {
                let blocks: Vec<(Rect, Rect)> = blocks.iter().map(|(block, _)| *block).collect();
                let Beam { fill, edges, inside } = StageLayout::beam(&blocks);
                all.fill.push_str(&fill);
                all.edges.push_str(&edges);
                all.inside.push_str(&inside);
            }
        });
        all
    });
    // Rectangles and corners as one text: there are up to dozens, and they move together.
    let outlines = move || {
        let mut html = Markup::default();
        places.with(|places| {
            for ((rect, _), window) in places.iter().flatten().filter(|((rect, _), _)| seen(rect)) {
                push_outline(&mut html, "win", *rect);
                if *window {
                    html.push_raw("<path class=\"corner\" d=\"").push_text(&corners(*rect, 14.0)).push_raw("\"/>");
                }
            }
        });
        scene.with(|scene| {
            layout.with(|layout| {
                for (index, plate) in scene.plates.iter().enumerate() {
                    if let Some(rect) = input_edge(layout, index, plate, scroll_of(index)) {
                        push_outline(&mut html, "input-edge", rect);
                    }
                }
            });
        });
        html
    };

    // More grids than fit scroll as one: what is looked at stays in view.
    let scroller = NodeRef::<leptos::html::Div>::new();
    effect(move || {
        let Some(scroller) = scroller.get() else { return };
        let (top, bottom) = aim.with(|aim| {
            layout.with(|layout| {
                let ends = |block: &Block| {
                    let frame = layout.boxes.get(block.plate).copied().unwrap_or_default();
                    (frame.y, frame.y + frame.h)
                };
                let all = aim.iter().flatten().map(ends);
                all.fold((f64::MAX, 0.0), |(top, bottom): (f64, f64), (y, end)| (top.min(y), bottom.max(end)))
            })
        });
        let view = f64::from(scroller.client_height());
        let label = style.with(|style| style.label);
        if !demo && top < bottom {
            #[expect(clippy::cast_possible_truncation, reason = "pixels of a box")]
            scroller.set_scroll_top(scroll_into(
                f64::from(scroller.scroll_top()),
                view,
                top - label,
                bottom - top + label,
            ) as i32);
        }
    });

    let built = memo(move || {
        scene.with(|scene| {
            let built = |plate: &Plate| (plate.name.clone(), !demo && plate.kind == PlateKind::Edited);
            scene.plates.iter().map(built).collect::<Vec<Built>>()
        })
    });
    let grid = move |index: usize, (name, editable): Built| {
        let plate = Signal::derive(move || {
            scene.with(|scene| scene.plates.get(index).map(|plate| Arc::clone(&plate.view))).unwrap_or_else(empty)
        });
        let frame = Signal::derive(move || {
            let (shape, cells) = scene.with(|scene| {
                let shape = |plate: &Plate| plate.view.cells.shape();
                let cells = scene.plates.iter().map(shape).map(|(rows, cols)| rows * cols).sum::<usize>();
                (scene.plates.get(index).map(shape), cells)
            });
            let follow = aim.with(|aim| {
                let shape = shape?;
                let mut blocks = aim.iter().flatten().filter(|block| block.plate == index);
                blocks.find_map(|block| {
                    let Rect { x, y, w, h } = block.cells;
                    let at = cells_of(y, x, h, w);
                    ((at.2, at.3) != shape).then_some(at)
                })
            });
            layout.with(|layout| Frame {
                rect: layout.boxes.get(index).copied().unwrap_or_default(),
                cell: layout.cell,
                follow,
                sparse: cells > MANY,
            })
        });
        view! {
            <NumberGrid
                name
                plate
                frame
                on_scroll=move |at| scrolls.update(|scrolls| {
                    if scrolls.len() <= index {
                        scrolls.resize(index + 1, (0.0, 0.0));
                    }
                    if let Some(scroll) = scrolls.get_mut(index) {
                        *scroll = at;
                    }
                })
                editable
                on_event=move |event| {
                    let id = scene.with_untracked(|scene| scene.plates.get(index).map(|plate| plate.id));
                    if let Some(id) = id {
                        on_event.run((id, event));
                    }
                }
            />
        }
    };
    let grids = move || {
        scrolls.set(Vec::new());
        built.get().into_iter().enumerate().map(|(index, built)| grid(index, built)).collect_view()
    };
    let labels = move || {
        let (high, wide) = spec.with(|spec| (spec.style.of(spec.spots.len()).label, spec.room.0));
        scene.with(|scene| layout.with(|layout| markup::labels(scene, layout, high, wide)))
    };
    // Of a grid that scrolls, where its part and the window are.
    let wholes = move || {
        let mut html = Markup::default();
        scene.with(|scene| {
            for (index, plate) in scene.plates.iter().enumerate() {
                let blocks: Vec<Rect> = aim.with(|aim| {
                    aim.iter().flatten().filter(|block| block.plate == index).map(|block| block.cells).collect()
                });
                let (frame, cell) =
                    layout.with(|layout| (layout.boxes.get(index).copied().unwrap_or_default(), layout.cell));
                let label = spec.with(|spec| {
                    let style = spec.style.of(spec.spots.len());
                    // Many labels have name and note on one line.
                    let width = if spec.spots.len() > FEW { Spot::line_width } else { Spot::label_width };
                    (style.label, spec.spots.get(index).map_or(0.0, |spot| width(spot, &style)))
                });
                html.push(&markup::whole(&plate.view, frame, (cell, scroll_of(index)), &blocks, label));
            }
        });
        html
    };
    let none = move || {
        let plates = scene.with(|scene| (!has_result(scene)).then_some(scene.plates.len()))?;
        let style = layout.with(|layout| layout.boxes.get(plates).copied())?.style();
        Some(view! { <div class="plate none" style=style><p>"No output"</p></div> })
    };
    // Told, and not asked for with `:has()`: that would be asked again for all cells at each step.
    let classes = move || {
        scene.with(|scene| {
            let has = [
                (scene.diagram.is_some(), " drawn"),
                (scene.plates.is_empty(), " empty"),
                (scene.sum.as_ref().is_some_and(|sum| sum.rows.len() > 4), " lined"),
            ];
            has.iter().filter(|(is, _)| *is).fold("stage-room".to_owned(), |all, (_, class)| all + class)
        })
    };
    view! {
        <div {..attr("id", id)} class=live(classes) node_ref=host style=live(move || ["--side:", &ascii(layout.with(|layout| layout.cell)), "px"].concat())>
            {diagram.map(|diagram| when(
                move || scene.with(|scene| scene.diagram.is_some()),
                move || diagram(scene, on_event),
            ))}
            <div class="stage-scroll" node_ref=scroller><div
                class="stage"
                class:crowded=live(move || spec.with(|spec| spec.spots.len() > FEW))
                style=live(move || {
                    let (width, height) = layout.with(|layout| layout.size);
                    let zoom = if paper() { (PAPER_WIDTH / width).min(1.0) } else { 1.0 };
                    format!("width:{}px;height:{}px;zoom:{}", ascii(width), ascii(height), ascii(zoom))
                })
            >
                <svg class="lens-svg under" aria-hidden="true">
                    <path class="beam" d=live(move || beam.with(|beam| beam.fill.clone()))/>
                    <path class="beam-edge" d=live(move || beam.with(|beam| beam.edges.clone()))/>
                </svg>
                {when(move || !demo, move || view! { <div class="labels" inner_html=html(labels)/> })}
                {when(move || !demo, move || view! { <div class="labels" inner_html=html(wholes)/> })}
                {part(grids)}
                {part(none)}
                <svg class="lens-svg" aria-hidden="true">
                    <path class="beam-edge" d=live(move || beam.with(|beam| beam.inside.clone()))/>
                    <g inner_html=html(outlines)/>
                </svg>
            </div></div>
            {children.map(|children| children())}
        </div>
    }
}

/// Draws the diagram above the grids, which scenes of some labs have: its code is in their chunks alone.
pub(crate) type Diagram = fn(Memo<Arc<Scene>>, Callback<StageEvent>) -> AnyView;

/// How high the diagram is in a room of that width: it is made smaller to fit, and not larger.
fn diagram_height(scene: &Scene, width: f64) -> f64 {
    scene.diagram.as_ref().map_or(0.0, |diagram| {
        let picture = &diagram.picture;
        picture.height * (width / picture.width.max(1.0)).min(1.0)
    })
}

fn cells_of(row: f64, col: f64, rows: f64, cols: f64) -> (usize, usize, usize, usize) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of cells")]
    let whole = |value: f64| value as usize;
    (whole(row), whole(col), whole(rows), whole(cols))
}

/// A plate for the moment in which a grid goes: it is being taken down.
fn empty() -> Arc<PlateView> {
    Arc::new(PlateView::plain(receptive::num::Grid::from_fn(1, 1, |_, _| CellView::default())))
}

/// A diagram without grids is the result itself.
fn has_result(scene: &Scene) -> bool {
    (scene.diagram.is_some() && scene.plates.is_empty())
        || scene.plates.iter().any(|plate| plate.kind == PlateKind::Result)
}

/// Adds a rectangle of a class.
fn push_outline(html: &mut Markup, class: &str, Rect { x, y, w, h }: Rect) {
    html.push_raw("<rect class=\"").push_text(class);
    for (name, length) in [("\" x=\"", x), ("\" y=\"", y), ("\" width=\"", w), ("\" height=\"", h)] {
        html.push_raw(name).push_text(&ascii(length));
    }
    html.push_raw("\"/>");
}

/// The line between a plane and its padding.
fn input_edge(layout: &StageLayout, index: usize, plate: &Plate, scroll: (f64, f64)) -> Option<Rect> {
    let view = &plate.view;
    let count = |value: usize| value as f64;
    if view.cells.shape() == view.shape || view.spread != (1, 1) {
        return None;
    }
    let frame = layout.boxes.get(index).copied()?;
    let (at, extent) = ((count(view.origin.0), count(view.origin.1)), (count(view.shape.0), count(view.shape.1)));
    Some(layout.cells(frame, scroll, at, extent))
}

/// The scene's beams in cells.
fn aims(scene: &Scene) -> Beams {
    let block = |target: &receptive::lab::scene::Target| {
        let count = |value: usize| value as f64;
        let (at, extent) = (target.at, target.extent);
        let cells = Rect { x: count(at.1), y: count(at.0), w: count(extent.1), h: count(extent.0) };
        Block { plate: target.plate, cells, window: target.window }
    };
    scene.beams.iter().map(|beam| beam.iter().map(block).collect()).collect()
}

/// Whether one is the other, moved.
fn is_moved(from: &Beams, to: &Beams) -> bool {
    from.len() == to.len()
        && from.iter().zip(to).all(|(from, to)| {
            from.len() == to.len()
                && from.iter().zip(to).all(|(from, to)| from.plate == to.plate && from.cells.is_as_large_as(to.cells))
        })
}

/// The aim, moved along its stride instead of jumping; where less motion is asked for, or the grids change, it jumps.
fn glide(aim: Memo<Beams>, layout: Memo<StageLayout>, speed: Memo<f64>, still: RwSignal<bool>) -> RwSignal<Beams> {
    let shown = RwSignal::new(aim.get_untracked());
    let leg = StoredValue::new(None::<(Beams, Beams, f64)>);
    let frames = Frames::new(move |now| {
        leg.try_with_value(|leg| {
            let Some((from, to, began)) = leg else { return false };
            let share = within((now - began) / (MOVE_MS / speed.get_untracked().max(1.0)), 0.0, 1.0);
            // Fast away, gently in.
            let eased = 1.0 - (1.0 - share).powi(3);
            let block = |(from, to): (&Block, &Block)| Block { cells: from.cells.toward(to.cells, eased), ..*to };
            let beam = |(from, to): (&Vec<Block>, &Vec<Block>)| from.iter().zip(to).map(block).collect();
            shown.try_set(from.iter().zip(to).map(beam).collect());
            share < 1.0
        })
        .unwrap_or(false)
    });
    Effect::new(move |before: Option<StageLayout>| {
        let (layout, to) = (layout.get(), aim.get());
        let from = shown.get_untracked();
        let same_stage = before.as_ref() == Some(&layout);
        if same_stage && is_moved(&from, &to) && !still.get_untracked() && from != to {
            leg.set_value(Some((from, to, now())));
            frames.start();
        } else {
            leg.set_value(None);
            shown.set(to);
        }
        layout
    });
    shown
}
