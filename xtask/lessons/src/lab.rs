//! A lab without a page, asked for what it shows.

use receptive::{
    bench::{Bench, Event},
    course::lesson::{cell, plate, size},
    link::{Fields, Link, Page, operation::LabKind},
};

/// What a link opens: a bench, where its page is a lab.
pub(crate) struct Lab {
    bench: Option<Bench>,
    /// What the link says, without the fields that all pages share.
    pub(crate) fields: Fields,
}

impl Lab {
    /// Opens it; every part of the link must be read.
    pub(crate) fn open(link: &str) -> Result<Self, String> {
        let (Link { page, fields, .. }, warnings) = Link::decode(link);
        if let Some(warning) = warnings.first() {
            return Err(format!("{link}: {warning}"));
        }
        let Some(kind) = LabKind::ALL.iter().find(|kind| kind.page == page) else {
            return Ok(Self { bench: None, fields });
        };
        let (state, warnings) = (kind.decode)(&fields);
        if let Some(warning) = warnings.first() {
            return Err(format!("{link}: {warning}"));
        }
        let fields = (kind.encode)(&state);
        let bench = Bench::open(kind, state);
        // Pictures are files of the site, which the page brings.
        if let Some(problem) = bench.view().problem.filter(|_| page != Page::Filters) {
            return Err(format!("{link}: {}", problem.sentence));
        }
        Ok(Self { bench: Some(bench), fields })
    }

    /// The bench.
    pub(crate) fn bench(&self) -> Result<&Bench, String> {
        self.bench.as_ref().ok_or_else(|| "no lab is shown here".to_owned())
    }

    /// What `lab(…)` asks for.
    pub(crate) fn tell(link: &str, of: &[&str]) -> Result<String, String> {
        // What is asked for hides nothing here.
        let lab = Self::open(&link.replace("predict=1", "predict=0"))?;
        let mut bench = lab.bench.ok_or("no lab is shown here")?;
        let view = bench.view();
        match *of {
            ["steps"] => Ok(view.playback.len.to_string()),
            ["sum"] => {
                view.scene.sum.as_ref().map(|sum| sum.text.clone()).ok_or_else(|| "the step has no sum".to_owned())
            }
            [name] => plate(&view.scene, name).map(size).ok_or_else(|| unknown(name, &bench)),
            [name, row, col] => {
                let number = |text: &str| text.parse().map_err(|_| format!("{text} is no row or column"));
                let (row, col) = (number(row)?, number(col)?);
                // Of several outputs a step may show one alone: the last step that has the grid tells.
                let mut why = unknown(name, &bench);
                for step in (0..view.playback.len).rev() {
                    bench.apply(Event::Go(step));
                    let scene = bench.view().scene;
                    if let Some(found) = plate(&scene, name) {
                        if let Some(text) = cell(found, row, col) {
                            return Ok(text);
                        }
                        why = format!("{name} has no number at {row}, {col}");
                    }
                }
                Err(why)
            }
            _ => Err("lab(name), lab(name, row, column), lab(sum) or lab(steps)".to_owned()),
        }
    }
}

fn unknown(name: &str, bench: &Bench) -> String {
    let names: Vec<String> = bench.view().scene.plates.iter().map(|plate| plate.name.to_lowercase()).collect();
    format!("the lab has no grid “{name}”, but {}", names.join(", "))
}
