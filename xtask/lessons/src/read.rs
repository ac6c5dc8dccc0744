//! A lesson's Markdown as a [`Lesson`].

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use receptive::{
    course::lesson::{Block, Check, Choice, Goal, Have, Lesson, Part, Shown, Span, Task, plain},
    link::Link,
};

use crate::{lab::Lab, maths, value};

/// Words that are read in a minute, beside a lab.
const WORDS_A_MINUTE: usize = 150;
/// Seconds for what is done in a lab, answered, or ticked.
const SECONDS_A_TURN: usize = 25;

/// Reads a lesson; all that is wrong with it.
pub(crate) fn lesson(text: &str) -> Result<Lesson, Vec<String>> {
    let text = filled(text)?;
    let mut reader = Reader::default();
    let events: Vec<Event> = Parser::new_ext(&text, Options::ENABLE_TABLES | Options::ENABLE_MATH).collect();
    reader.read(&events);
    let mut lesson = reader.lesson;
    let mut problems = reader.problems;
    if lesson.lead.is_empty() {
        problems.push("there is no lead".to_owned());
    }
    if lesson.goals.is_empty() {
        problems.push("there are no goals".to_owned());
    }
    problems.extend(checks(&lesson));
    let turns = lesson.parts.iter().filter(|part| part.lab.is_some()).count()
        + lesson.tasks().count()
        + lesson.checks().count();
    let words = words(&lesson);
    lesson.minutes = u32::try_from((words * 60 / WORDS_A_MINUTE + turns * SECONDS_A_TURN).div_ceil(60)).unwrap_or(1);
    if problems.is_empty() { Ok(lesson) } else { Err(problems) }
}

/// The text with its numbers worked out, line by line: a part's lab is the last link that stood alone.
fn filled(text: &str) -> Result<String, Vec<String>> {
    let mut link: Option<String> = None;
    let (mut filled, mut problems) = (String::new(), Vec::new());
    for (number, line) in (1..).zip(text.lines()) {
        if let Some((_, to)) = lone_link(line) {
            link = Some(to.to_owned());
        }
        match value::fill(line, link.as_deref()) {
            Ok(whole) => filled.push_str(&whole),
            Err(why) => problems.push(format!("line {number}: {why}")),
        }
        filled.push('\n');
    }
    if problems.is_empty() { Ok(filled) } else { Err(problems) }
}

/// `[Title](#/…)` that is all of a line.
fn lone_link(line: &str) -> Option<(&str, &str)> {
    let (title, to) = line.trim().strip_prefix('[')?.strip_suffix(')')?.split_once("](")?;
    (to.starts_with("#/") && !to.contains(')')).then_some((title, to))
}

fn words(lesson: &Lesson) -> usize {
    let of = |spans: &Vec<Span>| plain(spans).split_whitespace().count();
    lesson.parts.iter().flat_map(|part| &part.blocks).flat_map(lines).map(of).sum()
}

/// The lines of text of a block.
pub(crate) fn lines(block: &Block) -> Vec<&Vec<Span>> {
    match block {
        Block::Text(words) => vec![words],
        Block::List { items, .. } | Block::Slides(items) => items.iter().collect(),
        Block::Table { head, rows } => head.iter().chain(rows.iter().flatten()).collect(),
        Block::Task(task) => vec![&task.words, &task.reached],
        Block::Check(Check { question, options }) => {
            std::iter::once(question).chain(options.iter().flat_map(|option| [&option.answer, &option.says])).collect()
        }
        Block::Formula(_) | Block::Door(_) => Vec::new(),
    }
}

/// What can be wrong with a lesson that can be read.
fn checks(lesson: &Lesson) -> Vec<String> {
    let mut problems = Vec::new();
    for part in &lesson.parts {
        let doors =
            part.blocks.iter().filter_map(|block| if let Block::Door(shown) = block { Some(shown) } else { None });
        let in_text = part.blocks.iter().flat_map(lines).flatten().filter_map(|span| match span {
            Span::Link { to, .. } if to.starts_with('#') => Some(to),
            _ => None,
        });
        let links = part.lab.iter().chain(doors).map(|shown| &shown.link).chain(in_text);
        problems.extend(links.filter_map(|link| Lab::open(link).err()));
    }
    for (at, task) in lesson.tasks() {
        let words = plain(&task.words);
        let opened =
            lesson.shown(at).ok_or_else(|| "no lab is shown".to_owned()).and_then(|shown| Lab::open(&shown.link));
        let begin = opened.and_then(|lab| {
            let view = lab.bench()?.view();
            Ok(task.have(&view.scene, &lab.fields, view.playback.at, view.playback.len))
        });
        match begin {
            Err(why) => problems.push(format!("task “{words}”: {why}")),
            Ok(have) if have.is_empty() => problems.push(format!("task “{words}”: nothing is to be reached")),
            Ok(have) if have.iter().all(Have::holds) => {
                problems.push(format!("task “{words}” is fulfilled from the start"));
            }
            Ok(_) => {}
        }
    }
    for (_, check) in lesson.checks() {
        let question = plain(&check.question);
        if check.options.iter().filter(|option| option.right).count() != 1 {
            problems.push(format!("“{question}” has not one right answer"));
        }
        let mut answers: Vec<String> = check.options.iter().map(|option| plain(&option.answer)).collect();
        answers.sort();
        answers.dedup();
        if answers.len() != check.options.len() {
            problems.push(format!("“{question}” has two answers alike: {}", answers.join(" · ")));
        }
        if check.options.iter().any(|option| !option.right && option.says.is_empty()) {
            problems.push(format!("“{question}” has a wrong answer without a sentence"));
        }
    }
    problems
}

/// Reads events into blocks.
#[derive(Default)]
struct Reader {
    lesson: Lesson,
    problems: Vec<String>,
}

impl Reader {
    fn read(&mut self, events: &[Event]) {
        let mut at = 0;
        while at < events.len() {
            at = self.block(events, at);
        }
    }

    fn push(&mut self, block: Block) {
        match self.lesson.parts.last_mut() {
            Some(part) => part.blocks.push(block),
            None => match block {
                Block::Text(words) if self.lesson.lead.is_empty() => self.lesson.lead = words,
                Block::List { items, .. } if self.lesson.goals.is_empty() => self.lesson.goals = items,
                _ => self.problems.push("before the first part stand a lead and the goals alone".to_owned()),
            },
        }
    }

    /// The block that begins at `at`; the place behind it.
    fn block(&mut self, events: &[Event], at: usize) -> usize {
        let Event::Start(tag) = &events[at] else {
            self.problems.push(format!("a lesson has no {:?}", events[at]));
            return at + 1;
        };
        let end = end_of(events, at);
        let inside = &events[at + 1..end];
        match tag {
            Tag::Heading { level, .. } if *level == pulldown_cmark::HeadingLevel::H2 => {
                let title = self.spans(inside);
                self.lesson.parts.push(Part { title, ..Part::default() });
            }
            Tag::Paragraph => self.paragraph(inside),
            Tag::List(first) => {
                let items = children(inside).map(|item| self.spans(&unwrapped(item))).collect();
                self.push(Block::List { ordered: first.is_some(), items });
            }
            Tag::BlockQuote(_) => {
                let all = children(inside).map(|paragraph| self.spans(paragraph)).collect();
                self.push(Block::Slides(all));
            }
            Tag::Table(_) => {
                let mut rows: Vec<Vec<Vec<Span>>> = Vec::new();
                for row in children(inside) {
                    rows.push(children(row).map(|cell| self.spans(cell)).collect());
                }
                let head = if rows.is_empty() { Vec::new() } else { rows.remove(0) };
                self.push(Block::Table { head, rows });
            }
            Tag::CodeBlock(CodeBlockKind::Fenced(kind)) => {
                let text: String = inside
                    .iter()
                    .filter_map(|event| if let Event::Text(text) = event { Some(text.as_ref()) } else { None })
                    .collect();
                let block = match kind.as_ref() {
                    "task" => task(&text).map(Block::Task),
                    "check" => check(&text).map(Block::Check),
                    other => Err(format!("there is no block “{other}”")),
                };
                match block {
                    Ok(block) => self.push(block),
                    Err(why) => self.problems.push(why),
                }
            }
            other => self.problems.push(format!("a lesson has no {other:?}")),
        }
        end + 1
    }

    fn paragraph(&mut self, inside: &[Event]) {
        if let [Event::DisplayMath(text)] = inside {
            match maths::read(text) {
                Ok(pieces) => self.push(Block::Formula(pieces)),
                Err(why) => self.problems.push(format!("{text}: {why}")),
            }
            return;
        }
        let words = self.spans(inside);
        if let [Span::Link { to, words }] = words.as_slice()
            && to.starts_with("#/")
            && let Some(part) = self.lesson.parts.last_mut()
        {
            let shown = Shown { title: words.clone(), link: to.clone() };
            if !Link::decode(to).0.page.is_lab() {
                part.blocks.push(Block::Door(shown));
            } else if part.lab.replace(shown).is_some() {
                self.problems.push(format!("the part “{}” shows two labs", plain(&part.title)));
            }
            return;
        }
        self.push(Block::Text(words));
    }

    fn spans(&mut self, events: &[Event]) -> Vec<Span> {
        match spans_of(events) {
            Ok(spans) => spans,
            Err(why) => {
                self.problems.push(why);
                Vec::new()
            }
        }
    }
}

/// Where what begins at `at` ends.
fn end_of(events: &[Event], at: usize) -> usize {
    let mut depth = 0usize;
    for (place, event) in events.iter().enumerate().skip(at) {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => {
                depth -= 1;
                if depth == 0 {
                    return place;
                }
            }
            _ => {}
        }
    }
    events.len() - 1
}

/// What stands inside of each element of `events`.
fn children<'a, 'b>(events: &'a [Event<'b>]) -> impl Iterator<Item = &'a [Event<'b>]> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while !matches!(events.get(at)?, Event::Start(_)) {
            at += 1;
        }
        let end = end_of(events, at);
        let inside = &events[at + 1..end];
        at = end + 1;
        Some(inside)
    })
}

/// An item of a list, whose text may stand in a paragraph.
fn unwrapped<'a>(item: &[Event<'a>]) -> Vec<Event<'a>> {
    item.iter()
        .filter(|event| !matches!(event, Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph)))
        .cloned()
        .collect()
}

/// A line of text.
fn spans_of(events: &[Event]) -> Result<Vec<Span>, String> {
    let mut spans: Vec<Span> = Vec::new();
    let text = |spans: &mut Vec<Span>, more: &str| match spans.last_mut() {
        Some(Span::Text(text)) => text.push_str(more),
        _ => spans.push(Span::Text(more.to_owned())),
    };
    let mut at = 0;
    while let Some(event) = events.get(at) {
        match event {
            Event::Text(more) => text(&mut spans, more),
            Event::SoftBreak | Event::HardBreak => text(&mut spans, " "),
            Event::Code(code) => spans.push(Span::Code(code.to_string())),
            Event::InlineMath(formula) => {
                spans.push(Span::Formula(maths::read(formula).map_err(|why| format!("{formula}: {why}"))?));
            }
            Event::Start(tag) => {
                let end = end_of(events, at);
                let words = plain(&spans_of(&events[at + 1..end])?);
                spans.push(match tag {
                    Tag::Strong => Span::Strong(words),
                    Tag::Emphasis => Span::Term(words),
                    Tag::Link { dest_url, .. } => Span::Link { to: dest_url.to_string(), words },
                    other => return Err(format!("a line has no {other:?}")),
                });
                at = end;
            }
            other => return Err(format!("a line has no {other:?}")),
        }
        at += 1;
    }
    Ok(spans)
}

/// A line of Markdown by itself.
fn line(text: &str) -> Result<Vec<Span>, String> {
    let events: Vec<Event> = Parser::new_ext(text.trim(), Options::ENABLE_MATH).collect();
    spans_of(&unwrapped(&events))
}

fn task(text: &str) -> Result<Task, String> {
    let mut task = Task::default();
    let mut words = Vec::new();
    for each in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let bad = || format!("“{each}” can't be read in a task");
        match each.split_once(':').map(|(key, of)| (key, of.trim())) {
            Some(("only", of)) => task.only = of.split(',').map(|name| name.trim().to_owned()).collect(),
            Some(("reached", of)) => task.reached = line(of)?,
            Some(("output", of)) => {
                let (rows, cols) = of.split_once('×').ok_or_else(bad)?;
                let extent = |text: &str| text.trim().replace(',', "").parse().map_err(|_| bad());
                task.goals.push(Goal::Size(extent(rows)?, extent(cols)?));
            }
            Some(("cell", of)) => {
                let (place, wanted) = of.split_once('=').ok_or_else(bad)?;
                let mut parts: Vec<&str> = place.split_whitespace().collect();
                let mut number = || parts.pop().and_then(|number| number.parse().ok()).ok_or_else(bad);
                let (col, row) = (number()?, number()?);
                task.goals.push(Goal::Cell(parts.join(" "), row, col, wanted.trim().to_owned()));
            }
            Some(("field", of)) => {
                let (name, wanted) = of.split_once('=').ok_or_else(bad)?;
                task.goals.push(Goal::Field(name.trim().to_owned(), wanted.trim().to_owned()));
            }
            Some(("step", "last")) => task.goals.push(Goal::Step(None)),
            Some(("step", of)) => task.goals.push(Goal::Step(Some(of.parse().map_err(|_| bad())?))),
            _ => words.push(each),
        }
    }
    task.words = line(&words.join(" "))?;
    Ok(task)
}

fn check(text: &str) -> Result<Check, String> {
    let (mut question, mut options) = (Vec::new(), Vec::new());
    for each in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let option =
            each.strip_prefix("+ ").map(|of| (true, of)).or_else(|| each.strip_prefix("- ").map(|of| (false, of)));
        match option {
            None if options.is_empty() => question.push(each),
            None => return Err(format!("“{each}” is no answer: it begins with + or -")),
            Some((right, of)) => {
                let (answer, says) = of.split_once(": ").unwrap_or((of, ""));
                options.push(Choice { answer: line(answer)?, right, says: line(says)? });
            }
        }
    }
    Ok(Check { question: line(&question.join(" "))?, options })
}
