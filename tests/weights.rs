//! The weights that the site carries load, and read digits as their README says.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, io::Read as _, path::Path};

use flate2::read::GzDecoder;
use receptive::{
    data::{self, CLASSES, Loader, Split},
    model::ModelKind,
    model::{Network, Safetensors as _, Trainable as _},
    nn::fast::CrossEntropy,
};

fn test_images() -> Split {
    let gunzip = |name: &str| -> Vec<u8> {
        let path = Path::new("assets/data/mnist").join(name);
        let mut bytes = Vec::new();
        GzDecoder::new(fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
        bytes
    };
    let images = data::images(gunzip("t10k-images-idx3-ubyte.gz")).unwrap();
    Split::new(images, data::labels(gunzip("t10k-labels-idx1-ubyte.gz")).unwrap()).unwrap()
}

#[test]
fn the_weights_load_and_reach_what_their_readme_says() {
    let test = test_images();
    let readme = fs::read_to_string("assets/weights/README.md").unwrap();
    for (model, file) in
        [(ModelKind::LeNet, "lenet.safetensors"), (ModelKind::LeNetSigmoid, "lenet-sigmoid.safetensors")]
    {
        let mut network = Network::new(&model.spec(), 0).unwrap();
        network.load_safetensors(&fs::read(Path::new("assets/weights").join(file)).unwrap()).unwrap();
        let mut loader = Loader::new(model.normalization());
        let (inputs, labels) = loader.load(&test, 0..test.len());
        let loss = network.loss(inputs, labels, CrossEntropy { classes: CLASSES, label_smoothing: 0.0 });
        let found = f64::from(loss.correct) / 100.0;
        let row = readme.lines().find(|line| line.starts_with(&format!("| `{file}`"))).unwrap();
        let said: f64 = row.trim_end_matches(" % |").rsplit(' ').next().unwrap().parse().unwrap();
        // A digit or two on the edge may fall to the other side where the order of sums changes.
        assert!((said - found).abs() < 0.025, "{file} reaches {found} % where its README says {said} %");
    }
}
