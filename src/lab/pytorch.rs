//! Parts of the `PyTorch` programs that compute what is on screen.

use crate::{
    nn::{reference::PaddingMode, shape::Padding},
    num::{Entry, Grid},
    paste::write_doubles,
};

/// The head of every program.
pub const IMPORTS: &str = "import torch\nimport torch.nn.functional as F\n\ntorch.set_default_dtype(torch.float64)\n\n";

/// A matrix as a tensor of doubles, named; `lead` is what stands before its rows and columns in the shape.
pub fn tensor(name: &str, grid: &Grid<Entry>, lead: &str) -> String {
    let (rows, cols) = grid.shape();
    // The rows stand below each other.
    let between = format!("\n{}", " ".repeat(name.len() + 3));
    let text = write_doubles(grid).lines().collect::<Vec<_>>().join(&between);
    format!("{name} = {text}.reshape({lead}{rows}, {cols})\n")
}

/// A pair as an argument: one number where both agree.
pub fn pair((height, width): (usize, usize)) -> String {
    if height == width { height.to_string() } else { format!("({height}, {width})") }
}

/// The ring around `x` by `F.pad`, where it is not one that the operation's own argument makes.
pub fn pad(padding: Padding, mode: PaddingMode) -> String {
    let Padding { top, bottom, left, right } = padding;
    let mode = match mode {
        PaddingMode::Zeros => "",
        PaddingMode::Reflect => ", mode=\"reflect\"",
        PaddingMode::Replicate => ", mode=\"replicate\"",
        PaddingMode::Circular => ", mode=\"circular\"",
    };
    format!("x = F.pad(x, ({left}, {right}, {top}, {bottom}){mode})  # left, right, top, bottom\n")
}

/// Whether both sides of each axis agree, so that `padding=` can say it.
pub fn symmetric(padding: Padding) -> bool {
    padding.top == padding.bottom && padding.left == padding.right
}
