//! `model::count` against the shapes, parameters and multiplications that torchvision's models have, layer by layer.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use receptive::{
    model::{Features, Function, Layer, PoolKind, Zoo, count, counts},
    nn::shape::Padding,
};
use serde_json::Value;

fn integer(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

/// `[h, w]`, or one number for both.
fn pair(value: &Value) -> (usize, usize) {
    if value.is_array() { (integer(&value[0]), integer(&value[1])) } else { (integer(value), integer(value)) }
}

fn features(shape: &Value) -> Features {
    match shape.as_array().unwrap().as_slice() {
        [len] => Features::Vector { len: integer(len) },
        [channels, height, width] => {
            Features::Maps { channels: integer(channels), height: integer(height), width: integer(width) }
        }
        _ => panic!("a shape of maps or a list: {shape}"),
    }
}

fn layer(row: &Value) -> Option<Layer> {
    let padding = || {
        let (height, width) = pair(&row["padding"]);
        Padding { top: height, bottom: height, left: width, right: width }
    };
    Some(match row["type"].as_str().unwrap() {
        "Conv2d" => Layer::Conv2d {
            filters: Some(integer(&row["output"][0])),
            kernel: pair(&row["kernel"]),
            stride: pair(&row["stride"]),
            padding: padding(),
            dilation: (1, 1),
            groups: integer(&row["groups"]),
            bias: row["bias"].as_bool().unwrap(),
        },
        name @ ("MaxPool2d" | "AvgPool2d") => Layer::Pool2d {
            kind: if name == "MaxPool2d" { PoolKind::Max } else { PoolKind::Average },
            kernel: pair(&row["kernel"]),
            stride: pair(&row["stride"]),
            padding: padding(),
            ceil_mode: false,
        },
        "Linear" => Layer::linear(integer(&row["output"][0])),
        "BatchNorm2d" => Layer::BatchNorm,
        "ReLU" | "Sigmoid" | "Dropout" => Layer::Activation(Function::Relu),
        "Flatten" => Layer::Flatten,
        // Its window follows from the output it is asked for, so there is nothing to check.
        "AdaptiveAvgPool2d" => return None,
        name => panic!("unknown layer {name}"),
    })
}

#[track_caller]
fn check(architecture: &str, parameters: u64, macs: u64) {
    let stats: Value = serde_json::from_str(include_str!("golden/model_stats.json")).unwrap();
    let stats = &stats[architecture];
    let (mut all_parameters, mut all_macs) = (0, 0);
    for row in stats["layers"].as_array().unwrap() {
        let Some(layer) = layer(row) else { continue };
        let found = count(&layer, features(&row["input"])).unwrap();
        let expected = (features(&row["output"]), row["params"].as_u64().unwrap(), row["macs"].as_u64().unwrap());
        assert_eq!((found.output, found.parameters, found.macs), expected, "{architecture}, {}", row["name"]);
        all_parameters += found.parameters;
        all_macs += found.macs;
    }
    assert_eq!((all_parameters, all_macs), (parameters, macs));
    assert_eq!((stats["params"].as_u64(), stats["macs"].as_u64()), (Some(parameters), Some(macs)));
}

#[test]
fn architectures() {
    check("lenet_relu_max", 61_706, 416_520);
    check("lenet_sigmoid_avg", 61_706, 416_520);
    check("alexnet", 61_100_840, 714_188_480);
    check("resnet18", 11_689_512, 1_814_073_344);
    check("resnet34", 21_797_672, 3_663_761_408);
}

/// The zoo's networks are torchvision's, layer by layer: what each weighted layer and pooling takes and makes.
#[track_caller]
fn same(zoo: Zoo, architecture: &str) {
    let stats: Value = serde_json::from_str(include_str!("golden/model_stats.json")).unwrap();
    let rows = stats[architecture]["layers"].as_array().unwrap();
    let matters = |name: &str| ["Conv2d", "Linear", "BatchNorm2d", "MaxPool2d", "AvgPool2d"].contains(&name);
    // The projections of shortcuts stand with their blocks' ends here, and are compared by their sums.
    let (shortcuts, others): (Vec<_>, Vec<_>) = rows
        .iter()
        .filter(|row| matters(row["type"].as_str().unwrap()))
        .partition(|row| row["name"].as_str().unwrap().contains("downsample"));
    let taken = |row: &Value| (row["params"].as_u64().unwrap(), row["macs"].as_u64().unwrap());
    let expected: Vec<_> = others.iter().map(|row| (features(&row["output"]), taken(row))).collect();
    let network = zoo.architecture();
    let (counted, misfit) = counts(&network.layers, network.input);
    assert_eq!(misfit, None, "{zoo:?}");
    let all = || network.layers.iter().zip(&counted);
    let found: Vec<_> = all()
        .filter(|(layer, _)| layer.has_weights() || matches!(layer, Layer::Pool2d { .. }))
        .map(|(_, row)| (row.count.output, (row.count.parameters, row.count.macs)))
        .collect();
    assert_eq!(found, expected, "{zoo:?}");
    let sum = |counts: Vec<(u64, u64)>| counts.iter().fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
    let ends =
        all().filter(|(layer, _)| **layer == Layer::BlockEnd).map(|(_, row)| (row.count.parameters, row.count.macs));
    assert_eq!(sum(ends.collect()), sum(shortcuts.iter().map(|row| taken(row)).collect()), "{zoo:?}");
}

#[test]
fn the_zoo() {
    same(Zoo::LeNet, "lenet_relu_max");
    same(Zoo::AlexNetTorchvision, "alexnet");
    same(Zoo::ResNet18, "resnet18");
    same(Zoo::ResNet34B, "resnet34");
}
