//! The filters lab's settings. An own picture and what a camera saw are in no link.

use super::{Filter, FiltersLab, Image, Source, program};
use crate::{
    image::{
        Pixels, Show,
        filter::{MAX_FILTERS, MAX_KERNEL, Pool},
        kernels::{Gabor, NAMED},
    },
    lab::{
        control::{ControlForm, ControlId, ControlView, Value},
        setting::{Choice, Described, Kind, Named, Own, Pick, Setting, choices, lens, pick, text},
    },
    nn::reference::PaddingMode,
    num::{Entry, format},
};

/// Whether the picture is grey.
pub(super) const GREY: ControlId = ControlId::new("grey");
/// Which filter of the stack is looked at.
pub(super) const FILTER: ControlId = ControlId::new("filter");
/// A kernel by its name.
pub(super) const NAMED_KERNEL: ControlId = ControlId::new("named-kernel");
/// Whether the kernel's sum is made 1.
pub(super) const NORMALISE: ControlId = ControlId::new("normalise");
/// A parameter of a kernel that is made by a formula, by its place.
pub(super) const PARAMETER: ControlId = ControlId::new("parameter");
/// Whether what is below 0 becomes 0.
pub(super) const RELU: ControlId = ControlId::new("relu");
/// What pools after a filter.
pub(super) const POOL: ControlId = ControlId::new("pool");
/// How numbers become brightness.
pub(super) const SHOW: ControlId = ControlId::new("show");
/// Which plane of the picture is magnified.
pub(super) const CHANNEL: ControlId = ControlId::new("channel");

choices!(Image:
    Self::Astronaut, "astronaut", "Astronaut";
    Self::Photographer, "camera", "Photographer";
    Self::Chelsea, "chelsea", "Cat";
    Self::Coffee, "coffee", "Coffee";
    Self::Own, "own", "Own picture";
    Self::Webcam, "webcam", "Webcam";
);

choices!(Show:
    Self::AsIs, "clamped", "as it is";
    Self::Scaled, "scaled", "least to largest";
    Self::Absolute, "absolute", "without sign";
    Self::Signed, "signed", "0 as mid-grey";
);

choices!(Pool:
    Self::None, "no", "none";
    Self::Max, "max", "max";
    Self::Average, "average", "average";
);

const CHANNELS: &[Named] =
    &[Named { link: "red", name: "red" }, Named { link: "green", name: "green" }, Named { link: "blue", name: "blue" }];

const PLACES: &[Named] =
    &[Named { link: "1", name: "1" }, Named { link: "2", name: "2" }, Named { link: "3", name: "3" }];

/// The named kernels, then those that are made.
pub(super) const KERNELS: &[Named] = &[
    Named::on_screen("Identity"),
    Named::on_screen("Edge detection"),
    Named::on_screen("Sharpen"),
    Named::on_screen("Box 3 × 3"),
    Named::on_screen("Gaussian 3 × 3"),
    Named::on_screen("Gaussian 5 × 5"),
    Named::on_screen("Sobel x"),
    Named::on_screen("Sobel y"),
    Named::on_screen("Prewitt x"),
    Named::on_screen("Laplacian"),
    Named::on_screen("Emboss"),
    Named::on_screen("Motion blur 5 × 5"),
    Named::on_screen("Motion blur 9 × 9"),
    Named::on_screen("Gabor"),
    Named::on_screen("Random"),
    Named::on_screen("Own"),
];

impl Described for FiltersLab {
    const SETTINGS: &'static [Setting<Self>] = &[
        Setting::new(
            ControlId::IMAGE,
            "image",
            Kind::Own(Own {
                form: "astronaut, camera, chelsea, coffee, own or webcam",
                examples: &["coffee", "own"],
                write: |lab: &Self, default: &Self| {
                    (lab.image != default.image).then(|| lab.image.named().link.to_owned())
                },
                read: |lab: &mut Self, text| Image::called(text).map(|image| lab.image = image),
                controls: |lab: &Self| {
                    let (form, chosen) = (ControlForm::Select(Image::NAMES), lab.image.place());
                    vec![ControlView::new(ControlId::IMAGE, "Picture", form, Some(Value::Choice(chosen)))]
                },
                set: |lab: &mut Self, control, value| {
                    if control == ControlId::IMAGE { lab.set_image(value) } else { None }
                },
            }),
        )
        .at(10, "", "Picture"),
        Setting::new(GREY, "grey", Kind::Switch(lens!(grey)))
            .at(20, "", "Grey")
            .noted(|_| "0.299 R + 0.587 G + 0.114 B".to_owned()),
        Setting::new(
            NAMED_KERNEL,
            "k",
            Kind::Own(Own {
                form: "kernels with || between, each a name such as sobel-x, \
                       gabor:size,wavelength,direction,bell,aspect,phase, random:seed,rows,columns, or rows of numbers \
                       such as 0,1;2,3, at most 3 of at most 11 × 11",
                examples: &["sobel-x", "1,2;3,4", "gabor:5,4,45,2,0.5,0||random:7,3,3", "own:sobel-x"],
                write: |lab: &Self, default: &Self| {
                    let kernels = |lab: &Self| lab.filters.iter().map(kernel).collect::<Vec<_>>().join(NEXT);
                    Some(kernels(lab)).filter(|text| *text != kernels(default))
                },
                read: |lab: &mut Self, text| {
                    read_each(lab, text, |filter, text| {
                        let Filter { source, kernel, .. } = read_kernel(text)?;
                        (filter.source, filter.kernel) = (source, kernel);
                        Some(())
                    })
                },
                controls: |lab: &Self| {
                    let of = |filter| kernel_controls(filter).into_iter().chain(after_controls(filter));
                    lab.filter().into_iter().flat_map(of).collect()
                },
                set: Self::set_filter,
            }),
        )
        .at(50, "k", "Kernel"),
        Setting::new(
            NORMALISE,
            "normalise",
            Own::in_link(
                SWITCHES_FORM,
                &["1"],
                |lab: &Self, default| {
                    write_each(lab, default, |filter| if filter.normalise { "1" } else { "0" }.to_owned())
                },
                |lab: &mut Self, text| read_each(lab, text, |filter, text| read_switch(&mut filter.normalise, text)),
            ),
        ),
        Setting::new(
            ControlId::BIAS,
            "b",
            Own::in_link(
                "a number for each filter, with || between",
                &["1/2", "0||3"],
                |lab: &Self, default| write_each(lab, default, |filter| text::entry(&filter.bias)),
                |lab: &mut Self, text| {
                    read_each(lab, text, |filter, text| {
                        filter.bias = text::read_entry(text);
                        Some(())
                    })
                },
            ),
        ),
        Setting::new(
            RELU,
            "relu",
            Own::in_link(
                SWITCHES_FORM,
                &["1", "0||1"],
                |lab: &Self, default| write_each(lab, default, |filter| if filter.relu { "1" } else { "0" }.to_owned()),
                |lab: &mut Self, text| read_each(lab, text, |filter, text| read_switch(&mut filter.relu, text)),
            ),
        ),
        Setting::new(
            POOL,
            "pool",
            Own::in_link(
                "no, max or average for each filter, with || between",
                &["max", "no||average"],
                |lab: &Self, default| write_each(lab, default, |filter| filter.pool.named().link.to_owned()),
                |lab: &mut Self, text| {
                    read_each(lab, text, |filter, text| Pool::called(text).map(|pool| filter.pool = pool))
                },
            ),
        ),
        Setting::new(
            FILTER,
            "filter",
            Kind::Choice(Pick {
                names: PLACES,
                get: |lab: &Self| lab.looked,
                set: |lab: &mut Self, place| lab.looked = place,
                offered: Some(|lab| PLACES.get(..lab.filters.len()).unwrap_or(PLACES)),
                list: false,
            }),
        )
        .at(40, "", "Look at filter")
        .shown(|lab: &Self| lab.filters.len() > 1),
        Setting::new(ControlId::MODE, "mode", Kind::Choice(Pick { list: true, ..pick!(PaddingMode, edge) })).at(
            60,
            "",
            "Padding holds",
        ),
        Setting::new(SHOW, "show", Kind::Choice(Pick { list: true, ..pick!(Show, show) })).at(70, "", "Shown"),
        Setting::new(
            CHANNEL,
            "channel",
            Kind::Choice(Pick {
                names: CHANNELS,
                get: |lab: &Self| lab.channel,
                set: |lab: &mut Self, place| lab.channel = place,
                offered: None,
                list: false,
            }),
        )
        .at(80, "", "Magnify")
        .shown(|lab: &Self| lab.size().is_some_and(|(.., planes)| planes == 3)),
        Setting::new(ControlId::FILTERS, "", Kind::Amount(|lab: &Self| lab.filters.len(), Self::set_count))
            .at(30, "", "Filters"),
    ];

    fn program(&self) -> String {
        program::program(self)
    }

    fn with_pixels(self, pixels: Option<Pixels>) -> Self {
        Self { pixels, ..self }
    }

    fn settle(&mut self) {
        // A filter that there is not can't be looked at; which ones there are is known when all settings are read.
        self.looked = self.looked.min(self.filters.len().saturating_sub(1));
    }
}

/// What makes the kernel that is looked at.
fn kernel_controls(filter: &Filter) -> Vec<ControlView> {
    let chosen = filter.source.place();
    let mut controls = vec![
        ControlView::new(NAMED_KERNEL, "Kernel", ControlForm::Select(KERNELS), Some(Value::Choice(chosen))),
        ControlView::new(
            ControlId::KERNEL_SIZE,
            "Kernel size",
            ControlForm::Pair(1),
            Some(Value::Pair(filter.kernel.shape())),
        )
        .with_symbol("k"),
    ];
    match filter.source {
        Source::Gabor(gabor) => {
            let slider = |index, symbol, name, value, range, step, unit| {
                let form = ControlForm::Slider { range, step, unit };
                ControlView::new(PARAMETER.nth(index), name, form, Some(Value::Number(value))).with_symbol(symbol)
            };
            controls.extend([
                slider(0, "λ", "Wavelength", gabor.wavelength, (2.0, 16.0), 0.5, "px"),
                slider(1, "θ", "Direction of the wave", gabor.orientation, (0.0, 180.0), 5.0, "°"),
                slider(2, "σ", "Width of the bell", gabor.sigma, (0.5, 6.0), 0.1, "px"),
                slider(3, "γ", "Narrower across by", gabor.aspect, (0.1, 2.0), 0.1, ""),
                slider(4, "ψ", "Phase", gabor.phase, (-180.0, 180.0), 15.0, "°"),
            ]);
        }
        Source::Random(seed) => {
            let value = usize::try_from(seed).unwrap_or(usize::MAX);
            controls.push(ControlView::new(ControlId::SEED, "Seed", ControlForm::Count(0), Some(Value::Count(value))));
        }
        Source::Named(_) | Source::Own => {}
    }
    controls.push(
        ControlView::new(NORMALISE, "Normalise", ControlForm::Switch, Some(Value::Switch(filter.normalise)))
            .noted(filter.says_sum()),
    );
    controls
}

/// What is done after it.
fn after_controls(filter: &Filter) -> [ControlView; 3] {
    [
        ControlView::new(ControlId::BIAS, "Bias", ControlForm::Text, Some(Value::Text(filter.bias.typed())))
            .with_symbol("b"),
        ControlView::new(RELU, "ReLU", ControlForm::Switch, Some(Value::Switch(filter.relu)))
            .noted("what is below 0 becomes 0"),
        ControlView::new(
            POOL,
            "Pool 2 × 2",
            ControlForm::Select(Pool::NAMES),
            Some(Value::Choice(filter.pool.place())),
        ),
    ]
}

/// Between filters.
const NEXT: &str = "||";
/// Before numbers that would else read as a name.
const OWN: &str = "own:";
const SWITCHES_FORM: &str = "1 or 0 for each filter, with || between";

/// A setting of every filter; `None` where all are as by default.
fn write_each(lab: &FiltersLab, default: &FiltersLab, value: fn(&Filter) -> String) -> Option<String> {
    let values: Vec<String> = lab.filters.iter().map(value).collect();
    let usual = default.filters.first().map(value);
    values.iter().any(|value| Some(value) != usual.as_ref()).then(|| values.join(NEXT))
}

/// Reads [`write_each`]'s text, filter by filter; nothing is changed where a part of it can't be read. There are then at
/// least so many filters; those that come newly change nothing.
fn read_each(lab: &mut FiltersLab, text: &str, read: fn(&mut Filter, &str) -> Option<()>) -> Option<()> {
    let mut filters = lab.filters.clone();
    for (place, text) in text.split(NEXT).enumerate() {
        if place == filters.len() && place < MAX_FILTERS {
            filters.push(Filter::default());
        }
        read(filters.get_mut(place)?, text)?;
    }
    lab.filters = filters;
    Some(())
}

fn read_switch(on: &mut bool, text: &str) -> Option<()> {
    *on = text::read_switch(text)?;
    Some(())
}

/// A filter's kernel: its name, with its parameters, or its numbers.
fn kernel(filter: &Filter) -> String {
    match filter.source {
        Source::Named(named) => named.link.to_owned(),
        Source::Gabor(Gabor { size, wavelength, orientation, sigma, aspect, phase }) => {
            let numbers = [wavelength, orientation, sigma, aspect, phase].map(format::ascii).join(",");
            format!("gabor:{size},{numbers}")
        }
        Source::Random(seed) => {
            let (rows, cols) = filter.kernel.shape();
            format!("random:{seed},{rows},{cols}")
        }
        Source::Own => {
            let numbers = text::grid(&filter.kernel);
            let is_own = |filter: Filter| filter.source == Source::Own;
            if read_kernel(&numbers).is_some_and(is_own) && !numbers.starts_with(OWN) {
                numbers
            } else {
                [OWN, &numbers].concat()
            }
        }
    }
}

/// Reads [`kernel`]'s text into a filter with nothing else in it.
fn read_kernel(value: &str) -> Option<Filter> {
    if let Some(named) = NAMED.iter().find(|named| named.link == value) {
        return Some(Filter::of(Source::Named(named)));
    }
    if let Some(parameters) = value.strip_prefix("gabor:") {
        let (size, numbers) = parameters.split_once(',')?;
        let size = size.parse().ok().filter(|size| (1..=MAX_KERNEL).contains(size))?;
        let numbers: Option<Vec<f64>> = numbers.split(',').take(6).map(|text| Entry::parse(text).value()).collect();
        let [wavelength, orientation, sigma, aspect, phase] = *numbers?.as_array()?;
        return Some(Filter::of(Source::Gabor(Gabor { size, wavelength, orientation, sigma, aspect, phase })));
    }
    if let Some(parameters) = value.strip_prefix("random:") {
        let mut parts = parameters.split(',');
        let seed = parts.next()?.parse().ok()?;
        let mut side = || parts.next()?.parse::<usize>().ok().filter(|side| (1..=MAX_KERNEL).contains(side));
        let shape = (side()?, side()?);
        if parts.next().is_some() {
            return None;
        }
        let mut filter = Filter::of(Source::Random(seed));
        filter.take(Source::Random(seed), shape);
        return Some(filter);
    }
    let numbers = value.strip_prefix(OWN).unwrap_or(value);
    text::read_grid(numbers, MAX_KERNEL).map(Filter::own)
}
