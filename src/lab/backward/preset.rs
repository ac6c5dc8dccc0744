//! Examples to begin with: the course's first one.

use crate::lab::preset::{Preset, SLIDES};

const CONVOLUTION: &str = "Through a convolution";
const POOLING: &str = "Through a pooling";
const VIEWS: &str = "Other ways to the same numbers";

/// The presets in the order of the list.
pub const PRESETS: &[Preset] = &[
    Preset {
        group: SLIDES,
        name: "Slide: 3×3 ⋆ 2×2, backwards",
        query: "",
        look: "Each upstream number paints the kernel into the input's gradient, and its window into the kernel's.",
    },
    Preset {
        group: CONVOLUTION,
        name: "The loss is the sum of the outputs",
        query: "dy=1,1;1,1",
        look: "All upstream numbers are 1: the kernel's gradient is the sum of the windows, the bias's the number of outputs.",
    },
    Preset {
        group: CONVOLUTION,
        name: "One output alone",
        query: "dy=0,0;1,0",
        look: "One path is left: the kernel as it is written in the input's gradient, the window in the kernel's.",
    },
    Preset {
        group: CONVOLUTION,
        name: "Stride 2: the kernels lie apart",
        query: "x=1,0,2,1,0;0,3,1,0,2;2,1,0,1,1;1,0,2,3,0;0,1,1,0,2&k=1,2;-1,1&dy=1,2;-1,3&stride=2",
        look: "Windows of 2 at stride 2 share no cell, and the last row and column get nothing: no window reads them.",
    },
    Preset {
        group: CONVOLUTION,
        name: "Padding 1: what is dropped",
        query: "k=1,2,1;0,0,0;-1,-2,-1&dy=1,0,2;-1,1,0;0,2,-2&pad=1",
        look: "What falls on the ring is dropped; the kernel's gradient takes its zeros as any other number.",
    },
    Preset {
        group: CONVOLUTION,
        name: "Dilation 2: taps that stand apart",
        query: "x=0,1,2,3,4;5,6,7,8,9;8,7,6,5,4;3,2,1,0,1;2,3,4,5,6&k=1,0,-1;2,0,-2;1,0,-1&dy=3&dilation=2",
        look: "One output: the kernel's gradient is its window times 3, read with the same gaps.",
    },
    Preset {
        group: CONVOLUTION,
        name: "A window as large as the input",
        query: "k=1,0,-1;2,1,0;0,-1,3&b=1&dy=3",
        look: "One output of all inputs, as in a fully connected layer: dx is dy·k and dk is dy·x.",
    },
    Preset {
        group: POOLING,
        name: "Max pooling: the winner takes all",
        query: "op=max&x=12,20,30,0;8,12,2,0;34,70,37,4;112,100,25,12&dy=1,2;3,-1&stride=2",
        look: "One cell of each window gets the whole number; the other three get nothing.",
    },
    Preset {
        group: POOLING,
        name: "Windows that overlap: one cell wins twice",
        query: "op=max&x=1,0,2;3,9,1;0,4,2&dy=1,2;3,4",
        look: "The 9 wins all four windows, and its gradient is the sum of all four numbers.",
    },
    Preset {
        group: POOLING,
        name: "Equal maxima: the first takes all",
        query: "op=max&x=4,4,1,0;2,4,3,3;0,0,-1,-2;0,0,-2,-1&dy=1,2;3,4&stride=2",
        look: "The first of equal numbers gets everything. FinishedCell at the check: there a maximum has no slope.",
    },
    Preset {
        group: POOLING,
        name: "Average pooling: equal shares",
        query: "op=average&dy=4,8;-4,2",
        look: "Each number is divided by four; the cell in the middle gets a share of all of them.",
    },
    Preset {
        group: POOLING,
        name: "Average with padding: shares that are lost",
        query: "op=average&dy=4,4;4,4&stride=2&pad=1",
        look: "The first window reads one real number: three of its four shares fall on the padding.",
    },
    Preset {
        group: VIEWS,
        name: "A full convolution with the turned kernel",
        query: "view=full",
        look: "Zeros around the upstream gradient, the kernel turned by half a turn: the same nine numbers in one pass.",
    },
    Preset {
        group: VIEWS,
        name: "Stride 2 as zeros in between",
        query: "x=1,0,2,1,0;0,3,1,0,2;2,1,0,1,1;1,0,2,3,0;0,1,1,0,2&k=1,2,0;0,1,-1;3,0,1&dy=1,2;-1,3&stride=2&view=full",
        look: "A zero between each two numbers stands for the window's jump of two.",
    },
    Preset {
        group: VIEWS,
        name: "The check: change a number, ask the loss",
        query: "b=1&view=check",
        look: "Each number is made a little larger and smaller; how much the loss answers is the gradient.",
    },
    Preset {
        group: VIEWS,
        name: "Where the check fails: a tie",
        query: "op=max&x=4,4,1;2,4,3;0,0,1&dy=1&window=3&view=check",
        look: "Three numbers are equal: backpropagation gives all to the first, finite differences half to each.",
    },
];
