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

/// How a lecture came, for what can be done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// The course's.
    Course,
    /// The one that is kept on this device.
    Device,
    /// A link, or a file that was damaged: not kept yet.
    Link,
}

fn button(html: &mut Markup, act: &'static str, name: &'static str) {
    html.push_raw("<button class=\"btn line\" data-act=\"")
        .push_raw(act)
        .push_raw("\">")
        .push_raw(name)
        .push_raw("</button>");
}

/// All scenes: of the course's lecture as buttons that go there, by section; of one's own with what changes them.
pub fn overview(lecture: &Lecture, place: Place, from: From) -> Markup {
    let mut html = Markup::raw("<div class=\"talk-overview-head\">");
    if from == From::Course {
        html.push_raw("<h2>").push_text(&lecture.title).push_raw("</h2>");
    } else {
        html.push_raw("<input class=\"field\" data-set=\"name\" aria-label=\"Title of the lecture\" value=\"");
        html.push_text(&lecture.title).push_raw("\">");
    }
    html.push_raw("<p>")
        .push_text(&format!("{} scenes", lecture.scenes.len()))
        .push_raw("</p><span class=\"talk-files\">");
    if from == From::Link {
        button(&mut html, "keep", "Keep on this device");
    }
    button(&mut html, "export", "Export as a file");
    if from == From::Course {
        html.push_raw("<a class=\"btn quiet\" href=\"#/lecture/own\">Own lecture</a>");
    } else {
        button(&mut html, "link", "Copy as a link");
        html.push_raw(
            "<label class=\"btn line\">Import a file<input class=\"vh\" type=\"file\" data-set=\"import\" \
             accept=\".md,.txt,text/*\"></label><a class=\"btn quiet\" href=\"#/lecture/cnn\">The course's lecture</a>",
        );
    }
    button(&mut html, "overview", "Close");
    html.push_raw("</span></div>");
    if lecture.scenes.is_empty() {
        html.push_raw("<p class=\"talk-empty\">No scenes yet. In any lab: Ctrl K, then Add to lecture.</p>");
    }
    html.push_raw(if from == From::Course { "<ol class=\"talk-scenes\">" } else { "<ol class=\"talk-own\">" });
    let sections = lecture.sections();
    for (at, scene) in lecture.scenes.iter().enumerate() {
        if from != From::Course {
            own_scene(&mut html, at, scene);
            continue;
        }
        let first = sections.iter().any(|(_, first, _)| *first == at);
        html.push_raw(if first { "<li class=\"begins\"><small>" } else { "<li><small>" });
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

/// What changes a scene of one's own: name, what a button asks for.
const CHANGES: [(&str, &str); 5] =
    [("Show", "go"), ("Up", "up"), ("Down", "down"), ("Duplicate", "duplicate"), ("Delete", "delete")];

fn own_scene(html: &mut Markup, at: usize, scene: &Scene) {
    let (number, place) = ((at + 1).to_string(), at.to_string());
    html.push_raw("<li><b>")
        .push_text(&number)
        .push_raw("</b><input class=\"field\" data-set=\"title ")
        .push_text(&place);
    html.push_raw("\" aria-label=\"Title of scene ").push_text(&number).push_raw("\" value=\"").push_text(&scene.title);
    html.push_raw("\"><textarea class=\"field\" rows=\"2\" data-set=\"notes ").push_text(&place);
    html.push_raw("\" aria-label=\"Notes of scene ").push_text(&number).push_raw("\">");
    for (line, note) in scene.notes.iter().enumerate() {
        html.push_raw(if line == 0 { "" } else { "\n" }).push_text(note);
    }
    html.push_raw("</textarea><span>");
    for (name, act) in CHANGES {
        html.push_raw("<button class=\"btn quiet\" id=\"talk-").push_raw(act).push_raw("-").push_text(&place);
        html.push_raw("\" data-act=\"").push_raw(act).push_raw(" ").push_text(&place).push_raw("\" aria-label=\"");
        html.push_raw(name).push_raw(" scene ").push_text(&number).push_raw("\">").push_raw(name).push_raw("</button>");
    }
    html.push_raw("</span></li>");
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
        html.push_text(&format!("{0} {0} {1} {1}", -QUIET, side + 2 * QUIET))
            .push_raw("\"><path fill=\"currentColor\" d=\"");
        let mut path = String::new();
        for y in 0..side {
            for x in (0..side).filter(|x| code.get_module(*x, y)) {
                path.extend(["M", &x.to_string(), " ", &y.to_string(), "h1v1h-1z"]);
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
        assert_eq!(
            overview(&lecture, Place::at(3), From::Course).as_str().matches("data-act=\"go").count(),
            lecture.scenes.len()
        );
    }
}
