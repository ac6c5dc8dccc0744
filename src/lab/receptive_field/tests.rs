#![allow(
    clippy::needless_raw_string_hashes,
    clippy::needless_pass_by_value,
    clippy::too_many_lines,
    reason = "expect-test writes the strings and hands them over by value; a table of cases is as long as it is"
)]

use std::{fs, path::Path};

use super::*;
use crate::{
    export::{Palette, svg},
    lab::OperationLab,
    link::receptive_field::decode,
    plot::Rgb,
};

#[test]
fn look() {
    let palette = Palette::read("sans-serif", |name| {
        Some(match name {
            "--paper" => Rgb(255, 255, 255),
            "--cell" => Rgb(250, 250, 247),
            "--rule" => Rgb(220, 220, 215),
            "--edge" => Rgb(120, 120, 120),
            "--ink" => Rgb(20, 20, 20),
            "--ink-2" => Rgb(70, 70, 70),
            "--ink-3" => Rgb(110, 110, 110),
            "--lens" => Rgb(190, 0, 110),
            "--sym-p" => Rgb(90, 110, 90),
            _ => Rgb(200, 30, 30),
        })
    })
    .unwrap();
    for (index, preset) in PRESETS.iter().enumerate() {
        let fields = preset
            .query
            .split('&')
            .filter_map(|field| field.split_once('='))
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .collect();
        let (link, warnings) = decode(&fields);
        assert_eq!(warnings, []);
        for narrow in [false, true] {
            let head = Playhead { step: link.step - 1, narrow, ..Playhead::default() };
            let scene = match link.lab.compute() {
                Ok(computed) => {
                    let scene = computed.scene(head);
                    println!("{}: {}", preset.name, scene.sum.as_ref().unwrap().text);
                    let answer = computed.answer(head.step);
                    println!("   {} {} {:#?}", answer.question, answer.value, answer.mistakes);
                    scene
                }
                Err(problem) => {
                    println!("{problem:?}");
                    link.lab.broken_scene()
                }
            };
            let diagram = scene.diagram.unwrap();
            fs::write(
                Path::new("/tmp/field").join(format!("{index}{}.svg", if narrow { "n" } else { "" })),
                svg(&diagram.picture, &palette),
            )
            .unwrap();
            println!("{} x {} {} items", diagram.picture.width, diagram.picture.height, diagram.picture.items.len());
        }
        let shape = link.lab.shape(link.lab.compute().ok().as_deref());
        println!(
            "{} {:?}\n{:#?}\n{:?}",
            shape.result,
            shape.formulas.iter().flatten().map(|e| e.plain()).collect::<Vec<_>>(),
            shape.notes,
            shape.table
        );
        println!("{}", link.lab.code());
        let _ = OperationLab::of(link.lab);
    }
}
