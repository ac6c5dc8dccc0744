//! Kernels by name, with their sources: the classic ones, Gabor's, and random ones.

use crate::num::{
    Entry, Grid,
    rng::{Purpose, Stream},
    trig::sin_cos,
};

/// A kernel that has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// Its name on screen.
    pub name: &'static str,
    /// Its name in links.
    pub link: &'static str,
    /// Its numbers, rows with `;` between and cells with `,`; all are over `over`.
    rows: &'static str,
    /// What every number is divided by.
    over: u32,
    /// What it does, in one sentence.
    pub does: &'static str,
    /// Where it is from.
    pub source: &'static str,
}

impl Named {
    /// Its numbers; those over a number stay fractions, and 0 stays 0.
    pub fn kernel(&self) -> Grid<Entry> {
        let entry = |text: &str| match Entry::parse(text) {
            Entry::Number(numerator) if self.over > 1 && numerator != 0.0 => {
                Entry::Fraction { numerator, denominator: f64::from(self.over) }
            }
            entry => entry,
        };
        let rows = self.rows.split(';').map(|row| row.split(',').map(entry).collect()).collect();
        // The rows are this file's own, and as long as each other: a test reads them all.
        Grid::from_rows(rows).unwrap_or_else(|_| Grid::from_fn(1, 1, |_, _| Entry::Number(1.0)))
    }
}

const WIKIPEDIA: &str = "Wikipedia, Kernel (image processing)";
const GONZALEZ: &str = "Gonzalez & Woods, Digital Image Processing, chapter 3";

/// The kernels that have a name, in the order of the list.
pub const NAMED: &[Named] = &[
    Named {
        name: "Identity",
        link: "identity",
        rows: "0,0,0;0,1,0;0,0,0",
        over: 1,
        does: "Each pixel stays what it is.",
        source: WIKIPEDIA,
    },
    Named {
        name: "Edge detection",
        link: "edge",
        rows: "-1,-1,-1;-1,8,-1;-1,-1,-1",
        over: 1,
        does: "Eight times the pixel less its eight neighbours: 0 where all are equal.",
        source: WIKIPEDIA,
    },
    Named {
        name: "Sharpen",
        link: "sharpen",
        rows: "0,-1,0;-1,5,-1;0,-1,0",
        over: 1,
        does: "The pixel plus what it differs from its four neighbours.",
        source: WIKIPEDIA,
    },
    Named {
        name: "Box 3 × 3",
        link: "box",
        rows: "1,1,1;1,1,1;1,1,1",
        over: 9,
        does: "The mean of nine pixels.",
        source: WIKIPEDIA,
    },
    Named {
        name: "Gaussian 3 × 3",
        link: "gaussian",
        rows: "1,2,1;2,4,2;1,2,1",
        over: 16,
        does: "A mean in which near pixels count more: the row 1 2 1 times itself as a column.",
        source: WIKIPEDIA,
    },
    Named {
        name: "Gaussian 5 × 5",
        link: "gaussian-5",
        rows: "1,4,6,4,1;4,16,24,16,4;6,24,36,24,6;4,16,24,16,4;1,4,6,4,1",
        over: 256,
        does: "A wider one: the row 1 4 6 4 1 times itself as a column.",
        source: WIKIPEDIA,
    },
    Named {
        name: "Sobel x",
        link: "sobel-x",
        rows: "-1,0,1;-2,0,2;-1,0,1",
        over: 1,
        does: "What is brighter on the right than on the left, smoothed down: upright edges.",
        source: "Sobel & Feldman, A 3×3 isotropic gradient operator, 1968",
    },
    Named {
        name: "Sobel y",
        link: "sobel-y",
        rows: "-1,-2,-1;0,0,0;1,2,1",
        over: 1,
        does: "What is brighter below than above, smoothed across: level edges.",
        source: "Sobel & Feldman, A 3×3 isotropic gradient operator, 1968",
    },
    Named {
        name: "Prewitt x",
        link: "prewitt-x",
        rows: "-1,0,1;-1,0,1;-1,0,1",
        over: 1,
        does: "As Sobel x, with all three rows counting alike.",
        source: "Prewitt, Object enhancement and extraction, 1970",
    },
    Named {
        name: "Laplacian",
        link: "laplacian",
        rows: "0,1,0;1,-4,1;0,1,0",
        over: 1,
        does: "The second differences across and down, added up: it changes its sign at an edge.",
        source: GONZALEZ,
    },
    Named {
        name: "Emboss",
        link: "emboss",
        rows: "-2,-1,0;-1,1,1;0,1,2",
        over: 1,
        does: "A relief: what grows brighter towards the bottom right is lifted, what grows darker is sunk.",
        source: "GIMP manual, Convolution matrix",
    },
    Named {
        name: "Motion blur 5 × 5",
        link: "motion-5",
        rows: "1,0,0,0,0;0,1,0,0,0;0,0,1,0,0;0,0,0,1,0;0,0,0,0,1",
        over: 5,
        does: "The mean along a diagonal of five pixels, as if the camera had moved.",
        source: "Vandevenne, Lode's computer graphics tutorial, Image filtering",
    },
    Named {
        name: "Motion blur 9 × 9",
        link: "motion-9",
        rows: "1,0,0,0,0,0,0,0,0;0,1,0,0,0,0,0,0,0;0,0,1,0,0,0,0,0,0;0,0,0,1,0,0,0,0,0;0,0,0,0,1,0,0,0,0;\
               0,0,0,0,0,1,0,0,0;0,0,0,0,0,0,1,0,0;0,0,0,0,0,0,0,1,0;0,0,0,0,0,0,0,0,1",
        over: 9,
        does: "The same along nine pixels.",
        source: "Vandevenne, Lode's computer graphics tutorial, Image filtering",
    },
];

/// A wave under a bell: it answers to stripes of one direction and one width, as cells of the visual cortex do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gabor {
    /// Rows and columns.
    pub size: usize,
    /// λ, pixels from one crest to the next.
    pub wavelength: f64,
    /// θ, where the wave runs to, in degrees from the right towards the bottom.
    pub orientation: f64,
    /// σ, the bell's standard deviation along the wave, in pixels.
    pub sigma: f64,
    /// γ, how much narrower the bell is along the crests: it has σ/γ there.
    pub aspect: f64,
    /// ψ, in degrees: 0 for a crest in the middle, 90 for an edge.
    pub phase: f64,
}

impl Default for Gabor {
    fn default() -> Self {
        Self { size: 9, wavelength: 5.0, orientation: 0.0, sigma: 2.0, aspect: 0.5, phase: 0.0 }
    }
}

impl Gabor {
    /// Its numbers: `exp(−(x'² + γ²y'²)/(2σ²)) · cos(2πx'/λ + ψ)` with `x' = x·cos θ + y·sin θ`,
    /// `y' = y·cos θ − x·sin θ`, and x, y counted from the middle to the right and down.
    ///
    /// `None` where a parameter has no kernel: a wavelength or a bell of 0 or less, or one that is no number.
    ///
    /// # Source
    /// Daugman, *Uncertainty relation for resolution in space…*, 1985, in the form of Petkov & Kruizinga, 1997, as
    /// `OpenCV`'s `getGaborKernel` has it.
    ///
    /// ```
    /// # use receptive::image::kernels::Gabor;
    /// let kernel = Gabor { size: 3, wavelength: 2.0, ..Gabor::default() }.kernel().unwrap();
    /// // In the middle e⁰·cos 0, half a wave further a trough.
    /// assert_eq!(kernel.get(1, 1).and_then(|entry| entry.value()), Some(1.0));
    /// assert!(kernel.get(1, 2).and_then(|entry| entry.value()).is_some_and(|value| value < 0.0));
    /// ```
    pub fn kernel(&self) -> Option<Grid<Entry>> {
        let Self { size, wavelength, orientation, sigma, aspect, phase } = *self;
        if !(wavelength > 0.0 && sigma > 0.0 && size > 0) {
            return None;
        }
        let (sin, cos) = sin_cos(radians(orientation / 360.0));
        let middle = (size as f64 - 1.0) / 2.0;
        let kernel = Grid::from_fn(size, size, |row, col| {
            let (x, y) = (col as f64 - middle, row as f64 - middle);
            let (along, across) = (x * cos + y * sin, y * cos - x * sin);
            let bell = libm::exp(-(along * along + aspect * aspect * across * across) / (2.0 * sigma * sigma));
            let (_, wave) = sin_cos(radians(along / wavelength + phase / 360.0));
            // Where the wave crosses 0, what rounding leaves of it is no number to be read.
            if wave.abs() < 1e-12 { 0.0 } else { bell * wave }
        });
        kernel.cells().iter().all(|value| value.is_finite()).then(|| kernel.map(|value| Entry::Number(*value + 0.0)))
    }
}

/// An angle of so many turns, from −π to π.
fn radians(turns: f64) -> f64 {
    (turns - turns.round()) * std::f64::consts::TAU
}

/// Random numbers from −1 to 1 in hundredths, each as likely as the others; the same for a seed and a place, however
/// large the kernel is.
///
/// ```
/// # use receptive::image::kernels::random;
/// assert_eq!(random(1, (2, 2)), random(1, (3, 5)).resized(2, 2, &0.0.into()));
/// ```
pub fn random(seed: u32, (rows, cols): (usize, usize)) -> Grid<Entry> {
    // Each row has a stream, so that a wider kernel keeps its numbers.
    let rows = (0..rows.max(1)).map(|row| {
        let mut stream = Stream::new(u64::from(seed), Purpose::Kernel, row as u64);
        let hundredths = |stream: &mut Stream| Entry::Number((f64::from(stream.below(201)) - 100.0) / 100.0);
        (0..cols.max(1)).map(|_| hundredths(&mut stream)).collect()
    });
    Grid::from_rows(rows.collect()).unwrap_or_else(|_| Grid::from_fn(1, 1, |_, _| Entry::Number(0.0)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_different_and_kernels_are_whole() {
        let mut names = BTreeSet::new();
        for named in NAMED {
            let kernel = named.kernel();
            assert!(kernel.rows() == kernel.cols() && [3, 5, 9].contains(&kernel.rows()), "{}", named.name);
            assert!(kernel.cells().iter().all(|entry| entry.value().is_some()), "{}", named.name);
            assert!(names.insert(named.name) && names.insert(named.link) && named.does.ends_with('.'));
            let sum: f64 = kernel.cells().iter().filter_map(Entry::value).sum();
            let expect = match named.link {
                "edge" | "sobel-x" | "sobel-y" | "prewitt-x" | "laplacian" => 0.0,
                _ => 1.0,
            };
            assert!((sum - expect).abs() < 1e-12, "{} adds up to {sum}", named.name);
        }
    }

    #[test]
    fn fractions_stay_fractions() {
        let kernel = NAMED.iter().find(|named| named.link == "gaussian").unwrap().kernel();
        assert_eq!(kernel.get(1, 1).map(Entry::shown).as_deref(), Some("4/16"));
        let motion = NAMED.iter().find(|named| named.link == "motion-5").unwrap().kernel();
        assert_eq!(motion.get(0, 1), Some(&Entry::Number(0.0)));
    }

    #[test]
    fn a_gabor_kernel_turns_with_its_angle() {
        let gabor = Gabor { size: 7, phase: 90.0, ..Gabor::default() };
        let of = |orientation| Gabor { orientation, ..gabor }.kernel().unwrap().try_map(Entry::value).unwrap();
        let (right, down) = (of(0.0), of(90.0));
        for (row, col) in (0..7).flat_map(|row| (0..7).map(move |col| (row, col))) {
            let value = |grid: &Grid<f64>, row, col| *grid.get(row, col).unwrap();
            assert!((value(&right, row, col) - value(&down, col, row)).abs() < 1e-12);
            assert!((value(&of(180.0), row, col) - value(&right, 6 - row, 6 - col)).abs() < 1e-12);
            assert!((value(&of(405.0), row, col) - value(&of(45.0), row, col)).abs() < 1e-12);
        }
        for none in [
            Gabor { wavelength: 0.0, ..gabor },
            Gabor { sigma: -1.0, ..gabor },
            Gabor { size: 0, ..gabor },
            Gabor { phase: f64::NAN, ..gabor },
        ] {
            assert_eq!(none.kernel(), None);
        }
    }

    #[test]
    fn random_kernels_are_pinned() {
        let text = |seed| random(seed, (2, 3)).cells().iter().map(Entry::typed).collect::<Vec<_>>().join(" ");
        assert_eq!(text(1), "-0.95 0.31 -0.55 0.04 0.41 0.56");
        assert_ne!(text(1), text(2));
    }
}
