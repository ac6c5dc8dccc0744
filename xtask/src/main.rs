//! The project's commands. `cargo xtask` lists them.
//!
//! Only std: this crate is built first on every new machine, so it has to be built fast.

use std::process::ExitCode;

mod browser;
mod dist;
mod imports;
mod order;
mod run;
mod serve;
mod sha256;
mod test;
mod tools;
mod wasm;

use run::{Failure, Outcome};

const HELP: &str = "\
cargo xtask serve [--port 8080] [--public-url ./]
    Sets up the tools, builds the release and serves it on 127.0.0.1.

cargo xtask test [part..] [-- browser-test-file..]
    Runs everything, or the parts named: fmt, clippy, core, doc, dist, contrast, browser, firefox;
    `web` stands for the last four. `browser` and `firefox` alone test the dist/ that is there.
    `webkit`, the journeys in WebKitGTK, runs only where it is named.

cargo xtask dist [--public-url ./]
    Makes dist/, the folder to upload, and fails where it is larger than its budget.
    The address is where the site will be, such as /receptive/; with ./ the files work anywhere.

Tools are kept in $RECEPTIVE_CACHE, else $XDG_CACHE_HOME/receptive, else ~/.cache/receptive
(~/Library/Caches/receptive on macOS). $CHROMIUM, $FIREFOX and $WEBKIT_DRIVER
name the browsers for the tests.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(sentence)) => {
            eprintln!("\nxtask: {sentence}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Outcome<()> {
    let Some((command, rest)) = arguments.split_first() else {
        println!("{HELP}");
        return Ok(());
    };
    match command.as_str() {
        "serve" => {
            let options = Options::parse(rest, true)?;
            serve::serve(options.port, &options.public_url)
        }
        "finish" => dist::finish(),
        "dist" => dist::dist(&Options::parse(rest, false)?.public_url),
        "test" => test::test(rest),
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        other => Err(Failure(format!("there is no command `{other}`.\n\n{HELP}"))),
    }
}

/// The options of `serve` and `dist`.
#[derive(Debug, PartialEq)]
struct Options {
    port: u16,
    public_url: String,
}

impl Options {
    fn parse(arguments: &[String], takes_port: bool) -> Outcome<Options> {
        let mut options = Options { port: 8080, public_url: "./".to_owned() };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let (name, inline) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (argument.as_str(), None),
            };
            let mut value = || {
                inline
                    .clone()
                    .or_else(|| arguments.next().cloned())
                    .ok_or_else(|| Failure(format!("{name} needs a value.")))
            };
            match name {
                "--port" if takes_port => {
                    let text = value()?;
                    options.port = text
                        .parse()
                        .map_err(|_| Failure(format!("--port takes a number up to 65535, not `{text}`.")))?;
                }
                "--public-url" => options.public_url = public_url(&value()?)?,
                _ => return Err(Failure(format!("there is no option `{argument}` here.\n\n{HELP}"))),
            }
        }
        Ok(options)
    }
}

/// `./`, or a path that begins and ends with a slash; slashes that are missing are added.
fn public_url(text: &str) -> Outcome<String> {
    if text == "./" || text == "." {
        return Ok("./".to_owned());
    }
    let inner = text.trim_matches('/');
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.~/".contains(c);
    if !inner.chars().all(plain) || inner.split('/').any(|part| part == "..") || inner.contains("//") {
        return Err(Failure(format!("--public-url takes a path such as /receptive/ or ./, not `{text}`.")));
    }
    Ok(if inner.is_empty() { "/".to_owned() } else { format!("/{inner}/") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options() {
        let check = |line: &str, expect: Option<(u16, &str)>| {
            let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            let expect = expect.map(|(port, url)| Options { port, public_url: url.to_owned() });
            assert_eq!(Options::parse(&arguments, true).ok(), expect, "{line}");
        };
        check("", Some((8080, "./")));
        check("--port 9000", Some((9000, "./")));
        check("--port=9000 --public-url /receptive/", Some((9000, "/receptive/")));
        check("--public-url receptive", Some((8080, "/receptive/")));
        check("--public-url /", Some((8080, "/")));
        check("--public-url /a/../b/", None);
        check("--public-url https://example.org/", None);
        check("--port 70000", None);
        check("--port", None);
        check("--open", None);
    }
}
