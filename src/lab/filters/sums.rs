//! The sum behind one pixel, written out: the products, their division by the kernel's sum, the ReLU.

use super::magnifier::{Crop, Magnifier};
use crate::{
    lab::{
        scene::{Arithmetic, Playhead, SumRow, Term, factor, letter, whole},
        sum::{At, Factors, of_products},
    },
    num::{Entry, format},
};

/// The arithmetic of the output in the middle of `crop`.
pub(super) fn arithmetic(magnifier: &Magnifier, crop: &Crop, head: Playhead) -> Option<Arithmetic> {
    let (cols, taps) = (magnifier.kernel.cols(), magnifier.taps());
    let at = At::line(head, 0);
    let pixels: Vec<_> = (0..taps).filter_map(|index| crop.tap((index / cols, index % cols))).collect();
    let entries: Vec<Entry> = pixels.iter().map(|pixel| Entry::Number(pixel.x)).collect();
    let weights = magnifier.kernel.cells().iter().zip(magnifier.numbers.kernel.cells());
    let factors =
        entries.iter().zip(&pixels).zip(weights).enumerate().map(|(index, ((x, pixel), (w, weight)))| Factors {
            letter: letter(index, taps, (index / cols, index % cols), at.lit(index)),
            x,
            w,
            product: pixel.x * weight,
            padding: pixel.padding,
        });
    let (divided, relu) = (magnifier.is_divided(), magnifier.relu);
    let sum = crop.sum((0, 0))?;
    let bias = &magnifier.bias;
    let undivided = if divided { sum } else { sum + magnifier.numbers.bias };
    let (row, text) = of_products(factors, (!divided).then_some(bias), undivided, at);
    let label = if divided || relu { "sum" } else { "" }.to_owned();
    let (mut rows, mut texts) = (vec![SumRow { label, part: divided || relu, cols, ..row }], vec![text]);
    let mut last = undivided;
    let mut first = taps;
    if divided {
        let value = sum / magnifier.numbers.divisor + magnifier.numbers.bias;
        let over = factor(&Entry::Number(magnifier.numbers.divisor)).0;
        let (above, rounded) = factor(&Entry::Number(sum));
        let rounded = rounded || format::is_rounded(value);
        let term = ("", format!("{above} / {over}"), "");
        let (row, text) = line(term, Some(bias), (value, rounded), At::line(head, first));
        rows.push(SumRow { label: "normalised".to_owned(), part: relu, ..row });
        texts.push(text);
        first += 1;
        last = value;
    }
    if relu {
        // The larger of two is one of them: nothing is rounded but what was.
        let term = ("max(0, ", format::shown(last), ")");
        let (row, text) = line(term, None, (last.max(0.0), false), At::line(head, first));
        rows.push(SumRow { label: "ReLU".to_owned(), ..row });
        texts.push(text);
    }
    Some(Arithmetic { rows, text: texts.join("; ") })
}

/// A line of one term: what stands before it, the term, what stands after it.
fn line(
    (before, term, after): (&'static str, String, &str),
    bias: Option<&Entry>,
    (value, rounded): (f64, bool),
    at: At,
) -> (SumRow, String) {
    let bias = bias.filter(|bias| bias.value() != Some(0.0)).map(factor);
    let result = format::shown(value);
    let rounded = rounded || bias.as_ref().is_some_and(|bias| bias.1);
    let equals = if rounded { "≈" } else { "=" };
    let added = bias.as_ref().map_or_else(String::new, |(bias, _)| format!(" + {bias}"));
    let text = format!("{before}{term}{after}{added} {equals} {result}");
    let row = SumRow {
        label: String::new(),
        before,
        between: "+",
        after: after.to_owned(),
        terms: vec![Term {
            letter: None,
            factors: term,
            product: String::new(),
            value,
            padding: false,
            lit: at.lit(0),
            waiting: at.waiting(0),
            won: false,
        }],
        bias: bias.map(|(bias, _)| bias),
        equals,
        result: at.has_result(1).then_some(result),
        whole: whole(value),
        ..SumRow::default()
    };
    (row, text)
}
