//! Examples to begin with: each classic kernel on a picture that shows what it does.

use crate::lab::preset::Preset;

const EDGES: &str = "Edges";
const SMOOTH: &str = "Smoother and sharper";
const CORTEX: &str = "Stripes and chance";
const STACKS: &str = "One after another";

/// The presets in the order of the list.
pub const PRESETS: &[Preset] = &[
    Preset {
        group: EDGES,
        name: "Edge detection",
        query: "",
        look: "Eight times the pixel less its neighbours: flat parts are 0 and black, and every edge is bright.",
    },
    Preset {
        group: EDGES,
        name: "Sobel x: upright edges",
        query: "k=sobel-x&mode=replicate&show=signed&step=125688",
        look: "0 is mid-grey here: bright where it grows brighter to the right, dark where it grows darker.",
    },
    Preset {
        group: EDGES,
        name: "Sobel y: level edges",
        query: "k=sobel-y&mode=replicate&show=signed&step=126202",
        look: "The same kernel turned over: the tripod's upright rod fades, the horizon stays.",
    },
    Preset {
        group: EDGES,
        name: "Prewitt x, without its sign",
        query: "image=coffee&grey=1&k=prewitt-x&mode=replicate&show=absolute&step=120854",
        look: "Three equal rows in the place of 1 2 1; without the sign, both sides of a stripe are bright.",
    },
    Preset {
        group: EDGES,
        name: "Laplacian",
        query: "k=laplacian&mode=replicate&show=signed&step=125691",
        look: "Second differences: each edge is a bright line beside a dark one, and 0 between them.",
    },
    Preset {
        group: EDGES,
        name: "Emboss",
        query: "image=chelsea&grey=1&k=emboss&mode=replicate&step=61538",
        look: "The picture itself, lifted where it grows brighter towards the bottom right.",
    },
    Preset {
        group: SMOOTH,
        name: "Identity",
        query: "image=astronaut&k=identity&step=51400",
        look: "One 1 in the middle: each pixel is the sum of itself and eight times nothing.",
    },
    Preset {
        group: SMOOTH,
        name: "Sharpen",
        query: "image=chelsea&k=sharpen&mode=replicate&step=61538",
        look: "The numbers add up to 1, so it stays as bright, and what differs from its neighbours differs more.",
    },
    Preset {
        group: SMOOTH,
        name: "Box blur, padded with zeros",
        query: "image=coffee&k=1,1,1;1,1,1;1,1,1&normalise=1",
        look: "Nine ones, normalised: each is divided by their sum, 9. In the corner five of the nine pixels are zeros of the padding.",
    },
    Preset {
        group: SMOOTH,
        name: "Gaussian 3 × 3",
        query: "image=astronaut&k=gaussian&mode=replicate&step=51400",
        look: "1 2 1 across times 1 2 1 down, over 16: near pixels count more than far ones.",
    },
    Preset {
        group: SMOOTH,
        name: "Gaussian 5 × 5",
        query: "image=astronaut&k=gaussian-5&mode=replicate&step=51400",
        look: "The row 1 4 6 4 1 in both directions, over 256: twice as wide is 25 products a pixel, or 10 in two passes.",
    },
    Preset {
        group: SMOOTH,
        name: "Motion blur",
        query: "image=coffee&k=motion-9&mode=replicate&step=120854",
        look: "Nine pixels along a diagonal: lines that run that way stay sharp.",
    },
    Preset {
        group: CORTEX,
        name: "Gabor: stripes that lean",
        query: "image=astronaut&grey=1&k=gabor:11,4,45,2.2,0.5,0&mode=replicate&show=signed&step=51400",
        look: "A wave under a bell, as cells of the visual cortex answer: turn its direction and see which stripes light up.",
    },
    Preset {
        group: CORTEX,
        name: "Gabor: an edge in place of a stripe",
        query: "image=chelsea&grey=1&k=gabor:11,8,90,3,0.5,90&mode=replicate&show=signed&step=61538",
        look: "A quarter of a wave later the kernel is bright above and dark below: it finds level edges, as Sobel does.",
    },
    Preset {
        group: CORTEX,
        name: "Random numbers",
        query: "k=random:75,5,5&mode=replicate&show=signed&step=125688",
        look: "What a network begins with. These 25 add up to 0, so flat parts are mid-grey, and edges show even so.",
    },
    Preset {
        group: STACKS,
        name: "Gaussian, then Sobel, then ReLU",
        query: "k=gaussian-5||sobel-x&relu=0||1&filter=2&mode=replicate&step=125688",
        look: "Smoothed first, the lawn's grain makes fainter edges; after ReLU those that grow darker are gone.",
    },
    Preset {
        group: STACKS,
        name: "Edges, pooled twice",
        query: "image=astronaut&grey=1&k=edge||gaussian&relu=1||0&pool=max||max&filter=2&mode=replicate&step=12900",
        look: "Kernel, ReLU, pooling, and again: a quarter as wide and high, and the outlines still stand.",
    },
    Preset {
        group: STACKS,
        name: "Three of 5 × 5 in colour",
        query: "image=astronaut&k=gaussian-5||random:83,5,5||gaussian-5&relu=0||1||0&filter=2&mode=replicate&show=scaled&step=51400",
        look: "Three filters one after another see 13 × 13 pixels of the picture, with 75 weights in the place of 169.",
    },
];
