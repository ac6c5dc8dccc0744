//! Examples to begin with.

use crate::lab::preset::Preset;

const GATES: &str = "The gate";
const OTHERS: &str = "Other layers";
const BACK: &str = "Backwards";
const DEEP: &str = "Many layers";

/// The presets in the order of the list.
pub const PRESETS: &[Preset] = &[
    Preset {
        group: GATES,
        name: "Half open, closed, open",
        query: "",
        look: "T is 0.5, 0.018 and 0.982: the first output is the mean of H and x, the second nearly x, the third nearly H.",
    },
    Preset {
        group: GATES,
        name: "Carried: gate bias −8",
        query: "bt=-8",
        look: "All three gates are nearly closed: y is x, but for a fiftieth at most.",
    },
    Preset {
        group: GATES,
        name: "Transformed: gate bias 8",
        query: "bt=8",
        look: "All three gates are nearly open: y is H, as in a plain layer.",
    },
    Preset {
        group: GATES,
        name: "As the paper begins: gate bias −2",
        query: "bt=-2",
        look: "A network begins with carrying most, so that gradients reach its first layers; gates open as they learn.",
    },
    Preset {
        group: GATES,
        name: "One element",
        query: "x=2&w=3&wt=0",
        look: "A gate sum of 0 makes T = 1/2: y is the mean of H = 6 and x = 2.",
    },
    Preset {
        group: OTHERS,
        name: "A residual layer of the same weights",
        query: "layer=residual",
        look: "H and x are added whole. There is no gate, and no weights for it.",
    },
    Preset {
        group: OTHERS,
        name: "A residual layer that does nothing",
        query: "layer=residual&w=0,0,0;0,0,0;0,0,0",
        look: "With weights of 0, H is 0 and y is x.",
    },
    Preset {
        group: OTHERS,
        name: "A plain layer of the same weights",
        query: "layer=plain",
        look: "Nothing of x is left but what the weights make of it.",
    },
    Preset {
        group: BACK,
        name: "Three ways back",
        query: "view=backward",
        look: "Past the layer, through H and through the gate: the second element gets nearly all of its gradient past the layer.",
    },
    Preset {
        group: BACK,
        name: "Dead units, and the way past them",
        query: "view=backward&b=-9&bt=-2",
        look: "b = −9 lets every ReLU answer 0, so nothing flows through H; what flows past it is there all the same.",
    },
    Preset {
        group: BACK,
        name: "The same in a plain layer",
        query: "view=backward&layer=plain&b=-9",
        look: "Every ReLU answers 0: dx is 0, and nothing before this layer learns.",
    },
    Preset {
        group: BACK,
        name: "tanh",
        query: "view=backward&x=1/2;-1/4;1/4&act=tanh",
        look: "The slope of tanh is 1 − H²: an H near 1 or −1 lets little through.",
    },
    Preset {
        group: DEEP,
        name: "Ten layers like this one",
        query: "view=depth",
        look: "Half open, 0.5 to the power of 10 leaves a thousandth; closed, five sixths come through.",
    },
    Preset {
        group: DEEP,
        name: "A hundred layers, gates closed",
        query: "view=depth&wt=0,0,0;0,0,0;0,0,0&bt=-6&layers=100",
        look: "T is 0.0025: past a hundred layers 78 % of a gradient are left.",
    },
    Preset {
        group: DEEP,
        name: "A hundred residual layers",
        query: "view=depth&layer=residual&layers=100",
        look: "1 to any power is 1: past a residual layer nothing is lost.",
    },
];
