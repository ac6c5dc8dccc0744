//! What copies and exports, in a chunk of its own: a link goes in, a text comes out, or a file is saved.
//!
//! What is made is decided by [`receptive::tools`]; this file carries it: colours from the page's style sheet, figures
//! through the browser's own drawing, files to the person. Errors are sentences for the person who asked.
#![allow(unsafe_code, reason = "what #[wasm_split] writes: the border between two modules of one program")]
#![allow(clippy::unnecessary_wraps, reason = "a split function says by its type that its chunk may not come")]

use std::{pin::Pin, time::Duration};

use js_sys::{Array, Object, Promise, Reflect, Uint8Array, Uint8ClampedArray};
use leptos::{task::spawn_local, web_sys};
use receptive::{
    export::{Palette, Picture, svg},
    image::Pixels,
    link::operation::LabKind,
    plot::Rgb,
    tools::{Animation, ExportKind, ExportedText, Source, file_name, make as make_text},
};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use wasm_split_helpers::{SplitLoaderError, wasm_split};
use web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, Document, HtmlAnchorElement, HtmlCanvasElement, HtmlElement,
    HtmlImageElement, Url, Window,
};

use super::chunk;

/// Pixels to a CSS pixel of a PNG: sharp on a slide.
const PNG_SCALE: f64 = 2.0;
/// The same of a GIF, whose frames are many.
const GIF_SCALE: f64 = 1.5;
/// The most pixels of a PNG along a side, and in all: what every browser draws.
const MOST_ALONG: f64 = 8192.0;
const MOST_PIXELS: f64 = 33_000_000.0;
/// Milliseconds between two words on how far it is.
const SAY_EVERY: f64 = 1_000.0;
/// How long a file's bytes are kept for the browser to take them: some do so a moment later.
const KEPT: Duration = Duration::from_secs(20);

const NO_COLOURS: &str = "The page's colours could not be read, so nothing was drawn.";
const NOT_DRAWN: &str = "This browser did not draw the figure. Save it as SVG instead.";
const NOT_SAVED: &str = "This browser did not take the file.";
const NOT_LOADED: &str = "The part that copies and exports did not start. Copy the link, reload, then try again.";

/// Has the chunk fetched.
async fn fetch() -> Result<(), String> {
    chunk::fetch("export", "The part that copies and exports").await
}

/// Loads what makes the files before it is asked for; who asks then is told if it did not come.
pub(crate) fn prepare() {
    spawn_local(async { drop(fetch().await) });
}

/// Told on the way how far it is, perhaps nothing new; answers whether that is wanted still.
type Say = Box<dyn Fn(String) -> bool>;

/// What is on screen, as it can go to another chunk.
pub(crate) struct Screen {
    /// The link to it.
    pub(crate) link: String,
    /// How it is read.
    pub(crate) kind: &'static LabKind,
    /// The pixels that its lab filters, which no link holds.
    pub(crate) pixels: Option<Pixels>,
}

/// Makes what is called `kind` of what is shown: the text to be copied; of a file that was saved, what to say about it.
///
/// # Errors
/// A sentence that says what stands in the way.
pub(crate) async fn make(shown: Screen, kind: String, say: Say) -> Result<String, String> {
    fetch().await?;
    match making(shown, kind, say).await {
        Ok(made) => made.await,
        Err(_) => Err(NOT_LOADED.to_owned()),
    }
}

/// What a file that is saved is made of.
pub(crate) enum Content {
    /// A text of that type.
    Text(&'static str, String),
    /// A figure, in the page's colours.
    Figure(Picture),
}

/// Saves a file under that name; answers what to say about it.
///
/// # Errors
/// A sentence that says what stands in the way.
pub(crate) async fn save_as(name: String, content: Content) -> Result<String, String> {
    fetch().await?;
    saving(name, content).await.unwrap_or_else(|_not_loaded| Err(NOT_LOADED.to_owned()))
}

#[wasm_split(export, fallible)]
fn saving(name: String, content: Content) -> Result<Result<String, String>, SplitLoaderError> {
    Ok(save_content(&name, content))
}

fn save_content(name: &str, content: Content) -> Result<String, String> {
    let (kind, text) = match content {
        Content::Text(kind, text) => (kind, text),
        Content::Figure(picture) => ("image/svg+xml", svg(&picture, &palette(false)?)),
    };
    save_made(name, &JsValue::from_str(&text), kind, None)
}

/// Saves what was made, and says so with what there is to say of it besides.
fn save_made(name: &str, content: &JsValue, kind: &str, more: Option<&str>) -> Result<String, String> {
    let blob = blob(content, kind).ok_or(NOT_SAVED)?;
    save(name, &blob).ok_or(NOT_SAVED)?;
    Ok(saved(name, more))
}

type Making = Pin<Box<dyn Future<Output = Result<String, String>>>>;

#[wasm_split(export, fallible)]
fn making(shown: Screen, kind: String, say: Say) -> Result<Making, SplitLoaderError> {
    Ok(Box::pin(async move {
        let Screen { link, kind: lab, pixels } = shown;
        produce(&Source { link: &link, kind: Some(lab), pixels }, &kind, &say).await
    }))
}

async fn produce(source: &Source<'_>, kind: &str, say: &Say) -> Result<String, String> {
    match kind {
        "png" => {
            let figure = make_text(source.clone(), ExportKind::Svg, Some(&palette(false)?))?;
            save_png(&file_name(source.clone(), "png", false), &figure.text).await
        }
        "gif" => animate(source, say).await,
        name => {
            let kind = ExportKind::from_name(name).ok_or("Nothing of that name can be made.")?;
            // Paper is light; what is looked at on a screen looks as the page.
            let colours = if kind.is_drawn() { Some(palette(kind == ExportKind::Tikz)?) } else { None };
            let ExportedText { text, left_out } = make_text(source.clone(), kind, colours.as_ref())?;
            if !matches!(kind, ExportKind::Svg | ExportKind::Strip) {
                return Ok(text);
            }
            let name = file_name(source.clone(), "svg", kind == ExportKind::Strip);
            save_made(&name, &JsValue::from_str(&text), "image/svg+xml", left_out.as_deref())
        }
    }
}

/// Draws frame after frame and lets the page go on in between.
async fn animate(source: &Source<'_>, say: &Say) -> Result<String, String> {
    let mut film = Animation::new(source.clone(), palette(false)?, GIF_SCALE)?;
    let ((width, height), count) = (film.size(), film.len());
    let mut last_said = now();
    for frame in 0..count {
        let svg = film.svg(frame).ok_or(NOT_DRAWN)?;
        let pixels = pixels(&svg, width, height).await.ok_or(NOT_DRAWN)?;
        film.add(frame, &pixels.to_vec()).map_err(|error| error.to_string())?;
        breathe().await;
        let mut words = String::new();
        if now() - last_said > SAY_EVERY {
            last_said = now();
            words = format!("Frame {} of {count} of the animation", frame + 1);
        }
        if !say(words) {
            return Ok(String::new());
        }
    }
    let left_out = film.left_out();
    let name = file_name(source.clone(), "gif", true);
    let bytes = film.finish().map_err(|error| error.to_string())?;
    save_made(&name, &Uint8Array::from(bytes.as_slice()).into(), "image/gif", left_out.as_deref())
}

fn saved(name: &str, more: Option<&str>) -> String {
    more.map_or_else(|| format!("Saved {name}"), |more| format!("Saved {name}. {more}"))
}

fn window() -> Option<Window> {
    web_sys::window()
}

fn document() -> Option<Document> {
    window()?.document()
}

fn now() -> f64 {
    window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now())
}

/// The page's colours, or as it has them in light.
fn palette(light: bool) -> Result<Palette, String> {
    read_palette(light).ok_or_else(|| NO_COLOURS.to_owned())
}

/// `getPropertyValue("--ink")` would give `light-dark(..)`, unresolved: each token is put on an element as its colour and
/// read from there.
fn read_palette(light: bool) -> Option<Palette> {
    let probe: HtmlElement = document()?.create_element("i").ok()?.dyn_into().ok()?;
    document()?.body()?.append_child(&probe).ok()?;
    let (computed, style) = (window()?.get_computed_style(&probe).ok()??, probe.style());
    if light {
        style.set_property("color-scheme", "light").ok()?;
    }
    let palette = Palette::read(computed.get_property_value("font-family").ok()?, |token| {
        style.set_property("color", &format!("var({token})")).ok()?;
        Rgb::parse(&computed.get_property_value("color").ok()?)
    });
    probe.remove();
    palette
}

/// Lets the browser do what waits: input, a frame.
async fn breathe() {
    let promise = Promise::new(&mut |resolve, _| {
        drop(window().map(|window| window.set_timeout_with_callback(&resolve)));
    });
    drop(JsFuture::from(promise).await);
}

fn blob(content: &JsValue, kind: &str) -> Option<Blob> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    Blob::new_with_blob_sequence_and_options(&Array::of1(content), &options).ok()
}

/// Gives the person the bytes as a file.
fn save(name: &str, blob: &Blob) -> Option<()> {
    let address = Url::create_object_url_with_blob(blob).ok()?;
    let link: HtmlAnchorElement = document()?.create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(&address);
    link.set_download(name);
    link.click();
    let release = Closure::once_into_js(move || drop(Url::revoke_object_url(&address)));
    let delay = i32::try_from(KEPT.as_millis()).ok()?;
    let timer = window()?.set_timeout_with_callback_and_timeout_and_arguments_0(release.unchecked_ref(), delay);
    timer.ok().map(|_| ())
}

/// Draws an SVG on a canvas of the size that `size` makes of the picture's own.
async fn drawn(
    svg: &str,
    size: impl FnOnce(f64, f64) -> (f64, f64),
) -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
    let address = Url::create_object_url_with_blob(&blob(&JsValue::from_str(svg), "image/svg+xml")?).ok()?;
    let image = HtmlImageElement::new().ok()?;
    image.set_src(&address);
    let loaded = JsFuture::from(image.decode()).await;
    drop(Url::revoke_object_url(&address));
    loaded.ok()?;
    let (width, height) = size(f64::from(image.natural_width()), f64::from(image.natural_height()));
    let canvas: HtmlCanvasElement = document()?.create_element("canvas").ok()?.dyn_into().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the most along a side")]
    let pixels = |length: f64| length as u32;
    canvas.set_width(pixels(width));
    canvas.set_height(pixels(height));
    let options = Object::new();
    Reflect::set(&options, &JsValue::from_str("willReadFrequently"), &JsValue::TRUE).ok()?;
    let context = canvas.get_context_with_context_options("2d", &options).ok()??;
    let context: CanvasRenderingContext2d = context.dyn_into().ok()?;
    context.draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, width, height).ok()?;
    Some((canvas, context))
}

/// The RGBA bytes of an SVG drawn at this size in pixels.
async fn pixels(svg: &str, width: u16, height: u16) -> Option<Uint8ClampedArray> {
    let (width, height) = (f64::from(width), f64::from(height));
    let (_, context) = drawn(svg, |_, _| (width, height)).await?;
    let image = context.get_image_data(0.0, 0.0, width, height).ok()?;
    Reflect::get(&image, &JsValue::from_str("data")).ok()?.dyn_into().ok()
}

/// Draws an SVG and saves it as a PNG, with fewer pixels where that would be too large.
async fn save_png(name: &str, svg: &str) -> Result<String, String> {
    let mut smaller = false;
    let drawing = drawn(svg, |width, height| {
        let most = (MOST_ALONG / width.max(height)).min((MOST_PIXELS / (width * height)).sqrt());
        smaller = most < PNG_SCALE;
        let scale = PNG_SCALE.min(most);
        ((width * scale).floor().max(1.0), (height * scale).floor().max(1.0))
    });
    let (canvas, _) = drawing.await.ok_or(NOT_DRAWN)?;
    let promise = Promise::new(&mut |resolve, reject| {
        let done = Closure::once_into_js(move |blob: JsValue| drop(resolve.call1(&JsValue::NULL, &blob)));
        if canvas.to_blob(done.unchecked_ref()).is_err() {
            drop(reject.call0(&JsValue::NULL));
        }
    });
    // It is null where the canvas is too large for this browser.
    let blob = JsFuture::from(promise).await.ok().and_then(|blob| blob.dyn_into::<Blob>().ok()).ok_or(NOT_DRAWN)?;
    save(name, &blob).ok_or(NOT_SAVED)?;
    let (width, height) = (canvas.width(), canvas.height());
    let smaller = smaller.then(|| format!("It has {width} × {height} pixels, the most that browsers draw."));
    Ok(saved(name, smaller.as_deref()))
}
