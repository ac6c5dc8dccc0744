//! What the boot script of `index.html` calls, and what it is told.

use std::cell::{Cell, RefCell};

use leptos::prelude::*;
use receptive::{
    link::{Link, Page},
    markup::Markup,
    site::Group,
};
use wasm_bindgen::prelude::wasm_bindgen;

use super::{
    app::App,
    page,
    platform::{self, host},
    route::Route,
};

thread_local! {
    /// How often something was asked for.
    static ASKED: Cell<u32> = const { Cell::new(0) };
    static ROUTE: RefCell<Option<Route>> = const { RefCell::new(None) };
}

/// Makes the module ready; nothing is on the page yet.
pub(crate) fn start() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        host::crashed(&panic.to_string());
    }));
}

/// Opens the address's part from the `#`, the first time in the place of what the page shows. The files of its page are
/// there; `false` where they are not of this build, and then nothing has changed.
#[wasm_bindgen]
pub async fn open(hash: String) -> bool {
    let number = ASKED.get() + 1;
    ASKED.set(number);
    let is_loaded = page::load(Link::decode(&hash).0.page).await;
    // While it was loaded, another may have been asked for.
    if !is_loaded || ASKED.get() != number {
        return is_loaded;
    }
    let page = Link::decode(&hash).0.page;
    let route = ROUTE.with_borrow(|route| *route);
    match (route, platform::app_root()) {
        (Some(route), _) => route.arrive(&hash),
        (None, Some(root)) => {
            platform::fill(&root, &Markup::default());
            let view = mount_to(root, move || {
                let route = Route::provide(&hash);
                ROUTE.set(Some(route));
                view! { <App route/> }
            });
            // It stays as long as the tab.
            view.forget();
        }
        (None, None) => {}
    }
    // What is likely wanted after it: the list of commands, what a lab fetches by itself, and the page after it. A lesson's
    // text has to come first, which then knows what follows.
    if page != Page::Lessons {
        let after = Page::ALL.iter().skip_while(|known| **known != page).nth(1);
        let mut parts = vec!["commands", page::point(after.copied().unwrap_or(Page::Home))];
        if page.entry().group == Group::Labs {
            parts.extend(["export", "paste"]);
        }
        host::ahead(&parts.join(" "), false);
    }
    true
}

/// The page that was asked for does not come: the one on screen gets its address back.
#[wasm_bindgen]
pub fn stay() {
    if let Some(route) = ROUTE.with_borrow(|route| *route) {
        route.stay();
    }
}
