//! A convolution of several channels with several filters: channel by channel, then added up.

use ndarray::{Array1, Array4};

use super::convolution::{Convolution, ConvolutionStep, Slide, changed};
use crate::{
    nn::{
        reference::{Conv2d, conv2d},
        shape::ShapeError,
    },
    num::{Grid, Matrix},
};

/// What is convolved with what, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Channels {
    /// The input's channels.
    pub inputs: Vec<Matrix>,
    /// The filters' kernels as they are written down, one for each channel of the filter's group.
    pub filters: Vec<Vec<Matrix>>,
    /// One for each filter.
    pub biases: Vec<f64>,
    /// Stride, padding, dilation and groups.
    pub conv: Conv2d,
    /// Whether the kernels are turned by half a turn before use.
    pub flip: bool,
}

/// One output cell: what each channel adds to it, and the bias.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelsStep {
    /// The filter, which is the output's channel.
    pub filter: usize,
    /// The first channel of its group: that of the first part.
    pub first_channel: usize,
    /// Each channel's sum, without a bias.
    pub parts: Vec<ConvolutionStep>,
    /// What is added to them.
    pub bias: f64,
    /// `Σ parts + b`
    pub sum: f64,
}

impl Channels {
    /// Channels, rows and columns of the output.
    ///
    /// # Errors
    /// [`ShapeError`] if channels, groups, kernels and biases do not fit together, or the window does not fit the input.
    pub fn output_shape(&self) -> Result<(usize, usize, usize), ShapeError> {
        let channels = same_shape(&self.inputs)?;
        let kernels = self.filters.first().map_or(0, Vec::len);
        for filter in &self.filters {
            same(kernels, filter.len())?;
        }
        let (rows, cols) = same_shape(self.filters.iter().flatten())?;
        let weight = (self.filters.len(), kernels, rows, cols);
        let (_, filters, ..) = self.conv.output_shape((1, self.inputs.len(), channels.0, channels.1), weight)?;
        same(filters, self.biases.len())?;
        // The first channel's own rules are those of all: the window's place, the padding's values.
        let (rows, cols) = self.part(0, 0).ok_or(ShapeError::Length { expected: 1, found: 0 })?.output_shape()?;
        Ok((filters, rows, cols))
    }

    /// The first channel that filter number `filter` reads.
    pub fn first_channel(&self, filter: usize) -> usize {
        first_channel(filter, (self.inputs.len(), self.filters.len()), self.conv.groups)
    }

    /// What kernel number `kernel` of a filter adds to the output: a convolution of one plane.
    pub fn part(&self, filter: usize, kernel: usize) -> Option<Convolution> {
        Some(Convolution {
            input: self.inputs.get(self.first_channel(filter) + kernel)?.clone(),
            kernel: self.filters.get(filter)?.get(kernel)?.clone(),
            bias: 0.0,
            padding: self.conv.padding,
            mode: self.conv.mode,
            stride: self.conv.stride,
            dilation: self.conv.dilation,
            flip: self.flip,
        })
    }

    /// The output's channels.
    ///
    /// # Errors
    /// As [`output_shape`](Self::output_shape).
    ///
    /// ```
    /// # use receptive::{num::{Grid, Matrix}, nn::reference::Conv2d, trace::Channels};
    /// let from = |first: usize, n: usize| Grid::from_fn(n, n, |i, j| (first + n * i + j) as f64);
    /// let slide = Channels {
    ///     inputs: vec![from(0, 3), from(1, 3)],
    ///     filters: vec![vec![from(0, 2), from(1, 2)]],
    ///     biases: vec![0.0],
    ///     conv: Conv2d::default(),
    ///     flip: false,
    /// };
    /// assert_eq!(slide.output().unwrap()[0].cells(), [56.0, 72.0, 104.0, 120.0]);
    /// ```
    pub fn output(&self) -> Result<Vec<Matrix>, ShapeError> {
        let (filters, rows, cols) = self.output_shape()?;
        let turned = |kernel: &Matrix| kernel.flipped_if(self.flip);
        let filter = |filter: &Vec<Matrix>| filter.iter().map(turned).collect::<Vec<_>>();
        let weight: Vec<Vec<Matrix>> = self.filters.iter().map(filter).collect();
        let input = [self.inputs.as_slice()];
        let weight: Vec<&[Matrix]> = weight.iter().map(Vec::as_slice).collect();
        let y = conv2d(&tensor(&input), &tensor(&weight), Some(&Array1::from(self.biases.clone())), &self.conv)?;
        let plane = |o| Grid::from_fn(rows, cols, |i, j| y.get((0, o, i, j)).copied().unwrap_or(f64::NAN));
        Ok((0..filters).map(plane).collect())
    }

    /// The output, made of that of `before`, which may differ in a few numbers: filters of which nothing differs keep what
    /// they have, and only sums that read a changed number are added up anew. `None` where the rest differs.
    pub fn output_after(&self, before: &Self, output: &[Matrix]) -> Option<Vec<Matrix>> {
        let shape = |channels: &Self| (channels.inputs.len(), channels.filters.len(), channels.conv, channels.flip);
        if shape(self) != shape(before) || self.filters.len() != output.len() {
            return None;
        }
        output.iter().enumerate().map(|(filter, output)| self.filter_after(before, filter, output)).collect()
    }

    fn filter_after(&self, before: &Self, filter: usize, output: &Matrix) -> Option<Matrix> {
        let (kernels, bias) = (self.filters.get(filter)?, *self.biases.get(filter)?);
        let first = self.first_channel(filter);
        let inputs = self.inputs.get(first..first + kernels.len())?;
        let same = before.filters.get(filter) == Some(kernels) && before.biases.get(filter) == Some(&bias);
        let channels = inputs.iter().zip(before.inputs.get(first..)?);
        let changes = || channels.map(|(now, before)| changed(before, now)).collect::<Option<Vec<_>>>();
        let Some(changes) = same.then(changes).flatten() else {
            let alone = Self {
                inputs: inputs.to_vec(),
                filters: vec![kernels.clone()],
                biases: vec![bias],
                conv: Conv2d { groups: 1, ..self.conv },
                flip: self.flip,
            };
            return alone.output().ok()?.pop();
        };
        let mut output = output.clone();
        if changes.iter().all(Vec::is_empty) {
            return Some(output);
        }
        let parts = (0..kernels.len()).map(|kernel| self.part(filter, kernel)).collect::<Option<Vec<_>>>()?;
        let shape = output.shape();
        for (part, places) in parts.iter().zip(changes) {
            for (row, col) in places.into_iter().flat_map(|at| part.readers(shape, at)) {
                *output.get_mut(row, col)? = parts.iter().fold(bias, |sum, part| part.added_to(sum, row, col));
            }
        }
        Some(output)
    }

    /// What each channel adds to the output of one filter, in the order of its kernels.
    ///
    /// # Errors
    /// As [`output_shape`](Self::output_shape).
    pub fn partials(&self, filter: usize) -> Result<Vec<Matrix>, ShapeError> {
        self.output_shape()?;
        let kernels = self.filters.get(filter).map_or(0, Vec::len);
        (0..kernels).filter_map(|kernel| self.part(filter, kernel)).map(|part| part.output()).collect()
    }

    /// Cell (`row`, `col`) of a filter's output as a sum written out; `output` is [`output`](Self::output)'s.
    pub fn step(&self, output: &[Matrix], filter: usize, row: usize, col: usize) -> Option<ChannelsStep> {
        let sum = *output.get(filter)?.get(row, col)?;
        // What each channel adds is added up from its window: all of a channel's sums are more than a step needs.
        let part = |kernel: usize| {
            let part = self.part(filter, kernel)?;
            part.summing_to(part.added_to(0.0, row, col), row, col)
        };
        Some(ChannelsStep {
            filter,
            first_channel: self.first_channel(filter),
            parts: (0..self.filters.get(filter)?.len()).map(part).collect::<Option<_>>()?,
            bias: *self.biases.get(filter)?,
            sum,
        })
    }

    /// What each kernel of a filter slides over, for one number of the output at a time.
    pub fn slides(&self, filter: usize) -> Vec<Slide<'_>> {
        let inputs = self.inputs.iter().skip(self.first_channel(filter));
        let kernels: &[Matrix] = self.filters.get(filter).map_or(&[], Vec::as_slice);
        let conv = Conv2d { groups: 1, ..self.conv };
        inputs.zip(kernels).map(|(input, kernel)| Slide { input, kernel, conv, flip: self.flip }).collect()
    }
}

/// The first channel that filter number `filter` reads, of (channels, filters) in `groups`; 0 where these do not fit.
pub fn first_channel(filter: usize, (channels, filters): (usize, usize), groups: usize) -> usize {
    let group = filters.checked_div(groups).and_then(|of_a_group| filter.checked_div(of_a_group)).unwrap_or(0);
    let divides = |count: usize| count.checked_rem(groups) == Some(0);
    if divides(channels) && divides(filters) { group * (channels / groups) } else { 0 }
}

fn same(expected: usize, found: usize) -> Result<(), ShapeError> {
    if expected == found { Ok(()) } else { Err(ShapeError::Length { expected, found }) }
}

/// The shape of all planes.
fn same_shape<'a>(planes: impl IntoIterator<Item = &'a Matrix>) -> Result<(usize, usize), ShapeError> {
    let mut planes = planes.into_iter();
    let first = planes.next().ok_or(ShapeError::Length { expected: 1, found: 0 })?.shape();
    for plane in planes {
        same(first.0, plane.rows())?;
        same(first.1, plane.cols())?;
    }
    Ok(first)
}

/// Planes of one shape, the same number in each list.
fn tensor(planes: &[&[Matrix]]) -> Array4<f64> {
    let channels = planes.first().map_or(0, |planes| planes.len());
    let (rows, cols) = planes.iter().find_map(|planes| planes.first()).map_or((0, 0), Grid::shape);
    Array4::from_shape_fn((planes.len(), channels, rows, cols), |(n, c, i, j)| {
        planes.get(n).and_then(|planes| planes.get(c)?.get(i, j)).copied().unwrap_or(f64::NAN)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{Features, Layer, count},
        nn::{reference::PaddingMode, shape::Padding},
        num::close,
        trace::Tap,
    };
    use proptest::prelude::*;

    prop_compose! {
        fn any_channels()(
            (n, m, k, l) in (1usize..6, 1usize..6, 1usize..4, 1usize..4),
            (groups, group_channels, group_filters) in (1usize..4, 1usize..4, 1usize..4),
            stride in (1usize..4, 1usize..4),
            dilation in (1usize..3, 1usize..3),
            (top, bottom, left, right) in (0usize..3, 0usize..3, 0usize..3, 0usize..3),
            mode in prop::sample::select(
                [PaddingMode::Zeros, PaddingMode::Reflect, PaddingMode::Replicate, PaddingMode::Circular].as_slice(),
            ),
            flip in any::<bool>(),
            seed in 0usize..1000,
        ) -> Channels {
            let value = move |of: usize, i: usize, j: usize| {
                ((seed * 7 + 5 * of + 13 * i + 31 * j + of * i * j) % 19) as f64 / 4.0 - 2.25
            };
            let plane = |of: usize, rows: usize, cols: usize| Grid::from_fn(rows, cols, |i, j| value(of, i, j));
            let filter = |o: usize| (0..group_channels).map(|c| plane(7 + 3 * o + c, k, l)).collect();
            Channels {
                inputs: (0..groups * group_channels).map(|c| plane(c, n, m)).collect(),
                filters: (0..groups * group_filters).map(filter).collect(),
                biases: (0..groups * group_filters).map(|o| value(o, 3, 1)).collect(),
                conv: Conv2d { stride, padding: Padding { top, bottom, left, right }, mode, dilation, groups },
                flip,
            }
        }
    }

    proptest! {
        #[test]
        fn every_step_adds_up_to_the_reference(lab in any_channels()) {
            let Ok(output) = lab.output() else { return Ok(()) };
            prop_assert_eq!((output.len(), output[0].rows(), output[0].cols()), lab.output_shape().unwrap());
            for (filter, plane) in output.iter().enumerate() {
                let partials = lab.partials(filter).unwrap();
                prop_assert_eq!(partials.len(), lab.inputs.len() / lab.conv.groups);
                for cell in 0..plane.cells().len() {
                    let (row, col) = (cell / plane.cols(), cell % plane.cols());
                    let step = lab.step(&output, filter, row, col).unwrap();
                    let mut sum = step.bias;
                    for (kernel, part) in step.parts.iter().enumerate() {
                        let products = part.taps.iter().map(Tap::product).sum::<f64>();
                        prop_assert!(close(products, part.sum, 1e-12), "{products} {}", part.sum);
                        prop_assert_eq!(partials[kernel].get(row, col), Some(&part.sum));
                        for tap in &part.taps {
                            let x = tap.input.and_then(|(i, j)| lab.inputs[step.first_channel + kernel].get(i, j));
                            prop_assert_eq!(tap.x.to_bits(), x.copied().unwrap_or(0.0).to_bits());
                            prop_assert_eq!(lab.filters[filter][kernel].get(tap.kernel.0, tap.kernel.1), Some(&tap.w));
                        }
                        sum += part.sum;
                    }
                    prop_assert!(close(sum, step.sum, 1e-12), "{sum} {}", step.sum);
                    let origin = (row * lab.conv.stride.0, col * lab.conv.stride.1);
                    for (slide, part) in lab.slides(filter).iter().zip(&step.parts) {
                        prop_assert!(close(slide.sum_at(origin).unwrap(), part.sum, 1e-12));
                        prop_assert!(close(slide.at((row, col)).unwrap(), part.sum, 1e-12));
                        prop_assert_eq!(slide.sum_at((origin.0 + 99, origin.1)), None);
                        prop_assert_eq!(slide.at((plane.rows(), col)), None);
                    }
                    prop_assert_eq!(lab.slides(filter).len(), step.parts.len());
                }
                prop_assert_eq!(lab.step(&output, filter, plane.rows(), 0), None);
            }
        }

        #[test]
        fn what_follows_a_change_is_what_all_of_it_gives(
            lab in any_channels(), (c, i, j) in (0usize..9, 0usize..6, 0usize..6), of_kernel in any::<bool>(),
        ) {
            let Ok(output) = lab.output() else { return Ok(()) };
            let mut other = lab.clone();
            let plane = if of_kernel { other.filters.last_mut().and_then(|kernels| kernels.get_mut(c)) } else { other.inputs.get_mut(c) };
            if let Some(cell) = plane.and_then(|plane| plane.get_mut(i, j)) {
                *cell += 0.3;
            }
            prop_assert_eq!(other.output_after(&lab, &output), Some(other.output().unwrap()));
            other.flip = !lab.flip;
            prop_assert_eq!(other.output_after(&lab, &output), None);
        }

        #[test]
        fn groups_are_one_convolution_with_kernels_of_zeros(lab in any_channels()) {
            let Ok(output) = lab.output() else { return Ok(()) };
            let zeros = lab.filters[0][0].map(|_| 0.0);
            let dense = |(o, kernels): (usize, &Vec<Matrix>)| {
                let first = lab.first_channel(o);
                let kernel = |c: usize| c.checked_sub(first).and_then(|c| kernels.get(c)).unwrap_or(&zeros).clone();
                (0..lab.inputs.len()).map(kernel).collect::<Vec<_>>()
            };
            let filters: Vec<_> = lab.filters.iter().enumerate().map(dense).collect();
            let one = Channels { filters, conv: Conv2d { groups: 1, ..lab.conv }, ..lab.clone() };
            for (a, b) in output.iter().zip(one.output().unwrap()) {
                for (a, b) in a.cells().iter().zip(b.cells()) {
                    prop_assert!(close(*a, *b, 1e-12), "{a} {b}");
                }
            }
        }

        #[test]
        fn the_counts_are_of_what_is_added_up(lab in any_channels()) {
            let Ok((filters, rows, cols)) = lab.output_shape() else { return Ok(()) };
            let kernel = lab.filters[0][0].shape();
            let Conv2d { stride, padding, dilation, groups, .. } = lab.conv;
            let layer = Layer::Conv2d { filters: Some(filters), kernel, stride, padding, dilation, groups, bias: true };
            let (height, width) = lab.inputs[0].shape();
            let counted = count(&layer, Features::Maps { channels: lab.inputs.len(), height, width }).unwrap();
            let numbers = lab.filters.iter().flatten().map(|kernel| kernel.cells().len()).sum::<usize>() + lab.biases.len();
            prop_assert_eq!(counted.parameters, numbers as u64);
            let output = lab.output().unwrap();
            let step = lab.step(&output, 0, 0, 0).unwrap();
            let taps = step.parts.iter().map(|part| part.taps.len()).sum::<usize>();
            prop_assert_eq!(counted.macs, (filters * rows * cols * taps) as u64);
        }
    }

    #[test]
    fn what_does_not_fit_together() {
        let plane = |rows, cols| Grid::from_fn(rows, cols, |_, _| 1.0);
        let fits = Channels {
            inputs: vec![plane(3, 3), plane(3, 3)],
            filters: vec![vec![plane(2, 2), plane(2, 2)]],
            biases: vec![0.0],
            conv: Conv2d::default(),
            flip: false,
        };
        let check = |change: fn(&mut Channels), expect: ShapeError| {
            let mut lab = fits.clone();
            change(&mut lab);
            assert_eq!(lab.output_shape(), Err(expect));
            assert_eq!(lab.output(), Err(expect));
            assert_eq!(lab.partials(0), Err(expect));
        };
        check(|lab| lab.inputs.clear(), ShapeError::Length { expected: 1, found: 0 });
        check(|lab| lab.filters.clear(), ShapeError::Length { expected: 1, found: 0 });
        check(|lab| lab.filters[0].clear(), ShapeError::Length { expected: 1, found: 0 });
        check(|lab| lab.biases.push(0.0), ShapeError::Length { expected: 1, found: 2 });
        check(|lab| lab.inputs[1] = Grid::from_fn(3, 4, |_, _| 1.0), ShapeError::Length { expected: 3, found: 4 });
        check(
            |lab| lab.filters[0].push(lab.inputs[0].resized(2, 2, &0.0)),
            ShapeError::ChannelMismatch { input: 2, weight: 3, groups: 1 },
        );
        check(|lab| lab.conv.groups = 2, ShapeError::Groups { groups: 2, channels_in: 2, channels_out: 1 });
        check(|lab| lab.conv.groups = 0, ShapeError::Groups { groups: 0, channels_in: 2, channels_out: 1 });
        check(
            |lab| {
                lab.conv.mode = PaddingMode::Reflect;
                lab.conv.padding = Padding::per_side(3);
            },
            ShapeError::PaddingTooLarge { axis: crate::nn::shape::Axis::Height, padding: 3, limit: 2 },
        );
    }
}
