//! Numbers from 0 to 1 as squares of ink on a canvas, a pixel each, which the style sheet makes as large as their place.

use crate::ui::platform::{canvas_of, paint};

/// Draws `shares` of ink, row after row, on the canvas of that id, if there is one; NaN where there is nothing yet. The
/// ink is black, which the style sheet turns round in the dark: so a change of theme needs no other drawing.
pub(crate) fn paint_tile(id: &str, columns: usize, shares: &[f32]) {
    let rows = shares.len().checked_div(columns).unwrap_or_default();
    let Some(canvas) = canvas_of(id).filter(|_| rows > 0) else { return };
    // A cast of NaN is 0: nothing.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 255")]
    let opacity = |share: &f32| (share * 255.0).round() as u8;
    let bytes: Vec<u8> = shares.iter().flat_map(|share| [0, 0, 0, opacity(share)]).collect();
    paint(&canvas, &bytes, columns, rows);
}
