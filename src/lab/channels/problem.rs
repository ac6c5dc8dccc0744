//! What stands in the way of an output, in words with its numbers, and what would repair it.

use super::{ChannelsLab, MAX_CHANNELS, MAX_FILTERS, counted, settings::GROUPS};
use crate::{
    lab::{
        OperationLab,
        control::{ControlId, Value},
        operation::{Action, Problem, Repair},
        problem::{AskedGrid, unreadable, unreadable_text},
        scene::PlateId,
    },
    nn::shape::ShapeError,
    num::{Entry, Grid, format},
    trace::Channels,
};

impl ChannelsLab {
    /// Everything as numbers that fit together, or what stands in the way.
    ///
    /// # Errors
    /// The first [`Problem`], with its repair.
    pub fn channels(&self) -> Result<Channels, Problem> {
        let numbers = |planes: &[Grid<Entry>]| planes.iter().map(|plane| plane.try_map(Entry::value)).collect();
        let inputs: Option<Vec<_>> = numbers(&self.inputs);
        let filters: Option<Vec<Vec<_>>> = self.filters.iter().map(|filter| numbers(filter)).collect();
        let biases: Option<Vec<_>> = self.biases.iter().map(Entry::value).collect();
        let (Some(inputs), Some(filters), Some(biases)) = (inputs, filters, biases) else {
            return Err(self.unreadable());
        };
        let misfit = self.sliding.past_limit().or_else(|| self.sizes_differ()).or_else(|| self.counts_differ());
        if let Some(problem) = misfit {
            return Err(problem);
        }
        let conv = self.sliding.conv2d(self.groups);
        let channels = Channels { inputs, filters, biases, conv, flip: self.sliding.flip };
        channels.output_shape().map_err(|error| self.misfit(error))?;
        Ok(channels)
    }

    /// What `error` means for the controls.
    pub(super) fn misfit(&self, error: ShapeError) -> Problem {
        match error {
            // Only a lab without channels or kernels is left to fail this way.
            ShapeError::Length { .. } | ShapeError::ChannelMismatch { .. } | ShapeError::Groups { .. } => start_over(),
            _ => self.sliding.misfit(error, self.input_shape(), self.kernel_shape(), PlateId::KERNEL),
        }
    }

    fn unreadable(&self) -> Problem {
        let asked = |plate, control, name, cells| AskedGrid { plate, control, name, cells };
        let inputs = self.inputs.iter().enumerate().map(|(channel, cells)| {
            asked(PlateId::Input(channel), ControlId::INPUT, format!("Input channel {channel},"), cells)
        });
        let kernels = self.kernels().map(|(plate, cells)| {
            asked(plate, ControlId::KERNEL, format!("{},", self.kernel_name(plate, true)), cells)
        });
        unreadable(inputs.chain(kernels)).or_else(|| self.unreadable_bias()).unwrap_or_else(start_over)
    }

    /// All kernels, filter by filter.
    fn kernels(&self) -> impl Iterator<Item = (PlateId, &Grid<Entry>)> {
        self.filters.iter().enumerate().flat_map(|(filter, kernels)| {
            let first = self.first_channel(filter);
            let id = move |index| PlateId::Kernel { filter, channel: first + index };
            kernels.iter().enumerate().map(move |(index, cells)| (id(index), cells))
        })
    }

    /// `Kernel channel 0`, and of which filter where there are several.
    fn kernel_name(&self, plate: PlateId, capital: bool) -> String {
        let PlateId::Kernel { filter, channel } = plate else { return String::new() };
        let kernel = if capital { "Kernel" } else { "kernel" };
        let of_filter = if self.filters.len() > 1 { format!(" of filter {filter}") } else { String::new() };
        format!("{kernel} channel {channel}{of_filter}")
    }

    /// How many kernels stand before this one.
    pub(super) fn place(&self, plate: PlateId) -> usize {
        self.kernels().position(|(id, _)| id == plate).unwrap_or(0)
    }

    fn unreadable_bias(&self) -> Option<Problem> {
        let unread = |(_, bias): &(usize, &Entry)| bias.value().is_none();
        let (filter, bias) = self.biases.iter().enumerate().find(unread)?;
        let name = if self.biases.len() > 1 { format!("bias of filter {filter}") } else { "bias".to_owned() };
        let others = self.biases.iter().filter(|bias| bias.value().is_none()).count() - 1;
        let readable = |bias: &Entry| if bias.value().is_some() { bias.typed() } else { "0".to_owned() };
        let label = match others {
            0 => "Use 0",
            1 => "Use 0 for both",
            _ => "Use 0 for all",
        };
        let text = self.biases.iter().map(readable).collect::<Vec<_>>().join(", ");
        let problem = unreadable_text(ControlId::BIAS, &name, bias, "0")?;
        let repairs = vec![Repair::new(label, Action::Set(ControlId::BIAS, Value::Text(text)))];
        Some(Problem { repairs, ..problem })
    }

    /// Planes of different sizes.
    fn sizes_differ(&self) -> Option<Problem> {
        let inputs = self.inputs.iter().enumerate().map(|(channel, cells)| (PlateId::Input(channel), cells));
        differing(inputs, ControlId::INPUT_SIZE, "All channels have one size.", |plate, capital| {
            let PlateId::Input(channel) = plate else { return String::new() };
            if capital { format!("Input channel {channel}") } else { format!("input channel {channel}") }
        })
        .or_else(|| {
            let name = |plate, capital| self.kernel_name(plate, capital);
            differing(self.kernels(), ControlId::KERNEL_SIZE, "All kernels have one size.", name)
        })
    }

    /// Channels, filters, groups, kernels and biases that are not as many as they have to be.
    fn counts_differ(&self) -> Option<Problem> {
        if self.inputs.is_empty() || self.filters.is_empty() {
            return Some(start_over());
        }
        if self.groups_fit() {
            self.kernels_missing().or_else(|| self.biases_missing())
        } else {
            Some(self.groups_misfit())
        }
    }

    fn groups_misfit(&self) -> Problem {
        let (groups, channels_in, channels_out) = (self.groups, self.inputs.len(), self.filters.len());
        let set = |control, count| Action::Set(control, Value::Count(count));
        let use_groups = |groups| Repair::new(format!("Use {}", counted(groups, "group")), set(GROUPS, groups));
        let divides = |groups: &usize| channels_in.is_multiple_of(*groups) && channels_out.is_multiple_of(*groups);
        let most = channels_in.max(channels_out).max(1);
        let mut repairs: Vec<_> = (1..=groups.min(most)).rev().find(divides).map(use_groups).into_iter().collect();
        repairs.extend((groups.max(1)..=most).find(divides).map(use_groups));
        // Else as many channels or filters more as make it work.
        for (control, count, limit, noun) in [
            (ControlId::CHANNELS, channels_in, MAX_CHANNELS, "channel"),
            (ControlId::FILTERS, channels_out, MAX_FILTERS, "filter"),
        ] {
            let wanted = count.div_ceil(groups.max(1)) * groups;
            if wanted != count && (1..=limit).contains(&wanted) {
                repairs.push(Repair::new(format!("Use {}", counted(wanted, noun)), set(control, wanted)));
            }
        }
        let sentence = if groups == 0 {
            "0 groups leave no channel to read; 1 group is all channels together.".to_owned()
        } else {
            ShapeError::Groups { groups, channels_in, channels_out }.to_string()
        };
        Problem { control: GROUPS, sentence, repairs }
    }

    fn kernels_missing(&self) -> Option<Problem> {
        let needed = self.kernels_needed();
        let (filter, kernels) = self.filters.iter().enumerate().find(|(_, kernels)| kernels.len() != needed)?;
        let (kernels, channels) = (kernels.len(), self.inputs.len());
        let label = if kernels < needed {
            format!("Use {}, new ones 0", counted(needed, "kernel"))
        } else {
            format!("Use the first {}", if needed == 1 { "kernel".to_owned() } else { counted(needed, "kernel") })
        };
        let set = |channels| Action::Set(ControlId::CHANNELS, Value::Count(channels));
        let mut repairs = vec![Repair::new(label, set(channels))];
        let other = kernels * self.groups;
        if (1..=MAX_CHANNELS).contains(&other) {
            repairs.push(Repair::new(format!("Use {}", counted(other, "channel")), set(other)));
        }
        Some(Problem {
            control: ControlId::CHANNELS,
            sentence: format!(
                "Filter {filter} has {}; with {} in {} it needs {needed}.",
                counted(kernels, "kernel"),
                counted(channels, "channel"),
                counted(self.groups, "group")
            ),
            repairs,
        })
    }

    fn biases_missing(&self) -> Option<Problem> {
        let (filters, biases) = (self.filters.len(), self.biases.len());
        if filters == biases {
            return None;
        }
        let mut fitting = self.biases.clone();
        fitting.resize(filters, Entry::Number(0.0));
        let text = fitting.iter().map(Entry::typed).collect::<Vec<_>>().join(", ");
        let label = match biases > filters {
            true if filters == 1 => "Use the first".to_owned(),
            true => format!("Use the first {filters}"),
            false => "Use 0 for the others".to_owned(),
        };
        Some(Problem {
            control: ControlId::BIAS,
            sentence: format!("{} for {}: each filter has one.", counted(biases, "bias"), counted(filters, "filter")),
            repairs: vec![Repair::new(label, Action::Set(ControlId::BIAS, Value::Text(text)))],
        })
    }

    /// Values of controls past what is shown.
    pub(super) fn refused(control: ControlId, value: &Value) -> Option<Problem> {
        match (control, value) {
            (ControlId::CHANNELS, Value::Count(count)) => past_count(control, *count, MAX_CHANNELS, "channel"),
            (ControlId::FILTERS, Value::Count(count)) => past_count(control, *count, MAX_FILTERS, "filter"),
            (ControlId::BIAS, Value::Text(text)) => {
                let biases = text.split(',').count();
                let first = text.split(',').take(MAX_FILTERS).collect::<Vec<_>>().join(",");
                (biases > MAX_FILTERS).then(|| Problem {
                    control,
                    sentence: format!("{biases} biases are more than there can be filters, {MAX_FILTERS}."),
                    repairs: vec![Repair::new(
                        format!("Use the first {MAX_FILTERS}"),
                        Action::Set(control, Value::Text(first)),
                    )],
                })
            }
            _ => None,
        }
    }

    /// Whether there is room for `planes` from `id` on.
    pub(super) fn fits_in(&self, id: PlateId, planes: &[Grid<Entry>]) -> Result<(), Problem> {
        let (control, room, noun) = if let PlateId::Input(channel) = id {
            (ControlId::CHANNELS, MAX_CHANNELS.saturating_sub(channel), "channel")
        } else {
            let now = self.kernels().count();
            let most = if self.kernels_fit() { MAX_FILTERS * self.kernels_needed() } else { now };
            (ControlId::FILTERS, most.saturating_sub(self.place(id)), "kernel")
        };
        if planes.len() <= room {
            return Ok(());
        }
        let first = planes.iter().take(room.max(1)).cloned().collect();
        Err(Problem {
            control,
            sentence: format!("There is room for {} from here on, not for {}.", counted(room, noun), planes.len()),
            repairs: vec![Repair::new(
                format!("Put the first {}", if room == 1 { "one".to_owned() } else { room.to_string() }),
                Action::Replace { plate: id, planes: first },
            )],
        })
    }
}

fn past_count(control: ControlId, count: usize, limit: usize, noun: &str) -> Option<Problem> {
    if (1..=limit).contains(&count) {
        return None;
    }
    let nearest = count.clamp(1, limit);
    Some(Problem {
        control,
        sentence: format!("{} can't be shown: there are 1 to {limit}.", counted(count, noun)),
        repairs: vec![Repair::new(
            format!("Use {}", counted(nearest, noun)),
            Action::Set(control, Value::Count(nearest)),
        )],
    })
}

/// The first plane that is not as large as the first of all.
fn differing<'a>(
    planes: impl Iterator<Item = (PlateId, &'a Grid<Entry>)>,
    control: ControlId,
    rule: &str,
    name: impl Fn(PlateId, bool) -> String,
) -> Option<Problem> {
    let mut planes = planes;
    let (first, as_large) = planes.next()?;
    let (other, cells) = planes.find(|(_, cells)| cells.shape() != as_large.shape())?;
    let shape = |cells: &Grid<Entry>| format::shape(&[cells.rows(), cells.cols()]);
    let size = |cells: &Grid<Entry>| {
        let (rows, cols) = cells.shape();
        Repair::new(format!("Use {} for all", shape(cells)), Action::Resize { plate: first, rows, cols })
    };
    Some(Problem {
        control,
        sentence: format!(
            "{} is {}, {} is {}. {rule}",
            name(other, true),
            shape(cells),
            name(first, false),
            shape(as_large)
        ),
        repairs: vec![size(as_large), size(cells)],
    })
}

/// The way out where no other is known: the default.
fn start_over() -> Problem {
    let default = OperationLab::of(ChannelsLab::default());
    Problem {
        control: ControlId::INPUT,
        sentence: "These settings can't be computed.".into(),
        repairs: vec![Repair::new("Start over", Action::Open(Box::new(default)))],
    }
}
