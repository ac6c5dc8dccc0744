//! Everything computed: the partial sums, and the sums over the channels.

use std::sync::Arc;

use super::{ChannelsLab, strip};
use crate::{
    lab::{
        operation::Problem,
        scene::{Computed, PlateId, PlateView},
        sliding::padded_view,
    },
    num::{Entry, Grid, Matrix},
    trace::{Channels, ChannelsStep, Convolution},
};

/// All sums of a lab: output channel by output channel, each row by row.
pub(super) struct Sums {
    pub(super) lab: ChannelsLab,
    pub(super) channels: Channels,
    pub(super) output: Vec<Matrix>,
    /// What the channels that may be drawn add, filter by filter.
    partials: Vec<Vec<Arc<Partial>>>,
    /// The grids before a step marks them: made once for all steps.
    pub(super) grids: Grids,
}

/// What a channel adds.
pub(super) struct Partial {
    /// Its number in the filter's group.
    pub(super) kernel: usize,
    of: Convolution,
    values: Matrix,
    /// Its grid, before a step marks it.
    pub(super) grid: Computed,
}

impl Partial {
    /// What channel `kernel` of a filter adds, as far as it does not follow from what was computed `before`.
    fn new(channels: &Channels, (filter, kernel): (usize, usize), before: Option<&Sums>) -> Option<Arc<Self>> {
        let of = channels.part(filter, kernel)?;
        let known = |before: &&Arc<Self>| before.kernel == kernel;
        let before = before.and_then(|before| before.partials(filter).iter().find(known));
        if let Some(same) = before.filter(|before| before.of == of) {
            return Some(Arc::clone(same));
        }
        let follows = before.and_then(|before| of.output_after(&before.of, &before.values));
        let values = follows.or_else(|| of.output().ok())?;
        let mut grid = Computed::new(&values);
        if let Some(before) = before {
            grid.share(&before.grid);
        }
        Some(Arc::new(Self { kernel, of, values, grid }))
    }
}

/// A grid each, before a step marks it.
pub(super) struct Grids {
    /// The channels in their ring.
    pub(super) inputs: Vec<PlateView>,
    /// The output's channels.
    pub(super) output: Vec<Computed>,
}

impl Sums {
    /// Everything computed, as far as it does not follow from what was computed `before`.
    pub(super) fn new(lab: ChannelsLab, channels: Channels, before: Option<&Self>) -> Result<Self, Problem> {
        let follows = before.and_then(|before| channels.output_after(&before.channels, &before.output));
        let before = before.filter(|_| follows.is_some());
        let output = follows.map_or_else(|| channels.output().map_err(|error| lab.misfit(error)), Ok)?;
        // All channels are of one size, and every window is on all of them alike.
        let part = channels.part(0, 0);
        let unread = part.as_ref().and_then(|part| part.unread().ok());
        let input = |cells: &Grid<Entry>| match &part {
            Some(ring) => padded_view(cells, ring, unread.as_ref()),
            None => lab.sliding.broken_view(cells),
        };
        let mut grids = Grids {
            inputs: lab.inputs.iter().map(input).collect(),
            output: output.iter().map(Computed::new).collect(),
        };
        if let Some(before) = before {
            grids.inputs.iter_mut().zip(&before.grids.inputs).for_each(|(now, before)| now.cells.share(&before.cells));
            grids.output.iter_mut().zip(&before.grids.output).for_each(|(now, before)| now.share(before));
        }
        let mut sums = Self { lab, channels, output, partials: Vec::new(), grids };
        sums.partials = (0..sums.output.len()).map(|filter| sums.drawn_partials(filter, before)).collect();
        Ok(sums)
    }

    /// What the channels that may be drawn add to the output of a filter: one, where no screen has room for all.
    fn drawn_partials(&self, filter: usize, before: Option<&Self>) -> Vec<Arc<Partial>> {
        if self.is_single() {
            return Vec::new();
        }
        let first = self.lab.first_channel(filter);
        let group = first..first + self.kernels();
        let drawn = if strip::is_large(&self.lab, self.rows()) {
            let shown = strip::shown(&self.lab, &group);
            shown..shown + 1
        } else {
            group
        };
        drawn.filter_map(|channel| Partial::new(&self.channels, (filter, channel - first), before)).collect()
    }

    /// What the channels that may be drawn add to the output of a filter.
    pub(super) fn partials(&self, filter: usize) -> &[Arc<Partial>] {
        self.partials.get(filter).map_or(&[], Vec::as_slice)
    }

    /// Rows of a channel with its padding, and of an output channel.
    pub(super) fn rows(&self) -> (usize, usize) {
        (self.grids.inputs.first().map_or(0, |view| view.cells.shape().0), self.plane().0)
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
        self.channels.step(&self.output, filter, row, col)
    }

    /// Kernels of a filter.
    pub(super) fn kernels(&self) -> usize {
        self.channels.filters.first().map_or(1, Vec::len)
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
