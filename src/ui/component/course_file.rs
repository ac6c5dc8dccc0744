//! A part of a page that is made of a file of the course, which is fetched first.

use leptos::{prelude::*, task::spawn_local};

use super::Message;
use crate::ui::{alive::Alive, platform, signal::RwSignal, view::part};

/// No file of the course is longer.
const MOST: u32 = 256 * 1024;

/// What `there` makes of the file `name` of the course; `instead` frames what is said until it is there. `there` makes
/// nothing of a file of another build.
pub(crate) fn course_file(
    name: &str,
    instead: impl Fn(AnyView) -> AnyView + Copy + Send + 'static,
    there: impl Fn(Vec<u8>) -> Option<AnyView> + Send + 'static,
) -> AnyView {
    let came = RwSignal::new(None::<Option<Vec<u8>>>);
    let alive = Alive::here();
    let path = StoredValue::new([&platform::meta("lessons"), "/en/", name].concat());
    let begin = Callback::new(move |()| {
        came.set(None);
        let path = path.get_value();
        spawn_local(async move {
            let bytes = platform::download(&path, MOST, |_, _| ()).await;
            if alive.is() {
                came.set(Some(bytes.ok().map(|bytes| bytes.to_vec())));
            }
        });
    });
    begin.run(());
    let failed = move |sentence: &str, repair: &str, act: Callback<()>| {
        let repairs = vec![(repair.to_owned(), act)];
        instead(view! { <Message sentence=sentence.to_owned() repairs/> }.into_any())
    };
    part(move || match came.get() {
        None => instead(view! { <p class="dim" role="status">"Loading the text …"</p> }.into_any()),
        Some(None) => failed("The text did not come. Check the connection, then try again.", "Try again", begin),
        Some(Some(bytes)) => there(bytes).unwrap_or_else(|| {
            let reload = Callback::new(|()| platform::reload());
            failed("The text is of another version of this site.", "Reload", reload)
        }),
    })
}
