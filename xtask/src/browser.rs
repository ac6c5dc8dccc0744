//! The browsers that tests run in.

use std::{
    env,
    path::{Path, PathBuf},
};

use crate::run::{self, Failure, Outcome};

/// Where a browser is, and what brings it to Debian.
pub(crate) struct Browser {
    pub(crate) name: &'static str,
    /// The environment variable that names another.
    pub(crate) variable: &'static str,
    /// The one that journeys are quickest in, of a package of its name: it is asked for first, and done without.
    preferred: Option<&'static str>,
    programs: &'static [&'static str],
    applications: &'static [&'static str],
    packages: &'static [&'static str],
}

pub(crate) const CHROMIUM: Browser = Browser {
    name: "Chromium or Google Chrome",
    variable: "CHROMIUM",
    // Chromium without its own windows, which are made for each journey and take half of its time.
    preferred: Some("chromium-headless-shell"),
    programs: &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    applications: &[
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ],
    packages: &["chromium", "fonts-liberation"],
};

pub(crate) const FIREFOX: Browser = Browser {
    name: "Firefox",
    variable: "FIREFOX",
    preferred: None,
    programs: &["firefox-esr", "firefox"],
    applications: &["/Applications/Firefox.app/Contents/MacOS/firefox"],
    packages: &["firefox-esr", "fonts-liberation"],
};

/// Its driver, which knows where the browser is.
pub(crate) const WEBKIT: Browser = Browser {
    name: "WebKitGTK",
    variable: "WEBKIT_DRIVER",
    preferred: None,
    programs: &["WebKitWebDriver"],
    applications: &[],
    packages: &["webkit2gtk-driver", "xvfb", "fonts-liberation"],
};

/// Has Debian install packages.
fn install(name: &str, packages: &[&str]) -> Outcome<()> {
    println!("Installing {name} with apt-get.");
    // A mirror that does not answer is not waited for long.
    let apt = || {
        let mut apt = run::program("apt-get");
        apt.args(["-q", "-o", "Acquire::Retries=2", "-o", "Acquire::http::Timeout=30"]);
        apt
    };
    run::run(apt().arg("update"))?;
    let mut install = apt();
    install.args(["install", "-y", "--no-install-recommends"]).args(packages);
    run::run(install.env("DEBIAN_FRONTEND", "noninteractive"))
}

impl Browser {
    /// What the variable names, or the browser in one of the usual places; on Debian, root gets it installed.
    pub(crate) fn find_or_install(&self) -> Outcome<PathBuf> {
        let Self { name, variable, .. } = self;
        if let Some(path) = env::var_os(variable).map(PathBuf::from) {
            return if path.is_file() {
                Ok(path)
            } else {
                Err(Failure(format!("{variable} names {}, where no file is.", path.display())))
            };
        }
        let can_install = is_debian() && is_root();
        if let Some(preferred) = self.preferred {
            if can_install
                && run::on_path(preferred).is_none()
                && let Err(Failure(why)) = install(preferred, &[preferred, "fonts-liberation"])
            {
                println!("Done without {preferred}: {why}");
            }
            if let Some(path) = run::on_path(preferred) {
                return Ok(path);
            }
        }
        if let Some(path) = self.find() {
            return Ok(path);
        }
        if can_install {
            install(name, self.packages)?;
            if let Some(path) = self.find() {
                return Ok(path);
            }
        }
        Err(Failure(format!("the tests need {name}: install it, or name it in {variable}.")))
    }

    fn find(&self) -> Option<PathBuf> {
        let application = || self.applications.iter().map(PathBuf::from).find(|path| path.is_file());
        self.programs.iter().find_map(|name| run::on_path(name)).or_else(application)
    }
}

fn is_debian() -> bool {
    run::read(Path::new("/etc/os-release")).is_ok_and(|text| text.lines().any(|line| line == "ID=debian"))
}

fn is_root() -> bool {
    run::output(run::program("id").arg("-u")).as_deref() == Some("0")
}
