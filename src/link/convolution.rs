//! `#/convolution`.
