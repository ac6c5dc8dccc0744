//! Two networks beside each other: what differs, in numbers and in words.

use crate::{
    model::{Architecture, Count, Features, Function, Layer, PoolKind, counts, wide},
    nn::shape::Axis,
    num::{decimal::fixed, format},
};

/// Something in which two networks differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What: `Largest kernel`.
    pub what: &'static str,
    /// How it is in the first.
    pub here: String,
    /// How it is in the second.
    pub there: String,
}

/// What differs between two networks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// One sentence, made of parts; numbers stand out.
    pub headline: Vec<(String, bool)>,
    /// What differs, in the order of the course.
    pub facts: Vec<Fact>,
}

/// Compares `here` with `there`.
pub fn compare(here: &Architecture, there: &Architecture) -> Comparison {
    let [first, second] = [here, there].map(Traits::of);
    let facts = first
        .facts()
        .into_iter()
        .zip(second.facts())
        .filter(|((_, here), (_, there))| here != there)
        .map(|((what, here), (_, there))| Fact { what, here, there })
        .collect();
    Comparison { headline: headline((here, &first), (there, &second)), facts }
}

/// `AlexNet has 988 times the parameters of LeNet, and multiplies 1,714 times as much.`
fn headline((here, first): (&Architecture, &Traits), (there, second): (&Architecture, &Traits)) -> Vec<(String, bool)> {
    if !first.fits || !second.fits {
        return vec![("Once all layers fit, both networks are compared here.".to_owned(), false)];
    }
    let text = |text: String| (text, false);
    let ratio = |here: u64, there: u64, what: &str| -> Vec<(String, bool)> {
        let most = here.max(there);
        let least = here.min(there);
        if most == least {
            return vec![text(format!(" as many {what} as "))];
        }
        if least == 0 {
            return vec![text(format!(" {} {what} against {} of ", format::count(here), format::count(there)))];
        }
        let more = if here > there { "more" } else { "fewer" };
        let amount = amount(most, least, there);
        vec![text(" ".to_owned()), (format!("{amount} {more}"), true), text(format!(" {what} than "))]
    };
    let mut parts = vec![text(format!("{} has", here.name))];
    parts.extend(ratio(first.parameters, second.parameters, "parameters"));
    parts.push(text(format!("{}, and takes", there.name)));
    let mut macs = ratio(first.macs, second.macs, "multiply-adds");
    if let Some((last, _)) = macs.last_mut() {
        // The other network was named already.
        for end in [" than ", " as ", " of "] {
            if let Some(short) = last.strip_suffix(end) {
                *last = short.to_owned();
                break;
            }
        }
    }
    parts.extend(macs);
    parts.push(text(".".to_owned()));
    parts
}

/// `2.8×`, `988×`; what is nearly as many, in per cent of the other's count: `2.8 %`.
fn amount(most: u64, least: u64, there: u64) -> String {
    let times = most as f64 / least as f64;
    if times < 1.5 {
        format!("{} %", format::shown((most - least) as f64 * 100.0 / there as f64))
    } else if times < 10.0 {
        fixed(times, 1) + "×"
    } else {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a ratio of counts, rounded")]
        let whole = times.round() as u64;
        format!("{}×", format::count(whole))
    }
}

/// What a lecturer says of a network.
struct Traits {
    fits: bool,
    parameters: u64,
    macs: u64,
    input: Features,
    convolutions: usize,
    kernel: Option<(usize, usize)>,
    stride: usize,
    padding: usize,
    poolings: Vec<String>,
    channels: usize,
    hidden: Vec<u64>,
    classes: u64,
    functions: Vec<&'static str>,
    normalisations: Vec<&'static str>,
    dropout: bool,
    blocks: usize,
    field: Option<(usize, usize)>,
}

impl Traits {
    fn of(network: &Architecture) -> Self {
        let (counted, misfit) = counts(&network.layers, network.input);
        let sum = |of: fn(&Count) -> u64| counted.iter().map(|row| of(&row.count)).fold(0, u64::saturating_add);
        let mut traits = Self {
            fits: misfit.is_none(),
            parameters: sum(|count| count.parameters),
            macs: sum(|count| count.macs),
            input: network.input,
            convolutions: 0,
            kernel: None,
            stride: 1,
            padding: 0,
            poolings: Vec::new(),
            channels: 0,
            hidden: Vec::new(),
            classes: 0,
            functions: Vec::new(),
            normalisations: Vec::new(),
            dropout: false,
            blocks: 0,
            field: None,
        };
        for (layer, row) in network.layers.iter().zip(&counted) {
            traits.take(layer);
            if let (Layer::Conv2d { .. } | Layer::TableConv2d, Features::Maps { channels, .. }) =
                (layer, row.count.output)
            {
                traits.channels = traits.channels.max(channels);
                traits.field = row.field.map(|field| field.size);
            }
        }
        // The last fully connected layer makes the classes.
        traits.classes = traits.hidden.pop().unwrap_or_default();
        traits
    }

    fn take(&mut self, layer: &Layer) {
        fn once<T: PartialEq>(list: &mut Vec<T>, value: T) {
            if !list.contains(&value) {
                list.push(value);
            }
        }
        match *layer {
            Layer::Conv2d { kernel, stride, padding, .. } => {
                self.convolutions += 1;
                let size = |(height, width)| wide(height) * wide(width);
                if self.kernel.is_none_or(|known| size(known) < size(kernel)) {
                    self.kernel = Some(kernel);
                }
                self.stride = self.stride.max(stride.0).max(stride.1);
                self.padding = self.padding.max(padding.top).max(padding.left);
            }
            Layer::TableConv2d => {
                self.convolutions += 1;
                self.kernel = self.kernel.or(Some((5, 5)));
            }
            Layer::Pool2d { kind, kernel, stride, .. } => {
                let kind = if kind == PoolKind::Max { "max" } else { "average" };
                let stride = Axis::Height.of(stride);
                once(&mut self.poolings, format!("{kind} {}, stride {stride}", format::shape(&[kernel.0, kernel.1])));
            }
            Layer::Subsampling { window } => {
                once(&mut self.poolings, format!("trainable sums of {}", format::shape(&[window.0, window.1])));
            }
            Layer::GlobalAverage => once(&mut self.poolings, "global average".to_owned()),
            Layer::Linear { outputs, .. } | Layer::Distance { outputs } => self.hidden.push(wide(outputs)),
            Layer::Activation(function) => once(
                &mut self.functions,
                match function {
                    Function::Relu => "ReLU",
                    Function::Sigmoid => "sigmoid",
                    Function::Tanh => "tanh",
                    Function::ScaledTanh => "scaled tanh",
                },
            ),
            Layer::BatchNorm => once(&mut self.normalisations, "batch"),
            Layer::LocalResponseNorm { .. } => once(&mut self.normalisations, "local response"),
            Layer::Dropout(_) => self.dropout = true,
            Layer::BlockBegin(_) => self.blocks += 1,
            Layer::Flatten | Layer::BlockEnd => {}
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let or_none = |texts: Vec<String>| if texts.is_empty() { "none".to_owned() } else { texts.join(", ") };
        let owned = |texts: &[&'static str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let shape =
            |extent: Option<(usize, usize)>| extent.map_or_else(|| "none".to_owned(), |(h, w)| format::shape(&[h, w]));
        vec![
            ("Input", self.input.to_string()),
            ("Convolutions", self.convolutions.to_string()),
            ("Largest kernel", shape(self.kernel)),
            ("Largest stride of a convolution", self.stride.to_string()),
            ("Largest padding a side", self.padding.to_string()),
            ("Most channels", format::count(wide(self.channels))),
            ("Pooling", or_none(self.poolings.clone())),
            ("Hidden units", or_none(self.hidden.iter().map(|units| format::count(*units)).collect())),
            ("Classes", format::count(self.classes)),
            ("Activation", or_none(owned(&self.functions))),
            ("Normalisation", or_none(owned(&self.normalisations))),
            ("Dropout", if self.dropout { "yes" } else { "no" }.to_owned()),
            ("Shortcuts", self.blocks.to_string()),
            ("Last convolution sees", shape(self.field)),
        ]
    }
}
