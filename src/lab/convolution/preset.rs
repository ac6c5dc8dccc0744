//! Examples to begin with: the course's slides first.

use crate::lab::preset::{Preset, SLIDES};

const KERNELS: &str = "Kernels with a name";
const SETTINGS: &str = "What the settings do";
const PADDINGS: &str = "Padding";
const MATRICES: &str = "As a matrix";
const TRANSPOSED: &str = "Transposed convolution";

/// The presets in the order of the list.
pub const PRESETS: &[Preset] = &[
    Preset {
        group: SLIDES,
        name: "Slide: 3×3 ⋆ 2×2",
        query: "",
        look: "Four windows fit, so there are four outputs, each a sum of four products.",
    },
    Preset {
        group: SLIDES,
        name: "Slide: padding 1",
        query: "pad=1&padding=total",
        look: "A ring of zeros: the first window reads one real number, and it meets the 3.",
    },
    Preset {
        group: SLIDES,
        name: "Slide: stride 3 down, 2 across",
        query: "pad=1&stride=3,2&padding=total",
        look: "The window jumps 3 rows and 2 columns: only four places are left.",
    },
    Preset {
        group: SLIDES,
        name: "Quiz: 7×7, kernel 3, stride 2",
        query: "x=1,0,2,1,0,1,2;0,3,8,9,2,0,1;1,7,9,8,3,1,0;2,8,9,4,0,2,1;0,2,7,3,1,0,2;1,0,1,0,2,1,0;2,1,0,2,0,1,1&k=1,0,-1;1,0,-1;1,0,-1&stride=2",
        look: "(7 − 3)/2 + 1 is 3 in each direction, and every input cell is read.",
    },
    Preset {
        group: KERNELS,
        name: "Vertical edges: 6×6 ⋆ 3×3",
        query: "x=1,0,2,1,0,1;0,3,8,9,2,0;1,7,9,8,3,1;2,8,9,4,0,2;0,2,7,3,1,0;1,0,1,0,2,1&k=1,0,-1;2,0,-2;1,0,-1&b=1&pad=1",
        look: "Negative where it gets brighter to the right, positive where it gets darker.",
    },
    Preset {
        group: KERNELS,
        name: "Horizontal edges",
        query: "x=0,0,0,0,0,0;0,0,0,0,0,0;0,0,0,0,0,0;9,9,9,9,9,9;9,9,9,9,9,9;9,9,9,9,9,9&k=-1,-2,-1;0,0,0;1,2,1",
        look: "Only the windows that see both the dark and the bright half are not 0.",
    },
    Preset {
        group: KERNELS,
        name: "Box blur: the mean of nine",
        query: "x=0,0,0,0,0;0,0,0,0,0;0,0,9,0,0;0,0,0,0,0;0,0,0,0,0&k=1/9,1/9,1/9;1/9,1/9,1/9;1/9,1/9,1/9&pad=1",
        look: "One bright cell is spread over nine, and nothing is lost: the outputs add up to 9.",
    },
    Preset {
        group: KERNELS,
        name: "Sharpen",
        query: "x=1,1,1,1,1;1,1,1,1,1;1,1,5,1,1;1,1,1,1,1;1,1,1,1,1&k=0,-1,0;-1,5,-1;0,-1,0",
        look: "A flat neighbourhood keeps its number; what differs from its neighbours differs more.",
    },
    Preset {
        group: KERNELS,
        name: "Identity",
        query: "x=3,1,4,1;5,9,2,6;5,3,5,8;9,7,9,3&k=0,0,0;0,1,0;0,0,0&pad=1",
        look: "One tap of 1 in the middle: the output is the input.",
    },
    Preset {
        group: SETTINGS,
        name: "Dilation 2: the same nine taps, spread out",
        query: "x=0,1,2,3,4,5,6;7,8,9,8,7,6,5;4,3,2,1,0,1,2;3,4,5,6,7,8,9;8,7,6,5,4,3,2;1,0,1,2,3,4,5;6,7,8,9,8,7,6&k=1,0,-1;2,0,-2;1,0,-1&dilation=2",
        look: "Nine numbers are read out of a 5×5 patch: a larger view at the same number of weights.",
    },
    Preset {
        group: SETTINGS,
        name: "A stride that leaves cells unread",
        query: "x=1,2,3,4,5,6;2,3,4,5,6,7;3,4,5,6,7,8;4,5,6,7,8,9;5,6,7,8,9,0;6,7,8,9,0,1&k=1,1,1;1,1,1;1,1,1&stride=2",
        look: "The last row and column are marked: the window would have to leave the input to read them.",
    },
    Preset {
        group: SETTINGS,
        name: "Flip: convolution as mathematics defines it",
        query: "x=0,0,0,0,0;0,0,0,0,0;0,0,1,0,0;0,0,0,0,0;0,0,0,0,0&k=1,2,3;4,5,6;7,8,9&flip=1",
        look: "A single 1 copies the kernel into the output; without the flip the copy is turned by half a turn.",
    },
    Preset {
        group: SETTINGS,
        name: "A handwritten seven, 12×12",
        query: "x=0,0,0,0,0,0,0,0,0,0,0,0;0,0,3,8,9,9,9,9,9,7,0,0;0,0,4,9,9,9,9,9,9,9,0,0;0,0,0,1,2,2,2,4,9,8,0,0;0,0,0,0,0,0,0,7,9,3,0,0;0,0,0,0,0,0,2,9,8,0,0,0;0,0,0,0,0,0,7,9,3,0,0,0;0,0,0,0,0,2,9,8,0,0,0,0;0,0,0,0,0,6,9,3,0,0,0,0;0,0,0,0,1,9,8,0,0,0,0,0;0,0,0,0,3,9,4,0,0,0,0,0;0,0,0,0,0,0,0,0,0,0,0,0&k=-1,0,1;-1,0,1;-1,0,1",
        look: "The left side of each stroke is positive, the right side negative.",
    },
    Preset {
        group: PADDINGS,
        name: "SAME, even kernel: two conventions",
        query: "x=1,2,3,4;5,6,7,8;9,8,7,6;5,4,3,2&k=1,0;0,1&view=conventions&compare=same,course",
        look: "A 2×2 kernel needs one extra row: TensorFlow puts it at the bottom, the course on top. Equal sizes, other numbers.",
    },
    Preset {
        group: PADDINGS,
        name: "p = 1: per side or in total",
        query: "pad=1&view=conventions",
        look: "Both call it p = 1. Per side it is a whole ring and 4×4 outputs; in total one row and column, and 3×3.",
    },
    Preset {
        group: PADDINGS,
        name: "SAME as the course counts it",
        query: "x=1,2,3,4,5;2,3,4,5,6;3,4,5,6,7;4,5,6,7,8;5,6,7,8,9&k=0,1,0;1,1,1;0,1,0&pad=1&padding=total",
        look: "p = k − 1 = 2 in total: the output is as large as the input.",
    },
    Preset {
        group: PADDINGS,
        name: "Full: every window that holds a number",
        query: "pad=1",
        look: "p = k − 1 on each side: the corner of the input meets each of the four weights once.",
    },
    Preset {
        group: PADDINGS,
        name: "Zeros make a dark edge",
        query: "x=9,9,9,9;9,9,9,9;9,9,9,9;9,9,9,9&k=1/9,1/9,1/9;1/9,1/9,1/9;1/9,1/9,1/9&pad=1",
        look: "A flat picture stays 9 inside and falls to 6 and 4 where the window reads zeros.",
    },
    Preset {
        group: PADDINGS,
        name: "Replicate keeps it flat",
        query: "x=9,9,9,9;9,9,9,9;9,9,9,9;9,9,9,9&k=1/9,1/9,1/9;1/9,1/9,1/9;1/9,1/9,1/9&pad=1&mode=replicate",
        look: "The ring repeats the border, so that the mean is 9 everywhere.",
    },
    Preset {
        group: PADDINGS,
        name: "Reflect and circular: where the ring comes from",
        query: "x=1,2,3;4,5,6;7,8,9&k=0,0,0;0,1,0;0,0,0&pad=2&mode=reflect",
        look: "The kernel copies, so the output is the ring itself: mirrored at the border cell. Try circular in the settings.",
    },
    Preset {
        group: MATRICES,
        name: "im2col: windows as rows",
        query: "view=im2col",
        look: "Four windows become four rows. Times the kernel as a column they are the whole output in one product.",
    },
    Preset {
        group: MATRICES,
        name: "The kernel as a matrix",
        query: "view=toeplitz",
        look: "Every row holds the same four weights, shifted, and zeros: shared weights, sparse connections.",
    },
    Preset {
        group: MATRICES,
        name: "Stride 2 leaves rows out",
        query: "x=1,2,3,4,5;2,3,4,5,6;3,4,5,6,7;4,5,6,7,8;5,6,7,8,9&k=1,0,-1;2,0,-2;1,0,-1&stride=2&view=toeplitz",
        look: "Four of the nine rows are left: the windows that a stride of 2 visits.",
    },
    Preset {
        group: TRANSPOSED,
        name: "Scattering: 2×2 paints 3×3",
        query: "x=0,1;2,3&transposed=1",
        look: "Each input number paints the kernel, scaled. Where two overlap, they add up.",
    },
    Preset {
        group: TRANSPOSED,
        name: "Stride 2 spreads the kernels",
        query: "x=0,1;2,3&stride=2&transposed=1",
        look: "The stride moves the brush in the output: with 2 the painted kernels stand side by side.",
    },
    Preset {
        group: TRANSPOSED,
        name: "The same over the stretched input",
        query: "x=0,1;2,3&stride=2&transposed=1&view=stretched",
        look: "One zero between the inputs, a ring around, the kernel turned: an ordinary convolution makes the same output.",
    },
    Preset {
        group: TRANSPOSED,
        name: "Checkerboard: kernel 3, stride 2",
        query: "x=1,1,1;1,1,1;1,1,1&k=1,1,1;1,1,1;1,1,1&stride=2&transposed=1",
        look: "A flat input makes a pattern of 1, 2 and 4: the kernels overlap unevenly unless s divides k.",
    },
    Preset {
        group: TRANSPOSED,
        name: "Output padding tells sizes apart",
        query: "x=1,2;3,4&k=1,1,1;1,1,1;1,1,1&pad=1&stride=2&transposed=1&outpad=1",
        look: "Inputs of 3 and of 4 both become 2 at stride 2. The output padding says that 4 is meant.",
    },
    Preset {
        group: TRANSPOSED,
        name: "The matrix turned over",
        query: "x=0,1;2,3&transposed=1&view=toeplitz",
        look: "Nine rows, four columns: the transpose of the matrix that takes 3×3 to 2×2.",
    },
];
