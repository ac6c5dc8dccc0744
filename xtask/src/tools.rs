//! The programs that the build needs, at the pinned versions.
//!
//! What PATH has at the right version is used. The rest is built once and kept in a cache folder outside the checkout,
//! under the tool's name and version, so that a second clone finds it there.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    run::{self, Doing, Failure, Outcome},
    sha256,
};

/// 0.22 needs a newer rustc than rust-toolchain.toml has.
const TRUNK: &str = "0.21.14";
const TARGET: &str = "wasm32-unknown-unknown";

/// Programs ready for a build.
pub(crate) struct Tools {
    pub(crate) trunk: PathBuf,
    /// PATH with the right `wasm-bindgen` and `wasm-opt` first.
    pub(crate) path: OsString,
}

/// What `wasm-opt` is for: a site to upload, or a look at it on this machine.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Optimiser {
    Required,
    /// Where node is absent, a stand-in copies the module as it is.
    IfPresent,
}

/// Finds or builds everything a build needs.
pub(crate) fn set_up(optimiser: Optimiser) -> Outcome<Tools> {
    wasm_target()?;
    let trunk = trunk()?;
    let mut folders = vec![wasm_bindgen()?, wasm_opt(optimiser)?];
    folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let path = env::join_paths(folders)
        .map_err(|error| Failure(format!("a folder's name can't be part of PATH: {error}.")))?;
    Ok(Tools { trunk, path })
}

fn cache() -> Outcome<PathBuf> {
    let folder = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || folder("HOME").ok_or_else(|| Failure("HOME is not set: name a folder in RECEPTIVE_CACHE.".into()));
    if let Some(own) = folder("RECEPTIVE_CACHE") {
        // Relative to where the person stands, as in a shell; the tools are run from elsewhere.
        return std::path::absolute(&own).doing(|| format!("use the folder {}", own.display()));
    }
    if let Some(shared) = folder("XDG_CACHE_HOME") {
        return Ok(shared.join("receptive"));
    }
    Ok(home()?.join(if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" }).join("receptive"))
}

/// rustup reads the target from rust-toolchain.toml, unless the toolchain was there before or installs are switched off.
fn wasm_target() -> Outcome<()> {
    let sysroot = run::output(run::program("rustc").args(["--print", "sysroot"]))
        .ok_or_else(|| Failure("rustc does not run: install Rust with rustup (https://rustup.rs).".into()))?;
    if Path::new(&sysroot).join("lib/rustlib").join(TARGET).is_dir() {
        return Ok(());
    }
    println!("Adding the target {TARGET}.");
    run::run(run::program("rustup").args(["target", "add", TARGET]))
}

/// Is the program at this path of this version, by its own words?
fn is_version(path: &Path, version: &str) -> bool {
    run::output(Command::new(path).arg("--version"))
        .is_some_and(|text| text.split_whitespace().any(|word| word.trim_start_matches('v') == version))
}

fn trunk() -> Outcome<PathBuf> {
    if let Some(path) = run::on_path("trunk").filter(|path| is_version(path, TRUNK)) {
        return Ok(path);
    }
    let folder = cache()?.join(format!("trunk-{TRUNK}"));
    let path = folder.join("bin/trunk");
    if !path.is_file() {
        println!("Building trunk {TRUNK} into {} (minutes, once on this machine).", folder.display());
        // Its release profile (fat LTO, one unit) takes twice the time to build and builds nothing faster;
        // without default features it has no TLS, which only its own downloads need.
        let mut install = run::cargo(&["install", "trunk", "--version", TRUNK, "--locked", "--debug"]);
        install.args(["--no-default-features", "--root"]).arg(&folder).env_remove("CARGO_TARGET_DIR");
        run::run(&mut install)?;
    }
    Ok(path)
}

/// The folder with a `wasm-bindgen` of exactly the version that the app is linked with.
fn wasm_bindgen() -> Outcome<PathBuf> {
    let lock = run::read(&run::root().join("Cargo.lock"))?;
    let version = locked_version(&lock, "wasm-bindgen")
        .ok_or_else(|| Failure("Cargo.lock has no package `wasm-bindgen`.".into()))?;
    if let Some(path) = run::on_path("wasm-bindgen").filter(|path| is_version(path, version)) {
        return Ok(path.with_file_name(""));
    }
    // The stand-in's source is part of the name: a later flag of it must not find the older build.
    let package = run::root().join("xtask/wasm-bindgen");
    let sources = ["src/main.rs", "Cargo.toml", PATCH].map(|file| run::read(&package.join(file)));
    let sources = sources.into_iter().collect::<Outcome<Vec<String>>>()?.concat();
    let source = sha256::hex(&sha256::sha256(sources.as_bytes()));
    let folder = cache()?.join(format!("wasm-bindgen-{version}-{}", &source[..8]));
    let bin = folder.join("bin");
    if !bin.join("wasm-bindgen").is_file() {
        println!("Building wasm-bindgen {version} into {} (a minute, once on this machine).", folder.display());
        let build = folder.join("build");
        let package = patched(&package, &lock, &build)?;
        // Of the versions in the lock file, which `cargo install` would not look at.
        let target = build.join("target");
        let mut cargo = run::cargo(&["build", "--offline", "--manifest-path"]);
        cargo.arg(package.join("Cargo.toml")).arg("--target-dir").arg(&target);
        run::run(&mut cargo)?;
        fs::create_dir_all(&bin).doing(|| format!("create {}", bin.display()))?;
        let program = format!("wasm-bindgen{}", env::consts::EXE_SUFFIX);
        fs::copy(target.join("debug").join(&program), bin.join(&program)).doing(|| format!("copy {program}"))?;
        fs::remove_dir_all(&build).doing(|| format!("remove {}", build.display()))?;
    }
    Ok(bin)
}

/// What is added to the crate that cuts the app, so that few chunks come out.
const PATCH: &str = "groups.patch";
/// That crate.
const SPLITTER: &str = "wasm_split_cli_support";

/// A copy of the stand-in whose splitter is the one of cargo's registry with our patch: none of its code is in the
/// checkout.
fn patched(package: &Path, lock: &str, build: &Path) -> Outcome<PathBuf> {
    // All that the lock file names is there then, and the copy is built from that alone.
    run::run(&mut run::cargo(&["fetch", "--locked"]))?;
    let version = locked_version(lock, SPLITTER).ok_or_else(|| Failure(format!("Cargo.lock has no {SPLITTER}.")))?;
    let name = format!("{SPLITTER}-{version}");
    let original = registries().into_iter().map(|folder| folder.join(&name)).find(|folder| folder.is_dir());
    let original = original.ok_or_else(|| Failure(format!("cargo's registry has no {name}.")))?;
    if build.exists() {
        fs::remove_dir_all(build).doing(|| format!("remove {}", build.display()))?;
    }
    let (splitter, copy) = (build.join(SPLITTER), build.join("stand-in"));
    copy_folder(&original, &splitter)?;
    copy_folder(package, &copy)?;
    let mut apply = run::program("git");
    // As files, not as a part of the repository that the cache may stand in.
    apply.arg("apply").arg(package.join(PATCH)).current_dir(&splitter).env("GIT_CEILING_DIRECTORIES", build);
    run::run(&mut apply)?;
    if !splitter.join("src/groups.rs").is_file() {
        return Err(Failure(format!("{PATCH} was not applied to {name}.")));
    }
    run::write(&copy.join("Cargo.lock"), lock)?;
    let manifest = run::read(&copy.join("Cargo.toml"))?;
    run::write(
        &copy.join("Cargo.toml"),
        format!("{manifest}\n[workspace]\n\n[patch.crates-io]\n{SPLITTER} = {{ path = \"../{SPLITTER}\" }}\n"),
    )?;
    Ok(copy)
}

/// Where cargo keeps the sources of crates.
pub(crate) fn registries() -> Vec<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo"))).unwrap_or_default();
    fs::read_dir(home.join("registry/src")).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

fn copy_folder(from: &Path, to: &Path) -> Outcome<()> {
    let doing = || format!("copy {}", from.display());
    fs::create_dir_all(to).doing(doing)?;
    for entry in fs::read_dir(from).doing(doing)? {
        let path = entry.doing(doing)?.path();
        let copy = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy_folder(&path, &copy)?;
        } else {
            fs::copy(&path, &copy).doing(doing)?;
        }
    }
    Ok(())
}

fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let mut lines = lock.lines();
    lines.find(|line| *line == format!("name = \"{package}\""))?;
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

/// The folder with `wasm-opt`.
fn wasm_opt(optimiser: Optimiser) -> Outcome<PathBuf> {
    let missing = match npm_packages() {
        Ok(modules) => return Ok(modules.join(".bin")),
        Err(missing) => missing,
    };
    if optimiser == Optimiser::Required {
        return Err(missing);
    }
    println!("The module is served unoptimised: {}", missing.0);
    let folder = cache()?.join("wasm-opt-none");
    fs::create_dir_all(&folder).doing(|| format!("create {}", folder.display()))?;
    let path = folder.join("wasm-opt");
    run::write(&path, PASS_THROUGH)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).doing(|| format!("set {}", path.display()))?;
    }
    Ok(folder)
}

/// Takes the place of `wasm-opt` as trunk calls it.
const PASS_THROUGH: &str = r#"#!/bin/sh
for argument in "$@"; do
  case "$argument" in
    --version) echo "wasm-opt version 0"; exit ;;
    --output=*) output=${argument#--output=} ;;
    -*) ;;
    *) input=$argument ;;
  esac
done
exec cp "$input" "$output"
"#;

/// `node_modules` of the checkout as package-lock.json wants it: Playwright, axe and binaryen, which has `wasm-opt`.
pub(crate) fn npm_packages() -> Outcome<PathBuf> {
    const NODE: u32 = 20;
    let version = run::output(run::program("node").arg("--version")).unwrap_or_default();
    let major = version.trim_start_matches('v').split('.').next().and_then(|text| text.parse::<u32>().ok());
    if major.is_none_or(|major| major < NODE) {
        let found = if version.is_empty() { "none".to_owned() } else { version };
        return Err(Failure(format!(
            "node {NODE} or newer is needed for wasm-opt and the browser tests (found: {found})."
        )));
    }
    let modules = run::root().join("node_modules");
    let stamp = modules.join(".receptive-lock");
    let lock = run::read(&run::root().join("package-lock.json"))?;
    let wanted = sha256::hex(&sha256::sha256(lock.as_bytes()));
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(modules);
    }
    run::run(run::program("npm").args(["ci", "--prefer-offline", "--no-audit", "--no-fund"]))?;
    run::write(&stamp, wanted)?;
    Ok(modules)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_in_the_lock_file() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"x\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }

    #[test]
    fn the_stand_in_has_the_version_of_the_library() {
        let lock = run::read(&run::root().join("Cargo.lock")).unwrap();
        let version = locked_version(&lock, "wasm-bindgen");
        assert!(version.is_some());
        assert_eq!(locked_version(&lock, "wasm-bindgen-cli-support"), version);
        assert_eq!(locked_version(&lock, "receptive-wasm-bindgen"), version);
    }
}
