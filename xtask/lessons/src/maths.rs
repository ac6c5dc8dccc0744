//! `$…$`: a small part of LaTeX.

use receptive::course::lesson::Maths;

/// Reads a formula.
pub(crate) fn read(text: &str) -> Result<Vec<Maths>, String> {
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    let pieces = row(&chars, &mut at, None)?;
    Ok(pieces)
}

const NAMES: [(&str, &str); 23] = [
    ("sigma", "σ"),
    ("gamma", "γ"),
    ("beta", "β"),
    ("mu", "μ"),
    ("epsilon", "ε"),
    ("eta", "η"),
    ("theta", "θ"),
    ("alpha", "α"),
    ("delta", "δ"),
    ("lambda", "λ"),
    ("pi", "π"),
    ("ell", "ℓ"),
    ("hat", "^"),
    ("max", "max"),
    ("min", "min"),
    ("log", "log"),
    ("ln", "ln"),
    ("exp", "exp"),
    ("ldots", "…"),
    ("dots", "…"),
    ("cdots", "⋯"),
    ("partial", "∂"),
    ("infty", "∞"),
];

const SIGNS: [(&str, &str); 18] = [
    ("star", "⋆"),
    ("cdot", "·"),
    ("times", "×"),
    ("lfloor", "⌊"),
    ("rfloor", "⌋"),
    ("lceil", "⌈"),
    ("rceil", "⌉"),
    ("le", "≤"),
    ("leq", "≤"),
    ("ge", "≥"),
    ("geq", "≥"),
    ("to", "→"),
    ("sum", "∑"),
    ("approx", "≈"),
    ("ne", "≠"),
    ("neq", "≠"),
    ("odot", "⊙"),
    ("pm", "±"),
];

/// Pieces up to `end`, which is passed.
fn row(chars: &[char], at: &mut usize, end: Option<char>) -> Result<Vec<Maths>, String> {
    let mut pieces = Vec::new();
    loop {
        let Some(&c) = chars.get(*at) else {
            return if end.is_none() { Ok(pieces) } else { Err("a brace of a formula is not closed".into()) };
        };
        if Some(c) == end {
            *at += 1;
            return Ok(pieces);
        }
        if c == '_' || c == '^' {
            *at += 1;
            let script = argument(chars, at)?;
            let of = pieces.pop().ok_or("a script of nothing")?;
            let (base, mut below, mut above) = match of {
                Maths::Scripts(base, below, above) => (base, below, above),
                other => (vec![other], Vec::new(), Vec::new()),
            };
            if c == '_' {
                below = script;
            } else {
                above = script;
            }
            pieces.push(Maths::Scripts(base, below, above));
            continue;
        }
        if let Some(piece) = piece(chars, at)? {
            pieces.push(piece);
        }
    }
}

/// What a command takes: `{…}`, or one piece.
fn argument(chars: &[char], at: &mut usize) -> Result<Vec<Maths>, String> {
    while chars.get(*at) == Some(&' ') {
        *at += 1;
    }
    if chars.get(*at) == Some(&'{') {
        *at += 1;
        return row(chars, at, Some('}'));
    }
    piece(chars, at)?.map(|piece| vec![piece]).ok_or_else(|| "something is missing in a formula".to_owned())
}

fn piece(chars: &[char], at: &mut usize) -> Result<Option<Maths>, String> {
    let Some(&c) = chars.get(*at) else { return Ok(None) };
    *at += 1;
    let sign = |sign: &str| Ok(Some(Maths::Sign(sign.to_owned())));
    match c {
        ' ' | '\n' => Ok(None),
        '{' => {
            let inside = row(chars, at, Some('}'))?;
            Ok(Some(Maths::Scripts(inside, Vec::new(), Vec::new())))
        }
        '\\' => command(chars, at),
        '-' => sign("−"),
        '*' => sign("·"),
        '\'' => sign("′"),
        '|' => sign("|"),
        '+' | '/' | '=' | '<' | '>' | '(' | ')' | '[' | ']' | ',' | ':' | '−' | '×' | '·' | '⋆' | '⊙' | '→' | '≈'
        | '≤' | '≥' | '⌊' | '⌋' | '%' | '∑' | '!' => sign(&c.to_string()),
        '0'..='9' | '.' => {
            let begin = *at - 1;
            while chars.get(*at).is_some_and(|c| c.is_ascii_digit() || *c == '.') {
                *at += 1;
            }
            Ok(Some(Maths::Number(chars[begin..*at].iter().collect())))
        }
        c if c.is_alphabetic() || c == '…' || c == '∂' || c == '∞' || ('₀'..='₉').contains(&c) => {
            Ok(Some(Maths::Letter(c.to_string())))
        }
        c => Err(format!("a formula has no “{c}”")),
    }
}

fn command(chars: &[char], at: &mut usize) -> Result<Option<Maths>, String> {
    let begin = *at;
    while chars.get(*at).is_some_and(char::is_ascii_alphabetic) {
        *at += 1;
    }
    let name: String = chars[begin..*at].iter().collect();
    if name.is_empty() {
        // A space of some width, or an escaped sign.
        let c = chars.get(*at).copied().unwrap_or(' ');
        *at += 1;
        return Ok(matches!(c, '{' | '}' | '%').then(|| Maths::Sign(c.to_string())));
    }
    Ok(Some(match name.as_str() {
        "frac" => Maths::Fraction(argument(chars, at)?, argument(chars, at)?),
        "sqrt" => Maths::Root(argument(chars, at)?),
        "text" | "mathrm" | "operatorname" => {
            if chars.get(*at) != Some(&'{') {
                return Err("\\text takes {words}".into());
            }
            let words: String = chars[*at + 1..].iter().take_while(|c| **c != '}').collect();
            *at += words.chars().count() + 2;
            Maths::Words(words)
        }
        "left" | "right" | "quad" | "qquad" => return Ok(None),
        other => {
            if let Some((_, letter)) = NAMES.iter().find(|(name, _)| *name == other) {
                Maths::Letter((*letter).to_owned())
            } else if let Some((_, sign)) = SIGNS.iter().find(|(name, _)| *name == other) {
                Maths::Sign((*sign).to_owned())
            } else {
                return Err(format!("a formula has no \\{other}"));
            }
        }
    }))
}
