//! Numbers from 0 to 1 as squares of ink on a canvas, a pixel each, which the style sheet makes as large as their place.

use receptive::plot::Rgb;

use super::canvas_plot::token;
use crate::ui::platform::{canvas_of, paint};

/// Draws `shares` of ink, row after row, on the canvas of that id, if there is one; NaN where there is nothing yet.
pub(crate) fn paint_tile(id: &str, columns: usize, shares: &[f32]) {
    let rows = shares.len().checked_div(columns).unwrap_or_default();
    let Some(canvas) = canvas_of(id).filter(|_| rows > 0) else { return };
    let Some(Rgb(r, g, b)) = token(&canvas, "--ink") else { return };
    let mut bytes = Vec::with_capacity(shares.len() * 4);
    for share in shares {
        // A cast of NaN is 0: nothing.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 255")]
        let opacity = (share * 255.0).round() as u8;
        bytes.extend([r, g, b, opacity]);
    }
    paint(&canvas, &bytes, columns, rows);
}
