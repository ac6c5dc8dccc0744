//! A button that copies a text, and says so.

use std::time::Duration;

use crate::ui::view::{live, on, part, when};
use leptos::{prelude::*, task::spawn_local};

use super::{Icon, Shape};
use crate::ui::{platform, route::Route};

/// How long the button says that the text was copied.
const SAID_FOR: Duration = Duration::from_secs(3);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Copied {
    NotYet,
    Done,
    /// The browser does not let a page copy: the text is shown, selected, to be copied by hand.
    ByHand,
}

/// "Copy link": the link to what is on screen.
#[component]
pub(crate) fn CopyLink() -> impl IntoView {
    let route = Route::get();
    let address = move || platform::address_of(&route.link().encode());
    view! {
        <CopyText
            label="Copy link"
            said="Link copied"
            title="Copies the address of exactly what is on screen"
            by_hand="This page may not copy by itself. Copy the link from here:"
            text=Callback::new(move |()| address())
        />
    }
}

/// The button named `label`, which copies what `text` tells when it is pressed.
#[component]
pub(crate) fn CopyText(
    label: &'static str,
    /// What the button is called after that.
    said: &'static str,
    title: &'static str,
    /// What is said where the browser does not let a page copy.
    by_hand: &'static str,
    text: Callback<(), String>,
) -> impl IntoView {
    let copied = RwSignal::new(Copied::NotYet);
    let field = NodeRef::<leptos::html::Input>::new();
    let copy = move |_| {
        let text = untrack(move || text.run(()));
        spawn_local(async move {
            if platform::copy_text(&text).await {
                copied.try_set(Copied::Done);
                platform::after(SAID_FOR, move || {
                    copied.try_update(|copied| {
                        if *copied == Copied::Done {
                            *copied = Copied::NotYet;
                        }
                    });
                });
            } else {
                copied.try_set(Copied::ByHand);
            }
        });
    };
    Effect::new(move |_| {
        if let (Copied::ByHand, Some(field)) = (copied.get(), field.get()) {
            // The field has its text by the next frame.
            platform::next_frame(move || {
                platform::focus_element(&field);
                field.select();
            });
        }
    });
    view! {
        <div class="copy-link">
            <button class="btn quiet" on:click=on(copy) title=title>
                {part(move || if copied.get() == Copied::Done {
                    view! { <Icon shape=Shape::Tick/> }
                } else {
                    view! { <Icon shape=Shape::Link/> }
                })}
                <span>{part(move || if copied.get() == Copied::Done { said } else { label })}</span>
            </button>
            <span class="vh" role="status">{part(move || (copied.get() == Copied::Done).then_some(said))}</span>
            {when(move || copied.get() == Copied::ByHand, move || view! {
                <label class="by-hand">
                    <span class="small">{by_hand}</span>
                    <input
                        node_ref=field
                        readonly
                        prop:value=live(move || text.run(()))
                        on:blur=on(move |_| copied.set(Copied::NotYet))
                    />
                </label>
    })}
            </div>
        }
}
