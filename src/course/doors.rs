//! The home page's doors: for who learns, who looks something up, who trains, who teaches; and where one was last.

use super::{
    icon::{ARROW, TICK},
    lesson::{LESSONS, progress::Progress},
};
use crate::{
    link::{Link, PLACE, Page, Shared},
    markup::Markup,
    site::Way,
};

/// The longest link of a place that is kept: a longer one is somebody's picture.
const MAX_LAST: usize = 2_000;

/// Whether a link, with its text, is kept for the next visit: that of a lab which is not too long.
pub fn is_place(link: &Link, text: &str) -> bool {
    link.page.is_lab() && text.len() <= MAX_LAST
}

/// The doors. `last` is the link of the lab where one was last, as it was kept; `href` leads to a page as it was left.
pub fn doors(progress: &Progress, last: &str, href: &dyn Fn(Page) -> String) -> Markup {
    let mut html = Markup::default();
    course(&mut html, progress, href);
    labs(&mut html, last, href);
    train(&mut html, href);
    lecture(&mut html, href);
    html
}

fn open(html: &mut Markup, class: &'static str, name: &'static str, href: &str, words: &str) {
    html.push_raw("<section class=\"door ").push_raw(class).push_raw("\"><h2><a href=\"").push_text(href);
    html.push_raw("\">").push_raw(name).push_raw(ARROW).push_raw("</a></h2><p class=\"dim\">");
    html.push_text(words).push_raw("</p>");
}

fn course(html: &mut Markup, progress: &Progress, href: &dyn Fn(Page) -> String) {
    let done = progress.done();
    let words = format!("{} lessons of 5 to 10 minutes, each with a lab beside the text.", LESSONS.len());
    let words = if done > 0 { format!("{words} {done} done.") } else { words };
    open(html, "door-course", "Course", &href(Page::Lessons), &words);
    html.push_raw("<ol class=\"door-marks\">");
    for (at, row) in LESSONS.iter().enumerate() {
        let is_done = progress.of(at).is_done();
        let is_last = progress.last == Some(at);
        html.push_raw(match (is_last, is_done) {
            (true, _) => "<li class=\"here\"><a href=\"",
            (false, true) => "<li class=\"done\"><a href=\"",
            (false, false) => "<li><a href=\"",
        });
        let number = (at + 1).to_string();
        html.push_text(&row.link()).push_raw("\"><i aria-hidden=\"true\">");
        if is_done {
            html.push_raw(TICK);
        } else {
            html.push_text(&number);
        }
        html.push_raw("</i><span><span class=\"vh\">Lesson ").push_text(&number).push_raw(": </span>");
        html.push_text(row.title).push_raw("</span>");
        html.push_raw(if is_done { "<span class=\"vh\">, done</span></a></li>" } else { "</a></li>" });
    }
    html.push_raw("</ol>");
    also(html, Page::Quiz, href);
    html.push_raw("</section>");
}

/// A page that a door leads to besides, with what is there.
fn also(html: &mut Markup, page: Page, href: &dyn Fn(Page) -> String) {
    if let Some(Way { words, .. }) = page.way() {
        html.push_raw("<p class=\"small\"><a href=\"").push_text(&href(page)).push_raw("\">");
        html.push_text(page.entry().name)
            .push_raw("</a> <span class=\"dim\">")
            .push_text(words)
            .push_raw("</span></p>");
    }
}

fn labs(html: &mut Markup, last: &str, href: &dyn Fn(Page) -> String) {
    let words = "Type your own numbers, and step through every sum.";
    open(html, "door-labs", "Labs", &href(Page::Convolution), words);
    html.push_raw("<ul class=\"door-list\">");
    for &page in Page::ALL.iter().filter(|page| page.is_lab()) {
        pictured(html, page, href);
    }
    html.push_raw("</ul>");
    let (link, warnings) = Link::decode(last);
    if warnings.is_empty() && is_place(&link, last) {
        // The lab as it was, and not how the page around it stood: an embedded one has no way back.
        let link = Link { shared: Shared::default(), ..link };
        let field = |name: &str| link.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        html.push_raw("<p class=\"small\"><span class=\"dim\">Last open:</span> <a href=\"").push_text(&link.encode());
        html.push_raw("\">").push_text(link.page.entry().name);
        if let Some(step) = field("step").filter(|step| step.bytes().all(|byte| byte.is_ascii_digit())) {
            html.push_raw(", step ").push_text(step);
        }
        html.push_raw("</a></p>");
    }
    html.push_raw("</section>");
}

/// A page with its picture; what is there is told where one points at it.
fn pictured(html: &mut Markup, page: Page, href: &dyn Fn(Page) -> String) {
    let Some(Way { words, picture }) = page.way() else { return };
    html.push_raw("<li><a href=\"").push_text(&href(page)).push_raw("\" title=\"").push_text(words);
    html.push_raw("\"><svg width=\"26\" height=\"26\" viewBox=\"0 0 44 44\" aria-hidden=\"true\">").push_raw(picture);
    html.push_raw("</svg><span>").push_text(page.entry().name).push_raw("</span></a></li>");
}

fn train(html: &mut Markup, href: &dyn Fn(Page) -> String) {
    let words = Page::Train.way().map_or("", |way| way.words);
    open(html, "door-train", "Train", &href(Page::Train), words);
    html.push_raw("<ul class=\"door-list\">");
    for page in [Page::Depth, Page::Architectures] {
        pictured(html, page, href);
    }
    html.push_raw("</ul></section>");
}

fn lecture(html: &mut Markup, href: &dyn Fn(Page) -> String) {
    let words = Page::Lecture.way().map_or("", |way| way.words);
    let given = href(Page::Lecture);
    open(html, "door-lecture", "Lecture", &given, words);
    let own = Link { fields: vec![(PLACE.to_owned(), "own".to_owned())], ..Link::to(Page::Lecture) }.encode();
    html.push_raw("<p><a class=\"btn line\" href=\"")
        .push_text(&given)
        .push_raw("\">Present</a></p><p class=\"small\">");
    html.push_raw("<a href=\"").push_text(&own).push_raw("\">Your own lecture</a> <span class=\"dim\">Scenes that ");
    html.push_raw("<q>Add to lecture</q> kept, in your order.</span></p></section>");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(progress: &Progress, last: &str) -> String {
        doors(progress, last, &|page| Link::to(page).encode()).into_string()
    }

    #[test]
    fn every_page_that_has_a_way_has_a_door() {
        let html = made(&Progress::default(), "");
        for &page in Page::ALL {
            let link = ["href=\"", &Link::to(page).encode(), "\""].concat();
            assert_eq!(html.contains(&link), page.way().is_some(), "{}", page.entry().name);
        }
        roxmltree::Document::parse(&["<div>", &html, "</div>"].concat()).unwrap();
    }

    #[test]
    fn what_was_done_and_where_one_was() {
        let mut progress = Progress { last: Some(3), ..Progress::default() };
        progress.set(0, super::super::lesson::progress::Kept { tasks: 1, checks: 0, all: 1 });
        let html = made(&progress, "#/channels?x=1&step=3");
        assert!(html.contains("1 done.") && html.matches(", done<").count() == 1, "{html}");
        assert!(
            html.contains("<li class=\"here\"><a href=\"#/lessons/padding\"><i aria-hidden=\"true\">4</i>"),
            "{html}"
        );
        assert!(html.contains("Channels, step 3</a>"), "{html}");
        for last in ["", "#/train", "nothing", "#/nowhere?step=3", &["#/channels?x=", &"1,".repeat(2_000)].concat()] {
            assert!(!made(&progress, last).contains("Last open"), "{last}");
        }
        assert!(!made(&progress, "#/channels?step=<b>").contains("<b>"));
        assert!(made(&progress, "#/channels?step=3&embed=1&lecture=1").contains("href=\"#/channels?step=3\""));
    }

    #[test]
    fn only_labs_are_kept() {
        let is_kept = |link: Link| is_place(&link, &link.encode());
        assert!(!is_kept(Link::to(Page::Train)));
        assert!(is_kept(Link::to(Page::Pooling)));
    }
}
