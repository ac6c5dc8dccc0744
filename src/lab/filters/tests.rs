//! The filters lab: pictures and kernels, what undo keeps of them, the magnifier's scenes, programs.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::settings::{CHANNEL, FILTER, GREY, NAMED_KERNEL, NORMALISE, PARAMETER, POOL, RELU, SHOW};
use super::*;
use crate::lab::control::{ControlId, Value};
use crate::lab::operation::State as _;
use crate::lab::setting::Described as _;
use crate::{
    image::Layout,
    lab::{
        History, OperationLab,
        operation::Action,
        predict::{Verdict, judge},
        scene::{Playhead, tests::draw_scene},
    },
    link::{Link, operation::read_lab},
    nn::reference::{self, Conv2d, conv2d},
    num::close,
};

/// A picture of `planes` planes whose number in a plane is 10·row + column, 100 more for each plane.
fn picture(width: usize, height: usize, planes: usize) -> Pixels {
    let mut frame = Frame::default();
    frame.reshape(width, height, planes);
    for plane in 0..planes {
        for (at, x) in frame.plane_mut(plane).iter_mut().enumerate() {
            *x = (100 * plane + 10 * (at / width) + at % width) as f32;
        }
    }
    frame.into()
}

fn lab(query: &str) -> FiltersLab {
    let (link, _) = Link::decode(&format!("#/filters?{query}"));
    let (state, warnings) = read_lab::<FiltersLab>(&link.fields);
    assert_eq!(warnings, [], "{query}");
    FiltersLab { pixels: Some(picture(5, 4, 1)), ..state.lab }
}

fn apply(lab: FiltersLab, actions: impl IntoIterator<Item = Action>) -> FiltersLab {
    let mut history = History::new(OperationLab::of(lab));
    for action in actions {
        history.apply(action).unwrap();
    }
    history.present().state::<FiltersLab>().unwrap().clone()
}

#[track_caller]
fn check_scene(lab: &FiltersLab, head: Playhead, expect: &Expect) {
    expect.assert_eq(&draw_scene(&lab.compute().unwrap().scene(head)));
}

#[test]
fn the_magnifier_shows_a_window_and_its_sum() {
    let at = |step| Playhead { step, ..Playhead::default() };
    check_scene(
        &lab("k=sobel-x"),
        at(6),
        &expect![[r"
        Pixels (at 1, 1)
          0#  0#  0#  0#  0#
          0# a0' b1' c2'   3
          0#d10'e11'f12'  13
          0#g20'h21'i22'  23
          0#  30  31  32  33

        Kernel (3 × 3)
         a−1  b0  c1
         d−2  e0  f2
         g−1  h0  i1

        Output (and its neighbours)
          13   6   6
          44  8!   8
          84   8   8

        0×(−1) + 1×0 + 2×1 + 10×(−2) + 11×0 + 12×2 + 20×(−1) + 21×0 + 22×1 = 8
    "]],
    );
    check_scene(
        &lab("k=sobel-x"),
        Playhead { lit: Some(2), ..at(0) },
        &expect![[r"
        Pixels (at 0, 0)
           ~   ~   ~   ~   ~
           ~ a0' b0' c0*  0#
           ~ d0' e0' f1'   2
           ~ g0'h10'i11'  12
           ~  0#  20  21  22

        Kernel (3 × 3)
         a−1  b0 c1*
         d−2  e0  f2
         g−1  h0  i1

        Output (and its neighbours)
           ~   ~   ~
           ~ 13!   6
           ~  44   8

        0×(−1) + 0×0 + 0×1 + 0×(−2) + 0×0 + 1×2 + 0×(−1) + 10×0 + 11×1 = 13
    "]],
    );
}

#[test]
fn what_follows_the_sum_has_lines_of_its_own() {
    let at = |step| Playhead { step, ..Playhead::default() };
    check_scene(
        &lab("k=1,1&mode=reflect&b=-9&relu=1"),
        at(5),
        &expect![[r"
        Pixels (at 1, 0)
           ~  1#   0   1
           ~a11'b10'  11
           ~ 21#  20  21

        Kernel (1 × 2)
          a1  b1

        Output (and its neighbours)
           ~   0   0
           ~ 12!  12
           ~  32  32

        11×1 + 10×1 + (−9) = 12; max(0, 12) = 12
    "]],
    );
    check_scene(
        &lab("k=1,2,1;2,4,2;1,2,1&normalise=1&b=1/2&relu=1"),
        at(19),
        &expect![[r"
        Pixels (at 3, 4)
          12  13  14  0#   ~
          22a23'b24' c0'   ~
          32d33'e34' f0'   ~
          0# g0' h0' i0'   ~
           ~   ~   ~   ~   ~

        Kernel (3 × 3, over 16)
          a1  b2  c1
          d2  e4  f2
          g1  h2  i1

        Output (and its neighbours)
        23.518.2   ~
        22.817.6!   ~
           ~   ~   ~

        23×1 + 24×2 + 0×1 + 33×2 + 34×4 + 0×2 + 0×1 + 0×2 + 0×1 = 273; 273 / 16 + 1/2 ≈ 17.6; max(0, 17.6) = 17.6
    "]],
    );
}

#[test]
fn what_is_asked_for_is_not_told() {
    let asked = Playhead { step: 6, asked: true, ..Playhead::default() };
    check_scene(
        &lab("k=sobel-x&relu=1"),
        asked,
        &expect![[r"
        Pixels (at 1, 1)
          0#  0#  0#  0#  0#
          0# a0' b1' c2'   3
          0#d10'e11'f12'  13
          0#g20'h21'i22'  23
          0#  30  31  32  33

        Kernel (3 × 3)
         a−1  b0  c1
         d−2  e0  f2
         g−1  h0  i1

        Output (and its neighbours)
          13   6   6
          44   !


        0×(−1) + 1×0 + 2×1 + 10×(−2) + 11×0 + 12×2 + 20×(−1) + 21×0 + 22×1 = 8; max(0, 8) = 8
    "]],
    );
    check_scene(
        &lab("k=box"),
        Playhead { step: 6, adding: Some(1), ..Playhead::default() },
        &expect![[r"
        Pixels (at 1, 1)
          0#  0#  0#  0#  0#
          0# a0' b1* c2'   3
          0#d10'e11'f12'  13
          0#g20'h21'i22'  23
          0#  30  31  32  33

        Kernel (3 × 3)
        a1/9b1/9*c1/9
        d1/9e1/9f1/9
        g1/9h1/9i1/9

        Output (and its neighbours)
        2.44   44.67
           7   !


        0×1/9 + 1×1/9 + 2×1/9 + 10×1/9 + 11×1/9 + 12×1/9 + 20×1/9 + 21×1/9 + 22×1/9 = 11
    "]],
    );
}

#[test]
fn a_later_filter_reads_what_the_ones_before_made() {
    let lab = lab("k=box||sobel-x&filter=2&mode=replicate");
    check_scene(
        &lab,
        Playhead { step: 6, ..Playhead::default() },
        &expect![[r"
        From filter 1 (at 1, 1)
        3.67#3.67#4.33#5.33#6.33#
        3.67#a3.67'b4.33'c5.33'6.33
        10.3#d10.3'e11'f12'  13
        20.3#g20.3'h21'i22'  23
         27#  2727.728.729.7

        Kernel (3 × 3)
         a−1  b0  c1
         d−2  e0  f2
         g−1  h0  i1

        Output (and its neighbours)
        2.676.67   8
        2.676.67!   8
        2.676.67   8

        3.67×(−1) + 4.33×0 + 5.33×1 + 10.3×(−2) + 11×0 + 12×2 + 20.3×(−1) + 21×0 + 22×1 ≈ 6.67
    "]],
    );
    let colours = FiltersLab { pixels: Some(picture(5, 4, 3)), channel: 2, ..lab };
    check_scene(
        &colours,
        Playhead { step: 6, ..Playhead::default() },
        &expect![[r"
        From filter 1, blue (at 1, 1)
        204#204#204#205#206#
        204#a204'b204'c205' 206
        210#d210'e211'f212' 213
        220#g220'h221'i222' 223
        227# 227 228 229 230

        Kernel (3 × 3)
         a−1  b0  c1
         d−2  e0  f2
         g−1  h0  i1

        Output (and its neighbours)
        2.676.67   8
        2.676.67!   8
        2.676.67   8

        204×(−1) + 204×0 + 205×1 + 210×(−2) + 211×0 + 212×2 + 220×(−1) + 221×0 + 222×1 ≈ 6.67
    "]],
    );
}

#[test]
fn a_large_kernel_stands_on_its_window_alone() {
    let computed = lab("k=motion-9&mode=replicate").compute().unwrap();
    let scene = computed.scene(Playhead::default());
    assert_eq!(scene.plates[0].view.cells.shape(), (9, 9));
    assert_eq!(computed.term_of(0, PlateId::Input(0), (1, 1)), Some(10));
    let computed = lab("k=box").compute().unwrap();
    assert_eq!(computed.scene(Playhead::default()).plates[0].view.cells.shape(), (5, 5));
    assert_eq!(computed.term_of(0, PlateId::Input(0), (0, 1)), None);
    assert_eq!(computed.term_of(0, PlateId::Input(0), (1, 1)), Some(0));
    assert_eq!(computed.term_of(0, PlateId::KERNEL, (1, 1)), Some(4));
    assert_eq!(computed.term_of(0, PlateId::Input(0), (4, 4)), None);
}

#[test]
fn pressing_a_neighbour_leads_there() {
    let computed = lab("k=box").compute().unwrap();
    let from = |step, at| computed.step_from(step, PlateId::Output(0), at);
    assert_eq!([from(6, (1, 1)), from(6, (0, 0)), from(6, (2, 1))], [Some(6), Some(0), Some(11)]);
    assert_eq!([from(0, (0, 1)), from(4, (1, 2)), from(19, (2, 1))], [None; 3]);
    assert_eq!(computed.step_of(PlateId::Output(0), (1, 1)), None);
    assert_eq!(computed.step_from(0, PlateId::Input(0), (1, 1)), None);
}

#[track_caller]
fn check_problem(lab: &FiltersLab, sentence: &str, labels: &[&str]) {
    let problem = lab.compute().err().unwrap();
    assert_eq!(problem.sentence, sentence);
    let found: Vec<&str> = problem.repairs.iter().map(|repair| repair.label.as_str()).collect();
    assert_eq!(found, labels, "{sentence}");
    // A repair repairs, or leads to where the problem is.
    for repair in problem.repairs {
        let repaired = apply(lab.clone(), [repair.action]);
        let left = repaired.compute().err();
        assert_ne!(left.map(|problem| problem.sentence).as_deref(), Some(sentence), "{}", repair.label);
    }
}

#[test]
fn problems_say_why_and_how_to_go_on() {
    check_problem(
        &lab("k=edge&normalise=1"),
        "The kernel's numbers add up to 0: divided by that there is no picture.",
        &["Don't normalise"],
    );
    check_problem(
        &lab("k=0.1,0.2,-0.3&normalise=1"),
        "The kernel's numbers add up to 0: divided by that there is no picture.",
        &["Don't normalise"],
    );
    check_problem(
        &lab("k=1,x;2,"),
        "Kernel row 0, column 1: “x” is not a number; 1 other cell is not a number either.",
        &["Use 0 for both"],
    );
    check_problem(&lab("b=y"), "The bias “y” is not a number.", &["Use 0"]);
    check_problem(
        &lab("k=edge||edge&normalise=0||1"),
        "In filter 2: The kernel's numbers add up to 0: divided by that there is no picture.",
        &["Look at filter 2"],
    );
    check_problem(
        &lab("k=edge||1,x"),
        "In filter 2: Kernel row 0, column 1: “x” is not a number.",
        &["Look at filter 2"],
    );
    check_problem(
        &lab("k=gabor:5,0,0,2,1,0"),
        "A wavelength of 0 pixels makes no wave: it has to be above 0.",
        &["Use λ = 5"],
    );
    check_problem(
        &lab("k=gabor:5,4,0,-1,1,0"),
        "A bell −1 pixels wide holds nothing: σ has to be above 0.",
        &["Use σ = 2"],
    );
    check_problem(
        &lab("k=motion-9&mode=reflect"),
        "Filter 1 needs 4 rows of padding on one side, and “reflect” has at most 3 in a picture this small.",
        &["Repeat the border", "Pad with zeros"],
    );
    let small = FiltersLab { pixels: Some(picture(1, 4, 1)), ..lab("k=identity&pool=max") };
    check_problem(&small, "Pooling needs 2 × 2 pixels, and the plane has 4 × 1.", &["Don't pool"]);
    check_problem(
        &FiltersLab { pixels: None, ..lab("image=own") },
        "A link does not hold an own picture: open the file again, or take a photo.",
        &["Use “Photographer”"],
    );
    check_problem(
        &FiltersLab { pixels: None, ..FiltersLab::default() },
        "The picture “Photographer” is not loaded yet.",
        &["Use “Astronaut”"],
    );
    let mut full = OperationLab::of(FiltersLab::default());
    let refused = crate::lab::Lab::apply(&mut full, Action::Set(ControlId::FILTERS, Value::Count(4))).unwrap_err();
    assert_eq!(refused.sentence, "A stack of 4 is not possible: it has 1 to 3 filters.");
    let refused = crate::lab::Lab::apply(&mut full, Action::Resize { plate: PlateId::KERNEL, rows: 12, cols: 3 });
    assert_eq!(refused.unwrap_err().sentence, "A kernel of 12 × 3 is not possible: each side has 1 to 11 cells.");
}

#[test]
fn a_typed_number_makes_the_kernel_ones_own() {
    let set = |control, value| Action::Set(control, value);
    let cell = |text: &str| Action::SetCell { plate: PlateId::KERNEL, row: 0, col: 0, text: text.to_owned() };
    let typed = apply(FiltersLab::default(), [cell("7")]);
    assert_eq!((typed.filters[0].source, typed.filters[0].kernel.get(0, 0)), (Source::Own, Some(&Entry::Number(7.0))));
    assert_eq!(typed.filters[0].kernel.get(1, 1), Some(&Entry::Number(8.0)), "the others stay");
    // Chosen from the list, it stays as well, to be begun with.
    let own = apply(FiltersLab::default(), [set(NAMED_KERNEL, Value::Choice(NAMED.len() + 2))]);
    assert_eq!(own.filters[0], Filter::own(Source::named("edge").kernel()));
    let gabor = apply(
        FiltersLab::default(),
        [
            set(NAMED_KERNEL, Value::Choice(NAMED.len())),
            set(ControlId::KERNEL_SIZE, Value::Pair((7, 7))),
            set(PARAMETER.nth(0), Value::Number(3.5)),
        ],
    );
    let expect = Gabor { size: 7, wavelength: 3.5, ..Gabor::default() };
    assert_eq!(gabor.filters[0], Filter::of(Source::Gabor(expect)));
    let random = apply(
        FiltersLab::default(),
        [
            set(NAMED_KERNEL, Value::Choice(NAMED.len() + 1)),
            set(ControlId::KERNEL_SIZE, Value::Pair((2, 5))),
            set(ControlId::SEED, Value::Count(9)),
        ],
    );
    assert_eq!(random.filters[0].kernel, crate::image::kernels::random(9, (2, 5)));
}

impl Source {
    fn kernel(self) -> Grid<Entry> {
        Filter::of(self).kernel
    }
}

#[test]
fn the_list_of_kernels_is_that_of_the_names() {
    for (named, shown) in NAMED.iter().zip(settings::KERNELS) {
        assert_eq!(named.name, shown.name);
    }
    assert_eq!(settings::KERNELS.len(), NAMED.len() + 3);
}

#[test]
fn pixels_that_arrive_are_no_step() {
    let mut history = History::new(OperationLab::of(FiltersLab::default()));
    let present = |history: &History<OperationLab>| history.present().state::<FiltersLab>().unwrap().clone();
    let set = |value| Action::Set(ControlId::IMAGE, value);
    let (camera, coffee) = (picture(5, 4, 1), picture(6, 4, 3));
    history.apply(set(Value::Pixels(Image::Photographer.place(), camera.clone()))).unwrap();
    assert!(!history.can_undo() && present(&history).pixels == Some(camera.clone()));
    // Those of a picture that is not chosen come too late.
    history.apply(set(Value::Pixels(Image::Coffee.place(), coffee.clone()))).unwrap();
    assert_eq!(present(&history).pixels, Some(camera.clone()));
    history.apply(set(Value::Choice(Image::Coffee.place()))).unwrap();
    assert_eq!(present(&history).pixels, None);
    history.apply(set(Value::Pixels(Image::Coffee.place(), coffee.clone()))).unwrap();
    // A photo is not kept: the page loads it again.
    history.undo();
    assert_eq!((present(&history).image, present(&history).pixels), (Image::Photographer, None));
    history.redo();
    assert_eq!((present(&history).image, present(&history).pixels), (Image::Coffee, None));
    history.apply(set(Value::Pixels(Image::Coffee.place(), coffee.clone()))).unwrap();
    // It stays where it is the picture before and after: of a setting that is undone, of a preset.
    history.apply(Action::Set(GREY, Value::Switch(true))).unwrap();
    history.undo();
    assert_eq!(present(&history).pixels, Some(coffee.clone()));
    let preset = FiltersLab { image: Image::Coffee, edge: PaddingMode::Reflect, ..FiltersLab::default() };
    history.apply(Action::Open(Box::new(OperationLab::of(preset)))).unwrap();
    assert_eq!(present(&history).pixels, Some(coffee));
    // An own picture is a step, also where it takes another's place.
    for own in [picture(3, 3, 1), picture(4, 3, 1)] {
        history.apply(set(Value::Picture(Image::Own.place(), own.clone()))).unwrap();
        assert_eq!((present(&history).image, present(&history).pixels), (Image::Own, Some(own)));
    }
    history.undo();
    assert_eq!(present(&history).pixels.map(|pixels| pixels.width()), Some(3));
    // Frames of a camera are not kept but the present one.
    let frame = picture(3, 3, 3);
    history.apply(set(Value::Picture(Image::Webcam.place(), frame.clone()))).unwrap();
    history.apply(Action::Set(GREY, Value::Switch(false))).unwrap();
    history.apply(Action::Set(GREY, Value::Switch(true))).unwrap();
    history.undo();
    assert_eq!((present(&history).image, present(&history).pixels), (Image::Webcam, Some(frame)));
    history.undo();
    history.redo();
    assert_eq!((present(&history).image, present(&history).pixels), (Image::Webcam, None));
}

#[test]
fn the_shape_counts_every_filter() {
    let lab = lab("k=gaussian-5||sobel-x&relu=1||0&pool=max||no&filter=2");
    let view = lab.shape(lab.compute().ok().as_deref());
    assert_eq!(view.result, "2 × 2");
    let table = view.table.unwrap();
    assert_eq!(table.rows, [["1: 5 × 5", "2 × 2", "500"], ["2: 3 × 3", "2 × 2", "36"],]);
    assert_eq!(table.lit, Some(1));
    assert_eq!(view.counts, [("weights", "34".to_owned()), ("multiply-adds", "536".to_owned())]);
    let text = view.formulas.iter().flatten().map(crate::formula::Expr::plain).collect::<Vec<_>>().join("\n");
    expect![[r"
        o = ⌊(n − k + p + s)/s⌋
        = ⌊(2 − 3 + 2 + 1)/1⌋
        = 2"]]
    .assert_eq(&text);
    // Before the pixels are there, the size of a known photo is.
    let photo = FiltersLab::default();
    assert_eq!(photo.shape(None).counts[1], ("multiply-adds", "2,359,296".to_owned()));
    assert_eq!(photo.shape(None).result, "none");
}

#[test]
fn predictions_are_judged() {
    let check = |query: &str, step, typed: &str, expect: &str| {
        let answer = lab(query).compute().unwrap().answer(step).unwrap();
        let found = match judge(typed, &answer) {
            Verdict::Right => "right".to_owned(),
            Verdict::Wrong(sentence) | Verdict::Unreadable(sentence) => sentence,
        };
        assert_eq!(found, expect, "{query} {typed}");
    };
    check("k=sobel-x", 6, "8", "right");
    check(
        "k=sobel-x",
        6,
        "-8",
        "That is the sum with the kernel turned by half a turn. Here it is laid on as it is written: cross-correlation.",
    );
    check("k=sobel-y&relu=1", 16, "0", "right");
    check("k=sobel-y&relu=1", 16, "-84", "That is the number before ReLU: −84 is below 0 and becomes 0.");
    check("k=1,1,1;1,1,1;1,1,1&normalise=1", 6, "11", "right");
    check("k=1,1,1;1,1,1;1,1,1&normalise=1", 6, "99", "That is the sum before it is divided by 9.");
    check("k=sobel-x&b=5", 6, "8", "That is the number without the bias: 5 is still to be added.");
    check("k=identity", 6, "12", "That window lies one column too far right.");
    check("k=identity", 6, "", "Type the number that comes next.");
}

#[test]
fn the_program_says_what_the_settings_say() {
    expect![[r#"
        import numpy
        import torch
        import torch.nn.functional as F
        from PIL import Image

        torch.set_default_dtype(torch.float64)

        x = numpy.array(Image.open("chelsea.webp").convert("L"), dtype=float)
        x = torch.from_numpy(x)[None, None]

        k1 = torch.tensor([[1/16, 2/16, 1/16],
                           [2/16, 4/16, 2/16],
                           [1/16, 2/16, 1/16]], dtype=torch.float64).reshape(1, 1, 3, 3)
        x = F.conv2d(x, k1, padding=1)

        k2 = torch.tensor([[1, 1]], dtype=torch.float64).reshape(1, 1, 1, 2)
        k2 = k2 / k2.sum()
        x = F.pad(x, (1, 0, 0, 0))  # left, right, top, bottom
        x = F.conv2d(x, k2) + 2
        x = F.relu(x)
        x = F.max_pool2d(x, 2)

        print(x.shape)
        print(x)
    "#]]
    .assert_eq(&lab("image=chelsea&k=gaussian||1,1&normalise=0||1&b=0||2&relu=0||1&pool=no||max").program());
    expect![[r#"
        import numpy
        import torch
        import torch.nn.functional as F
        from PIL import Image

        torch.set_default_dtype(torch.float64)

        x = numpy.array(Image.open("camera.webp").convert("L"), dtype=float)
        x = torch.from_numpy(x)[None, None]

        k = torch.tensor([[0, 1, 0],
                          [1, -4, 1],
                          [0, 1, 0]], dtype=torch.float64).reshape(1, 1, 3, 3)
        x = F.pad(x, (1, 1, 1, 1), mode="reflect")  # left, right, top, bottom
        x = F.conv2d(x, k)

        print(x.shape)
        print(x)
    "#]]
    .assert_eq(&lab("k=laplacian&mode=reflect").program());
}

prop_compose! {
    fn any_lab()(
        filters in prop::collection::vec(
            (0..settings::KERNELS.len() - 1, any::<bool>(), -3..3_i8, any::<bool>(), 0..3_usize, prop::collection::vec(-4..5_i8, 12)),
            1..=MAX_FILTERS,
        ),
        (looked, channel, edge, grey) in (0..MAX_FILTERS, 0..3_usize, 0..4_usize, any::<bool>()),
        (width, height) in (1..14_usize, 1..14_usize),
        bytes in prop::collection::vec(any::<u8>(), 14 * 14 * 4),
    ) -> FiltersLab {
        let mut frame = Frame::default();
        frame.read_rgba(&bytes[..width * height * 4], width, height, Layout::Colour).unwrap();
        let filter = |(kind, normalise, bias, relu, pool, own): &(usize, bool, i8, bool, usize, Vec<i8>)| {
            let source = NAMED.iter().map(Source::Named)
                .chain([Source::Gabor(Gabor::default()), Source::Random(3)]).nth(*kind);
            let own = Filter::own(Grid::from_fn(own.len() % 4 + 1, 3, |i, j| f64::from(own[3 * i + j]).into()));
            let filter = source.map_or(own, Filter::of);
            Filter { normalise: *normalise, bias: f64::from(*bias).into(), relu: *relu, pool: Pool::at(*pool).unwrap(), ..filter }
        };
        FiltersLab {
            looked: looked.min(filters.len() - 1),
            filters: filters.iter().map(filter).collect(),
            pixels: Some(frame.into()),
            image: Image::Own,
            channel,
            edge: PaddingMode::at(edge).unwrap(),
            grey,
            show: Show::AsIs,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// What the magnifier says of a pixel is what the reference makes of what the filter reads, and what the page shows.
    #[test]
    fn every_pixel_is_its_sum(lab in any_lab(), at in any::<prop::sample::Index>()) {
        let computed = match lab.compute() {
            Ok(computed) => computed,
            Err(problem) => {
                prop_assert!(!problem.repairs.is_empty() && problem.sentence.ends_with('.'));
                return Ok(());
            }
        };
        let picture = lab.picture().unwrap();
        let channel = lab.channel();
        let (mut read, mut made) = (Frame::default(), Frame::default());
        lab.stack_until(lab.looked).unwrap().run_plane(&picture, channel, &mut read).unwrap();
        let mut until = lab.stack_until(lab.looked + 1).unwrap();
        if let Some(last) = until.passes.last_mut() {
            last.pool = Pool::None;
        }
        until.run_plane(&picture, channel, &mut made).unwrap();
        prop_assert_eq!((computed.len(), computed.row()), (read.plane(0).len(), read.width()));
        let step = at.index(computed.len());
        let (row, col) = (step / read.width(), step % read.width());

        let numbers = &lab.numbers().unwrap()[lab.looked];
        let (rows, cols) = numbers.kernel.shape();
        let plane = |frame: &Frame| {
            let data = frame.plane(0).iter().map(|x| f64::from(*x)).collect();
            ndarray::Array4::from_shape_vec((1, 1, frame.height(), frame.width()), data).unwrap()
        };
        let weight = ndarray::Array4::from_shape_fn((1, 1, rows, cols), |(.., u, v)| *numbers.kernel.get(u, v).unwrap());
        let conv = Conv2d { padding: filter::padding((rows, cols)), mode: lab.edge, ..Conv2d::default() };
        let y = conv2d(&plane(&read), &weight, None, &conv).unwrap() / numbers.divisor + numbers.bias;
        let y = if lab.filters[lab.looked].relu { reference::activation(&y, reference::Activation::Relu) } else { y };
        let answer = computed.answer(step).unwrap();
        prop_assert!(close(answer.value, y[[0, 0, row, col]], 1e-9), "{} for {}", answer.value, y[[0, 0, row, col]]);
        let size: f64 = weight.iter().map(|w| (w / numbers.divisor).abs()).sum::<f64>();
        let largest = read.plane(0).iter().fold(1.0_f32, |most, x| most.max(x.abs()));
        let fast = f64::from(made.get(0, row, col).unwrap());
        prop_assert!((fast - answer.value).abs() <= 1e-6 * (size * f64::from(largest) + 9.0), "{} for {}", fast, answer.value);

        // The scene has its number in the middle, and each neighbour leads to its own.
        let scene = computed.scene(Playhead { step, ..Playhead::default() });
        let output = &scene.plates[2].view.cells;
        prop_assert_eq!(&output.get(1, 1).unwrap().text(), &format::shown(answer.value));
        prop_assert!(scene.sum.as_ref().unwrap().text.ends_with(&format::shown(answer.value)));
        prop_assert_eq!(scene.sum.unwrap().rows.iter().map(|row| row.terms.len()).sum::<usize>(), computed.terms(step));
        for (i, j) in (0..3).flat_map(|i| (0..3).map(move |j| (i, j))) {
            let text = &output.get(i, j).unwrap().text();
            let near = computed.step_from(step, PlateId::Output(0), (i, j));
            let expected = near.map_or_else(String::new, |near| format::shown(computed.answer(near).unwrap().value));
            prop_assert_eq!(text, &expected);
        }
    }

    #[test]
    fn any_action_leaves_a_lab_that_is_shown(
        lab in any_lab(),
        actions in prop::collection::vec((0..40_usize, 0..20_usize, -400.0..400.0_f64), 0..6),
    ) {
        let controls = [
            ControlId::IMAGE, GREY, ControlId::FILTERS, FILTER, NAMED_KERNEL, NORMALISE,
            RELU, POOL, ControlId::MODE, SHOW, CHANNEL, ControlId::BIAS, ControlId::SEED,
            ControlId::KERNEL_SIZE, PARAMETER.nth(0), PARAMETER.nth(2), PARAMETER.nth(9), ControlId::STRIDE,
        ];
        let pixels = lab.pixels.clone().unwrap();
        let mut history = History::new(OperationLab::of(lab));
        for (control, n, x) in actions {
            let values = [
                Value::Choice(n), Value::Count(n), Value::Switch(n % 2 == 0), Value::Number(x), Value::Pair((n, 3)),
                Value::Text(format!("{x}")), Value::Picture(n, pixels.clone()), Value::Pixels(n, pixels.clone()),
            ];
            for value in values {
                // Refused or not, it is a state.
                drop(history.apply(Action::Set(controls[control % controls.len()], value)));
            }
            let lab = history.present().state::<FiltersLab>().unwrap();
            prop_assert!((1..=MAX_FILTERS).contains(&lab.filters.len()) && lab.looked < lab.filters.len());
            drop((lab.compute().is_ok(), lab.shape(None), lab.broken_scene(Playhead::default()), lab.controls(), lab.program(), lab.subtitle()));
        }
    }
}
