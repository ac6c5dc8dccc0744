//! What stands in the way of a filter, with its repairs.

use super::{
    Filter, FiltersLab, Image, Numbers, Source,
    settings::{FILTER, NORMALISE, PARAMETER, POOL},
};
use crate::{
    image::filter::{Correlation, MAX_FILTERS, Pool},
    lab::{
        OperationLab,
        control::{ControlId, Value},
        operation::{Action, Problem, Repair},
        problem::{AskedGrid, unreadable, unreadable_text},
        scene::PlateId,
        setting::Choice as _,
    },
    nn::{
        reference::PaddingMode,
        shape::{Axis, ShapeError},
    },
    num::{Entry, Grid, format},
};

impl FiltersLab {
    /// Every filter in numbers.
    ///
    /// # Errors
    /// The first [`Problem`], with its repair.
    pub(super) fn numbers(&self) -> Result<Vec<Numbers>, Problem> {
        self.filters.iter().enumerate().map(|(index, filter)| self.numbers_of(index, filter)).collect()
    }

    fn numbers_of(&self, index: usize, filter: &Filter) -> Result<Numbers, Problem> {
        let asked = AskedGrid {
            plate: PlateId::Kernel { filter: index, channel: 0 },
            control: ControlId::KERNEL,
            name: "Kernel".to_owned(),
            cells: &filter.kernel,
        };
        let (Some(kernel), Some(bias)) = (filter.kernel.try_map(Entry::value), filter.bias.value()) else {
            let problem = unreadable([asked]).or_else(|| unreadable_text(ControlId::BIAS, "bias", &filter.bias, "0"));
            return Err(self.of_filter(index, problem.unwrap_or_else(start_over)));
        };
        if let Some(problem) = no_gabor(filter) {
            return Err(self.of_filter(index, problem));
        }
        let Some(divisor) = filter.divisor() else {
            return Err(self.of_filter(
                index,
                Problem {
                    control: NORMALISE,
                    sentence: "The kernel's numbers add up to 0: divided by that there is no picture.".to_owned(),
                    repairs: vec![Repair::new("Don't normalise", Action::Set(NORMALISE, Value::Switch(false)))],
                },
            ));
        };
        Ok(Numbers { kernel, divisor, bias })
    }

    /// The problem of a filter. One that is not looked at is named, and has to be looked at first: its settings are not on
    /// screen.
    fn of_filter(&self, index: usize, problem: Problem) -> Problem {
        if index == self.looked {
            return problem;
        }
        let name = format!("filter {}", index + 1);
        let look = Repair::new(format!("Look at {name}"), Action::Set(FILTER, Value::Choice(index)));
        Problem { control: FILTER, sentence: format!("In {name}: {}", problem.sentence), repairs: vec![look] }
    }

    /// There are no pixels yet.
    pub(super) fn without_picture(&self) -> Problem {
        let sentence = match self.image {
            Image::Own => "A link does not hold an own picture: open the file again, or take a photo.".to_owned(),
            Image::Webcam => "The webcam shows no picture yet.".to_owned(),
            photo => format!("The picture “{}” is not loaded yet.", photo.name()),
        };
        let other = if self.image == Image::Photographer { Image::Astronaut } else { Image::Photographer };
        let repair =
            Repair::new(format!("Use “{}”", other.name()), Action::Set(ControlId::IMAGE, Value::Choice(other.place())));
        Problem { control: ControlId::IMAGE, sentence, repairs: vec![repair] }
    }

    /// Whether every filter of the stack has what it reads, of a picture of that size.
    ///
    /// # Errors
    /// The first [`Problem`], with its repair.
    pub fn check_sizes(&self, width: usize, height: usize) -> Result<(), Problem> {
        let mut at = (width, height);
        for (index, filter) in self.filters.iter().enumerate() {
            let shape = filter.kernel.map(|_| 0.0);
            Correlation::new(&shape, self.edge, 0.0).check(at.0, at.1).map_err(|error| self.misfit(index, error))?;
            let pooled = filter.pool.output(at.0, at.1);
            if pooled.0 == 0 || pooled.1 == 0 {
                let (width, height) = at;
                let sentence =
                    format!("Pooling needs 2 × 2 pixels, and the plane has {}.", format::shape(&[height, width]));
                let none = Pool::ALL.iter().position(|pool| *pool == Pool::None).unwrap_or(0);
                let repair = Repair::new("Don't pool", Action::Set(POOL, Value::Choice(none)));
                return Err(self.of_filter(index, Problem { control: POOL, sentence, repairs: vec![repair] }));
            }
            at = pooled;
        }
        Ok(())
    }

    /// A padding that the edge has no values for.
    pub(super) fn misfit(&self, index: usize, error: ShapeError) -> Problem {
        let name = self.edge.named().name;
        let sentence = match error {
            ShapeError::PaddingTooLarge { axis, padding, limit } => {
                let lines = if axis == Axis::Height { "rows" } else { "columns" };
                format!(
                    "Filter {} needs {padding} {lines} of padding on one side, and “{name}” has at most {limit} in a picture this small.",
                    index + 1
                )
            }
            other => format!("Filter {}: {other}", index + 1),
        };
        let repairs = [PaddingMode::Replicate, PaddingMode::Zeros]
            .map(|mode| {
                let label = if mode == PaddingMode::Zeros { "Pad with zeros" } else { "Repeat the border" };
                Repair::new(label, Action::Set(ControlId::MODE, Value::Choice(mode.place())))
            })
            .into();
        Problem { control: ControlId::MODE, sentence, repairs }
    }
}

/// What is said of settings that no other sentence fits: there are none that are known.
fn start_over() -> Problem {
    Problem {
        control: ControlId::KERNEL,
        sentence: "These settings can't be computed.".to_owned(),
        repairs: vec![Repair::new("Start over", Action::Open(Box::new(OperationLab::of(FiltersLab::default()))))],
    }
}

/// A parameter with which Gabor's formula has no numbers.
fn no_gabor(filter: &Filter) -> Option<Problem> {
    let Source::Gabor(gabor) = filter.source else { return None };
    let (index, sentence, label, value) = if gabor.wavelength <= 0.0 {
        let shown = format::shown(gabor.wavelength);
        (0, format!("A wavelength of {shown} pixels makes no wave: it has to be above 0."), "Use λ = 5", 5.0)
    } else if gabor.sigma <= 0.0 {
        let shown = format::shown(gabor.sigma);
        (2, format!("A bell {shown} pixels wide holds nothing: σ has to be above 0."), "Use σ = 2", 2.0)
    } else {
        return None;
    };
    let control = PARAMETER.nth(index);
    let repair = Repair::new(label, Action::Set(control, Value::Number(value)));
    Some(Problem { control, sentence, repairs: vec![repair] })
}

/// A count past what the lab holds.
pub(super) fn refused(control: ControlId, value: &Value) -> Option<Problem> {
    let (ControlId::FILTERS, Value::Count(count)) = (control, value) else { return None };
    if (1..=MAX_FILTERS).contains(count) {
        return None;
    }
    let nearest = (*count).clamp(1, MAX_FILTERS);
    let label = if nearest == 1 { "Use 1 filter".to_owned() } else { format!("Use {nearest} filters") };
    Some(Problem {
        control,
        sentence: format!("A stack of {count} is not possible: it has 1 to {MAX_FILTERS} filters."),
        repairs: vec![Repair::new(label, Action::Set(control, Value::Count(nearest)))],
    })
}

/// What a kernel is drawn with while there is no picture.
pub(super) fn cells(lab: &FiltersLab) -> Grid<Entry> {
    lab.filter().map_or_else(|| Grid::from_fn(1, 1, |_, _| Entry::Number(1.0)), |filter| filter.kernel.clone())
}
