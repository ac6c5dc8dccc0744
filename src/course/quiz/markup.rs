//! The page as elements: its parts, and what a press or a typed text in them asks for. A button says what it does in
//! `data-act`, a field in `data-set`, as on the pages of depth and architectures.

use super::{
    Family, Form, LEVELS, Question,
    code::Mark,
    letter, number, same,
    sheet::{Place, Settings, Sheet, USUAL},
    state::{Action, Plan, Quiz, Run, Stage, field},
};
use crate::{
    course::icon::{ARROW, CROSS, TICK},
    markup::Markup,
    num::{Matrix, format, sort_few},
};

/// A part of the page, which is written anew when it differs.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// The element that it is in.
    pub id: &'static str,
    /// What is in it.
    pub of: fn(&Quiz) -> Markup,
}

/// The parts; one that holds others comes before them.
pub const PARTS: &[Part] = &[
    Part { id: "quiz-screen", of: screen },
    Part { id: "quiz-links", of: |quiz| links(quiz).unwrap_or_default() },
    Part { id: "quiz-marks", of: |quiz| of_run(quiz, |run, _| marks(run)) },
    Part { id: "quiz-answer", of: |quiz| of_run(quiz, answer) },
    Part { id: "quiz-said", of: |quiz| of_run(quiz, said) },
    Part { id: "quiz-buttons", of: |quiz| of_run(quiz, buttons) },
];

/// What a button or a field asks for, by its attribute and the text that was typed or chosen.
pub fn action(asked: &str, text: &str) -> Option<Action> {
    let (verb, rest) = asked.split_once(' ').unwrap_or((asked, ""));
    Some(match verb {
        "check" => Action::Check,
        "again" => Action::Again,
        "reveal" => Action::Reveal,
        "next" => Action::Next,
        "restart" => Action::Restart,
        "type" => Action::Type(rest.parse().ok()?, text.to_owned()),
        "pick" => Action::Type(0, rest.to_owned()),
        "family" => Action::SheetFamily(Family::from_slug(text)?),
        "seed" => Action::SheetSeed(text.to_owned()),
        "count" => Action::SheetCount(text.to_owned()),
        "codes" => Action::Codes(text.to_owned()),
        _ => return None,
    })
}

fn of_run(quiz: &Quiz, part: fn(&Run, &Question) -> Markup) -> Markup {
    let run = quiz.run.as_ref();
    let part = run.and_then(|run| run.question.as_ref().map(|question| part(run, question)));
    part.unwrap_or_default()
}

/// What holds the other parts: it follows the place and the question, not what is typed.
fn screen(quiz: &Quiz) -> Markup {
    match (quiz.settings.place, &quiz.run) {
        (Place::Start, _) => start(quiz),
        (Place::Results, _) => Markup::raw(
            "<p class=\"small\"><a href=\"#/quiz\">Quiz</a></p><h1>Results of a class</h1>\
             <p class=\"quiz-lead\">A student who has answered a sheet gets a code. Paste the codes here, one a line; a \
             name can stand before each.</p>\
             <textarea id=\"quiz-codes\" class=\"quiz-codes\" rows=\"6\" aria-label=\"Result codes\" data-set=\"codes\" \
             spellcheck=\"false\" placeholder=\"Ada 41MR-…\"></textarea>\
             <p class=\"small dim\">Codes are checked against typing errors. They are no proof against cheating: a code can \
             be made without answering anything.</p><div id=\"quiz-class\" aria-live=\"polite\"></div>",
        ),
        (Place::Questions(_), Some(run)) => match &run.question {
            Some(question) => asked(run, question),
            None => end(quiz, run),
        },
        (Place::Questions(_), None) => sheet(&quiz.settings),
    }
}

fn link(html: &mut Markup, class: &'static str, href: &str, text: &str) {
    html.push_raw("<a class=\"").push_raw(class).push_raw("\" href=\"").push_text(href).push_raw("\">").push_text(text);
    html.push_raw("</a>");
}

fn button(html: &mut Markup, class: &'static str, act: &'static str, text: &str) {
    html.push_raw("<button id=\"quiz-").push_raw(act).push_raw("\" class=\"").push_raw(class);
    html.push_raw("\" data-act=\"").push_raw(act).push_raw("\">").push_text(text).push_raw("</button>");
}

fn of_family(family: Family) -> Settings {
    Settings { place: Place::Questions(family), ..Settings::default() }
}

/// The families, what is remembered of each, and a sheet for a class.
fn start(quiz: &Quiz) -> Markup {
    let mut html = Markup::raw(
        "<h1>Quiz</h1><p class=\"quiz-lead\">Questions whose answers are computed. A wrong answer is named by the mistake \
         that makes it, and what was wrong comes back.</p><ul class=\"quiz-families\">",
    );
    for family in Family::ALL {
        html.push_raw("<li><h2>");
        link(&mut html, "", &of_family(*family).link(), family.name());
        html.push_raw("</h2><p class=\"dim\">").push_text(family.about()).push_raw("</p>");
        let known = quiz.progress.of(*family);
        if known.asked > 0 {
            let text = format!("{} answered, {} right at once", known.asked, known.right);
            html.push_raw("<p class=\"quiz-known\">").push_text(&text);
            if family.most().is_none() {
                html.push_text(&format!(", level {} of {LEVELS}", known.level + 1));
            }
            html.push_raw("</p>");
        }
        let made = quiz.progress.made(*family);
        if !made.is_empty() {
            html.push_raw("<details class=\"quiz-made small\"><summary>");
            let (count, verb) = (made.len(), if made.len() == 1 { "mistake comes" } else { "mistakes come" });
            html.push_text(&format!("{count} {verb} back")).push_raw("</summary><ul>");
            for made in made {
                html.push_raw("<li>").push_text(made.mistake.about()).push_raw("</li>");
            }
            html.push_raw("</ul></details>");
        }
        html.push_raw("</li>");
    }
    html.push_raw("</ul>");
    if !quiz.is_kept {
        html.push_raw("<p class=\"quiz-note\">Progress is not kept on this device: the browser does not allow it.</p>");
    }
    html.push_raw(
        "<section class=\"quiz-plan\" aria-labelledby=\"quiz-plan-title\"><h2 id=\"quiz-plan-title\">A sheet for a class</h2>\
         <p class=\"dim\">A seed gives everyone the same questions, from easy to hard.</p><div class=\"quiz-plan-row\">\
         <label><span>Questions about</span><select id=\"quiz-plan-family\" class=\"select\" data-set=\"family\">",
    );
    // Of the link, as the fields beside it.
    let chosen = quiz.settings.about.unwrap_or(Plan::FAMILY);
    for family in Family::ALL {
        html.push_raw("<option value=\"").push_text(family.slug()).push_raw("\"");
        html.push_raw(if *family == chosen { " selected>" } else { ">" });
        html.push_text(family.name()).push_raw("</option>");
    }
    html.push_raw(
        "</select></label><label><span>Seed</span><input id=\"quiz-plan-seed\" class=\"field\" inputmode=\"numeric\" \
         autocomplete=\"off\" data-set=\"seed\" value=\"",
    );
    // Of the link, and not of what is typed: the field has that already.
    html.push_text(&quiz.settings.seed.unwrap_or(Plan::SEED).to_string()).push_raw(
        "\"></label><label><span>How many</span><input id=\"quiz-plan-n\" \
         class=\"field\" inputmode=\"numeric\" autocomplete=\"off\" data-set=\"count\" value=\"",
    );
    html.push_text(&quiz.settings.n.unwrap_or(USUAL).to_string()).push_raw(
        "\"></label></div>\
         <div id=\"quiz-links\" class=\"quiz-links\" aria-live=\"polite\"></div>",
    );
    link(
        &mut html,
        "",
        &Settings { place: Place::Results, ..Settings::default() }.link(),
        "Read the results of a class",
    );
    html.push_raw("</section>");
    html
}

/// The links of the sheet for a class, or what is typed wrong.
fn links(quiz: &Quiz) -> Option<Markup> {
    if quiz.settings.place != Place::Start {
        return None;
    }
    let mut html = Markup::default();
    let ways = [(false, false, "Answer it here"), (true, false, "Print it"), (true, true, "Print it with answers")];
    for (sheet, answers, text) in ways {
        match quiz.plan.settings(sheet, answers) {
            Ok(settings) => link(&mut html, "btn line", &settings.link(), text),
            Err(sentence) => {
                html.push_raw("<p class=\"quiz-trouble\">").push_text(sentence).push_raw("</p>");
                break;
            }
        }
    }
    Some(html)
}

/// A question, with room for its answer.
fn asked(run: &Run, question: &Question) -> Markup {
    let mut html =
        Markup::raw("<div class=\"quiz-head\"><p class=\"small\"><a href=\"#/quiz\">Quiz</a> <span class=\"dim\">");
    html.push_text(run.sheet.family.name());
    if run.is_shared {
        html.push_text(&format!(", sheet {}", run.sheet.seed));
    }
    html.push_raw("</span></p><ol id=\"quiz-marks\" class=\"quiz-marks\" aria-label=\"Answers so far\"></ol></div>");
    html.push_raw("<section class=\"quiz-asked\" role=\"group\" aria-label=\"");
    html.push_text(&named(run.at, run.sheet.n)).push_raw("\"><h1>").push_text(&question.text);
    html.push_raw("</h1><div class=\"quiz-body\">");
    given(&mut html, question);
    html.push_raw(
        "<div id=\"quiz-answer\" class=\"quiz-answer\"></div></div><div class=\"quiz-foot\"><div id=\"quiz-said\" \
         class=\"quiz-said\" role=\"status\"></div><div id=\"quiz-buttons\" class=\"quiz-buttons\"></div></div></section>",
    );
    html
}

/// `Question 3 of 10`
fn named(at: usize, n: u32) -> String {
    format!("Question {} of {n}", at + 1)
}

/// What is given: facts and matrices.
fn given(html: &mut Markup, question: &Question) {
    html.push_raw("<div class=\"quiz-given\">");
    if !question.facts.is_empty() {
        html.push_raw("<dl class=\"quiz-facts\">");
        for (name, value) in &question.facts {
            html.push_raw("<div><dt>").push_text(name).push_raw("</dt><dd>").push_text(value).push_raw("</dd></div>");
        }
        html.push_raw("</dl>");
    }
    if !question.planes.is_empty() {
        html.push_raw("<div class=\"quiz-planes\">");
        for plane in &question.planes {
            html.push_raw("<figure><figcaption><b>").push_text(&plane.name).push_raw("</b> <span class=\"faint\">");
            html.push_text(&format::shape(&[plane.cells.rows(), plane.cells.cols()])).push_raw("</span></figcaption>");
            matrix(html, &plane.name, &plane.cells);
            html.push_raw("</figure>");
        }
        html.push_raw("</div>");
    }
    html.push_raw("</div>");
}

fn matrix(html: &mut Markup, name: &str, cells: &Matrix) {
    html.push_raw("<table class=\"quiz-matrix\" aria-label=\"").push_text(name).push_raw("\">");
    rows(html, cells.cells(), cells.cols());
    html.push_raw("</table>");
}

fn rows(html: &mut Markup, values: &[f64], cols: usize) {
    html.push_raw("<tbody>");
    for row in values.chunks(cols.max(1)) {
        html.push_raw("<tr>");
        for value in row {
            html.push_raw("<td>").push_text(&number(*value)).push_raw("</td>");
        }
        html.push_raw("</tr>");
    }
    html.push_raw("</tbody>");
}

/// How the questions were answered until now.
fn marks(run: &Run) -> Markup {
    let mut html = Markup::default();
    for at in 0..run.sheet.n as usize {
        let shown = (at + 1).to_string();
        let here = at == run.at;
        let (class, words, icon) = match run.marks.get(at) {
            Some(Mark::Right) => ("right", "right", TICK),
            Some(Mark::Wrong(_)) => ("wrong", "wrong", CROSS),
            Some(Mark::Open) => ("shown", "revealed", "?"),
            None => ("", "", ""),
        };
        html.push_raw("<li class=\"").push_raw(class).push_raw(if here {
            " now\" aria-current=\"step\">"
        } else {
            "\">"
        });
        if words.is_empty() {
            html.push_text(&shown);
        } else {
            html.push_raw("<span class=\"vh\">").push_text(&format!("{shown}: {words}")).push_raw("</span>");
            html.push_raw("<span aria-hidden=\"true\">").push_raw(icon).push_raw("</span>");
        }
        html.push_raw("</li>");
    }
    html
}

/// Where the answer is typed or chosen.
fn answer(run: &Run, question: &Question) -> Markup {
    let mut html = Markup::default();
    let is_done = run.stage.is_done();
    let typed = |at: usize| run.typed.get(at).map_or("", String::as_str);
    match &question.form {
        Form::Choice(options) => {
            html.push_raw("<div class=\"quiz-options\" role=\"radiogroup\" aria-label=\"Answer\">");
            for (at, option) in options.iter().enumerate() {
                let is_picked = typed(0) == at.to_string();
                let is_right = same(option, &question.right);
                let (class, verdict) = match (is_picked, &run.stage) {
                    (_, stage) if stage.is_done() && is_right => (" right", "right"),
                    (true, Stage::Wrong(_) | Stage::Revealed) => (" wrong", "your answer"),
                    _ => ("", ""),
                };
                html.push_raw("<label class=\"quiz-option")
                    .push_raw(class)
                    .push_raw("\"><input type=\"radio\" name=\"quiz\" id=\"");
                html.push_text(&field(at)).push_raw("\" data-set=\"pick ").push_text(&at.to_string());
                html.push_raw("\" aria-label=\"").push_text(&format!("{}: {}", letter(at), question.said(option)));
                html.push_raw("\"").push_raw(if is_picked { " checked" } else { "" });
                html.push_raw(if is_done && !is_picked { " disabled>" } else { ">" });
                html.push_raw("<b aria-hidden=\"true\">").push_text(&letter(at).to_string()).push_raw("</b>");
                html.push_raw("<table class=\"quiz-matrix\" role=\"presentation\" aria-hidden=\"true\">");
                rows(&mut html, option, question.shape.1);
                html.push_raw("</table>");
                if !verdict.is_empty() {
                    html.push_raw("<span class=\"quiz-verdict\">");
                    html.push_raw(if verdict == "right" { TICK } else { CROSS }).push_text(verdict).push_raw("</span>");
                }
                html.push_raw("</label>");
            }
            html.push_raw("</div>");
        }
        Form::Matrix => {
            html.push_raw(
                "<p class=\"quiz-label\" aria-hidden=\"true\"><b>Your answer</b></p>\
                <table class=\"quiz-matrix typed\" role=\"grid\" aria-label=\"Your answer\"><tbody>",
            );
            let (_, cols) = question.shape;
            let fields = question.fields();
            for row in 0..question.right.len() / cols.max(1) {
                html.push_raw("<tr role=\"row\">");
                for at in row * cols..(row + 1) * cols {
                    html.push_raw("<td role=\"gridcell\">");
                    let name = fields.get(at).map_or("", String::as_str);
                    input(&mut html, (at, name), typed(at), is_done, Some(cols));
                    html.push_raw("</td>");
                }
                html.push_raw("</tr>");
            }
            html.push_raw("</tbody></table>");
        }
        Form::Number | Form::Shape => {
            html.push_raw("<div class=\"quiz-fields\">");
            for (at, name) in question.fields().iter().enumerate() {
                if at > 0 {
                    html.push_raw("<span class=\"quiz-times\" aria-hidden=\"true\">×</span>");
                }
                html.push_raw("<label><span>").push_text(name).push_raw("</span>");
                input(&mut html, (at, name), typed(at), is_done, None);
                html.push_raw("</label>");
            }
            html.push_raw("</div>");
        }
    }
    if !is_done {
        let class = if matches!(run.stage, Stage::Wrong(_)) { "btn line" } else { "btn solid" };
        button(&mut html, class, "check", "Check");
    }
    html
}

fn input(html: &mut Markup, (at, name): (usize, &str), typed: &str, is_done: bool, cols: Option<usize>) {
    html.push_raw("<input class=\"field\" autocomplete=\"off\" inputmode=\"text\" id=\"").push_text(&field(at));
    html.push_raw("\" data-set=\"type ").push_text(&at.to_string()).push_raw("\" value=\"").push_text(typed);
    if let Some(cols) = cols {
        html.push_raw("\" aria-label=\"").push_text(name).push_raw("\" data-cols=\"").push_text(&cols.to_string());
    }
    html.push_raw(if is_done { "\" readonly>" } else { "\">" });
}

/// What the answer is worth.
fn said(run: &Run, question: &Question) -> Markup {
    let mut html = Markup::default();
    let (class, icon) = match run.stage {
        Stage::Open => return html,
        Stage::Right => ("right", TICK),
        Stage::Wrong(_) => ("wrong", CROSS),
        Stage::Unreadable(_) | Stage::Revealed => ("shown", ""),
    };
    html.push_raw("<div class=\"").push_raw(class).push_raw("\">").push_raw(icon).push_raw("<div><p class=\"lead\">");
    match &run.stage {
        Stage::Open => {}
        Stage::Wrong(sentence) | Stage::Unreadable(sentence) => {
            html.push_text(sentence);
        }
        Stage::Right => {
            html.push_raw("<b>Right:</b> ").push_text(&question.answer()).push_raw(".");
        }
        Stage::Revealed => {
            html.push_raw("The answer is <b>").push_text(&question.answer()).push_raw("</b>.");
        }
    }
    html.push_raw("</p>");
    if run.stage.is_done() {
        html.push_raw("<p class=\"dim\">").push_text(&question.how).push_raw("</p>");
    }
    html.push_raw("</div></div>");
    html
}

/// What can be done next.
fn buttons(run: &Run, question: &Question) -> Markup {
    let mut html = Markup::default();
    if run.stage.is_done() {
        link(&mut html, "btn line", &question.link, "Show me");
        html.push_raw("<button id=\"quiz-next\" class=\"btn solid\" data-act=\"next\">");
        let is_last = run.at + 1 >= run.sheet.n as usize;
        html.push_raw(if is_last { "See the result" } else { "Next question" }).push_raw(ARROW).push_raw("</button>");
    } else if matches!(run.stage, Stage::Wrong(_)) {
        link(&mut html, "btn quiet", &question.link, "Show me");
        button(&mut html, "btn line", "again", "Try again");
        button(&mut html, "btn solid", "reveal", "Reveal the answer");
    } else {
        button(&mut html, "btn quiet", "reveal", "Reveal the answer");
    }
    html
}

/// The result.
fn end(quiz: &Quiz, run: &Run) -> Markup {
    let right = run.marks.iter().filter(|mark| **mark == Mark::Right).count();
    let mut html = Markup::raw("<p class=\"small\"><a href=\"#/quiz\">Quiz</a> <span class=\"dim\">");
    html.push_text(run.sheet.family.name()).push_raw("</span></p><h1 id=\"quiz-end\" tabindex=\"-1\">");
    html.push_text(&format!("{right} of {} right at once", run.sheet.n))
        .push_raw("</h1><ol class=\"quiz-marks\" aria-label=\"Answers\">");
    html.push(&marks(run)).push_raw("</ol>");
    let mut made: Vec<_> = run
        .marks
        .iter()
        .filter_map(|mark| match mark {
            Mark::Wrong(mistake) => *mistake,
            _ => None,
        })
        .collect();
    sort_few(&mut made, |mistake| *mistake);
    made.dedup();
    if !made.is_empty() {
        html.push_raw("<section><h2>Mistakes that come back</h2><ul class=\"quiz-list\">");
        for mistake in made {
            html.push_raw("<li>").push_text(mistake.about()).push_raw("</li>");
        }
        html.push_raw("</ul></section>");
    }
    if let Some(code) = quiz.code() {
        html.push_raw("<section class=\"quiz-code\"><h2>Your result as a code</h2><p class=\"dim\">For who gave you the sheet. \
            It tells which questions were right at once, and which mistakes were made.</p><div><output id=\"quiz-result\" \
            aria-label=\"Result code\">");
        html.push_text(&code).push_raw("</output><button class=\"btn line\" data-act=\"copy\" data-value=\"");
        html.push_text(&code).push_raw("\">Copy</button></div></section>");
    }
    if !quiz.is_kept {
        html.push_raw("<p class=\"quiz-note\">Progress is not kept on this device: the browser does not allow it.</p>");
    }
    html.push_raw("<div class=\"quiz-links\">");
    let again = if run.is_shared || run.sheet.family == Family::Course { "Begin again" } else { "Further questions" };
    button(&mut html, "btn solid", "restart", again);
    link(&mut html, "btn line", "#/quiz", "All families");
    html.push_raw("</div>");
    html
}

/// All questions of a sheet, to be printed.
fn sheet(settings: &Settings) -> Markup {
    let Some(sheet) = Sheet::of(settings) else { return Markup::default() };
    let questions = sheet.questions();
    let mut html = Markup::raw(
        "<div class=\"quiz-head\"><p class=\"small\"><a href=\"#/quiz\">Quiz</a></p><div class=\"quiz-tools\">",
    );
    let other = Settings { sheet: true, answers: !settings.answers, ..settings.clone() };
    link(&mut html, "btn quiet", &other.link(), if settings.answers { "Without answers" } else { "With answers" });
    let here = Settings { sheet: false, answers: false, ..settings.clone() };
    link(&mut html, "btn quiet", &here.link(), "Answer it here");
    button(&mut html, "btn line", "print", "Print");
    html.push_raw("</div></div><h1>").push_text(&format!("{}, sheet {}", sheet.family.name(), sheet.seed));
    html.push_raw("</h1><p class=\"quiz-name\" aria-hidden=\"true\">Name</p><div class=\"quiz-sheet\">");
    for (at, question) in questions.iter().enumerate() {
        html.push_raw("<section role=\"group\" aria-label=\"").push_text(&named(at, sheet.n)).push_raw("\"><h2>");
        html.push_text(&format!("{}. {}", at + 1, question.text)).push_raw("</h2>");
        given(&mut html, question);
        blank(&mut html, question);
        if settings.answers {
            html.push_raw("<div class=\"quiz-key\"><p><b>").push_text(&format!("Answer: {}", question.answer()));
            html.push_raw("</b></p><p class=\"dim\">").push_text(&question.how).push_raw("</p>");
            link(&mut html, "", &question.link, "Show me");
            html.push_raw("</div>");
        }
        html.push_raw("</section>");
    }
    html.push_raw("</div>");
    html
}

/// Where an answer is written on paper.
fn blank(html: &mut Markup, question: &Question) {
    match &question.form {
        Form::Choice(options) => {
            html.push_raw("<ul class=\"quiz-options\">");
            for (at, option) in options.iter().enumerate() {
                html.push_raw("<li class=\"quiz-option\"><b>").push_text(&letter(at).to_string()).push_raw("</b>");
                html.push_raw("<table class=\"quiz-matrix\" aria-label=\"")
                    .push_text(&format!("Option {}", letter(at)))
                    .push_raw("\">");
                rows(html, option, question.shape.1);
                html.push_raw("</table></li>");
            }
            html.push_raw("</ul>");
        }
        Form::Matrix => {
            html.push_raw("<div class=\"quiz-blank\" aria-hidden=\"true\"><table class=\"quiz-matrix\"><tbody>");
            for _ in 0..question.shape.0 {
                html.push_raw("<tr>");
                for _ in 0..question.shape.1 {
                    html.push_raw("<td></td>");
                }
                html.push_raw("</tr>");
            }
            html.push_raw("</tbody></table></div>");
        }
        Form::Number | Form::Shape => {
            html.push_raw("<div class=\"quiz-blank\" aria-hidden=\"true\">");
            for name in question.fields() {
                html.push_raw("<span>").push_text(&name).push_raw("</span><i></i>");
            }
            html.push_raw("</div>");
        }
    }
}
