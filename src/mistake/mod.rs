//! Mistakes that people make when they predict a number, each by a name of its own.
//!
//! A mistake is one entry of the list, whatever lab it is made in, with a name that links and quizzes keep to. The
//! modules below are asked of a trace at one of its steps and give the wrong numbers that known mistakes make there,
//! each with a sentence that has the numbers of the case. They compute the one number that is asked for, never a whole
//! output: a person waits for the answer.

pub mod backward;
pub mod batch_norm;
pub mod channels;
pub mod convolution;
pub mod count;
pub mod highway;
pub mod pooling;
pub mod reach;
pub mod size;
pub mod stack;
pub mod transposed;
pub mod why;

mod shared;

use std::fmt;

use crate::num::{close, format};

pub use shared::{Growing, NEAR};

/// Makes the enum and its list out of the rows: what goes wrong, the mistake, its name.
macro_rules! mistakes {
    ($(#[doc = $about:literal] $mistake:ident = $name:literal;)*) => {
        /// A known mistake.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Mistake {
            $(#[doc = $about] $mistake,)*
        }

        impl Mistake {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$mistake),*];

            /// Its name, which stays once it is published.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$mistake => $name,)*
                }
            }

            /// What goes wrong, in one sentence without the numbers of a case.
            pub fn about(self) -> &'static str {
                match self {
                    $(Self::$mistake => $about,)*
                }
                .trim_start()
            }
        }
    };
}

mistakes! {
    // A sum of products.
    /// The bias is not added, or not counted.
    BiasLeftOut = "bias-left-out";
    /// The bias is added or counted more often than once for each filter or unit.
    BiasTooOften = "bias-too-often";
    /// The kernel is turned by half a turn where it is not, or the other way round.
    KernelTurned = "kernel-turned";
    /// The window's numbers are added up without the kernel's.
    KernelLeftOut = "kernel-left-out";
    /// The kernel's negative numbers are taken as positive ones.
    MinusLost = "minus-lost";
    /// One product of the sum is left out.
    TapLeftOut = "tap-left-out";
    /// One product of the sum has the wrong sign.
    TapSign = "tap-sign";
    /// The two factors of a product are added.
    TapAdded = "tap-added";
    /// The number is taken before the ReLU.
    ReluLeftOut = "relu-left-out";

    // Where a window lies.
    /// The window lies one row or column off.
    WindowOff = "window-off";
    /// The number of the next output is taken.
    NextCell = "next-cell";
    /// Row and column are swapped.
    RowColumnSwapped = "row-column-swapped";
    /// The stride is taken as 1.
    StrideLeftOut = "stride-left-out";
    /// The dilation is taken as 1.
    DilationLeftOut = "dilation-left-out";
    /// The padding is left out.
    PaddingLeftOut = "padding-left-out";
    /// The padding is counted in another way: per side in place of in total, or the other way round.
    PaddingCounted = "padding-counted";
    /// The padding is taken for zeros where it copies the input.
    PaddingZeros = "padding-zeros";

    // How large an output is.
    /// The first place of the window is not counted.
    FirstPlaceLeftOut = "first-place-left-out";
    /// A size is rounded up where it is rounded down.
    RoundedUp = "rounded-up";
    /// Sizes are divided without the window's own extent.
    SizesDivided = "sizes-divided";

    // A sum that grows from step to step.
    /// What the step adds is taken for the sum so far.
    StepAlone = "step-alone";
    /// What the step adds is not added.
    StepLeftOut = "step-left-out";
    /// What the step adds is taken away.
    StepTakenAway = "step-taken-away";
    /// The number after all steps is taken.
    AllSteps = "all-steps";
    /// One of the two factors is added without the other.
    FactorLeftOut = "factor-left-out";

    // Pooling.
    /// The mean is taken in place of the maximum.
    MeanForMaximum = "mean-for-maximum";
    /// The maximum is taken in place of the mean.
    MaximumForMean = "maximum-for-mean";
    /// The sum is taken in place of the maximum.
    SumForMaximum = "sum-for-maximum";
    /// The smallest number is taken.
    Smallest = "smallest";
    /// A number of the window is taken that is not the largest.
    NotTheLargest = "not-the-largest";
    /// A zero of the padding wins a maximum.
    PaddingWins = "padding-wins";
    /// The sum is not divided.
    Undivided = "undivided";
    /// A mean, or its gradient, is divided by another number of cells.
    DividedOtherwise = "divided-otherwise";

    // Channels.
    /// One channel is left out of the sum.
    ChannelLeftOut = "channel-left-out";
    /// One channel is taken for the sum of all.
    ChannelAlone = "channel-alone";
    /// The mean over the channels is taken in place of their sum.
    ChannelsMean = "channels-mean";
    /// The kernels lie on the channels in the wrong order.
    KernelsReversed = "kernels-reversed";
    /// The first kernel lies on every channel.
    KernelRepeated = "kernel-repeated";
    /// Another filter's output is taken.
    OtherFilter = "other-filter";
    /// Another filter's bias is added.
    OtherBias = "other-bias";
    /// The channels of another group are read.
    OtherGroup = "other-group";

    // Backpropagation.
    /// The output's number is sent back in place of the upstream gradient's.
    OutputForUpstream = "output-for-upstream";
    /// The product takes the wrong of the forward pass's two factors.
    OtherFactor = "other-factor";
    /// The gradient of a maximum goes to a cell that is not the winner.
    GradientToLoser = "gradient-to-loser";
    /// The gradient of a maximum is shared as a mean's is.
    GradientShared = "gradient-shared";
    /// The gradient of a mean goes whole to each cell.
    GradientNotShared = "gradient-not-shared";
    /// The change of the loss is divided by h or 4h in place of 2h.
    DifferenceDivided = "difference-divided";
    /// The change of the loss is multiplied by h.
    DifferenceMultiplied = "difference-multiplied";
    /// The change of the loss has the wrong sign.
    DifferenceReversed = "difference-reversed";
    /// The loss is taken for its change.
    LossForChange = "loss-for-change";
    /// The gradient by backpropagation is taken for the one by finite differences.
    GradientForDifference = "gradient-for-difference";

    // Receptive fields.
    /// A window that lies in the padding alone is taken to see a row.
    PaddingSeen = "padding-seen";
    /// The first row of the window is taken for the last.
    WindowBegin = "window-begin";
    /// The middle of the window is taken for its end.
    WindowMiddle = "window-middle";
    /// A window of k taps is taken to have k gaps.
    GapsCounted = "gaps-counted";
    /// The stride of another layer is taken.
    OtherStride = "other-stride";
    /// The padding is added where it is subtracted.
    PaddingAdded = "padding-added";
    /// The first of the rows that look is followed, not the last.
    FirstForLast = "first-for-last";
    /// Rows are counted from 1.
    CountedFromOne = "counted-from-one";
    /// The number of rows is taken for the number of the last one.
    CountForLast = "count-for-last";
    /// The windows of layers are multiplied where they are added up.
    WindowsMultiplied = "windows-multiplied";

    // Counting.
    /// The channels are not counted.
    ChannelsLeftOut = "channels-left-out";
    /// Counts are added where they are multiplied.
    CountsAdded = "counts-added";
    /// The share of one unit, filter or map is taken for all of it.
    OneShare = "one-share";
    /// One channel of one filter is taken for all weights.
    OneKernel = "one-kernel";
    /// Biases are counted where they are not asked for.
    BiasesCounted = "biases-counted";
    /// One bias is counted for all units or filters.
    OneBias = "one-bias";
    /// The number of another layer is taken.
    OtherLayer = "other-layer";
    /// Weights are not shared: each place has its own.
    WeightsNotShared = "weights-not-shared";
    /// The weights of a convolution are taken to grow with the image.
    WeightsOfTheImage = "weights-of-the-image";
    /// The weights are counted in place of the multiply-adds.
    WeightsForMacs = "weights-for-macs";
    /// Multiplications and additions are counted each by itself.
    OperationsForMacs = "operations-for-macs";
    /// A window is taken to lie at every pixel, whatever padding and stride are.
    WindowAtEveryPixel = "window-at-every-pixel";
    /// A filter is taken to make a map of each channel.
    MapPerChannel = "map-per-channel";
    /// A filter is taken to make one number.
    NumberPerFilter = "number-per-filter";
    /// Bytes are given where numbers are counted.
    BytesForNumbers = "bytes-for-numbers";
    /// Numbers are given where bytes are counted.
    NumbersForBytes = "numbers-for-bytes";
    /// Bits are given where bytes are counted.
    BitsForBytes = "bits-for-bytes";
    /// A number is taken to have 2 or 8 bytes in place of 4.
    OtherPrecision = "other-precision";
    /// The ratio is turned over.
    RatioReversed = "ratio-reversed";
    /// The difference is given in place of the ratio.
    DifferenceForRatio = "difference-for-ratio";

    // Batch normalisation.
    /// An example's numbers are taken together in place of a feature's.
    ExampleForFeature = "example-for-feature";
    /// The variance is divided by m − 1 where it is divided by m, or the other way round.
    VarianceCounted = "variance-counted";
    /// The variance is taken in place of its root, the deviation, or the other way round.
    VarianceForDeviation = "variance-for-deviation";
    /// The ε is left out.
    EpsilonLeftOut = "epsilon-left-out";
    /// The ε is added outside of the root.
    EpsilonOutside = "epsilon-outside";
    /// The mean is not subtracted.
    MeanLeftOut = "mean-left-out";
    /// Differences from the mean are not squared.
    NotSquared = "not-squared";
    /// The difference from the mean is not divided by the deviation.
    DeviationLeftOut = "deviation-left-out";
    /// The batch's own statistics are taken in place of the running ones, or the other way round.
    OtherStatistics = "other-statistics";
    /// The factor γ is left out.
    GammaLeftOut = "gamma-left-out";
    /// The shift β is not added.
    BetaLeftOut = "beta-left-out";
    /// The shift β is added before γ multiplies.
    BetaScaled = "beta-scaled";
    /// The input is taken where the normalised number is asked for.
    NotNormalised = "not-normalised";
    /// Another feature's γ or β is taken.
    OtherFeature = "other-feature";
    /// The momentum is taken as the share of the old number.
    MomentumReversed = "momentum-reversed";
    /// The gradient of another parameter is taken.
    OtherParameter = "other-parameter";
    /// A sum is divided where it is not.
    SumDivided = "sum-divided";
    /// Mean and variance are taken as constants, though they depend on the batch.
    StatisticsConstant = "statistics-constant";
    /// What flows back through the mean, or through the variance, is left out.
    PathLeftOut = "path-left-out";

    // Layers that carry their input.
    /// The number is taken before the activation function.
    ActivationLeftOut = "activation-left-out";
    /// Another activation function is taken.
    OtherActivation = "other-activation";
    /// The weights of the other unit are taken: the gate's for the layer's, or the other way round.
    OtherWeights = "other-weights";
    /// Rows and columns of the weights are exchanged.
    WeightsTransposed = "weights-transposed";
    /// T and 1 − T are exchanged.
    GateReversed = "gate-reversed";
    /// The gate is left out.
    GateLeftOut = "gate-left-out";
    /// What is carried past the layer is left out.
    CarryLeftOut = "carry-left-out";
    /// All of the input is carried, where a part of it is, or none.
    CarryUngated = "carry-ungated";
    /// The slope of the activation function is left out.
    SlopeLeftOut = "slope-left-out";
    /// What flows back through the gate is left out.
    GatePathLeftOut = "gate-path-left-out";
    /// What flows back through the layer is left out.
    LayerPathLeftOut = "layer-path-left-out";
    /// One layer is taken for all.
    OneLayer = "one-layer";
    /// A factor is multiplied by the number of layers, where it is raised to it.
    LayersMultiplied = "layers-multiplied";

    // A shifted input.
    /// The number is of the other input: before the shift in place of after it, or the other way round.
    OtherInput = "other-input";
    /// A number is taken to move against the shift.
    WrongSide = "wrong-side";
    /// Zeros that come in at the edge are taken to be all of the window.
    ZerosAtTheEdge = "zeros-at-the-edge";
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A wrong number and the mistake that makes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Mistaken {
    /// The mistake.
    pub mistake: Mistake,
    /// The wrong number.
    pub value: f64,
    /// What a person is told, with the numbers of the case.
    pub sentence: String,
}

/// The mistakes at one number, the likeliest first, as far as they tell something: none makes the right number, no two
/// make the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    right: Reading,
    kept: Vec<Mistaken>,
    readings: Vec<Reading>,
}

impl Found {
    /// None yet, where `right` is asked for.
    pub fn new(right: f64) -> Self {
        Self { right: Reading::of(right), kept: Vec::new(), readings: Vec::new() }
    }

    /// Adds the number that `mistake` makes, with what is to be said of it.
    pub fn add(&mut self, mistake: Mistake, value: f64, sentence: fmt::Arguments) {
        let reading = Reading::of(value);
        let is_known = || self.readings.iter().any(|known| reading.is(known));
        if value.is_finite() && !reading.is(&self.right) && !is_known() {
            self.kept.push(Mistaken { mistake, value, sentence: sentence.to_string() });
            self.readings.push(reading);
        }
    }

    /// The same where the mistake makes a number at all.
    pub fn add_some(&mut self, mistake: Mistake, value: Option<f64>, sentence: fmt::Arguments) {
        if let Some(value) = value {
            self.add(mistake, value, sentence);
        }
    }

    /// All of them.
    pub fn into_list(self) -> Vec<Mistaken> {
        self.kept
    }
}

/// A number as it can be typed: in full, or to the digits that the screen shows.
#[derive(Debug, Clone, PartialEq)]
struct Reading {
    value: f64,
    shown: String,
    is_rounded: bool,
}

impl Reading {
    fn of(value: f64) -> Self {
        Self { value, shown: format::shown(value), is_rounded: format::is_rounded(value) }
    }

    /// Whether, typed, it is taken for `other`.
    fn is(&self, other: &Self) -> bool {
        close(self.value, other.value, 1e-9) || (other.is_rounded && self.shown == other.shown)
    }
}

/// Whether `typed` is `value`, in full or as it is shown.
pub fn is_same(typed: f64, value: f64) -> bool {
    Reading::of(typed).is(&Reading::of(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_and_none_is_given_twice() {
        for (index, mistake) in Mistake::ALL.iter().enumerate() {
            let name = mistake.name();
            let is_word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase());
            assert!(name.split('-').all(is_word), "{name}");
            let about = mistake.about();
            assert!(about.ends_with('.') && about.starts_with(char::is_uppercase), "{name}: {about}");
            for other in Mistake::ALL.iter().skip(index + 1) {
                assert!(other.name() != name && other.about() != about, "{name} and {other}");
            }
        }
    }

    #[test]
    fn only_what_tells_something_is_kept() {
        let mut found = Found::new(1.0 / 3.0);
        found.add(Mistake::BiasLeftOut, 2.0, format_args!("First."));
        found.add(Mistake::BiasTooOften, 2.0 + 1e-12, format_args!("The same number."));
        found.add(Mistake::TapSign, 0.333, format_args!("The right number, as it is shown."));
        found.add(Mistake::TapAdded, f64::NAN, format_args!("No number."));
        found.add_some(Mistake::Smallest, None, format_args!("None."));
        let sentence = "First.".to_owned();
        assert_eq!(found.into_list(), [Mistaken { mistake: Mistake::BiasLeftOut, value: 2.0, sentence }]);
    }
}
