//! The folder to upload.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Mutex,
    thread,
};

use crate::{
    imports, order,
    run::{self, Doing, Failure, Outcome},
    sha256,
    tools::{self, Optimiser, Tools},
};

/// One KB is 1,000 bytes.
const KB: u64 = 1_000;
/// The most that a page may need until it can be used, opened first: HTML, CSS, JavaScript, wasm, icons; and what that
/// should come to. `docs/performance.md` tells what stands in the way.
const AS_FIRST: [(&str, u64, u64); 3] =
    [("convolution", 400 * KB, 350 * KB), ("home", 300 * KB, 300 * KB), ("train", 330 * KB, 330 * KB)];
/// The most that a lesson may need, opened first, until its text and its first lab work; and a further one's text. Those
/// that are within it have to stay so; of the others it is the goal.
const LESSON: u64 = 400 * KB;
const LESSONS_WITHIN: [&str; 6] = ["convolution", "filters", "lenet", "pooling", "resnet", "stride"];
const FURTHER_LESSON: u64 = 40 * KB;
/// The most that a lab adds to the first one.
const FURTHER: u64 = 70 * KB;
/// The pages that the first lab is followed by.
const LABS: [&str; 6] = ["pooling", "channels", "filters", "backward", "receptive_field", "why"];
/// The pages that came since the first eleven, each of which may bring what a further lab may.
const SINCE: [&str; 7] = ["architectures", "batch_norm", "depth", "highway", "lecture", "lessons", "quiz"];
/// All code of the page: JavaScript, wasm, HTML and CSS of all parts, without the trainer. The first eleven pages have
/// 900 KB.
const ALL: u64 = 900 * KB + SINCE.len() as u64 * FURTHER;
/// A worker that trains.
struct Worker {
    /// Which element of the page has the name of its script.
    meta: &'static str,
    binary: &'static str,
    /// The script that begins it.
    boot: &'static str,
    /// The most of its JavaScript and wasm.
    most: u64,
}

/// The second has kernels for every layer, where the first has LeNet's: it is loaded once such a network is trained.
const WORKERS: [Worker; 2] = [
    Worker { meta: "worker", binary: "trainer", boot: "worker-boot", most: 60 * KB },
    Worker { meta: "graph-worker", binary: "graph-trainer", boot: "graph-worker-boot", most: 82 * KB },
];

impl Worker {
    /// Whether a file is its own.
    fn has(&self, path: &str) -> bool {
        let of = |name: &str| path.strip_prefix(name).is_some_and(|rest| rest.starts_with('-'));
        of(self.boot) || of(self.binary)
    }
}

/// What each file weighed when its growth was last agreed to.
const BUDGETS: &str = "xtask/budgets.txt";

/// The most that a file may be that weighed `bytes`. The limits that are felt are those of pages; this one finds what
/// grew unseen. Small files need room: a function more that two pages share moves one by hundreds of bytes.
const fn room_of(bytes: u64) -> u64 {
    bytes + bytes / 50 + 400
}

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
    run::run(&mut trunk)
}

/// Flags that shorten the paths in panic messages: what is uploaded tells nothing of the machine that built it.
fn remap_sources() -> Vec<String> {
    let folders = tools::registries().into_iter().map(|folder| folder.display().to_string());
    // The flags are separated by spaces.
    folders.filter(|folder| !folder.contains(' ')).map(|folder| format!("--remap-path-prefix={folder}/=")).collect()
}

/// `cargo xtask finish`, which trunk calls at the end of a build (`Trunk.toml`): brings in the chunks that the stand-in
/// for wasm-bindgen cut, and what trunk does not make.
pub(crate) fn finish() -> Outcome<()> {
    let told =
        |name: &str| env::var(name).map_err(|_unset| Failure(format!("only trunk calls this: {name} is not set.")));
    let folder = PathBuf::from(told("TRUNK_STAGING_DIR")?);
    let profile = told("TRUNK_PROFILE")?;
    let public_url = told("TRUNK_PUBLIC_URL")?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| run::root().join("target"), PathBuf::from);
    let chunks = target.join("wasm-bindgen").join(&profile).join("chunks");
    let index = run::read(&run::root().join("index.html"))?;
    let table = run::read(&chunks.join("table.txt"))?;
    let flags = optimiser(&index)?;
    let is_release = profile == "release";
    if is_release {
        check_code(&target.join("wasm32-unknown-unknown/app/app.wasm"))?;
    }
    bring(&chunks, &folder, is_release.then_some(flags.as_slice()))?;
    if is_release {
        minify_files(&folder, "css")?;
        minify_files(&folder, "js")?;
        for name in std::iter::once(app_name(&folder)?).chain(WORKERS.map(|worker| worker.binary.to_owned())) {
            let module = folder.join(format!("{name}_bg.wasm"));
            // trunk had it optimised; what is left is the order, and what tools left in it.
            optimise(&module, &module, flags.get(1..).unwrap_or_default())?;
            imports::shorten(&module, &folder.join(name + ".js"))?;
        }
    }
    complete(&folder, &public_url, &table, is_release)
}

/// Code of the standard library that tables make large, as it is called in a linked module, with what the project has in
/// its place. One call of it anywhere is some 10 KB of what pages load.
const TOO_LARGE: [(&str, &str); 3] = [
    ("7dec2flt", "parsing a double: num::decimal::parse"),
    ("7flt2dec", "writing a double: num::decimal and num::format"),
    ("14rem_pio2_large", "sine and cosine: num::trig"),
];

/// Fails where the linked app holds what is too large for a page.
fn check_code(module: &Path) -> Outcome<()> {
    let wasm = fs::read(module).doing(|| format!("read {}", module.display()))?;
    let found = too_large(&wasm);
    if found.is_empty() {
        return Ok(());
    }
    Err(Failure(format!("the app holds too large code of the standard library: {}.", found.join("; "))))
}

/// What of it is in a linked module, which has the functions' names.
fn too_large(wasm: &[u8]) -> Vec<&'static str> {
    let has = |name: &str| wasm.windows(name.len()).any(|window| window == name.as_bytes());
    TOO_LARGE.iter().filter(|(name, _)| has(name)).map(|(_, instead)| *instead).collect()
}

/// Makes a script or a style sheet smaller, where the checkout's packages are there.
fn minify(kind: &str, flags: &[&str], text: &str) -> Outcome<String> {
    let esbuild = run::root().join("node_modules/.bin/esbuild");
    if !esbuild.is_file() {
        return Ok(text.to_owned());
    }
    run::filter(run::program(&esbuild).arg("--minify").arg(format!("--loader={kind}")).args(flags), text)
}

fn minify_files(folder: &Path, kind: &str) -> Outcome<()> {
    let mut files = Vec::new();
    list(folder, &mut files)?;
    for file in files.iter().filter(|file| file.extension().is_some_and(|end| end == kind)) {
        run::write(file, minify(kind, &[], &run::read(file)?)?)?;
    }
    Ok(())
}

/// The same of the scripts and styles inside a page.
fn minify_inline(html: &str) -> Outcome<String> {
    let mut made = String::new();
    let mut rest = html;
    while let Some((at, kind)) =
        ["script", "style"].into_iter().filter_map(|kind| Some((rest.find(&format!("<{kind}"))?, kind))).min()
    {
        let (before, element) = rest.split_at(at);
        let (open, content) = element.split_once('>').unwrap_or((element, ""));
        let (content, after) = content.split_once(&format!("</{kind}>")).unwrap_or((content, ""));
        // Old browsers read the scripts that are none of modules, and are told what they lack.
        let (kind_of_text, flags): (&str, &[&str]) = match kind {
            "style" => ("css", &[]),
            _ if open.contains("module") => ("js", &[]),
            _ => ("js", &["--target=es5"]),
        };
        let small = minify(kind_of_text, flags, content)?;
        made.extend([before, open, ">", small.trim_end(), "</", kind, ">"]);
        rest = after;
    }
    Ok(made + rest)
}

/// The flags that index.html has for the main module's `wasm-opt`.
fn optimiser(index: &str) -> Outcome<Vec<String>> {
    let line = index.lines().find(|line| line.contains("data-bin=\"app\"")).unwrap_or_default();
    let value = |name: &str| line.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split_once('"'));
    match (value("data-wasm-opt"), value("data-wasm-opt-params")) {
        (Some((level, _)), Some((flags, _))) => {
            Ok(std::iter::once(format!("-O{level}")).chain(flags.split_whitespace().map(str::to_owned)).collect())
        }
        _ => Err(Failure("index.html has no `data-wasm-opt` for the app.".into())),
    }
}

/// Puts the chunks into the site, smaller where there are flags for that; two at a time.
fn bring(chunks: &Path, site: &Path, flags: Option<&[String]>) -> Outcome<()> {
    let waiting = Mutex::new(wasm_files(chunks)?);
    let work = || loop {
        let Some(file) = waiting.lock().ok().and_then(|mut files| files.pop()) else { return Ok(()) };
        let made = site.join(file.file_name().unwrap_or_default());
        match flags {
            None => drop(fs::copy(&file, &made).doing(|| format!("copy {}", file.display()))?),
            Some(flags) => optimise(&file, &made, flags)?,
        }
    };
    thread::scope(|scope| {
        let other = scope.spawn(work);
        let outcome = work();
        outcome.and(other.join().unwrap_or_else(|_| Err(Failure("a thread stopped.".into()))))
    })
}

/// Has `wasm-opt` make a module smaller and put its functions in the order that compresses best.
fn optimise(module: &Path, made: &Path, flags: &[String]) -> Outcome<()> {
    let wasm = fs::read(module).doing(|| format!("read {}", module.display()))?;
    let named = order::named(&wasm).ok_or_else(|| Failure(format!("{} is no module.", module.display())))?;
    fs::write(made, named).doing(|| format!("write {}", made.display()))?;
    run::run(run::program("wasm-opt").args(flags).arg(made).arg("-o").arg(made))
}

fn wasm_files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let files = fs::read_dir(folder).doing(|| format!("read {}", folder.display()))?;
    Ok(files
        .flatten()
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|end| end == "wasm"))
        .collect())
}

/// The parts that trunk does not make, and names by content.
fn complete(folder: &Path, public_url: &str, table: &str, is_release: bool) -> Outcome<()> {
    let template = folder.join("worker-boot.js");
    let text = run::read(&template)?;
    let mut boots = Vec::new();
    for Worker { meta, binary, boot, .. } in WORKERS {
        let files = [format!("{binary}.js"), format!("{binary}_bg.wasm")];
        let name = name_by_content(folder, binary, binary, files.each_ref().map(String::as_str))?;
        let script = format!("{boot}.js");
        run::write(&folder.join(&script), text.replace("TRAINER_NAME", &name))?;
        boots.push((meta, boot, name_by_content(folder, boot, boot, [script.as_str()])?));
    }

    let app = app_name(folder)?;
    let mut names = vec![("app".to_owned(), {
        let files = [format!("{app}.js"), format!("{app}_bg.wasm")];
        name_by_content(folder, &app, "app", files.each_ref().map(String::as_str))?
    })];
    let mut parts = parts(table);
    let mut chunks: Vec<&str> = parts.iter().flat_map(|(_, files)| files.iter().copied()).collect();
    chunks.sort_unstable();
    chunks.dedup();
    for chunk in chunks {
        let name = name_by_content(folder, chunk, chunk, [format!("{chunk}.wasm").as_str()])?;
        names.push((chunk.to_owned(), name + ".wasm"));
    }
    let lessons = lessons(folder)?;
    let index = folder.join("index.html");
    let (mut html, sheets) = without_sheets(&run::read(&index)?, folder, public_url)?;
    let mut links = String::new();
    for sheet in sheets {
        let name = sheet.split('-').next().unwrap_or_default();
        if let Some((sheet_name, of)) = SHEETS.iter().find(|(known, _)| known.strip_suffix(".css") == Some(name)) {
            names.push(((*sheet_name).to_owned(), sheet));
            for (_, files) in parts.iter_mut().filter(|(part, _)| of.contains(part)) {
                files.push(sheet_name);
            }
        } else {
            let (file, digest) = sheet.split_once('#').unwrap_or((&sheet, ""));
            links.extend(["<link rel=\"stylesheet\" href=\"./", file, "\" integrity=\"", digest, "\">\n"]);
        }
    }
    html = replace_once(&html, "</head>", &format!("{links}</head>"))?;
    let mut html = with_names(&html, &boots, &parts, &names)?;
    let element = |content: &str| format!(r#"<meta name="lessons" content="{content}">"#);
    html = replace_once(&html, &element("lessons"), &element(&lessons))?;
    if is_release {
        html = minify_inline(&html)?;
    }
    run::write(&index, with_hashes(&html)?)?;
    run::write(&folder.join("404.html"), include_str!("404.html").replace("{home}", public_url))?;
    // Without it GitHub Pages would run Jekyll, which drops some files.
    run::write(&folder.join(".nojekyll"), "")
}

/// Has the lessons read and their numbers worked out; the name of their folder, by its content: what a page loads is of
/// its own build.
fn lessons(folder: &Path) -> Outcome<String> {
    let made = folder.join("lessons");
    run::run(
        run::cargo(&["run", "--quiet", "--locked", "--profile", "lessons", "--package", "receptive-lessons"])
            .arg("--")
            .arg(&made),
    )?;
    // Their sources are no part of the site.
    let sources = folder.join("assets/lessons");
    fs::remove_dir_all(&sources).doing(|| format!("remove {}", sources.display()))?;
    let mut files = Vec::new();
    list(&made, &mut files)?;
    files.sort();
    let mut bytes = Vec::new();
    for file in files {
        bytes.extend(fs::read(&file).doing(|| format!("read {}", file.display()))?);
    }
    let name = format!("lessons-{}", &sha256::hex(&sha256::sha256(&bytes))[..10]);
    fs::rename(&made, folder.join(&name)).doing(|| format!("name {}", made.display()))?;
    Ok(name)
}

/// The style sheets that only some parts need, and those parts: they are loaded with them.
const SHEETS: [(&str, &[&str]); 8] = [
    ("home.css", &["home"]),
    ("train.css", &["train", "benchmark"]),
    ("benchmark.css", &["benchmark"]),
    ("architectures.css", &["architectures"]),
    ("depth.css", &["depth"]),
    ("lessons.css", &["lessons"]),
    ("quiz.css", &["quiz"]),
    ("lecture.css", &["lecture"]),
];

/// A page without its links to style sheets, and of each sheet the name with its hash and, behind a `#`, the digest of
/// what is in it: a browser then takes no sheet that was cut off. What trunk says of a sheet is of before it was made
/// smaller.
fn without_sheets(html: &str, folder: &Path, public_url: &str) -> Outcome<(String, Vec<String>)> {
    let (kept, names) = without_links(html, public_url)?;
    let digest = |name: &str| {
        let path = folder.join(name);
        let content = fs::read(&path).doing(|| format!("read {}", path.display()))?;
        Ok(format!("{name}#sha256-{}", sha256::base64(&sha256::sha256(&content))))
    };
    Ok((kept, names.into_iter().map(digest).collect::<Outcome<_>>()?))
}

/// A page without its links to style sheets below `public_url`, and the sheets' names.
fn without_links<'a>(html: &'a str, public_url: &str) -> Outcome<(String, Vec<&'a str>)> {
    let (mut kept, mut names) = (String::new(), Vec::new());
    for line in html.lines() {
        if !line.contains("rel=\"stylesheet\"") {
            kept += line;
            kept.push('\n');
            continue;
        }
        let href = line.split_once("href=\"").and_then(|(_, rest)| rest.split_once('"'));
        let name = href.and_then(|(href, _)| href.strip_prefix(public_url));
        names
            .push(name.ok_or_else(|| Failure(format!("index.html has a style sheet not below {public_url}: {line}")))?);
    }
    if names.is_empty() {
        return Err(Failure("index.html has no style sheet.".to_owned()));
    }
    Ok((kept, names))
}

/// The files of each part, as the stand-in for wasm-bindgen wrote them: `pooling: labs pooling`.
fn parts(table: &str) -> Vec<(&str, Vec<&str>)> {
    let lines = table.lines().filter_map(|line| line.split_once(':'));
    lines.map(|(part, files)| (part, files.split_whitespace().collect())).collect()
}

/// The name that trunk gave the app's files, such as `app-0123456789abcdef`.
fn app_name(folder: &Path) -> Outcome<String> {
    let files = wasm_files(folder)?;
    let names = files.iter().filter_map(|file| file.file_name()).map(|name| name.to_string_lossy().into_owned());
    let found: Vec<String> = names
        .filter_map(|name| Some(name.strip_suffix("_bg.wasm")?.to_owned()))
        .filter(|name| name.starts_with("app"))
        .collect();
    match <[String; 1]>::try_from(found) {
        Ok([name]) => Ok(name),
        Err(found) => Err(Failure(format!("dist/ has {} modules `app-*` instead of one.", found.len()))),
    }
}

/// Puts a hash of what they hold into the names of files that begin with `old`, so that two builds never mix.
fn name_by_content<const N: usize>(folder: &Path, old: &str, new: &str, files: [&str; N]) -> Outcome<String> {
    let mut content = Vec::new();
    for file in files {
        let path = folder.join(file);
        content.extend(fs::read(&path).doing(|| format!("read {}", path.display()))?);
    }
    let name = format!("{new}-{}", &sha256::hex(&sha256::sha256(&content))[..10]);
    for file in files {
        let renamed = file.replacen(old, &name, 1);
        fs::rename(folder.join(file), folder.join(renamed)).doing(|| format!("rename {file}"))?;
    }
    Ok(name)
}

/// What index.html has in place of the names of files.
const NO_FILES: &str = r#"var parts = {}, files = { app: "app" };"#;

/// Puts the files' names in; comments stay in the sources.
fn with_names(
    html: &str,
    workers: &[(&str, &str, String)],
    parts: &[(&str, Vec<&str>)],
    names: &[(String, String)],
) -> Outcome<String> {
    let of_part = |(part, files): &(&str, Vec<&str>)| format!("{part}: {files:?}");
    let parts = parts.iter().map(of_part).collect::<Vec<_>>().join(", ");
    let names = names.iter().map(|(name, file)| format!("{name:?}: {file:?}")).collect::<Vec<_>>().join(", ");
    let files = format!("var parts = {{ {parts} }}, files = {{ {names} }};");
    let mut html = replace_once(&without_comments(html), NO_FILES, &files)?;
    for (meta, boot, name) in workers {
        let element = |content: &str| format!(r#"<meta name="{meta}" content="{content}">"#);
        html = replace_once(&html, &element(boot), &element(name))?;
    }
    Ok(html)
}

/// Puts the hashes of the inline scripts into the page's policy.
fn with_hashes(html: &str) -> Outcome<String> {
    let hashes: Vec<String> = inline_scripts(html)
        .map(|script| format!("'sha256-{}'", sha256::base64(&sha256::sha256(script.as_bytes()))))
        .collect();
    replace_once(
        html,
        "script-src 'self' 'wasm-unsafe-eval' 'unsafe-inline'",
        &format!("script-src 'self' 'wasm-unsafe-eval' {}", hashes.join(" ")),
    )
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

/// What a file is loaded for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Share {
    /// By every page: the app's main module, HTML, CSS, icons.
    Every,
    /// By the pages that need this chunk.
    Chunk(String),
    /// By who trains, with the worker of this number.
    Trainer(usize),
    /// On demand, or never: data sets, the page for wrong addresses.
    Other,
}

impl Share {
    fn of(path: &str) -> Share {
        let name = without_hash(path);
        let sheet = || SHEETS.iter().map(|(sheet, _)| *sheet).find(|sheet| *sheet == name);
        let chunk = || name.strip_suffix(".wasm");
        match path {
            "404.html" | ".nojekyll" => Share::Other,
            _ if let Some(worker) = WORKERS.iter().position(|worker| worker.has(path)) => Share::Trainer(worker),
            _ if path.starts_with("app-") => Share::Every,
            // The folder of the lessons' texts; their code and their sheet have a name that begins alike.
            _ if path.starts_with("lessons-") && path.contains('/') => Share::Other,
            _ if ["assets/data/", "assets/photos/", "assets/weights/"]
                .iter()
                .any(|folder| path.starts_with(folder)) =>
            {
                Share::Other
            }
            _ => sheet().or_else(chunk).map_or(Share::Every, |name| Share::Chunk(name.to_owned())),
        }
    }
}

/// A sum, with the most that it may be.
struct Line {
    title: String,
    bytes: u64,
    most: Option<u64>,
}

/// Prints every file's size and what each page loads, and fails past a budget.
pub(crate) fn check_sizes() -> Outcome<()> {
    let folder = folder();
    let mut files = Vec::new();
    list(&folder, &mut files)?;
    files.sort();
    let mut shares = Vec::new();
    let mut sizes = Vec::new();
    println!("\n{:>12} {:>12}  file", "bytes", "gzip -9");
    for path in &files {
        let name = path.strip_prefix(&folder).unwrap_or(path).to_string_lossy();
        let raw = fs::metadata(path).doing(|| format!("read {}", path.display()))?.len();
        // The server compresses nothing that is compressed already.
        let packed = if name.ends_with(".gz") { raw } else { gzip(path)? };
        println!("{:>12} {:>12}  {name}", thousands(raw), thousands(packed));
        shares.push((Share::of(&name), packed));
        if Share::of(&name) != Share::Other {
            sizes.push((without_hash(&name), packed));
        }
    }
    let table = run::read(&run::root().join("target/wasm-bindgen/release/chunks/table.txt"))?;
    let mut parts = parts(&table);
    for (sheet, of) in SHEETS {
        for (_, files) in parts.iter_mut().filter(|(part, _)| of.contains(part)) {
            files.push(sheet);
        }
    }
    let mut lines = sums(&shares, &parts);
    let lessons = of_lessons(&lessons_of(&files)?, &shares, &parts);
    let past = |line: &&Line| line.most.is_none() && line.bytes > LESSON;
    let past: Vec<String> =
        lessons.iter().filter(past).map(|line| over_goal(&line.title, line.bytes, LESSON)).collect();
    lines.extend(lessons);
    println!();
    for Line { title, bytes, most } in &lines {
        let limit = most.map_or(String::new(), |most| format!(" of {}", thousands(most)));
        println!("{:>12}{limit:<11}  {title}", thousands(*bytes));
    }
    println!();
    for (part, _, goal) in AS_FIRST {
        let title = first_title(part);
        let bytes = lines.iter().find(|line| line.title == title).map_or(0, |line| line.bytes);
        if bytes > goal {
            println!("{}", over_goal(&title, bytes, goal));
        }
    }
    for line in &past {
        println!("{line}");
    }
    let mut over: Vec<String> = lines.iter().filter_map(too_much).collect();
    over.extend(past_their_budgets(&sizes, &run::read(&run::root().join(BUDGETS))?));
    if over.is_empty() { Ok(()) } else { Err(Failure(over.join(" "))) }
}

fn over_goal(title: &str, bytes: u64, goal: u64) -> String {
    format!("{title}: {} bytes over the goal of {}.", thousands(bytes - goal), thousands(goal))
}

fn too_much(Line { title, bytes, most }: &Line) -> Option<String> {
    let most = (*most)?;
    if *bytes <= most {
        return None;
    }
    Some(format!("{title}: {} bytes gzip are more than the budget of {}.", thousands(*bytes), thousands(most)))
}

/// A file's name without the hash of its content.
fn without_hash(name: &str) -> String {
    // Of a style sheet it lacks the zeros in front.
    let is_hash = |part: &str| (10..=16).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let hash = name.split(['-', '_', '.']).find(|part| is_hash(part));
    hash.map_or_else(|| name.to_owned(), |hash| name.replacen(&format!("-{hash}"), "", 1))
}

/// Files past their budget, without one, and budgets without a file.
fn past_their_budgets(sizes: &[(String, u64)], budgets: &str) -> Vec<String> {
    let rows = budgets.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(": "));
    let budgets: Vec<(&str, u64)> = rows.filter_map(|(name, agreed)| Some((name, agreed.parse().ok()?))).collect();
    let mut found = Vec::new();
    for (name, bytes) in sizes {
        match budgets.iter().find(|(of, _)| of == name) {
            None => found.push(format!("{name} has no budget in {BUDGETS}: it has {} bytes gzip.", thousands(*bytes))),
            Some((_, agreed)) if *bytes > room_of(*agreed) => {
                let [bytes, most, agreed] = [*bytes, room_of(*agreed), *agreed].map(thousands);
                found.push(format!("{name}: {bytes} bytes gzip are more than {most}, its {agreed} with room to grow."));
            }
            Some(_) => {}
        }
    }
    let gone = budgets.iter().filter(|(name, _)| sizes.iter().all(|(of, _)| of != name));
    found.extend(gone.map(|(name, _)| format!("{BUDGETS} has a budget for {name}, which there is not.")));
    found
}

fn first_title(part: &str) -> String {
    format!("{part}, opened first")
}

/// A lesson by its name, with the part that its first lab is and the bytes of its text.
struct Lesson {
    name: String,
    lab: String,
    text: u64,
}

/// The lessons of the site. Which lab stands beside a lesson's first part its source tells.
fn lessons_of(files: &[PathBuf]) -> Outcome<Vec<Lesson>> {
    let mut lessons = Vec::new();
    let sources = run::root().join("assets/lessons/en");
    for path in files.iter().filter(|path| path.extension().is_some_and(|end| end == "bin")) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let source = sources.join(&name).with_extension("md");
        // The glossary is none.
        if source.is_file() {
            let lab =
                first_lab(&run::read(&source)?).ok_or_else(|| Failure(format!("the lesson {name} has no lab.")))?;
            lessons.push(Lesson { name, lab, text: gzip(path)? });
        }
    }
    if lessons.is_empty() { Err(Failure("dist/ has no lesson.".to_owned())) } else { Ok(lessons) }
}

/// The part that the first link to a page in a lesson's source names: `](#/receptive-field?n=7)`.
fn first_lab(source: &str) -> Option<String> {
    let (_, link) = source.split_once("](#/")?;
    let name = link.split(['?', ')']).next()?;
    Some(name.replace('-', "_"))
}

/// What each lesson loads.
fn of_lessons(lessons: &[Lesson], shares: &[(Share, u64)], parts: &[(&str, Vec<&str>)]) -> Vec<Line> {
    let files_of = |part: &str| parts.iter().find(|(known, _)| *known == part).map_or(&[][..], |(_, files)| files);
    let needs = |share: &Share, lab: &str| match share {
        Share::Every => true,
        Share::Chunk(name) => ["lessons", lab].iter().any(|part| files_of(part).contains(&name.as_str())),
        _ => false,
    };
    let mut lines = Vec::new();
    for Lesson { name, lab, text } in lessons {
        let code: u64 = shares.iter().filter(|(share, _)| needs(share, lab)).map(|(_, bytes)| bytes).sum();
        let title = format!("lesson {name} with its first lab, {lab}, opened first");
        let most = LESSONS_WITHIN.contains(&name.as_str()).then_some(LESSON);
        lines.push(Line { title, bytes: code + text, most });
        lines.push(Line { title: format!("lesson {name}, its text alone"), bytes: *text, most: Some(FURTHER_LESSON) });
    }
    lines
}

/// What each page loads, opened first or after the first lab, and all of it.
fn sums(shares: &[(Share, u64)], parts: &[(&str, Vec<&str>)]) -> Vec<Line> {
    let total =
        |is: &dyn Fn(&Share) -> bool| shares.iter().filter(|(share, _)| is(share)).map(|(_, bytes)| bytes).sum();
    let every: u64 = total(&|share| *share == Share::Every);
    let of = |files: &[&str]| -> u64 {
        total(&|share| matches!(share, Share::Chunk(name) if files.contains(&name.as_str())))
    };
    let files_of = |part: &str| parts.iter().find(|(known, _)| *known == part).map_or(&[][..], |(_, files)| files);
    let first_lab = files_of("convolution");
    let mut lines = vec![Line { title: "every page".into(), bytes: every, most: None }];
    for (part, files) in parts {
        let most = AS_FIRST.iter().find(|(known, ..)| known == part).map(|(_, most, _)| *most);
        if most.is_some() || *part != "paste" && *part != "export" {
            lines.push(Line { title: first_title(part), bytes: every + of(files), most });
        }
        let new: Vec<&str> = files.iter().copied().filter(|file| !first_lab.contains(file)).collect();
        if *part != "convolution" {
            let most = (LABS.contains(part) || SINCE.contains(part)).then_some(FURTHER);
            lines.push(Line { title: format!("{part}, after convolution"), bytes: of(&new), most });
        }
    }
    let chunks: u64 = total(&|share| matches!(share, Share::Chunk(_)));
    lines.push(Line { title: "all pages, copy and export".into(), bytes: every + chunks, most: Some(ALL) });
    for (number, worker) in WORKERS.iter().enumerate() {
        let bytes = total(&|share| *share == Share::Trainer(number));
        lines.push(Line { title: worker.binary.into(), bytes, most: Some(worker.most) });
    }
    lines
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
    fn links_to_sheets_wherever_the_site_is() {
        for public_url in ["./", "/", "/receptive/"] {
            let link = |name: &str| {
                format!("<link rel=\"stylesheet\" href=\"{public_url}{name}\" integrity=\"sha384-AAAA\"/>\n")
            };
            let html = format!("<head>\n{}<title>T</title>\n{}</head>\n", link("base-01.css"), link("train-02.css"));
            let (kept, names) = without_links(&html, public_url).unwrap();
            assert_eq!(kept, "<head>\n<title>T</title>\n</head>\n");
            assert_eq!(names, ["base-01.css", "train-02.css"]);
        }
        assert!(without_links("<link rel=\"stylesheet\" href=\"/other/base-01.css\">", "/receptive/").is_err());
        assert!(without_links("<title>T</title>", "./").is_err());
    }

    #[test]
    fn shares() {
        let check = |path, expect| assert_eq!(Share::of(path), expect, "{path}");
        check("index.html", Share::Every);
        check("app-0123456789abcdef_bg.wasm", Share::Every);
        check("assets/favicon.svg", Share::Every);
        check("receptive_field-0123456789abcdef.wasm", Share::Chunk("receptive_field".into()));
        check("train-0123456789abcdef.css", Share::Chunk("train.css".into()));
        check("train-0123456789abcdef.wasm", Share::Chunk("train".into()));
        check("trainer-0123456789abcdef_bg.wasm", Share::Trainer(0));
        check("worker-boot-0123456789abcdef.js", Share::Trainer(0));
        check("graph-trainer-0123456789abcdef.js", Share::Trainer(1));
        check("graph-worker-boot-0123456789abcdef.js", Share::Trainer(1));
        check("assets/data/mnist/train-images-idx3-ubyte.gz", Share::Other);
        check("assets/photos/chelsea.png", Share::Other);
        check("assets/weights/lenet.safetensors", Share::Other);
    }

    #[test]
    fn a_page_is_all_that_it_loads_and_fails_past_its_budget() {
        let parts = parts("convolution: labs convolution\npooling: labs pooling\n");
        let chunk = |name: &str, bytes| (Share::Chunk(name.into()), bytes);
        let shares =
            [(Share::Every, 300_000), chunk("labs", 60_000), chunk("convolution", 30_000), chunk("pooling", 70_001)];
        let lines = sums(&shares, &parts);
        let of = |title: &str| lines.iter().find(|line| line.title == title).unwrap();
        assert_eq!(of("convolution, opened first").bytes, 390_000);
        assert_eq!(too_much(of("convolution, opened first")), None);
        assert_eq!(of("all pages, copy and export").bytes, 460_001);
        let sentence = "pooling, after convolution: 70,001 bytes gzip are more than the budget of 70,000.";
        assert_eq!(too_much(of("pooling, after convolution")).as_deref(), Some(sentence));
    }

    #[test]
    fn a_lesson_is_its_text_and_its_first_lab() {
        assert_eq!(
            first_lab("A lead.\n\n[One](#/receptive-field?n=7)\n[Two](#/why)").as_deref(),
            Some("receptive_field")
        );
        assert_eq!(first_lab("[One](#/why)").as_deref(), Some("why"));
        assert_eq!(first_lab("No lab."), None);
        let parts = parts("lessons: stage lessons\nwhy: stage why\npooling: pooling\n");
        let chunk = |name: &str, bytes| (Share::Chunk(name.into()), bytes);
        let shares = [
            (Share::Every, 200_000),
            chunk("stage", 100_000),
            chunk("lessons", 50_000),
            chunk("why", 48_000),
            chunk("pooling", 7),
            (Share::Other, 9),
        ];
        let lessons = [Lesson { name: "stride".into(), lab: "why".into(), text: 2_001 }];
        let lines = of_lessons(&lessons, &shares, &parts);
        assert_eq!(lines[0].bytes, 400_001);
        assert!(too_much(&lines[0]).is_some());
        assert_eq!(too_much(&lines[1]), None);
    }

    #[test]
    fn each_file_has_its_budget() {
        assert_eq!(without_hash("app-0123456789abcdef_bg.wasm"), "app_bg.wasm");
        assert_eq!(without_hash("export-paste-0123456789abcdef.wasm"), "export-paste.wasm");
        assert_eq!(without_hash("benchmark-18ee26ea8e4b9d2.css"), "benchmark.css");
        assert_eq!(without_hash("index.html"), "index.html");
        let sizes =
            [("a.wasm", 10_601), ("b.wasm", 10_600), ("c.wasm", 7)].map(|(name, bytes)| (name.to_owned(), bytes));
        let found = past_their_budgets(&sizes, "# bytes\na.wasm: 10000\nb.wasm: 10000\nd.wasm: 9\n");
        let expect = [
            "a.wasm: 10,601 bytes gzip are more than 10,600, its 10,000 with room to grow.",
            "c.wasm has no budget in xtask/budgets.txt: it has 7 bytes gzip.",
            "xtask/budgets.txt has a budget for d.wasm, which there is not.",
        ];
        assert_eq!(found, expect);
    }

    #[test]
    fn the_policy_holds_the_hash_of_each_inline_script() {
        let html = "<meta content=\"script-src 'self' 'wasm-unsafe-eval' 'unsafe-inline'; x\">\
                    <meta name=\"worker\" content=\"worker-boot\">var parts = {}, files = { app: \"app\" };\
                    <script>abc</script><script src=\"a.js\"></script><script type=\"module\"></script>";
        let names = [("app", "app-56"), ("labs", "labs-78")].map(|(name, file)| (name.to_owned(), file.to_owned()));
        let boots = [("worker", "worker-boot", "worker-boot-1234".to_owned())];
        let html = with_names(html, &boots, &parts("pooling: labs\n"), &names).unwrap();
        let completed = with_hashes(&html).unwrap();
        assert!(completed.contains(
            "script-src 'self' 'wasm-unsafe-eval' 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=' \
             'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; x"
        ));
        assert!(completed.contains("<meta name=\"worker\" content=\"worker-boot-1234\">"));
        assert!(
            completed.contains(r#"var parts = { pooling: ["labs"] }, files = { "app": "app-56", "labs": "labs-78" };"#)
        );
        assert!(with_names("<meta name=\"worker\" content=\"worker-boot\">", &boots, &[], &names).is_err());
        assert!(with_hashes(&completed).is_err());
    }

    #[test]
    fn comments_stay_in_the_sources() {
        let html = "<p>\n  <!-- Why. -->\n  a // b\n\n    // Why.\n  /* Why. */\n  </p>";
        assert_eq!(without_comments(html), "<p>\na // b\n</p>\n");
    }

    #[test]
    fn the_sources_have_what_is_completed() {
        let index = run::read(&run::root().join("index.html")).unwrap();
        let boots = WORKERS.map(|worker| (worker.meta, worker.boot, worker.boot.to_owned()));
        assert!(with_names(&index, &boots, &[], &[]).and_then(|html| with_hashes(&html)).is_ok());
        assert!(optimiser(&index).unwrap().contains(&"--enable-simd".to_owned()));
    }
}
