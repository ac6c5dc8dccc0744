//! What a scene draws besides its grids: a picture that follows the tokens, with places that are pointed at and pressed as
//! a grid's cells are.

use std::sync::Arc;

use leptos::{
    ev::{FocusEvent, KeyboardEvent, MouseEvent, PointerEvent},
    prelude::*,
};
use receptive::{
    export::{inline_svg, redrawn},
    lab::scene::{Diagram, Place, PlateId, Scene},
    num::format::ascii,
};

use super::{grid::GridEvent, stage::StageEvent};
use crate::ui::{
    platform::{self, pixel_at},
    signal::{Memo, RwSignal},
    view::{attr, effect, live, memo, on, part},
};

/// What the places are built anew for.
type Built = (PlateId, String, (usize, usize));

/// The diagram of a scene that has one.
#[component]
pub(crate) fn DiagramView(scene: Memo<Arc<Scene>>, on_event: Callback<StageEvent>) -> impl IntoView {
    let diagram = move || scene.with(|scene| scene.diagram.clone());
    let drawn = NodeRef::<leptos::html::Div>::new();
    let shown = StoredValue::new(None::<Arc<Diagram>>);
    effect(move || {
        let (Some(place), Some(now)) = (drawn.get(), diagram()) else { return };
        let before = shown.try_update_value(|shown| shown.replace(Arc::clone(&now))).flatten();
        let differs = before.and_then(|before| redrawn(&before.picture, &now.picture));
        match (place.first_element_child(), differs) {
            (Some(svg), Some(differs)) => platform::replace_children(&svg, &differs),
            _ => platform::fill(&place, &inline_svg(&now.picture)),
        }
    });
    let built = memo(move || {
        let built = |place: &Place| (place.plate, place.name.clone(), place.shape);
        diagram().map(|diagram| diagram.places.iter().map(built).collect::<Vec<Built>>()).unwrap_or_default()
    });
    let places = move || {
        let place = |(index, built)| place(diagram, on_event, index, built);
        built.get().into_iter().enumerate().map(place).collect_view()
    };
    let size = move || {
        let (width, height) = diagram().map_or((1.0, 1.0), |diagram| (diagram.picture.width, diagram.picture.height));
        ["--w:", &ascii(width), ";--h:", &ascii(height)].concat()
    };
    let tabs = move || diagram().and_then(|diagram| diagram.tabs);
    view! {
        <div class="diagram" style=live(size)>
            <div class="drawn" node_ref=drawn></div>
            <div
                class="places"
                {..attr("role", live(move || tabs().map(|_| "tablist")))}
                {..attr("aria-label", live(move || tabs().map(|(what, _)| what)))}
            >
                {part(places)}
            </div>
        </div>
    }
}

/// One place: a button whose name says the cell that the keyboard is at; arrows move it, Enter or a press chooses.
fn place(
    diagram: impl Fn() -> Option<Arc<Diagram>> + Copy + Send + Sync + 'static,
    on_event: Callback<StageEvent>,
    index: usize,
    (plate, name, shape): Built,
) -> AnyView {
    let style = move || {
        let diagram = diagram()?;
        diagram.places.get(index).map(|place| place.style(&diagram.picture))
    };
    let tabs = move || diagram().and_then(|diagram| diagram.tabs);
    let chosen =
        move || diagram().and_then(|diagram| diagram.places.get(index).map(|place| place.at)).unwrap_or_default();
    // Where the keyboard is, until it leaves or chooses.
    let moved = RwSignal::new(None::<(usize, usize)>);
    let at = move || moved.get().unwrap_or_else(chosen);
    let send = move |event: GridEvent| on_event.run((plate, event));
    let under = move |event: &MouseEvent| pixel_at(event, shape);
    let pressed = move |event: MouseEvent| {
        // A press by a key has no point.
        let cell = if event.detail() == 0 { Some(untrack(at)) } else { under(&event) };
        if let Some((row, col)) = cell {
            moved.set(None);
            send(GridEvent::Pick { row, col });
            // A touch gave the focus to the cell that was chosen before: what is pressed is shown.
            send(GridEvent::Point(None));
        }
    };
    let keyed = move |event: KeyboardEvent| {
        let way = match event.key().as_str() {
            "ArrowLeft" => Some(false),
            "ArrowRight" => Some(true),
            _ => None,
        };
        if let (Some(on), true) = (way, untrack(tabs).is_some()) {
            event.prevent_default();
            event.stop_propagation();
            platform::press_beside(&event, on);
        } else if let Some(next) = Place::moved(shape, untrack(at), &event.key()) {
            event.prevent_default();
            event.stop_propagation();
            moved.set(Some(next));
            send(GridEvent::Point(Some(next)));
        }
    };
    let words = move || {
        let (row, col) = at();
        if shape == (1, 1) { name.clone() } else { format!("{name}: row {row}, column {col}") }
    };
    view! {
        <button
            class="place"
            {..attr("type", "button")}
            {..attr("aria-label", live(words))}
            {..attr("role", live(move || tabs().map(|_| "tab")))}
            {..attr("aria-selected", live(move || tabs().map(|(_, chosen)| if chosen == index { "true" } else { "false" })))}
            {..attr("tabindex", live(move || tabs().filter(|(_, chosen)| *chosen != index).map(|_| "-1")))}
            style=live(move || style().unwrap_or_default())
            on:click=on(pressed)
            on:pointermove=on(move |event: PointerEvent| {
                if event.pointer_type() == "mouse" {
                    send(GridEvent::Point(under(&event)));
                }
            })
            on:pointerleave=on(move |_: PointerEvent| send(GridEvent::Point(None)))
            on:focus=on(move |_: FocusEvent| send(GridEvent::Point(Some(untrack(at)))))
            on:blur=on(move |_: FocusEvent| {
                moved.set(None);
                send(GridEvent::Point(None));
            })
            on:keydown=on(keyed)
        ></button>
    }
    .into_any()
}
