//! What the boot script of `index.html` calls: a module of the app is put on the page and taken away again.
//!
//! Of several modules one is mounted at a time. Each keeps its code once it is loaded, and none of its state: that goes
//! as a text from the one to the next.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::prelude::*;
use receptive::link::Left;
use wasm_bindgen::prelude::wasm_bindgen;

use super::{App, platform, route::Route};

/// What is mounted. It is taken away when it is dropped.
struct Mounted {
    route: Route,
    _view: Box<dyn Any>,
}

thread_local! {
    static MOUNTED: RefCell<Option<Mounted>> = const { RefCell::new(None) };
}

#[wasm_bindgen]
extern "C" {
    /// The boot script's: the page says it, and calls no module any more.
    #[wasm_bindgen(js_namespace = receptive)]
    fn crashed(message: &str);
    /// The boot script's: a page is left that this address opens as it is.
    #[wasm_bindgen(js_namespace = receptive)]
    pub(crate) fn left(address: &str);
}

/// Makes the module ready; nothing is on the page yet.
pub(crate) fn start() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        crashed(&panic.to_string());
    }));
}

/// Puts the app in the place of what the page shows, and opens `hash`. `left` is what another module's [`unmount`] gave.
#[wasm_bindgen]
pub fn mount(hash: &str, left: &str) {
    let Some(root) = platform::app_root() else { return };
    root.set_inner_html("");
    let left = Left::decode(left);
    let hash = hash.to_owned();
    let provided = Rc::new(Cell::new(None));
    let provide = Rc::clone(&provided);
    let view = mount_to(root, move || {
        let route = Route::provide(&hash, left);
        provide.set(Some(route));
        view! { <App route/> }
    });
    MOUNTED.set(provided.take().map(|route| Mounted { route, _view: Box::new(view) }));
}

/// Takes the app away and gives the pages that were left, for the next module.
#[wasm_bindgen]
pub fn unmount() -> String {
    let mounted = MOUNTED.take();
    let left = mounted.as_ref().map(|mounted| mounted.route.leave());
    drop(mounted);
    left.unwrap_or_default()
}

/// The other module does not come: this one goes on, and its page gets its address back.
#[wasm_bindgen]
pub fn stay() {
    MOUNTED.with_borrow(|mounted| {
        if let Some(mounted) = mounted {
            mounted.route.stay();
        }
    });
}
