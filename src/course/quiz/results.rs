//! The results of a class as elements. They stand for themselves: who answers questions never loads them.

use super::code::{Class, Made, Mark, class};
use crate::markup::Markup;

/// The element that they are in.
pub const RESULTS_ID: &str = "quiz-class";

/// The results that `codes` tell of, a code a line, and what is wrong with lines that are none.
pub fn results(codes: &str, questions: Made) -> Markup {
    let mut html = Markup::default();
    let (classes, troubles) = class(codes, questions);
    for trouble in troubles.iter().take(MOST_TROUBLES) {
        html.push_raw("<p class=\"quiz-trouble\">").push_text(trouble).push_raw("</p>");
    }
    if troubles.len() > MOST_TROUBLES {
        let more = format!("{} further lines are no results.", troubles.len() - MOST_TROUBLES);
        html.push_raw("<p class=\"quiz-trouble\">").push_text(&more).push_raw("</p>");
    }
    for (sheet, class) in &classes {
        html.push_raw("<section class=\"quiz-results\"><h2>");
        let (count, noun) = (class.sent.len(), if class.sent.len() == 1 { "result" } else { "results" });
        html.push_text(&format!("{}, sheet {}: {count} {noun}", sheet.family.name(), sheet.seed)).push_raw("</h2>");
        by_question(&mut html, class);
        by_mistake(&mut html, class);
        by_name(&mut html, class);
        html.push_raw("</section>");
    }
    html
}

/// Lines that are no codes, of which is told.
const MOST_TROUBLES: usize = 10;

fn head(html: &mut Markup, name: &'static str, columns: &[&'static str]) {
    html.push_raw("<div class=\"quiz-scroll\"><table class=\"quiz-table\" aria-label=\"").push_raw(name);
    html.push_raw("\"><thead><tr>");
    for column in columns {
        html.push_raw("<th scope=\"col\">").push_raw(column).push_raw("</th>");
    }
    html.push_raw("</tr></thead><tbody>");
}

const END: &str = "</tbody></table></div>";
const UNNAMED: &str = "Another number";

fn by_question(html: &mut Markup, class: &Class) {
    head(html, "By question", &["Question", "Right at once", "Mistakes"]);
    for (at, question) in class.questions.iter().enumerate() {
        html.push_raw("<tr><th scope=\"row\">").push_text(&format!("{}. {}", at + 1, question.line()));
        html.push_raw("</th><td>")
            .push_text(&format!("{} of {}", class.right(at), class.sent.len()))
            .push_raw("</td><td>");
        let told: Vec<String> = class
            .mistakes(at)
            .iter()
            .map(|(mistake, count)| format!("{count} × {}", mistake.map_or(UNNAMED, |mistake| mistake.about())))
            .collect();
        html.push_text(&told.join(" ")).push_raw("</td></tr>");
    }
    html.push_raw(END);
}

fn by_mistake(html: &mut Markup, class: &Class) {
    let all = class.all_mistakes();
    if all.is_empty() {
        return;
    }
    head(html, "By mistake", &["Mistake", "Times"]);
    for (mistake, count) in all {
        html.push_raw("<tr><th scope=\"row\">").push_text(mistake.map_or(UNNAMED, |mistake| mistake.about()));
        html.push_raw("</th><td>").push_text(&count.to_string()).push_raw("</td></tr>");
    }
    html.push_raw(END);
}

fn by_name(html: &mut Markup, class: &Class) {
    head(html, "By student", &["Student", "Right at once"]);
    for (at, sent) in (1..).zip(&class.sent) {
        let right = sent.marks.iter().filter(|mark| **mark == Mark::Right).count();
        let name = if sent.name.is_empty() { format!("Code {at}") } else { sent.name.clone() };
        html.push_raw("<tr><th scope=\"row\">").push_text(&name).push_raw("</th><td>");
        html.push_text(&format!("{right} of {}", sent.marks.len())).push_raw("</td></tr>");
    }
    html.push_raw(END);
}
