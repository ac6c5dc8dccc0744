//! The curves and the strips below them.

use std::f64::consts::LN_10;

use super::{DepthState, Net, NetState, Skip, Strip, record::scale_around, said::loss_text};
use crate::{
    num::{decimal::fixed, format},
    plot::{Chart, ChartLine, Look, Scale},
};

/// About so many single batches are drawn behind a curve.
const RAW: usize = 320;

impl DepthState {
    /// The curves of one kind; both kinds have the same axes.
    pub fn chart(&self, skip: Skip, look: Look) -> Chart {
        let is_outdated = self.is_outdated();
        let of_kind = |net: &&Net| net.plan.skip == skip;
        let mut lines: Vec<ChartLine> = self.old.iter().filter(of_kind).map(|net| old(self.run_of(net), net)).collect();
        lines.extend(
            self.nets
                .iter()
                .filter(of_kind)
                .filter(|net| net.record.step() > 0)
                .map(|net| if is_outdated { old(self.run_of(net), net) } else { line(self.run_of(net), net) }),
        );
        let depths: Vec<String> = self.shown_depths().iter().map(ToString::to_string).collect();
        let (steps, each) = self.steps();
        Chart {
            look,
            name: format!("Training loss, {} nets of {} layers", skip.word(), depths.join(", ")),
            x: Scale::Linear { low: 0.0, high: f64::from(steps) },
            y: self.losses_scale(),
            x_name: "step",
            level: Some((LN_10, "guessing, ln 10")),
            marks: (1..).map(|epoch| epoch * each).take_while(|at| *at < steps).map(f64::from).take(9).collect(),
            lines,
        }
    }

    /// The depths of the nets that are shown, or would be trained.
    fn shown_depths(&self) -> &[u32] {
        if self.nets.is_empty() { self.settings.depths() } else { self.trained.depths() }
    }

    /// Steps of a whole training, and of an epoch.
    pub fn steps(&self) -> (u32, u32) {
        let plan = self.nets.first().map(|net| net.plan.clone()).or_else(|| self.settings.plans().into_iter().next());
        plan.map_or((1, 1), |plan| (plan.spec.steps(), plan.spec.steps_per_epoch()))
    }

    /// How a net's line looks: by the place of its depth.
    pub(super) fn run_of(&self, net: &Net) -> usize {
        let depths = self.trained.depths();
        depths.iter().position(|depth| *depth == net.plan.depth).unwrap_or(depths.len())
    }

    /// From what all curves need, so that both kinds can be compared.
    fn losses_scale(&self) -> Scale {
        let means = self.nets.iter().chain(&self.old).flat_map(|net| net.record.means());
        let (low, high) = means.fold((0.45, 2.6), |(low, high): (f64, f64), mean| (low.min(mean), high.max(mean)));
        // Where a net is about to diverge its last losses leave the plot.
        Scale::Log { low: (low * 0.9).max(1e-4), high: (high * 1.1).min(20.0) }
    }

    /// The scale of the strips: from the norms of all nets that are shown.
    pub fn norms_scale(&self) -> Option<(f64, f64)> {
        let columns = self.nets.iter().flat_map(|net| net.record.columns(net.counted_layers()).1);
        scale_around(columns)
    }

    /// The strips of a kind: the place of the net among all, where it is there already, and its depth.
    pub fn strips(&self, skip: Skip) -> Vec<(Option<usize>, u32)> {
        if self.nets.is_empty() {
            let depths = self.settings.depths().iter().filter(|_| self.settings.skips.contains(&skip));
            return depths.map(|depth| (None, *depth)).collect();
        }
        let nets = self.nets.iter().enumerate().filter(|(_, net)| net.plan.skip == skip);
        nets.map(|(at, net)| (Some(at), net.plan.depth)).collect()
    }

    /// The norms of a net's layers, step by step.
    pub fn strip(&self, at: usize) -> Strip {
        let strip = |net: &Net| net.record.strip(net.counted_layers(), self.norms_scale().unwrap_or((0.1, 1.0)));
        self.nets.get(at).map(strip).unwrap_or_default()
    }

    /// What stands beside a strip: the mean norm of the first 20 steps, in the first layer and in the last.
    pub fn strip_label(&self, at: usize) -> Option<String> {
        let net = self.nets.get(at)?;
        let layers = net.counted_layers();
        let (first, last) = (net.record.early_norm(layers.start)?, net.record.early_norm(layers.end.checked_sub(1)?)?);
        Some(format!("{} → {}", norm_text(first), norm_text(last)))
    }
}

/// A norm with as many figures as tell it apart.
pub(super) fn norm_text(norm: f64) -> String {
    if (0.01..1000.0).contains(&norm) { fixed(norm, 2) } else { format::shown(norm) }
}

fn curve(net: &Net) -> Vec<(f64, f64)> {
    (1_u32..).map(f64::from).zip(net.record.means()).collect()
}

fn old(run: usize, net: &Net) -> ChartLine {
    ChartLine { run, points: curve(net), is_old: true, ..ChartLine::default() }
}

fn line(run: usize, net: &Net) -> ChartLine {
    let losses = net.record.losses();
    let every = losses.len().div_ceil(RAW).max(1);
    let raw = (1_u32..).map(f64::from).zip(losses.iter().copied().map(f64::from)).step_by(every).collect();
    let depth = net.plan.depth;
    let breaks = matches!(net.state, NetState::Diverged { .. } | NetState::Lost);
    let label = match net.record.loss() {
        Some(loss) if !breaks => format!("{depth} layers {}", loss_text(loss)),
        _ => format!("{depth} layers"),
    };
    ChartLine { run, raw, points: curve(net), is_old: false, breaks, label }
}
