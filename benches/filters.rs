//! What it takes to filter a picture, from a canvas's bytes to a canvas's bytes, in milliseconds.
//!
//! ```text
//! cargo bench --bench filters                  # at opt-level 3
//! cargo bench --bench filters --profile app    # as the app's modules are built: for size
//! ```
//!
//! Each line is the lower quartile of a hundred rounds over all of them in turn. Reading is what a canvas's bytes take to
//! become numbers, writing what these take to become bytes; both are part of the whole. One pass and two are compared for
//! kernels that are a column times a row.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark prints, and looks at the clock")]
#![allow(clippy::indexing_slicing, reason = "a benchmark that is wrong stops")]

use std::{error::Error, hint::black_box, time::Instant};

use receptive::{
    image::{
        Frame, Layout, Show,
        filter::{Correlation, Pass, Pool, Stack},
        kernels::{NAMED, random},
    },
    nn::reference::PaddingMode,
    num::{Entry, Matrix},
};

const ROUNDS: usize = 100;

/// Something that is done again and again.
struct Line {
    name: String,
    work: Box<dyn FnMut()>,
    millis: Vec<f64>,
}

impl Line {
    fn new(name: impl Into<String>, work: impl FnMut() + 'static) -> Self {
        Self { name: name.into(), work: Box::new(work), millis: Vec::new() }
    }

    fn sample(&mut self) {
        let start = Instant::now();
        (self.work)();
        self.millis.push(start.elapsed().as_secs_f64() * 1e3);
    }

    fn lower_quartile(&mut self) -> f64 {
        self.millis.sort_by(f64::total_cmp);
        self.millis[self.millis.len() / 4]
    }
}

/// What failed has no time.
fn done(result: Result<(), impl Error>) {
    if let Err(error) = result {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let dense = |side| numbers(&random(1, (side, side)));
    let mut lines = vec![
        whole("grey 512 × 512, one 3 × 3", (512, 512), Layout::Grey, &[dense(3)?])?,
        whole("colour 512 × 512, three 5 × 5", (512, 512), Layout::Colour, &[dense(5)?, dense(5)?, dense(5)?])?,
        whole("colour 640 × 480, one 5 × 5", (640, 480), Layout::Colour, &[dense(5)?])?,
        whole("grey 640 × 480, one 5 × 5", (640, 480), Layout::Grey, &[dense(5)?])?,
        whole(
            "colour 1024 × 1024, three 11 × 11",
            (1024, 1024),
            Layout::Colour,
            &[dense(11)?, dense(11)?, dense(11)?],
        )?,
    ];
    for (layout, name) in [(Layout::Grey, "grey"), (Layout::Colour, "colour")] {
        let bytes = canvas(512, 512);
        let mut frame = Frame::default();
        lines.push(Line::new(format!("reading {name} 512 × 512"), move || {
            done(frame.read_rgba(black_box(&bytes), 512, 512, layout));
        }));
    }
    for show in Show::ALL {
        let (bytes, mut frame) = (canvas(512, 512), Frame::default());
        frame.read_rgba(&bytes, 512, 512, Layout::Colour)?;
        let mut out = bytes;
        lines.push(Line::new(format!("writing colour 512 × 512, {show:?}"), move || {
            black_box(frame.write_rgba(show, black_box(&mut out)));
        }));
    }
    for name in ["box", "gaussian", "gaussian-5"] {
        let named = NAMED.iter().find(|named| named.link == name).ok_or("no such kernel")?;
        let kernel = numbers(&named.kernel())?;
        let correlation = Correlation::new(&kernel, PaddingMode::Reflect, 0.0);
        let way = if correlation.is_separated() { "two passes" } else { "one pass" };
        lines.push(alone(format!("plane 512 × 512, {}, {way}", named.name), correlation.clone())?);
        if correlation.is_separated() {
            lines.push(alone(format!("plane 512 × 512, {}, one pass", named.name), correlation.in_one_pass())?);
        }
    }
    for _ in 0..ROUNDS {
        lines.iter_mut().for_each(Line::sample);
    }
    for line in &mut lines {
        println!("{:8.2} ms  {}", line.lower_quartile(), line.name);
    }
    Ok(())
}

fn numbers(kernel: &receptive::num::Grid<Entry>) -> Result<Matrix, Box<dyn Error>> {
    kernel.try_map(Entry::value).ok_or_else(|| "a kernel's cell is no number".into())
}

/// Bytes that no two pixels have alike.
fn canvas(width: usize, height: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut byte = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_le_bytes()[3]
    };
    (0..width * height).flat_map(|_| [byte(), byte(), byte(), 255]).collect()
}

/// From bytes to bytes.
fn whole(name: &str, size: (usize, usize), layout: Layout, kernels: &[Matrix]) -> Result<Line, Box<dyn Error>> {
    let pass = |kernel: &Matrix| Pass {
        correlation: Correlation::new(kernel, PaddingMode::Reflect, 0.0),
        relu: true,
        pool: Pool::None,
    };
    let mut stack = Stack::new(kernels.iter().map(pass).collect());
    let (bytes, mut frame, mut out) = (canvas(size.0, size.1), Frame::default(), Frame::default());
    let mut shown = bytes.clone();
    stack.output(size.0, size.1)?;
    Ok(Line::new(name, move || {
        done(frame.read_rgba(black_box(&bytes), size.0, size.1, layout));
        done(stack.run(&frame, &mut out));
        black_box(out.write_rgba(Show::Signed, black_box(&mut shown)));
    }))
}

/// One plane through one kernel.
fn alone(name: String, correlation: Correlation) -> Result<Line, Box<dyn Error>> {
    let (mut frame, mut out) = (Frame::default(), Frame::default());
    frame.read_rgba(&canvas(512, 512), 512, 512, Layout::Grey)?;
    let mut stack = Stack::new(vec![Pass { correlation, relu: false, pool: Pool::None }]);
    Ok(Line::new(name, move || {
        done(stack.run(black_box(&frame), &mut out));
        black_box(out.plane(0));
    }))
}
