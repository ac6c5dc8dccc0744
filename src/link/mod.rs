//! Links: `#/<page>?field=value&...`, readable, editable by hand, and good for any string.
//!
//! One table a page drives both directions: [`Field::write`] says how a state's field looks where it differs from the
//! default, [`Field::read`] takes it back. A link once published keeps opening the same state
//! (`tests/links_v1.txt` is append-only).

pub mod convolution;
mod text;
pub mod train;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use thiserror::Error;

/// The format's version, the field `v`; left out while it is 1.
pub const VERSION: u32 = 1;

/// A query longer than this is packed into the field `z`.
const PACK_OVER: usize = 1800;

/// The longest text, packed or not, that is looked at.
const MAX_LEN: usize = 64 * 1024;

/// A page with its state as fields, and the settings every page shares.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Which page.
    pub page: Page,
    /// The page's own fields, undecoded: its module reads them.
    pub fields: Fields,
    /// What every page shares.
    pub shared: Shared,
}

/// The pages there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Page {
    /// `#/`
    Home,
    /// `#/convolution`
    Convolution,
    /// `#/train`
    Train,
    /// Any other name.
    Unknown,
}

impl Page {
    /// The name in the link.
    pub fn name(self) -> &'static str {
        match self {
            Self::Home | Self::Unknown => "",
            Self::Convolution => "convolution",
            Self::Train => "train",
        }
    }

    fn from_name(name: &str) -> Self {
        match name {
            "" => Self::Home,
            "convolution" => Self::Convolution,
            "train" => Self::Train,
            _ => Self::Unknown,
        }
    }
}

/// Names and values in the order of the link, percent-decoded.
pub type Fields = Vec<(String, String)>;

/// A part of a link that was not understood; the rest of it holds.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Warning {
    /// No such page.
    #[error("There is no page “{name}”.")]
    UnknownPage {
        /// The name in the link.
        name: String,
    },
    /// No such field.
    #[error("The link's field “{name}” is not known here and was ignored.")]
    UnknownField {
        /// The name in the link.
        name: String,
    },
    /// A field whose value can't be read.
    #[error("The link's {name}={value} can't be read: {why}. The default is used.")]
    Unreadable {
        /// The field.
        name: &'static str,
        /// Its value, shortened.
        value: String,
        /// What would have been right.
        why: &'static str,
    },
    /// A link of a later version.
    #[error("The link was made by a newer version ({version}) of this app; some of it may be missing.")]
    Newer {
        /// Its version.
        version: String,
    },
    /// A packed link that is damaged.
    #[error("The packed part of the link is damaged and was ignored.")]
    Damaged,
    /// More than is read.
    #[error("The link is {len} characters long; at most {MAX_LEN} are read.")]
    TooLong {
        /// Its length.
        len: usize,
    },
}

/// One row of a page's table: a field of the state in the link.
pub struct Field<S> {
    /// Its name in the link.
    pub name: &'static str,
    /// What a person who edits the link by hand has to write.
    pub form: &'static str,
    /// Its value, `None` where it is the default.
    pub write: fn(&S) -> Option<String>,
    /// Takes a value; `None` if it can't be read, and then nothing is changed.
    pub read: fn(&mut S, &str) -> Option<()>,
}

/// The fields of `state` that differ from the default, in the table's order.
pub fn write<S>(table: &[Field<S>], state: &S) -> Fields {
    table.iter().filter_map(|field| (field.write)(state).map(|value| (field.name.to_owned(), value))).collect()
}

/// Takes the fields that `table` knows into `state`; the last of a repeated one wins.
pub fn read<S>(table: &[Field<S>], state: &mut S, fields: &Fields) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for (name, value) in fields {
        match table.iter().find(|field| field.name == name) {
            None => warnings.push(Warning::UnknownField { name: shorten(name) }),
            Some(field) => {
                if (field.read)(state, value).is_none() {
                    warnings.push(Warning::Unreadable { name: field.name, value: shorten(value), why: field.form });
                }
            }
        }
    }
    warnings
}

/// What every page's link can hold besides the page's own fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shared {
    /// Panels that are hidden: an exercise shows the rest.
    pub hide: Vec<Panel>,
    /// Without header and footer, for an iframe.
    pub embed: bool,
    /// Light or dark, whatever the system and the reader's choice.
    pub theme: Option<Theme>,
    /// Lecture mode.
    pub lecture: bool,
}

/// A panel that a link can hide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Panel {
    /// The controls.
    Settings,
    /// The output-shape formula.
    Shape,
    /// The current step's sum.
    Arithmetic,
    /// The output grid's numbers.
    Output,
    /// The list of presets.
    Presets,
}

/// A theme chosen against the system's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

const PANELS: [(&str, Panel); 5] = [
    ("settings", Panel::Settings),
    ("shape", Panel::Shape),
    ("arithmetic", Panel::Arithmetic),
    ("output", Panel::Output),
    ("presets", Panel::Presets),
];

const SHARED: &[Field<Shared>] = &[
    Field {
        name: "hide",
        form: "any of settings, shape, arithmetic, output, presets, with commas between",
        write: |shared| {
            let names = PANELS.iter().filter(|(_, panel)| shared.hide.contains(panel)).map(|(name, _)| *name);
            (!shared.hide.is_empty()).then(|| names.collect::<Vec<_>>().join(","))
        },
        read: |shared, value| {
            let find = |name: &str| PANELS.iter().find(|(known, _)| *known == name).map(|(_, panel)| *panel);
            shared.hide = value.split(',').map(find).collect::<Option<_>>()?;
            Some(())
        },
    },
    Field {
        name: "embed",
        form: "1 or 0",
        write: |shared| shared.embed.then(|| "1".into()),
        read: |shared, value| text::read_switch(value).map(|on| shared.embed = on),
    },
    Field {
        name: "theme",
        form: "light or dark",
        write: |shared| {
            shared.theme.map(|theme| match theme {
                Theme::Light => "light".into(),
                Theme::Dark => "dark".into(),
            })
        },
        read: |shared, value| {
            shared.theme = Some(match value {
                "light" => Theme::Light,
                "dark" => Theme::Dark,
                _ => return None,
            });
            Some(())
        },
    },
    Field {
        name: "lecture",
        form: "1 or 0",
        write: |shared| shared.lecture.then(|| "1".into()),
        read: |shared, value| text::read_switch(value).map(|on| shared.lecture = on),
    },
];

impl Link {
    /// A page at its defaults.
    pub fn to(page: Page) -> Self {
        Self { page, fields: Vec::new(), shared: Shared::default() }
    }

    /// The link's text, from the `#`.
    pub fn encode(&self) -> String {
        let fields = self.fields.iter().cloned().chain(write(SHARED, &self.shared));
        let query = fields
            .map(|(name, value)| format!("{}={}", text::escape(&name), text::escape(&value)))
            .collect::<Vec<_>>()
            .join("&");
        let page = self.page.name();
        if query.is_empty() {
            return format!("#/{page}");
        }
        if query.len() <= PACK_OVER {
            return format!("#/{page}?{query}");
        }
        let packed = miniz_oxide::deflate::compress_to_vec(query.as_bytes(), 9);
        format!("#/{page}?z={}", URL_SAFE_NO_PAD.encode(packed))
    }

    /// Reads a link's text, with or without the `#`; any string is a link.
    pub fn decode(text: &str) -> (Self, Vec<Warning>) {
        let mut warnings = Vec::new();
        if text.len() > MAX_LEN {
            warnings.push(Warning::TooLong { len: text.len() });
            return (Self::to(Page::Home), warnings);
        }
        let text = text.trim_start_matches('#').trim_start_matches('/');
        let (name, query) = text.split_once('?').unwrap_or((text, ""));
        let name = name.trim_end_matches('/');
        let page = Page::from_name(name);
        if page == Page::Unknown {
            warnings.push(Warning::UnknownPage { name: shorten(&text::unescape(name)) });
        }
        let mut own = Vec::new();
        let mut shared = Shared::default();
        for (name, value) in unpack(query, &mut warnings) {
            if name == "v" {
                if value.parse() != Ok(VERSION) {
                    warnings.push(Warning::Newer { version: shorten(&value) });
                }
            } else if SHARED.iter().any(|field| field.name == name) {
                warnings.extend(read(SHARED, &mut shared, &vec![(name, value)]));
            } else {
                own.push((name, value));
            }
        }
        (Self { page, fields: own, shared }, warnings)
    }
}

/// The query's fields, with those of `z` in its place.
fn unpack(query: &str, warnings: &mut Vec<Warning>) -> Fields {
    let mut all = Vec::new();
    for (name, value) in split(query) {
        if name == "z" {
            let inner = URL_SAFE_NO_PAD
                .decode(value.as_bytes())
                .ok()
                .and_then(|bytes| miniz_oxide::inflate::decompress_to_vec_with_limit(&bytes, MAX_LEN).ok())
                .and_then(|bytes| String::from_utf8(bytes).ok());
            match inner {
                // A `z` within a `z` is an unknown field: packing is one level deep.
                Some(query) => all.extend(split(&query)),
                None => warnings.push(Warning::Damaged),
            }
        } else {
            all.push((name, value));
        }
    }
    all
}

fn split(query: &str) -> Fields {
    query
        .split('&')
        .filter(|field| !field.is_empty())
        .map(|field| field.split_once('=').unwrap_or((field, "")))
        .map(|(name, value)| (text::unescape(name), text::unescape(value)))
        .collect()
}

fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
