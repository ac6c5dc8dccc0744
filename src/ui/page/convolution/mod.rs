//! `#/convolution`: the convolution lab.

mod settings;
mod shape;

use std::sync::Arc;

use crate::ui::view::{live, on, part, when};
use leptos::prelude::*;
use receptive::{
    explain,
    lab::{
        convolution::{Action, Control, ConvolutionLab, Frame, PRESETS, Plate, Playhead, Problem, Repair},
        stage::StageStyle,
    },
    link::{
        Link, Page, Panel,
        convolution::{ConvolutionLink, decode, encode},
    },
    num::Matrix,
    paste, trace,
};

use crate::ui::{
    component::{GridEvent, Icon, IconButton, Message, Shape, Stage, StageEvent, StagePlate, Sum, Transport},
    platform::{self, matches_media, on_command_key, on_global_key},
    player::Player,
    route::Route,
    session::Session,
};
use settings::Settings;

/// The lab's convolution and its output, or what stands in the way; shared, and compared by identity.
type Computed = Arc<Result<(trace::Convolution, Matrix), Problem>>;

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Lab {
    session: Session<ConvolutionLab>,
    player: Player,
    computed: Memo<Computed>,
    /// What a paste had to say, until the next change.
    said: RwSignal<Option<String>>,
}

impl Lab {
    /// A change by hand: it stops the play head.
    fn change(self, action: Action) {
        self.player.pause();
        self.said.set(None);
        self.session.dispatch(action);
    }

    /// The problem with the numbers as they are.
    fn problem(self) -> Option<Problem> {
        self.computed.with(|computed| computed.as_ref().as_ref().err().cloned())
    }

    fn repairs(self, repairs: Vec<Repair>) -> Vec<(String, Callback<()>)> {
        let run = |repair: Repair| {
            let action = StoredValue::new(repair.action);
            (repair.label, Callback::new(move |()| self.change(action.get_value())))
        };
        repairs.into_iter().map(run).collect()
    }
}

/// The lab.
#[component]
pub(crate) fn Convolution() -> impl IntoView {
    let route = Route::get();
    platform::set_title("Convolution lab · Receptive");
    let opened = route.opened(Page::Convolution);
    let (link, warnings) = opened.with_untracked(|(_, fields)| decode(fields));
    route.warn(warnings);

    let session = Session::new(link.lab);
    let computed: Memo<Computed> = Memo::new_with_compare(
        move |_| {
            Arc::new(session.with(ConvolutionLab::convolution).and_then(|convolution| {
                let output = convolution.output();
                output.map(|output| (convolution, output)).map_err(|error| session.with(|lab| lab.misfit(error)))
            }))
        },
        |_, _| true,
    );
    let len = Memo::new(move |_| {
        computed.with(|computed| computed.as_ref().as_ref().map_or(0, |(_, output)| output.cells().len()))
    });
    let taps = session.part(|lab| lab.kernel.cells().len());
    let player = Player::new(link.step - 1, link.speed, len, taps);
    let lab = Lab { session, player, computed, said: RwSignal::new(None) };

    // An edited address, or the back button: the same page opens another state, which can be undone.
    Effect::new(move |before: Option<()>| {
        let (_, fields) = opened.get();
        if before.is_some() {
            let (link, warnings) = decode(&fields);
            route.warn(warnings);
            player.pause();
            player.step.set(link.step - 1);
            player.speed.set(link.speed);
            session.dispatch(Action::Open(Box::new(link.lab)));
        }
    });
    Effect::new(move |_| {
        session.track();
        // While playing the address would change with every step: it follows when the player stands.
        let step = if player.playing.get() { 1 } else { player.at() + 1 };
        let speed = player.speed.get();
        route.publish(Page::Convolution, move || {
            encode(&ConvolutionLink { lab: session.peek(Clone::clone), step, speed })
        });
    });

    let pointed = RwSignal::new(None::<usize>);
    let lit = RwSignal::new(None::<usize>);
    let frame = Memo::new_with_compare(
        move |_| {
            let head =
                Playhead { step: player.at(), pointed: pointed.get(), lit: lit.get(), adding: player.adding.get() };
            let computed = computed.get();
            let both = computed.as_ref().as_ref().ok().map(|(convolution, output)| (convolution, output));
            let mut frame = session.with(|lab| Frame::new(lab, both, head));
            if route.hides(Panel::Output) {
                frame.output = frame.output.map(|plate| Arc::new(plate.blank()));
            }
            Arc::new(frame)
        },
        |_, _| true,
    );
    let narrow = matches_media("(max-width: 599px)");
    let style = Signal::derive(move || match (route.lecture(), narrow.get()) {
        (true, _) => StageStyle::LECTURE,
        (false, true) => StageStyle::PHONE,
        (false, false) => StageStyle::DESK,
    });
    let on_stage = move |(plate, event): StageEvent| stage_event(lab, frame, (pointed, lit), plate, event);
    keys(lab);

    let row = Signal::derive(move || {
        computed.with(|computed| computed.as_ref().as_ref().map_or(1, |(_, output)| output.cols()))
    });
    let open = RwSignal::new(false);
    view! {
        <main id="main" tabindex="-1" class="lab">
            <section class="lab-main">
                <Head lab/>
                <Stage frame style player on_event=on_stage>
                    {when(move || !route.hides(Panel::Arithmetic), move || view! {
                        <ArithmeticRegion lab frame lit/>
    })}
                    </Stage>
                    <div class="dock">
                        <Transport player row/>
                        {when(move || !route.hides(Panel::Settings) && !route.lecture(), move || view! {
                            <button
                                class="btn line panel-toggle"
                                aria-expanded=live(move || open.get().to_string())
                                aria-controls="settings"
                                on:click=on(move |_| {
                                    open.update(|open| *open = !*open);
                                    if open.get_untracked() {
                                        platform::focus("settings");
                                    }
                                })
                            >
                                <Icon shape=Shape::Settings/>
                                "Settings"
                            </button>
    })}
                        <LectureHint/>
                    </div>
                </section>
                {when(move || !route.hides(Panel::Settings) || !route.hides(Panel::Shape), move || view! {
                    <Settings lab open/>
    })}
            </main>
        }
}

/// Title, undo and redo, presets.
#[component]
fn Head(lab: Lab) -> impl IntoView {
    let route = Route::get();
    let session = lab.session;
    let states: StoredValue<Vec<ConvolutionLab>> = StoredValue::new(PRESETS.iter().map(state_of).collect());
    let current = session.part(move |lab| states.with_value(|states| states.iter().position(|state| state == lab)));
    let subtitle = move || match current.get().and_then(|index| PRESETS.get(index)) {
        Some(preset) => preset.look.to_owned(),
        None => session.with(|lab| explain::one_step(lab.kernel.cells().len())),
    };
    let choose = move |index: usize| {
        if let Some(state) = states.with_value(|states| states.get(index).cloned()) {
            lab.change(Action::Open(Box::new(state)));
            lab.player.go(0);
        }
    };
    let options = move || {
        groups()
            .map(|(group, presets)| {
                let options = presets.into_iter().map(|(index, name)| {
                    view! { <option value=index.to_string() selected=live(move || current.get() == Some(index))>{name}</option> }
                });
                view! { <optgroup label=group>{options.collect_view()}</optgroup> }
            })
            .collect_view()
    };
    view! {
        <div class="lab-head">
            <div class="lab-title">
                <h1>"Convolution"</h1>
                <p class="dim">{live(subtitle)}</p>
            </div>
            <div class="lab-tools">
                <IconButton name="Undo" key="Ctrl Z" shape=Shape::Undo disabled=Signal::derive(move || !session.can_undo())
                    on_press=move |()| { lab.player.pause(); session.undo(); }/>
                <IconButton name="Redo" key="Ctrl Y" shape=Shape::Redo disabled=Signal::derive(move || !session.can_redo())
                    on_press=move |()| { lab.player.pause(); session.redo(); }/>
                {when(move || !route.hides(Panel::Presets), move || view! {
                    <label class="preset">
                        <span class="faint">"Preset"</span>
                        <select
                            class="select"
                            prop:value=live(move || current.get().map_or_else(|| "own".into(), |index| index.to_string()))
                            on:change=on(move |event: leptos::ev::Event| {
                                if let Ok(index) = event_target_value(&event).parse() {
                                    choose(index);
                                }
                            })
                        >
                            <option value="own" hidden selected=live(move || current.get().is_none())>"Your own numbers"</option>
                            {options()}
                        </select>
                    </label>
    })}
                </div>
            </div>
        }
}

/// The presets by their groups, with their places in the list.
fn groups() -> impl Iterator<Item = (&'static str, Vec<(usize, &'static str)>)> {
    let mut groups: Vec<(&str, Vec<(usize, &str)>)> = Vec::new();
    for (index, preset) in PRESETS.iter().enumerate() {
        match groups.last_mut() {
            Some((group, presets)) if *group == preset.group => presets.push((index, preset.name)),
            _ => groups.push((preset.group, vec![(index, preset.name)])),
        }
    }
    groups.into_iter()
}

fn state_of(preset: &receptive::lab::convolution::Preset) -> ConvolutionLab {
    let (link, _) = Link::decode(&format!("#/convolution?{}", preset.query));
    decode(&link.fields).0.lab
}

/// The current step's sum; where there is none, why.
#[component]
fn ArithmeticRegion(lab: Lab, frame: Memo<Arc<Frame>>, lit: RwSignal<Option<usize>>) -> impl IntoView {
    let sum = Memo::new(move |_| frame.with(|frame| frame.arithmetic.clone()));
    let cols = lab.session.part(|lab| lab.kernel.cols());
    let point = Callback::new(move |term: Option<usize>| {
        if lit.get_untracked() != term {
            lit.set(term);
        }
    });
    let wide = matches_media("(min-width: 1200px)");
    let route = Route::get();
    let problem = Memo::new(move |_| lab.problem());
    let here = move || {
        let panel = wide.get() && !route.lecture() && !route.hides(Panel::Settings);
        problem.get().map(|problem| {
            let beside_panel = panel && !matches!(problem.control, Control::Input | Control::Kernel);
            if beside_panel {
                view! { <p class="no-sum dim">"There is no sum until the settings fit together."</p> }.into_any()
            } else {
                view! { <Message sentence=problem.sentence repairs=lab.repairs(problem.repairs)/> }.into_any()
            }
        })
    };
    view! {
        <section class="arith" role="region" aria-label="Arithmetic">
            // Announced when stepping by hand; while playing it would talk over itself.
            <p class="vh" aria-live=live(move || if lab.player.playing.get() { "off" } else { "polite" })>
                {part(move || sum.with(|sum| sum.as_ref().map(|sum| sum.text.clone())))}
            </p>
            <Sum arithmetic=sum cols point/>
            {part(here)}
            {part(move || lab.said.get().map(|said| view! { <p class="said small" role="status">{said}</p> }))}
        </section>
    }
}

/// What the keys do, on a projector.
#[component]
fn LectureHint() -> impl IntoView {
    let route = Route::get();
    view! {
        {when(move || route.lecture(), move || view! {
            <p class="hint">
                <kbd>"Space"</kbd>" play "<kbd>"←"</kbd><kbd>"→"</kbd>" step "
                <button class="btn quiet leave" on:click=on(move |_| route.set_lecture(false))>
                    <kbd>"Esc"</kbd>" leave"
                </button>
            </p>
    })}
        }
}

/// What happens on the stage becomes an action, a step, or a look.
fn stage_event(
    lab: Lab,
    frame: Memo<Arc<Frame>>,
    (pointed, lit): (RwSignal<Option<usize>>, RwSignal<Option<usize>>),
    plate: StagePlate,
    event: GridEvent,
) {
    let set = |signal: RwSignal<Option<usize>>, value: Option<usize>| {
        if signal.get_untracked() != value {
            signal.set(value);
        }
    };
    match (plate, event) {
        (StagePlate::Edited(plate), GridEvent::Edit { row, col, text }) => {
            lab.change(Action::SetCell { plate, row, col, text });
        }
        (StagePlate::Edited(plate), GridEvent::Paste { row, col, text }) => pasted(lab, plate, row, col, &text),
        (StagePlate::Edited(plate), GridEvent::Point(at)) => {
            let tap = frame.with_untracked(|frame| {
                let taps = &frame.step.as_ref()?.taps;
                let at = at?;
                taps.iter().position(|tap| match plate {
                    Plate::Input => tap.input == Some(at),
                    Plate::Kernel => tap.kernel == at,
                })
            });
            set(lit, tap);
        }
        (StagePlate::Output, GridEvent::Point(at)) => {
            let cols = frame.with_untracked(|frame| frame.output.as_ref().map_or(1, |output| output.shape.1));
            if at.is_some() && lab.player.playing.get_untracked() {
                lab.player.pause();
            }
            set(pointed, at.map(|(row, col)| row * cols + col));
        }
        (StagePlate::Output, GridEvent::Pick { row, col }) => {
            let cols = frame.with_untracked(|frame| frame.output.as_ref().map_or(1, |output| output.shape.1));
            lab.player.go(row * cols + col);
        }
        _ => {}
    }
}

/// A pasted matrix takes the grid's place; cells of a spreadsheet go where they are pasted.
fn pasted(lab: Lab, plate: Plate, row: usize, col: usize, text: &str) {
    let (block, diagnostics) = paste::parse(text);
    let Some(block) = block else {
        lab.said.set(diagnostics.first().map(ToString::to_string));
        return;
    };
    let single = block.shape() == (1, 1);
    let literal = text.contains(['[', '(', '\\']);
    lab.change(if literal && !single {
        Action::Replace { plate, block }
    } else {
        Action::PutBlock { plate, row, col, block }
    });
    if !diagnostics.is_empty() {
        lab.said.set(Some(diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")));
    }
}

/// Keys that work anywhere on the page.
fn keys(lab: Lab) {
    let Lab { player, session, .. } = lab;
    on_global_key(move |key| {
        match key {
            " " => player.toggle(),
            "ArrowRight" | "PageDown" => player.forward(),
            "ArrowLeft" | "PageUp" => player.back(),
            "Home" => player.go(0),
            "End" => player.last(),
            "[" => change_speed(player, -1),
            "]" => change_speed(player, 1),
            _ => return false,
        }
        true
    });
    on_command_key(move |key, shift| {
        match (key, shift) {
            ("z", false) => session.undo(),
            ("z", true) | ("y", false) => session.redo(),
            _ => return false,
        }
        player.pause();
        true
    });
}

fn change_speed(player: Player, by: isize) {
    use receptive::link::convolution::SPEEDS;
    let now = SPEEDS.iter().position(|speed| speed.to_bits() == player.speed.get_untracked().to_bits()).unwrap_or(1);
    if let Some(speed) = now.checked_add_signed(by).and_then(|index| SPEEDS.get(index)) {
        player.speed.set(*speed);
    }
}
