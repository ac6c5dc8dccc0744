//! Signals and memos with one copy of Leptos's code for all types.
//!
//! Leptos compiles a signal and a memo anew for each type that they hold. Here what they hold is behind `dyn Any`: a
//! type adds a cast, a comparison and a copy. `docs/performance.md` has what that saves.

use std::{any::Any, marker::PhantomData, sync::Arc};

use leptos::prelude::{
    self, Get as _, GetUntracked as _, Notify as _, Track as _, UpdateUntracked as _, WithUntracked as _,
};

type Held = Arc<dyn Any + Send + Sync>;
type Kept = Box<dyn Any + Send + Sync>;

/// What all of them have: they are copied, and their values are.
macro_rules! values {
    ($($signal:ident)*) => {$(
        impl<T> Clone for $signal<T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $signal<T> {}

        impl<T: Clone + Send + Sync + 'static> $signal<T> {
            /// Its value.
            pub(crate) fn get(self) -> T {
                self.with(T::clone)
            }

            /// The same without tracking.
            pub(crate) fn get_untracked(self) -> T {
                self.with_untracked(T::clone)
            }
        }
    )*};
}

/// What those have that views follow, and that may be read after the end of their page.
macro_rules! live_values {
    ($($signal:ident)*) => {$(
        impl<T: Clone + Send + Sync + 'static> $signal<T> {
            /// Its value without tracking, none after its page is gone.
            pub(crate) fn try_get_untracked(self) -> Option<T> {
                self.try_with_untracked(T::clone)
            }

            /// For a view, which follows it.
            pub(crate) fn live(self) -> Box<dyn FnMut() -> T + Send> {
                Box::new(move || self.get())
            }
        }
    )*};
}

/// What those have whose value is shared.
macro_rules! shared_values {
    ($($signal:ident)*) => {$(
        impl<T: Send + Sync + 'static> $signal<T> {
            /// Its value through `of`.
            pub(crate) fn with<U>(self, of: impl FnOnce(&T) -> U) -> U {
                of(value_of(&*self.held.get()))
            }

            /// The same without tracking.
            pub(crate) fn with_untracked<U>(self, of: impl FnOnce(&T) -> U) -> U {
                of(value_of(&*self.held.get_untracked()))
            }

            /// Follows it.
            pub(crate) fn track(self) {
                // A memo whose value nobody asked for follows nothing itself: Leptos's own `track` would never tell.
                drop(self.held.get());
            }
        }
    )*};
}

values! { Memo RwSignal Signal }
shared_values! { Memo Signal }
live_values! { Memo RwSignal }

/// A value of signals that tells its readers only when it differs.
pub(crate) struct Memo<T> {
    held: prelude::Memo<Held>,
    of: PhantomData<fn() -> T>,
}

impl<T: Send + Sync + 'static> Memo<T> {
    /// What `value` makes of the value before; its readers are told where the two are not the `same`.
    pub(crate) fn new(value: impl Fn(Option<&T>) -> T + Send + Sync + 'static, same: fn(&T, &T) -> bool) -> Self {
        Self { held: remembered(kept_up(Box::new(value), same)), of: PhantomData }
    }

    /// The same, none after its page is gone.
    pub(crate) fn try_with_untracked<U>(self, of: impl FnOnce(&T) -> U) -> Option<U> {
        Some(of(value_of(&*self.held.try_get_untracked()?)))
    }
}

/// A value that can be set.
pub(crate) struct RwSignal<T> {
    kept: prelude::RwSignal<Kept>,
    of: PhantomData<fn() -> T>,
}

impl<T: Send + Sync + 'static> RwSignal<T> {
    /// One that begins with `value`.
    pub(crate) fn new(value: T) -> Self {
        Self { kept: prelude::RwSignal::new(Box::new(value)), of: PhantomData }
    }

    /// Its value through `of`.
    pub(crate) fn with<U>(self, of: impl FnOnce(&T) -> U) -> U {
        self.track();
        self.with_untracked(of)
    }

    /// The same without tracking.
    #[expect(
        clippy::expect_used,
        reason = "as with Leptos's signals: who may come after the page's end asks with `try_`"
    )]
    pub(crate) fn with_untracked<U>(self, of: impl FnOnce(&T) -> U) -> U {
        self.try_with_untracked(of).expect("a signal of a page that is still there")
    }

    /// The same, none after its page is gone.
    pub(crate) fn try_with_untracked<U>(self, of: impl FnOnce(&T) -> U) -> Option<U> {
        let (mut of, mut found) = (Some(of), None);
        read(self.kept, &mut |kept| found = of.take().map(|of| of(value_of(kept))));
        found
    }

    /// Changes it and tells its readers.
    pub(crate) fn update(self, change: impl FnOnce(&mut T)) {
        self.try_update(change);
    }

    /// The same; none after its page is gone.
    pub(crate) fn try_update<U>(self, change: impl FnOnce(&mut T) -> U) -> Option<U> {
        let made = self.try_update_untracked(change);
        if made.is_some() {
            self.notify();
        }
        made
    }

    /// Changes it, and tells its readers where `change` says that something did; says so as well.
    pub(crate) fn update_if(self, change: impl FnOnce(&mut T) -> bool) -> bool {
        let changed = self.try_update_untracked(change) == Some(true);
        if changed {
            self.notify();
        }
        changed
    }

    /// Changes it and tells nobody.
    pub(crate) fn update_untracked(self, change: impl FnOnce(&mut T)) {
        self.try_update_untracked(change);
    }

    fn try_update_untracked<U>(self, change: impl FnOnce(&mut T) -> U) -> Option<U> {
        let (mut change, mut made) = (Some(change), None);
        write(self.kept, &mut |kept| {
            if let Some(value) = kept.downcast_mut() {
                made = change.take().map(|change| change(value));
            }
        });
        made
    }

    /// Sets it and tells its readers.
    pub(crate) fn set(self, value: T) {
        self.try_set(value);
    }

    /// The same, without a word where its page is gone.
    pub(crate) fn try_set(self, value: T) {
        self.try_update(|known| *known = value);
    }

    /// Follows it.
    pub(crate) fn track(self) {
        self.kept.track();
    }

    /// Tells its readers.
    pub(crate) fn notify(self) {
        self.kept.notify();
    }
}

/// What follows signals and is worked out for each who asks.
pub(crate) struct Signal<T> {
    held: prelude::Signal<Held>,
    of: PhantomData<fn() -> T>,
}

impl<T: Send + Sync + 'static> Signal<T> {
    /// What `value` makes of signals.
    pub(crate) fn derive(value: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self { held: derived(Box::new(move || Arc::new(value()))), of: PhantomData }
    }
}

impl<T: Clone + Default + Send + Sync + 'static> Default for Signal<T> {
    fn default() -> Self {
        Self::from(T::default())
    }
}

impl<T: Send + Sync + 'static> From<Memo<T>> for Signal<T> {
    fn from(memo: Memo<T>) -> Self {
        Self { held: memo.held.into(), of: PhantomData }
    }
}

impl<T: Clone + Send + Sync + 'static> From<RwSignal<T>> for Signal<T> {
    fn from(signal: RwSignal<T>) -> Self {
        Self::derive(move || signal.get())
    }
}

impl<T: Clone + Send + Sync + 'static> From<T> for Signal<T> {
    fn from(value: T) -> Self {
        let value: Held = Arc::new(value);
        Self { held: derived(Box::new(move || Arc::clone(&value))), of: PhantomData }
    }
}

/// A value by the one before.
type ByBefore<T> = Box<dyn Fn(Option<&T>) -> T + Send + Sync>;

/// How a memo of one type is kept up: the value now, and whether it is another.
fn kept_up<T: Send + Sync + 'static>(
    value: ByBefore<T>,
    same: fn(&T, &T) -> bool,
) -> Box<dyn Fn(Option<Held>) -> (Held, bool) + Send + Sync> {
    Box::new(move |before| {
        let known = before.as_deref().and_then(<dyn Any + Send + Sync>::downcast_ref);
        let now = value(known);
        let is_same = known.is_some_and(|known| same(known, &now));
        match before {
            // Who holds it goes on holding the same.
            Some(before) if is_same => (before, false),
            _ => (Arc::new(now), true),
        }
    })
}

fn remembered(value: Box<dyn Fn(Option<Held>) -> (Held, bool) + Send + Sync>) -> prelude::Memo<Held> {
    prelude::Memo::new_owning(value)
}

fn derived(value: Box<dyn Fn() -> Held + Send + Sync>) -> prelude::Signal<Held> {
    prelude::Signal::derive(value)
}

fn read(kept: prelude::RwSignal<Kept>, of: &mut dyn FnMut(&(dyn Any + Send + Sync))) {
    // `None` where the page is gone, which the caller sees as well.
    let _: Option<()> = kept.try_with_untracked(|kept| of(&**kept));
}

fn write(kept: prelude::RwSignal<Kept>, change: &mut dyn FnMut(&mut (dyn Any + Send + Sync))) {
    let _: Option<()> = kept.try_update_untracked(|kept| change(&mut **kept));
}

#[expect(clippy::expect_used, reason = "whoever holds it put in a value of this type")]
fn value_of<T: 'static>(held: &(dyn Any + Send + Sync)) -> &T {
    held.downcast_ref().expect("a value of the signal's own type")
}
