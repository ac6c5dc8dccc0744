//! The sizes, the gradients' formulas, and what there is to count and to say.

use super::{BackwardLab, BackwardView, ForwardKind, MAX_PRODUCTS_ASIDE, backward_of, full, largest_error};
use crate::{
    formula::{
        Expr, PooledSize, bias_gradient, central_difference, full_convolution, input_gradient, kernel_gradient, loss,
        pooling_gradient, read_position, sending_position,
    },
    lab::operation::{Computation, ShapeView},
    nn::shape::{Axis, Padding},
    num::format,
    trace::{Backward, Contest, Forward, PoolingKind},
};

/// The output's size with its formula, and the gradients below it; `computed` is there where there is no problem.
pub(super) fn shape(lab: &BackwardLab, computed: Option<&dyn Computation>) -> ShapeView {
    let backward = computed.and_then(backward_of);
    let result = backward.map_or_else(
        || "none".to_owned(),
        |backward| format::shape(&[backward.output().rows(), backward.output().cols()]),
    );
    let mut sizes: Vec<Vec<Expr>> = match lab.operation {
        ForwardKind::Convolution => {
            let sizes = lab.sliding().formulas(lab.input.shape(), lab.kernel.shape());
            sizes.iter().map(crate::formula::OutputSize::lines).collect()
        }
        ForwardKind::Pooling(_) => {
            let along = (lab.along(Axis::Height), lab.along(Axis::Width));
            PooledSize::of_plane(lab.input.shape(), along, false).iter().map(PooledSize::lines).collect()
        }
    };
    if backward.is_some() {
        // The forward size in symbols and as a number: its arithmetic is the convolution's and the pooling's page.
        sizes.iter_mut().filter(|lines| lines.len() > 2).for_each(|lines| drop(lines.remove(1)));
    }
    let Padding { top, bottom, left, right } = lab.padding;
    let subscripts = sizes.len() > 1 || top != bottom || left != right;
    let formulas = [sizes, gradients(lab, subscripts)].concat();
    ShapeView {
        result,
        formulas,
        counts: backward.map(|backward| counts(lab, backward, computed)).unwrap_or_default(),
        notes: backward.map(|backward| notes(lab, backward)).unwrap_or_default(),
        ..ShapeView::default()
    }
}

/// The gradients, and below them what their indices are to each other.
fn gradients(lab: &BackwardLab, subscripts: bool) -> Vec<Vec<Expr>> {
    match (lab.shown_view(), lab.operation) {
        (BackwardView::Check, _) => vec![vec![loss(), central_difference()]],
        (BackwardView::Full, _) => vec![vec![full_convolution()], sending_position(subscripts).into()],
        (BackwardView::Steps, ForwardKind::Convolution) => {
            vec![vec![input_gradient(), kernel_gradient(), bias_gradient()], read_position(subscripts).into()]
        }
        (BackwardView::Steps, ForwardKind::Pooling(kind)) => vec![vec![pooling_gradient(kind == PoolingKind::Average)]],
    }
}

fn counts(lab: &BackwardLab, backward: &Backward, computed: Option<&dyn Computation>) -> Vec<(&'static str, String)> {
    let most = if lab.shown_view() == BackwardView::Check { usize::MAX } else { MAX_PRODUCTS_ASIDE };
    let error = computed.and_then(|computed| largest_error(backward, computed.output(), most));
    // Large, it is computed where it is asked for.
    let mut counts =
        vec![("largest relative error", error.map_or_else(|| "in the view Check".to_owned(), format::shown))];
    match backward.forward() {
        Forward::Convolution(_) => {
            let forward = (backward.len() * backward.forward().taps()) as u64;
            let of = format::count(forward);
            counts.push(("multiply-adds, forward", of.clone()));
            let backward = format::count(2 * forward);
            counts.push(("multiply-adds, backward", format!("{of} for dx + {of} for dk = {backward}")));
        }
        Forward::Pooling(pooling) => {
            let sending = |index: usize| backward.step(index).map_or(0, |step| step.sending().count());
            let additions: usize = match pooling.kind {
                // Each window's one winner.
                PoolingKind::Max => backward.len(),
                PoolingKind::Average => (0..backward.len()).map(sending).sum(),
            };
            counts.push(("additions, backward", format::count(additions as u64)));
        }
    }
    counts
}

/// The most notes that are read.
const MOST_NOTES: usize = 3;

/// What there is to say, the most telling first.
fn notes(lab: &BackwardLab, backward: &Backward) -> Vec<String> {
    let mut notes: Vec<String> = contest(backward).into_iter().collect();
    match (lab.shown_view(), backward.forward()) {
        (BackwardView::Full, Forward::Convolution(convolution)) => {
            let transposed = full::transposed(lab, &convolution.kernel, backward.upstream());
            let (_, stretched) = transposed.stretched(lab.input.shape());
            let shape = |(rows, cols): (usize, usize)| format::shape(&[rows, cols]);
            notes.push(format!(
                "dy is {}, with zeros {}; under the turned {} kernel it gives {}.",
                shape(backward.upstream().shape()),
                shape(stretched),
                shape(lab.kernel.shape()),
                shape(lab.input.shape())
            ));
            notes.push("Between its numbers stand s − 1 zeros, around them d(k − 1) − p, and more where the stride left cells unread.".to_owned());
        }
        (BackwardView::Check, _) => {
            notes.push("h = 1/128: x + h is hardly rounded, and few maxima change hands.".to_owned());
            notes.push(
                "Relative error: |a − b| by the larger of the two, or by a thousandth of the largest gradient."
                    .to_owned(),
            );
        }
        (_, Forward::Convolution(_)) => {
            notes.push("r, c is the cell that tap u, v reads for output i, j.".to_owned());
        }
        (_, Forward::Pooling(pooling)) => notes.push(match pooling.kind {
            PoolingKind::Max => {
                "dx adds up the windows that the cell wins; of equal numbers the first wins.".to_owned()
            }
            PoolingKind::Average => {
                "dx adds up the windows that read the cell; a is how many cells each shares among.".to_owned()
            }
        }),
    }
    let drops = match backward.forward() {
        Forward::Convolution(_) => true,
        Forward::Pooling(pooling) => pooling.kind == PoolingKind::Average && pooling.count_padding,
    };
    if lab.padding != Padding::default() && drops && lab.shown_view() != BackwardView::Check {
        notes.push("What flows to the padding is dropped: nothing typed depends on it.".to_owned());
    }
    if backward.forward().unread().is_ok_and(|unread| unread.cells().contains(&true)) {
        notes.push("Cells that no window reads change nothing: their gradient is 0.".to_owned());
    }
    notes.truncate(MOST_NOTES);
    notes
}

/// Why finite differences of a maximum disagree, where they do.
fn contest(backward: &Backward) -> Option<String> {
    let contests = backward.contests();
    let Contest { winner, other, tie } = *contests.first()?;
    let cell = |(row, col): (usize, usize)| format!("row {row}, column {col}");
    let how = if tie { "are equal" } else { "differ by less than h" };
    let more = match contests.len() - 1 {
        0 => String::new(),
        1 => " So it is in 1 other window.".to_owned(),
        more => format!(" So it is in {more} other windows."),
    };
    Some(format!(
        "Input {} and {} {how}: a maximum has a corner there, and no slope. Backpropagation takes the first one's side, a \
         finite difference the middle.{more}",
        cell(winner),
        cell(other)
    ))
}
