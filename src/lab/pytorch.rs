//! Parts of the `PyTorch` programs that compute what is on screen.

use super::{
    BackwardLab, ChannelsLab, ConvolutionLab, FiltersLab, OperationLab, PoolingLab, ReceptiveFieldLab, WhyLab,
};
use crate::{
    nn::{reference::PaddingMode, shape::Padding},
    num::{Entry, Grid},
    paste::{Format, write},
};

/// `PyTorch` code that computes what is on screen and prints it; nothing for a lab that has none.
///
/// No method of [`Operation`](super::operation::Operation): what a trait object has, every module of the app has that
/// asks one for anything.
pub fn code(lab: &OperationLab) -> String {
    let convolution = || lab.state().map(ConvolutionLab::code);
    let pooling = || lab.state().map(PoolingLab::code);
    let channels = || lab.state().map(ChannelsLab::code);
    let filters = || lab.state().map(FiltersLab::code);
    let backward = || lab.state().map(BackwardLab::code);
    let receptive_field = || lab.state().map(ReceptiveFieldLab::code);
    let why = || lab.state().map(WhyLab::code);
    convolution()
        .or_else(pooling)
        .or_else(channels)
        .or_else(filters)
        .or_else(backward)
        .or_else(receptive_field)
        .or_else(why)
        .unwrap_or_default()
}

/// The head of every program.
pub const IMPORTS: &str = "import torch\nimport torch.nn.functional as F\n\ntorch.set_default_dtype(torch.float64)\n\n";

/// A matrix as a tensor of doubles, named; `lead` is what stands before its rows and columns in the shape.
///
/// Whole numbers alone would be integers, which nothing takes.
pub fn tensor(name: &str, grid: &Grid<Entry>, lead: &str) -> String {
    let (rows, cols) = grid.shape();
    let text = write(grid, Format::PyTorch).replace("torch.float32", "torch.float64");
    // The rows stand below each other.
    let indent = " ".repeat(name.len() + 3);
    let text = text.replace('\n', &format!("\n{indent}"));
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
