//! The filters lab: a picture, up to three kernels that slide over it one after another, and a magnifier that shows the
//! sum behind one pixel.
//!
//! The page filters whole pictures by [`FiltersLab::stack`], in single precision. The magnifier's numbers are those of
//! `nn::reference` in double precision, of the window alone; the pixels that a later filter reads are what the filters
//! before it made in single precision.

mod answer;
mod magnifier;
mod preset;
mod problem;
mod program;
mod settings;
mod stage;
mod sums;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::settings::{NAMED_KERNEL, NORMALISE, PARAMETER, POOL, RELU};
use super::{
    control::{ControlId, Value},
    operation::{Computation, Operation, Problem, ShapeView, Table},
    preset::Preset,
    scene::{PlateId, Playhead, Scene},
    setting::Choice,
};
use crate::{
    formula::{OutputSize, PaddingConvention},
    image::{
        Frame, Pixels, Show,
        filter::{self, Correlation, MAX_FILTERS, MAX_KERNEL, Pass, Pool, Stack},
        kernels::{Gabor, NAMED, Named, random},
    },
    nn::{
        reference::PaddingMode,
        shape::{Axis, Window},
    },
    num::{Entry, Grid, MAX_MAGNITUDE, Matrix, format},
    paste::Limits,
};

pub use preset::PRESETS;

/// The lab's state: what a person typed and set, whether or not it can be computed.
#[derive(Debug, Clone, PartialEq)]
pub struct FiltersLab {
    /// Which picture.
    pub image: Image,
    /// Its pixels, once they are there. No part of a link.
    pub pixels: Option<Pixels>,
    /// Whether its luma is filtered in the place of its colours.
    pub grey: bool,
    /// The filters in their order, at least one and at most [`MAX_FILTERS`].
    pub filters: Vec<Filter>,
    /// The filter that the settings and the magnifier are about, from 0.
    pub looked: usize,
    /// The plane that the magnifier shows: 0 red, 1 green, 2 blue. A grey picture has one, whatever this says.
    pub channel: usize,
    /// What the padding of every filter holds.
    pub edge: PaddingMode,
    /// How the result becomes brightness.
    pub show: Show,
}

impl Default for FiltersLab {
    fn default() -> Self {
        let filters = vec![Filter::of(Source::named("edge"))];
        Self {
            image: Image::Photographer,
            pixels: None,
            grey: false,
            filters,
            looked: 0,
            channel: 0,
            edge: PaddingMode::Zeros,
            show: Show::AsIs,
        }
    }
}

/// Where a picture is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Image {
    /// A photo of Eileen Collins.
    Astronaut,
    /// A photo of a photographer, grey.
    Photographer,
    /// A photo of a cat.
    Chelsea,
    /// A photo of a cup.
    Coffee,
    /// A file of one's own.
    Own,
    /// What a camera sees.
    Webcam,
}

/// Where a picture is from, and its size where it is known.
struct Known {
    image: Image,
    /// Its file, and (width, height, planes) of it.
    file: Option<(&'static str, (usize, usize, usize))>,
    /// Who took it, and its licence.
    credit: &'static str,
}

const IMAGES: [Known; 6] = [
    Known { image: Image::Astronaut, file: Some(("astronaut.webp", (512, 512, 3))), credit: "NASA, public domain" },
    Known { image: Image::Photographer, file: Some(("camera.webp", (512, 512, 1))), credit: "Lav Varshney, CC0" },
    Known { image: Image::Chelsea, file: Some(("chelsea.webp", (451, 300, 3))), credit: "Stéfan van der Walt, CC0" },
    Known { image: Image::Coffee, file: Some(("coffee.webp", (600, 400, 3))), credit: "Rachel Michetti, CC0" },
    Known { image: Image::Own, file: None, credit: "" },
    Known { image: Image::Webcam, file: None, credit: "" },
];

impl Image {
    fn known(self) -> Option<&'static Known> {
        IMAGES.iter().find(|known| known.image == self)
    }

    /// All pictures, in the order of the list.
    pub fn all() -> impl Iterator<Item = Self> {
        IMAGES.iter().map(|known| known.image)
    }

    /// Its name on screen.
    pub fn name(self) -> &'static str {
        self.named().name
    }

    /// The file of a photo that is served with the app, in its folder of photos.
    pub fn file(self) -> Option<&'static str> {
        Some(self.known()?.file?.0)
    }

    /// Who took a photo that is served with the app, and its licence; empty for the others.
    pub fn credit(self) -> &'static str {
        self.known().map_or("", |known| known.credit)
    }

    /// (width, height, planes) of a photo that is served with the app.
    pub fn size(self) -> Option<(usize, usize, usize)> {
        Some(self.known()?.file?.1)
    }
}

/// Where a kernel's numbers are from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Source {
    /// One that has a name.
    Named(&'static Named),
    /// Gabor's formula.
    Gabor(Gabor),
    /// Random numbers that begin with this seed.
    Random(u32),
    /// Typed.
    Own,
}

impl Source {
    /// The kernel of that name in links; [`Source::Own`] where there is none.
    pub fn named(link: &str) -> Self {
        NAMED.iter().find(|named| named.link == link).map_or(Self::Own, Self::Named)
    }

    /// Its place in the list of kernels.
    fn place(self) -> usize {
        match self {
            Self::Named(named) => NAMED.iter().position(|known| known.link == named.link).unwrap_or(0),
            Self::Gabor(_) => NAMED.len(),
            Self::Random(_) => NAMED.len() + 1,
            Self::Own => NAMED.len() + 2,
        }
    }
}

/// One filter of the stack.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// Where the kernel's numbers are from.
    pub source: Source,
    /// Its numbers.
    pub kernel: Grid<Entry>,
    /// Whether they are divided by their sum.
    pub normalise: bool,
    /// What is added to every sum, after that.
    pub bias: Entry,
    /// Whether what is below 0 becomes 0.
    pub relu: bool,
    /// What pools then.
    pub pool: Pool,
}

impl Default for Filter {
    /// One that changes nothing.
    fn default() -> Self {
        Self::of(Source::named("identity"))
    }
}

impl Filter {
    /// The filter with the kernel of `source`, and nothing after it. An own one is a single 1.
    pub fn of(source: Source) -> Self {
        let mut filter = Self {
            source,
            kernel: Grid::from_fn(1, 1, |_, _| Entry::Number(1.0)),
            normalise: false,
            bias: Entry::Number(0.0),
            relu: false,
            pool: Pool::None,
        };
        filter.take(source, (3, 3));
        filter
    }

    /// An own kernel.
    pub fn own(kernel: Grid<Entry>) -> Self {
        Self { kernel, ..Self::of(Source::Own) }
    }

    /// Takes the numbers of `source`; random ones of that shape. An own kernel keeps what is there.
    pub fn take(&mut self, source: Source, shape: (usize, usize)) {
        self.source = source;
        match source {
            Source::Named(named) => self.kernel = named.kernel(),
            // Of parameters that make none the place is kept: the problem says which one.
            Source::Gabor(gabor) => {
                let size = gabor.size.clamp(1, MAX_KERNEL);
                self.kernel = Gabor { size, ..gabor }
                    .kernel()
                    .unwrap_or_else(|| Grid::from_fn(size, size, |_, _| Entry::Number(0.0)));
            }
            Source::Random(seed) => self.kernel = random(seed, shape),
            Source::Own => {}
        }
    }

    /// What the numbers add up to; `None` where one is none, or where they cancel out.
    fn sum(&self) -> Option<f64> {
        /// What rounding may leave, as a share of the magnitudes.
        const LEFT: f64 = 1e-12;
        let kernel = self.kernel.try_map(Entry::value)?;
        let sum: f64 = kernel.cells().iter().sum();
        let size: f64 = kernel.cells().iter().map(|value| value.abs()).sum();
        (sum.abs() > LEFT * size).then_some(sum)
    }

    /// What every number is divided by: 1 where they are not normalised. `None` where there is no such number.
    fn divisor(&self) -> Option<f64> {
        if self.normalise { self.sum() } else { Some(1.0) }
    }

    /// What the kernel's numbers add up to, in words.
    fn says_sum(&self) -> String {
        if self.kernel.cells().iter().any(|entry| entry.value().is_none()) {
            return String::new();
        }
        let shown = format::shown(self.sum().unwrap_or(0.0));
        match (self.normalise, shown.as_str()) {
            (_, "1") => "they add up to 1: flat parts stay as bright".to_owned(),
            (true, _) => format!("on: divided by their sum, {shown}"),
            (false, _) => format!("off: they add up to {shown}"),
        }
    }

    /// The kernel's name, or where it is from.
    pub fn name(&self) -> &'static str {
        settings::KERNELS.get(self.source.place()).map_or("", |named| named.name)
    }
}

/// A filter in numbers.
#[derive(Debug, Clone, PartialEq)]
struct Numbers {
    /// As they were typed.
    kernel: Matrix,
    /// What they are divided by.
    divisor: f64,
    bias: f64,
}

impl FiltersLab {
    /// The filter that the settings are about; there is always one.
    pub fn filter(&self) -> Option<&Filter> {
        self.filters.get(self.looked).or_else(|| self.filters.first())
    }

    fn filter_mut(&mut self) -> Option<&mut Filter> {
        self.filters.get_mut(self.looked)
    }

    /// The picture that is filtered: with the planes that it has, or its luma.
    pub fn picture(&self) -> Option<Pixels> {
        let pixels = self.pixels.as_ref()?;
        Some(if self.grey && pixels.planes() == 3 { pixels.grey().into() } else { pixels.clone() })
    }

    /// The filters in numbers, for whole pictures.
    ///
    /// # Errors
    /// The first [`Problem`] of the filters, with its repair. Whether they fit a picture, [`Stack::output`] says.
    pub fn stack(&self) -> Result<Stack, Problem> {
        self.stack_until(self.filters.len())
    }

    /// The first `count` filters alone: what the filter number `count` reads.
    ///
    /// # Errors
    /// As [`stack`](Self::stack).
    pub fn stack_until(&self, count: usize) -> Result<Stack, Problem> {
        let pass = |(filter, numbers): (&Filter, Numbers)| {
            let kernel = numbers.kernel.map(|weight| weight / numbers.divisor);
            Pass {
                correlation: Correlation::new(&kernel, self.edge, numbers.bias),
                relu: filter.relu,
                pool: filter.pool,
            }
        };
        let numbers = self.numbers()?;
        Ok(Stack::new(self.filters.iter().zip(numbers).take(count).map(pass).collect()))
    }

    /// Columns, rows and planes of what is filtered, as far as they are known.
    fn size(&self) -> Option<(usize, usize, usize)> {
        let own = self.pixels.as_ref().map(|pixels| (pixels.width(), pixels.height(), pixels.planes()));
        let (width, height, planes) = own.or_else(|| self.image.size())?;
        Some((width, height, if self.grey { 1 } else { planes }))
    }

    /// Columns and rows that each filter reads, and last those of the result; 0 from where one is too small.
    fn sizes(&self) -> Option<Vec<(usize, usize)>> {
        let (width, height, _) = self.size()?;
        let mut sizes = vec![(width, height)];
        let mut at = (width, height);
        for filter in &self.filters {
            at = filter.pool.output(at.0, at.1);
            sizes.push(at);
        }
        Some(sizes)
    }

    /// The plane that the magnifier shows, where there are several.
    fn channel(&self) -> usize {
        if self.size().is_some_and(|(.., planes)| planes == 3) { self.channel } else { 0 }
    }

    fn formulas(&self, (width, height): (usize, usize)) -> Vec<OutputSize> {
        let kernel = self.filter().map_or((1, 1), |filter| filter.kernel.shape());
        let along = |axis| Window::along(axis, kernel, (1, 1), (1, 1), filter::padding(kernel));
        OutputSize::of_plane((height, width), (along(Axis::Height), along(Axis::Width)), PaddingConvention::Total)
    }

    /// What each filter reads, makes and costs.
    fn table(&self, sizes: &[(usize, usize)], planes: usize) -> (Table, u64) {
        let shape = |(width, height): (usize, usize)| format::shape(&[height, width]);
        let mut all = 0;
        let rows = self.filters.iter().zip(sizes.windows(2)).enumerate().map(|(index, (filter, sizes))| {
            let [input, output] = [0, 1].map(|at| sizes.get(at).copied().unwrap_or_default());
            let adds = (input.0 * input.1 * filter.kernel.cells().len() * planes) as u64;
            all += adds;
            let (rows, cols) = filter.kernel.shape();
            let name = format!("{}: {}", index + 1, format::shape(&[rows, cols]));
            vec![name, shape(output), format::count(adds)]
        });
        let rows = rows.collect();
        let table =
            Table { name: "Filters", head: vec!["filter", "makes", "multiply-adds"], rows, lit: Some(self.looked) };
        (table, all)
    }

    fn notes(&self) -> Vec<String> {
        let kernel = self.filter().map_or((1, 1), |filter| filter.kernel.shape());
        let mut notes = vec!["p is the total of both sides, k − 1: the result is as large as the picture.".to_owned()];
        if kernel.0.is_multiple_of(2) || kernel.1.is_multiple_of(2) {
            notes.push("Of an odd number of padded rows or columns the larger half is on top and left.".to_owned());
        }
        if self.size().is_some_and(|(.., planes)| planes == 3) {
            notes.push("Red, green and blue are filtered one by one, with the same kernel.".to_owned());
        }
        let drops = |&(width, height): &(usize, usize)| !width.is_multiple_of(2) || !height.is_multiple_of(2);
        let sizes = self.sizes().unwrap_or_default();
        if self.filters.iter().zip(&sizes).any(|(filter, size)| filter.pool != Pool::None && drops(size)) {
            notes.push("Pooling drops an odd last row or column.".to_owned());
        }
        if self.looked > 0 {
            notes
                .push("The filters before this one computed in single precision, as for the whole picture.".to_owned());
        }
        if let Some(Source::Named(named)) = self.filter().map(|filter| filter.source) {
            notes.push(format!("Kernel: {}.", named.source));
        }
        notes
    }

    fn parameter(&mut self, index: usize, value: f64) -> Option<()> {
        if value.abs() > MAX_MAGNITUDE || value.is_nan() {
            return None;
        }
        let filter = self.filter_mut()?;
        let Source::Gabor(mut gabor) = filter.source else { return None };
        *[&mut gabor.wavelength, &mut gabor.orientation, &mut gabor.sigma, &mut gabor.aspect, &mut gabor.phase]
            .into_iter()
            .nth(index)? = value;
        filter.take(Source::Gabor(gabor), (gabor.size, gabor.size));
        Some(())
    }

    /// Another number of filters: new ones change nothing yet, and the last is looked at.
    fn set_count(&mut self, count: usize) -> Option<()> {
        if !(1..=MAX_FILTERS).contains(&count) {
            return None;
        }
        let grows = count > self.filters.len();
        self.filters.resize_with(count, Filter::default);
        self.looked = if grows { count - 1 } else { self.looked.min(count - 1) };
        Some(())
    }

    fn set_image(&mut self, value: &Value) -> Option<()> {
        match value {
            Value::Choice(place) => {
                let image = Image::at(*place)?;
                if image != self.image {
                    (self.image, self.pixels) = (image, None);
                }
            }
            Value::Picture(place, pixels) => (self.image, self.pixels) = (Image::at(*place)?, Some(pixels.clone())),
            // Pixels of a picture that is no longer chosen come too late.
            Value::Pixels(place, pixels) if *place == self.image.place() => self.pixels = Some(pixels.clone()),
            _ => return None,
        }
        Some(())
    }

    fn set_filter(&mut self, control: ControlId, value: &Value) -> Option<()> {
        if let (Some(index), Value::Number(value)) = (control.place_among(PARAMETER), value) {
            return self.parameter(index, *value);
        }
        let filter = self.filter_mut()?;
        let shape = filter.kernel.shape();
        match (control, value) {
            (NAMED_KERNEL, Value::Choice(place)) => {
                let sources = NAMED.iter().map(Source::Named).chain([
                    Source::Gabor(Gabor::default()),
                    Source::Random(1),
                    Source::Own,
                ]);
                let source = sources.into_iter().nth(*place)?;
                // Chosen again, parameters stay.
                if filter.source.place() != *place {
                    filter.take(source, shape);
                }
            }
            (ControlId::SEED, Value::Count(seed)) => {
                let Source::Random(_) = filter.source else { return None };
                filter.take(Source::Random(u32::try_from(*seed).ok()?), shape);
            }
            (NORMALISE, Value::Switch(on)) => filter.normalise = *on,
            (ControlId::BIAS, Value::Text(text)) => filter.bias = Entry::parse(text),
            (RELU, Value::Switch(on)) => filter.relu = *on,
            (POOL, Value::Choice(place)) => filter.pool = Choice::at(*place)?,
            _ => return None,
        }
        Some(())
    }
}

impl Operation for FiltersLab {
    fn title(&self) -> &'static str {
        "Filters on pictures"
    }

    fn subtitle(&self) -> String {
        match self.filter().map_or(Source::Own, |filter| filter.source) {
            Source::Named(named) => named.does.to_owned(),
            Source::Gabor(_) => "A wave under a bell: it answers to stripes of its direction and width.".to_owned(),
            Source::Random(_) => "Random numbers, as a network begins with; the seed draws others.".to_owned(),
            Source::Own => "Each pixel becomes the sum of its neighbours times the kernel's numbers.".to_owned(),
        }
    }

    fn presets(&self) -> &'static [Preset] {
        PRESETS
    }

    fn plate(&self, id: PlateId) -> Option<&Grid<Entry>> {
        let PlateId::Kernel { filter, channel: 0 } = id else { return None };
        self.filters.get(filter).map(|filter| &filter.kernel)
    }

    fn plate_mut(&mut self, id: PlateId) -> Option<&mut Grid<Entry>> {
        let PlateId::Kernel { filter, channel: 0 } = id else { return None };
        let filter = self.filters.get_mut(filter)?;
        // Whoever asks for it changes a number.
        filter.source = Source::Own;
        Some(&mut filter.kernel)
    }

    fn limit(&self, _: PlateId) -> usize {
        MAX_KERNEL
    }

    fn noun(&self, _: PlateId) -> &'static str {
        "kernel"
    }

    fn kernel(&self) -> PlateId {
        PlateId::Kernel { filter: self.looked, channel: 0 }
    }

    fn targets(&self) -> Vec<(String, Limits, PlateId)> {
        let limits = Limits { filters: 1, channels: 1, rows: MAX_KERNEL, cols: MAX_KERNEL };
        vec![("Kernel".to_owned(), limits, self.kernel())]
    }

    fn resize(&mut self, id: PlateId, rows: usize, cols: usize) {
        let PlateId::Kernel { filter, channel: 0 } = id else { return };
        let Some(filter) = self.filters.get_mut(filter).filter(|filter| filter.kernel.shape() != (rows, cols)) else {
            return;
        };
        match filter.source {
            Source::Gabor(gabor) if rows == cols => {
                filter.take(Source::Gabor(Gabor { size: rows, ..gabor }), (rows, cols));
            }
            Source::Random(seed) => filter.take(Source::Random(seed), (rows, cols)),
            _ => {
                filter.source = Source::Own;
                filter.kernel = filter.kernel.resized(rows, cols, &Entry::Number(0.0));
            }
        }
    }

    fn replace(&mut self, id: PlateId, planes: Vec<Grid<Entry>>) -> Result<(), Problem> {
        // Planes share the kernel: of a stack the first is taken.
        if let (Some(grid), Some(plane)) = (self.plate_mut(id), planes.into_iter().next()) {
            *grid = plane;
        }
        Ok(())
    }

    fn refuses(&self, control: ControlId, value: &Value) -> Option<Problem> {
        problem::refused(control, value)
    }

    fn compute_after(&self, _before: Option<&dyn Computation>) -> Result<Arc<dyn Computation>, Problem> {
        let numbers = self.numbers()?;
        let Some(picture) = self.picture() else { return Err(self.without_picture()) };
        self.check_sizes(picture.width(), picture.height())?;
        let numbers = numbers.into_iter().nth(self.looked).ok_or_else(|| self.without_picture())?;
        let mut input = Frame::default();
        let channel = self.channel();
        if self.looked > 0 {
            self.stack_until(self.looked)?
                .run_plane(&picture, channel, &mut input)
                .map_err(|error| self.misfit(self.looked, error))?;
        }
        Ok(Arc::new(magnifier::Magnifier::new(self, numbers, picture, (self.looked > 0).then_some(input))))
    }

    fn broken_scene(&self, _: Playhead) -> Scene {
        stage::broken_scene(self)
    }

    fn shape(&self, computed: Option<&dyn Computation>) -> ShapeView {
        let sizes = self.sizes();
        let last = sizes.as_ref().and_then(|sizes| sizes.last());
        let result = match last {
            Some(&(width, height)) if computed.is_some() => format::shape(&[height, width]),
            _ => "none".to_owned(),
        };
        let weights = self.filters.iter().map(|filter| filter.kernel.cells().len()).sum::<usize>() as u64;
        let mut counts = vec![("weights", format::count(weights))];
        let mut table = None;
        let mut formulas = Vec::new();
        if let (Some(sizes), Some((.., planes))) = (sizes, self.size()) {
            let (rows, adds) = self.table(&sizes, planes);
            counts.push(("multiply-adds", format::count(adds)));
            table = Some(rows).filter(|table| table.rows.len() > 1);
            let read = sizes.get(self.looked).copied().unwrap_or_default();
            formulas = self.formulas(read).iter().map(OutputSize::lines).collect();
        }
        ShapeView { result, formulas, counts, table, notes: self.notes(), ..ShapeView::default() }
    }

    fn is_like(&self, other: &dyn Operation) -> bool {
        let bare = Self { pixels: None, ..self.clone() };
        super::operation::State::equals(&bare, other)
    }

    fn inherit(&mut self, before: &dyn Operation) {
        let before: &dyn std::any::Any = before;
        if let Some(before) = before.downcast_ref::<Self>()
            && before.image == self.image
            && self.pixels.is_none()
        {
            self.pixels.clone_from(&before.pixels);
        }
    }

    fn shelve(&mut self) {
        // Two hundred frames of a camera would be a gigabyte, and a photo can be loaded again.
        if self.image != Image::Own {
            self.pixels = None;
        }
    }
}
