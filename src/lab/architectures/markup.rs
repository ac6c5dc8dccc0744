//! The page's parts as elements, and what a press or a typed text in them asks for.
//!
//! They are many and alike, so they are written as [`Markup`]: views of them would weigh several times as much. A button
//! says what it does in `data-act`, a field in `data-set`; [`action`] reads both.

use super::{
    ArchitecturesAction as Action, ArchitecturesLab, COLUMNS, LayerPart, MisfitView, NEW_LAYERS, NetworkView, PartForm,
    Refusal, Row, Towards, arithmetic, compare, group, parts, picture, rows,
};
use crate::{
    export::inline_svg,
    lab::train::{OWN_LINK, own_layers},
    markup::Markup,
    model::{Architecture, Features, Layer, Zoo},
    num::decimal::fixed,
};

/// Inputs that can be chosen; a link can have any other.
const INPUTS: [(usize, usize, usize); 5] = [(1, 28, 28), (1, 32, 32), (3, 32, 32), (3, 224, 224), (3, 227, 227)];

/// What a button or a field asks for, by its attribute and the text that was typed or chosen; `None` for any other text.
pub fn action(lab: &ArchitecturesLab, asked: &str, text: &str) -> Option<Action> {
    let mut words = asked.split(' ');
    let verb = words.next()?;
    let mut number = || words.next().and_then(|word| word.parse::<usize>().ok());
    let zoo = || Zoo::ALL.get(text.parse::<usize>().ok()?).copied();
    Some(match verb {
        "net" => Action::Choose(zoo()?),
        "beside" => Action::Beside(zoo()),
        "input" => Action::SetInput(text.to_owned()),
        "look" => Action::Look(number()),
        "up" => Action::Move(number()?, Towards::Input),
        "down" => Action::Move(number()?, Towards::Output),
        "remove" => Action::Remove(number()?),
        "insert" => Action::Insert { at: number()?, new: text.parse().ok()? },
        "set" => {
            let at = number()?;
            let layers = lab.net.architecture().layers;
            let part = parts(layers.get(at)?).get(number()?)?.part;
            Action::Set { at, part, text: text.to_owned() }
        }
        "repair" => {
            let mut repairs = rows(&lab.net.architecture()).misfit?.repairs;
            let place = number()?;
            if place >= repairs.len() {
                return None;
            }
            repairs.swap_remove(place).1
        }
        _ => return None,
    })
}

/// Which networks, as two lists.
pub fn choices(lab: &ArchitecturesLab) -> Markup {
    let mut html = Markup::raw(
        "<label class=\"small dim\" for=\"net\">Network</label><select id=\"net\" class=\"select\" data-set=\"net\">",
    );
    let known = lab.net.known();
    for zoo in Zoo::ALL {
        option(&mut html, &place(*zoo), &zoo.title(), known == Some(*zoo));
    }
    if known.is_none() {
        // It says what is; it can't be chosen.
        html.push_raw("<option value=\"\" disabled hidden selected>Own network</option>");
    }
    html.push_raw("</select><label class=\"small dim\" for=\"beside\">against</label><select id=\"beside\" class=\"select\" data-set=\"beside\">");
    option(&mut html, "", "none", lab.beside.is_none());
    for zoo in Zoo::ALL {
        option(&mut html, &place(*zoo), &zoo.title(), lab.beside == Some(*zoo));
    }
    html.push_raw("</select>");
    html
}

fn place(zoo: Zoo) -> String {
    Zoo::ALL.iter().position(|known| *known == zoo).unwrap_or_default().to_string()
}

fn option(html: &mut Markup, value: &str, name: &str, chosen: bool) {
    html.push_raw("<option value=\"").push_text(value).push_raw(if chosen { "\" selected>" } else { "\">" });
    html.push_text(name).push_raw("</option>");
}

/// What the comparison comes to, in one sentence; nothing without a second network.
pub fn finding(lab: &ArchitecturesLab) -> Markup {
    let mut html = Markup::default();
    if let Some(beside) = lab.beside {
        for (text, is_number) in compare(&lab.net.architecture(), &beside.architecture()).headline {
            let [open, close] = if is_number { ["<b>", "</b>"] } else { ["", ""] };
            html.push_raw(open).push_text(&text).push_raw(close);
        }
    }
    html
}

/// What differs, one thing a row; nothing without a second network.
pub fn differences(lab: &ArchitecturesLab) -> Markup {
    let mut html = Markup::default();
    let Some(beside) = lab.beside else { return html };
    let (here, there) = (lab.net.architecture(), beside.architecture());
    let facts = compare(&here, &there).facts;
    if facts.is_empty() {
        return Markup::raw("<p class=\"dim\">Both are the same network.</p>");
    }
    html.push_raw("<h2>What differs</h2><table><thead><tr><td></td><th scope=\"col\">").push_text(&here.name);
    html.push_raw("</th><th scope=\"col\">").push_text(&there.name).push_raw("</th></tr></thead><tbody>");
    for fact in facts {
        html.push_raw("<tr><th scope=\"row\">").push_text(fact.what).push_raw("</th><td>").push_text(&fact.here);
        html.push_raw("</td><td>").push_text(&fact.there).push_raw("</td></tr>");
    }
    html.push_raw("</tbody></table>");
    html
}

/// The network that is edited: its picture, what does not fit, its table.
pub fn network(lab: &ArchitecturesLab) -> Markup {
    shown(&lab.net.architecture(), lab.net.known(), lab.layer, true)
}

/// The one that it is compared with.
pub fn beside(lab: &ArchitecturesLab) -> Markup {
    lab.beside.map_or_else(Markup::default, |zoo| shown(&zoo.architecture(), Some(zoo), None, false))
}

fn shown(network: &Architecture, zoo: Option<Zoo>, lit: Option<usize>, is_edited: bool) -> Markup {
    let view = rows(network);
    let mut html = head(&view, zoo);
    if let (true, Some((layers, note))) = (is_edited, own_layers(network)) {
        html.push_raw("<p class=\"small dim\"><a href=\"").push_text(OWN_LINK).push_text(&layers);
        html.push_raw("\">Train this</a>: ").push_text(&note).push_raw("</p>");
    }
    html.push_raw("<div class=\"arch-picture\">").push(&inline_svg(&picture(network, &view, lit))).push_raw("</div>");
    if let Some(MisfitView { sentence, repairs, .. }) = &view.misfit {
        message(&mut html, sentence, repairs.iter().map(|(label, _)| label.as_str()));
    }
    table(&mut html, &view, lit, is_edited);
    if let Some(zoo) = zoo {
        html.push_raw("<p class=\"small faint\">").push_text(zoo.source()).push_raw("</p>");
    }
    html
}

fn head(view: &NetworkView, zoo: Option<Zoo>) -> Markup {
    let mut html = Markup::raw("<h2>");
    html.push_text(&view.name).push_raw(" <small class=\"dim\">");
    html.push_text(&zoo.map_or_else(|| "kept in its link".to_owned(), Zoo::about)).push_raw("</small></h2>");
    html
}

/// What is wrong, then the buttons that repair it.
fn message<'a>(html: &mut Markup, sentence: &str, repairs: impl Iterator<Item = &'a str>) {
    html.push_raw("<div class=\"msg\" role=\"alert\"><p>").push_text(sentence).push_raw("</p><div class=\"repairs\">");
    for (place, label) in repairs.enumerate() {
        html.push_raw("<button class=\"btn line\" data-act=\"repair ").push_text(&place.to_string());
        html.push_raw("\">").push_text(label).push_raw("</button>");
    }
    html.push_raw("</div></div>");
}

/// The table; of the network that is edited its rows are pressed, and its input is chosen.
fn table(html: &mut Markup, view: &NetworkView, lit: Option<usize>, is_edited: bool) {
    // It scrolls on narrow screens: by keys as well, also where there is nothing in it that has the focus.
    html.push_raw("<div class=\"arch-scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Layers of ")
        .push_text(&view.name);
    html.push_raw("\"><table class=\"arch-table\" aria-label=\"").push_text(&view.name);
    html.push_raw("\"><thead><tr>");
    for column in COLUMNS {
        html.push_raw("<th scope=\"col\">").push_text(column).push_raw("</th>");
    }
    html.push_raw("</tr></thead><tbody><tr><th scope=\"row\">Input</th><td colspan=\"2\">");
    if is_edited {
        html.push_raw("<select id=\"arch-input\" class=\"select\" data-set=\"input\" aria-label=\"Input: channels, rows and columns\">");
        let own = view.input.as_maps();
        for (channels, height, width) in INPUTS.into_iter().chain((!INPUTS.contains(&own)).then_some(own)) {
            let (value, input) = (format!("{channels},{height},{width}"), Features::Maps { channels, height, width });
            option(html, &value, &input.to_string(), view.input == input);
        }
        html.push_raw("</select>");
    } else {
        html.push_text(&view.input.to_string());
    }
    html.push_raw("</td><td colspan=\"4\"></td></tr>");
    let most = |of: fn(&Row) -> u64| view.rows.iter().map(of).max().unwrap_or_default().max(1);
    let most = (most(|row| row.parameters), most(|row| row.macs));
    for row in &view.rows {
        line(html, row, most, lit, is_edited);
    }
    for (at, name) in &view.uncounted {
        let is_lit = lit == Some(*at);
        html.push_raw(if is_lit {
            "<tr class=\"uncounted lit\"><th scope=\"row\">"
        } else {
            "<tr class=\"uncounted\"><th scope=\"row\">"
        });
        row_name(html, name, *at, is_lit, is_edited);
        html.push_raw("</th><td colspan=\"6\">");
        let is_misfit = view.misfit.as_ref().is_some_and(|misfit| misfit.at == *at);
        html.push_raw(if is_misfit { "does not fit" } else { "not counted" }).push_raw("</td></tr>");
    }
    html.push_raw("</tbody><tfoot><tr>");
    for (column, cell) in view.total().into_iter().enumerate() {
        let [open, close] = if column == 0 { ["<th scope=\"row\">", "</th>"] } else { ["<td>", "</td>"] };
        html.push_raw(open).push_text(&cell).push_raw(close);
    }
    html.push_raw("</tr></tfoot></table></div>");
}

fn line(html: &mut Markup, row: &Row, most: (u64, u64), lit: Option<usize>, is_edited: bool) {
    let is_lit = lit.is_some_and(|lit| row.layers.contains(&lit));
    html.push_raw(if is_lit { "<tr class=\"lit\" style=\"--depth:" } else { "<tr style=\"--depth:" });
    html.push_text(&row.depth.to_string()).push_raw("\"><th scope=\"row\">");
    row_name(html, &row.name, row.main, is_lit, is_edited);
    if !row.then.is_empty() {
        html.push_raw("<small>").push_text(&row.then).push_raw("</small>");
    }
    html.push_raw("</th>");
    let [_, cells @ ..] = row.cells();
    let shares = [None, None, Some((row.parameters, most.0)), Some((row.macs, most.1)), None, None];
    for (column, (cell, share)) in cells.iter().zip(shares).enumerate() {
        match share {
            None if column == 1 => {
                // The extents stay on one line, what else there is to say goes below them.
                html.push_raw("<td><span>")
                    .push_text(&row.window)
                    .push_raw("</span><small>")
                    .push_text(&unbroken(&row.settings));
                html.push_raw("</small></td>");
                continue;
            }
            None => {
                html.push_raw("<td>");
            }
            Some((count, most)) => {
                let share = fixed(count as f64 / most as f64, 3);
                html.push_raw("<td class=\"amount\" style=\"--share:").push_text(&share).push_raw("\">");
            }
        }
        html.push_text(cell).push_raw("</td>");
    }
    html.push_raw("</tr>");
}

/// Settings that break between each other alone: `padding 2, 2 groups`.
fn unbroken(settings: &str) -> String {
    settings.replace(' ', "\u{a0}").replace(",\u{a0}", ", ")
}

/// The name of a row: of the network that is edited a button, which looks at it, or no longer.
fn row_name(html: &mut Markup, name: &str, main: usize, is_lit: bool, is_edited: bool) {
    if !is_edited {
        html.push_text(name);
        return;
    }
    let at = main.to_string();
    html.push_raw("<button class=\"arch-row\" aria-keyshortcuts=\"Alt+ArrowUp Alt+ArrowDown Delete\" id=\"row-")
        .push_text(&at);
    html.push_raw("\" data-row=\"").push_text(&at).push_raw("\" data-act=\"look");
    if !is_lit {
        html.push_raw(" ").push_text(&at);
    }
    html.push_raw(if is_lit { "\" aria-pressed=\"true\">" } else { "\" aria-pressed=\"false\">" });
    html.push_text(name).push_raw("</button>");
}

/// The layer that is looked at: its arithmetic, and what can be changed; nothing where none is.
pub fn layer(lab: &ArchitecturesLab, refusal: Option<&Refusal>) -> Markup {
    let network = lab.net.architecture();
    let Some((at, looked)) = lab.layer.and_then(|at| Some((at, network.layers.get(at)?))) else {
        return Markup::default();
    };
    let mut html = Markup::raw("<div class=\"arch-layer-head\"><h2>");
    html.push_text(&format!("Layer {} of {}: {}", at + 1, network.layers.len(), looked.noun()));
    html.push_raw("</h2><button class=\"btn line\" data-act=\"look\">Close</button></div>");
    html.push_raw("<div role=\"region\" aria-label=\"Arithmetic\"><dl class=\"arch-sums\">");
    for line in arithmetic(&network, at) {
        html.push_raw("<div><dt>").push_text(line.name).push_raw("</dt><dd class=\"dim\">").push_text(&line.symbols);
        html.push_raw("</dd><dd>").push_text(&line.numbers).push_raw(" = <b>").push_text(&line.result);
        html.push_raw("</b></dd></div>");
    }
    html.push_raw("</dl></div>");
    for at in group(&network.layers, at) {
        if let Some(own) = network.layers.get(at) {
            edited(&mut html, at, own, network.layers.len(), refusal);
        }
    }
    html
}

/// A list of the layers that can be put there.
fn insertion(html: &mut Markup, name: &str, label: &str, at: usize) {
    html.push_raw("<select class=\"select\" data-set=\"insert ").push_text(&at.to_string());
    html.push_raw("\" aria-label=\"").push_text(label).push_raw("\"><option value=\"\" selected>").push_text(name);
    html.push_raw(" …</option>");
    for (place, name) in NEW_LAYERS.iter().enumerate() {
        option(html, &place.to_string(), name, false);
    }
    html.push_raw("</select>");
}

fn edited(html: &mut Markup, at: usize, layer: &Layer, len: usize, refusal: Option<&Refusal>) {
    let (number, noun) = ((at + 1).to_string(), layer.noun());
    html.push_raw("<fieldset class=\"arch-edit\"><legend>").push_text(&number).push_raw(". ").push_text(noun);
    html.push_raw("</legend><div class=\"arch-moves\">");
    let moves =
        [("up", "Move up", "↑", at > 0), ("down", "Move down", "↓", at + 1 < len), ("remove", "Remove", "×", len > 1)];
    for (verb, name, sign, can) in moves {
        html.push_raw("<button class=\"btn quiet square\" id=\"")
            .push_text(verb)
            .push_raw("-")
            .push_text(&at.to_string());
        html.push_raw("\" data-act=\"")
            .push_text(verb)
            .push_raw(" ")
            .push_text(&at.to_string())
            .push_raw("\" title=\"")
            .push_text(name);
        html.push_raw("\" aria-label=\"").push_text(&format!("{name} layer {number}, {noun}"));
        html.push_raw(if can { "\">" } else { "\" disabled>" }).push_text(sign).push_raw("</button>");
    }
    html.push_raw("</div>");
    for (place, view) in parts(layer).into_iter().enumerate() {
        let refused = refusal.filter(|refusal| refusal.control == (at, view.part));
        let id = format!("part-{at}-{place}");
        let asked = format!("set {at} {place}");
        control(html, &id, &asked, view.name, &view.form, refused);
    }
    html.push_raw("<div class=\"arch-add\">");
    insertion(html, "Add before", &format!("Add before layer {number}, {noun}"), at);
    insertion(html, "Add after", &format!("Add after layer {number}, {noun}"), at + 1);
    html.push_raw("</div></fieldset>");
}

fn control(html: &mut Markup, id: &str, asked: &str, name: &str, form: &PartForm, refused: Option<&Refusal>) {
    html.push_raw("<div class=\"arch-part\"><label class=\"small dim\" for=\"")
        .push_text(id)
        .push_raw("\">")
        .push_text(name);
    html.push_raw("</label>");
    match form {
        PartForm::Text(text) => {
            html.push_raw("<input class=\"arch-typed\" autocomplete=\"off\" spellcheck=\"false\" id=\"").push_text(id);
            html.push_raw("\" data-set=\"").push_text(asked).push_raw("\" value=\"");
            html.push_text(refused.map_or(text, |refusal| &refusal.text));
            html.push_raw(if refused.is_some() { "\" aria-invalid=\"true\">" } else { "\">" });
        }
        PartForm::Switch(on) => {
            html.push_raw("<button class=\"switch\" role=\"switch\" id=\"")
                .push_text(id)
                .push_raw("\" data-act=\"")
                .push_text(asked);
            html.push_raw(if *on {
                "\" data-value=\"0\" aria-checked=\"true\"><i></i></button>"
            } else {
                "\" data-value=\"1\" aria-checked=\"false\"><i></i></button>"
            });
        }
        PartForm::Choice(names, chosen) => {
            html.push_raw("<select class=\"select\" id=\"")
                .push_text(id)
                .push_raw("\" data-set=\"")
                .push_text(asked)
                .push_raw("\">");
            for (place, name) in names.iter().enumerate() {
                option(html, &place.to_string(), name, place == *chosen);
            }
            html.push_raw("</select>");
        }
    }
    if let Some(refusal) = refused {
        message(html, &refusal.sentence, std::iter::empty());
    }
    html.push_raw("</div>");
}

/// The control that an action came from, where it is one that is typed into.
pub fn control_of(action: &Action) -> Option<((usize, LayerPart), String)> {
    match action {
        Action::Set { at, part, text } => Some(((*at, *part), text.clone())),
        _ => None,
    }
}
