//! `#/depth`: nets of growing depth, plain and residual, learn side by side in this tab.

mod flow;
mod session;

use leptos::{prelude::*, task::spawn_local};
use receptive::{
    command::Command,
    lab::depth::{DepthAction, DepthState, Phase, Skip, csv, markup},
    link::{
        Page, Panel,
        depth::{decode, encode},
    },
    num::format::count,
    plot::Look,
};

use crate::ui::{
    commands::Commands,
    component::{CanvasTile, CommandButton, Icon, Message, Shape},
    platform::{
        self,
        export::{Content, save_as},
        resize_of,
    },
    route::Route,
    said::Said,
    view::{effect, html, live, memo, on, part, when},
};
use flow::Flow;
use session::Session;

/// The page.
#[component]
pub(crate) fn Depth() -> impl IntoView {
    let route = Route::get();
    let opened = route.opened(Page::Depth);
    let (settings, warnings) = opened.with_untracked(|(_, fields)| decode(fields));
    route.warn(warnings);
    let session = Session::new(settings);
    Effect::new(move |before: Option<()>| {
        let (settings, warnings) = opened.with(|(_, fields)| decode(fields));
        // The fields the page was made with are in it already.
        if before.is_some() {
            route.warn(warnings);
            session.dispatch(DepthAction::Open(settings));
        }
    });
    let settings = session.part(|lab| lab.settings().clone());
    effect(move || {
        let fields = settings.with(encode);
        route.publish(Page::Depth, move || fields.clone());
    });
    let save = move || {
        let (text, said) = (session.lab.with_untracked(csv), Said::get());
        spawn_local(async move {
            let (Ok(words) | Err(words)) = save_as("depth.csv".into(), Content::Text("text/csv", text)).await;
            said.say(&words);
        });
    };
    let can_save = session.part(|lab| lab.nets().iter().any(|net| net.record.step() > 0));
    Commands::get().on(
        &[Command::Train, Command::SaveCsv],
        move |command| command == Command::Train || can_save.get(),
        move |command| if command == Command::Train { session.dispatch(DepthAction::Toggle) } else { save() },
    );

    let controls = session.fills("depth-settings", markup::settings);
    let asked = move |asked: Option<String>, text: &str| {
        let action = asked.and_then(|asked| session.lab.with_untracked(|lab| markup::action(lab, &asked, text)));
        if let Some(action) = action {
            session.dispatch(action);
        }
    };
    let pressed =
        move |event: leptos::ev::MouseEvent| asked(platform::closest_attribute(event.target(), "data-act"), "");
    let changed = move |event: leptos::ev::Event| {
        let text = platform::typed(&event).unwrap_or_default();
        asked(platform::closest_attribute(event.target(), "data-set"), &text);
    };
    let finding = session.part(markup::finding);
    let trouble = session.part(|lab| lab.trouble().map(|(sentence, label, _)| (sentence, label)));
    let repair = move || {
        if let Some((_, _, action)) = session.lab.with_untracked(DepthState::trouble) {
            session.dispatch(action);
        }
    };
    let scale = session.figure(markup::strips_scale);
    let phase = session.part(|lab| match lab.phase() {
        Phase::Empty => "empty",
        Phase::Running => "running",
        Phase::Paused => "paused",
        Phase::Done => "done",
        Phase::Stopped => "stopped",
        Phase::Failed(_) => "failed",
    });
    view! {
        <main id="main" tabindex="-1" class="depth" data-phase=phase on:click=on(pressed) on:change=on(changed)>
            <h1 class="vh">"Depth"</h1>
            <div
                id="depth-settings"
                class="depth-settings"
                role="region"
                aria-label="Settings"
                tabindex="-1"
                hidden=live(move || route.hides(Panel::Settings))
                inner_html=html(move || controls.clone())
            ></div>
            <RunBar session/>
            <div class="depth-stage">
                {part(move || trouble.get().map(|(sentence, label)| view! {
                    <Message sentence repairs=vec![(label.to_owned(), Callback::new(move |()| repair()))]/>
                }))}
                <h2 class="depth-finding" aria-live="polite" inner_html=html(move || finding.get())></h2>
                <div class="depth-panels">
                    <KindPanel session skip=Skip::Plain/>
                    <KindPanel session skip=Skip::Residual/>
                </div>
                <p class="depth-scale small dim">
                    "Gradient norm of each layer, first layer on top. "
                    <span class="depth-ink" aria-hidden="true"></span>
                    <span>{scale}</span>
                    " Right: mean of the first 20 steps, first layer → last."
                    <CommandButton
                        command=Command::SaveCsv
                        shape=Shape::Export
                        class=""
                        can=Signal::derive(move || can_save.get())
                        run=Callback::new(move |()| save())
                    />
                </p>
            </div>
            <Flow session/>
            <div class="depth-others" inner_html=html(markup::quoted)></div>
        </main>
    }
}

/// Train, pause and stop, and how far it is.
#[component]
fn RunBar(session: Session) -> impl IntoView {
    let workers = session.workers;
    let plan = session.part(move |lab| lab.plan(workers));
    let at_work = session.part(DepthState::is_at_work);
    let paused = session.part(|lab| *lab.phase() == Phase::Paused);
    let empty = session.part(|lab| lab.nets().is_empty());
    let progress = session.figure(|lab| format!("{:.3}", lab.progress()));
    let status = session.status;
    let press = move |_| {
        session.dispatch(if at_work.get_untracked() { DepthAction::Stop } else { DepthAction::Start });
    };
    view! {
        <div class="run-bar">
            <p class="small dim depth-plan">
                {part(move || plan.get().map(|line| view! { <span>{line}</span> }).into_iter().collect_view())}
            </p>
            <div class="run-buttons">
                // One button for both: whoever has pressed it keeps the focus.
                <button class="btn solid" on:click=on(press)>
                    {part(move || view! { <Icon shape=if at_work.get() { Shape::Stop } else { Shape::Play }/> })}
                    <span>{part(move || if at_work.get() { "Stop" } else { "Train them" })}</span>
                </button>
                {when(move || at_work.get(), move || view! {
                    <button class="btn line" on:click=on(move |_| session.dispatch(DepthAction::Pause))>
                        {part(move || view! { <Icon shape=if paused.get() { Shape::Play } else { Shape::Pause }/> })}
                        <span>{part(move || if paused.get() { "Resume" } else { "Pause" })}</span>
                    </button>
                })}
                <button class="btn line to-settings" on:click=on(move |_| platform::reveal("depth-settings"))>
                    <Icon shape=Shape::Settings/>
                    <span>"Settings"</span>
                </button>
            </div>
            <div class="run-progress" class:idle=live(move || empty.get())>
                <p role="status" aria-label="Depth status" aria-live="off" class="small dim">{status}</p>
                <div
                    class="bar-track"
                    role="progressbar"
                    aria-label="Depth progress"
                    aria-valuemin="0"
                    aria-valuenow=progress
                    aria-valuemax="1"
                >
                    <i style=live(move || ["--share: ", &progress.get()].concat())></i>
                </div>
            </div>
        </div>
    }
}

/// Ticks and labels on a projector are larger.
pub(self) fn look(width: f64, lecture: bool) -> Look {
    if lecture { Look { width, height: 260.0, font: 20.0 } } else { Look { width, height: 176.0, font: 12.0 } }
}

/// The curves of one kind, and below them a strip a net.
#[component]
fn KindPanel(session: Session, skip: Skip) -> impl IntoView {
    let route = Route::get();
    let frame = NodeRef::<leptos::html::Div>::new();
    let (size, set_size) = signal((0.0, 0.0));
    effect(move || {
        if let Some(frame) = frame.get() {
            resize_of(&frame, set_size);
        }
    });
    let is_chosen = session
        .part(move |lab| lab.settings().skips.contains(&skip) || lab.nets().iter().any(|net| net.plan.skip == skip));
    let look = memo(move || look(size.get().0, route.lecture()));
    // The look is asked first: what follows settings is drawn at once, what follows steps now and then.
    let set = session.part(|lab| (lab.settings().clone(), lab.is_outdated()));
    let chart = memo(move || {
        session.drawn.track();
        set.track();
        let look = look.get();
        session.lab.with_untracked(|lab| lab.chart(skip, look).markup())
    });
    let sides = memo(move || {
        let (left, right) = session.lab.with_untracked(|lab| lab.chart(skip, look.get()).sides());
        format!("--left:{left:.1}px;--right:{right:.1}px")
    });
    let caption = session.part(move |lab| match skip {
        Skip::Plain => {
            let (_, each) = lab.steps();
            let epoch = if lab.settings().epochs > 1 {
                format!("; step {}: epoch 2", count(each.into()))
            } else {
                String::new()
            };
            format!("training loss, mean of 20 batches{epoch}")
        }
        Skip::Residual => "the same layers, x added after every second".to_owned(),
    });
    let strips = session.part(move |lab| lab.strips(skip));
    let ends = session.part(move |lab| markup::ends(lab, skip));
    let tables = session.figure(move |lab| markup::tables(lab, skip));
    let as_table = RwSignal::new(false);
    let tabindex = move || as_table.get().then_some("0");
    view! {
        <section
            role="region"
            class="depth-panel"
            class:as-table=as_table
            aria-label=skip.name()
            hidden=live(move || !is_chosen.get())
            style=live(move || sides.get())
        >
            <div class="depth-head">
                <h3>{skip.name()} " " <small>{caption}</small></h3>
                <button
                    class="btn quiet"
                    aria-pressed=live(move || as_table.get().to_string())
                    aria-label=format!("{} as a table", skip.name())
                    on:click=on(move |_| as_table.update(|on| *on = !*on))
                >
                    {part(move || if as_table.get() { "Plot" } else { "Table" })}
                </button>
            </div>
            <div class="depth-plots">
                <div class="depth-chart" node_ref=frame inner_html=html(move || chart.get())></div>
                {part(move || strips.get().into_iter().map(|(at, depth)| view! {
                    <Strip session at=at depth=depth skip=skip/>
                }).collect_view())}
                <p class="depth-ends small dim" inner_html=html(move || ends.get())></p>
            </div>
            <div
                class="depth-values"
                class:vh=live(move || !as_table.get())
                tabindex=tabindex
                inner_html=html(move || tables.get())
            ></div>
        </section>
    }
}

/// The gradient norms of a net's layers over the steps; outlined before there are any.
#[component]
fn Strip(session: Session, at: Option<usize>, depth: u32, skip: Skip) -> impl IntoView {
    let label = session.figure(move |lab| markup::strip_label(lab, at, depth));
    let revision = memo(move || session.drawn.get());
    let tile = Box::new(move || {
        let strip = at.map(|at| session.lab.with_untracked(|lab| lab.strip(at)))?;
        Some((strip.columns, strip.shares))
    });
    view! {
        <div
            class="depth-strip"
            role="img"
            aria-label=format!("Gradient norms, {} net of {depth} layers", skip.name().to_lowercase())
        >
            <span class="depth-rows" aria-hidden="true"><i>"1"</i><i>{depth}</i></span>
            <CanvasTile revision tile/>
            <span class="depth-label" inner_html=html(move || label.get())></span>
        </div>
    }
}
