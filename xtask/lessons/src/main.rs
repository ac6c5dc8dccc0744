//! `receptive-lessons <folder>`: writes each lesson of `assets/lessons/en`, the terms that they tell, and the lecture, into the folder, as the
//! pages load them.
//!
//! What can't be read ends it with the file, the place and the reason; nothing is left out in silence.

mod lab;
mod maths;
mod read;
#[cfg(test)]
mod tests;
mod value;

use std::{env, fs, path::Path, process::ExitCode};

use receptive::course::{
    lecture::Lecture,
    lesson::{self, LESSONS, glossary},
};

fn main() -> ExitCode {
    let Some(folder) = env::args().nth(1) else {
        eprintln!("usage: receptive-lessons <folder>");
        return ExitCode::FAILURE;
    };
    match write(Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problems) => {
            for problem in problems {
                eprintln!("{problem}");
            }
            ExitCode::FAILURE
        }
    }
}

/// Where the lessons are written.
fn sources() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/lessons/en")
}

fn write(folder: &Path) -> Result<(), Vec<String>> {
    let one = |problem: std::io::Error| vec![problem.to_string()];
    let folder = folder.join("en");
    fs::create_dir_all(&folder).map_err(one)?;
    fs::write(folder.join("lecture.md"), Lecture::course().encode()).map_err(one)?;
    let (mut lessons, mut problems) = (Vec::new(), Vec::new());
    for row in LESSONS {
        let name = format!("{}.md", row.slug);
        match fs::read_to_string(sources().join(&name)) {
            Err(problem) => problems.push(format!("{name}: {problem}")),
            Ok(text) => match read::lesson(&text) {
                Err(all) => problems.extend(all.into_iter().map(|problem| format!("{name}: {problem}"))),
                Ok(lesson) => {
                    fs::write(folder.join(format!("{}.bin", row.slug)), lesson::encode(&lesson)).map_err(one)?;
                    lessons.push(lesson);
                }
            },
        }
    }
    fs::write(folder.join("glossary.bin"), lesson::encode(&glossary::of(&lessons))).map_err(one)?;
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}
