//! What the bench of the highway lab has besides: the gate's bias, dragged from carried to transformed.
//!
//! It is not the slider of the filters: a file of both would be loaded by every lab that has further parts.

use leptos::prelude::*;
use receptive::{
    lab::control::{ControlForm, Value},
    num::{decimal, format},
};

use crate::ui::{
    bench::{Extras, settings::Control},
    view::{live, on},
};

/// The gate's slider.
pub(super) const GATE: Extras = Extras { control: gate, ..Extras::NONE };

fn gate(control: Control, form: ControlForm) -> AnyView {
    let ControlForm::Slider { range: (carried, transformed), step, .. } = form else { return ().into_any() };
    let bias = move || format::shown(control.number());
    let drag = move |event: leptos::ev::Event| {
        let Some(number) = decimal::parse(&event_target_value(&event)) else { return };
        control.set(Value::Number(number.clamp(carried, transformed)));
    };
    view! {
        <span class="slider">
            <input
                type="range"
                min=carried.to_string()
                max=transformed.to_string()
                step=step.to_string()
                aria-label="Gate bias"
                aria-valuetext=live(bias)
                prop:value=live(move || control.number().to_string())
                on:input=on(drag)
            />
            <output>{live(bias)}</output>
        </span>
    }
    .into_any()
}
