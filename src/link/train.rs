//! `#/train`: the settings of a run. The run itself is not in the link: the same settings make the same run.

use super::{Field, Fields, Warning, read, write};
use crate::{
    lab::train::{self, Settings},
    train::OptimizerKind,
};

/// The optimizers' names in a link.
const OPTIMIZERS: [(&str, OptimizerKind); 4] = [
    ("sgd", OptimizerKind::Sgd),
    ("nesterov", OptimizerKind::Nesterov),
    ("adam", OptimizerKind::Adam),
    ("adamw", OptimizerKind::AdamW),
];

/// A setting that is typed: the link holds its text, readable or not, as the page does.
macro_rules! typed {
    ($name:literal, $form:literal, $field:ident) => {
        Field {
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

const FIELDS: &[Field<Settings>] = &[
    // One model and one data set so far: the default, which a link may name.
    Field { name: "model", form: "lenet", write: |_| None, read: |_, value| (value == "lenet").then_some(()) },
    Field { name: "dataset", form: "mnist", write: |_| None, read: |_, value| (value == "mnist").then_some(()) },
    Field {
        name: "optimizer",
        form: "sgd, nesterov, adam or adamw",
        write: |settings| {
            let optimizer = settings.optimizer();
            let named = OPTIMIZERS.iter().find(|(_, kind)| *kind == optimizer);
            named.filter(|_| optimizer != Settings::default().optimizer()).map(|(name, _)| (*name).to_owned())
        },
        read: |settings, value| {
            let (_, optimizer) = OPTIMIZERS.iter().find(|(name, _)| *name == value)?;
            settings.set_optimizer(*optimizer);
            Some(())
        },
    },
    typed!("lr", "a number above 0", LearningRate),
    typed!("momentum", "a number from 0 to 0.999", Momentum),
    typed!("decay", "a number from 0 to 1", WeightDecay),
    typed!("batch", "a count from 1 to 1024", Batch),
    typed!("epochs", "a count from 1 to 100", Epochs),
    typed!("seed", "a count from 0", Seed),
    typed!("train", "a count from 1 to 60000", TrainImages),
];

/// The fields of settings.
pub fn encode(settings: &Settings) -> Fields {
    write(FIELDS, settings)
}

/// The settings of fields, and what of them could not be read.
pub fn decode(fields: &Fields) -> (Settings, Vec<Warning>) {
    let mut settings = Settings::default();
    // The optimizer decides what the other defaults are, so it is read first wherever it stands.
    let mut ordered = fields.clone();
    ordered.sort_by_key(|(name, _)| name != "optimizer");
    let warnings = read(FIELDS, &mut settings, &ordered);
    (settings, warnings)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::link::{Link, Page};

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
        check("train=6000&batch=50&seed=7", "batch=50&seed=7&train=6000");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let check = |query: &str, expect: &str| assert_eq!(open(query).1, [expect]);
        check("model=resnet", "The link's model=resnet can't be read: lenet. The default is used.");
        check(
            "optimizer=lion",
            "The link's optimizer=lion can't be read: sgd, nesterov, adam or adamw. The default is used.",
        );
        check("augment=1", "The link's field “augment” is not known here and was ignored.");
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
