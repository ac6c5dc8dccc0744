//! The folder to upload.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use crate::{
    run::{self, Doing, Failure, Outcome},
    sha256,
    tools::{self, Optimiser, Tools},
};

/// One KB is 1,000 bytes.
const KB: u64 = 1_000;
/// What all that the first lab needs should come to: HTML, CSS, JavaScript, wasm, icons.
const FIRST_LAB_GOAL: u64 = 200 * KB;
/// What it may come to until then, with room for labs to come. `docs/performance.md` tells what stands in the way.
const FIRST_LAB: u64 = 445 * KB;
/// The module of the labs of pictures, gradients, receptive fields and reasons: JavaScript and wasm.
const INSIGHT: u64 = 540 * KB;
/// The module of the training pages: JavaScript and wasm.
const TRAINING: u64 = 280 * KB;
/// The worker that trains: JavaScript and wasm.
const TRAINER: u64 = 60 * KB;
/// What copies and exports, fetched when it is asked for: JavaScript and wasm.
const TOOLS: u64 = 340 * KB;

/// Where trunk puts the site.
pub(crate) fn folder() -> PathBuf {
    run::root().join("dist")
}

/// `cargo xtask dist`.
pub(crate) fn dist(public_url: &str) -> Outcome<()> {
    let tools = tools::set_up(Optimiser::Required)?;
    build(&tools, public_url)?;
    check_sizes()
}

/// Builds the release and completes what trunk made.
pub(crate) fn build(tools: &Tools, public_url: &str) -> Outcome<()> {
    // trunk hands its `offline` (Trunk.toml) on to cargo, which would then find no crate on a new machine.
    run::run(&mut run::cargo(&["fetch", "--locked"]))?;
    let mut trunk = run::program(&tools.trunk);
    trunk.args(["build", "--release", "--public-url", public_url]).env("PATH", &tools.path);
    // trunk takes NO_COLOR as a value of its own option and rejects what others set it to.
    trunk.env_remove("NO_COLOR");
    // Flags from the environment would replace those of .cargo/config.toml, and SIMD with them.
    trunk.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    // Added to the flags of .cargo/config.toml.
    trunk.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", remap_sources().join(" "));
    // A failure is told by its message; trunk's own stack adds pages of noise.
    trunk.env_remove("RUST_BACKTRACE");
    run::run(&mut trunk)?;
    complete(&folder(), public_url)
}

/// Flags that shorten the paths in panic messages: what is uploaded tells nothing of the machine that built it.
fn remap_sources() -> Vec<String> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo"))).unwrap_or_default();
    let registries = fs::read_dir(home.join("registry/src")).into_iter().flatten().flatten();
    let folders = registries.map(|entry| entry.path().display().to_string());
    // The flags are separated by spaces.
    folders.filter(|folder| !folder.contains(' ')).map(|folder| format!("--remap-path-prefix={folder}/=")).collect()
}

/// The parts that trunk does not make.
fn complete(folder: &Path, public_url: &str) -> Outcome<()> {
    let index = folder.join("index.html");
    let build = content_hash(folder, &["worker-boot.js", "trainer.js", "trainer_bg.wasm"])?;
    let [insight, training, tools] = ["insight", "training", "tools"].map(|module| name_by_content(folder, module));
    let modules = [app_name(folder)?, insight?, training?, tools?];
    run::write(&index, complete_index(&run::read(&index)?, &build, &modules)?)?;
    run::write(&folder.join("404.html"), include_str!("404.html").replace("{home}", public_url))?;
    // Without it GitHub Pages would run Jekyll, which drops some files.
    run::write(&folder.join(".nojekyll"), "")
}

/// Sixteen digits that change with the files.
fn content_hash(folder: &Path, names: &[&str]) -> Outcome<String> {
    let mut content = Vec::new();
    for name in names {
        let path = folder.join(name);
        content.extend(fs::read(&path).doing(|| format!("read {}", path.display()))?);
    }
    Ok(sha256::hex(&sha256::sha256(&content))[..16].to_owned())
}

/// The files that a module of the app consists of.
fn module_files(name: &str) -> [String; 2] {
    [format!("{name}.js"), format!("{name}_bg.wasm")]
}

/// The name that trunk gave the files of the first module, such as `app-0123456789abcdef`.
fn app_name(folder: &Path) -> Outcome<String> {
    let files = fs::read_dir(folder).doing(|| format!("read {}", folder.display()))?;
    let names = files.flatten().map(|file| file.file_name().to_string_lossy().into_owned());
    let found: Vec<String> = names
        .filter_map(|name| Some(name.strip_suffix("_bg.wasm")?.to_owned()))
        .filter(|name| name.starts_with("app-"))
        .collect();
    match <[String; 1]>::try_from(found) {
        Ok([name]) => Ok(name),
        Err(found) => Err(Failure(format!("dist/ has {} modules `app-*` instead of one.", found.len()))),
    }
}

/// Puts a hash of the content into the names of a module's files, since trunk does so for the first module alone.
fn name_by_content(folder: &Path, module: &str) -> Outcome<String> {
    let files = module_files(module);
    let name = format!("{module}-{}", content_hash(folder, &files.each_ref().map(String::as_str))?);
    for (old, new) in files.iter().zip(module_files(&name)) {
        fs::rename(folder.join(old), folder.join(new)).doing(|| format!("rename {old}"))?;
    }
    Ok(name)
}

/// Puts the modules' names, the build's id and the hashes of the inline scripts in; comments stay in the sources.
fn complete_index(html: &str, build: &str, [app, insight, training, tools]: &[String; 4]) -> Outcome<String> {
    let html = &replace_once(
        &without_comments(html),
        r#"{ app: "app", insight: "insight", training: "training", tools: "tools" }"#,
        &format!(r#"{{ app: "{app}", insight: "{insight}", training: "{training}", tools: "{tools}" }}"#),
    )?;
    let hashes: Vec<String> = inline_scripts(html)
        .map(|script| format!("'sha256-{}'", sha256::base64(&sha256::sha256(script.as_bytes()))))
        .collect();
    let html = replace_once(
        html,
        "script-src 'self' 'wasm-unsafe-eval' 'unsafe-inline'",
        &format!("script-src 'self' 'wasm-unsafe-eval' {}", hashes.join(" ")),
    )?;
    replace_once(&html, r#"<meta name="build" content="dev">"#, &format!(r#"<meta name="build" content="{build}">"#))
}

/// Drops the lines that are a comment, and what the others are indented by.
fn without_comments(html: &str) -> String {
    let lines = html.lines().map(str::trim);
    let kept = lines.filter(|line| !line.is_empty() && !line.starts_with("//") && !is_comment(line));
    kept.fold(String::new(), |text, line| text + line + "\n")
}

fn is_comment(line: &str) -> bool {
    [("<!--", "-->"), ("/*", "*/")].iter().any(|(open, close)| line.starts_with(open) && line.ends_with(close))
}

fn replace_once(text: &str, old: &str, new: &str) -> Outcome<String> {
    match text.matches(old).count() {
        1 => Ok(text.replacen(old, new, 1)),
        count => Err(Failure(format!("index.html has `{old}` {count} times instead of once."))),
    }
}

/// The content of each script element without `src`.
fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (content, _) = rest.split_once("</script>")?;
        (!attributes.contains("src=")).then_some(content)
    })
}

/// Which budget a file counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Share {
    FirstLab,
    Insight,
    Training,
    Trainer,
    Tools,
    /// Fetched on demand, or never: data sets, the page for wrong addresses.
    Other,
}

impl Share {
    fn of(path: &str) -> Share {
        match path {
            "404.html" | ".nojekyll" => Share::Other,
            "worker-boot.js" | "trainer.js" | "trainer_bg.wasm" => Share::Trainer,
            _ if path.starts_with("insight-") => Share::Insight,
            _ if path.starts_with("training-") => Share::Training,
            _ if path.starts_with("tools-") => Share::Tools,
            _ if path.starts_with("assets/data/")
                || path.starts_with("assets/photos/")
                || path.starts_with("assets/weights/") =>
            {
                Share::Other
            }
            _ => Share::FirstLab,
        }
    }
}

/// Prints every file's size and fails past the budget.
pub(crate) fn check_sizes() -> Outcome<()> {
    let folder = folder();
    let mut files = Vec::new();
    list(&folder, &mut files)?;
    files.sort();

    let mut totals = BTreeMap::<Share, (u64, u64)>::new();
    println!("\n{:>12} {:>12}  file", "bytes", "gzip -9");
    for path in &files {
        let name = path.strip_prefix(&folder).unwrap_or(path).to_string_lossy();
        let share = Share::of(&name);
        let raw = fs::metadata(path).doing(|| format!("read {}", path.display()))?.len();
        // The server compresses nothing that is compressed already.
        let packed = if name.ends_with(".gz") { raw } else { gzip(path)? };
        println!("{:>12} {:>12}  {name}", thousands(raw), thousands(packed));
        let total = totals.entry(share).or_default();
        total.0 += raw;
        total.1 += packed;
    }
    println!();
    let mut over = Vec::new();
    for (share, title, budget) in [
        (Share::FirstLab, "all that the first lab needs", Some(FIRST_LAB)),
        (Share::Insight, "labs of insight", Some(INSIGHT)),
        (Share::Training, "training pages", Some(TRAINING)),
        (Share::Trainer, "trainer", Some(TRAINER)),
        (Share::Tools, "copy and export", Some(TOOLS)),
        (Share::Other, "fetched on demand", None),
    ] {
        let (raw, packed) = totals.get(&share).copied().unwrap_or_default();
        let limit = budget.map_or(String::new(), |budget| format!(" of {}", thousands(budget)));
        println!("{:>12} {:>12}{limit}  {title}", thousands(raw), thousands(packed));
        if let Some(budget) = budget.filter(|budget| packed > *budget) {
            let (packed, budget) = (thousands(packed), thousands(budget));
            over.push(format!("{title}: {packed} bytes gzip are more than the budget of {budget}."));
        }
    }
    let first_lab = totals.get(&Share::FirstLab).map_or(0, |(_, packed)| *packed);
    if first_lab > FIRST_LAB_GOAL {
        println!(
            "\nThe first lab is {} bytes over its goal of {}.",
            thousands(first_lab - FIRST_LAB_GOAL),
            thousands(FIRST_LAB_GOAL)
        );
    }
    if over.is_empty() { Ok(()) } else { Err(Failure(over.join(" "))) }
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Outcome<()> {
    let reading = || format!("read {}", folder.display());
    for entry in fs::read_dir(folder).doing(reading)? {
        let path = entry.doing(reading)?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// A file's size after the program `gzip`.
fn gzip(path: &Path) -> Outcome<u64> {
    let output = run::program("gzip")
        .args(["-9", "-n", "-c"])
        .arg(path)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .doing(|| "run gzip".to_owned())?;
    if output.status.success() {
        Ok(output.stdout.len() as u64)
    } else {
        Err(Failure(format!("gzip failed on {}.", path.display())))
    }
}

/// 1234567 as 1,234,567.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_in_groups() {
        let check = |number, expect| assert_eq!(thousands(number), expect);
        check(0, "0");
        check(999, "999");
        check(1_000, "1,000");
        check(1_234_567, "1,234,567");
    }

    #[test]
    fn shares() {
        let check = |path, expect| assert_eq!(Share::of(path), expect, "{path}");
        check("index.html", Share::FirstLab);
        check("app-0123456789abcdef_bg.wasm", Share::FirstLab);
        check("assets/favicon.svg", Share::FirstLab);
        check("insight-0123456789abcdef_bg.wasm", Share::Insight);
        check("training-0123456789abcdef_bg.wasm", Share::Training);
        check("training-0123456789abcdef.js", Share::Training);
        check("tools-0123456789abcdef_bg.wasm", Share::Tools);
        check("trainer_bg.wasm", Share::Trainer);
        check("worker-boot.js", Share::Trainer);
        check("assets/data/mnist/train-images-idx3-ubyte.gz", Share::Other);
        check("assets/photos/chelsea.png", Share::Other);
        check("assets/weights/lenet.safetensors", Share::Other);
    }

    #[test]
    fn the_policy_holds_the_hash_of_each_inline_script() {
        let html = "<meta content=\"script-src 'self' 'wasm-unsafe-eval' 'unsafe-inline'; x\">\
                    <meta name=\"build\" content=\"dev\">{ app: \"app\", insight: \"insight\", training: \"training\", tools: \"tools\" }\
                    <script>abc</script><script src=\"a.js\"></script><script type=\"module\"></script>";
        let names = ["app-56", "insight-67", "training-78", "tools-90"].map(str::to_owned);
        let completed = complete_index(html, "1234", &names).unwrap();
        assert!(completed.contains(
            "script-src 'self' 'wasm-unsafe-eval' 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=' \
             'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; x"
        ));
        assert!(completed.contains("<meta name=\"build\" content=\"1234\">"));
        assert!(
            completed
                .contains(r#"{ app: "app-56", insight: "insight-67", training: "training-78", tools: "tools-90" }"#)
        );
        assert!(complete_index("<meta name=\"build\" content=\"dev\">", "1234", &names).is_err());
    }

    #[test]
    fn comments_stay_in_the_sources() {
        let html = "<p>\n  <!-- Why. -->\n  a // b\n\n    // Why.\n  /* Why. */\n  </p>";
        assert_eq!(without_comments(html), "<p>\na // b\n</p>\n");
    }

    #[test]
    fn the_sources_have_what_is_completed() {
        let index = run::read(&run::root().join("index.html")).unwrap();
        assert!(complete_index(&index, "1234", &[const { String::new() }; 4]).is_ok());
    }
}
