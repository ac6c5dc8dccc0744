//! What is copied and exported, made of links.

use super::{Animation, ArrayName, ExportKind, ExportedText, Source, file_name, make};
use crate::{export::tests::palette as colours, image::Frame, paste::Format};

#[track_caller]
fn made(link: &str, kind: ExportKind) -> ExportedText {
    make(link, kind, Some(&colours())).unwrap()
}

/// The texts of an SVG, one after the other.
fn texts(svg: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    texts
        .map(|node| node.descendants().filter(roxmltree::Node::is_text).filter_map(|node| node.text()).collect())
        .collect()
}

#[test]
fn kinds_have_names() {
    for (name, kind) in [
        ("pytorch", ExportKind::Pytorch),
        ("latex", ExportKind::Latex),
        ("tikz", ExportKind::Tikz),
        ("svg", ExportKind::Svg),
        ("strip", ExportKind::Strip),
    ] {
        assert_eq!(ExportKind::from_name(name), Some(kind));
    }
    for name in ["gif", "", "input", "input numpy", "x NumPy"] {
        assert_eq!(ExportKind::from_name(name), None, "{name}");
    }
    assert_eq!(ExportKind::from_name("kernel MATLAB"), Some(ExportKind::Array(ArrayName::Kernel, Format::Matlab)));
    assert_eq!(
        ExportKind::from_name("output Spreadsheet (TSV)"),
        Some(ExportKind::Array(ArrayName::Output, Format::Tsv))
    );
}

#[test]
fn a_link_is_all_that_is_asked_for() {
    assert!(made("#/convolution", ExportKind::Pytorch).text.contains("F.conv2d(x, w, b)"));
    assert!(made("#/pooling", ExportKind::Pytorch).text.contains("F.max_pool2d"));
    assert!(made("#/channels", ExportKind::Pytorch).text.contains("F.conv2d"));
    assert!(made("#/convolution", ExportKind::Latex).text.contains("\\begin{bmatrix}"));
    assert!(made("#/convolution", ExportKind::Tikz).text.contains("\\begin{tikzpicture}"));
    // Neither has colours.
    assert!(make("#/convolution", ExportKind::Latex, None).is_ok());
    assert!(make("#/convolution", ExportKind::Pytorch, None).is_ok());
}

#[test]
fn pixels_come_beside_the_link() {
    let mut frame = Frame::default();
    frame.reshape(40, 30, 1);
    let link = "#/filters?k=1,2;3,4&b=7&step=45";
    let source = Source { pixels: Some(frame.into()), ..link.into() };
    let drawn = make(source.clone(), ExportKind::Svg, Some(&colours())).unwrap();
    let texts = texts(&drawn.text);
    assert!(texts.iter().any(|text| text.contains("at 1, 4")), "{texts:?}");
    let strip = make(source.clone(), ExportKind::Strip, Some(&colours())).unwrap();
    assert!(strip.left_out.is_some_and(|said| said.contains("of 1,200 steps")));
    assert!(Animation::new(source, colours(), 1.0).is_ok_and(|film| film.len() > 1));
    assert_eq!(file_name(link, "svg", false), "filters-step-45.svg");
    // Without them there is no figure, but all that needs none.
    let said = |kind| make(link, kind, Some(&colours())).map_or_else(|sentence| sentence, |made| made.text);
    assert_eq!(said(ExportKind::Svg), "The picture “Photographer” is not loaded yet.");
    assert!(said(ExportKind::Pytorch).contains("F.conv2d"));
    assert!(said(ExportKind::Array(ArrayName::Kernel, Format::NumPy)).contains('4'));
    for array in [ArrayName::Input, ArrayName::Output] {
        assert_eq!(
            said(ExportKind::Array(array, Format::NumPy)),
            "A picture is not copied as numbers: only its kernel is."
        );
    }
    assert_eq!(
        make("#/filters?k=edge&normalise=1", ExportKind::Pytorch, None).unwrap_err(),
        "The kernel's numbers add up to 0: divided by that there is no picture."
    );
}

#[test]
fn the_step_of_the_link_is_drawn() {
    let check = |link: &str, results: [bool; 4]| {
        let texts = texts(&made(link, ExportKind::Svg).text);
        // 19, 25, 37, 43 are the output, and the result of the sum.
        let shown = ["19", "25", "37", "43"].map(|number| texts.iter().any(|text| text == number));
        assert_eq!(shown, results, "{link}: {texts:?}");
    };
    check("#/convolution", [true, false, false, false]);
    check("#/convolution?step=3", [true, true, true, false]);
    check("#/convolution?step=99", [true; 4]);
    // Of a predicted step neither the number nor the sum is told.
    check("#/convolution?step=3&predict=1", [true, true, false, false]);
    check("#/convolution?step=4&hide=output,arithmetic", [false; 4]);
}

#[test]
fn a_strip_shows_all_steps_and_no_answer() {
    let count = |link: &str, number: &str| {
        let ExportedText { text, left_out } = made(link, ExportKind::Strip);
        assert_eq!(left_out, None);
        texts(&text).iter().filter(|text| *text == number).count()
    };
    assert_eq!(count("#/convolution", "step 4 of 4"), 1);
    // Once in each output from its step on, and as the sum's result.
    assert_eq!(count("#/convolution", "19"), 5);
    assert_eq!(count("#/convolution", "43"), 2);
    // The first two are known: the others are for the student.
    assert_eq!(count("#/convolution?predict=1&step=3", "19"), 5);
    assert_eq!(count("#/convolution?predict=1&step=3", "25"), 4);
    assert_eq!(count("#/convolution?predict=1&step=3", "37"), 0);
    assert_eq!(count("#/convolution?predict=1&step=3", "43"), 0);
    assert_eq!(count("#/convolution?hide=output,arithmetic", "19"), 0);
}

#[test]
fn what_is_too_much_is_said() {
    let row = vec!["1"; 20].join(",");
    let x = vec![row; 20].join(";");
    let ExportedText { left_out, .. } = made(&format!("#/convolution?x={x}"), ExportKind::Strip);
    assert!(left_out.unwrap().contains("of 361 steps"));
    let film = Animation::new(&format!("#/convolution?x={x}"), colours(), 8.0).unwrap();
    assert_eq!(film.len(), 240);
    let said = film.left_out().unwrap();
    assert!(said.contains("of 361 steps") && said.contains("pixels"), "{said}");
}

#[test]
fn refusals_are_sentences() {
    let check = |link: &str, expect: &str| {
        let error = make(link, ExportKind::Svg, Some(&colours())).unwrap_err();
        assert!(error.contains(expect), "{link}: {error}");
        assert!(error.ends_with('.') && error.starts_with(char::is_uppercase), "{error}");
    };
    check("#/train", "Only labs");
    check("#/", "Only labs");
    check("", "Only labs");
    check("#/nowhere?x=1", "Only labs");
    check("#/convolution?stride=0", "stride");
    assert!(make("#/convolution", ExportKind::Svg, None).unwrap_err().contains("colours"));
}

#[test]
fn an_animation_takes_a_frame_for_each_step() {
    let mut film = Animation::new("#/convolution?speed=2&step=3", colours(), 0.2).unwrap();
    assert_eq!((film.len(), film.left_out()), (4, None));
    assert!(!film.is_empty());
    let (width, height) = film.size();
    let frame = vec![200; usize::from(width) * usize::from(height) * 4];
    for step in 0..4 {
        assert!(texts(&film.svg(step).unwrap()).iter().any(|text| text == "19"));
        film.add(step, &frame).unwrap();
    }
    assert_eq!([0, 1, 2, 3].map(|step| film.delay(step)), [45, 45, 45, 113]);
    assert!(film.svg(4).is_none());
    assert!(film.add(4, &frame[1..]).is_err());
    assert!(film.finish().unwrap().starts_with(b"GIF89a"));
}

#[test]
fn every_preset_can_be_made() {
    use crate::lab::{channels, convolution, pooling};
    let presets =
        [("convolution", convolution::PRESETS), ("pooling", pooling::PRESETS), ("channels", channels::PRESETS)];
    for (page, presets) in presets {
        for preset in presets {
            let link = format!("#/{page}?{}", preset.query);
            for kind in [ExportKind::Pytorch, ExportKind::Latex, ExportKind::Tikz, ExportKind::Svg, ExportKind::Strip] {
                match make(&link, kind, Some(&colours())) {
                    Ok(made) if matches!(kind, ExportKind::Svg | ExportKind::Strip) => {
                        assert!(!texts(&made.text).is_empty());
                    }
                    Ok(made) => assert!(!made.text.is_empty(), "{link}"),
                    // Some show a problem.
                    Err(sentence) => assert!(sentence.ends_with('.'), "{link}: {sentence}"),
                }
            }
        }
    }
}

#[test]
fn arrays_are_copied_as_numbers() {
    let check = |link: &str, kind: &str, expect: Result<&str, &str>| {
        let made = make(link, ExportKind::from_name(kind).unwrap(), None).map(|made| made.text);
        assert_eq!(made.as_deref().map_err(String::as_str), expect, "{link} {kind}");
    };
    check("#/convolution", "input MATLAB", Ok("[0 1 2; 3 4 5; 6 7 8]"));
    check("#/convolution?k=1/9,2", "kernel MATLAB", Ok("[1/9 2]"));
    check("#/convolution", "output MATLAB", Ok("[19 25; 37 43]"));
    // In full precision.
    check("#/convolution?x=1&k=1/3", "output MATLAB", Ok("[0.3333333333333333]"));
    // What is typed can be copied, whatever is wrong with it.
    check("#/convolution?x=1&stride=0", "input MATLAB", Ok("[1]"));
    check("#/pooling?x=1,2;3,4&window=2", "kernel MATLAB", Ok(""));
    check("#/pooling?x=1,2;3,4&window=2", "output MATLAB", Ok("[4]"));
    check("#/channels?x=1|2&k=3|4||5|6&b=0,0", "input NumPy", Ok("np.array([[[1]],\n          [[2]]])"));
    check("#/channels?x=1|2&k=3|4||5|6&b=0,0", "kernel MATLAB", Ok("cat(4, cat(3, [3], [4]), cat(3, [5], [6]))"));
    check("#/channels?x=1|2&k=3|4||5|6&b=0,0", "output MATLAB", Ok("cat(3, [11], [17])"));
    let hidden = Err("The output is for the reader to find, so it is not copied.");
    check("#/convolution?hide=output", "output MATLAB", hidden);
    check("#/convolution?predict=1", "output MATLAB", hidden);
    check("#/convolution?predict=1", "input MATLAB", Ok("[0 1 2; 3 4 5; 6 7 8]"));
    check("#/train", "input MATLAB", Err("Only labs can be copied and exported, and this link opens none."));
}

#[test]
fn files_are_called_by_what_they_show() {
    let check = |link: &str, all, expect: &str| assert_eq!(file_name(link, "svg", all), expect, "{link}");
    check("#/convolution", false, "convolution-step-1.svg");
    check("#/convolution?step=3", false, "convolution-step-3.svg");
    check("#/pooling?step=999", false, "pooling-step-4.svg");
    check("#/channels?step=3", true, "channels-steps.svg");
}
