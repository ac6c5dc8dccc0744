//! The lab's controls, as the lab describes them. Each stands beside its symbol of the formula, and an error beside its
//! control.

use std::sync::Arc;

use leptos::prelude::*;
use receptive::{
    formula::PaddingConvention,
    lab::operation::{Action, Control, ControlKind, ControlView, Named, Problem, Value},
    link::Panel,
    nn::shape::Padding,
    num::{decimal, format},
};

use super::{live::LiveBench, shape::OutputShape};
use crate::ui::{
    component::{Complaint, CountField, Icon, Message, Shape},
    platform,
    view::{either, live, memo, on, part, when},
};

/// The settings and the output's shape. Where they have no place beside the stage they are open or not.
#[component]
pub(super) fn Settings(bench: LiveBench, control: fn(One, Form) -> AnyView) -> impl IntoView {
    let LiveBench { open, .. } = bench;
    let hovered = RwSignal::new(None::<String>);
    let close = move || {
        open.set(false);
        platform::focus(&bench.id(if bench.standing.fills { "main" } else { "settings-button" }));
    };
    view! {
        <aside
            id=bench.id("settings")
            tabindex="-1"
            class="panel"
            class:open=live(move || open.get())
            data-hovered=live(move || hovered.get())
            role="region"
            aria-label=bench.name("Settings")
            on:keydown=on(move |event: leptos::ev::KeyboardEvent| {
                if event.key() == "Escape" && open.get_untracked() {
                    event.stop_propagation();
                    close();
                }
            })
        >
            <div class="panel-head">
                <b>"Settings"</b>
                <button class="btn quiet square" aria-label="Close settings" on:click=on(move |_| close())>
                    <Icon shape=Shape::Cross size=16/>
                </button>
            </div>
            {when(move || !bench.hides(Panel::Settings), move || view! { <Controls bench hovered control/> })}
            {when(move || !bench.hides(Panel::Shape), move || view! { <OutputShape bench hovered/> })}
        </aside>
    }
}

/// What a control needs to be built anew for: everything but what it is set to.
type Built = (Control, &'static str, &'static str, Form, bool);

/// What kind of control it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Form {
    Count(usize),
    Pair(usize),
    Padding,
    Text,
    Switch,
    Segments(&'static [Named]),
    Select(&'static [Named]),
    Slider((f64, f64), f64, &'static str),
    Layer(&'static [Named], Vec<Counted>, bool),
}

/// A count of a layer: its symbol, its name, the buttons' floor.
type Counted = (&'static str, &'static str, usize);

fn built(view: &ControlView) -> Built {
    let form = match &view.kind {
        ControlKind::Count { least, .. } => Form::Count(*least),
        ControlKind::Pair { least, .. } => Form::Pair(*least),
        ControlKind::Padding { .. } => Form::Padding,
        ControlKind::Text { .. } => Form::Text,
        ControlKind::Switch { .. } => Form::Switch,
        ControlKind::Segments { options, .. } => Form::Segments(options),
        ControlKind::Select { options, .. } => Form::Select(options),
        ControlKind::Slider { range, step, unit, .. } => Form::Slider(*range, *step, unit),
        ControlKind::Layer { options, counts, removable, .. } => {
            let counted = counts.iter().map(|&(symbol, name, _, least)| (symbol, name, least));
            Form::Layer(options, counted.collect(), *removable)
        }
    };
    (view.control, view.name, view.symbol, form, view.half)
}

/// One control, as it is now.
#[derive(Clone, Copy)]
pub(crate) struct One {
    bench: LiveBench,
    control: Control,
    name: &'static str,
    symbol: &'static str,
    view: Memo<Option<ControlView>>,
    complaint: RwSignal<Complaint>,
    /// Whether its parts are set one by one though they agree.
    apart: RwSignal<bool>,
}

impl One {
    fn set(self, value: Value) {
        self.bench.change(Action::Set(self.control, value));
    }

    /// What it is set to, through `f`; the default while it is being taken down.
    fn of<T: Default>(self, f: impl FnOnce(&ControlKind) -> Option<T>) -> T {
        self.view.with(|view| view.as_ref().and_then(|view| f(&view.kind))).unwrap_or_default()
    }

    fn pair(self) -> (usize, usize) {
        self.of(|kind| if let ControlKind::Pair { value, .. } = kind { Some(*value) } else { None })
    }

    fn padding(self) -> (Padding, bool) {
        self.of(|kind| match kind {
            ControlKind::Padding { value, convention } => Some((*value, *convention == PaddingConvention::Total)),
            _ => None,
        })
    }

    fn on(self) -> bool {
        self.of(|kind| if let ControlKind::Switch { on } = kind { Some(*on) } else { None })
    }

    fn text(self) -> String {
        self.of(|kind| if let ControlKind::Text { value } = kind { Some(value.clone()) } else { None })
    }

    fn chosen(self) -> Option<usize> {
        self.of(|kind| match kind {
            ControlKind::Segments { chosen, .. } => Some(*chosen),
            ControlKind::Select { chosen, .. } | ControlKind::Layer { chosen, .. } => Some(Some(*chosen)),
            _ => None,
        })
    }

    fn number(self) -> f64 {
        self.of(|kind| if let ControlKind::Slider { value, .. } = kind { Some(*value) } else { None })
    }

    /// A layer's kind and counts.
    fn layer(self) -> (usize, Vec<usize>) {
        self.of(|kind| match kind {
            ControlKind::Layer { chosen, counts, .. } => {
                Some((*chosen, counts.iter().map(|(_, _, value, _)| *value).collect()))
            }
            _ => None,
        })
    }

    fn note(self) -> String {
        self.view.with(|view| view.as_ref().map(|view| view.note.clone())).unwrap_or_default()
    }

    fn faulty(self) -> bool {
        let here = |problem: &Arc<Problem>| problem.control == self.control;
        self.bench.wrong.with(|(refused, problem)| [refused, problem].into_iter().flatten().any(here))
    }

    fn field(
        self,
        name: String,
        hint: &'static str,
        value: Signal<usize>,
        least: usize,
        set: Callback<usize>,
    ) -> AnyView {
        let invalid = Signal::derive(move || self.faulty());
        let complaint = self.complaint;
        view! { <CountField name hint value least invalid complaint on_set=set/> }.into_any()
    }
}

#[component]
fn Controls(bench: LiveBench, hovered: RwSignal<Option<String>>, control: fn(One, Form) -> AnyView) -> impl IntoView {
    let rare = control;
    let all = bench.shared(|view| Arc::clone(&view.controls));
    let which = memo(move || all.with(|all| all.iter().map(built).collect::<Vec<_>>()));
    let control = move |(control, name, symbol, form, half): Built| {
        let view = memo(move || all.with(|all| all.iter().find(|view| view.control == control).cloned()));
        let (complaint, apart) = (RwSignal::new(None), RwSignal::new(false));
        let one = One { bench, control, name, symbol, view, complaint, apart };
        row(one, form, rare, half, hovered)
    };
    view! { <div class="controls">{part(move || which.get().into_iter().map(control).collect_view())}</div> }
}

/// The control's place in the document, so that the formula's symbol leads to it.
fn id_of(one: One) -> Option<String> {
    (!one.symbol.is_empty()).then(|| one.bench.id(&["control-", one.symbol].concat()))
}

fn row(one: One, form: Form, rare: fn(One, Form) -> AnyView, half: bool, hovered: RwSignal<Option<String>>) -> AnyView {
    let One { name, symbol, .. } = one;
    let is_hovered = move || !symbol.is_empty() && hovered.with(|hovered| hovered.as_deref() == Some(symbol));
    let label = move || {
        let class = if symbol.is_empty() { "sym".to_owned() } else { ["sym sym-", symbol].concat() };
        view! { <i class=class>{symbol}</i> }
    };
    let note = move || {
        let words = one.note();
        (!words.is_empty()).then(|| view! { <p class="small faint note">{words}</p> })
    };
    let (below, only_segments) = (!matches!(form, Form::Switch), matches!(form, Form::Segments(_)));
    let titled = move || view! { <span class="name">{label()}<span>{name}</span></span> }.into_any();
    let (head, body) = match form {
        form @ Form::Slider(..) => (titled(), rare(one, form)),
        form @ Form::Layer(..) => (().into_any(), rare(one, form)),
        Form::Switch => (
            view! {
                <span class="name">
                    {label()}
                    <span>{name}<br/><span class="small faint">{live(move || one.note())}</span></span>
                </span>
            }
            .into_any(),
            switch(one),
        ),
        // The group has its name; side by side the options say what they are.
        Form::Segments(options) => (().into_any(), segments(one, options)),
        // Half a line has no room for the name; its options say what it is.
        Form::Select(options) if half => (().into_any(), select(one, options, Value::Choice)),
        Form::Select(options) => (titled(), select(one, options, Value::Choice)),
        Form::Text => (
            view! { <label class="name" for=one.bench.id("bias")>{label()}<span>{name}</span></label> }.into_any(),
            text(one),
        ),
        Form::Count(least) => {
            let value = Signal::derive(move || {
                one.of(|kind| if let ControlKind::Count { value, .. } = kind { Some(*value) } else { None })
            });
            let set = Callback::new(move |count| one.set(Value::Count(count)));
            (titled(), one.field(name.to_owned(), "", value, least, set))
        }
        Form::Pair(least) => (titled(), pair(one, least)),
        Form::Padding => (titled(), padding(one)),
    };
    let segments = if only_segments { " only-seg" } else { "" };
    let class = ["ctl", segments, if half { " half" } else { "" }].concat();
    view! {
        <div class=class id=id_of(one) class:hovered=live(is_hovered)>
            {head}
            {body}
            {below.then(|| part(note))}
            {part(move || errors(one))}
        </div>
    }
    .into_any()
}

fn switch(one: One) -> AnyView {
    view! {
        <button
            class="switch"
            role="switch"
            aria-label=one.name
            aria-checked=live(move || one.on().to_string())
            on:click=on(move |_| one.set(Value::Switch(!untrack(|| one.on()))))
        >
            <i></i>
        </button>
    }
    .into_any()
}

fn segments(one: One, options: &'static [Named]) -> AnyView {
    let options = options.iter().enumerate().map(|(index, named)| {
        view! {
            <button
                aria-pressed=live(move || (one.chosen() == Some(index)).to_string())
                on:click=on(move |_| one.set(Value::Choice(index)))
            >
                {named.name}
            </button>
        }
    });
    view! { <span class="seg wide" role="group" aria-label=one.name>{options.collect_view()}</span> }.into_any()
}

fn select(one: One, options: &'static [Named], value: impl Fn(usize) -> Value + 'static) -> AnyView {
    let options = options.iter().enumerate().map(|(index, named)| {
        view! { <option value=index.to_string() selected=live(move || one.chosen() == Some(index))>{named.name}</option> }
    });
    view! {
        <select
            class="select"
            aria-label=one.name
            prop:value=live(move || one.chosen().unwrap_or(0).to_string())
            on:change=on(move |event: leptos::ev::Event| {
                if let Ok(index) = event_target_value(&event).parse() {
                    one.set(value(index));
                }
            })
        >
            {options.collect_view()}
        </select>
    }
    .into_any()
}

/// The slider of the lab that has some.
pub(crate) fn sliders(one: One, form: Form) -> AnyView {
    if let Form::Slider(range, step, unit) = form { slider(one, range, step, unit) } else { ().into_any() }
}

/// The layers of the lab that has some.
pub(crate) fn layers(one: One, form: Form) -> AnyView {
    if let Form::Layer(options, counts, removable) = form {
        layer(one, options, counts, removable)
    } else {
        ().into_any()
    }
}

/// A number that is dragged, with what it is behind it.
fn slider(one: One, (least, most): (f64, f64), step: f64, unit: &'static str) -> AnyView {
    let shown = move || [format::shown(one.number()), unit.to_owned()].concat();
    view! {
        <span class="slider">
            <input
                type="range"
                aria-label=one.name
                aria-valuetext=live(shown)
                min=least.to_string()
                max=most.to_string()
                step=step.to_string()
                prop:value=live(move || one.number().to_string())
                on:input=on(move |event: leptos::ev::Event| {
                    if let Some(number) = decimal::parse(&event_target_value(&event)) {
                        one.set(Value::Number(number));
                    }
                })
            />
            <output>{live(shown)}</output>
        </span>
    }
    .into_any()
}

/// One layer on a line: its kind, its counts, and the button that removes it.
fn layer(one: One, options: &'static [Named], counts: Vec<Counted>, removable: bool) -> AnyView {
    let now = move || untrack(|| one.layer());
    let set = move |place: usize, count: usize| {
        let (kind, mut counts) = now();
        if let Some(old) = counts.get_mut(place) {
            *old = count;
        }
        one.set(Value::Layer(kind, counts));
    };
    let fields = counts.into_iter().enumerate().map(|(place, (symbol, name, least))| {
        let value = Signal::derive(move || one.layer().1.get(place).copied().unwrap_or(0));
        let name = [one.name, " ", name].concat();
        one.field(name, symbol, value, least, Callback::new(move |count| set(place, count)))
    });
    let remove = ["Remove ", &one.name.to_lowercase()].concat();
    view! {
        <span class="layer" role="group" aria-label=one.name>
            <small aria-hidden="true">{one.name.trim_start_matches("Layer ")}</small>
            {select(one, options, move |kind| Value::Layer(kind, now().1))}
            {fields.collect_view()}
            {removable.then(|| view! {
                <button class="btn quiet square" aria-label=remove.clone() title=remove on:click=on(move |_| one.set(Value::Removed))>
                    <Icon shape=Shape::Cross size=14/>
                </button>
            })}
        </span>
    }
    .into_any()
}

fn text(one: One) -> AnyView {
    view! {
        <input
            id=one.bench.id("bias")
            class="field"
            class:invalid=live(move || one.faulty())
            aria-invalid=live(move || one.faulty().then_some("true"))
            autocomplete="off"
            prop:value=live(move || one.text())
            on:change=on(move |event: leptos::ev::Event| one.set(Value::Text(event_target_value(&event))))
        />
    }
    .into_any()
}

/// Height and width, as one number while they agree and nobody asked for two.
fn pair(one: One, least: usize) -> AnyView {
    let two = memo(move || {
        let (height, width) = one.pair();
        one.apart.get() || height != width
    });
    let (height, width) = (Signal::derive(move || one.pair().0), Signal::derive(move || one.pair().1));
    let now = move || untrack(|| one.pair());
    let is_place = matches!(one.control, Control::Cell(_));
    let [(first, first_hint), (second, second_hint)] =
        if is_place { [(" row", "row"), (" column", "col")] } else { [(" height", "h"), (" width", "w")] };
    let tie = move |together: bool| {
        one.apart.set(!together);
        if together {
            one.set(Value::Pair((now().0, now().0)));
        }
    };
    let set_both = Callback::new(move |count| one.set(Value::Pair((count, count))));
    let set_height = Callback::new(move |count| one.set(Value::Pair((count, now().1))));
    let set_width = Callback::new(move |count| one.set(Value::Pair((now().0, count))));
    let fields = either(
        move || two.get(),
        move || {
            view! {
                <span class="pair">
                    {one.field([one.name, first].concat(), first_hint, height, least, set_height)}
                    {one.field([one.name, second].concat(), second_hint, width, least, set_width)}
                </span>
            }
        },
        move || one.field(one.name.to_owned(), "", height, least, set_both),
    );
    let tied = [one.name, ":", first, " and", second, " tied"].concat();
    view! { {tie_button(tied, two, Callback::new(tie))}{fields} }.into_any()
}

/// The button that ties two or four numbers together, or lets them go.
fn tie_button(name: String, two: Memo<bool>, tie: Callback<bool>) -> AnyView {
    let words = move || if two.get() { "The same in both directions" } else { "Set each direction by itself" };
    view! {
        <button
            class="btn quiet square tie"
            class:open=live(move || two.get())
            aria-pressed=live(move || (!two.get()).to_string())
            aria-label=name
            title=live(words)
            on:click=on(move |_| tie.run(two.get_untracked()))
        >
            <Icon shape=Shape::Chain size=18/>
        </button>
    }
    .into_any()
}

/// Four sides, as one number or two where they agree in the way they are counted.
fn padding(one: One) -> AnyView {
    let now = move || untrack(|| one.padding());
    let set = move |padding: Padding| one.set(Value::Padding(padding));
    let totals = |Padding { top, bottom, left, right }: Padding| (top + bottom, left + right);
    let sides = memo(move || {
        let (padding, total) = one.padding();
        let (height, width) = totals(padding);
        one.apart.get() || if total { height != width } else { !padding.is_even() }
    });
    let total = memo(move || one.padding().1);
    let tie = move |together: bool| {
        one.apart.set(!together);
        if together {
            let (padding, total) = now();
            let height = totals(padding).0;
            set(if total { Padding::total(height, height) } else { Padding::per_side(padding.top) });
        }
    };
    let side = move |name: &'static str, hint: &'static str, of: fn(&mut Padding) -> &mut usize| {
        let value = Signal::derive(move || *of(&mut one.padding().0));
        let set = Callback::new(move |count| {
            let mut padding = now().0;
            *of(&mut padding) = count;
            set(padding);
        });
        one.field(name.to_owned(), hint, value, 0, set)
    };
    let total_field = move |name: &'static str, hint: &'static str, height: bool, both: bool| {
        let value = Signal::derive(move || {
            let (along_height, along_width) = totals(one.padding().0);
            if height { along_height } else { along_width }
        });
        let set = Callback::new(move |count| {
            let (along_height, along_width) = totals(now().0);
            set(Padding::total(
                if height || both { count } else { along_height },
                if height && !both { along_width } else { count },
            ));
        });
        one.field(name.to_owned(), hint, value, 0, set)
    };
    let fields = move || match (total.get(), sides.get()) {
        (false, false) => {
            let value = Signal::derive(move || one.padding().0.top);
            one.field("Padding".to_owned(), "", value, 0, Callback::new(move |count| set(Padding::per_side(count))))
        }
        (false, true) => view! {
            <span class="pair">
                {side("Padding top", "top", |padding| &mut padding.top)}
                {side("Padding bottom", "bot", |padding| &mut padding.bottom)}
                {side("Padding left", "left", |padding| &mut padding.left)}
                {side("Padding right", "right", |padding| &mut padding.right)}
            </span>
        }
        .into_any(),
        (true, false) => total_field("Padding", "", true, true),
        (true, true) => view! {
            <span class="pair">
                {total_field("Padding height", "h", true, false)}
                {total_field("Padding width", "w", false, false)}
            </span>
        }
        .into_any(),
    };
    view! { {tie_button("Padding: height and width tied".to_owned(), sides, Callback::new(tie))}{part(fields)} }
        .into_any()
}

/// What is wrong with a control: a text that is no count, a value that was refused, or one that can't be computed.
fn errors(one: One) -> Option<AnyView> {
    let bench = one.bench;
    if let Some((text, back)) = one.complaint.get() {
        let sentence = if text.is_empty() {
            "A whole number belongs here.".to_owned()
        } else {
            ["“", &text, "” is not a whole number from 0 to 9,999."].concat()
        };
        let keep = Callback::new(move |()| one.complaint.set(None));
        return Some(view! { <Message sentence repairs=vec![(format!("Keep {back}"), keep)]/> }.into_any());
    }
    // Where the panel is a drawer the stage says it: one alert, not two.
    let here = bench.shows_panel() && !matches!(one.control, Control::Layer(_));
    let about = |problem: &Arc<Problem>| problem.control == one.control;
    let (refused, problem) = bench.wrong.get();
    let wrong = refused.filter(about).or_else(|| problem.filter(|problem| here && about(problem)))?;
    Some(view! { <Message sentence=wrong.sentence.clone() repairs=bench.repairs(&wrong.repairs)/> }.into_any())
}
