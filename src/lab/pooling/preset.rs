//! Examples to begin with: the course's slides first.

use crate::lab::preset::{Preset, SLIDES};

const SETTINGS: &str = "What the settings do";
const MAPS: &str = "Pictures and feature maps";

/// The presets in the order of the list.
pub const PRESETS: &[Preset] = &[
    Preset {
        group: SLIDES,
        name: "Slide: 3×3 max, window 2",
        query: "",
        look: "The largest of each four neighbours is kept, and the window moves by one cell.",
    },
    Preset {
        group: SLIDES,
        name: "Slide: the average of the same",
        query: "kind=average",
        look: "The mean of each four neighbours: all of them count, not the largest alone.",
    },
    Preset {
        group: SLIDES,
        name: "Quiz: 4×4, window 2, stride 2",
        query: "x=12,20,30,0;20,12,2,0;0,70,5,2;8,2,90,3&stride=2",
        look: "The stride is the window's extent, as frameworks begin with: four tiles, and each number is read once.",
    },
    Preset {
        group: SLIDES,
        name: "Quiz: the average of the same",
        query: "x=12,20,30,0;20,12,2,0;0,70,5,2;8,2,90,3&kind=average&stride=2",
        look: "One large number among small ones is thinned out, where the maximum would keep it.",
    },
    Preset {
        group: SLIDES,
        name: "Slide: window 3, padding 1, stride 2",
        query: "x=0,1,2,3;4,5,6,7;8,9,10,11;12,13,14,15&window=3&stride=2&pad=1",
        look: "The first window hangs into the padding, which never wins: 5 is the largest of four real numbers.",
    },
    Preset {
        group: SLIDES,
        name: "Slide: an eye detector, shifted by one",
        query: "x=0,0,0,0,0,0;0,0,0,0,0,0;9,0,0,9,0,0;0,0,0,0,0,0;0,0,0,0,0,0;0,0,0,0,0,0&stride=2&shift=right",
        look: "The left eye stays within its window, and its output stays; the right one crosses into the next window.",
    },
    Preset {
        group: SETTINGS,
        name: "A window of 2 × 3",
        query: "x=0,1,2,3;4,5,6,7;8,9,10,11;12,13,14,15&window=2,3&stride=2,3&pad=0,0,1,1",
        look: "Height comes before width: 2 rows and 3 columns, padded at the left and right alone.",
    },
    Preset {
        group: SETTINGS,
        name: "Equal maxima: the first wins",
        query: "x=4,4,1,0;2,4,3,3;0,0,-1,-2;0,0,-2,-1&stride=2",
        look: "Of equal numbers the first one, row by row, is marked: in training it alone gets the gradient.",
    },
    Preset {
        group: SETTINGS,
        name: "Negative numbers and padding",
        query: "x=-1,-2,-3;-4,-5,-6;-7,-8,-9&stride=2&pad=1",
        look: "Were the padding 0, it would win in every window that has any: it stands for −∞.",
    },
    Preset {
        group: SETTINGS,
        name: "The ceiling keeps the last windows",
        query: "x=0,1,2,3,4;5,6,7,8,9;10,11,12,13,14;15,16,17,18,19;20,21,22,23,24&stride=2&ceil=1",
        look: "The last windows hang over the edge and read what is left; without the ceiling that row and column are dropped.",
    },
    Preset {
        group: SETTINGS,
        name: "An average that leaves padding out",
        query: "x=9,9,9,9;9,9,9,9;9,9,9,9;9,9,9,9&kind=average&window=3&pad=1&count_pad=0",
        look: "A flat input stays flat; switch Count padding on, and the edges sink towards 0.",
    },
    Preset {
        group: SETTINGS,
        name: "Overlapping windows, as in AlexNet",
        query: "x=0,1,2,1,0,1,0;1,0,1,3,1,0,2;2,1,0,1,2,1,0;0,1,9,0,1,3,1;1,0,1,2,0,1,2;0,2,1,0,1,7,0;1,0,2,1,0,1,1&window=3&stride=2",
        look: "Windows of 3 move by 2: where they share a row or a column, one large number can win twice.",
    },
    Preset {
        group: MAPS,
        name: "A handwritten seven, 12×12",
        query: "x=0,0,0,0,0,0,0,0,0,0,0,0;0,0,3,8,9,9,9,9,9,7,0,0;0,0,4,9,9,9,9,9,9,9,0,0;0,0,0,1,2,2,2,4,9,8,0,0;0,0,0,0,0,0,0,7,9,3,0,0;0,0,0,0,0,0,2,9,8,0,0,0;0,0,0,0,0,0,7,9,3,0,0,0;0,0,0,0,0,2,9,8,0,0,0,0;0,0,0,0,0,6,9,3,0,0,0,0;0,0,0,0,1,9,8,0,0,0,0,0;0,0,0,0,3,9,4,0,0,0,0,0;0,0,0,0,0,0,0,0,0,0,0,0&stride=2",
        look: "A quarter of the numbers is left, and it can still be read as a seven.",
    },
    Preset {
        group: MAPS,
        name: "The seven, shifted by one",
        query: "x=0,0,0,0,0,0,0,0,0,0,0,0;0,0,3,8,9,9,9,9,9,7,0,0;0,0,4,9,9,9,9,9,9,9,0,0;0,0,0,1,2,2,2,4,9,8,0,0;0,0,0,0,0,0,0,7,9,3,0,0;0,0,0,0,0,0,2,9,8,0,0,0;0,0,0,0,0,0,7,9,3,0,0,0;0,0,0,0,0,2,9,8,0,0,0,0;0,0,0,0,0,6,9,3,0,0,0,0;0,0,0,0,1,9,8,0,0,0,0,0;0,0,0,0,3,9,4,0,0,0,0,0;0,0,0,0,0,0,0,0,0,0,0,0&stride=2&shift=right",
        look: "Compare the shares that change: along a stroke one layer of pooling forgives little, several in a row more.",
    },
    Preset {
        group: MAPS,
        name: "Global average pooling",
        query: "x=0,1,1,0;2,8,9,1;1,9,8,2;0,2,1,0&kind=average&window=4",
        look: "One window as large as the map: each channel becomes one number, as before the last layer of a ResNet.",
    },
];
