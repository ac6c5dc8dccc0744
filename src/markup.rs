//! Text that becomes elements: HTML, MathML and SVG.
//!
//! A name, a title, a cell, a file's name: a person can have typed any of them, with any character in it. What is put
//! into the page or into a file as elements is therefore made as [`Markup`], whose tags are literals of the sources and
//! whose texts are escaped. The app has no other way in (`only_markup_becomes_elements` in `tests/architecture.rs`).
//!
//! ```
//! use receptive::markup::Markup;
//!
//! let mut html = Markup::raw("<b title=\"");
//! html.push_text("3 < \"4\"").push_raw("\">").push_text("AT&T").push_raw("</b>");
//! assert_eq!(html.as_str(), "<b title=\"3 &lt; &quot;4&quot;\">AT&amp;T</b>");
//! ```

/// Elements as text. What came in as text stays text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Markup(String);

impl Markup {
    /// Elements, or parts of tags, that are written in the sources.
    pub fn raw(markup: &'static str) -> Self {
        Self(markup.to_owned())
    }

    /// Any text.
    pub fn text(text: &str) -> Self {
        let mut markup = Self::default();
        markup.push_text(text);
        markup
    }

    /// Nothing yet, with room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    /// Adds elements, or parts of tags, that are written in the sources.
    pub fn push_raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Adds any text: between two tags, or between the double quotes of an attribute. Nowhere else would escaping keep it
    /// from being read as something else.
    ///
    /// Characters that XML excludes, even escaped, become U+FFFD, and line breaks a space.
    pub fn push_text(&mut self, text: &str) -> &mut Self {
        debug_assert!(self.takes_text(), "no place for a text: {}", self.0);
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\t' | '\n' | '\r' => self.0.push(' '),
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => self.0.push('\u{fffd}'),
                c => self.0.push(c),
            }
        }
        self
    }

    /// Adds other markup.
    pub fn push(&mut self, markup: &Self) -> &mut Self {
        self.0.push_str(&markup.0);
        self
    }

    /// What a browser reads.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same, without a copy.
    pub fn into_string(self) -> String {
        self.0
    }

    /// Whether what comes next is read as text. Texts have no signs of tags, so the last one is a tag's own.
    fn takes_text(&self) -> bool {
        let after = self.0.rsplit('>').next().unwrap_or_default();
        after.split_once('<').is_none_or(|(_, tag)| tag.matches('"').count() % 2 == 1)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Texts as people type them, with what means something to a browser in every third place.
    pub(crate) fn any_text() -> impl Strategy<Value = String> {
        "([a-zé 0-9]{0,3}([<>\"'&;=/-]|&amp;|<b>|\\]\\]>|<!--|</span>|\n)?){0,6}|\\PC{0,12}"
    }

    /// `text` as it is read back.
    pub(crate) fn read_back(text: &str) -> String {
        text.replace(['\n', '\t', '\r'], " ")
    }

    #[test]
    fn the_characters_of_tags_are_escaped() {
        let check = |text: &str, expect: &str| assert_eq!(Markup::text(text).as_str(), expect);
        check("6 × 6", "6 × 6");
        check("<b>\"a\" & 'b'</b>", "&lt;b&gt;&quot;a&quot; &amp; 'b'&lt;/b&gt;");
        // What is escaped already is no exception: it was typed.
        check("&lt;", "&amp;lt;");
        check("a\nb\0c", "a b\u{fffd}c");
    }

    #[test]
    #[should_panic(expected = "no place for a text")]
    fn a_text_without_quotes_is_refused_in_a_tag() {
        Markup::raw("<td data-at=").push_text("1 onclick=alert()");
    }

    proptest! {
        #[test]
        fn any_text_stays_text(text in any_text(), other in any_text()) {
            let mut markup = Markup::raw("<p title=\"");
            markup.push_text(&text).push_raw("\" lang=\"en\">");
            markup.push_text(&other).push(&Markup::raw("<br/>")).push_raw("</p>");
            let document = roxmltree::Document::parse(markup.as_str()).unwrap();
            let p = document.root_element();
            prop_assert_eq!(p.attribute("title"), Some(&*read_back(&text)));
            prop_assert_eq!(p.attributes().len(), 2);
            prop_assert_eq!(p.text().unwrap_or_default(), read_back(&other));
            prop_assert_eq!(document.descendants().filter(roxmltree::Node::is_element).count(), 2);
        }
    }
}
