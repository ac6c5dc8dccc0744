//! The lab's controls, as the lab describes them. Each stands beside its symbol of the formula, and an error beside its
//! control.

use std::sync::Arc;

use leptos::prelude::*;
use receptive::{
    formula::PaddingConvention,
    lab::control::{ControlForm, ControlId, ControlView, LayerCount, Named, Value},
    lab::operation::{Action, Problem},
    link::Panel,
    nn::shape::Padding,
    num::{decimal, format},
};

use super::{live::LiveBench, shape::OutputShape};
use crate::ui::{
    component::{Complaint, CountField, Icon, Message, Shape},
    platform,
    signal::{Memo, RwSignal, Signal},
    view::{attr, either, live, memo, on, part, when},
};

/// The settings and the output's shape. Where they have no place beside the stage they are open or not.
#[component]
pub(super) fn Settings(bench: LiveBench, control: fn(Control, ControlForm) -> AnyView) -> impl IntoView {
    let LiveBench { open, .. } = bench;
    let hovered = RwSignal::new(None::<String>);
    let close = move || {
        open.set(false);
        platform::focus(&bench.id(if bench.standing.fills { "main" } else { "settings-button" }));
    };
    view! {
        <aside
            {..attr("id", bench.id("settings"))}
            {..attr("tabindex", "-1")}
            class="panel"
            class:open=live(move || open.get())
            data-hovered=live(move || hovered.get())
            {..attr("role", "region")}
            {..attr("aria-label", bench.name("Settings"))}
            on:keydown=on(move |event: leptos::ev::KeyboardEvent| {
                if event.key() == "Escape" && open.get_untracked() {
                    event.stop_propagation();
                    close();
                }
            })
        >
            <div class="panel-head">
                <b>"Settings"</b>
                <button class="btn quiet square" {..attr("aria-label", "Close settings")} on:click=on(move |_| close())>
                    <Icon shape=Shape::Cross size=16/>
                </button>
            </div>
            {when(move || !bench.hides(Panel::Settings), move || view! { <Controls bench hovered control/> })}
            {when(move || !bench.hides(Panel::Shape), move || view! { <OutputShape bench hovered/> })}
        </aside>
    }
}

/// A control, as it is now.
#[derive(Clone, Copy)]
pub(crate) struct Control {
    bench: LiveBench,
    id: ControlId,
    name: &'static str,
    symbol: &'static str,
    view: Memo<Option<ControlView>>,
    complaint: RwSignal<Complaint>,
    /// Whether its parts are set one by one though they agree.
    apart: RwSignal<bool>,
}

impl Control {
    fn set(self, value: Value) {
        self.bench.change(Action::Set(self.id, value));
    }

    /// What it is set to, through `f`; the default while it is being taken down.
    fn of<T: Default>(self, f: impl FnOnce(&Value) -> Option<T>) -> T {
        self.view.with(|view| view.as_ref().and_then(|view| f(view.value.as_ref()?))).unwrap_or_default()
    }

    fn count(self) -> usize {
        self.of(|value| if let Value::Count(count) = value { Some(*count) } else { None })
    }

    fn pair(self) -> (usize, usize) {
        self.of(|value| if let Value::Pair(pair) | Value::Cell(pair) = value { Some(*pair) } else { None })
    }

    fn padding(self) -> Padding {
        self.of(|value| if let Value::Padding(padding) = value { Some(*padding) } else { None })
    }

    fn on(self) -> bool {
        self.of(|value| if let Value::Switch(on) = value { Some(*on) } else { None })
    }

    fn text(self) -> String {
        self.of(|value| if let Value::Text(text) = value { Some(text.clone()) } else { None })
    }

    fn chosen(self) -> Option<usize> {
        self.of(|value| match value {
            Value::Choice(place) | Value::Layer(place, _) => Some(Some(*place)),
            _ => None,
        })
    }

    fn number(self) -> f64 {
        self.of(|value| if let Value::Number(number) = value { Some(*number) } else { None })
    }

    /// A layer's kind and counts.
    fn layer(self) -> (usize, Vec<usize>) {
        self.of(|value| if let Value::Layer(kind, counts) = value { Some((*kind, counts.clone())) } else { None })
    }

    fn note(self) -> String {
        self.view.with(|view| view.as_ref().map(|view| view.note.clone())).unwrap_or_default()
    }

    fn faulty(self) -> bool {
        let here = |problem: &Arc<Problem>| problem.control == self.id;
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
fn Controls(
    bench: LiveBench,
    hovered: RwSignal<Option<String>>,
    control: fn(Control, ControlForm) -> AnyView,
) -> impl IntoView {
    let rare = control;
    let all = bench.shared(|view| Arc::clone(&view.controls));
    let which = memo(move || all.with(|all| all.iter().map(|view| view.control).collect::<Vec<_>>()));
    let control = move |control: ControlId| {
        let view = memo(move || all.with(|all| all.iter().find(|view| view.control == control).cloned()));
        // Its row is built anew for everything but what it is set to.
        let form = memo(move || view.with(|view| view.as_ref().map(ControlView::without_value)));
        let (complaint, apart) = (RwSignal::new(None), RwSignal::new(false));
        part(move || match form.get() {
            Some(ControlView { control: id, name, symbol, form, half, .. }) => {
                row(Control { bench, id, name, symbol, view, complaint, apart }, form, rare, half, hovered)
            }
            None => ().into_any(),
        })
    };
    view! { <div class="controls">{part(move || which.get().into_iter().map(control).collect_view())}</div> }
}

/// The control's place in the document, so that the formula's symbol leads to it.
fn id_of(control: Control) -> Option<String> {
    (!control.symbol.is_empty()).then(|| control.bench.id(&["control-", control.symbol].concat()))
}

/// The typed field's place, so that its name leads to it.
fn field_id(control: Control) -> String {
    control.bench.id(&["field-", control.id.name()].concat())
}

fn row(
    control: Control,
    form: ControlForm,
    rare: fn(Control, ControlForm) -> AnyView,
    half: bool,
    hovered: RwSignal<Option<String>>,
) -> AnyView {
    let Control { name, symbol, .. } = control;
    let is_hovered = move || !symbol.is_empty() && hovered.with(|hovered| hovered.as_deref() == Some(symbol));
    let label = move || {
        let class = if symbol.is_empty() { "sym".to_owned() } else { ["sym sym-", symbol].concat() };
        view! { <i class=class>{symbol}</i> }
    };
    let note = move || {
        let words = control.note();
        (!words.is_empty()).then(|| view! { <p class="small faint note">{words}</p> })
    };
    let (below, only_segments) = (!matches!(form, ControlForm::Switch), matches!(form, ControlForm::Segments(_)));
    let titled = move || view! { <span class="name">{label()}<span>{name}</span></span> }.into_any();
    let (head, body) = match form {
        form @ ControlForm::Slider { .. } => (titled(), rare(control, form)),
        form @ ControlForm::Layer { .. } => (().into_any(), rare(control, form)),
        ControlForm::Switch => (
            view! {
                <span class="name">
                    {label()}
                    <span>{name}<br/><span class="small faint">{live(move || control.note())}</span></span>
                </span>
            }
            .into_any(),
            switch(control),
        ),
        // The group has its name; side by side the options say what they are.
        ControlForm::Segments(options) => (().into_any(), segments(control, options)),
        // Half a line has no room for the name; its options say what it is.
        ControlForm::Select(options) if half => (().into_any(), select(control, options, Value::Choice)),
        ControlForm::Select(options) => (titled(), select(control, options, Value::Choice)),
        ControlForm::Text => (
            view! { <label class="name" {..attr("for", field_id(control))}>{label()}<span>{name}</span></label> }
                .into_any(),
            text(control),
        ),
        ControlForm::Count(least) => {
            let value = Signal::derive(move || control.count());
            let set = Callback::new(move |count| control.set(Value::Count(count)));
            (titled(), control.field(name.to_owned(), "", value, least, set))
        }
        ControlForm::Pair(least) => (titled(), pair(control, [("height", "h"), ("width", "w")], least, Value::Pair)),
        ControlForm::Cell => (titled(), pair(control, [("row", "row"), ("column", "col")], 0, Value::Cell)),
        ControlForm::Sides(convention) => (titled(), padding(control, convention)),
    };
    let segments = if only_segments { " only-seg" } else { "" };
    let class = ["ctl", segments, if half { " half" } else { "" }].concat();
    view! {
        <div class={class} {..attr("id", id_of(control))} class:hovered=live(is_hovered)>
            {head}
            {body}
            {below.then(|| part(note))}
            {part(move || errors(control))}
        </div>
    }
    .into_any()
}

fn switch(control: Control) -> AnyView {
    view! {
        <button
            class="switch"
            {..attr("role", "switch")}
            {..attr("aria-label", control.name)}
            {..attr("aria-checked", live(move || control.on().to_string()))}
            on:click=on(move |_| control.set(Value::Switch(!untrack(|| control.on()))))
        >
            <i></i>
        </button>
    }
    .into_any()
}

fn segments(control: Control, options: &'static [Named]) -> AnyView {
    let options = options.iter().enumerate().map(|(index, named)| {
        view! {
            <button
                {..attr("aria-pressed", live(move || (control.chosen() == Some(index)).to_string()))}
                on:click=on(move |_| control.set(Value::Choice(index)))
            >
                {named.name}
            </button>
        }
    });
    view! { <span class="seg wide" {..attr("role", "group")} {..attr("aria-label", control.name)}>{options.collect_view()}</span> }.into_any()
}

fn select(control: Control, options: &'static [Named], value: impl Fn(usize) -> Value + 'static) -> AnyView {
    let options = options.iter().enumerate().map(|(index, named)| {
        view! { <option {..attr("value", index.to_string())} {..attr("selected", live(move || control.chosen() == Some(index)))}>{named.name}</option> }
    });
    view! {
        <select
            class="select"
            {..attr("aria-label", control.name)}
            prop:value=live(move || control.chosen().unwrap_or(0).to_string())
            on:change=on(move |event: leptos::ev::Event| {
                if let Ok(index) = event_target_value(&event).parse() {
                    control.set(value(index));
                }
            })
        >
            {options.collect_view()}
        </select>
    }
    .into_any()
}

/// The sliders of the lab that has some.
pub(crate) fn sliders(control: Control, form: ControlForm) -> AnyView {
    if let ControlForm::Slider { range, step, unit } = form {
        slider(control, range, step, unit)
    } else {
        ().into_any()
    }
}

/// The layers of the lab that has some.
pub(crate) fn layers(control: Control, form: ControlForm) -> AnyView {
    if let ControlForm::Layer { kinds, counts, removable } = form {
        layer(control, kinds, counts, removable)
    } else {
        ().into_any()
    }
}

/// A number that is dragged, with what it is behind it.
fn slider(control: Control, (least, most): (f64, f64), step: f64, unit: &'static str) -> AnyView {
    let shown = move || [format::shown(control.number()), unit.to_owned()].concat();
    view! {
        <span class="slider">
            <input
                {..attr("type", "range")}
                {..attr("aria-label", control.name)}
                {..attr("aria-valuetext", live(shown))}
                {..attr("min", format::ascii(least))}
                {..attr("max", format::ascii(most))}
                {..attr("step", format::ascii(step))}
                prop:value=live(move || format::ascii(control.number()))
                on:input=on(move |event: leptos::ev::Event| {
                    if let Some(number) = decimal::parse(&event_target_value(&event)) {
                        control.set(Value::Number(number));
                    }
                })
            />
            <output>{live(shown)}</output>
        </span>
    }
    .into_any()
}

/// One layer on a line: its kind, its counts, and the button that removes it.
fn layer(control: Control, kinds: &'static [Named], counts: Vec<LayerCount>, removable: bool) -> AnyView {
    let now = move || untrack(|| control.layer());
    let set = move |place: usize, count: usize| {
        let (kind, mut counts) = now();
        if let Some(old) = counts.get_mut(place) {
            *old = count;
        }
        control.set(Value::Layer(kind, counts));
    };
    let fields = counts.into_iter().enumerate().map(|(place, LayerCount { symbol, name, least })| {
        let value = Signal::derive(move || control.layer().1.get(place).copied().unwrap_or(0));
        let name = [control.name, " ", name].concat();
        control.field(name, symbol, value, least, Callback::new(move |count| set(place, count)))
    });
    let remove = ["Remove ", &control.name.to_lowercase()].concat();
    view! {
        <span class="layer" {..attr("role", "group")} {..attr("aria-label", control.name)}>
            <small {..attr("aria-hidden", "true")}>{control.name.strip_prefix("Layer ").unwrap_or(control.name)}</small>
            {select(control, kinds, move |kind| Value::Layer(kind, now().1))}
            {fields.collect_view()}
            {removable.then(|| view! {
                <button class="btn quiet square" {..attr("aria-label", remove.clone())} {..attr("title", remove)} on:click=on(move |_| control.set(Value::Removed))>
                    <Icon shape=Shape::Cross size=14/>
                </button>
            })}
        </span>
    }
    .into_any()
}

fn text(control: Control) -> AnyView {
    view! {
        <input
            {..attr("id", field_id(control))}
            class="field"
            class:invalid=live(move || control.faulty())
            {..attr("aria-invalid", live(move || control.faulty().then_some("true")))}
            {..attr("autocomplete", "off")}
            prop:value=live(move || control.text())
            on:change=on(move |event: leptos::ev::Event| control.set(Value::Text(event_target_value(&event))))
        />
    }
    .into_any()
}

/// Height and width, as one number while they agree and nobody asked for two.
fn pair(
    control: Control,
    [(first, first_hint), (second, second_hint)]: [(&'static str, &'static str); 2],
    least: usize,
    value: fn((usize, usize)) -> Value,
) -> AnyView {
    let two = memo(move || {
        let (height, width) = control.pair();
        control.apart.get() || height != width
    });
    let (height, width) = (Signal::derive(move || control.pair().0), Signal::derive(move || control.pair().1));
    let now = move || untrack(|| control.pair());
    let tie = move |together: bool| {
        control.apart.set(!together);
        if together {
            control.set(value((now().0, now().0)));
        }
    };
    let set_both = Callback::new(move |count| control.set(value((count, count))));
    let set_height = Callback::new(move |count| control.set(value((count, now().1))));
    let set_width = Callback::new(move |count| control.set(value((now().0, count))));
    let fields = either(
        move || two.get(),
        move || {
            view! {
                <span class="pair">
                    {control.field([control.name, " ", first].concat(), first_hint, height, least, set_height)}
                    {control.field([control.name, " ", second].concat(), second_hint, width, least, set_width)}
                </span>
            }
        },
        move || control.field(control.name.to_owned(), "", height, least, set_both),
    );
    let tied = [control.name, ": ", first, " and ", second, " tied"].concat();
    view! { {tie_button(tied, two, Callback::new(tie))}{fields} }.into_any()
}

/// The button that ties two or four numbers together, or lets them go.
fn tie_button(name: String, two: Memo<bool>, tie: Callback<bool>) -> AnyView {
    let words = move || if two.get() { "The same in both directions" } else { "Set each direction by itself" };
    view! {
        <button
            class="btn quiet square tie"
            class:open=live(move || two.get())
            {..attr("aria-pressed", live(move || (!two.get()).to_string()))}
            {..attr("aria-label", name)}
            {..attr("title", live(words))}
            on:click=on(move |_| tie.run(two.get_untracked()))
        >
            <Icon shape=Shape::Chain size=18/>
        </button>
    }
    .into_any()
}

/// Four sides, as one number or two where they agree in the way they are counted.
fn padding(control: Control, convention: PaddingConvention) -> AnyView {
    let total = convention == PaddingConvention::Total;
    let now = move || untrack(|| control.padding());
    let set = move |padding: Padding| control.set(Value::Padding(padding));
    let totals = |Padding { top, bottom, left, right }: Padding| (top + bottom, left + right);
    let sides = memo(move || {
        let padding = control.padding();
        let (height, width) = totals(padding);
        control.apart.get() || if total { height != width } else { !padding.is_even() }
    });
    let tie = move |together: bool| {
        control.apart.set(!together);
        if together {
            let padding = now();
            let height = totals(padding).0;
            set(if total { Padding::total(height, height) } else { Padding::per_side(padding.top) });
        }
    };
    let side = move |name: &'static str, hint: &'static str, of: fn(&mut Padding) -> &mut usize| {
        let value = Signal::derive(move || *of(&mut control.padding()));
        let set = Callback::new(move |count| {
            let mut padding = now();
            *of(&mut padding) = count;
            set(padding);
        });
        control.field(name.to_owned(), hint, value, 0, set)
    };
    let total_field = move |name: &'static str, hint: &'static str, height: bool, both: bool| {
        let value = Signal::derive(move || {
            let (along_height, along_width) = totals(control.padding());
            if height { along_height } else { along_width }
        });
        let set = Callback::new(move |count| {
            let (along_height, along_width) = totals(now());
            set(Padding::total(
                if height || both { count } else { along_height },
                if height && !both { along_width } else { count },
            ));
        });
        control.field(name.to_owned(), hint, value, 0, set)
    };
    let fields = move || match (total, sides.get()) {
        (false, false) => {
            let value = Signal::derive(move || control.padding().top);
            control.field("Padding".to_owned(), "", value, 0, Callback::new(move |count| set(Padding::per_side(count))))
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
fn errors(control: Control) -> Option<AnyView> {
    let bench = control.bench;
    if let Some((text, back)) = control.complaint.get() {
        let sentence = if text.is_empty() {
            "A whole number belongs here.".to_owned()
        } else {
            ["“", &text, "” is not a whole number from 0 to 9,999."].concat()
        };
        let keep = Callback::new(move |()| control.complaint.set(None));
        return Some(view! { <Message sentence repairs=vec![(format!("Keep {back}"), keep)]/> }.into_any());
    }
    // Where the panel is a drawer the stage says it: one alert, not two.
    let here = bench.shows_panel() && !control.id.is_on_stage();
    let about = |problem: &Arc<Problem>| problem.control == control.id;
    let (refused, problem) = bench.wrong.get();
    let wrong = refused.filter(about).or_else(|| problem.filter(|problem| here && about(problem)))?;
    Some(view! { <Message sentence=wrong.sentence.clone() repairs=bench.repairs(&wrong.repairs)/> }.into_any())
}
