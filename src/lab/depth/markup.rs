//! The page's parts as elements, and what a press or a typed text in them asks for: a button says what it does in
//! `data-act`, a field in `data-set`, as on the page of architectures.

use super::{
    DepthAction as Action, DepthState, FUNCTIONS, INITS, MOST_IMAGES, Net, NetState, Phase, Refusal, Skip, Typed,
    USUAL_DEPTHS, figure::norm_text, quoted, said::loss_text,
};
use crate::{data::DatasetKind, lab::train::name_of, markup::Markup, num::format::count};

/// Rows of a panel's table of losses.
const ROWS: u32 = 12;

/// How many images can be chosen; a link can have any other number.
const IMAGES: [u32; 2] = [MOST_IMAGES, 2_000];

/// The data sets: name in the link.
pub const DATA: [(DatasetKind, &str); 2] = [(DatasetKind::Fashion, "fashion"), (DatasetKind::Mnist, "mnist")];

/// Which kinds are trained: name in the link and on the page.
pub const SKIPS: [(&[Skip], &str); 3] =
    [(&[Skip::Plain], "plain"), (&[Skip::Residual], "residual"), (&Skip::ALL, "both")];

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
pub fn settings(lab: &DepthState) -> Markup {
    let (set, lock) = (lab.settings(), lab.is_at_work());
    let mut html = Markup::raw(
        "<div><span class=\"small dim\">Depth</span><div class=\"depth-depths\">\
         <div class=\"seg\" role=\"group\" aria-label=\"Depth\">",
    );
    let mut depths: Vec<u32> = USUAL_DEPTHS.into_iter().chain(set.depths().iter().copied()).collect();
    depths.sort_unstable();
    depths.dedup();
    for depth in depths {
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
        message(&mut html, refusal);
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
    html.push_raw(if refused.is_some() { "\" aria-invalid=\"true\" aria-describedby=\"depth-refusal\"" } else { "\"" });
    html.push_raw(if lab.is_at_work() { " disabled>" } else { ">" });
}

fn message(html: &mut Markup, refusal: &Refusal) {
    html.push_raw("<div class=\"msg\" role=\"alert\" id=\"depth-refusal\"><p>").push_text(&refusal.sentence);
    html.push_raw("</p>");
    if let Some((label, _)) = &refusal.repair {
        html.push_raw("<div class=\"repairs\"><button class=\"btn line\" data-act=\"repair\">").push_text(label);
        html.push_raw("</button></div>");
    }
    html.push_raw("</div>");
}

/// What is trained or would be, as the head of the curves: what there is before anything was measured.
pub fn finding(lab: &DepthState) -> Markup {
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
pub fn ends(lab: &DepthState, skip: Skip) -> Markup {
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
pub fn strip_label(lab: &DepthState, at: Option<usize>, depth: u32) -> Markup {
    let net = at.and_then(|at| lab.nets().get(at));
    let planned = || lab.settings().depths().iter().position(|other| *other == depth).unwrap_or_default();
    let run = net.map_or_else(planned, |net| lab.run_of(net));
    let mut html = Markup::raw("<b class=\"run-");
    html.push_text(&(run + 1).to_string()).push_raw("\">").push_text(&format!("{depth} layers")).push_raw("</b><span>");
    html.push_text(&at.and_then(|at| lab.strip_label(at)).unwrap_or_default()).push_raw("</span>");
    html
}

/// The scale of the strips, in words.
pub fn strips_scale(lab: &DepthState) -> String {
    lab.norms_scale().map_or_else(String::new, |(low, high)| format!("{} to {}, log.", norm_text(low), norm_text(high)))
}

/// The values of a panel, as tables.
pub fn tables(lab: &DepthState, skip: Skip) -> Markup {
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

/// What others measured.
pub fn quoted() -> Markup {
    let mut html = Markup::raw("<section>");
    html.push(&quoted::table()).push_raw("</section><section>").push(&quoted::winners()).push_raw("</section>");
    html
}
