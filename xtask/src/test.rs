//! Everything that is checked, in the order in which it fails fastest.

use std::{
    fs,
    time::{Duration, Instant},
};

use crate::{
    browser::{Browser, CHROMIUM, FIREFOX, WEBKIT},
    dist,
    run::{self, Doing, Failure, Outcome},
    tools::{self, Optimiser},
};

/// The address below which the browser tests see the site: as on GitHub Pages, not at the root.
const SUB_PATH: &str = "/receptive/";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Fmt,
    Clippy,
    Core,
    Doc,
    Dist,
    Contrast,
    Browser,
    Firefox,
    /// For developers: what it needs is not everywhere.
    Webkit,
}

impl Part {
    const ALL: [Part; 9] = [
        Part::Fmt,
        Part::Clippy,
        Part::Core,
        Part::Doc,
        Part::Dist,
        Part::Contrast,
        Part::Browser,
        Part::Firefox,
        Part::Webkit,
    ];
    const WEB: [Part; 4] = [Part::Dist, Part::Contrast, Part::Browser, Part::Firefox];

    fn name(self) -> &'static str {
        match self {
            Part::Fmt => "fmt",
            Part::Clippy => "clippy",
            Part::Core => "core",
            Part::Doc => "doc",
            Part::Dist => "dist",
            Part::Contrast => "contrast",
            Part::Browser => "browser",
            Part::Firefox => "firefox",
            Part::Webkit => "webkit",
        }
    }
}

/// `cargo xtask test`.
pub(crate) fn test(arguments: &[String]) -> Outcome<()> {
    let (names, files) = match arguments.iter().position(|argument| argument == "--") {
        Some(at) => (&arguments[..at], &arguments[at + 1..]),
        None => (arguments, &[][..]),
    };
    let parts = parts(names)?;
    let mut steps = Steps::default();
    let outcome = parts.iter().try_for_each(|part| run_part(*part, &mut steps, files));
    steps.summary();
    outcome
}

fn parts(names: &[String]) -> Outcome<Vec<Part>> {
    if names.is_empty() {
        return Ok(Part::ALL.into_iter().filter(|part| *part != Part::Webkit).collect());
    }
    let mut chosen = Vec::new();
    for name in names {
        if name == "web" {
            chosen.extend(Part::WEB);
        } else if let Some(part) = Part::ALL.into_iter().find(|part| part.name() == name) {
            chosen.push(part);
        } else {
            let known = Part::ALL.map(Part::name).join(", ");
            return Err(Failure(format!("there is no part `{name}`; the parts are {known} and web.")));
        }
    }
    Ok(Part::ALL.into_iter().filter(|part| chosen.contains(part)).collect())
}

fn run_part(part: Part, steps: &mut Steps, files: &[String]) -> Outcome<()> {
    let cargo = |arguments: &str| run::cargo(&arguments.split(' ').collect::<Vec<_>>());
    match part {
        Part::Fmt => steps.run("fmt: formatting", || run::run(&mut cargo("fmt --all --check"))),
        Part::Clippy => {
            steps.run("clippy: core, tests, benches, xtask", || {
                run::run(&mut cargo(
                    "clippy --locked -p receptive -p receptive-lessons -p xtask --all-targets -- -D warnings",
                ))
            })?;
            for (binary, features) in [("app", "app"), ("trainer", "trainer"), ("graph-trainer", "trainer")] {
                steps.run(&format!("clippy: {binary} for wasm"), || {
                    run::run(&mut cargo(&format!(
                        "clippy --locked --target wasm32-unknown-unknown --features {features} --bin {binary} -- -D warnings"
                    )))
                })?;
            }
            Ok(())
        }
        Part::Core => {
            steps.run("core: tests of the core and of xtask", || {
                run::run(&mut cargo("test --locked -p receptive -p xtask"))
            })?;
            steps.run("core: the lessons", || {
                run::run(&mut cargo("test --locked --profile lessons -p receptive-lessons"))
            })
        }
        Part::Doc => steps.run("doc: the core's documentation", || {
            run::run(cargo("doc --locked --no-deps --lib --quiet").env("RUSTDOCFLAGS", "-D warnings"))
        }),
        Part::Dist => {
            let tools = steps.run("dist: tools", || tools::set_up(Optimiser::Required))?;
            steps.run("dist: app and trainer for wasm", || dist::build(&tools, SUB_PATH))?;
            steps.run("dist: sizes", dist::check_sizes)
        }
        Part::Contrast => steps
            .run("contrast: colours of the design", || run::run(run::program("node").arg("tests/check-contrast.mjs"))),
        Part::Browser => {
            // Pictures of an earlier run would pass for this one's.
            let results = run::root().join("test-results");
            if results.exists() {
                fs::remove_dir_all(&results).doing(|| format!("remove {}", results.display()))?;
            }
            let files = if files.is_empty() { journeys()? } else { files.to_vec() };
            run_in(steps, part, &CHROMIUM, &files)
        }
        Part::Firefox => {
            // One run is compared with Chromium's.
            CHROMIUM.find_or_install()?;
            run_in(steps, part, &FIREFOX, &["tests/engines/firefox.test.mjs".to_owned()])
        }
        Part::Webkit => run_in(steps, part, &WEBKIT, &["tests/engines/webkit.test.mjs".to_owned()]),
    }
}

/// Runs browser tests over the dist/ that is there.
fn run_in(steps: &mut Steps, part: Part, browser: &Browser, files: &[String]) -> Outcome<()> {
    let place = steps.run(&format!("{}: packages and {}", part.name(), browser.name), || {
        tools::npm_packages()?;
        browser.find_or_install()
    })?;
    steps.run(&format!("{}: journeys in {}", part.name(), browser.name), || {
        let mut node = run::program("node");
        // Two files at a time: no journey may count on a machine of its own, and the whole takes half as long.
        node.args(["--test", "--test-reporter=spec", "--test-concurrency=2"]).args(files);
        run::run(node.env(browser.variable, place))
    })
}

/// The browser tests' files. node 20 and node 22 read a folder's name differently, so the files are named.
fn journeys() -> Outcome<Vec<String>> {
    const FOLDER: &str = "tests/e2e";
    let mut files = Vec::new();
    for entry in fs::read_dir(run::root().join(FOLDER)).doing(|| format!("read {FOLDER}"))? {
        let name = entry.doing(|| format!("read {FOLDER}"))?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.mjs") {
            files.push(format!("{FOLDER}/{name}"));
        }
    }
    files.sort();
    if files.is_empty() { Err(Failure(format!("{FOLDER} holds no test."))) } else { Ok(files) }
}

/// What was run and how long it took.
#[derive(Default)]
struct Steps {
    done: Vec<(String, Duration, bool)>,
}

impl Steps {
    #[expect(clippy::disallowed_methods, reason = "only the lib has no clock; steps tell how long they took")]
    fn run<T>(&mut self, title: &str, step: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        println!("\n── {title}");
        let start = Instant::now();
        let outcome = step();
        let took = start.elapsed();
        println!("   {} after {:.1} s", if outcome.is_ok() { "done" } else { "failed" }, took.as_secs_f64());
        self.done.push((title.to_owned(), took, outcome.is_ok()));
        outcome
    }

    fn summary(&self) {
        println!("\n{:>9}  step", "seconds");
        for (title, took, ok) in &self.done {
            println!("{:>9.1}  {title}{}", took.as_secs_f64(), if *ok { "" } else { "  FAILED" });
        }
        let total: Duration = self.done.iter().map(|(_, took, _)| *took).sum();
        println!("{:>9.1}  in all", total.as_secs_f64());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chosen_parts() {
        let check = |line: &str, expect: Option<&[Part]>| {
            let names: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            assert_eq!(parts(&names).ok().as_deref(), expect, "{line}");
        };
        let (webkit, usual) = Part::ALL.split_last().unwrap();
        check("", Some(usual));
        check("webkit", Some(&[*webkit]));
        check("web", Some(&Part::WEB));
        check("core fmt", Some(&[Part::Fmt, Part::Core]));
        check("web core dist", Some(&[Part::Core, Part::Dist, Part::Contrast, Part::Browser, Part::Firefox]));
        check("everything", None);
    }
}
