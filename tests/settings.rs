//! The labs' settings stand in `docs/labs.md`, as their tables say.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fmt::Write as _;

use receptive::{
    lab::{
        BackwardLab, BatchNormLab, ChannelsLab, ConvolutionLab, FiltersLab, HighwayLab, PoolingLab, ReceptiveFieldLab,
        WhyLab,
        setting::{Kind, Setting},
    },
    link::operation::{LabKind, Linked},
};

/// The text that a link would hold of a default: what is written beside a state that has another value.
fn default_of<L: Linked>(setting: &Setting<L>) -> Option<String> {
    let others: Vec<&str> = match &setting.kind {
        Kind::Choice(pick) => pick.names.iter().map(|named| named.link).collect(),
        Kind::Own(own) => own.examples.to_vec(),
        _ => vec!["0", "1", "7"],
    };
    others.into_iter().find_map(|text| {
        let mut other = L::default();
        setting.read(&mut other, text)?;
        setting.write(&L::default(), &other)
    })
}

/// What it is called on screen, or where it is no control what problems call it.
fn name_of<L>(setting: &Setting<L>) -> String {
    if !setting.name.is_empty() {
        return setting.name.to_owned();
    }
    let name = setting.control.name().replace('-', " ");
    name.get(..1).unwrap_or_default().to_uppercase() + name.get(1..).unwrap_or_default()
}

/// A lab's settings, a line each; those that no link holds below.
fn table_of<L: Linked>() -> String {
    let mut table = format!("### {}\n\n", L::default().title());
    table.push_str("| in a link | setting | values | default |\n| --- | --- | --- | --- |\n");
    let mut on_screen = Vec::new();
    for setting in L::SETTINGS {
        if setting.link.is_empty() {
            on_screen.push(name_of(setting));
            continue;
        }
        let default = default_of(setting).map_or_else(String::new, |text| format!("`{text}`"));
        let cells = [format!("`{}`", setting.link), name_of(setting), setting.form(), default];
        writeln!(table, "| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | ")).unwrap();
    }
    if !on_screen.is_empty() {
        writeln!(table, "\nOn screen alone: {}.", on_screen.join(", ")).unwrap();
    }
    table
}

#[test]
fn the_settings_stand_in_the_docs() {
    let tables = [
        table_of::<ConvolutionLab>(),
        table_of::<PoolingLab>(),
        table_of::<ChannelsLab>(),
        table_of::<FiltersLab>(),
        table_of::<BackwardLab>(),
        table_of::<BatchNormLab>(),
        table_of::<HighwayLab>(),
        table_of::<ReceptiveFieldLab>(),
        table_of::<WhyLab>(),
    ];
    assert_eq!(tables.len(), LabKind::ALL.len(), "each lab has its table");
    let tables = tables.join("\n");
    let docs = std::fs::read_to_string("docs/labs.md").unwrap();
    assert!(docs.contains(&tables), "docs/labs.md has other tables of settings than these:\n\n{tables}");
}
