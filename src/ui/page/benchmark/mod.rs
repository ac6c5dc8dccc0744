//! `#/benchmark`: how fast this machine trains.

mod figures;
mod session;

use crate::ui::view::{attr, effect, html, live, on, part};
use leptos::prelude::*;
use receptive::{
    lab::benchmark::{Bar, BenchmarkState},
    link::{self, Page},
    markup::Markup,
    num::decimal::fixed,
};

use crate::ui::{
    component::{CopyText, Icon, Message, Shape},
    route::Route,
};
use figures::{figure, markup, push_number};
use session::Session;

/// What is measured and how. Static, and so written as one text.
const METHOD: &str = "<h2>What is measured</h2>\
    <p><b>Training</b>: whole steps of LeNet-ReLU on MNIST, each with fetching the batch, forward, loss, backward and \
    update. After 300 steps of warm-up, the median of five rounds of half a second.</p>\
    <p><b>Peak</b>: single-precision multiplications and additions a second in the fastest of two loops that do \
    nothing else, in the same worker between the other measurements; the largest counts.</p>\
    <p><b>Share of the peak</b>: examples/s × 2 × 1,131,960 multiply-adds ÷ peak, for several workers ÷ their number. \
    Steps skip work that is zero, which counts as done.</p>\
    <p><b>Inference</b>: test images from bytes to logits.</p>\
    <p>Leave the tab in front and other programs idle.</p>";

/// The page.
#[component]
pub(crate) fn Benchmark() -> impl IntoView {
    let route = Route::get();
    let opened = route.opened(Page::Benchmark);
    effect(move || route.warn(opened.with(|(_, fields)| link::read(&[], &mut (), fields))));
    route.publish(Page::Benchmark, Vec::new);
    let session = Session::new([BenchmarkState::status, share, trouble, BenchmarkState::json], [headline, markup]);
    let [status, share, trouble, json] = session.texts;
    let [headline, figures] = session.figures;
    let running = session.running;
    view! {
        <main {..attr("id", "main")} {..attr("tabindex", "-1")} class="benchmark">
            <h1>"Benchmark"</h1>
            <div class="run-bar">
                // One button for both: whoever has pressed it keeps the focus.
                <button class="btn solid" on:click=on(move |_| session.toggle())>
                    {part(move || view! { <Icon shape=if running.get() { Shape::Stop } else { Shape::Play }/> })}
                    <span>{part(move || if running.get() { "Stop" } else { "Run benchmark" })}</span>
                </button>
                <div class="run-progress">
                    // Read out at the end only.
                    <p
                        {..attr("role", "status")}
                        {..attr("aria-label", "Benchmark status")}
                        {..attr("aria-live", live(move || if running.get() { "off" } else { "polite" }))}
                    >
                        {status.live()}
                    </p>
                    <div
                        class="bar-track"
                        {..attr("role", "progressbar")}
                        {..attr("aria-label", "Benchmark progress")}
                        {..attr("aria-valuemin", "0")}
                        {..attr("aria-valuenow", share.live())}
                        {..attr("aria-valuemax", "1")}
                    >
                        <i style=live(move || ["--share: ", &share.get()].concat())></i>
                    </div>
                </div>
            </div>
            <section class="benchmark-method small" inner_html=html(|| Markup::raw(METHOD))></section>
            <div class="benchmark-stage">
                {part(move || {
                    let sentence = trouble.get();
                    session.repair().map(|repair| view! { <Message sentence repairs=vec![repair]/> })
                })}
                <div class="headline" inner_html=html(move || headline.get())></div>
                <div inner_html=html(move || figures.get())></div>
                <div class="benchmark-json" {..attr("hidden", live(move || json.with(String::is_empty)))}>
                    <CopyText
                        label="Copy as JSON"
                        said="Copied"
                        title="Copies all figures"
                        by_hand="This page may not copy by itself. Copy the figures from here:"
                        text=Callback::new(move |()| json.get_untracked())
                    />
                    // Whoever listens hears of it by the status.
                    <output {..attr("id", "benchmark-result")} {..attr("aria-live", "off")}>{json.live()}</output>
                </div>
            </div>
        </main>
    }
}

/// What is done, of one.
fn share(lab: &BenchmarkState) -> String {
    let (done, of) = lab.progress();
    fixed(f64::from(done) / f64::from(of.max(1)), 3)
}

/// What is wrong; empty where nothing is.
fn trouble(lab: &BenchmarkState) -> String {
    lab.trouble().map(|(sentence, ..)| sentence).unwrap_or_default()
}

/// The three figures that matter most.
fn headline(lab: &BenchmarkState) -> Markup {
    let speed = |bars: Vec<Bar>, index: usize| bars.get(index).and_then(|bar| bar.speed).map(figure);
    let mut html = Markup::default();
    for (number, unit) in [
        (speed(lab.training(), 0), "examples/s trained, 1 worker, batch 64"),
        (speed(lab.inference(), 1), "images/s classified, batch 100"),
        (lab.peak_gflops().map(|peak| fixed(peak, 1)), "GFLOP/s, peak of a core"),
    ] {
        push_number(html.push_raw("<p><b>"), number.as_deref());
        html.push_raw("</b> ").push_text(unit).push_raw("</p>");
    }
    html
}
