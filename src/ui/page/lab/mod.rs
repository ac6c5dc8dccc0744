//! The labs of an operation: one page for all. What differs from lab to lab it reads from the lab's own data.

mod export;
mod head;
mod paste;
pub(super) mod pictures;
mod predict;
mod settings;
mod shape;
mod sum;

use std::{any::Any, rc::Rc, sync::Arc};

use leptos::{ev::DragEvent, prelude::*};
use receptive::{
    command::Command,
    image::Pixels,
    lab::{
        OperationLab,
        operation::{Action, Computation, Control, Problem, Repair, Value},
        scene::{Plate, PlateId, PlateKind, Playhead, Scene},
        stage::StageStyle,
    },
    link::{
        Panel,
        operation::{LabKind, LabLink},
    },
};

use crate::ui::{
    alive::Alive,
    commands::Commands,
    component::{Diagram, DiagramView, GridEvent, Icon, PasteRequest, Shape, Stage, StageEvent, Transport},
    platform::{self, matches_media},
    player::Player,
    route::Route,
    session::Session,
    view::{effect, live, memo, on, when},
};
use head::Head;
use predict::{Asked, Predict};
use settings::{Form, One, Settings};
use sum::ArithmeticRegion;

/// The lab's steps, or what stands in the way; shared, and compared by identity.
type Computed = Arc<Result<Arc<dyn Computation>, Problem>>;

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Lab {
    kind: &'static LabKind,
    session: Session<OperationLab>,
    player: Player,
    computed: Memo<Computed>,
    scene: Memo<Arc<Scene>>,
    /// The step whose picture is pointed at.
    pointed: RwSignal<Option<usize>>,
    /// The term that is pointed at.
    lit: RwSignal<Option<usize>>,
    /// Whether numbers are predicted, and the answer to the present one.
    asked: Asked,
    /// What a paste had to say, until the next change.
    said: RwSignal<Option<String>>,
    /// The dialog that takes a matrix.
    pasting: RwSignal<Option<PasteRequest>>,
    alive: Alive,
    extras: &'static Extras,
    /// Whether a picture is on its way.
    waited_for: RwSignal<bool>,
    /// What the extras keep.
    own: StoredValue<Option<Rc<dyn Any>>, LocalStorage>,
}

/// What the pages of some labs have besides: its code is in their chunks alone.
pub(super) struct Extras {
    /// Makes what it keeps.
    begin: fn(Lab),
    /// What stands above the stage.
    above: fn(Lab) -> AnyView,
    /// Takes what is dropped; `false` where it is nothing for it.
    takes: fn(Lab, &DragEvent) -> bool,
    /// The pixels that copying and exporting need: no link holds them.
    pixels: fn(Lab) -> Option<Pixels>,
    /// Controls that few labs have.
    control: fn(One, Form) -> AnyView,
    diagram: Option<Diagram>,
}

impl Extras {
    /// None.
    pub(super) const NONE: Self = Self {
        begin: |_| (),
        above: |_| ().into_any(),
        takes: |_, _| false,
        pixels: |_| None,
        control: |_, _| ().into_any(),
        diagram: None,
    };
    /// A diagram above the grids.
    pub(super) const DIAGRAM: Self =
        Self { diagram: Some(|scene, on_event| view! { <DiagramView scene on_event/> }.into_any()), ..Self::NONE };
    /// The same, and layers that are edited.
    pub(super) const LAYERS: Self = Self { control: settings::layers, ..Self::DIAGRAM };
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
        let problem = self.computed.with(|computed| computed.as_ref().as_ref().err().cloned());
        // A picture that is on its way is none.
        problem.filter(|problem| problem.control != Control::Image || !self.waited_for.get())
    }

    /// The steps, where there are any.
    fn steps(self) -> Option<Arc<dyn Computation>> {
        self.computed.with(|computed| computed.as_ref().as_ref().ok().cloned())
    }

    fn steps_now(self) -> Option<Arc<dyn Computation>> {
        self.computed.with_untracked(|computed| computed.as_ref().as_ref().ok().cloned())
    }

    fn repairs(self, repairs: Vec<Repair>) -> Vec<(String, Callback<()>)> {
        let run = |repair: Repair| {
            let action = StoredValue::new(repair.action);
            (repair.label, Callback::new(move |()| self.change(action.get_value())))
        };
        repairs.into_iter().map(run).collect()
    }
}

/// A lab.
#[component]
pub(super) fn LabPage(kind: &'static LabKind, extras: &'static Extras) -> impl IntoView {
    let route = Route::get();
    let opened = route.opened(kind.page);
    let (link, warnings) = opened.with_untracked(|(_, fields)| (kind.decode)(fields));
    route.warn(warnings);

    let session = Session::new(link.lab);
    let computed: Memo<Computed> =
        Memo::new_with_compare(move |_| Arc::new(session.with(|lab| lab.operation().compute())), |_, _| true);
    let of_steps = move |f: fn(&dyn Computation) -> usize, none: usize| {
        memo(move || computed.with(|computed| computed.as_ref().as_ref().map_or(none, |steps| f(steps.as_ref()))))
    };
    let len = of_steps(|steps| steps.len(), 0);
    let row = of_steps(|steps| steps.row(), 1);
    let step = RwSignal::new(link.step - 1);
    let terms =
        memo(move || computed.with(|computed| computed.as_ref().as_ref().map_or(0, |steps| steps.terms(step.get()))));
    let player = Player::new(step, link.speed, len, terms);
    let asked = Asked::new(link.predict, player);
    let narrow = matches_media("(max-width: 599px)");
    let (pointed, lit) = (RwSignal::new(None::<usize>), RwSignal::new(None::<usize>));
    let scene = Memo::new_with_compare(
        move |_| {
            let head = Playhead {
                step: player.at(),
                pointed: pointed.get(),
                lit: lit.get(),
                adding: player.adding.get(),
                asked: asked.hides(player.at()),
                narrow: narrow.get(),
                blank: route.hides(Panel::Output),
            };
            let mut scene = match computed.get().as_ref() {
                Ok(steps) => steps.scene(head),
                Err(_) => session.with(|lab| lab.operation().broken_scene_at(head)),
            };
            if route.hides(Panel::Output) {
                // The parts of a sum would tell it.
                let tells =
                    |plate: &&mut Plate| plate.kind == PlateKind::Result || matches!(plate.id, PlateId::Partial(_));
                for plate in scene.plates.iter_mut().filter(tells) {
                    plate.view = Arc::new(plate.view.blank());
                }
            }
            Arc::new(scene)
        },
        |_, _| true,
    );
    let (said, pasting) = (RwSignal::new(None), RwSignal::new(None));
    let lab = Lab {
        kind,
        session,
        player,
        computed,
        scene,
        pointed,
        lit,
        asked,
        said,
        pasting,
        alive: Alive::here(),
        extras,
        waited_for: RwSignal::new(false),
        own: StoredValue::new_local(None),
    };
    (extras.begin)(lab);
    follow_address(lab);
    let open = RwSignal::new(false);
    commands(lab, open);
    let exports = export::commands(lab);

    let style = Signal::derive(move || match (route.lecture(), narrow.get()) {
        (true, _) => StageStyle::LECTURE,
        (false, true) => StageStyle::PHONE,
        (false, false) => StageStyle::DESK,
    });
    // On paper the state is a link that can be typed.
    let (printing, address) = (RwSignal::new(false), RwSignal::new(String::new()));
    platform::on_print(move |begins| {
        if begins {
            player.pause();
            address.set(platform::address_of(&route.link().encode()));
        }
        printing.set(begins);
    });
    let has_panel = move || !route.hides(Panel::Settings) || !route.hides(Panel::Shape);
    view! {
        <main id="main" tabindex="-1" class="lab" on:dragover=on(head::dragged) on:drop=on(move |event| head::dropped(lab, &event))>
            <section class="lab-main">
                <Head lab exports/>
                {(extras.above)(lab)}
                <Stage scene style player diagram=extras.diagram paper=printing on_event=move |(plate, event): StageEvent| stage_event(lab, plate, event)>
                    <Predict lab/>
                    {when(move || !route.hides(Panel::Arithmetic), move || view! { <ArithmeticRegion lab/> })}
                </Stage>
                <div class="dock">
                    <Transport player row/>
                    {predict::toggle(lab, "in-dock")}
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
            {when(has_panel, move || view! { <Settings lab open/> })}
            <p class="on-paper">{address}</p>
        </main>
    }
}

/// The address follows the state, and an edited address, or the back button, opens another: that can be undone.
fn follow_address(lab: Lab) {
    let route = Route::get();
    let Lab { kind, session, player, asked, .. } = lab;
    let opened = route.opened(kind.page);
    Effect::new(move |before: Option<()>| {
        let (_, fields) = opened.get();
        if before.is_some() {
            let (link, warnings) = (kind.decode)(&fields);
            route.warn(warnings);
            player.pause();
            player.step.set(link.step - 1);
            player.speed.set(link.speed);
            asked.on.set(link.predict);
            session.dispatch(Action::Open(Box::new(link.lab)));
        }
    });
    effect(move || {
        session.track();
        // While playing the address would change with every step: it follows when the player stands.
        let step = if player.playing.get() { 1 } else { player.at() + 1 };
        let (speed, predict) = (player.speed.get(), asked.on.get());
        route.publish(kind.page, move || {
            (kind.encode)(&LabLink { lab: session.peek(Clone::clone), step, speed, predict })
        });
    });
}

/// What the page does by name.
fn commands(lab: Lab, open: RwSignal<bool>) {
    let Lab { session, player, .. } = lab;
    Commands::get().on(
        &[Command::Undo, Command::Redo],
        move |command| if command == Command::Undo { session.can_undo() } else { session.can_redo() },
        move |command| {
            player.pause();
            if command == Command::Undo { session.undo() } else { session.redo() }
        },
    );
    // The paddings that have a name, where the lab has them: its control's places for them.
    Commands::get().on(
        &[Command::SamePadding, Command::FullPadding],
        move |_| {
            session.with(|lab| lab.operation().controls().iter().any(|view| view.control == Control::NamedPadding))
        },
        move |command| {
            let place = if command == Command::SamePadding { 1 } else { 2 };
            lab.change(Action::Set(Control::NamedPadding, Value::Choice(place)));
        },
    );
    let route = Route::get();
    Commands::get().on(
        &[Command::Settings],
        move |_| !route.lecture() && !route.hides(Panel::Settings),
        move |_| {
            open.set(true);
            platform::next_frame(|| platform::focus("settings"));
        },
    );
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
fn stage_event(lab: Lab, plate: PlateId, event: GridEvent) {
    let set = |signal: RwSignal<Option<usize>>, value: Option<usize>| {
        if signal.get_untracked() != value {
            signal.set(value);
        }
    };
    let player = lab.player;
    match event {
        GridEvent::Edit { row, col, text } => lab.change(Action::SetCell { plate, row, col, text }),
        GridEvent::Paste { row, col, text } => paste::into_grid(lab, (plate, row, col), text),
        GridEvent::Point(at) => {
            let steps = lab.steps_now();
            let look = steps.as_ref().zip(at).and_then(|(steps, at)| steps.look_of(plate, at));
            // What is asked for is not to be peeked at.
            let look = look.filter(|&look| lab.asked.tells(look));
            if look.is_some() && player.playing.get_untracked() {
                player.pause();
            }
            let term = if look.is_some() {
                None
            } else {
                let step = lab.pointed.get_untracked().unwrap_or_else(|| player.at_untracked());
                steps.zip(at).and_then(|(steps, at)| steps.term_of(step, plate, at))
            };
            set(lab.pointed, look);
            set(lab.lit, term);
        }
        GridEvent::Pick { row, col } => {
            if let Some(action) = lab.session.peek(|lab| lab.operation().pick(plate, (row, col))) {
                lab.change(action);
            } else if let Some(step) =
                lab.steps_now().and_then(|steps| steps.step_from(player.at_untracked(), plate, (row, col)))
            {
                player.go(step);
            }
        }
    }
}
