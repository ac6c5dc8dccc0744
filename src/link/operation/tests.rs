//! Links of labs: what is written is short, what is read is said, and whatever is opened comes back.

use std::{collections::HashSet, fmt::Debug};

use proptest::prelude::*;

use super::*;
use crate::{
    lab::{
        channels::{MAX_CHANNELS, MAX_EXTENT, MAX_FILTERS, MAX_KERNEL_EXTENT},
        control::ControlId,
        operation::Action,
        scene::Playhead,
        setting::{Kind, Setting, random},
    },
    link::{Link, packed},
    num::{Entry, Grid},
};

/// A lab whose states are compared and printed.
trait Kept: Linked + Debug + PartialEq {}

impl<L: Linked + Debug + PartialEq> Kept for L {}

/// Opens a link with the page's lab.
fn open(text: &str) -> (&'static LabKind, LabLink, Vec<String>) {
    let (link, mut warnings) = Link::decode(text);
    let kind = LabKind::of_page(link.page).unwrap();
    let (state, more) = (kind.decode)(&link.fields);
    warnings.extend(more);
    (kind, state, warnings.iter().map(ToString::to_string).collect())
}

fn text_of(kind: &LabKind, state: &LabLink) -> String {
    Link { fields: (kind.encode)(state), ..Link::to(kind.page) }.encode()
}

#[track_caller]
fn check(page: &str, query: &str, written: &str, expect: &[&str]) {
    let (kind, state, warnings) = open(&format!("#/{page}?{query}"));
    let text = text_of(kind, &state);
    assert_eq!(text, format!("#/{page}{written}"));
    assert_eq!(warnings, expect);
    assert!(open(&text).1 == state, "{text} opens another state");
}

#[test]
fn convolution_writes_short_links_and_says_what_it_can_t_read() {
    let check = |query: &str, written: &str, expect: &[&str]| check("convolution", query, written, expect);
    check("", "", &[]);
    check("x=0,1,2;3,4,5;6,7,8&k=0,1;2,3&b=0&pad=0&stride=1,1&step=1&speed=1", "", &[]);
    check("stride=2,2&pad=1,1,1,1", "?pad=1&stride=2", &[]);
    check("pad=2,1,0,0&stride=3,2", "?pad=2,1,0,0&stride=3,2", &[]);
    check("x=%2D1%2C1/2", "?x=-1,1/2", &[]);
    check("x=", "?x=", &[]);
    check("b=one half", "?b=one%20half", &[]);
    check("b=%252C5", "?b=%252C5", &[]);
    check("pad=0&pad=2", "?pad=2", &[]);
    check(
        "x=1,2;3",
        "",
        &["The link's x=1,2;3 can't be read: rows of numbers such as 0,1;2,3, all of one length, at most 64 × 64. \
               The default is used."],
    );
    check(
        "pad=1,2",
        "",
        &["The link's pad=1,2 can't be read: one count, or top,bottom,left,right. The default is used."],
    );
    check(
        "stride=10000",
        "",
        &["The link's stride=10000 can't be read: one count, or height,width. The default is used."],
    );
    check(
        "step=0&speed=3",
        "",
        &[
            "The link's step=0 can't be read: a count from 1. The default is used.",
            "The link's speed=3 can't be read: 0.5, 1, 2 or 4. The default is used.",
        ],
    );
    check("colour=red", "", &["The link's field “colour” is not known here and was ignored."]);
}

#[test]
fn pooling_writes_short_links_and_says_what_it_can_t_read() {
    let check = |query: &str, written: &str, expect: &[&str]| check("pooling", query, written, expect);
    check("", "", &[]);
    check(
        "x=0,1,2;3,4,5;6,7,8&kind=max&window=2&stride=1,1&pad=0&ceil=0&count_pad=1&shift=no&step=1&predict=0",
        "",
        &[],
    );
    check(
        "shift=up&predict=1&step=3&speed=2&count_pad=0&ceil=1&pad=1,0,1,0&stride=2&window=2,3&kind=average&x=-1,1/2",
        "?x=-1,1/2&kind=average&window=2,3&stride=2&pad=1,0,1,0&ceil=1&count_pad=0&shift=up&step=3&speed=2&predict=1",
        &[],
    );
    check("window=0,9999", "?window=0,9999", &[]);
    check(
        "kind=min&shift=2&k=1",
        "",
        &[
            "The link's kind=min can't be read: max or average. The default is used.",
            "The link's shift=2 can't be read: no, left, right, up or down. The default is used.",
            "The link's field “k” is not known here and was ignored.",
        ],
    );
}

#[test]
fn channels_writes_short_links_and_says_what_it_can_t_read() {
    let check = |query: &str, written: &str, expect: &[&str]| check("channels", query, written, expect);
    check("", "", &[]);
    check("x=0,1,2;3,4,5;6,7,8|1,2,3;4,5,6;7,8,9&k=0,1;2,3|1,2;3,4&b=0&groups=1&pad=0&mode=zeros", "", &[]);
    // One bias stands for all filters, wherever it stands.
    check("b=2&k=1|2||3|4", "?k=1|2||3|4&b=2", &[]);
    check("k=1|2||3|4&b=2,2", "?k=1|2||3|4&b=2", &[]);
    check("k=1|2||3|4&b=0,0", "?k=1|2||3|4", &[]);
    check("b=1,2,3", "?b=1,2,3", &[]);
    check("b=%252C5", "?b=%252C5", &[]);
    // What does not fit together is kept, and the lab says so.
    check("x=1|2|3,4&k=1||2|3&groups=7", "?x=1|2|3,4&k=1||2|3&groups=7", &[]);
    check("x=%7C1", "?x=%20|1", &[]);
    check("k=1|||2", "?k=1||%20|2", &[]);
    check("k=1|%20||2", "?k=1|%20||2", &[]);
    let form = |place: usize| ChannelsLab::SETTINGS[place].form();
    let (x, k, b) = (&form(0), &form(1), &form(2));
    let refused = |field: &str, form: &str| format!("The link's {field} can't be read: {form}. The default is used.");
    check("x=1,2;3|1", "", &[&refused("x=1,2;3|1", x)]);
    check("x=1|2|3|4|5|6|7|8|9", "", &[&refused("x=1|2|3|4|5|6|7|8|9", x)]);
    check("k=1||2||3||4||5||6||7||8||9", "", &[&refused("k=1||2||3||4||5||6||7||8||9", k)]);
    check("b=1,2,3,4,5,6,7,8,9", "", &[&refused("b=1,2,3,4,5,6,7,8,9", b)]);
    check("groups=1,2", "", &[&refused("groups=1,2", "a count")]);
}

#[test]
fn filters_writes_short_links_and_says_what_it_can_t_read() {
    let check = |query: &str, written: &str, expect: &[&str]| check("filters", query, written, expect);
    check("", "", &[]);
    check(
        "image=camera&grey=0&k=edge&normalise=0&b=0&relu=0&pool=no&filter=1&mode=zeros&show=clamped&channel=red&step=1",
        "",
        &[],
    );
    check("k=-1,-1,-1;-1,8,-1;-1,-1,-1", "?k=-1,-1,-1;-1,8,-1;-1,-1,-1", &[]);
    check(
        "step=9&channel=blue&show=signed&mode=circular&filter=2&pool=max||no||average&relu=1||0||0&b=0||1/2||0\
             &normalise=0||0||1&k=gabor:7,4,45,2,0.5,90||random:3,2,5||1/9&grey=1&image=chelsea",
        "?image=chelsea&grey=1&k=gabor:7,4,45,2,0.5,90||random:3,2,5||1/9&normalise=0||0||1&b=0||1/2||0\
             &relu=1||0||0&pool=max||no||average&filter=2&mode=circular&show=signed&channel=blue&step=9",
        &[],
    );
    // As many filters as the longest list says; those that are not named change nothing.
    check("relu=0||1", "?k=edge||identity&relu=0||1", &[]);
    check("filter=3&k=box||edge", "?k=box||edge&filter=2", &[]);
    check(
        "k=gabor:12,4,45,2,0.5,90&image=dog&relu=1||1||1||1&filter=0&pool=min",
        "",
        &[
            "The link's k=gabor:12,4,45,2,0.5,90 can't be read: kernels with || between, each a name such as \
                 sobel-x, gabor:size,wavelength,direction,bell,aspect,phase, random:seed,rows,columns, or rows of numbers \
                 such as 0,1;2,3, at most 3 of at most 11 × 11. The default is used.",
            "The link's image=dog can't be read: astronaut, camera, chelsea, coffee, own or webcam. The default is used.",
            "The link's relu=1||1||1||1 can't be read: 1 or 0 for each filter, with || between. The default is used.",
            "The link's filter=0 can't be read: 1, 2 or 3. The default is used.",
            "The link's pool=min can't be read: no, max or average for each filter, with || between. The default is used.",
        ],
    );
    // Texts that read as names are told apart.
    check("k=own:box", "?k=own:box", &[]);
    check("k=own:own:3", "?k=own:own:3", &[]);
    check(
        "k=gabor:1,2",
        "",
        &["The link's k=gabor:1,2 can't be read: kernels with || between, each a name such as \
                 sobel-x, gabor:size,wavelength,direction,bell,aspect,phase, random:seed,rows,columns, or rows of numbers \
                 such as 0,1;2,3, at most 3 of at most 11 × 11. The default is used."],
    );
    check("k=own:gabor:1,2", "?k=own:gabor:1,2", &[]);
}

#[test]
fn backward_writes_short_links_and_says_what_it_can_t_read() {
    let check = |query: &str, written: &str, expect: &[&str]| check("backward", query, written, expect);
    check("", "", &[]);
    check(
        "op=convolution&x=0,1,2;3,4,5;6,7,8&k=0,1;2,3&b=0&dy=2,-1;0,1&window=2&stride=1,1&pad=0&dilation=1&count_pad=1&view=steps&step=1&predict=0",
        "",
        &[],
    );
    check(
        "predict=1&step=3&speed=2&view=check&count_pad=0&dilation=2,1&pad=1,0,1,0&stride=2&window=2,3&dy=1&b=1/2&k=1&x=-1,1/2&op=average",
        "?op=average&x=-1,1/2&k=1&b=1/2&dy=1&window=2,3&stride=2&pad=1,0,1,0&dilation=2,1&count_pad=0&view=check&step=3&speed=2&predict=1",
        &[],
    );
    // The upstream gradient of a link that names none is as large as the output; a named one is as it is.
    check("stride=2", "?stride=2", &[]);
    check("stride=2&dy=2", "?stride=2", &[]);
    check("stride=2&dy=2,-1;0,1", "?dy=2,-1;0,1&stride=2", &[]);
    check("stride=0", "?stride=0", &[]);
    check(
        "op=min&view=im2col&mode=reflect&dy=1;2,3",
        "",
        &[
            "The link's op=min can't be read: convolution, max or average. The default is used.",
            "The link's view=im2col can't be read: steps, full or check. The default is used.",
            "The link's field “mode” is not known here and was ignored.",
            "The link's dy=1;2,3 can't be read: rows of numbers such as 0,1;2,3, all of one length, one number for \
                 each output. The default is used.",
        ],
    );
}

#[test]
fn receptive_field_writes_short_links_and_says_what_it_can_t_read() {
    let check = |query: &str, written: &str, expect: &[&str]| check("receptive-field", query, written, expect);
    check("", "", &[]);
    check("n=32&layers=c5;c5;c5;c5;c5;c5;c5&view=planes&step=1&predict=0", "", &[]);
    // A pooling's stride is its window where none is written, as frameworks begin with.
    check("layers=c5s1p0d1;m2s2;a3s1", "?layers=c5;m2;a3s1", &[]);
    check("layers= c5p2d3s4 ;m2p1", "?layers=c5s4p2d3;m2p1", &[]);
    check("n=0,9999&layers=c0;m0", "?n=0,9999&layers=c0;m0", &[]);
    check("cell=2,3", "?cell=2,3", &[]);
    check("cell=9,2,3&view=axis&step=2&speed=2&predict=1", "?cell=9,2,3&view=axis&step=2&speed=2&predict=1", &[]);
    let form = "1 to 10 layers with ; between, each c (convolution), m (max) or a (average) with its window, then \
                    s stride, p padding, d dilation: c5;c3s2p1d2;m2";
    for wrong in [
        "",
        "c",
        "5",
        "x5",
        "c5s",
        "c5s2s3",
        "c5q1",
        "c5;",
        "c10000",
        "é5",
        "cé",
        "c5é",
        "c1;c1;c1;c1;c1;c1;c1;c1;c1;c1;c1",
    ] {
        let warning = format!("The link's layers={wrong} can't be read: {form}. The default is used.");
        check(&format!("layers={wrong}"), "", &[&warning]);
    }
    check(
        "cell=0,1,1&view=3d&x=1",
        "",
        &[
            "The link's cell=0,1,1 can't be read: row,column of the last layer, or layer,row,column with layers \
                 from 1. The default is used.",
            "The link's view=3d can't be read: planes or axis. The default is used.",
            "The link's field “x” is not known here and was ignored.",
        ],
    );
}

#[test]
fn why_writes_short_links_and_says_what_it_can_t_read() {
    let check = |query: &str, written: &str, expect: &[&str]| check("why", query, written, expect);
    check("", "", &[]);
    check(
        "view=count&size=3000,4000&channels=3&units=100&window=5&filters=100&shift=right&stride=1&pad=0&seed=1&step=1",
        "",
        &[],
    );
    check(
        "predict=1&speed=4&step=2&seed=0&pad=9999&stride=0&shift=up2&k=1/2&x=1,2;3,4&taps=-1&row=1,2;3,4&filters=6&window=2,3&units=1&channels=0&size=28&view=connections",
        "?view=connections&size=28&channels=0&units=1&window=2,3&filters=6&row=1,2;3,4&taps=-1&x=1,2;3,4&k=1/2&shift=up2&stride=0&pad=9999&seed=0&step=2&speed=4&predict=1",
        &[],
    );
    check(
        "view=why&shift=3&channels=1,2&units=10000&kernel=1",
        "",
        &[
            "The link's view=why can't be read: count, connections or shift. The default is used.",
            "The link's shift=3 can't be read: right, left, down, up, right2, left2, down2, up2 or diagonal. The default is used.",
            "The link's channels=1,2 can't be read: a count up to 9,999. The default is used.",
            "The link's units=10000 can't be read: a count up to 9,999. The default is used.",
            "The link's field “kernel” is not known here and was ignored.",
        ],
    );
}

/// Pixels for a lab that has a picture.
fn with_pixels(kind: &LabKind, lab: &OperationLab) -> OperationLab {
    let size = lab.state().and_then(|lab: &FiltersLab| lab.image.size());
    let pixels = size.and_then(|(width, height, planes)| {
        let pixel = |at: usize| if planes == 1 { [7, 7, 7, 255] } else { [7, 8, at.to_le_bytes()[0], 255] };
        Pixels::from_rgba(&(0..width * height).flat_map(pixel).collect::<Vec<_>>(), width, height).ok()
    });
    (kind.with_pixels)(lab, pixels)
}

#[test]
fn presets_are_links_in_canonical_form_that_compute() {
    for kind in LabKind::ALL {
        let mut names = HashSet::new();
        for preset in (kind.decode)(&Fields::new()).0.lab.operation().presets() {
            let name = preset.name;
            let query = if preset.query.is_empty() { String::new() } else { format!("?{}", preset.query) };
            let text = format!("#/{}{query}", kind.page.path());
            let (_, state, warnings) = open(&text);
            assert_eq!(warnings, [""; 0], "{name}");
            assert_eq!(text_of(kind, &state), text, "{name}");
            let steps = with_pixels(kind, &state.lab).operation().compute().map(|computed| computed.len());
            // Some show what is said of what can't be computed.
            let computes = !["One 5×5 too many", "One example in training", "Equal numbers, and ε = 0"].contains(&name);
            assert_eq!(steps.as_ref().is_ok_and(|&steps| state.step <= steps), computes, "{name}: {steps:?}");
            assert!(names.insert(name), "two presets have the name {name}");
        }
    }
}

#[test]
fn a_state_is_of_its_own_lab_alone() {
    for kind in LabKind::ALL {
        let (state, _) = (kind.decode)(&vec![("step".to_owned(), "2".to_owned()), ("pad".to_owned(), "1".to_owned())]);
        for other in LabKind::ALL.iter().filter(|other| other.page != kind.page) {
            assert_eq!((other.encode)(&state), [], "{:?} writes what {:?} has", other.page, kind.page);
        }
    }
}

/// What each lab keeps.
macro_rules! each_lab {
    ($($module:ident $lab:ident,)+) => {
        $(mod $module {
            use super::*;

            #[test]
            fn settings_are_told_apart() {
                super::settings_are_told_apart::<$lab>();
            }

            #[test]
            fn grids_past_their_limit_are_refused_whole() {
                super::grids_past_their_limit_are_refused_whole::<$lab>();
            }

            #[test]
            fn the_largest_lab_comes_back() {
                super::the_largest_lab_comes_back::<$lab>();
            }

            #[test]
            fn any_setting_is_written_as_it_was_read() {
                super::any_setting_is_written_as_it_was_read::<$lab>();
            }

            #[test]
            fn any_state_comes_back() {
                super::any_state_comes_back::<$lab>();
            }

            #[test]
            fn any_text_opens_a_state_that_comes_back() {
                super::any_text_opens_a_state_that_comes_back::<$lab>();
            }
        })+
    };
}

each_lab! {
    convolution ConvolutionLab,
    pooling PoolingLab,
    channels ChannelsLab,
    filters FiltersLab,
    backward BackwardLab,
    batch_norm BatchNormLab,
    highway HighwayLab,
    receptive_field ReceptiveFieldLab,
    why WhyLab,
}

/// The names of what a link holds, and of what is on screen at a time, differ.
fn settings_are_told_apart<L: Kept>() {
    let mut links: Vec<&str> = L::SETTINGS.iter().map(|setting| setting.link).filter(|link| !link.is_empty()).collect();
    links.extend(PLAYER.iter().map(|field| field.name));
    assert_eq!(links.iter().collect::<HashSet<_>>().len(), links.len(), "two settings have one name in {links:?}");
    for setting in L::SETTINGS {
        assert!(setting.place == 0 || !setting.name.is_empty(), "“{}” is on screen without a name", setting.link);
        assert!(setting.place > 0 || !setting.link.is_empty(), "{:?} is nowhere", setting.control);
    }
    let controls = L::default().controls();
    let shown: HashSet<_> = controls.iter().map(|view| view.control).collect();
    assert_eq!(shown.len(), controls.len(), "two controls are one: {controls:?}");
}

fn grids_past_their_limit_are_refused_whole<L: Kept>() {
    for setting in L::SETTINGS {
        let Kind::Cells(_, limit) = setting.kind else { continue };
        for (rows, cols, refused) in [(limit, limit, false), (limit + 1, 1, true), (1, limit + 1, true)] {
            let text = vec![vec!["7"; cols].join(","); rows].join(";");
            let mut lab = L::default();
            assert_eq!(setting.read(&mut lab, &text).is_none(), refused, "{} of {rows} × {cols}", setting.link);
            assert_eq!(lab == L::default(), refused);
        }
    }
}

/// Fractions of which none is like another, so that nothing is packed away: 17 digits above and below each bar.
fn fractions() -> impl FnMut(usize, usize) -> Entry {
    let mut seed = 1u64;
    let mut long = move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 11) as f64 / (1u64 << 53) as f64 + 1e-3
    };
    move |_, _| Entry::Fraction { numerator: -long(), denominator: long() }
}

fn the_largest_lab_comes_back<L: Kept>() {
    let mut fraction = fractions();
    let mut lab = L::default();
    for setting in L::SETTINGS {
        if let Kind::Cells(cells, limit) = &setting.kind {
            *(cells.get_mut)(&mut lab) = Grid::from_fn(*limit, *limit, &mut fraction);
        }
    }
    comes_back(&LabLink::of(lab));
}

#[test]
fn the_largest_channels_come_back() {
    let mut fraction = fractions();
    let mut planes = |count: usize, extent: usize| -> Vec<Grid<Entry>> {
        (0..count).map(|_| Grid::from_fn(extent, extent, &mut fraction)).collect()
    };
    let lab = ChannelsLab {
        inputs: planes(MAX_CHANNELS, MAX_EXTENT),
        filters: (0..MAX_FILTERS).map(|_| planes(MAX_CHANNELS, MAX_KERNEL_EXTENT)).collect(),
        biases: vec![Entry::Number(0.0); MAX_FILTERS],
        ..ChannelsLab::default()
    };
    comes_back(&LabLink::of(lab));
}

#[test]
fn channels_past_their_limit_are_refused_whole() {
    for (name, limit) in [("x", MAX_EXTENT), ("k", MAX_KERNEL_EXTENT)] {
        for (rows, cols, refused) in [(limit, limit, 0), (limit + 1, 1, 1), (1, limit + 1, 1)] {
            let text = vec![vec!["7"; cols].join(","); rows].join(";");
            let (state, warnings) = read_lab::<ChannelsLab>(&vec![(name.to_owned(), format!("1|{text}"))]);
            assert_eq!(warnings.len(), refused, "{name} of {rows} × {cols}");
            assert_eq!(state == LabLink::default(), refused == 1);
        }
    }
    let form = |place: usize| ChannelsLab::SETTINGS[place].form();
    assert!(form(0).ends_with(&format!("at most {MAX_CHANNELS} of {MAX_EXTENT} × {MAX_EXTENT}")));
    let kernels = format!("{MAX_CHANNELS} kernels of {MAX_KERNEL_EXTENT} × {MAX_KERNEL_EXTENT}");
    assert!(form(1).ends_with(&format!("at most {MAX_FILTERS} filters of {kernels}")));
    assert!(form(2).ends_with(&format!("at most {MAX_FILTERS}")));
}

/// A state is what its link opens, without a warning.
#[track_caller]
fn comes_back<L: Kept>(state: &LabLink<L>) {
    let link = Link { fields: write_lab(state), ..Link::to(L::PAGE) };
    let (decoded, warnings) = Link::decode(&packed(&link.encode()));
    assert_eq!(warnings, []);
    let (again, warnings) = read_lab::<L>(&decoded.fields);
    assert_eq!(warnings, []);
    assert!(again == *state, "{again:?}\nis not\n{state:?}");
}

/// Whatever was opened is shown or explained; what problems and repairs name is a setting, or a grid's cells.
fn is_shown_or_explained<L: Kept>(lab: &L) {
    let _ = (lab.shape(None), lab.program(), lab.broken_scene(Playhead::default()));
    let controls = lab.controls();
    for view in &controls {
        // Rows and columns of a grid are set by the action that resizes it.
        let is_extent = [ControlId::INPUT_SIZE, ControlId::KERNEL_SIZE].contains(&view.control);
        let Some(value) = view.value.as_ref().filter(|_| !is_extent) else { continue };
        assert!(lab.clone().set(view.control, value).is_some(), "{view:?} can't be set to what it is");
    }
    let is_known = |control: ControlId| {
        let rows = L::SETTINGS.iter().map(|setting| setting.control);
        let mut known = rows.chain(controls.iter().map(|view| view.control));
        control.is_on_stage() || known.any(|known| known.name() == control.name())
    };
    match lab.compute() {
        Ok(computed) => drop(computed.scene(Playhead::default())),
        Err(problem) => {
            assert!(!problem.repairs.is_empty(), "{problem}");
            assert!(is_known(problem.control), "{:?} is no setting: {problem}", problem.control);
            for repair in &problem.repairs {
                let Action::Set(control, _) = repair.action else { continue };
                assert!(is_known(control), "{control:?} is no setting: {}", repair.label);
            }
        }
    }
}

fn any_setting_is_written_as_it_was_read<L: Kept>() {
    let default = L::default();
    for setting in L::SETTINGS.iter().filter(|setting| !setting.link.is_empty()) {
        proptest!(ProptestConfig::with_cases(64), |(text in random::any_text(setting))| {
            let mut lab = L::default();
            prop_assert_eq!(setting.read(&mut lab, &text), Some(()), "{}={}", setting.link, text);
            let expect = (lab != default).then_some(text);
            prop_assert_eq!(setting.write(&lab, &default), expect, "{}", setting.link);
        });
    }
}

/// Any of a lab's settings, of whatever fits together or not.
fn any_link<L: Kept>() -> impl Strategy<Value = LabLink<L>> {
    let settings: Vec<_> = L::SETTINGS.iter().filter(|setting| !setting.link.is_empty()).collect();
    let texts: Vec<_> =
        settings.iter().map(|setting| prop::option::weighted(0.7, random::any_text(*setting))).collect();
    (texts, 1..=9_999usize, prop::sample::select(SPEEDS.as_slice()), any::<bool>()).prop_map(
        move |(texts, step, speed, predict)| {
            let mut lab = L::default();
            for (setting, text) in settings.iter().zip(texts) {
                if let Some(text) = text {
                    setting.read(&mut lab, &text).unwrap();
                }
            }
            lab.settle();
            LabLink { lab, step, speed, predict }
        },
    )
}

fn any_state_comes_back<L: Kept>() {
    proptest!(ProptestConfig::with_cases(64), |(state in any_link::<L>())| {
        comes_back(&state);
        is_shown_or_explained(&state.lab);
    });
}

/// Names that the lab knows and others, with values that it reads and others.
fn any_fields<L: Kept>() -> impl Strategy<Value = Vec<(String, String)>> {
    let known: Vec<&Setting<L>> = L::SETTINGS.iter().filter(|setting| !setting.link.is_empty()).collect();
    let named = prop::sample::select((0..known.len()).collect::<Vec<_>>()).prop_flat_map(move |place| {
        let setting = known[place];
        let of_another = random::any_text(known[(place + 1) % known.len()]);
        let spoilt = (random::any_text(setting), "[0-9,;|/.%a-z-]{0,4}").prop_map(|(text, end)| text + &end);
        let value = prop_oneof![random::any_text(setting), spoilt, of_another, "[0-9,;|/.%-]{0,30}", any::<String>()];
        (Just(setting.link.to_owned()), value)
    });
    let other = ("[a-z_]{0,9}|step|speed|predict|z", any::<String>());
    prop::collection::vec(prop_oneof![3 => named, 1 => other], 0..8)
}

fn any_text_opens_a_state_that_comes_back<L: Kept>() {
    let path = L::PAGE.path();
    let query = |fields: Vec<(String, String)>| {
        fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    };
    let link = any_fields::<L>().prop_map(move |fields| format!("#/{path}?{}", query(fields)));
    proptest!(ProptestConfig::with_cases(96), |(text in prop_oneof![1 => any::<String>(), 9 => link])| {
        let (link, _) = Link::decode(&text);
        let (state, _) = read_lab::<L>(&link.fields);
        comes_back(&state);
        is_shown_or_explained(&state.lab);
    });
}
