//! The commands as the palette and the list of shortcuts show them.

use super::{
    Command, Group, Place,
    search::{self, search},
};

/// A row of the palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The command.
    pub command: Command,
    /// Why it can't be done.
    pub why_not: Option<&'static str>,
}

/// What the palette lists for a query. `here` is what the page does, and whether it can now.
///
/// First what can be done, then what can't now, then what is elsewhere: who looks for it learns where it is. Without a
/// query that would be noise. What no page does is never listed.
pub fn palette(query: &str, here: &[(Command, bool)]) -> Vec<Entry> {
    let is_elsewhere = |command: Command| {
        let place = command.place();
        place != Place::Everywhere && here.iter().all(|(other, _)| other.place() != place)
    };
    let searched = search::words(query).next().is_some();
    let (mut ready, mut off, mut elsewhere) = (Vec::new(), Vec::new(), Vec::new());
    for command in search(query, Command::ALL) {
        let (list, why_not) = match here.iter().find(|(other, _)| *other == command) {
            // Whoever reads it has opened it already.
            _ if command == Command::Palette => continue,
            Some((_, true)) => (&mut ready, None),
            Some((_, false)) if command.group() == Group::GoTo => (&mut off, Some("You are here")),
            Some((_, false)) => (&mut off, Some("Not now")),
            None if searched && is_elsewhere(command) => (&mut elsewhere, Some(command.place().reason())),
            None => continue,
        };
        list.push(Entry { command, why_not });
    }
    ready.append(&mut off);
    ready.append(&mut elsewhere);
    ready
}

/// The commands of `here` that have keys, by group.
pub fn sheet(here: &[(Command, bool)]) -> Vec<(Group, Vec<Command>)> {
    let mut groups: Vec<(Group, Vec<Command>)> = Vec::new();
    let shown = |command: &&Command| !command.strokes().is_empty() && here.iter().any(|(other, _)| other == *command);
    for &command in Command::ALL.iter().filter(shown) {
        match groups.last_mut() {
            Some((group, commands)) if *group == command.group() => commands.push(command),
            _ => groups.push((command.group(), vec![command])),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;
    use crate::command::Keyboard;
    use crate::site::Page;

    fn everywhere() -> Vec<(Command, bool)> {
        let shared = Command::ALL.iter().filter(|command| command.place() == Place::Everywhere);
        // Some pages are not there, and the training page is on.
        let there = [
            Command::Go(Page::Home),
            Command::Go(Page::Convolution),
            Command::Go(Page::Train),
            Command::Go(Page::Benchmark),
        ];
        shared
            .filter(|command| command.group() != Group::GoTo || there.contains(command))
            .map(|command| (*command, *command != Command::Go(Page::Train)))
            .collect()
    }

    fn check(query: &str, here: &[(Command, bool)], expect: &Expect) {
        let lines = palette(query, here).into_iter().map(|Entry { command, why_not }| {
            why_not.map_or_else(|| format!("{}\n", command.name()), |why| format!("{} ({why})\n", command.name()))
        });
        expect.assert_eq(&lines.collect::<String>());
    }

    #[test]
    fn the_palette_on_the_training_page() {
        let mut here = everywhere();
        here.extend([(Command::Train, true), (Command::TrainStep, true), (Command::TrainReset, false)]);
        check(
            "",
            &here,
            &expect![[r"
                Lecture mode
                Leave lecture mode
                Light theme
                Dark theme
                Match system theme
                Go to home
                Go to convolution
                Go to benchmark
                Copy link
                Add to lecture
                Start or pause training
                Step one batch
                Keyboard shortcuts
                Go to training (You are here)
                Reset training (Not now)
            "]],
        );
        check(
            "step",
            &here,
            &expect![[r"
                Step one batch
                Step back (In labs)
                Step forward (In labs)
                First step (In labs)
                Last step (In labs)
                Save filmstrip as SVG (In labs)
            "]],
        );
        check("pooling", &here, &expect![""]);
        check("palette", &here, &expect![""]);
    }

    #[test]
    fn the_palette_in_a_lab() {
        let mut here = everywhere();
        here.extend([(Command::Play, true), (Command::Undo, false)]);
        check(
            "batch",
            &here,
            &expect![[r"
                Step one batch (On the training page)
            "]],
        );
        // A lab without exports does not send to labs for them.
        check("gif", &here, &expect![""]);
    }

    #[test]
    fn the_sheet_of_the_training_page() {
        let mut here = everywhere();
        here.extend([(Command::Train, false), (Command::TrainStep, true)]);
        let mut lines = Vec::new();
        for (group, commands) in sheet(&here) {
            lines.push(group.name().to_owned());
            for command in commands {
                let keys = command.strokes().iter().map(|stroke| stroke.text(Keyboard::Other)).collect::<Vec<_>>();
                lines.push(format!("    {}: {}", command.name(), keys.join(", ")));
            }
        }
        expect![[r"
            View
                Lecture mode: F
                Leave lecture mode: Esc
            Training
                Start or pause training: Space, PageDown
            Help
                Command palette: Ctrl+K
                Keyboard shortcuts: ?
        "]]
        .assert_eq(&[&*lines.join("\n"), "\n"].concat());
    }

    proptest! {
        #[test]
        fn what_can_be_done_comes_before_what_can_not(
            query in "[a-z ]{0,6}",
            here in proptest::collection::vec((proptest::sample::select(Command::ALL), any::<bool>()), 0..20),
        ) {
            let entries = palette(&query, &here);
            let ready = entries.iter().take_while(|entry| entry.why_not.is_none()).count();
            prop_assert!(entries.iter().skip(ready).all(|entry| entry.why_not.is_some()));
            for entry in entries.iter().take(ready) {
                prop_assert!(here.iter().any(|(command, _)| *command == entry.command));
            }
        }
    }
}
