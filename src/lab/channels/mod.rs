//! The channels lab: several input channels, several filters, and how each output channel is the sum over the channels
//! that its filter reads.

mod answer;
mod preset;
mod problem;
mod program;
mod settings;
mod stage;
mod strip;
mod sums;

#[cfg(test)]
mod tests;

use std::{any::Any, sync::Arc};

use super::{
    control::{ControlId, Value},
    operation::{Action, Computation, Operation, Problem, ShapeView, taken_over},
    preset::Preset,
    scene::{PlateId, Playhead, Scene},
    sliding::Sliding,
};
use crate::{
    explain,
    formula::OutputSize,
    model::{Features, Layer, count},
    num::{Entry, Grid, format},
    paste::Limits,
    trace,
};

pub use preset::PRESETS;

/// The most channels of an input: one below the other, more are too many to look at.
pub const MAX_CHANNELS: usize = 8;
/// The most filters.
pub const MAX_FILTERS: usize = 8;
/// The most rows or columns of a channel: a digit of MNIST, and all of the largest lab still fits in a link.
pub const MAX_EXTENT: usize = 28;
/// The most rows or columns of a kernel: 64 of them slide, and each edit computes all.
pub const MAX_KERNEL_EXTENT: usize = 8;

/// The lab's state: what a person typed and set, whether or not it fits together.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelsLab {
    /// The input's channels.
    pub inputs: Vec<Grid<Entry>>,
    /// The filters, each a kernel for every channel of its group.
    pub filters: Vec<Vec<Grid<Entry>>>,
    /// What is added to every sum of a filter, one for each.
    pub biases: Vec<Entry>,
    /// Parts into which channels and filters are cut; the filters of a part read its channels only.
    pub groups: usize,
    /// Padding, stride, dilation.
    pub sliding: Sliding,
    /// The channel that is shown where there is no room for all.
    pub looked: usize,
}

impl Default for ChannelsLab {
    /// The course's example, which is the one of *Dive into Deep Learning*: 0..8 and 1..9, one filter of two kernels.
    fn default() -> Self {
        let from = |first: usize, n: usize| Grid::from_fn(n, n, |i, j| Entry::Number((first + n * i + j) as f64));
        Self {
            inputs: vec![from(0, 3), from(1, 3)],
            filters: vec![vec![from(0, 2), from(1, 2)]],
            biases: vec![Entry::Number(0.0)],
            groups: 1,
            sliding: Sliding::default(),
            looked: 0,
        }
    }
}

impl ChannelsLab {
    /// Rows and columns of the first channel, which all have.
    pub fn input_shape(&self) -> (usize, usize) {
        self.inputs.first().map_or((1, 1), Grid::shape)
    }

    /// Rows and columns of the first kernel, which all have.
    pub fn kernel_shape(&self) -> (usize, usize) {
        self.filters.iter().flatten().next().map_or((1, 1), Grid::shape)
    }

    /// The first channel that a filter reads.
    ///
    /// Its kernels tell it, not the groups: while these are being changed and don't fit, a kernel stays that of its
    /// channel.
    pub fn first_channel(&self, filter: usize) -> usize {
        let kernels = self.filters.get(filter).map_or(0, Vec::len);
        let channels = self.inputs.len();
        match channels.checked_div(kernels) {
            Some(groups) if groups * kernels == channels => {
                trace::first_channel(filter, (channels, self.filters.len()), groups)
            }
            _ => 0,
        }
    }

    /// How many kernels a filter needs; all channels are one group where the groups don't divide them.
    fn kernels_needed(&self) -> usize {
        let channels = self.inputs.len();
        if channels.checked_rem(self.groups) == Some(0) { channels / self.groups } else { channels }
    }

    /// Whether each filter has the kernels that it needs.
    fn kernels_fit(&self) -> bool {
        self.filters.iter().all(|filter| filter.len() == self.kernels_needed())
    }

    fn groups_fit(&self) -> bool {
        let divides = |count: usize| count.checked_rem(self.groups) == Some(0);
        divides(self.inputs.len()) && divides(self.filters.len())
    }

    fn zeros((rows, cols): (usize, usize)) -> Grid<Entry> {
        Grid::from_fn(rows, cols, |_, _| Entry::Number(0.0))
    }

    fn set_channels(&mut self, channels: usize) {
        let input = Self::zeros(self.input_shape());
        self.inputs.resize(channels, input);
        if self.inputs.len().checked_rem(self.groups) == Some(0) {
            let (kernels, kernel) = (self.kernels_needed(), Self::zeros(self.kernel_shape()));
            for filter in &mut self.filters {
                filter.resize(kernels, kernel.clone());
            }
        }
    }

    fn set_filters(&mut self, filters: usize) {
        let filter = vec![Self::zeros(self.kernel_shape()); self.kernels_needed()];
        if self.biases.len() == self.filters.len() {
            self.biases.resize(filters, Entry::Number(0.0));
        }
        self.filters.resize(filters, filter);
    }

    /// A kernel stays that of its channel where the channel stays in the filter's group: with fewer groups the output
    /// remains as it is, with more the kernels between groups are gone.
    fn set_groups(&mut self, groups: usize) {
        let before = self.clone();
        self.groups = groups;
        if !self.groups_fit() {
            return;
        }
        let (channels, filters) = (self.inputs.len(), self.filters.len());
        let (kernels, zeros) = (self.kernels_needed(), Self::zeros(self.kernel_shape()));
        for (index, filter) in self.filters.iter_mut().enumerate() {
            let first = trace::first_channel(index, (channels, filters), groups);
            let kernel = |channel| before.kernel(index, channel).unwrap_or(&zeros).clone();
            *filter = (first..first + kernels).map(kernel).collect();
        }
    }

    /// One filter for each channel. A filter that is new takes the kernel with which the first one reads its channel, so
    /// that the partial sums of the first become output channels.
    fn set_depthwise(&mut self) {
        let before = self.clone();
        let zeros = Self::zeros(self.kernel_shape());
        let kernel = |channel| {
            let own = before.kernel(channel, channel).or_else(|| before.kernel(0, channel));
            vec![own.unwrap_or(&zeros).clone()]
        };
        self.groups = self.inputs.len();
        self.filters = (0..self.inputs.len()).map(kernel).collect();
        self.biases.resize(self.inputs.len(), Entry::Number(0.0));
    }

    /// The kernel with which a filter reads a channel.
    pub fn kernel(&self, filter: usize, channel: usize) -> Option<&Grid<Entry>> {
        self.filters.get(filter)?.get(channel.checked_sub(self.first_channel(filter))?)
    }

    /// Biases with commas between; one alone stands for all filters.
    fn set_biases(&mut self, text: &str) {
        self.biases = text.split(',').map(Entry::parse).collect();
        self.spread_bias();
    }

    /// One bias alone stands for all filters.
    pub fn spread_bias(&mut self) {
        if let [bias] = self.biases.as_slice() {
            self.biases = vec![bias.clone(); self.filters.len()];
        }
    }

    fn bias_text(&self) -> String {
        self.biases.iter().map(Entry::typed).collect::<Vec<_>>().join(", ")
    }

    /// The layer as far as counting goes.
    fn layer(&self) -> Layer {
        let Sliding { stride, padding, dilation, .. } = self.sliding;
        let (filters, kernel, groups) = (Some(self.filters.len()), self.kernel_shape(), self.groups);
        Layer::Conv2d { filters, kernel, stride, padding, dilation, groups, bias: true }
    }

    /// Weights, parameters and multiply-adds with the arithmetic that counts them.
    fn counts(&self) -> Vec<(&'static str, String)> {
        let (height, width) = self.input_shape();
        let (channels, filters, groups) = (self.inputs.len(), self.filters.len(), self.groups);
        let Ok(counts) = count(&self.layer(), Features::Maps { channels, height, width }) else { return Vec::new() };
        let Features::Maps { height, width, .. } = counts.output else { return Vec::new() };
        let (rows, cols) = self.kernel_shape();
        let read = if groups == 1 { channels.to_string() } else { format!("{channels}/{groups}") };
        vec![
            (
                "Weight tensor",
                format!(
                    "c_o × c_i/g × k_h × k_w = {}",
                    format::shape(&[filters, channels / groups.max(1), rows, cols])
                ),
            ),
            (
                "Parameters",
                format!(
                    "c_o·(c_i/g·k_h·k_w + 1) = {filters}·({read}·{rows}·{cols} + 1) = {}",
                    format::count(counts.parameters)
                ),
            ),
            (
                "Multiply-adds",
                format!(
                    "c_o·o_h·o_w · c_i/g·k_h·k_w = {filters}·{height}·{width} · {read}·{rows}·{cols} = {}",
                    format::count(counts.macs)
                ),
            ),
        ]
    }

    fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> =
            self.sliding.left_over(self.input_shape(), self.kernel_shape()).into_iter().collect();
        if self.kernels_needed() > 1 {
            notes.push(
                "The sum over the channels runs from 0 to c_i/g − 1, and the bias is added once, after it.".into(),
            );
        }
        if self.filters.len() > 1 {
            notes.push(
                "Each output channel has its own bias, the + 1: a slide that writes one b means one for each.".into(),
            );
        }
        if self.groups > 1 && self.groups_fit() {
            notes.push(format!(
                "Without groups each filter would read all {} channels: {} times as many weights.",
                self.inputs.len(),
                self.groups
            ));
        }
        notes.push(
            "A multiply-add is one multiplication and one addition; the course's “multiplications” are the same count."
                .into(),
        );
        notes
    }
}

/// `1 kernel`, `2 kernels`, `3 biases`.
fn counted(count: usize, noun: &str) -> String {
    let plural = match (count, noun) {
        (1, _) => "",
        (_, "bias") => "es",
        _ => "s",
    };
    format!("{count} {noun}{plural}")
}

impl Operation for ChannelsLab {
    fn has_channels(&self) -> bool {
        true
    }

    fn title(&self) -> &'static str {
        "Channels"
    }

    fn subtitle(&self) -> String {
        let kernels = self.filters.first().map_or(0, Vec::len);
        explain::channels(self.inputs.len(), self.filters.len(), kernels)
    }

    fn presets(&self) -> &'static [Preset] {
        PRESETS
    }

    fn plate(&self, id: PlateId) -> Option<&Grid<Entry>> {
        match id {
            PlateId::Input(channel) => self.inputs.get(channel),
            PlateId::Kernel { filter, channel } => self.kernel(filter, channel),
            _ => None,
        }
    }

    fn plate_mut(&mut self, id: PlateId) -> Option<&mut Grid<Entry>> {
        match id {
            PlateId::Input(channel) => self.inputs.get_mut(channel),
            PlateId::Kernel { filter, channel } => {
                let index = channel.checked_sub(self.first_channel(filter))?;
                self.filters.get_mut(filter)?.get_mut(index)
            }
            _ => None,
        }
    }

    fn limit(&self, id: PlateId) -> usize {
        if matches!(id, PlateId::Input(_)) { MAX_EXTENT } else { MAX_KERNEL_EXTENT }
    }

    fn noun(&self, id: PlateId) -> &'static str {
        if matches!(id, PlateId::Input(_)) { "input" } else { "kernel" }
    }

    fn targets(&self) -> Vec<(String, Limits, PlateId)> {
        let limits = |filters, extent| Limits { filters, channels: MAX_CHANNELS, rows: extent, cols: extent };
        let kernels = Limits { channels: self.kernels_needed(), ..limits(MAX_FILTERS, MAX_KERNEL_EXTENT) };
        vec![
            ("Input".to_owned(), limits(1, MAX_EXTENT), PlateId::Input(0)),
            ("Kernels".to_owned(), kernels, PlateId::KERNEL),
        ]
    }

    fn resize(&mut self, id: PlateId, rows: usize, cols: usize) {
        let planes: Vec<&mut Grid<Entry>> = match id {
            PlateId::Input(_) => self.inputs.iter_mut().collect(),
            PlateId::Kernel { .. } => self.filters.iter_mut().flatten().collect(),
            _ => return,
        };
        for plane in planes {
            *plane = plane.resized(rows, cols, &Entry::Number(0.0));
        }
    }

    fn replace(&mut self, id: PlateId, planes: Vec<Grid<Entry>>) -> Result<(), Problem> {
        self.fits_in(id, &planes)?;
        match id {
            PlateId::Input(channel) => {
                let channels = self.inputs.len().max(channel + planes.len());
                if channels > self.inputs.len() {
                    self.set_channels(channels);
                }
                for (input, plane) in self.inputs.iter_mut().skip(channel).zip(planes) {
                    *input = plane;
                }
            }
            PlateId::Kernel { .. } => {
                let (place, kernels) = (self.place(id), self.kernels_needed().max(1));
                let filters = (place + planes.len()).div_ceil(kernels);
                if self.kernels_fit() && filters > self.filters.len() {
                    self.set_filters(filters);
                }
                for (kernel, plane) in self.filters.iter_mut().flatten().skip(place).zip(planes) {
                    *kernel = plane;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn refuses(&self, control: ControlId, value: &Value) -> Option<Problem> {
        Self::refused(control, value)
    }

    fn compute_after(&self, before: Option<&dyn Computation>) -> Result<Arc<dyn Computation>, Problem> {
        Ok(Arc::new(sums::Sums::new(self.clone(), self.channels()?, taken_over(before))?))
    }

    fn broken_scene(&self, head: Playhead) -> Scene {
        stage::broken_scene(self, head)
    }

    /// Which channel is shown is no part of an example.
    fn is_like(&self, other: &dyn Operation) -> bool {
        let other: &dyn Any = other;
        let other = other.downcast_ref::<Self>();
        other.is_some_and(|other| Self { looked: other.looked, ..self.clone() } == *other)
    }

    fn pick(&self, plate: PlateId, _: (usize, usize)) -> Option<Action> {
        let PlateId::Derived(channel) = plate else { return None };
        Some(Action::Set(settings::LOOKED, Value::Count(channel)))
    }

    fn shape(&self, computed: Option<&dyn Computation>) -> ShapeView {
        let result = computed.and_then(|computed| {
            let output = computed.output();
            output.first().map(|plane| format::shape(&[output.len(), plane.rows(), plane.cols()]))
        });
        let sizes = self.sliding.formulas(self.input_shape(), self.kernel_shape());
        ShapeView {
            formulas: sizes.iter().map(OutputSize::lines).collect(),
            counts: if result.is_some() { self.counts() } else { Vec::new() },
            notes: self.notes(),
            result: result.unwrap_or_else(|| "none".to_owned()),
            ..ShapeView::default()
        }
    }
}
