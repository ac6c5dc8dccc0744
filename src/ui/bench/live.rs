//! A bench on a page: the lib's [`Bench`] with the clock that moves its play head, and signals of what it shows.

use std::{any::Any, rc::Rc, sync::Arc};

use leptos::prelude::*;
use receptive::{
    bench::{Bench, BenchView, Event, Surroundings},
    command::Command,
    image::Pixels,
    lab::{
        OperationLab,
        operation::{Action, Computation, Problem, Repair},
        scene::Scene,
        stage::StageStyle,
    },
    link::{
        Fields, Panel, Shared,
        operation::{LabKind, LabLink},
    },
};

use crate::ui::{
    alive::Alive,
    component::PasteRequest,
    platform::{Frames, host::letters, matches_media, viewport},
    said::Said,
    signal::{Memo, RwSignal, Signal},
    view::{effect, memo},
};

/// How a page has a bench stand.
#[derive(Clone, Copy)]
pub(crate) struct Standing {
    /// Tells its ids from those of the page's other benches.
    pub(crate) scope: usize,
    /// What it is called on the page; its lab's title, where it has no other name.
    pub(crate) name: &'static str,
    /// The part of its page that it is of, where others of that name may be in other parts.
    pub(crate) part: Option<usize>,
    /// What of it is hidden, and whether it is read from far.
    pub(crate) shared: Signal<Shared>,
    /// Whether it takes the room that the page gives it, as the only one; else it is as high as it needs.
    pub(crate) fills: bool,
    /// Whether it begins again after its last step.
    pub(crate) looping: bool,
    /// Whether it is its stage alone: its page moves and asks.
    pub(crate) bare: bool,
    /// What its page can do besides with what is on screen, and who does it.
    pub(crate) besides: Option<(&'static [Command], Callback<Command>)>,
}

impl Standing {
    /// Alone on its page.
    pub(crate) fn alone(shared: Signal<Shared>) -> Self {
        Self { scope: 0, name: "", part: None, shared, fills: true, looping: false, bare: false, besides: None }
    }

    /// One of several on its page.
    pub(crate) fn among(scope: usize, name: &'static str, shared: Signal<Shared>) -> Self {
        Self { scope, name, part: None, shared, fills: false, looping: false, bare: false, besides: None }
    }

    /// What it is called, as no other on the page.
    pub(crate) fn called(&self) -> String {
        self.part.map_or_else(|| self.name.to_owned(), |part| [self.name, ", part ", &part.to_string()].concat())
    }
}

/// What was refused, and what stands in the way of an output.
type Wrong = (Option<Arc<Problem>>, Option<Arc<Problem>>);

/// A bench, for the parts that show it.
#[derive(Clone, Copy)]
pub(crate) struct LiveBench {
    pub(crate) kind: &'static LabKind,
    /// The pixels that copying and exporting need: no link holds them.
    pub(crate) pixels: fn(Self) -> Option<Pixels>,
    pub(crate) standing: Standing,
    /// The picture.
    pub(crate) scene: Memo<Arc<Scene>>,
    /// The step that is shown, from 0.
    pub(crate) at: Memo<usize>,
    /// How many there are.
    pub(crate) len: Memo<usize>,
    /// Whether it moves by itself.
    pub(crate) playing: Memo<bool>,
    /// Times the usual speed.
    pub(crate) speed: Memo<f64>,
    /// Whether numbers are asked for.
    pub(crate) asks: Memo<bool>,
    /// What was refused, and what stands in the way of an output.
    pub(crate) wrong: Memo<Wrong>,
    /// Less motion is asked for.
    pub(crate) still: RwSignal<bool>,
    /// Its own width, where it does not fill the page.
    pub(crate) width: RwSignal<(f64, f64)>,
    /// How wide it is.
    pub(crate) breadth: Memo<Breadth>,
    /// Whether the settings are open, where they have no place beside the stage.
    pub(crate) open: RwSignal<bool>,
    /// The dialog that takes a matrix.
    pub(crate) pasting: RwSignal<Option<PasteRequest>>,
    /// The number of the last thing that was copied or saved.
    pub(crate) exports: StoredValue<u32>,
    /// What the extras keep.
    pub(crate) own: StoredValue<Option<Rc<dyn Any>>, LocalStorage>,
    pub(crate) alive: Alive,
    /// Where it says what was copied and saved.
    pub(crate) announce: Said,
    bench: StoredValue<Bench>,
    view: RwSignal<BenchView>,
    revision: Memo<u64>,
    frames: StoredValue<Option<Frames>>,
}

/// How wide a bench is: what its style sheet knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Breadth {
    /// A small phone.
    Tiny,
    /// A phone.
    Narrow,
    /// A tablet, or a column of text.
    Middle,
    /// A tablet on its side.
    Broad,
    /// Its settings stand beside the stage.
    Wide,
}

impl Breadth {
    /// Each with its least width in pixels at a browser's own size of text, the widest first.
    const ALL: [(Self, f64); 4] =
        [(Self::Wide, 1_200.0), (Self::Broad, 900.0), (Self::Middle, 600.0), (Self::Narrow, 380.0)];

    /// Follows the width of the window, or that of the bench itself; larger text leaves less of it.
    fn follow(fills: bool, width: RwSignal<(f64, f64)>) -> Memo<Self> {
        let window = viewport();
        memo(move || {
            // The window's is read in any case: it tells of larger text as well.
            let (window, own) = (window.get(), width.get());
            let (width, _) = if fills { window } else { own };
            let text = letters();
            let fits = |(_, least): &&(Self, f64)| width >= least * text;
            Self::ALL.iter().find(fits).map_or(Self::Tiny, |(breadth, _)| *breadth)
        })
    }

    /// Its classes in the style sheet.
    pub(super) fn classes(self) -> &'static str {
        match self {
            Self::Tiny => "lab narrow tiny",
            Self::Narrow => "lab narrow",
            Self::Middle => "lab",
            Self::Broad => "lab broad",
            Self::Wide => "lab broad wide",
        }
    }
}

impl LiveBench {
    /// A bench of the lab `kind` that begins with `link`.
    pub(crate) fn new(
        kind: &'static LabKind,
        pixels: fn(Self) -> Option<Pixels>,
        link: LabLink,
        standing: Standing,
    ) -> Self {
        let bench = Bench::open(kind, link);
        let view = RwSignal::new(bench.view());
        let part = move |of: fn(&BenchView) -> usize| memo(move || view.with(of));
        let width = RwSignal::new((0.0, 0.0));
        let breadth = Breadth::follow(standing.fills, width);
        let live = Self {
            kind,
            pixels,
            standing,
            scene: same(move || view.with(|view| Arc::clone(&view.scene))),
            at: part(|view| view.playback.at),
            len: part(|view| view.playback.len),
            playing: memo(move || view.with(|view| view.playback.playing)),
            speed: memo(move || view.with(|view| view.playback.speed)),
            asks: memo(move || view.with(|view| view.question.is_some())),
            wrong: memo(move || view.with(|view| (view.refused.clone(), view.problem.clone()))),
            still: matches_media("(prefers-reduced-motion: reduce)"),
            width,
            breadth,
            open: RwSignal::new(false),
            pasting: RwSignal::new(None),
            exports: StoredValue::new(0),
            own: StoredValue::new_local(None),
            alive: Alive::here(),
            announce: Said::get(),
            bench: StoredValue::new(bench),
            view,
            revision: memo(move || view.with(|view| view.revision)),
            frames: StoredValue::new(None),
        };
        let frames = Frames::new(move |now| {
            live.send(Event::Tick(now));
            live.alive.is() && live.playing.get_untracked()
        });
        live.frames.set_value(Some(frames));
        effect(move || {
            live.send(Event::Stand(Surroundings {
                narrow: live.is_narrow(),
                far: live.lecture(),
                blank: live.hides(Panel::Output),
                still: live.still.get(),
                looping: standing.looping,
            }));
        });
        live
    }

    /// Does what `event` says, and shows what comes of it.
    pub(crate) fn send(self, event: Event) {
        let changed = self.bench.try_update_value(|bench| bench.apply(event).then(|| bench.view()));
        if let Some(Some(view)) = changed {
            let plays = view.playback.playing;
            self.view.set(view);
            if let (true, Some(frames)) = (plays, self.frames.get_value()) {
                frames.start();
            }
        }
    }

    /// A change by hand.
    pub(crate) fn change(self, action: Action) {
        self.send(Event::Change(action));
    }

    /// Says what the last paste had to say, or why it could not be read.
    pub(crate) fn say(self, words: String) {
        self.send(Event::Say(Some(words)));
    }

    /// A part of what it shows, tracked.
    pub(crate) fn view<T>(self, of: impl FnOnce(&BenchView) -> T) -> T {
        self.view.with(of)
    }

    /// The same, which tells its readers only when it differs.
    pub(crate) fn part<T: PartialEq + Send + Sync + 'static>(
        self,
        of: impl Fn(&BenchView) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        memo(move || self.view.with(&of))
    }

    /// A part that is shared, compared by identity.
    pub(crate) fn shared<T: Send + Sync + 'static>(
        self,
        of: impl Fn(&BenchView) -> Arc<T> + Send + Sync + 'static,
    ) -> Memo<Arc<T>> {
        same(move || self.view.with(&of))
    }

    /// The lab's state through `of`, tracked.
    pub(crate) fn with<T>(self, of: impl FnOnce(&OperationLab) -> T) -> T {
        self.track();
        self.peek(of)
    }

    /// The same without tracking.
    pub(crate) fn peek<T>(self, of: impl FnOnce(&OperationLab) -> T) -> T {
        self.ask(|bench| of(bench.lab()))
    }

    /// Follows every change of the lab's state.
    pub(crate) fn track(self) {
        // A memo that nobody reads hears of nothing.
        let _: u64 = self.revision.get();
    }

    /// Follows what its link tells. While it plays the link would change with every step: it does when the play head
    /// stands.
    pub(crate) fn track_link(self) {
        self.track();
        let _: (f64, bool) = (self.speed.get(), self.asks.get());
        if !self.playing.get() {
            let _: usize = self.at.get();
        }
    }

    /// The fields of its link, not tracked.
    pub(crate) fn fields(self) -> Fields {
        (self.kind.encode)(&self.ask(Bench::link))
    }

    /// A part of the lab's state that tells its readers only when it differs.
    pub(crate) fn of_state<T: PartialEq + Send + Sync + 'static>(
        self,
        of: impl Fn(&OperationLab) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        memo(move || self.with(&of))
    }

    /// Something of the bench itself, not tracked.
    pub(crate) fn ask<T>(self, of: impl FnOnce(&Bench) -> T) -> T {
        self.bench.with_value(of)
    }

    /// The steps, where there are any.
    pub(crate) fn steps(self) -> Option<Arc<dyn Computation>> {
        self.track();
        self.ask(Bench::computation)
    }

    /// Whether it is as narrow as a phone.
    fn is_narrow(self) -> bool {
        self.breadth.get() <= Breadth::Narrow
    }

    /// Whether its settings are beside the stage.
    pub(super) fn shows_panel(self) -> bool {
        self.breadth.get() == Breadth::Wide && !self.lecture() && !self.hides(Panel::Settings)
    }

    /// The buttons of repairs.
    pub(crate) fn repairs(self, repairs: &[Repair]) -> Vec<(String, Callback<()>)> {
        let run = |repair: &Repair| {
            let action = StoredValue::new(repair.action.clone());
            (repair.label.clone(), Callback::new(move |()| self.change(action.get_value())))
        };
        repairs.iter().map(run).collect()
    }

    /// Its own id for what is called `name` in each bench.
    pub(crate) fn id(self, name: &str) -> String {
        match self.standing.scope {
            0 => name.to_owned(),
            scope => [name, "-", &scope.to_string()].concat(),
        }
    }

    /// What a region of it is called: among others with the bench's own name, so that no two are called alike.
    pub(crate) fn name(self, region: &str) -> String {
        match self.standing.scope {
            0 => region.to_owned(),
            _ => [region, ", ", &self.standing.called()].concat(),
        }
    }

    /// Whether `panel` is hidden.
    pub(crate) fn hides(self, panel: Panel) -> bool {
        self.standing.shared.with(|shared| shared.hide.contains(&panel))
    }

    /// Whether it is read from far.
    pub(crate) fn lecture(self) -> bool {
        self.standing.shared.with(|shared| shared.lecture)
    }

    /// How large the stage is drawn.
    pub(crate) fn style(self) -> StageStyle {
        match (self.lecture(), self.is_narrow()) {
            (true, _) => StageStyle::LECTURE,
            (false, true) => StageStyle::PHONE,
            (false, false) => StageStyle::DESK,
        }
    }
}

/// A memo of what is shared: another allocation is another value.
fn same<T: Send + Sync + 'static>(value: impl Fn() -> Arc<T> + Send + Sync + 'static) -> Memo<Arc<T>> {
    Memo::new(move |_| value(), Arc::ptr_eq)
}
