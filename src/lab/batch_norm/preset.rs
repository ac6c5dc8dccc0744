//! Examples to begin with.

use crate::lab::preset::Preset;

const BEGIN: &str = "To begin with";
const STATISTICS: &str = "Training and evaluation";
const WRONG: &str = "What goes wrong";
const BACK: &str = "Backwards";

/// The presets in the order of the list.
pub const PRESETS: &[Preset] = &[
    Preset {
        group: BEGIN,
        name: "Two features, one scale",
        query: "",
        look: "Numbers around 5 and numbers around 100 come to the same x̂, from −1.5 to 1.5; γ and β then scale and shift each.",
    },
    Preset {
        group: BEGIN,
        name: "The smallest batch: 1 and 3",
        query: "x=1;3&g=1&b=0",
        look: "Mean 2, deviation 1: 1 and 3 come to −1 and 1, as any two different numbers do.",
    },
    Preset {
        group: BEGIN,
        name: "A feature, and the same shifted and scaled",
        query: "x=8,100;2,40;5,70;4,60;6,80&g=1,1&b=0,0",
        look: "The second column is 10 times the first, plus 20. Normalised they are one and the same.",
    },
    Preset {
        group: BEGIN,
        name: "Undone: γ is the deviation, β the mean",
        query: "g=2,20&b=5,100",
        look: "What comes out is what went in: the network can learn to take the normalisation back.",
    },
    Preset { group: BEGIN, name: "γ = 0", query: "g=0,0", look: "Every output is β, whatever the batch is." },
    Preset {
        group: BEGIN,
        name: "As PyTorch begins: ε = 0.00001, γ = 1, β = 0",
        query: "g=1,1&b=0,0&eps=1e-5",
        look: "ε changes the sixth digit: x̂ is 1.4999981 in place of 1.5.",
    },
    Preset {
        group: STATISTICS,
        name: "Evaluation of one example",
        query: "mode=evaluation&x=8,90&mean=5,100&var=4,400",
        look: "One example will do: mean and variance were kept in training, and no other example has a say.",
    },
    Preset {
        group: STATISTICS,
        name: "Evaluation before any training",
        query: "mode=evaluation",
        look: "The running mean is 0 and the variance 1, so nothing is normalised: x̂ is x.",
    },
    Preset {
        group: STATISTICS,
        name: "Momentum 1: the last batch alone",
        query: "momentum=1",
        look: "Each batch replaces all that was kept; with 0.1 the last few dozen batches have a say.",
    },
    Preset {
        group: WRONG,
        name: "One example in training",
        query: "x=8,90",
        look: "A single number has no spread: PyTorch stops with an error, and so does this page.",
    },
    Preset {
        group: WRONG,
        name: "Equal numbers, and ε = 0",
        query: "x=3,90;3,130;3,70;3,100;3,110",
        look: "The first column's variance is 0, and 0 can't be divided by 0.",
    },
    Preset {
        group: WRONG,
        name: "Equal numbers, and ε",
        query: "x=3,90;3,130;3,70;3,100;3,110&eps=1e-5",
        look: "The variance of the first column is 0 and ε alone is under the root: x̂ is 0, every output β.",
    },
    Preset {
        group: WRONG,
        name: "One outlier",
        query: "x=10;0;0;0;0&g=1&b=0",
        look: "One large number makes mean and deviation: it comes to 2 itself, and the others to −0.5.",
    },
    Preset {
        group: BACK,
        name: "One gradient flows to all examples",
        query: "view=backward",
        look: "In column 0 dy is 5 for the first example alone, and yet dx is 0 for none: all five make mean and variance.",
    },
    Preset {
        group: BACK,
        name: "The same dy for all: nothing flows",
        query: "view=backward&dy=1,1;1,1;1,1;1,1;1,1",
        look: "dx is 0: to make all outputs larger together, x could move as it likes; only β can do it.",
    },
    Preset {
        group: BACK,
        name: "In evaluation a gradient stays where it is",
        query: "view=backward&mode=evaluation&mean=5,100&var=4,400",
        look: "The statistics are constants now: dx is dy times γ over the deviation, example by example.",
    },
    Preset {
        group: BACK,
        name: "Checked by finite differences",
        query: "view=check",
        look: "Each number a little larger and a little smaller: the loss says what backpropagation says.",
    },
];
