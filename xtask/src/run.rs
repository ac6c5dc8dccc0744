//! Running other programs, and failing with one sentence.

use std::{
    env,
    ffi::OsStr,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Why a command stopped, as a sentence for the person at the terminal.
#[derive(Debug, PartialEq)]
pub(crate) struct Failure(pub(crate) String);

/// What every part of this crate returns.
pub(crate) type Outcome<T> = Result<T, Failure>;

/// Adds what was being done to an I/O error.
pub(crate) trait Doing<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Outcome<T>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Outcome<T> {
        self.map_err(|error| Failure(format!("could not {}: {error}.", what())))
    }
}

/// The checkout's folder.
pub(crate) fn root() -> PathBuf {
    // Two folders up from this crate's manifest is a fact of the repository's layout, so the fallback is never taken.
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// A program that runs in the checkout's folder.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    command
}

/// The cargo that runs this program.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = program(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

/// Runs a program to its end with its output on the terminal.
pub(crate) fn run(command: &mut Command) -> Outcome<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().doing(|| format!("run {name}"))?;
    if status.success() { Ok(()) } else { Err(Failure(format!("`{}` failed ({status}).", line(command)))) }
}

/// What a program prints, trimmed; `None` where it is absent or fails.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// What a program makes of a text.
pub(crate) fn filter(command: &mut Command, text: &str) -> Outcome<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let doing = || format!("run {name}");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().doing(doing)?;
    // It reads all before it writes.
    if let Some(mut input) = child.stdin.take() {
        input.write_all(text.as_bytes()).doing(doing)?;
    }
    let output = child.wait_with_output().doing(doing)?;
    if !output.status.success() {
        return Err(Failure(format!("`{}` failed ({}).", line(command), output.status)));
    }
    String::from_utf8(output.stdout).map_err(|_not_text| Failure(format!("{name} gave no text.")))
}

/// A program as one would type it.
fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let mut words = vec![program.to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|argument| argument.to_string_lossy().into_owned()));
    words.join(" ")
}

/// Where a program is, if PATH leads to it.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// A text file's content.
pub(crate) fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).doing(|| format!("read {}", path.display()))
}

/// Writes a file, replacing what was there.
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) -> Outcome<()> {
    fs::write(path, content).doing(|| format!("write {}", path.display()))
}
