//! `#/depth`: which nets are trained, and how.

use super::{Fields, LinkField, Warning, read_new, write};
use crate::lab::depth::{
    Depths, FUNCTIONS, INITS, MOST_EPOCHS, MOST_IMAGES, Settings,
    markup::{DATA, SKIPS},
};

/// A list of depths is not longer; it can name one twice.
const MOST_LETTERS: usize = 64;

/// A whole number within a range.
fn count(value: &str, low: u32, high: u32) -> Option<u32> {
    value.parse().ok().filter(|count| (low..=high).contains(count))
}

/// A setting that is one of a few, whose names are in a table.
macro_rules! chosen {
    ($name:literal, $form:literal, $field:ident, $table:ident) => {
        LinkField {
            name: $name,
            form: $form,
            write: |settings| {
                let named = $table.iter().find(|row| row.0 == settings.$field).map(|row| row.1.to_owned());
                named.filter(|_| settings.$field != Settings::default().$field)
            },
            read: |settings, value| {
                settings.$field = $table.iter().find(|row| row.1 == value)?.0.to_owned();
                Some(())
            },
        }
    };
}

/// A setting that is a count.
macro_rules! counted {
    ($name:literal, $form:literal, $field:ident, $range:expr) => {
        LinkField {
            name: $name,
            form: $form,
            write: |settings| (settings.$field != Settings::default().$field).then(|| settings.$field.to_string()),
            read: |settings, value| {
                let (low, high) = $range;
                settings.$field = count(value, low, high)?;
                Some(())
            },
        }
    };
}

const NORMS: [(bool, &str); 2] = [(true, "batch"), (false, "none")];

const TABLE: &[LinkField<Settings>] = &[
    LinkField {
        name: "depth",
        form: "up to four even numbers from 2 to 60, with commas between",
        write: |settings| {
            let depths: Vec<String> = settings.depths().iter().map(ToString::to_string).collect();
            (settings.depths() != Settings::default().depths()).then(|| depths.join(","))
        },
        read: |settings, value| {
            if value.len() > MOST_LETTERS {
                return None;
            }
            let depths: Option<Vec<u32>> = value.split(',').map(|depth| depth.trim().parse().ok()).collect();
            settings.depths = Depths::new(&depths?)?;
            Some(())
        },
    },
    chosen!("skip", "plain, residual or both", skips, SKIPS),
    chosen!("norm", "batch or none", batch_norm, NORMS),
    chosen!("activation", "relu or sigmoid", function, FUNCTIONS),
    chosen!("init", "he, xavier, small or zero", init, INITS),
    chosen!("dataset", "fashion or mnist", data, DATA),
    counted!("train", "a number of images from 1 to 10000", images, (1, MOST_IMAGES)),
    counted!("epochs", "a number from 1 to 10", epochs, (1, MOST_EPOCHS)),
    counted!("seed", "a whole number from 0", seed, (0, u32::MAX)),
];

/// The fields of settings.
pub fn encode(settings: &Settings) -> Fields {
    write(TABLE, settings)
}

/// The settings of fields, and what of them could not be read.
pub fn decode(fields: &Fields) -> (Settings, Vec<Warning>) {
    read_new(TABLE, fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(query: &str) -> (Settings, Vec<String>) {
        let fields = query.split('&').filter_map(|field| field.split_once('='));
        let fields: Fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let (settings, warnings) = decode(&fields);
        (settings, warnings.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_is_written_is_read() {
        for query in [
            "",
            "depth=18&skip=residual&norm=none&activation=sigmoid&init=xavier&dataset=mnist&train=640&epochs=1&seed=7",
            "depth=2,44,60&init=zero",
            "skip=plain&init=small&seed=0",
        ] {
            let (settings, warnings) = opened(query);
            let written = encode(&settings).iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
            assert_eq!((written.join("&").as_str(), warnings.len()), (query, 0));
        }
        assert!(encode(&opened("depth=30,8,18&skip=both&norm=batch&train=10000&epochs=2&seed=1").0).is_empty());
    }

    #[test]
    fn what_can_not_be_read_is_said_and_nothing_is_allocated_for_it() {
        let long = format!("depth={}", "8,".repeat(100_000));
        for query in [
            "depth=7",
            "depth=",
            "depth=62",
            "depth=2,4,6,8,10",
            "depth=8;18",
            "skip=none",
            "norm=layer",
            "activation=tanh",
            "init=",
            "dataset=cifar",
            "train=0",
            "train=10001",
            "train=1e3",
            "epochs=11",
            "epochs=-1",
            "seed=4294967296",
            &long,
        ] {
            let (settings, warnings) = opened(query);
            assert_eq!((settings, warnings.len()), (Settings::default(), 1), "{}", query.get(..20).unwrap_or(query));
        }
        let expect = "The link's depth=7 can't be read: up to four even numbers from 2 to 60, with commas between. The default is used.";
        assert_eq!(opened("depth=7").1, [expect]);
    }
}
