//! The lab's controls. Each stands beside its symbol of the formula, and an error beside its control.

use crate::ui::view::{either, live, on, part, when};
use leptos::prelude::*;
use receptive::{
    formula::PaddingConvention,
    lab::convolution::{Action, Control, Plate, Refusal, Repair},
    link::Panel,
    nn::shape::Padding,
};

use super::{Lab, shape::OutputShape};
use crate::ui::{
    component::{Complaint, CountField, Icon, Message, Shape},
    platform::{self, matches_media},
    route::Route,
};

/// The settings and the output's shape. Where the screen is narrow they are a drawer, `open` or not.
#[component]
pub(super) fn Settings(lab: Lab, open: RwSignal<bool>) -> impl IntoView {
    let route = Route::get();
    let hovered = RwSignal::new(None::<String>);
    let close = move |_| {
        open.set(false);
        platform::focus("main");
    };
    view! {
        <aside
            id="settings"
            tabindex="-1"
            class="panel"
            class:open=live(move || open.get())
            data-hovered=live(move || hovered.get())
            role="region"
            aria-label="Settings"
            on:keydown=on(move |event: leptos::ev::KeyboardEvent| {
                if event.key() == "Escape" && open.get_untracked() {
                    event.stop_propagation();
                    open.set(false);
                    platform::focus("main");
                }
            })
        >
            <button class="btn quiet square close-panel" aria-label="Close settings" on:click=on(close)>
                <Icon shape=Shape::Cross size=16/>
            </button>
            {when(move || !route.hides(Panel::Settings), move || view! {
                <Controls lab hovered/>
    })}
                {when(move || !route.hides(Panel::Shape), move || view! {
                    <OutputShape lab hovered/>
    })}
            </aside>
        }
}

#[component]
fn Controls(lab: Lab, hovered: RwSignal<Option<String>>) -> impl IntoView {
    let session = lab.session;
    let size = move |plate: Plate| Callback::new(move |(rows, cols)| lab.change(Action::Resize { plate, rows, cols }));
    let flip = session.part(|lab| lab.flip);
    view! {
        <Pair lab hovered symbol="n" class="sym-n" name="Input" control=Control::InputSize
            value=session.part(|lab| lab.input.shape()) least=1 on_set=size(Plate::Input)/>
        <Pair lab hovered symbol="k" class="sym-k" name="Kernel" control=Control::KernelSize
            value=session.part(|lab| lab.kernel.shape()) least=1 on_set=size(Plate::Kernel)/>
        <PaddingControl lab hovered/>
        <Pair lab hovered symbol="s" class="sym-s" name="Stride" control=Control::Stride
            value=session.part(|lab| lab.stride) least=1
            on_set=move |stride| lab.change(Action::SetStride(stride))/>
        <Pair lab hovered symbol="d" class="sym-d" name="Dilation" control=Control::Dilation
            value=session.part(|lab| lab.dilation) least=1
            on_set=move |dilation| lab.change(Action::SetDilation(dilation))/>
        <Bias lab/>
        <div class="ctl">
            <span class="name">
                <i class="sym"></i>
                <span id="flip-name">
                    "Flip kernel"
                    <br/>
                    <span class="small faint">
                        {part(move || if flip.get() { "on: convolution" } else { "off: cross-correlation" })}
                    </span>
                </span>
            </span>
            <button
                class="switch"
                role="switch"
                aria-label="Flip kernel"
                aria-checked=live(move || flip.get().to_string())
                on:click=on(move |_| lab.change(Action::SetFlip(!flip.get_untracked())))
            >
                <i></i>
            </button>
        </div>
    }
}

/// Height and width, as one number while they agree and nobody asked for two.
#[component]
fn Pair(
    lab: Lab,
    hovered: RwSignal<Option<String>>,
    symbol: &'static str,
    class: &'static str,
    name: &'static str,
    control: Control,
    value: Memo<(usize, usize)>,
    least: usize,
    #[prop(into)] on_set: Callback<(usize, usize)>,
) -> impl IntoView {
    let apart = RwSignal::new(false);
    let two = Memo::new(move |_| apart.get() || value.with(|(height, width)| height != width));
    let complaint = RwSignal::new(None::<(String, usize)>);
    let invalid = Signal::derive(move || faulty(lab, control));
    let (height, width) = (Signal::derive(move || value.get().0), Signal::derive(move || value.get().1));
    let both = move || on_set.run((value.get_untracked().0, value.get_untracked().0));
    view! {
        <div
            class="ctl"
            id=format!("control-{symbol}")
            class:hovered=live(move || hovered.with(|hovered| hovered.as_deref() == Some(symbol)))
        >
            <span class="name"><i class=format!("sym {class}")>{symbol}</i><span>{name}</span></span>
            <Tie name two on_tie=move |together: bool| {
                apart.set(!together);
                if together { both(); }
            }/>
            {either(
                move || two.get(),
                move || view! {
                <span class="pair">
                    <CountField name=format!("{name} height") hint="h" value=height least invalid complaint
                        on_set=move |count| on_set.run((count, value.get_untracked().1))/>
                    <CountField name=format!("{name} width") hint="w" value=width least invalid complaint
                        on_set=move |count| on_set.run((value.get_untracked().0, count))/>
                </span>
                },
                move || view! {
                    <CountField name=name.to_owned() value=height least invalid complaint
                        on_set=move |count| on_set.run((count, count))/>
                },
            )}
            <Errors lab control complaint/>
        </div>
    }
}

/// The button that ties two or four numbers together, or lets them go.
#[component]
fn Tie(name: &'static str, two: Memo<bool>, #[prop(into)] on_tie: Callback<bool>) -> impl IntoView {
    let words = move || if two.get() { "The same in both directions" } else { "Set each direction by itself" };
    view! {
        <button
            class="btn quiet square tie"
            class:open=live(move || two.get())
            aria-pressed=live(move || (!two.get()).to_string())
            aria-label=format!("{name}: height and width tied")
            title=live(words)
            on:click=on(move |_| on_tie.run(two.get_untracked()))
        >
            <Icon shape=Shape::Chain size=18/>
        </button>
    }
}

#[component]
fn PaddingControl(lab: Lab, hovered: RwSignal<Option<String>>) -> impl IntoView {
    let session = lab.session;
    let padding = session.part(|lab| lab.padding);
    let convention = session.part(|lab| lab.convention);
    let total = Memo::new(move |_| convention.get() == PaddingConvention::Total);
    let apart = RwSignal::new(false);
    let sides = Memo::new(move |_| {
        let Padding { top, bottom, left, right } = padding.get();
        apart.get() || if total.get() { top + bottom != left + right } else { !padding.get().is_even() }
    });
    let complaint = RwSignal::new(None::<(String, usize)>);
    let invalid = Signal::derive(move || faulty(lab, Control::Padding));
    let set = move |padding: Padding| lab.change(Action::SetPadding(padding));
    let totals = move || {
        let Padding { top, bottom, left, right } = padding.get();
        (top + bottom, left + right)
    };
    let tie = move |together: bool| {
        apart.set(!together);
        if together {
            let Padding { top, bottom, .. } = padding.get_untracked();
            set(if total.get_untracked() {
                Padding::total(top + bottom, top + bottom)
            } else {
                Padding::per_side(top)
            });
        }
    };
    let side = move |name: &'static str, hint: &'static str, of: fn(&mut Padding) -> &mut usize| {
        let value = Signal::derive(move || *of(&mut padding.get()));
        view! {
            <CountField name=name.to_owned() hint value invalid complaint
                on_set=move |count| {
                    let mut padding = padding.get_untracked();
                    *of(&mut padding) = count;
                    set(padding);
                }/>
        }
    };
    let fields = move || match (total.get(), sides.get()) {
        (false, false) => view! {
            <CountField name="Padding".to_owned() value=Signal::derive(move || padding.get().top) invalid complaint
                on_set=move |count| set(Padding::per_side(count))/>
        }
        .into_any(),
        (false, true) => view! {
            <span class="pair">
                {side("Padding top", "top", |padding| &mut padding.top)}
                {side("Padding bottom", "bot", |padding| &mut padding.bottom)}
                {side("Padding left", "left", |padding| &mut padding.left)}
                {side("Padding right", "right", |padding| &mut padding.right)}
            </span>
        }
        .into_any(),
        (true, false) => view! {
            <CountField name="Padding".to_owned() value=Signal::derive(move || totals().0) invalid complaint
                on_set=move |count| set(Padding::total(count, count))/>
        }
        .into_any(),
        (true, true) => view! {
            <span class="pair">
                <CountField name="Padding height".to_owned() hint="h" value=Signal::derive(move || totals().0)
                    invalid complaint
                    on_set=move |count| set(Padding::total(count, untrack(totals).1))/>
                <CountField name="Padding width".to_owned() hint="w" value=Signal::derive(move || totals().1)
                    invalid complaint
                    on_set=move |count| set(Padding::total(untrack(totals).0, count))/>
            </span>
        }
        .into_any(),
    };
    let choice = move |name: &'static str, convention_of: PaddingConvention| {
        view! {
            <button
                aria-pressed=live(move || (convention.get() == convention_of).to_string())
                on:click=on(move |_| lab.change(Action::SetConvention(convention_of)))
            >
                {name}
            </button>
        }
    };
    view! {
        <div
            class="ctl"
            id="control-p"
            class:hovered=live(move || hovered.with(|hovered| hovered.as_deref() == Some("p")))
        >
            <span class="name"><i class="sym sym-p">"p"</i><span>"Padding"</span></span>
            <Tie name="Padding" two=sides on_tie=tie/>
            {part(fields)}
            <span class="seg wide" role="group" aria-label="Padding is counted">
                {choice("per side", PaddingConvention::PerSide)}
                {choice("total (course)", PaddingConvention::Total)}
            </span>
            {when(move || total.get() && padding.get() != Padding::default(), move || view! {
                <p class="small faint split">{part(move || split(padding.get()))}</p>
    })}
                <Errors lab control=Control::Padding complaint/>
            </div>
        }
}

/// How a total is split, in words.
fn split(Padding { top, bottom, left, right }: Padding) -> String {
    if (top, bottom) == (left, right) {
        format!("{top} on top and left, {bottom} at the bottom and right")
    } else {
        format!("{top} on top, {bottom} at the bottom, {left} left, {right} right")
    }
}

#[component]
fn Bias(lab: Lab) -> impl IntoView {
    let bias = lab.session.part(|lab| lab.bias.typed());
    let invalid = move || faulty(lab, Control::Bias);
    view! {
        <div class="ctl">
            <label class="name" for="bias"><i class="sym">"b"</i><span>"Bias"</span></label>
            <input
                id="bias"
                class="field"
                class:invalid=live(invalid)
                aria-invalid=live(move || invalid().then_some("true"))
                autocomplete="off"
                prop:value=live(move || bias.get())
                on:change=on(move |event: leptos::ev::Event| lab.change(Action::SetBias(event_target_value(&event))))
            />
            <Errors lab control=Control::Bias complaint=RwSignal::new(None)/>
        </div>
    }
}

fn faulty(lab: Lab, control: Control) -> bool {
    lab.problem().is_some_and(|problem| problem.control == control)
        || refusal(lab).is_some_and(|refusal| refusal.control() == control)
}

fn refusal(lab: Lab) -> Option<Refusal> {
    lab.session.refused().get()
}

/// What is wrong with a control: a text that is no count, a value that was refused, or one that can't be computed.
#[component]
fn Errors(lab: Lab, control: Control, complaint: RwSignal<Complaint>) -> impl IntoView {
    let wide = matches_media("(min-width: 1200px)");
    let route = Route::get();
    let wrong = Memo::new(move |_| {
        if let Some(refusal) = refusal(lab).filter(|refusal| refusal.control() == control) {
            return Some((refusal.to_string(), vec![refusal.repair()]));
        }
        // Where the panel is a drawer the stage says it: one alert, not two.
        let here = wide.get() && !route.lecture();
        lab.problem()
            .filter(|problem| here && problem.control == control)
            .map(|problem| (problem.sentence, problem.repairs))
    });
    move || {
        if let Some((text, back)) = complaint.get() {
            let sentence = if text.is_empty() {
                "A whole number belongs here.".to_owned()
            } else {
                format!("“{text}” is not a whole number from 0 to 9,999.")
            };
            let keep = Callback::new(move |()| complaint.set(None));
            return Some(view! { <Message sentence repairs=vec![(format!("Keep {back}"), keep)]/> });
        }
        let (sentence, repairs): (String, Vec<Repair>) = wrong.get()?;
        Some(view! { <Message sentence repairs=lab.repairs(repairs)/> })
    }
}
