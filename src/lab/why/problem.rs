//! What stands in the way of an output, and what would repair it.

use super::{
    MAX_COUNT, MAX_ROW, MAX_SEED, WhyLab, WhyView,
    connections::Connections,
    count::Counts,
    settings::{IMAGE_SIZE, UNITS},
    shift::Shifted,
};
use crate::{
    lab::{
        OperationLab,
        control::{ControlId, Value},
        operation::{Action, Problem, Repair},
        problem::{Article, AskedGrid, article, at_least_1, unreadable},
        scene::PlateId,
    },
    model::{BYTES_PER_NUMBER, Features, Layer, LayerError, count},
    nn::shape::ShapeError,
    num::{Entry, Grid, format},
};

/// The largest count that a number of double precision holds exactly, and so the largest that is shown.
pub(super) const MOST: u64 = (1 << 53) - 1;

impl WhyLab {
    /// The counts of both layers, or what stands in the way.
    pub(super) fn counts(&self) -> Result<Counts, Problem> {
        if let Some(problem) = self.no_count().or_else(|| self.sliding().past_limit()).or_else(|| self.past_most()) {
            return Err(problem);
        }
        let image = Features::Maps { channels: self.channels, height: self.size.0, width: self.size.1 };
        let dense = count(&Layer::linear(self.units), image);
        let convolution = count(&self.layer(), image);
        match (dense, convolution) {
            (Ok(dense), Ok(convolution)) => Ok(Counts::new(self, image.values(), dense, convolution)),
            (Err(error), _) | (_, Err(error)) => Err(self.misfit_of_counts(error)),
        }
    }

    /// The convolution as it is counted.
    pub(super) fn layer(&self) -> Layer {
        let sliding = self.sliding();
        Layer::Conv2d {
            filters: Some(self.filters),
            kernel: self.window,
            stride: sliding.stride,
            padding: sliding.padding,
            dilation: (1, 1),
            groups: 1,
            bias: true,
        }
    }

    /// A count that is 0, or past what is counted.
    fn no_count(&self) -> Option<Problem> {
        let pairs = [(IMAGE_SIZE, "image", "pixel", self.size), (ControlId::WINDOW, "kernel", "tap", self.window)];
        for (control, name, cell, (rows, cols)) in pairs {
            let shape = format::shape(&[rows, cols]);
            if rows == 0 || cols == 0 {
                let sentence =
                    format!("{} {name} of {shape} has no {cell}; each side has 1 at least.", Article::of_word(name));
                let repaired = Value::Pair((rows.max(1), cols.max(1)));
                return Some(Problem {
                    control,
                    sentence,
                    repairs: vec![use_value("1 where 0 is", control, repaired)],
                });
            }
            if rows.max(cols) > MAX_COUNT {
                let sentence = format!(
                    "{} {name} of {shape} is past the largest, {} on a side.",
                    Article::of_word(name),
                    format::count(MAX_COUNT as u64)
                );
                let repaired = Value::Pair((rows.min(MAX_COUNT), cols.min(MAX_COUNT)));
                return Some(Problem { control, sentence, repairs: vec![use_value(&most(), control, repaired)] });
            }
        }
        let counts = [
            (ControlId::CHANNELS, "channels", "an image has 1 at least", self.channels),
            (UNITS, "units", "a layer has 1 at least", self.units),
            (ControlId::FILTERS, "filters", "a convolution has 1 at least", self.filters),
        ];
        counts.into_iter().find_map(|(control, name, why, value)| {
            if value == 0 {
                let sentence = format!("There are 0 {name}: {why}.");
                return Some(Problem { control, sentence, repairs: vec![use_value("1", control, Value::Count(1))] });
            }
            (value > MAX_COUNT).then(|| Problem {
                control,
                sentence: format!("{} {name} are past the most, {}.", format::count(value as u64), most()),
                repairs: vec![use_value(&most(), control, Value::Count(MAX_COUNT))],
            })
        })
    }

    /// Counts that no number of double precision holds exactly. Each factor is at most [`MAX_COUNT`].
    fn past_most(&self) -> Option<Problem> {
        let product = |factors: &[usize]| factors.iter().map(|&factor| factor as u128).product::<u128>();
        let (rows, cols) = self.size;
        let (high, wide) = self.window;
        let taps = [high, wide, self.channels];
        // At most as many places as with stride 1.
        let place = |extent: usize, kernel: usize| {
            ((extent + 2 * self.padding + 1).saturating_sub(kernel)).div_ceil(self.stride.max(1)).max(1)
        };
        let (down, across) = (place(rows, high), place(cols, wide));
        let bytes = u128::from(BYTES_PER_NUMBER);
        let dense = (product(&[rows, cols, self.channels]) + 1) * self.units as u128 * bytes;
        let shared = (product(&taps) + 1) * self.filters as u128 * bytes;
        let macs = product(&taps) * product(&[down, across, self.filters]);
        let most = u128::from(MOST);
        let (what, factors) = if dense > most {
            ("The fully connected layer's bytes", vec![rows, cols, self.channels, self.units, 4])
        } else if macs > most || shared > most {
            ("The convolution's multiply-adds", [&[down, across, self.filters], &taps[..]].concat())
        } else {
            return None;
        };
        let sentence = format!(
            "{what}, {}, are past {}: up to there a count is exact.",
            format::shape(&factors),
            format::count(MOST)
        );
        let (control, repair) = if dense <= most && high.max(wide) > 5 {
            let window = (high.min(5), wide.min(5));
            (
                ControlId::WINDOW,
                use_value(
                    &["a ", &format::shape(&[window.0, window.1]), " kernel"].concat(),
                    ControlId::WINDOW,
                    Value::Pair(window),
                ),
            )
        } else if self.channels > 3 {
            (ControlId::CHANNELS, use_value("3 channels", ControlId::CHANNELS, Value::Count(3)))
        } else {
            (ControlId::FILTERS, use_value("100 filters", ControlId::FILTERS, Value::Count(self.filters.min(100))))
        };
        Some(Problem { control, sentence, repairs: vec![repair] })
    }

    fn misfit_of_counts(&self, error: LayerError) -> Problem {
        match error {
            LayerError::Shape(ShapeError::ZeroStride { .. }) => {
                at_least_1(ControlId::STRIDE, "stride", (self.stride, self.stride), error.to_string())
            }
            _ => self.kernel_exceeds_image(),
        }
    }

    fn kernel_exceeds_image(&self) -> Problem {
        let (rows, cols) = self.window;
        let padded = (self.size.0 + 2 * self.padding, self.size.1 + 2 * self.padding);
        let image = if self.padding == 0 { "image" } else { "padded image" };
        let fitting = (rows.min(padded.0), cols.min(padded.1));
        let larger = (self.size.0.max(rows), self.size.1.max(cols));
        let shape = |(rows, cols): (usize, usize)| format::shape(&[rows, cols]);
        Problem {
            control: ControlId::WINDOW,
            sentence: format!(
                "{} {} kernel does not fit {} {} {image}.",
                Article::of(rows),
                shape(self.window),
                article(padded.0),
                shape(padded)
            ),
            repairs: vec![
                use_value(
                    &[article(fitting.0), " ", &shape(fitting), " kernel"].concat(),
                    ControlId::WINDOW,
                    Value::Pair(fitting),
                ),
                use_value(
                    &[article(larger.0), " ", &shape(larger), " image"].concat(),
                    IMAGE_SIZE,
                    Value::Pair(larger),
                ),
            ],
        }
    }

    /// The three ways to connect a row, or what stands in the way.
    pub(super) fn connections(&self) -> Result<Connections, Problem> {
        let (Some(row), Some(taps)) = (self.row.try_map(Entry::value), self.taps.try_map(Entry::value)) else {
            return Err(unreadable_cells(&self.row, &self.taps));
        };
        let rows = [(PlateId::Input(0), "input", &self.row), (PlateId::KERNEL, "kernel", &self.taps)];
        if let Some(problem) = rows.into_iter().find_map(|(plate, name, grid)| several_rows(plate, name, grid)) {
            return Err(problem);
        }
        if let Some(problem) = self.sliding().past_limit() {
            return Err(problem);
        }
        let convolution = self.along_the_row(row, taps);
        let misfit = |error| self.sliding().misfit(error, self.row.shape(), self.taps.shape(), PlateId::KERNEL);
        let output = convolution.output().map_err(misfit)?;
        let most = self.taps.cols() - 1;
        if self.padding > most {
            return Err(Problem {
                control: ControlId::PADDING,
                sentence: format!(
                    "A padding of {} leaves the first window of {} taps no input: {most} at most.",
                    self.padding,
                    self.taps.cols()
                ),
                repairs: vec![use_value(
                    &["padding ", &most.to_string()].concat(),
                    ControlId::PADDING,
                    Value::Count(most),
                )],
            });
        }
        Ok(Connections::new(self, &output))
    }

    /// The picture and the shifted one, convolved and fully connected, or what stands in the way.
    pub(super) fn shifted(&self) -> Result<Shifted, Problem> {
        let (Some(input), Some(kernel)) = (self.input.try_map(Entry::value), self.kernel.try_map(Entry::value)) else {
            return Err(unreadable_cells(&self.input, &self.kernel));
        };
        if let Some(problem) = self.sliding().past_limit() {
            return Err(problem);
        }
        let misfit = |error| self.sliding().misfit(error, self.input.shape(), self.kernel.shape(), PlateId::KERNEL);
        Shifted::new(self, &self.over_the_picture(input, kernel)).map_err(misfit)
    }

    /// Why a control can't be set to `value`.
    pub(super) fn refused(&self, control: ControlId, value: &Value) -> Option<Problem> {
        let &Value::Count(count) = value else { return None };
        let refused = |what: &str, least: usize, most: usize| {
            let nearest = count.clamp(least, most);
            (count != nearest).then(|| Problem {
                control,
                sentence: format!(
                    "{} {what} not possible: {least} to {}.",
                    format::count(count as u64),
                    format::count(most as u64)
                ),
                repairs: vec![use_value(&format::count(nearest as u64), control, Value::Count(nearest))],
            })
        };
        match control {
            ControlId::INPUT_SIZE if self.view == WhyView::Connections => refused("inputs are", 1, MAX_ROW),
            ControlId::KERNEL_SIZE if self.view == WhyView::Connections => refused("taps are", 1, MAX_ROW),
            ControlId::SEED => refused("as the seed is", 0, MAX_SEED),
            _ => None,
        }
    }
}

fn most() -> String {
    format::count(MAX_COUNT as u64)
}

fn use_value(what: &str, control: ControlId, value: Value) -> Repair {
    Repair::new(["Use ", what].concat(), Action::Set(control, value))
}

fn unreadable_cells(input: &Grid<Entry>, kernel: &Grid<Entry>) -> Problem {
    let input =
        AskedGrid { plate: PlateId::Input(0), control: ControlId::INPUT, name: "Input".to_owned(), cells: input };
    let kernel =
        AskedGrid { plate: PlateId::KERNEL, control: ControlId::KERNEL, name: "Kernel".to_owned(), cells: kernel };
    unreadable([input, kernel]).unwrap_or_else(start_over)
}

/// A pasted matrix where a row is drawn.
fn several_rows(plate: PlateId, name: &str, grid: &Grid<Entry>) -> Option<Problem> {
    let (rows, cols) = grid.shape();
    if rows == 1 {
        return None;
    }
    let control = if plate == PlateId::KERNEL { ControlId::KERNEL } else { ControlId::INPUT };
    let mut repairs = Vec::new();
    if rows * cols <= MAX_ROW {
        let line = Grid::from_fn(1, rows * cols, |_, at| grid.cells().get(at).cloned().unwrap_or(Entry::Number(0.0)));
        let label = format!("Lay all {} out in one row", rows * cols);
        repairs.push(Repair::new(label, Action::Replace { plate, planes: vec![line] }));
    }
    repairs.push(Repair::new("Use row 0", Action::Resize { plate, rows: 1, cols }));
    let sentence = format!("The {name} is {}: connections are drawn of one row.", format::shape(&[rows, cols]));
    Some(Problem { control, sentence, repairs })
}

/// The way out where no other is known: the default.
fn start_over() -> Problem {
    Problem {
        control: ControlId::INPUT,
        sentence: "These settings can't be computed.".into(),
        repairs: vec![Repair::new("Start over", Action::Open(Box::new(OperationLab::of(WhyLab::default()))))],
    }
}
