//! The benches of a page: keys and commands go to the one that was used last.

use leptos::prelude::*;

use super::{LiveBench, commands};
use crate::ui::{commands::Commands, signal::RwSignal, view::effect};

/// The benches of a page.
#[derive(Clone, Copy)]
pub(crate) struct Group {
    /// The one that was used last.
    active: RwSignal<Option<LiveBench>>,
    /// All, in the order in which they came.
    all: RwSignal<Vec<LiveBench>>,
}

impl Group {
    /// A group whose commands go to none yet, for as long as the present owner lives.
    pub(crate) fn provide() -> Self {
        let group = Self { active: RwSignal::new(None), all: RwSignal::new(Vec::new()) };
        effect(move || {
            if let Some(bench) = group.active.get() {
                listen(bench);
            }
        });
        group
    }

    /// Takes `bench` in for as long as the present owner lives.
    pub(crate) fn add(self, bench: LiveBench) {
        let is_it = move |other: &LiveBench| other.standing.scope == bench.standing.scope;
        self.all.update(|all| all.push(bench));
        on_cleanup(move || {
            self.all.try_update(|all| all.retain(|other| !is_it(other)));
            self.active.try_update(|active| *active = active.filter(|active| !is_it(active)));
        });
    }

    /// Those that are there, tracked.
    pub(crate) fn all(self) -> Vec<LiveBench> {
        self.all.get()
    }

    /// Keys and commands go to `bench` from now on.
    pub(crate) fn use_now(self, bench: LiveBench) {
        if !untrack(|| self.is(bench)) {
            self.active.set(Some(bench));
        }
    }

    /// Whether it is the one.
    pub(crate) fn is(self, bench: LiveBench) -> bool {
        self.active.with(|active| active.is_some_and(|active| active.standing.scope == bench.standing.scope))
    }
}

/// Keys and commands go to `bench` as long as the present owner lives.
pub(crate) fn listen(bench: LiveBench) {
    Commands::get().on(
        commands::ALL,
        move |command| commands::can(bench, command),
        move |command| commands::run(bench, command),
    );
}
