//! Everything computed: the partial sums, and the sums over the channels.

use super::ChannelsLab;
use crate::{
    lab::{operation::Problem, scene::PlateId},
    num::{Grid, Matrix},
    trace::{Channels, ChannelsStep},
};

/// All sums of a lab: output channel by output channel, each row by row.
pub(super) struct Sums {
    pub(super) lab: ChannelsLab,
    pub(super) channels: Channels,
    pub(super) output: Vec<Matrix>,
    /// What each channel of a filter's group adds, filter by filter.
    pub(super) partials: Vec<Vec<Matrix>>,
    pub(super) unread: Option<Grid<bool>>,
}

impl Sums {
    /// Everything computed.
    pub(super) fn new(lab: ChannelsLab, channels: Channels) -> Result<Self, Problem> {
        let output = channels.output().map_err(|error| lab.misfit(error))?;
        let partials = (0..output.len()).map(|filter| channels.partials(filter)).collect::<Result<_, _>>();
        let partials = partials.map_err(|error| lab.misfit(error))?;
        // All channels are of one size, and every window is on all of them alike.
        let unread = channels.part(0, 0).and_then(|part| part.unread().ok());
        Ok(Self { lab, channels, output, partials, unread })
    }

    /// (rows, columns) of an output channel.
    pub(super) fn plane(&self) -> (usize, usize) {
        self.output.first().map_or((1, 1), Grid::shape)
    }

    /// Steps of one filter.
    pub(super) fn cells(&self) -> usize {
        let (rows, cols) = self.plane();
        rows * cols
    }

    /// The filter, row and column of a step.
    pub(super) fn at(&self, step: usize) -> (usize, usize, usize) {
        let (cells, cols) = (self.cells(), self.plane().1);
        (step / cells, step % cells / cols, step % cols)
    }

    /// A step with its parts.
    pub(super) fn step(&self, index: usize) -> Option<ChannelsStep> {
        let (filter, row, col) = self.at(index);
        self.channels.step((&self.output, self.partials.get(filter)?), filter, row, col)
    }

    /// Kernels of a filter.
    pub(super) fn kernels(&self) -> usize {
        self.partials.first().map_or(1, Vec::len)
    }

    /// Products of one kernel.
    pub(super) fn taps(&self) -> usize {
        let (rows, cols) = self.lab.kernel_shape();
        rows * cols
    }

    /// A filter with one kernel has nothing to add up but its products: what the channel adds is the output.
    pub(super) fn is_single(&self) -> bool {
        self.kernels() == 1
    }

    /// The number of a grid of partial sums: filter by filter, all channels.
    pub(super) fn partial(&self, filter: usize, channel: usize) -> PlateId {
        PlateId::Partial(filter * self.lab.inputs.len() + channel)
    }

    /// The first of the last line's terms, which are the partial sums.
    pub(super) fn last_line(&self) -> usize {
        self.kernels() * self.taps()
    }
}
