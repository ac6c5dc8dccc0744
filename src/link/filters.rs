//! `#/filters`: the lab's state, the step and the speed. An own picture and what a camera saw are not in it.

use super::{
    Field, Fields, Page, Warning,
    operation::{LabLink, Linked, predict, read_lab, speed, step},
    text,
};
use crate::{
    image::{
        Pixels, Show,
        filter::{MAX_FILTERS, MAX_KERNEL, Pool},
        kernels::{Gabor, NAMED},
    },
    lab::{
        filters::{Filter, FiltersLab, Image, Source},
        sliding::MODES,
    },
    nn::reference::PaddingMode,
    num::{Entry, format},
};

/// What a link to the lab holds.
pub type FiltersLink = LabLink<FiltersLab>;

impl Linked for FiltersLab {
    const PAGE: Page = Page::Filters;
    const FIELDS: &'static [Field<LabLink<Self>>] = FIELDS;

    fn with_pixels(self, pixels: Option<Pixels>) -> Self {
        Self { pixels, ..self }
    }

    fn settle(&mut self) {
        // A filter that there is not can't be looked at; which ones there are is known when all fields are read.
        self.looked = self.looked.min(self.filters.len().saturating_sub(1));
    }

    fn program(&self) -> String {
        self.code()
    }
}

/// Between filters.
const NEXT: &str = "||";
/// Before numbers that would else read as a name.
const OWN: &str = "own:";
const SHOWS: [(Show, &str); 4] =
    [(Show::AsIs, "clamped"), (Show::Scaled, "scaled"), (Show::Absolute, "absolute"), (Show::Signed, "signed")];
const POOLS: [(Pool, &str); 3] = [(Pool::None, "no"), (Pool::Max, "max"), (Pool::Average, "average")];
const CHANNELS: [&str; 3] = ["red", "green", "blue"];

const FIELDS: &[Field<FiltersLink>] = &[
    Field {
        name: "image",
        form: "astronaut, camera, chelsea, coffee, own or webcam",
        write: |link| (link.lab.image != FiltersLab::default().image).then(|| link.lab.image.link().to_owned()),
        read: |link, value| Image::from_link(value).map(|image| link.lab.image = image),
    },
    Field {
        name: "grey",
        form: "1 or 0",
        write: |link| link.lab.grey.then(|| "1".into()),
        read: |link, value| text::read_switch(value).map(|on| link.lab.grey = on),
    },
    Field {
        name: "k",
        form: "kernels with || between, each a name such as sobel-x, gabor:size,wavelength,direction,bell,aspect,phase, \
               random:seed,rows,columns, or rows of numbers such as 0,1;2,3, at most 3 of at most 11 × 11",
        write: |link| {
            let kernels = link.lab.filters.iter().map(kernel).collect::<Vec<_>>().join(NEXT);
            (kernels != "edge").then_some(kernels)
        },
        read: |link, value| {
            let read: Option<Vec<Filter>> = value.split(NEXT).take(MAX_FILTERS + 1).map(read_kernel).collect();
            let read = read.filter(|read| read.len() <= MAX_FILTERS)?;
            for (filter, Filter { source, kernel, .. }) in reach(link, read.len())?.iter_mut().zip(read) {
                (filter.source, filter.kernel) = (source, kernel);
            }
            Some(())
        },
    },
    Field {
        name: "normalise",
        form: SWITCHES_FORM,
        write: |link| each(link, |filter| if filter.normalise { "1" } else { "0" }.to_owned(), "0"),
        read: |link, value| read_each(link, value, text::read_switch, |filter, on| filter.normalise = on),
    },
    Field {
        name: "b",
        form: "a number for each filter, with || between",
        write: |link| each(link, |filter| text::entry(&filter.bias), "0"),
        read: |link, value| {
            read_each(link, value, |text| Some(text::read_entry(text)), |filter, bias| filter.bias = bias)
        },
    },
    Field {
        name: "relu",
        form: SWITCHES_FORM,
        write: |link| each(link, |filter| if filter.relu { "1" } else { "0" }.to_owned(), "0"),
        read: |link, value| read_each(link, value, text::read_switch, |filter, on| filter.relu = on),
    },
    Field {
        name: "pool",
        form: "no, max or average for each filter, with || between",
        write: |link| {
            let name =
                |filter: &Filter| POOLS.iter().find(|(pool, _)| *pool == filter.pool).map_or("no", |(_, name)| name);
            each(link, |filter| name(filter).to_owned(), "no")
        },
        read: |link, value| {
            let pool = |text: &str| POOLS.iter().find(|(_, name)| *name == text).map(|(pool, _)| *pool);
            read_each(link, value, pool, |filter, pool| filter.pool = pool)
        },
    },
    Field {
        name: "filter",
        form: "1, 2 or 3",
        write: |link| (link.lab.looked > 0).then(|| (link.lab.looked + 1).to_string()),
        read: |link, value| {
            let number = value.parse::<usize>().ok().filter(|number| (1..=MAX_FILTERS).contains(number))?;
            link.lab.looked = number - 1;
            Some(())
        },
    },
    Field {
        name: "mode",
        form: "zeros, reflect, replicate or circular",
        write: |link| {
            let name = MODES.iter().find(|(known, _)| *known == link.lab.edge).map(|(_, name)| *name)?;
            (link.lab.edge != PaddingMode::Zeros).then(|| name.to_owned())
        },
        read: |link, value| {
            link.lab.edge = MODES.iter().find(|(_, name)| *name == value)?.0;
            Some(())
        },
    },
    Field {
        name: "show",
        form: "clamped, scaled, absolute or signed",
        write: |link| {
            let name = SHOWS.iter().find(|(show, _)| *show == link.lab.show).map(|(_, name)| *name)?;
            (link.lab.show != Show::AsIs).then(|| name.to_owned())
        },
        read: |link, value| {
            link.lab.show = SHOWS.iter().find(|(_, name)| *name == value)?.0;
            Some(())
        },
    },
    Field {
        name: "channel",
        form: "red, green or blue",
        write: |link| CHANNELS.get(link.lab.channel).filter(|name| **name != "red").map(|name| (*name).to_owned()),
        read: |link, value| {
            link.lab.channel = CHANNELS.iter().position(|name| *name == value)?;
            Some(())
        },
    },
    step(),
    speed(),
    predict(),
];

const SWITCHES_FORM: &str = "1 or 0 for each filter, with || between";

/// At least so many filters; `None` for more than there can be. Those that come newly change nothing.
fn reach(link: &mut FiltersLink, count: usize) -> Option<&mut Vec<Filter>> {
    let filters = &mut link.lab.filters;
    if count > MAX_FILTERS {
        return None;
    }
    filters.resize_with(count.max(filters.len()), Filter::default);
    Some(filters)
}

/// A setting of every filter; `None` where all are `default`.
fn each(link: &FiltersLink, value: impl Fn(&Filter) -> String, default: &str) -> Option<String> {
    let values: Vec<String> = link.lab.filters.iter().map(value).collect();
    values.iter().any(|value| value != default).then(|| values.join(NEXT))
}

/// Reads [`each`]'s text; nothing is changed where a part of it can't be read.
fn read_each<T>(
    link: &mut FiltersLink,
    value: &str,
    read: impl Fn(&str) -> Option<T>,
    set: impl Fn(&mut Filter, T),
) -> Option<()> {
    let values: Option<Vec<T>> = value.split(NEXT).take(MAX_FILTERS + 1).map(read).collect();
    let values = values?;
    for (filter, value) in reach(link, values.len())?.iter_mut().zip(values) {
        set(filter, value);
    }
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

/// The state of fields, and what of them could not be read.
pub fn decode(fields: &Fields) -> (FiltersLink, Vec<Warning>) {
    read_lab(fields)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::{text::random::any_grid, *};
    use crate::{
        image::Pixels,
        lab::{filters::PRESETS, operation::Operation as _},
        link::{Link, operation::SPEEDS, write},
    };

    fn open(text: &str) -> (FiltersLink, Vec<String>) {
        let (link, mut warnings) = Link::decode(text);
        let (state, more) = decode(&link.fields);
        warnings.extend(more);
        (state, warnings.iter().map(ToString::to_string).collect())
    }

    fn text_of(state: &FiltersLink) -> String {
        Link { fields: write(FIELDS, state), ..Link::to(Page::Filters) }.encode()
    }

    #[test]
    fn presets_are_links_in_canonical_form_that_compute() {
        let mut names = HashSet::new();
        for preset in PRESETS {
            let text = format!("#/filters{}{}", if preset.query.is_empty() { "" } else { "?" }, preset.query);
            let (mut state, warnings) = open(&text);
            assert_eq!(warnings, [""; 0], "{}", preset.name);
            assert_eq!(text_of(&state), text, "{}", preset.name);
            let (width, height, planes) = state.lab.image.size().unwrap();
            let bytes: Vec<u8> = (0..width * height)
                .flat_map(|at| if planes == 1 { [7, 7, 7, 255] } else { [7, 8, at.to_le_bytes()[0], 255] })
                .collect();
            state.lab.pixels = Some(Pixels::from_rgba(&bytes, width, height).unwrap());
            let computed = state.lab.compute();
            assert!(
                computed.as_ref().is_ok_and(|computed| state.step <= computed.len()),
                "{}: {:?}",
                preset.name,
                computed.err()
            );
            assert!(names.insert(preset.name), "two presets have the name {}", preset.name);
        }
    }

    #[track_caller]
    fn check(query: &str, written: &str, expect: &[&str]) {
        let (state, warnings) = open(&format!("#/filters?{query}"));
        assert_eq!(text_of(&state), written);
        assert_eq!(warnings, expect);
    }

    #[test]
    fn what_is_written_is_short_and_what_is_read_is_said() {
        check("", "#/filters", &[]);
        check(
            "image=camera&grey=0&k=edge&normalise=0&b=0&relu=0&pool=no&filter=1&mode=zeros&show=clamped&channel=red&step=1",
            "#/filters",
            &[],
        );
        check("k=-1,-1,-1;-1,8,-1;-1,-1,-1", "#/filters?k=-1,-1,-1;-1,8,-1;-1,-1,-1", &[]);
        check(
            "step=9&channel=blue&show=signed&mode=circular&filter=2&pool=max||no||average&relu=1||0||0&b=0||1/2||0\
             &normalise=0||0||1&k=gabor:7,4,45,2,0.5,90||random:3,2,5||1/9&grey=1&image=chelsea",
            "#/filters?image=chelsea&grey=1&k=gabor:7,4,45,2,0.5,90||random:3,2,5||1/9&normalise=0||0||1&b=0||1/2||0\
             &relu=1||0||0&pool=max||no||average&filter=2&mode=circular&show=signed&channel=blue&step=9",
            &[],
        );
        // As many filters as the longest list says; those that are not named change nothing.
        check("relu=0||1", "#/filters?k=edge||identity&relu=0||1", &[]);
        check("filter=3&k=box||edge", "#/filters?k=box||edge&filter=2", &[]);
        check(
            "k=gabor:12,4,45,2,0.5,90&image=dog&relu=1||1||1||1&filter=0&pool=min",
            "#/filters",
            &[
                "The link's k=gabor:12,4,45,2,0.5,90 can't be read: kernels with || between, each a name such as \
                 sobel-x, gabor:size,wavelength,direction,bell,aspect,phase, random:seed,rows,columns, or rows of numbers \
                 such as 0,1;2,3, at most 3 of at most 11 × 11. The default is used.",
                "The link's image=dog can't be read: astronaut, camera, chelsea, coffee, own or webcam. The default is used.",
                "The link's relu=1||1||1||1 can't be read: 1 or 0 for each filter, with || between. The default is used.",
                "The link's filter=0 can't be read: 1, 2 or 3. The default is used.",
                "The link's pool=min can't be read: no, max or average for each filter, with || between. The default is used.",
            ],
        );
        // Texts that read as names are told apart.
        check("k=own:box", "#/filters?k=own:box", &[]);
        check("k=own:own:3", "#/filters?k=own:own:3", &[]);
        check(
            "k=gabor:1,2",
            "#/filters",
            &["The link's k=gabor:1,2 can't be read: kernels with || between, each a name such as \
                 sobel-x, gabor:size,wavelength,direction,bell,aspect,phase, random:seed,rows,columns, or rows of numbers \
                 such as 0,1;2,3, at most 3 of at most 11 × 11. The default is used."],
        );
        check("k=own:gabor:1,2", "#/filters?k=own:gabor:1,2", &[]);
    }

    prop_compose! {
        fn any_filter()(
            kind in 0..NAMED.len() + 3,
            own in any_grid(6, MAX_KERNEL),
            gabor in (1..=MAX_KERNEL, -9.0..99.0_f64, -999.0..999.0_f64, -1e-3..9.0_f64, any::<i8>(), -180.0..180.0_f64),
            (seed, rows, cols) in (any::<u32>(), 1..=MAX_KERNEL, 1..=MAX_KERNEL),
            (normalise, relu) in any::<(bool, bool)>(),
            bias in text::random::any_entry(),
            pool in prop::sample::select(Pool::ALL.as_slice()),
        ) -> Filter {
            let (size, wavelength, orientation, sigma, aspect, phase) = gabor;
            let aspect = f64::from(aspect);
            let mut filter = match kind.checked_sub(NAMED.len()) {
                None => Filter::of(Source::Named(&NAMED[kind])),
                Some(0) => Filter::of(Source::Gabor(Gabor { size, wavelength, orientation, sigma, aspect, phase })),
                Some(1) => Filter::default(),
                Some(_) => Filter::own(own),
            };
            if kind == NAMED.len() + 1 {
                filter.take(Source::Random(seed), (rows, cols));
            }
            Filter { normalise, bias, relu, pool, ..filter }
        }
    }

    prop_compose! {
        fn any_state()(
            filters in prop::collection::vec(any_filter(), 1..=MAX_FILTERS),
            image in prop::sample::select(Image::all().collect::<Vec<_>>()),
            (grey, predict) in any::<(bool, bool)>(),
            (looked, channel, edge, show) in (0..MAX_FILTERS, 0..3_usize, 0..4_usize, 0..4_usize),
            step in 1..=999_999usize,
            speed in prop::sample::select(SPEEDS.as_slice()),
        ) -> FiltersLink {
            let lab = FiltersLab {
                image,
                pixels: None,
                grey,
                looked: looked.min(filters.len() - 1),
                filters,
                channel,
                edge: MODES[edge].0,
                show: Show::ALL[show],
            };
            FiltersLink { lab, step, speed, predict }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_state_comes_back(state in any_state()) {
            prop_assert_eq!(open(&text_of(&state)), (state, vec![]));
        }

        #[test]
        fn any_text_opens_a_state_that_comes_back(
            text in prop_oneof![
                any::<String>(),
                "#/filters\\?(image|z|k|normalise|b|relu|pool|filter|mode|show|channel|step|speed|predict)=[^&]{0,30}(&[a-z]{1,6}=.{0,9}){0,3}",
                "#/filters\\?k=(own:|gabor:|random:|box|[0-9,;/.%-]{0,20}|\\|\\|){0,6}&(relu|normalise|b|pool)=[01a-z|]{0,9}",
                "#/filters\\?k=(gabor|random):[0-9,.-]{0,24}",
            ],
        ) {
            let (state, _) = open(&text);
            prop_assert_eq!(open(&text_of(&state)), (state.clone(), vec![]));
            let lab = state.lab;
            drop((lab.compute().is_ok(), lab.shape(None), lab.code(), lab.broken_scene(), lab.controls()));
        }

        #[test]
        fn any_fields_open_a_state(fields in prop::collection::vec(("[a-z_]{0,9}", any::<String>()), 0..8)) {
            let (state, _) = decode(&fields);
            prop_assert!(state.lab.looked < state.lab.filters.len());
        }
    }
}
