//! The parts of the page that are elements without a bench: figures, the foot, the overview, the notes.

use qrcodegen::{QrCode, QrCodeEcc};

use super::{Lecture, Place, Scene, figure, fill, shown};
use crate::markup::Markup;

/// What a scene draws that is no lab, with a link to its page.
pub fn figure_of(scene: &Scene, revealed: usize) -> Markup {
    let mut html = Markup::raw("<div class=\"talk-figure\">");
    html.push(&figure::figure(scene, revealed)).push_raw("</div>");
    if !scene.show.is_empty() {
        let link = shown(scene, 0);
        html.push_raw("<p class=\"talk-open\"><a href=\"").push_text(&link.encode()).push_raw("\">Open ");
        html.push_text(link.page.entry().name).push_raw("</a></p>");
    }
    html
}

/// Whether all of a figure's pictures are known.
pub fn is_drawn(scene: &Scene) -> bool {
    scene.figure.iter().all(|row| !matches!(row, super::Row::Picture(name) if !figure::is_known(name)))
}

/// Section, a dot for each scene, and the number.
pub fn foot(lecture: &Lecture, place: Place) -> Markup {
    let mut html = Markup::raw("<b class=\"talk-section\">");
    let section = lecture.scenes.get(place.scene).map_or("", |scene| scene.section.as_str());
    html.push_text(section).push_raw("</b><span class=\"talk-dots\" aria-hidden=\"true\">");
    for (_, first, len) in lecture.sections() {
        let is_here = (first..first + len).contains(&place.scene);
        html.push_raw(if is_here { "<span class=\"here\">" } else { "<span>" });
        for at in first..first + len {
            html.push_raw(match at.cmp(&place.scene) {
                std::cmp::Ordering::Less => "<i class=\"seen\"></i>",
                std::cmp::Ordering::Equal => "<i class=\"now\"></i>",
                std::cmp::Ordering::Greater => "<i></i>",
            });
        }
        html.push_raw("</span>");
    }
    html.push_raw("</span><span class=\"talk-number\"><b>").push_text(&(place.scene + 1).to_string());
    html.push_raw("</b> of ").push_text(&lecture.scenes.len().to_string()).push_raw("</span>");
    html
}

/// All scenes as buttons that go there, by section.
pub fn overview(lecture: &Lecture, place: Place) -> Markup {
    let mut html = Markup::raw("<div class=\"talk-overview-head\"><h2>");
    html.push_text(&lecture.title).push_raw("</h2><p>").push_text(&format!("{} scenes", lecture.scenes.len()));
    html.push_raw("</p></div><ol class=\"talk-scenes\">");
    let sections = lecture.sections();
    for (at, scene) in lecture.scenes.iter().enumerate() {
        let first = sections.iter().any(|(_, first, _)| *first == at);
        html.push_raw(if first { "<li class=\"first\"><small>" } else { "<li><small>" });
        html.push_text(if first { &scene.section } else { "" });
        html.push_raw("</small><button data-act=\"go ").push_text(&at.to_string());
        html.push_raw(match at.cmp(&place.scene) {
            std::cmp::Ordering::Less => "\" class=\"seen\"><b>",
            std::cmp::Ordering::Equal => "\" class=\"now\" id=\"talk-here\" aria-current=\"true\"><b>",
            std::cmp::Ordering::Greater => "\"><b>",
        });
        html.push_text(&(at + 1).to_string()).push_raw("</b> <span>").push_text(&fill(&scene.title, None));
        html.push_raw("</span></button></li>");
    }
    html.push_raw("</ol>");
    html
}

/// The notes of a scene, and what comes next.
pub fn notes(lecture: &Lecture, place: Place) -> Markup {
    let mut html = Markup::raw("<ul>");
    let notes = lecture.scenes.get(place.scene).map_or(&[][..], |scene| &scene.notes);
    for note in notes {
        html.push_raw("<li>").push_text(&fill(note, None)).push_raw("</li>");
    }
    if notes.is_empty() {
        html.push_raw("<li>No notes</li>");
    }
    html.push_raw("</ul>");
    html
}

/// What the next press shows.
pub fn next(lecture: &Lecture, place: Place) -> String {
    let on = place.on(lecture);
    match lecture.scenes.get(on.scene) {
        _ if on == place => "The end".to_owned(),
        Some(scene) if on.scene == place.scene => {
            let line = fill(scene.line(on.revealed), None);
            format!("Reveal: {line}")
        }
        Some(scene) => format!("{}: {}", on.scene + 1, fill(&scene.title, None)),
        None => String::new(),
    }
}

/// The most modules a side that a phone reads from the last row.
const MOST_MODULES: i32 = 97;

/// Light modules around a code, as its standard asks.
const QUIET: i32 = 4;

/// A QR code of an address, and the address; where the code would be too fine for phones, a sentence in its place.
pub fn code(address: &str) -> Markup {
    let mut html = Markup::default();
    let code = QrCode::encode_text(address, QrCodeEcc::Low).ok().filter(|code| code.size() <= MOST_MODULES);
    if let Some(code) = code {
        let side = code.size();
        html.push_raw("<svg role=\"img\" aria-label=\"QR code of the link below\" viewBox=\"");
        html.push_text(&format!("{0} {0} {1} {1}", -QUIET, side + 2 * QUIET)).push_raw("\"><path fill=\"currentColor\" d=\"");
        let mut path = String::new();
        for y in 0..side {
            for x in (0..side).filter(|x| code.get_module(*x, y)) {
                path.push_str(&format!("M{x} {y}h1v1h-1z"));
            }
        }
        html.push_text(&path).push_raw("\"/></svg>");
    } else {
        html.push_raw("<p>These numbers make too long a link for a code.</p>");
    }
    html.push_raw("<a href=\"").push_text(address).push_raw("\">").push_text(address).push_raw("</a>");
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_drawn_where_a_phone_can_read_it() {
        let drawn = code("https://example.org/receptive/#/convolution?pad=1&step=4");
        let document = {
            let whole = format!("<p>{}</p>", drawn.as_str().replace("&amp;", "-"));
            roxmltree::Document::parse(&whole).unwrap().root_element().children().count()
        };
        assert_eq!(document, 2);
        assert!(code(&"x".repeat(5_000)).as_str().contains("too long a link"));
    }

    #[test]
    fn the_foot_has_a_dot_for_each_scene() {
        let lecture = Lecture::course();
        let html = foot(&lecture, Place::at(3));
        assert_eq!(html.as_str().matches("<i").count(), lecture.scenes.len());
        assert_eq!(html.as_str().matches("class=\"now\"").count(), 1);
        assert_eq!(overview(&lecture, Place::at(3)).as_str().matches("<button").count(), lecture.scenes.len());
    }
}
