//! The pictures of the filters lab: what is filtered, what each filter makes of it, and where they are from: the photos
//! that are served with the app, a file, the clipboard, the camera.

use std::{cell::RefCell, rc::Rc};

use leptos::{
    ev::{DragEvent, KeyboardEvent, MouseEvent, PointerEvent},
    prelude::*,
    task::spawn_local,
};
use receptive::{
    bench::Event,
    image::{Frame, Layout, Levels, Pixels, Show, filter::Stack, fitted, header},
    lab::{
        OperationLab,
        control::{ControlId, Value},
        filters::{FiltersLab, Image},
        operation::Action,
        scene::Place,
        setting::Choice as _,
    },
    num::{decimal::fixed, format},
    paste::MAX_FILE,
};

use super::origin::{Developed, words};
use crate::ui::{
    bench::{Extras, LiveBench, settings, target_of},
    component::{Message, PasteRequest},
    platform::{
        Camera, CameraError, Canvas, FetchError, Frames, PictureFile, download, now, on_pasted_picture, paint, pixel_at,
    },
    signal::{Memo, RwSignal},
    view::{attr, effect, live, on, part, when},
};

/// No photo that is served with the app is as large.
const MOST_BYTES: u32 = 4_000_000;

/// What went wrong with a picture, and what may be tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Trouble {
    sentence: String,
    again: Again,
}

/// What can be asked for, each on its own: a file that is no picture does not keep a photo from coming.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    Load,
    Open,
    Camera,
}

/// What there is to say of pictures. One signal for all of it: each type of signal is a copy of Leptos's code.
#[derive(Debug, Default)]
struct Reports {
    /// What is being loaded, opened or asked for.
    busy: Vec<Again>,
    /// All that was asked for: what comes after another of its kind was asked for is dropped.
    asked: Vec<Again>,
    trouble: Option<Trouble>,
    /// What the browser did to the numbers of opened pictures.
    origins: Vec<(Pixels, String)>,
}

/// What is on its way to the lab.
#[derive(Clone, Copy)]
struct Pictures {
    bench: LiveBench,
    reports: RwSignal<Reports>,
    camera: leptos::prelude::RwSignal<Option<Rc<RefCell<Camera>>>, LocalStorage>,
}

/// The pictures of the lab that has some.
pub(in crate::ui::page) const PICTURES: Extras = Extras {
    begin: |bench| bench.own.set_value(Some(Rc::new(Pictures::new(bench)))),
    above: |bench| view! { <PictureStage bench/> }.into_any(),
    takes,
    pixels: |bench| bench.peek(|lab| lab.state().and_then(|lab: &FiltersLab| lab.pixels.clone())),
    control: settings::sliders,
    diagram: None,
};

impl Pictures {
    fn new(bench: LiveBench) -> Self {
        Self { bench, reports: RwSignal::new(Reports::default()), camera: leptos::prelude::RwSignal::new_local(None) }
    }

    /// Those of the page.
    fn of(bench: LiveBench) -> Self {
        let own = bench.own.with_value(|own| own.as_ref().and_then(|own| own.downcast_ref().copied()));
        own.unwrap_or_else(|| Self::new(bench))
    }

    /// A new request, by its place; those of its kind before it are of no account any more.
    fn ask(self, kind: Again) -> usize {
        let mut request = 0;
        self.reports.update(|reports| {
            reports.trouble = None;
            reports.busy.retain(|known| *known != kind);
            reports.busy.push(kind);
            request = reports.asked.len();
            reports.asked.push(kind);
        });
        self.bench.send(Event::Wait(true));
        request
    }

    /// Ends request number `request`; `false` where there is a later one, or where the page is gone.
    fn done(self, kind: Again, request: usize) -> bool {
        let ended = self.reports.try_update(|reports| {
            let present = reports.asked.iter().rposition(|known| *known == kind) == Some(request);
            if present {
                reports.busy.retain(|known| *known != kind);
            }
            present.then_some(!reports.busy.is_empty())
        });
        let Some(Some(waits)) = ended else { return false };
        self.bench.send(Event::Wait(waits));
        true
    }

    /// What is on its way, in words.
    fn words(self) -> &'static str {
        self.reports.with(|reports| match reports.busy.last() {
            Some(Again::Load) => "Loading the picture …",
            Some(Again::Open) => "Opening the picture …",
            Some(Again::Camera) => "Asking for the camera …",
            None => "",
        })
    }

    /// Says what went wrong, or takes it back.
    fn tell(self, trouble: Option<Trouble>) {
        self.reports.try_update(|reports| reports.trouble = trouble);
    }

    fn fail(self, sentence: impl Into<String>, again: Again) {
        self.tell(Some(Trouble { sentence: sentence.into(), again }));
    }

    /// Below the picture: who took it, or what the browser did to its numbers.
    fn note(self) -> String {
        self.bench.with(|lab| {
            let Some(FiltersLab { image, pixels, .. }) = lab.state() else { return String::new() };
            self.reports.with(|reports| {
                let origin = reports.origins.iter().find(|(known, _)| Some(known) == pixels.as_ref());
                origin.map_or_else(|| image.credit().to_owned(), |(_, words)| words.clone())
            })
        })
    }
}

/// Which picture is filtered, and whether its pixels are there.
fn present(lab: &OperationLab) -> (Image, bool) {
    lab.state().map_or((Image::Own, false), |lab: &FiltersLab| (lab.image, lab.pixels.is_some()))
}

/// Takes a picture that is dropped on the lab of filters; numbers go the way of all labs. Browsers have the type of a
/// file from its name: where that says nothing, its first bytes do.
fn takes(bench: LiveBench, event: &DragEvent) -> bool {
    let Some(file) = PictureFile::of(event.data_transfer()) else { return false };
    event.prevent_default();
    let numbers_for = (!file.is_picture()).then(|| target_of(bench, event));
    open(bench, file, numbers_for);
    true
}

/// Loads a photo that is served with the app.
fn load(bench: LiveBench, image: Image) {
    let Some(file) = image.file() else { return };
    let pictures = Pictures::of(bench);
    let request = pictures.ask(Again::Load);
    spawn_local(async move {
        let bytes = download(&["assets/photos/", file].concat(), MOST_BYTES, |_, _| {}).await;
        let picture = match &bytes {
            Ok(bytes) => PictureFile::fetched(file, bytes),
            Err(_) => None,
        };
        let rgba = match picture {
            Some(picture) => picture.decode(fitted).await,
            None => None,
        };
        if !pictures.done(Again::Load, request) {
            return;
        }
        let pixels = rgba.and_then(|rgba| Pixels::from_rgba(&rgba.bytes, rgba.width, rgba.height).ok());
        match (pixels, bytes) {
            (Some(pixels), _) => {
                bench.send(Event::Arrive(Action::Set(ControlId::IMAGE, Value::Pixels(image.place(), pixels))));
            }
            (None, bytes) => {
                let (why, again) = match bytes {
                    Ok(_) => (" can't be read by this browser.".to_owned(), Again::Open),
                    Err(FetchError::Status(status)) => {
                        (format!(" could not be loaded: the server answered {status}."), Again::Load)
                    }
                    Err(_) => {
                        let why = " could not be loaded. Check the connection, or open one of your own.";
                        (why.to_owned(), Again::Load)
                    }
                };
                pictures.fail(["The picture “", image.name(), "”", &why].concat(), again);
            }
        }
    });
}

/// Opens a file of a person's own. What is no picture, or too large, is told, and nothing is changed; if it can be
/// `numbers_for` a grid, the dialog for those opens.
fn open(bench: LiveBench, file: PictureFile, numbers_for: Option<usize>) {
    let pictures = Pictures::of(bench);
    let request = pictures.ask(Again::Open);
    spawn_local(async move {
        let head = file.bytes(0, header::READ).await;
        if let Some(target) = numbers_for.filter(|_| !header::is_picture(&head)) {
            if pictures.done(Again::Open, request) {
                bench.pasting.set(Some(PasteRequest { taken: file.import(head, MAX_FILE), target }));
            }
            return;
        }
        let fail = |sentence| {
            if pictures.done(Again::Open, request) {
                pictures.fail(sentence, Again::Open);
            }
        };
        // Before it is decoded: 100 megapixels are 400 MB.
        let header = match header::check(&file.name, &head) {
            Ok(header) => header,
            Err(error) => return fail(error.to_string()),
        };
        let made = file.decode(fitted).await;
        let pixels = made.as_ref().and_then(|made| Pixels::from_rgba(&made.bytes, made.width, made.height).ok());
        if let Some(pixels) = &pixels {
            if !pictures.done(Again::Open, request) {
                return;
            }
            bench.change(Action::Set(ControlId::IMAGE, Value::Picture(Image::Own.place(), pixels.clone())));
        }
        let damaged = [&file.name, " is damaged: the browser can't read it."].concat();
        let made = made.filter(|_| pixels.is_some());
        let words = words(Developed { file, head, header, made }).await;
        let Some(pixels) = pixels else { return fail(words.unwrap_or(damaged)) };
        pictures.reports.try_update(|reports| {
            reports.origins.retain(|(known, _)| known.is_shared());
            // What tells it may not have come: then that is told.
            reports.origins.push((pixels, words.unwrap_or_else(|sentence| sentence)));
        });
    });
}

/// Asks for the camera. Its picture is chosen when it is there: until then, and without it, the one that is on screen
/// stays.
fn start_camera(bench: LiveBench) {
    let pictures = Pictures::of(bench);
    let request = pictures.ask(Again::Camera);
    spawn_local(async move {
        let ended = move || {
            pictures.camera.try_set(None);
            pictures.fail(CameraError::Ended.sentence(), Again::Camera);
        };
        let camera = Camera::open(ended).await;
        // A camera that comes too late goes off here.
        if !pictures.done(Again::Camera, request) {
            return;
        }
        match camera {
            Ok(camera) => {
                if bench.peek(present).0 != Image::Webcam {
                    bench.change(Action::Set(ControlId::IMAGE, Value::Choice(Image::Webcam.place())));
                }
                pictures.camera.set(Some(Rc::new(RefCell::new(camera))));
            }
            Err(error) => pictures.fail(error.sentence(), Again::Camera),
        }
    });
}

/// What the filters make of a picture, what it is shown on, and buffers that are used again.
#[derive(Default)]
struct Darkroom {
    canvases: Vec<Option<Canvas>>,
    /// One for each filter: it, with its buffers, and its result.
    made: Vec<(Stack, Frame)>,
    bytes: Vec<u8>,
}

impl Darkroom {
    /// Picture number `index` is shown on this canvas.
    fn hang(&mut self, index: usize, canvas: Option<Canvas>) {
        if self.canvases.len() <= index {
            self.canvases.resize(index + 1, None);
        }
        if let Some(slot) = self.canvases.get_mut(index) {
            *slot = canvas;
        }
    }
}

/// How a picture is told below it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Caption {
    size: (usize, usize, usize),
    shown: Levels,
}

impl Caption {
    fn words(self) -> String {
        let (width, height, planes) = self.size;
        let extents = if planes == 1 { vec![height, width] } else { vec![planes, height, width] };
        let Levels { least, most, clamped } = self.shown;
        let mut words = [
            format::shape(&extents),
            ": ".to_owned(),
            format::shown(f64::from(least)),
            " to ".to_owned(),
            format::shown(f64::from(most)),
        ]
        .concat();
        if clamped > 0 {
            words.push_str(&[", ", &format::count(clamped as u64), " cut off"].concat());
        }
        words
    }
}

/// The pictures.
#[component]
fn PictureStage(bench: LiveBench) -> impl IntoView {
    let pictures = Pictures::of(bench);
    let image = bench.of_state(|lab| lab.state().map_or(Image::Own, |lab: &FiltersLab| lab.image));
    let names = bench.of_state(|lab| lab.state().map_or_else(Vec::new, names));
    let captions = RwSignal::new(Vec::<Caption>::new());
    let took = RwSignal::new(0.0);
    let room = StoredValue::new_local(Rc::new(RefCell::new(Darkroom::default())));

    // A photo without its pixels is loaded; the camera goes off when another picture is chosen, and what went wrong with
    // the one before is told no longer. Nothing but a person starts the camera.
    let wanted = bench.of_state(present);
    let mut before = None;
    effect(move || {
        let (image, there) = wanted.get();
        if before.replace(image).is_some_and(|before| before != image) {
            pictures.tell(None);
        }
        if image != Image::Webcam && pictures.camera.with_untracked(Option::is_some) {
            pictures.camera.set(None);
        }
        if image.file().is_some() && !there {
            load(bench, image);
        }
    });
    let develop = move || {
        let began = now();
        let list =
            bench.peek(|lab| lab.state().and_then(|lab: &FiltersLab| develop(lab, &mut room.get_value().borrow_mut())));
        if let Some(list) = list {
            took.set(now() - began);
            if captions.with_untracked(|captions| *captions != list) {
                captions.set(list);
            }
        }
    };
    let frames = Frames::new(move |_| {
        develop();
        false
    });
    effect(move || {
        bench.track();
        names.track();
        frames.start();
    });
    follow_camera(bench);
    on_pasted_picture(move |file| open(bench, file, None));

    let canvas = move |index: usize, name: String| {
        let node = NodeRef::<leptos::html::Canvas>::new();
        effect(move || {
            room.get_value().borrow_mut().hang(index, node.get());
            frames.start();
        });
        let words =
            move || captions.with(|captions| captions.get(index).map(|caption| caption.words())).unwrap_or_default();
        view! {
            <figure class="photo">
                <div class="photo-frame">
                    <canvas node_ref={node} {..attr("role", "img")} {..attr("aria-label", [&name, ": picture"].concat())}></canvas>
                    {lens(bench, index)}
                    {pointer(bench, index, &name)}
                </div>
                <figcaption>
                    <b>{name}</b>
                    <span class="dim">{live(words)}</span>
                    {(index == 0).then(|| view! { <small class="faint" {..attr("role", "status")}>{live(move || pictures.note())}</small> })}
                </figcaption>
            </figure>
        }
    };
    let photos = move || {
        room.get_value().borrow_mut().canvases.clear();
        names.get().into_iter().enumerate().map(|(index, name)| canvas(index, name)).collect_view()
    };
    view! {
        <section class="pictures" {..attr("aria-label", bench.name("Pictures"))}>
            {part(move || trouble(bench))}
            <div class="photos" style=live(move || format!("--count:{}", names.with(Vec::len)))>{part(photos)}</div>
            {when(move || !bench.lecture(), move || tools(bench, image, took))}
        </section>
    }
}

/// The names below the pictures: the picture, then each filter.
fn names(lab: &FiltersLab) -> Vec<String> {
    let after = |filter: &receptive::lab::filters::Filter| {
        let relu = if filter.relu { ", ReLU" } else { "" };
        let pool = match filter.pool {
            receptive::image::filter::Pool::None => "",
            receptive::image::filter::Pool::Max => ", max pool",
            receptive::image::filter::Pool::Average => ", average pool",
        };
        [filter.name(), relu, pool].concat()
    };
    std::iter::once(lab.image.name().to_owned()).chain(lab.filters.iter().map(after)).collect()
}

/// Filters the picture and puts all on their canvases; `None` where there is nothing to filter.
fn develop(lab: &FiltersLab, room: &mut Darkroom) -> Option<Vec<Caption>> {
    let picture = lab.picture()?;
    // Filters that can't be computed leave the picture alone; the problem says why.
    let fits = lab.check_sizes(picture.width(), picture.height()).is_ok();
    let passes = lab.stack().ok().filter(|_| fits).map_or_else(Vec::new, |stack| stack.passes);
    let Darkroom { canvases, made, bytes } = room;
    made.resize_with(passes.len(), Default::default);
    let mut captions = Vec::new();
    let mut put = |index: usize, frame: &Frame, show| {
        let (width, height) = (frame.width(), frame.height());
        bytes.resize(width * height * 4, 255);
        let shown = frame.write_rgba(show, bytes);
        captions.push(Caption { size: (width, height, frame.planes()), shown });
        if let Some(Some(canvas)) = canvases.get(index) {
            paint(canvas, bytes, width, height);
        }
    };
    put(0, &picture, Show::AsIs);
    let mut input: &Frame = &picture;
    for (index, (pass, (stack, out))) in passes.into_iter().zip(made.iter_mut()).enumerate() {
        stack.passes = vec![pass];
        stack.run(input, out).ok()?;
        put(index + 1, out, lab.show);
        input = out;
    }
    Some(captions)
}

/// Rows and columns of the pixels that are magnified, and the filter that is looked at.
fn magnified(bench: LiveBench) -> Option<((usize, usize), usize)> {
    let shape = bench.steps().map(|steps| (steps.len() / steps.row().max(1), steps.row()))?;
    Some((shape, bench.with(|lab| lab.state().map_or(0, |lab: &FiltersLab| lab.looked))))
}

/// The window on the picture that is read, or the pixel on the one that is made.
fn lens(bench: LiveBench, index: usize) -> AnyView {
    let style = move || {
        let ((rows, cols), looked) = magnified(bench)?;
        let kernel = bench
            .with(|lab| lab.state().and_then(|lab: &FiltersLab| lab.filter().map(|filter| filter.kernel.shape())))?;
        let step = bench.view(|view| view.pointed).unwrap_or_else(|| bench.at.get());
        let (row, col) = (step / cols.max(1), step % cols.max(1));
        let (at, extent) = if index == looked {
            let padding = receptive::image::filter::padding(kernel);
            ((row as f64 - padding.top as f64, col as f64 - padding.left as f64), kernel)
        } else if index == looked + 1 {
            ((row as f64, col as f64), (1, 1))
        } else {
            return None;
        };
        let percent = |at: f64, of: usize| fixed(at / (of.max(1) as f64) * 100.0, 3);
        Some(format!(
            "left:{}%;top:{}%;width:{}%;height:{}%",
            percent(at.1, cols),
            percent(at.0, rows),
            percent(extent.1 as f64, cols),
            percent(extent.0 as f64, rows),
        ))
    };
    view! { <i class="photo-lens" {..attr("hidden", live(move || style().is_none()))} style=live(move || style().unwrap_or_default())></i> }
        .into_any()
}

/// What takes the pointer and the keys: pointing looks, pressing goes there, arrows move by a pixel.
fn pointer(bench: LiveBench, index: usize, name: &str) -> AnyView {
    let shape = move || untrack(|| magnified(bench)).map(|(shape, _)| shape);
    let at = move |event: &MouseEvent| {
        let shape = shape()?;
        let (row, col) = pixel_at(event, shape)?;
        Some(row * shape.1 + col)
    };
    let point = move |step: Option<usize>| bench.send(Event::Look(step));
    let keyed = move |event: KeyboardEvent| {
        let Some(shape) = shape() else { return };
        let step = bench.at.get_untracked();
        let Some((row, col)) = Place::moved(shape, (step / shape.1.max(1), step % shape.1.max(1)), &event.key()) else {
            return;
        };
        event.prevent_default();
        event.stop_propagation();
        bench.send(Event::Go(row * shape.1 + col));
    };
    let name = name.to_owned();
    let words = move || {
        let at = magnified(bench).map(|((_, cols), _)| (bench.at.get() / cols.max(1), bench.at.get() % cols.max(1)));
        match at {
            Some((row, col)) => format!("{name}: row {row}, column {col}"),
            None => name.clone(),
        }
    };
    view! {
        <button
            {..attr("type", "button")}
            class="place"
            // The last one is for the keys; the pointer has all.
            {..attr("tabindex", live(move || if magnified(bench).is_some_and(|(_, looked)| index == looked + 1) { "0" } else { "-1" }))}
            {..attr("aria-label", live(words))}
            on:pointermove=on(move |event: PointerEvent| {
                if event.pointer_type() == "mouse" {
                    point(at(&event));
                }
            })
            on:pointerleave=on(move |_: PointerEvent| point(None))
            on:click=on(move |event: MouseEvent| {
                if let Some(step) = at(&event).filter(|_| event.detail() > 0) {
                    bench.send(Event::Go(step));
                }
            })
            on:keydown=on(keyed)
        ></button>
    }
    .into_any()
}

/// The ways to another picture.
fn tools(bench: LiveBench, image: Memo<Image>, took: RwSignal<f64>) -> AnyView {
    let pictures = Pictures::of(bench);
    let on_camera = move || pictures.camera.with(Option::is_some);
    let camera = move |_| {
        if pictures.camera.with_untracked(Option::is_some) {
            pictures.camera.set(None);
        } else {
            start_camera(bench);
        }
    };
    let time = move || match took.get() {
        took if took > 0.0 => [&format::shown((took * 10.0).round() / 10.0), " ms"].concat(),
        _ => String::new(),
    };
    view! {
        <div class="picture-tools">
            <label class="btn line">
                <input
                    {..attr("type", "file")}
                    class="vh"
                    {..attr("accept", "image/png,image/jpeg,image/webp,image/gif,image/bmp")}
                    on:change=on(move |event: leptos::ev::Event| {
                        if let Some(file) = PictureFile::chosen(&event) {
                            open(bench, file, None);
                        }
                    })
                />
                "Open picture"
            </label>
            <button class="btn line" on:click=on(camera)>
                {live(move || match (on_camera(), image.get()) {
                    (true, _) => "Stop camera",
                    (false, Image::Webcam) => "Start camera",
                    (false, _) => "Use camera",
                })}
            </button>
            <span class="faint" {..attr("role", "status")}>{live(move || pictures.words())}</span>
            // No status: it changes with every frame of a camera.
            <span class="faint took" {..attr("title", "To filter and draw all pictures")}>{live(time)}</span>
        </div>
    }
    .into_any()
}

/// What went wrong, and the ways out.
fn trouble(bench: LiveBench) -> Option<AnyView> {
    let pictures = Pictures::of(bench);
    let Trouble { sentence, again } = pictures.reports.with(|reports| reports.trouble.clone())?;
    let dismiss = ("Keep this picture".to_owned(), Callback::new(move |()| pictures.tell(None)));
    let retry = Callback::new(move |()| match again {
        Again::Load => load(bench, bench.peek(present).0),
        Again::Camera => start_camera(bench),
        Again::Open => {}
    });
    let retry = ("Try again".to_owned(), retry);
    let repairs = match again {
        Again::Open => vec![dismiss],
        Again::Load => vec![retry],
        Again::Camera => vec![retry, dismiss],
    };
    Some(view! { <Message sentence repairs/> }.into_any())
}

/// While the camera is on, each of its frames is the picture.
fn follow_camera(bench: LiveBench) {
    let pictures = Pictures::of(bench);
    let camera = pictures.camera;
    let frames = Frames::new(move |_| {
        let Some(Some(on)) = camera.try_get_untracked() else { return false };
        // While a number is asked for, the picture that it is about stands still.
        if bench.asks.get_untracked() {
            return true;
        }
        if let Some(rgba) = on.borrow_mut().frame(fitted) {
            let mut frame = Frame::default();
            if frame.read_rgba(&rgba.bytes, rgba.width, rgba.height, Layout::Colour).is_ok() {
                let pixels = Value::Pixels(Image::Webcam.place(), frame.into());
                bench.send(Event::Arrive(Action::Set(ControlId::IMAGE, pixels)));
            }
        }
        true
    });
    effect(move || {
        if camera.with(Option::is_some) {
            frames.start();
        } else {
            frames.stop();
        }
    });
}
