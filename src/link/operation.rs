//! A lab of an operation in a link: the rows that labs have alike, and the step, the speed and whether a number is asked
//! for, which every lab has.

use super::{Field, Fields, Page, Warning, read, text, write};
use crate::{
    formula::PaddingConvention,
    image::Pixels,
    lab::{
        BackwardLab, ChannelsLab, ConvolutionLab, FiltersLab, OperationLab, PoolingLab, ReceptiveFieldLab, WhyLab,
        operation::Operation,
        sliding::{MODES, Sliding},
    },
    nn::{reference::PaddingMode, shape::Padding},
    num::decimal,
};

/// What a link to a lab holds.
#[derive(Debug, Clone, PartialEq)]
pub struct LabLink<L = OperationLab> {
    /// The lab's state.
    pub lab: L,
    /// The step, from 1.
    pub step: usize,
    /// The play speed.
    pub speed: f64,
    /// Whether the next number is to be predicted before it is shown.
    pub predict: bool,
}

impl<L: Default> Default for LabLink<L> {
    fn default() -> Self {
        Self::of(L::default())
    }
}

impl<L> LabLink<L> {
    /// A lab at its first step.
    pub fn of(lab: L) -> Self {
        Self { lab, step: 1, speed: 1.0, predict: false }
    }
}

/// The speeds there are.
pub const SPEEDS: [f64; 4] = [0.5, 1.0, 2.0, 4.0];

/// A lab that a link can hold.
pub trait Linked: Operation + Clone + Default {
    /// Its page.
    const PAGE: Page;
    /// Its fields, in the order of the link.
    const FIELDS: &'static [Field<LabLink<Self>>];

    /// A `PyTorch` program that computes what is on screen and prints it.
    fn program(&self) -> String;

    /// Does what can only be done when all fields are read.
    fn settle(&mut self) {}

    /// Takes the pixels of a picture, which no link holds; a lab without pictures has no use for them.
    #[must_use]
    fn with_pixels(self, _pixels: Option<Pixels>) -> Self {
        self
    }
}

/// How the links of one lab's page are read and written.
///
/// The page takes one of these, so that a page's chunk of the app has the code of its own lab and of no other.
#[derive(Debug, Clone, Copy)]
pub struct LabKind {
    /// The page.
    pub page: Page,
    /// The state of fields, and what of them could not be read.
    pub decode: fn(&Fields) -> (LabLink, Vec<Warning>),
    /// The fields of a state; none for one of another lab.
    pub encode: fn(&LabLink) -> Fields,
    /// The lab with the pixels of a picture; one without pictures as it is.
    pub with_pixels: fn(&OperationLab, Option<Pixels>) -> OperationLab,
    /// The `PyTorch` program of a state; none for one of another lab.
    pub program: fn(&OperationLab) -> String,
}

impl LabKind {
    /// How the links to `L` are read and written.
    pub const fn of<L: Linked>() -> Self {
        Self {
            page: L::PAGE,
            decode: decode_of::<L>,
            encode: encode_of::<L>,
            with_pixels: pixels_of::<L>,
            program: program_of::<L>,
        }
    }

    /// That of `page`; `None` for one without a lab.
    pub fn of_page(page: Page) -> Option<&'static Self> {
        Self::ALL.iter().find(|kind| kind.page == page)
    }

    /// All labs there are.
    pub const ALL: &'static [Self] = &[
        Self::of::<ConvolutionLab>(),
        Self::of::<PoolingLab>(),
        Self::of::<ChannelsLab>(),
        Self::of::<FiltersLab>(),
        Self::of::<BackwardLab>(),
        Self::of::<ReceptiveFieldLab>(),
        Self::of::<WhyLab>(),
    ];
}

/// The state of a lab's fields, of the lab's own type.
pub fn read_lab<L: Linked>(fields: &Fields) -> (LabLink<L>, Vec<Warning>) {
    let mut link = LabLink::default();
    let warnings = read(L::FIELDS, &mut link, fields);
    link.lab.settle();
    (link, warnings)
}

fn decode_of<L: Linked>(fields: &Fields) -> (LabLink, Vec<Warning>) {
    let (LabLink { lab, step, speed, predict }, warnings) = read_lab::<L>(fields);
    (LabLink { lab: OperationLab::of(lab), step, speed, predict }, warnings)
}

fn encode_of<L: Linked>(link: &LabLink) -> Fields {
    let LabLink { lab, step, speed, predict } = link;
    lab.state().map_or_else(Fields::new, |lab: &L| {
        write(L::FIELDS, &LabLink { lab: lab.clone(), step: *step, speed: *speed, predict: *predict })
    })
}

fn program_of<L: Linked>(lab: &OperationLab) -> String {
    lab.state().map_or_else(String::new, L::program)
}

fn pixels_of<L: Linked>(lab: &OperationLab, pixels: Option<Pixels>) -> OperationLab {
    lab.state().map_or_else(|| lab.clone(), |lab: &L| OperationLab::of(lab.clone().with_pixels(pixels)))
}

/// The step that is shown.
pub(super) const fn step<L>() -> Field<LabLink<L>> {
    Field {
        name: "step",
        form: "a count from 1",
        write: |link| (link.step != 1).then(|| link.step.to_string()),
        read: |link, value| {
            // As many as on every machine, whatever its `usize`.
            let step = value.parse::<u32>().ok().filter(|&step| step >= 1)?;
            link.step = usize::try_from(step).ok()?;
            Some(())
        },
    }
}

/// The play speed.
pub(super) const fn speed<L>() -> Field<LabLink<L>> {
    Field {
        name: "speed",
        form: "0.5, 1, 2 or 4",
        write: |link| (link.speed.to_bits() != 1f64.to_bits()).then(|| link.speed.to_string()),
        read: |link, value| {
            let speed = decimal::parse(value)?;
            link.speed = *SPEEDS.iter().find(|known| known.to_bits() == speed.to_bits())?;
            Some(())
        },
    }
}

/// Whether the next number is to be predicted.
pub(super) const fn predict<L>() -> Field<LabLink<L>> {
    Field {
        name: "predict",
        form: "1 or 0",
        write: |link| link.predict.then(|| "1".into()),
        read: |link, value| text::read_switch(value).map(|on| link.predict = on),
    }
}

/// A lab whose kernel slides.
pub(super) trait Slides {
    /// How.
    fn sliding(&self) -> &Sliding;
    /// The same, to be changed.
    fn sliding_mut(&mut self) -> &mut Sliding;
}

/// Four sides as a link holds them: `None` for no padding.
pub(super) fn write_padding(padding: Padding) -> Option<String> {
    let Padding { top, bottom, left, right } = padding;
    match (padding.is_even(), top) {
        (true, 0) => None,
        (true, _) => Some(top.to_string()),
        (false, _) => Some(format!("{top},{bottom},{left},{right}")),
    }
}

/// Reads [`write_padding`]'s text.
pub(super) fn read_padding(value: &str) -> Option<Padding> {
    match text::read_counts(value)?.as_slice() {
        [each] => Some(Padding::per_side(*each)),
        [top, bottom, left, right] => Some(Padding { top: *top, bottom: *bottom, left: *left, right: *right }),
        _ => None,
    }
}

/// What a person has to write for four sides.
pub(super) const PADDING_FORM: &str = "one count, or top,bottom,left,right";
/// What a person has to write for a pair.
pub(super) const PAIR_FORM: &str = "one count, or height,width";

/// The padding.
pub(super) const fn pad<L: Slides>() -> Field<LabLink<L>> {
    Field {
        name: "pad",
        form: PADDING_FORM,
        write: |link| write_padding(link.lab.sliding().padding),
        read: |link, value| read_padding(value).map(|padding| link.lab.sliding_mut().padding = padding),
    }
}

/// The stride.
pub(super) const fn stride<L: Slides>() -> Field<LabLink<L>> {
    Field {
        name: "stride",
        form: PAIR_FORM,
        write: |link| Some(link.lab.sliding().stride).filter(|&stride| stride != (1, 1)).map(text::pair),
        read: |link, value| text::read_pair(value).map(|stride| link.lab.sliding_mut().stride = stride),
    }
}

/// The dilation.
pub(super) const fn dilation<L: Slides>() -> Field<LabLink<L>> {
    Field {
        name: "dilation",
        form: PAIR_FORM,
        write: |link| Some(link.lab.sliding().dilation).filter(|&dilation| dilation != (1, 1)).map(text::pair),
        read: |link, value| text::read_pair(value).map(|dilation| link.lab.sliding_mut().dilation = dilation),
    }
}

/// What the padding holds.
pub(super) const fn mode<L: Slides>() -> Field<LabLink<L>> {
    Field {
        name: "mode",
        form: "zeros, reflect, replicate or circular",
        write: |link| {
            let mode = link.lab.sliding().mode;
            let name = MODES.iter().find(|(known, _)| *known == mode).map(|(_, name)| *name)?;
            (mode != PaddingMode::Zeros).then(|| name.to_owned())
        },
        read: |link, value| {
            link.lab.sliding_mut().mode = MODES.iter().find(|(_, name)| *name == value)?.0;
            Some(())
        },
    }
}

/// Whether the kernel is turned.
pub(super) const fn flip<L: Slides>() -> Field<LabLink<L>> {
    Field {
        name: "flip",
        form: "1 or 0",
        write: |link| link.lab.sliding().flip.then(|| "1".into()),
        read: |link, value| text::read_switch(value).map(|on| link.lab.sliding_mut().flip = on),
    }
}

/// How padding is shown.
pub(super) const fn padding<L: Slides>() -> Field<LabLink<L>> {
    Field {
        name: "padding",
        form: "total or side",
        write: |link| (link.lab.sliding().convention == PaddingConvention::Total).then(|| "total".into()),
        read: |link, value| {
            link.lab.sliding_mut().convention = match value {
                "total" => PaddingConvention::Total,
                "side" => PaddingConvention::PerSide,
                _ => return None,
            };
            Some(())
        },
    }
}
