//! One module a page, each in a chunk of its own.
#![allow(unsafe_code, reason = "what #[wasm_split] writes: the border between two modules of one program")]
#![allow(clippy::unnecessary_wraps, reason = "a split function says by its type that its chunk may not come")]

mod benchmark;
mod home;
mod lab;
mod missing;
mod train;

use leptos::prelude::*;
use receptive::{
    lab::{BackwardLab, ChannelsLab, ConvolutionLab, FiltersLab, PoolingLab, ReceptiveFieldLab, WhyLab},
    link::{
        Page,
        operation::{LabKind, Linked},
    },
};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::platform::chunk::now;
use lab::{Extras, LabPage, pictures::PICTURES};

/// For each page its split point, which is its name in the link, and its view.
macro_rules! pages {
    ($($page:ident $point:ident $load:ident $view:expr;)*) => {
        $(
            #[wasm_split($point, fallible, preload($load))]
            fn $point() -> Result<AnyView, SplitLoaderError> {
                Ok($view)
            }
        )*

        /// Makes a page's chunk ready, whose files are there; `false` where they are not of this build.
        pub(crate) async fn load(page: Page) -> bool {
            let loaded: Result<(), SplitLoaderError> = match page {
                $(Page::$page => $load().await,)*
                Page::Unknown => Ok(()),
            };
            loaded.is_ok()
        }

        /// The name of a page's split point, by which its files are found.
        pub(crate) fn point(page: Page) -> &'static str {
            match page {
                $(Page::$page => stringify!($point),)*
                Page::Unknown => "home",
            }
        }

        /// The view of a page that is loaded.
        pub(crate) fn show(page: Page) -> AnyView {
            let view = match page {
                $(Page::$page => now($point()),)*
                Page::Unknown => Some(Ok(view! { <missing::Missing/> }.into_any())),
            };
            view.and_then(Result::ok).unwrap_or_else(|| ().into_any())
        }
    };
}

pages! {
    Home home load_home view! { <home::Home/> }.into_any();
    Convolution convolution load_convolution lab::<ConvolutionLab>(const { &Extras::NONE });
    Pooling pooling load_pooling lab::<PoolingLab>(const { &Extras::NONE });
    Channels channels load_channels lab::<ChannelsLab>(const { &Extras::NONE });
    Filters filters load_filters lab::<FiltersLab>(const { &PICTURES });
    Backward backward load_backward lab::<BackwardLab>(const { &Extras::NONE });
    ReceptiveField receptive_field load_receptive_field lab::<ReceptiveFieldLab>(const { &Extras::LAYERS });
    Why why load_why lab::<WhyLab>(const { &Extras::DIAGRAM });
    Train train load_train view! { <train::Train/> }.into_any();
    Benchmark benchmark load_benchmark view! { <benchmark::Benchmark/> }.into_any();
}

fn lab<L: Linked + Send + Sync + 'static>(extras: &'static Extras) -> AnyView {
    view! { <LabPage kind=const { &LabKind::of::<L>() } extras/> }.into_any()
}
