//! Random settings, for properties that every lab has.

use proptest::prelude::*;

use super::{Kind, Setting, text};
use crate::{
    nn::shape::Padding,
    num::{Entry, Grid, MAX_MAGNITUDE},
};

pub(crate) fn any_entry() -> impl Strategy<Value = Entry> {
    prop_oneof![
        4 => (-9i32..10).prop_map(|value| Entry::from(f64::from(value))),
        1 => (-MAX_MAGNITUDE..=MAX_MAGNITUDE).prop_map(Entry::from),
        1 => "-?[0-9]{1,3}/[1-9][0-9]?".prop_map(|text| Entry::parse(&text)),
        1 => "[,;|%&=# 0-9/.-]{0,8}".prop_map(|text| Entry::parse(&text)),
        1 => any::<String>().prop_map(|text| Entry::parse(&text)),
    ]
}

/// Mostly fewer than `usual` rows and columns, at times up to `limit`.
pub(crate) fn any_grid(usual: usize, limit: usize) -> impl Strategy<Value = Grid<Entry>> {
    let extent = prop_oneof![9 => 1..usual, 1 => 1..=limit];
    (extent.clone(), extent).prop_flat_map(|(rows, cols)| {
        prop::collection::vec(prop::collection::vec(any_entry(), cols), rows)
            .prop_map(|rows| Grid::from_rows(rows).unwrap())
    })
}

/// A small count, or any that a link takes.
fn any_count(most: usize) -> BoxedStrategy<usize> {
    prop_oneof![0..4usize.min(most + 1), 0..=most].boxed()
}

/// A value as a link holds it, in the one form that is written.
pub(crate) fn any_text<L>(setting: &Setting<L>) -> BoxedStrategy<String> {
    const MOST: usize = 9_999;
    match &setting.kind {
        Kind::Cells(_, most) => any_grid((*most).min(8), *most).prop_map(|grid| text::grid(&grid)).boxed(),
        Kind::Number(_) => any_entry().prop_map(|entry| text::entry(&entry)).boxed(),
        Kind::Count(_, _, most) => any_count(*most).prop_map(|count| count.to_string()).boxed(),
        Kind::Pair(..) | Kind::Extent(_) => {
            let both = any_count(MOST).prop_map(|count| (count, count));
            prop_oneof![(any_count(MOST), any_count(MOST)), both].prop_map(text::pair).boxed()
        }
        Kind::Sides(..) => {
            let sides = [(); 4].map(|()| any_count(MOST));
            let each = any_count(MOST).prop_map(Padding::per_side);
            let any = sides.prop_map(|[top, bottom, left, right]| Padding { top, bottom, left, right });
            prop_oneof![any, each].prop_map(text::sides).boxed()
        }
        Kind::Switch(_) => prop::sample::select(vec!["0", "1"]).prop_map(str::to_owned).boxed(),
        Kind::Choice(pick) => prop::sample::select(pick.names).prop_map(|named| named.link.to_owned()).boxed(),
        // No link holds it.
        Kind::Amount(..) => Just(String::new()).boxed(),
        Kind::Own(own) => prop::sample::select(own.examples).prop_map(|text| (*text).to_owned()).boxed(),
    }
}
