//! What copies and saves, for the page, which loads it on demand: a link goes in, texts and bytes come out.
//!
//! What is made is decided by [`receptive::tools`]. Errors are sentences for the person who asked.

use js_sys::{Array, Uint8Array, Uint8ClampedArray};
use receptive::tools::{Animation, Kind, palette};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen, throw_str};

fn main() {
    // The page tells it, and the browser's console shows it.
    std::panic::set_hook(Box::new(|panic| throw_str(&panic.to_string())));
}

/// The names of the tokens whose colours a palette holds, with spaces between.
#[wasm_bindgen]
pub fn tokens() -> String {
    receptive::tools::tokens().join(" ")
}

/// Makes what is called `kind` of what `link` shows, in the colours of `colours`: `[text, what is left out]`, the second
/// empty where nothing is.
///
/// # Errors
/// A sentence.
#[wasm_bindgen]
pub fn make(link: &str, kind: &str, colours: &str) -> Result<Array, JsValue> {
    let kind = Kind::from_name(kind).ok_or_else(|| JsValue::from_str("Nothing of that name can be made."))?;
    let made = receptive::tools::make(link, kind, palette(colours).as_ref()).map_err(|words| JsValue::from_str(&words))?;
    Ok(Array::of2(&JsValue::from_str(&made.text), &JsValue::from_str(&made.left_out.unwrap_or_default())))
}

/// Begins the animation of what `link` shows, with `scale` pixels to a CSS pixel.
///
/// # Errors
/// A sentence.
#[wasm_bindgen]
pub fn film(link: &str, colours: &str, scale: f64) -> Result<Film, JsValue> {
    Animation::new(link, palette(colours), scale).map(Film).map_err(|words| JsValue::from_str(&words))
}

/// An animation in the making.
#[wasm_bindgen]
pub struct Film(Animation);

#[wasm_bindgen]
impl Film {
    /// Number of frames.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Width of the frames in pixels.
    pub fn width(&self) -> u32 {
        self.0.size().0.into()
    }

    /// Height of the frames in pixels.
    pub fn height(&self) -> u32 {
        self.0.size().1.into()
    }

    /// What is not as it was asked for, in a sentence, or nothing.
    pub fn left_out(&self) -> String {
        self.0.left_out().unwrap_or_default()
    }

    /// The figure of a frame, to be drawn at the frames' size.
    pub fn svg(&self, frame: usize) -> String {
        self.0.svg(frame).unwrap_or_default()
    }

    /// How long a frame is shown, in hundredths of a second.
    pub fn delay(&self, frame: usize) -> u16 {
        self.0.delay(frame)
    }

    /// Adds a frame as a canvas gives it: RGBA bytes.
    ///
    /// # Errors
    /// A sentence.
    pub fn add(&mut self, frame: usize, rgba: &Uint8ClampedArray) -> Result<(), JsValue> {
        self.0.add(frame, &rgba.to_vec()).map_err(|error| JsValue::from_str(&error.to_string()))
    }

    /// The GIF; the film is used up.
    ///
    /// # Errors
    /// A sentence.
    pub fn finish(self) -> Result<Uint8Array, JsValue> {
        let bytes = self.0.finish().map_err(|error| JsValue::from_str(&error.to_string()))?;
        Ok(Uint8Array::from(bytes.as_slice()))
    }
}
