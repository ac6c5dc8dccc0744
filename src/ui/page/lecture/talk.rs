//! A lecture that is given: where it is, what was changed in it, and what the other window does.

use std::sync::Arc;

use leptos::{prelude::*, task::spawn_local};
use receptive::{
    bench::Event,
    course::{
        LECTURE,
        lecture::{
            Edit, Lecture, Opened, Place, Scene, Told, carried, fill, hear, is_setting,
            markup::{self, From},
            shown, tell,
        },
    },
    link::{Fields, Link, Page, Panel, Shared},
    markup::Markup,
};

use super::super::point;
use crate::ui::{
    bench::{Group, LiveBench, Standing},
    component::overlay,
    packing,
    platform::{
        self, Channel, Import,
        export::{Content, save_as},
        host,
    },
    route::Route,
    said::Said,
    signal::{Memo, RwSignal, Signal},
    view::{effect, memo},
};

/// What the windows of a lecture are called.
const CHANNEL: &str = "receptive.lecture";

/// After so many unanswered seconds there is no screen.
const PATIENCE: u32 = 3;

/// The longest link that messengers leave whole.
const LONGEST: usize = 8_000;

/// The most digits of a scene's number.
const DIGITS: usize = 3;

/// A lecture that is given.
#[derive(Clone, Copy)]
pub(super) struct Talk {
    /// Where it is.
    pub(super) place: RwSignal<Place>,
    /// The scene whose lab is on the page, and how often it was begun anew.
    pub(super) shown: Memo<(usize, u32)>,
    pub(super) overview: RwSignal<bool>,
    pub(super) notes: RwSignal<bool>,
    /// Whether this is the lecturer's window.
    pub(super) presenter: bool,
    pub(super) group: Group,
    /// The course's lecture.
    course: StoredValue<Arc<Lecture>>,
    route: Route,
    lecture: RwSignal<Arc<Lecture>>,
    own: StoredValue<bool>,
    begun: RwSignal<u32>,
    black: RwSignal<bool>,
    code: RwSignal<bool>,
    typed: RwSignal<String>,
    /// The labs that were changed by hand, by scene.
    edits: StoredValue<Vec<(usize, Fields)>>,
    channel: Channel,
    /// Where the lecture came from.
    from: RwSignal<From>,
    /// Seconds since the other window was heard.
    silence: RwSignal<u32>,
    /// What was said or heard last: it is not said again.
    last: StoredValue<Told>,
}

impl Talk {
    pub(super) fn new(route: Route, course: Lecture) -> Self {
        let (opened, warnings) = route.opened(Page::Lecture).with_untracked(|(_, fields)| Opened::read(fields));
        route.warn(warnings);
        let course = Arc::new(course);
        let (lecture, from) = lecture_of(&opened, &course);
        let place = RwSignal::new(opened.place.within(&lecture));
        let begun = RwSignal::new(0);
        let heard = RwSignal::new(None::<String>);
        let talk = Self {
            place,
            shown: memo(move || (place.get().scene, begun.get())),
            // A lecture of one's own without scenes has an overview alone.
            overview: RwSignal::new(lecture.scenes.is_empty()),
            notes: RwSignal::new(false),
            presenter: opened.presenter,
            group: Group::provide(),
            course: StoredValue::new(course),
            route,
            lecture: RwSignal::new(lecture),
            own: StoredValue::new(opened.own),
            begun,
            black: RwSignal::new(false),
            code: RwSignal::new(false),
            typed: RwSignal::new(String::new()),
            edits: StoredValue::new(Vec::new()),
            channel: Channel::open(CHANNEL, move |text| {
                heard.try_set(Some(text.to_owned()));
            }),
            from: RwSignal::new(from),
            silence: RwSignal::new(PATIENCE),
            last: StoredValue::new(Told::default()),
        };
        effect(move || {
            if let Some(text) = heard.get() {
                untrack(|| talk.hear(&text));
            }
        });
        talk.say_what_changes();
        talk.follow_reveals();
        talk.load_ahead();
        talk
    }

    /// The address was edited, or the back button pressed.
    pub(super) fn open(self, fields: &Fields) {
        let (opened, warnings) = Opened::read(fields);
        self.route.warn(warnings);
        if self.own.get_value() != opened.own || !opened.text.is_empty() {
            self.own.set_value(opened.own);
            self.edits.set_value(Vec::new());
            let (lecture, from) = lecture_of(&opened, &self.course.get_value());
            self.overview.set(lecture.scenes.is_empty());
            self.from.set(from);
            self.lecture.set(lecture);
            self.begun.update(|begun| *begun += 1);
        }
        self.go(opened.place);
    }

    pub(super) fn fields(self) -> Fields {
        let (own, place) = (self.own.get_value(), self.place.get_untracked());
        // What is kept nowhere else stays in the link.
        let text = if self.from.get_untracked() == From::Link {
            self.lecture.with_untracked(|lecture| lecture.encode())
        } else {
            String::new()
        };
        Opened { own, place, presenter: self.presenter, text }.fields()
    }

    /// Something of the lecture where it is, tracked.
    pub(super) fn with<T>(self, of: impl FnOnce(&Lecture, Place) -> T) -> T {
        let place = self.place.get();
        self.lecture.with(|lecture| of(lecture, place))
    }

    /// Something of the scene after its reveals, tracked.
    pub(super) fn of_scene<T: Default>(self, of: impl FnOnce(&Scene, usize) -> T) -> T {
        self.with(|lecture, place| {
            lecture.scenes.get(place.scene).map_or_else(T::default, |scene| of(scene, place.revealed))
        })
    }

    pub(super) fn name(self) -> String {
        self.with(Lecture::name_of)
    }

    /// What stands below, with the numbers that the lab shows.
    pub(super) fn line(self) -> String {
        let template = self.of_scene(|scene, revealed| scene.line(revealed).to_owned());
        match self.bench() {
            Some(bench) => bench.view(|view| fill(&template, Some(view))),
            None => fill(&template, None),
        }
    }

    /// The lab of the scene, once it is there.
    fn bench(self) -> Option<LiveBench> {
        let scope = self.place.get().scene + 1;
        self.group.all().into_iter().find(|bench| bench.standing.scope == scope)
    }

    /// The link to the lab of a scene, as it was left; none for a figure.
    pub(super) fn bench_link(self, (scene, _): (usize, u32)) -> Option<String> {
        let revealed = self.place.get_untracked().revealed;
        self.lecture.with_untracked(|lecture| {
            let scene_of = lecture.scenes.get(scene).filter(|scene| scene.is_lab())?;
            let mut link = shown(scene_of, revealed);
            let edited = self.edits.with_value(|edits| {
                edits.iter().find(|(known, _)| *known == scene).map(|(_, fields)| carried(fields, scene_of, revealed))
            });
            if let Some(fields) = edited {
                link.fields = fields;
            }
            link.shared = Shared::default();
            Some(packing::encode(&link))
        })
    }

    /// How the lab of a scene stands.
    pub(super) fn standing(self, (scene, _): (usize, u32), link: &str) -> Standing {
        let page = Link::decode(link).0.page;
        let shared = Signal::derive(move || {
            let hide = self.with(|lecture, place| {
                let revealed = if place.scene == scene { place.revealed } else { 0 };
                lecture.scenes.get(scene).map(|scene| shown(scene, revealed).shared.hide)
            });
            let mut hide = hide.unwrap_or_default();
            hide.extend([Panel::Settings, Panel::Shape, Panel::Presets]);
            Shared { hide, lecture: self.route.lecture(), ..Shared::default() }
        });
        Standing { fills: true, bare: true, ..Standing::among(scene + 1, page.entry().name, shared) }
    }

    /// What is revealed changes the lab, and leaves alone what was changed by hand.
    fn follow_reveals(self) {
        effect(move || {
            let Some(bench) = self.bench() else { return };
            let place = self.place.get();
            let wanted = untrack(|| {
                self.lecture.with_untracked(|lecture| {
                    lecture.scenes.get(place.scene).map(|scene| carried(&bench.fields(), scene, place.revealed))
                })
            });
            let Some(wanted) = wanted else { return };
            let (link, _) = (bench.kind.decode)(&wanted);
            if (bench.kind.encode)(&link) != bench.fields() {
                untrack(|| bench.send(Event::Open(Box::new(link))));
            }
        });
    }

    /// The chunks of the next scene's lab come while this one is on.
    fn load_ahead(self) {
        effect(move || {
            let next = self.with(|lecture, place| {
                lecture.scenes.get(place.scene + 1).filter(|scene| scene.is_lab()).map(|scene| shown(scene, 0).page)
            });
            if let Some(page) = next {
                host::ahead(point(page), true);
            }
        });
    }

    /// Goes there; what is being typed is taken before.
    pub(super) fn go(self, place: Place) {
        let place = self.lecture.with_untracked(|lecture| place.within(lecture));
        let now = self.place.get_untracked();
        if place == now {
            return;
        }
        if place.scene != now.scene {
            platform::let_go_of_page();
            self.keep();
        }
        self.place.set(place);
    }

    pub(super) fn jump(self, scene: usize) {
        self.go(Place::at(scene));
    }

    pub(super) fn reveal(self) {
        let on = self.lecture.with_untracked(|lecture| self.place.get_untracked().on(lecture));
        if on.scene == self.place.get_untracked().scene {
            self.go(on);
        }
    }

    /// Keeps the numbers of the scene's lab, where they are not as they began.
    fn keep(self) {
        let Some(bench) = untrack(|| self.bench()) else { return };
        let scene = self.place.get_untracked().scene;
        let fields = bench.fields();
        let began =
            self.lecture.with_untracked(|lecture| lecture.scenes.get(scene).map(|scene| shown(scene, 0).fields));
        let began = (bench.kind.encode)(&(bench.kind.decode)(&began.unwrap_or_default()).0);
        let numbers = |fields: &Fields| -> Fields { fields.iter().filter(is_setting).cloned().collect() };
        let is_edited = numbers(&fields) != numbers(&began);
        self.edits.update_value(|edits| {
            edits.retain(|(known, _)| *known != scene);
            if is_edited {
                edits.push((scene, fields));
            }
        });
    }

    /// The scene as it is in the lecture.
    pub(super) fn reset(self) {
        let scene = self.place.get_untracked().scene;
        self.edits.update_value(|edits| edits.retain(|(known, _)| *known != scene));
        self.place.update(|place| place.revealed = 0);
        self.begun.update(|begun| *begun += 1);
    }

    /// Digits and Enter go to a scene; `true` where the key was taken.
    pub(super) fn press(self, key: &str) -> bool {
        let is_digit = key.len() == 1 && key.bytes().all(|byte| byte.is_ascii_digit());
        if is_digit {
            self.typed.update(|typed| {
                if typed.len() < DIGITS {
                    typed.push_str(key);
                }
            });
            return true;
        }
        let typed = self.typed.get_untracked();
        if !typed.is_empty() {
            self.typed.set(String::new());
        }
        match (key, typed.parse::<usize>()) {
            ("Enter", Ok(number)) => {
                self.overview.set(false);
                self.jump(number.saturating_sub(1));
                true
            }
            _ => false,
        }
    }

    pub(super) fn typed_words(self) -> String {
        let typed = self.typed.get();
        if typed.is_empty() { typed } else { ["Scene ", &typed, ", then Enter"].concat() }
    }

    pub(super) fn is_black(self) -> bool {
        self.black.get()
    }

    pub(super) fn blacken(self, black: bool) {
        self.black.set(black);
    }

    pub(super) fn told_code(self) -> bool {
        self.code.get()
    }

    pub(super) fn switch_code(self) {
        self.code.update(|code| *code = !*code);
    }

    /// Closes what stands over the scene; `false` where nothing does.
    pub(super) fn close_what_is_over(self) -> bool {
        let over = [self.overview, self.black, self.code, self.notes];
        let open = over.into_iter().find(|over| over.get_untracked());
        if let Some(open) = open {
            open.set(false);
        }
        open.is_some()
    }

    /// The address that students open: the lab as it is, or the scene.
    fn address(self) -> String {
        let (page, fields) = if let Some(bench) = self.bench() {
            bench.track_link();
            (bench.kind.page, bench.fields())
        } else {
            self.place.track();
            (Page::Lecture, self.fields())
        };
        let link = Link { page, fields, shared: Shared::default() };
        platform::address_of(&packing::encode(&link))
    }

    /// The code for phones.
    pub(super) fn code(self) -> Markup {
        markup::code(&self.address())
    }

    pub(super) fn overview_of(self) -> Markup {
        let from = self.from.get();
        self.with(|lecture, place| markup::overview(lecture, place, from))
    }

    /// What was typed in it shows from then on.
    pub(super) fn close_overview(self) {
        platform::let_go_of_page();
        self.overview.set(false);
        self.lecture.notify();
        self.begun.update(|begun| *begun += 1);
    }

    /// A change of the lecture of one's own; the course's has none.
    pub(super) fn edit(self, said: Said, asked: &str, typed: &str) {
        let Some(edit) = Edit::read(asked, typed).filter(|_| self.from.get_untracked() != From::Course) else { return };
        let mut lecture = self.lecture.with_untracked(|lecture| Lecture::clone(lecture));
        lecture.edit(&edit);
        let lecture = Arc::new(lecture);
        if edit.moves() {
            // Scenes have other numbers: what was changed in them is theirs no more.
            self.edits.set_value(Vec::new());
            self.place.update(|place| *place = place.within(&lecture));
            self.lecture.set(Arc::clone(&lecture));
            let id = ["talk-", &asked.replace(' ', "-")].concat();
            platform::next_frame(move || platform::focus(&id));
        } else {
            // The field that it was typed in stays as it is.
            self.lecture.update_untracked(|known| known.clone_from(&lecture));
        }
        if self.from.get_untracked() == From::Device {
            store(said, &lecture);
        }
    }

    /// A lecture of a link becomes the one of this device.
    pub(super) fn keep_lecture(self, said: Said) {
        if store(said, &self.lecture.get_untracked()) {
            self.from.set(From::Device);
            self.place.notify();
            said.say("Kept on this device");
        }
    }

    pub(super) fn export(self, said: Said) {
        let text = self.lecture.with_untracked(|lecture| lecture.encode());
        spawn_local(async move {
            let (Ok(words) | Err(words)) = save_as("lecture.md".into(), Content::Text("text/markdown", text)).await;
            said.say(&words);
        });
    }

    /// A file that was chosen; what can't be read of it is said, and the rest opens.
    pub(super) fn import(self, said: Said, taken: Import) {
        let bytes = match taken {
            Import::Text(text) => text.into_bytes(),
            Import::File(_, Some(bytes)) => bytes,
            Import::File(name, None) => return said.say(&["The file ", &name, " can't be opened."].concat()),
            Import::TooLong(name, _) => return said.say(&["The file ", &name, " is too long for a lecture."].concat()),
        };
        let (lecture, unread) = Lecture::decode(&String::from_utf8_lossy(&bytes));
        if lecture.scenes.is_empty() {
            return said.say("There is no scene in this file. A scene begins with ### and a title.");
        }
        said.say(&unread.first().map_or_else(|| "Opened. It is not kept yet.".to_owned(), ToString::to_string));
        self.edits.set_value(Vec::new());
        self.from.set(From::Link);
        self.place.set(Place::default());
        self.lecture.set(Arc::new(lecture));
        self.begun.update(|begun| *begun += 1);
    }

    /// The whole lecture as a link, where it fits.
    pub(super) fn copy_as_link(self, said: Said) {
        let text = self.lecture.with_untracked(|lecture| lecture.encode());
        let fields = Opened { own: true, text, ..Opened::default() }.fields();
        let packing = packing::packed(Link { page: Page::Lecture, fields, shared: Shared::default() });
        let making = async {
            let link = packing.await;
            if link.len() > LONGEST {
                return Err("The lecture is too long for a link. Export it as a file.".to_owned());
            }
            Ok(platform::address_of(&link))
        };
        said.copy_made(making, "Link copied", "This page may not copy by itself. Copy the link from here:");
    }

    /// The scene as it is, for a lecture of one's own: its title, and the link to its lab.
    pub(super) fn scene_to_add(self) -> (String, String) {
        untrack(|| {
            let title = self.of_scene(|scene, _| fill(&scene.title, None));
            let link = self.bench().map_or_else(
                || self.of_scene(|scene, _| packing::encode(&shown(scene, 0))),
                |bench| {
                    packing::encode(&Link { page: bench.kind.page, fields: bench.fields(), shared: Shared::default() })
                },
            );
            (title, link)
        })
    }

    /// Opens the lecturer's window.
    pub(super) fn present(self, said: Said) {
        let opened = Opened {
            own: self.own.get_value(),
            place: self.place.get_untracked(),
            presenter: true,
            text: String::new(),
        };
        let link = Link { page: Page::Lecture, fields: opened.fields(), shared: Shared::default() };
        let address = platform::address_of(&packing::encode(&link));
        if !platform::open_window(&address, "receptive-presenter") {
            overlay::show_text("The browser let no window open. Open this address in a second one:", &address);
        } else if !self.channel.is_open() {
            said.say("This browser has no channel between windows: the second one does not follow.");
        }
    }

    fn told(self) -> Told {
        Told { place: self.place.get(), black: self.black.get(), code: self.code.get() }
    }

    /// What changes here is said to the other window, unless it came from there.
    fn say_what_changes(self) {
        effect(move || {
            let told = self.told();
            if self.last.get_value() != told {
                self.last.set_value(told);
                self.channel.say(&tell(self.own.get_value(), Some(told)));
            }
        });
        if self.presenter {
            self.channel.say(&tell(self.own.get_value(), None));
        }
    }

    fn hear(self, text: &str) {
        match hear(self.own.get_value(), text) {
            Some(None) if !self.presenter => {
                let told = untrack(|| self.told());
                self.channel.say(&tell(self.own.get_value(), Some(told)));
            }
            Some(Some(told)) => {
                self.silence.set(0);
                self.last.set_value(told);
                self.go(told.place);
                self.black.set(told.black);
                self.code.set(told.code);
            }
            _ => {}
        }
    }

    /// Asks whether the other window is still there.
    pub(super) fn look_for_screen(self) {
        self.silence.try_update(|silence| *silence = silence.saturating_add(1).min(PATIENCE));
        self.channel.say(&tell(self.own.get_value(), None));
    }

    pub(super) fn screen_words(self) -> &'static str {
        match (self.channel.is_open(), self.silence.get() < PATIENCE) {
            (false, _) => "This browser has no channel between windows: this one can't follow.",
            (true, true) => "The screen follows",
            (true, false) => "No screen connected",
        }
    }
}

/// The lecture of a link, and where it is from.
fn lecture_of(opened: &Opened, course: &Arc<Lecture>) -> (Arc<Lecture>, From) {
    let read = |text: &str| Arc::new(Lecture::decode(text).0);
    if !opened.own {
        (Arc::clone(course), From::Course)
    } else if opened.text.is_empty() {
        (read(&platform::stored(LECTURE).unwrap_or_default()), From::Device)
    } else {
        (read(&opened.text), From::Link)
    }
}

/// Has the device keep a lecture; `false`, and said, where it does not.
fn store(said: Said, lecture: &Lecture) -> bool {
    let is_kept = platform::store(LECTURE, &lecture.encode());
    if !is_kept {
        said.say("This browser keeps nothing for this site. Export the lecture as a file.");
    }
    is_kept
}
