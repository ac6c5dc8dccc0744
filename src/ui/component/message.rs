//! An error beside its control: what is wrong, then the buttons that repair it.

use crate::ui::view::{attr, on};
use leptos::prelude::*;

use super::{Icon, Shape};

/// A sentence and its repairs, announced at once.
#[component]
pub(crate) fn Message(
    #[prop(into)] sentence: String,
    /// What each button says and does.
    repairs: Vec<(String, Callback<()>)>,
) -> impl IntoView {
    let buttons = repairs
        .into_iter()
        .map(|(label, repair)| view! { <button class="btn line" on:click=on(move |_| repair.run(()))>{label}</button> })
        .collect_view();
    view! {
        <div class="msg" {..attr("role", "alert")}>
            <Icon shape=Shape::Cross/>
            <p>{sentence}</p>
            <div class="repairs">{buttons}</div>
        </div>
    }
}
