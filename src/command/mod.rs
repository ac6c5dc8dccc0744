//! Everything the app does by name: one table feeds buttons, shortcuts, the list of shortcuts and the palette.
//!
//! A command is one row of [`commands!`](self). What it does is no matter of this module: a page says what it can do,
//! and whether it can now; keys, names and the search follow from the rows.

mod key;
mod list;
mod search;

pub use key::{Keyboard, Modifiers, Stroke};
pub use list::{Entry, palette, sheet};
pub use search::search;

use crate::site::Page;
use key::{command, plain, shifted};

/// What belongs together in the lists, in the order of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Giving a lecture.
    Lecture,
    /// Moving through the steps.
    Playback,
    /// Changing the numbers.
    Edit,
    /// How the page looks.
    View,
    /// Pages.
    GoTo,
    /// Taking something with you.
    Export,
    /// A training run.
    Training,
    /// Finding one's way.
    Help,
}

impl Group {
    /// The heading.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lecture => "Lecture",
            Self::Playback => "Playback",
            Self::Edit => "Edit",
            Self::View => "View",
            Self::GoTo => "Go to",
            Self::Export => "Copy and export",
            Self::Training => "Training",
            Self::Help => "Help",
        }
    }
}

/// Where a command can be done. Two places that are never on one page can give the same key to different commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On every page.
    Everywhere,
    /// Wherever something plays: in labs, and the demonstration of the home page.
    Player,
    /// In labs.
    Lab,
    /// On the training page.
    Training,
    /// On the page of architectures.
    Architectures,
    /// In the lecture. Its keys come before those of the labs that stand in it, which have buttons there.
    Lecture,
}

impl Place {
    /// Whether a page can have commands of both.
    pub fn meets(self, other: Self) -> bool {
        let apart = |place: Self| matches!(place, Self::Training | Self::Lecture);
        let is_everywhere = self == Self::Everywhere || other == Self::Everywhere;
        is_everywhere || self == other || !(apart(self) || apart(other))
    }

    /// Where to go for it, as a reason why it can't be done here.
    fn reason(self) -> &'static str {
        match self {
            Self::Training => "On the training page",
            Self::Architectures => "On the page of architectures",
            Self::Lecture => "In the lecture",
            Self::Player | Self::Lab | Self::Everywhere => "In labs",
        }
    }
}

/// A row of the table.
struct Row {
    name: &'static str,
    group: Group,
    place: Place,
    strokes: &'static [Stroke],
}

/// Makes the enum and its table out of the rows: command, group, place, name, keys, and words it may be searched by
/// that its name lacks.
macro_rules! commands {
    ($($command:ident, $group:ident, $place:ident, $name:literal, [$($stroke:expr),*], $words:literal;)*) => {
        /// Something the app does by name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Command {
            $(#[doc = concat!("`", $name, "`")] $command,)*
            /// Go to a page of the site map.
            Go(Page),
        }

        impl Command {
            /// Those of the table.
            const TABLE: &[Self] = &[$(Self::$command),*];

            /// Words it may be searched by that its name lacks: only who searches loads them.
            fn words(self) -> &'static str {
                match self {
                    $(Self::$command => $words,)*
                    Self::Go(page) => page.words(),
                }
            }

            fn row(self) -> Row {
                match self {
                    $(Self::$command => Row {
                        name: $name,
                        group: Group::$group,
                        place: Place::$place,
                        strokes: const { &[$($stroke),*] },
                    },)*
                    Self::Go(page) => Row {
                        name: page.entry().command,
                        group: Group::GoTo,
                        place: Place::Everywhere,
                        strokes: &[],
                    },
                }
            }
        }
    };
}

commands! {
    SceneOn, Lecture, Lecture, "Reveal, then go on", [plain("PageDown"), plain("ArrowRight"), plain(" ")], "forward continue clicker";
    SceneBack, Lecture, Lecture, "Back in the lecture", [plain("PageUp"), plain("ArrowLeft")], "previous scene clicker";
    FirstScene, Lecture, Lecture, "First scene", [plain("Home")], "start beginning";
    LastScene, Lecture, Lecture, "Last scene", [plain("End")], "finish";
    Scenes, Lecture, Lecture, "Overview of scenes", [plain("o")], "list sections jump";
    BlackScreen, Lecture, Lecture, "Black screen", [plain("b")], "dark blank";
    QrCode, Lecture, Lecture, "QR code", [plain("q")], "phone link students";
    Notes, Lecture, Lecture, "Notes", [plain("n")], "presenter remind";
    Presenter, Lecture, Lecture, "Presenter window", [], "notes timer second screen";
    ResetScene, Lecture, Lecture, "Reset scene", [], "undo edits numbers";

    FirstStep, Playback, Player, "First step", [plain("Home")], "start beginning rewind";
    StepBack, Playback, Player, "Step back", [plain("ArrowLeft"), plain("PageUp")], "previous backward";
    Play, Playback, Player, "Play or pause", [plain(" ")], "stop run animate";
    StepForward, Playback, Player, "Step forward", [plain("ArrowRight"), plain("PageDown")], "next advance";
    LastStep, Playback, Player, "Last step", [plain("End")], "finish";
    Slower, Playback, Player, "Slower", [plain("[")], "speed down";
    Faster, Playback, Player, "Faster", [plain("]")], "speed up";
    Predict, Playback, Lab, "Predict first", [plain("p")], "guess quiz exercise hide answer";

    Undo, Edit, Lab, "Undo", [command("z")], "revert take back";
    Redo, Edit, Lab, "Redo", [command("y"), shifted("z")], "repeat again";
    SamePadding, Edit, Lab, "SAME padding", [], "pad keep size";
    FullPadding, Edit, Lab, "Full padding", [], "pad every overlap";
    Paste, Edit, Lab, "Paste matrix…", [], "import numpy pytorch matlab latex json csv tsv numbers";

    Lecture, View, Everywhere, "Lecture mode", [plain("f")], "projector presentation fullscreen big";
    LeaveLecture, View, Everywhere, "Leave lecture mode", [plain("Escape")], "exit projector presentation";
    Settings, View, Lab, "Show settings", [], "panel controls options stride padding dilation";
    LightTheme, View, Everywhere, "Light theme", [], "bright white colours appearance";
    DarkTheme, View, Everywhere, "Dark theme", [], "night black colours appearance";
    SystemTheme, View, Everywhere, "Match system theme", [], "automatic colours appearance";


    CopyLink, Export, Everywhere, "Copy link", [], "share address url";
    AddToLecture, Export, Everywhere, "Add to lecture", [], "scene own slides keep";
    CopyPytorch, Export, Lab, "Copy PyTorch code", [], "python torch script reproduce";
    CopyLatex, Export, Lab, "Copy matrices as LaTeX", [], "tex bmatrix amsmath paper formula";
    CopyTikz, Export, Lab, "Copy figure as TikZ", [], "tex latex tikzpicture paper";
    SaveSvg, Export, Lab, "Save figure as SVG", [], "export download picture image vector";
    SavePng, Export, Lab, "Save figure as PNG", [], "export download picture image bitmap";
    SaveFilmstrip, Export, Lab, "Save filmstrip as SVG", [], "export download steps figure";
    SaveGif, Export, Lab, "Save animation as GIF", [], "export download video movie";
    CopyMarkdown, Export, Architectures, "Copy table as Markdown", [], "layers parameters network github";
    SaveCsv, Export, Architectures, "Save table as CSV", [], "layers parameters spreadsheet excel download";
    Print, Export, Lab, "Print handout", [], "paper pdf worksheet";

    Train, Training, Training, "Start or pause training", [plain(" "), plain("PageDown")], "resume run stop begin";
    TrainStep, Training, Training, "Step one batch", [], "single update";
    TrainReset, Training, Training, "Reset training", [], "end run clear";

    Palette, Help, Everywhere, "Command palette", [command("k")], "search commands";
    Shortcuts, Help, Everywhere, "Keyboard shortcuts", [plain("?")], "keys help hotkeys";
}

impl Command {
    const COUNT: usize = Self::TABLE.len() + Page::ALL.len();

    /// All, in the order of the lists: groups stand together.
    pub const ALL: &[Self] = &Self::in_order();

    const fn in_order() -> [Self; Self::COUNT] {
        let mut all = [Self::Palette; Self::COUNT];
        let (mut table, mut pages) = (Self::TABLE, Page::ALL);
        let mut left: &mut [Self] = &mut all;
        while let [place, places @ ..] = left {
            match (table, pages) {
                // The pages come before what is taken along.
                ([Self::CopyLink, ..], [page, others @ ..]) => {
                    *place = Self::Go(*page);
                    pages = others;
                }
                ([row, rows @ ..], _) => {
                    *place = *row;
                    table = rows;
                }
                ([], _) => {}
            }
            left = places;
        }
        all
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Where it stands in the lists.
    pub fn group(self) -> Group {
        self.row().group
    }

    /// Where it can be done.
    pub fn place(self) -> Place {
        self.row().place
    }

    /// Its keys, the usual one first.
    pub fn strokes(self) -> &'static [Stroke] {
        self.row().strokes
    }

    /// Its name and its first key, for a button that shows neither.
    pub fn title(self, keyboard: Keyboard) -> String {
        self.title_as(self.name(), keyboard)
    }

    /// The same under the name that it has at the moment.
    pub fn title_as(self, name: &str, keyboard: Keyboard) -> String {
        let mut title = name.to_owned();
        if let Some(stroke) = self.strokes().first() {
            title.push_str(&[" (", &stroke.text(keyboard), ")"].concat());
        }
        title
    }

    /// The command of a key, of those that are `here`. `key` is what the browser calls it.
    pub fn of_key(key: &str, modifiers: Modifiers, here: &dyn Fn(Self) -> bool) -> Option<Self> {
        let struck = |command: &Self| command.strokes().iter().any(|stroke| stroke.is(key, modifiers));
        Self::ALL.iter().copied().find(|command| struck(command) && here(*command))
    }

    /// Whether its key works even where something with the focus wants keys: text can hold no palette.
    pub fn interrupts(self) -> bool {
        self == Self::Palette
    }

    /// Whether a key held down does it again and again. What switches something would flicker.
    pub fn repeats(self) -> bool {
        use Command::{Faster, Redo, Slower, StepBack, StepForward, Undo};
        matches!(self, StepBack | StepForward | Slower | Faster | Undo | Redo)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_commands_of_a_page_share_a_key() {
        for (index, &one) in Command::ALL.iter().enumerate() {
            for &other in &Command::ALL[index + 1..] {
                let shared = one.strokes().iter().find(|stroke| other.strokes().contains(stroke));
                assert!(!one.place().meets(other.place()) || shared.is_none(), "{one:?} and {other:?}: {shared:?}");
            }
            let keys = one.strokes();
            assert!((1..keys.len()).all(|at| !keys[at..].contains(&keys[at - 1])), "{one:?} has a key twice");
        }
    }

    #[test]
    fn every_name_is_unique() {
        for (index, one) in Command::ALL.iter().enumerate() {
            assert!(Command::ALL[index + 1..].iter().all(|other| other.name() != one.name()), "{}", one.name());
        }
    }

    #[test]
    fn groups_stand_together() {
        let mut groups: Vec<Group> = Command::ALL.iter().map(|command| command.group()).collect();
        groups.dedup();
        for (index, group) in groups.iter().enumerate() {
            assert!(!groups[index + 1..].contains(group), "{group:?} comes twice");
        }
    }

    #[test]
    fn names_and_words_are_plain_text() {
        for command in Command::ALL {
            // They are put into markup as they are.
            let text = [command.name(), command.words()].concat();
            assert!(!text.contains(['<', '&', '"', '\'']), "{text}");
            assert!(
                command.words().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b' '),
                "{}",
                command.words()
            );
        }
    }

    #[test]
    fn titles() {
        let check = |command: Command, keyboard, expect| assert_eq!(command.title(keyboard), expect);
        check(Command::Lecture, Keyboard::Other, "Lecture mode (F)");
        check(Command::Undo, Keyboard::Other, "Undo (Ctrl+Z)");
        check(Command::Undo, Keyboard::Apple, "Undo (⌘Z)");
        check(Command::CopyLink, Keyboard::Apple, "Copy link");
    }

    #[test]
    fn the_same_key_is_another_command_on_another_page() {
        let check = |key, place: Place, expect: Option<Command>| {
            let here = |command: Command| command.place() == Place::Everywhere || command.place() == place;
            assert_eq!(Command::of_key(key, Modifiers::default(), &here), expect, "{key} {place:?}");
        };
        check(" ", Place::Player, Some(Command::Play));
        check(" ", Place::Training, Some(Command::Train));
        check("PageDown", Place::Player, Some(Command::StepForward));
        check("PageDown", Place::Training, Some(Command::Train));
        check("p", Place::Lab, Some(Command::Predict));
        check("p", Place::Training, None);
        check("F", Place::Lab, Some(Command::Lecture));
        check("q", Place::Lab, None);
        check("", Place::Lab, None);
    }
}
