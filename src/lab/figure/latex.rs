//! A scene as matrices.

use crate::{
    export::tex,
    lab::scene::{Arithmetic, CellKind, Plate, Scene, SumRow},
};

/// The columns that a matrix of `amsmath` has room for, as long as nobody says otherwise.
const COLUMNS: usize = 10;
/// The most terms in a line.
const TERMS: usize = 8;

/// The grids of `scene` as matrices with the signs between them, and below them the arithmetic, for a document that has
/// `\usepackage{amsmath}`.
///
/// What is not computed yet is a dot. All of a grid is there, its padding included: it is what the window sees.
pub fn latex(scene: &Scene) -> String {
    let mut out = String::from("% Needs \\usepackage{amsmath}.\n");
    let widest = scene.plates.iter().map(|plate| plate.view.cells.cols()).max().unwrap_or(0);
    if widest > COLUMNS {
        for part in ["\\setcounter{MaxMatrixCols}{", &widest.to_string(), "}\n"] {
            out.push_str(part);
        }
    }
    // A diagram has no matrices.
    if !scene.plates.is_empty() {
        matrices(&mut out, scene);
    }
    if let Some(sum) = &scene.sum {
        arithmetic(&mut out, sum);
    }
    out
}

fn matrices(out: &mut String, scene: &Scene) {
    out.push_str("\\[\n");
    let columns = scene.plates.iter().map(|plate| plate.col + 1).max().unwrap_or(0);
    for column in 0..columns {
        if let Some(sign) = column.checked_sub(1).and_then(|before| scene.signs.get(before))
            && !sign.is_empty()
        {
            out.push_str(&tex::maths(sign));
            out.push('\n');
        }
        let plates: Vec<&Plate> = scene.plates.iter().filter(|plate| plate.col == column).collect();
        let stacked = plates.len() > 1;
        if stacked {
            out.push_str("\\begin{gathered}\n");
        }
        for (index, plate) in plates.into_iter().enumerate() {
            if index > 0 {
                out.push_str("\\\\\n");
            }
            matrix(out, plate);
        }
        if stacked {
            out.push_str("\\end{gathered}\n");
        }
    }
    out.push_str("\\]\n");
}

fn matrix(out: &mut String, plate: &Plate) {
    for part in ["\\underset{\\text{", &tex::text(&plate.name), "}}{\\begin{bmatrix}\n"] {
        out.push_str(part);
    }
    for (index, row) in plate.view.cells.iter_rows().enumerate() {
        if index > 0 {
            out.push_str(" \\\\\n");
        }
        for (index, cell) in row.iter().enumerate() {
            if index > 0 {
                out.push_str(" & ");
            }
            let set = if cell.kind == CellKind::NotYet { "\\cdot".to_owned() } else { tex::maths(&cell.text()) };
            out.push_str(&set);
        }
    }
    out.push_str("\n\\end{bmatrix}}\n");
}

fn arithmetic(out: &mut String, sum: &Arithmetic) {
    out.push_str("\\[\n\\begin{aligned}\n");
    for (index, row) in sum.rows.iter().enumerate() {
        if index > 0 {
            out.push_str(" \\\\\n");
        }
        line(out, row);
    }
    out.push_str("\n\\end{aligned}\n\\]\n");
}

fn line(out: &mut String, row: &SumRow) {
    out.push('&');
    if !row.label.is_empty() {
        for part in ["\\text{", &tex::text(&row.label), ":}\\quad "] {
            out.push_str(part);
        }
    }
    out.push_str(&tex::maths(row.before));
    let bias = row.bias.as_ref().map(|bias| ("+", bias));
    let terms = row.terms.iter().map(|term| (row.between, &term.factors));
    for (index, (between, factors)) in terms.enumerate() {
        if index > 0 {
            if index.is_multiple_of(TERMS) {
                out.push_str(" \\\\\n&\\quad{}");
            }
            join(out, between);
        }
        out.push_str(&tex::maths(factors));
    }
    out.push_str(&tex::maths(&row.after));
    if let Some((plus, bias)) = bias {
        if !row.terms.is_empty() {
            join(out, plus);
        }
        out.push_str(&tex::maths(bias));
    }
    if !row.equals.is_empty() {
        join(out, row.equals);
        out.push_str(&row.result.as_deref().map_or_else(|| "\\dots".to_owned(), tex::maths));
    }
}

/// A sign between two terms, with room around it; a comma has none before.
fn join(out: &mut String, sign: &str) {
    out.push_str(if sign == "," { "" } else { " " });
    out.push_str(&tex::maths(sign));
    out.push(' ');
}
