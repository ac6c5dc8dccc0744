//! Numbers from 0 to 1 as squares of ink on a canvas, a pixel each, which the style sheet makes as large as their place.

use leptos::prelude::*;
use receptive::plot::Rgb;

use super::canvas_plot::token;
use crate::ui::{
    platform::{Canvas, Frames, matches_media, paint},
    route::Route,
    view::effect,
};

/// Columns, and the shares of ink row after row; NaN where there is nothing yet. `None` leaves the canvas as it is.
pub(crate) type WithTile = Box<dyn Fn() -> Option<(usize, Vec<f32>)>>;

/// A canvas. Its values must be given in another way to who can't see it.
///
/// It is drawn once a frame at most, after `revision` or the theme has changed.
#[component]
pub(crate) fn CanvasTile(
    /// Something that differs whenever the numbers do.
    revision: Memo<u64>,
    /// Gives the numbers.
    tile: WithTile,
) -> impl IntoView {
    let route = Route::get();
    let canvas = NodeRef::<leptos::html::Canvas>::new();
    let dark = matches_media("(prefers-color-scheme: dark)");
    let forced = matches_media("(forced-colors: active)");
    let frames = Frames::new(move |_| {
        if let (Some(Some(canvas)), Some((columns, shares))) = (canvas.try_get_untracked(), tile()) {
            draw(&canvas, columns, &shares);
        }
        false
    });
    effect(move || {
        // A frame later the style sheet has taken the theme up as well.
        let _look = (revision.get(), dark.get(), forced.get(), route.theme(), canvas.get().is_some());
        frames.start();
    });
    view! { <canvas class="tile" node_ref=canvas aria-hidden="true"></canvas> }
}

fn draw(canvas: &Canvas, columns: usize, shares: &[f32]) {
    let rows = shares.len().checked_div(columns).unwrap_or_default();
    let (Some(Rgb(r, g, b)), true) = (token(canvas, "--ink"), rows > 0) else { return };
    let mut bytes = Vec::with_capacity(shares.len() * 4);
    for share in shares {
        // A cast of NaN is 0: nothing.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 255")]
        let opacity = (share * 255.0).round() as u8;
        bytes.extend([r, g, b, opacity]);
    }
    paint(canvas, &bytes, columns, rows);
}
