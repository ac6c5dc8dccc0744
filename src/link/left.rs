//! The pages that were left, as a text that one module of the app hands to the next.

use super::{Fields, Link, Page, Shared, Theme};

/// The pages that were left, each with its last state's fields, and the theme that was chosen by hand.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Left {
    pages: Vec<(Page, Fields)>,
    /// The theme: a browser that forbids storage has no other place for it.
    pub theme: Option<Theme>,
}

impl Left {
    /// Keeps the fields of a page in place of what was kept of it.
    pub fn keep(&mut self, page: Page, fields: Fields) {
        self.pages.retain(|(known, _)| *known != page);
        // There is no way back to an address that names no page.
        if page != Page::Unknown {
            self.pages.push((page, fields));
        }
    }

    /// The fields of a page that was left.
    pub fn of(&self, page: Page) -> Option<&Fields> {
        self.pages.iter().find(|(known, _)| *known == page).map(|(_, fields)| fields)
    }

    /// A link a line: one with the theme alone, then the pages.
    pub fn encode(&self) -> String {
        let theme = Link { shared: Shared { theme: self.theme, ..Shared::default() }, ..Link::to(Page::Home) };
        let pages = self.pages.iter().map(|(page, fields)| Link { fields: fields.clone(), ..Link::to(*page) });
        std::iter::once(theme).chain(pages).map(|link| link.encode()).collect::<Vec<_>>().join("\n")
    }

    /// Takes what [`encode`](Self::encode) gave; of any other text, what it holds of links.
    pub fn decode(text: &str) -> Self {
        let mut lines = text.lines().map(|line| Link::decode(line).0);
        let mut left = Self { theme: lines.next().and_then(|link| link.shared.theme), ..Self::default() };
        lines.for_each(|link| left.keep(link.page, link.fields));
        left
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fields(text: &str) -> Fields {
        Link::decode(text).0.fields
    }

    #[test]
    fn a_page_is_kept_as_it_was_left_last() {
        let mut left = Left::default();
        assert_eq!(left.encode(), "#/");
        left.keep(Page::Convolution, fields("#/convolution?pad=1"));
        left.keep(Page::Train, fields("#/train?epochs=2"));
        left.keep(Page::Convolution, fields("#/convolution?pad=2&step=3"));
        left.keep(Page::Unknown, fields("#/nowhere?x=1"));
        left.theme = Some(Theme::Dark);
        assert_eq!(left.encode(), "#/?theme=dark\n#/train?epochs=2\n#/convolution?pad=2&step=3");
        assert_eq!(Left::decode(&left.encode()), left);
        assert_eq!(left.of(Page::Train), Some(&fields("#/train?epochs=2")));
        assert_eq!(left.of(Page::Home), None);
    }

    proptest! {
        #[test]
        fn any_fields_come_back(
            value in prop_oneof![any::<String>(), "[0-9,;]{2000,3000}"],
            theme in prop::option::of(prop::sample::select([Theme::Light, Theme::Dark].as_slice())),
        ) {
            let mut left = Left { theme, ..Left::default() };
            for page in [Page::Train, Page::Home, Page::Convolution] {
                left.keep(page, vec![("x".to_owned(), value.clone())]);
            }
            prop_assert_eq!(Left::decode(&left.encode()), left);
        }

        #[test]
        fn any_text_is_taken(
            text in prop_oneof![any::<String>(), "(#?/?(convolution|train)?(\\?(theme|x|z)=[a-z0-9\n]{0,9}){0,2}\n){0,4}"],
        ) {
            let left = Left::decode(&text);
            prop_assert_eq!(Left::decode(&left.encode()), left);
        }
    }
}
