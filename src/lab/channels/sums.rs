//! Everything computed: the partial sums, and the sums over the channels.

use std::sync::OnceLock;

use super::ChannelsLab;
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
    /// What each channel of a filter's group adds, filter by filter: that of a filter nobody looks at is not computed.
    partials: Vec<OnceLock<Vec<Partial>>>,
    /// The grids before a step marks them: made once for all steps.
    pub(super) grids: Grids,
}

/// What a channel adds.
pub(super) struct Partial {
    pub(super) values: Matrix,
    /// Its grid, before a step marks it.
    pub(super) grid: Computed,
}

impl Partial {
    fn new(values: Matrix) -> Self {
        Self { grid: Computed::new(&values), values }
    }

    /// The same after a change, where it follows from this one.
    fn after(&self, part: &Convolution, before: &Convolution) -> Option<Self> {
        let mut now = Self::new(part.output_after(before, &self.values)?);
        now.grid.share(&self.grid);
        Some(now)
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
        let mut partials: Vec<OnceLock<Vec<Partial>>> = output.iter().map(|_| OnceLock::new()).collect();
        if let Some(before) = before {
            grids.inputs.iter_mut().zip(&before.grids.inputs).for_each(|(now, before)| now.cells.share(&before.cells));
            grids.output.iter_mut().zip(&before.grids.output).for_each(|(now, before)| now.share(before));
            partials = (0..output.len()).map(|filter| before.partials_after(&channels, filter)).collect();
        }
        Ok(Self { lab, channels, output, partials, grids })
    }

    /// The partial sums of `channels`, as far as they were looked at and follow from these.
    fn partials_after(&self, channels: &Channels, filter: usize) -> OnceLock<Vec<Partial>> {
        let known = self.partials.get(filter).and_then(OnceLock::get);
        let after = |(kernel, partial): (usize, &Partial)| {
            let part = channels.part(filter, kernel)?;
            let follows = partial.after(&part, &self.channels.part(filter, kernel)?);
            follows.or_else(|| part.output().ok().map(Partial::new))
        };
        let partials: Option<Vec<Partial>> = known.and_then(|known| known.iter().enumerate().map(after).collect());
        partials.map_or_else(OnceLock::new, OnceLock::from)
    }

    /// What each channel adds to the output of a filter.
    pub(super) fn partials(&self, filter: usize) -> &[Partial] {
        // Where the output is, so are they.
        let compute = || self.channels.partials(filter).map(|all| all.into_iter().map(Partial::new).collect());
        self.partials.get(filter).map_or(&[], |partials| partials.get_or_init(|| compute().unwrap_or_default()))
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
        let partials: Vec<&Matrix> = self.partials(filter).iter().map(|partial| &partial.values).collect();
        self.channels.step((&self.output, &partials), filter, row, col)
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
