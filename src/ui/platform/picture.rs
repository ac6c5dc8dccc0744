//! Pictures, decoded and drawn by the browser.

use js_sys::{Reflect, Uint8Array};
use leptos::{prelude::*, web_sys};
use wasm_bindgen::{Clamped, JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, ImageBitmap, ImageBitmapOptions, ImageData};

use super::import::Import;

/// What a picture is shown on.
pub(crate) type Canvas = HtmlCanvasElement;

/// A picture's bytes: red, green, blue and alpha of each pixel, in rows from the top.
pub(crate) struct Rgba {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Four bytes a pixel.
    pub bytes: Vec<u8>,
}

/// What a person dropped, pasted or chose.
pub(crate) struct PictureFile {
    /// Its name.
    pub name: String,
    blob: Blob,
}

impl PictureFile {
    /// The first file of a drop or of the clipboard.
    pub(crate) fn of(data: Option<web_sys::DataTransfer>) -> Option<Self> {
        data.and_then(|data| data.files()).and_then(|files| files.get(0)).map(Self::new)
    }

    /// The file that was chosen in an `<input type="file">`, which is emptied: the same one can be chosen again.
    pub(crate) fn chosen(event: &web_sys::Event) -> Option<Self> {
        let input: web_sys::HtmlInputElement = event_target(event);
        let file = input.files().and_then(|files| files.get(0)).map(Self::new);
        input.set_value("");
        file
    }

    /// Bytes that were fetched.
    pub(crate) fn fetched(name: &str, bytes: &Uint8Array) -> Option<Self> {
        let blob = Blob::new_with_u8_array_sequence(&js_sys::Array::of1(bytes)).ok()?;
        Some(Self { name: name.to_owned(), blob })
    }

    fn new(file: web_sys::File) -> Self {
        Self { name: file.name(), blob: file.into() }
    }

    /// Whether it says of itself that it is a picture.
    pub(crate) fn is_picture(&self) -> bool {
        self.blob.type_().starts_with("image/")
    }

    /// What it is as a file of numbers: `head`, its first bytes, are all if it has no more than `limit`.
    pub(crate) fn import(self, head: Vec<u8>, limit: usize) -> Import {
        let size = self.size();
        if size > limit {
            Import::TooLong(self.name, size)
        } else {
            Import::File(self.name, Some(head).filter(|head| head.len() == size))
        }
    }

    /// As many bytes it has.
    pub(crate) fn size(&self) -> usize {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size; `as` saturates")]
        let size = self.blob.size() as usize;
        size
    }

    /// Its bytes from `start` to before `end`, as far as there are any; none where it can't be read.
    pub(crate) async fn bytes(&self, start: usize, end: usize) -> Vec<u8> {
        let Ok(part) = self.blob.slice_with_f64_and_f64(start as f64, end as f64) else { return Vec::new() };
        let bytes = JsFuture::from(part.array_buffer()).await;
        bytes.map(|bytes| Uint8Array::new(&bytes).to_vec()).unwrap_or_default()
    }

    /// Its pixels, made as large as `fit` says of its columns and rows; `None` where the browser can't read it. The
    /// numbers are the file's: colour profiles and gammas are left aside, as NumPy's readers do.
    pub(crate) async fn decode(&self, fit: fn(usize, usize) -> (usize, usize)) -> Option<Rgba> {
        let raw = options("colorSpaceConversion", &JsValue::from_str("none"))?.unchecked_into::<ImageBitmapOptions>();
        let bitmap = window().create_image_bitmap_with_blob_and_image_bitmap_options(&self.blob, &raw).ok()?;
        let bitmap = JsFuture::from(bitmap).await.ok()?;
        let bitmap: ImageBitmap = bitmap.dyn_into().ok()?;
        let (width, height) = fit(bitmap.width() as usize, bitmap.height() as usize);
        let board = Board::new()?;
        board.resize(width, height);
        let context = &board.context;
        // Means of areas: else single pixels are picked.
        Reflect::set(context, &JsValue::from_str("imageSmoothingQuality"), &JsValue::from_str("high")).ok()?;
        let drawn = context.draw_image_with_image_bitmap_and_dw_and_dh(&bitmap, 0.0, 0.0, width as f64, height as f64);
        bitmap.close();
        drawn.ok()?;
        Some(Rgba { width, height, bytes: board.read(width, height)? })
    }
}

/// One option of a call.
fn options(name: &str, value: &JsValue) -> Option<JsValue> {
    let options = js_sys::Object::new().into();
    Reflect::set(&options, &JsValue::from_str(name), value).ok()?;
    Some(options)
}

/// Calls `f` with a picture that is pasted anywhere on the page; what else is pasted goes its own way.
pub(crate) fn on_pasted_picture(f: impl Fn(PictureFile) + 'static) {
    let pasted = window_event_listener(leptos::ev::paste, move |event| {
        // Cells of a spreadsheet come with a picture of themselves, and a field takes its own.
        let has_text = event.clipboard_data().and_then(|data| data.get_data("text/plain").ok());
        let in_field = event.target().is_some_and(|target| {
            target.has_type::<web_sys::HtmlInputElement>() || target.has_type::<web_sys::HtmlTextAreaElement>()
        });
        if event.default_prevented() || in_field || has_text.is_some_and(|text| !text.is_empty()) {
            return;
        }
        if let Some(file) = PictureFile::of(event.clipboard_data()).filter(PictureFile::is_picture) {
            event.prevent_default();
            f(file);
        }
    });
    on_cleanup(move || pasted.remove());
}

/// A canvas that is never shown, to read pixels from.
pub(super) struct Board {
    canvas: HtmlCanvasElement,
    pub(super) context: CanvasRenderingContext2d,
}

impl Board {
    pub(super) fn new() -> Option<Self> {
        let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
        // Kept in memory: reading from a graphics card takes longer than drawing.
        let often = options("willReadFrequently", &JsValue::TRUE)?;
        let context = canvas.get_context_with_context_options("2d", &often).ok()??.dyn_into().ok()?;
        Some(Self { canvas, context })
    }

    pub(super) fn resize(&self, width: usize, height: usize) {
        set_size(&self.canvas, width, height);
    }

    pub(super) fn read(&self, width: usize, height: usize) -> Option<Vec<u8>> {
        let data = self.context.get_image_data(0.0, 0.0, width as f64, height as f64).ok()?;
        Some(data.data().0)
    }
}

/// The canvas of that id.
pub(crate) fn canvas_of(id: &str) -> Option<Canvas> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Puts a picture on a canvas, which becomes as large.
pub(crate) fn paint(canvas: &HtmlCanvasElement, bytes: &[u8], width: usize, height: usize) {
    set_size(canvas, width, height);
    let context = canvas.get_context("2d").ok().flatten().and_then(|context| {
        let context: Option<CanvasRenderingContext2d> = context.dyn_into().ok();
        context
    });
    if let (Some(context), Some(data)) = (context, image_data(bytes, width, height)) {
        // A browser that is out of memory leaves the canvas blank.
        drop(context.put_image_data(&data, 0.0, 0.0));
    }
}

fn set_size(canvas: &HtmlCanvasElement, width: usize, height: usize) {
    #[expect(clippy::cast_possible_truncation, reason = "a picture's side is far below 2³²")]
    let (width, height) = (width as u32, height as u32);
    // Setting it clears the canvas, even to what it is.
    if (canvas.width(), canvas.height()) != (width, height) {
        canvas.set_width(width);
        canvas.set_height(height);
    }
}

fn image_data(bytes: &[u8], width: usize, height: usize) -> Option<ImageData> {
    #[expect(clippy::cast_possible_truncation, reason = "a picture's side is far below 2³²")]
    let (width, height) = (width as u32, height as u32);
    ImageData::new_with_u8_clamped_array_and_sh(Clamped(bytes), width, height).ok()
}

/// Row and column of a picture of `shape` that an event points at on the element that it is shown on.
pub(crate) fn pixel_at(event: &web_sys::MouseEvent, shape: (usize, usize)) -> Option<(usize, usize)> {
    let target: web_sys::Element = event.current_target()?.dyn_into().ok()?;
    let rect = target.get_bounding_client_rect();
    let share = |at: i32, start: f64, extent: f64| (f64::from(at) - start) / extent.max(1.0);
    Some(receptive::lab::scene::Place::cell(
        shape,
        share(event.client_y(), rect.top(), rect.height()),
        share(event.client_x(), rect.left(), rect.width()),
    ))
}
