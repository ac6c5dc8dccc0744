//! Templates: what stands in braces is computed by the core, or read off the lab that is on the screen.
//!
//! | in braces | |
//! | --- | --- |
//! | `12` | a number that is given |
//! | `4000*3000*3` | a product |
//! | `million …`, `billion …` | the same in words |
//! | `size n k p s` | the output's extent, p in total |
//! | `after t n k` | the same after t layers without padding |
//! | `maps c n f k out` | a convolution of f filters over c × n × n: `out`, `parameters`, `macs`, `taps` |
//! | `net lenet parameters` | of a network: `parameters`, `macs`, `year`, `layers`, `input` |
//! | `ratio alexnet lenet` | how many times the parameters of the second the first has |
//! | `top1 plain 18`, `winner 2012`, `error 2012`, `person` | quoted figures |
//! | `mnist train` | of MNIST: `train`, `test`, `side`, `pixels`, `classes`, `batches` |
//! | `slope f n` | the largest slope of a function, to the power of n |
//! | `views a b` | crops of b in pictures of a, and their mirror images |
//! | `sum`, `now`, `out`, `count Parameters` | of the lab on the screen |

#![allow(clippy::cast_sign_loss, clippy::cast_possible_truncation, reason = "counts for words")]

use crate::{
    bench::BenchView,
    data,
    lab::depth::quoted,
    link::architectures::zoo,
    model::{Features, Layer, Zoo, count, counts, wide},
    nn::{
        reference::Activation,
        shape::{Axis, Window},
    },
    num::format,
};

/// The largest extent that is computed with.
const MOST: usize = 100_000;

/// What stands in the place of a number that is not there yet.
const WAITS: &str = "…";

/// A text whose braces are computed; of a lab that is not there yet they are left open, and what is no template stays.
pub fn fill(template: &str, view: Option<&BenchView>) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((token, after)) = after.split_once('}') else {
            text.push('{');
            rest = after;
            break;
        };
        match value(token).or_else(|| of_lab(token, view)) {
            Some(value) => text.push_str(&value),
            None => text.push_str(&["{", token, "}"].concat()),
        }
        rest = after;
    }
    text + rest
}

/// What a token of a lab says.
fn of_lab(token: &str, view: Option<&BenchView>) -> Option<String> {
    let (name, of) = token.split_once(' ').unwrap_or((token, ""));
    if !["sum", "now", "out", "count"].contains(&name) {
        return None;
    }
    let Some(view) = view else { return Some(WAITS.to_owned()) };
    match name {
        "sum" => view.scene.sum.as_ref().map(|sum| sum.text.clone()),
        "now" => {
            let sum = view.scene.sum.as_ref()?;
            sum.text.rsplit(['=', '≈']).next().map(|last| last.trim().to_owned())
        }
        "out" => Some(view.shape.result.clone()),
        _ => view.shape.counts.iter().find(|(name, _)| *name == of).map(|(_, count)| count.clone()),
    }
}

/// What a token says that needs no lab; `None` where it says nothing known.
fn value(token: &str) -> Option<String> {
    let (name, of) = token.split_once(' ').unwrap_or((token, ""));
    let words: Vec<&str> = of.split_whitespace().collect();
    let numbers = || words.iter().map(|word| word.parse::<usize>().ok()).collect::<Option<Vec<usize>>>();
    match name {
        "million" => Some(format::shown(product(of)? as f64 / 1e6) + " million"),
        "billion" => Some(format::shown(product(of)? as f64 / 1e9) + " billion"),
        "size" => {
            let [n, k, p, s] = <[usize; 4]>::try_from(numbers()?).ok()?;
            size(n, k, p, s).map(|size| size.to_string())
        }
        "after" => {
            let [times, n, k] = <[usize; 3]>::try_from(numbers()?).ok()?;
            (0..times.min(99)).try_fold(n, |n, _| size(n, k, 0, 1)).map(|size| size.to_string())
        }
        "maps" => maps(&words),
        "net" => net(&words),
        "ratio" => {
            let parameters = |place: usize| words.get(place).and_then(|name| Some(totals(zoo(name)?).0));
            Some(format::count((parameters(0)? as f64 / parameters(1)?.max(1) as f64).round() as u64))
        }
        "top1" | "winner" | "error" | "person" => quoted(name, &words),
        "mnist" => {
            let number = match *words.first()? {
                "train" => data::TRAIN_IMAGES,
                "test" => data::TEST_IMAGES,
                "side" => data::SIDE,
                "pixels" => data::SIDE * data::SIDE,
                "classes" => data::CLASSES,
                "batches" => data::TRAIN_IMAGES.div_ceil(words.get(1)?.parse().ok().filter(|batch| *batch > 0)?),
                _ => return None,
            };
            Some(format::count(wide(number)))
        }
        "slope" => {
            let function = match *words.first()? {
                "sigmoid" => Activation::Sigmoid,
                "tanh" => Activation::Tanh,
                "relu" => Activation::Relu,
                _ => return None,
            };
            // Of the first two the slope is largest at 0; of the last it is the same for all that is positive.
            let at = if function == Activation::Relu { 1.0 } else { 0.0 };
            let layers: i32 = words.get(1)?.parse().ok()?;
            Some(format::shown(function.derivative(at).powi(layers)))
        }
        "views" => {
            let [whole, part] = <[usize; 2]>::try_from(numbers()?).ok()?;
            let places = wide(whole.checked_sub(part)?);
            Some(format::count(2 * places * places))
        }
        _ => product(token).map(format::count),
    }
}

/// A product of counts such as `3*224*224`; `None` for anything else.
fn product(text: &str) -> Option<u64> {
    text.split('*').try_fold(1_u64, |product, factor| product.checked_mul(factor.trim().parse().ok()?))
}

fn size(n: usize, kernel: usize, padding: usize, stride: usize) -> Option<usize> {
    let fits = kernel > 0 && stride > 0 && [n, kernel, padding, stride].iter().all(|number| *number <= MOST);
    let window = Window { kernel, stride, dilation: 1, padding: (padding.div_ceil(2), padding / 2) };
    fits.then(|| window.output(Axis::Height, n).ok()).flatten()
}

/// Of a convolution without padding at stride 1.
fn maps(words: &[&str]) -> Option<String> {
    let number = |at: usize| words.get(at)?.parse::<usize>().ok();
    let (channels, side, filters, kernel) = (number(0)?, number(1)?, number(2)?, number(3)?);
    if [channels, side, filters, kernel].iter().any(|number| *number == 0 || *number > MOST) {
        return None;
    }
    let input = Features::Maps { channels, height: side, width: side };
    let counted = count(&Layer::conv2d(filters, kernel, 1, 0), input).ok()?;
    match *words.get(4)? {
        "out" => Some(format::shape(&counted.output.extents())),
        "parameters" => Some(format::count(counted.parameters)),
        "macs" => Some(format::count(counted.macs)),
        "taps" => Some(format::count(wide(channels) * wide(kernel) * wide(kernel))),
        _ => None,
    }
}

/// Parameters and multiply-adds of a network.
fn totals(zoo: Zoo) -> (u64, u64) {
    let network = zoo.architecture();
    let (counted, _) = counts(&network.layers, network.input);
    (counted.iter().map(|row| row.count.parameters).sum(), counted.iter().map(|row| row.count.macs).sum())
}

fn net(words: &[&str]) -> Option<String> {
    let zoo = zoo(words.first()?)?;
    let network = zoo.architecture();
    match *words.get(1)? {
        "parameters" => Some(format::count(totals(zoo).0)),
        "macs" => Some(format::count(totals(zoo).1)),
        "year" => zoo.about().split(',').next().map(str::to_owned),
        "input" => Some(format::shape(&network.input.extents())),
        // Convolutions on the way through and fully connected layers, as the names of networks count.
        "layers" => {
            let is_counted = |layer: &&Layer| matches!(layer, Layer::Conv2d { .. } | Layer::Linear { .. });
            Some(network.layers.iter().filter(is_counted).count().to_string())
        }
        _ => None,
    }
}

fn quoted(name: &str, words: &[&str]) -> Option<String> {
    if name == "person" {
        return Some(quoted::percent(quoted::PERSON));
    }
    if name == "top1" {
        let layers: u32 = words.get(1)?.parse().ok()?;
        let (_, plain, residual) = quoted::TOP_1.into_iter().find(|(known, ..)| *known == layers)?;
        return match *words.first()? {
            "plain" => Some(quoted::percent(plain)),
            "residual" => Some(quoted::percent(residual)),
            _ => None,
        };
    }
    let year: u16 = words.first()?.parse().ok()?;
    let (_, error, winner) = quoted::WINNERS.into_iter().find(|(known, ..)| *known == year)?;
    Some(if name == "error" { quoted::percent(error) } else { winner.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_braces_is_computed() {
        let check = |template: &str, expect: &str| assert_eq!(fill(template, None), expect);
        check("{million 4000*3000*3} numbers", "36 million numbers");
        check("{billion 4000*3000*3*100} weights", "3.6 billion weights");
        check("{size 32 5 0 1} and {after 7 32 5}", "28 and 4");
        check("{size 7 3 0 2}, {size 3 2 2 3}, {size 3 2 2 2}", "3, 2, 2");
        check(
            "{maps 3 224 64 3 out} {maps 3 224 64 3 parameters} {maps 3 224 64 3 macs}",
            "64 × 222 × 222 1,792 85,162,752",
        );
        check("{net lenet parameters} {net alexnet year} {net resnet34a layers}", "61,706 2012 34");
        check("{mnist batches 64} {mnist train}", "938 60,000");
        check("{slope sigmoid 8} {slope relu 8}", "1.53e−5 1");
        check("{top1 plain 34} {winner 2012} {error 2012} {person}", "28.54 AlexNet 16.4 5.1");
        check("{views 256 224}", "2,048");
        check("{sum}", "…");
        check("{no such} {", "{no such} {");
        check("{size 0 0 0 0} {after 1}", "{size 0 0 0 0} {after 1}");
    }
}
