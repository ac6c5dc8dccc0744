//! The invariants that keep the house standing; each test bears the name of one, and `ARCHITECTURE.md` tells why.
//!
//! The sources are read as text: comments and strings are blanked, then every path (`crate::x::y`, `super::x`,
//! `use x::{y, z}`, and what these are renamed to) is resolved to the module it names. A violation is reported as
//! `file:line`. Each rule is a function of the sources alone, so the tests at the end show each a violation.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path as FilePath,
};

use proptest::prelude::*;
use receptive::{
    data, link,
    model::{LayerSpec, ModelSpec, Network, Safetensors as _},
    num::Entry,
    protocol,
};

/// The lib's modules in layers, the lowest first. A module sees those of lower layers, and of its own layer as long as
/// that makes no cycle.
const LAYERS: &[&[&str]] = &[
    &["num", "markup"],
    &["nn"],
    &["model", "data"],
    &["train", "trace", "formula"],
    &["explain", "mistake", "paste", "export", "image", "plot", "color"],
    &["lab", "site"],
    &["link", "command", "store", "protocol"],
    &["bench", "tools"],
    &["course"],
];

/// Crates of the browser, which the lib must not name at all and the app in few places only.
const BROWSER_CRATES: &[&str] =
    &["web_sys", "js_sys", "wasm_bindgen", "wasm_bindgen_futures", "gloo", "console_error_panic_hook"];

/// Functions that leptos wraps around the browser's.
const BROWSER_FUNCTIONS: &[&str] = &[
    "window",
    "document",
    "set_interval",
    "set_interval_with_handle",
    "set_timeout",
    "set_timeout_with_handle",
    "request_animation_frame",
    "request_animation_frame_with_handle",
    "request_idle_callback",
    "window_event_listener",
    "window_event_listener_untyped",
];

/// Where the app touches the browser: files that begin like this.
const BROWSER_PLACES: &[&str] = &[
    "src/ui/platform",
    // What the page's boot script calls, and the panic hook.
    "src/ui/boot.rs",
    "src/ui/training/worker.rs",
    "src/ui/route.rs",
    "src/ui/component/canvas",
    // The number grid patches its own cells, as a canvas would.
    "src/ui/component/grid.rs",
    "src/bin/worker/mod.rs",
];

/// The only places of the app that change a lab: a bench, the training run and the benchmark.
const SESSIONS: &[&str] = &[
    "src/ui/bench/live.rs",
    "src/ui/page/architectures/session.rs",
    "src/ui/page/benchmark/session.rs",
    "src/ui/page/depth/session.rs",
    "src/ui/page/lessons/session.rs",
    "src/ui/page/quiz/session.rs",
    "src/ui/page/train/training.rs",
];

/// Where elements are put into the page: two functions that take `Markup`.
const ELEMENTS_PLACES: [&str; 2] = ["src/ui/view.rs", "src/ui/platform/mod.rs"];

/// What makes elements of a text, in Rust and in scripts.
const MAKES_ELEMENTS: &[&str] = &[
    "inner_html",
    "set_inner_html",
    "set_outer_html",
    "insert_adjacent_html",
    "create_contextual_fragment",
    "set_srcdoc",
    "set_html_unsafe",
    "parse_from_string",
    "parse_from_str",
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "createContextualFragment",
    "srcdoc",
    "setHTMLUnsafe",
    "parseFromString",
    "document.write",
];

/// What may name a lab besides the folder of the lab's own page.
const ALSO_NAMED: &[(&str, &str)] = &[
    // The trainer's workers and the files they need, for both pages that train.
    ("src/ui/training/", "train"),
    ("src/ui/page/benchmark/", "train"),
];

// ------------------------------------------------------------------------------------------------------------ sources

/// One file, with its comments gone.
struct Source {
    /// From the checkout's root, with `/`.
    path: String,
    /// The module it is, such as `nn::reference::conv`; empty for a crate's root.
    module: Vec<String>,
    /// Code alone: strings and comments are spaces.
    code: String,
    /// Strings alone: all else is spaces.
    strings: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        let (mut code, mut strings) = split(text);
        let inner = path.strip_prefix("src/").unwrap_or(path).trim_end_matches(".rs");
        let mut module: Vec<String> = inner.split('/').map(str::to_owned).collect();
        if module.last().is_some_and(|last| last == "mod") || ["lib", "main"].contains(&inner) {
            module.pop();
        }
        if inner.starts_with("bin/") {
            module.clear();
        }
        if module.last().is_some_and(|last| last == "tests") {
            code = blank(&code, 0..code.len());
            strings = blank(&strings, 0..strings.len());
        }
        Self { path: path.to_owned(), module, code, strings }
    }

    /// Whether the file belongs to the lib and not to one of the binaries.
    fn in_lib(&self) -> bool {
        self.path.starts_with("src/")
            && !["src/main.rs", "src/bin/", "src/ui/"].iter().any(|place| self.path.starts_with(place))
    }

    /// The module of the top level that it belongs to, such as `nn`.
    fn top(&self) -> Option<&str> {
        self.module.first().map(String::as_str)
    }

    /// Whether it is the `mod.rs` of the folder that `other` stands in.
    fn is_room_of(&self, other: &Self) -> bool {
        let is_room = ["/mod.rs", "/lib.rs"].iter().any(|name| self.path.ends_with(name));
        is_room && other.module.split_last().is_some_and(|(_, above)| *above == *self.module)
    }

    fn is_below(&self, module: &[&str]) -> bool {
        starts_with(&self.module, module)
    }

    /// The same without its test modules.
    fn shipped(&self) -> Self {
        let (mut code, mut strings) = (self.code.clone(), self.strings.clone());
        let mut from = 0;
        while let Some(found) = code[from..].find("#[cfg(test)]") {
            let start = from + found;
            let end = item_end(&code, start + "#[cfg(test)]".len());
            code = blank(&code, start..end);
            strings = blank(&strings, start..end);
            from = end;
        }
        Self { path: self.path.clone(), module: self.module.clone(), code, strings }
    }
}

/// Splits a file into code and strings, of its own length in bytes, line by line.
fn split(text: &str) -> (String, String) {
    let (mut code, mut strings) = (String::new(), String::new());
    let mut put = |part: &str, in_code: bool, in_strings: bool| {
        for c in part.chars() {
            let blank = if c == '\n' { "\n".to_owned() } else { " ".repeat(c.len_utf8()) };
            if in_code {
                code.push(c);
            } else {
                code.push_str(&blank);
            }
            if in_strings { strings.push(c) } else { strings.push_str(&blank) }
        }
    };
    let mut rest = text;
    let mut after_word = false;
    while let Some(first) = rest.chars().next() {
        let raw = raw_string(rest).filter(|_| !after_word);
        let (len, in_code, in_strings) = if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), false, false)
        } else if rest.starts_with("/*") {
            (block_comment(rest), false, false)
        } else if let Some(len) = raw {
            (len, false, true)
        } else if first == '"' {
            (quoted(rest, '"'), false, true)
        } else if first == '\'' && is_char(rest) {
            (quoted(rest, '\''), false, false)
        } else {
            (first.len_utf8(), true, false)
        };
        after_word = first.is_alphanumeric() || first == '_';
        put(&rest[..len], in_code, in_strings);
        rest = &rest[len..];
    }
    (code, strings)
}

/// Length of a block comment; they nest.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    loop {
        match text.get(at..at + 2) {
            Some("/*") => (depth, at) = (depth + 1, at + 2),
            Some("*/") if depth == 1 => return at + 2,
            Some("*/") => (depth, at) = (depth - 1, at + 2),
            _ if at >= text.len() => return text.len(),
            _ => at += 1,
        }
    }
}

/// Length of a raw string such as `r#"…"#` that `text` begins with.
fn raw_string(text: &str) -> Option<usize> {
    let hashes = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let body = hashes.trim_start_matches('#');
    let end = format!("\"{}", "#".repeat(hashes.len() - body.len()));
    let body = body.strip_prefix('"')?;
    let close = body.find(&end).map_or(body.len(), |found| found + end.len());
    Some(text.len() - body.len() + close)
}

/// Length of a string or character that `text` begins with, with its escapes.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = true;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// Whether a quote begins a character and not a lifetime.
fn is_char(text: &str) -> bool {
    let mut chars = text.chars().skip(1);
    match (chars.next(), chars.next()) {
        (Some('\\'), _) => true,
        (_, second) => second == Some('\''),
    }
}

fn blank(text: &str, range: std::ops::Range<usize>) -> String {
    let spaces: String = text[range.clone()].bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }).collect();
    format!("{}{spaces}{}", &text[..range.start], &text[range.end..])
}

/// Where the item that begins at `start` ends: after its braces, or its semicolon.
fn item_end(code: &str, start: usize) -> usize {
    let mut depth = 0;
    for (at, c) in code[start..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return start + at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return start + at + 1,
            _ => {}
        }
    }
    code.len()
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

// -------------------------------------------------------------------------------------------------------------- paths

/// A path in the code, resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Path {
    /// Whether it begins at this crate's root, or else with another crate's name.
    local: bool,
    /// Its names; `*` for all of a module.
    names: Vec<String>,
    line: usize,
}

impl Path {
    /// Whether it names something in `module`, or takes all of one that holds it.
    fn touches(&self, module: &[&str]) -> bool {
        match self.names.split_last() {
            Some((last, above)) if last == "*" => {
                starts_with(above, module)
                    || (above.len() < module.len() && above.iter().zip(module).all(|(a, b)| a == b))
            }
            _ => starts_with(&self.names, module),
        }
    }
}

fn starts_with(names: &[String], prefix: &[&str]) -> bool {
    names.len() >= prefix.len() && names.iter().zip(prefix).all(|(name, prefix)| name == prefix)
}

#[derive(Debug, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    PathSep,
    Other(char),
}

/// Words, `::` and other signs, each with its line.
fn tokens(code: &str) -> Vec<(Token<'_>, usize)> {
    let mut tokens = Vec::new();
    let (mut line, mut at) = (1, 0);
    while let Some(c) = code[at..].chars().next() {
        let rest = &code[at..];
        let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        if c == '\n' {
            line += 1;
            at += 1;
        } else if c.is_whitespace() {
            at += c.len_utf8();
        } else if word > 0 {
            tokens.push((Token::Word(&rest[..word]), line));
            at += word;
        } else if rest.starts_with("::") {
            tokens.push((Token::PathSep, line));
            at += 2;
        } else {
            tokens.push((Token::Other(c), line));
            at += c.len_utf8();
        }
    }
    tokens
}

/// Every path of a file. `modules` are all that exist, to tell a child module from a crate.
fn paths(source: &Source, modules: &BTreeSet<Vec<String>>) -> Vec<Path> {
    let tokens = tokens(&source.code);
    let mut reader = Reader { tokens: &tokens, modules, renamed: BTreeMap::new(), paths: Vec::new() };
    // The first pass learns what `use` brings in, the second resolves what begins with it.
    reader.read(&source.module);
    reader.paths.clear();
    reader.read(&source.module);
    reader.paths
}

struct Reader<'a> {
    tokens: &'a [(Token<'a>, usize)],
    modules: &'a BTreeSet<Vec<String>>,
    renamed: BTreeMap<String, (bool, Vec<String>)>,
    paths: Vec<Path>,
}

impl Reader<'_> {
    fn read(&mut self, module: &[String]) {
        let mut module = module.to_vec();
        // The depth of braces at which each inline module ends.
        let (mut depth, mut inline) = (0, Vec::new());
        let mut at = 0;
        while let Some((token, _)) = self.tokens.get(at) {
            match token {
                Token::Word("mod") if self.other(at + 2, '{') => {
                    if let Some(Token::Word(name)) = self.token(at + 1) {
                        module.push((*name).to_owned());
                        inline.push(depth);
                    }
                    at += 1;
                }
                Token::Word("use") => {
                    at = self.tree(at + 1, &module, &[], true);
                    continue;
                }
                Token::Word(_) if self.token(at + 1) == Some(&Token::PathSep) && !self.follows_path(at) => {
                    at = self.tree(at, &module, &[], false);
                    continue;
                }
                Token::Other('{') => depth += 1,
                Token::Other('}') => {
                    depth -= 1;
                    if inline.last() == Some(&depth) {
                        inline.pop();
                        module.pop();
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    fn token(&self, at: usize) -> Option<&Token<'_>> {
        self.tokens.get(at).map(|(token, _)| token)
    }

    fn other(&self, at: usize, sign: char) -> bool {
        self.token(at) == Some(&Token::Other(sign))
    }

    fn follows_path(&self, at: usize) -> bool {
        at > 0 && self.token(at - 1) == Some(&Token::PathSep)
    }

    /// Reads a path or a tree of them from `at`, with `above` before it; gives where it ends.
    fn tree(&mut self, mut at: usize, module: &[String], above: &[String], in_use: bool) -> usize {
        let mut names = above.to_vec();
        let line = self.tokens.get(at).map_or(0, |(_, line)| *line);
        if self.token(at) == Some(&Token::PathSep) {
            at += 1;
        }
        loop {
            match self.token(at) {
                Some(Token::Word(name)) => names.push((*name).to_owned()),
                Some(Token::Other('*')) if in_use => names.push("*".to_owned()),
                Some(Token::Other('{')) if in_use => {
                    at += 1;
                    while at < self.tokens.len() && !self.other(at, '}') {
                        at = self.tree(at, module, &names, true);
                        if self.other(at, ',') {
                            at += 1;
                        }
                    }
                    return at + 1;
                }
                // `Vec::<u8>`, or no path at all.
                _ => break,
            }
            at += 1;
            if self.token(at) != Some(&Token::PathSep) {
                break;
            }
            at += 1;
        }
        let mut name = names.last().cloned().unwrap_or_default();
        if in_use && name == "self" {
            names.pop();
            name = names.last().cloned().unwrap_or_default();
        }
        if in_use && self.token(at) == Some(&Token::Word("as")) {
            if let Some(Token::Word(new)) = self.token(at + 1) {
                (*new).clone_into(&mut name);
            }
            at += 2;
        }
        let (local, names) = self.resolve(&names, module);
        if in_use {
            self.renamed.insert(name, (local, names.clone()));
        }
        if names.is_empty() {
            // `use<'_>` and the like: no path, but a step.
            return at + 1;
        }
        self.paths.push(Path { local, names, line });
        at
    }

    fn resolve(&self, names: &[String], module: &[String]) -> (bool, Vec<String>) {
        let Some((first, rest)) = names.split_first() else { return (false, Vec::new()) };
        let below = |above: &[String]| [above, rest].concat();
        match first.as_str() {
            "crate" => (true, rest.to_vec()),
            "self" => (true, below(module)),
            "super" => {
                let up = rest.iter().take_while(|name| *name == "super").count();
                let above = module.len().saturating_sub(1 + up);
                (true, [&module[..above], &rest[up..]].concat())
            }
            _ if self.modules.contains(&[module, std::slice::from_ref(first)].concat()) => {
                (true, [module, names].concat())
            }
            _ => match self.renamed.get(first).filter(|(_, full)| full.first() != Some(first)) {
                Some((local, full)) => (*local, below(full)),
                None => (false, names.to_vec()),
            },
        }
    }
}

// -------------------------------------------------------------------------------------------------------------- rules

/// Everything the rules look at.
struct House {
    sources: Vec<Source>,
    modules: BTreeSet<Vec<String>>,
    /// Style sheets and pages: path and text.
    sheets: Vec<(String, String)>,
    manifest: String,
}

impl House {
    /// The checkout.
    fn read() -> Self {
        let mut files = Vec::new();
        for folder in ["src", "style"] {
            collect(FilePath::new(folder), &mut files);
        }
        files.extend(read_file(FilePath::new("index.html")));
        Self::new(files, fs::read_to_string("Cargo.toml").unwrap())
    }

    fn new(files: Vec<(String, String)>, manifest: String) -> Self {
        let (rust, sheets): (Vec<_>, Vec<_>) = files.into_iter().partition(|(path, _)| is_rust(path));
        let sources: Vec<_> = rust.iter().map(|(path, text)| Source::new(path, text)).collect();
        let modules = sources.iter().map(|source| source.module.clone()).collect();
        Self { sources, modules, sheets, manifest }
    }

    fn lib(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter().filter(|source| source.in_lib())
    }

    /// Paths below `from` that touch `to`.
    fn touching(&self, from: &[&str], to: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        for source in self.lib().filter(|source| source.is_below(from)) {
            for path in paths(source, &self.modules) {
                if path.local && path.touches(to) {
                    found.push(report(source, path.line, &path.names.join("::")));
                }
            }
        }
        found
    }
}

fn is_rust(path: &str) -> bool {
    FilePath::new(path).extension().is_some_and(|extension| extension == "rs")
}

fn collect(folder: &FilePath, files: &mut Vec<(String, String)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut entries: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| ["rs", "css"].iter().any(|e| extension == *e)) {
            files.extend(read_file(&path));
        }
    }
}

fn read_file(path: &FilePath) -> Option<(String, String)> {
    let text = fs::read_to_string(path).ok()?;
    Some((path.to_str()?.replace('\\', "/"), text))
}

fn report(source: &Source, line: usize, what: &str) -> String {
    format!("{}:{line}: {what}", source.path)
}

/// No browser, clock, file, thread or ambient randomness in the lib.
fn impurities(house: &House) -> Vec<String> {
    const BANNED: &[(&[&str], &str)] = &[
        (&["leptos"], "the lib has no browser"),
        (&["std", "fs"], "the lib has no files"),
        (&["std", "net"], "the lib has no network"),
        (&["std", "env"], "the lib has no environment"),
        (&["std", "process"], "the lib has no processes"),
        (&["std", "os"], "the lib has no operating system"),
        (&["std", "thread"], "the lib has no threads"),
        (&["std", "thread_local"], "the lib has no threads"),
        (&["std", "time", "Instant"], "the lib has no clock"),
        (&["std", "time", "SystemTime"], "the lib has no clock"),
        (&["std", "io", "stdin"], "the lib has no terminal"),
        (&["std", "io", "stdout"], "the lib has no terminal"),
        (&["std", "io", "stderr"], "the lib has no terminal"),
        (&["getrandom"], "randomness comes from num::rng"),
        (&["rand"], "randomness comes from num::rng"),
        (&["rand_chacha"], "randomness comes from num::rng"),
        (&["std", "hash", "RandomState"], "hash maps are in another order each run: use BTreeMap"),
        (&["std", "hash", "DefaultHasher"], "its hashes differ from release to release"),
        (&["std", "collections", "HashMap"], "it is in another order each run: use BTreeMap"),
        (&["std", "collections", "HashSet"], "it is in another order each run: use BTreeSet"),
        (&["std", "collections", "hash_map"], "it is in another order each run: use BTreeMap"),
        (&["std", "collections", "hash_set"], "it is in another order each run: use BTreeSet"),
    ];
    let mut found = Vec::new();
    for source in house.lib() {
        let shipped = source.shipped();
        for mut path in paths(&shipped, &house.modules) {
            if path.local {
                continue;
            }
            if let Some(first) = path.names.first_mut().filter(|first| ["core", "alloc"].contains(&first.as_str())) {
                "std".clone_into(first);
            }
            let first = path.names.first().map_or("", String::as_str);
            let browser = BROWSER_CRATES.iter().any(|name| first == *name || first.starts_with("gloo_"));
            let banned = BANNED.iter().find(|(names, _)| path.touches(names));
            let streams = source.is_below(&["num", "rng"]) && first == "rand_chacha";
            if let Some(why) = banned.map(|(_, why)| *why).or(browser.then_some("the lib has no browser"))
                && !streams
            {
                found.push(report(source, path.line, &format!("{}: {why}", path.names.join("::"))));
            }
        }
    }
    found.extend(dependencies_not_optional(&house.manifest));
    found
}

/// The lib's own dependencies, those a build without features has, hold no browser crate.
fn dependencies_not_optional(manifest: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut section = String::new();
    for (line, text) in manifest.lines().enumerate() {
        if let Some(name) = text.strip_prefix('[') {
            name.trim_end_matches(']').clone_into(&mut section);
        }
        let name = if section == "dependencies" {
            text.split_once('=').map(|(name, _)| name.trim())
        } else {
            section.strip_prefix("dependencies.").filter(|_| text.starts_with('['))
        };
        let Some(name) = name.map(|name| name.replace('-', "_")) else { continue };
        let browser = name.starts_with("leptos") || BROWSER_CRATES.contains(&name.as_str());
        let rest: String = manifest.lines().skip(line + 1).take_while(|text| !text.starts_with('[')).collect();
        let optional =
            if text.starts_with('[') { rest.contains("optional = true") } else { text.contains("optional = true") };
        if browser && !optional {
            found.push(format!("Cargo.toml:{}: {name} is not optional", line + 1));
        }
    }
    if !manifest.lines().any(|text| text == "default = []") {
        found.push("Cargo.toml: the default features are not empty".to_owned());
    }
    found
}

/// Modules see lower layers only; within a layer there is no cycle.
fn upward(house: &House) -> Vec<String> {
    let layer = |name: &str| LAYERS.iter().position(|layer| layer.contains(&name));
    let mut found = Vec::new();
    let mut peers: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for source in house.lib() {
        // lib.rs declares them all.
        let Some(own) = source.top() else { continue };
        let Some(own_layer) = layer(own) else {
            found.push(report(source, 1, &format!("{own} has no layer in tests/architecture.rs")));
            continue;
        };
        for path in paths(source, &house.modules) {
            let Some(other) = path.names.first().filter(|other| path.local && *other != own) else { continue };
            let place = report(source, path.line, &path.names.join("::"));
            if other == "*" {
                found.push(format!("{place} takes in every layer"));
            }
            match layer(other) {
                Some(other_layer) if other_layer > own_layer => found.push(format!("{place} points up")),
                Some(other_layer) if other_layer == own_layer => {
                    peers.entry(own.to_owned()).or_default().entry(other.clone()).or_insert(place);
                }
                _ => {}
            }
        }
    }
    for (from, edges) in &peers {
        for (to, place) in edges {
            if reaches(&peers, to, from, &mut BTreeSet::new()) {
                found.push(format!("{place} closes a cycle of {from} and {to}"));
            }
        }
    }
    found
}

fn reaches(
    edges: &BTreeMap<String, BTreeMap<String, String>>,
    from: &str,
    to: &str,
    seen: &mut BTreeSet<String>,
) -> bool {
    from == to
        || seen.insert(from.to_owned())
            && edges.get(from).is_some_and(|next| next.keys().any(|next| reaches(edges, next, to, seen)))
}

/// Browser calls in the app outside their places.
fn stray_browser_calls(house: &House) -> Vec<String> {
    let mut found = Vec::new();
    let app = |source: &&Source| !source.in_lib() && !BROWSER_PLACES.iter().any(|place| source.path.starts_with(place));
    for source in house.sources.iter().filter(app) {
        let paths = paths(source, &house.modules);
        for path in &paths {
            let browser = |name: &String| BROWSER_CRATES.contains(&name.as_str()) || name == "leptos_dom";
            if !path.local && path.names.iter().any(browser) {
                found.push(report(source, path.line, &path.names.join("::")));
            }
        }
        let own =
            |name: &str| paths.iter().any(|path| path.local && path.names.last().is_some_and(|last| last == name));
        let tokens = tokens(&source.code);
        for (at, (token, line)) in tokens.iter().enumerate() {
            let Token::Word(name) = token else { continue };
            let before = at.checked_sub(1).map(|before| &tokens[before].0);
            let free = !matches!(before, Some(Token::Other('.') | Token::PathSep | Token::Word("fn")));
            let called = matches!(tokens.get(at + 1), Some((Token::Other('('), _)));
            if BROWSER_FUNCTIONS.contains(name) && free && called && !own(name) {
                found.push(report(source, *line, &format!("{name}()")));
            }
        }
    }
    found
}

/// Labs changed anywhere in the app but in a session.
fn stray_changes(house: &House) -> Vec<String> {
    let mut found = Vec::new();
    let app = |source: &&Source| !source.in_lib() && !SESSIONS.contains(&source.path.as_str());
    for source in house.sources.iter().filter(app) {
        for path in paths(source, &house.modules) {
            if path.touches(&["receptive", "lab", "History"]) {
                found.push(report(source, path.line, &path.names.join("::")));
            }
        }
        for triple in tokens(&source.code).windows(3) {
            if let [(Token::Other('.'), _), (Token::Word("apply"), line), (Token::Other('('), _)] = triple {
                found.push(report(source, *line, ".apply()"));
            }
        }
    }
    found
}

/// Labs named in the app but by the site map: a page's folder knows its own, and no shared part knows any.
fn labs_by_name(house: &House) -> Vec<String> {
    let mut found = Vec::new();
    let own = |path: &str, lab: &str| {
        path.starts_with(&format!("src/ui/page/{lab}/"))
            || path == format!("src/ui/page/{lab}.rs")
            || ALSO_NAMED.iter().any(|(place, also)| path.starts_with(place) && *also == lab)
    };
    for source in house.sources.iter().filter(|source| source.path.starts_with("src/ui/")) {
        for path in paths(source, &house.modules) {
            let [receptive, layer, name, ..] = path.names.as_slice() else { continue };
            if receptive != "receptive" || !["lab", "link"].contains(&layer.as_str()) {
                continue;
            }
            let all = link::Page::ALL.iter().map(|page| page.path().replace('-', "_"));
            // `ReceptiveFieldLab` is `receptive_field`.
            let of_type = name.strip_suffix("Lab").filter(|of| !["", "Operation"].contains(of)).map(snake);
            let named = of_type.unwrap_or_else(|| name.clone());
            if all.into_iter().any(|lab| lab == named) && !own(&source.path, &named) {
                found.push(report(source, path.line, &path.names.join("::")));
            }
        }
    }
    found
}

/// `ReceptiveField` as `receptive_field`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

/// Files that import each other in a circle. A folder of the lib is one room: its `mod.rs` has what its files share, and
/// what goes between it and them is no circle. In the app it is.
fn circles(house: &House) -> Vec<String> {
    let app: Vec<&Source> = house.sources.iter().filter(|source| source.path.starts_with("src/ui/")).collect();
    // Tests look at all that they test.
    let lib: Vec<Source> = house.lib().map(Source::shipped).collect();
    let lib: Vec<&Source> = lib.iter().collect();
    let in_one_room = |a: &Source, b: &Source| a.is_room_of(b) || b.is_room_of(a);
    [circles_among(&app, &house.modules, |_, _| false), circles_among(&lib, &house.modules, in_one_room)].concat()
}

/// Circles of `files`, but for imports between two that are `in_one_room`. A name that a file takes from where it is only
/// passed on is that of the file which has it.
fn circles_among(
    files: &[&Source],
    modules: &BTreeSet<Vec<String>>,
    in_one_room: impl Fn(&Source, &Source) -> bool,
) -> Vec<String> {
    // Module and name, and what they stand for. Children can take from a `mod.rs` also what it does not pass on.
    let (mut passed_on, mut taken) = (BTreeMap::new(), BTreeMap::new());
    let mut passing: BTreeSet<(String, usize, Vec<String>)> = BTreeSet::new();
    for source in files {
        for Import { name, path, is_public } in imports(source, modules) {
            let here = [&source.module[..], &[name]].concat();
            if is_public {
                passing.insert((source.path.clone(), path.line, path.names.clone()));
                passed_on.insert(here.clone(), path.names.clone());
            }
            taken.insert(here, path.names);
        }
    }
    let file_of = |names: &[String], known: &BTreeMap<Vec<String>, Vec<String>>| -> Option<&Source> {
        let mut names = names.to_vec();
        for _ in 0..8 {
            let next = (1..=names.len()).rev().find_map(|len| Some((len, known.get(&names[..len])?)));
            let Some((len, stands_for)) = next else { break };
            names = [stands_for, &names[len..]].concat();
        }
        let module = (0..=names.len()).rev().map(|len| &names[..len]).find(|names| modules.contains(*names))?;
        files.iter().find(|source| source.module == *module).copied()
    };
    let mut edges: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for source in files {
        for path in paths(source, modules).into_iter().filter(|path| path.local) {
            if passing.contains(&(source.path.clone(), path.line, path.names.clone())) {
                continue;
            }
            let others = [&passed_on, &taken].into_iter().filter_map(|known| file_of(&path.names, known));
            for other in others.filter(|other| other.path != source.path && !in_one_room(source, other)) {
                let place = report(source, path.line, &path.names.join("::"));
                edges.entry(source.path.clone()).or_default().entry(other.path.clone()).or_insert(place);
            }
        }
    }
    let mut found = Vec::new();
    for (from, others) in &edges {
        for (to, place) in others {
            if reaches(&edges, to, from, &mut BTreeSet::new()) {
                found.push(format!("{place} closes a circle of {from} and {to}"));
            }
        }
    }
    found
}

/// A name that a `use` brings into a file.
struct Import {
    name: String,
    /// What it stands for.
    path: Path,
    /// Whether it is passed on to all.
    is_public: bool,
}

/// What a file takes from this crate by `use`.
fn imports(source: &Source, modules: &BTreeSet<Vec<String>>) -> Vec<Import> {
    let tokens = tokens(&source.code);
    let mut found = Vec::new();
    for (at, (token, _)) in tokens.iter().enumerate() {
        let is_public = match at.checked_sub(1).map(|before| &tokens[before].0) {
            Some(Token::Word("pub")) => true,
            Some(Token::Other(')')) => tokens[..at].iter().rev().take(8).any(|(token, _)| *token == Token::Word("pub")),
            _ => false,
        };
        if *token == Token::Word("use") {
            let mut reader = Reader { tokens: &tokens, modules, renamed: BTreeMap::new(), paths: Vec::new() };
            reader.tree(at + 1, &source.module, &[], true);
            let named = std::mem::take(&mut reader.renamed);
            for (name, (local, names)) in named {
                let line = reader.paths.iter().find(|path| path.names == names).map_or(0, |path| path.line);
                if local {
                    found.push(Import { name, path: Path { local, names, line }, is_public });
                }
            }
        }
    }
    found
}

/// State hidden from (state, step): interior mutability in what makes a frame.
fn hidden_state(house: &House) -> Vec<String> {
    const CELLS: &[&[&str]] = &[
        &["std", "cell"],
        &["std", "sync", "Mutex"],
        &["std", "sync", "RwLock"],
        &["std", "sync", "atomic"],
        &["std", "sync", "OnceLock"],
        &["std", "thread_local"],
    ];
    const FRAMES: &[&str] = &["num", "nn", "trace", "formula", "explain", "lab", "bench"];
    let mut found = Vec::new();
    for source in house.lib().filter(|source| source.top().is_some_and(|top| FRAMES.contains(&top))) {
        for path in paths(source, &house.modules) {
            if !path.local && CELLS.iter().any(|cell| path.touches(cell)) {
                found.push(report(source, path.line, &path.names.join("::")));
            }
        }
        let tokens = tokens(&source.code);
        for pair in tokens.windows(2) {
            match pair {
                [(Token::Word("static"), line), (Token::Word("mut"), _)] => {
                    found.push(report(source, *line, "static mut"));
                }
                [(Token::Word("thread_local"), line), (Token::Other('!'), _)] => {
                    found.push(report(source, *line, "thread_local!"));
                }
                _ => {}
            }
        }
    }
    found
}

/// Colours written down outside `style/tokens.css` and `src/color`.
fn stray_colours(house: &House) -> Vec<String> {
    let mut found = Vec::new();
    for source in house.sources.iter().filter(|source| !source.path.starts_with("src/color")) {
        let shipped = source.shipped();
        for (at, colour) in colours(&shipped.strings) {
            found.push(report(source, line_of(&shipped.strings, at), &colour));
        }
        let tokens = tokens(&shipped.code);
        for triple in tokens.windows(3) {
            if let [
                (Token::Word(name @ ("RGBColor" | "RGBAColor" | "HSLColor")), line),
                (Token::Other('('), _),
                (Token::Word(n), _),
            ] = triple
                && n.starts_with(|c: char| c.is_ascii_digit())
            {
                found.push(report(source, *line, &format!("{name}({n}, …)")));
            }
        }
        let paths = paths(&shipped, &house.modules);
        let plotters = |path: &Path| path.names.first().is_some_and(|first| first == "plotters");
        let prelude = paths.iter().any(|path| plotters(path) && path.names.last().is_some_and(|last| last == "*"));
        for (token, line) in &tokens {
            if let Token::Word(name @ ("RED" | "GREEN" | "BLUE" | "YELLOW" | "CYAN" | "MAGENTA" | "BLACK" | "WHITE")) =
                token
                && prelude
            {
                found.push(report(source, *line, name));
            }
        }
        for path in paths {
            let named =
                path.names.last().is_some_and(|name| name.len() > 2 && name.chars().all(|c| c.is_ascii_uppercase()));
            if plotters(&path) && named {
                found.push(report(source, path.line, &path.names.join("::")));
            }
        }
    }
    for (path, text) in house.sheets.iter().filter(|(path, _)| path != "style/tokens.css") {
        let text = without_css_comments(text);
        for (at, colour) in colours(&text) {
            let line = line_of(&text, at);
            // A browser's own chrome reads this before any style sheet.
            if !text.lines().nth(line - 1).is_some_and(|line| line.contains("theme-color")) {
                found.push(format!("{path}:{line}: {colour}"));
            }
        }
    }
    found
}

/// `#rgb`, `#rrggbb` and with alpha, `rgb(…)` and other colour functions of numbers, each with its place.
fn colours(text: &str) -> Vec<(usize, String)> {
    const FUNCTIONS: &[&str] = &["rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch"];
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let mut found = Vec::new();
    for (at, c) in text.char_indices() {
        let word_before = text[..at].chars().next_back().is_some_and(is_word);
        let rest = &text[at + c.len_utf8()..];
        // `&#8722;` is a character.
        if c == '#' && !word_before && !text[..at].ends_with('&') {
            let digits = &rest[..rest.find(|c: char| !is_word(c)).unwrap_or(rest.len())];
            if [3, 4, 6, 8].contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_hexdigit()) {
                found.push((at, format!("#{digits}")));
            }
        } else if c == '(' {
            let name = text[..at].rsplit(|c: char| !is_word(c)).next().unwrap_or("");
            if FUNCTIONS.contains(&name) && rest.trim_start().starts_with(|c: char| c.is_ascii_digit() || c == '.') {
                found.push((at, format!("{name}(…)")));
            }
        }
    }
    found
}

fn without_css_comments(text: &str) -> String {
    let mut text = text.to_owned();
    while let Some(start) = text.find("/*") {
        let end = text[start + 2..].find("*/").map_or(text.len(), |found| start + 2 + found + 2);
        text = blank(&text, start..end);
    }
    text
}

/// Texts that become elements without being `Markup`, and ways around its escapes.
fn stray_elements(house: &House) -> Vec<String> {
    let mut found = Vec::new();
    let counted = |text: &str| MAKES_ELEMENTS.iter().map(|name| text.matches(name).count()).sum::<usize>();
    for source in &house.sources {
        let shipped = source.shipped();
        let tokens = tokens(&shipped.code);
        let words = |at: usize, expect: &[Token<'_>]| {
            tokens.get(at..at + expect.len()).is_some_and(|found| found.iter().map(|(token, _)| token).eq(expect))
        };
        for (at, (token, line)) in tokens.iter().enumerate() {
            let Token::Word(name) = token else { continue };
            // The attribute, from the helper that takes markup.
            let by_helper = words(at + 1, &[Token::Other('='), Token::Word("html"), Token::Other('(')]);
            if MAKES_ELEMENTS.contains(name) && !by_helper && !ELEMENTS_PLACES.contains(&source.path.as_str()) {
                found.push(report(source, *line, name));
            }
        }
        for (line, text) in shipped.strings.lines().enumerate() {
            if counted(text) > 0 {
                found.push(report(source, line + 1, "elements of a text in a script"));
            }
        }
        if !tokens.iter().any(|(token, _)| *token == Token::Word("Markup")) {
            continue;
        }
        // What is typed would count as written in the sources.
        for (token, line) in &tokens {
            if *token == Token::Word("leak") {
                found.push(report(source, *line, "leak beside Markup"));
            }
        }
        // A space would end the value, and begin another attribute. A quote within a string has a backslash before it.
        for (at, _) in shipped.strings.match_indices("=\"") {
            if shipped.strings[..at].ends_with(|c: char| c.is_ascii_alphabetic()) {
                found.push(report(source, line_of(&shipped.strings, at), "an attribute's value without quotes"));
            }
        }
    }
    for (path, text) in &house.sheets {
        for (line, text) in text.lines().enumerate() {
            if counted(text) > 0 {
                found.push(format!("{path}:{}: elements of a text in a script", line + 1));
            }
        }
    }
    found
}

/// Signals and memos of leptos, whose code is compiled anew for each type: `ui::signal` has them once for all.
fn compiled_signals(house: &House) -> Vec<String> {
    let mut found = Vec::new();
    let app = |source: &&Source| source.path.starts_with("src/ui/") && source.path != "src/ui/signal.rs";
    for source in house.sources.iter().filter(app) {
        let tokens = tokens(&source.code);
        let is_imported = |name: &str| {
            let imports = source.code.split(';').filter(|item| item.trim_start().starts_with("use "));
            imports.filter_map(|item| item.split_once("signal::")).any(|(_, names)| {
                let end = if names.starts_with('{') { names.find('}') } else { names.find([',', '}']) };
                names.get(..end.unwrap_or(names.len())).is_some_and(|names| names.contains(name))
            })
        };
        for (at, (token, line)) in tokens.iter().enumerate() {
            let Token::Word(name) = token else { continue };
            let next = tokens.get(at + 1).map(|(token, _)| token);
            let is_made = *name == "signal" && next == Some(&Token::Other('('));
            let is_type = ["Memo", "RwSignal", "ReadSignal", "Signal"].contains(name) && !is_imported(name);
            if is_made || is_type {
                found.push(report(source, *line, &format!("{name} of leptos: take that of ui::signal")));
            }
        }
    }
    found
}

/// Numbers written by the standard library with so many digits: its code for doubles is 20 KB of what every page loads.
fn written_doubles(house: &House) -> Vec<String> {
    let mut found = Vec::new();
    // What is not loaded by a page: the build's own tools.
    let shipped = |source: &&Source| source.in_lib() || source.path.starts_with("src/ui/");
    for source in house.sources.iter().filter(shipped) {
        let strings = source.shipped().strings;
        for (at, _) in strings.match_indices('{') {
            let inside = strings[at + 1..].split(['}', '{', '\n']).next().unwrap_or_default();
            let form = inside.split_once(':').map(|(_, form)| form);
            if form.is_some_and(|form| form.starts_with('.') || form == "e" || form.ends_with("e?")) {
                let what = format!("{{{inside}}}: num::decimal writes doubles");
                found.push(report(source, line_of(&strings, at), &what));
            }
        }
    }
    found
}

/// Ways to panic, asked for where text of any kind is read.
fn trust(house: &House) -> Vec<String> {
    const LINTS: &[&str] = &["unwrap_used", "expect_used", "panic", "indexing_slicing"];
    const READERS: &[&[&str]] = &[
        &["num"],
        &["data"],
        &["model", "safetensors"],
        &["train", "snapshot"],
        &["paste"],
        &["image"],
        &["lab", "site"],
        &["link"],
        &["command"],
        &["course", "quiz"],
        &["store"],
        &["protocol"],
    ];
    let mut found = Vec::new();
    for lint in LINTS {
        if !house.manifest.contains(&format!("\n{lint} = \"warn\"")) {
            found.push(format!("Cargo.toml: clippy::{lint} is not on"));
        }
    }
    for source in house.lib().filter(|source| READERS.iter().any(|reader| source.is_below(reader))) {
        for path in paths(&source.shipped(), &house.modules) {
            if let [clippy, lint] = path.names.as_slice()
                && clippy == "clippy"
                && LINTS.contains(&lint.as_str())
            {
                found.push(report(source, path.line, &format!("allows clippy::{lint}")));
            }
        }
    }
    found
}

// -------------------------------------------------------------------------------------------------------------- tests

#[track_caller]
fn check(violations: &[String]) {
    assert!(violations.is_empty(), "{} violations:\n{}", violations.len(), violations.join("\n"));
}

#[test]
fn the_lib_is_pure() {
    check(&impurities(&House::read()));
}

#[test]
fn layers_point_down() {
    check(&upward(&House::read()));
}

#[test]
fn reference_and_fast_do_not_know_each_other() {
    let house = House::read();
    check(&house.touching(&["nn", "reference"], &["nn", "fast"]));
    check(&house.touching(&["nn", "fast"], &["nn", "reference"]));
}

#[test]
fn trace_uses_the_reference_only() {
    check(&House::read().touching(&["trace"], &["nn", "fast"]));
}

#[test]
fn train_uses_the_fast_only() {
    check(&House::read().touching(&["train"], &["nn", "reference"]));
}

#[test]
fn shared_parts_of_the_app_know_no_lab() {
    check(&labs_by_name(&House::read()));
}

#[test]
fn files_import_each_other_without_a_circle() {
    check(&circles(&House::read()));
}

#[test]
fn state_changes_in_one_place() {
    check(&stray_changes(&House::read()));
}

#[test]
fn a_frame_is_a_function_of_state_and_step() {
    check(&hidden_state(&House::read()));
}

#[test]
fn browser_is_touched_only_in_its_places() {
    check(&stray_browser_calls(&House::read()));
}

#[test]
fn colours_come_from_the_tokens() {
    check(&stray_colours(&House::read()));
}

#[test]
fn only_markup_becomes_elements() {
    check(&stray_elements(&House::read()));
}

#[test]
fn signals_are_compiled_once() {
    check(&compiled_signals(&House::read()));
}

#[test]
fn doubles_are_written_by_the_core() {
    check(&written_doubles(&House::read()));
}

#[test]
fn text_is_never_trusted() {
    check(&trust(&House::read()));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_decodes(text in "\\PC{0,64}|#?/?[a-z]{0,12}\\?([a-z]{1,8}=[-0-9a-z,;/.%|]{0,12}&?){0,6}") {
        Entry::parse(&text);
        let (decoded, _) = link::Link::decode(&text);
        link::operation::read_lab::<receptive::lab::ConvolutionLab>(&decoded.fields);
        link::operation::read_lab::<receptive::lab::ChannelsLab>(&decoded.fields);
    }

    #[test]
    fn any_bytes_decode(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        // What is decoded does not matter here, only that something is.
        protocol::decode::<protocol::ToTrainer>(&bytes);
        protocol::decode::<protocol::FromTrainer>(&bytes);
        // A header that looks right gets further.
        drop((data::images([&[0, 0, 8, 3, 0, 0, 0], &*bytes].concat()), data::images(bytes.clone())));
        drop((data::labels([&[0, 0, 8, 1, 0, 0, 0], &*bytes].concat()), data::labels(bytes)));
    }

    #[test]
    fn damaged_weights_decode(at in any::<prop::sample::Index>(), len in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let layers = vec![LayerSpec::Linear { name: "fc", outputs: 2, activation: None }];
        let mut network = Network::new(&ModelSpec { input: (1, 1, 2), layers, ..ModelSpec::lenet() }, 0).unwrap();
        let mut file = network.to_safetensors().unwrap();
        let at = at.index(file.len());
        file[at] = byte;
        drop(network.load_safetensors(&file));
        file.truncate(len.index(file.len()));
        prop_assert!(network.load_safetensors(&file).is_err());
    }
}

/// A house that breaks no rule but for what `files` do.
fn house(files: &[(&str, &str)]) -> House {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let lints = ["unwrap_used", "expect_used", "panic", "indexing_slicing"].map(|lint| format!("{lint} = \"warn\"\n"));
    House::new(files, format!("[features]\ndefault = []\n[lints.clippy]\n{}", lints.concat()))
}

#[track_caller]
fn check_found(rule: impl Fn(&House) -> Vec<String>, files: &[(&str, &str)], expect: &[&str]) {
    assert_eq!(rule(&house(files)), expect);
}

/// What `rule` finds in a file of the lib.
#[track_caller]
fn check_lib(rule: fn(&House) -> Vec<String>, text: &str, expect: &[&str]) {
    check_found(rule, &[("src/nn/x.rs", text), ("src/nn/mod.rs", ""), ("src/num/mod.rs", "")], expect);
}

/// What `rule` finds in a file of the app.
#[track_caller]
fn check_page(rule: fn(&House) -> Vec<String>, text: &str, expect: &[&str]) {
    check_found(rule, &[("src/ui/page/x.rs", text), ("src/ui/mod.rs", ""), ("src/ui/platform/mod.rs", "")], expect);
}

#[test]
fn impurities_are_found() {
    let check = |text, expect: &[&str]| check_lib(impurities, text, expect);
    check("use std::{fmt, fs::File};", &["src/nn/x.rs:1: std::fs::File: the lib has no files"]);
    check(
        "use std::time;\nfn f() { time::Instant::now() }",
        &["src/nn/x.rs:2: std::time::Instant::now: the lib has no clock"],
    );
    check("fn f() { web_sys::window() }", &["src/nn/x.rs:1: web_sys::window: the lib has no browser"]);
    check("use rand_chacha::X;", &["src/nn/x.rs:1: rand_chacha::X: randomness comes from num::rng"]);
    check(
        "use std::collections::HashMap as Map;",
        &["src/nn/x.rs:1: std::collections::HashMap: it is in another order each run: use BTreeMap"],
    );
    check("// std::fs::read\nconst X: &str = \"std::fs::read\"; use std::time::Duration;", &[]);
    check("#[cfg(test)]\nmod tests { use std::fs; }", &[]);
    check_found(impurities, &[("src/num/rng.rs", "use rand_chacha::X;"), ("src/ui/mod.rs", "use web_sys::X;")], &[]);
}

#[test]
fn ways_up_are_found() {
    let check = |text, expect: &[&str]| check_lib(upward, text, expect);
    check("use crate::num::Grid;", &[]);
    check(
        "use crate::{num, trace::{Step, *}};",
        &["src/nn/x.rs:1: trace::Step points up", "src/nn/x.rs:1: trace::* points up"],
    );
    check("fn f() -> super::super::lab::X {}", &["src/nn/x.rs:1: lab::X points up"]);
    check("mod y { fn f() { super::super::super::lab::x() } }", &["src/nn/x.rs:1: lab::x points up"]);
    check("use crate::*;", &["src/nn/x.rs:1: * takes in every layer"]);
    check(
        "fn f() -> impl Iterator + use<'_> {} fn g() { Vec::<u8>::new(); crate::lab::x() }",
        &["src/nn/x.rs:1: lab::x points up"],
    );
    check_found(upward, &[("src/misc.rs", "")], &["src/misc.rs:1: misc has no layer in tests/architecture.rs"]);
    let plot = ("src/plot/mod.rs", "use crate::color::X;");
    check_found(upward, &[plot, ("src/color.rs", "")], &[]);
    check_found(
        upward,
        &[plot, ("src/color.rs", "use crate::plot;")],
        &[
            "src/color.rs:1: plot closes a cycle of color and plot",
            "src/plot/mod.rs:1: color::X closes a cycle of plot and color",
        ],
    );
}

#[test]
fn holes_in_walls_are_found() {
    let check = |text: &str, expect: &[&str]| {
        let files = [("src/trace/mod.rs", text), ("src/nn/mod.rs", ""), ("src/nn/fast/mod.rs", "")];
        check_found(|house| house.touching(&["trace"], &["nn", "fast"]), &files, expect);
    };
    check(
        "use crate::nn::{self as n, shape};\nfn f() { n::fast::conv2d() }",
        &["src/trace/mod.rs:2: nn::fast::conv2d"],
    );
    check("use crate::nn;\nfn f() { nn::reference::conv2d() }", &[]);
    check("use crate::nn::*;", &["src/trace/mod.rs:1: nn::*"]);
    check_found(
        |house| house.touching(&["nn", "reference"], &["nn", "fast"]),
        &[("src/nn/reference/conv.rs", "use super::super::fast::x; use crate::nn::shape;")],
        &["src/nn/reference/conv.rs:1: nn::fast::x"],
    );
}

#[test]
fn compiled_signals_and_written_doubles_are_found() {
    let check = |text: &str, expect: &[&str]| check_page(compiled_signals, text, expect);
    check("use crate::ui::{signal::{Memo, RwSignal}, x};\nfn f(a: Memo<u8>) { RwSignal::new(1); }", &[]);
    check(
        "use leptos::prelude::*;\nuse crate::ui::signal::Memo;\nfn f(a: RwSignal<u8>) { signal(1); }",
        &[
            "src/ui/page/x.rs:3: RwSignal of leptos: take that of ui::signal",
            "src/ui/page/x.rs:3: signal of leptos: take that of ui::signal",
        ],
    );
    let check = |text: &str, expect: &[&str]| check_lib(written_doubles, text, expect);
    check(
        "fn f() { format!(\"{x} {y:02} {}\", 1); }\n#[cfg(test)]\nmod tests { fn f() { format!(\"{x:.2}\"); } }",
        &[],
    );
    check("fn f() { format!(\"{x:.2}\"); }", &["src/nn/x.rs:1: {x:.2}: num::decimal writes doubles"]);
    check("fn f() { format!(\"{:e}\", 1.0); }", &["src/nn/x.rs:1: {:e}: num::decimal writes doubles"]);
}

#[test]
fn stray_browser_calls_are_found() {
    let check = |text: &str, expect: &[&str]| check_page(stray_browser_calls, text, expect);
    check("use leptos::prelude::*;", &[]);
    check("use leptos::web_sys::Event;", &["src/ui/page/x.rs:1: leptos::web_sys::Event"]);
    check("use leptos::prelude::*;\nfn f() { window().alert() }", &["src/ui/page/x.rs:2: window()"]);
    check("use crate::ui::platform;\nfn f() { x.window(); platform::document() }", &[]);
    check("use crate::ui::platform::set_timeout;\nfn f() { set_timeout() }", &[]);
    check_found(
        stray_browser_calls,
        &[("src/ui/platform/x.rs", "use web_sys::X;"), ("src/bin/worker/mod.rs", "use js_sys::X;")],
        &[],
    );
}

#[test]
fn stray_changes_are_found() {
    let check = |text: &str, expect: &[&str]| check_page(stray_changes, text, expect);
    check("use receptive::lab::Lab;", &[]);
    check(
        "use receptive::lab::{History, Lab};\nfn f() { lab.apply(action) }",
        &["src/ui/page/x.rs:1: receptive::lab::History", "src/ui/page/x.rs:2: .apply()"],
    );
    check_found(stray_changes, &[("src/ui/bench/live.rs", "use receptive::lab::History;")], &[]);
}

#[test]
fn labs_that_shared_parts_know_are_found() {
    let check = |path, text: &str, expect: &[&str]| check_found(labs_by_name, &[(path, text)], expect);
    check("src/ui/bench/x.rs", "use receptive::lab::{OperationLab, scene::Scene};", &[]);
    check(
        "src/ui/bench/x.rs",
        "use receptive::lab::{ReceptiveFieldLab, pooling::Kind};\nuse receptive::link::train::decode;",
        &[
            "src/ui/bench/x.rs:1: receptive::lab::ReceptiveFieldLab",
            "src/ui/bench/x.rs:1: receptive::lab::pooling::Kind",
            "src/ui/bench/x.rs:2: receptive::link::train::decode",
        ],
    );
    check("src/ui/page/filters/mod.rs", "use receptive::lab::{FiltersLab, filters::Image};", &[]);
    check(
        "src/ui/page/filters/mod.rs",
        "use receptive::lab::PoolingLab;",
        &["src/ui/page/filters/mod.rs:1: receptive::lab::PoolingLab"],
    );
}

#[test]
fn circles_are_found() {
    let check = |files: &[(&str, &str)], expect: &[&str]| check_found(circles, files, expect);
    let parts = ("src/ui/part/mod.rs", "mod a;\nmod b;\npub(crate) use a::A;\npub(crate) use b::{B as Other, C};");
    let a = ("src/ui/part/a.rs", "use super::Other;");
    check(&[parts, a, ("src/ui/part/b.rs", "")], &[]);
    check(
        &[parts, a, ("src/ui/part/b.rs", "use crate::ui::part::{self, A};")],
        &[
            "src/ui/part/a.rs:1: ui::part::Other closes a circle of src/ui/part/a.rs and src/ui/part/b.rs",
            "src/ui/part/b.rs:1: ui::part::A closes a circle of src/ui/part/b.rs and src/ui/part/a.rs",
        ],
    );
    check(
        &[("src/ui/x/mod.rs", "mod y;\nuse y::f;"), ("src/ui/x/y.rs", "use super::g;")],
        &[
            "src/ui/x/mod.rs:2: ui::x::y::f closes a circle of src/ui/x/mod.rs and src/ui/x/y.rs",
            "src/ui/x/y.rs:1: ui::x::g closes a circle of src/ui/x/y.rs and src/ui/x/mod.rs",
        ],
    );
    // A folder of the lib is one room, but two of its files are two.
    let room = ("src/lab/x/mod.rs", "mod y;\nmod z;\nuse y::F;\npub use z::G;");
    let y = ("src/lab/x/y.rs", "use super::{G, H};");
    check(&[room, y, ("src/lab/x/z.rs", "use super::H;\n#[cfg(test)]\nmod tests { use crate::lab::x::y::F; }")], &[]);
    check(
        &[room, y, ("src/lab/x/z.rs", "use super::F;")],
        &[
            "src/lab/x/y.rs:1: lab::x::G closes a circle of src/lab/x/y.rs and src/lab/x/z.rs",
            "src/lab/x/z.rs:1: lab::x::F closes a circle of src/lab/x/z.rs and src/lab/x/y.rs",
        ],
    );
    // What another folder has is another room.
    check(
        &[("src/lab/x/mod.rs", "use crate::lab::w::v::A;"), ("src/lab/w/v.rs", "use crate::lab::x::B;")],
        &[
            "src/lab/w/v.rs:1: lab::x::B closes a circle of src/lab/w/v.rs and src/lab/x/mod.rs",
            "src/lab/x/mod.rs:1: lab::w::v::A closes a circle of src/lab/x/mod.rs and src/lab/w/v.rs",
        ],
    );
}

#[test]
fn hidden_state_is_found() {
    let check = |text, expect: &[&str]| check_lib(hidden_state, text, expect);
    check("use std::cell::RefCell;", &["src/nn/x.rs:1: std::cell::RefCell"]);
    check("static mut X: u8 = 0;\nstatic Y: u8 = 0;", &["src/nn/x.rs:1: static mut"]);
    check("thread_local! {}", &["src/nn/x.rs:1: thread_local!"]);
}

#[test]
fn stray_colours_are_found() {
    let check = |text, expect: &[&str]| check_lib(stray_colours, text, expect);
    check("const X: &str = \"#12ab\"; // #fff", &["src/nn/x.rs:1: #12ab"]);
    check("const X: &str = \"#/train &#8722; rgb({r} #word\";", &[]);
    check("fn f() {\n RGBColor(0, 0, 0) }", &["src/nn/x.rs:2: RGBColor(0, …)"]);
    check("use plotters::prelude::*;\nfn f() { &RED }", &["src/nn/x.rs:2: RED"]);
    check("use plotters::style::BLACK;", &["src/nn/x.rs:1: plotters::style::BLACK"]);
    check_found(
        stray_colours,
        &[
            ("style/tokens.css", "a { color: #fff }"),
            ("src/color/mod.rs", "const X: &str = \"#123456\";"),
            ("style/page.css", "/* #fff */\na { color: rgb(1 2 3); fill: color-mix(in srgb, var(--a), #0000) }"),
            ("index.html", "<meta name=\"theme-color\" content=\"#ffffff\">\n<style>a { color: #ffffff }</style>"),
        ],
        &["style/page.css:2: rgb(…)", "style/page.css:2: #0000", "index.html:2: #ffffff"],
    );
}

#[test]
fn stray_elements_are_found() {
    let check = |text: &str, expect: &[&str]| check_page(stray_elements, text, expect);
    check("fn f() { view! { <p inner_html=html(move || words())></p> } }", &[]);
    check(
        "fn f() { view! { <p inner_html=live(html)></p> } }\nfn g() { element.set_inner_html(&title) }",
        &["src/ui/page/x.rs:1: inner_html", "src/ui/page/x.rs:2: set_inner_html"],
    );
    check("fn f() { eval(\"p.innerHTML = t\") }", &["src/ui/page/x.rs:1: elements of a text in a script"]);
    check(
        "use receptive::markup::Markup;\nfn f() { html.push_raw(title.leak()) }",
        &["src/ui/page/x.rs:2: leak beside Markup"],
    );
    check(
        "use receptive::markup::Markup;\nfn f() { html.push_raw(\"<p id=\").push_text(x); g(\"<p id=\\\"\") }",
        &["src/ui/page/x.rs:2: an attribute's value without quotes"],
    );
    check_found(
        stray_elements,
        &[
            ("src/ui/view.rs", "fn f() { x.inner_html() }"),
            ("index.html", "<p>\n<script>p.insertAdjacentHTML(\"beforeend\", t)</script>"),
        ],
        &["index.html:2: elements of a text in a script"],
    );
}

#[test]
fn misplaced_trust_is_found() {
    let text = "#![allow(clippy::unwrap_used, reason = \"\")]\n#[cfg(test)]\nmod tests { #![allow(clippy::panic)] }";
    let found = ["src/link/x.rs:1: allows clippy::unwrap_used"];
    check_found(trust, &[("src/link/x.rs", text), ("src/model/network.rs", text)], &found);
    assert_eq!(trust(&House::new(Vec::new(), "\npanic = \"warn\"".to_owned())).len(), 3);
}

#[test]
fn dependencies_of_the_browser_are_optional() {
    let check = |manifest: &str, expect: &[&str]| assert_eq!(dependencies_not_optional(manifest), expect);
    check(
        "[features]\ndefault = []\n[dependencies]\nleptos = { version = \"1\", optional = true }\nserde = \"1\"",
        &[],
    );
    check("default = []\n[dependencies]\njs-sys = \"1\"", &["Cargo.toml:3: js_sys is not optional"]);
    check(
        "default = []\n[dependencies.web-sys]\nversion = \"1\"\n[x]\noptional = true",
        &["Cargo.toml:2: web_sys is not optional"],
    );
    check("[features]\ndefault = [\"app\"]", &["Cargo.toml: the default features are not empty"]);
}

#[test]
fn code_and_strings_are_told_apart() {
    let check = |text: &str, code: &str, strings: &str| assert_eq!(split(text), (code.to_owned(), strings.to_owned()));
    check("a\"b\"c", "a   c", " \"b\" ");
    check(r#"a"\"""#, "a    ", r#" "\"""#);
    check("r#\"a\"b\"#c", "        c", "r#\"a\"b\"# ");
    check("'\"' 'a b'", "    'a b'", "         ");
    check("fn f<'a>(x: &'a str)", "fn f<'a>(x: &'a str)", "                    ");
    check("a/*b/*c*/d*/e", "a           e", "             ");
    check("a//b\nc", "a   \nc", "    \n ");
    check("×\"é\"", "×    ", "  \"é\"");
}
