//! The connections of one output.

use super::entries;
use crate::{
    lab::{
        operation::{Answer, Computation},
        scene::{
            Arithmetic, CellKind, CellView, Plate, PlateId, PlateKind, PlateView, Playhead, Scene, Target, kernel_view,
            letter, scale, tint,
        },
        sum::{At, Factors, of_products},
        why::{
            answer,
            connections::{Connections, Connectivity, Edge, WEIGHTS},
            wiring,
        },
    },
    num::{Entry, Grid, Matrix},
};

impl Connections {
    /// The edge that a term of a step is.
    fn edge_of(&self, output: usize, term: usize) -> Option<(Connectivity, &Edge)> {
        Connectivity::ALL.into_iter().find_map(|kind| {
            let place = term.checked_sub(self.first_term(kind, output))?;
            self.summed(kind, output).get(place).map(|edge| (kind, edge))
        })
    }

    fn term(&self, kind: Connectivity, output: usize, is_it: impl Fn(&Edge) -> bool) -> Option<usize> {
        let place = self.summed(kind, output).iter().position(is_it)?;
        Some(self.first_term(kind, output) + place)
    }

    fn letter(&self, edge: &Edge, lit: bool) -> Option<String> {
        edge.tap.and_then(|tap| letter(tap, self.taps().len(), (0, tap), lit))
    }

    /// The rows that are typed into, under the looked at window.
    fn typed(&self, output: usize, lit: Option<(Connectivity, &Edge)>) -> (PlateView, PlateView) {
        let (mut input, mut kernel) = (entries(&self.lab.row), kernel_view(&self.lab.taps));
        for edge in self.edges(Connectivity::Shared, output) {
            let is_lit = lit == Some((Connectivity::Shared, edge));
            let letter = self.letter(edge, is_lit);
            if let Some(cell) = input.cells.get_mut(0, edge.input) {
                cell.seen = true;
                cell.letter.clone_from(&letter);
            }
            if let Some(cell) = edge.tap.and_then(|tap| kernel.cells.get_mut(0, tap)) {
                cell.lit = is_lit;
                cell.letter = letter;
            }
        }
        if let Some(cell) = lit.and_then(|(_, edge)| input.cells.get_mut(0, edge.input)) {
            cell.lit = true;
        }
        (input, kernel)
    }

    /// What the looked at output multiplies each input with, a row a layer.
    fn weights_view(&self, output: usize, lit: Option<(Connectivity, &Edge)>) -> PlateView {
        let edges = || {
            Connectivity::ALL.into_iter().flat_map(|kind| self.edges(kind, output).iter().map(move |edge| (kind, edge)))
        };
        let most = scale(edges().map(|(_, edge)| edge.weight));
        let absent = CellView { kind: CellKind::Absent, content: "0".into(), ..CellView::default() };
        let mut cells = Grid::from_fn(Connectivity::ALL.len(), self.extents().0, |_, _| absent.clone());
        for (kind, edge) in edges() {
            let is_lit = lit == Some((kind, edge));
            if let Some(cell) = cells.get_mut(kind.row(), edge.input) {
                let letter = if kind == Connectivity::Shared { self.letter(edge, is_lit) } else { None };
                *cell =
                    CellView { lit: is_lit, letter, tint: tint(edge.weight, most), ..CellView::number(edge.weight) };
            }
        }
        PlateView::plain(cells)
    }

    fn outputs_view(&self, looked: usize, head: Playhead) -> PlateView {
        let len = self.len();
        let mut view = PlateView::computed(self.y(), None, &|index| head.shows(index % len, len));
        for kind in Connectivity::ALL {
            if let Some(cell) = view.cells.get_mut(kind.row(), looked) {
                cell.now = true;
            }
        }
        view
    }

    fn arithmetic(&self, output: usize, head: Playhead) -> Arithmetic {
        let (mut rows, mut texts) = (Vec::new(), Vec::new());
        for kind in Connectivity::ALL {
            let first = self.first_term(kind, output);
            let edges = self.summed(kind, output);
            if kind == Connectivity::Full && edges.is_empty() {
                continue;
            }
            let own: Vec<Entry> = edges.iter().map(|edge| self.written(kind, edge)).collect();
            let zero = Entry::Number(0.0);
            let factors = edges.iter().zip(&own).enumerate().map(|(index, (edge, w))| Factors {
                letter: if kind == Connectivity::Shared {
                    self.letter(edge, head.lit == Some(first + index))
                } else {
                    None
                },
                x: self.lab.row.get(0, edge.input).unwrap_or(&zero),
                w,
                product: edge.x * edge.weight,
                padding: false,
            });
            let sum = self.value(kind, output).unwrap_or(f64::NAN);
            let (mut row, text) = of_products(factors, None, sum, At::line(head, first));
            kind.label().clone_into(&mut row.label);
            rows.push(row);
            texts.push([kind.label(), ": ", &text].concat());
        }
        Arithmetic { rows, text: texts.join("; ") }
    }

    /// A weight as it stands on screen: a tap as it was typed.
    fn written(&self, kind: Connectivity, edge: &Edge) -> Entry {
        let typed = edge.tap.filter(|_| kind == Connectivity::Shared).and_then(|tap| self.lab.taps.get(0, tap));
        typed.cloned().unwrap_or(Entry::Number(edge.weight))
    }
}

impl Computation for Connections {
    fn len(&self) -> usize {
        self.y().cols()
    }

    fn row(&self) -> usize {
        self.y().cols()
    }

    fn terms(&self, step: usize) -> usize {
        Connectivity::ALL.iter().map(|kind| self.summed(*kind, step).len()).sum()
    }

    fn scene(&self, head: Playhead) -> Scene {
        let (_, looked) = head.of(self.len());
        let lit = head.lit.or(head.adding()).and_then(|term| self.edge_of(looked, term));
        let (input, kernel) = self.typed(looked, lit);
        let rows = "rows: full, local, shared";
        let beam = self.edges(Connectivity::Shared, looked);
        let beam = beam.first().map(|first| {
            vec![
                Target::window(0, (0, first.input), (1, beam.len())),
                Target::cell(3, (Connectivity::Shared.row(), looked)),
            ]
        });
        Scene {
            diagram: Some(wiring::diagram(self, head).into()),
            plates: vec![
                Plate::new(PlateId::Input(0), PlateKind::Edited, "Input", 0, input).in_row(0),
                Plate::new(PlateId::KERNEL, PlateKind::Edited, "Kernel", 1, kernel).in_row(0),
                Plate::new(
                    WEIGHTS,
                    PlateKind::Derived,
                    format!("Weights into output {looked}"),
                    0,
                    self.weights_view(looked, lit),
                )
                .in_row(1)
                .noted(rows),
                Plate::new(PlateId::Output(0), PlateKind::Result, "Outputs", 1, self.outputs_view(looked, head))
                    .in_row(1)
                    .noted(rows),
            ],
            signs: vec!["⋆"],
            beams: beam.into_iter().collect(),
            sum: Some(self.arithmetic(looked, head)),
        }
    }

    fn step_of(&self, plate: PlateId, (row, col): (usize, usize)) -> Option<usize> {
        let is_output = match plate {
            PlateId::Output(0) => row < Connectivity::ALL.len(),
            _ => row == 0 && Connectivity::ALL.iter().any(|kind| kind.outputs() == plate),
        };
        (is_output && col < self.len()).then_some(col)
    }

    fn term_of(&self, step: usize, plate: PlateId, (row, col): (usize, usize)) -> Option<usize> {
        let reads = |kind: Connectivity| self.term(kind, step, |edge| edge.input == col);
        match plate {
            // What every layer reads is lit in the sum that has letters, if it is there.
            PlateId::Input(0) if row == 0 => reads(Connectivity::Shared).or_else(|| reads(Connectivity::Full)),
            PlateId::KERNEL if row == 0 => self.term(Connectivity::Shared, step, |edge| edge.tap == Some(col)),
            WEIGHTS => Connectivity::ALL.get(row).and_then(|kind| reads(*kind)),
            _ => Connectivity::ALL.into_iter().find(|kind| kind.inputs() == plate && row == 0).and_then(reads),
        }
    }

    fn answer(&self, step: usize) -> Option<Answer> {
        answer::of_connections(self, step)
    }

    fn output(&self) -> &[Matrix] {
        &self.output
    }
}
