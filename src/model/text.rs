//! Layers as a link holds them, readable and written by hand: `c6k5p2;relu;m2;f;l10`.
//!
//! | text | layer |
//! | --- | --- |
//! | `c6k5` | convolution, 6 filters of 5 × 5; behind it in any order `s` stride, `p` padding, `d` dilation, `g` groups, `nb` no bias; `c5` is the window alone |
//! | `m2`, `a2` | max, average pooling; `s` stride (the window, where it is not said), `p` padding, `u` partial windows at the end are kept |
//! | `gap`, `f`, `l120`, `l120nb` | global average, flatten, fully connected layer, the same without biases |
//! | `relu`, `sigmoid`, `tanh`, `stanh` | activation functions; the last is LeCun's scaled tanh |
//! | `bn`, `do0.5`, `lrn5` | batch normalisation, dropout, local response normalisation |
//! | `table`, `sub2`, `dist10` | LeNet-5's: the third layer with its table, trainable subsampling, distances to 10 pictures |
//! | `[…]`, `[p …]`, `[a …]`, `[h …]` | a block around what is inside: its shortcut is the identity, a projection, padded with zeros, a highway's gate |
//!
//! One number stands for both axes, `k3,5` is height and width; a padding has one number, two for the axes, or four for top,
//! bottom, left and right.

use thiserror::Error;

use super::layer::{Function, Layer, PoolKind, Rate, Shortcut};
use crate::{nn::shape::Padding, num::format};

/// The most layers that are read; the deepest network of the zoo has some 180.
pub const MAX_LAYERS: usize = 400;

/// The largest extent, stride, padding or number of groups that is read.
const MOST_EXTENT: usize = 9_999;

/// The most filters or outputs that are read.
const MOST_OUTPUTS: usize = 99_999;

/// What of a text is no layer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TextError {
    /// A part that is no layer.
    #[error("“{text}”, layer {number}, is none that is known.")]
    Unknown {
        /// Which, from 1.
        number: usize,
        /// What stands there, shortened.
        text: String,
    },
    /// More layers than are read.
    #[error("There are more than {MAX_LAYERS} layers.")]
    TooMany,
    /// None at all.
    #[error("There is no layer.")]
    Empty,
}

/// Layers as a link holds them.
pub fn write_layers(layers: &[Layer]) -> String {
    let mut text = String::new();
    for (at, layer) in layers.iter().enumerate() {
        let glued = match layers.get(at.wrapping_sub(1)) {
            None | Some(Layer::BlockBegin(Shortcut::Identity)) => true,
            Some(_) => *layer == Layer::BlockEnd,
        };
        if !glued {
            text.push(';');
        }
        text.push_str(&write_layer(layer));
    }
    text
}

/// One layer as a link holds it.
fn write_layer(layer: &Layer) -> String {
    match *layer {
        Layer::Conv2d { filters, kernel, stride, padding, dilation, groups, bias } => {
            let mut text = match filters {
                Some(filters) => format!("c{filters}k{}", write_extents(kernel)),
                None => format!("c{}", write_extents(kernel)),
            };
            push_unless(&mut text, "s", &write_extents(stride), "1");
            push_unless(&mut text, "p", &write_sides(padding), "0");
            push_unless(&mut text, "d", &write_extents(dilation), "1");
            push_unless(&mut text, "g", &groups.to_string(), "1");
            if !bias {
                text.push_str("nb");
            }
            text
        }
        Layer::TableConv2d => "table".to_owned(),
        Layer::Pool2d { kind, kernel, stride, padding, ceil_mode } => {
            let mut text = format!("{}{}", if kind == PoolKind::Max { 'm' } else { 'a' }, write_extents(kernel));
            push_unless(&mut text, "s", &write_extents(stride), &write_extents(kernel));
            push_unless(&mut text, "p", &write_sides(padding), "0");
            if ceil_mode {
                text.push('u');
            }
            text
        }
        Layer::Subsampling { window } => format!("sub{}", write_extents(window)),
        Layer::GlobalAverage => "gap".to_owned(),
        Layer::Flatten => "f".to_owned(),
        Layer::Linear { outputs, bias } => format!("l{outputs}{}", if bias { "" } else { "nb" }),
        Layer::Distance { outputs } => format!("dist{outputs}"),
        Layer::Activation(function) => match function {
            Function::Relu => "relu",
            Function::Sigmoid => "sigmoid",
            Function::Tanh => "tanh",
            Function::ScaledTanh => "stanh",
        }
        .to_owned(),
        Layer::BatchNorm => "bn".to_owned(),
        Layer::Dropout(rate) => ["do", &format::ascii(rate.share())].concat(),
        Layer::LocalResponseNorm { size } => format!("lrn{size}"),
        Layer::BlockBegin(shortcut) => match shortcut {
            Shortcut::Identity => "[",
            Shortcut::Projection => "[p",
            Shortcut::Padded => "[a",
            Shortcut::Gate => "[h",
        }
        .to_owned(),
        Layer::BlockEnd => "]".to_owned(),
    }
}

fn push_unless(text: &mut String, letter: &str, value: &str, usual: &str) {
    if value != usual {
        text.push_str(letter);
        text.push_str(value);
    }
}

/// `3`, or `3,5` for height and width.
pub fn write_extents((height, width): (usize, usize)) -> String {
    if height == width { height.to_string() } else { format!("{height},{width}") }
}

/// `1`, `1,2` for rows and columns, or the four sides.
pub fn write_sides(padding: Padding) -> String {
    let Padding { top, bottom, left, right } = padding;
    if top == bottom && left == right { write_extents((top, left)) } else { format!("{top},{bottom},{left},{right}") }
}

/// Reads [`write_layers`]'s text.
///
/// # Errors
/// [`TextError`] for the first part that is no layer, with its number; nothing is guessed.
///
/// ```
/// # use receptive::model::{Layer, Shortcut, read_layers, write_layers};
/// let layers = read_layers("[c16k3p1;relu;c16k3p1];relu").unwrap();
/// assert_eq!(layers[0], Layer::BlockBegin(Shortcut::Identity));
/// assert_eq!(layers[1], Layer::conv2d(16, 3, 1, 1));
/// assert_eq!(write_layers(&layers), "[c16k3p1;relu;c16k3p1];relu");
/// ```
pub fn read_layers(text: &str) -> Result<Vec<Layer>, TextError> {
    let mut layers = Vec::new();
    for (number, part) in (1..).zip(text.split(';')) {
        if read_part(part.trim(), &mut layers).is_none() {
            return Err(TextError::Unknown { number, text: part.trim().chars().take(24).collect() });
        }
        if layers.len() > MAX_LAYERS {
            return Err(TextError::TooMany);
        }
    }
    if layers.is_empty() { Err(TextError::Empty) } else { Ok(layers) }
}

/// What stands between two semicolons: a layer, and the blocks that begin before it and end behind it.
fn read_part(mut text: &str, layers: &mut Vec<Layer>) -> Option<()> {
    while let Some(rest) = text.strip_prefix('[') {
        let marks = [('p', Shortcut::Projection), ('a', Shortcut::Padded), ('h', Shortcut::Gate)];
        // A letter that a layer begins with is no mark.
        let marked = marks.into_iter().find_map(|(mark, shortcut)| {
            let after = rest.strip_prefix(mark)?;
            (after.is_empty() || after.starts_with([' ', '['])).then_some((shortcut, after))
        });
        let (shortcut, after) = marked.unwrap_or((Shortcut::Identity, rest));
        layers.push(Layer::BlockBegin(shortcut));
        text = after.trim_start();
    }
    let layer = text.trim_end_matches(|c: char| c == ']' || c.is_whitespace());
    let ends = text.bytes().filter(|byte| *byte == b']').count();
    if !layer.is_empty() {
        layers.push(read_layer(layer)?);
    } else if ends == 0 && text.is_empty() && !matches!(layers.last(), Some(Layer::BlockBegin(_))) {
        return None;
    }
    layers.extend(std::iter::repeat_n(Layer::BlockEnd, ends.min(MAX_LAYERS + 1)));
    Some(())
}

/// Reads one layer, without blocks.
fn read_layer(text: &str) -> Option<Layer> {
    let named = match text {
        "table" => Layer::TableConv2d,
        "gap" => Layer::GlobalAverage,
        "f" => Layer::Flatten,
        "relu" => Layer::Activation(Function::Relu),
        "sigmoid" => Layer::Activation(Function::Sigmoid),
        "tanh" => Layer::Activation(Function::Tanh),
        "stanh" => Layer::Activation(Function::ScaledTanh),
        "bn" => Layer::BatchNorm,
        "]" => Layer::BlockEnd,
        "[" => Layer::BlockBegin(Shortcut::Identity),
        "[p" => Layer::BlockBegin(Shortcut::Projection),
        "[a" => Layer::BlockBegin(Shortcut::Padded),
        "[h" => Layer::BlockBegin(Shortcut::Gate),
        _ => return read_counted(text),
    };
    Some(named)
}

/// A layer whose text holds numbers.
fn read_counted(text: &str) -> Option<Layer> {
    if let Some(rest) = text.strip_prefix("sub") {
        let (numbers, rest) = read_numbers(rest, MOST_EXTENT)?;
        return rest.is_empty().then_some(Layer::Subsampling { window: both(&numbers)? });
    }
    if let Some(rest) = text.strip_prefix("dist") {
        let outputs = read_one(rest, MOST_OUTPUTS)?;
        return Some(Layer::Distance { outputs });
    }
    if let Some(rest) = text.strip_prefix("lrn") {
        return Some(Layer::LocalResponseNorm { size: read_one(rest, MOST_EXTENT)? });
    }
    if let Some(rest) = text.strip_prefix("do") {
        return read_rate(rest).map(Layer::Dropout);
    }
    if let Some(rest) = text.strip_prefix('l') {
        let (rest, bias) = rest.strip_suffix("nb").map_or((rest, true), |rest| (rest, false));
        return Some(Layer::Linear { outputs: read_one(rest, MOST_OUTPUTS)?, bias });
    }
    if let Some(rest) = text.strip_prefix('c') {
        return read_convolution(rest);
    }
    let (kind, rest) = match text.split_at_checked(1)? {
        ("m", rest) => (PoolKind::Max, rest),
        ("a", rest) => (PoolKind::Average, rest),
        _ => return None,
    };
    let (numbers, rest) = read_numbers(rest, MOST_EXTENT)?;
    let kernel = both(&numbers)?;
    let settings = read_settings(rest, &["s", "p", "u"])?;
    Some(Layer::Pool2d {
        kind,
        kernel,
        stride: settings.pair("s", kernel)?,
        padding: settings.padding()?,
        ceil_mode: settings.has("u"),
    })
}

fn read_convolution(text: &str) -> Option<Layer> {
    let (first, rest) = read_numbers(text, MOST_OUTPUTS)?;
    let settings = read_settings(rest, &["k", "s", "p", "d", "g", "nb"])?;
    let (filters, kernel) = match (settings.get("k"), first.as_slice()) {
        (Some(kernel), [filters]) => (Some(*filters), both(kernel)?),
        (Some(_), _) => return None,
        (None, kernel) => (None, both(kernel)?),
    };
    if kernel.0.max(kernel.1) > MOST_EXTENT {
        return None;
    }
    let groups = match settings.get("g") {
        None => 1,
        Some([groups]) => *groups,
        Some(_) => return None,
    };
    Some(Layer::Conv2d {
        filters,
        kernel,
        stride: settings.pair("s", (1, 1))?,
        padding: settings.padding()?,
        dilation: settings.pair("d", (1, 1))?,
        groups,
        bias: !settings.has("nb"),
    })
}

/// Letters with the numbers behind them.
struct Settings<'a>(Vec<(&'a str, Vec<usize>)>);

impl Settings<'_> {
    fn get(&self, letter: &str) -> Option<&[usize]> {
        self.0.iter().find(|(known, _)| *known == letter).map(|(_, numbers)| numbers.as_slice())
    }

    fn has(&self, letter: &str) -> bool {
        self.get(letter).is_some()
    }

    fn pair(&self, letter: &str, usual: (usize, usize)) -> Option<(usize, usize)> {
        self.get(letter).map_or(Some(usual), both)
    }

    fn padding(&self) -> Option<Padding> {
        match self.get("p") {
            None => Some(Padding::default()),
            Some(&[top, bottom, left, right]) => Some(Padding { top, bottom, left, right }),
            Some(numbers) => {
                both(numbers).map(|(height, width)| Padding { top: height, bottom: height, left: width, right: width })
            }
        }
    }
}

/// Settings in any order, each once; those of more than one letter have no number.
fn read_settings<'a>(mut text: &str, known: &[&'a str]) -> Option<Settings<'a>> {
    let mut settings = Settings(Vec::new());
    while !text.is_empty() {
        let letter = known.iter().find(|letter| text.starts_with(**letter))?;
        let rest = text.strip_prefix(letter)?;
        let (numbers, rest) =
            if matches!(*letter, "nb" | "u") { (Vec::new(), rest) } else { read_numbers(rest, MOST_EXTENT)? };
        if settings.has(letter) {
            return None;
        }
        settings.0.push((letter, numbers));
        text = rest;
    }
    Some(settings)
}

/// One number for both axes, or height and width.
fn both(numbers: &[usize]) -> Option<(usize, usize)> {
    match *numbers {
        [both] => Some((both, both)),
        [height, width] => Some((height, width)),
        _ => None,
    }
}

/// One number for all sides, two for the axes, or the four sides.
fn four(numbers: &[usize]) -> Option<Padding> {
    if let [top, bottom, left, right] = *numbers {
        return Some(Padding { top, bottom, left, right });
    }
    both(numbers).map(|(height, width)| Padding { top: height, bottom: height, left: width, right: width })
}

/// Reads [`write_extents`]'s text.
pub fn read_extents(text: &str) -> Option<(usize, usize)> {
    read_all(text).and_then(|numbers| both(&numbers))
}

/// Reads [`write_sides`]'s text.
pub fn read_sides(text: &str) -> Option<Padding> {
    read_all(text).and_then(|numbers| four(&numbers))
}

/// Numbers that a person typed, perhaps with spaces.
fn read_all(text: &str) -> Option<Vec<usize>> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    read_numbers(&text, MOST_EXTENT).filter(|(_, rest)| rest.is_empty()).map(|(numbers, _)| numbers)
}

/// Up to four numbers with commas between, and what follows them.
fn read_numbers(mut text: &str, most: usize) -> Option<(Vec<usize>, &str)> {
    let mut numbers = Vec::new();
    loop {
        let len = text.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = text.split_at_checked(len)?;
        numbers.push(digits.parse::<usize>().ok().filter(|&number| number <= most)?);
        match rest.strip_prefix(',') {
            Some(after) if numbers.len() < 4 => text = after,
            _ => return Some((numbers, rest)),
        }
    }
}

/// A number and nothing behind it.
fn read_one(text: &str, most: usize) -> Option<usize> {
    match read_numbers(text, most)? {
        (numbers, "") if numbers.len() == 1 => numbers.first().copied(),
        _ => None,
    }
}

/// `0.5`: from 0 to 1, with up to three digits behind the point.
pub fn read_rate(text: &str) -> Option<Rate> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() > 1 || part.len() > 3 || !digits(whole) || !digits(part) || whole.len() + part.len() == 0 {
        return None;
    }
    let thousandths: u16 = format!("{whole}{part:0<3}").parse().ok()?;
    (thousandths <= 1000).then_some(Rate(thousandths))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn same(text: &str) {
        assert_eq!(write_layers(&read_layers(text).unwrap()), text);
    }

    #[test]
    fn what_is_written_is_read() {
        same("c6k5p2;relu;m2;c16k5;sigmoid;a2;f;l120;tanh;l84nb;stanh;l10");
        same("c96k11s4;relu;lrn5;m3s2;c256k5p2g2;do0.5;do0.125;gap");
        same("c64k7s2p3nb;bn;relu;m3s2p1;[c64k3p1nb;bn;relu;c64k3p1nb;bn];relu;[p;c128k3s2p1nb;bn];[a;c8k3];[h;c8k3]");
        same("c6k5;stanh;sub2;table;dist10");
        same("c5;m2;c3s2p1d2;m3,2s2,1p1,0u;c4k3,5p1,2,0,1d2,1g4");
        same("[[c4k1];c4k1]");
    }

    #[test]
    fn other_ways_to_write_it() {
        let blocks = read_layers("[p c8k3 ; bn ]").unwrap();
        assert_eq!(write_layers(&blocks), "[p;c8k3;bn]");
        assert_eq!(write_layers(&read_layers(" c6s1k5p0,0d1 ;; ".trim_end_matches([' ', ';'])).unwrap()), "c6k5");
        // An average pooling behind a bracket is no mark.
        assert_eq!(write_layers(&read_layers("[a2;c4k1]").unwrap()), "[a2;c4k1]");
        assert_eq!(write_layers(&read_layers("[;c4k1;]").unwrap()), "[c4k1]");
    }

    #[test]
    fn what_is_no_layer_is_named() {
        for (text, number) in [
            ("c6k5;x;m2", 2),
            ("c6k5k5", 1),
            ("m", 1),
            ("l10;;f", 2),
            ("do1.5", 1),
            ("c1k99999", 1),
            ("bn2", 1),
            ("c6k5)", 1),
        ] {
            assert!(
                matches!(read_layers(text), Err(TextError::Unknown { number: found, .. }) if found == number),
                "{text}"
            );
        }
        assert!(matches!(read_layers(""), Err(TextError::Unknown { .. } | TextError::Empty)));
        assert_eq!(read_layers(&vec!["f"; MAX_LAYERS + 1].join(";")), Err(TextError::TooMany));
        assert_eq!(read_layers(&"]".repeat(100_000)), Err(TextError::TooMany));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[cmalbnrpsdgkuthe0-9,;\\[\\] .]{0,60}") {
            if let Ok(layers) = read_layers(&text) {
                prop_assert_eq!(read_layers(&write_layers(&layers)).unwrap(), layers);
            }
        }
    }
}
