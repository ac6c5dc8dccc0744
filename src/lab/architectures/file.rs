//! A network's table as Markdown and CSV.

use super::{NetworkView, Row};
use crate::num::format;

/// The columns' names.
pub const COLUMNS: [&str; 7] =
    ["Layer", "Output", "Kernel", "Parameters", "Multiply-adds", "Activation memory", "Receptive field"];

/// `3.1 MB`, `18.8 KB`, `40 bytes`: of a thousand each.
pub(super) fn bytes(bytes: u64) -> String {
    let scaled = |by: f64, unit: &str| format!("{} {unit}", format::shown(bytes as f64 / by));
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => scaled(1e3, "KB"),
        1_000_000..1_000_000_000 => scaled(1e6, "MB"),
        _ => scaled(1e9, "GB"),
    }
}

impl Row {
    /// `Convolution, ReLU`
    pub fn whole_name(&self) -> String {
        if self.then.is_empty() { self.name.clone() } else { format!("{}, {}", self.name, self.then) }
    }

    /// `11 × 11, stride 4`
    fn kernel(&self) -> String {
        if self.settings.is_empty() { self.window.clone() } else { format!("{}, {}", self.window, self.settings) }
    }

    /// The texts of its cells, as [`COLUMNS`] names them.
    pub fn cells(&self) -> [String; 7] {
        [
            self.whole_name(),
            self.output.to_string(),
            self.kernel(),
            format::count(self.parameters),
            format::count(self.macs),
            bytes(self.memory),
            self.field.clone(),
        ]
    }
}

impl NetworkView {
    /// The texts of the last row.
    pub fn total(&self) -> [String; 7] {
        let none = String::new;
        [
            "Total".to_owned(),
            none(),
            none(),
            format::count(self.parameters),
            format::count(self.macs),
            bytes(self.memory),
            none(),
        ]
    }
}

/// The table in Markdown.
pub fn markdown(view: &NetworkView) -> String {
    let line = |cells: &[String]| {
        format!("| {} |\n", cells.iter().map(|cell| cell.replace('|', "\\|")).collect::<Vec<_>>().join(" | "))
    };
    let head = line(&COLUMNS.map(str::to_owned));
    let rule = "| --- | --- | --- | ---: | ---: | ---: | ---: |\n";
    let rows: String = view.rows.iter().map(|row| line(&row.cells())).collect();
    format!("{}, input {}\n\n{head}{rule}{rows}{}", view.name, view.input, line(&view.total()))
}

/// The table as comma-separated values, counts without separators and memory in bytes.
pub fn csv(view: &NetworkView) -> String {
    let quoted = |cell: &str| {
        if cell.contains([',', '"']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
    };
    let line = |cells: [String; 7]| cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\r\n";
    let mut text = line(COLUMNS.map(str::to_owned));
    for row in &view.rows {
        text += &line([
            row.whole_name(),
            row.output.to_string(),
            row.kernel(),
            row.parameters.to_string(),
            row.macs.to_string(),
            row.memory.to_string(),
            row.field.clone(),
        ]);
    }
    let none = String::new;
    text + &line([
        "Total".to_owned(),
        none(),
        none(),
        view.parameters.to_string(),
        view.macs.to_string(),
        view.memory.to_string(),
        none(),
    ])
}
