//! Named recipes: settings that are known to work, with what they reached.
//!
//! The figures were measured by `examples/train.rs`; `docs/recipes.md` has the commands, and how the recipes were
//! chosen. A link names a recipe, and a link once published keeps opening the same run: better settings are a new
//! recipe.

use super::field::Field;
use crate::{
    data::Augment,
    model::ModelKind,
    num::decimal::fixed,
    train::{OptimizerKind, RunSpec, Schedule},
};

/// Settings under a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// The name on screen.
    pub name: &'static str,
    /// The name in a link and on the command line.
    pub link: &'static str,
    /// What it does, up to what it reached.
    about: &'static str,
    /// What it reached on the test images.
    reached: Reached,
    /// The settings; the seed is the default's.
    pub spec: RunSpec,
}

/// Test accuracies with the seeds from 1 on, the page's own among them: a visitor's run lies in between.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Reached {
    /// The lowest, in per cent.
    lowest: f64,
    /// The highest, in per cent.
    highest: f64,
    /// The last seed.
    seeds: u32,
}

const COURSE: RunSpec = RunSpec::DEFAULT;

/// All recipes, in the order of the list on screen.
pub static RECIPES: [Recipe; 4] = [
    Recipe {
        name: "Fast to 99 %",
        link: "fast",
        about: "Two epochs of AdamW in one cycle, with smoothed labels: the soonest way to 99 %.",
        reached: Reached { lowest: 99.00, highest: 99.25, seeds: 20 },
        spec: RunSpec {
            optimizer: OptimizerKind::AdamW,
            learning_rate: 0.008,
            schedule: Schedule::OneCycle,
            label_smoothing: 0.05,
            momentum: 0.0,
            weight_decay: 0.01,
            epochs: 2,
            ..COURSE
        },
    },
    Recipe {
        name: "Course default",
        link: "course",
        about: "Three epochs of SGD with momentum at a rate that falls to 0, as in the course.",
        reached: Reached { lowest: 98.65, highest: 99.20, seeds: 20 },
        spec: COURSE,
    },
    Recipe {
        name: "Best accuracy",
        link: "best",
        about: "Twenty epochs of digits that are shifted, turned and scaled anew each time they come.",
        reached: Reached { lowest: 99.37, highest: 99.48, seeds: 10 },
        spec: RunSpec {
            optimizer: OptimizerKind::AdamW,
            learning_rate: 0.005,
            schedule: Schedule::OneCycle,
            label_smoothing: 0.1,
            augment: Augment::Affine,
            momentum: 0.0,
            weight_decay: 0.01,
            epochs: 20,
            ..COURSE
        },
    },
    Recipe {
        name: "Sigmoid LeNet, 1990s",
        link: "sigmoid",
        about: "Sigmoids, average pooling and plain SGD: it sits at or near chance for three to five epochs before it learns.",
        reached: Reached { lowest: 94.63, highest: 96.82, seeds: 10 },
        spec: RunSpec {
            model: ModelKind::LeNetSigmoid,
            learning_rate: 0.9,
            schedule: Schedule::Constant,
            momentum: 0.0,
            batch: 256,
            epochs: 10,
            ..COURSE
        },
    },
];

impl Recipe {
    /// The recipe that a link or a command calls `name`.
    pub fn named(name: &str) -> Option<&'static Self> {
        RECIPES.iter().find(|recipe| recipe.link == name)
    }

    /// The recipe that `spec` is, whatever its seed.
    pub fn of(spec: &RunSpec) -> Option<&'static Self> {
        RECIPES.iter().find(|recipe| RunSpec { seed: recipe.spec.seed, ..*spec } == recipe.spec)
    }

    /// What it does and what it reached, for the screen.
    pub fn sentence(&self) -> String {
        let Self { about, reached, .. } = self;
        format!("{about} Test accuracy {}, seeds 1 to {}.", reached.range().replace(' ', "\u{a0}"), reached.seeds)
    }

    /// A setting as it would be typed; one that the optimizer does not use is left at its default.
    pub(super) fn text(&self, field: Field) -> String {
        let optimizer = self.spec.optimizer;
        if field == Field::Momentum && !field.used_by(optimizer) {
            return field.default_text(optimizer);
        }
        field.text_of(&self.spec)
    }
}

impl Reached {
    /// `99.00 to 99.25 %`.
    fn range(self) -> String {
        let Self { lowest, highest, .. } = self;
        format!("{} to {} %", fixed(lowest, 2), fixed(highest, 2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::train::Settings;

    #[test]
    fn a_recipe_sets_everything_but_the_seed() {
        for recipe in &RECIPES {
            assert_eq!(recipe.spec.check(60_000), Ok(()), "{}", recipe.name);
            let mut settings = Settings::default();
            // Whatever was there before.
            settings.use_recipe(&RECIPES[3]);
            settings.use_recipe(&RECIPES[0]);
            settings.set(Field::Seed, "7");
            settings.set(Field::Batch, "nonsense");
            settings.use_recipe(recipe);
            assert_eq!(
                settings.spec(),
                Some(RunSpec { seed: 7, ..recipe.spec }.with_model(recipe.spec.model.into())),
                "{}",
                recipe.name
            );
            assert_eq!(settings.recipe(), Some(recipe));
            settings.set(Field::Epochs, "99");
            assert_eq!(settings.recipe(), None);
        }
    }

    #[test]
    fn the_default_settings_are_the_courses() {
        assert_eq!(Settings::default().recipe().map(|recipe| recipe.link), Some("course"));
    }

    /// The screen and the docs have the figures of one measurement.
    #[test]
    fn what_was_reached_stands_in_the_docs() {
        let (docs, readme) = (include_str!("../../../docs/recipes.md"), include_str!("../../../README.md"));
        for Recipe { name, link, reached, spec, .. } in &RECIPES {
            let row =
                docs.lines().find(|line| line.starts_with(&format!("| {name} |"))).expect("a row for each recipe");
            for part in [format!("--recipe {link} --seeds 1..{}", reached.seeds), reached.range()] {
                assert!(row.contains(&part), "{part} is missing in {row}");
            }
            assert!((1..=reached.seeds).contains(&spec.seed), "the page's own seed is one of them");
            assert!(reached.lowest < reached.highest);
        }
        let fast = &RECIPES[0];
        assert!(readme.contains(&fast.reached.range()), "the first sentence about training tells the same");
        assert!(fast.reached.lowest >= 99.0, "it keeps what its name says");
        assert!(fast.sentence().ends_with("Test accuracy 99.00\u{a0}to\u{a0}99.25\u{a0}%, seeds 1 to 20."));
    }
}
