//! Shorter names for what a wasm module imports from its script.
//!
//! wasm-bindgen ends each with a hash, which stands in both files and can't be compressed: some 10 KB of what the first
//! page loads.

use std::{collections::HashMap, fs, path::Path};

use crate::{
    run::{self, Doing, Failure, Outcome},
    wasm::{Bytes, HEAD, IMPORTS, push_number, sections},
};

/// Renames the imports of a module in the module and in its script.
pub(crate) fn shorten(module: &Path, script: &Path) -> Outcome<()> {
    let wasm = fs::read(module).doing(|| format!("read {}", module.display()))?;
    let mut names = HashMap::new();
    let short = renamed(&wasm, &mut names)
        .ok_or_else(|| Failure(format!("{} has imports of an unknown form.", module.display())))?;
    run::write(script, in_script(&run::read(script)?, &names)?)?;
    fs::write(module, short).doing(|| format!("write {}", module.display()))
}

/// The module with short names; `names` gets them by the long ones.
fn renamed(wasm: &[u8], names: &mut HashMap<String, String>) -> Option<Vec<u8>> {
    let mut made = wasm.get(..HEAD)?.to_vec();
    for (id, content) in sections(wasm)? {
        let content = if id == IMPORTS { imports(content, names)? } else { content.to_vec() };
        made.push(id);
        push_number(&mut made, content.len());
        made.extend(content);
    }
    Some(made)
}

fn imports(section: &[u8], names: &mut HashMap<String, String>) -> Option<Vec<u8>> {
    let mut rest = Bytes(section);
    let mut made = Vec::new();
    let count = rest.number()?;
    push_number(&mut made, count);
    for _ in 0..count {
        let module = rest.name()?;
        let name = rest.name()?;
        let next = names.len();
        let short = if has_hash(name) { names.entry(name.to_owned()).or_insert_with(|| letters(next)) } else { name };
        for text in [module, short] {
            push_number(&mut made, text.len());
            made.extend(text.as_bytes());
        }
        // What it is: its type stays.
        made.extend(rest.import_kind()?);
    }
    rest.0.is_empty().then_some(made)
}

/// Whether a name ends as those of wasm-bindgen do: `__wbg_log_0123456789abcdef`.
fn has_hash(name: &str) -> bool {
    let is_hash = |end: &str| end.len() == 16 && end.bytes().all(|byte| byte.is_ascii_hexdigit());
    name.starts_with("__wb") && name.rsplit_once('_').is_some_and(|(_, end)| is_hash(end))
}

/// a, b, … z, aa, ba, …
fn letters(mut number: usize) -> String {
    let mut text = String::new();
    loop {
        text.extend(char::from_digit(u32::try_from(number % 26).unwrap_or(0) + 10, 36));
        number /= 26;
        if number == 0 {
            return text;
        }
        number -= 1;
    }
}

/// The script with the short names. Each has to stand in it once.
fn in_script(script: &str, names: &HashMap<String, String>) -> Outcome<String> {
    let mut made = String::with_capacity(script.len());
    let mut count = 0;
    // Words, and what stands between them.
    for part in script.split_inclusive(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_') {
        let word = part.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        match names.get(word) {
            Some(short) => {
                count += 1;
                made.extend([short.as_str(), part.strip_prefix(word).unwrap_or_default()]);
            }
            None => made.push_str(part),
        }
    }
    if count == names.len() {
        Ok(made)
    } else {
        Err(Failure(format!("a script has {count} of its module's {} imports.", names.len())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "__wbg_log_0123456789abcdef";

    /// A module that imports a memory, a table and two functions, with a section after them.
    fn module(name: &str) -> Vec<u8> {
        let mut section = vec![4];
        for (name, kind) in
            [("memory", &[2, 1, 1, 2][..]), ("table", &[1, 0x70, 0, 1]), (name, &[0, 0]), ("plain", &[0, 1])]
        {
            section.push(1);
            section.push(b'm');
            push_number(&mut section, name.len());
            section.extend(name.as_bytes());
            section.extend(kind);
        }
        let mut all = b"\0asm\x01\0\0\0".to_vec();
        all.push(IMPORTS);
        push_number(&mut all, section.len());
        all.extend(section);
        all.extend([0, 3, 1, b'x', 7]);
        all
    }

    #[test]
    fn long_names_become_short_in_module_and_script() {
        let mut names = HashMap::new();
        assert_eq!(renamed(&module(LONG), &mut names), Some(module("a")));
        let script = format!("imports={{{LONG}:function(e){{}},plain:f}},x.{LONG}_2()");
        assert_eq!(in_script(&script, &names).ok().as_deref(), Some(&*script.replacen(LONG, "a", 1)));
    }

    #[test]
    fn a_name_that_the_script_lacks_or_has_twice_is_refused() {
        let names = HashMap::from([(LONG.to_owned(), "a".to_owned())]);
        assert!(in_script("imports={}", &names).is_err());
        assert!(in_script(&format!("{LONG}:1,{LONG}:2"), &names).is_err());
    }

    #[test]
    fn what_is_no_module_is_refused() {
        let whole = module(LONG);
        for end in (0..whole.len()).filter(|end| ![8, whole.len() - 5].contains(end)) {
            assert_eq!(renamed(&whole[..end], &mut HashMap::new()), None, "cut at {end}");
        }
    }

    #[test]
    fn letters_are_all_different() {
        let all: std::collections::HashSet<_> = (0..2_000).map(letters).collect();
        assert_eq!(all.len(), 2_000);
        assert_eq!((letters(0), letters(25), letters(26)), ("a".into(), "z".into(), "aa".into()));
    }
}
