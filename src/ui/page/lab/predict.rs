//! Predict first: the next number is typed before it is shown, and a wrong one is named by what makes it.

use leptos::prelude::*;
use receptive::{
    command::Command,
    lab::predict::{Verdict, judge},
};

use super::Lab;
use crate::ui::{
    commands::Commands,
    component::{Icon, Shape},
    platform,
    player::Player,
    view::{effect, live, memo, on, part, when},
};

/// Whether numbers are asked for, and how far they are answered.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    /// Whether numbers are asked for.
    pub(super) on: RwSignal<bool>,
    /// The products are shown, without their sum.
    pub(super) hint: RwSignal<bool>,
    /// Steps before this one are answered, or were there before.
    answered: RwSignal<usize>,
    player: Player,
}

impl Asked {
    pub(super) fn new(on: bool, player: Player) -> Self {
        // A picture that is not there yet has no steps: the link's own step is asked for then.
        let there = untrack(|| player.len() > 0);
        let answered = RwSignal::new(if there { player.at_untracked() } else { player.step.get_untracked() });
        let asked = Self { on: RwSignal::new(on), hint: RwSignal::new(false), answered, player };
        // What is played is shown.
        effect(move || {
            if player.playing.get() {
                asked.answered.set(player.at() + 1);
            }
        });
        // Nobody gets past a number that is asked for.
        effect(move || {
            let first = asked.answered.get();
            if asked.on.get() && !player.playing.get() && player.at() > first {
                player.step.set(first);
            }
        });
        asked
    }

    /// Whether the number of `step` is asked for and not shown yet.
    pub(super) fn hides(self, step: usize) -> bool {
        self.on.get() && step >= self.answered.get()
    }

    /// The same, not tracked.
    pub(super) fn hides_now(self, step: usize) -> bool {
        untrack(|| self.hides(step))
    }

    /// Whether the picture of `look` tells nothing that is asked for; not tracked. Pictures past the last step tell all.
    pub(super) fn tells(self, look: usize) -> bool {
        let len = untrack(|| self.player.len());
        self.first_open().is_none_or(|open| look < open || open >= len)
    }

    /// The first step whose number is not answered, while numbers are asked for; not tracked.
    pub(super) fn first_open(self) -> Option<usize> {
        self.on.get_untracked().then(|| self.answered.get_untracked())
    }

    fn toggle(self) {
        self.hint.set(false);
        self.answered.set(self.player.at_untracked());
        self.on.update(|on| *on = !*on);
    }

    fn show(self, step: usize) {
        self.hint.set(false);
        self.answered.set(step + 1);
    }
}

/// The button that asks for numbers, or no longer.
pub(super) fn toggle(lab: Lab, class: &'static str) -> AnyView {
    let commands = Commands::get();
    let title = Command::Predict.title(platform::keyboard());
    view! {
        <button
            class=["btn quiet predict-toggle ", class].concat()
            aria-label=Command::Predict.name()
            aria-pressed=live(move || lab.asked.on.get().to_string())
            title=title
            disabled=live(move || !commands.can(Command::Predict))
            on:click=on(move |_| {
                commands.run(Command::Predict);
            })
        >
            <Icon shape=Shape::Question/>
            <span>"Predict first"</span>
        </button>
    }
    .into_any()
}

/// The question, the verdict, and what comes next.
#[component]
pub(super) fn Predict(lab: Lab) -> impl IntoView {
    let asked = lab.asked;
    let commands = Commands::get();
    commands.on(
        &[Command::Predict],
        move |_| lab.player.len() > 0,
        move |_| {
            lab.player.pause();
            asked.toggle();
            if asked.on.get_untracked() {
                platform::next_frame(|| platform::focus("prediction"));
            }
        },
    );
    let verdict = RwSignal::new(None::<Verdict>);
    let typed = RwSignal::new(String::new());
    let at = memo(move || lab.player.at());
    // Another step, or other numbers: another question.
    effect(move || {
        at.track();
        lab.computed.track();
        typed.set(String::new());
        verdict.set(None);
        asked.hint.set(false);
    });
    // An edit makes all that was answered old.
    Effect::new(move |before: Option<()>| {
        lab.session.track();
        if before.is_some() && untrack(|| asked.on.get()) {
            asked.answered.update(|answered| *answered = (*answered).min(at.get_untracked()));
        }
    });
    let question = move || lab.steps().map(|steps| steps.answer(at.get()).question).unwrap_or_default();
    let is_last = move || at.get() + 1 >= lab.player.len();
    // Where the focus goes: what had it is gone, or is to be tried again.
    let follow = move |again: bool| {
        let next = match (again, untrack(is_last)) {
            (true, _) => "prediction",
            (false, false) => "predict-next",
            (false, true) => "predict-stop",
        };
        platform::next_frame(move || platform::focus(next));
    };
    let check = move || {
        let Some(steps) = lab.steps_now() else { return };
        let step = at.get_untracked();
        let found = judge(&typed.get_untracked(), &steps.answer(step));
        if found == Verdict::Right {
            asked.show(step);
        }
        verdict.set(Some(found));
        follow(asked.hides_now(step));
    };
    let reveal = move |_| {
        asked.show(at.get_untracked());
        verdict.set(None);
        follow(false);
    };
    let next = move |_| {
        lab.player.forward();
        platform::next_frame(|| platform::focus("prediction"));
    };
    let said = move || {
        verdict.get().map(|verdict| match verdict {
            Verdict::Right => view! { <p class="verdict right"><Icon shape=Shape::Tick/>"Right."</p> }.into_any(),
            Verdict::Wrong(sentence) => {
                view! { <p class="verdict wrong"><Icon shape=Shape::Cross/>{sentence}</p> }.into_any()
            }
            Verdict::Unreadable(sentence) => view! { <p class="verdict">{sentence}</p> }.into_any(),
        })
    };
    let form = move || {
        let question = move || [&question(), " ="].concat();
        view! {
            <label for="prediction">{live(question)}</label>
            <input
                id="prediction"
                class="field"
                autocomplete="off"
                inputmode="text"
                prop:value=live(move || typed.get())
                on:input=on(move |event: leptos::ev::Event| typed.set(event_target_value(&event)))
                on:keydown=on(move |event: leptos::ev::KeyboardEvent| {
                    if event.key() == "Enter" {
                        event.prevent_default();
                        check();
                    }
                })
            />
            <button class="btn solid" on:click=on(move |_| check())>"Check"</button>
            <button class="btn quiet" on:click=on(move |_| asked.hint.set(true))>"Show the products"</button>
            <button class="btn quiet" on:click=on(reveal)>"Reveal"</button>
        }
    };
    let after = move || {
        view! {
            <button id="predict-next" class="btn line" disabled=live(is_last) on:click=on(next)>
                {live(move || if is_last() { "That was the last step" } else { "Next step" })}
            </button>
            <button id="predict-stop" class="btn quiet" on:click=on(move |_| asked.toggle())>"Stop predicting"</button>
        }
    };
    view! {
        {when(move || asked.on.get() && lab.player.len() > 0, move || view! {
            <section class="predict" role="region" aria-label="Prediction">
                {when(move || asked.hides(at.get()), form)}
                {when(move || !asked.hides(at.get()), after)}
                <div role="status">{part(said)}</div>
            </section>
        })}
    }
}
