//! The module that copies and exports (`src/bin/tools.rs`), loaded by the boot script when it is asked for.

use js_sys::{Function, Promise};
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = receptive, js_name = tools, catch)]
    fn load() -> Result<Promise, JsValue>;

    type Tools;

    #[wasm_bindgen(method)]
    fn run(this: &Tools, link: &str, kind: &str, say: &Function, picture: &JsValue) -> Promise;
}

/// A picture that is handed to the module, or none.
pub(crate) struct HandedPicture(pub(super) JsValue);

impl HandedPicture {
    /// No picture.
    pub(crate) const NONE: Self = Self(JsValue::UNDEFINED);
}

/// Loads the module before it is asked for; who asks then is told if it did not come.
pub(crate) fn prepare_tools() {
    if let Ok(promise) = load() {
        spawn_local(async { drop(JsFuture::from(promise).await) });
    }
}

/// Makes what the module calls `kind` of what `link` shows: a text to be copied, or what to say of a file that was saved.
/// What stands in the way is a sentence. `say` is told on the way how far it is, perhaps nothing new, and answers whether
/// that is wanted still. `picture` is what no link holds: the pixels of the lab that filters some.
pub(crate) async fn make(
    link: &str,
    kind: &str,
    say: Box<dyn Fn(String) -> bool>,
    picture: HandedPicture,
) -> Result<String, String> {
    let say = Closure::<dyn Fn(String) -> bool>::wrap(say);
    let made = async {
        let tools: Tools = JsFuture::from(load()?).await?.unchecked_into();
        JsFuture::from(tools.run(link, kind, say.as_ref().unchecked_ref(), &picture.0)).await
    };
    let text = |value: &JsValue| value.as_string();
    match made.await {
        Ok(made) => Ok(text(&made).unwrap_or_default()),
        Err(thrown) => Err(text(&thrown).unwrap_or_else(|| {
            leptos::logging::warn!("{thrown:?}");
            "That could not be made. Copy the link and reload, then try again.".to_owned()
        })),
    }
}
