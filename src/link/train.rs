//! `#/train`: the settings of a run. The run itself is not in the link: the same settings make the same run.

use super::{Fields, LinkField, Warning, read_new, write};
use crate::{
    data::Augment,
    lab::train::{self, Model, Recipe, Settings},
    num::sort_few,
    train::{OptimizerKind, Schedule},
};

/// The models' names in a link.
const MODELS: [(&str, Model); 3] = [("lenet", Model::LeNet), ("sigmoid", Model::LeNetSigmoid), ("own", Model::Own)];

/// The optimizers' names in a link.
const OPTIMIZERS: [(&str, OptimizerKind); 4] = [
    ("sgd", OptimizerKind::Sgd),
    ("nesterov", OptimizerKind::Nesterov),
    ("adam", OptimizerKind::Adam),
    ("adamw", OptimizerKind::AdamW),
];

/// The schedules' names in a link.
const SCHEDULES: [(&str, Schedule); 5] = [
    ("linear", Schedule::Linear),
    ("constant", Schedule::Constant),
    ("step", Schedule::Step),
    ("cosine", Schedule::Cosine),
    ("onecycle", Schedule::OneCycle),
];

/// The names of what is done to training images in a link.
const AUGMENTS: [(&str, Augment); 4] =
    [("none", Augment::None), ("shift", Augment::Shift), ("affine", Augment::Affine), ("elastic", Augment::Elastic)];

/// The numbers of workers in a link.
const WORKERS: [(&str, Option<u8>); 9] = [
    ("auto", None),
    ("1", Some(1)),
    ("2", Some(2)),
    ("3", Some(3)),
    ("4", Some(4)),
    ("5", Some(5)),
    ("6", Some(6)),
    ("7", Some(7)),
    ("8", Some(8)),
];

/// What a link that is a recipe's holds besides its name.
const BESIDE_RECIPE: [&str; 4] = ["recipe", "seed", "train", "workers"];

/// A setting that is typed: the link holds its text, readable or not, as the page does.
macro_rules! typed {
    ($name:literal, $form:literal, $field:ident) => {
        LinkField {
            name: $name,
            form: $form,
            write: |settings| {
                let field = train::Field::$field;
                let shown = field.used_by(settings.optimizer()) && !settings.is_default(field);
                shown.then(|| settings.text(field).trim().to_owned())
            },
            read: |settings, value| {
                settings.set(train::Field::$field, value);
                Some(())
            },
        }
    };
}

/// A setting that is one of a few.
macro_rules! chosen {
    ($name:literal, $form:literal, $table:ident, $get:ident, $set:ident) => {
        LinkField {
            name: $name,
            form: $form,
            write: |settings| {
                let chosen = settings.$get();
                let named = $table.iter().find(|(_, known)| *known == chosen);
                named.filter(|_| chosen != Settings::default().$get()).map(|(name, _)| (*name).to_owned())
            },
            read: |settings, value| {
                let (_, chosen) = $table.iter().find(|(name, _)| *name == value)?;
                settings.$set(*chosen);
                Some(())
            },
        }
    };
}

const FIELDS: &[LinkField<Settings>] = &[
    // What the other fields are applied to; the default recipe is no field.
    LinkField {
        name: "recipe",
        form: "fast, course, best or sigmoid",
        write: |settings| recipe_below(settings).map(|recipe| recipe.link.to_owned()),
        read: |settings, value| {
            settings.use_recipe(Recipe::named(value)?);
            Some(())
        },
    },
    chosen!("model", "lenet, sigmoid or own", MODELS, model, set_model),
    LinkField {
        name: "layers",
        form: "layers such as c6k5;relu;l10",
        write: |settings| (settings.model() == Model::Own).then(|| settings.layers().to_owned()),
        read: |settings, value| {
            settings.set_layers(value);
            Some(())
        },
    },
    // One data set so far: the default, which a link may name.
    LinkField { name: "dataset", form: "mnist", write: |_| None, read: |_, value| (value == "mnist").then_some(()) },
    chosen!("optimizer", "sgd, nesterov, adam or adamw", OPTIMIZERS, optimizer, set_optimizer),
    typed!("lr", "a number above 0", LearningRate),
    typed!("momentum", "a number from 0 to 0.999", Momentum),
    typed!("decay", "a number from 0 to 1", WeightDecay),
    typed!("batch", "a count from 1 to 1024", Batch),
    typed!("epochs", "a count from 1 to 100", Epochs),
    typed!("seed", "a count from 0", Seed),
    chosen!("schedule", "linear, constant, step, cosine or onecycle", SCHEDULES, schedule, set_schedule),
    typed!("smoothing", "a number from 0 to 0.5", Smoothing),
    chosen!("augment", "none, shift, affine or elastic", AUGMENTS, augment, set_augment),
    typed!("train", "a count from 1 to 60000", TrainImages),
    chosen!("workers", "auto or a count from 1 to 8", WORKERS, workers, set_workers),
];

/// The recipe, other than the default, that these settings are but for the seed and the number of images.
fn recipe_below(settings: &Settings) -> Option<&'static Recipe> {
    let mut whole = settings.clone();
    whole.set(train::Field::TrainImages, train::Field::TrainImages.default_text(settings.optimizer()));
    whole.recipe().filter(|recipe| Some(*recipe) != Settings::default().recipe())
}

/// The fields of settings.
pub fn encode(settings: &Settings) -> Fields {
    let mut fields = write(FIELDS, settings);
    if fields.first().is_some_and(|(name, _)| name == "recipe") {
        fields.retain(|(name, _)| BESIDE_RECIPE.contains(&name.as_str()));
    }
    fields
}

/// The settings of fields, and what of them could not be read.
pub fn decode(fields: &Fields) -> (Settings, Vec<Warning>) {
    // The others are applied to the recipe, and the optimizer decides what their defaults are: wherever the two stand,
    // they are read first.
    let mut ordered = fields.clone();
    sort_few(&mut ordered, |(name, _)| match name.as_str() {
        "recipe" => 0,
        "optimizer" => 1,
        _ => 2,
    });
    read_new(FIELDS, &ordered)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        lab::train::RECIPES,
        link::{Link, Page},
    };

    fn open(query: &str) -> (Settings, Vec<String>) {
        let (link, _) = Link::decode(&format!("#/train?{query}"));
        let (settings, warnings) = decode(&link.fields);
        (settings, warnings.iter().map(ToString::to_string).collect())
    }

    #[track_caller]
    fn check(query: &str, written: &str) {
        let (settings, _) = open(query);
        let link = Link { fields: encode(&settings), ..Link::to(Page::Train) };
        let expect = if written.is_empty() { "#/train".to_owned() } else { format!("#/train?{written}") };
        assert_eq!(link.encode(), expect);
        assert_eq!(open(written).0.spec(), settings.spec(), "what is written makes the same run");
    }

    #[test]
    fn only_what_differs_from_the_default_is_written() {
        check("", "");
        check("model=lenet&dataset=mnist&optimizer=sgd&lr=0.05&seed=1", "");
        check("epochs=5&lr=0.1", "lr=0.1&epochs=5");
        check("optimizer=adam", "optimizer=adam");
        check("optimizer=adam&lr=0.001", "optimizer=adam");
        check("lr=0.05&optimizer=adam", "optimizer=adam&lr=0.05");
        check("optimizer=adam&momentum=0.5", "optimizer=adam");
        check("optimizer=adamw&decay=0", "optimizer=adamw&decay=0");
        check("lr=1/50&batch=abc", "lr=1/50&batch=abc");
        check("schedule=linear", "");
        check("train=100&schedule=constant", "schedule=constant&train=100");
        check("train=6000&batch=50&seed=7", "batch=50&seed=7&train=6000");
        check(
            "augment=shift&smoothing=0.1&schedule=cosine&model=sigmoid",
            "model=sigmoid&schedule=cosine&smoothing=0.1&augment=shift",
        );
        check("smoothing=0&augment=none&model=lenet", "");
        // As the architectures page writes it.
        check("model=own&layers=c6k5;relu;l10", "model=own&layers=c6k5;relu;l10");
        check("layers=l9;l10", "");
        check("smoothing=1/20", "smoothing=1/20");
    }

    #[test]
    fn a_recipe_is_what_the_other_fields_are_applied_to() {
        for recipe in &RECIPES {
            let (settings, warnings) = open(&format!("recipe={}", recipe.link));
            assert_eq!((settings.recipe(), warnings), (Some(recipe), Vec::new()));
        }
        check("recipe=course", "");
        check("recipe=fast", "recipe=fast");
        check("train=6000&recipe=best&seed=4", "recipe=best&seed=4&train=6000");
        // Not its own any more: every field is written out, and means the same wherever the recipe stood.
        let changed = "batch=33&recipe=fast&epochs=7&seed=2";
        let (settings, _) = open(changed);
        assert_eq!(settings.recipe(), None);
        let fields = encode(&settings);
        assert!(fields.iter().all(|(name, _)| name != "recipe"), "{fields:?}");
        assert_eq!(decode(&fields).0.spec(), settings.spec());
        let fast = Recipe::named("fast").unwrap().spec;
        assert_eq!(
            settings.spec(),
            Some(crate::train::RunSpec { batch: 33, epochs: 7, seed: 2, ..fast }.with_model(Model::LeNet))
        );
        // Settings that happen to be a recipe's are one.
        let written_out = Fields::from(
            [("lr", "0.9"), ("momentum", "0"), ("batch", "256"), ("epochs", "10")]
                .into_iter()
                .chain([("model", "sigmoid"), ("schedule", "constant")])
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect::<Fields>(),
        );
        assert_eq!(encode(&decode(&written_out).0), [("recipe".to_owned(), "sigmoid".to_owned())]);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let check = |query: &str, expect: &str| assert_eq!(open(query).1, [expect]);
        check("model=resnet", "The link's model=resnet can't be read: lenet, sigmoid or own. The default is used.");
        check(
            "optimizer=lion",
            "The link's optimizer=lion can't be read: sgd, nesterov, adam or adamw. The default is used.",
        );
        check("recipe=pie", "The link's recipe=pie can't be read: fast, course, best or sigmoid. The default is used.");
        check("augment=1", "The link's augment=1 can't be read: none, shift, affine or elastic. The default is used.");
        check("depth=1", "The link's field “depth” is not known here and was ignored.");
    }

    proptest! {
        #[test]
        fn any_fields_open(fields in prop::collection::vec(("[a-z]{0,9}", ".{0,40}"), 0..8)) {
            let (settings, _) = decode(&fields);
            prop_assert!(train::Field::ALL.iter().all(|field| settings.text(*field).len() <= 4 * crate::num::MAX_TEXT));
        }

        #[test]
        fn any_typed_text_comes_back(text in "[^&]{0,24}", at in 0..train::Field::ALL.len()) {
            let mut settings = Settings::default();
            settings.set(train::Field::ALL[at], text.trim());
            let (link, _) = Link::decode(&Link { fields: encode(&settings), ..Link::to(Page::Train) }.encode());
            let (read, warnings) = decode(&link.fields);
            prop_assert_eq!(warnings, []);
            prop_assert_eq!(encode(&read), encode(&settings));
        }
    }
}
