//! A Chromium for the browser tests.

use std::{
    env,
    path::{Path, PathBuf},
};

use crate::run::{self, Failure, Outcome};

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const APPLICATIONS: [&str; 2] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/// `$CHROMIUM`, or the browser in one of the usual places; on Debian, root gets it installed.
pub(crate) fn find_or_install() -> Outcome<PathBuf> {
    if let Some(path) = env::var_os("CHROMIUM").map(PathBuf::from) {
        return if path.is_file() {
            Ok(path)
        } else {
            Err(Failure(format!("CHROMIUM names {}, where no file is.", path.display())))
        };
    }
    if let Some(path) = find() {
        return Ok(path);
    }
    if is_debian() && is_root() {
        println!("Installing Chromium with apt-get.");
        run::run(run::program("apt-get").args(["update", "-q"]))?;
        let mut install = run::program("apt-get");
        install.args(["install", "-q", "-y", "--no-install-recommends", "chromium", "fonts-liberation"]);
        run::run(install.env("DEBIAN_FRONTEND", "noninteractive"))?;
        if let Some(path) = find() {
            return Ok(path);
        }
    }
    Err(Failure("the browser tests need Chromium or Google Chrome: install one, or name it in CHROMIUM.".into()))
}

fn find() -> Option<PathBuf> {
    let application = || APPLICATIONS.iter().map(PathBuf::from).find(|path| path.is_file());
    NAMES.iter().find_map(|name| run::on_path(name)).or_else(application)
}

fn is_debian() -> bool {
    run::read(Path::new("/etc/os-release")).is_ok_and(|text| text.lines().any(|line| line == "ID=debian"))
}

fn is_root() -> bool {
    run::output(run::program("id").arg("-u")).as_deref() == Some("0")
}
