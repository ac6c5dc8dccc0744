//! Examples to begin with: the course's slides first.

/// An example: a whole state as a link, and what to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// The group it is listed under.
    pub group: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The state, as the fields of a `#/convolution` link.
    pub query: &'static str,
    /// What to look at, in one sentence.
    pub look: &'static str,
}

const SLIDES: &str = "Course slides";
const KERNELS: &str = "Kernels with a name";
const SETTINGS: &str = "What the settings do";

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
];
