//! Extents of sliding windows: how large is the output of a convolution or pooling along one axis?
//!
//! One axis at a time. Extents count cells. Nothing here knows about tensors or channels.

use std::fmt;

use thiserror::Error;

/// The most rows or columns an input of a lab has.
pub const MAX_INPUT: usize = 64;
/// The most rows or columns a kernel of a lab has.
pub const MAX_KERNEL: usize = 16;
/// The largest padding of one side, stride or dilation of a lab.
pub const MAX_SETTING: usize = 16;

/// One of the two axes of a plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Axis {
    /// Rows, from the top.
    Height,
    /// Columns, from the left.
    Width,
}

impl Axis {
    /// The part of a (height, width) along this axis.
    ///
    /// ```
    /// # use receptive::nn::shape::Axis;
    /// assert_eq!(Axis::Width.of((3, 2)), 2);
    /// ```
    pub fn of<T>(self, (height, width): (T, T)) -> T {
        match self {
            Self::Height => height,
            Self::Width => width,
        }
    }
}

impl fmt::Display for Axis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Height => "height",
            Self::Width => "width",
        })
    }
}

/// Cells added around a plane, per side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Padding {
    /// Rows added above.
    pub top: usize,
    /// Rows added below.
    pub bottom: usize,
    /// Columns added at the left.
    pub left: usize,
    /// Columns added at the right.
    pub right: usize,
}

impl Padding {
    /// The same on every side: PyTorch's `padding=p`.
    pub fn per_side(p: usize) -> Self {
        Self { top: p, bottom: p, left: p, right: p }
    }

    /// The course's `p`: the total of rows and of columns added, half on each side, the larger half on top and left.
    ///
    /// ```
    /// # use receptive::nn::shape::Padding;
    /// assert_eq!(Padding::total(3, 2), Padding { top: 2, bottom: 1, left: 1, right: 1 });
    /// ```
    pub fn total(height: usize, width: usize) -> Self {
        Self { top: height.div_ceil(2), bottom: height / 2, left: width.div_ceil(2), right: width / 2 }
    }

    /// The two sides of one axis: (top, bottom) or (left, right).
    pub fn along(self, axis: Axis) -> (usize, usize) {
        match axis {
            Axis::Height => (self.top, self.bottom),
            Axis::Width => (self.left, self.right),
        }
    }

    /// Whether all four sides are equal.
    pub fn is_even(self) -> bool {
        self == Self::per_side(self.top)
    }
}

/// Geometry of one sliding window along one axis. All counts are in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// Kernel extent k, at least 1.
    pub kernel: usize,
    /// Stride s: cells between two neighbouring window positions, at least 1.
    pub stride: usize,
    /// Dilation d: cells between two neighbouring kernel taps; 1 means adjacent.
    pub dilation: usize,
    /// Padding before and after the input, per side.
    pub padding: (usize, usize),
}

impl Window {
    /// The window along one axis of a plane's: `kernel`, `stride` and `dilation` are (height, width).
    pub fn along(
        axis: Axis,
        kernel: (usize, usize),
        stride: (usize, usize),
        dilation: (usize, usize),
        padding: Padding,
    ) -> Self {
        Self {
            kernel: axis.of(kernel),
            stride: axis.of(stride),
            dilation: axis.of(dilation),
            padding: padding.along(axis),
        }
    }

    /// Extent of the dilated kernel: `d·(k − 1) + 1`.
    pub fn effective_kernel(self) -> usize {
        self.dilation * (self.kernel - 1) + 1
    }

    /// Extent of the padded input: `n + p`, with p the padding before plus after.
    pub fn padded(self, input: usize) -> usize {
        input + self.padding.0 + self.padding.1
    }

    /// Number of positions the window takes over `input` cells: `⌊(n + p − d·(k − 1) − 1)/s⌋ + 1`.
    ///
    /// For d = 1 this equals the course's `⌊(n − k + p + s)/s⌋`. Cells the last stride cannot reach are dropped, as
    /// PyTorch does with `ceil_mode=False`; [`unread`](Self::unread) counts them.
    ///
    /// # Errors
    /// [`ShapeError`] if kernel, stride or dilation is 0, or the dilated kernel is larger than the padded input.
    ///
    /// # Source
    /// Dumoulin & Visin, *A guide to convolution arithmetic for deep learning*, relationships 6 and 15.
    ///
    /// ```
    /// # use receptive::nn::shape::{Axis, Window};
    /// let window = Window { kernel: 3, stride: 2, dilation: 1, padding: (0, 0) };
    /// assert_eq!(window.output(Axis::Height, 7), Ok(3));
    /// ```
    pub fn output(self, axis: Axis, input: usize) -> Result<usize, ShapeError> {
        let (padded, window) = self.checked(axis, input)?;
        Ok((padded - window) / self.stride + 1)
    }

    /// The same with the last, partial window kept if it starts inside the input or its padding before:
    /// PyTorch's `ceil_mode=True`, for pooling. The first window is partial as well where it is larger than the padded
    /// input by less than a stride.
    ///
    /// # Errors
    /// As [`output`](Self::output); of windows that are too large, those that are so by a stride or more.
    ///
    /// ```
    /// # use receptive::nn::shape::{Axis, Window};
    /// let window = Window { kernel: 3, stride: 2, dilation: 1, padding: (0, 0) };
    /// assert_eq!(window.output_ceil(Axis::Height, 2), Ok(1));
    /// assert!(window.output_ceil(Axis::Height, 1).is_err());
    /// ```
    pub fn output_ceil(self, axis: Axis, input: usize) -> Result<usize, ShapeError> {
        let (padded, window) = self.extents(axis, input)?;
        // ⌈(padded − window)/s⌉ + 1, in counts: what is added keeps the difference from falling below 0.
        let positions = (padded + self.stride).saturating_sub(window).div_ceil(self.stride);
        // A window that starts in the padding after the input would hold nothing.
        let starts_outside = positions > 0 && (positions - 1) * self.stride >= input + self.padding.0;
        match positions - usize::from(starts_outside) {
            0 => Err(ShapeError::WindowExceedsInput { axis, window, padded }),
            positions => Ok(positions),
        }
    }

    /// Number of windows of a pooling: [`output`](Self::output) or, with `ceil_mode`, [`output_ceil`](Self::output_ceil),
    /// where every window holds a cell of the input.
    ///
    /// # Errors
    /// As [`output`](Self::output), and [`ShapeError::PaddingTooLarge`] if padding alone fills a window: the largest
    /// that works is one cell less than the window. (PyTorch stops at half of the window.)
    pub fn output_pool(self, axis: Axis, input: usize, ceil_mode: bool) -> Result<usize, ShapeError> {
        let positions = if ceil_mode { self.output_ceil(axis, input)? } else { self.output(axis, input)? };
        let padding = self.padding.0.max(self.padding.1);
        let limit = if input == 0 { 0 } else { self.effective_kernel() - 1 };
        if padding > limit { Err(ShapeError::PaddingTooLarge { axis, padding, limit }) } else { Ok(positions) }
    }

    /// Rows or columns of the padded input past the last window: what the floor in the formula drops.
    ///
    /// # Errors
    /// As [`output`](Self::output).
    pub fn unread(self, axis: Axis, input: usize) -> Result<usize, ShapeError> {
        let (padded, window) = self.checked(axis, input)?;
        Ok((padded - window) % self.stride)
    }

    /// `(padded input, dilated kernel)` if the window fits at least once.
    fn checked(self, axis: Axis, input: usize) -> Result<(usize, usize), ShapeError> {
        let (padded, window) = self.extents(axis, input)?;
        if window > padded {
            return Err(ShapeError::WindowExceedsInput { axis, window, padded });
        }
        Ok((padded, window))
    }

    /// `(padded input, dilated kernel)` of a window that has cells and moves.
    fn extents(self, axis: Axis, input: usize) -> Result<(usize, usize), ShapeError> {
        if self.kernel == 0 {
            return Err(ShapeError::ZeroKernel { axis });
        }
        if self.stride == 0 {
            return Err(ShapeError::ZeroStride { axis });
        }
        if self.dilation == 0 {
            return Err(ShapeError::ZeroDilation { axis });
        }
        Ok((self.padded(input), self.effective_kernel()))
    }
}

/// Why shapes do not fit together. Every variant carries the numbers that a sentence about it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ShapeError {
    /// A kernel without cells.
    #[error("The kernel's {axis} is 0; it needs at least 1 cell.")]
    ZeroKernel {
        /// Along which axis.
        axis: Axis,
    },
    /// A window that never moves.
    #[error("A stride of 0 never moves the window along the {axis}; the smallest stride is 1.")]
    ZeroStride {
        /// Along which axis.
        axis: Axis,
    },
    /// Taps that all fall on the same cell.
    #[error("A dilation of 0 puts all taps on one cell along the {axis}; the smallest dilation is 1.")]
    ZeroDilation {
        /// Along which axis.
        axis: Axis,
    },
    /// The window does not fit once.
    #[error("The window's {axis} of {window} is larger than the padded input's {padded}.")]
    WindowExceedsInput {
        /// Along which axis.
        axis: Axis,
        /// Extent of the dilated kernel.
        window: usize,
        /// Extent of the padded input.
        padded: usize,
    },
    /// An extent past what is computed.
    #[error("A {axis} of {extent} is past the largest, {limit}.")]
    TooLarge {
        /// Along which axis.
        axis: Axis,
        /// The extent asked for.
        extent: usize,
        /// The largest allowed.
        limit: usize,
    },
    /// Weights for another number of channels.
    #[error("The weights read {weight} channels a group where the input has {input} in {groups} groups.")]
    ChannelMismatch {
        /// Channels of the input.
        input: usize,
        /// Channels one filter reads.
        weight: usize,
        /// Number of groups.
        groups: usize,
    },
    /// Channels that cannot be cut into that many groups.
    #[error("{groups} groups do not divide {channels_in} input and {channels_out} output channels.")]
    Groups {
        /// Number of groups.
        groups: usize,
        /// Channels of the input.
        channels_in: usize,
        /// Channels of the output.
        channels_out: usize,
    },
    /// Padding past what the operation can fill or use: mirrored rows that the input does not have, windows that hold
    /// padding alone.
    #[error("A padding of {padding} along the {axis} is past the largest that works here, {limit}.")]
    PaddingTooLarge {
        /// Along which axis.
        axis: Axis,
        /// The padding asked for.
        padding: usize,
        /// The largest that works.
        limit: usize,
    },
    /// A target that names no class.
    #[error("Target {target} names none of the {classes} classes, which count from 0.")]
    Target {
        /// The target.
        target: usize,
        /// Number of classes.
        classes: usize,
    },
    /// Two extents that must be equal are not.
    #[error("{expected} values are needed, {found} were given.")]
    Length {
        /// What is needed.
        expected: usize,
        /// What was given.
        found: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(n: usize, k: usize, p: (usize, usize), s: usize, d: usize, expect: Result<usize, &str>) {
        let window = Window { kernel: k, stride: s, dilation: d, padding: p };
        let found = window.output(Axis::Height, n).map_err(|error| error.to_string());
        assert_eq!(found, expect.map_err(str::to_owned));
    }

    #[test]
    fn positions_of_a_window() {
        check(3, 2, (0, 0), 1, 1, Ok(2));
        check(3, 2, (1, 1), 1, 1, Ok(4));
        check(3, 2, (1, 1), 3, 1, Ok(2));
        check(7, 3, (0, 0), 2, 1, Ok(3));
        check(8, 3, (0, 0), 2, 1, Ok(3));
        check(7, 3, (0, 0), 1, 3, Ok(1));
        check(224, 11, (2, 2), 4, 1, Ok(55));
        check(3, 4, (1, 0), 1, 1, Ok(1));
        check(3, 4, (0, 0), 1, 1, Err("The window's height of 4 is larger than the padded input's 3."));
        check(
            3,
            2,
            (0, 0),
            0,
            1,
            Err("A stride of 0 never moves the window along the height; the smallest stride is 1."),
        );
        check(3, 0, (0, 0), 1, 1, Err("The kernel's height is 0; it needs at least 1 cell."));
    }

    #[test]
    fn floor_drops_what_the_stride_leaves() {
        let window = Window { kernel: 3, stride: 2, dilation: 1, padding: (0, 0) };
        assert_eq!(window.unread(Axis::Width, 8), Ok(1));
        assert_eq!(window.unread(Axis::Width, 7), Ok(0));
        assert_eq!(window.output_ceil(Axis::Width, 8), Ok(4));
    }
}
