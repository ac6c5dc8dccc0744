//! Questions made of what is asked about: a convolution, a pooling, a stack, a network. Whether the numbers were drawn or
//! stand on a slide makes no difference here.

use super::{Family, Form, Plane, Question, Wrong, number, same};
use crate::{
    formula::PaddingConvention,
    lab::receptive_field::write_layer,
    link::{Fields, Link, PLACE, Page, Shared},
    mistake::{self, Mistake, Mistaken, count::Learned, size},
    model::{Features, Layer, PoolKind, count, counts, write_layers},
    nn::{
        reference::{Conv2d, PaddingMode},
        shape::{Axis, Padding, Window},
    },
    num::{Matrix, format},
    trace::{Channels, Convolution, Pooling, PoolingKind, StackLayer},
};

/// A link to a page, of those fields that have a value.
pub(super) fn link(page: Page, fields: &[(&str, String)]) -> String {
    let own = fields.iter().filter(|(name, value)| !value.is_empty() || *name == PLACE);
    let fields: Fields = own.map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Link { page, fields, shared: Shared::default() }.encode()
}

fn cells(matrix: &Matrix) -> String {
    let row = |row: &[f64]| row.iter().map(|value| format::ascii(*value)).collect::<Vec<_>>().join(",");
    matrix.iter_rows().map(row).collect::<Vec<_>>().join(";")
}

/// A setting of a link, left out where it is what it is without.
fn unless(value: usize, usual: usize) -> String {
    if value == usual { String::new() } else { value.to_string() }
}

fn plane(name: impl Into<String>, cells: &Matrix) -> Plane {
    Plane { name: name.into(), cells: cells.clone() }
}

fn one_each(mistakes: Vec<Mistaken>) -> Vec<Wrong> {
    let wrong = |Mistaken { mistake, value, sentence }| Wrong { values: vec![value], mistake, sentence };
    mistakes.into_iter().map(wrong).collect()
}

/// `1 on each side`, `none`
fn sides(padding: usize) -> String {
    if padding == 0 { "none".to_owned() } else { format!("{padding} on each side") }
}

/// A window over a plane: what size questions are about. The padding is the same on each side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sliding {
    pub size: (usize, usize),
    pub window: Window,
}

impl Sliding {
    pub(super) fn output(&self) -> Option<(usize, usize)> {
        let along = |axis: Axis, extent: usize| self.window.output(axis, extent).ok();
        Some((along(Axis::Height, self.size.0)?, along(Axis::Width, self.size.1)?))
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let Window { kernel, stride, dilation, padding: (side, _) } = self.window;
        let mut facts = vec![
            ("Input", format::shape(&[self.size.0, self.size.1])),
            ("Kernel", format::shape(&[kernel, kernel])),
            ("Stride", stride.to_string()),
            ("Padding", sides(side)),
        ];
        if dilation > 1 {
            facts.push(("Dilation", dilation.to_string()));
        }
        facts
    }

    /// `⌊(7 + 2·1 − 3) / 2⌋ + 1 = 4`
    fn how(&self, input: usize, side: usize) -> String {
        let Window { kernel, stride, dilation, .. } = self.window;
        let padding = if side == 0 { String::new() } else { format!(" + 2·{side}") };
        let window = Window { padding: (side, side), ..self.window };
        let reach = if dilation > 1 { format!("{dilation}·({kernel} − 1) − 1") } else { kernel.to_string() };
        let made = window.output(Axis::Height, input).map_or_else(|_| "none".to_owned(), |size| size.to_string());
        format!("⌊({input}{padding} − {reach}) / {stride}⌋ + 1 = {made}")
    }

    /// A lab that shows it: of numbers where they can all be seen, of counts where not.
    fn link(&self, cell: impl FnMut(usize, usize) -> f64) -> String {
        let (rows, cols) = self.size;
        let Window { kernel, stride, dilation, padding: (side, _) } = self.window;
        if rows.max(cols) > SEEN {
            return counting(
                &Counted { size: self.size, channels: 1, window: kernel, filters: 1, stride, padding: side },
                10,
            );
        }
        let kernel = Matrix::from_fn(kernel, kernel, |i, j| if (i + j).is_multiple_of(2) { 1.0 } else { 0.0 });
        link(
            Page::Convolution,
            &[
                ("x", cells(&Matrix::from_fn(rows, cols, cell))),
                ("k", cells(&kernel)),
                ("pad", unless(side, 0)),
                ("stride", unless(stride, 1)),
                ("dilation", unless(dilation, 1)),
            ],
        )
    }
}

/// Rows of an input whose numbers are shown.
pub(super) const SEEN: usize = 16;

fn digit(i: usize, j: usize) -> f64 {
    ((3 * i + 7 * j + i * j) % 10) as f64
}

/// How large is the output?
pub(super) fn output_shape(family: Family, sliding: &Sliding) -> Option<Question> {
    let (rows, cols) = sliding.output()?;
    let (height, width) = sliding.size;
    let found = size::of_output([sliding.window; 2], [height, width]);
    let wrong = found.into_iter().map(|extents| Wrong {
        values: extents.values.to_vec(),
        mistake: extents.mistake,
        sentence: extents.sentence,
    });
    let Window { padding: (side, _), .. } = sliding.window;
    let mut how = sliding.how(height, side);
    if height != width {
        how = format!("{how}, and {}", sliding.how(width, side));
    }
    Some(Question {
        family,
        text: "How large is the output?".to_owned(),
        facts: sliding.facts(),
        planes: Vec::new(),
        form: Form::Shape,
        right: vec![rows as f64, cols as f64],
        shape: (1, 2),
        wrong: wrong.collect(),
        cells: Vec::new(),
        how,
        link: sliding.link(digit),
    })
}

/// Which padding makes `wanted` rows and columns?
pub(super) fn padding(sliding: &Sliding) -> Option<Question> {
    let (wanted, _) = sliding.output()?;
    let (input, _) = sliding.size;
    let Window { padding: (side, _), stride, .. } = sliding.window;
    let right = size::padding_for(sliding.window, input, wanted)?;
    if right != side {
        return None;
    }
    let text = match (wanted == input, stride) {
        (true, 1) => "Which padding on each side keeps the size?".to_owned(),
        (_, 1) => format!("Which padding on each side makes an output of {wanted} × {wanted}?"),
        _ => format!("What is the smallest padding on each side that makes an output of {wanted} × {wanted}?"),
    };
    let mut facts = sliding.facts();
    facts.retain(|(name, _)| *name != "Padding");
    Some(Question {
        family: Family::Padding,
        text,
        facts,
        planes: Vec::new(),
        form: Form::Number,
        right: vec![right as f64],
        shape: (1, 1),
        wrong: one_each(size::of_padding(sliding.window, input, wanted, right)),
        cells: Vec::new(),
        how: sliding.how(input, right),
        link: sliding.link(digit),
    })
}

/// Which stride makes `wanted` rows and columns?
pub(super) fn stride(sliding: &Sliding) -> Option<Question> {
    let (wanted, _) = sliding.output()?;
    let (input, _) = sliding.size;
    let makes = |stride: usize| {
        Window { stride, ..sliding.window }.output(Axis::Height, input).is_ok_and(|size| size == wanted)
    };
    // Another stride that makes the same size would be right as well.
    if wanted < 2 || (1..=sliding.window.padded(input)).filter(|stride| makes(*stride)).count() != 1 {
        return None;
    }
    let mut facts = sliding.facts();
    facts.retain(|(name, _)| *name != "Stride");
    let Window { padding: (side, _), stride, .. } = sliding.window;
    Some(Question {
        family: Family::Stride,
        text: format!("Which stride makes an output of {wanted} × {wanted}?"),
        facts,
        planes: Vec::new(),
        form: Form::Number,
        right: vec![stride as f64],
        shape: (1, 1),
        wrong: one_each(size::of_stride(sliding.window, input, wanted)),
        cells: Vec::new(),
        how: sliding.how(input, side),
        link: sliding.link(digit),
    })
}

/// A convolution of a square setting.
pub(super) fn convolution(input: Matrix, kernel: Matrix, bias: f64, stride: usize, padding: usize) -> Convolution {
    Convolution {
        input,
        kernel,
        bias,
        padding: Padding::per_side(padding),
        mode: PaddingMode::Zeros,
        stride: (stride, stride),
        dilation: (1, 1),
        flip: false,
    }
}

fn convolution_facts(conv: &Convolution) -> Vec<(&'static str, String)> {
    let mut facts = vec![("Stride", conv.stride.0.to_string()), ("Padding", sides(conv.padding.top))];
    if conv.bias != 0.0 {
        facts.push(("Bias", format::shown(conv.bias)));
    }
    facts
}

fn convolution_link(conv: &Convolution, step: usize) -> String {
    link(
        Page::Convolution,
        &[
            ("x", cells(&conv.input)),
            ("k", cells(&conv.kernel)),
            ("b", if conv.bias == 0.0 { String::new() } else { format::ascii(conv.bias) }),
            ("pad", unless(conv.padding.top, 0)),
            ("stride", unless(conv.stride.0, 1)),
            ("step", unless(step + 1, 1)),
        ],
    )
}

/// `0×3 + 1×(−2) = −2`
fn written_out<'a>(terms: impl Iterator<Item = (f64, f64)> + 'a, bias: f64, sum: f64) -> String {
    let factor = |value: f64| {
        if value < 0.0 { format!("({})", format::shown(value)) } else { format::shown(value) }
    };
    let mut products: Vec<String> = terms.map(|(x, w)| format!("{}×{}", factor(x), factor(w))).collect();
    if bias != 0.0 {
        products.push(factor(bias));
    }
    format!("{} = {}", products.join(" + "), format::shown(sum))
}

/// What is the output's number at (`row`, `col`)?
pub(super) fn output_cell(conv: &Convolution, (row, col): (usize, usize)) -> Option<Question> {
    let output = conv.output().ok()?;
    let step = conv.step(&output, row, col)?;
    Some(Question {
        family: Family::OutputCell,
        text: format!("What is the output's number in row {row}, column {col}?"),
        facts: convolution_facts(conv),
        planes: vec![plane("Input", &conv.input), plane("Kernel", &conv.kernel)],
        form: Form::Number,
        right: vec![step.sum],
        shape: (1, 1),
        wrong: one_each(mistake::convolution::at(conv, &output, &step, PaddingConvention::PerSide, None)),
        cells: Vec::new(),
        how: written_out(step.taps.iter().map(|tap| (tap.x, tap.w)), step.bias, step.sum),
        link: convolution_link(conv, row * output.cols() + col),
    })
}

/// What are all numbers of the output?
pub(super) fn whole_output(family: Family, conv: &Convolution) -> Option<Question> {
    let output = conv.output().ok()?;
    let steps: Vec<_> = places(output.shape()).map(|(row, col)| conv.step(&output, row, col)).collect::<Option<_>>()?;
    let known = |step| mistake::convolution::at(conv, &output, step, PaddingConvention::PerSide, None);
    let cells: Vec<Vec<Mistaken>> = steps.iter().map(known).collect();
    let first = steps.first()?;
    Some(Question {
        family,
        text: "Which numbers come out?".to_owned(),
        facts: convolution_facts(conv),
        planes: vec![plane("Input", &conv.input), plane("Kernel", &conv.kernel)],
        form: Form::Matrix,
        right: output.cells().to_vec(),
        shape: output.shape(),
        wrong: whole(output.cells(), &cells),
        cells,
        how: written_out(first.taps.iter().map(|tap| (tap.x, tap.w)), first.bias, first.sum),
        link: convolution_link(conv, 0),
    })
}

fn places((rows, cols): (usize, usize)) -> impl Iterator<Item = (usize, usize)> {
    (0..rows * cols).map(move |at| (at / cols, at % cols))
}

/// The matrices that a mistake makes which can be made at each of the numbers, with the sentence of the first.
fn whole(right: &[f64], cells: &[Vec<Mistaken>]) -> Vec<Wrong> {
    let mut wrong: Vec<Wrong> = Vec::new();
    let mut seen: Vec<Mistake> = Vec::new();
    for first in cells.first().into_iter().flatten() {
        if seen.contains(&first.mistake) {
            continue;
        }
        seen.push(first.mistake);
        let made = |known: &Vec<Mistaken>| known.iter().find(|known| known.mistake == first.mistake).map(|it| it.value);
        let Some(values) = cells.iter().map(made).collect::<Option<Vec<f64>>>() else { continue };
        if !same(&values, right) && wrong.iter().all(|known| !same(&known.values, &values)) {
            wrong.push(Wrong { values, mistake: first.mistake, sentence: first.sentence.clone() });
        }
    }
    wrong
}

/// Puts the options of a choice into an order.
pub(super) type Order<'a> = &'a mut dyn FnMut(&mut Vec<Vec<f64>>);

/// Which numbers does a pooling leave? `choice` puts the options into an order; without one the numbers are typed.
pub(super) fn pooling(family: Family, pooling: &Pooling, choice: Option<Order>) -> Option<Question> {
    let output = pooling.output().ok()?.values;
    let steps: Vec<_> = places(output.shape()).map(|at| pooling.step_at(at)).collect::<Option<_>>()?;
    let known = |step| mistake::pooling::at(pooling, &output, step, None);
    let cells: Vec<Vec<Mistaken>> = steps.iter().map(known).collect();
    let wrong = whole(output.cells(), &cells);
    let right = output.cells().to_vec();
    let form = match choice {
        None => Form::Matrix,
        Some(order) => {
            let mut options = vec![right.clone()];
            options.extend(wrong.iter().take(OPTIONS - 1).map(|wrong| wrong.values.clone()));
            if options.len() < OPTIONS {
                return None;
            }
            order(&mut options);
            Form::Choice(options)
        }
    };
    let (kind, named) = match pooling.kind {
        PoolingKind::Max => ("max", ""),
        PoolingKind::Average => ("average", "average"),
    };
    let (window, stride, side) = (pooling.window.0, pooling.stride.0, pooling.padding.top);
    let first = steps.first()?;
    let numbers: Vec<String> = first.typed().map(format::shown).collect();
    let how = match pooling.kind {
        PoolingKind::Max => format!("The largest of {} is {}", numbers.join(", "), format::shown(first.value)),
        PoolingKind::Average => {
            let sum: f64 = first.typed().sum();
            let (sum, area) = (format::shown(sum), first.cells.len());
            format!("{} = {sum}, and {sum} ÷ {area} = {}", numbers.join(" + "), format::shown(first.value))
        }
    };
    let padding = if side == 0 { String::new() } else { format!(", padding {side}") };
    Some(Question {
        family,
        text: format!("{window}×{window} {kind} pooling, stride {stride}{padding}. Which numbers come out?"),
        facts: Vec::new(),
        planes: vec![plane("Input", &pooling.input)],
        form,
        right,
        shape: output.shape(),
        wrong,
        cells,
        how,
        link: link(
            Page::Pooling,
            &[
                ("x", self::cells(&pooling.input)),
                ("kind", named.to_owned()),
                ("window", window.to_string()),
                ("stride", stride.to_string()),
                ("pad", unless(side, 0)),
            ],
        ),
    })
}

/// Options of a choice.
const OPTIONS: usize = 4;

/// A pooling of square windows.
pub(super) fn windows(input: Matrix, kind: PoolingKind, window: usize, stride: usize, padding: usize) -> Pooling {
    Pooling {
        input,
        kind,
        window: (window, window),
        stride: (stride, stride),
        padding: Padding::per_side(padding),
        ceil: false,
        count_padding: true,
    }
}

/// What is the number of a filter's output at (`row`, `col`)?
pub(super) fn channels(
    inputs: Vec<Matrix>,
    filters: Vec<Vec<Matrix>>,
    biases: Vec<f64>,
    (filter, row, col): (usize, usize, usize),
) -> Option<Question> {
    let all = Channels { inputs, filters, biases, conv: Conv2d::default(), flip: false };
    let output = all.output().ok()?;
    let step = all.step(&output, filter, row, col)?;
    let (many, (rows, cols)) = (all.filters.len() > 1, output.first()?.shape());
    let mut planes: Vec<Plane> =
        all.inputs.iter().enumerate().map(|(c, input)| plane(format!("Input channel {c}"), input)).collect();
    for (f, kernels) in all.filters.iter().enumerate() {
        planes.extend(kernels.iter().enumerate().map(|(c, kernel)| {
            let name = if many { format!("Filter {f}, channel {c}") } else { format!("Kernel channel {c}") };
            plane(name, kernel)
        }));
    }
    let mut facts = Vec::new();
    if all.biases.iter().any(|bias| *bias != 0.0) {
        let biases: Vec<String> = all.biases.iter().map(|bias| format::shown(*bias)).collect();
        facts.push((if many { "Biases" } else { "Bias" }, biases.join(", ")));
    }
    let parts: Vec<String> = step.parts.iter().map(|part| format::shown(part.sum)).collect();
    let bias = if step.bias == 0.0 { String::new() } else { format!(" + {}", format::shown(step.bias)) };
    let place = if many { format!("output channel {filter}") } else { "the output".to_owned() };
    let planes_of = |planes: &[Matrix]| planes.iter().map(cells).collect::<Vec<_>>().join("|");
    let filters: Vec<String> = all.filters.iter().map(|filter| planes_of(filter)).collect();
    let biases: Vec<String> = all.biases.iter().map(|bias| format::ascii(*bias)).collect();
    Some(Question {
        family: Family::Channels,
        text: format!("What is the number of {place} in row {row}, column {col}?"),
        facts,
        planes,
        form: Form::Number,
        right: vec![step.sum],
        shape: (1, 1),
        wrong: one_each(mistake::channels::at(&all, &output, &step, PaddingConvention::PerSide)),
        cells: Vec::new(),
        how: format!("{}{bias} = {}", parts.join(" + "), format::shown(step.sum)),
        link: link(
            Page::Channels,
            &[
                ("x", planes_of(&all.inputs)),
                ("k", filters.join("||")),
                ("b", biases.join(",")),
                ("step", unless((filter * rows + row) * cols + col + 1, 1)),
            ],
        ),
    })
}

/// An image and a convolution over it, to be counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted {
    pub size: (usize, usize),
    pub channels: usize,
    pub window: usize,
    pub filters: usize,
    pub stride: usize,
    pub padding: usize,
}

/// The lab that counts, at one of its steps, from 1.
fn counting(counted: &Counted, step: usize) -> String {
    let Counted { size: (rows, cols), channels, window, filters, stride, padding } = *counted;
    link(
        Page::Why,
        &[
            ("size", format!("{rows},{cols}")),
            ("channels", channels.to_string()),
            ("window", window.to_string()),
            ("filters", filters.to_string()),
            ("stride", unless(stride, 1)),
            ("pad", unless(padding, 0)),
            ("step", step.to_string()),
        ],
    )
}

impl Counted {
    fn image(&self) -> Features {
        Features::Maps { channels: self.channels, height: self.size.0, width: self.size.1 }
    }

    fn count(&self) -> Option<crate::model::Count> {
        count(&Layer::conv2d(self.filters, self.window, self.stride, self.padding), self.image()).ok()
    }

    fn sizes(&self, units: usize) -> Option<mistake::count::Sizes> {
        let (_, rows, cols) = self.count()?.output.as_maps();
        Some(mistake::count::Sizes {
            image: [self.size.0 as f64, self.size.1 as f64, self.channels as f64],
            units: units as f64,
            filters: self.filters as f64,
            kernel: (self.window * self.window) as f64,
            places: (rows * cols) as f64,
        })
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        vec![
            ("Input", format!("{}, {} channels", format::shape(&[self.size.0, self.size.1]), self.channels)),
            ("Filters", self.filters.to_string()),
            ("Kernel", format::shape(&[self.window, self.window])),
            ("Stride", self.stride.to_string()),
            ("Padding", sides(self.padding)),
        ]
    }
}

/// What of a layer is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Parameters of the convolution.
    Parameters,
    /// Multiply-adds of the convolution.
    Macs,
    /// Weights of a fully connected layer with so many units.
    DenseWeights(usize),
    /// Its parameters.
    DenseParameters(usize),
    /// Its multiply-adds.
    DenseMacs(usize),
}

/// How much does a layer learn, or compute?
pub(super) fn counted(family: Family, counted: &Counted, asked: Asked) -> Option<Question> {
    use mistake::count::Step;
    let Counted { size: (rows, cols), channels, window, filters, .. } = *counted;
    let (step, units, what) = match asked {
        Asked::Parameters => (Step::Parameters, 100, "parameters does the convolution have, biases included"),
        Asked::Macs => (Step::Macs, 100, "multiply-adds does the convolution take"),
        Asked::DenseWeights(units) => (Step::DenseWeights, units, "weights does a fully connected layer have there"),
        Asked::DenseParameters(units) => {
            (Step::DenseParameters, units, "parameters does a fully connected layer have there, biases included")
        }
        Asked::DenseMacs(units) => (Step::DenseMacs, units, "multiply-adds does a fully connected layer take there"),
    };
    let of_convolution = counted.count()?;
    let dense = count(&Layer::linear(units), counted.image()).ok()?;
    let kernel = format!("{window}·{window}·{channels}");
    let image = format!("{rows}·{cols}·{channels}");
    let shown = |count: u64| format::count(count);
    let (value, how) = match asked {
        Asked::Parameters => {
            (of_convolution.parameters, format!("{filters}·({kernel} + 1) = {}", shown(of_convolution.parameters)))
        }
        Asked::Macs => {
            let (_, height, width) = of_convolution.output.as_maps();
            let macs = of_convolution.macs;
            (macs, format!("{height}·{width}·{filters} outputs, each {kernel}: {}", shown(macs)))
        }
        Asked::DenseWeights(_) => {
            let weights = dense.parameters - units as u64;
            (weights, format!("{image}·{units} = {}", shown(weights)))
        }
        Asked::DenseParameters(_) => (dense.parameters, format!("({image} + 1)·{units} = {}", shown(dense.parameters))),
        Asked::DenseMacs(_) => (dense.macs, format!("{image}·{units} = {}", shown(dense.macs))),
    };
    let is_dense = !matches!(asked, Asked::Parameters | Asked::Macs);
    let facts = if is_dense {
        let mut facts = counted.facts();
        facts.truncate(1);
        facts.push(("Units", units.to_string()));
        facts
    } else {
        counted.facts()
    };
    let mut opened = counting(counted, step.index() + 1);
    if is_dense {
        opened.extend(["&units=", &units.to_string()]);
    }
    let value = value as f64;
    Some(Question {
        family,
        text: format!("How many {what}?"),
        facts,
        planes: Vec::new(),
        form: Form::Number,
        right: vec![value],
        shape: (1, 1),
        wrong: one_each(mistake::count::at(&counted.sizes(units)?, step, value)),
        cells: Vec::new(),
        how,
        link: opened,
    })
}

/// What shape do the maps of a convolution have: rows, columns, channels?
pub(super) fn maps(counted: &Counted, link: Option<String>) -> Option<Question> {
    let (channels, rows, cols) = counted.count()?.output.as_maps();
    let side = counted.padding;
    let window = Window { kernel: counted.window, stride: counted.stride, dilation: 1, padding: (side, side) };
    let sliding = Sliding { size: counted.size, window };
    let mut question = output_shape(Family::Course, &sliding)?;
    let all = |rows: f64, cols: f64, channels: usize| vec![rows, cols, channels as f64];
    for wrong in &mut question.wrong {
        wrong.values.push(channels as f64);
    }
    let sizes = counted.sizes(1)?;
    let outputs = counted.count()?.output.values() as f64;
    // What is known of the number of outputs, as what it says of the channels.
    for known in mistake::count::at(&sizes, mistake::count::Step::Outputs, outputs) {
        let made = match known.mistake {
            Mistake::OneShare => 1,
            Mistake::MapPerChannel => counted.filters * counted.channels,
            _ => continue,
        };
        let values = all(rows as f64, cols as f64, made);
        question.wrong.push(Wrong { values, mistake: known.mistake, sentence: known.sentence });
    }
    "How large is the output, and how many channels has it?".clone_into(&mut question.text);
    question.facts = counted.facts();
    question.right = all(rows as f64, cols as f64, channels);
    question.shape = (1, 3);
    question.how = format!("{}, for each of {channels} filters", question.how);
    question.link = link.unwrap_or_else(|| counting(counted, 10));
    Some(question)
}

/// How many input rows does one number of the last layer see?
pub(super) fn receptive_field(layers: &[StackLayer], most: usize) -> Option<Question> {
    let reach = mistake::reach::size(layers);
    // An input in which the last layer has a few cells.
    let input = (1..=most).find(|&rows| {
        let fit = layers.iter().try_fold(rows, |rows, layer| layer.output(Axis::Height, rows).ok());
        fit.is_some_and(|cells| cells >= 3)
    })?;
    let mut facts: Vec<(&'static str, String)> = Vec::new();
    for (layer, name) in layers.iter().zip(["Layer 1", "Layer 2", "Layer 3", "Layer 4"]) {
        let mut text = format!("{} {}", layer.kind.name(), format::shape(&[layer.kernel, layer.kernel]));
        for (name, value, usual) in [("stride", layer.stride, 1), ("dilation", layer.dilation, 1)] {
            if value != usual {
                text.extend([", ", name, " ", &value.to_string()]);
            }
        }
        facts.push((name, text));
    }
    let mut jump = 1;
    let mut terms = vec!["1".to_owned()];
    for layer in layers {
        terms.push(if jump == 1 { layer.reach().to_string() } else { format!("{}·{jump}", layer.reach()) });
        jump *= layer.stride;
    }
    let texts: Vec<String> = layers.iter().copied().map(write_layer).collect();
    Some(Question {
        family: Family::ReceptiveField,
        text: "How many input rows does one number of the last layer see?".to_owned(),
        facts,
        planes: Vec::new(),
        form: Form::Number,
        right: vec![reach as f64],
        shape: (1, 1),
        wrong: one_each(mistake::reach::at(layers)),
        cells: Vec::new(),
        how: format!("{} = {reach}", terms.join(" + ")),
        link: link(Page::ReceptiveField, &[("n", input.to_string()), ("layers", texts.join(";"))]),
    })
}

/// What is asked of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OfNetwork {
    /// How long the list is that a flatten makes.
    Flattened,
    /// Parameters of the first fully connected layer.
    FirstDense,
    /// Parameters of all layers.
    All,
}

/// `Convolution, 6 filters of 5 × 5, padding 2`
fn described(layer: &Layer) -> String {
    let extents = |(rows, cols): (usize, usize)| format::shape(&[rows, cols]);
    match layer {
        Layer::Conv2d { filters, kernel, stride, padding, .. } => {
            let mut text = format!("{} filters of {}", filters.unwrap_or(0), extents(*kernel));
            if *stride != (1, 1) {
                text.extend([", stride ", &stride.0.to_string()]);
            }
            if padding.top > 0 {
                text.extend([", padding ", &padding.top.to_string()]);
            }
            format!("convolution, {text}")
        }
        Layer::Pool2d { kernel, .. } => format!("{} {}", layer.noun(), extents(*kernel)),
        Layer::Linear { outputs, .. } => format!("{}, {outputs} units", layer.noun()),
        _ => layer.noun().to_owned(),
    }
}

/// Names of the rows of a network; a longer one is not asked about layer by layer.
const LAYER_NAMES: [&str; 12] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"];

/// A network, counted.
struct Network {
    /// What flatten reads: rows, columns, channels.
    maps: [usize; 3],
    /// Units of the first fully connected layer.
    units: usize,
    /// Its number.
    first: usize,
    /// The number of the flatten.
    flatten: usize,
    /// Parameters of that layer.
    dense: u64,
    /// What each layer learns that learns anything.
    learned: Vec<Learned>,
}

impl Network {
    fn of((channels, height, width): (usize, usize, usize), layers: &[Layer]) -> Option<Self> {
        let (rows, misfit) = counts(layers, Features::Maps { channels, height, width });
        if misfit.is_some() {
            return None;
        }
        let flatten = layers.iter().position(|layer| *layer == Layer::Flatten)?;
        let (c, h, w) = rows.get(flatten)?.input.as_maps();
        let is_dense = |layer: &Layer| match layer {
            Layer::Linear { outputs, .. } => Some(*outputs),
            _ => None,
        };
        let (first, units) = layers.iter().enumerate().find_map(|(at, layer)| Some((at, is_dense(layer)?)))?;
        let learned = layers.iter().zip(&rows).filter_map(|(layer, row)| {
            let biases = match layer {
                Layer::Conv2d { filters, .. } => filters.unwrap_or(0),
                _ => is_dense(layer)?,
            } as f64;
            Some(Learned { weights: row.count.parameters as f64 - biases, biases })
        });
        let learned = learned.collect();
        Some(Self { maps: [h, w, c], units, first, flatten, dense: rows.get(first)?.count.parameters, learned })
    }

    /// The question, its number, its mistakes, how it comes about, and the layer that is looked at.
    fn asked(&self, asked: OfNetwork) -> (String, f64, Vec<Mistaken>, String, usize) {
        use mistake::count::{Sizes, Step};
        let &Self { maps: [h, w, c], units, first, flatten, dense, .. } = self;
        let image = [h, w, c].map(|extent| extent as f64);
        let sizes = Sizes { image, units: units as f64, filters: 1.0, kernel: 1.0, places: 1.0 };
        match asked {
            OfNetwork::Flattened => {
                let flat: f64 = image.iter().product();
                let text = "How many numbers does flatten make?".to_owned();
                let found = mistake::count::at(&sizes, Step::Inputs, flat);
                (text, flat, found, format!("{h}·{w}·{c} = {}", number(flat)), flatten)
            }
            OfNetwork::FirstDense => {
                let text = format!("How many parameters does the layer of {units} units have, biases included?");
                let found = mistake::count::at(&sizes, Step::DenseParameters, dense as f64);
                (text, dense as f64, found, format!("({h}·{w}·{c} + 1)·{units} = {}", number(dense as f64)), first)
            }
            OfNetwork::All => {
                let each: Vec<f64> = self.learned.iter().map(|it| it.weights + it.biases).collect();
                let total: f64 = each.iter().sum();
                let terms: Vec<String> = each.iter().map(|count| number(*count)).collect();
                let text = "How many parameters does the network have, biases included?".to_owned();
                let how = format!("{} = {}", terms.join(" + "), number(total));
                (text, total, mistake::count::of_network(&self.learned), how, first)
            }
        }
    }
}

/// What is counted of a network; `known` is its name in the links of the page of architectures, where it has one.
pub(super) fn network(
    family: Family,
    input: (usize, usize, usize),
    layers: &[Layer],
    asked: OfNetwork,
    known: Option<&str>,
) -> Option<Question> {
    let (channels, height, width) = input;
    let (text, value, mistakes, how, at) = Network::of(input, layers)?.asked(asked);
    let mut facts = vec![("Input", format::shape(&[channels, height, width]))];
    facts.extend(LAYER_NAMES.iter().zip(layers).map(|(name, layer)| (*name, described(layer))));
    let own = || {
        vec![
            ("net", "own".to_owned()),
            ("in", format!("{channels},{height},{width}")),
            ("layers", write_layers(layers)),
        ]
    };
    let mut fields = known.map_or_else(own, |net| vec![("net", net.to_owned())]);
    fields.push(("beside", "none".to_owned()));
    fields.push(("layer", (at + 1).to_string()));
    Some(Question {
        family,
        text,
        facts,
        planes: Vec::new(),
        form: Form::Number,
        right: vec![value],
        shape: (1, 1),
        wrong: one_each(mistakes),
        cells: Vec::new(),
        how,
        link: link(Page::Architectures, &fields),
    })
}

/// A pooling of a network.
pub(super) fn halving() -> Layer {
    Layer::pool2d(PoolKind::Max, 2, 2)
}
