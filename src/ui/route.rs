//! The address bar: always the link to the present state.
//!
//! A page reads the fields it was opened with by [`Route::opened`], and says its state by [`Route::publish`].
//! Only a person's own navigation (a link, the back button, an edited address) opens a page; publishing replaces the
//! address without a history entry.

use crate::ui::view::{effect, memo};
use std::sync::Arc;

use leptos::prelude::*;
use receptive::{
    course,
    link::{Fields, Link, Page, Shared, Theme, Warning},
};

use super::{
    alive::Alive,
    packing,
    platform::{self, host},
};
use crate::ui::signal::{Memo, RwSignal};

/// Browsers limit how often the address may change (Chromium: 200 times in 30 seconds).
const ADDRESS_EVERY_MS: u32 = 160;

/// Where the app is. One for the whole app, in context.
#[derive(Clone, Copy)]
pub(crate) struct Route {
    /// The page on screen.
    pub page: Memo<Page>,
    /// What every page shares.
    pub shared: RwSignal<Shared>,
    /// What could not be read of the link, for the notice.
    pub warnings: RwSignal<Vec<Warning>>,
    /// The theme chosen by hand and remembered; a link's theme wins.
    pub chosen_theme: RwSignal<Option<Theme>>,
    opened: RwSignal<(u32, Link)>,
    /// The page on screen, and what tells its present fields: asked when the address is written, not at every change.
    present: RwSignal<Option<(Page, Present)>>,
    /// The fields of the pages that were left, so that coming back finds the state that was left.
    left: RwSignal<Vec<(Page, Fields)>>,
    /// Whether a lecture has the room to be read from far.
    far: RwSignal<bool>,
    /// What the address was when it was last opened or written. Another one is on its way to be opened.
    known: StoredValue<String>,
}

/// Tells a page's fields, as long as it is there.
type Present = Arc<dyn Fn() -> Option<Fields> + Send + Sync>;

impl Route {
    /// Makes the route from the address's part from the `#`, follows it, and puts it into context.
    pub(crate) fn provide(hash: &str) -> Self {
        let (link, warnings) = Link::decode(hash);
        let shared = RwSignal::new(link.shared.clone());
        let opened = RwSignal::new((0, link));
        let route = Self {
            page: memo(move || opened.with(|(_, link)| link.page)),
            shared,
            warnings: RwSignal::new(warnings),
            chosen_theme: RwSignal::new(platform::stored_theme()),
            opened,
            present: RwSignal::new(None),
            left: RwSignal::new(Vec::new()),
            far: platform::matches_media("(min-width: 600px) and (min-height: 480px)"),
            known: StoredValue::new(hash.to_owned()),
        };
        let pending = platform::Throttle::new(ADDRESS_EVERY_MS);
        effect(move || {
            route.page.track();
            route.shared.track();
            route.present.track();
            pending.run(move || route.write());
        });
        // What was changed a moment ago is in the address before a press leaves it: the back button finds it there.
        platform::on_link(move || route.write());
        effect(move || {
            platform::set_title(match route.page.get() {
                Page::Unknown => "No such page · Receptive",
                page => page.entry().title,
            });
        });
        effect(move || platform::set_root_theme(route.theme()));
        effect(move || platform::set_root_lecture(route.lecture()));
        provide_context(route);
        route
    }

    /// The app's route.
    pub(crate) fn get() -> Self {
        expect_context()
    }

    /// The fields `page` was opened with last, and the count of navigations by then: the same address opened again is a
    /// change, since the state may have moved on; another page's address is none.
    pub(crate) fn opened(self, page: Page) -> Memo<(u32, Fields)> {
        let opened = self.opened;
        Memo::new(
            move |before: Option<&(u32, Fields)>| {
                opened.with(|(count, link)| match before {
                    Some(before) if link.page != page => before.clone(),
                    _ => (*count, link.fields.clone()),
                })
            },
            |before, now| before.0 == now.0,
        )
    }

    /// Says that `page`'s state changed; `fields` tells it, as long as the page is on screen.
    pub(crate) fn publish(self, page: Page, fields: impl Fn() -> Fields + Send + Sync + 'static) {
        // Who published may be gone when the page is opened again and has not published yet: its text is on its way.
        let alive = Alive::here();
        self.present.set(Some((page, Arc::new(move || alive.is().then(&fields)))));
    }

    /// Opens what a person went to, whose page is loaded.
    pub(crate) fn arrive(self, hash: &str) {
        let (link, warnings) = Link::decode(hash);
        if link.page != self.page.get_untracked() {
            platform::let_go_of_page();
        }
        self.park();
        self.known.set_value(hash.to_owned());
        self.warnings.set(warnings);
        self.shared.set(link.shared.clone());
        self.opened.update(|opened| *opened = (opened.0 + 1, link));
    }

    /// Keeps the fields of the page that is about to be left.
    fn park(self) {
        let link = self.link();
        host::left(&platform::address_of(&packing::encode(&link)));
        let Link { page, fields, .. } = link;
        // There is no way back to an address that names no page.
        if page != Page::Unknown {
            self.left.update(|left| {
                left.retain(|(known, _)| *known != page);
                left.push((page, fields));
            });
        }
    }

    /// The page that was asked for can't be shown: the address is this page's again.
    pub(crate) fn stay(self) {
        self.known.set_value(platform::hash());
        self.shared.notify();
    }

    /// Adds to what could not be read of the link.
    pub(crate) fn warn(self, more: Vec<Warning>) {
        if !more.is_empty() {
            self.warnings.update(|warnings| warnings.extend(more));
        }
    }

    /// The link to the present state, not tracked.
    pub(crate) fn link(self) -> Link {
        let page = self.page.get_untracked();
        let present = self.present.get_untracked().filter(|(known, _)| *known == page);
        let present = present.and_then(|(_, present)| present());
        let fields = present.unwrap_or_else(|| self.opened.with_untracked(|(_, link)| link.fields.clone()));
        Link { page, fields, shared: self.shared.get_untracked() }
    }

    /// Where a link in the page's chrome leads: `page` as it was left, else where a visitor begins.
    pub(crate) fn href(self, page: Page) -> String {
        let fields =
            self.left.with(|left| left.iter().find(|(known, _)| *known == page).map(|(_, fields)| fields.clone()));
        let shared = Shared { hide: Vec::new(), ..self.shared.get() };
        packing::encode(&Link { page, fields: fields.unwrap_or_else(|| page.beginning()), shared })
    }

    /// Writes the present state into the address.
    fn write(self) {
        // Between a navigation and its event the address is the next page's already. One that names no page stays: home's
        // would be another page's, and its links would lead nowhere.
        let is_known = self.known.with_value(|known| platform::is_at(known));
        if is_known && self.page.get_untracked() != Page::Unknown {
            let link = self.link();
            let text = packing::encode_and(&link, move || self.write());
            platform::replace_hash(&text);
            self.known.set_value(platform::hash());
            // The home page leads there next time.
            if course::is_place(&link, &text) {
                platform::store(course::LAST, &text);
            }
        }
    }

    /// Goes there, as a link of the page's chrome does.
    pub(crate) fn go(self, page: Page) {
        self.write();
        platform::go_to_hash(&untrack(|| self.href(page)));
    }

    /// The theme in force, `None` for the system's.
    pub(crate) fn theme(self) -> Option<Theme> {
        self.shared.with(|shared| shared.theme).or_else(|| self.chosen_theme.get())
    }

    /// Chooses a theme and remembers it; `None` follows the system.
    pub(crate) fn choose_theme(self, theme: Option<Theme>) {
        self.shared.update(|shared| shared.theme = None);
        self.chosen_theme.set(theme);
        platform::store_theme(theme);
    }

    /// Whether lecture mode is on: by the link, or since the page is a lecture.
    pub(crate) fn lecture(self) -> bool {
        self.shared.with(|shared| shared.lecture) || (self.page.get() == Page::Lecture && self.far.get())
    }

    /// The same without tracking.
    pub(crate) fn lecture_now(self) -> bool {
        self.shared.with_untracked(|shared| shared.lecture)
    }

    /// Enters or leaves lecture mode.
    pub(crate) fn set_lecture(self, on: bool) {
        if self.lecture_now() != on {
            self.shared.update(|shared| shared.lecture = on);
        }
    }

    /// Whether the link hides `panel`.
    pub(crate) fn hides(self, panel: receptive::link::Panel) -> bool {
        self.shared.with(|shared| shared.hide.contains(&panel))
    }
}
