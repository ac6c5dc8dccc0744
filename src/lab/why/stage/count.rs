//! The counts at a step.

use crate::lab::{
    operation::{Answer, Computation},
    scene::{Arithmetic, PlateId, Playhead, Scene, SumRow, Term, whole},
    sum::At,
    why::{
        answer, board,
        count::{Counts, ROW, shown},
    },
};
use crate::num::{Matrix, format};

impl Counts {
    /// A step's arithmetic: products that are added up, or one product, or one quotient.
    fn arithmetic(&self, step: usize, head: Playhead) -> Option<Arithmetic> {
        let line = self.lines.get(step)?;
        let at = At::line(head, 0);
        let terms: Vec<Term> = line
            .terms
            .iter()
            .enumerate()
            .map(|(index, (text, _))| Term {
                letter: None,
                factors: text.clone(),
                product: String::new(),
                value: 0.0,
                padding: false,
                lit: at.lit(index),
                waiting: at.waiting(index),
                won: false,
            })
            .collect();
        let result = shown(line.value);
        let equals = if format::is_rounded(line.value) { "≈" } else { "=" };
        let sum = line.terms.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(" + ");
        let row = SumRow {
            label: String::new(),
            before: "",
            between: "+",
            after: String::new(),
            bias: None,
            equals,
            result: at.has_result(terms.len()).then(|| result.clone()),
            terms,
            whole: whole(line.value),
            ..SumRow::default()
        };
        Some(Arithmetic { rows: vec![row], text: format!("{sum} {equals} {result}") })
    }
}

impl Computation for Counts {
    fn len(&self) -> usize {
        self.lines.len()
    }

    fn row(&self) -> usize {
        ROW
    }

    fn terms(&self, step: usize) -> usize {
        self.lines.get(step).map_or(0, |line| line.terms.len())
    }

    fn scene(&self, head: Playhead) -> Scene {
        let (_, looked) = head.of(self.len());
        Scene {
            diagram: Some(board::diagram(self, head).into()),
            sum: self.arithmetic(looked, head),
            ..Scene::default()
        }
    }

    fn step_of(&self, plate: PlateId, at: (usize, usize)) -> Option<usize> {
        match plate {
            PlateId::Derived(step) => (at == (0, 0) && step < self.len()).then_some(step),
            _ => None,
        }
    }

    fn term_of(&self, step: usize, plate: PlateId, at: (usize, usize)) -> Option<usize> {
        let from = self.step_of(plate, at)?;
        self.lines.get(step)?.terms.iter().position(|(_, steps)| steps.contains(&from))
    }

    fn answer(&self, step: usize) -> Option<Answer> {
        answer::of_count(self, step)
    }

    fn output(&self) -> &[Matrix] {
        &self.output
    }
}
