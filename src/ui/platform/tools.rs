//! The module that copies and exports (`src/bin/tools.rs`), loaded by the boot script when it is asked for.

use js_sys::{Array, JsString, Promise, Uint8Array};
use leptos::{prelude::*, web_sys};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = receptive, js_name = tools, catch)]
    fn load() -> Result<Promise, JsValue>;

    /// The module, loaded.
    pub(crate) type Tools;

    #[wasm_bindgen(method)]
    fn tokens(this: &Tools) -> String;

    #[wasm_bindgen(method, catch)]
    fn make(this: &Tools, link: &str, kind: &str, colours: &str) -> Result<Array, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn film(this: &Tools, link: &str, colours: &str, scale: f64) -> Result<Film, JsValue>;

    /// An animation in the making.
    pub(crate) type Film;

    /// Number of frames.
    #[wasm_bindgen(method)]
    pub(crate) fn len(this: &Film) -> u32;

    /// Width of the frames in pixels.
    #[wasm_bindgen(method)]
    pub(crate) fn width(this: &Film) -> u32;

    /// Height of the frames in pixels.
    #[wasm_bindgen(method)]
    pub(crate) fn height(this: &Film) -> u32;

    /// What is not as it was asked for, in a sentence, or nothing.
    #[wasm_bindgen(method)]
    pub(crate) fn left_out(this: &Film) -> String;

    /// The figure of a frame.
    #[wasm_bindgen(method)]
    pub(crate) fn svg(this: &Film, frame: u32) -> String;

    #[wasm_bindgen(method, catch)]
    fn add(this: &Film, frame: u32, pixels: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    fn finish(this: &Film) -> Result<Uint8Array, JsValue>;
}

/// Loads the module, or says why it does not come. It is loaded once.
pub(crate) async fn tools() -> Result<Tools, String> {
    let promise = load().map_err(sentence)?;
    JsFuture::from(promise).await.map(JsCast::unchecked_into).map_err(sentence)
}

/// Loads the module before it is asked for; who asks then is told if it did not come.
pub(crate) fn prepare_tools() {
    leptos::task::spawn_local(async { drop(tools().await) });
}

impl Tools {
    /// Makes what is called `kind` of what `link` shows: the text, and a sentence about what is left out, if anything is.
    pub(crate) fn text(&self, link: &str, kind: &str, colours: &str) -> Result<(String, String), String> {
        let made = self.make(link, kind, colours).map_err(sentence)?;
        let part = |index| made.get(index).dyn_into::<JsString>().map(String::from).unwrap_or_default();
        Ok((part(0), part(1)))
    }

    /// Begins the animation of what `link` shows, with `scale` pixels to a CSS pixel.
    pub(crate) fn animation(&self, link: &str, colours: &str, scale: f64) -> Result<Film, String> {
        self.film(link, colours, scale).map_err(sentence)
    }

    /// The palette: font and colours as the page has them, or as it has them in light.
    ///
    /// `getPropertyValue("--ink")` would give `light-dark(..)`, unresolved: each is put on an element as its colour and
    /// read from there.
    pub(crate) fn palette(&self, light: bool) -> String {
        let probe = |text: &mut String| {
            let body = document().body()?;
            let probe: web_sys::HtmlElement = document().create_element("i").ok()?.dyn_into().ok()?;
            body.append_child(&probe).ok()?;
            let computed = window().get_computed_style(&probe).ok()??;
            // By its path: leptos has a method of that name, too.
            let style = web_sys::HtmlElement::style(&probe);
            if light {
                style.set_property("color-scheme", "light").ok()?;
            }
            text.push_str(&computed.get_property_value("font-family").ok()?);
            for token in self.tokens().split(' ') {
                style.set_property("color", &["var(", token, ")"].concat()).ok()?;
                text.push_str(&["\n", token, " ", &computed.get_property_value("color").ok()?].concat());
            }
            probe.remove();
            Some(())
        };
        let mut text = String::new();
        // What is missing the module tells: it can't read the palette then.
        let _all: Option<()> = probe(&mut text);
        text
    }
}

impl Film {
    /// Adds a frame's pixels.
    pub(crate) fn put(&self, frame: u32, pixels: &JsValue) -> Result<(), String> {
        self.add(frame, pixels).map_err(sentence)
    }

    /// The file; the film is used up.
    pub(crate) fn file(&self) -> Result<Uint8Array, String> {
        self.finish().map_err(sentence)
    }
}

/// What was thrown: a sentence, unless something broke.
fn sentence(thrown: JsValue) -> String {
    thrown.as_string().unwrap_or_else(|| {
        leptos::logging::warn!("{thrown:?}");
        "That could not be made. Copy the link and reload, then try again.".to_owned()
    })
}
