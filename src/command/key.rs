//! Keys: when one is struck, and how it is written.

/// A key with what is held down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stroke {
    /// What browsers call it; a letter in lower case.
    key: &'static str,
    with: With,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum With {
    Nothing,
    Command,
    CommandShift,
}

/// Which modifiers were held. Keys with others are the system's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Modifiers {
    /// ⌘ on Apple's keyboards, Ctrl on others.
    pub command: bool,
    /// Shift.
    pub shift: bool,
    /// Alt, or Option.
    pub alt: bool,
}

/// Whose names and signs the keys have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyboard {
    /// ⌘ and ⇧.
    Apple,
    /// Ctrl and Shift.
    Other,
}

/// The key alone.
pub(super) const fn plain(key: &'static str) -> Stroke {
    Stroke { key, with: With::Nothing }
}

/// With ⌘ or Ctrl.
pub(super) const fn command(key: &'static str) -> Stroke {
    Stroke { key, with: With::Command }
}

/// With ⌘ or Ctrl, and Shift.
pub(super) const fn shifted(key: &'static str) -> Stroke {
    Stroke { key, with: With::CommandShift }
}

impl Stroke {
    /// Whether it is this one that was struck.
    pub fn is(self, key: &str, held: Modifiers) -> bool {
        let modifiers = match self.with {
            // Keyboards differ in what a sign needs: Shift for `?`, AltGr (which is Ctrl with Alt) or Option for `[`.
            With::Nothing if self.is_sign() => held.alt || !held.command,
            // Shift, or the caps lock, makes no other key of a letter.
            With::Nothing => !held.command && !held.alt,
            With::Command => held.command && !held.alt && !held.shift,
            With::CommandShift => held.command && !held.alt && held.shift,
        };
        modifiers && key.eq_ignore_ascii_case(self.key)
    }

    fn is_sign(self) -> bool {
        matches!(self.key.as_bytes(), [byte] if byte.is_ascii_punctuation())
    }

    /// As it is printed on the keyboard.
    pub fn text(self, keyboard: Keyboard) -> String {
        let key = match self.key {
            " " => "Space",
            "ArrowLeft" => "←",
            "ArrowRight" => "→",
            "Escape" => "Esc",
            key => key,
        };
        let with = match (self.with, keyboard) {
            (With::Nothing, _) => "",
            (With::Command, Keyboard::Apple) => "⌘",
            (With::Command, Keyboard::Other) => "Ctrl+",
            (With::CommandShift, Keyboard::Apple) => "⇧⌘",
            (With::CommandShift, Keyboard::Other) => "Ctrl+Shift+",
        };
        let letter = key.len() == 1;
        [with, &if letter { key.to_ascii_uppercase() } else { key.to_owned() }].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strokes() {
        let check = |stroke: Stroke, key: &str, held: &str, expect: bool| {
            let modifiers =
                Modifiers { command: held.contains('c'), shift: held.contains('s'), alt: held.contains('a') };
            assert_eq!(stroke.is(key, modifiers), expect, "{stroke:?} {key} {held}");
        };
        check(plain("f"), "f", "", true);
        check(plain("f"), "F", "s", true);
        check(plain("f"), "F", "", true);
        check(plain("f"), "f", "c", false);
        check(plain("f"), "f", "a", false);
        check(plain("f"), "g", "", false);
        check(plain("ArrowLeft"), "ArrowLeft", "", true);
        check(plain("ArrowLeft"), "ArrowLeft", "a", false);
        check(plain("?"), "?", "s", true);
        check(plain("?"), "?", "", true);
        // A German keyboard's AltGr, and a Mac's Option.
        check(plain("["), "[", "ca", true);
        check(plain("["), "[", "a", true);
        check(plain("["), "[", "c", false);
        check(command("z"), "z", "c", true);
        check(command("z"), "Z", "c", true);
        check(command("z"), "z", "cs", false);
        check(command("z"), "z", "", false);
        check(command("z"), "z", "ca", false);
        check(shifted("z"), "Z", "cs", true);
        check(shifted("z"), "z", "c", false);
        check(plain("?"), "¿", "", false);
    }

    #[test]
    fn texts() {
        let check = |stroke: Stroke, other: &str, apple: &str| {
            assert_eq!((&*stroke.text(Keyboard::Other), &*stroke.text(Keyboard::Apple)), (other, apple));
        };
        check(plain(" "), "Space", "Space");
        check(plain("ArrowRight"), "→", "→");
        check(plain("PageDown"), "PageDown", "PageDown");
        check(plain("Escape"), "Esc", "Esc");
        check(plain("f"), "F", "F");
        check(plain("?"), "?", "?");
        check(command("k"), "Ctrl+K", "⌘K");
        check(shifted("z"), "Ctrl+Shift+Z", "⇧⌘Z");
    }
}
