//! The settings of a run.

use super::training::Training;
use crate::ui::view::{attr, live, memo, on, part, when};
use leptos::{ev::KeyboardEvent, prelude::*};
use receptive::{
    data::Augment,
    lab::train::{Field, Model, Phase, RECIPES, Recipe, TrainAction, TrainState},
    link::Panel,
    train::{OptimizerKind, Schedule},
};

use crate::ui::{component::Message, route::Route, signal::Memo};

/// An option of a list: its value, its name, what it does.
type Choices = &'static [(&'static str, &'static str, TrainAction)];

const MODELS: Choices = &[
    ("lenet", "ReLU LeNet", TrainAction::ChooseModel(Model::LeNet)),
    ("sigmoid", "Sigmoid LeNet", TrainAction::ChooseModel(Model::LeNetSigmoid)),
    ("own", "Own layers", TrainAction::ChooseModel(Model::Own)),
];

const OPTIMIZERS: Choices = &[
    ("sgd", "SGD", TrainAction::Choose(OptimizerKind::Sgd)),
    ("nesterov", "SGD, Nesterov", TrainAction::Choose(OptimizerKind::Nesterov)),
    ("adam", "Adam", TrainAction::Choose(OptimizerKind::Adam)),
    ("adamw", "AdamW", TrainAction::Choose(OptimizerKind::AdamW)),
];

const SCHEDULES: Choices = &[
    ("linear", "Linear to 0", TrainAction::ChooseSchedule(Schedule::Linear)),
    ("constant", "Constant", TrainAction::ChooseSchedule(Schedule::Constant)),
    ("step", "In steps", TrainAction::ChooseSchedule(Schedule::Step)),
    ("cosine", "Cosine to 0", TrainAction::ChooseSchedule(Schedule::Cosine)),
    ("onecycle", "One cycle", TrainAction::ChooseSchedule(Schedule::OneCycle)),
];

const AUGMENTS: Choices = &[
    ("none", "None", TrainAction::ChooseAugment(Augment::None)),
    ("shift", "Shift", TrainAction::ChooseAugment(Augment::Shift)),
    ("affine", "Affine", TrainAction::ChooseAugment(Augment::Affine)),
    ("elastic", "Elastic", TrainAction::ChooseAugment(Augment::Elastic)),
];

const WORKERS: Choices = &[
    ("auto", "Automatic", TrainAction::ChooseWorkers(None)),
    ("1", "1", TrainAction::ChooseWorkers(Some(1))),
    ("2", "2", TrainAction::ChooseWorkers(Some(2))),
    ("3", "3", TrainAction::ChooseWorkers(Some(3))),
    ("4", "4", TrainAction::ChooseWorkers(Some(4))),
    ("5", "5", TrainAction::ChooseWorkers(Some(5))),
    ("6", "6", TrainAction::ChooseWorkers(Some(6))),
    ("7", "7", TrainAction::ChooseWorkers(Some(7))),
    ("8", "8", TrainAction::ChooseWorkers(Some(8))),
];

/// The value of the option for settings that are no recipe's.
const CUSTOM: &str = "custom";

/// The panel.
#[component]
pub(crate) fn Settings(training: Training) -> impl IntoView {
    let route = Route::get();
    let locked = training.part(|lab| match lab.phase() {
        Phase::Empty => None,
        Phase::Finished | Phase::Stopped(_) => Some("Locked while there is a run. Reset to change."),
        _ => Some("Locked while there is a run, but for the learning rate. Reset to change."),
    });
    let penalties = [Field::Momentum, Field::WeightDecay, Field::Smoothing];
    let sizes = [Field::Batch, Field::Epochs, Field::Seed, Field::TrainImages];
    view! {
        {when(move || !route.hides(Panel::Settings), move || view! {
            <section
                {..attr("id", "training-settings")}
                class="training-settings"
                {..attr("role", "region")}
                {..attr("aria-label", "Settings")}
                {..attr("aria-describedby", "settings-locked")}
                {..attr("tabindex", "-1")}
            >
                <RecipeChoice training/>
                <Choice
                    training id="model" name="Model" choices=MODELS
                    chosen=|lab| TrainAction::ChooseModel(lab.settings().model())
                />
                <Layers training/>
                <Choice
                    training id="optimizer" name="Optimizer" choices=OPTIMIZERS
                    chosen=|lab| TrainAction::Choose(lab.settings().optimizer())
                />
                <SettingField training field=Field::LearningRate/>
                <Choice
                    training id="schedule" name="Rate schedule" choices=SCHEDULES
                    chosen=|lab| TrainAction::ChooseSchedule(lab.settings().schedule())
                />
                {penalties.map(|field| view! { <SettingField training field/> })}
                <Choice
                    training id="augment" name="Augmentation" choices=AUGMENTS
                    chosen=|lab| TrainAction::ChooseAugment(lab.settings().augment())
                />
                {sizes.map(|field| view! { <SettingField training field/> })}
                <Choice
                    training id="workers" name="Workers" choices=WORKERS
                    chosen=|lab| TrainAction::ChooseWorkers(lab.settings().workers())
                />
                <p {..attr("id", "settings-locked")} class="small faint">{locked.live()}</p>
            </section>
        })}
    }
}

/// All settings but the seed at once, with the sentence about them.
#[component]
fn RecipeChoice(training: Training) -> impl IntoView {
    let recipe = training.part(|lab| lab.settings().recipe());
    let value = move || recipe.get().map_or(CUSTOM, |recipe| recipe.link);
    let locked = move || training.with(|lab| *lab.phase() != Phase::Empty);
    let choose = move |event: leptos::ev::Event| {
        let value = event_target_value(&event);
        if let Some(recipe) = RECIPES.iter().find(|recipe| recipe.link == value) {
            training.dispatch(TrainAction::ChooseRecipe(recipe));
        }
    };
    let options = RECIPES
        .iter()
        .map(|recipe| {
            let own = recipe.link;
            view! { <option {..attr("value", own)} {..attr("selected", live(move || value() == own))}>{recipe.name}</option> }
        })
        .collect_view();
    view! {
        <div class="setting recipe">
            <label class="name" for="recipe">"Recipe"</label>
            <select
                {..attr("id", "recipe")}
                class="select"
                {..attr("aria-describedby", "recipe-sentence")}
                prop:value=live(value)
                {..attr("disabled", live(locked))}
                on:change=on(choose)
            >
                {options}
                // It says what is; it can't be chosen.
                <option {..attr("value", CUSTOM)} {..attr("disabled", true)} {..attr("hidden", true)} {..attr("selected", live(move || value() == CUSTOM))}>"Custom"</option>
            </select>
            <p {..attr("id", "recipe-sentence")} class="about small">{live(move || recipe.get().map(Recipe::sentence))}</p>
        </div>
    }
}

/// One of a few.
#[component]
fn Choice(
    training: Training,
    id: &'static str,
    name: &'static str,
    choices: Choices,
    /// The action that has led to the present choice.
    chosen: fn(&TrainState) -> TrainAction,
) -> impl IntoView {
    let value = move || {
        let chosen = training.with(chosen);
        choices.iter().find(|(.., action)| *action == chosen).map_or("", |(value, ..)| value)
    };
    let locked = move || training.with(|lab| *lab.phase() != Phase::Empty);
    let choose = move |event: leptos::ev::Event| {
        let value = event_target_value(&event);
        if let Some((.., action)) = choices.iter().find(|(known, ..)| *known == value) {
            training.dispatch(action.clone());
        }
    };
    let options = choices
        .iter()
        .map(|(own, name, _)| view! { <option {..attr("value", *own)} {..attr("selected", live(move || value() == *own))}>{*name}</option> })
        .collect_view();
    view! {
        <div class="setting">
            <label class="name" {..attr("for", id)}>{name}</label>
            <select {..attr("id", id)} class="select" prop:value=live(value) {..attr("disabled", live(locked))} on:change=on(choose)>{options}</select>
        </div>
    }
}

/// The layers of a network of one's own.
#[component]
fn Layers(training: Training) -> impl IntoView {
    let own = training.part(|lab| lab.settings().model() == Model::Own);
    let text = training.part(|lab| lab.settings().layers().to_owned());
    let locked = training.part(|lab| *lab.phase() != Phase::Empty);
    let problem = training.part(TrainState::layers_repair);
    let wrong = memo(move || problem.with(Option::is_some));
    let described = move || if wrong.get() { "layers-error" } else { "layers-note" };
    let note = training.part(|lab| lab.layers_note().to_owned());
    view! {
        <div class="setting recipe layers" {..attr("hidden", live(move || !own.get()))}>
            <label class="name" for="layers">"Layers"</label>
            <input
                {..attr("id", "layers")}
                class="field"
                {..attr("type", "text")}
                {..attr("autocomplete", "off")}
                {..attr("autocapitalize", "off")}
                {..attr("spellcheck", "false")}
                {..attr("aria-invalid", live(move || wrong.get().then_some("true")))}
                {..attr("aria-describedby", live(described))}
                {..attr("disabled", locked.live())}
                prop:value=text.live()
                on:input=on(move |event: leptos::ev::Event| {
                    training.dispatch(TrainAction::TypeLayers(event_target_value(&event)));
                })
            />
            <p {..attr("id", "layers-note")} class="about small">{note.live()}</p>
            <div {..attr("id", "layers-error")} class="error">
                {part(move || problem.get().map(|(sentence, repair)| view! {
                    <Message sentence repairs=training.repairs(repair)/>
                }))}
            </div>
        </div>
    }
}

/// A number that is typed, or stepped by a button on each side.
#[component]
fn SettingField(training: Training, field: Field) -> impl IntoView {
    let id = format!("setting-{field:?}").to_ascii_lowercase();
    let (error_id, note_id) = (format!("{id}-error"), format!("{id}-note"));
    let text = training.part(move |lab| lab.settings().text(field).to_owned());
    let used = training.part(move |lab| field.used_by(lab.settings().optimizer()));
    let locked = training.part(move |lab| lab.is_locked(field));
    let problem =
        training.part(move |lab| lab.setting_repair(field).map(|(error, repair)| (error.to_string(), repair)));
    let wrong = memo(move || problem.with(Option::is_some));
    let lower = training.part(move |lab| lab.settings().neighbour(field, false));
    let higher = training.part(move |lab| lab.settings().neighbour(field, true));
    let change = training.part(move |lab| {
        let run = lab.run().filter(|_| field == Field::LearningRate)?;
        Some(run.record.rates.last()?.sentence(run.record.step))
    });

    let commit = move |text: String| training.dispatch(TrainAction::Commit(field, text));
    let step = move |next: Memo<Option<String>>| {
        if let Some(text) = next.get_untracked().filter(|_| !locked.get_untracked()) {
            commit(text);
        }
    };
    let pressed = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowUp" => {
            event.prevent_default();
            step(higher);
        }
        "ArrowDown" => {
            event.prevent_default();
            step(lower);
        }
        _ => {}
    };
    let described = {
        let (error_id, note_id) = (error_id.clone(), note_id.clone());
        move || if wrong.get() { error_id.clone() } else { note_id.clone() }
    };
    let name = field.label();
    let spoken = name.to_ascii_lowercase();
    view! {
        <div class="setting" class:rate={field == Field::LearningRate} {..attr("hidden", live(move || !used.get()))}>
            <label class="name" {..attr("for", id.clone())}>{name}</label>
            <span class="stepper" class:invalid=wrong.live() class:locked=locked.live()>
                <button
                    {..attr("type", "button")}
                    {..attr("tabindex", "-1")}
                    {..attr("aria-label", format!("Lower {spoken}"))}
                    {..attr("disabled", live(move || locked.get() || lower.with(Option::is_none)))}
                    on:click=on(move |_| step(lower))
                >
                    "−"
                </button>
                <input
                    {..attr("id", id)}
                    {..attr("type", "text")}
                    {..attr("inputmode", "decimal")}
                    {..attr("autocomplete", "off")}
                    {..attr("spellcheck", "false")}
                    {..attr("aria-invalid", live(move || wrong.get().then_some("true")))}
                    {..attr("aria-describedby", live(described))}
                    {..attr("disabled", locked.live())}
                    prop:value=text.live()
                    on:input=on(move |event: leptos::ev::Event| training.type_text(field, event_target_value(&event)))
                    on:change=on(move |event: leptos::ev::Event| commit(event_target_value(&event)))
                    on:keydown=on(pressed)
                />
                <button
                    {..attr("type", "button")}
                    {..attr("tabindex", "-1")}
                    {..attr("aria-label", format!("Raise {spoken}"))}
                    {..attr("disabled", live(move || locked.get() || higher.with(Option::is_none)))}
                    on:click=on(move |_| step(higher))
                >
                    "+"
                </button>
            </span>
            <p {..attr("id", note_id)} class="note small">{change.live()}</p>
            <div {..attr("id", error_id)} class="error">
                {part(move || problem.get().map(|(sentence, repair)| view! {
                    <Message sentence repairs=training.repairs(repair)/>
                }))}
            </div>
        </div>
    }
}
