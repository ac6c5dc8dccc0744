//! Examples to begin with: the course's slides first.

use crate::lab::preset::{Preset, SLIDES};

const KERNELS: &str = "What filters do with channels";
const GROUPS: &str = "Groups";

/// The presets in their order.
pub const PRESETS: &[Preset] = &[
    Preset {
        group: SLIDES,
        name: "Slide: two channels, one filter",
        query: "",
        look: "Each channel meets a kernel of its own; the two sums are added up to one output number.",
    },
    Preset {
        group: SLIDES,
        name: "RGB: three channels, one edge filter",
        query: "x=9,9,0,0;9,9,0,0;9,9,0,0;9,9,0,0|6,6,0,0;6,6,0,0;6,6,0,0;6,6,0,0|3,3,3,3;3,3,3,3;3,3,3,3;3,3,3,3&k=1,0,-1;1,0,-1;1,0,-1|1,0,-1;1,0,-1;1,0,-1|1,0,-1;1,0,-1;1,0,-1",
        look: "Red and green have the edge and add to the sum; blue is flat and adds 0.",
    },
    Preset {
        group: SLIDES,
        name: "Two filters: two output channels",
        query: "k=0,1;2,3|1,2;3,4||1,1;1,1|-1,-1;-1,-1&b=0,4",
        look: "The second filter takes channel 1 from channel 0, which differ by 1 everywhere: its output is flat.",
    },
    Preset {
        group: SLIDES,
        name: "A bias for each filter",
        query: "k=0,1;2,3|1,2;3,4||0,1;2,3|1,2;3,4||0,1;2,3|1,2;3,4&b=0,1,-50",
        look: "Three times the same kernels: the outputs differ by their biases alone.",
    },
    Preset {
        group: SLIDES,
        name: "Quiz: eight 3×3 filters on RGB, how many parameters?",
        query: "x=1,0,2,1;0,3,8,9;1,7,9,8;2,8,9,4|0,2,1,0;2,1,0,1;0,1,2,2;1,0,0,1|5,5,6,6;5,5,6,6;4,4,5,5;4,4,5,5&k=1,0,-1;1,0,-1;1,0,-1|1,0,-1;1,0,-1;1,0,-1|1,0,-1;1,0,-1;1,0,-1||1,1,1;0,0,0;-1,-1,-1|1,1,1;0,0,0;-1,-1,-1|1,1,1;0,0,0;-1,-1,-1||0,0,0;0,1,0;0,0,0|0,0,0;0,0,0;0,0,0|0,0,0;0,0,0;0,0,0||0,0,0;0,0,0;0,0,0|0,0,0;0,1,0;0,0,0|0,0,0;0,0,0;0,0,0||0,0,0;0,0,0;0,0,0|0,0,0;0,0,0;0,0,0|0,0,0;0,1,0;0,0,0||0,0,0;0,1,0;0,0,0|0,0,0;0,-1,0;0,0,0|0,0,0;0,0,0;0,0,0||0,1,0;1,-4,1;0,1,0|0,1,0;1,-4,1;0,1,0|0,1,0;1,-4,1;0,1,0||1,0,0;0,0,0;0,0,-1|0,0,0;0,0,0;0,0,0|-1,0,0;0,0,0;0,0,1&pad=1",
        look: "Count one filter: its kernels, one a channel, and its bias. 64 filters have eight times as many parameters as these eight, whatever the size of the image.",
    },
    Preset {
        group: KERNELS,
        name: "1×1: a weighted sum of the channels",
        query: "x=9,0,0;9,9,0;0,0,9|0,9,0;9,9,0;0,0,9|0,0,9;0,9,9;0,0,9&k=1/4|5/8|1/8",
        look: "A 1×1 kernel looks at no neighbour: each output is a mix of the channels in one place, here how bright a colour is.",
    },
    Preset {
        group: KERNELS,
        name: "1×1: three channels become two",
        query: "x=9,0,0;9,9,0;0,0,9|0,9,0;9,9,0;0,0,9|0,0,9;0,9,9;0,0,9&k=1/3|1/3|1/3||1|-1|0",
        look: "As many output channels as filters: rows and columns stay, and only the number of channels changes.",
    },
    Preset {
        group: KERNELS,
        name: "From red to green: an edge that cancels",
        query: "x=9,9,0,0;9,9,0,0;9,9,0,0;9,9,0,0|0,0,9,9;0,0,9,9;0,0,9,9;0,0,9,9|5,5,5,5;5,5,5,5;5,5,5,5;5,5,5,5&k=1,0,-1;1,0,-1;1,0,-1|1,0,-1;1,0,-1;1,0,-1|1,0,-1;1,0,-1;1,0,-1||1,0,-1;1,0,-1;1,0,-1|-1,0,1;-1,0,1;-1,0,1|0,0,0;0,0,0;0,0,0",
        look: "With equal kernels red falls as much as green rises, and the sum is 0; filter 1 turns the sign of green and sees the edge.",
    },
    Preset {
        group: KERNELS,
        name: "Padding 1, stride 2: a smaller map of every channel",
        query: "x=1,2,3,4,5;2,3,4,5,6;3,4,5,6,7;4,5,6,7,8;5,6,7,8,9|9,8,7,6,5;8,7,6,5,4;7,6,5,4,3;6,5,4,3,2;5,4,3,2,1&k=1,1,1;1,1,1;1,1,1|1,1,1;1,1,1;1,1,1&pad=1&stride=2",
        look: "Padding and stride are the same for all channels: the windows of a step lie on the same place of each.",
    },
    Preset {
        group: GROUPS,
        name: "Depthwise: one filter for each channel",
        query: "x=0,1,2;3,4,5;6,7,8|1,2,3;4,5,6;7,8,9|8,7,6;5,4,3;2,1,0&k=0,1;2,3||1,2;3,4||1,1;1,1&groups=3",
        look: "Each filter reads one channel alone: nothing is added up over the channels, and channel stays channel.",
    },
    Preset {
        group: GROUPS,
        name: "Two groups of two channels",
        query: "x=0,1,2;3,4,5;6,7,8|1,2,3;4,5,6;7,8,9|8,7,6;5,4,3;2,1,0|1,0,1;0,1,0;1,0,1&k=0,1;2,3|1,2;3,4||1,1;1,1|-1,1;-1,1&groups=2",
        look: "Filter 0 reads channels 0 and 1, filter 1 reads channels 2 and 3: half of the weights that one group would have.",
    },
];
