//! Examples to begin with: the course's first.

use crate::lab::preset::{Preset, SLIDES};

const COUNTED: &str = "Weights counted";
const CONNECTED: &str = "Connections";
const MOVED: &str = "A shift of the input";

/// The presets in the order of the list.
pub const PRESETS: &[Preset] = &[
    Preset {
        group: SLIDES,
        name: "36 million inputs, 100 units",
        query: "step=12",
        look: "480,000 times fewer weights. But 25 times the multiply-adds, for 12 million times the outputs.",
    },
    Preset {
        group: COUNTED,
        name: "The same, count by count",
        query: "",
        look: "3.6 billion weights to look at an image once.",
    },
    Preset {
        group: COUNTED,
        name: "A digit: 28 × 28, 100 units or 6 filters",
        query: "size=28&channels=1&filters=6&pad=2&step=12",
        look: "LeNet's first layer: 150 weights, where 100 units need 78,400.",
    },
    Preset {
        group: COUNTED,
        name: "ImageNet: 224 × 224 × 3, 3 × 3 kernels",
        query: "size=224&units=1000&window=3&filters=64&pad=1&step=12",
        look: "VGG's first layer. Its 1,728 weights make 3.2 million outputs.",
    },
    Preset {
        group: COUNTED,
        name: "AlexNet's first layer",
        query: "size=224&units=1000&window=11&filters=96&stride=4&pad=2&step=12",
        look: "A stride of 4 leaves a sixteenth of the multiply-adds; the weights stay as many.",
    },
    Preset {
        group: COUNTED,
        name: "A 1 × 1 kernel",
        query: "size=28&channels=256&units=64&window=1&filters=64&step=12",
        look: "One weight a channel: at each place the channels are mixed, and no neighbour is seen.",
    },
    Preset {
        group: COUNTED,
        name: "A kernel as large as the image",
        query: "size=28&channels=1&window=28&step=12",
        look: "The window has one place: the convolution is the fully connected layer, weight for weight.",
    },
    Preset {
        group: CONNECTED,
        name: "8 inputs, 3 taps",
        query: "view=connections",
        look: "48 edges, then 18, then 3 weights for all of them.",
    },
    Preset {
        group: CONNECTED,
        name: "Stride 2 and padding",
        query: "view=connections&row=2,0,1,3,0,1,2,0,1&stride=2&pad=1",
        look: "Half as many windows and edges; the kernel's weights stay 3.",
    },
    Preset {
        group: CONNECTED,
        name: "13 inputs: the gap grows",
        query: "view=connections&row=0,1,3,2,0,0,1,2,2,1,0,1,3",
        look: "143 edges against 33: all with all grows with the square.",
    },
    Preset {
        group: CONNECTED,
        name: "One tap: nothing is seen but the input itself",
        query: "view=connections&row=4,-1,0,2,5,3&taps=2",
        look: "Each output is its input, doubled: one edge each, one weight for all.",
    },
    Preset {
        group: CONNECTED,
        name: "As many taps as inputs",
        query: "view=connections&row=1,2,3,4,5,6&taps=1,0,-1,1,0,-1",
        look: "One window, one output: a fully connected unit.",
    },
    Preset {
        group: MOVED,
        name: "A stroke, 1 right",
        query: "view=shift",
        look: "conv(x) moves along with x. dense(x) does not.",
    },
    Preset {
        group: MOVED,
        name: "Down along a vertical edge",
        query: "view=shift&x=0,0,0,5,5;0,0,0,5,5;0,0,0,5,5;0,0,0,5,5;0,0,0,5,5&k=-1,0,1;-1,0,1;-1,0,1&shift=down",
        look: "Along the edge no shift is seen but in row 0.",
    },
    Preset {
        group: MOVED,
        name: "Padding: the edge differs",
        query: "view=shift&x=1,2,3;0,4,1;2,0,5&k=1,1,1;1,1,1;1,1,1&pad=1",
        look: "At the right, padding stands where numbers left.",
    },
    Preset {
        group: MOVED,
        name: "Stride 2: a shift by 1 is lost",
        query: "view=shift&stride=2",
        look: "1 falls between two windows; 2 right does not.",
    },
    Preset {
        group: MOVED,
        name: "A constant picture shows nothing",
        query: "view=shift&x=1,1,1,1,1;1,1,1,1,1;1,1,1,1,1;1,1,1,1,1;1,1,1,1,1&k=1,1;1,1",
        look: "Equal numbers can't tell whether they moved.",
    },
];
