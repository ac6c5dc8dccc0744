//! A [`Graph`] computes what [`ExactRun`] gives in double precision: logits, loss and the gradients of all weights, in
//! training and in evaluation; and what is exact there agrees with differences of the loss.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::float_cmp, reason = "a test fails by panicking")]

use ndarray::Array4;
use proptest::prelude::*;
use receptive::{
    model::{ExactRun, Features, Graph, Layer, Mode, Safetensors as _, TILE, Trainable, exact_loss, read_layers},
    nn::{fast::CrossEntropy, init::Init},
    num::rng::{Purpose, Stream},
};

/// What f32 may be off by after some layers, relative to a tensor's largest value.
const TOLERANCE: f64 = 2e-4;

/// One network of each kind of layer, and of each way past a block.
const NETWORKS: [&str; 16] = [
    "l10",
    "c4k3p1;relu;m2;f;l10",
    "c5k3s2p1d2;sigmoid;a2;f;l7;tanh;l10",
    "c6k3p1g3;stanh;c4k1nb;relu;gap;l10nb",
    "c4k3p1nb;bn;relu;gap;l10",
    "bn;c4k3;f;l10",
    "c4k3p1;[c4k3p1;relu;c4k3p1];relu;f;l10",
    "c4k3p1;[c4k3p1nb;bn;relu;c4k3p1nb;bn];relu;gap;l10",
    "c4k3p1;[p;c6k3s2p1;relu;c6k3p1];relu;gap;l10",
    "c4k3p1;[p;c6k3s2p1nb;bn;relu;c6k3p1nb;bn];relu;gap;l10",
    "c4k3p1;[a;c8k3s2p1;relu;c8k3p1];relu;gap;l10",
    "c4k3p1;relu;[h;c4k3p1;relu];gap;l10",
    "[c3k3p1;relu];[c3k3p1;[c3k1;tanh];relu];f;l10",
    "c4k3p1;[relu;c4k3p1];[bn;relu;c4k3p1];relu;relu;m3s2p1;f;l10",
    "c4k1;[];relu;f;l10",
    "m2s1;relu;c4k3;[a;c4k1];f;l10",
];

const INPUT: (usize, usize, usize) = (3, 8, 8);

fn features() -> Features {
    let (channels, height, width) = INPUT;
    Features::Maps { channels, height, width }
}

fn batch(count: usize, seed: u64) -> (Vec<f32>, Vec<u8>) {
    let mut stream = Stream::new(seed, Purpose::Parameters, 77);
    let inputs = (0..count * 192).map(|_| stream.symmetric(1.5)).collect();
    (inputs, (0..count).map(|i| u8::try_from(i * 7 % 10).unwrap()).collect())
}

/// The network with weights that are no special case: biases, scales and running statistics too.
fn graph(layers: &[Layer], seed: u32) -> Graph {
    let mut graph = Graph::new(layers, features(), Init::XavierUniform, false, seed).unwrap();
    let learned = graph.learned();
    let mut stream = Stream::new(seed.into(), Purpose::Parameters, 78);
    graph.update(|weights| {
        for (at, weight) in weights.iter_mut().enumerate() {
            *weight += stream.symmetric(0.1);
            if at >= learned {
                *weight = weight.abs() + 0.2;
            }
        }
    });
    graph
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest, x| largest.max(x.abs()))
}

/// Whether all are within the tolerance of the largest; `least` is what sums of this kind are made of, where they may
/// cancel to nothing.
#[track_caller]
fn close(what: &str, found: &[f32], expected: &[f64], least: f64) {
    let scale = largest(expected).max(least).max(1e-3);
    assert_eq!(found.len(), expected.len(), "{what}");
    for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((f64::from(*found) - expected).abs() <= TOLERANCE * scale, "{what}[{at}]: {found}, exact {expected}");
    }
}

fn check(text: &str, count: usize, seed: u32) {
    let layers = read_layers(text).unwrap();
    let mut graph = graph(&layers, seed);
    let (inputs, targets) = batch(count, seed.into());
    let weights: Vec<f64> = graph.weights().iter().map(|w| f64::from(*w)).collect();
    let parameters = graph.parameters().to_vec();
    let x = || Array4::from_shape_vec((count, 3, 8, 8), inputs.iter().map(|x| f64::from(*x)).collect()).unwrap();
    let exact = |mode| ExactRun::new(&layers, &parameters, &weights, x(), mode).unwrap();

    let evaluated: Vec<f64> = exact(Mode::Evaluation).logits().iter().copied().collect();
    close(&format!("{text}: logits"), graph.logits(&inputs), &evaluated, 0.0);

    let run = exact(Mode::Training);
    let classes: Vec<usize> = targets.iter().map(|target| usize::from(*target)).collect();
    let (loss, grad) = exact_loss(&run.logits(), &classes, 0.1).unwrap();
    let expected = run.backward(grad).unwrap();
    let mut gradient = vec![0.0; graph.weights().len()];
    let smooth = CrossEntropy { classes: 10, label_smoothing: 0.1 };
    let found = graph.loss_and_gradient(&inputs, &targets, smooth, count as f32, &mut gradient);
    assert!((f64::from(found.mean()) - loss).abs() < 1e-4, "{text}: loss {} for {loss}", found.mean());
    let all = largest(&expected.weights[..graph.learned()]);
    for parameter in &parameters {
        // Of statistics the gradient holds this batch's.
        if parameter.range.end <= graph.learned() {
            let what = format!("{text}: {}", parameter.name);
            let expected = &expected.weights[parameter.range.clone()];
            // A bias before batch normalisation has no gradient: terms as large as others' cancel, up to their rounding.
            let least = if largest(expected) < 1e-12 { all / 32.0 } else { 0.0 };
            close(&what, &gradient[parameter.range.clone()], expected, least);
        }
    }
}

#[test]
fn every_layer_computes_what_is_exact() {
    for text in NETWORKS {
        for (count, seed) in [(TILE, 1), (5, 2)] {
            check(text, count, seed);
        }
    }
}

#[test]
fn exact_gradients_are_slopes_of_the_loss() {
    for text in NETWORKS {
        let layers = read_layers(text).unwrap();
        let graph = graph(&layers, 3);
        let (inputs, targets) = batch(4, 5);
        let classes: Vec<usize> = targets.iter().map(|target| usize::from(*target)).collect();
        let x = Array4::from_shape_vec((4, 3, 8, 8), inputs.iter().map(|x| f64::from(*x)).collect()).unwrap();
        let mut weights: Vec<f64> = graph.weights().iter().map(|w| f64::from(*w)).collect();
        let loss = |weights: &[f64]| {
            let run = ExactRun::new(&layers, graph.parameters(), weights, x.clone(), Mode::Training).unwrap();
            let (loss, grad) = exact_loss(&run.logits(), &classes, 0.0).unwrap();
            (loss, run.backward(grad).unwrap().weights)
        };
        let (_, gradient) = loss(&weights);
        let squared: f64 = gradient.iter().map(|g| g * g).sum();
        let by = 1e-6;
        let mut along = |by: f64| {
            weights.iter_mut().zip(&gradient).for_each(|(w, g)| *w += by * g);
            loss(&weights).0
        };
        let (above, below) = (along(by), along(-2.0 * by));
        let slope = (above - below) / (2.0 * by);
        assert!((slope / squared - 1.0).abs() < 1e-3, "{text}: {slope} where {squared} is expected");
    }
}

/// Layers that fit each other: each number chooses one.
fn any_network() -> impl Strategy<Value = String> {
    prop::collection::vec(0_usize..9, 1..6).prop_map(|choices| {
        let mut layers = vec!["c4k3p1"];
        for choice in choices {
            layers.push(
                [
                    "c4k3p1;relu",
                    "c4k1nb;bn;tanh",
                    "[c4k3p1;relu;c4k3p1]",
                    "[p;c4k3p1nb;bn;relu;c4k1nb;bn];relu",
                    "[h;c4k3p1;relu]",
                    "m3s1p1",
                    "a3s1p1",
                    "bn;relu",
                    "[[c4k1;relu];c4k1g2];sigmoid",
                ][choice],
            );
        }
        layers.push("gap;l10");
        layers.join(";")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_graph_computes_what_is_exact(text in any_network(), seed in 0_u32..1000) {
        check(&text, 8, seed);
    }
}

#[test]
fn what_can_not_be_trained_says_so_with_its_layer() {
    let refused = |text: &str| {
        let layers = read_layers(text).unwrap();
        Graph::new(&layers, features(), Init::HeUniform, false, 1).unwrap_err().to_string()
    };
    assert_eq!(
        refused("c4k3;lrn5;l10"),
        "Layer 2 is a local response normalisation, which is counted but can't be trained here."
    );
    assert_eq!(
        refused("c4k9;l10"),
        "Layer 1 does not fit: The window's height of 9 is larger than the padded input's 8."
    );
    assert_eq!(refused("relu"), "The network has no weights: nothing can be learned.");
    let wide = refused("c4096k3p1;c4096k3p1;l10");
    assert!(wide.starts_with("Training it takes ") && wide.ends_with(" MB; the most is 268 MB."), "{wide}");
}

#[test]
fn a_block_whose_end_is_zero_is_the_identity() {
    let layers = read_layers("c4k3p1;[c4k3p1;relu;c4k3p1];f;l10").unwrap();
    let plain = read_layers("c4k3p1;f;l10").unwrap();
    let mut block = Graph::new(&layers, features(), Init::HeUniform, true, 1).unwrap();
    let mut without = Graph::new(&plain, features(), Init::HeUniform, true, 1).unwrap();
    let (inputs, _) = batch(3, 1);
    // The same weights by name.
    let file = block.to_safetensors().unwrap();
    without.load_safetensors(&file).unwrap();
    assert_eq!(block.logits(&inputs), without.logits(&inputs));
}
