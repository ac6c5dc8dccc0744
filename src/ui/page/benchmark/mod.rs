//! `#/benchmark`: how fast this machine trains.

mod figures;

use crate::ui::view::{live, on, part};
use leptos::prelude::*;
use receptive::{
    lab::benchmark::{Action, BenchmarkLab},
    link::{self, Page},
};

use crate::ui::{
    benchmark::Benchmark as Session,
    component::{CopyText, Icon, Message, Shape},
    platform,
    route::Route,
};
use figures::{figure, markup};

/// What is measured and how. Static, and so written as one text.
const METHOD: &str = "<h2>What is measured</h2>\
    <p><b>Training</b>: whole steps of LeNet-ReLU on MNIST, each with fetching the batch, forward, loss, backward and \
    update. After 300 steps of warm-up, the median of five rounds of half a second.</p>\
    <p><b>Peak</b>: single-precision multiplications and additions a second in the fastest of four loops that do \
    nothing else, in the same worker just before and after; the largest counts.</p>\
    <p><b>Share of the peak</b>: examples/s × 2 × 1,131,960 multiply-adds ÷ peak, for several workers ÷ their number. \
    Steps skip work that is zero, which counts as done.</p>\
    <p><b>Inference</b>: test images from bytes to logits.</p>\
    <p>Leave the tab in front and other programs idle.</p>";

/// The page.
#[component]
pub(crate) fn Benchmark() -> impl IntoView {
    let route = Route::get();
    platform::set_title("Benchmark · Receptive");
    let opened = route.opened(Page::Benchmark);
    Effect::new(move |_| route.warn(opened.with(|(_, fields)| link::read(&[], &mut (), fields))));
    route.publish(Page::Benchmark, Vec::new);
    let session = Session::new();
    view! {
        <main id="main" tabindex="-1" class="benchmark">
            <h1>"Benchmark"</h1>
            <RunBar session/>
            <section class="benchmark-method small" inner_html=METHOD></section>
            <div class="benchmark-stage">
                {part(move || session.with(BenchmarkLab::trouble).map(|(sentence, label, action)| {
                    let repair = Callback::new(move |()| session.dispatch(action.clone()));
                    view! { <Message sentence repairs=vec![(label.to_owned(), repair)]/> }
                }))}
                <div class="headline" inner_html=live(move || session.with(headline))></div>
                <div class="benchmark-figures" inner_html=live(move || session.with(markup))></div>
                <Json session/>
            </div>
        </main>
    }
}

/// The three figures that matter most.
fn headline(lab: &BenchmarkLab) -> String {
    let first = |bars: &[receptive::lab::benchmark::Bar], index: usize| bars.get(index).and_then(|bar| bar.speed);
    let number = |value: Option<String>| value.unwrap_or_else(|| "·".to_owned());
    let parts = [
        (number(first(&lab.training(), 0).map(figure)), "examples/s trained, 1 worker, batch 64"),
        (number(first(&lab.inference(), 1).map(figure)), "images/s read, batch 100"),
        (number(lab.peak_gflops().map(|peak| format!("{peak:.1}"))), "GFLOP/s peak of a core"),
    ];
    parts.map(|(number, unit)| ["<p><b>", &number, "</b> ", unit, "</p>"].concat()).concat()
}

#[component]
fn RunBar(session: Session) -> impl IntoView {
    let running = Memo::new(move |_| session.with(BenchmarkLab::is_running));
    let status = Memo::new(move |_| session.with(BenchmarkLab::status));
    let progress = Memo::new(move |_| session.with(BenchmarkLab::progress));
    let press = move |_| {
        let running = session.peek(BenchmarkLab::is_running);
        session.dispatch(if running { Action::Stop } else { Action::Start });
    };
    view! {
        <div class="run-bar">
            // One button for both: whoever has pressed it keeps the focus.
            <button class="btn solid" on:click=on(press)>
                {part(move || view! { <Icon shape=if running.get() { Shape::Pause } else { Shape::Play }/> })}
                <span>{part(move || if running.get() { "Stop" } else { "Run benchmark" })}</span>
            </button>
            <div class="run-progress">
                // Read out at the end only.
                <p role="status" aria-label="Benchmark status" aria-live=live(move || if running.get() { "off" } else { "polite" })>
                    {status}
                </p>
                <div
                    class="bar-track"
                    role="progressbar"
                    aria-label="Benchmark progress"
                    aria-valuemin="0"
                    aria-valuenow=live(move || progress.get().0.to_string())
                    aria-valuemax=live(move || progress.get().1.to_string())
                >
                    <i style=live(move || {
                        let (done, of) = progress.get();
                        format!("--share: {}", f64::from(done) / f64::from(of.max(1)))
                    })></i>
                </div>
            </div>
        </div>
    }
}

/// The result for programs.
#[component]
fn Json(session: Session) -> impl IntoView {
    let json = Memo::new(move |_| session.with(BenchmarkLab::json));
    view! {
        <div class="benchmark-json" hidden=live(move || json.with(String::is_empty))>
            <CopyText label="Copy as JSON" said="Copied" title="Copies all figures" text=move || json.get_untracked()/>
            // Whoever listens hears of it by the status.
            <output id="benchmark-result" aria-live="off">{json}</output>
        </div>
    }
}
