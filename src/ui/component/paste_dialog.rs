//! "Paste a matrix": a text or a file, what would be read of it, and where it goes.

use crate::ui::view::{attr, effect, html, live, memo, on, part, when};
use leptos::prelude::*;
use receptive::markup::Markup;
use receptive::paste::{Diagnostic, FORMATS, Limits, MAX_FILE, Planes, Preview, Reading, Severity, read_file, writers};

use crate::ui::platform::{Import, focus, import_chosen, import_drop, next_frame, pasted};
use crate::ui::signal::{RwSignal, Signal};

/// What the dialog opens with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PasteRequest {
    /// What is there already: a text, perhaps an empty one, or a file that was dropped on the page.
    pub(crate) taken: Import,
    /// The target that is chosen, by its place in the list.
    pub(crate) target: usize,
}

/// What the dialog shows. One signal for all of it: each type of signal is a copy of Leptos's code.
#[derive(Debug)]
struct Dialog {
    text: String,
    /// The name of the file that was read in place of the text.
    file: Option<String>,
    reading: Reading,
    target: usize,
}

impl Dialog {
    fn new(taken: &Import, target: usize) -> Self {
        let (text, file, reading) = match taken {
            Import::Text(text) => (text.clone(), None, Reading::of_text(text)),
            Import::File(name, Some(bytes)) => (String::new(), Some(name.clone()), read_file(name, bytes)),
            Import::File(name, None) => (String::new(), Some(name.clone()), Reading::failed(Diagnostic::Unopened)),
            Import::TooLong(name, bytes) => {
                let error = Diagnostic::TooLong { bytes: *bytes, limit: MAX_FILE };
                (String::new(), Some(name.clone()), Reading::failed(error))
            }
        };
        Self { text, file, reading, target }
    }

    fn is_empty(&self) -> bool {
        self.file.is_none() && self.text.trim().is_empty()
    }
}

/// The dialog, open while `open` holds a request. `on_put` gets the target's place in the list and what that takes: as
/// many channels and filters and no larger grids than its limits.
#[component]
pub(crate) fn PasteDialog(
    open: RwSignal<Option<PasteRequest>>,
    /// Where it can go: names such as "Input", with the most that each takes.
    #[prop(into)]
    targets: Signal<Vec<(String, Limits)>>,
    on_put: Callback<(usize, Planes)>,
) -> impl IntoView {
    let shown = RwSignal::new(Dialog::new(&Import::Text(String::new()), 0));
    let dialog = NodeRef::<leptos::html::Dialog>::new();
    let is_open = memo(move || open.with(Option::is_some));
    effect(move || {
        let Some(dialog) = dialog.get() else { return };
        if let Some(new) = open.with(|open| open.as_ref().map(|open| Dialog::new(&open.taken, open.target))) {
            shown.set(new);
            if !dialog.open() {
                // It fails for a dialog that is not on the page, which then is not seen either.
                drop(dialog.show_modal());
                // What is in it has been built by the next frame.
                next_frame(|| focus("paste-text"));
            }
        } else if dialog.open() {
            dialog.close();
        }
    });
    let take = move |taken: Import| {
        shown.try_update(|shown| *shown = Dialog::new(&taken, shown.target));
    };
    view! {
        <dialog
            class="paste-dialog"
            node_ref={dialog}
            {..attr("aria-label", "Paste a matrix")}
            // Esc closes it as well.
            on:close=on(move |_| if is_open.get_untracked() { open.set(None) })
            on:dragover=on(|event: leptos::ev::DragEvent| event.prevent_default())
            on:drop=on(move |event: leptos::ev::DragEvent| import_drop(&event, MAX_FILE, Box::new(take)))
        >
            {when(move || is_open.get(), move || view! {
                <Contents open shown targets on_put/>
    })}
            </dialog>
        }
}

#[component]
fn Contents(
    open: RwSignal<Option<PasteRequest>>,
    shown: RwSignal<Dialog>,
    targets: Signal<Vec<(String, Limits)>>,
    on_put: Callback<(usize, Planes)>,
) -> impl IntoView {
    let take = move |taken: Import| {
        shown.try_update(|shown| *shown = Dialog::new(&taken, shown.target));
    };
    // A spreadsheet's line ends tell that an empty line is an empty cell; a field makes others of them.
    let from_sheet = StoredValue::new(false);
    let typed = move |event: leptos::ev::Event| {
        let text = event_target_value(&event);
        let is_sheet = from_sheet.get_value() || shown.with_untracked(|shown| shown.text.contains('\r'));
        from_sheet.set_value(false);
        take(Import::Text(if is_sheet { text.replace('\n', "\r\n") } else { text }));
    };
    let comes = move |event: leptos::ev::ClipboardEvent| {
        let Some(pasted) = pasted(&event) else { return };
        from_sheet.set_value(pasted.text.contains('\r'));
        if pasted.text.is_empty() {
            event.prevent_default();
            take(Import::Text(pasted.html));
        }
    };
    let put = move |_| {
        let fitted = shown.with_untracked(|shown| {
            let limits = targets.with_untracked(|targets| targets.get(shown.target).map(|(_, limits)| *limits))?;
            Some((shown.target, shown.reading.planes.as_ref()?.fitted(&limits)?))
        });
        if let Some((target, planes)) = fitted {
            open.set(None);
            on_put.run((target, planes));
        }
    };
    // Whether it goes in, and what there is to say of that.
    let fit = move || {
        let (preview, name) = preview(shown, targets)?;
        Some((preview.fit.goes(), preview.fit.sentence(&name)))
    };
    let stays = memo(move || !fit().is_some_and(|(goes, _)| goes));
    view! {
        <h2>"Paste a matrix"</h2>
        <textarea
            class="paste-text"
            {..attr("rows", "7")}
            {..attr("spellcheck", "false")}
            {..attr("autocapitalize", "off")}
            {..attr("id", "paste-text")}
            {..attr("aria-label", "Numbers")}
            {..attr("aria-describedby", "paste-hint")}
            prop:value=live(move || shown.with(|shown| shown.text.clone()))
            on:paste=on(comes)
            on:input=on(typed)
        ></textarea>
        <div class="paste-file">
            <p {..attr("id", "paste-hint")} class="small dim">
                {["From: ", &writers(), "; or drop a file, .npy too."].concat()}
            </p>
            <label class="btn line">
                <input
                    {..attr("type", "file")}
                    class="vh"
                    on:change=on(move |event: leptos::ev::Event| import_chosen(&event, MAX_FILE, Box::new(take)))
                />
                "Choose a file"
            </label>
        </div>
        <select
            class="select"
            {..attr("aria-label", "Examples of what is read")}
            on:change=on(move |event: leptos::ev::Event| {
                let name = event_target_value(&event);
                if let Some((_, text)) = FORMATS.iter().find(|(known, _)| *known == name) {
                    take(Import::Text((*text).to_owned()));
                }
            })
            inner_html=html(examples)
        ></select>
        <div class="paste-preview">{part(move || found(shown, targets))}</div>
        {part(move || choices(shown, &targets.get()))}
        <p {..attr("id", "paste-fit")} class="small dim" {..attr("role", "status")}>{part(move || fit().and_then(|(_, sentence)| sentence))}</p>
        <div class="paste-buttons">
            <button class="btn line" on:click=on(move |_| open.set(None))>"Cancel"</button>
            <button
                class="btn solid"
                {..attr("aria-describedby", "paste-fit")}
                {..attr("disabled", live(move || stays.get()))}
                on:click=on(put)
            >
                "Put it in"
            </button>
        </div>
    }
}

/// The choice of examples.
fn examples() -> Markup {
    let mut options = Markup::raw("<option>Examples of what is read");
    for (name, _) in FORMATS {
        options.push_raw("<option>").push_text(name);
    }
    options
}

/// What to show beside the chosen target, and that target's name.
fn preview(shown: RwSignal<Dialog>, targets: Signal<Vec<(String, Limits)>>) -> Option<(Preview, String)> {
    shown.with(|shown| {
        let (name, limits) = targets.with(|targets| targets.get(shown.target).cloned())?;
        Some((Preview::new(&shown.reading, &limits), name))
    })
}

/// What was read: format, shape and numbers, the first rows, and what is to be said of it.
fn found(shown: RwSignal<Dialog>, targets: Signal<Vec<(String, Limits)>>) -> Option<AnyView> {
    let (empty, file) = shown.with(|shown| (shown.is_empty(), shown.file.clone()));
    let (preview, _) = preview(shown, targets)?;
    if empty {
        return None;
    }
    let cells = |row: Vec<String>| row.into_iter().map(|cell| view! { <td>{cell}</td> }).collect_view();
    let rows = preview.table.into_iter().map(|row| view! { <tr>{cells(row)}</tr> }).collect_view();
    let caption = preview.summary.is_some().then_some(preview.caption);
    let notes = preview.notes.into_iter().map(|(severity, said)| {
        let class = if severity == Severity::Error { "error" } else { "" };
        view! { <li class=class>{said}</li> }
    });
    let view = view! {
        {file.map(|file| view! { <p class="small dim">{file}</p> })}
        <p {..attr("role", "status")}>{preview.summary}</p>
        <ul class="paste-notes small">{notes.collect_view()}</ul>
        {caption.map(|caption| view! {
            <table class="paste-table">
                <caption class="small dim">{caption}</caption>
                <tbody>{rows}</tbody>
            </table>
        })}
    };
    Some(view.into_any())
}

/// Where it can go, if there is a choice.
fn choices(shown: RwSignal<Dialog>, targets: &[(String, Limits)]) -> Option<AnyView> {
    if targets.len() < 2 {
        return None;
    }
    let chosen = shown.with_untracked(|shown| shown.target);
    let choices = targets.iter().enumerate().map(|(target, (name, _))| {
        view! {
            <label>
                <input
                    {..attr("type", "radio")}
                    {..attr("name", "paste-target")}
                    {..attr("checked", target == chosen)}
                    on:change=on(move |_: leptos::ev::Event| shown.update(|shown| shown.target = target))
                />
                {name.clone()}
            </label>
        }
    });
    let view = view! {
        <fieldset class="paste-targets">
            <legend class="small dim">"Where it goes"</legend>
            {choices.collect_view()}
        </fieldset>
    };
    Some(view.into_any())
}
