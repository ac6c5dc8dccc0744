//! A field in words: what is seen of a plane, and what there is to say about it.

use std::cmp::Ordering;

use super::{Fit, ReceptiveFieldLab, halves};
use crate::{
    num::{decimal::scientific, format},
    trace::Sight,
};

/// A count that may be subtracted from.
pub(super) fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// `5 rows, 3 to 7, 1 of them padding`
fn seen_words(one: &str, sight: &Sight, extent: usize) -> Option<String> {
    let (first, last) = sight.span?;
    let (first_shown, last_shown) = (format::exact(first as f64), format::exact(last as f64));
    let spanned = sight.extent();
    let lines = if spanned == 1 { one.to_owned() } else { format!("{one}s") };
    let span = if spanned == 1 {
        format!("{one} {first_shown}")
    } else {
        format!("{spanned} {lines}, {first_shown} to {last_shown}")
    };
    let outside = (-first).max(0).min(spanned) + (last + 1 - whole(extent)).max(0).min(spanned);
    let seen = whole(sight.count());
    let gaps = spanned - outside - seen;
    let outside = (outside > 0).then(|| format!(", {outside} of them padding"));
    let gaps = (gaps > 0).then(|| format!(", {gaps} between the taps"));
    Some([span, outside.unwrap_or_default(), gaps.unwrap_or_default()].concat())
}

/// What is seen of a plane in words: `5 rows, 3 to 7; 5 columns, 3 to 7`.
pub(super) fn sights_in_words((rows, cols): &(Sight, Sight)) -> String {
    let rows_told = seen_words("row", rows, rows.paths.len());
    let cols_told = seen_words("column", cols, cols.paths.len());
    match rows_told.zip(cols_told) {
        Some((rows, cols)) => format!("{rows}; {cols}"),
        None => "nothing: its windows lie in the padding alone".to_owned(),
    }
}

/// A count with its thousands apart; past what is exact, its size.
pub(super) fn counted(count: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole, above 0, and far inside the range"
    )]
    if count < 1e12 { format::count(count as u64) } else { scientific(count, 1).replace('e', "·10^") }
}

/// What there is to say about the field of a cell.
pub(super) fn notes(lab: &ReceptiveFieldLab, fit: &Fit) -> Vec<String> {
    let Ok(sights) = lab.stack.field(fit.layer, fit.at) else { return Vec::new() };
    let Some(((rows, cols), reach)) = sights.first().zip(lab.stack.reaches().get(fit.layer).copied()) else {
        return Vec::new();
    };
    let (row, col) = fit.at;
    let [centre_row, centre_col] = [row, col].map(|at| halves(reach.centre_of(at)));
    let seen = rows.count() * cols.count();
    let mut notes = Vec::new();
    let most = counted(reach.size as f64 * reach.size as f64);
    let field = format!("{0} × {0} = {most} cells", reach.size);
    let hangs = |sight: &Sight, at: usize| {
        let middle = reach.centre_of(at);
        let half = (reach.size - 1) as f64 / 2.0;
        middle - half < 0.0 || middle + half > sight.paths.len() as f64 - 1.0
    };
    let seen_shown = format::count(seen as u64);
    if hangs(rows, row) || hangs(cols, col) {
        notes.push(format!("In theory it has {field}; it hangs over the edge, and {seen_shown} are seen."));
    } else if (seen as f64).total_cmp(&(reach.size as f64 * reach.size as f64)) == Ordering::Less {
        notes.push(format!("Between its edges lie {field}; {seen_shown} are seen, the rest falls between the taps."));
    } else {
        notes.push(format!("It has {field}, and all of them are seen."));
    }
    notes.push(format!(
        "Cell 0 has its middle at c; row {row} of layer {} at c + {row}·j = {} + {row}·{} = {centre_row}, column {col} at \
         {centre_col}.",
        fit.layer,
        halves(reach.centre),
        reach.jump
    ));
    let largest = |sight: &Sight| sight.paths.iter().copied().fold(0.0, f64::max);
    let paths = largest(rows) * largest(cols);
    if paths > 1.0 {
        notes.push(format!(
            "The middle counts most: up to {} paths lead from an input cell there to the cell, few from the corners.",
            counted(paths)
        ));
    }
    notes
}
