//! The camera: asked for, read frame by frame, and switched off with its owner.

use js_sys::Reflect;
use leptos::{prelude::*, web_sys};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlVideoElement, MediaStream, MediaStreamConstraints, MediaStreamTrack};

use super::picture::{Board, Rgba};

/// Why there is no picture of a camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CameraError {
    /// The person or the system said no.
    Denied,
    /// There is none.
    Missing,
    /// Another program has it.
    Busy,
    /// The page is not served in a way that browsers give cameras to.
    Insecure,
    /// It was unplugged, or its permission was taken back.
    Ended,
}

impl CameraError {
    /// What is wrong and what to do.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Denied => {
                "The camera was not allowed. Allow it for this site in the browser's address bar, then try again."
            }
            Self::Missing => "No camera was found. Plug one in and try again, or open a picture.",
            Self::Busy => "The camera can't be read: another program may be using it. Close that, then try again.",
            Self::Insecure => "Browsers give the camera to pages over https only, and this one came another way.",
            Self::Ended => "The camera stopped: it was unplugged, or its permission was taken back.",
        }
    }

    fn of(error: &JsValue) -> Self {
        let name = Reflect::get(error, &JsValue::from_str("name")).ok().and_then(|name| name.as_string());
        match name.as_deref() {
            Some("NotAllowedError" | "SecurityError") => Self::Denied,
            Some("NotFoundError" | "OverconstrainedError") => Self::Missing,
            _ => Self::Busy,
        }
    }
}

/// A camera that is on. It goes off when it is dropped.
pub(crate) struct Camera {
    video: HtmlVideoElement,
    stream: MediaStream,
    board: Board,
    /// The time of the frame that was read last.
    read: f64,
    _ended: Closure<dyn FnMut()>,
}

impl Camera {
    /// Asks for a camera of about 640 × 480. `ended` is called when it stops by itself.
    pub(crate) async fn open(ended: impl FnMut() + 'static) -> Result<Self, CameraError> {
        let devices = window().navigator().media_devices().map_err(|_none| CameraError::Insecure)?;
        // An insecure page has the property, and nothing in it.
        if devices.is_undefined() {
            return Err(CameraError::Insecure);
        }
        let wanted = js_sys::JSON::parse(r#"{"width":{"ideal":640},"height":{"ideal":480}}"#);
        let constraints = MediaStreamConstraints::new();
        constraints.set_video(&wanted.unwrap_or(JsValue::TRUE));
        let asked = devices.get_user_media_with_constraints(&constraints).map_err(|error| CameraError::of(&error))?;
        let stream = JsFuture::from(asked).await.map_err(|error| CameraError::of(&error))?;
        let stream: MediaStream = stream.dyn_into().map_err(|_other| CameraError::Busy)?;
        let ended = Closure::<dyn FnMut()>::new(ended);
        for track in tracks(&stream) {
            track.set_onended(Some(ended.as_ref().unchecked_ref()));
        }
        let video = document().create_element("video").ok().and_then(|element| element.dyn_into().ok());
        let (Some(video), Some(board)) = (video, Board::new()) else {
            stop(&stream);
            return Err(CameraError::Busy);
        };
        let camera = Self { video, stream, board, read: -1.0, _ended: ended };
        camera.video.set_muted(true);
        // Without it a phone would fill its screen with the video.
        super::set_attribute(&camera.video, "playsinline", "");
        camera.video.set_src_object(Some(&camera.stream));
        let playing = camera.video.play().map_err(|error| CameraError::of(&error))?;
        JsFuture::from(playing).await.map_err(|error| CameraError::of(&error))?;
        Ok(camera)
    }

    /// The present frame, made as large as `fit` says; `None` where there is none since the last one.
    pub(crate) fn frame(&mut self, fit: fn(usize, usize) -> (usize, usize)) -> Option<Rgba> {
        let (width, height) = (self.video.video_width() as usize, self.video.video_height() as usize);
        let time = self.video.current_time();
        if width == 0 || height == 0 || time.total_cmp(&self.read).is_eq() {
            return None;
        }
        self.read = time;
        let (width, height) = fit(width, height);
        self.board.resize(width, height);
        let drawn = self.board.context.draw_image_with_html_video_element_and_dw_and_dh(
            &self.video,
            0.0,
            0.0,
            width as f64,
            height as f64,
        );
        drawn.ok()?;
        Some(Rgba { width, height, bytes: self.board.read(width, height)? })
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        stop(&self.stream);
        self.video.set_src_object(None);
    }
}

/// The light goes off with the last track.
fn stop(stream: &MediaStream) {
    for track in tracks(stream) {
        track.set_onended(None);
        track.stop();
    }
}

fn tracks(stream: &MediaStream) -> impl Iterator<Item = MediaStreamTrack> {
    stream.get_tracks().to_vec().into_iter().filter_map(|track| track.dyn_into().ok())
}
