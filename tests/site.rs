//! The site map is told nowhere else in other words.

use receptive::{
    command::Command,
    link::{Page, operation::LabKind},
    site::Group,
};

/// The browser tests go over the pages by a list of their own, which has headings besides.
#[test]
fn browser_tests_know_every_page() {
    let list = include_str!("e2e/pages.mjs");
    for page in Page::ALL {
        let (path, command) = (page.path(), page.entry().command);
        let row = list.lines().find(|line| line.contains(&format!("at: \"#/{path}\",")));
        assert!(row.is_some_and(|row| row.contains(&format!("command: \"{command}\""))), "{page:?}");
    }
    assert_eq!(list.matches("{ at: ").count(), Page::ALL.len());
}

#[test]
fn every_page_has_its_command() {
    for &page in Page::ALL {
        assert!(Command::ALL.contains(&Command::Go(page)), "{page:?}");
    }
}

#[test]
fn labs_are_the_pages_of_their_group_under_their_names() {
    let labs = Page::ALL.iter().copied().filter(|page| page.entry().group == Group::Labs);
    assert_eq!(labs.collect::<Vec<_>>(), LabKind::ALL.iter().map(|kind| kind.page).collect::<Vec<_>>());
    for kind in LabKind::ALL {
        let (link, _) = (kind.decode)(&Vec::new());
        assert_eq!(link.lab.operation().title(), kind.page.entry().name);
        assert_eq!(kind.page.entry().title, format!("{} lab · Receptive", kind.page.entry().name));
    }
}
