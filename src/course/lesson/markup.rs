//! A lesson as elements: its parts, and what of them follows the reader. A button says what it does in `data-act`.

use super::{
    Block, Check, LESSONS, Maths, Row, Shown, Span, Task, plain,
    progress::{Next, Progress},
    state::{LessonAction, LessonState},
};
use crate::markup::Markup;

/// Symbols of the shape formula, which have a colour and an underline each.
const SYMBOLS: [(&str, &str); 6] = [
    ("n", "<mi class=\"sym-n\">"),
    ("k", "<mi class=\"sym-k\">"),
    ("p", "<mi class=\"sym-p\">"),
    ("s", "<mi class=\"sym-s\">"),
    ("d", "<mi class=\"sym-d\">"),
    ("o", "<mi class=\"sym-o\">"),
];

const TICK: &str = "<svg class=\"tick\" width=\"16\" height=\"16\" viewBox=\"0 0 16 16\" aria-hidden=\"true\" fill=\"none\" \
    stroke=\"currentColor\" stroke-width=\"2.4\"><path d=\"M2.5 8.5 6 12l7.500-8\"/></svg>";
const CROSS: &str = "<svg class=\"cross\" width=\"14\" height=\"14\" viewBox=\"0 0 14 14\" aria-hidden=\"true\" fill=\"none\" \
    stroke=\"currentColor\" stroke-width=\"2.2\"><path d=\"M2 2l10 10M12 2 2 12\"/></svg>";

/// What the act of a button asks for.
pub fn action(act: &str) -> Option<LessonAction> {
    let mut words = act.split(' ');
    let name = words.next()?;
    let mut number = || words.next()?.parse::<usize>().ok();
    Some(match name {
        "show" => LessonAction::Show(number()?),
        "choose" => LessonAction::Choose(number()?, number()?),
        "again" => LessonAction::Again(number()?),
        "reveal" => LessonAction::Reveal(number()?),
        _ => return None,
    })
}

/// The rail: all lessons, and how many are done; `here` is the one that is read.
pub fn rail(progress: &Progress, here: Option<usize>) -> Markup {
    let mut html = Markup::raw("<p class=\"rail-head\"><span>Lessons</span> <span class=\"dim\">");
    html.push_text(&progress.done().to_string())
        .push_raw(" of ")
        .push_text(&LESSONS.len().to_string())
        .push_raw(" done</span></p><ol class=\"rail\" aria-label=\"Lessons\">");
    for (at, row) in LESSONS.iter().enumerate() {
        let done = progress.of(at).is_done();
        html.push_raw("<li").push_raw(if done { " class=\"done\"" } else { "" }).push_raw("><a href=\"");
        html.push_text(&row.link()).push_raw("\"").push_raw(if here == Some(at) {
            " aria-current=\"page\">"
        } else {
            ">"
        });
        html.push_raw("<i aria-hidden=\"true\">");
        if done && here != Some(at) {
            html.push_raw(TICK);
        } else {
            html.push_text(&(at + 1).to_string());
        }
        html.push_raw("</i><span>").push_text(row.title);
        html.push_raw(if done { "<span class=\"vh\">, done</span></span></a></li>" } else { "</span></a></li>" });
    }
    html.push_raw("</ol>");
    html
}

/// What stands above the parts.
pub fn head(state: &LessonState) -> Markup {
    let (at, row) = state.row();
    let lesson = state.lesson();
    let mut html = Markup::raw("<p class=\"dim\">Lesson ");
    html.push_text(&(at + 1).to_string())
        .push_raw(" of ")
        .push_text(&LESSONS.len().to_string())
        .push_raw(", ")
        .push_text(&lesson.minutes.to_string())
        .push_raw(if lesson.minutes == 1 { " minute</p><h1>" } else { " minutes</p><h1>" })
        .push_text(row.title)
        .push_raw("</h1><p class=\"lesson-lead\">");
    spans(&mut html, &lesson.lead);
    html.push_raw("</p>");
    if !lesson.goals.is_empty() {
        html.push_raw("<div class=\"lesson-goals\"><p>At the end you can</p>");
        list(&mut html, false, &lesson.goals);
        html.push_raw("</div>");
    }
    html
}

/// The text of part `at`, with places for what follows the reader: `lesson-task-…`, `lesson-check-…`, `lesson-show-…`.
pub fn part(state: &LessonState, at: usize) -> Markup {
    let mut html = Markup::default();
    let lesson = state.lesson();
    let Some(part) = lesson.parts.get(at) else { return html };
    let before = |of: fn(&Block) -> bool| {
        lesson.parts.iter().take(at).flat_map(|part| &part.blocks).filter(|block| of(block)).count()
    };
    let mut task = before(|block| matches!(block, Block::Task(_)));
    let mut check = before(|block| matches!(block, Block::Check(_)));
    let mut slides = before(|block| matches!(block, Block::Slides(_)));
    html.push_raw("<h2 tabindex=\"-1\" id=\"part-").push_text(&(at + 1).to_string()).push_raw("\">");
    spans(&mut html, &part.title);
    html.push_raw("</h2>");
    for block in &part.blocks {
        match block {
            Block::Text(words) => paragraph(&mut html, words),
            Block::Formula(pieces) => {
                html.push_raw("<p class=\"lesson-formula\">");
                formula(&mut html, pieces);
                html.push_raw("</p>");
            }
            Block::List { ordered, items } => list(&mut html, *ordered, items),
            Block::Table { head, rows } => table(&mut html, head, rows),
            Block::Slides(paragraphs) => {
                slides += 1;
                html.push_raw("<aside class=\"slides\" aria-label=\"Where the slides differ");
                // Landmarks are told apart by their names.
                if slides > 1 {
                    html.push_raw(", ").push_text(&slides.to_string());
                }
                html.push_raw("\"><p class=\"slides-head\">Where the slides differ</p>");
                for words in paragraphs {
                    paragraph(&mut html, words);
                }
                html.push_raw("</aside>");
            }
            Block::Door(Shown { title, link }) => {
                html.push_raw("<p class=\"lesson-door\"><a class=\"btn line\" href=\"")
                    .push_text(link)
                    .push_raw("\">Open: ");
                html.push_text(title).push_raw("</a></p>");
            }
            Block::Task(_) => {
                place(&mut html, "task", task, &self::task(state, task));
                task += 1;
            }
            Block::Check(_) => {
                place(&mut html, "check", check, &self::check(state, check));
                check += 1;
            }
        }
    }
    if lesson.shown(at).is_some() {
        place(&mut html, "show", at, &show(state, at));
    }
    html
}

fn place(html: &mut Markup, name: &'static str, number: usize, filled: &Markup) {
    html.push_raw("<div id=\"lesson-").push_raw(name).push_raw("-").push_text(&number.to_string()).push_raw("\">");
    html.push(filled).push_raw("</div>");
}

/// The button that has the lab show what part `at` is about.
pub fn show(state: &LessonState, at: usize) -> Markup {
    if state.shows_part(at) {
        return Markup::raw("<p class=\"lesson-shown dim\">Shown in the lab</p>");
    }
    let mut html = Markup::raw("<p class=\"lesson-shown\"><button class=\"btn quiet\" data-act=\"show ");
    html.push_text(&at.to_string()).push_raw("\">Show this in the lab</button></p>");
    html
}

/// A task and how far it is.
pub fn task(state: &LessonState, at: usize) -> Markup {
    let mut html = Markup::default();
    let Some((_, Task { words, reached, .. })) = state.lesson().tasks().nth(at) else { return html };
    let is_reached = state.reached(at);
    html.push_raw(if is_reached { "<div class=\"task reached\">" } else { "<div class=\"task\">" });
    html.push_raw("<p class=\"task-words\" role=\"checkbox\" tabindex=\"0\" aria-readonly=\"true\" aria-checked=\"");
    html.push_raw(if is_reached { "true\"><b>Try it</b> <span>" } else { "false\"><b>Try it</b> <span>" });
    spans(&mut html, words);
    html.push_raw("</span></p>");
    let (have, strays) = state.task(at);
    if !have.is_empty() {
        html.push_raw("<table class=\"task-have\"><thead class=\"vh\"><tr><th>What</th><th>Now</th><th>Wanted</th></tr></thead><tbody>");
        for have in have {
            html.push_raw("<tr><th scope=\"row\">").push_text(&have.of).push_raw("</th><td>");
            html.push_text(if have.now.is_empty() { "none yet" } else { &have.now });
            html.push_raw("</td><td><span class=\"dim\">wanted</span> <b>")
                .push_text(&have.wanted)
                .push_raw("</b></td></tr>");
        }
        html.push_raw("</tbody></table>");
    }
    html.push_raw("<p role=\"status\" class=\"task-status\">");
    if is_reached {
        html.push_raw(TICK);
        html.push_raw("<span>");
        spans(&mut html, reached);
        html.push_raw("</span>");
    } else if !strays.is_empty() {
        html.push_raw("<span>Also changed: ").push_text(&strays.join(", "));
        html.push_raw(". The task leaves that as it was.</span>");
    }
    html.push_raw("</p></div>");
    html
}

/// A question, and what is said of the answer that was chosen.
pub fn check(state: &LessonState, at: usize) -> Markup {
    let mut html = Markup::default();
    let Some((_, Check { question, options })) = state.lesson().checks().nth(at) else { return html };
    let asked = state.asked(at);
    let chosen = asked.chosen.and_then(|chosen| options.get(chosen));
    let is_right = chosen.is_some_and(|option| option.right);
    let number = at.to_string();
    html.push_raw("<div class=\"check\" role=\"group\" aria-label=\"Question\"><p class=\"check-question\">");
    spans(&mut html, question);
    html.push_raw("</p><div class=\"options\" role=\"radiogroup\" aria-label=\"Answers\">");
    for (option, choice) in options.iter().enumerate() {
        let is_chosen = asked.chosen == Some(option);
        let shows_right = choice.right && (asked.revealed || is_chosen);
        html.push_raw("<label class=\"option").push_raw(match (shows_right, is_chosen) {
            (true, _) => " right",
            (false, true) => " wrong",
            (false, false) => "",
        });
        html.push_raw("\"><input type=\"radio\" name=\"check-").push_text(&number).push_raw("\" id=\"check-");
        html.push_text(&number).push_raw("-").push_text(&option.to_string()).push_raw("\" data-set=\"choose ");
        html.push_text(&number).push_raw(" ").push_text(&option.to_string());
        html.push_raw(if is_chosen { "\" checked" } else { "\"" });
        html.push_raw(if asked.revealed { " disabled><span>" } else { "><span>" });
        spans(&mut html, &choice.answer);
        html.push_raw("</span>");
        if is_chosen {
            html.push_raw("<small>your answer</small>");
        }
        html.push_raw("</label>");
    }
    html.push_raw("</div><div role=\"status\" class=\"check-status\">");
    let shown = if asked.revealed { options.iter().find(|option| option.right) } else { chosen };
    if let Some(option) = shown {
        html.push_raw(if option.right { "<p class=\"says right\">" } else { "<p class=\"says wrong\">" });
        html.push_raw(if option.right { TICK } else { CROSS });
        html.push_raw("<span>");
        if option.right {
            html.push_raw("<b>");
            html.push_text(&plain(&option.answer)).push_raw("</b> is right. ");
        }
        spans(&mut html, &option.says);
        html.push_raw("</span></p>");
    }
    html.push_raw("</div>");
    if asked.chosen.is_some() && !is_right && !asked.revealed {
        html.push_raw("<p class=\"check-acts\"><button class=\"btn line\" data-act=\"again ").push_text(&number);
        html.push_raw("\">Try again</button><button class=\"btn line\" data-act=\"reveal ").push_text(&number);
        html.push_raw("\">Reveal the answer</button></p>");
    }
    html.push_raw("</div>");
    html
}

/// The lessons before and after.
pub fn foot(at: usize) -> Markup {
    let mut html = Markup::raw("<nav class=\"lesson-foot\" aria-label=\"Lessons before and after\">");
    let mut door = |row: Option<&Row>, begin: &'static str, name: &'static str| {
        if let Some(row) = row {
            html.push_raw(begin).push_text(&row.link()).push_raw("\">").push_raw(name).push_raw(": ");
            html.push_text(row.title).push_raw("</a>");
        }
    };
    door(at.checked_sub(1).and_then(|at| LESSONS.get(at)), "<a class=\"btn line\" href=\"", "Previous lesson");
    door(LESSONS.get(at + 1), "<a class=\"btn solid\" href=\"", "Next lesson");
    html.push_raw("</nav>");
    html
}

/// The button that goes on with the course.
pub fn go_on(progress: &Progress) -> Markup {
    let Next { words, link } = progress.next();
    let mut html = Markup::raw("<p class=\"lesson-go\"><a class=\"btn solid\" href=\"");
    html.push_text(&link).push_raw("\">").push_text(&words).push_raw("</a></p>");
    html
}

fn paragraph(html: &mut Markup, words: &[Span]) {
    html.push_raw("<p>");
    spans(html, words);
    html.push_raw("</p>");
}

fn list(html: &mut Markup, ordered: bool, items: &[Vec<Span>]) {
    html.push_raw(if ordered { "<ol>" } else { "<ul>" });
    for item in items {
        html.push_raw("<li>");
        spans(html, item);
        html.push_raw("</li>");
    }
    html.push_raw(if ordered { "</ol>" } else { "</ul>" });
}

fn table(html: &mut Markup, head: &[Vec<Span>], rows: &[Vec<Vec<Span>>]) {
    html.push_raw("<div class=\"lesson-table\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table><thead><tr>");
    for cell in head {
        html.push_raw("<th scope=\"col\">");
        spans(html, cell);
        html.push_raw("</th>");
    }
    html.push_raw("</tr></thead><tbody>");
    for row in rows {
        html.push_raw("<tr>");
        for (at, cell) in row.iter().enumerate() {
            // A formula is no header that a screen reader could read out.
            let is_header = at == 0 && !cell.iter().any(|span| matches!(span, Span::Formula(_)));
            html.push_raw(if is_header { "<th scope=\"row\">" } else { "<td>" });
            spans(html, cell);
            html.push_raw(if is_header { "</th>" } else { "</td>" });
        }
        html.push_raw("</tr>");
    }
    html.push_raw("</tbody></table></div>");
}

pub(super) fn spans(html: &mut Markup, all: &[Span]) {
    for span in all {
        match span {
            Span::Text(words) => {
                html.push_text(words);
            }
            Span::Strong(words) => {
                html.push_raw("<b>").push_text(words).push_raw("</b>");
            }
            Span::Term(words) => {
                html.push_raw("<dfn>").push_text(words).push_raw("</dfn>");
            }
            Span::Code(words) => {
                html.push_raw("<code>").push_text(words).push_raw("</code>");
            }
            Span::Link { to, words } => {
                html.push_raw("<a href=\"").push_text(to).push_raw("\">").push_text(words).push_raw("</a>");
            }
            Span::Formula(pieces) => formula(html, pieces),
        }
    }
}

fn formula(html: &mut Markup, pieces: &[Maths]) {
    html.push_raw("<math>");
    maths(html, pieces);
    html.push_raw("</math>");
}

/// Deeper than this a formula is not written: none of ours is, but bytes can be anything.
const MOST_NESTED: usize = 16;

fn maths(html: &mut Markup, pieces: &[Maths]) {
    nested(html, pieces, MOST_NESTED);
}

fn nested(html: &mut Markup, pieces: &[Maths], depth: usize) {
    let Some(depth) = depth.checked_sub(1) else { return };
    let group = |html: &mut Markup, pieces: &[Maths]| {
        html.push_raw("<mrow>");
        nested(html, pieces, depth);
        html.push_raw("</mrow>");
    };
    for piece in pieces {
        match piece {
            Maths::Letter(letter) => {
                let symbol = SYMBOLS.iter().find(|(symbol, _)| symbol == letter);
                html.push_raw(symbol.map_or("<mi>", |(_, open)| *open)).push_text(letter).push_raw("</mi>");
            }
            Maths::Number(number) => {
                html.push_raw("<mn>").push_text(number).push_raw("</mn>");
            }
            Maths::Sign(sign) => {
                html.push_raw("<mo>").push_text(sign).push_raw("</mo>");
            }
            Maths::Words(words) => {
                html.push_raw("<mtext>").push_text(words).push_raw("</mtext>");
            }
            Maths::Scripts(of, below, above) => {
                let (open, close) = match (below.is_empty(), above.is_empty()) {
                    (false, false) => ("<msubsup>", "</msubsup>"),
                    (false, true) => ("<msub>", "</msub>"),
                    (true, false) => ("<msup>", "</msup>"),
                    (true, true) => ("<mrow>", "</mrow>"),
                };
                html.push_raw(open);
                group(html, of);
                for script in [below, above].into_iter().filter(|script| !script.is_empty()) {
                    group(html, script);
                }
                html.push_raw(close);
            }
            Maths::Fraction(above, below) => {
                html.push_raw("<mfrac>");
                group(html, above);
                group(html, below);
                html.push_raw("</mfrac>");
            }
            Maths::Root(of) => {
                html.push_raw("<msqrt>");
                nested(html, of, depth);
                html.push_raw("</msqrt>");
            }
        }
    }
}
