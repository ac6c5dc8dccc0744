//! One module a page. Which of them are compiled depends on the module of the app: see [`Module`].

#[cfg(feature = "training")]
mod benchmark;
#[cfg(feature = "app")]
mod home;
#[cfg(any(feature = "app", feature = "insight"))]
mod lab;
#[cfg(feature = "app")]
mod missing;
#[cfg(feature = "training")]
mod train;

use leptos::prelude::*;
use receptive::link::{Module, Page};
#[cfg(any(feature = "app", feature = "insight"))]
use receptive::{
    lab::{BackwardLab, ChannelsLab, ConvolutionLab, FiltersLab, PoolingLab, ReceptiveFieldLab, WhyLab},
    link::operation::LabKind,
};

/// Whether this module has `page`.
pub(crate) fn is_here(page: Page) -> bool {
    match page.module() {
        Module::Labs => cfg!(feature = "app"),
        Module::Insight => cfg!(feature = "insight"),
        Module::Training => cfg!(feature = "training"),
    }
}

/// A page's view.
pub(crate) fn show(page: Page) -> AnyView {
    match page {
        #[cfg(feature = "app")]
        Page::Home => view! { <home::Home/> }.into_any(),
        #[cfg(feature = "app")]
        Page::Convolution => lab(const { &LabKind::of::<ConvolutionLab>() }),
        #[cfg(feature = "app")]
        Page::Pooling => lab(const { &LabKind::of::<PoolingLab>() }),
        #[cfg(feature = "app")]
        Page::Channels => lab(const { &LabKind::of::<ChannelsLab>() }),
        #[cfg(feature = "insight")]
        Page::Filters => lab(const { &LabKind::of::<FiltersLab>() }),
        #[cfg(feature = "insight")]
        Page::Backward => lab(const { &LabKind::of::<BackwardLab>() }),
        #[cfg(feature = "insight")]
        Page::ReceptiveField => lab(const { &LabKind::of::<ReceptiveFieldLab>() }),
        #[cfg(feature = "insight")]
        Page::Why => lab(const { &LabKind::of::<WhyLab>() }),
        #[cfg(feature = "app")]
        Page::Unknown => view! { <missing::Missing/> }.into_any(),
        #[cfg(feature = "training")]
        Page::Train => view! { <train::Train/> }.into_any(),
        #[cfg(feature = "training")]
        Page::Benchmark => view! { <benchmark::Benchmark/> }.into_any(),
        // Never on screen: the page's boot script mounts the module that has it.
        #[cfg(not(all(feature = "app", feature = "insight", feature = "training")))]
        _ => ().into_any(),
    }
}

#[cfg(any(feature = "app", feature = "insight"))]
fn lab(kind: &'static LabKind) -> AnyView {
    view! { <lab::LabPage kind/> }.into_any()
}
