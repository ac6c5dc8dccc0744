//! Whether what made a handler is still on the page.

use leptos::prelude::*;

/// Lives as long as the owner it was made under.
///
/// A browser tells an element that is being taken away that it lost the focus, after the signals of its page are gone;
/// a promise or a timer can end later still. What then finds nobody alive has nothing to do.
#[derive(Clone, Copy)]
pub(crate) struct Alive(StoredValue<()>);

impl Alive {
    /// As long as the present owner lives.
    pub(crate) fn here() -> Self {
        Self(StoredValue::new(()))
    }

    /// Whether it does.
    pub(crate) fn is(self) -> bool {
        self.0.try_get_value().is_some()
    }
}
