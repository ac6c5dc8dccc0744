//! What is said of the nets: the finding, the plan, the status, the progress. Nothing is said before it is measured.

use std::f64::consts::LN_10;

use super::{DepthState, Net, NetState, Phase, Plan, Skip, settings};
use crate::{
    lab::train::{Files, download_size, duration, megabytes, name_of},
    markup::Markup,
    num::{decimal::fixed, format::count},
};

/// Two losses that differ by less than this share are about the same: another seed moves them by as much.
const SAME: f64 = 0.1;
/// A net whose loss is at least this share of that of guessing has learned nothing.
const CHANCE: f64 = 0.98;

/// What a net is called in a sentence.
pub(super) fn net_name(net: &Net) -> String {
    format!("the {} net of {} layers", net.plan.skip.word(), net.plan.depth)
}

/// A loss with the figures that a comparison needs.
pub(super) fn loss_text(loss: f64) -> String {
    fixed(loss, if loss < 10.0 { 2 } else { 0 })
}

/// What came of a net that is done: its loss, or the step at which it diverged.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Outcome {
    Loss(f64),
    Diverged(u32),
}

impl Outcome {
    fn of(net: &Net) -> Option<Self> {
        match net.state {
            NetState::Done => net.record.loss().map(Self::Loss),
            NetState::Diverged { step } => Some(Self::Diverged(step)),
            _ => None,
        }
    }
}

impl DepthState {
    /// What was found, in a sentence or two with their numbers marked; nothing before there is something to compare.
    pub fn finding(&self) -> Markup {
        let mut html = Markup::default();
        if self.is_outdated() {
            return html;
        }
        let mut is_compared = false;
        for skip in Skip::ALL {
            let done: Vec<(u32, Outcome)> = self
                .nets
                .iter()
                .filter(|net| net.plan.skip == skip)
                .filter_map(|net| Some((net.plan.depth, Outcome::of(net)?)))
                .collect();
            // The shallowest beside the deepest, once all between have come to an end.
            let of_all = self.nets.iter().filter(|net| net.plan.skip == skip).count();
            if let [(shallow, first), .., (deep, last)] = done.as_slice()
                && done.len() == of_all
            {
                let open = if html.as_str().is_empty() { "" } else { " " };
                html.push_text(open);
                compare(&mut html, skip, (*shallow, *first), (*deep, *last));
                is_compared = true;
            }
        }
        if !is_compared {
            self.beside_each_other(&mut html);
        }
        html
    }

    /// Of one depth alone: plain beside residual.
    fn beside_each_other(&self, html: &mut Markup) {
        let [depth] = self.trained.depths() else { return };
        let of = |skip: Skip| self.nets.iter().find(|net| net.plan.skip == skip).and_then(Outcome::of);
        let (Some(Outcome::Loss(plain)), Some(Outcome::Loss(residual))) = (of(Skip::Plain), of(Skip::Residual)) else {
            return;
        };
        let verdict = if is_same(plain, residual) {
            "learns about as much as the plain one: "
        } else if residual < plain {
            "learns more than the plain one: "
        } else {
            "learns less than the plain one: "
        };
        html.push_text(&format!("Of {depth} layers, the residual net {verdict}"));
        numbers(html, residual, " against ", plain);
    }

    /// What is to be trained, and how long that takes about.
    pub fn plan(&self, workers: usize) -> [String; 2] {
        let plans = self.settings.plans();
        let nets = if plans.len() == 1 { "1 net".to_owned() } else { format!("{} nets", plans.len()) };
        let epochs =
            if self.settings.epochs == 1 { "1 epoch".to_owned() } else { format!("{} epochs", self.settings.epochs) };
        let most = plans.iter().map(Plan::megabytes).max().unwrap_or_default();
        let time = rough(settings::seconds(&plans, workers, self.rate));
        [format!("{nets}, {epochs}"), format!("about {time} here, {most} MB")]
    }

    /// The status line.
    pub fn status(&self) -> String {
        let done = self.nets.iter().filter(|net| !matches!(net.state, NetState::Waiting | NetState::Training)).count();
        let of = format!("{done} of {} nets done", self.nets.len());
        match &self.phase {
            Phase::Empty => "not started".to_owned(),
            Phase::Done => of,
            Phase::Stopped => "stopped".to_owned(),
            Phase::Failed(_) => "can't go on".to_owned(),
            Phase::Running | Phase::Paused => {
                let mut parts = vec![of];
                let trained = self.nets.iter().filter(|net| net.state == NetState::Training);
                parts.extend(trained.map(|net| {
                    let (step, steps) = (net.record.step(), net.plan.spec.steps());
                    let name = net.plan.skip.word();
                    format!("{name} {} at step {} of {}", net.plan.depth, count(step.into()), count(steps.into()))
                }));
                if parts.len() == 1 {
                    parts.push(self.preparing());
                }
                if self.phase == Phase::Paused {
                    parts.push("paused".to_owned());
                } else {
                    parts.extend(self.time_left().map(|left| format!("about {left} left")));
                }
                parts.join(", ")
            }
        }
    }

    fn preparing(&self) -> String {
        match self.files {
            Files::Loading { received } => {
                let all = megabytes(download_size(self.data));
                format!("downloading {}, {} of {all}", name_of(self.data), fixed(f64::from(received) / 1e6, 1))
            }
            Files::Checking => format!("unpacking and checking {}", name_of(self.data)),
            Files::Ready | Files::Absent => "starting the trainer".to_owned(),
        }
    }

    fn time_left(&self) -> Option<String> {
        let trained = self.nets.iter().filter(|net| net.state == NetState::Training).count().max(1);
        let left: f64 = self.nets.iter().map(|net| net.plan.cost() - net.done()).sum();
        Some(rough(left / trained as f64 / self.rate?))
    }

    /// What is done, of one: by what it costs.
    pub fn progress(&self) -> f64 {
        let whole: f64 = self.nets.iter().map(|net| net.plan.cost()).sum();
        if whole > 0.0 { self.nets.iter().map(Net::done).sum::<f64>() / whole } else { 0.0 }
    }
}

/// A length of time that is known roughly: to five seconds, from one minute on to ten.
fn rough(seconds: f64) -> String {
    let unit = if seconds > 60.0 { 10.0 } else { 5.0 };
    duration((seconds / unit).ceil() * unit)
}

fn is_same(a: f64, b: f64) -> bool {
    (a - b).abs() <= SAME * a.min(b)
}

fn numbers(html: &mut Markup, first: f64, between: &'static str, second: f64) {
    html.push_raw("<b>").push_text(&loss_text(first)).push_raw("</b>").push_text(between);
    html.push_raw("<b>").push_text(&loss_text(second)).push_raw("</b>.");
}

/// The shallowest net of a kind beside the deepest.
fn compare(html: &mut Markup, skip: Skip, (shallow, first): (u32, Outcome), (deep, last): (u32, Outcome)) {
    let name = skip.name();
    let (shallow_loss, deep_loss) = match (first, last) {
        (Outcome::Loss(first), Outcome::Loss(last)) => (first, last),
        (_, Outcome::Diverged(step)) => {
            html.push_text(&format!("{name}, {deep} layers diverged at step {}.", count(step.into())));
            return;
        }
        (Outcome::Diverged(step), _) => {
            html.push_text(&format!("{name}, {shallow} layers diverged at step {}.", count(step.into())));
            return;
        }
    };
    if deep_loss >= CHANCE * LN_10 {
        if shallow_loss >= CHANCE * LN_10 {
            html.push_text(&format!("{name}, no depth learns anything: "));
        } else {
            html.push_text(&format!("{name}, {deep} layers learn nothing, {shallow} do: "));
        }
        numbers(html, deep_loss, " is what guessing gives, and ", shallow_loss);
    } else if is_same(shallow_loss, deep_loss) && skip == Skip::Residual {
        html.push_text(&format!("{name}, depth does no harm: "));
        numbers(html, deep_loss, " and ", shallow_loss);
    } else if is_same(shallow_loss, deep_loss) {
        html.push_text(&format!("{name}, {deep} layers learn about as much as {shallow}: "));
        numbers(html, deep_loss, " and ", shallow_loss);
    } else {
        let verdict = if deep_loss > shallow_loss { "worse" } else { "better" };
        html.push_text(&format!("{name}, {deep} layers learn {verdict} than {shallow}: "));
        numbers(html, deep_loss, " against ", shallow_loss);
    }
}
