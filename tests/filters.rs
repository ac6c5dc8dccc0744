//! Filters against `SciPy`: `tests/filters/scipy.json` holds what `scipy.ndimage.correlate` makes of a small picture, and
//! `tests/filters/make_scipy.py` how it was made, with the boundary modes' names there and here. Both ways to compute
//! are held against it: the reference in f64, and the one in f32 that filters whole pictures.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use ndarray::{Array2, Array4};
use receptive::{
    image::{
        Frame,
        filter::{Correlation, Pass, Pool, Scratch, Stack, padding},
    },
    link::{Link, operation::read_lab},
    nn::reference::{Conv2d, PaddingMode, conv2d},
    num::{Entry, Grid, Matrix},
};
use serde_json::Value;

fn matrix(value: &Value) -> Matrix {
    let row = |row: &Value| row.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect();
    Grid::from_rows(value.as_array().unwrap().iter().map(row).collect()).unwrap()
}

fn edge(name: &str) -> PaddingMode {
    match name {
        "zeros" => PaddingMode::Zeros,
        "reflect" => PaddingMode::Reflect,
        "replicate" => PaddingMode::Replicate,
        "circular" => PaddingMode::Circular,
        other => unreachable!("{other}"),
    }
}

fn plane(matrix: &Matrix) -> Array4<f64> {
    Array4::from_shape_fn((1, 1, matrix.rows(), matrix.cols()), |(.., i, j)| *matrix.get(i, j).unwrap())
}

#[test]
fn both_ways_equal_scipy() {
    let document: Value = serde_json::from_str(include_str!("filters/scipy.json")).unwrap();
    let every = usize::try_from(document["every"].as_u64().unwrap()).unwrap();
    let input = matrix(&document["input"]);
    #[expect(clippy::cast_possible_truncation, reason = "bytes")]
    let pixels: Vec<f32> = input.cells().iter().map(|x| *x as f32).collect();
    let mut checked = 0;
    for case in document["cases"].as_array().unwrap() {
        let (name, mode) = (case["kernel"].as_str().unwrap(), case["mode"].as_str().unwrap());
        // The kernel of that name in a link is the one that the script wrote out.
        let (link, _) = Link::decode(&format!("#/filters?k={name}"));
        let (state, warnings) = read_lab::<receptive::lab::FiltersLab>(&link.fields);
        assert_eq!(warnings, [], "{name}");
        let kernel = state.lab.filters[0].kernel.try_map(Entry::value).unwrap();
        let expected = matrix(&document["kernels"][name]);
        assert_eq!(kernel.shape(), expected.shape(), "{name}");
        for (found, expected) in kernel.cells().iter().zip(expected.cells()) {
            assert!((found - expected).abs() < 1e-12, "{name}: {found} for {expected}");
        }

        let conv = Conv2d { padding: padding(kernel.shape()), mode: edge(mode), ..Conv2d::default() };
        let reference = conv2d(&plane(&input), &plane(&kernel), None, &conv).unwrap();
        let (height, width) = input.shape();
        let run = |correlation: Correlation| {
            let mut out = vec![0.0; pixels.len()];
            correlation.run(&pixels, width, &mut out, &mut Scratch::default()).unwrap();
            Array2::from_shape_vec((height, width), out).unwrap()
        };
        let fast = [
            run(Correlation::new(&kernel, edge(mode), 0.0)),
            run(Correlation::new(&kernel, edge(mode), 0.0).in_one_pass()),
        ];
        let size: f64 = 255.0 * kernel.cells().iter().map(|w| w.abs()).sum::<f64>();
        for (i, row) in matrix(&case["output"]).iter_rows().enumerate() {
            for (j, y) in row.iter().enumerate() {
                let at = (i * every, j * every);
                let found = reference[(0, 0, at.0, at.1)];
                assert!((found - y).abs() < 1e-8, "reference, {name} {mode} {at:?}: {found} for {y}");
                for fast in &fast {
                    let found = f64::from(fast[at]);
                    assert!((found - y).abs() < 1e-6 * size, "fast, {name} {mode} {at:?}: {found} for {y}");
                }
                checked += 1;
            }
        }
    }
    assert!(checked > 3000, "{checked}");
}

/// The four photos are there, in the sizes that the lab knows them by.
#[test]
fn photos_are_as_the_lab_knows_them() {
    use receptive::{image::header, lab::filters::Image};
    for image in Image::all() {
        let (Some(file), Some((width, height, _))) = (image.file(), image.size()) else { continue };
        let bytes = std::fs::read(format!("{}/assets/photos/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let found = header::check(file, &bytes).unwrap();
        assert_eq!((found.width as usize, found.height as usize), (width, height), "{file}");
    }
}

/// The same for the whole picture at once, with no memory asked for anew: the buffers keep their place.
#[test]
fn buffers_are_used_again() {
    let kernel = Grid::from_fn(5, 5, |i, j| (i * j) as f64);
    let correlation = Correlation::new(&kernel, PaddingMode::Reflect, 1.0);
    let pass = Pass { correlation, relu: true, pool: Pool::Average };
    let mut stack = Stack::new(vec![pass.clone(), pass]);
    let (mut picture, mut out) = (Frame::default(), Frame::default());
    picture.reshape(64, 48, 3);
    stack.run(&picture, &mut out).unwrap();
    let before = out.plane(0).as_ptr();
    for plane in 0..3 {
        picture.plane_mut(plane).fill(7.0);
        stack.run(&picture, &mut out).unwrap();
        assert_eq!(out.plane(0).as_ptr(), before);
    }
    assert_eq!((out.width(), out.height(), out.planes()), (16, 12, 3));
}
