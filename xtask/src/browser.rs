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
    programs: &'static [&'static str],
    applications: &'static [&'static str],
    packages: &'static [&'static str],
}

pub(crate) const CHROMIUM: Browser = Browser {
    name: "Chromium or Google Chrome",
    variable: "CHROMIUM",
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
    programs: &["firefox-esr", "firefox"],
    applications: &["/Applications/Firefox.app/Contents/MacOS/firefox"],
    packages: &["firefox-esr", "fonts-liberation"],
};

/// Its driver, which knows where the browser is.
pub(crate) const WEBKIT: Browser = Browser {
    name: "WebKitGTK",
    variable: "WEBKIT_DRIVER",
    programs: &["WebKitWebDriver"],
    applications: &[],
    packages: &["webkit2gtk-driver", "xvfb", "fonts-liberation"],
};

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
        if let Some(path) = self.find() {
            return Ok(path);
        }
        if is_debian() && is_root() {
            println!("Installing {name} with apt-get.");
            run::run(run::program("apt-get").args(["update", "-q"]))?;
            let mut install = run::program("apt-get");
            install.args(["install", "-q", "-y", "--no-install-recommends"]).args(self.packages);
            run::run(install.env("DEBIAN_FRONTEND", "noninteractive"))?;
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
