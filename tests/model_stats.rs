//! `nn::count` against the shapes, parameters and multiplications that torchvision's models have, layer by layer.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use receptive::nn::{
    count::{Features, Layer, count},
    shape::Padding,
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
            filters: integer(&row["output"][0]),
            kernel: pair(&row["kernel"]),
            stride: pair(&row["stride"]),
            padding: padding(),
            dilation: (1, 1),
            groups: integer(&row["groups"]),
            bias: row["bias"].as_bool().unwrap(),
        },
        "MaxPool2d" | "AvgPool2d" => Layer::Pool2d {
            kernel: pair(&row["kernel"]),
            stride: pair(&row["stride"]),
            padding: padding(),
            ceil_mode: false,
        },
        "Linear" => Layer::linear(integer(&row["output"][0])),
        "BatchNorm2d" => Layer::BatchNorm2d,
        "ReLU" | "Sigmoid" | "Dropout" => Layer::Activation,
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
