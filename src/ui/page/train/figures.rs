//! The two figures: loss and accuracy, each as a plot and as a table.

use super::training::Training;
use crate::ui::view::{attr, effect, live, memo, on, part, when};
use leptos::prelude::*;
use receptive::{
    lab::train::{Model, Record, Run, TableRow, smoothing_note},
    num::format::count,
    plot::{Plot, SMOOTHING_STEPS},
    train::RunSpec,
};

use crate::ui::{component::CanvasPlot, platform::Throttle, signal::RwSignal};

/// The tables follow at most this often: they are read, not watched.
const TABLE_EVERY_MS: u32 = 1000;

/// What a figure is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Loss,
    Accuracy,
}

impl Of {
    fn name(self) -> &'static str {
        match self {
            Self::Loss => "Loss",
            Self::Accuracy => "Accuracy",
        }
    }

    fn unit(self) -> &'static str {
        match self {
            Self::Loss => "mean over the batch, in nats",
            Self::Accuracy => "digits read right, in percent",
        }
    }

    fn promise(self) -> &'static str {
        match self {
            Self::Loss => "How far off the network is: a grey line for each batch, a diamond for each test",
            Self::Accuracy => "How many digits it reads right: on training batches, and after each epoch in a test",
        }
    }

    fn plot(self, record: &Record, spec: &RunSpec<()>, draw: &mut dyn FnMut(&Plot<'_>)) {
        match self {
            Self::Loss => draw(&record.loss_plot(spec)),
            Self::Accuracy => draw(&record.accuracy_plot(spec)),
        }
    }

    fn table(self, record: &Record) -> Vec<TableRow> {
        match self {
            Self::Loss => record.loss_table(),
            Self::Accuracy => record.accuracy_table(),
        }
    }
}

/// Loss above accuracy.
#[component]
pub(crate) fn Figures(training: Training) -> impl IntoView {
    view! {
        <Figure training of=Of::Loss/>
        <Figure training of=Of::Accuracy/>
    }
}

/// What the axes are made from.
fn without_model(spec: RunSpec<Model>) -> RunSpec<()> {
    spec.with_model(())
}

#[component]
fn Figure(training: Training, of: Of) -> impl IntoView {
    // The settings show the axes of the run that they would make.
    let spec = training.part(|lab| {
        let of_settings = || lab.settings().spec().map_or_else(|| RunSpec::default().with_model(()), without_model);
        lab.run().map_or_else(of_settings, |run| without_model(run.spec))
    });
    let revision = training.part(|lab| {
        let run = lab.run()?;
        Some((run.record.step, run.record.tests.len(), run.record.rates.len()))
    });
    let drawn = memo(move || (spec.get(), revision.get()));
    let plot = Box::new(move |draw: &mut dyn FnMut(&Plot<'_>)| {
        training.peek(|lab| match lab.run() {
            Some(Run { record, spec, .. }) => of.plot(record, &without_model(*spec), draw),
            None => of.plot(&Record::default(), &spec.get_untracked(), draw),
        });
    });
    let is_empty = training.part(|lab| lab.run().is_none_or(|run| run.record.step == 0));
    let note = move || spec.with(smoothing_note).map(|note| view! { <p class="small dim">{note}</p> });
    let as_table = RwSignal::new(false);
    view! {
        <figure class="training-figure" class:as-table=as_table.live() {..attr("aria-label", of.name())}>
            <figcaption>
                <h3>{of.name()}</h3>
                <span class="small faint unit">{of.unit()}</span>
                <Legend of/>
                <button
                    class="btn quiet"
                    {..attr("aria-pressed", live(move || as_table.get().to_string()))}
                    {..attr("aria-label", format!("{} as a table", of.name()))}
                    on:click=on(move |_| as_table.update(|on| *on = !*on))
                >
                    {part(move || if as_table.get() { "Plot" } else { "Table" })}
                </button>
            </figcaption>
            {(of == Of::Loss).then(|| part(note))}
            <div class="plot-box">
                <CanvasPlot revision=drawn plot/>
                {when(move || is_empty.get(), move || view! {
                    <p class="promise dim"><span>{of.promise()}</span></p>
    })}
                    <Values training of as_table/>
                </div>
            </figure>
        }
}

#[component]
fn Legend(of: Of) -> impl IntoView {
    view! {
        <ul class="legend small dim" {..attr("aria-hidden", "true")}>
            {(of == Of::Loss).then(|| view! { <li class="raw">"each batch"</li> })}
            <li class="smoothed">{format!("mean of about {SMOOTHING_STEPS} batches")}</li>
            <li class="test">"test"</li>
        </ul>
    }
}

/// The figure's values: beside the plot for who can't see it, in its place for who asks.
#[component]
fn Values(training: Training, of: Of, as_table: RwSignal<bool>) -> impl IntoView {
    let rows = RwSignal::new(Vec::<TableRow>::new());
    let epochs = training.part(|lab| lab.run().map(|run| (run.record.step, run.record.tests.len())));
    let throttle = Throttle::new(TABLE_EVERY_MS);
    effect(move || {
        // Read, not only tracked: a memo that was never read follows nothing.
        epochs.with(|_| ());
        throttle.run(move || {
            let Some(()) = rows.try_with_untracked(|_| ()) else { return };
            let latest = training.peek(|lab| lab.run().map(|run| of.table(&run.record)).unwrap_or_default());
            if rows.with_untracked(|shown| *shown != latest) {
                rows.set(latest);
            }
        });
    });
    let cell = |value: Option<String>| view! { <td>{value}</td> };
    let body = move || {
        rows.with(|rows| {
            rows.iter()
                .map(|row| {
                    view! {
                        <tr>
                            <th {..attr("scope", "row")}>{count(u64::from(row.step))}</th>
                            {cell(row.train.clone())}
                            {cell(row.test.clone())}
                        </tr>
                    }
                })
                .collect_view()
        })
    };
    // Who can scroll must be able to do it by keys.
    let tabindex = move || as_table.get().then_some("0");
    view! {
        <div class="values" class:vh=live(move || !as_table.get()) {..attr("tabindex", live(tabindex))}>
            <table>
                <caption class="vh">{format!("{}: {}", of.name(), of.unit())}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Step"</th>
                        <th {..attr("scope", "col")}>{format!("Training, mean of about {SMOOTHING_STEPS} batches")}</th>
                        <th scope="col">"Test"</th>
                    </tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
}
