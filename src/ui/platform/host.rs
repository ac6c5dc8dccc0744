//! What the page around the app does: the boot script of `index.html`.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// The page says it, and calls no module any more.
    #[wasm_bindgen(js_namespace = receptive)]
    pub(crate) fn crashed(message: &str);
    /// A page is left that this address opens as it is.
    #[wasm_bindgen(js_namespace = receptive)]
    pub(crate) fn left(address: &str);
    /// The parts of these names, with spaces between, may be wanted next; `surely`: they are compiled as well.
    #[wasm_bindgen(js_namespace = receptive)]
    pub(crate) fn ahead(parts: &str, surely: bool);
    /// How many times as large as a browser's own a reader wants text. When it changes, the window hears a resize.
    #[wasm_bindgen(js_namespace = receptive)]
    pub(crate) fn letters() -> f64;
}
