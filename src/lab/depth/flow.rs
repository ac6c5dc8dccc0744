//! A picture on its way through layers that have learned nothing yet: what is left of it, and how the spread of the
//! values changes from layer to layer, by the rule of the first weights.

use super::{FUNCTIONS, INITS, Settings, Skip, Strip, figure::norm_text, settings::CHANNELS};
use crate::{
    data::SIDE,
    markup::Markup,
    model::Function,
    nn::init::Init,
    num::{
        decimal::{fixed, scientific},
        rng::{Purpose, Stream},
        single, within,
    },
    plot::{Chart, ChartLine, Look, Scale},
};

/// The most layers that a picture goes through.
const MOST: u32 = 30;
/// Cells of a channel, taps of a kernel.
const CELLS: usize = SIDE * SIDE;
const TAPS: usize = 9;
/// After these layers the picture is shown, and after the last.
const SHOWN: [u32; 6] = [0, 2, 4, 8, 16, 24];
/// Below this a deviation is drawn at the foot of its plot.
const LEAST: f64 = 1e-8;

/// A part of the page that shows it: the element that it is in, and what is in it at a width.
pub type FlowPart = (&'static str, fn(&Flow, Look) -> Markup);

/// Its parts.
pub const FLOW_PARTS: [FlowPart; 6] = [
    ("depth-flow-finding", |flow, _| flow.finding()),
    ("depth-ways", |flow, _| flow.markup()),
    ("depth-spread-0", |flow, look| flow.chart(FUNCTIONS[0].0, look).markup()),
    ("depth-spread-1", |flow, look| flow.chart(FUNCTIONS[1].0, look).markup()),
    ("depth-values-2", |flow, _| flow.table(FUNCTIONS[0].0)),
    ("depth-values-3", |flow, _| flow.table(FUNCTIONS[1].0)),
];

/// A picture on its way through several stacks of layers, one convolution at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    depth: u32,
    seed: u32,
    function: Function,
    init: Init,
    ways: Vec<Way>,
}

/// One stack, as far as the picture has come.
#[derive(Debug, Clone, PartialEq)]
struct Way {
    function: Function,
    init: Init,
    skip: Skip,
    done: u32,
    /// What the last layer made, for all channels.
    now: Vec<f64>,
    /// What the present block began with.
    kept: Vec<f64>,
    /// The standard deviation of all values after each layer, the input's first.
    spreads: Vec<f64>,
    /// Channel 0 after some layers.
    pictures: Vec<(u32, Strip)>,
}

impl Flow {
    /// The picture before the first layer of stacks as deep as the deepest net, at most 30 layers.
    pub fn new(settings: &Settings) -> Self {
        let depth = settings.depths().last().copied().unwrap_or(2).min(MOST);
        let (function, init) = (settings.function, settings.init);
        let mut flow = Self { depth, seed: settings.seed, function, init, ways: Vec::new() };
        for init in flow.inits() {
            flow.ways.extend(Skip::ALL.map(|skip| Way::new(function, init, skip)));
        }
        for (function, ..) in FUNCTIONS {
            for (init, ..) in INITS {
                if flow.way(function, init, Skip::Plain).is_none() {
                    flow.ways.push(Way::new(function, init, Skip::Plain));
                }
            }
        }
        flow
    }

    /// Whether it is what these settings ask for.
    pub fn fits(&self, settings: &Settings) -> bool {
        let depth = settings.depths().last().copied().unwrap_or(2).min(MOST);
        (self.depth, self.seed, self.function, self.init) == (depth, settings.seed, settings.function, settings.init)
    }

    /// The rules whose pictures are shown: near zero, and the chosen one.
    fn inits(&self) -> Vec<Init> {
        let mut inits = vec![Init::Small, self.init];
        inits.dedup();
        inits
    }

    /// Takes one layer; `false` where all are done.
    pub fn advance(&mut self) -> bool {
        let (depth, seed) = (self.depth, self.seed);
        let next = self.ways.iter_mut().find(|way| way.done < depth);
        next.map(|way| way.advance(depth, seed)).is_some()
    }

    fn way(&self, function: Function, init: Init, skip: Skip) -> Option<&Way> {
        self.ways.iter().find(|way| (way.function, way.init, way.skip) == (function, init, skip))
    }

    /// The stacks whose pictures are shown, and the pictures that each has or will have: a name and how many layers.
    pub fn rows(&self) -> Vec<(String, Vec<u32>)> {
        let mut after: Vec<u32> = SHOWN.into_iter().filter(|shown| *shown < self.depth).collect();
        after.push(self.depth);
        let rows = self.inits().into_iter().flat_map(|init| Skip::ALL.map(|skip| (init, skip)));
        rows.map(|(init, skip)| (format!("{}, {} weights", skip.name(), name(init)), after.clone())).collect()
    }

    /// The picture of a row after its `place`-th number of layers, once it is there.
    pub fn picture(&self, row: usize, place: usize) -> Option<Strip> {
        Some(self.shown(row)?.pictures.get(place)?.1.clone())
    }

    /// What stands below it: layers, and the values' deviation.
    fn caption(&self, row: usize, place: usize) -> String {
        let Some((_, after)) = self.rows().into_iter().nth(row) else { return String::new() };
        let Some(after) = after.get(place) else { return String::new() };
        let spread = self.shown(row).and_then(|way| way.spreads.get(*after as usize));
        let spread = spread.map(|spread| format!(": {}", spread_text(*spread))).unwrap_or_default();
        if *after == 0 { format!("input{spread}") } else { format!("after {after}{spread}") }
    }

    fn shown(&self, row: usize) -> Option<&Way> {
        let init = *self.inits().get(row / Skip::ALL.len())?;
        self.way(self.function, init, *Skip::ALL.get(row % Skip::ALL.len())?)
    }

    /// The rows: below each picture layers and deviation, and each on a canvas of its own, `depth-way-` and its place.
    fn markup(&self) -> Markup {
        let mut html = Markup::default();
        for (row, (name, after)) in self.rows().into_iter().enumerate() {
            html.push_raw("<figure aria-label=\"").push_text(&name).push_raw("\"><figcaption class=\"small dim\">");
            html.push_text(&name).push_raw("</figcaption><div>");
            for place in 0..after.len() {
                let caption = self.caption(row, place);
                html.push_raw("<span class=\"depth-picture\" role=\"img\" aria-label=\"").push_text(&caption);
                html.push_raw("\"><canvas class=\"tile\" aria-hidden=\"true\" id=\"depth-way-");
                html.push_text(&format!("{row}-{place}")).push_raw("\"></canvas><small>").push_text(&caption);
                html.push_raw("</small></span>");
            }
            html.push_raw("</div></figure>");
        }
        html
    }

    /// What was found, once the pictures are through.
    fn finding(&self) -> Markup {
        let mut html = Markup::default();
        for init in self.inits() {
            let of = |skip: Skip| self.way(self.function, init, skip).filter(|way| way.done == self.depth);
            let (Some(plain), Some(residual)) = (of(Skip::Plain), of(Skip::Residual)) else { continue };
            if !html.as_str().is_empty() {
                html.push_text(" ");
            }
            html.push_text(&format!("With {} weights, after {} layers: residual, ", name(init), self.depth));
            likeness(&mut html, residual);
            html.push_text("; plain, ");
            likeness(&mut html, plain);
            html.push_text(".");
        }
        html
    }

    /// How the deviation goes on with the layers, for one function: a line for each rule of the first weights.
    fn chart(&self, function: Function, look: Look) -> Chart {
        let lines = INITS.iter().enumerate().filter_map(|(run, (init, _, name))| {
            let way = self.way(function, *init, Skip::Plain)?;
            let points = (0_u32..).map(f64::from).zip(way.spreads.iter().copied()).collect();
            let label = way.spreads.last().map(|spread| format!("{name} {}", spread_text(*spread)));
            Some(ChartLine { run, points, label: label.unwrap_or_default(), ..ChartLine::default() })
        });
        let lines: Vec<ChartLine> = lines.collect();
        let spreads = lines.iter().flat_map(|line| line.points.iter().map(|(_, spread)| *spread));
        let (low, high) = spreads
            .filter(|spread| *spread > 0.0)
            .fold((0.1, 1.0), |(low, high): (f64, f64), spread| (low.min(spread.max(LEAST)), high.max(spread)));
        let function = FUNCTIONS.iter().find(|row| row.0 == function).map_or("", |row| row.2);
        Chart {
            look,
            name: format!("Deviation of the values after each layer, {function}"),
            x: Scale::Linear { low: 0.0, high: f64::from(self.depth) },
            y: Scale::Log { low: low * 0.8, high: high * 1.25 },
            x_name: "layer",
            level: None,
            marks: Vec::new(),
            lines,
        }
    }

    /// The same as a table.
    fn table(&self, function: Function) -> Markup {
        let mut html = Markup::raw(
            "<table><caption>Deviation of the values after each layer</caption><thead><tr><th scope=\"col\">Layer</th>",
        );
        let ways: Vec<(&str, Option<&Way>)> =
            INITS.iter().map(|(init, _, name)| (*name, self.way(function, *init, Skip::Plain))).collect();
        for (name, _) in &ways {
            html.push_raw("<th scope=\"col\">").push_text(name).push_raw("</th>");
        }
        html.push_raw("</tr></thead><tbody>");
        for layer in 0..=self.depth {
            html.push_raw("<tr><th scope=\"row\">").push_text(&layer.to_string()).push_raw("</th>");
            for (_, way) in &ways {
                let spread = way.and_then(|way| way.spreads.get(layer as usize));
                html.push_raw("<td>").push_text(&spread.map(|spread| spread_text(*spread)).unwrap_or_default());
                html.push_raw("</td>");
            }
            html.push_raw("</tr>");
        }
        html.push_raw("</tbody></table>");
        html
    }
}

impl Way {
    fn new(function: Function, init: Init, skip: Skip) -> Self {
        let now: Vec<f64> = (0..CHANNELS * CELLS).map(input).collect();
        let mut way =
            Self { function, init, skip, done: 0, kept: now.clone(), now, spreads: Vec::new(), pictures: Vec::new() };
        way.look(true);
        way
    }

    /// `y = f(w ⋆ x)`; at the end of a residual block `y = f(w ⋆ x + x₀)`, x₀ being what the block began with.
    fn advance(&mut self, depth: u32, seed: u32) {
        let fan = CHANNELS * TAPS;
        let mut weight = vec![0.0_f32; CHANNELS * fan];
        self.init.weight(fan, fan, &mut Stream::new(seed.into(), Purpose::Parameters, self.done.into()), &mut weight);
        let mut made = convolve(&self.now, &weight);
        if self.skip == Skip::Residual && self.done % 2 == 1 {
            made.iter_mut().zip(&self.kept).for_each(|(made, kept)| *made += kept);
        }
        let sigmoid = self.function == Function::Sigmoid;
        for value in &mut made {
            *value = if sigmoid { 1.0 / (1.0 + libm::exp(-*value)) } else { value.max(0.0) };
        }
        self.now = made;
        self.done += 1;
        if self.done.is_multiple_of(2) {
            self.kept.clone_from(&self.now);
        }
        self.look(SHOWN.contains(&self.done) || self.done == depth);
    }

    /// Notes the deviation, and the picture where it is shown.
    fn look(&mut self, shows: bool) {
        self.spreads.push(deviation(&self.now));
        if shows {
            let channel: Vec<f64> = self.now.iter().take(CELLS).copied().collect();
            let most = channel.iter().copied().fold(0.0, f64::max);
            let share = |value: f64| if most > f64::MIN_POSITIVE { single(value / most) } else { 0.0 };
            self.pictures.push((self.done, Strip { columns: SIDE, shares: channel.into_iter().map(share).collect() }));
        }
    }

    /// The correlation of what is there with the input, over all channels; `None` where all values are equal.
    fn correlation(&self) -> Option<f64> {
        let count = self.now.len() as f64;
        let mean_in = (0..CELLS).map(input).sum::<f64>() / CELLS as f64;
        let mean = self.now.iter().sum::<f64>() / count;
        let (mut both, mut squares, mut squares_in) = (0.0, 0.0, 0.0);
        for (at, value) in self.now.iter().enumerate() {
            let (of, of_in) = (value - mean, input(at) - mean_in);
            (both, squares, squares_in) = (both + of * of_in, squares + of * of, squares_in + of_in * of_in);
        }
        // What is left of rounding is no picture.
        (squares / count > (1e-12 * mean).powi(2)).then(|| both / (squares * squares_in).sqrt())
    }
}

/// The convolution of 16 channels of 28 × 28 with 16 filters of 3 × 3, zeros around. Written out, since the one that any lab
/// shows takes ten times as long, and as much to load; a test holds it against that.
#[expect(clippy::indexing_slicing, reason = "every index is below the product of its extents")]
fn convolve(x: &[f64], weight: &[f32]) -> Vec<f64> {
    let mut y = vec![0.0; CHANNELS * CELLS];
    for (o, y) in y.chunks_exact_mut(CELLS).enumerate() {
        for (c, x) in x.chunks_exact(CELLS).enumerate() {
            for tap in 0..TAPS {
                let (u, v) = (tap / 3, tap % 3);
                let w = f64::from(weight[(o * CHANNELS + c) * TAPS + tap]);
                // Output cell (i, j) reads input cell (i + u − 1, j + v − 1), where there is one.
                let columns = usize::from(v == 0)..SIDE - usize::from(v == 2);
                for i in usize::from(u == 0)..SIDE - usize::from(u == 2) {
                    let row = &x[(i + u - 1) * SIDE..(i + u) * SIDE];
                    let read = &row[columns.start + v - 1..columns.end + v - 1];
                    y[i * SIDE..][columns.clone()].iter_mut().zip(read).for_each(|(y, x)| *y += w * x);
                }
            }
        }
    }
    y
}

fn deviation(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
}

fn likeness(html: &mut Markup, way: &Way) {
    match way.correlation() {
        None => html.push_text("all values are equal"),
        Some(correlation) => {
            let number = fixed(correlation, 2).replace('-', "\u{2212}");
            html.push_text("correlation with the picture ").push_raw("<b>").push_text(&number).push_raw("</b>");
            let spread = way.spreads.last().map(|spread| spread_text(*spread)).unwrap_or_default();
            html.push_text(&format!(" at a deviation of {spread}"))
        }
    };
}

/// What a rule is called on the page.
fn name(init: Init) -> &'static str {
    INITS.iter().find(|row| row.0 == init).map_or("", |row| row.2)
}

fn spread_text(spread: f64) -> String {
    if spread == 0.0 {
        "0".to_owned()
    } else if spread < 0.01 {
        scientific(spread, 0).replace('-', "\u{2212}")
    } else {
        norm_text(spread)
    }
}

/// A cell of the input: every channel is the picture.
fn input(at: usize) -> f64 {
    ink(at / SIDE % SIDE, at % SIDE)
}

/// The picture: a 4, drawn with three strokes, 0 for paper and 1 for ink.
fn ink(row: usize, column: usize) -> f64 {
    const STROKES: [((f64, f64), (f64, f64)); 3] =
        [((4.5, 12.0), (15.0, 6.0)), ((15.0, 6.0), (15.0, 21.0)), ((8.0, 17.0), (23.0, 15.5))];
    let at = (row as f64, column as f64);
    let nearest = STROKES.map(|stroke| distance(at, stroke)).into_iter().fold(f64::INFINITY, f64::min);
    within(2.0 - nearest, 0.0, 1.0)
}

/// From a point to a line between two others.
fn distance(at: (f64, f64), ((r0, c0), (r1, c1)): ((f64, f64), (f64, f64))) -> f64 {
    let (dr, dc) = (r1 - r0, c1 - c0);
    let along = within(((at.0 - r0) * dr + (at.1 - c0) * dc) / (dr * dr + dc * dc), 0.0, 1.0);
    let (r, c) = (at.0 - r0 - along * dr, at.1 - c0 - along * dc);
    (r * r + c * c).sqrt()
}

#[cfg(test)]
mod tests {
    use ndarray::Array4;

    use super::*;
    use crate::{
        lab::depth::Depths,
        nn::{
            reference::{Conv2d, conv2d},
            shape::Padding,
        },
    };

    fn through(init: Init, function: Function, skip: Skip, depth: u32) -> Way {
        let mut way = Way::new(function, init, skip);
        for _ in 0..depth {
            way.advance(depth, 1);
        }
        way
    }

    #[test]
    fn the_convolution_is_the_reference_s() {
        let mut weight = vec![0.0_f32; CHANNELS * CHANNELS * TAPS];
        Init::HeUniform.weight(144, 144, &mut Stream::new(3, Purpose::Parameters, 0), &mut weight);
        let mut x: Vec<f64> = (0..CHANNELS * CELLS).map(input).collect();
        x.iter_mut().enumerate().for_each(|(at, x)| *x += (at % 17) as f64 - 8.0);
        let same = Conv2d { padding: Padding::per_side(1), ..Conv2d::default() };
        let w = weight.iter().copied().map(f64::from).collect();
        let w = Array4::from_shape_vec((CHANNELS, CHANNELS, 3, 3), w).unwrap();
        let expect =
            conv2d(&Array4::from_shape_vec((1, CHANNELS, SIDE, SIDE), x.clone()).unwrap(), &w, None, &same).unwrap();
        let found = convolve(&x, &weight);
        assert!(found.iter().zip(&expect).all(|(found, expect)| (found - expect).abs() < 1e-9));
    }

    #[test]
    fn a_residual_block_of_zeros_is_the_identity_and_a_plain_one_is_not() {
        let residual = through(Init::Zero, Function::Relu, Skip::Residual, 4);
        assert_eq!(residual.now, Way::new(Function::Relu, Init::Zero, Skip::Residual).now);
        assert_eq!(residual.correlation().map(|it| (it * 1e9).round() / 1e9), Some(1.0));
        let plain = through(Init::Zero, Function::Relu, Skip::Plain, 4);
        assert_eq!((plain.correlation(), plain.spreads[4]), (None, 0.0));
    }

    #[test]
    fn small_weights_leave_a_residual_net_near_the_identity() {
        let residual = through(Init::Small, Function::Relu, Skip::Residual, 8);
        assert!(residual.correlation().unwrap() > 0.99);
        let plain = through(Init::Small, Function::Relu, Skip::Plain, 8);
        assert!(plain.spreads[8] < 1e-6 * plain.spreads[0], "{:?}", plain.spreads);
    }

    #[test]
    fn he_keeps_the_spread_where_xavier_and_small_lose_it() {
        let last = |init: Init| through(init, Function::Relu, Skip::Plain, 10).spreads[10];
        let (he, xavier, small) = (last(Init::HeUniform), last(Init::XavierUniform), last(Init::Small));
        assert!(he > 0.05 && he < 20.0, "{he}");
        // Half of the variance is lost in each layer.
        assert!(xavier < he / 10.0 && small < xavier / 1e4, "{xavier} {small}");
        // A sigmoid squeezes all of them.
        assert!(through(Init::HeUniform, Function::Sigmoid, Skip::Plain, 10).spreads[10] < 0.3);
    }

    #[test]
    fn it_goes_one_layer_at_a_time_and_ends() {
        let mut settings = Settings { depths: Depths::new(&[4]).unwrap(), ..Settings::default() };
        let mut flow = Flow::new(&settings);
        assert!(flow.fits(&settings) && flow.finding().as_str().is_empty());
        assert_eq!(
            flow.rows().iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["Plain, small weights", "Residual, small weights", "Plain, He weights", "Residual, He weights"]
        );
        assert_eq!(flow.rows()[0].1, [0, 2, 4]);
        let mut steps = 0;
        while flow.advance() {
            steps += 1;
        }
        // Two rules both ways, and the plain ones of all others: three of four with ReLU, four with sigmoids.
        assert_eq!(steps, 4 * (4 + 2 + 4));
        assert!((0..4).all(|row| (0..3).all(|place| flow.picture(row, place).is_some())));
        assert!(
            flow.finding()
                .as_str()
                .contains("With small weights, after 4 layers: residual, correlation with the picture")
        );
        assert_eq!(flow.caption(0, 0), "input: 0.35");
        settings.seed = 2;
        assert!(!flow.fits(&settings));
    }
}
