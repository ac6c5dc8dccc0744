//! A lab of an operation in a link: its settings, and the step, the speed and whether a number is asked for, which every
//! lab has.

use super::{FieldRead, Fields, LinkField, Page, Warning, take, write};
use crate::{
    image::Pixels,
    lab::{
        BackwardLab, BatchNormLab, ChannelsLab, ConvolutionLab, FiltersLab, HighwayLab, OperationLab, PoolingLab,
        ReceptiveFieldLab, WhyLab,
        setting::{Described, text},
    },
    num::{decimal, format},
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
pub trait Linked: Described {
    /// Its page.
    const PAGE: Page;
}

/// The labs, each with its page.
macro_rules! labs {
    ($($page:ident $lab:ident,)+) => {
        $(impl Linked for $lab {
            const PAGE: Page = Page::$page;
        })+

        impl LabKind {
            /// All labs there are.
            pub const ALL: &'static [Self] = &[$(Self::of::<$lab>()),+];
        }
    };
}

labs! {
    Convolution ConvolutionLab,
    Pooling PoolingLab,
    Channels ChannelsLab,
    Filters FiltersLab,
    Backward BackwardLab,
    BatchNorm BatchNormLab,
    Highway HighwayLab,
    ReceptiveField ReceptiveFieldLab,
    Why WhyLab,
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
}

/// The state of a lab's fields, of the lab's own type.
pub fn read_lab<L: Linked>(fields: &Fields) -> (LabLink<L>, Vec<Warning>) {
    let mut link = LabLink::default();
    let warnings = take(fields, &mut |name, text| {
        let setting = L::SETTINGS.iter().find(|setting| setting.link == name && !name.is_empty());
        if let Some(setting) = setting {
            return Some(setting.read(&mut link.lab, text).ok_or_else(|| (setting.link, setting.form())));
        }
        read_player((&mut link.step, &mut link.speed, &mut link.predict), name, text)
    });
    link.lab.settle();
    (link, warnings)
}

fn read_player((step, speed, predict): (&mut usize, &mut f64, &mut bool), name: &str, text: &str) -> Option<FieldRead> {
    let field = PLAYER.iter().find(|field| field.name == name)?;
    let mut player = LabLink { lab: (), step: *step, speed: *speed, predict: *predict };
    let read = (field.read)(&mut player, text);
    (*step, *speed, *predict) = (player.step, player.speed, player.predict);
    Some(read.ok_or_else(|| (field.name, field.form.to_owned())))
}

/// The fields of a state, of the lab's own type.
pub fn write_lab<L: Linked>(link: &LabLink<L>) -> Fields {
    write_of(&link.lab, &LabLink { lab: (), step: link.step, speed: link.speed, predict: link.predict })
}

fn write_of<L: Linked>(lab: &L, player: &LabLink<()>) -> Fields {
    let default = L::default();
    let mut fields = Fields::new();
    for setting in L::SETTINGS {
        push(&mut fields, setting.link, setting.write(lab, &default));
    }
    fields.extend(write(PLAYER, player));
    fields
}

fn push(fields: &mut Fields, name: &str, value: Option<String>) {
    fields.extend(value.map(|value| (name.to_owned(), value)));
}

fn decode_of<L: Linked>(fields: &Fields) -> (LabLink, Vec<Warning>) {
    let (LabLink { lab, step, speed, predict }, warnings) = read_lab::<L>(fields);
    (LabLink { lab: OperationLab::of(lab), step, speed, predict }, warnings)
}

fn encode_of<L: Linked>(link: &LabLink) -> Fields {
    let player = LabLink { lab: (), step: link.step, speed: link.speed, predict: link.predict };
    link.lab.state().map_or_else(Fields::new, |lab: &L| write_of(lab, &player))
}

fn program_of<L: Linked>(lab: &OperationLab) -> String {
    lab.state().map_or_else(String::new, L::program)
}

fn pixels_of<L: Linked>(lab: &OperationLab, pixels: Option<Pixels>) -> OperationLab {
    lab.state().map_or_else(|| lab.clone(), |lab: &L| OperationLab::of(lab.clone().with_pixels(pixels)))
}

/// What every lab's link holds besides its settings.
const PLAYER: &[LinkField<LabLink<()>>] = &[
    LinkField {
        name: "step",
        form: "a count from 1",
        write: |link| (link.step != 1).then(|| link.step.to_string()),
        read: |link, value| {
            // As many as on every machine, whatever its `usize`.
            let step = value.parse::<u32>().ok().filter(|&step| step >= 1)?;
            link.step = usize::try_from(step).ok()?;
            Some(())
        },
    },
    LinkField {
        name: "speed",
        form: "0.5, 1, 2 or 4",
        write: |link| (link.speed.to_bits() != 1f64.to_bits()).then(|| format::ascii(link.speed)),
        read: |link, value| {
            let speed = decimal::parse(value)?;
            link.speed = *SPEEDS.iter().find(|known| known.to_bits() == speed.to_bits())?;
            Some(())
        },
    },
    LinkField {
        name: "predict",
        form: "1 or 0",
        write: |link| link.predict.then(|| "1".into()),
        read: |link, value| text::read_switch(value).map(|on| link.predict = on),
    },
];

#[cfg(test)]
mod tests;
