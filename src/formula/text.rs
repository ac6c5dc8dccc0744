//! LaTeX, plain text and speech.

use crate::num::format::{self, MINUS};

use super::expr::{Expr, Index, Layout, Place, Sign, Symbol};

impl Expr {
    /// As LaTeX for math mode.
    ///
    /// ```
    /// # use receptive::formula::Expr;
    /// assert_eq!((Expr::from(5) / 2).floor().latex(), r"\left\lfloor \frac{5}{2} \right\rfloor");
    /// ```
    pub fn latex(&self) -> String {
        written(self, Place::Alone, Notation::Latex)
    }

    /// As one line of Unicode text.
    pub fn plain(&self) -> String {
        written(self, Place::Alone, Notation::Plain)
    }

    /// As a person reads it out, for screen readers: every bracket and fence that carries meaning is said.
    ///
    /// ```
    /// # use receptive::formula::Expr;
    /// assert_eq!(((Expr::from(5) / 2).floor() + 1).speech(), "the floor of 5 over 2, end floor, plus 1");
    /// ```
    pub fn speech(&self) -> String {
        // A pause after a closing word: "end floor, plus 1", but none doubled and none at the end.
        let said = spoken(self, Place::Alone);
        said.replace(",,", ",").trim_end_matches(',').to_owned()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Notation {
    Latex,
    Plain,
}

impl Notation {
    fn layout(self) -> Layout {
        match self {
            Self::Latex => Layout::Stacked,
            Self::Plain => Layout::Linear,
        }
    }

    fn minus(self) -> &'static str {
        match self {
            Self::Latex => "-",
            Self::Plain => "−",
        }
    }
}

fn written(expr: &Expr, place: Place, notation: Notation) -> String {
    let text = unbracketed(expr, notation);
    match (expr.bracketed(place, notation.layout()), notation) {
        (false, _) => text,
        (true, Notation::Latex) if expr.is_tall() => format!(r"\left( {text} \right)"),
        (true, _) => format!("({text})"),
    }
}

fn unbracketed(expr: &Expr, notation: Notation) -> String {
    let alone = |part: &Expr| written(part, Place::Alone, notation);
    match expr {
        Expr::Number { value, .. } => match notation {
            Notation::Latex => format::shown(*value).replace(MINUS, "-"),
            Notation::Plain => format::shown(*value),
        },
        Expr::Symbol(symbol) => symbol_text(*symbol),
        Expr::Name(name) => (*name).to_owned(),
        Expr::Sum(terms) => {
            let mut text = String::new();
            for (i, (sign, term)) in terms.iter().enumerate() {
                let (mark, place) = match (i, sign) {
                    (0, Sign::Plus) => ("", Place::Alone),
                    (0, Sign::Minus) => (notation.minus(), Place::Term),
                    (_, Sign::Plus) => (" + ", Place::Term),
                    (_, Sign::Minus) => (if notation == Notation::Latex { " - " } else { " − " }, Place::Term),
                };
                text.push_str(mark);
                text.push_str(&written(term, place, notation));
            }
            text
        }
        Expr::Product(factors) => product(factors, notation),
        Expr::Fraction(above, below) => match notation {
            Notation::Latex => format!(r"\frac{{{}}}{{{}}}", alone(above), alone(below)),
            Notation::Plain => {
                let (above, below) =
                    (written(above, Place::Dividend, notation), written(below, Place::Divisor, notation));
                format!("{above}/{below}")
            }
        },
        Expr::Floor(inner) => match notation {
            Notation::Latex => format!(r"\left\lfloor {} \right\rfloor", alone(inner)),
            Notation::Plain => format!("⌊{}⌋", alone(inner)),
        },
        Expr::Ceil(inner) => match notation {
            Notation::Latex => format!(r"\left\lceil {} \right\rceil", alone(inner)),
            Notation::Plain => format!("⌈{}⌉", alone(inner)),
        },
        Expr::Root(inner) => match notation {
            Notation::Latex => format!(r"\sqrt{{{}}}", alone(inner)),
            Notation::Plain => format!("√({})", alone(inner)),
        },
        Expr::Square(inner) => {
            let base = written(inner, Place::Factor, notation);
            if notation == Notation::Latex { format!("{{{base}}}^2") } else { [&base, "²"].concat() }
        }
        Expr::Call(name, inner) => match notation {
            Notation::Latex => format!(r"{name}\left( {} \right)", alone(inner)),
            Notation::Plain => format!("{name}({})", alone(inner)),
        },
        Expr::Element(name, indices) => {
            let indices: Vec<String> = indices.iter().map(alone).collect();
            format!("{name}[{}]", indices.join(", "))
        }
        Expr::Series(index, body) => {
            let body = written(body, Place::Term, notation);
            match notation {
                Notation::Latex => format!(r"\sum_{{{index}}} {body}"),
                Notation::Plain => format!("Σ_{index} {body}"),
            }
        }
        Expr::Equation(sides) => {
            let sides: Vec<String> = sides.iter().map(alone).collect();
            sides.join(" = ").trim_start().to_owned()
        }
        Expr::Phantom(inner) => match notation {
            Notation::Latex => format!(r"\phantom{{{}}}", alone(inner)),
            Notation::Plain => String::new(),
        },
        Expr::Blamed(inner) => unbracketed(inner, notation),
    }
}

fn product(factors: &[Expr], notation: Notation) -> String {
    let mut text = String::new();
    let mut before: Option<&Expr> = None;
    for factor in factors {
        if before.is_some_and(|before| before.needs_dot(factor, notation.layout())) {
            text.push_str(if notation == Notation::Latex { r" \cdot " } else { "·" });
        }
        text.push_str(&written(factor, Place::Factor, notation));
        before = Some(factor);
    }
    text
}

fn symbol_text(symbol: Symbol) -> String {
    let letter = symbol.role.letter();
    symbol.index.map_or_else(|| letter.to_owned(), |index| format!("{letter}_{}", index.letter()))
}

fn spoken(expr: &Expr, place: Place) -> String {
    // Stacked, since "over" and "end fraction" say where a fraction begins and ends.
    if expr.bracketed(place, Layout::Stacked) && !matches!(expr, Expr::Number { .. }) {
        return format!("open parenthesis {}, close parenthesis,", trimmed(&unbracketed_speech(expr)));
    }
    unbracketed_speech(expr)
}

fn trimmed(said: &str) -> &str {
    said.trim_end_matches(',')
}

fn unbracketed_speech(expr: &Expr) -> String {
    match expr {
        Expr::Number { value, .. } => format::shown(*value).replace(MINUS, "minus "),
        Expr::Symbol(symbol) => spoken_symbol(*symbol),
        Expr::Name(name) => (*name).to_owned(),
        Expr::Sum(terms) => {
            let mut said = Vec::new();
            for (i, (sign, term)) in terms.iter().enumerate() {
                match (i, sign) {
                    (0, Sign::Plus) => {
                        said.push(spoken(term, Place::Alone));
                        continue;
                    }
                    (_, Sign::Plus) => said.push("plus".to_owned()),
                    (_, Sign::Minus) => said.push("minus".to_owned()),
                }
                said.push(spoken(term, Place::Term));
            }
            said.join(" ")
        }
        Expr::Product(factors) => {
            let mut said = String::new();
            let mut before: Option<&Expr> = None;
            for factor in factors {
                // "2 p" is how it is read; everything else says "times".
                match (before, factor) {
                    (None, _) => {}
                    (Some(Expr::Number { value, .. }), Expr::Symbol(_)) if *value >= 0.0 => said.push(' '),
                    (Some(_), _) => said.push_str(" times "),
                }
                said.push_str(&spoken(factor, Place::Factor));
                before = Some(factor);
            }
            said
        }
        Expr::Fraction(above, below) => {
            let (numerator, denominator) = (spoken(above, Place::Alone), spoken(below, Place::Alone));
            let simple = |part: &Expr| matches!(part, Expr::Number { .. } | Expr::Symbol(_) | Expr::Name(_));
            if simple(above) && simple(below) {
                format!("{numerator} over {denominator}")
            } else {
                let (numerator, denominator) = (trimmed(&numerator), trimmed(&denominator));
                format!("the fraction with numerator {numerator}, and denominator {denominator}, end fraction,")
            }
        }
        Expr::Floor(inner) => format!("the floor of {}, end floor,", trimmed(&spoken(inner, Place::Alone))),
        Expr::Ceil(inner) => format!("the ceiling of {}, end ceiling,", trimmed(&spoken(inner, Place::Alone))),
        Expr::Root(inner) => format!("the square root of {}, end root,", trimmed(&spoken(inner, Place::Alone))),
        Expr::Square(inner) => format!("{} squared", trimmed(&spoken(inner, Place::Factor))),
        Expr::Call(name, inner) => format!("{name} of {}, end {name},", trimmed(&spoken(inner, Place::Alone))),
        Expr::Element(name, indices) => {
            let indices: Vec<String> =
                indices.iter().map(|index| trimmed(&spoken(index, Place::Alone)).to_owned()).collect();
            format!("{name} at {},", indices.join(", "))
        }
        Expr::Series(index, body) => format!("the sum over {index} of {}", spoken(body, Place::Term)),
        Expr::Equation(sides) => {
            let sides: Vec<String> = sides.iter().map(|side| spoken(side, Place::Alone)).collect();
            sides.join(" equals ").trim_start().to_owned()
        }
        Expr::Phantom(_) => String::new(),
        Expr::Blamed(inner) => unbracketed_speech(inner),
    }
}

fn spoken_symbol(symbol: Symbol) -> String {
    let letter = symbol.role.letter();
    match symbol.index {
        None => letter.to_owned(),
        Some(Index::Before) => format!("the first {letter}"),
        Some(Index::After) => format!("the second {letter}"),
        Some(Index::Height) => format!("{letter} height"),
        Some(Index::Width) => format!("{letter} width"),
        Some(Index::Top) => format!("{letter} top"),
        Some(Index::Bottom) => format!("{letter} bottom"),
        Some(Index::Left) => format!("{letter} left"),
        Some(Index::Right) => format!("{letter} right"),
    }
}
