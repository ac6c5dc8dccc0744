//! The current step's arithmetic; where there is none, why.

use leptos::prelude::*;
use receptive::{lab::operation::Control, link::Panel};

use super::Lab;
use crate::ui::{
    component::{Message, Sum},
    platform::matches_media,
    route::Route,
    view::{live, memo, part},
};

/// The region "Arithmetic".
#[component]
pub(super) fn ArithmeticRegion(lab: Lab) -> impl IntoView {
    let hides = move || lab.asked.hides(lab.player.at()) && lab.pointed.with(Option::is_none);
    let sum = memo(move || {
        let shown = !hides() || lab.asked.hint.get();
        lab.scene.with(|scene| scene.sum.clone().filter(|_| shown))
    });
    // What is asked for is not told either.
    let text = move || if hides() { None } else { sum.with(|sum| sum.as_ref().map(|sum| sum.text.clone())) };
    let cols = memo(move || {
        let kernel = receptive::lab::scene::PlateId::KERNEL;
        lab.scene.with(|scene| scene.plate(kernel).map_or(3, |plate| plate.view.shape.1))
    });
    let point = Callback::new(move |term: Option<usize>| {
        if lab.lit.get_untracked() != term {
            lab.lit.set(term);
        }
    });
    let wide = matches_media("(min-width: 1200px)");
    let route = Route::get();
    let problem = memo(move || lab.problem());
    let here = move || {
        let panel = wide.get() && !route.lecture() && !route.hides(Panel::Settings);
        // Where the panel does not show, what was refused is said here.
        let refused = lab.session.refused().get().filter(|_| !panel);
        refused.or_else(|| problem.get()).map(|problem| {
            // A long stack's layer may be scrolled out of sight.
            let on_stage =
                matches!(problem.control, Control::Input | Control::Kernel | Control::Upstream | Control::Layer(_));
            let beside_panel = panel && !on_stage;
            if beside_panel {
                view! { <p class="no-sum dim">"There is no sum until the settings fit together."</p> }.into_any()
            } else {
                view! { <Message sentence=problem.sentence repairs=lab.repairs(problem.repairs)/> }.into_any()
            }
        })
    };
    view! {
        <section class="arith" role="region" aria-label="Arithmetic">
            // Announced when stepping by hand; while playing it would talk over itself.
            <p class="vh" aria-live=live(move || if lab.player.playing.get() { "off" } else { "polite" })>
                {part(text)}
            </p>
            <Sum arithmetic=sum cols point/>
            {part(here)}
            {part(move || lab.said.get().map(|said| view! { <p class="said small" role="status">{said}</p> }))}
        </section>
    }
}
