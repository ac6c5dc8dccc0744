//! A count with a button on each side. What is typed is kept apart from the number it stands for.

use crate::ui::view::{attr, effect, live, on};
use leptos::{ev::KeyboardEvent, prelude::*};

use crate::ui::platform;
use crate::ui::signal::{RwSignal, Signal};

/// A text that is no count, with the count to go back to.
pub(crate) type Complaint = Option<(String, usize)>;

/// The most a typed count is: past it there is no state to show the error with.
const LARGEST: usize = 9_999;

/// A count named `name`.
#[component]
pub(crate) fn CountField(
    #[prop(into)] name: Signal<String>,
    #[prop(into)] value: Signal<usize>,
    /// The button's floor; a smaller count can be typed, and the lab says what is wrong with it.
    #[prop(default = 0)]
    least: usize,
    /// A letter before the number: h, w, top …
    #[prop(optional)]
    hint: &'static str,
    /// Whether the lab finds fault with the number.
    #[prop(into)]
    invalid: Signal<bool>,
    /// Where a text that is no count is told.
    complaint: RwSignal<Complaint>,
    #[prop(into)] on_set: Callback<usize>,
) -> impl IntoView {
    let typed = RwSignal::new(None::<String>);
    let shown = move || typed.get().unwrap_or_else(|| value.get().to_string());
    let set = move |count: usize| {
        typed.set(None);
        complaint.set(None);
        on_set.run(count);
    };
    let commit = move || {
        let Some(text) = typed.get_untracked() else { return };
        match text.trim().parse::<usize>() {
            Ok(count) if count <= LARGEST => set(count),
            _ => complaint.set(Some((text.trim().chars().take(24).collect(), value.get_untracked()))),
        }
    };
    // A repair or an undo sets another number: the text that was typed has been dealt with.
    effect(move || {
        value.track();
        typed.set(None);
    });
    Effect::new(move |before: Option<bool>| {
        let complains = complaint.with(Option::is_some);
        if before == Some(true) && !complains {
            typed.set(None);
        }
        complains
    });
    let more = move || set(value.get_untracked() + 1);
    let less = move || set(value.get_untracked().saturating_sub(1).max(least));
    let pressed = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => commit(),
        "ArrowUp" => {
            event.prevent_default();
            more();
        }
        "ArrowDown" => {
            event.prevent_default();
            less();
        }
        "Escape" if typed.get_untracked().is_some() => {
            event.prevent_default();
            event.stop_propagation();
            typed.set(None);
            complaint.set(None);
        }
        _ => {}
    };
    let wrong = move || invalid.get() || (complaint.with(Option::is_some) && typed.with(Option::is_some));
    view! {
        <span class="stepper" class:invalid=live(wrong) class:long=live(move || shown().len() > 3)>
            <button
                {..attr("type", "button")}
                {..attr("tabindex", "-1")}
                {..attr("aria-label", live(move || format!("Decrease {}", lower(&name.get()))))}
                {..attr("disabled", live(move || value.get() <= least))}
                on:click=on(move |_| less())
            >
                "−"
            </button>
            <label>
                {(!hint.is_empty()).then(|| view! { <small {..attr("aria-hidden", "true")}>{hint}</small> })}
                <input
                    {..attr("type", "text")}
                    {..attr("inputmode", "numeric")}
                    {..attr("autocomplete", "off")}
                    {..attr("role", "spinbutton")}
                    {..attr("aria-label", live(move || name.get()))}
                    {..attr("aria-valuenow", live(move || value.get().to_string()))}
                    {..attr("aria-valuemin", least.to_string())}
                    {..attr("aria-invalid", live(move || wrong().then_some("true")))}
                    prop:value=live(shown)
                    on:input=on(move |event: leptos::ev::Event| typed.set(Some(event_target_value(&event))))
                    on:change=on(move |_| commit())
                    on:keydown=on(pressed)
                    on:focus=on(move |event: leptos::ev::FocusEvent| platform::select_all(&event))
                />
            </label>
            <button
                {..attr("type", "button")}
                {..attr("tabindex", "-1")}
                {..attr("aria-label", live(move || format!("Increase {}", lower(&name.get()))))}
                on:click=on(move |_| more())
            >
                "+"
            </button>
        </span>
    }
}

fn lower(name: &str) -> String {
    let mut lower = name.to_owned();
    if let Some(first) = lower.get_mut(0..1) {
        first.make_ascii_lowercase();
    }
    lower
}
