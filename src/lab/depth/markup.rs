//! The page as elements: its parts, and what a press or a typed text in them asks for. A button says what it does in
//! `data-act`, a field in `data-set`, as on the page of architectures.

use super::{
    DepthAction as Action, DepthState, FUNCTIONS, INITS, MOST_IMAGES, Net, NetState, Phase, Skip, Typed, USUAL_DEPTHS,
    figure::norm_text, quoted, said::loss_text,
};
use crate::{
    data::DatasetKind,
    lab::train::name_of,
    markup::Markup,
    num::{
        decimal::fixed,
        format::{count, shown},
    },
    plot::Look,
};

/// Rows of a panel's table of losses.
const ROWS: u32 = 12;

/// How many images can be chosen; a link can have any other number.
const IMAGES: [u32; 2] = [MOST_IMAGES, 2_000];

/// The data sets: name in the link.
pub const DATA: [(DatasetKind, &str); 2] = [(DatasetKind::Fashion, "fashion"), (DatasetKind::Mnist, "mnist")];

/// Which kinds are trained: name in the link and on the page.
pub const SKIPS: [(&[Skip], &str); 3] =
    [(&[Skip::Plain], "plain"), (&[Skip::Residual], "residual"), (&Skip::ALL, "both")];

const PLAY: &str = "<svg class=\"icon\" width=\"20\" height=\"20\" viewBox=\"0 0 20 20\" aria-hidden=\"true\"><path d=\"M6 3.5v13l10-6.5z\" fill=\"currentColor\"/></svg>";
const PAUSE: &str = "<svg class=\"icon\" width=\"20\" height=\"20\" viewBox=\"0 0 20 20\" aria-hidden=\"true\"><path d=\"M6 4h2.6v12H6zM11.4 4H14v12h-2.6z\" fill=\"currentColor\"/></svg>";
const STOP: &str = "<svg class=\"icon\" width=\"20\" height=\"20\" viewBox=\"0 0 20 20\" aria-hidden=\"true\"><path d=\"M4.500 4.500h11v11h-11z\" fill=\"currentColor\"/></svg>";

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The nets.
    pub lab: &'a DepthState,
    /// How many workers there can be.
    pub workers: usize,
    /// How wide the curves are, in CSS pixels.
    pub width: f64,
    /// Whether it is read from far.
    pub lecture: bool,
}

/// How large a plot of this width is; from far its letters are larger.
pub fn look(width: f64, lecture: bool) -> Look {
    let (height, font) = if lecture { (260.0, 20.0) } else { (176.0, 12.0) };
    Look { width, height, font }
}

/// A part of the page, which is written anew when it differs.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// The element that it is in.
    pub id: &'static str,
    /// Whether it follows every step, and so only now and then.
    pub is_slow: bool,
    /// What is in it.
    pub of: fn(&Shown<'_>) -> Markup,
}

/// The parts; one that holds others comes before them.
pub const PARTS: &[Part] = &[
    Part { id: "depth-settings", is_slow: false, of: |shown| settings(shown.lab) },
    Part { id: "depth-run", is_slow: false, of: run },
    Part { id: "depth-trouble", is_slow: false, of: |shown| trouble(shown.lab) },
    Part { id: "depth-finding", is_slow: false, of: |shown| finding(shown.lab) },
    Part { id: "depth-panels", is_slow: false, of: |shown| panels(shown.lab) },
    Part { id: "depth-progress", is_slow: true, of: |shown| progress(shown.lab) },
    Part { id: "depth-chart-0", is_slow: true, of: |shown| chart(shown, Skip::Plain) },
    Part { id: "depth-chart-1", is_slow: true, of: |shown| chart(shown, Skip::Residual) },
    Part { id: "depth-strips-0", is_slow: true, of: |shown| strips(shown, Skip::Plain) },
    Part { id: "depth-strips-1", is_slow: true, of: |shown| strips(shown, Skip::Residual) },
    Part { id: "depth-values-0", is_slow: true, of: |shown| tables(shown.lab, Skip::Plain) },
    Part { id: "depth-values-1", is_slow: true, of: |shown| tables(shown.lab, Skip::Residual) },
    Part { id: "depth-scale", is_slow: true, of: |shown| scale(shown.lab) },
    Part { id: "depth-spreads", is_slow: false, of: |shown| spreads(shown.lab) },
];

/// The page's elements, into which the parts are put.
pub fn page() -> Markup {
    let mut html = Markup::raw(
        "<h1 class=\"vh\">Depth</h1>\
        <div id=\"depth-settings\" class=\"depth-settings\" role=\"region\" aria-label=\"Settings\" tabindex=\"-1\"></div>\
        <div class=\"run-bar\"><div id=\"depth-run\"></div><div id=\"depth-progress\" class=\"run-progress\"></div></div>\
        <div class=\"depth-stage\"><div id=\"depth-trouble\"></div>\
        <h2 id=\"depth-finding\" class=\"depth-finding\" aria-live=\"polite\"></h2>\
        <div id=\"depth-panels\" class=\"depth-panels\"></div><p id=\"depth-scale\" class=\"depth-scale small dim\"></p></div>\
        <section id=\"depth-flow\" class=\"depth-flow\"><h2>Before the first step \
        <small>a picture on its way through layers that have learned nothing</small></h2>\
        <p id=\"depth-flow-finding\" aria-live=\"polite\"></p><div id=\"depth-ways\" class=\"depth-ways\"></div>\
        <p class=\"small dim\">Channel 0 of 16, as dark as its largest value; below it the deviation of all values. A residual \
        block adds its input to what its two convolutions make: with weights near zero it is the identity. A plain pair \
        makes nothing of nothing.</p><div id=\"depth-spreads\" class=\"depth-panels\"></div></section>\
        <div class=\"depth-others\">",
    );
    html.push_raw("<section>").push(&quoted::table()).push_raw("</section><section>").push(&quoted::winners());
    html.push_raw("</section></div>");
    html
}

/// What a button or a field asks for, by its attribute and the text that was typed or chosen.
pub fn action(lab: &DepthState, asked: &str, text: &str) -> Option<Action> {
    let (verb, rest) = asked.split_once(' ').unwrap_or((asked, ""));
    Some(match verb {
        "depth" => Action::Depth(rest.parse().ok()?),
        "skip" => Action::Skips(SKIPS.get(rest.parse::<usize>().ok()?)?.0.to_vec()),
        "norm" => Action::BatchNorm(!lab.settings().batch_norm),
        "activation" => Action::Function(FUNCTIONS.get(text.parse::<usize>().ok()?)?.0),
        "init" => Action::Init(INITS.get(text.parse::<usize>().ok()?)?.0),
        "images" => {
            let (set, images) = text.split_once(' ')?;
            let (data, _) = DATA.iter().find(|(_, name)| *name == set)?;
            Action::Data(*data, images.parse().ok().filter(|images| (1..=MOST_IMAGES).contains(images))?)
        }
        "type" => Action::Type(typed(rest)?, text.to_owned()),
        "repair" => lab.refusal()?.repair.clone()?.1,
        "mend" => lab.trouble()?.2,
        "start" => Action::Start,
        "stop" => Action::Stop,
        "pause" => Action::Pause,
        "table" => Action::Table(rest.parse().ok()?),
        _ => return None,
    })
}

fn typed(name: &str) -> Option<Typed> {
    Some(match name {
        "depth" => Typed::Depth,
        "epochs" => Typed::Epochs,
        "seed" => Typed::Seed,
        _ => return None,
    })
}

/// The controls.
fn settings(lab: &DepthState) -> Markup {
    let (set, lock) = (lab.settings(), lab.is_at_work());
    let mut html = Markup::raw(
        "<div><span class=\"small dim\">Depth</span><div class=\"depth-depths\">\
         <div class=\"seg\" role=\"group\" aria-label=\"Depth\">",
    );
    let is_own = |depth: &u32| !USUAL_DEPTHS.contains(depth);
    for depth in USUAL_DEPTHS.into_iter().chain(set.depths().iter().copied().filter(is_own)) {
        let name = depth.to_string();
        press(&mut html, &["depth ", &name].concat(), &name, set.depths().contains(&depth), lock);
    }
    html.push_raw("</div>");
    field(&mut html, lab, Typed::Depth, "", "Another depth", "other");
    html.push_raw(
        "</div></div><div><span class=\"small dim\">Skip connections</span>\
         <div class=\"seg\" role=\"group\" aria-label=\"Skip connections\">",
    );
    for (place, (skips, name)) in SKIPS.iter().enumerate() {
        press(&mut html, &["skip ", &place.to_string()].concat(), name, set.skips == *skips, lock);
    }
    html.push_raw(
        "</div></div><div><span class=\"small dim\">Batch norm</span><button class=\"switch\" id=\"depth-norm\" \
         role=\"switch\" aria-label=\"Batch norm\" data-act=\"norm\" aria-checked=\"",
    );
    html.push_raw(if set.batch_norm { "true\"" } else { "false\"" });
    html.push_raw(if lock { " disabled><i></i></button></div>" } else { "><i></i></button></div>" });
    let activations =
        FUNCTIONS.iter().enumerate().map(|(at, row)| (at.to_string(), row.2.to_owned(), row.0 == set.function));
    select(&mut html, "activation", "Activation", lock, activations);
    let inits = INITS.iter().enumerate().map(|(at, row)| (at.to_string(), row.2.to_owned(), row.0 == set.init));
    select(&mut html, "init", "Start", lock, inits);
    let offered = DATA.iter().flat_map(|(data, _)| IMAGES.map(|images| (*data, images)));
    let own = (set.data, set.images);
    let own = Some(own).filter(|(_, images)| !IMAGES.contains(images));
    let images = offered.chain(own).map(|(data, images)| {
        let key = DATA.iter().find(|(known, _)| *known == data).map_or("", |(_, name)| name);
        let name = format!("{} of {}", count(images.into()), name_of(data));
        (format!("{key} {images}"), name, (data, images) == (set.data, set.images))
    });
    select(&mut html, "images", "Images", lock, images);
    for (at, text, name) in [(Typed::Epochs, set.epochs, "Epochs"), (Typed::Seed, set.seed, "Seed")] {
        html.push_raw("<label><span class=\"small dim\">").push_text(name).push_raw("</span>");
        field(&mut html, lab, at, &text.to_string(), name, "");
        html.push_raw("</label>");
    }
    if let Some(refusal) = lab.refusal() {
        let repair = refusal.repair.as_ref().map(|(label, _)| label.as_str());
        message(&mut html, &refusal.sentence, "repair", repair);
    }
    html
}

fn press(html: &mut Markup, act: &str, name: &str, on: bool, lock: bool) {
    html.push_raw("<button id=\"depth-").push_text(&act.replace(' ', "-")).push_raw("\" data-act=\"").push_text(act);
    html.push_raw(if on { "\" aria-pressed=\"true\"" } else { "\" aria-pressed=\"false\"" });
    html.push_raw(if lock { " disabled>" } else { ">" }).push_text(name).push_raw("</button>");
}

fn select(
    html: &mut Markup,
    id: &'static str,
    name: &'static str,
    lock: bool,
    options: impl Iterator<Item = (String, String, bool)>,
) {
    html.push_raw("<label><span class=\"small dim\">")
        .push_raw(name)
        .push_raw("</span><select class=\"select\" id=\"depth-");
    html.push_raw(id).push_raw("\" data-set=\"").push_raw(id).push_raw(if lock { "\" disabled>" } else { "\">" });
    for (value, name, chosen) in options {
        html.push_raw("<option value=\"").push_text(&value).push_raw(if chosen { "\" selected>" } else { "\">" });
        html.push_text(&name).push_raw("</option>");
    }
    html.push_raw("</select></label>");
}

fn field(html: &mut Markup, lab: &DepthState, at: Typed, value: &str, name: &'static str, hint: &'static str) {
    let id = match at {
        Typed::Depth => "depth",
        Typed::Epochs => "epochs",
        Typed::Seed => "seed",
    };
    let refused = lab.refusal().filter(|refusal| refusal.at == at);
    html.push_raw("<input class=\"depth-typed\" inputmode=\"numeric\" autocomplete=\"off\" id=\"depth-type-")
        .push_raw(id);
    html.push_raw("\" data-set=\"type ").push_raw(id).push_raw("\" aria-label=\"").push_raw(name);
    html.push_raw("\" placeholder=\"").push_raw(hint).push_raw("\" value=\"");
    html.push_text(refused.map_or(value, |refusal| &refusal.text));
    html.push_raw(if refused.is_some() { "\" aria-invalid=\"true\" aria-describedby=\"depth-repair\"" } else { "\"" });
    html.push_raw(if lab.is_at_work() { " disabled>" } else { ">" });
}

/// What is wrong, then the button that repairs it.
fn message(html: &mut Markup, sentence: &str, act: &'static str, repair: Option<&str>) {
    html.push_raw("<div class=\"msg\" role=\"alert\" id=\"depth-").push_raw(act).push_raw("\"><p>").push_text(sentence);
    html.push_raw("</p>");
    if let Some(label) = repair {
        html.push_raw("<div class=\"repairs\"><button class=\"btn line\" data-act=\"").push_raw(act).push_raw("\">");
        html.push_text(label).push_raw("</button></div>");
    }
    html.push_raw("</div>");
}

/// What stands in the way, and the button that repairs it.
fn trouble(lab: &DepthState) -> Markup {
    let mut html = Markup::default();
    if let Some((sentence, label, _)) = lab.trouble() {
        message(&mut html, &sentence, "mend", Some(label));
    }
    html
}

/// What will be trained, and the buttons that do it.
fn run(shown: &Shown<'_>) -> Markup {
    let mut html = Markup::raw("<p class=\"small dim depth-plan\">");
    for line in shown.lab.plan(shown.workers) {
        html.push_raw("<span>").push_text(&line).push_raw("</span>");
    }
    html.push_raw("</p><div class=\"run-buttons\">");
    // One button for both: whoever has pressed it keeps the focus.
    let is_at_work = shown.lab.is_at_work();
    let (act, icon, name) = if is_at_work { ("stop", STOP, "Stop") } else { ("start", PLAY, "Train them") };
    button(&mut html, "depth-start", "solid", act, icon, name);
    if is_at_work {
        let (icon, name) = if *shown.lab.phase() == Phase::Paused { (PLAY, "Resume") } else { (PAUSE, "Pause") };
        button(&mut html, "depth-pause", "line", "pause", icon, name);
    }
    html.push_raw("<button class=\"btn line to-settings\" data-act=\"to-settings\">Settings</button></div>");
    html
}

fn button(
    html: &mut Markup,
    id: &'static str,
    class: &'static str,
    act: &'static str,
    icon: &'static str,
    name: &'static str,
) {
    html.push_raw("<button id=\"").push_raw(id).push_raw("\" class=\"btn ").push_raw(class).push_raw("\" data-act=\"");
    html.push_raw(act).push_raw("\">").push_raw(icon).push_raw("<span>").push_raw(name).push_raw("</span></button>");
}

/// How far it is; nothing before it has begun.
fn progress(lab: &DepthState) -> Markup {
    let mut html = Markup::raw("<p role=\"status\" aria-label=\"Depth status\" aria-live=\"off\" class=\"small dim\">");
    let share = fixed(lab.progress(), 3);
    html.push_text(&lab.status()).push_raw(
        "</p><div class=\"bar-track\" role=\"progressbar\" aria-label=\"Depth progress\" \
         aria-valuemin=\"0\" aria-valuemax=\"1\" aria-valuenow=\"",
    );
    html.push_text(&share).push_raw("\"><i style=\"--share:").push_text(&share).push_raw("\"></i></div>");
    html
}

/// The frames of the kinds that are trained or were.
fn panels(lab: &DepthState) -> Markup {
    let mut html = Markup::default();
    for (place, skip) in Skip::ALL.into_iter().enumerate() {
        if !lab.settings().skips.contains(&skip) && lab.nets().iter().all(|net| net.plan.skip != skip) {
            continue;
        }
        let caption = match skip {
            Skip::Plain => {
                let (steps, each) = lab.steps();
                let epoch =
                    if each < steps { format!("; step {}: epoch 2", count(each.into())) } else { String::new() };
                format!("training loss, mean of 20 batches{epoch}")
            }
            Skip::Residual => "the same layers, x added after every second".to_owned(),
        };
        let at = place.to_string();
        panel(&mut html, lab, &at, skip.name(), &caption);
        html.push_raw("<div class=\"depth-plots\"><div class=\"depth-chart\" id=\"depth-chart-").push_text(&at);
        html.push_raw("\"></div><div id=\"depth-strips-").push_text(&at).push_raw("\"></div></div></section>");
    }
    html
}

/// The beginning of a panel: its name, and its values, which take the plot's place for who asks.
fn panel(html: &mut Markup, lab: &DepthState, at: &str, name: &str, caption: &str) {
    let is_table = lab.is_table(at);
    html.push_raw("<section role=\"region\" class=\"depth-panel").push_raw(if is_table { " as-table" } else { "" });
    html.push_raw("\" aria-label=\"").push_text(name).push_raw("\"><div class=\"depth-head\"><h3>").push_text(name);
    html.push_raw(" <small>").push_text(caption).push_raw("</small></h3><button class=\"btn quiet\" id=\"depth-table-");
    html.push_text(at).push_raw("\" data-act=\"table ").push_text(at).push_raw("\" aria-label=\"");
    html.push_text(&format!("{name} as a table")).push_raw("\" aria-pressed=\"");
    html.push_raw(if is_table { "true\">Plot" } else { "false\">Table" })
        .push_raw("</button></div><div id=\"depth-values-");
    html.push_text(at).push_raw("\" class=\"depth-values").push_raw(if is_table {
        "\" tabindex=\"0\"></div>"
    } else {
        " vh\"></div>"
    });
}

fn chart(shown: &Shown<'_>, skip: Skip) -> Markup {
    shown.lab.chart(skip, look(shown.width, shown.lecture)).markup()
}

/// The strips below the curves, aligned with them; outlined before there is anything in them.
fn strips(shown: &Shown<'_>, skip: Skip) -> Markup {
    let lab = shown.lab;
    let (left, right) = lab.chart(skip, look(shown.width, shown.lecture)).sides();
    let mut html = Markup::raw("<div style=\"--left:");
    html.push_text(&format!("{}px;--right:{}px", fixed(left, 1), fixed(right, 1))).push_raw("\">");
    for (at, depth) in lab.strips(skip) {
        html.push_raw("<div class=\"depth-strip\" role=\"img\" aria-label=\"");
        html.push_text(&format!("Gradient norms, {} net of {depth} layers", skip.word()));
        html.push_raw("\"><span class=\"depth-rows\"><i>1</i><i>").push_text(&depth.to_string());
        html.push_raw("</i></span><canvas class=\"tile\" aria-hidden=\"true\" id=\"depth-strip-");
        html.push_text(&at.map_or_else(|| format!("{}-{depth}", skip.name()), |at| at.to_string()));
        html.push_raw("\"></canvas><span class=\"depth-label\">")
            .push(&strip_label(lab, at, depth))
            .push_raw("</span></div>");
    }
    html.push_raw("</div><p class=\"depth-ends small dim\">").push(&ends(lab, skip)).push_raw("</p>");
    html
}

/// What the ink of the strips says.
fn scale(lab: &DepthState) -> Markup {
    let mut html = Markup::raw(
        "<span>Gradient norm of each layer, first layer on top.</span><span class=\"depth-ink\" \
         aria-hidden=\"true\"></span>",
    );
    let ends = lab.norms_scale().map(|(low, high)| format!("{} to {}, log.", shown(low), shown(high)));
    html.push_raw("<span>").push_text(&ends.unwrap_or_default());
    html.push_raw(" Right: mean of the first 20 steps, first layer → last.</span>");
    html.push_raw("<button class=\"btn quiet\" id=\"depth-save\" data-act=\"save\"");
    html.push_raw(if lab.nets().iter().any(|net| net.record.step() > 0) { ">" } else { " disabled>" })
        .push_raw("Save as CSV</button>");
    html
}

/// The frames of the plots of spreads: one a function.
fn spreads(lab: &DepthState) -> Markup {
    let mut html = Markup::default();
    for (place, (_, _, name)) in FUNCTIONS.iter().enumerate() {
        let name = format!("Spread, {name}");
        panel(
            &mut html,
            lab,
            &(place + 2).to_string(),
            &name,
            "deviation of the values after each plain layer, by the start of the weights",
        );
        html.push_raw("<div class=\"depth-plots\"><div class=\"depth-chart\" id=\"depth-spread-")
            .push_text(&place.to_string());
        html.push_raw("\"></div></div></section>");
    }
    html
}

/// What is trained or would be, as the head of the curves: what there is before anything was measured.
fn finding(lab: &DepthState) -> Markup {
    let mut html = lab.finding();
    if html.as_str().is_empty() {
        html.push_text(match lab.phase() {
            _ if lab.is_outdated() => "Other settings: the pale curves are those of before",
            Phase::Running | Phase::Paused => "Every step is on the curves; the finding comes when nets are done",
            Phase::Empty => "Do deeper nets learn more? Train them and see",
            _ => "Stopped before there was something to compare",
        });
    }
    html
}

/// What became of the nets of a kind that came to no good end, in a sentence each.
fn ends(lab: &DepthState, skip: Skip) -> Markup {
    let mut html = Markup::default();
    for net in lab.nets().iter().filter(|net| net.plan.skip == skip) {
        let step = net.record.step();
        let said = match net.state {
            NetState::Diverged { step } => format!("not a number at step {}", count(step.into())),
            NetState::Lost => format!("its worker stopped at step {}", count(step.into())),
            NetState::Stopped if step > 0 => format!("stopped at step {}", count(step.into())),
            _ => continue,
        };
        html.push_raw("<span><b class=\"run-").push_text(&(lab.run_of(net) + 1).to_string()).push_raw("\">");
        html.push_text(&format!("{} layers", net.plan.depth)).push_raw("</b> ").push_text(&said).push_raw("</span> ");
    }
    html
}

/// What stands beside a strip: of which net it is, and first to last.
fn strip_label(lab: &DepthState, at: Option<usize>, depth: u32) -> Markup {
    let net = at.and_then(|at| lab.nets().get(at));
    let planned = || lab.settings().depths().iter().position(|other| *other == depth).unwrap_or_default();
    let run = net.map_or_else(planned, |net| lab.run_of(net));
    let mut html = Markup::raw("<b class=\"run-");
    html.push_text(&(run + 1).to_string()).push_raw("\">").push_text(&format!("{depth} layers")).push_raw("</b><span>");
    html.push_text(&at.and_then(|at| lab.strip_label(at)).unwrap_or_default()).push_raw("</span>");
    html
}

/// The values of a panel, as tables.
fn tables(lab: &DepthState, skip: Skip) -> Markup {
    let nets: Vec<&Net> = lab.nets().iter().filter(|net| net.plan.skip == skip).collect();
    let mut html = Markup::raw("<table><caption>Training loss, mean of 20 batches</caption>");
    head(&mut html, "Step", &nets);
    let (steps, _) = lab.steps();
    let means: Vec<Vec<f64>> = nets.iter().map(|net| net.record.means()).collect();
    let mut rows: Vec<u32> = (1..=ROWS).map(|row| (steps * row).div_ceil(ROWS)).collect();
    rows.dedup();
    for step in rows {
        line(
            &mut html,
            &count(step.into()),
            means.iter().map(|means| means.get(step as usize - 1).copied()),
            loss_text,
        );
    }
    html.push_raw(
        "</tbody></table><table><caption>Gradient norm of each layer, mean of the first and of the last 20 steps\
         </caption>",
    );
    head(&mut html, "Layer", &nets);
    let most = nets.iter().map(|net| net.plan.depth as usize).max().unwrap_or_default();
    let name = |layer: usize| if layer == 0 { "before".to_owned() } else { layer.to_string() };
    for layer in 0..=most {
        norms(
            &mut html,
            &name(layer),
            nets.iter().map(|net| (*net, Some(layer).filter(|layer| *layer <= net.plan.depth as usize))),
        );
    }
    norms(&mut html, "linear", nets.iter().map(|net| (*net, Some(net.plan.depth as usize + 1))));
    html.push_raw("</tbody></table>");
    html
}

fn head(html: &mut Markup, first: &'static str, nets: &[&Net]) {
    html.push_raw("<thead><tr><th scope=\"col\">").push_raw(first).push_raw("</th>");
    for net in nets {
        html.push_raw("<th scope=\"col\">").push_text(&format!("{} layers", net.plan.depth)).push_raw("</th>");
    }
    html.push_raw("</tr></thead><tbody>");
}

fn line(html: &mut Markup, name: &str, cells: impl Iterator<Item = Option<f64>>, text: fn(f64) -> String) {
    html.push_raw("<tr><th scope=\"row\">").push_text(name).push_raw("</th>");
    for cell in cells {
        html.push_raw("<td>").push_text(&cell.map(text).unwrap_or_default()).push_raw("</td>");
    }
    html.push_raw("</tr>");
}

fn norms<'a>(html: &mut Markup, name: &str, cells: impl Iterator<Item = (&'a Net, Option<usize>)>) {
    html.push_raw("<tr><th scope=\"row\">").push_text(name).push_raw("</th>");
    for (net, layer) in cells {
        let both = layer.and_then(|layer| Some((net.record.early_norm(layer)?, net.record.late_norm(layer)?)));
        let text = both.map(|(early, late)| format!("{} → {}", norm_text(early), norm_text(late)));
        html.push_raw("<td>").push_text(&text.unwrap_or_default()).push_raw("</td>");
    }
    html.push_raw("</tr>");
}
