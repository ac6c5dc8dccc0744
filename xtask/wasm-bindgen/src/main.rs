//! Stand-in for the `wasm-bindgen` CLI: the flags that trunk 0.21 passes, over the library the CLI is made of.
//! The CLI brings a test runner and takes minutes to build; this takes a fraction.
//!
//! A module with split points (`#[wasm_split]`) is cut first: the main module is bound, and the others are put into the
//! folder `chunks` beside it, with a table of which split point needs which.

use std::{
    collections::HashMap,
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use wasm_bindgen_cli_support::Bindgen;

/// Where the groups of split points are, from the folder that trunk works in.
const GROUPS: &str = "xtask/chunks.txt";
/// What the main module imports its loaders from, as `wasm_split_cli_support` calls it.
const LOADERS: &str = "./__wasm_split.js";

fn main() -> Result<(), Box<dyn Error>> {
    let mut bindgen = Bindgen::new();
    let (mut folder, mut name, mut input, mut typescript) = (PathBuf::from("."), String::new(), PathBuf::new(), true);
    for argument in env::args().skip(1) {
        match argument.split_once('=') {
            Some(("--target", "web")) => {
                bindgen.web(true)?;
            }
            Some(("--target", "no-modules")) => {
                bindgen.no_modules(true)?;
            }
            Some(("--out-dir", value)) => folder = value.into(),
            Some(("--out-name", value)) => value.clone_into(&mut name),
            _ => match argument.as_str() {
                "--version" | "-V" => {
                    println!("wasm-bindgen {}", env!("CARGO_PKG_VERSION"));
                    return Ok(());
                }
                "--no-typescript" => typescript = false,
                "--keep-debug" => {
                    bindgen.keep_debug(true);
                }
                flag if flag.starts_with('-') => {
                    return Err(format!("this stand-in for wasm-bindgen does not know {flag}").into());
                }
                path => input = path.into(),
            },
        }
    }
    bindgen.typescript(typescript);
    if !name.is_empty() {
        bindgen.out_name(&name);
    }
    let module = fs::read(&input)?;
    if !has(&module, b"__wasm_split_00") {
        bindgen.input_path(&input).generate(&folder)?;
        return Ok(());
    }
    let chunks = folder.join("chunks");
    let main = chunks.join("main.wasm");
    let cut = cut(&module, &chunks, &main)?;
    // The chunks import by the names that the linker gave.
    bindgen.keep_lld_exports(true).demangle(false).input_path(&main).generate(&folder)?;
    fs::remove_file(main)?;
    let script = folder.join(format!("{name}.js"));
    fs::write(&script, with_loaders(&fs::read_to_string(&script)?, &cut)?)?;
    Ok(())
}

fn has(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

/// Groups by name, each with its split points.
fn groups(text: &str) -> Vec<(&str, Vec<&str>)> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, points)| (name.trim(), points.split_whitespace().collect()))
        .collect()
}

/// Cuts the module and gives the script that loads the chunks.
fn cut(module: &[u8], chunks: &Path, main: &Path) -> Result<String, Box<dyn Error>> {
    if chunks.exists() {
        fs::remove_dir_all(chunks)?;
    }
    fs::create_dir_all(chunks)?;
    let text = fs::read_to_string(GROUPS).map_err(|error| format!("{GROUPS}: {error}"))?;
    let groups = groups(&text);
    let sets: Vec<String> = groups.iter().map(|(_, points)| points.join(" ")).collect();
    // A list without a line shows which sets there are by nature.
    if !sets.is_empty() {
        // SAFETY: nothing else runs yet in this program.
        unsafe { env::set_var("WASM_SPLIT_GROUPS", sets.join(";")) };
    }

    let mut options = wasm_split_cli_support::Options::new(module);
    options.output_dir = chunks;
    options.main_out_path = main;
    options.target.web();
    let made = wasm_split_cli_support::transform(options).map_err(|error| format!("cutting: {error:?}"))?;
    let loaders = chunks.join(LOADERS);
    let mut script = fs::read_to_string(&loaders)?;
    fs::remove_file(loaders)?;

    // Names that last from build to build.
    let mut names = HashMap::new();
    for path in &made.split_modules {
        let old = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let new = match old.strip_prefix("split_") {
            Some(point) => point.to_owned(),
            None => name_of_chunk(&script, &old, &groups)?,
        };
        if names.values().any(|taken| *taken == new) {
            return Err(format!("{GROUPS}: two parts of the app would be called {new}").into());
        }
        if fs::metadata(path).is_ok() {
            fs::rename(path, chunks.join(format!("{new}.wasm")))?;
        }
        script = script.replace(&format!("\"./{old}.wasm\""), &format!("\"{new}\""));
        names.insert(old, new);
    }
    let mut table: Vec<String> = Vec::new();
    for (point, files) in &made.prefetch_map {
        let mut line = format!("{point}:");
        let mut files: Vec<&str> = files.iter().filter_map(|file| names.get(file).map(String::as_str)).collect();
        files.sort_unstable();
        for file in files {
            write!(line, " {file}")?;
        }
        table.push(line);
    }
    table.sort_unstable();
    fs::write(chunks.join("table.txt"), table.join("\n") + "\n")?;
    Ok(script)
}

/// The name of the group that a shared chunk is of; its split points are in the comment above its loader.
fn name_of_chunk(script: &str, chunk: &str, groups: &[(&str, Vec<&str>)]) -> Result<String, Box<dyn Error>> {
    let variable = format!("const __{chunk} = ");
    let above = script.find(&variable).map(|at| &script[..at]).ok_or_else(|| format!("no loader of {chunk}"))?;
    let comment = above.rsplit_once("/* ").map(|(_, comment)| comment.trim_end().trim_end_matches("*/"));
    let points: Vec<&str> = comment.unwrap_or_default().split(',').map(str::trim).collect();
    let is_it = |group: &&(&str, Vec<&str>)| {
        group.1.len() == points.len() && group.1.iter().all(|point| points.contains(point))
    };
    match groups.iter().find(is_it) {
        Some((name, _)) => Ok((*name).to_owned()),
        // An intersection of groups: its points say it.
        None => Ok(points.join("-")),
    }
}

/// Puts the loaders into the main module's script: one file that needs no other, and whose name can be any.
fn with_loaders(script: &str, loaders: &str) -> Result<String, Box<dyn Error>> {
    let (mut kept, mut variables) = (String::new(), Vec::new());
    for line in script.lines() {
        let import = line.strip_prefix("import * as ").and_then(|rest| rest.split_once(" from "));
        match import {
            Some((name, from)) if from.contains(LOADERS) => variables.push(name),
            _ => {
                kept.push_str(line);
                kept.push('\n');
            }
        }
    }
    // One for each loader, all of the same file.
    let [first, others @ ..] = variables.as_slice() else { return Err("the main module imports no loaders".into()) };
    let mut body = String::new();
    let mut exports = Vec::new();
    for line in loaders.lines().filter(|line| !line.starts_with("import ")) {
        let line = match line.strip_prefix("export const ") {
            Some(rest) => {
                exports.extend(rest.split(' ').next());
                rest.split_once(' ').map(|(name, rest)| format!("const {name} {rest}")).unwrap_or_default()
            }
            None => line.to_owned(),
        };
        // The page's own way to fetch: it knows the file's name with its hash, waits, and tells what does not come.
        let line = line
            .replace("const src = fetch(new URL(", "const src = receptive.chunk(")
            .replace(", import.meta.url));", ");");
        let line = line
            .replace("WebAssembly.instantiateStreaming(src, imports)", "WebAssembly.instantiate(await src, imports)");
        body.push_str(&line);
        body.push('\n');
    }
    if !body.contains("receptive.chunk(") || body.contains("import.meta") || !body.contains("instantiate(await src") {
        return Err("the loaders are not as this stand-in knows them".into());
    }
    let mut made = format!("{kept}\nconst {first} = (() => {{\n{body}return {{ {} }};\n}})();\n", exports.join(", "));
    for other in others {
        writeln!(made, "const {other} = {first};")?;
    }
    Ok(made)
}
