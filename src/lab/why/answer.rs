//! Predict first: the next number, and what wrong ones mean.

use super::{
    connections::{Connections, Kind},
    count::{Counts, Step},
    shift::Shifted,
};
use crate::{
    lab::{operation::Answer, predict::telling, scene::letter},
    num::format,
};

/// What is asked for at a step of the count.
pub(super) fn of_count(counts: &Counts, step: usize) -> Option<Answer> {
    let line = counts.lines.get(step)?;
    let mut question = line.name.to_owned();
    if let Some(first) = question.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let mistakes =
        count_mistakes(&Sizes::of(counts), step).into_iter().map(|(value, sentence)| (value, sentence.to_owned()));
    Some(Answer { question, value: line.value, mistakes: telling(line.value, mistakes) })
}

/// What is multiplied with what.
struct Sizes {
    h: f64,
    w: f64,
    c: f64,
    units: f64,
    filters: f64,
    kernel: f64,
    places: f64,
    inputs: f64,
    dense: f64,
    shared: f64,
}

impl Sizes {
    fn of(counts: &Counts) -> Self {
        let lab = &counts.lab;
        let wide = |count: usize| count as f64;
        let (h, w, c) = (wide(lab.size.0), wide(lab.size.1), wide(lab.channels));
        let (units, filters) = (wide(lab.units), wide(lab.filters));
        let kernel = wide(lab.window.0) * wide(lab.window.1);
        let (rows, cols) = counts.places();
        let places = wide(rows) * wide(cols);
        let inputs = h * w * c;
        let (dense, shared) = (inputs * units, kernel * c * filters);
        Self { h, w, c, units, filters, kernel, places, inputs, dense, shared }
    }
}

/// Wrong numbers of the image and of the fully connected layer; those of the convolution follow.
fn count_mistakes(sizes: &Sizes, step: usize) -> Vec<(f64, &'static str)> {
    let &Sizes { h, w, c, units, shared, inputs, dense, .. } = sizes;
    let is = |other: Step| step == other.index();
    if is(Step::Inputs) {
        vec![
            (h * w, "That counts the pixels. Each has a number in every channel."),
            (h + w + c, "That adds the sides up: rows, columns and channels are multiplied."),
            (inputs * 4.0, "Those are the image's bytes at 4 a number."),
        ]
    } else if is(Step::DenseWeights) {
        vec![
            (inputs, "That is one unit's share: each unit has a weight for every input."),
            (h * w * units, "That forgets the channels: each is an input of its own."),
            (dense + units, "That counts the biases too. Here only the weights are asked for."),
            (inputs + units, "Each input goes to each unit: multiply, don't add."),
            (shared, "Those are the convolution's weights."),
        ]
    } else if is(Step::DenseParameters) {
        vec![
            (dense, "That forgets the biases: one for each unit."),
            (dense + 1.0, "Each unit has a bias of its own, not all of them one."),
            (dense + inputs, "A bias belongs to a unit, not to an input."),
            (dense * 2.0, "A unit has one bias, not one for each weight."),
        ]
    } else if is(Step::DenseBytes) {
        bytes(dense, units)
    } else {
        convolution_mistakes(sizes, step)
    }
}

fn convolution_mistakes(sizes: &Sizes, step: usize) -> Vec<(f64, &'static str)> {
    let &Sizes { h, w, c, units, filters, kernel, places, inputs, dense, shared } = sizes;
    let is = |other: Step| step == other.index();
    if is(Step::Weights) {
        vec![
            (kernel * filters, "That is a kernel without depth: a filter reaches through all channels."),
            (kernel * c, "That is one filter's share: each filter has weights of its own."),
            (kernel, "That is one channel of one filter."),
            (
                shared * places,
                "Those are weights for every place: a locally connected layer. A convolution shares them.",
            ),
            (shared + filters, "That counts the biases too. Here only the weights are asked for."),
            (dense, "Those are the fully connected layer's weights."),
            (inputs * filters, "The weights do not depend on the image's size, only on the kernel's."),
        ]
    } else if is(Step::Parameters) {
        vec![
            (shared, "That forgets the biases: one for each filter."),
            (shared + 1.0, "Each filter has a bias of its own, not all of them one."),
            (shared + places * filters, "A bias is shared too: one for each filter, not for each output."),
            (shared + c * filters, "A filter has one bias, not one for each channel."),
        ]
    } else if is(Step::Bytes) {
        bytes(shared, filters)
    } else if is(Step::WeightRatio) {
        vec![
            (shared / dense, "That is the other way round: the fully connected layer's weights stand above."),
            (
                (dense + units) / (shared + filters),
                "That is the ratio of all parameters. Here the biases are left out.",
            ),
            (dense - shared, "That is the difference. The ratio is asked for."),
        ]
    } else if is(Step::DenseMacs) {
        vec![
            (dense + units, "A bias is added, not multiplied."),
            (dense * 2.0, "Those are operations: a multiplication and an addition each. Together they count as one."),
            (inputs, "That is one unit's share."),
        ]
    } else if is(Step::Outputs) {
        vec![
            (places, "That is one feature map: each filter makes one."),
            (h * w * filters, "That is right where the map is as large as the image. Look at padding and stride."),
            (places * filters * c, "A filter adds its channels up: it makes one map, whatever the channels."),
            (filters, "A filter makes a number at each place of its window."),
        ]
    } else if is(Step::Macs) {
        vec![
            (shared, "Those are the weights: each is used at every place."),
            (places * kernel * c, "That is one filter's share."),
            (places * filters * kernel, "That forgets the channels: each output reads all of them."),
            (
                places * shared * 2.0,
                "Those are operations: a multiplication and an addition each. Together they count as one.",
            ),
            (h * w * shared, "That takes a window at every pixel. Look at padding and stride."),
        ]
    } else {
        let macs = places * shared;
        vec![
            (dense / macs, "That is the other way round: the convolution's multiply-adds stand above."),
            (dense / shared, "That is the ratio of the weights."),
            (macs - dense, "That is the difference. The ratio is asked for."),
        ]
    }
}

fn bytes(weights: f64, biases: f64) -> Vec<(f64, &'static str)> {
    vec![
        (weights + biases, "That counts numbers: each takes 4 bytes."),
        (weights * 4.0, "That forgets the biases' bytes."),
        ((weights + biases) * 8.0, "That is double precision: here a number takes 4 bytes."),
        ((weights + biases) * 32.0, "Those are bits: 8 make a byte."),
        ((weights + biases) * 2.0, "That is half precision: here a number takes 4 bytes."),
    ]
}

/// What is asked for at an output of the row: the convolution's.
pub(super) fn of_connections(connections: &Connections, step: usize) -> Option<Answer> {
    let value = connections.value(Kind::Shared, step)?;
    let question = format!("Shared weights, output {step}");
    let edges = connections.edges(Kind::Shared, step);
    let mut mistakes = Vec::new();
    let mut add = |value: Option<f64>, sentence: String| mistakes.extend(value.map(|value| (value, sentence)));
    add(
        connections.value(Kind::Local, step),
        "That is the sum with weights of its own, which are not shared.".to_owned(),
    );
    add(connections.value(Kind::Full, step), "That is the fully connected layer's sum, over all inputs.".to_owned());
    for (other, words) in [(step + 1, "one output too far right"), (step.wrapping_sub(1), "one output too far left")] {
        add(connections.value(Kind::Shared, other), format!("That window lies {words}."));
    }
    let taps = connections.taps();
    let turned = edges.iter().filter_map(|edge| Some(edge.x * taps.get(taps.len().checked_sub(edge.tap? + 1)?)?)).sum();
    add(Some(turned), "That is the sum with the kernel turned. Here it is laid on as it is written.".to_owned());
    add(
        Some(edges.iter().map(|edge| edge.x).sum()),
        "That is the sum of the window, without the kernel's numbers.".to_owned(),
    );
    add(Some(edges.iter().map(|edge| edge.x * edge.weight.abs()).sum()), "A minus of the kernel was lost.".to_owned());
    for edge in edges {
        let name = edge.tap.and_then(|tap| letter(tap, taps.len(), (0, tap), true)).unwrap_or_default();
        let product = format!("{} × {}", format::shown(edge.x), format::shown(edge.weight));
        add(Some(value - edge.x * edge.weight), format!("That leaves out tap {name}: {product}."));
        add(Some(value - 2.0 * edge.x * edge.weight), format!("Tap {name} has the wrong sign: {product}."));
    }
    Some(Answer { question, value, mistakes: telling(value, mistakes) })
}

/// What is asked for at an output of the shifted picture.
pub(super) fn of_shift(shifted: &Shifted, index: usize) -> Option<Answer> {
    let after = shifted.after();
    let (row, col) = (index / after.cols(), index % after.cols());
    let step = shifted.step_after(index)?;
    let question = format!("conv(x′), row {row}, column {col}");
    let value = step.sum;
    let mut mistakes = Vec::new();
    let mut add = |value: Option<f64>, sentence: String| mistakes.extend(value.map(|value| (value, sentence)));
    let before = shifted.before();
    let words = shifted.shift().name();
    add(
        before.get(row, col).copied(),
        "That is conv(x) at the same place: the number has moved along. A convolution is not invariant.".to_owned(),
    );
    add(
        shifted.opposite(index).and_then(|(i, j)| before.get(i, j).copied()),
        format!(
            "That is the cell on the wrong side. The input went {words}, so the number comes from the opposite side."
        ),
    );
    add(shifted.dense_after(index), "That is the fully connected unit's number.".to_owned());
    add(after.get(col, row).copied(), format!("That is row {col}, column {row}. Rows come first."));
    if shifted.source(index).is_none() {
        add(Some(0.0), "Zeros came in, but not all of the window is zeros.".to_owned());
    }
    let flat = step.taps.iter().map(|tap| tap.x * tap.w.abs()).sum();
    add(Some(flat), "A minus of the kernel was lost.".to_owned());
    add(
        Some(step.taps.iter().map(|tap| tap.x).sum()),
        "That is the sum of the window, without the kernel's numbers.".to_owned(),
    );
    for (index, tap) in step.taps.iter().enumerate() {
        let name = letter(index, step.taps.len(), tap.kernel, true).unwrap_or_default();
        let product = format!("{} × {}", format::shown(tap.x), format::shown(tap.w));
        add(Some(value - tap.product()), format!("That leaves out tap {name}: {product}."));
    }
    Some(Answer { question, value, mistakes: telling(value, mistakes) })
}
