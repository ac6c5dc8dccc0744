//! Links to random states of every lab, most of which compute: what browser tests draw besides the presets, which are all
//! small.
//!
//! ```text
//! cargo run --example random_states -- 500 1          so many of each lab, from a seed
//! ```

#![allow(clippy::print_stdout, reason = "a command prints")]

use std::{env, iter};

use receptive::{
    lab::{
        Lab,
        control::{ControlForm, Value},
        operation::{Action, OperationLab},
        scene::PlateId,
    },
    link::{
        Link,
        operation::{LabKind, LabLink},
    },
    nn::shape::Padding,
    num::{
        Entry, Grid,
        rng::{Purpose, Stream},
    },
};

/// Tries for a state that computes.
const TRIES: usize = 40;

fn main() {
    let mut numbers = env::args().skip(1).filter_map(|text| text.parse().ok());
    let (count, seed) = (numbers.next().unwrap_or(20), numbers.next().unwrap_or(1));
    for (place, kind) in LabKind::ALL.iter().enumerate() {
        for index in 0..count {
            let mut draw = Stream::new(seed, Purpose::Kernel, ((place as u64) << 32) | index);
            println!(
                "{}",
                Link { fields: (kind.encode)(&state(kind, index, &mut draw)), ..Link::to(kind.page) }.encode()
            );
        }
    }
}

/// A state that computes, if one of the tries does; every tenth is as it comes, with what may be wrong with it.
fn state(kind: &'static LabKind, index: u64, draw: &mut Stream) -> LabLink {
    let mut last = (kind.decode)(&Vec::new()).0;
    for _ in 0..TRIES {
        let (mut link, _) = (kind.decode)(&Vec::new());
        let wild = index % 10 == 9;
        wander(&mut link.lab, draw, wild);
        let steps = link.lab.operation().compute().ok().map(|computed| computed.len());
        link.step = 1 + below(draw, steps.unwrap_or(1).max(1));
        last = link;
        if wild || steps.is_some() {
            break;
        }
    }
    last
}

/// Sets about half of the controls to something, and then fills the grids with numbers.
fn wander(lab: &mut OperationLab, draw: &mut Stream, wild: bool) {
    let most = if wild { 12 } else { 4 };
    for _ in 0..2 {
        for view in lab.operation().controls() {
            if draw.uniform() < 0.5 {
                continue;
            }
            // Sizes are larger than other counts.
            let most =
                if view.control.name().ends_with("size") || view.control.name() == "channels" { 11 } else { most };
            let count = |draw: &mut Stream, least: usize| least + below(draw, most);
            let value = match view.form {
                ControlForm::Count(least) => Value::Count(count(draw, least)),
                ControlForm::Pair(least) => {
                    let both = count(draw, least);
                    Value::Pair(if draw.uniform() < 0.6 { (both, both) } else { (both, count(draw, least)) })
                }
                ControlForm::Cell => Value::Cell((below(draw, most), below(draw, most))),
                ControlForm::Sides(_) => {
                    let side = below(draw, 3);
                    let mut other = |least| if draw.uniform() < 0.7 { side } else { least + below(draw, 3) };
                    Value::Padding(Padding { top: side, bottom: other(0), left: other(0), right: other(0) })
                }
                ControlForm::Text => Value::Text(number(draw)),
                ControlForm::Switch => Value::Switch(draw.uniform() < 0.5),
                ControlForm::Segments(names) | ControlForm::Select(names) => Value::Choice(below(draw, names.len())),
                ControlForm::Slider { range: (from, to), .. } => {
                    Value::Number((from + (to - from) * f64::from(draw.uniform())).round())
                }
                ControlForm::Layer { kinds, counts, .. } => Value::Layer(
                    below(draw, kinds.len()),
                    counts.iter().map(|count| count.least + below(draw, 3)).collect(),
                ),
            };
            // What a lab refuses leaves it as it was.
            lab.apply(Action::Set(view.control, value)).ok();
        }
    }
    let kernels = (0..8).flat_map(|filter| (0..8).map(move |channel| PlateId::Kernel { filter, channel }));
    let plates = (0..8)
        .map(PlateId::Input)
        .chain(kernels)
        .chain((0..4).map(PlateId::Derived))
        .chain(iter::once(PlateId::Output(0)));
    for plate in plates {
        let Some(shape) = lab.operation().plate(plate).map(Grid::shape) else { continue };
        if draw.uniform() < 0.9 {
            let cells = Grid::from_fn(shape.0, shape.1, |_, _| Entry::parse(&number(draw)));
            lab.apply(Action::Replace { plate, planes: vec![cells] }).ok();
        }
    }
}

/// Mostly a digit, at times what is wide.
fn number(draw: &mut Stream) -> String {
    const WIDE: [&str; 8] = ["-128", "0.001", "-1/3", "1234.5", "-99999", "3.14159", "255", "1e6"];
    let place = below(draw, WIDE.len());
    let wide = WIDE.get(place).filter(|_| draw.uniform() > 0.93);
    wide.map_or_else(|| (f64::from(draw.below(19)) - 9.0).to_string(), |wide| (*wide).to_owned())
}

fn below(draw: &mut Stream, most: usize) -> usize {
    draw.below(u32::try_from(most.max(1)).unwrap_or(1)) as usize
}
