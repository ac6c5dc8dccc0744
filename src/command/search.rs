//! Finding a command by what a person types of it.

use super::Command;

/// The commands of `available` that fit `query`, the best first; all, in the order of the table, where it is empty.
///
/// Each word of the query has to fit a word of the name, or one it may be searched by: whole, as its beginning, or by
/// letters of it from the first on, as `fwd` does `forward`. A query without spaces can be letters of the name.
pub fn search(query: &str, available: &[Command]) -> Vec<Command> {
    let mut found: Vec<(u32, Command)> = Vec::new();
    for &command in Command::ALL.iter().filter(|command| available.contains(command)) {
        if let Some(cost) = cost(query, command) {
            // A stable insertion: of equals the table's first comes first.
            let at = found.iter().take_while(|(other, _)| *other <= cost).count();
            found.insert(at, (cost, command));
        }
    }
    found.into_iter().map(|(_, command)| command).collect()
}

/// How far a command is from the query, `None` if it does not fit.
fn cost(query: &str, command: Command) -> Option<u32> {
    /// A word that stands only among those to search by.
    const ASIDE: u32 = 8;
    /// Letters of the whole name.
    const LETTERS: u32 = 100;
    let mut sum = 0;
    for word in words(query) {
        let name =
            words(command.name()).zip(0..).filter_map(|(target, place)| Some(fit(word, target)? + u32::min(place, 1)));
        let aside = words(command.words()).filter_map(|target| Some(fit(word, target)? + ASIDE));
        match name.chain(aside).min() {
            Some(best) => sum += best,
            None => return is_within(query.as_bytes(), command.name().as_bytes()).then_some(LETTERS),
        }
    }
    Some(sum)
}

/// Words without the signs between them. What is no ASCII stays, and fits nothing.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_ascii_whitespace() || c.is_ascii_punctuation()).filter(|word| !word.is_empty())
}

/// How well a word of the query fits one of a command. Between equals the one decides that begins the name.
fn fit(word: &str, target: &str) -> Option<u32> {
    let begins = target.as_bytes().get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()));
    match begins {
        true if word.len() == target.len() => Some(0),
        true => Some(6),
        false => is_within(word.as_bytes(), target.as_bytes()).then_some(20),
    }
}

/// Whether `letters` are among those of `text`, in their order, with the first at the beginning.
fn is_within(letters: &[u8], text: &[u8]) -> bool {
    let mut text = text.iter();
    let mut first = true;
    letters.iter().all(|letter| {
        let is = |other: &u8| other.eq_ignore_ascii_case(letter);
        if std::mem::take(&mut first) { text.next().is_some_and(is) } else { text.any(is) }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::site::Page;

    #[test]
    fn the_best_comes_first() {
        let check = |query: &str, expect: Command| {
            let found = search(query, Command::ALL);
            assert_eq!(found.first(), Some(&expect), "{query}: {found:?}");
        };
        check("step forward", Command::StepForward);
        check("stp fwd", Command::StepForward);
        check("stpfwd", Command::StepForward);
        check("forward", Command::StepForward);
        check("next", Command::StepForward);
        check("STEP B", Command::StepBack);
        check("latex", Command::CopyLatex);
        check("tikz", Command::CopyTikz);
        check("python", Command::CopyPytorch);
        check("torch", Command::CopyPytorch);
        check("gif", Command::SaveGif);
        check("png", Command::SavePng);
        check("svg", Command::SaveSvg);
        check("film", Command::SaveFilmstrip);
        check("undo", Command::Undo);
        check("lecture", Command::Lecture);
        check("projector", Command::Lecture);
        check("dark", Command::DarkTheme);
        check("go training", Command::Go(Page::Train));
        check("train", Command::Go(Page::Train));
        check("mnist", Command::Go(Page::Train));
        check("start training", Command::Train);
        check("pause", Command::Play);
        check("batch", Command::Go(Page::BatchNorm));
        check("one batch", Command::TrainStep);
        check("same", Command::SamePadding);
        check("full-padding", Command::FullPadding);
        check("keys", Command::Shortcuts);
        check("faster", Command::Faster);
        check("predict", Command::Predict);
        check("print", Command::Print);
        check("paste", Command::Paste);
    }

    #[test]
    fn nothing_fits_what_no_command_is_called() {
        for query in ["zzz", "undo banana", "é", "ｕｎｄｏ", "step 🦀", "forwards and back"] {
            assert_eq!(search(query, Command::ALL), [], "{query}");
        }
    }

    #[test]
    fn an_empty_query_lists_all_in_the_order_of_the_table() {
        for query in ["", " ", "\t ", "?"] {
            assert_eq!(search(query, Command::ALL), Command::ALL, "{query}");
        }
        let some = [Command::Go(Page::Home), Command::Undo, Command::Play];
        assert_eq!(search("", &some), [Command::Play, Command::Undo, Command::Go(Page::Home)]);
    }

    /// Whether `letters` are within `text` in their order, written another way.
    fn has_letters(letters: &str, text: &str) -> bool {
        let mut rest = text.to_lowercase();
        letters.to_lowercase().chars().all(|letter| match rest.find(letter) {
            Some(at) => {
                rest = rest[at + letter.len_utf8()..].to_owned();
                true
            }
            None => false,
        })
    }

    fn subset() -> impl Strategy<Value = Vec<Command>> {
        proptest::sample::subsequence(Command::ALL.to_vec(), 0..=Command::ALL.len())
    }

    proptest! {
        #[test]
        fn any_query_finds_only_what_fits(
            query in prop_oneof!["\\PC{0,20}", "[a-zA-Z .?]{0,8}", any::<String>()],
            available in subset(),
        ) {
            let found = search(&query, &available);
            for (index, command) in found.iter().enumerate() {
                prop_assert!(available.contains(command));
                prop_assert!(!found[..index].contains(command), "twice");
                let text = [command.name(), " ", command.words()].concat();
                for word in words(&query) {
                    prop_assert!(has_letters(word, &text), "{word} in {text}");
                }
            }
        }

        #[test]
        fn the_beginning_of_a_name_finds_it(index in 0..Command::ALL.len(), len in 1usize..30) {
            let command = Command::ALL[index];
            let query: String = command.name().chars().take(len).collect();
            prop_assert!(search(&query, Command::ALL).contains(&command), "{query}");
        }

        #[test]
        fn letters_more_never_find_more(query in "[a-z ]{0,10}", letter in "[a-z]") {
            let before = search(&query, Command::ALL);
            let after = search(&[&*query, &letter].concat(), Command::ALL);
            prop_assert!(after.iter().all(|command| before.contains(command)));
        }
    }
}
