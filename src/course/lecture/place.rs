//! Where a lecture is: a scene, and how much of it is revealed. What is shown is a function of the two.

use super::{Lecture, Scene};
use crate::{
    lab::setting::text,
    link::{self, Fields, Link, LinkField, PLACE, Page, Shared, Warning},
};

/// Where a lecture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// The scene, from 0.
    pub scene: usize,
    /// How much of it is revealed.
    pub revealed: usize,
}

impl Place {
    /// One press on: what is still to be revealed, else the next scene; at the end it stays.
    #[must_use]
    pub fn on(self, lecture: &Lecture) -> Self {
        if self.revealed < reveals(lecture, self.scene) {
            Self { revealed: self.revealed + 1, ..self }
        } else {
            self.next(lecture)
        }
    }

    /// The next scene, whatever is revealed; at the end it stays.
    #[must_use]
    pub fn next(self, lecture: &Lecture) -> Self {
        if self.scene + 1 < lecture.scenes.len() { Self::at(self.scene + 1) } else { self }
    }

    /// One press back: what was revealed last is hidden again, else the scene before as it was left, all revealed.
    #[must_use]
    pub fn back(self, lecture: &Lecture) -> Self {
        match (self.scene.checked_sub(1), self.revealed.checked_sub(1)) {
            (_, Some(revealed)) => Self { revealed, ..self },
            (Some(scene), None) => Self { scene, revealed: reveals(lecture, scene) },
            (None, None) => self,
        }
    }

    /// The beginning of a scene.
    pub fn at(scene: usize) -> Self {
        Self { scene, revealed: 0 }
    }

    /// The same within a lecture: no scene behind its last, no more revealed than there is.
    #[must_use]
    pub fn within(self, lecture: &Lecture) -> Self {
        let scene = self.scene.min(lecture.scenes.len().saturating_sub(1));
        Self { scene, revealed: self.revealed.min(reveals(lecture, scene)) }
    }
}

fn reveals(lecture: &Lecture, scene: usize) -> usize {
    lecture.scenes.get(scene).map_or(0, |scene| scene.reveals.len())
}

/// The link to what a scene shows after so many reveals.
pub fn shown(scene: &Scene, revealed: usize) -> Link {
    let mut link = Link::decode(&["#/", scene.show.trim_start_matches(['#', '/'])].concat()).0;
    for reveal in scene.reveals.iter().take(revealed) {
        let set = Link::decode(&["#/convolution?", &reveal.set].concat()).0;
        if reveal.set.contains("hide=") {
            link.shared.hide = set.shared.hide;
        }
        link.fields.retain(|(name, _)| set.fields.iter().all(|(other, _)| other != name));
        link.fields.extend(set.fields.into_iter().filter(|(_, value)| !value.is_empty()));
    }
    link
}

/// The fields of a lab that was changed by hand, after so many reveals: what reveals set is as they set it, the rest stays.
pub fn carried(edited: &Fields, scene: &Scene, revealed: usize) -> Fields {
    let is_set = |name: &str| {
        scene.reveals.iter().any(|reveal| reveal.set.split('&').any(|field| field.split('=').next() == Some(name)))
    };
    let mut fields: Fields = edited.iter().filter(|(name, _)| !is_set(name)).cloned().collect();
    fields.extend(shown(scene, revealed).fields.into_iter().filter(|(name, _)| is_set(name)));
    fields
}

/// Whether a lab's field is part of its numbers, and not of where one looks.
pub fn is_setting((name, _): &&(String, String)) -> bool {
    !["step", "speed", "predict"].contains(&name.as_str())
}

/// What the page's link holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opened {
    /// A lecture of one's own, and not the course's.
    pub own: bool,
    /// Where it is.
    pub place: Place,
    /// The lecturer's window.
    pub presenter: bool,
    /// A lecture that the link itself holds.
    pub text: String,
}

const FIELDS: &[LinkField<Opened>] = &[
    LinkField {
        name: PLACE,
        form: "cnn or own",
        write: |opened| Some(if opened.own { "own" } else { "cnn" }.to_owned()),
        read: |opened, value| {
            opened.own = match value {
                "own" => true,
                "cnn" => false,
                _ => return None,
            };
            Some(())
        },
    },
    LinkField {
        name: "scene",
        form: "a count from 1",
        write: |opened| (opened.place.scene > 0).then(|| (opened.place.scene + 1).to_string()),
        read: |opened, value| {
            opened.place.scene = value.parse::<u16>().ok()?.checked_sub(1)?.into();
            Some(())
        },
    },
    LinkField {
        name: "revealed",
        form: "a count",
        write: |opened| (opened.place.revealed > 0).then(|| opened.place.revealed.to_string()),
        read: |opened, value| {
            opened.place.revealed = value.parse::<u8>().ok()?.into();
            Some(())
        },
    },
    LinkField {
        name: "presenter",
        form: "1 or 0",
        write: |opened| opened.presenter.then(|| "1".to_owned()),
        read: |opened, value| text::read_switch(value).map(|on| opened.presenter = on),
    },
    LinkField {
        name: "text",
        form: "a lecture's text",
        write: |opened| (!opened.text.is_empty()).then(|| opened.text.clone()),
        read: |opened, value| {
            value.clone_into(&mut opened.text);
            Some(())
        },
    },
];

impl Opened {
    /// The page's fields.
    pub fn fields(&self) -> Fields {
        link::write(FIELDS, self)
    }

    /// What the page's fields say; any do.
    pub fn read(fields: &Fields) -> (Self, Vec<Warning>) {
        let mut opened = Self::default();
        let warnings = link::read(FIELDS, &mut opened, fields);
        (opened, warnings)
    }
}

/// What the windows of one lecture tell each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// Where it is.
    pub place: Place,
    /// The screen is black.
    pub black: bool,
    /// The code for phones is on the screen.
    pub code: bool,
}

/// What asks the other window where it is.
const ASKS: &str = "?";

/// What one window tells the other; `None` asks.
pub fn tell(own: bool, told: Option<Told>) -> String {
    let Some(Told { place, black, code }) = told else { return ASKS.to_owned() };
    let mut fields = Opened { own, place, ..Opened::default() }.fields();
    for (name, is) in [("black", black), ("code", code)] {
        if is {
            fields.push((name.to_owned(), "1".to_owned()));
        }
    }
    Link { page: Page::Lecture, fields, shared: Shared::default() }.encode()
}

/// What the other window told: any text is a message. Nothing where it is about another lecture; `Some(None)` where it asks.
pub fn hear(own: bool, message: &str) -> Option<Option<Told>> {
    if message == ASKS {
        return Some(None);
    }
    let (link, _) = Link::decode(message);
    let is = |name: &str| link.fields.iter().any(|(known, value)| known == name && value == "1");
    let (opened, _) = Opened::read(&link.fields);
    (link.page == Page::Lecture && opened.own == own)
        .then(|| Some(Told { place: opened.place, black: is("black"), code: is("code") }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lecture() -> Lecture {
        Lecture::decode(
            "### a\nshow: convolution?pad=1&predict=1\nreveal: predict= | x\nreveal: step=2&hide=output |\n### b",
        )
        .0
    }

    #[test]
    fn a_press_reveals_before_it_goes_on_and_back_again() {
        let lecture = lecture();
        let mut place = Place::default();
        let mut ways = vec![place];
        for _ in 0..4 {
            place = place.on(&lecture);
            ways.push(place);
        }
        let expect = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 0)].map(|(scene, revealed)| Place { scene, revealed });
        assert_eq!(ways, expect);
        for known in expect.into_iter().rev().skip(2) {
            place = place.back(&lecture);
            assert_eq!(place, known);
        }
        assert_eq!(Place { scene: 9, revealed: 9 }.within(&lecture), Place::at(1));
        assert_eq!(Place::default().on(&Lecture::default()), Place::default());
    }

    #[test]
    fn what_is_shown_follows_from_scene_and_reveals() {
        let scene = &lecture().scenes[0];
        let check = |revealed, expect| assert_eq!(shown(scene, revealed).encode(), expect);
        check(0, "#/convolution?pad=1&predict=1");
        check(1, "#/convolution?pad=1");
        check(2, "#/convolution?pad=1&step=2&hide=output");
        let edited = vec![("x".to_owned(), "7".to_owned()), ("step".to_owned(), "3".to_owned())];
        assert_eq!(carried(&edited, scene, 0), [("x".into(), "7".into()), ("predict".into(), "1".into())]);
        assert_eq!(carried(&edited, scene, 2), [("x".into(), "7".into()), ("step".into(), "2".into())]);
    }

    proptest! {
        #[test]
        fn any_place_comes_back(own: bool, scene in 0..999_usize, revealed in 0..99_usize, presenter: bool, text: String) {
            let opened = Opened { own, place: Place { scene, revealed }, presenter, text };
            prop_assert_eq!(Opened::read(&opened.fields()), (opened, vec![]));
        }

        #[test]
        fn any_message_is_heard(message: String, own: bool, scene in 0..99_usize, black: bool, code: bool) {
            let _: Option<Option<Told>> = hear(own, &message);
            let told = Told { place: Place::at(scene), black, code };
            prop_assert_eq!(hear(own, &tell(own, Some(told))), Some(Some(told)));
            prop_assert_eq!(hear(!own, &tell(own, Some(told))), None);
        }
    }
}
