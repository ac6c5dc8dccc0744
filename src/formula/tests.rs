//! Formulas in all that they are written as, expected whole.

#![allow(
    clippy::needless_raw_string_hashes,
    clippy::needless_pass_by_value,
    clippy::too_many_lines,
    reason = "expect-test writes the strings and hands them over by value; a table of cases is as long as it is"
)]

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{
    Element, Expr, FieldRecursion, Index, OutputSize, PaddingConvention, PooledSize, Role, Symbol, Tag, bias_gradient,
    central_difference, convolution_sum, full_convolution, highway_gradients, highway_values, input_gradient,
    kernel_gradient, loss, norm_gradients, norm_values, pooling_gradient, read_position, sending_position,
};
use crate::nn::shape::{Axis, Window};

use PaddingConvention::{PerSide, Total};

/// MathML without the root, LaTeX, plain text and speech, one a line.
#[track_caller]
fn check(expr: &Expr, expect: Expect) {
    let mathml = expr.mathml().markup().into_string();
    let mathml = mathml.trim_start_matches("<math display=\"block\">").trim_end_matches("</math>");
    expect.assert_eq(&format!("{mathml}\n{}\n{}\n{}\n", expr.latex(), expr.plain(), expr.speech()));
}

/// The same without MathML.
#[track_caller]
fn check_text(expr: &Expr, expect: Expect) {
    expect.assert_eq(&format!("{}\n{}\n{}\n", expr.latex(), expr.plain(), expr.speech()));
}

/// Every line in plain text, and what is to blame.
#[track_caller]
fn check_size(size: OutputSize, expect: Expect) {
    let lines: Vec<String> = size.lines().iter().map(Expr::plain).collect();
    let blamed: Vec<&str> = size.blamed().into_iter().map(Role::letter).collect();
    expect.assert_eq(&format!(
        "{}\nreduced {}\nblamed [{}]\n",
        lines.join("\n"),
        size.reduced().plain(),
        blamed.join(" ")
    ));
}

fn size(n: usize, k: usize, padding: (usize, usize), s: usize, d: usize, convention: PaddingConvention) -> OutputSize {
    let window = Window { kernel: k, stride: s, dilation: d, padding };
    OutputSize { axis: None, input: n, window, convention }
}

fn sym(role: Role) -> Expr {
    Expr::Symbol(Symbol { role, index: None })
}

fn num(value: i32) -> Expr {
    Expr::from(value)
}

#[test]
fn shape_formula_in_symbols() {
    check(
        &size(7, 3, (0, 0), 2, 1, PerSide).symbols(),
        expect![[r#"
            <mrow><mo stretchy="true">⌊</mo><mfrac><mrow><mrow class="sym-n" data-sym="n"><mi>n</mi></mrow><mo>+</mo><mn>2</mn><mo>&#x2062;</mo><mpadded depth=".6em" class="sym-p" data-sym="p"><mi>p</mi></mpadded><mo>−</mo><mpadded depth=".6em" class="sym-d" data-sym="d"><mi>d</mi></mpadded><mo>&#x2062;</mo><mo stretchy="false">(</mo><mpadded depth=".6em" class="sym-k" data-sym="k"><mi>k</mi></mpadded><mo>−</mo><mn>1</mn><mo stretchy="false">)</mo><mo>−</mo><mn>1</mn></mrow><mpadded depth=".6em" class="sym-s" data-sym="s"><mi>s</mi></mpadded></mfrac><mo stretchy="true">⌋</mo></mrow><mo>+</mo><mn>1</mn>
            \left\lfloor \frac{n + 2p - d(k - 1) - 1}{s} \right\rfloor + 1
            ⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1
            the floor of the fraction with numerator n plus 2 p minus d times open parenthesis k minus 1, close parenthesis, minus 1, and denominator s, end fraction, end floor, plus 1
        "#]],
    );
}

#[test]
fn shape_formula_with_numbers() {
    check(
        &size(7, 3, (0, 0), 2, 1, PerSide).numbers(),
        expect![[r#"
            <mrow><mo stretchy="true">⌊</mo><mfrac><mrow><mrow class="sym-n" data-sym="n"><mn>7</mn></mrow><mo>+</mo><mn>2</mn><mo>·</mo><mpadded depth=".6em" class="sym-p" data-sym="p"><mn>0</mn></mpadded><mo>−</mo><mpadded depth=".6em" class="sym-d" data-sym="d"><mn>1</mn></mpadded><mo>·</mo><mo stretchy="false">(</mo><mpadded depth=".6em" class="sym-k" data-sym="k"><mn>3</mn></mpadded><mo>−</mo><mn>1</mn><mo stretchy="false">)</mo><mo>−</mo><mn>1</mn></mrow><mpadded depth=".6em" class="sym-s" data-sym="s"><mn>2</mn></mpadded></mfrac><mo stretchy="true">⌋</mo></mrow><mo>+</mo><mn>1</mn>
            \left\lfloor \frac{7 + 2 \cdot 0 - 1 \cdot (3 - 1) - 1}{2} \right\rfloor + 1
            ⌊(7 + 2·0 − 1·(3 − 1) − 1)/2⌋ + 1
            the floor of the fraction with numerator 7 plus 2 times 0 minus 1 times open parenthesis 3 minus 1, close parenthesis, minus 1, and denominator 2, end fraction, end floor, plus 1
        "#]],
    );
}

#[test]
fn shape_formula_result_takes_the_place_of_o() {
    check(
        size(7, 3, (0, 0), 2, 1, PerSide).lines().last().expect("a result"),
        expect![[r#"
        <mphantom><mi data-sym="o">o</mi></mphantom><mo>=</mo><mn class="res" data-sym="o">3</mn>
        \phantom{o} = 3
        = 3
        equals 3
    "#]],
    );
}

#[test]
fn unequal_axes_have_subscripts() {
    let size = OutputSize { axis: Some(Axis::Height), ..size(7, 3, (1, 0), 2, 2, PerSide) };
    check(
        &size.symbols(),
        expect![[r#"
            <mrow><mo stretchy="true">⌊</mo><mfrac><mrow><mrow class="sym-n" data-sym="n"><msub><mi>n</mi><mi>h</mi></msub></mrow><mo>+</mo><mpadded depth=".6em" class="sym-p" data-sym="p"><msub><mi>p</mi><mi>t</mi></msub></mpadded><mo>+</mo><mpadded depth=".6em" class="sym-p" data-sym="p"><msub><mi>p</mi><mi>b</mi></msub></mpadded><mo>−</mo><mpadded depth=".6em" class="sym-d" data-sym="d"><msub><mi>d</mi><mi>h</mi></msub></mpadded><mo>&#x2062;</mo><mo stretchy="false">(</mo><mpadded depth=".6em" class="sym-k" data-sym="k"><msub><mi>k</mi><mi>h</mi></msub></mpadded><mo>−</mo><mn>1</mn><mo stretchy="false">)</mo><mo>−</mo><mn>1</mn></mrow><mpadded depth=".6em" class="sym-s" data-sym="s"><msub><mi>s</mi><mi>h</mi></msub></mpadded></mfrac><mo stretchy="true">⌋</mo></mrow><mo>+</mo><mn>1</mn>
            \left\lfloor \frac{n_h + p_t + p_b - d_h(k_h - 1) - 1}{s_h} \right\rfloor + 1
            ⌊(n_h + p_t + p_b − d_h(k_h − 1) − 1)/s_h⌋ + 1
            the floor of the fraction with numerator n height plus p top plus p bottom minus d height times open parenthesis k height minus 1, close parenthesis, minus 1, and denominator s height, end fraction, end floor, plus 1
        "#]],
    );
}

#[test]
fn conventions() {
    check_size(
        size(7, 3, (0, 0), 2, 1, PerSide),
        expect![[r#"
        o = ⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1
        = ⌊(7 + 2·0 − 1·(3 − 1) − 1)/2⌋ + 1
        = 3
        reduced ⌊4/2⌋ + 1
        blamed []
    "#]],
    );
    check_size(
        size(7, 3, (0, 0), 2, 1, Total),
        expect![[r#"
        o = ⌊(n − k + p + s)/s⌋
        = ⌊(7 − 3 + 0 + 2)/2⌋
        = 3
        reduced ⌊6/2⌋
        blamed []
    "#]],
    );
    check_size(
        size(3, 2, (1, 1), 3, 1, Total),
        expect![[r#"
        o = ⌊(n − k + p + s)/s⌋
        = ⌊(3 − 2 + 2 + 3)/3⌋
        = 2
        reduced ⌊6/3⌋
        blamed []
    "#]],
    );
    check_size(
        size(9, 3, (1, 1), 1, 2, Total),
        expect![[r#"
        o = ⌊(n + p − d(k − 1) − 1)/s⌋ + 1
        = ⌊(9 + 2 − 2·(3 − 1) − 1)/1⌋ + 1
        = 7
        reduced ⌊6/1⌋ + 1
        blamed []
    "#]],
    );
    check_size(
        size(4, 4, (2, 1), 1, 1, PerSide),
        expect![[r#"
        o = ⌊(n + p_1 + p_2 − d(k − 1) − 1)/s⌋ + 1
        = ⌊(4 + 2 + 1 − 1·(4 − 1) − 1)/1⌋ + 1
        = 4
        reduced ⌊3/1⌋ + 1
        blamed []
    "#]],
    );
    check_size(
        size(4, 4, (2, 1), 1, 1, Total),
        expect![[r#"
        o = ⌊(n − k + p + s)/s⌋
        = ⌊(4 − 4 + 3 + 1)/1⌋
        = 4
        reduced ⌊4/1⌋
        blamed []
    "#]],
    );
}

#[test]
fn sides_are_named() {
    let lopsided = size(4, 4, (2, 1), 1, 1, PerSide);
    check_size(
        OutputSize { axis: Some(Axis::Height), ..lopsided },
        expect![[r#"
        o_h = ⌊(n_h + p_t + p_b − d_h(k_h − 1) − 1)/s_h⌋ + 1
        = ⌊(4 + 2 + 1 − 1·(4 − 1) − 1)/1⌋ + 1
        = 4
        reduced ⌊3/1⌋ + 1
        blamed []
    "#]],
    );
    check_size(
        OutputSize { axis: Some(Axis::Width), ..lopsided },
        expect![[r#"
        o_w = ⌊(n_w + p_l + p_r − d_w(k_w − 1) − 1)/s_w⌋ + 1
        = ⌊(4 + 2 + 1 − 1·(4 − 1) − 1)/1⌋ + 1
        = 4
        reduced ⌊3/1⌋ + 1
        blamed []
    "#]],
    );
    check_text(
        &lopsided.symbols(),
        expect![[r#"
        \left\lfloor \frac{n + p_1 + p_2 - d(k - 1) - 1}{s} \right\rfloor + 1
        ⌊(n + p_1 + p_2 − d(k − 1) − 1)/s⌋ + 1
        the floor of the fraction with numerator n plus the first p plus the second p minus d times open parenthesis k minus 1, close parenthesis, minus 1, and denominator s, end fraction, end floor, plus 1
    "#]],
    );
}

#[test]
fn what_is_to_blame() {
    check_size(
        size(3, 4, (0, 0), 1, 1, PerSide),
        expect![[r#"
        o = ⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1
        = ⌊(3 + 2·0 − 1·(4 − 1) − 1)/1⌋ + 1
        reduced ⌊−1/1⌋ + 1
        blamed [n k p]
    "#]],
    );
    check_size(
        size(3, 4, (0, 0), 2, 1, Total),
        expect![[r#"
        o = ⌊(n − k + p + s)/s⌋
        = ⌊(3 − 4 + 0 + 2)/2⌋
        reduced ⌊1/2⌋
        blamed [n k p]
    "#]],
    );
    check_size(
        size(3, 3, (0, 0), 1, 2, PerSide),
        expect![[r#"
        o = ⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1
        = ⌊(3 + 2·0 − 2·(3 − 1) − 1)/1⌋ + 1
        reduced ⌊−2/1⌋ + 1
        blamed [n k p d]
    "#]],
    );
    check_size(
        size(3, 2, (0, 0), 0, 1, PerSide),
        expect![[r#"
        o = ⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1
        = ⌊(3 + 2·0 − 1·(2 − 1) − 1)/0⌋ + 1
        reduced ⌊1/0⌋ + 1
        blamed [s]
    "#]],
    );
    check_size(
        size(3, 2, (0, 0), 0, 1, Total),
        expect![[r#"
        o = ⌊(n − k + p + s)/s⌋
        = ⌊(3 − 2 + 0 + 0)/0⌋
        reduced ⌊1/0⌋
        blamed [s]
    "#]],
    );
    check_size(
        size(3, 0, (0, 0), 1, 1, PerSide),
        expect![[r#"
        o = ⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1
        = ⌊(3 + 2·0 − 1·(0 − 1) − 1)/1⌋ + 1
        reduced ⌊3/1⌋ + 1
        blamed [k]
    "#]],
    );
    check_size(
        size(3, 2, (0, 0), 1, 0, Total),
        expect![[r#"
        o = ⌊(n + p − d(k − 1) − 1)/s⌋ + 1
        = ⌊(3 + 0 − 0·(2 − 1) − 1)/1⌋ + 1
        reduced ⌊2/1⌋ + 1
        blamed [d]
    "#]],
    );
    check(
        &size(3, 2, (0, 0), 0, 1, PerSide).numbers(),
        expect![[r#"
            <mrow><mo stretchy="true">⌊</mo><mfrac><mrow><mrow class="sym-n" data-sym="n"><mn>3</mn></mrow><mo>+</mo><mn>2</mn><mo>·</mo><mpadded depth=".6em" class="sym-p" data-sym="p"><mn>0</mn></mpadded><mo>−</mo><mpadded depth=".6em" class="sym-d" data-sym="d"><mn>1</mn></mpadded><mo>·</mo><mo stretchy="false">(</mo><mpadded depth=".6em" class="sym-k" data-sym="k"><mn>2</mn></mpadded><mo>−</mo><mn>1</mn><mo stretchy="false">)</mo><mo>−</mo><mn>1</mn></mrow><mrow class="blamed"><mpadded depth=".6em" class="sym-s" data-sym="s"><mn>0</mn></mpadded></mrow></mfrac><mo stretchy="true">⌋</mo></mrow><mo>+</mo><mn>1</mn>
            \left\lfloor \frac{3 + 2 \cdot 0 - 1 \cdot (2 - 1) - 1}{0} \right\rfloor + 1
            ⌊(3 + 2·0 − 1·(2 − 1) − 1)/0⌋ + 1
            the floor of the fraction with numerator 3 plus 2 times 0 minus 1 times open parenthesis 2 minus 1, close parenthesis, minus 1, and denominator 0, end fraction, end floor, plus 1
        "#]],
    );
    check(
        &size(3, 4, (0, 0), 1, 1, Total).numbers(),
        expect![[r#"
            <mrow><mo stretchy="true">⌊</mo><mfrac><mrow><mrow class="blamed"><mrow class="sym-n" data-sym="n"><mn>3</mn></mrow><mo>−</mo><mpadded depth=".6em" class="sym-k" data-sym="k"><mn>4</mn></mpadded><mo>+</mo><mpadded depth=".6em" class="sym-p" data-sym="p"><mn>0</mn></mpadded></mrow><mo>+</mo><mpadded depth=".6em" class="sym-s" data-sym="s"><mn>1</mn></mpadded></mrow><mpadded depth=".6em" class="sym-s" data-sym="s"><mn>1</mn></mpadded></mfrac><mo stretchy="true">⌋</mo></mrow>
            \left\lfloor \frac{3 - 4 + 0 + 1}{1} \right\rfloor
            ⌊(3 − 4 + 0 + 1)/1⌋
            the floor of the fraction with numerator 3 minus 4 plus 0 plus 1, and denominator 1, end fraction, end floor
        "#]],
    );
}

#[track_caller]
fn check_pooled(size: PooledSize, expect: Expect) {
    let lines: Vec<String> = size.lines().iter().map(Expr::plain).collect();
    let blamed: Vec<&str> = size.blamed().into_iter().map(Role::letter).collect();
    expect.assert_eq(&format!("{}\nblamed [{}]\n", lines.join("\n"), blamed.join(" ")));
}

fn pooled(n: usize, k: usize, padding: (usize, usize), s: usize, ceil: bool) -> PooledSize {
    PooledSize { axis: None, input: n, window: Window { kernel: k, stride: s, dilation: 1, padding }, ceil }
}

#[test]
fn size_of_a_pooling() {
    check_pooled(
        pooled(3, 2, (0, 0), 1, false),
        expect![[r#"
        o = ⌊(n + 2p − k)/s⌋ + 1
        = ⌊(3 + 2·0 − 2)/1⌋ + 1
        = 2
        blamed []
    "#]],
    );
    check_pooled(
        pooled(5, 2, (0, 0), 2, false),
        expect![[r#"
        o = ⌊(n + 2p − k)/s⌋ + 1
        = ⌊(5 + 2·0 − 2)/2⌋ + 1
        = 2
        blamed []
    "#]],
    );
    check_pooled(
        pooled(5, 2, (0, 0), 2, true),
        expect![[r#"
        o = ⌈(n + 2p − k)/s⌉ + 1
        = ⌈(5 + 2·0 − 2)/2⌉ + 1
        = 3
        blamed []
    "#]],
    );
    check_pooled(
        pooled(3, 2, (1, 1), 2, true),
        expect![[r#"
        o = ⌈(n + 2p − k)/s⌉ + 1 − 1
        = ⌈(3 + 2·1 − 2)/2⌉ + 1 − 1
        = 2
        blamed []
    "#]],
    );
    check_pooled(
        PooledSize { axis: Some(Axis::Height), ..pooled(4, 3, (2, 0), 3, false) },
        expect![[r#"
        o_h = ⌊(n_h + p_t + p_b − k_h)/s_h⌋ + 1
        = ⌊(4 + 2 + 0 − 3)/3⌋ + 1
        = 2
        blamed []
    "#]],
    );
    check_pooled(
        pooled(4, 2, (2, 2), 1, false),
        expect![[r#"
        o = ⌊(n + 2p − k)/s⌋ + 1
        = ⌊(4 + 2·2 − 2)/1⌋ + 1
        blamed [p]
    "#]],
    );
    check_pooled(
        pooled(2, 4, (0, 0), 1, false),
        expect![[r#"
        o = ⌊(n + 2p − k)/s⌋ + 1
        = ⌊(2 + 2·0 − 4)/1⌋ + 1
        blamed [n k p]
    "#]],
    );
    check_pooled(
        pooled(2, 0, (0, 0), 1, true),
        expect![[r#"
        o = ⌈(n + 2p − k)/s⌉ + 1
        = ⌈(2 + 2·0 − 0)/1⌉ + 1
        blamed [k]
    "#]],
    );
    check_pooled(
        pooled(2, 2, (0, 0), 0, true),
        expect![[r#"
        o = ⌈(n + 2p − k)/s⌉ + 1
        = ⌈(2 + 2·0 − 2)/0⌉ + 1
        blamed [s]
    "#]],
    );
    check(
        &PooledSize { axis: Some(Axis::Width), ..pooled(4, 2, (0, 3), 2, true) }.numbers(),
        expect![[r#"
            <mrow><mo stretchy="true">⌈</mo><mfrac><mrow><mrow class="sym-n" data-sym="n"><mn>4</mn></mrow><mo>+</mo><mpadded depth=".6em" class="sym-p" data-sym="p"><mn>0</mn></mpadded><mo>+</mo><mrow class="blamed"><mpadded depth=".6em" class="sym-p" data-sym="p"><mn>3</mn></mpadded></mrow><mo>−</mo><mpadded depth=".6em" class="sym-k" data-sym="k"><mn>2</mn></mpadded></mrow><mpadded depth=".6em" class="sym-s" data-sym="s"><mn>2</mn></mpadded></mfrac><mo stretchy="true">⌉</mo></mrow><mo>+</mo><mn>1</mn>
            \left\lceil \frac{4 + 0 + 3 - 2}{2} \right\rceil + 1
            ⌈(4 + 0 + 3 − 2)/2⌉ + 1
            the ceiling of the fraction with numerator 4 plus 0 plus 3 minus 2, and denominator 2, end fraction, end ceiling, plus 1
        "#]],
    );
    check(
        &(num(5) - (sym(Role::Input) / 2).ceil()),
        expect![[r#"
        <mn>5</mn><mo>−</mo><mrow><mo stretchy="true">⌈</mo><mfrac><mrow class="sym-n" data-sym="n"><mi>n</mi></mrow><mn>2</mn></mfrac><mo stretchy="true">⌉</mo></mrow>
        5 - \left\lceil \frac{n}{2} \right\rceil
        5 − ⌈n/2⌉
        5 minus the ceiling of n over 2, end ceiling
    "#]],
    );
    let window = |padding| Window { kernel: 2, stride: 1, dilation: 1, padding };
    let axes = |height, width| {
        let sizes = PooledSize::of_plane((3, 3), (window(height), window(width)), false);
        sizes.iter().map(|size| size.axis).collect::<Vec<_>>()
    };
    assert_eq!(axes((1, 0), (1, 0)), [None]);
    assert_eq!(axes((1, 0), (0, 1)), [Some(Axis::Height), Some(Axis::Width)]);
}

proptest! {
    /// The formula's numbers come to the result.
    #[test]
    fn a_pooling_has_as_many_windows_as_its_formula_says(
        (n, k, s) in (1usize..12, 1usize..6, 1usize..6),
        padding in (0usize..6, 0usize..6),
        ceil: bool,
    ) {
        let size = pooled(n, k, padding, s, ceil);
        let Ok(result) = size.result() else { return Ok(()) };
        // Below 0 where the ceiling keeps a window that is larger than the padded input.
        let room = (n + padding.0 + padding.1) as f64 - k as f64;
        let steps = if ceil { (room / s as f64).ceil() } else { (room / s as f64).floor() };
        prop_assert!(crate::num::close(result as f64, steps + 1.0 - f64::from(u8::from(size.drops_one())), 1e-12));
    }
}

#[test]
fn one_formula_where_the_axes_agree() {
    let window = |padding| Window { kernel: 2, stride: 1, dilation: 1, padding };
    let axes = |height, width, convention| {
        OutputSize::of_plane((3, 3), (window(height), window(width)), convention)
            .iter()
            .map(|size| size.axis)
            .collect::<Vec<_>>()
    };
    let two = vec![Some(Axis::Height), Some(Axis::Width)];
    assert_eq!(axes((1, 0), (1, 0), PerSide), [None]);
    assert_eq!(axes((1, 0), (0, 1), PerSide), two);
    assert_eq!(axes((1, 0), (0, 1), Total), [None]);
    assert_eq!(axes((1, 0), (1, 1), Total), two);
    let sizes = OutputSize::of_plane((3, 4), (window((0, 0)), window((0, 0))), Total);
    assert_eq!(sizes.iter().map(OutputSize::result).collect::<Vec<_>>(), [Ok(2), Ok(3)]);
}

#[test]
fn sum_of_a_convolution() {
    check(
        &convolution_sum(false),
        expect![[r#"
            <mi>y</mi><mo stretchy="false">[</mo><mi>i</mi><mo>,</mo><mi>j</mi><mo stretchy="false">]</mo><mo>=</mo><munder><mo>∑</mo><mrow><mi>u</mi><mo>,</mo><mi>v</mi></mrow></munder><mi>x</mi><mo stretchy="false">[</mo><mi>i</mi><mo>·</mo><mpadded depth=".6em" class="sym-s" data-sym="s"><mi>s</mi></mpadded><mo>+</mo><mi>u</mi><mo>·</mo><mpadded depth=".6em" class="sym-d" data-sym="d"><mi>d</mi></mpadded><mo>−</mo><mpadded depth=".6em" class="sym-p" data-sym="p"><mi>p</mi></mpadded><mo>,</mo><mi>j</mi><mo>·</mo><mpadded depth=".6em" class="sym-s" data-sym="s"><mi>s</mi></mpadded><mo>+</mo><mi>v</mi><mo>·</mo><mpadded depth=".6em" class="sym-d" data-sym="d"><mi>d</mi></mpadded><mo>−</mo><mpadded depth=".6em" class="sym-p" data-sym="p"><mi>p</mi></mpadded><mo stretchy="false">]</mo><mo>·</mo><mi>k</mi><mo stretchy="false">[</mo><mi>u</mi><mo>,</mo><mi>v</mi><mo stretchy="false">]</mo><mo>+</mo><mi>b</mi>
            y[i, j] = \sum_{u} \sum_{v} x[i \cdot s + u \cdot d - p, j \cdot s + v \cdot d - p] \cdot k[u, v] + b
            y[i, j] = Σ_u Σ_v x[i·s + u·d − p, j·s + v·d − p]·k[u, v] + b
            y at i, j, equals the sum over u of the sum over v of x at i times s plus u times d minus p, j times s plus v times d minus p, times k at u, v, plus b
        "#]],
    );
    check_text(
        &convolution_sum(true),
        expect![[r#"
        y[i, j] = \sum_{u} \sum_{v} x[i \cdot s_h + u \cdot d_h - p_t, j \cdot s_w + v \cdot d_w - p_l] \cdot k[u, v] + b
        y[i, j] = Σ_u Σ_v x[i·s_h + u·d_h − p_t, j·s_w + v·d_w − p_l]·k[u, v] + b
        y at i, j, equals the sum over u of the sum over v of x at i times s height plus u times d height minus p top, j times s width plus v times d width minus p left, times k at u, v, plus b
    "#]],
    );
}

#[test]
fn gradients_are_sums() {
    check(
        &input_gradient(),
        expect![[r#"
        <mi>dx</mi><mo stretchy="false">[</mo><mi>r</mi><mo>,</mo><mi>c</mi><mo stretchy="false">]</mo><mo>=</mo><munder><mo>∑</mo><mrow><mi>i</mi><mo>,</mo><mi>j</mi></mrow></munder><mi>dy</mi><mo stretchy="false">[</mo><mi>i</mi><mo>,</mo><mi>j</mi><mo stretchy="false">]</mo><mo>·</mo><mi>k</mi><mo stretchy="false">[</mo><mi>u</mi><mo>,</mo><mi>v</mi><mo stretchy="false">]</mo>
        dx[r, c] = \sum_{i} \sum_{j} dy[i, j] \cdot k[u, v]
        dx[r, c] = Σ_i Σ_j dy[i, j]·k[u, v]
        dx at r, c, equals the sum over i of the sum over j of dy at i, j, times k at u, v
    "#]],
    );
    check_text(
        &kernel_gradient(),
        expect![[r#"
        dk[u, v] = \sum_{i} \sum_{j} dy[i, j] \cdot x[r, c]
        dk[u, v] = Σ_i Σ_j dy[i, j]·x[r, c]
        dk at u, v, equals the sum over i of the sum over j of dy at i, j, times x at r, c
    "#]],
    );
    check_text(
        &full_convolution(),
        expect![[r#"
        dx[r, c] = \sum_{u} \sum_{v} dy[i, j] \cdot k[u, v]
        dx[r, c] = Σ_u Σ_v dy[i, j]·k[u, v]
        dx at r, c, equals the sum over u of the sum over v of dy at i, j, times k at u, v
    "#]],
    );
    for (subscripts, read, sending) in [
        (
            false,
            expect![[r#"
        r = i·s + u·d − p
        c = j·s + v·d − p"#]],
            expect![[r#"
        i = (r + p − u·d)/s
        j = (c + p − v·d)/s"#]],
        ),
        (
            true,
            expect![[r#"
        r = i·s_h + u·d_h − p_t
        c = j·s_w + v·d_w − p_l"#]],
            expect![[r#"
        i = (r + p_t − u·d_h)/s_h
        j = (c + p_l − v·d_w)/s_w"#]],
        ),
    ] {
        let [row, col] = read_position(subscripts).map(|line| line.plain());
        read.assert_eq(&format!("{row}\n{col}"));
        let [row, col] = sending_position(subscripts).map(|line| line.plain());
        sending.assert_eq(&format!("{row}\n{col}"));
    }
    check_text(
        &bias_gradient(),
        expect![[r#"
        db = \sum_{i} \sum_{j} dy[i, j]
        db = Σ_i Σ_j dy[i, j]
        db equals the sum over i of the sum over j of dy at i, j
    "#]],
    );
    check_text(
        &pooling_gradient(false),
        expect![[r#"
        dx[r, c] = \sum_{i} \sum_{j} dy[i, j]
        dx[r, c] = Σ_i Σ_j dy[i, j]
        dx at r, c, equals the sum over i of the sum over j of dy at i, j
    "#]],
    );
    check_text(
        &pooling_gradient(true),
        expect![[r#"
        dx[r, c] = \sum_{i} \sum_{j} \frac{dy[i, j]}{a}
        dx[r, c] = Σ_i Σ_j dy[i, j]/a
        dx at r, c, equals the sum over i of the sum over j of the fraction with numerator dy at i, j, and denominator a, end fraction
    "#]],
    );
    check_text(
        &loss(),
        expect![[r#"
        L = \sum_{i} \sum_{j} dy[i, j] \cdot y[i, j]
        L = Σ_i Σ_j dy[i, j]·y[i, j]
        L equals the sum over i of the sum over j of dy at i, j, times y at i, j
    "#]],
    );
    check(
        &central_difference(),
        expect![[r#"
        <mi>dx</mi><mo>=</mo><mfrac><mrow><mi>L</mi><mo stretchy="false">[</mo><mi>x</mi><mo>+</mo><mi>h</mi><mo stretchy="false">]</mo><mo>−</mo><mi>L</mi><mo stretchy="false">[</mo><mi>x</mi><mo>−</mo><mi>h</mi><mo stretchy="false">]</mo></mrow><mrow><mn>2</mn><mo>&#x2062;</mo><mi>h</mi></mrow></mfrac>
        dx = \frac{L[x + h] - L[x - h]}{2h}
        dx = (L[x + h] − L[x − h])/(2h)
        dx equals the fraction with numerator L at x plus h, minus L at x minus h, and denominator 2 times h, end fraction
    "#]],
    );
}

#[test]
fn brackets_go_where_precedence_asks() {
    let (n, k) = (|| sym(Role::Input), || sym(Role::Kernel));
    check_text(
        &(n() - (k() - 1)),
        expect![[r#"
        n - (k - 1)
        n − (k − 1)
        n minus open parenthesis k minus 1, close parenthesis
    "#]],
    );
    check_text(
        &(num(3) + -2),
        expect![[r#"
        3 + (-2)
        3 + (−2)
        3 plus minus 2
    "#]],
    );
    check_text(
        &(num(-3) - -2.5),
        expect![[r#"
        -3 - (-2.5)
        −3 − (−2.5)
        minus 3 minus minus 2.5
    "#]],
    );
    check_text(
        &(num(-2) * -3),
        expect![[r#"
        (-2)(-3)
        (−2)(−3)
        minus 2 times minus 3
    "#]],
    );
    check_text(
        &((n() + 1) * (k() - 1)),
        expect![[r#"
        (n + 1)(k - 1)
        (n + 1)(k − 1)
        open parenthesis n plus 1, close parenthesis, times open parenthesis k minus 1, close parenthesis
    "#]],
    );
    check_text(
        &(num(2) * (n() / 2)),
        expect![[r#"
        2 \cdot \frac{n}{2}
        2·(n/2)
        2 times n over 2
    "#]],
    );
    check_text(
        &(num(3) - num(-1) / 2),
        expect![[r#"
        3 - \frac{-1}{2}
        3 − (−1/2)
        3 minus minus 1 over 2
    "#]],
    );
    check_text(
        &((n() / 2 + 1) * k()),
        expect![[r#"
        \left( \frac{n}{2} + 1 \right) \cdot k
        (n/2 + 1)·k
        open parenthesis n over 2 plus 1, close parenthesis, times k
    "#]],
    );
    check_text(
        &((n() * 2) / (k() * 3)),
        expect![[r#"
        \frac{n \cdot 2}{k \cdot 3}
        n·2/(k·3)
        the fraction with numerator n times 2, and denominator k times 3, end fraction
    "#]],
    );
    check_text(
        &((sym(Role::Input) / 2) / (k() / 3)),
        expect![[r#"
        \frac{\frac{n}{2}}{\frac{k}{3}}
        (n/2)/(k/3)
        the fraction with numerator n over 2, and denominator k over 3, end fraction
    "#]],
    );
    check(
        &(k() * (n() / 2 + 1) * num(-1)),
        expect![[r#"
            <mpadded depth=".6em" class="sym-k" data-sym="k"><mi>k</mi></mpadded><mo>&#x2062;</mo><mrow><mo stretchy="true">(</mo><mfrac><mrow class="sym-n" data-sym="n"><mi>n</mi></mrow><mn>2</mn></mfrac><mo>+</mo><mn>1</mn><mo stretchy="true">)</mo></mrow><mo>&#x2062;</mo><mo stretchy="false">(</mo><mrow><mo>−</mo><mn>1</mn></mrow><mo stretchy="false">)</mo>
            k\left( \frac{n}{2} + 1 \right)(-1)
            k(n/2 + 1)(−1)
            k times open parenthesis n over 2 plus 1, close parenthesis, times minus 1
        "#]],
    );
}

#[test]
fn markup_is_escaped() {
    check(
        &Expr::Name("<&>").equals(f64::NAN),
        expect![[r#"
        <mi>&lt;&amp;&gt;</mi><mo>=</mo><mn>NaN</mn>
        <&> = NaN
        <&> = NaN
        <&> equals NaN
    "#]],
    );
}

/// The numbers stand for the same symbols in the same order as the letters.
#[test]
fn symbols_keep_their_role_in_the_numbers() {
    fn roles(element: &Element, found: &mut Vec<&'static str>) {
        if let Some(symbol) = element.symbol {
            found.push(symbol.role.letter());
            assert!(matches!(element.tag, Tag::Mrow | Tag::Mpadded | Tag::Mn | Tag::Mi));
        }
        if let super::Content::Children(children) = &element.content {
            for child in children {
                roles(child, found);
            }
        }
    }
    for size in [size(7, 3, (0, 0), 2, 1, PerSide), size(7, 3, (1, 0), 2, 1, Total), size(9, 3, (1, 0), 2, 3, PerSide)]
    {
        let (mut symbols, mut numbers) = (Vec::new(), Vec::new());
        roles(&size.symbols().mathml(), &mut symbols);
        roles(&size.numbers().mathml(), &mut numbers);
        assert_eq!(symbols, numbers);
        assert!(["n", "k", "p", "s"].iter().all(|letter| symbols.contains(letter)));
    }
}

#[test]
fn subscripts_that_are_digits_are_numbers() {
    let p = Expr::Symbol(Symbol { role: Role::Padding, index: Some(Index::Before) });
    check(
        &p,
        expect![[r#"
            <mpadded depth=".6em" class="sym-p" data-sym="p"><msub><mi>p</mi><mn>1</mn></msub></mpadded>
            p_1
            p_1
            the first p
        "#]],
    );
}

#[test]
fn receptive_fields_as_a_recursion() {
    use crate::trace::{Reach, StackLayer};

    let before = Reach { size: 6, jump: 2, centre: 0.5 };
    let window = StackLayer { stride: 3, padding: 1, dilation: 2, ..StackLayer::convolution(4) };
    let recursion = FieldRecursion { layer: 3, window, before };
    let lines: Vec<String> = recursion.lines().iter().flatten().map(Expr::plain).collect();
    expect![[r#"
        r[3] = r[2] + d(k − 1)·j[2]
        = 6 + 2·(4 − 1)·2 = 18
        j[3] = j[2]·s = 2·3 = 6
        c[3] = c[2] + (d(k − 1)/2 − p)·j[2]
        = 1/2 + (2·(4 − 1)/2 − 1)·2
        = 9/2"#]]
    .assert_eq(&lines.join("\n"));
    let [size, _, centre] = recursion.lines();
    check(
        &size[0],
        expect![[r#"
            <mi>r</mi><mo stretchy="false">[</mo><mn>3</mn><mo stretchy="false">]</mo><mo>=</mo><mi>r</mi><mo stretchy="false">[</mo><mn>2</mn><mo stretchy="false">]</mo><mo>+</mo><mpadded depth=".6em" class="sym-d" data-sym="d"><mi>d</mi></mpadded><mo>&#x2062;</mo><mo stretchy="false">(</mo><mpadded depth=".6em" class="sym-k" data-sym="k"><mi>k</mi></mpadded><mo>−</mo><mn>1</mn><mo stretchy="false">)</mo><mo>·</mo><mi>j</mi><mo stretchy="false">[</mo><mn>2</mn><mo stretchy="false">]</mo>
            r[3] = r[2] + d(k - 1) \cdot j[2]
            r[3] = r[2] + d(k − 1)·j[2]
            r at 3, equals r at 2, plus d times open parenthesis k minus 1, close parenthesis, times j at 2
        "#]],
    );
    check_text(
        &centre[1],
        expect![[r#"
        \phantom{c[3]} = \frac{1}{2} + \left( \frac{2 \cdot (4 - 1)}{2} - 1 \right) \cdot 2
        = 1/2 + (2·(4 − 1)/2 − 1)·2
        equals 1 over 2 plus open parenthesis the fraction with numerator 2 times open parenthesis 4 minus 1, close parenthesis, and denominator 2, end fraction, minus 1, close parenthesis, times 2
    "#]],
    );
    // The symbols are those of the layer's controls.
    let numbers = [&size[1], &centre[1]].map(Expr::mathml).map(|math| math.markup().into_string());
    assert!(numbers[0].contains("data-sym=\"k\"") && numbers[0].contains("data-sym=\"d\""));
    assert!(numbers[1].contains("data-sym=\"p\""));
}

#[test]
fn batch_normalisation() {
    let plain = |lines: Vec<Expr>| lines.iter().map(Expr::plain).collect::<Vec<_>>().join("\n");
    expect![[r#"
        μ = (Σ_n x[n])/m
        σ² = (Σ_n (x[n] − μ)²)/m
        x̂[n] = (x[n] − μ)/√(σ² + ε)
        y[n] = γ·x̂[n] + β"#]]
    .assert_eq(&plain(norm_values(true)));
    expect![[r#"
        x̂[n] = (x[n] − μ)/√(σ² + ε)
        y[n] = γ·x̂[n] + β"#]]
    .assert_eq(&plain(norm_values(false)));
    expect![[r#"
        dβ = Σ_n dy[n]
        dγ = Σ_n dy[n]·x̂[n]
        s = γ/√(σ² + ε)
        dx[n] = s·(dy[n] − dβ/m − x̂[n]·dγ/m)"#]]
    .assert_eq(&plain(norm_gradients(true)));
    expect!["dx[n] = s·dy[n]"].assert_eq(&norm_gradients(false)[3].plain());
}

#[test]
fn roots_and_squares() {
    check(
        &(sym(Role::Input) - 1).squared().root().equals(num(-2).squared()),
        expect![[r#"
            <msqrt><msup><mrow><mo stretchy="false">(</mo><mrow class="sym-n" data-sym="n"><mi>n</mi></mrow><mo>−</mo><mn>1</mn><mo stretchy="false">)</mo></mrow><mn>2</mn></msup></msqrt><mo>=</mo><msup><mrow><mo stretchy="false">(</mo><mrow><mo>−</mo><mn>2</mn></mrow><mo stretchy="false">)</mo></mrow><mn>2</mn></msup>
            \sqrt{{(n - 1)}^2} = {(-2)}^2
            √((n − 1)²) = (−2)²
            the square root of open parenthesis n minus 1, close parenthesis squared, end root, equals minus 2 squared
        "#]],
    );
    check(
        &((sym(Role::Input) / 2).squared() / 3).root(),
        expect![[r#"
        <msqrt><mfrac><msup><mfrac><mrow class="sym-n" data-sym="n"><mi>n</mi></mrow><mn>2</mn></mfrac><mn>2</mn></msup><mn>3</mn></mfrac></msqrt>
        \sqrt{\frac{{\frac{n}{2}}^2}{3}}
        √((n/2)²/3)
        the square root of the fraction with numerator n over 2 squared, and denominator 3, end fraction, end root
    "#]],
    );
}

#[test]
fn highway_layers() {
    use crate::trace::Skip;

    let plain = |lines: Vec<Expr>| lines.iter().map(Expr::plain).collect::<Vec<_>>().join("\n");
    let all = [Skip::Highway, Skip::Residual, Skip::Plain];
    let texts = all.map(|skip| [plain(highway_values(skip)), plain(highway_gradients(skip))].join("\n"));
    expect![[r#"
        H[i] = φ(Σ_j W[i, j]·x[j] + b)
        T[i] = σ(Σ_j V[i, j]·x[j] + c)
        y[i] = T[i]·H[i] + (1 − T[i])·x[i]
        dh[i] = dy[i]·T[i]·φ′[i]
        dt[i] = dy[i]·(H[i] − x[i])·σ′[i]
        w[j] = Σ_i W[i, j]·dh[i]
        v[j] = Σ_i V[i, j]·dt[i]
        u[j] = (1 − T[j])·dy[j]
        dx[j] = u[j] + w[j] + v[j]

        H[i] = φ(Σ_j W[i, j]·x[j] + b)
        y[i] = H[i] + x[i]
        dh[i] = dy[i]·φ′[i]
        w[j] = Σ_i W[i, j]·dh[i]
        dx[j] = dy[j] + w[j]

        H[i] = φ(Σ_j W[i, j]·x[j] + b)
        y[i] = H[i]
        dh[i] = dy[i]·φ′[i]
        dx[j] = Σ_i W[i, j]·dh[i]"#]]
    .assert_eq(&texts.join("\n\n"));
    check(
        &highway_values(Skip::Highway)[1],
        expect![[r#"
        <mi>T</mi><mo stretchy="false">[</mo><mi>i</mi><mo stretchy="false">]</mo><mo>=</mo><mi>σ</mi><mrow><mo stretchy="true">(</mo><munder><mo>∑</mo><mi>j</mi></munder><mi>V</mi><mo stretchy="false">[</mo><mi>i</mi><mo>,</mo><mi>j</mi><mo stretchy="false">]</mo><mo>·</mo><mi>x</mi><mo stretchy="false">[</mo><mi>j</mi><mo stretchy="false">]</mo><mo>+</mo><mi>c</mi><mo stretchy="true">)</mo></mrow>
        T[i] = σ\left( \sum_{j} V[i, j] \cdot x[j] + c \right)
        T[i] = σ(Σ_j V[i, j]·x[j] + c)
        T at i, equals σ of the sum over j of V at i, j, times x at j, plus c, end σ
    "#]],
    );
}
