//! `{…}`: numbers that the core works out.

use receptive::{
    lab::architectures::{read_input, sentence},
    link::architectures::zoo,
    model::{Architecture, Counted, Features, counts, read_layers},
    nn::shape::{Axis, Window},
    num::format,
};

use crate::lab::Lab;

/// What an expression is: a number, or words.
enum Value {
    Number(f64),
    Words(String),
}

/// A text with its `{…}` worked out, but for those of formulas between `$`; `link` is what the part shows.
pub(crate) fn fill(text: &str, link: Option<&str>) -> Result<String, String> {
    if text.trim_start().starts_with("$$") {
        return Ok(text.to_owned());
    }
    let mut filled = String::new();
    for (number, piece) in text.split('$').enumerate() {
        if number > 0 {
            filled.push('$');
        }
        // Every other piece is a formula.
        if number % 2 == 1 {
            filled.push_str(piece);
            continue;
        }
        let mut rest = piece;
        while let Some((before, after)) = rest.split_once('{') {
            let (inside, after) = after.split_once('}').ok_or_else(|| format!("“{{{after}” has no closing brace"))?;
            filled.push_str(before);
            filled.push_str(&work_out(inside, link).map_err(|why| format!("{{{inside}}}: {why}"))?);
            rest = after;
        }
        filled.push_str(rest);
    }
    Ok(filled)
}

/// What stands between two braces.
pub(crate) fn work_out(text: &str, link: Option<&str>) -> Result<String, String> {
    let text = text.trim();
    if let Some(of) = call(text, "lab") {
        let of: Vec<&str> = of.split(',').map(str::trim).collect();
        return Lab::tell(link.ok_or("the part shows no lab")?, &of);
    }
    Ok(match value(text)? {
        Value::Words(words) => words,
        Value::Number(number) => written(number),
    })
}

/// A number as the app writes it.
fn written(number: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and within what is exact")]
    if number.fract() == 0.0 && (0.0..9e15).contains(&number) {
        format::count(number as u64)
    } else {
        format::shown(number)
    }
}

/// What stands in the brackets of `name(…)`, where that is all.
fn call<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let inside = text.strip_prefix(name)?.trim_start().strip_prefix('(')?.strip_suffix(')')?;
    let mut depth = 0i32;
    for c in inside.chars() {
        depth += i32::from(c == '(') - i32::from(c == ')');
        if depth < 0 {
            return None;
        }
    }
    Some(inside)
}

fn value(text: &str) -> Result<Value, String> {
    if let Some(of) = call(text, "words") {
        return Ok(Value::Words(words(number(of)?)));
    }
    if let Some(of) = call(text, "percent") {
        return Ok(Value::Words(format!("{} %", format::shown(number(of)? * 100.0))));
    }
    if let Some(of) = call(text, "shape") {
        return Ok(Value::Words(format::shape(&layer(of)?.count.output.extents())));
    }
    if let Some(of) = call(text, "field") {
        // Past a linear layer each value sees all of the input.
        return Ok(Value::Words(
            layer(of)?.field.map_or("all".to_owned(), |field| format::shape(&[field.size.0, field.size.1])),
        ));
    }
    Ok(Value::Number(number(text)?))
}

/// 3.6 billion.
fn words(number: f64) -> String {
    for (size, name) in [(1e12, "trillion"), (1e9, "billion"), (1e6, "million")] {
        if number.abs() >= size {
            return format!("{} {name}", format::shown((number / size * 100.0).round() / 100.0));
        }
    }
    written(number)
}

/// A network's layers, counted.
fn net(text: &str) -> Result<Vec<Counted>, String> {
    let text = text.trim();
    let Architecture { input, layers, .. } = if let Some((layers, input)) = text.split_once('@') {
        let (channels, height, width) = read_input(input.trim()).ok_or("an input is channels, rows, columns")?;
        let layers = read_layers(layers.trim()).map_err(|error| error.to_string())?;
        Architecture { name: String::new(), input: Features::Maps { channels, height, width }, layers }
    } else {
        zoo(text).ok_or_else(|| format!("there is no network “{text}”"))?.architecture()
    };
    let (counted, misfit) = counts(&layers, input);
    misfit.map_or(Ok(counted), |misfit| Err(sentence(&layers, &misfit)))
}

/// `net` or `net, number`: its layers, and the place of the one with that number.
fn layers(text: &str) -> Result<(Vec<Counted>, Option<usize>), String> {
    // The last of three extents is no layer.
    let of_layer = text
        .rsplit_once(',')
        .filter(|(of, _)| of.split_once('@').is_none_or(|(_, input)| input.split(',').count() == 3));
    let Some((of, number)) = of_layer else { return Ok((net(text)?, None)) };
    let number: usize = number.trim().parse().map_err(|_| format!("{number} is no number of a layer"))?;
    let net = net(of)?;
    let at =
        number.checked_sub(1).filter(|at| *at < net.len()).ok_or_else(|| format!("it has {} layers", net.len()))?;
    Ok((net, Some(at)))
}

/// A layer by its number, else the last.
fn layer(text: &str) -> Result<Counted, String> {
    let (net, at) = layers(text)?;
    at.map_or(net.last(), |at| net.get(at)).copied().ok_or_else(|| "it has no layer".to_owned())
}

/// Parameters or multiply-adds, of a network or of one of its layers.
fn counted(text: &str, of: fn(&Counted) -> u64) -> Result<f64, String> {
    let (net, at) = layers(text)?;
    #[expect(clippy::cast_precision_loss, reason = "within 2^53")]
    Ok(at.map_or_else(|| net.iter().map(of).sum(), |at| of(&net[at])) as f64)
}

/// `32, 5, p=2, s=2, d=1`: the output's extent.
fn size(text: &str) -> Result<f64, String> {
    let (mut plain, mut padding, mut stride, mut dilation) = (Vec::new(), 0, 1, 1);
    for part in text.split(',') {
        let (name, it) = part.split_once('=').map_or(("", part), |(name, it)| (name.trim(), it));
        let it = whole(number(it)?)?;
        match name {
            "" => plain.push(it),
            "p" => padding = it,
            "s" => stride = it,
            "d" => dilation = it,
            _ => return Err(format!("size knows p, s and d, not {name}")),
        }
    }
    let &[input, kernel] = plain.as_slice() else { return Err("size(input, kernel)".into()) };
    let window = Window { kernel, stride, dilation, padding: (padding, padding) };
    let output = window.output(Axis::Height, input).map_err(|error| error.to_string())?;
    #[expect(clippy::cast_precision_loss, reason = "small")]
    Ok(output as f64)
}

fn whole(number: f64) -> Result<usize, String> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and small")]
    if number.fract() == 0.0 && (0.0..1e9).contains(&number) {
        Ok(number as usize)
    } else {
        Err(format!("{number} is no whole number"))
    }
}

fn number(text: &str) -> Result<f64, String> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.sum()?;
    reader.skip();
    if reader.at == text.len() { Ok(value) } else { Err(format!("“{}” can't be read", &text[reader.at..])) }
}

/// Reads a sum of products.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn skip(&mut self) {
        self.at += self.text[self.at..].len() - self.text[self.at..].trim_start().len();
    }

    fn takes(&mut self, c: char) -> bool {
        self.skip();
        let takes = self.text[self.at..].starts_with(c);
        if takes {
            self.at += c.len_utf8();
        }
        takes
    }

    fn sum(&mut self) -> Result<f64, String> {
        let mut value = self.product()?;
        loop {
            if self.takes('+') {
                value += self.product()?;
            } else if self.takes('-') {
                value -= self.product()?;
            } else {
                return Ok(value);
            }
        }
    }

    fn product(&mut self) -> Result<f64, String> {
        let mut value = self.power()?;
        loop {
            if self.takes('*') {
                value *= self.power()?;
            } else if self.takes('/') {
                value /= self.power()?;
            } else {
                return Ok(value);
            }
        }
    }

    fn power(&mut self) -> Result<f64, String> {
        let value = self.atom()?;
        if self.takes('^') { Ok(value.powf(self.power()?)) } else { Ok(value) }
    }

    fn atom(&mut self) -> Result<f64, String> {
        if self.takes('-') {
            return Ok(-self.power()?);
        }
        if self.takes('(') {
            let value = self.sum()?;
            return if self.takes(')') { Ok(value) } else { Err("a bracket is not closed".into()) };
        }
        self.skip();
        let rest = &self.text[self.at..];
        let letters = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
        if letters > 0 {
            let name = &rest[..letters];
            self.at += letters;
            return self.call(name);
        }
        let digits = rest.char_indices().find(|&(at, c)| {
            let exponent = matches!(c, 'e' | 'E')
                || (matches!(c, '+' | '-') && at > 0 && matches!(rest.as_bytes()[at - 1], b'e' | b'E'));
            !(c.is_ascii_digit() || c == '.' || exponent)
        });
        let end = digits.map_or(rest.len(), |(at, _)| at);
        let value = rest[..end].parse().map_err(|_| format!("“{rest}” is no number"))?;
        self.at += end;
        Ok(value)
    }

    fn call(&mut self, name: &str) -> Result<f64, String> {
        if !self.takes('(') {
            return Err(format!("“{name}” is no number"));
        }
        let begin = self.at;
        let mut depth = 1;
        let end = self.text[begin..].char_indices().find(|&(_, c)| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        });
        let (length, _) = end.ok_or("a bracket is not closed")?;
        let inside = &self.text[begin..begin + length];
        self.at = begin + length + 1;
        match name {
            "floor" => Ok(number(inside)?.floor()),
            "ceil" => Ok(number(inside)?.ceil()),
            "sqrt" => Ok(number(inside)?.sqrt()),
            "size" => size(inside),
            "parameters" => counted(inside, |layer| layer.count.parameters),
            "macs" => counted(inside, |layer| layer.count.macs),
            _ => Err(format!("there is no “{name}”")),
        }
    }
}
