//! Networks of the course, each as the text of its layers.

use super::{
    layer::{Features, Layer},
    text::read_layers,
};

/// A network as data: what it reads and its layers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Architecture {
    /// What it is called.
    pub name: String,
    /// What it reads.
    pub input: Features,
    /// Its layers.
    pub layers: Vec<Layer>,
}

/// The networks that have a name in links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Zoo {
    /// LeNet-5 as in the paper: 60,000 parameters.
    LeNet5,
    /// LeNet as it is taught today.
    LeNet,
    /// AlexNet as in the paper, on two graphics cards.
    AlexNet,
    /// AlexNet with one tower, as torchvision has it.
    AlexNetTorchvision,
    /// VGG-16.
    Vgg16,
    /// ResNet-34 without its shortcuts.
    Plain34,
    /// ResNet-18, option B.
    ResNet18,
    /// ResNet-34 with shortcuts that have nothing to learn.
    ResNet34A,
    /// ResNet-34 with projections, as torchvision has it.
    ResNet34B,
}

/// What there is to know of a network.
struct Row {
    name: &'static str,
    year: u16,
    /// How it differs from others of its name; may be empty.
    form: &'static str,
    input: (usize, usize, usize),
    source: &'static str,
}

const LENET_PAPER: &str =
    "LeCun, Bottou, Bengio, Haffner, Gradient-based learning applied to document recognition, 1998";
const ALEXNET_PAPER: &str =
    "Krizhevsky, Sutskever, Hinton, ImageNet classification with deep convolutional neural networks, 2012";
const VGG_PAPER: &str = "Simonyan, Zisserman, Very deep convolutional networks for large-scale image recognition, 2014";
const RESNET_PAPER: &str = "He, Zhang, Ren, Sun, Deep residual learning for image recognition, 2015";

impl Zoo {
    /// All, in the order of the course.
    pub const ALL: &[Self] = &[
        Self::LeNet5,
        Self::LeNet,
        Self::AlexNet,
        Self::AlexNetTorchvision,
        Self::Vgg16,
        Self::Plain34,
        Self::ResNet18,
        Self::ResNet34A,
        Self::ResNet34B,
    ];

    fn row(self) -> Row {
        let row = |name, year, form, input, source| Row { name, year, form, input, source };
        match self {
            Self::LeNet5 => row("LeNet-5", 1998, "as in the paper", (1, 32, 32), LENET_PAPER),
            Self::LeNet => row("LeNet", 1998, "modern form", (1, 28, 28), LENET_PAPER),
            Self::AlexNet => row("AlexNet", 2012, "two groups, as in the paper", (3, 227, 227), ALEXNET_PAPER),
            Self::AlexNetTorchvision => row(
                "AlexNet, one tower",
                2014,
                "as in torchvision",
                (3, 224, 224),
                "Krizhevsky, One weird trick for parallelizing convolutional neural networks, 2014",
            ),
            Self::Vgg16 => row("VGG-16", 2014, "", (3, 224, 224), VGG_PAPER),
            Self::Plain34 => row("Plain-34", 2015, "ResNet-34 without shortcuts", (3, 224, 224), RESNET_PAPER),
            Self::ResNet18 => row("ResNet-18", 2015, "projections, option B", (3, 224, 224), RESNET_PAPER),
            Self::ResNet34A => row("ResNet-34 A", 2015, "padded shortcuts, option A", (3, 224, 224), RESNET_PAPER),
            Self::ResNet34B => row("ResNet-34", 2015, "projections, option B", (3, 224, 224), RESNET_PAPER),
        }
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// What it is called in a list, where some differ by their form alone.
    pub fn title(self) -> String {
        let Row { name, form, .. } = self.row();
        match self {
            Self::AlexNet | Self::LeNet => format!("{name}, {form}"),
            _ => name.to_owned(),
        }
    }

    /// When it came and in what form: `2012, two groups, as in the paper`.
    pub fn about(self) -> String {
        let Row { year, form, .. } = self.row();
        if form.is_empty() { year.to_string() } else { format!("{year}, {form}") }
    }

    /// Where it was described.
    pub fn source(self) -> &'static str {
        self.row().source
    }

    /// The text of its layers, as in a link.
    pub fn text(self) -> String {
        match self {
            // C5 is a convolution in the paper; its windows cover all of S4's maps.
            Self::LeNet5 => "c6k5;stanh;sub2;stanh;table;stanh;sub2;stanh;c120k5;stanh;f;l84;stanh;dist10".to_owned(),
            Self::LeNet => "c6k5p2;relu;m2;c16k5;relu;m2;f;l120;relu;l84;relu;l10".to_owned(),
            Self::AlexNet => {
                "c96k11s4;relu;lrn5;m3s2;c256k5p2g2;relu;lrn5;m3s2;c384k3p1;relu;c384k3p1g2;relu;c256k3p1g2;relu;m3s2;\
                 f;l4096;relu;do0.5;l4096;relu;do0.5;l1000"
                    .to_owned()
            }
            Self::AlexNetTorchvision => {
                "c64k11s4p2;relu;m3s2;c192k5p2;relu;m3s2;c384k3p1;relu;c256k3p1;relu;c256k3p1;relu;m3s2;\
                 f;do0.5;l4096;relu;do0.5;l4096;relu;l1000"
                    .to_owned()
            }
            Self::Vgg16 => {
                let stages = [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)];
                let stage = |(filters, convolutions)| format!("c{filters}k3p1;relu;").repeat(convolutions) + "m2;";
                stages.map(stage).concat() + "f;l4096;relu;do0.5;l4096;relu;do0.5;l1000"
            }
            Self::Plain34 => residual(&[3, 4, 6, 3], None),
            Self::ResNet18 => residual(&[2, 2, 2, 2], Some('p')),
            Self::ResNet34A => residual(&[3, 4, 6, 3], Some('a')),
            Self::ResNet34B => residual(&[3, 4, 6, 3], Some('p')),
        }
    }

    /// The network.
    pub fn architecture(self) -> Architecture {
        let Row { name, input: (channels, height, width), .. } = self.row();
        let layers = read_layers(&self.text()).unwrap_or_default();
        Architecture { name: name.to_owned(), input: Features::Maps { channels, height, width }, layers }
    }
}

/// The layers of a ResNet of basic blocks: so many a stage; `mark` is the shortcut where the shape changes, and without
/// one there is none anywhere.
fn residual(stages: &[usize], mark: Option<char>) -> String {
    let mut text = String::from("c64k7s2p3nb;bn;relu;m3s2p1;");
    for (stage, blocks) in stages.iter().enumerate() {
        let filters = 64 << stage;
        for block in 0..*blocks {
            let shrinks = stage > 0 && block == 0;
            let stride = if shrinks { "s2" } else { "" };
            let [begin, end] = match mark {
                None => [String::new(), String::new()],
                Some(mark) if shrinks => [format!("[{mark};"), "]".to_owned()],
                Some(_) => ["[".to_owned(), "]".to_owned()],
            };
            let body = format!("c{filters}k3{stride}p1nb;bn;relu;c{filters}k3p1nb;bn");
            text.extend([begin.as_str(), &body, &end, ";relu;"]);
        }
    }
    text + "gap;f;l1000"
}

#[cfg(test)]
mod tests {
    use super::{super::count::counts, *};

    #[test]
    fn each_has_the_parameters_that_it_is_known_for() {
        let known = [
            (Zoo::LeNet5, 60_000),
            (Zoo::LeNet, 61_706),
            (Zoo::AlexNet, 60_965_224),
            (Zoo::AlexNetTorchvision, 61_100_840),
            (Zoo::Vgg16, 138_357_544),
            (Zoo::Plain34, 21_623_848),
            (Zoo::ResNet18, 11_689_512),
            (Zoo::ResNet34A, 21_623_848),
            (Zoo::ResNet34B, 21_797_672),
        ];
        assert_eq!(known.map(|(zoo, _)| zoo), Zoo::ALL);
        for (zoo, parameters) in known {
            let Architecture { input, layers, .. } = zoo.architecture();
            let (counted, misfit) = counts(&layers, input);
            assert_eq!((misfit, counted.len()), (None, layers.len()), "{zoo:?}");
            let found: u64 = counted.iter().map(|row| row.count.parameters).sum();
            assert_eq!(found, parameters, "{zoo:?}");
        }
    }

    #[test]
    fn lenet_5_is_the_papers_layer_by_layer() {
        let Architecture { input, layers, .. } = Zoo::LeNet5.architecture();
        let (counted, _) = counts(&layers, input);
        let learned: Vec<u64> = counted.iter().map(|row| row.count.parameters).filter(|count| *count > 0).collect();
        // C1, S2, C3, S4, C5, F6.
        assert_eq!(learned, [156, 12, 1_516, 32, 48_120, 10_164]);
    }
}
