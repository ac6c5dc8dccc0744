//! Every kernel of `nn::fast` at LeNet's shapes, beside the reference and beside `matrixmultiply`; and whole steps of
//! 3×3 convolutions.
//!
//! ```text
//! cargo bench --bench kernels
//! cargo bench --bench kernels -- sigmoid 3×3     # only those whose name has one of the words
//! ```
//!
//! A kernel works on a batch of 64 MNIST images in tiles of 16, as training does, with the weights and activations of
//! a network after one epoch: how much is active and how much of an image is blank decides what a step costs. Rounds go
//! through all kernels in turn, so that a slower minute of the machine meets all of them. The lower quartile of the
//! rounds is shown: on a quiet machine it is near the median, and on a busy one every second step is interrupted. FLOPs
//! are those of the dense sums, whether or not work on zeros is left out. The peak is the faster of two loops of
//! multiplications and then additions over a tile in the first cache, in the instructions that this build may use.
//!
//! `matrixmultiply` stands for what a good library would give: im2col, product, ReLU and pooling one after another. It
//! takes wider registers and fused multiply-add where the machine has them, which the engine must not (its bits would
//! differ from the browser's). To hold it to this build's instructions as well:
//!
//! ```text
//! MMTEST_FEATURE=none cargo bench --bench kernels --target-dir target/baseline
//! ```

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark prints, and looks at the clock")]
#![allow(clippy::indexing_slicing, reason = "a benchmark that is wrong stops")]

use std::{env, error::Error, fs, hint::black_box, io::Read as _, path::Path, rc::Rc, sync::Arc, time::Instant};

use flate2::read::GzDecoder;
use ndarray::{Array1, Array2, Array4, ArrayView2, ArrayViewMut2, linalg::general_mat_mul};
use receptive::{
    data::{self, Batches, Dataset, DatasetKind, Loader, Normalization, Split},
    model::{Features, Graph, GraphSpec, ModelKind, ModelSpec, Network, TILE, Trainable, counts, read_layers},
    nn::{
        fast::{
            Activation, ConvGeometry, ConvPoolScratch, ConvReluPool, CrossEntropy, Linear, MaxPool2d, PoolGeometry,
            add_relu, nhwc,
        },
        init::Init,
        reference,
        shape::{Padding, ShapeError},
    },
    train::{Event, Optimizer, OptimizerKind, RunSpec, Trainer},
};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Images in a step.
const BATCH: usize = 64;
/// How often all kernels are gone through.
const ROUNDS: usize = 101;
/// What one kernel takes in a round, in seconds; once is enough for a slow one. Shorter than the slices of time that a
/// system gives to its programs, so that on a busy machine most samples are undisturbed.
const SAMPLE: f64 = 0.000_4;
/// MACs of a dense step: forward, and for all but the images the gradient of inputs and weights.
const STEP_MACS: usize = 3 * 416_520 - 117_600;

fn main() -> Outcome<()> {
    let dataset = Arc::new(Dataset { train: split("train")?, test: split("t10k")? });
    println!("Training for an epoch, so that activations are those of training.");
    let trainer = after_an_epoch(&dataset)?;
    let batch = Rc::new(Passed::new(&dataset, trainer.network())?);
    println!("{}", batch.activity());

    let mut peaks = [Timed::new(1, register_tile::<2, 16>()), Timed::new(1, register_tile::<4, 8>())];
    let mut rows = convolutions(&batch)?;
    rows.extend(linears(&batch)?);
    rows.extend(rest_of_a_step(&batch, &dataset, trainer)?);
    rows.extend(three_by_three()?);
    rows.extend(cell_by_cell()?);
    // What begins with a dash is cargo's.
    let words: Vec<String> = env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    rows.retain(|row| words.is_empty() || words.iter().any(|word| row.name.contains(&**word)));
    println!("{ROUNDS} rounds over {} kernels.", rows.len());
    for _ in 0..ROUNDS {
        peaks.iter_mut().for_each(Timed::sample);
        for row in &mut rows {
            row.fast.sample();
            row.product.iter_mut().for_each(Timed::sample);
            row.reference.iter_mut().for_each(Timed::sample);
        }
    }
    print(&mut peaks, &mut rows);
    Ok(())
}

// ------------------------------------------------------------------------------------------------------------- timing

/// Something that is done again and again.
struct Timed {
    work: Box<dyn FnMut()>,
    /// Images that it works on.
    examples: usize,
    /// How often it is done in a sample.
    times: u32,
    /// Seconds an example.
    samples: Vec<f64>,
}

impl Timed {
    /// Warms up, and finds how often a sample has to repeat it.
    fn new(examples: usize, work: impl FnMut() + 'static) -> Self {
        let mut timed = Self { work: Box::new(work), examples, times: 1, samples: Vec::new() };
        loop {
            (0..3).for_each(|_| timed.sample());
            // The fastest: what took long because of others would be repeated too few times.
            if timed.fastest() * f64::from(timed.times) * examples as f64 >= SAMPLE {
                timed.samples.clear();
                return timed;
            }
            timed.samples.clear();
            timed.times *= 2;
        }
    }

    fn sample(&mut self) {
        let start = Instant::now();
        (0..self.times).for_each(|_| (self.work)());
        let calls = f64::from(self.times) * self.examples as f64;
        self.samples.push(start.elapsed().as_secs_f64() / calls);
    }

    /// The lower quartile, in microseconds an example.
    fn micros(&mut self) -> f64 {
        self.samples.sort_by(f64::total_cmp);
        1e6 * self.samples[self.samples.len() / 4]
    }

    /// In seconds an example.
    fn fastest(&self) -> f64 {
        self.samples.iter().copied().fold(f64::INFINITY, f64::min)
    }
}

/// Keeps the compiler from leaving out what nobody reads; what failed has no time.
fn done<T>(result: Result<T, impl Error>) {
    match result {
        Ok(value) => drop(black_box(value)),
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(1);
        }
    }
}

/// One line of the table.
struct Row {
    name: &'static str,
    /// MACs an example, 0 where they are not what it costs.
    macs: usize,
    fast: Timed,
    product: Option<Timed>,
    reference: Option<Timed>,
}

impl Row {
    fn new(name: &'static str, macs: usize, work: impl FnMut() + 'static) -> Self {
        Self::of(BATCH, name, macs, work)
    }

    /// For work on another number of examples than a batch.
    fn of(examples: usize, name: &'static str, macs: usize, work: impl FnMut() + 'static) -> Self {
        Self { name, macs, fast: Timed::new(examples, work), product: None, reference: None }
    }

    fn product(mut self, work: impl FnMut() + 'static) -> Self {
        self.product = Some(Timed::new(BATCH, work));
        self
    }

    /// On so many examples: one is enough where it is slow.
    fn reference(mut self, examples: usize, work: impl FnMut() + 'static) -> Self {
        self.reference = Some(Timed::new(examples, work));
        self
    }
}

/// FLOPs of a tile's loop over K.
const TILE_DEPTH: usize = 256;
const TILE_FLOPS: f64 = 2.0 * 32.0 * TILE_DEPTH as f64;

/// A tile of M×N sums, M·N = 32, which eight registers of 128 bits hold; what is multiplied stays in the first cache.
fn register_tile<const M: usize, const N: usize>() -> impl FnMut() {
    let a: Vec<[f32; M]> = (0..TILE_DEPTH).map(|p| [1.0 + p as f32 / 1024.0; M]).collect();
    let b: Vec<[f32; N]> = (0..TILE_DEPTH).map(|p| [1.0 - p as f32 / 1024.0; N]).collect();
    move || {
        let mut sums = [[0.0_f32; N]; M];
        for (a, b) in black_box(&*a).iter().zip(black_box(&*b)) {
            for (sums, a) in sums.iter_mut().zip(a) {
                for (sum, b) in sums.iter_mut().zip(b) {
                    *sum += a * b;
                }
            }
        }
        black_box(sums);
    }
}

fn print(peaks: &mut [Timed], rows: &mut [Row]) {
    let peaks: Vec<f64> = peaks.iter_mut().map(|peak| TILE_FLOPS / 1e3 / peak.micros()).collect();
    let peak = peaks.iter().copied().fold(0.0, f64::max);
    println!(
        "Peak, multiplications then additions in a tile: {:.1} (2×16) and {:.1} GFLOP/s (4×8).",
        peaks[0], peaks[1]
    );
    match option_env!("MMTEST_FEATURE") {
        Some(feature) => println!("matrixmultiply was built for the instructions of {feature:?}."),
        None => println!("matrixmultiply uses what instructions this machine has, fused multiply-add among them."),
    }
    println!("The reference's gradients of a layer are made together: their time stands with the weights.\n");
    println!("{:<25} {:>8} | {:^45} | {:^25} | {:^18}", "", "", "nn::fast", "matrixmultiply", "reference (f64)");
    println!(
        "{:<25} {:>8} | {:>8} {:>8} {:>10} {:>8} {:>7} | {:>8} {:>8} {:>7} | {:>9} {:>8}",
        "for each example",
        "kMAC",
        "µs",
        "fastest",
        "examples/s",
        "GFLOP/s",
        "of peak",
        "µs",
        "GFLOP/s",
        "of peak",
        "µs",
        "slower"
    );
    for row in rows {
        let rate = |micros: f64| match row.macs {
            0 => " ".repeat(16),
            macs => {
                let flops = 2e-3 * macs as f64 / micros;
                format!("{flops:>8.1} {:>7.2}", flops / peak)
            }
        };
        let (micros, fastest) = (row.fast.micros(), 1e6 * row.fast.fastest());
        let fast = format!("{micros:>8.3} {fastest:>8.3} {:>10.0} {}", 1e6 / micros, rate(micros));
        let product = row.product.as_mut().map(Timed::micros);
        let product = product.map(|micros| format!("{micros:>8.3} {}", rate(micros))).unwrap_or_default();
        let reference = row.reference.as_mut().map(Timed::micros);
        let reference = reference.map(|slow| format!("{slow:>9.1} {:>7.0}×", slow / micros)).unwrap_or_default();
        let kmacs = if row.macs == 0 { String::new() } else { format!("{:.1}", row.macs as f64 / 1e3) };
        let line = format!("{:<25} {kmacs:>8} | {fast} | {product:>25} | {reference}", row.name);
        println!("{}", line.trim_end_matches([' ', '|']));
    }
}

// --------------------------------------------------------------------------------------------------------------- data

fn split(set: &str) -> Outcome<Split> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/data/mnist");
    let gunzip = |name: String| -> Outcome<Vec<u8>> {
        let path = folder.join(name);
        let file = fs::File::open(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut bytes = Vec::new();
        GzDecoder::new(file).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let images = gunzip(format!("{set}-images-idx3-ubyte.gz"))?;
    let labels = gunzip(format!("{set}-labels-idx1-ubyte.gz"))?;
    Ok(Split::new(data::images(images)?, data::labels(labels)?)?)
}

fn after_an_epoch(dataset: &Arc<Dataset>) -> Outcome<Trainer> {
    let spec = RunSpec { batch: 64, epochs: 3, ..RunSpec::default() };
    let mut trainer = Trainer::new(spec, Arc::clone(dataset))?;
    while !matches!(trainer.advance()?, Event::Epoch(_)) {}
    Ok(trainer)
}

/// LeNet's two convolutions.
fn geometry(layer: usize) -> ConvGeometry {
    let (channels_in, channels_out, side, padding) = if layer == 0 { (1, 6, 28, 2) } else { (6, 16, 14, 0) };
    ConvGeometry {
        channels_in,
        channels_out,
        groups: 1,
        kernel: (5, 5),
        stride: (1, 1),
        dilation: (1, 1),
        padding: Padding::per_side(padding),
        input: (side, side),
    }
}

/// LeNet's three linear layers.
const LINEARS: [Linear; 3] =
    [Linear { inputs: 400, outputs: 120 }, Linear { inputs: 120, outputs: 84 }, Linear { inputs: 84, outputs: 10 }];

const LOSS: CrossEntropy = CrossEntropy { classes: 10, label_smoothing: 0.0 };

/// A batch after its way through a network and back: what each layer reads and makes.
struct Passed {
    /// Weight and bias of each layer.
    parameters: Vec<(Vec<f32>, Vec<f32>)>,
    /// What each layer reads; the logits at the end. Maps are channels last, but for those that the first linear layer
    /// reads.
    inputs: Vec<Vec<f32>>,
    /// What the convolutions make, channels last.
    maps: Vec<Vec<f32>>,
    /// The gradient of what each layer makes, before its activation for linear layers.
    grads: Vec<Vec<f32>>,
    labels: Vec<u8>,
}

impl Passed {
    fn new(dataset: &Dataset, network: &Network) -> Outcome<Self> {
        let mut parameters = Vec::new();
        for pair in network.parameters().chunks_exact(2) {
            let part = |i: usize| network.weights()[pair[i].range.clone()].to_vec();
            parameters.push((part(0), part(1)));
        }
        let mut loader = Loader::new(Normalization::mnist());
        let (images, labels) = loader.load(&dataset.train, 0..BATCH);
        let (mut inputs, mut maps, labels) = (vec![images.to_vec()], Vec::new(), labels.to_vec());
        for layer in 0..2 {
            let conv = ConvReluPool::new(geometry(layer), background(layer))?;
            let mut scratch = conv.scratch(BATCH);
            let mut y = vec![0.0; BATCH * conv.output_len()];
            conv.pack(&parameters[layer].0, &parameters[layer].1, &mut scratch);
            conv.forward(BATCH, &inputs[layer], &mut y, &mut scratch);
            inputs.push(if layer == 0 { y.clone() } else { channels_first(&y, 16) });
            maps.push(y);
        }
        for (layer, linear) in (2..).zip(LINEARS) {
            let (mut y, (weight, bias)) = (vec![0.0; BATCH * linear.outputs], &parameters[layer]);
            linear.forward(BATCH, &inputs[layer], weight, bias, &mut y, &mut linear.scratch(BATCH));
            if layer < 4 {
                Activation::Relu.forward(&mut y);
            }
            inputs.push(y);
        }
        let mut grads = vec![Vec::new(), Vec::new(), Vec::new(), Vec::new(), vec![0.0; BATCH * LOSS.classes]];
        LOSS.loss_and_gradient(&inputs[5], &labels, BATCH as f32, &mut grads[4]);
        for (layer, linear) in (2..5).zip(LINEARS).rev() {
            let mut dx = vec![0.0; BATCH * linear.inputs];
            let weight = &parameters[layer].0;
            linear.backward_input(BATCH, weight, &grads[layer], &mut dx, &mut linear.scratch(BATCH));
            if layer > 2 {
                Activation::Relu.backward(&inputs[layer], &mut dx);
            } else {
                dx = channels_last(&dx, 16);
            }
            grads[layer - 1] = dx;
        }
        let mut passed = Self { parameters, inputs, maps, grads, labels };
        let mut back = Convolution::new(&passed, 1)?;
        back.weights();
        back.inputs();
        passed.grads[0] = back.dx;
        Ok(passed)
    }

    /// What part of the pooled cells has a gradient.
    fn activity(&self) -> String {
        let share = |maps: &[f32]| 100.0 * maps.iter().filter(|y| **y > 0.0).count() as f64 / maps.len() as f64;
        let (first, second) = (share(&self.maps[0]), share(&self.maps[1]));
        format!("Active after pooling: {first:.0} % and {second:.0} % of the cells.")
    }
}

fn background(layer: usize) -> Option<f32> {
    ModelSpec::lenet().background.filter(|_| layer == 0)
}

/// N×H×W×C as N×C×H×W.
fn channels_first(maps: &[f32], channels: usize) -> Vec<f32> {
    let mut found = Vec::with_capacity(maps.len());
    for image in maps.chunks_exact(maps.len() / BATCH) {
        (0..channels).for_each(|c| found.extend(image.iter().skip(c).step_by(channels)));
    }
    found
}

/// N×C×H×W as N×H×W×C.
fn channels_last(maps: &[f32], channels: usize) -> Vec<f32> {
    channels_first(maps, maps.len() / BATCH / channels)
}

fn double(values: &[f32]) -> Vec<f64> {
    values.iter().map(|x| f64::from(*x)).collect()
}

/// Both ways must give the same, or there is nothing to compare.
fn agree(what: &str, fast: &[f32], product: &[f32]) -> Outcome<()> {
    let largest = fast.iter().fold(0.0_f32, |largest, x| largest.max(x.abs()));
    let off = fast.iter().zip(product).fold(0.0_f32, |off, (a, b)| off.max((a - b).abs()));
    if fast.len() == product.len() && off <= 1e-4 * largest && largest > 0.0 {
        return Ok(());
    }
    Err(format!("{what}: the two ways differ by {off}, of {largest} at most").into())
}

// ------------------------------------------------------------------------------------------------------- convolutions

/// A fused convolution and its buffers, one scratch a tile.
struct Convolution {
    batch: PassedConvolution,
    conv: ConvReluPool,
    scratch: Vec<ConvPoolScratch>,
    y: Vec<f32>,
    dw: Vec<f32>,
    db: Vec<f32>,
    dx: Vec<f32>,
}

/// What a convolution is given.
struct PassedConvolution {
    x: Vec<f32>,
    weight: Vec<f32>,
    bias: Vec<f32>,
    grad: Vec<f32>,
}

impl Convolution {
    fn new(passed: &Passed, layer: usize) -> Result<Self, ShapeError> {
        let conv = ConvReluPool::new(geometry(layer), background(layer))?;
        let (weight, bias) = passed.parameters[layer].clone();
        let batch =
            PassedConvolution { x: passed.inputs[layer].clone(), weight, bias, grad: passed.grads[layer].clone() };
        let (dw, db) = (vec![0.0; batch.weight.len()], vec![0.0; batch.bias.len()]);
        let (y, dx) = (vec![0.0; BATCH * conv.output_len()], vec![0.0; batch.x.len()]);
        let mut scratch = vec![conv.scratch(TILE); BATCH / TILE];
        for scratch in &mut scratch {
            conv.pack(&batch.weight, &batch.bias, scratch);
        }
        let mut found = Self { batch, conv, scratch, y, dw, db, dx };
        found.forward();
        Ok(found)
    }

    fn forward(&mut self) {
        let (input, len) = (TILE * self.conv.input_len(), TILE * self.conv.output_len());
        let tiles = self.batch.x.chunks_exact(input).zip(self.y.chunks_exact_mut(len));
        for ((x, y), scratch) in tiles.zip(&mut self.scratch) {
            self.conv.forward(TILE, x, y, scratch);
        }
    }

    fn weights(&mut self) {
        let len = TILE * self.conv.output_len();
        let (dw, db) = (&mut self.dw, &mut self.db);
        dw.fill(0.0);
        db.fill(0.0);
        let tiles = self.y.chunks_exact(len).zip(self.batch.grad.chunks_exact(len));
        for ((y, grad), scratch) in tiles.zip(&mut self.scratch) {
            self.conv.backward_weight(TILE, y, grad, dw, db, scratch);
        }
    }

    fn inputs(&mut self) {
        let len = TILE * self.conv.input_len();
        for (dx, scratch) in self.dx.chunks_exact_mut(len).zip(&mut self.scratch) {
            self.conv.backward_input(TILE, dx, scratch);
        }
    }
}

/// The same as im2col, a product for each image, ReLU and pooling; channels first.
struct Im2col {
    geometry: ConvGeometry,
    pool: MaxPool2d,
    /// Height, which is the width, after the convolution.
    side: usize,
    batch: PassedConvolution,
    padded: Vec<f32>,
    /// (C·K·K)×(H′·W′)
    cols: Vec<f32>,
    /// After ReLU; then its gradient.
    h: Vec<f32>,
    y: Vec<f32>,
    argmax: Vec<u32>,
    dw: Vec<f32>,
    db: Vec<f32>,
    dx: Vec<f32>,
}

impl Im2col {
    fn new(passed: &Passed, layer: usize) -> Result<Self, ShapeError> {
        let geometry = geometry(layer);
        let ConvGeometry { channels_in, channels_out, input, padding, .. } = geometry;
        let side = input.0 + 2 * padding.top - 4;
        let (padding, ceil) = (Padding::default(), false);
        let (window, stride) = ((2, 2), (2, 2));
        let pool = PoolGeometry { channels: channels_out, window, stride, padding, ceil, input: (side, side) };
        let (weight, bias) = passed.parameters[layer].clone();
        let x = channels_first(&passed.inputs[layer], channels_in);
        let batch = PassedConvolution { x, weight, bias, grad: channels_first(&passed.grads[layer], channels_out) };
        let cells = channels_out * side * side;
        let mut found = Self {
            geometry,
            pool: MaxPool2d::new(pool)?,
            side,
            padded: vec![0.0; channels_in * (side + 4) * (side + 4)],
            cols: vec![0.0; channels_in * 25 * side * side],
            h: vec![0.0; BATCH * cells],
            y: vec![0.0; BATCH * cells / 4],
            argmax: vec![0; BATCH * cells / 4],
            dw: vec![0.0; batch.weight.len()],
            db: vec![0.0; batch.bias.len()],
            dx: vec![0.0; batch.x.len()],
            batch,
        };
        found.forward();
        Ok(found)
    }

    fn im2col(&mut self, image: usize) {
        let ConvGeometry { channels_in, input: (height, width), padding, .. } = self.geometry;
        let (side, pitch) = (self.side, self.side + 4);
        let x = &self.batch.x[image * channels_in * height * width..][..channels_in * height * width];
        for (plane, padded) in x.chunks_exact(height * width).zip(self.padded.chunks_exact_mut(pitch * pitch)) {
            let rows = padded.chunks_exact_mut(pitch).skip(padding.top);
            for (row, padded) in plane.chunks_exact(width).zip(rows) {
                padded[padding.left..][..width].copy_from_slice(row);
            }
        }
        for (tap, cols) in self.cols.chunks_exact_mut(side * side).enumerate() {
            let (c, u, v) = (tap / 25, tap / 5 % 5, tap % 5);
            for (i, cols) in cols.chunks_exact_mut(side).enumerate() {
                cols.copy_from_slice(&self.padded[(c * pitch + i + u) * pitch + v..][..side]);
            }
        }
    }

    fn forward(&mut self) {
        let ConvGeometry { channels_in, channels_out, .. } = self.geometry;
        let (taps, cells) = (25 * channels_in, self.side * self.side);
        for image in 0..BATCH {
            self.im2col(image);
            let z = &mut self.h[image * channels_out * cells..][..channels_out * cells];
            z.chunks_exact_mut(cells).zip(&self.batch.bias).for_each(|(z, b)| z.fill(*b));
            let extents = (channels_out, taps, cells);
            multiply(&self.batch.weight, false, &self.cols, false, z, extents);
        }
        Activation::Relu.forward(&mut self.h);
        self.pool.forward(BATCH, &self.h, &mut self.y, &mut self.argmax);
    }

    /// The gradients of weights and, if asked for, of inputs.
    fn back(&mut self, inputs: bool) {
        let ConvGeometry { channels_in, channels_out, input: (height, width), .. } = self.geometry;
        let (taps, cells, pitch) = (25 * channels_in, self.side * self.side, self.side + 4);
        let mut dz = vec![0.0; self.h.len()];
        self.pool.backward(BATCH, &self.batch.grad, &self.argmax, &mut dz);
        Activation::Relu.backward(&self.h, &mut dz);
        self.dw.fill(0.0);
        self.db.fill(0.0);
        for (image, dz) in dz.chunks_exact(channels_out * cells).enumerate() {
            if inputs {
                self.cols.fill(0.0);
                multiply(&self.batch.weight, true, dz, false, &mut self.cols, (taps, channels_out, cells));
                let dx = &mut self.dx[image * channels_in * height * width..][..channels_in * height * width];
                dx.fill(0.0);
                // Without padding here: conv2 has none, and nobody asks for the gradient of the images.
                for (tap, cols) in self.cols.chunks_exact(cells).enumerate() {
                    let (c, u, v) = (tap / 25, tap / 5 % 5, tap % 5);
                    for (i, cols) in cols.chunks_exact(self.side).enumerate() {
                        let dx = &mut dx[(c * pitch + i + u) * pitch + v..][..self.side];
                        dx.iter_mut().zip(cols).for_each(|(dx, col)| *dx += col);
                    }
                }
            } else {
                self.im2col(image);
                multiply(dz, false, &self.cols, true, &mut self.dw, (channels_out, cells, taps));
                self.db.iter_mut().zip(dz.chunks_exact(cells)).for_each(|(db, dz)| *db += dz.iter().sum::<f32>());
            }
        }
    }
}

/// `C += A·B` by `matrixmultiply`, which ndarray's product is. C is m×n, summed over k; A and B can be given transposed.
fn multiply(
    a: &[f32],
    a_transposed: bool,
    b: &[f32],
    b_transposed: bool,
    c: &mut [f32],
    (m, k, n): (usize, usize, usize),
) {
    let view = |x, transposed, (rows, cols)| {
        let shape = if transposed { (cols, rows) } else { (rows, cols) };
        let view = ArrayView2::from_shape(shape, x);
        view.map(|view| if transposed { view.reversed_axes() } else { view })
    };
    let (a, b) = (view(a, a_transposed, (m, k)), view(b, b_transposed, (k, n)));
    if let (Ok(a), Ok(b), Ok(mut c)) = (a, b, ArrayViewMut2::from_shape((m, n), c)) {
        general_mat_mul(1.0, &a, &b, 1.0, &mut c);
    }
}

fn convolutions(batch: &Passed) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    for (layer, macs, names) in [
        (0, 117_600, ["conv1 forward", "conv1 gradient of weights", ""]),
        (1, 240_000, ["conv2 forward", "conv2 gradient of weights", "conv2 gradient of inputs"]),
    ] {
        let ConvGeometry { channels_in, channels_out, .. } = geometry(layer);
        let (fast, product) = (|| Convolution::new(batch, layer), || Im2col::new(batch, layer));
        let (mut a, mut b) = (fast()?, product()?);
        a.weights();
        b.back(false);
        agree(names[0], &channels_first(&a.y, channels_out), &b.y)?;
        agree(names[1], &a.dw, &b.dw)?;
        let exact = ReferenceConvolution::new(batch, layer)?;
        let row = Row::new(names[0], macs, move || a.forward()).product(move || b.forward());
        let shared = Rc::new(exact);
        let exact = Rc::clone(&shared);
        rows.push(row.reference(1, move || exact.forward()));
        let (mut a, mut b) = (fast()?, product()?);
        let row = Row::new(names[1], macs, move || a.weights()).product(move || b.back(false));
        rows.push(row.reference(1, move || shared.back()));
        if layer > 0 {
            let (mut a, mut b) = (fast()?, product()?);
            a.weights();
            a.inputs();
            b.back(true);
            agree(names[2], &channels_first(&a.dx, channels_in), &b.dx)?;
            rows.push(Row::new(names[2], macs, move || a.inputs()).product(move || b.back(true)));
        }
    }
    Ok(rows)
}

/// One image through the reference.
struct ReferenceConvolution {
    conv: reference::Conv2d,
    x: Array4<f64>,
    w: Array4<f64>,
    b: Array1<f64>,
    z: Array4<f64>,
    argmax: Array4<usize>,
    dy: Array4<f64>,
}

impl ReferenceConvolution {
    fn new(passed: &Passed, layer: usize) -> Outcome<Self> {
        let ConvGeometry { channels_in, channels_out, input, padding, .. } = geometry(layer);
        let conv = reference::Conv2d { padding, ..reference::Conv2d::default() };
        let first = |maps: &[f32], channels| {
            let maps = double(&channels_first(maps, channels));
            maps[..maps.len() / BATCH].to_vec()
        };
        let x = first(&passed.inputs[layer], channels_in);
        let x = Array4::from_shape_vec((1, channels_in, input.0, input.1), x)?;
        let (w, b) = &passed.parameters[layer];
        let w = Array4::from_shape_vec((channels_out, channels_in, 5, 5), double(w))?;
        let b = Array1::from_vec(double(b));
        let z = reference::conv2d(&x, &w, Some(&b), &conv)?;
        let h = reference::activation(&z, reference::Activation::Relu);
        let pooled = reference::max_pool2d(&h, &reference::Pool2d::tiles(2))?;
        let dy = Array4::from_shape_vec(pooled.output.dim(), first(&passed.grads[layer], channels_out))?;
        Ok(Self { conv, x, w, b, z, argmax: pooled.argmax, dy })
    }

    fn forward(&self) {
        let z = reference::conv2d(&self.x, &self.w, Some(&self.b), &self.conv);
        let h = z.map(|z| reference::activation(&z, reference::Activation::Relu));
        done(h.and_then(|h| reference::max_pool2d(&h, &reference::Pool2d::tiles(2))));
    }

    fn back(&self) {
        let (.., height, width) = self.z.dim();
        let dz = reference::max_pool2d_grad((height, width), &self.argmax, &self.dy)
            .and_then(|dh| reference::activation_grad(&self.z, &dh, reference::Activation::Relu));
        done(dz.and_then(|dz| reference::conv2d_grad(&self.x, &self.w, &dz, &self.conv)));
    }
}

/// What a step of a convolution is: forward, the gradients of weights, biases and inputs, for a tile of random maps.
struct ConvolutionStep {
    conv: nhwc::Conv2d,
    scratch: nhwc::ConvScratch,
    weight: Vec<f32>,
    bias: Vec<f32>,
    x: Vec<f32>,
    y: Vec<f32>,
    dy: Vec<f32>,
    dx: Vec<f32>,
    dw: Vec<f32>,
    db: Vec<f32>,
}

impl ConvolutionStep {
    fn new(geometry: ConvGeometry) -> Result<Self, ShapeError> {
        let conv = nhwc::Conv2d::new(geometry)?;
        let (weight, bias) = (wave(conv.weight_len(), 1), wave(geometry.channels_out, 2));
        let (x, dy) = (wave(TILE * conv.input_len(), 3), wave(TILE * conv.output_len(), 4));
        let (y, dx, dw, db) = (vec![0.0; dy.len()], vec![0.0; x.len()], vec![0.0; weight.len()], vec![0.0; bias.len()]);
        Ok(Self { scratch: conv.scratch(TILE), conv, weight, bias, x, y, dy, dx, dw, db })
    }

    fn macs(&self) -> usize {
        3 * self.conv.weight_len() * self.conv.output().0 * self.conv.output().1
    }

    /// Packing is once a batch; here it is once a tile.
    fn run(&mut self) {
        self.dw.fill(0.0);
        self.db.fill(0.0);
        self.conv.pack(&self.weight, &self.bias, &mut self.scratch);
        self.conv.forward(TILE, &self.x, &mut self.y, &mut self.scratch);
        self.conv.backward_weight(TILE, &self.x, &self.dy, &mut self.dw, &mut self.db, &mut self.scratch);
        self.conv.backward_input(TILE, &mut self.dx, &self.scratch);
    }
}

/// Whole steps of 3×3 convolutions with as many filters as channels, and of some others.
fn three_by_three() -> Outcome<Vec<Row>> {
    const SAME: [(usize, usize, &str); 9] = [
        (16, 7, "3×3 step, 16 of 7×7"),
        (16, 14, "3×3 step, 16 of 14×14"),
        (16, 28, "3×3 step, 16 of 28×28"),
        (32, 7, "3×3 step, 32 of 7×7"),
        (32, 14, "3×3 step, 32 of 14×14"),
        (32, 28, "3×3 step, 32 of 28×28"),
        (64, 7, "3×3 step, 64 of 7×7"),
        (64, 14, "3×3 step, 64 of 14×14"),
        (64, 28, "3×3 step, 64 of 28×28"),
    ];
    let square = |channels: (usize, usize), groups, kernel: usize, stride, side| ConvGeometry {
        channels_in: channels.0,
        channels_out: channels.1,
        groups,
        kernel: (kernel, kernel),
        stride: (stride, stride),
        dilation: (1, 1),
        padding: Padding::per_side(kernel / 2),
        input: (side, side),
    };
    let mut all: Vec<_> =
        SAME.iter().map(|(channels, side, name)| (square((*channels, *channels), 1, 3, 1, *side), *name)).collect();
    all.extend([
        (square((64, 64), 1, 1, 1, 14), "1×1 step, 64 of 14×14"),
        (square((32, 64), 1, 3, 2, 14), "3×3 step, stride 2"),
        (square((32, 32), 4, 3, 1, 14), "3×3 step, 4 groups"),
        (square((32, 32), 32, 3, 1, 14), "3×3 step, depthwise"),
        (square((3, 16), 1, 3, 1, 32), "3×3 step, 3 channels"),
        (square((16, 16), 1, 5, 1, 14), "5×5 step, 16 of 14×14"),
    ]);
    let row = |(geometry, name)| {
        let mut step = ConvolutionStep::new(geometry)?;
        Ok(Row::of(TILE, name, step.macs(), move || step.run()))
    };
    all.into_iter().map(row).collect()
}

/// Numbers from −0.1 to 0.1, none like the next.
fn wave(len: usize, salt: usize) -> Vec<f32> {
    (0..len).map(|i| ((i * 7919 + salt * 104_729) % 2003) as f32 / 10_015.0 - 0.1).collect()
}

/// What is done to each cell of 32 maps of 14×14: normalisation and activations, forward and back.
fn cell_by_cell() -> Outcome<Vec<Row>> {
    let (channels, cells) = (32, 196);
    let norm = nhwc::BatchNorm2d { channels, cells, epsilon: 1e-5, momentum: 0.1 };
    let (x, dy) = (wave(TILE * cells * channels, 1), wave(TILE * cells * channels, 2));
    let (gamma, beta, mut running) = (wave(channels, 3), wave(channels, 4), nhwc::RunningStatistics::new(channels));
    let (mut y, mut dx, mut sums) = (x.clone(), x.clone(), [wave(channels, 5), wave(channels, 6)]);
    let mut scratch = norm.scratch();
    let (input, grad) = (x.clone(), dy.clone());
    let mut rows = vec![Row::of(TILE, "batch norm, 32 of 14×14", 0, move || {
        done(norm.forward(TILE, &input, (&gamma, &beta), &mut running, &mut y, &mut scratch));
        let [dgamma, dbeta] = &mut sums;
        norm.backward(TILE, (&input, &grad), &gamma, &mut dx, (dgamma, dbeta), &mut scratch);
    })];
    for (activation, name) in [
        (Activation::Relu, "ReLU, 32 of 14×14"),
        (Activation::Sigmoid, "sigmoid, 32 of 14×14"),
        (Activation::Tanh, "tanh, 32 of 14×14"),
    ] {
        let (x, dy, mut y, mut dx) = (x.clone(), dy.clone(), x.clone(), dy.clone());
        rows.push(Row::of(TILE, name, 0, move || {
            y.copy_from_slice(&x);
            dx.copy_from_slice(&dy);
            activation.forward(&mut y);
            activation.backward(&y, &mut dx);
        }));
    }
    let geometry = |window| {
        let (padding, ceil, input) = (Padding::default(), false, (14, 14));
        PoolGeometry { channels, window, stride: window, padding, ceil, input }
    };
    let pool = nhwc::MaxPool2d::new(geometry((2, 2)))?;
    let (input, grad, mut y, mut dx) = (x.clone(), dy.clone(), vec![0.0; x.len() / 4], x.clone());
    let mut winners = vec![0; y.len()];
    rows.push(Row::of(TILE, "max pooling of 32 of 14×14", 0, move || {
        pool.forward(TILE, &input, &mut y, &mut winners);
        pool.backward(TILE, &grad, &winners, &mut dx);
    }));
    for (window, name) in [((2, 2), "averages of 32 of 14×14"), ((14, 14), "global average")] {
        let pool = nhwc::AveragePool2d::new(geometry(window), true)?;
        let (x, dy, mut y, mut dx) = (x.clone(), dy.clone(), vec![0.0; x.len() / 4], x.clone());
        rows.push(Row::of(TILE, name, 0, move || {
            pool.forward(TILE, &x, &mut y);
            pool.backward(TILE, &dy, &mut dx);
        }));
    }
    let (mut sum, term) = (x, dy);
    rows.push(Row::of(TILE, "residual sum with ReLU", 0, move || add_relu(&mut sum, &term)));
    Ok(rows)
}

// ------------------------------------------------------------------------------------------------------ linear layers

fn linears(batch: &Rc<Passed>) -> Outcome<Vec<Row>> {
    const NAMES: [[&str; 3]; 3] = [
        ["fc1 forward", "fc1 gradient of inputs", "fc1 gradient of weights"],
        ["fc2 forward", "fc2 gradient of inputs", "fc2 gradient of weights"],
        ["fc3 forward", "fc3 gradient of inputs", "fc3 gradient of weights"],
    ];
    let mut rows = Vec::new();
    for ((layer, linear), names) in (2..).zip(LINEARS).zip(NAMES) {
        let macs = linear.weight_len();
        let make = || LinearLayer::new(batch, layer, linear);
        let (mut fast, mut product) = (make(), make());
        for (run, by_product, name) in [
            (LinearLayer::forward as fn(&mut LinearLayer), LinearLayer::forward_by_product as fn(&mut LinearLayer), 0),
            (LinearLayer::inputs, LinearLayer::inputs_by_product, 1),
            (LinearLayer::weights, LinearLayer::weights_by_product, 2),
        ] {
            run(&mut fast);
            by_product(&mut product);
            agree(names[name], fast.results()[name], product.results()[name])?;
            let (mut fast, mut product) = (make(), make());
            let row = Row::new(names[name], macs, move || run(&mut fast)).product(move || by_product(&mut product));
            rows.push(match name {
                0 => {
                    let (x, w, b, _) = of_reference(batch, layer, linear)?;
                    row.reference(BATCH, move || done(reference::linear(&x, &w, Some(&b))))
                }
                2 => {
                    let (x, w, _, dy) = of_reference(batch, layer, linear)?;
                    row.reference(BATCH, move || done(reference::linear_grad(&x, &w, &dy)))
                }
                _ => row,
            });
        }
    }
    Ok(rows)
}

type ReferenceLinear = (Array2<f64>, Array2<f64>, Array1<f64>, Array2<f64>);

/// What a linear layer is given, for the reference.
fn of_reference(batch: &Passed, layer: usize, Linear { inputs, outputs }: Linear) -> Outcome<ReferenceLinear> {
    let (w, b) = &batch.parameters[layer];
    Ok((
        Array2::from_shape_vec((BATCH, inputs), double(&batch.inputs[layer]))?,
        Array2::from_shape_vec((outputs, inputs), double(w))?,
        Array1::from_vec(double(b)),
        Array2::from_shape_vec((BATCH, outputs), double(&batch.grads[layer]))?,
    ))
}

/// A linear layer and its buffers.
struct LinearLayer {
    batch: Rc<Passed>,
    layer: usize,
    linear: Linear,
    scratch: receptive::nn::fast::LinearScratch,
    y: Vec<f32>,
    dx: Vec<f32>,
    dw: Vec<f32>,
    db: Vec<f32>,
}

impl LinearLayer {
    fn new(batch: &Rc<Passed>, layer: usize, linear: Linear) -> Self {
        Self {
            batch: Rc::clone(batch),
            layer,
            linear,
            scratch: linear.scratch(TILE),
            y: vec![0.0; BATCH * linear.outputs],
            dx: vec![0.0; BATCH * linear.inputs],
            dw: vec![0.0; linear.weight_len()],
            db: vec![0.0; linear.outputs],
        }
    }

    fn results(&self) -> [&[f32]; 3] {
        [&self.y, &self.dx, &self.dw]
    }

    fn forward(&mut self) {
        let Linear { inputs, outputs } = self.linear;
        let (w, b) = &self.batch.parameters[self.layer];
        let x = self.batch.inputs[self.layer].chunks_exact(TILE * inputs);
        for (x, y) in x.zip(self.y.chunks_exact_mut(TILE * outputs)) {
            self.linear.forward(TILE, x, w, b, y, &mut self.scratch);
            if self.layer < 4 {
                Activation::Relu.forward(y);
            }
        }
    }

    fn forward_by_product(&mut self) {
        let Linear { inputs, outputs } = self.linear;
        let (w, b) = &self.batch.parameters[self.layer];
        let x = self.batch.inputs[self.layer].chunks_exact(TILE * inputs);
        for (x, y) in x.zip(self.y.chunks_exact_mut(TILE * outputs)) {
            y.chunks_exact_mut(outputs).for_each(|y| y.copy_from_slice(b));
            multiply(x, false, w, true, y, (TILE, inputs, outputs));
            if self.layer < 4 {
                Activation::Relu.forward(y);
            }
        }
    }

    fn inputs(&mut self) {
        let Linear { inputs, outputs } = self.linear;
        let (w, _) = &self.batch.parameters[self.layer];
        let dy = self.batch.grads[self.layer].chunks_exact(TILE * outputs);
        for (dy, dx) in dy.zip(self.dx.chunks_exact_mut(TILE * inputs)) {
            self.linear.backward_input(TILE, w, dy, dx, &mut self.scratch);
        }
    }

    fn inputs_by_product(&mut self) {
        let Linear { inputs, outputs } = self.linear;
        let (w, _) = &self.batch.parameters[self.layer];
        let dy = self.batch.grads[self.layer].chunks_exact(TILE * outputs);
        for (dy, dx) in dy.zip(self.dx.chunks_exact_mut(TILE * inputs)) {
            dx.fill(0.0);
            multiply(dy, false, w, false, dx, (TILE, outputs, inputs));
        }
    }

    fn weights(&mut self) {
        let Linear { inputs, outputs } = self.linear;
        self.clear();
        let x = self.batch.inputs[self.layer].chunks_exact(TILE * inputs);
        for (x, dy) in x.zip(self.batch.grads[self.layer].chunks_exact(TILE * outputs)) {
            self.linear.backward_weight(TILE, x, dy, &mut self.dw, &mut self.db, &mut self.scratch);
        }
    }

    fn weights_by_product(&mut self) {
        let Linear { inputs, outputs } = self.linear;
        self.clear();
        let x = self.batch.inputs[self.layer].chunks_exact(TILE * inputs);
        for (x, dy) in x.zip(self.batch.grads[self.layer].chunks_exact(TILE * outputs)) {
            multiply(dy, true, x, false, &mut self.dw, (outputs, TILE, inputs));
            for row in dy.chunks_exact(outputs) {
                self.db.iter_mut().zip(row).for_each(|(sum, grad)| *sum += grad);
            }
        }
    }

    /// As a step does once for all its tiles.
    fn clear(&mut self) {
        self.dw.fill(0.0);
        self.db.fill(0.0);
    }
}

// ------------------------------------------------------------------------------------------------------ what is around

fn rest_of_a_step(batch: &Rc<Passed>, dataset: &Arc<Dataset>, mut trainer: Trainer) -> Outcome<Vec<Row>> {
    let network = trainer.network().clone();
    let mut gradient = vec![0.0; network.weights().len()];
    network.clone().loss_and_gradient(&batch.inputs[0], &batch.labels, LOSS, BATCH as f32, &mut gradient);
    let mut rows = vec![loss(batch)?];
    for (kind, name) in [(OptimizerKind::Sgd, "SGD with momentum"), (OptimizerKind::AdamW, "AdamW")] {
        rows.push(optimizer(kind, name, network.weights(), &gradient));
    }
    let mut packed = network.clone();
    rows.push(Row::new("packing of the weights", 0, move || packed.update(|_| ())));

    let (mut loader, own, order) =
        (Loader::new(Normalization::mnist()), Arc::clone(dataset), Batches::new(60_000, 64, 1, 1));
    let mut next = 0;
    rows.push(Row::new("loading of the images", 0, move || {
        for tile in order.get(next % order.len()).chunks(TILE) {
            black_box(loader.load(&own.train, tile.iter().map(|index| *index as usize)));
        }
        // The last batch of an epoch is smaller.
        next = (next + 1) % (order.len() - 1);
    }));

    let (mut tested, passed) = (network.clone(), Rc::clone(batch));
    let tile = move || done(tested.forward(&passed.inputs[0][..TILE * 784]));
    rows.push(Row::of(TILE, "inference, 16 at a time", 416_520, tile));
    let (mut tested, passed) = (network, Rc::clone(batch));
    let mut image = (0..BATCH).cycle();
    rows.push(Row::of(1, "inference, one at a time", 416_520, move || {
        let start = 784 * image.next().unwrap_or_default();
        done(tested.forward(&passed.inputs[0][start..start + 784]));
    }));
    rows.push(Row::new("whole step, second epoch", STEP_MACS, move || {
        step(&mut trainer);
    }));
    let spec = RunSpec { batch: 64, epochs: 3, ..RunSpec::default() };
    for (batch, name) in [(1, "whole step, batches of 1"), (4, "whole step, batches of 4")] {
        let mut trainer: Trainer = Trainer::new(RunSpec { batch, ..spec }, Arc::clone(dataset))?;
        let batch = batch as usize;
        rows.push(Row::of(batch, name, STEP_MACS, move || step(&mut trainer)));
    }
    let mut trainer: Trainer = Trainer::new(RunSpec { model: ModelKind::LeNetSigmoid, ..spec }, Arc::clone(dataset))?;
    rows.push(Row::new("whole step, sigmoid LeNet", STEP_MACS, move || step(&mut trainer)));
    for (name, layers, init) in GRAPHS {
        let model = GraphSpec { layers: layers.into(), init, zero_ends: false, data: DatasetKind::Mnist };
        let mut trainer: Trainer<Graph> = Trainer::new(spec.with_model(model), Arc::clone(dataset))?;
        rows.push(Row::new(name, graph_macs(layers)?, move || step(&mut trainer)));
    }
    let (mut fresh, own): (Trainer, _) = (Trainer::new(spec, Arc::clone(dataset))?, Arc::clone(dataset));
    rows.push(Row::new("whole step, first twenty", STEP_MACS, move || {
        if fresh.step() == 20
            && let Ok(again) = Trainer::new(spec, Arc::clone(&own))
        {
            fresh = again;
        }
        step(&mut fresh);
    }));
    Ok(rows)
}

/// Networks of the graph: both forms of LeNet, and those of depth, with their layers as links have them.
const GRAPHS: [(&str, &str, Init); 5] = [
    ("whole step, graph: ReLU LeNet", "c6k5p2;relu;m2;c16k5;relu;m2;l120;relu;l84;relu;l10", Init::KaimingUniform),
    (
        "whole step, graph: sigmoid LeNet",
        "c6k5p2;sigmoid;a2;c16k5;sigmoid;a2;l120;sigmoid;l84;sigmoid;l10",
        Init::XavierUniform,
    ),
    (
        "whole step, graph: eight convolutions of 16 channels",
        "c16k3p1;relu;m4;c16k3p1;relu;c16k3p1;relu;c16k3p1;relu;c16k3p1;relu;c16k3p1;relu;c16k3p1;relu;c16k3p1;relu;gap;l10",
        Init::HeUniform,
    ),
    (
        "whole step, graph: the same with batch norm",
        "c16k3p1nb;bn;relu;m4;c16k3p1nb;bn;relu;c16k3p1nb;bn;relu;c16k3p1nb;bn;relu;c16k3p1nb;bn;relu;c16k3p1nb;bn;relu;\
         c16k3p1nb;bn;relu;c16k3p1nb;bn;relu;gap;l10",
        Init::HeUniform,
    ),
    (
        "whole step, graph: the same with shortcuts",
        "c16k3p1nb;bn;relu;m4;[c16k3p1nb;bn;relu;c16k3p1nb;bn];relu;[c16k3p1nb;bn;relu;c16k3p1nb;bn];relu;\
         [c16k3p1nb;bn;relu;c16k3p1nb;bn];relu;gap;l10",
        Init::HeUniform,
    ),
];

/// Multiply-adds of a whole step for each example: three times those of the forward pass, but for the first layer,
/// which has no gradient to pass on.
fn graph_macs(layers: &str) -> Outcome<usize> {
    let (counted, _) = counts(&read_layers(layers)?, Features::Maps { channels: 1, height: 28, width: 28 });
    let macs: u64 = counted.iter().map(|row| row.count.macs).sum();
    let first = counted.first().map_or(0, |row| row.count.macs);
    Ok(usize::try_from(3 * macs - first)?)
}

/// A whole step, which may take several calls.
fn step<N: Trainable>(trainer: &mut Trainer<N>) {
    loop {
        match trainer.advance() {
            Ok(Event::Step(_)) => return,
            Ok(_) => {}
            Err(diverged) => return done(Err::<(), _>(diverged)),
        }
    }
}

fn loss(batch: &Rc<Passed>) -> Outcome<Row> {
    let (passed, mut grad) = (Rc::clone(batch), vec![0.0; BATCH * LOSS.classes]);
    let row = Row::new("softmax, loss, gradient", 0, move || {
        let len = TILE * LOSS.classes;
        let tiles = passed.inputs[5].chunks_exact(len).zip(passed.labels.chunks_exact(TILE));
        for ((logits, labels), grad) in tiles.zip(grad.chunks_exact_mut(len)) {
            black_box(LOSS.loss_and_gradient(logits, labels, BATCH as f32, grad));
        }
    });
    let logits = Array2::from_shape_vec((BATCH, LOSS.classes), double(&batch.inputs[5]))?;
    let targets: Vec<usize> = batch.labels.iter().map(|label| usize::from(*label)).collect();
    Ok(row.reference(BATCH, move || {
        done(reference::softmax_cross_entropy(&logits, &targets, 0.0));
        done(reference::softmax_cross_entropy_grad(&logits, &targets, 0.0));
    }))
}

/// One step of a batch, with a rate that leaves the weights as they are.
fn optimizer(kind: OptimizerKind, name: &'static str, weights: &[f32], gradient: &[f32]) -> Row {
    let spec = RunSpec { optimizer: kind, ..RunSpec::default() };
    let (mut optimizer, mut w, g) = (Optimizer::new(&spec, weights.len()), weights.to_vec(), gradient.to_vec());
    let row = Row::new(name, 0, move || optimizer.step(1e-9, &mut w, &g));
    let (mut w, g) = (Array1::from_vec(double(weights)), Array1::from_vec(double(gradient)));
    let (mut first, mut second, mut t) = (Array1::zeros(w.len()), Array1::zeros(w.len()), 0);
    let sgd = reference::Sgd { learning_rate: 1e-9, momentum: 0.9, nesterov: false, weight_decay: 0.0 };
    let (betas, epsilon) = ((0.9, 0.999), 1e-8);
    let adam = reference::Adam { learning_rate: 1e-9, betas, epsilon, weight_decay: 0.0, decoupled: true };
    row.reference(BATCH, move || {
        t += 1;
        done(match kind {
            OptimizerKind::Sgd => sgd.step(&mut w, &g, &mut first),
            _ => adam.step(t, &mut w, &g, &mut first, &mut second),
        });
    })
}
