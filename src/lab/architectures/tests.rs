//! Networks as they are shown, edited and repaired.

use proptest::prelude::*;

use super::{ArchitecturesAction as Action, *};
use crate::{
    lab::History,
    model::{read_layers, write_layers},
};

fn own(input: (usize, usize, usize), text: &str) -> ArchitecturesLab {
    ArchitecturesLab { net: Net::of(input, read_layers(text).unwrap()), beside: None, layer: None }
}

fn text(lab: &ArchitecturesLab) -> String {
    write_layers(&lab.net.architecture().layers)
}

#[test]
fn alexnet_row_by_row() {
    let view = rows(&Zoo::AlexNet.architecture());
    let shown: Vec<String> = view.rows.iter().map(|row| row.cells().join(" | ")).collect();
    assert_eq!(
        shown,
        [
            "Convolution, ReLU, response norm | 96 × 55 × 55 | 11 × 11, stride 4 | 34,944 | 105,415,200 | 3.48 MB | 11 × 11",
            "Max pooling | 96 × 27 × 27 | 3 × 3, stride 2 | 0 | 0 | 280 KB | 19 × 19",
            "Convolution, ReLU, response norm | 256 × 27 × 27 | 5 × 5, padding 2, 2 groups | 307,456 | 223,948,800 | 2.24 MB | 51 × 51",
            "Max pooling | 256 × 13 × 13 | 3 × 3, stride 2 | 0 | 0 | 173 KB | 67 × 67",
            "Convolution, ReLU | 384 × 13 × 13 | 3 × 3, padding 1 | 885,120 | 149,520,384 | 519 KB | 99 × 99",
            "Convolution, ReLU | 384 × 13 × 13 | 3 × 3, padding 1, 2 groups | 663,936 | 112,140,288 | 519 KB | 131 × 131",
            "Convolution, ReLU | 256 × 13 × 13 | 3 × 3, padding 1, 2 groups | 442,624 | 74,760,192 | 346 KB | 163 × 163",
            "Max pooling, flatten | 9,216 | 3 × 3, stride 2 | 0 | 0 | 36.9 KB | 195 × 195",
            "Fully connected layer, ReLU, dropout | 4,096 |  | 37,752,832 | 37,748,736 | 49.2 KB | all",
            "Fully connected layer, ReLU, dropout | 4,096 |  | 16,781,312 | 16,777,216 | 49.2 KB | all",
            "Fully connected layer | 1,000 |  | 4,097,000 | 4,096,000 | 4 KB | all",
        ]
    );
    assert_eq!(view.total()[3], "60,965,224");
}

#[test]
fn every_row_and_total_is_that_of_the_layers() {
    for &zoo in Zoo::ALL {
        let network = zoo.architecture();
        let view = rows(&network);
        let (counted, _) = counts(&network.layers, network.input);
        assert_eq!(view.parameters, counted.iter().map(|row| row.count.parameters).sum::<u64>(), "{zoo:?}");
        assert_eq!(view.macs, counted.iter().map(|row| row.count.macs).sum::<u64>(), "{zoo:?}");
        // The rows hold every layer once, in order.
        let layers: Vec<usize> = view.rows.iter().flat_map(|row| row.layers.clone()).collect();
        assert_eq!(layers, (0..network.layers.len()).collect::<Vec<_>>(), "{zoo:?}");
    }
}

#[test]
fn the_courses_pair_in_words() {
    let said = compare(&Zoo::AlexNet.architecture(), &Zoo::LeNet.architecture());
    let headline: String = said.headline.iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(headline, "AlexNet has 988× more parameters than LeNet, and takes 1,739× more multiply-adds.");
    let facts: Vec<String> =
        said.facts.iter().map(|fact| format!("{}: {} | {}", fact.what, fact.here, fact.there)).collect();
    assert_eq!(
        facts,
        [
            "Input: 3 × 227 × 227 | 1 × 28 × 28",
            "Convolutions: 5 | 2",
            "Largest kernel: 11 × 11 | 5 × 5",
            "Largest stride of a convolution: 4 | 1",
            "Most channels: 384 | 16",
            "Pooling: max 3 × 3, stride 2 | max 2 × 2, stride 2",
            "Hidden units: 4,096, 4,096 | 120, 84",
            "Classes: 1,000 | 10",
            "Normalisation: local response | none",
            "Dropout: yes | no",
            "Last convolution sees: 163 × 163 | 14 × 14",
        ]
    );
    let near = compare(&Zoo::LeNet5.architecture(), &Zoo::LeNet.architecture());
    let headline: String = near.headline.iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(headline, "LeNet-5 has 2.76 % fewer parameters than LeNet, and takes 21.2 % fewer multiply-adds.");
    let same = compare(&Zoo::LeNet.architecture(), &Zoo::LeNet.architecture());
    assert!(same.facts.is_empty());
}

#[test]
fn a_layer_in_symbols_and_numbers() {
    let lines = |zoo: Zoo, at: usize| -> Vec<String> {
        let told = arithmetic(&zoo.architecture(), at);
        told.iter()
            .map(|line| format!("{}: {} = {} = {}", line.name, line.symbols, line.numbers, line.result))
            .collect()
    };
    assert_eq!(
        lines(Zoo::AlexNet, 4),
        [
            "Rows and columns: ⌊(n + p − k)/s⌋ + 1 = ⌊(27 + 4 − 5)/1⌋ + 1 = 27",
            "Parameters: c_o · (c_i/g · k_h · k_w + 1) = 256 · (96/2 · 5 · 5 + 1) = 307,456",
            "Multiply-adds: c_o · h · w · c_i/g · k_h · k_w = 256 · 27 · 27 · 96/2 · 5 · 5 = 223,948,800",
            "Activation memory: c · h · w · 4 bytes = 256 · 27 · 27 · 4 = 746 KB",
            "Receptive field: r + (k − 1) · j = 19 + (5 − 1) · 8 = 51",
        ]
    );
    assert_eq!(lines(Zoo::LeNet5, 4)[1], "Parameters: pairs · k_h · k_w + c_o = 60 · 5 · 5 + 16 = 1,516");
    // The first block of the second stage: its sum has the projection.
    let network = Zoo::ResNet18.architecture();
    let end = network
        .layers
        .iter()
        .enumerate()
        .position(|(at, _)| lines(Zoo::ResNet18, at).iter().any(|line| line.contains("2 · c_o")));
    assert_eq!(lines(Zoo::ResNet18, end.unwrap())[0], "Parameters: c_o · c_i + 2 · c_o = 128 · 64 + 2 · 128 = 8,448");
    assert!(arithmetic(&network, 9_999).is_empty());
}

/// The numbers of every line, computed by the reader of the test, are its result.
#[test]
fn what_is_written_out_is_what_comes_out() {
    fn value(text: &str) -> f64 {
        // One level of brackets, then sums of products of quotients.
        if let Some((before, rest)) = text.split_once('(') {
            let (inside, after) = rest.split_once(')').unwrap();
            return value(&format!("{before}{}{after}", value(inside)));
        }
        let text = text.replace('−', "+-").replace(',', "");
        let product = |term: &str| {
            term.split('·')
                .map(|factor| {
                    let mut parts =
                        factor.split('/').map(|part| part.trim().replace("- ", "-").parse::<f64>().unwrap());
                    let first = parts.next().unwrap();
                    parts.fold(first, |value, part| value / part)
                })
                .product::<f64>()
        };
        text.split('+').filter(|term| !term.trim().is_empty()).map(product).sum()
    }
    let mut seen = 0;
    for &zoo in Zoo::ALL {
        let network = zoo.architecture();
        for at in 0..network.layers.len() {
            for line in arithmetic(&network, at) {
                if !matches!(line.name, "Parameters" | "Multiply-adds" | "Receptive field") {
                    continue;
                }
                let result: f64 = line.result.replace(',', "").parse().unwrap();
                assert!((value(&line.numbers) - result).abs() < 0.5, "{zoo:?} {at}: {line:?}");
                seen += 1;
            }
        }
    }
    assert!(seen > 300, "{seen}");
}

#[test]
fn layers_are_edited_and_all_follows() {
    let mut history = History::new(ArchitecturesLab { net: Net::Known(Zoo::LeNet), beside: None, layer: None });
    let act = |history: &mut History<ArchitecturesLab>, action| history.apply(action).unwrap();
    act(&mut history, Action::Set { at: 0, part: LayerPart::Kernel, text: "3, 5".to_owned() });
    act(&mut history, Action::Set { at: 0, part: LayerPart::Padding, text: "1,2".to_owned() });
    act(&mut history, Action::Remove(1));
    act(&mut history, Action::Move(0, Towards::Output));
    act(&mut history, Action::Insert { at: 1, new: 6 });
    assert_eq!(
        text(history.present()),
        "m2;[c1k3p1nb;bn;relu;c1k3p1nb;bn];relu;c6k3,5p1,2;c16k5;relu;m2;f;l120;relu;l84;relu;l10"
    );
    assert_eq!(history.present().layer, Some(1));
    // Of a block both ends go, and what is inside stays.
    act(&mut history, Action::Remove(1));
    assert!(text(history.present()).starts_with("m2;c1k3p1nb;bn;relu;c1k3p1nb;bn;relu;c6"));
    let mut steps = 0;
    while history.can_undo() {
        history.undo();
        steps += 1;
    }
    assert_eq!((steps, &history.present().net), (6, &Net::Known(Zoo::LeNet)));
    // Looking is no step.
    act(&mut history, Action::Look(Some(3)));
    assert!(!history.can_undo() && history.can_redo());
}

#[test]
fn what_was_typed_wrong_is_told() {
    let mut lab = own((1, 28, 28), "c6k5;f;l10");
    for (at, part, typed, says) in [
        (
            0,
            LayerPart::Kernel,
            "five",
            "“five” can't be read here. Right is one whole number, or two for height and width.",
        ),
        (0, LayerPart::Filters, "-3", "“-3” can't be read here. Right is a whole number of at most five digits."),
        (
            0,
            LayerPart::Padding,
            "1,2,3",
            "“1,2,3” can't be read here. Right is one number for all sides, two for rows and columns, or four for top, bottom, left, right.",
        ),
        (9, LayerPart::Filters, "3", "There is no such layer."),
    ] {
        let error = lab.apply(Action::Set { at, part, text: typed.to_owned() }).unwrap_err();
        assert_eq!(error, says);
    }
    let error = lab.apply(Action::SetInput("3,0,8".to_owned())).unwrap_err();
    assert_eq!(error, "“3,0,8” is no input: channels, rows and columns, each from 1 to 4096, such as 3,224,224.");
    lab.apply(Action::SetInput("3 × 32 × 32".to_owned())).unwrap();
    assert_eq!(lab.net.architecture().input.to_string(), "3 × 32 × 32");
    let mut one = own((1, 28, 28), "relu");
    assert!(one.apply(Action::Remove(0)).unwrap_err().starts_with("The last layer stays"));
}

#[track_caller]
fn repaired(input: (usize, usize, usize), layers: &str, says: &str, labels: &[&str], first: &str) {
    let lab = own(input, layers);
    let view = rows(&lab.net.architecture());
    let MisfitView { sentence, repairs, .. } = view.misfit.unwrap();
    assert_eq!(sentence, says);
    assert_eq!(repairs.iter().map(|(label, _)| label.as_str()).collect::<Vec<_>>(), labels);
    let mut after = lab.clone();
    after.apply(repairs[0].1.clone()).unwrap();
    assert_eq!(text(&after), first);
}

#[test]
fn what_does_not_fit_is_repaired() {
    repaired(
        (1, 4, 4),
        "m2;m2;m2;f",
        "Layer 3, max pooling, does not fit. The window's height of 2 is larger than the padded input's 1.",
        &["Window of 1 × 1", "Remove it"],
        "m2;m2;m1s2;f",
    );
    repaired(
        (3, 8, 8),
        "c16k3p1;[c32k3s2p1;relu;c32k3p1];relu",
        "Layer 6, sum: The block makes 32 × 4 × 4 and its shortcut brings 16 × 8 × 8: only equal shapes can be added.",
        &["Project the shortcut", "Pad the shortcut with zeros", "Let its convolutions keep the shape", "Remove it"],
        "c16k3p1;[p;c32k3s2p1;relu;c32k3p1];relu",
    );
    repaired(
        (1, 8, 8),
        "f;c6k5",
        "Layer 2, convolution: The convolution needs feature maps; here they are a list of 64 numbers already.",
        &["Remove the flatten before it", "Remove it"],
        "c6k5",
    );
    repaired(
        (3, 8, 8),
        "c5",
        "Layer 1, convolution: How many filters the convolution has is not said; each makes one feature map.",
        &["3 filters, as many as there are maps", "Remove it"],
        "c3k5",
    );
    repaired(
        (4, 8, 8),
        "c6k3g4",
        "Layer 1, convolution, does not fit. 4 groups do not divide 4 input and 6 output channels.",
        &["2 groups", "Remove it"],
        "c6k3g2",
    );
    repaired(
        (1, 8, 8),
        "[relu",
        "Layer 1, block: The block that begins here has no end.",
        &["End it behind the last layer", "Remove it"],
        "[relu]",
    );
}

#[test]
fn files() {
    let view = rows(&Zoo::LeNet.architecture());
    let markdown = markdown(&view);
    assert!(markdown.starts_with("LeNet, input 1 × 28 × 28\n\n| Layer | Output | Kernel |"), "{markdown}");
    assert!(markdown.ends_with("| Total |  |  | 61,706 | 416,520 | 58.4 KB |  |\n"), "{markdown}");
    let csv = csv(&view);
    assert_eq!(
        csv.lines().nth(1),
        Some("\"Convolution, ReLU\",6 × 28 × 28,\"5 × 5, padding 2\",156,117600,37632,5 × 5")
    );
    assert_eq!(csv.lines().count(), view.rows.len() + 2);
}

#[test]
fn programs() {
    let program = |zoo: Zoo| program(&zoo.architecture());
    assert_eq!(
        program(Zoo::LeNet),
        "from collections import OrderedDict\n\nimport torch\nfrom torch import nn\n\n\nnet = nn.Sequential(OrderedDict([\n    \
         (\"conv1\", nn.Conv2d(1, 6, 5, padding=2)),\n    (\"act1\", nn.ReLU()),\n    (\"pool1\", nn.MaxPool2d(2)),\n    \
         (\"conv2\", nn.Conv2d(6, 16, 5)),\n    (\"act2\", nn.ReLU()),\n    (\"pool2\", nn.MaxPool2d(2)),\n    \
         (\"flatten1\", nn.Flatten()),\n    (\"fc1\", nn.Linear(400, 120)),\n    (\"act3\", nn.ReLU()),\n    \
         (\"fc2\", nn.Linear(120, 84)),\n    (\"act4\", nn.ReLU()),\n    (\"fc3\", nn.Linear(84, 10)),\n]))\n\n\
         print(sum(p.numel() for p in net.parameters()), \"parameters\")\nnet.eval()\nwith torch.no_grad():\n    \
         print(tuple(net(torch.zeros(1, 1, 28, 28)).shape))\n"
    );
    let resnet = program(Zoo::ResNet18);
    assert!(
        resnet.contains("])), nn.Sequential(nn.Conv2d(64, 128, 1, stride=2, bias=False), nn.BatchNorm2d(128)))),"),
        "{resnet}"
    );
    assert!(program(Zoo::ResNet34A).contains("])), Padded(2, 2, 128))),"));
    assert!(program(Zoo::LeNet5).contains("(\"conv2\", TableConv2d()),"));
}

#[test]
fn pictures_are_to_scale() {
    for &zoo in Zoo::ALL {
        let network = zoo.architecture();
        let drawn = picture(&network, &rows(&network), Some(0));
        assert!(drawn.items.len() > 8, "{zoo:?}");
        for item in &drawn.items {
            let area = item.area();
            assert!(area.x >= -20.0 && area.right() <= 640.0 && area.y >= 0.0, "{zoo:?}: {item:?}");
        }
    }
}

fn any_layer() -> impl Strategy<Value = String> {
    prop_oneof![
        (0usize..40, 0usize..8, 0usize..4, 0usize..4).prop_map(|(o, k, s, p)| format!("c{o}k{k}s{s}p{p}")),
        (0usize..5, 0usize..4).prop_map(|(k, s)| format!("m{k}s{s}")),
        prop::sample::select(vec![
            "relu", "bn", "f", "gap", "l10", "l0", "[", "[p", "[a", "[h", "]", "table", "sub2", "lrn0", "c3", "dist10",
            "do0.5"
        ])
        .prop_map(str::to_owned),
    ]
}

proptest! {
    /// Whatever the layers are: all is told, and pressing the first repair again and again ends with a network that fits.
    #[test]
    fn repairs_end(layers in prop::collection::vec(any_layer(), 1..12), channels in 1usize..8, extent in 1usize..40) {
        let Ok(read) = read_layers(&layers.join(";")) else { return Ok(()) };
        let mut lab = ArchitecturesLab { net: Net::of((channels, extent, extent), read), beside: Some(Zoo::LeNet), layer: Some(3) };
        for _ in 0..40 {
            let network = lab.net.architecture();
            let view = rows(&network);
            picture(&network, &view, lab.layer);
            program(&network);
            compare(&network, &Zoo::LeNet.architecture());
            for at in 0..network.layers.len() {
                arithmetic(&network, at);
                parts(&network.layers[at]);
            }
            let Some(MisfitView { at, repairs, .. }) = view.misfit else { return Ok(()) };
            prop_assert!(at <= network.layers.len() && !repairs.is_empty());
            let (label, action) = repairs[0].clone();
            // A single layer can't be removed.
            if lab.apply(action).is_err() {
                prop_assert_eq!(network.layers.len(), 1, "{}", label);
                return Ok(());
            }
        }
        prop_assert!(false, "no end: {}", text(&lab));
    }
}
