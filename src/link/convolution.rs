//! `#/convolution`: the lab's state, the step and the speed.

use super::{Field, Fields, Warning, read, text, write};
use crate::{
    formula::PaddingConvention,
    lab::convolution::ConvolutionLab,
    nn::shape::{MAX_INPUT, MAX_KERNEL, Padding},
    num::Entry,
};

/// What a link to the lab holds.
#[derive(Debug, Clone, PartialEq)]
pub struct ConvolutionLink {
    /// The lab's state.
    pub lab: ConvolutionLab,
    /// The step, from 1.
    pub step: usize,
    /// The play speed.
    pub speed: f64,
}

impl Default for ConvolutionLink {
    fn default() -> Self {
        Self { lab: ConvolutionLab::default(), step: 1, speed: 1.0 }
    }
}

/// The speeds there are.
pub const SPEEDS: [f64; 4] = [0.5, 1.0, 2.0, 4.0];

const FIELDS: &[Field<ConvolutionLink>] = &[
    Field {
        name: "x",
        form: "rows of numbers such as 0,1;2,3, all of one length, at most 64 × 64",
        write: |link| (link.lab.input != ConvolutionLab::default().input).then(|| text::grid(&link.lab.input)),
        read: |link, value| text::read_grid(value, MAX_INPUT).map(|grid| link.lab.input = grid),
    },
    Field {
        name: "k",
        form: "rows of numbers such as 0,1;2,3, all of one length, at most 16 × 16",
        write: |link| (link.lab.kernel != ConvolutionLab::default().kernel).then(|| text::grid(&link.lab.kernel)),
        read: |link, value| text::read_grid(value, MAX_KERNEL).map(|grid| link.lab.kernel = grid),
    },
    Field {
        name: "b",
        form: "a number",
        write: |link| (link.lab.bias != Entry::Number(0.0)).then(|| text::entry(&link.lab.bias)),
        read: |link, value| {
            link.lab.bias = Entry::parse(value);
            Some(())
        },
    },
    Field {
        name: "pad",
        form: "one count, or top,bottom,left,right",
        write: |link| {
            let padding = link.lab.padding;
            let Padding { top, bottom, left, right } = padding;
            match (padding.is_even(), top) {
                (true, 0) => None,
                (true, _) => Some(top.to_string()),
                (false, _) => Some(format!("{top},{bottom},{left},{right}")),
            }
        },
        read: |link, value| {
            link.lab.padding = match text::read_counts(value)?.as_slice() {
                [each] => Padding::per_side(*each),
                [top, bottom, left, right] => Padding { top: *top, bottom: *bottom, left: *left, right: *right },
                _ => return None,
            };
            Some(())
        },
    },
    Field {
        name: "stride",
        form: "one count, or height,width",
        write: |link| (link.lab.stride != (1, 1)).then(|| text::pair(link.lab.stride)),
        read: |link, value| text::read_pair(value).map(|stride| link.lab.stride = stride),
    },
    Field {
        name: "dilation",
        form: "one count, or height,width",
        write: |link| (link.lab.dilation != (1, 1)).then(|| text::pair(link.lab.dilation)),
        read: |link, value| text::read_pair(value).map(|dilation| link.lab.dilation = dilation),
    },
    Field {
        name: "flip",
        form: "1 or 0",
        write: |link| link.lab.flip.then(|| "1".into()),
        read: |link, value| text::read_switch(value).map(|on| link.lab.flip = on),
    },
    Field {
        name: "padding",
        form: "total or side",
        write: |link| (link.lab.convention == PaddingConvention::Total).then(|| "total".into()),
        read: |link, value| {
            link.lab.convention = match value {
                "total" => PaddingConvention::Total,
                "side" => PaddingConvention::PerSide,
                _ => return None,
            };
            Some(())
        },
    },
    Field {
        name: "step",
        form: "a count from 1",
        write: |link| (link.step != 1).then(|| link.step.to_string()),
        read: |link, value| value.parse().ok().filter(|&step| step >= 1).map(|step| link.step = step),
    },
    Field {
        name: "speed",
        form: "0.5, 1, 2 or 4",
        write: |link| (link.speed.to_bits() != 1f64.to_bits()).then(|| link.speed.to_string()),
        read: |link, value| {
            let speed: f64 = value.parse().ok()?;
            link.speed = *SPEEDS.iter().find(|known| known.to_bits() == speed.to_bits())?;
            Some(())
        },
    },
];

/// The fields of a state.
pub fn encode(link: &ConvolutionLink) -> Fields {
    write(FIELDS, link)
}

/// The state of fields, and what of them could not be read.
pub fn decode(fields: &Fields) -> (ConvolutionLink, Vec<Warning>) {
    let mut link = ConvolutionLink::default();
    let warnings = read(FIELDS, &mut link, fields);
    (link, warnings)
}
