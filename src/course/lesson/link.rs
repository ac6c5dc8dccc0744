//! `#/lessons` and `#/lessons/<slug>`: which lesson, which part, and what a reader made of the lab beside it.

use super::{LESSONS, position};
use crate::link::{Fields, LinkField, PLACE, Warning, read_new, write};

/// What a link to the course holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LessonLink {
    /// The lesson; none for the list of them.
    pub lesson: Option<usize>,
    /// The part, from 0.
    pub part: usize,
    /// The lab beside it, where it is not as the part shows it: its link, without `#/`.
    pub lab: Option<String>,
}

const TABLE: &[LinkField<LessonLink>] = &[
    LinkField {
        name: PLACE,
        form: "the name of a lesson",
        write: |link| link.lesson.and_then(|at| LESSONS.get(at)).map(|row| row.slug.to_owned()),
        read: |link, value| {
            link.lesson = Some(position(value)?);
            Some(())
        },
    },
    LinkField {
        name: "part",
        form: "the number of a part, from 1",
        write: |link| (link.part > 0).then(|| (link.part + 1).to_string()),
        read: |link, value| {
            link.part = value.parse::<usize>().ok()?.checked_sub(1)?;
            Some(())
        },
    },
    LinkField {
        name: "lab",
        form: "the link of a lab, from its name on",
        write: |link| link.lab.clone(),
        read: |link, value| {
            link.lab = Some(value.to_owned());
            Some(())
        },
    },
];

/// The fields of a link.
pub fn encode_link(link: &LessonLink) -> Fields {
    write(TABLE, link)
}

/// The link of fields, and what of them could not be read.
pub fn decode_link(fields: &Fields) -> (LessonLink, Vec<Warning>) {
    let (link, mut warnings) = read_new(TABLE, fields);
    for warning in &mut warnings {
        // The place has no name that a person could look for.
        if let Warning::Unreadable { name: PLACE, value, .. } = warning {
            *warning = Warning::UnknownPage { name: ["lessons/", value].concat() };
        }
    }
    (link, warnings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::Link;

    #[track_caller]
    fn check(text: &str, written: &str, expect: &[&str]) {
        let link = Link::decode(text).0;
        let (opened, warnings) = decode_link(&link.fields);
        assert_eq!(Link { fields: encode_link(&opened), ..link }.encode(), written);
        let warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
        assert_eq!(warnings, expect);
    }

    #[test]
    fn lessons_are_places() {
        check("#/lessons", "#/lessons", &[]);
        check("#/lessons/padding?part=2", "#/lessons/padding?part=2", &[]);
        check("#/lessons/padding/?part=1", "#/lessons/padding", &[]);
        check(
            "#/lessons/stride?lab=pooling%3Fkind%3Daverage%26stride%3D2",
            "#/lessons/stride?lab=pooling%3Fkind%3Daverage%26stride%3D2",
            &[],
        );
        check("#/lessons/flying", "#/lessons", &["There is no page “lessons/flying”."]);
        check(
            "#/lessons/padding?part=0&hat=1",
            "#/lessons/padding",
            &[
                "The link's part=0 can't be read: the number of a part, from 1. The default is used.",
                "The link's field “hat” is not known here and was ignored.",
            ],
        );
    }
}
