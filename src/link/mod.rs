//! Links: `#/<page>?field=value&...`, readable, editable by hand, and good for any string.
//!
//! One table a page drives both directions: [`LinkField::write`] says how a state's field looks where it differs from the
//! default, [`LinkField::read`] takes it back. A link once published keeps opening the same state
//! (`tests/links_v1.txt` is append-only).

pub mod architectures;
pub mod depth;
pub mod operation;
pub mod train;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use thiserror::Error;

use crate::{lab::setting::text, num::format};

pub use crate::site::Page;

/// The format's version, the field `v`; left out while it is 1.
pub const VERSION: u32 = 1;

/// A query longer than this is [`packed`] into the field `z`.
const PACK_OVER: usize = 1800;

/// The longest link that is looked at, in bytes. The largest grids full of long fractions are half of it, packed.
pub const MAX_LEN: usize = 256 * 1024;

/// The most bytes that the field `z` is unpacked to.
const MAX_UNPACKED: usize = 2 * 1024 * 1024;

/// The most fields that are looked at.
const MAX_FIELDS: usize = 64;

/// A page with its state as fields, and the settings every page shares.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Which page.
    pub page: Page,
    /// The page's own fields, undecoded: its page reads them.
    pub fields: Fields,
    /// What every page shares.
    pub shared: Shared,
}

impl Page {
    /// The fields with which a visitor begins, who has no state there yet.
    pub fn beginning(self) -> Fields {
        let query = self.entry().begin;
        let fields = query.split('&').filter_map(|field| field.split_once('='));
        fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

/// The name of the field that is part of the path: `padding` of `#/lessons/padding`.
pub const PLACE: &str = "";

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
        why: String,
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
    /// More text than is read.
    #[error("The link is {} characters long; at most {} are read.", format::count(*len as u64), format::count(MAX_LEN as u64))]
    TooLong {
        /// Its length.
        len: usize,
    },
    /// More fields than are read.
    #[error("The link has {} fields; the first {MAX_FIELDS} are read.", format::count(*len as u64))]
    TooManyFields {
        /// How many it has.
        len: usize,
    },
}

/// One row of a page's table: a field of the state in the link.
pub struct LinkField<S> {
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
pub fn write<S>(table: &[LinkField<S>], state: &S) -> Fields {
    table.iter().filter_map(|field| (field.write)(state).map(|value| (field.name.to_owned(), value))).collect()
}

/// Takes the fields that `table` knows into `state`; the last of a repeated one wins.
pub fn read<S>(table: &[LinkField<S>], state: &mut S, fields: &Fields) -> Vec<Warning> {
    take(fields, &mut |name, value| {
        let field = table.iter().find(|field| field.name == name)?;
        Some((field.read)(state, value).ok_or_else(|| (field.name, field.form.to_owned())))
    })
}

/// The state of fields, begun at its default, and what of them could not be read.
pub fn read_new<S: Default>(table: &[LinkField<S>], fields: &Fields) -> (S, Vec<Warning>) {
    let mut state = S::default();
    let warnings = read(table, &mut state, fields);
    (state, warnings)
}

/// A field that was read, or its name and what a person has to write.
type FieldRead = Result<(), (&'static str, String)>;

/// Gives each field to `read`, and tells of those that it does not know (`None`) or can't read: it says by name what would
/// have been right.
fn take(fields: &Fields, read: &mut dyn FnMut(&str, &str) -> Option<FieldRead>) -> Vec<Warning> {
    let warning = |(name, value): &(String, String)| match read(name, value) {
        None => Some(Warning::UnknownField { name: shorten(name) }),
        Some(Err((name, why))) => Some(Warning::Unreadable { name, value: shorten(value), why }),
        Some(Ok(())) => None,
    };
    fields.iter().filter_map(warning).collect()
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

const SHARED: &[LinkField<Shared>] = &[
    LinkField {
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
    LinkField {
        name: "embed",
        form: "1 or 0",
        write: |shared| shared.embed.then(|| "1".into()),
        read: |shared, value| text::read_switch(value).map(|on| shared.embed = on),
    },
    LinkField {
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
    LinkField {
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

    /// The link's text, from the `#`, readable however long it is: [`packed`] makes it short.
    pub fn encode(&self) -> String {
        let (places, own): (Fields, Fields) = self.fields.iter().cloned().partition(|(name, _)| name == PLACE);
        let query = own
            .into_iter()
            .chain(write(SHARED, &self.shared))
            .map(|(name, value)| format!("{}={}", text::escape(&name), text::escape(&value)))
            .collect::<Vec<_>>()
            .join("&");
        let mut page = self.page.path().to_owned();
        for (_, place) in places {
            page.push('/');
            page.push_str(&text::escape(&place));
        }
        if query.is_empty() { format!("#/{page}") } else { format!("#/{page}?{query}") }
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
        let mut own = Vec::new();
        let mut page = Page::from_name(name);
        if let Some((parent, place)) = name.split_once('/')
            && Page::from_name(parent).has_places()
        {
            page = Page::from_name(parent);
            own.push((PLACE.to_owned(), text::unescape(place)));
        }
        if page == Page::Unknown {
            warnings.push(Warning::UnknownPage { name: shorten(&text::unescape(name)) });
        }
        let mut shared = Shared::default();
        for (name, value) in unpack(query, &mut warnings) {
            if name == PLACE {
                warnings.push(Warning::UnknownField { name });
            } else if name == "v" {
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

/// Whether a link's text is long enough to be [`packed`].
pub fn is_long(text: &str) -> bool {
    text.split_once('?').is_some_and(|(_, query)| query.len() > PACK_OVER)
}

/// The text of a link, as [`Link::encode`] writes it, with its fields packed into one where it is long. It opens the same.
pub fn packed(text: &str) -> String {
    match text.split_once('?') {
        Some((page, query)) if is_long(text) => {
            let packed = miniz_oxide::deflate::compress_to_vec(query.as_bytes(), 9);
            format!("{page}?z={}", URL_SAFE_NO_PAD.encode(packed))
        }
        _ => text.to_owned(),
    }
}

/// The query's fields, with those of `z` in its place. Packing is one field and one level deep: a second `z`, or one
/// within a `z`, is a field that nobody knows.
fn unpack(query: &str, warnings: &mut Vec<Warning>) -> Fields {
    let mut fields = Vec::new();
    let mut len = 0;
    let mut put = |(name, value): (&str, &str)| {
        len += 1;
        if len <= MAX_FIELDS {
            fields.push((text::unescape(name), text::unescape(value)));
        }
    };
    let mut packed = false;
    for (name, value) in split(query) {
        if name != "z" || packed {
            put((name, value));
            continue;
        }
        packed = true;
        let inner = URL_SAFE_NO_PAD
            .decode(value.as_bytes())
            .ok()
            .and_then(|bytes| miniz_oxide::inflate::decompress_to_vec_with_limit(&bytes, MAX_UNPACKED).ok())
            .and_then(|bytes| String::from_utf8(bytes).ok());
        match inner {
            Some(query) => split(&query).for_each(&mut put),
            None => warnings.push(Warning::Damaged),
        }
    }
    if len > MAX_FIELDS {
        warnings.push(Warning::TooManyFields { len });
    }
    if fields.iter().any(|(name, _)| name == "z") {
        warnings.push(Warning::UnknownField { name: "z".to_owned() });
        fields.retain(|(name, _)| name != "z");
    }
    fields
}

/// Names and values, still escaped.
fn split(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|field| !field.is_empty()).map(|field| field.split_once('=').unwrap_or((field, "")))
}

fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sentences(warnings: &[Warning]) -> Vec<String> {
        warnings.iter().map(ToString::to_string).collect()
    }

    #[track_caller]
    fn check(text: &str, written: &str, expect: &[&str]) {
        let (link, warnings) = Link::decode(text);
        assert_eq!(link.encode(), written);
        assert_eq!(sentences(&warnings), expect);
    }

    #[test]
    fn pages_and_shared_fields() {
        check("", "#/", &[]);
        check("#", "#/", &[]);
        check("#/", "#/", &[]);
        check("/convolution/", "#/convolution", &[]);
        check("#/train?epochs=2", "#/train?epochs=2", &[]);
        check("#/benchmark?theme=dark", "#/benchmark?theme=dark", &[]);
        check("#/conv%20olution", "#/", &["There is no page “conv olution”."]);
        check("#/?v=1&embed=0&theme=dark&lecture=1", "#/?theme=dark&lecture=1", &[]);
        check("#/convolution?theme=dark&x=1", "#/convolution?x=1&theme=dark", &[]);
        check("#/convolution?hide=output,shape,output", "#/convolution?hide=shape,output", &[]);
        check(
            "#/?hide=header&embed=yes",
            "#/",
            &[
                "The link's hide=header can't be read: any of settings, shape, arithmetic, output, presets, with commas \
                 between. The default is used.",
                "The link's embed=yes can't be read: 1 or 0. The default is used.",
            ],
        );
        check("#/?v=2", "#/", &["The link was made by a newer version (2) of this app; some of it may be missing."]);
        check("#/lessons/padding?part=2", "#/lessons/padding?part=2", &[]);
        check("#/lessons/", "#/lessons", &[]);
        check(
            "#/lessons/a%2Fb/c?=d&=",
            "#/lessons/a/b/c",
            &["The link's field “” is not known here and was ignored."; 2],
        );
        check("#/pooling/average", "#/", &["There is no page “pooling/average”."]);
        check("#/train?note=a%26b%3Dc%23%E2%88%92", "#/train?note=a%26b%3Dc%23%E2%88%92", &[]);
    }

    fn with_z(query: &[u8]) -> String {
        format!("#/convolution?z={}", URL_SAFE_NO_PAD.encode(miniz_oxide::deflate::compress_to_vec(query, 9)))
    }

    #[test]
    fn long_links_are_packed() {
        let link = |len| Link { fields: vec![("x".to_owned(), "7".repeat(len))], ..Link::to(Page::Convolution) };
        let (readable, long) = (link(PACK_OVER - 2), link(PACK_OVER - 1));
        assert_eq!(packed(&readable.encode()), readable.encode());
        assert!(packed(&long.encode()).starts_with("#/convolution?z="));
        for link in [readable, long] {
            assert_eq!(Link::decode(&packed(&link.encode())), (link.clone(), vec![]));
            assert_eq!(Link::decode(&link.encode()), (link, vec![]));
        }
    }

    #[test]
    fn damaged_packing_is_said_and_the_rest_holds() {
        let damaged = "The packed part of the link is damaged and was ignored.";
        check("#/convolution?z=%%%&theme=dark", "#/convolution?theme=dark", &[damaged]);
        check("#/convolution?z=", "#/convolution", &[damaged]);
        check("#/convolution?z=AAAA&stride=2", "#/convolution?stride=2", &[damaged]);
        check(&with_z(b"\xff\xfe"), "#/convolution", &[damaged]);
        let whole = with_z(b"x=1,2;3,4&k=1");
        check(&whole, "#/convolution?x=1,2;3,4&k=1", &[]);
        for len in "#/convolution?z=".len()..whole.len() {
            check(&whole[..len], "#/convolution", &[damaged]);
        }
    }

    #[test]
    fn packing_is_one_field_and_one_level_deep() {
        let unknown = "The link's field “z” is not known here and was ignored.";
        let inner = with_z(b"stride=2");
        let (_, z) = inner.split_once('?').unwrap();
        check(&with_z(format!("pad=1&{z}").as_bytes()), "#/convolution?pad=1", &[unknown]);
        check(&format!("{inner}&{z}&{z}"), "#/convolution?stride=2", &[unknown]);
    }

    #[test]
    fn nothing_is_unpacked_past_the_limit() {
        let text = |len: usize| [b"b=".as_slice(), &vec![b'0'; len - 2]].concat();
        let (link, warnings) = Link::decode(&with_z(&text(MAX_UNPACKED)));
        assert_eq!((link.fields[0].1.len(), warnings), (MAX_UNPACKED - 2, vec![]));
        let bomb = with_z(&text(8 * MAX_UNPACKED));
        assert!(bomb.len() < 32 * 1024, "the bomb is small: {}", bomb.len());
        assert_eq!(Link::decode(&bomb), (Link::to(Page::Convolution), vec![Warning::Damaged]));
    }

    #[test]
    fn long_texts_and_many_fields_are_cut_and_said() {
        check(
            &format!("#/convolution?x={}", "1,".repeat(MAX_LEN)),
            "#/",
            &["The link is 524,304 characters long; at most 262,144 are read."],
        );
        let many = format!("#/train?{}", "lr=1&".repeat(1_000));
        let (link, warnings) = Link::decode(&many);
        assert_eq!(sentences(&warnings), ["The link has 1,000 fields; the first 64 are read."]);
        assert_eq!(link.fields.len(), MAX_FIELDS);
    }

    fn any_shared() -> impl Strategy<Value = Shared> {
        let panels = prop::sample::subsequence(PANELS.map(|(_, panel)| panel).to_vec(), 0..=PANELS.len());
        let theme = prop::option::of(prop::sample::select([Theme::Light, Theme::Dark].as_slice()));
        (panels, any::<bool>(), theme, any::<bool>()).prop_map(|(hide, embed, theme, lecture)| Shared {
            hide,
            embed,
            theme,
            lecture,
        })
    }

    proptest! {
        #[test]
        fn any_fields_come_back(
            fields in prop::collection::vec(("[a-y]{5,6}", any::<String>()), 0..5),
            shared in any_shared(),
        ) {
            // Names of shared fields belong to all pages.
            let own = |name: &str| !SHARED.iter().any(|field| field.name == name);
            let fields: Fields = fields.into_iter().filter(|(name, _)| own(name)).collect();
            let link = Link { page: Page::Convolution, fields, shared };
            prop_assert_eq!(Link::decode(&packed(&link.encode())), (link, vec![]));
        }

        #[test]
        fn any_text_is_a_link_that_comes_back(
            text in prop_oneof![
                any::<String>(),
                "#?/?(convolution|train|lessons|quiz/[a-z%/]{0,4}|[a-z]{0,3})/?\\?((hide|embed|theme|lecture|v|z|x)=[^&]{0,9}&?){0,5}",
            ],
        ) {
            let (link, _) = Link::decode(&text);
            let (again, warnings) = Link::decode(&link.encode());
            prop_assert_eq!(warnings, vec![]);
            let page = if link.page == Page::Unknown { Page::Home } else { link.page };
            prop_assert_eq!(again, Link { page, ..link });
        }

        #[test]
        fn any_damage_is_survived(at in 0..200usize, byte: u8) {
            let mut packed = miniz_oxide::deflate::compress_to_vec(b"x=1,2,3;4,5,6&k=0,1;1,0&pad=1&stride=2,1&b=-1/2", 9);
            let at = at % packed.len();
            packed[at] ^= byte;
            let (link, _) = Link::decode(&format!("#/convolution?z={}", URL_SAFE_NO_PAD.encode(&packed)));
            let (state, _) = operation::read_lab::<crate::lab::ConvolutionLab>(&link.fields);
            prop_assert!(state.step >= 1);
        }
    }
}
