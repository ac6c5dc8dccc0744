//! The order of a module's functions: alike ones beside each other, where gzip, which looks back 32 KB, finds them.
//!
//! Rust compiles generic code anew for each type, so most functions have relatives. The order is told by names, which
//! `wasm-opt --reorder-functions-by-name` follows and then drops.

use std::collections::{HashMap, VecDeque};

use crate::wasm::{Bytes, CODE, CUSTOM, HEAD, IMPORTS, push_number, sections};

/// Bytes that count as the same where they are the same in a row.
const RUN: usize = 6;
/// How far back gzip finds what was there before.
const REACH: usize = 32 << 10;
/// A run that stands in more functions than this says nothing of them.
const COMMON: usize = 400;

/// The module with names that say the order of its functions; `None` where it is no module.
pub(crate) fn named(wasm: &[u8]) -> Option<Vec<u8>> {
    let sections = sections(wasm)?;
    let section = |wanted| sections.iter().find(|(id, _)| *id == wanted).map(|(_, content)| *content);
    let imported = section(IMPORTS).map_or(Some(0), imported_functions)?;
    let order = order(&section(CODE).map_or(Some(Vec::new()), bodies)?);
    let mut made = wasm.get(..HEAD)?.to_vec();
    let is_name = |id, content| id == CUSTOM && Bytes(content).name() == Some("name");
    let mut push = |id, content: &[u8]| {
        made.push(id);
        push_number(&mut made, content.len());
        made.extend(content);
    };
    for (id, content) in &sections {
        if !is_name(*id, content) {
            push(*id, content);
        }
    }
    push(CUSTOM, &names(imported, &order));
    Some(made)
}

fn imported_functions(section: &[u8]) -> Option<usize> {
    let mut rest = Bytes(section);
    let mut functions = 0;
    for _ in 0..rest.number()? {
        rest.name()?;
        rest.name()?;
        functions += usize::from(rest.import_kind()?.first() == Some(&0));
    }
    Some(functions)
}

fn bodies(section: &[u8]) -> Option<Vec<&[u8]>> {
    let mut rest = Bytes(section);
    (0..rest.number()?)
        .map(|_| {
            let length = rest.number()?;
            rest.take(length)
        })
        .collect()
}

/// The section of names, in which the function that comes first has the first in the alphabet.
fn names(imported: usize, order: &[usize]) -> Vec<u8> {
    let mut places: Vec<(usize, usize)> =
        order.iter().enumerate().map(|(place, function)| (*function, place)).collect();
    places.sort_unstable();
    let mut functions = Vec::new();
    push_number(&mut functions, places.len());
    for (function, place) in places {
        push_number(&mut functions, imported + function);
        let name = format!("{place:06}");
        push_number(&mut functions, name.len());
        functions.extend(name.as_bytes());
    }
    let mut section = b"\x04name\x01".to_vec();
    push_number(&mut section, functions.len());
    section.extend(functions);
    section
}

/// Always that one next of which most stands in what gzip still remembers, in proportion to its length.
fn order(bodies: &[&[u8]]) -> Vec<usize> {
    let mut holders: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (function, body) in bodies.iter().enumerate() {
        for run in body.windows(RUN) {
            let of_run = holders.entry(run).or_default();
            if of_run.last() != Some(&function) {
                of_run.push(function);
            }
        }
    }
    // The runs by number, and of each function those that others have as well.
    let mut shared: Vec<Vec<usize>> = vec![Vec::new(); bodies.len()];
    let mut runs: Vec<Vec<usize>> = holders.into_values().filter(|of| (2..=COMMON).contains(&of.len())).collect();
    runs.sort_unstable();
    for (run, of_run) in runs.iter().enumerate() {
        for function in of_run {
            if let Some(shared) = shared.get_mut(*function) {
                shared.push(run);
            }
        }
    }

    let length = |function: usize| bodies.get(function).map_or(0, |body| body.len());
    let mut known = vec![0_usize; bodies.len()];
    let mut remembered = vec![0_usize; runs.len()];
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    let (mut window, mut size, mut made) = (VecDeque::new(), 0, Vec::new());
    let mut change = |function: usize, comes: bool, known: &mut Vec<usize>| {
        for run in shared.get(function).into_iter().flatten() {
            let (Some(times), Some(of_run)) = (remembered.get_mut(*run), runs.get(*run)) else { continue };
            *times = if comes { *times + 1 } else { *times - 1 };
            if *times == usize::from(comes) {
                for other in of_run {
                    if let Some(known) = known.get_mut(*other) {
                        *known = if comes { *known + 1 } else { *known - 1 };
                    }
                }
            }
        }
    };
    while !left.is_empty() {
        // Shares are compared as products, the longest function first where nothing is known.
        let share = |function: usize| (known.get(function).copied().unwrap_or(0) as u64, length(function) as u64 + 4);
        let best = (0..left.len()).reduce(|best, at| {
            let ((known, of), (best_known, best_of)) = (share(left[at]), share(left[best]));
            let (here, there) = (known * best_of, best_known * of);
            if here > there || (here == there && made.is_empty() && of > best_of) { at } else { best }
        });
        let Some(function) = best.map(|at| left.remove(at)) else { break };
        made.push(function);
        window.push_back(function);
        size += length(function);
        change(function, true, &mut known);
        while size > REACH && window.len() > 1 {
            let Some(oldest) = window.pop_front() else { break };
            size -= length(oldest);
            change(oldest, false, &mut known);
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alike_functions_stand_together() {
        let [a, b, c] = [1_u8, 2, 3].map(|seed| (0..40_u8).map(|at| at.wrapping_mul(seed * 7 + 4)).collect::<Vec<_>>());
        let like = |body: &[u8]| [body, &[0]].concat();
        let all = [a.clone(), b.clone(), c.clone(), like(&a), like(&b), like(&c)];
        let order = order(&all.iter().map(Vec::as_slice).collect::<Vec<_>>());
        for (here, there) in [(0, 3), (1, 4), (2, 5)] {
            let place = |function| order.iter().position(|other| *other == function).unwrap();
            assert_eq!(place(here).abs_diff(place(there)), 1, "{order:?}");
        }
    }

    #[test]
    fn every_function_has_a_name_by_its_place() {
        // One import, of a function; two bodies.
        let wasm = b"\0asm\x01\0\0\0\x02\x07\x01\x01m\x01f\0\0\x0a\x07\x02\x02\0\x0b\x02\0\x0b\0\x06\x04name\x09";
        let made = named(wasm).unwrap();
        let sections = sections(&made).unwrap();
        let names: Vec<_> = sections.iter().filter(|(id, _)| *id == CUSTOM).collect();
        assert_eq!(names.len(), 1);
        assert!(names[0].1.ends_with(b"\x02\x01\x06000000\x02\x06000001"), "{names:?}");
        assert_eq!(named(&wasm[..20]), None);
    }
}
