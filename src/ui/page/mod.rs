//! One module a page, each in a chunk of its own. Which there are, the site map tells.
#![allow(unsafe_code, reason = "what #[wasm_split] writes: the border between two modules of one program")]
#![allow(clippy::unnecessary_wraps, reason = "a split function says by its type that its chunk may not come")]

mod architectures;
mod benches;
mod benchmark;
mod depth;
mod filters;
mod home;
mod lab;
mod lecture;
mod lessons;
mod missing;
mod quiz;
mod train;

use leptos::prelude::*;
use receptive::link::{Page, operation::LabKind};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::{
    bench::{Coming, Extras, LabPart},
    platform::chunk::{self, now},
};

/// The view of a page.
macro_rules! view_of {
    (view $($view:ident)::+) => {
        view! { <$($view)::+/> }.into_any()
    };
    (lab $lab:ident $($extras:ident)::+) => {
        view! { <lab::LabPage lab=a_lab!($lab $($extras)::+)/> }.into_any()
    };
}

/// The lab of a page that is one.
macro_rules! lab_of {
    (view $($view:ident)::+) => {
        None
    };
    (lab $lab:ident $($extras:ident)::+) => {
        Some(a_lab!($lab $($extras)::+))
    };
}

macro_rules! a_lab {
    ($lab:ident $($extras:ident)::+) => {
        LabPart { kind: const { &LabKind::of::<receptive::lab::$lab>() }, extras: const { &$($extras)::+ } }
    };
}

/// For each page its split point, which bears the name of its part, with its view and its lab.
macro_rules! pages {
    ($($page:ident $part:ident ($($opens:tt)+);)*) => {
        mod part {
            $(
                pub(super) mod $part {
                    #[allow(clippy::wildcard_imports, unused_imports, reason = "what some row of the site map opens")]
                    use super::super::*;

                    #[wasm_split($part, fallible, preload(load))]
                    pub(in super::super) fn view() -> Result<AnyView, SplitLoaderError> {
                        Ok(view_of!($($opens)+))
                    }

                    #[wasm_split($part, fallible)]
                    pub(in super::super) fn lab() -> Result<Option<LabPart>, SplitLoaderError> {
                        Ok(lab_of!($($opens)+))
                    }
                }
            )*
        }

        /// Makes a page's chunk ready, whose files are there; `false` where they are not of this build.
        pub(crate) async fn load(page: Page) -> bool {
            let loaded: Result<(), SplitLoaderError> = match page {
                $(Page::$page => part::$part::load().await,)*
                Page::Unknown => Ok(()),
            };
            loaded.is_ok()
        }

        /// The name of a page's split point, by which its files are found.
        pub(crate) fn point(page: Page) -> &'static str {
            match page {
                $(Page::$page => stringify!($part),)*
                Page::Unknown => "home",
            }
        }

        /// The view of a page that is loaded.
        pub(crate) fn show(page: Page) -> AnyView {
            let view = match page {
                $(Page::$page => now(part::$part::view()),)*
                Page::Unknown => Some(Ok(view! { <missing::Missing/> }.into_any())),
            };
            view.and_then(Result::ok).unwrap_or_else(|| ().into_any())
        }

        /// The lab of a page that is one, whose files are there; `None` where they are not of this build.
        async fn loaded_lab(page: Page) -> Option<LabPart> {
            let lab = match page {
                $(Page::$page => part::$part::lab().await,)*
                Page::Unknown => Ok(None),
            };
            lab.ok().flatten()
        }
    };
}

receptive::for_every_page!(pages);

/// The lab of a page, wherever it is to stand; its chunk is fetched.
pub(crate) fn lab(page: Page) -> Coming {
    Box::pin(async move {
        chunk::fetch(point(page), "The lab").await?;
        loaded_lab(page).await.ok_or_else(|| "The lab did not start. Copy the link, reload, then try again.".to_owned())
    })
}
