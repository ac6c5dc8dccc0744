//! Closures in views, behind one type for each kind of result.
//!
//! Leptos compiles its rendering anew for every closure type. Boxed, the page's 150 closures share one copy: 9 KB gzip
//! less on top of what `erase_components` saves (`docs/performance.md`).

use leptos::{
    prelude::*,
    tachys::html::attribute::{
        AttributeValue,
        custom::{CustomAttr, custom_attribute},
    },
};
use receptive::markup::Markup;

use super::{alive::Alive, signal::Memo};

/// A value that follows signals: an attribute, a class, a text.
pub(crate) fn live<T>(value: impl FnMut() -> T + Send + 'static) -> Box<dyn FnMut() -> T + Send> {
    Box::new(value)
}

/// An attribute, by its name: `{..attr("id", id)}`. Leptos has a type for each name, and compiles eight functions anew for
/// each with each kind of value; so there are two.
pub(crate) fn attr<V: Shown>(name: &'static str, value: V) -> CustomAttr<&'static str, V::Value> {
    custom_attribute(name, value.value())
}

/// What an attribute can be set to: a text, a switch, either or none; or what gives one and follows signals.
pub(crate) trait Shown {
    type Value: AttributeValue;
    fn value(self) -> Self::Value;
}

impl<T: Attribute> Shown for T {
    type Value = Option<String>;

    fn value(self) -> Option<String> {
        self.text()
    }
}

impl<T: Attribute + 'static> Shown for Box<dyn FnMut() -> T + Send> {
    type Value = Box<dyn FnMut() -> Option<String> + Send>;

    fn value(mut self) -> Self::Value {
        live(move || self().text())
    }
}

/// The text of an attribute; none where the element lacks it.
pub(crate) trait Attribute {
    fn text(self) -> Option<String>;
}

impl Attribute for String {
    fn text(self) -> Option<String> {
        Some(self)
    }
}

impl Attribute for &str {
    fn text(self) -> Option<String> {
        Some(self.to_owned())
    }
}

impl Attribute for bool {
    fn text(self) -> Option<String> {
        self.then(String::new)
    }
}

impl<T: Attribute> Attribute for Option<T> {
    fn text(self) -> Option<String> {
        self.and_then(T::text)
    }
}

/// What is put into an element whole, as elements, and follows signals. Nothing else is: a text stays text.
pub(crate) fn html(mut markup: impl FnMut() -> Markup + Send + 'static) -> Box<dyn FnMut() -> String + Send> {
    live(move || markup().into_string())
}

/// A part of a view that follows signals.
pub(crate) fn part<V: IntoAny>(mut view: impl FnMut() -> V + Send + 'static) -> AnyView {
    live(move || view().into_any()).into_any()
}

/// A part of a view that is there while `condition` holds; it is built anew only when that changes.
pub(crate) fn when<V: IntoAny>(
    condition: impl Fn() -> bool + Send + Sync + 'static,
    view: impl Fn() -> V + Send + 'static,
) -> AnyView {
    either(condition, view, || ())
}

/// One of two parts of a view; it is built anew only when the condition changes.
pub(crate) fn either<V: IntoAny, W: IntoAny>(
    condition: impl Fn() -> bool + Send + Sync + 'static,
    holds: impl Fn() -> V + Send + 'static,
    fails: impl Fn() -> W + Send + 'static,
) -> AnyView {
    let condition = memo(condition);
    part(move || if condition.get() { holds().into_any() } else { fails().into_any() })
}

/// What an event does, as long as the part of the page lives that it is for.
pub(crate) fn on<E: 'static>(act: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    while_alive(Box::new(act))
}

fn while_alive<E: 'static>(mut act: Box<dyn FnMut(E)>) -> Box<dyn FnMut(E)> {
    let alive = Alive::here();
    Box::new(move |event| {
        if alive.is() {
            act(event);
        }
    })
}

/// What is done whenever the signals change that it reads.
pub(crate) fn effect(act: impl FnMut() + 'static) {
    run(Box::new(act));
}

fn run(mut act: Box<dyn FnMut()>) {
    Effect::new(move |_: Option<()>| act());
}

/// A value of signals that tells its readers only when it differs.
pub(crate) fn memo<T: PartialEq + Send + Sync + 'static>(value: impl Fn() -> T + Send + Sync + 'static) -> Memo<T> {
    Memo::new(move |_| value(), T::eq)
}
