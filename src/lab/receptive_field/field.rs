//! The field of one cell, layer by layer back to the input: what the stage shows of a step.

use std::{cmp::Ordering, sync::Arc};

use super::{
    FieldView, Fit, ReceptiveFieldLab,
    answer::answer,
    axis, halves, plane_name, plane_of,
    planes::{self, Drawing, Seen},
};
use crate::{
    lab::{
        operation::{Answer, Computation},
        scene::{Arithmetic, PlateId, Playhead, Scene, SumRow, Term},
        sum::At,
    },
    num::{Grid, Matrix, format},
    trace::{Sight, StackLayer},
};

/// A stack, and what one cell of it sees.
pub(super) struct Field {
    lab: ReceptiveFieldLab,
    fit: Fit,
    /// (rows, columns) of every plane up to the cell's, the input's first.
    sights: Vec<(Sight, Sight)>,
    /// Of each input cell the number of paths to the cell.
    paths: [Matrix; 1],
}

/// One step back: the layer whose windows are looked through, and what lies above and below it.
pub(super) struct Back<'a> {
    /// The plane that is seen, from 0 for the input: the layer's input.
    pub(super) plane: usize,
    /// The layer.
    pub(super) layer: StackLayer,
    /// That layer and those after it, up to the cell's.
    pub(super) layers: &'a [StackLayer],
    /// What is seen of the layer's output: rows, columns.
    pub(super) above: &'a (Sight, Sight),
    /// What is seen of its input.
    pub(super) below: &'a (Sight, Sight),
}

impl Field {
    pub(super) fn new(lab: ReceptiveFieldLab, fit: Fit, sights: Vec<(Sight, Sight)>) -> Self {
        let (height, width) = lab.stack.size;
        let paths = |sight: fn(&(Sight, Sight)) -> &Sight, at: usize| {
            sights.first().and_then(|input| sight(input).paths.get(at)).copied().unwrap_or(0.0)
        };
        let paths = Grid::from_fn(height, width, |i, j| paths(|(rows, _)| rows, i) * paths(|(_, cols)| cols, j));
        Self { lab, fit, sights, paths: [paths] }
    }

    /// The step back with that number, from 0.
    pub(super) fn back(&self, step: usize) -> Option<Back<'_>> {
        let plane = self.fit.layer.checked_sub(step + 1)?;
        Some(Back {
            plane,
            layer: *self.lab.stack.layers.get(plane)?,
            layers: self.lab.stack.layers.get(plane..self.fit.layer)?,
            above: self.sights.get(plane + 1)?,
            below: self.sights.get(plane)?,
        })
    }
}

impl Computation for Field {
    fn len(&self) -> usize {
        self.fit.layer
    }

    fn row(&self) -> usize {
        self.len()
    }

    fn terms(&self, step: usize) -> usize {
        self.back(step).map_or(0, |back| lines(&back).iter().map(|line| line.terms.len()).sum())
    }

    fn scene(&self, head: Playhead) -> Scene {
        let (_, looked) = head.of(self.len());
        let seen = Seen { fit: &self.fit, sights: &self.sights };
        let drawing = Drawing { lab: &self.lab, planes: &self.fit.planes, broken: None, seen: Some(seen), head };
        let diagram = match self.lab.view {
            FieldView::Planes => planes::diagram(&drawing),
            FieldView::Axis => axis::diagram(&drawing),
        };
        let sum = self.back(looked).map(|back| arithmetic(&back, head));
        Scene { diagram: Some(Arc::new(diagram)), sum, ..Scene::default() }
    }

    fn step_of(&self, plate: PlateId, (row, col): (usize, usize)) -> Option<usize> {
        let (plane, first) = plane_of(plate)?;
        let &(rows, cols) = self.fit.planes.get(plane)?;
        let step = self.fit.layer.checked_sub(plane + 1)?;
        (row < rows && first + col < cols).then_some(step)
    }

    fn term_of(&self, _: usize, _: PlateId, _: (usize, usize)) -> Option<usize> {
        None
    }

    fn answer(&self, step: usize) -> Answer {
        self.back(step).map_or_else(
            || Answer { question: String::new(), value: f64::NAN, mistakes: Vec::new() },
            |back| answer(&back),
        )
    }

    fn output(&self) -> &[Matrix] {
        &self.paths
    }
}

/// One end of a window along an axis, as a sum: `s·i − p`, or `s·i − p + d·(k − 1)`.
struct Line {
    label: &'static str,
    /// Symbol, factors and value.
    terms: Vec<(&'static str, String, i64)>,
    result: i64,
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The lines of a step: first and last row and column, once where both are the same.
fn lines(back: &Back) -> Vec<Line> {
    let ((rows, cols), layer) = (back.above, back.layer);
    let axes: &[(&Sight, [&'static str; 2])] = if rows.ends() == cols.ends() {
        &[(rows, ["first row, column", "last row, column"])]
    } else {
        &[(rows, ["first row", "last row"]), (cols, ["first column", "last column"])]
    };
    let mut lines = Vec::new();
    // Where along one axis nothing is seen, nothing is: there is no window then.
    if rows.ends().is_none() || cols.ends().is_none() {
        return lines;
    }
    for (sight, [first_label, last_label]) in axes {
        let Some((first, last)) = sight.ends() else { continue };
        let [stride, padding, reach] = [layer.stride, layer.padding, layer.reach()].map(whole);
        let begins = |at: usize| {
            let mut terms = vec![("s·i", format!("{stride} × {at}"), stride * whole(at))];
            if padding > 0 {
                terms.push(("−p", format!("(−{padding})"), -padding));
            }
            terms
        };
        let first_terms = begins(first);
        let mut last_terms = begins(last);
        let taps = format!("{} × ({} − 1)", layer.dilation, layer.kernel);
        last_terms.push(("d(k − 1)", taps, reach));
        for (label, terms) in [(*first_label, first_terms), (*last_label, last_terms)] {
            let result = terms.iter().map(|(.., value)| value).sum();
            lines.push(Line { label, terms, result });
        }
    }
    lines
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
pub(super) fn told((rows, cols): &(Sight, Sight)) -> String {
    let rows_told = seen_words("row", rows, rows.paths.len());
    let cols_told = seen_words("column", cols, cols.paths.len());
    match rows_told.zip(cols_told) {
        Some((rows, cols)) => format!("{rows}; {cols}"),
        None => "nothing: its windows lie in the padding alone".to_owned(),
    }
}

fn arithmetic(back: &Back, head: Playhead) -> Arithmetic {
    let lines = lines(back);
    let (mut rows, mut texts) = (Vec::new(), Vec::new());
    let mut first = 0;
    for Line { label, terms, result } in &lines {
        let at = At::line(head, first);
        let result = format::exact(*result as f64);
        let part = |(index, (symbol, factors, value)): (usize, &(&str, String, i64))| match (index, *symbol) {
            (_, "−p") => format!(" − {}", -value),
            (0, _) => factors.clone(),
            _ => format!(" + {factors}"),
        };
        let sum: String = terms.iter().enumerate().map(part).collect();
        texts.push(format!("{label}: {sum} = {result}"));
        let row = SumRow {
            label: (*label).to_owned(),
            before: "",
            between: "+",
            after: String::new(),
            terms: terms
                .iter()
                .enumerate()
                .map(|(index, (symbol, factors, value))| Term {
                    letter: Some((*symbol).to_owned()),
                    factors: factors.clone(),
                    product: if factors.contains('×') { signed(*value) } else { String::new() },
                    sign: value.cmp(&0),
                    padding: *symbol == "−p",
                    lit: at.lit(index),
                    waiting: at.waiting(index),
                    won: false,
                })
                .collect(),
            bias: None,
            equals: "=",
            result: at.has_result(terms.len()).then_some(result),
            whole: None,
            part: false,
        };
        first += terms.len();
        rows.push(row);
    }
    let seen = format!("seen of {}: {}", plane_name(back.plane), told(back.below));
    if At::line(head, first).has_result(0) {
        rows.push(SumRow {
            label: seen.clone(),
            before: "",
            between: "",
            after: String::new(),
            terms: Vec::new(),
            bias: None,
            equals: "",
            result: None,
            whole: None,
            part: false,
        });
    }
    texts.push(seen);
    Arithmetic { rows, text: texts.join("; ") }
}

fn signed(value: i64) -> String {
    let shown = format::exact(value as f64);
    if value.cmp(&0) == Ordering::Greater { format!("+{shown}") } else { shown }
}

/// A count with its thousands apart; past what is exact, its size.
pub(super) fn counted(count: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole, above 0, and far inside the range"
    )]
    if count < 1e12 { format::count(count as u64) } else { format!("{count:.1e}").replace('e', "·10^") }
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
