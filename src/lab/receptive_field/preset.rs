//! Examples to begin with: the course's first.

use crate::lab::preset::{Preset, SLIDES};

const SAME: &str = "As much as one larger kernel";
const SETTINGS: &str = "What the settings do";
const NETWORKS: &str = "Networks";
const PROBLEMS: &str = "What does not fit";

/// The presets in the order of the list.
pub const PRESETS: &[Preset] = &[
    Preset {
        group: SLIDES,
        name: "Slide: 32 to 4 by seven 5×5",
        query: "",
        look: "Each layer adds 4 to the field: one cell of the last 4 × 4 sees 29 × 29 of the 32 × 32 input.",
    },
    Preset {
        group: SLIDES,
        name: "The same along one axis",
        query: "view=axis&step=7",
        look: "Below each input column stands on how many paths it is used: the middle on thousands, the edge on one.",
    },
    Preset {
        group: SAME,
        name: "Two 3×3 see as much as one 5×5",
        query: "n=9&layers=c3;c3&step=2",
        look: "5 × 5 input cells with 2·9 = 18 weights a channel in place of 25, and an activation in between.",
    },
    Preset {
        group: SAME,
        name: "Three 3×3 see as much as one 7×7",
        query: "n=11&layers=c3;c3;c3&step=3",
        look: "VGG's choice: 27 weights a channel in place of 49 for the same field.",
    },
    Preset {
        group: SAME,
        name: "Counting the paths of three 3×3",
        query: "n=11&layers=c3;c3;c3&view=axis&step=3",
        look: "1, 3, 6, 7, 6, 3, 1: a single 7 × 7 kernel would use each column once.",
    },
    Preset {
        group: SETTINGS,
        name: "Stride first",
        query: "n=21&layers=c3s2;c3;c3&step=3",
        look: "A stride of 2 doubles what every later layer adds: 3 + 4 + 4 = 11 rows.",
    },
    Preset {
        group: SETTINGS,
        name: "Stride last",
        query: "n=21&layers=c3;c3;c3s2&step=3",
        look: "The same layers in another order see 7 rows: a stride works on the layers after it alone.",
    },
    Preset {
        group: SETTINGS,
        name: "Dilation 1, 2, 4",
        query: "n=19&layers=c3;c3d2;c3d4&step=3",
        look: "The field doubles with each layer, 3, 7, 15, and no cell in it is left out.",
    },
    Preset {
        group: SETTINGS,
        name: "Dilation 2, 2, 2: a grid of gaps",
        query: "n=19&layers=c3d2;c3d2;c3d2&step=3",
        look: "With the same dilation in each layer every second row and column stays unseen.",
    },
    Preset {
        group: SETTINGS,
        name: "Padding: a field over the edge",
        query: "n=12&layers=c3p1;c3p1;c3p1&cell=0,0&step=3",
        look: "The corner sees 4 × 4 of its 7 × 7: the rest would lie in the padding.",
    },
    Preset {
        group: SETTINGS,
        name: "A pyramid of poolings",
        query: "layers=m2;m2;m2;m2&step=4",
        look: "Windows side by side: fields double and never overlap, and each input cell is used on one path.",
    },
    Preset {
        group: NETWORKS,
        name: "LeNet, 28×28",
        query: "n=28&layers=c5p2;m2;c5;m2&step=4",
        look: "A cell of the last 5 × 5 maps sees 16 × 16 of the digit, more than half of each side.",
    },
    Preset {
        group: NETWORKS,
        name: "LeNet-5 as published, 32×32",
        query: "layers=c5;a2;c5;a2;c5&step=5",
        look: "The last convolution is as large as its map: its one cell sees the whole 32 × 32.",
    },
    Preset {
        group: NETWORKS,
        name: "AlexNet's convolutions, 227×227",
        query: "n=227&layers=c11s4;m3s2;c5p2;m3s2;c3p1;c3p1;c3p1;m3s2&step=8",
        look: "The first stride of 4 counts in all that follows: a cell of the last 6 × 6 sees 195 × 195.",
    },
    Preset {
        group: NETWORKS,
        name: "VGG-16's first three blocks, 224×224",
        query: "n=224&layers=c3p1;c3p1;m2;c3p1;c3p1;m2;c3p1;c3p1;c3p1;m2&step=10",
        look: "Ten layers of small windows reach 44 × 44; only the later blocks see a whole object.",
    },
    Preset {
        group: NETWORKS,
        name: "WaveNet's dilations along one axis",
        query: "n=16,64&layers=c2;c2d2;c2d4;c2d8&view=axis&step=4",
        look: "Two taps a layer, and each layer doubles the field: 16 columns, each of them on one path.",
    },
    Preset {
        group: PROBLEMS,
        name: "One 5×5 too many",
        query: "layers=c5;c5;c5;c5;c5;c5;c5;c5",
        look: "The eighth window does not fit the 4 × 4 that is left: remove it, pad, or take a smaller kernel.",
    },
];
