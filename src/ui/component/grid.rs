//! A grid of numbers, edited like a spreadsheet.
//!
//! A 64 by 64 input with its output is 8,000 cells. Signals for each would cost more than a frame on every edit, so the
//! grid patches its own cells, as a canvas would draw its own pixels: it compares the view it is given with the one it
//! shows, and touches what differs. Rows that both share are not even compared.
//!
//! Where a scene has more cells than a page should have elements, a grid has elements for those that are in view and for
//! some around them, and makes others where it scrolls.

use std::sync::Arc;

use crate::ui::view::{attr, effect, on};
use leptos::{prelude::*, web_sys};
use receptive::{
    lab::{
        scene::{CellKind, CellView, PlateView},
        stage::{Rect, inside_bars, scroll_into},
    },
    markup::Markup,
    num::format::{MINUS, ascii},
    paste::{Pasted, may_be_block},
};
use wasm_bindgen::JsCast;

use crate::ui::platform::{
    closest_attribute, fill, focus_element, focus_quietly, on_clipboard, pasted, remove_attribute, set_attribute,
    set_clipboard_text,
};
use crate::ui::signal::Signal;

/// What a person does to a grid. Cells are counted without the padding.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum GridEvent {
    /// Typed `text` into the cell.
    Edit { row: usize, col: usize, text: String },
    /// Pasted at the cell.
    Paste { row: usize, col: usize, pasted: Pasted },
    /// Points at the cell with the pointer or the focus, or at none.
    Point(Option<(usize, usize)>),
    /// Chose the cell by a press or Enter.
    Pick { row: usize, col: usize },
}

/// Where a grid stands on the stage, and what of it is to be seen there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Frame {
    /// Its box; past it, it scrolls.
    pub(crate) rect: Rect,
    /// Side of a cell.
    pub(crate) cell: f64,
    /// First row, first column, rows and columns (with the padding) to be kept in view.
    pub(crate) follow: Option<(usize, usize, usize, usize)>,
    /// Whether only what is in view has elements.
    pub(crate) sparse: bool,
}

/// The grid named `name`.
#[component]
pub(crate) fn NumberGrid(
    name: String,
    plate: Signal<Arc<PlateView>>,
    frame: Signal<Frame>,
    #[prop(into)] on_scroll: Callback<(f64, f64)>,
    #[prop(optional)] editable: bool,
    #[prop(into)] on_event: Callback<GridEvent>,
) -> impl IntoView {
    let scroller = NodeRef::<leptos::html::Div>::new();
    let root = NodeRef::<leptos::html::Div>::new();
    let board = StoredValue::new_local(Board { editable, ..Board::default() });

    effect(move || {
        let (Some(root), Some(scroller)) = (root.get(), scroller.get()) else { return };
        let port = Port { scroller, frame: frame.get() };
        let refocus = plate.with(|plate| board.try_update_value(|board| board.show(&root, plate, port)));
        if let Some(cell) = refocus.flatten() {
            focus_quietly(&cell);
        }
    });
    let scrolled = move |_| {
        let (Some(scroller), Some(root)) = (scroller.get_untracked(), root.get_untracked()) else { return };
        let at = (f64::from(scroller.scroll_left()), f64::from(scroller.scroll_top()));
        let refocus = board.try_update_value(|board| board.scrolled(&root, at)).flatten();
        if let Some(cell) = refocus {
            focus_quietly(&cell);
        }
        on_scroll.run(at);
    };

    let (editor, touch) = (NodeRef::<leptos::html::Input>::new(), StoredValue::new(false));
    let name = StoredValue::new(name);
    let keyboard = Keyboard { root, board, editor, editing: StoredValue::new(None), touch, name, on_event };
    let pointed = move |event: web_sys::PointerEvent| {
        if event.pointer_type() == "mouse" {
            on_event.run(GridEvent::Point(cell_of(event.target())));
        }
    };
    // A finger has no keys to begin typing with: a tap opens the editor, and with it the keyboard. The click comes last
    // of a tap's events, and would take the focus back from an editor that was opened before it.
    let pressed = move |event: web_sys::MouseEvent| {
        let Some((row, col)) = cell_of(event.target()) else { return };
        if editable && touch.get_value() {
            keyboard.edit(row, col, None);
        } else {
            keyboard.focus(row, col);
        }
        on_event.run(GridEvent::Pick { row, col });
    };
    let lifted = move |event: web_sys::PointerEvent| touch.set_value(event.pointer_type() != "mouse");
    // Firefox tells the page, and not the cell, of a copy or a paste: the focus says which cell is meant.
    on_clipboard(move |event| {
        let active = document().active_element();
        let ours = active.filter(|active| root.get_untracked().is_some_and(|root| root.contains(Some(active))));
        let cell = cell_of(ours.map(Into::into));
        let taken = match (event.type_().as_str(), cell, keyboard.editing.get_value()) {
            ("copy", Some(_), _) => set_clipboard_text(event, &plate.with_untracked(|plate| tab_separated(plate))),
            ("paste", None, Some((row, col, _))) => {
                let is_block = |pasted: &Pasted| pasted.text.is_empty() || may_be_block(&pasted.text);
                pasted(event).filter(is_block).is_some_and(|mut pasted| {
                    let typed = keyboard.editor.get_untracked().map(|editor| editor.value());
                    pasted.typed = typed.unwrap_or_default();
                    keyboard.give_up(row, col);
                    on_event.run(GridEvent::Paste { row, col, pasted });
                    true
                })
            }
            ("paste", Some((row, col)), _) if editable => pasted(event).is_some_and(|pasted| {
                on_event.run(GridEvent::Paste { row, col, pasted });
                true
            }),
            _ => false,
        };
        if taken {
            event.prevent_default();
        }
    });
    view! {
        <div
            class="plate"
            node_ref=scroller
            on:scroll=on(scrolled)
        >
            <div
                class="grid"
                class:editable={editable}
                {..attr("role", "grid")}
                {..attr("aria-label", name.get_value())}
                {..attr("aria-readonly", (!editable).then_some("true"))}
                node_ref=root
                on:keydown=on(move |event: leptos::ev::KeyboardEvent| keyboard.pressed(&event))
                on:click=on(pressed)
                on:dblclick=on(move |event: leptos::ev::MouseEvent| {
                    if let (true, Some((row, col))) = (editable, cell_of(event.target())) {
                        keyboard.edit(row, col, None);
                    }
                })
                on:pointerup=on(lifted)
                on:pointerover=on(pointed)
                on:pointerleave=on(move |_| on_event.run(GridEvent::Point(None)))
                on:focusin=on(move |event: leptos::ev::FocusEvent| {
                    let at = cell_of(event.target());
                    if let Some((row, col)) = at {
                        board.update_value(|board| {
                            board.aim(row, col);
                        });
                        on_event.run(GridEvent::Point(at));
                    }
                })
                on:focusout=on(move |_| on_event.run(GridEvent::Point(None)))
            />
            {editable.then(|| view! {
                <input
                    class="cell-edit"
                    style="visibility:hidden"
                    {..attr("autocomplete", "off")}
                    {..attr("inputmode", "decimal")}
                    {..attr("enterkeyhint", "next")}
                    {..attr("aria-label", name.get_value())}
                    node_ref=editor
                    on:keydown=on(move |event: leptos::ev::KeyboardEvent| keyboard.typing(&event))
                    on:blur=on(move |_| keyboard.commit())
                />
            })}
        </div>
    }
}

/// Row and column, without the padding, of the cell an event happened in.
fn cell_of(target: Option<web_sys::EventTarget>) -> Option<(usize, usize)> {
    let at = closest_attribute(target, "data-at")?;
    let (row, col) = at.split_once(',')?;
    Some((row.parse().ok()?, col.parse().ok()?))
}

fn tab_separated(plate: &PlateView) -> String {
    let inside = |row: usize| {
        let cell = move |col| plate.place(row, col);
        (0..plate.shape.1).map(cell).filter_map(|(row, col)| plate.cells.get(row, col)).map(|cell| {
            // The whole number, as it would be typed.
            cell.whole().unwrap_or_else(|| cell.text()).replace(MINUS, "-")
        })
    };
    (0..plate.shape.0).map(|row| inside(row).collect::<Vec<_>>().join("\t")).collect::<Vec<_>>().join("\n")
}

/// The box that a grid is seen through.
struct Port {
    scroller: web_sys::HtmlDivElement,
    frame: Frame,
}

/// A block of the whole grid's cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Area {
    rows: (usize, usize),
    cols: (usize, usize),
}

impl Area {
    fn whole((rows, cols): (usize, usize)) -> Self {
        Self { rows: (0, rows), cols: (0, cols) }
    }

    fn holds(self, other: Self) -> bool {
        let holds = |a: (usize, usize), b: (usize, usize)| a.0 <= b.0 && b.1 <= a.1;
        holds(self.rows, other.rows) && holds(self.cols, other.cols)
    }

    fn width(self) -> usize {
        self.cols.1 - self.cols.0
    }

    /// The place of a cell among those of the block.
    fn index(self, row: usize, col: usize) -> Option<usize> {
        let inside = (self.rows.0..self.rows.1).contains(&row) && (self.cols.0..self.cols.1).contains(&col);
        inside.then(|| (row - self.rows.0) * self.width() + col - self.cols.0)
    }
}

/// The cells on the page and what they show.
#[derive(Default)]
struct Board {
    editable: bool,
    shown: Option<Arc<PlateView>>,
    port: Option<Port>,
    /// The box's classes and its style.
    placed: [String; 2],
    /// How far it has scrolled, to the right and down: asking the browser would have it lay out the page first.
    scroll: (f64, f64),
    /// Which cells have elements.
    area: Area,
    cells: Vec<web_sys::HtmlElement>,
    /// The one cell that Tab reaches.
    cursor: (usize, usize),
    tab_stop: Option<usize>,
}

impl Board {
    /// Shows `plate` through `port`; gives what is to be focused, where what had the focus is gone.
    fn show(
        &mut self,
        root: &web_sys::HtmlElement,
        plate: &Arc<PlateView>,
        port: Port,
    ) -> Option<web_sys::HtmlElement> {
        // An edit far from the window changes the view and not the frame: it is not scrolled away from.
        let is_moved = self.port.as_ref().is_none_or(|before| before.frame != port.frame);
        let follow = port.frame.follow;
        let frame = |view: &PlateView| (view.cells.shape(), view.origin, view.shape, view.spread);
        let before = self.shown.replace(Arc::clone(plate));
        // Before it is scrolled: as it was, the box may not reach as far.
        self.place(&port, plate);
        self.port = Some(port);
        let same_cells = before.as_ref().is_some_and(|before| frame(before) == frame(plate));
        if !same_cells {
            // What scrolls is as large as the grid before it is scrolled.
            self.area = Area::default();
            self.cells.clear();
            self.tab_stop = None;
            self.stretch(root);
            if let Some(Port { scroller, .. }) = &self.port {
                self.scroll = (f64::from(scroller.scroll_left()), f64::from(scroller.scroll_top()));
            }
        }
        if let Some((row, col, rows, cols)) = follow.filter(|_| is_moved || !same_cells) {
            self.scroll_to(Area { rows: (row, row + rows), cols: (col, col + cols) });
        }
        let area = self.area;
        let focus = self.look(root);
        if area == self.area
            && let Some(before) = before
        {
            self.write(Some(&before), plate);
        }
        self.move_tab_stop();
        focus
    }

    /// Puts the grid's box to its place.
    fn place(&mut self, Port { scroller, frame }: &Port, plate: &PlateView) {
        let Frame { rect, cell, .. } = frame;
        let (rows, cols) = plate.cells.shape();
        // One that fits has no box that could scroll: its editor may stand out of it.
        let scrolls = rows as f64 * cell > rect.h + 0.5 || cols as f64 * cell > rect.w + 0.5;
        let scrolls = if scrolls { " scrolls" } else { "" };
        let padded = if plate.shape == (rows, cols) { "" } else { " padded" };
        let placed = [["plate", scrolls, padded].concat(), [&rect.style(), ";--cs:", &ascii(*cell), "px"].concat()];
        if placed != self.placed {
            let [class, style] = &placed;
            set_attribute(scroller, "class", class);
            set_attribute(scroller, "style", style);
            self.placed = placed;
        }
    }

    /// Follows the scroller, which is at `scroll`.
    fn scrolled(&mut self, root: &web_sys::HtmlElement, scroll: (f64, f64)) -> Option<web_sys::HtmlElement> {
        self.scroll = scroll;
        let focus = self.look(root);
        self.move_tab_stop();
        focus
    }

    /// Scrolls so that `block` shows, where it does not.
    fn scroll_to(&mut self, block: Area) {
        let Some(Port { scroller, frame: Frame { rect, cell, .. } }) = &self.port else { return };
        let along = |scroll: f64, view: f64, (from, to): (usize, usize)| {
            scroll_into(scroll, view, from as f64 * cell, (to - from) as f64 * cell).floor()
        };
        let (rows, cols) = self.shown.as_ref().map_or((0, 0), |shown| shown.cells.shape());
        let (wide, high) = inside_bars(*rect, (cols as f64 * cell, rows as f64 * cell));
        let to = (along(self.scroll.0, wide, block.cols), along(self.scroll.1, high, block.rows));
        #[expect(clippy::cast_possible_truncation, reason = "pixels of a box")]
        if (to.0 - self.scroll.0).abs() >= 1.0 {
            scroller.set_scroll_left(to.0 as i32);
            self.scroll.0 = to.0;
        }
        #[expect(clippy::cast_possible_truncation, reason = "pixels of a box")]
        if (to.1 - self.scroll.1).abs() >= 1.0 {
            scroller.set_scroll_top(to.1 as i32);
            self.scroll.1 = to.1;
        }
    }

    /// Has elements for what is in view; gives what is to be focused, where what had the focus is gone.
    fn look(&mut self, root: &web_sys::HtmlElement) -> Option<web_sys::HtmlElement> {
        let plate = Arc::clone(self.shown.as_ref()?);
        let Frame { rect, cell, sparse, .. } = self.port.as_ref()?.frame;
        let (rows, cols) = plate.cells.shape();
        // The cells in view, and with `more` a quarter as many around them: there is something to see while it scrolls.
        let along = |scroll: f64, view: f64, extent: usize, more: bool| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of cells")]
            let (from, to) = ((scroll / cell).max(0.0) as usize, ((scroll + view) / cell).ceil().max(0.0) as usize);
            let around = if more { ((to - from.min(to)) / 4).max(2) } else { 0 };
            (from.saturating_sub(around).min(extent - 1), (to + around).clamp(1, extent))
        };
        let scroll = self.scroll;
        let view =
            |more: bool| Area { rows: along(scroll.1, rect.h, rows, more), cols: along(scroll.0, rect.w, cols, more) };
        let area = match (sparse, self.area.holds(view(false)) && self.area != Area::default()) {
            (false, _) => Area::whole((rows, cols)),
            (true, true) => self.area,
            (true, false) => view(true),
        };
        if area == self.area {
            return None;
        }
        let had_focus = document().active_element().is_some_and(|active| root.contains(Some(&active)));
        self.area = area;
        self.build(root, &plate);
        if !had_focus && self.element(self.cursor.0, self.cursor.1).is_none() {
            // Tab leads to a cell that is in view.
            self.cursor = self.nearest(view(false), &plate);
        }
        // A cell that is scrolled away keeps the keys, and where nothing but padding is in view Tab leads to the grid:
        // it has the focus in the cell's place.
        let cell = self.element(self.cursor.0, self.cursor.1);
        if cell.is_none() {
            set_attribute(root, "tabindex", "0");
        } else {
            remove_attribute(root, "tabindex");
        }
        had_focus.then(|| cell.unwrap_or_else(|| root.clone()))
    }

    /// The cell of the plane that is nearest to the cursor in `view`.
    fn nearest(&self, view: Area, plate: &PlateView) -> (usize, usize) {
        let along = |at: usize, (from, to): (usize, usize), origin: usize, spread: usize, extent: usize| {
            let least = from.saturating_sub(origin).div_ceil(spread.max(1));
            let most = to.saturating_sub(origin + 1) / spread.max(1);
            at.clamp(least.min(most), most).min(extent.saturating_sub(1))
        };
        (
            along(self.cursor.0, view.rows, plate.origin.0, plate.spread.0, plate.shape.0),
            along(self.cursor.1, view.cols, plate.origin.1, plate.spread.1, plate.shape.1),
        )
    }

    /// Gives the grid its size, whichever of its cells have elements.
    fn stretch(&self, root: &web_sys::Element) {
        let Some(plate) = &self.shown else { return };
        let ((rows, cols), Area { rows: (top, bottom), cols: (left, right) }) = (plate.cells.shape(), self.area);
        let mut style = format!("--cols:{}", self.area.width());
        if self.area != Area::whole((rows, cols)) {
            style.push_str(";box-sizing:content-box;padding:");
            for cells in [top, cols - right, rows - bottom, left] {
                style.push_str(&[" calc(", &cells.to_string(), " * var(--cs))"].concat());
            }
        }
        set_attribute(root, "style", &style);
    }

    /// Writes the area's cells anew, as one text: faster than element by element.
    fn build(&mut self, root: &web_sys::Element, plate: &PlateView) {
        let Area { rows, cols } = self.area;
        let mut html = Markup::with_capacity((rows.1 - rows.0) * self.area.width() * 80);
        for i in rows.0..rows.1 {
            let hidden = (0..plate.cells.cols()).all(|j| plate.inside(i, j).is_none());
            html.push_raw("<div role=row");
            if hidden {
                html.push_raw(" aria-hidden=true");
            } else if rows != (0, plate.cells.rows()) {
                // Rows above it may have no elements.
                let row = i.saturating_sub(plate.origin.0) / plate.spread.0.max(1) + 1;
                html.push_raw(" aria-rowindex=\"").push_text(&row.to_string()).push_raw("\"");
            }
            html.push_raw(">");
            for j in cols.0..cols.1 {
                match plate.inside(i, j) {
                    None => html.push_raw("<div aria-hidden=true></div>"),
                    Some((row, col)) => html
                        .push_raw("<div role=gridcell tabindex=-1 aria-colindex=\"")
                        .push_text(&(col + 1).to_string())
                        .push_raw("\" data-at=\"")
                        .push_text(&row.to_string())
                        .push_raw(",")
                        .push_text(&col.to_string())
                        .push_raw("\"></div>"),
                };
            }
            html.push_raw("</div>");
        }
        fill(root, &html);
        set_attribute(root, "aria-rowcount", &plate.shape.0.to_string());
        set_attribute(root, "aria-colcount", &plate.shape.1.to_string());
        self.stretch(root);
        self.cells.clear();
        let made = root.children();
        for row in (0..made.length()).filter_map(|i| made.item(i)) {
            let cells = row.children();
            self.cells.extend((0..cells.length()).filter_map(|j| cells.item(j)?.dyn_into().ok()));
        }
        self.write(None, plate);
        self.cursor = (self.cursor.0.min(plate.shape.0 - 1), self.cursor.1.min(plate.shape.1 - 1));
        self.tab_stop = None;
    }

    /// Has the elements show `now`, where it differs from what they showed `before`, if anything.
    fn write(&self, before: Option<&PlateView>, now: &PlateView) {
        let Area { rows, cols } = self.area;
        let blank = CellView::default();
        for (row, elements) in (rows.0..rows.1).zip(self.cells.chunks(self.area.width().max(1))) {
            if before.is_some_and(|before| now.cells.shares(&before.cells, row)) {
                continue;
            }
            for (col, element) in (cols.0..cols.1).zip(elements) {
                let Some(now) = now.cells.get(row, col) else { continue };
                let shown = before.and_then(|before| before.cells.get(row, col));
                if shown.is_none() {
                    set_attribute(element, "class", &class_of(&blank, 0));
                }
                patch(element, shown.unwrap_or(&blank), now);
            }
        }
    }

    fn index(&self, row: usize, col: usize) -> Option<usize> {
        let shown = self.shown.as_ref()?;
        let (i, j) = shown.place(row, col);
        if row < shown.shape.0 && col < shown.shape.1 { self.area.index(i, j) } else { None }
    }

    fn element(&self, row: usize, col: usize) -> Option<web_sys::HtmlElement> {
        self.cells.get(self.index(row, col)?).cloned()
    }

    fn move_tab_stop(&mut self) {
        let wanted = self.index(self.cursor.0, self.cursor.1);
        if wanted == self.tab_stop {
            return;
        }
        if let Some(before) = self.tab_stop.and_then(|index| self.cells.get(index)) {
            set_attribute(before, "tabindex", "-1");
        }
        if let Some(cell) = wanted.and_then(|index| self.cells.get(index)) {
            set_attribute(cell, "tabindex", "0");
        }
        self.tab_stop = wanted;
    }

    /// What stands in a cell of the plane.
    fn view(&self, row: usize, col: usize) -> Option<&CellView> {
        let shown = self.shown.as_ref()?;
        let (row, col) = shown.place(row, col);
        shown.cells.get(row, col)
    }

    /// Has an element for a cell that is out of view: it scrolls there.
    fn reach(&mut self, root: &web_sys::HtmlElement, row: usize, col: usize) {
        let inside = self.shown.as_ref().filter(|shown| row < shown.shape.0 && col < shown.shape.1);
        if let (Some((i, j)), None) = (inside.map(|shown| shown.place(row, col)), self.index(row, col)) {
            self.scroll_to(Area { rows: (i, i + 1), cols: (j, j + 1) });
            drop(self.look(root));
        }
    }

    /// Makes a cell the one that Tab reaches, and gives it to be focused.
    fn aim(&mut self, row: usize, col: usize) -> Option<web_sys::HtmlElement> {
        let cell = self.element(row, col)?;
        self.cursor = (row, col);
        self.move_tab_stop();
        Some(cell)
    }

    fn shape(&self) -> (usize, usize) {
        self.shown.as_ref().map_or((1, 1), |shown| shown.shape)
    }
}

fn class_of(cell: &CellView, length: usize) -> String {
    let mut class = String::from(match cell.kind {
        CellKind::Padding => "pad",
        CellKind::Editable => "in",
        CellKind::Output => "out",
        CellKind::NotYet => "todo",
        CellKind::Absent => "absent",
    });
    for (name, on) in [
        ("seen", cell.seen),
        ("lit", cell.lit),
        ("now", cell.now),
        ("unread", cell.unread),
        ("differs", cell.differs),
        ("won", cell.won),
        ("invalid", cell.invalid),
        ("pos", cell.tint > 0),
        ("neg", cell.tint < 0),
        // Five characters and more are set smaller, so that they stay in their cell.
        ("c5", length == 5),
        ("c6", length == 6),
        ("c7", length == 7),
        ("c8", (8..=10).contains(&length)),
        ("c11", length > 10),
    ] {
        if on {
            class.push(' ');
            class.push_str(name);
        }
    }
    class
}

fn patch(element: &web_sys::HtmlElement, before: &CellView, now: &CellView) {
    if before == now {
        return;
    }
    // Its text is written where it is shown; a mark changes none.
    let (old, new) = (before.text(), now.text());
    if old != new {
        element.set_text_content(Some(&new));
    }
    let class = class_of(now, new.chars().count());
    if class_of(before, old.chars().count()) != class {
        set_attribute(element, "class", &class);
    }
    if before.tint != now.tint {
        let style = element.style();
        drop(style.set_property("--v", &ascii(f64::from(now.tint.unsigned_abs()) / 100.0)));
    }
    let optional = |name: &str, before: Option<&String>, now: Option<&String>| match now {
        _ if before == now => {}
        Some(value) => set_attribute(element, name, value),
        None => remove_attribute(element, name),
    };
    optional("data-tap", before.letter.as_ref(), now.letter.as_ref());
    if before.content != now.content {
        optional("title", before.whole().as_ref(), now.whole().as_ref());
    }
    let yes = String::from("true");
    optional("aria-invalid", before.invalid.then_some(&yes), now.invalid.then_some(&yes));
    optional("aria-current", before.now.then_some(&yes), now.now.then_some(&yes));
}

/// Keys in a grid, and the editor that lies over a cell while it is typed into.
///
/// The editor is always there, invisible while nothing is edited: a phone opens its keyboard only for a field that gets
/// the focus within the tap itself.
#[derive(Clone, Copy)]
struct Keyboard {
    root: NodeRef<leptos::html::Div>,
    board: StoredValue<Board, LocalStorage>,
    editor: NodeRef<leptos::html::Input>,
    /// The cell in the editor and its text before.
    editing: StoredValue<Option<(usize, usize, String)>>,
    /// Whether the last press was no mouse's: `index.html` has the keys that a phone lacks, Tab among them.
    touch: StoredValue<bool>,
    name: StoredValue<String>,
    on_event: Callback<GridEvent>,
}

impl Keyboard {
    /// A key on a cell.
    fn pressed(self, event: &web_sys::KeyboardEvent) {
        // Where the cell is scrolled away the grid itself has the focus.
        let (row, col) = cell_of(event.target()).unwrap_or_else(|| self.board.with_value(|board| board.cursor));
        let (rows, cols) = self.board.with_value(Board::shape);
        let editable = self.board.with_value(|board| board.editable);
        let jump = event.ctrl_key() || event.meta_key();
        let to = match event.key().as_str() {
            "ArrowUp" => (if jump { 0 } else { row.saturating_sub(1) }, col),
            "ArrowDown" => (if jump { rows - 1 } else { row + 1 }, col),
            "ArrowLeft" => (row, if jump { 0 } else { col.saturating_sub(1) }),
            "ArrowRight" => (row, if jump { cols - 1 } else { col + 1 }),
            "Home" => (if jump { 0 } else { row }, 0),
            "End" => (if jump { rows - 1 } else { row }, cols - 1),
            "Enter" | "F2" if editable => {
                event.prevent_default();
                self.edit(row, col, None);
                return;
            }
            "Enter" => {
                event.prevent_default();
                self.on_event.run(GridEvent::Pick { row, col });
                return;
            }
            "Delete" | "Backspace" if editable => {
                event.prevent_default();
                self.on_event.run(GridEvent::Edit { row, col, text: "0".into() });
                return;
            }
            key if editable && !jump && !event.alt_key() && key.chars().count() == 1 && key != " " => {
                event.prevent_default();
                self.edit(row, col, Some(key));
                return;
            }
            _ => return,
        };
        event.prevent_default();
        self.focus(to.0.min(rows - 1), to.1.min(cols - 1));
    }

    /// Opens the editor over a cell, with its text selected or with `typed` in its place.
    fn edit(self, row: usize, col: usize, typed: Option<&str>) {
        let Some(editor) = self.editor.get_untracked() else { return };
        self.reach(row, col);
        let found = self.board.with_value(|board| board.element(row, col).zip(board.view(row, col).map(as_typed)));
        let Some((cell, text)) = found else { return };
        set_attribute(&editor, "aria-label", &format!("{} row {row}, column {col}", self.name.get_value()));
        // On a small cell it is the wider: the last one's stays within the grid.
        let row_of = cell.parent_element().and_then(|row| row.dyn_into::<web_sys::HtmlElement>().ok());
        let width = row_of.map_or(0, |row| row.offset_left() + row.client_width());
        let left = cell.offset_left().min(width - editor.offset_width()).max(0);
        let place = format!("left:{left}px;top:{}px;visibility:visible", cell.offset_top());
        set_attribute(&editor, "style", &place);
        editor.set_value(typed.unwrap_or(&text));
        self.editing.set_value(Some((row, col, text)));
        focus_element(&editor);
        match typed {
            None => editor.select(),
            // Some browsers select all of a field that gets the focus: the next key would replace this one.
            Some(typed) => {
                let end = u32::try_from(typed.len()).unwrap_or_default();
                drop(editor.set_selection_range(end, end));
            }
        }
    }

    /// A key in the editor.
    fn typing(self, event: &web_sys::KeyboardEvent) {
        let Some((row, col, _)) = self.editing.get_value() else { return };
        let (rows, cols) = self.board.with_value(Board::shape);
        let back = event.shift_key();
        let to = match event.key().as_str() {
            "Enter" if back => (row.saturating_sub(1), col),
            "Enter" | "ArrowDown" => ((row + 1).min(rows - 1), col),
            "ArrowUp" => (row.saturating_sub(1), col),
            "Tab" if back && (row, col) == (0, 0) => (0, 0),
            "Tab" if back => {
                if col == 0 {
                    (row - 1, cols - 1)
                } else {
                    (row, col - 1)
                }
            }
            "Tab" if col + 1 < cols => (row, col + 1),
            "Tab" if row + 1 < rows => (row + 1, 0),
            "Tab" => (row, col),
            "Escape" => {
                event.prevent_default();
                event.stop_propagation();
                self.give_up(row, col);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        // The editor stays open on the way, or a phone's keyboard would go and come again.
        if event.key() == "Tab" && self.touch.get_value() && to != (row, col) {
            self.take();
            self.edit(to.0, to.1, None);
        } else {
            self.commit();
            self.focus(to.0, to.1);
        }
    }

    /// Takes what is in the editor, if it differs, and closes it.
    fn commit(self) {
        if self.take() {
            self.hide();
        }
    }

    /// Takes what is in the editor, if it differs; whether a cell was edited.
    fn take(self) -> bool {
        let Some(Some((row, col, before))) = self.editing.try_update_value(Option::take) else { return false };
        let Some(editor) = self.editor.get_untracked() else { return false };
        let text = editor.value();
        if text.trim() != before {
            self.on_event.run(GridEvent::Edit { row, col, text });
        }
        true
    }

    /// Closes the editor of a cell without taking what is in it.
    fn give_up(self, row: usize, col: usize) {
        self.editing.set_value(None);
        self.hide();
        self.focus(row, col);
    }

    fn hide(self) {
        if let Some(editor) = self.editor.get_untracked() {
            set_attribute(&editor, "style", "visibility:hidden");
        }
    }

    fn reach(self, row: usize, col: usize) {
        if let Some(root) = self.root.get_untracked() {
            self.board.update_value(|board| board.reach(&root, row, col));
        }
    }

    fn focus(self, row: usize, col: usize) {
        self.reach(row, col);
        // Focusing runs the grid's own focus listener, which borrows the board: it must be free by then.
        let cell = self.board.try_update_value(|board| board.aim(row, col)).flatten();
        if let Some(cell) = cell {
            focus_element(&cell);
        }
    }
}

/// What a cell's text is in the editor: the whole number, with a hyphen for a minus; a fraction stays one.
fn as_typed(cell: &CellView) -> String {
    let text = cell.text();
    let text = if text.contains('/') { text } else { cell.whole().unwrap_or(text) };
    text.replace(MINUS, "-")
}
