//! Lectures that people make: scenes added from any page, put in order, named and noted.

use super::{Lecture, MAX_LEN, MAX_SCENES};

/// A change of a lecture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// What the lecture is called.
    Name(String),
    /// What a scene claims.
    Title(usize, String),
    /// What the lecturer is reminded of there, a line each.
    Notes(usize, String),
    /// A scene comes before the one above it.
    Up(usize),
    /// A scene comes after the one below it.
    Down(usize),
    /// A scene once more, behind itself.
    Duplicate(usize),
    /// A scene goes.
    Delete(usize),
}

impl Edit {
    /// What a button or a field of the overview asks for: its word, with the scene's place, and what is typed.
    pub fn read(asked: &str, typed: &str) -> Option<Self> {
        let (word, place) = asked.split_once(' ').unwrap_or((asked, "0"));
        let (at, typed) = (place.parse().ok()?, typed.trim().to_owned());
        Some(match word {
            "name" => Self::Name(typed.replace(['\n', '\r'], " ")),
            "title" => Self::Title(at, typed.replace(['\n', '\r'], " ")),
            "notes" => Self::Notes(at, typed),
            "up" => Self::Up(at),
            "down" => Self::Down(at),
            "duplicate" => Self::Duplicate(at),
            "delete" => Self::Delete(at),
            _ => return None,
        })
    }

    /// Whether scenes change their places.
    pub fn moves(&self) -> bool {
        matches!(self, Self::Up(_) | Self::Down(_) | Self::Duplicate(_) | Self::Delete(_))
    }
}

impl Lecture {
    /// Changes it; what names no scene changes nothing.
    pub fn edit(&mut self, edit: &Edit) {
        let scenes = &mut self.scenes;
        match edit {
            Edit::Name(name) => name.clone_into(&mut self.title),
            Edit::Title(at, title) => {
                if let Some(scene) = scenes.get_mut(*at) {
                    title.clone_into(&mut scene.title);
                }
            }
            Edit::Notes(at, notes) => {
                if let Some(scene) = scenes.get_mut(*at) {
                    let lines = notes.lines().map(str::trim).filter(|line| !line.is_empty());
                    scene.notes = lines.map(str::to_owned).collect();
                }
            }
            Edit::Up(at) if *at > 0 && *at < scenes.len() => scenes.swap(*at, at - 1),
            Edit::Down(at) if at + 1 < scenes.len() => scenes.swap(*at, at + 1),
            Edit::Duplicate(at) if scenes.len() < MAX_SCENES => {
                if let Some(scene) = scenes.get(*at).cloned() {
                    scenes.insert(at + 1, scene);
                }
            }
            Edit::Delete(at) if *at < scenes.len() => drop(scenes.remove(*at)),
            Edit::Up(_) | Edit::Down(_) | Edit::Duplicate(_) | Edit::Delete(_) => {}
        }
    }
}

/// The text of a lecture with one more scene behind its last: a title and a link. Nothing where it would be too long.
pub fn added(text: &str, title: &str, link: &str) -> Option<String> {
    let start = if text.trim().is_empty() { "# My lecture\n" } else { text.trim_end() };
    let show = link.trim_start_matches("#/");
    let all = [start, "\n\n### ", title, "\nshow: ", show, "\n"].concat();
    (all.len() <= MAX_LEN && all.matches("\n### ").count() <= MAX_SCENES).then_some(all)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn titles(lecture: &Lecture) -> Vec<&str> {
        lecture.scenes.iter().map(|scene| scene.title.as_str()).collect()
    }

    #[test]
    fn scenes_are_added_and_put_in_order() {
        let text = added("", "Pooling", "#/pooling?stride=2").unwrap();
        let text = added(&text, "Channels", "#/channels").unwrap();
        let (mut lecture, unread) = Lecture::decode(&text);
        assert_eq!((lecture.title.as_str(), unread), ("My lecture", vec![]));
        assert_eq!(lecture.scenes[0].show, "pooling?stride=2");
        for edit in [Edit::Up(1), Edit::Duplicate(0), Edit::Down(1), Edit::Title(0, "First".into()), Edit::Delete(9)] {
            lecture.edit(&edit);
        }
        assert_eq!(titles(&lecture), ["First", "Pooling", "Channels"]);
        lecture.edit(&Edit::Notes(1, "a\n\n b ".into()));
        assert_eq!(lecture.scenes[1].notes, ["a", "b"]);
        lecture.edit(&Edit::Delete(0));
        assert_eq!(titles(&lecture), ["Pooling", "Channels"]);
    }

    #[test]
    fn a_full_lecture_takes_no_more() {
        let mut text = String::new();
        for _ in 0..MAX_SCENES {
            text = added(&text, "a", "#/").unwrap();
        }
        assert_eq!(added(&text, "a", "#/"), None);
        assert_eq!(added("", "a", &"x".repeat(MAX_LEN)), None);
    }

    proptest! {
        #[test]
        fn any_edit_leaves_a_lecture_that_comes_back(asked in "(name|title|notes|up|down|duplicate|delete|x) ?[0-4]?", typed: String) {
            let mut lecture = Lecture::decode("# l\n### a\n### b\nnote: c").0;
            if let Some(edit) = Edit::read(&asked, &typed) {
                lecture.edit(&edit);
            }
            let (again, unread) = Lecture::decode(&lecture.encode());
            prop_assert_eq!(unread, vec![]);
            prop_assert_eq!(again.scenes.len(), lecture.scenes.len());
        }
    }
}
