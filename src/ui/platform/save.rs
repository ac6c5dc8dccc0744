//! Pictures and files: an SVG drawn by the browser, and bytes given to the person as a file.

use js_sys::{Array, Promise, Reflect};
use leptos::prelude::*;
use leptos::web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, HtmlAnchorElement, HtmlCanvasElement, HtmlImageElement, Url,
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

/// The most pixels of a PNG along a side, and in all: what every browser draws.
const MOST_ALONG: f64 = 8192.0;
const MOST_PIXELS: f64 = 33_000_000.0;

/// Gives the person `content`, text or bytes, as a file called `name`.
pub(crate) fn save(name: &str, kind: &str, content: &JsValue) -> Option<()> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    save_blob(name, &Blob::new_with_blob_sequence_and_options(&Array::of1(content), &options).ok()?)
}

fn save_blob(name: &str, blob: &Blob) -> Option<()> {
    let address = Url::create_object_url_with_blob(blob).ok()?;
    let link: HtmlAnchorElement = document().create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // The download has its own hold of the bytes; some browsers take it a moment later.
    set_timeout(move || drop(Url::revoke_object_url(&address)), std::time::Duration::from_secs(20));
    Some(())
}

/// Draws an SVG on a canvas of the size that `size` makes of the picture's own.
async fn drawn(svg: &str, size: impl FnOnce(f64, f64) -> (f64, f64)) -> Option<HtmlCanvasElement> {
    let options = BlobPropertyBag::new();
    options.set_type("image/svg+xml");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&JsValue::from_str(svg)), &options).ok()?;
    let address = Url::create_object_url_with_blob(&blob).ok()?;
    let image = HtmlImageElement::new().ok()?;
    image.set_src(&address);
    let loaded = JsFuture::from(image.decode()).await;
    drop(Url::revoke_object_url(&address));
    loaded.ok()?;
    let (width, height) = size(f64::from(image.natural_width()), f64::from(image.natural_height()));
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the most along a side")]
    let pixels = |length: f64| length as u32;
    canvas.set_width(pixels(width));
    canvas.set_height(pixels(height));
    context(&canvas)?.draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, width, height).ok()?;
    Some(canvas)
}

fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

/// Draws an SVG with `scale` pixels to a CSS pixel, or fewer where that is too large, and saves it as a PNG: its width
/// and height, and whether it is smaller than asked for.
pub(crate) async fn save_png(name: &str, svg: &str, scale: f64) -> Option<(u32, u32, bool)> {
    let mut smaller = false;
    let canvas = drawn(svg, |width, height| {
        let most = (MOST_ALONG / width.max(height)).min((MOST_PIXELS / (width * height)).sqrt());
        smaller = most < scale;
        let scale = scale.min(most);
        ((width * scale).floor().max(1.0), (height * scale).floor().max(1.0))
    })
    .await?;
    let promise = Promise::new(&mut |resolve, reject| {
        let done = Closure::once_into_js(move |blob: JsValue| drop(resolve.call1(&JsValue::NULL, &blob)));
        if canvas.to_blob(done.unchecked_ref()).is_err() {
            drop(reject.call0(&JsValue::NULL));
        }
    });
    // It is null where the canvas is too large for this browser.
    let blob: Blob = JsFuture::from(promise).await.ok()?.dyn_into().ok()?;
    save_blob(name, &blob)?;
    Some((canvas.width(), canvas.height(), smaller))
}

/// The RGBA bytes of an SVG drawn at this size in pixels, as the browser keeps them.
pub(crate) async fn pixels(svg: &str, width: u32, height: u32) -> Option<JsValue> {
    let (w, h) = (f64::from(width), f64::from(height));
    let canvas = drawn(svg, |_, _| (w, h)).await?;
    let data = context(&canvas)?.get_image_data(0.0, 0.0, w, h).ok()?;
    Reflect::get(&data, &JsValue::from_str("data")).ok()
}
