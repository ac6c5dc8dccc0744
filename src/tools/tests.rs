use super::{Animation, Kind, Made, make, palette, tokens};
use crate::{
    export::{Ink, Palette},
    plot::Rgb,
};

fn colours() -> Palette {
    let lines: Vec<String> = tokens().iter().enumerate().map(|(at, token)| format!("{token} rgb({at}, 0, 9)")).collect();
    palette(&format!("Arial, sans-serif\n{}", lines.join("\n"))).unwrap()
}

#[track_caller]
fn made(link: &str, kind: Kind) -> Made {
    make(link, kind, Some(&colours())).unwrap()
}

/// The texts of an SVG, one after the other.
fn texts(svg: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    texts.map(|node| node.descendants().filter(roxmltree::Node::is_text).filter_map(|node| node.text()).collect()).collect()
}

#[test]
fn palettes_are_read_by_name() {
    let palette = colours();
    assert_eq!(palette.font, "Arial, sans-serif");
    assert_eq!(palette.colour(Ink::Paper), Rgb(0, 0, 9));
    assert_eq!(palette.colour(Ink::Cell), Rgb(1, 0, 9));
    let check = |text: &str| assert!(super::palette(text).is_none(), "{text}");
    check("");
    check("Arial");
    check("Arial\n--paper rgb(1, 2, 3)");
    check(&"Arial\n--paper light-dark(#fff, #000)\n".repeat(17));
}

#[test]
fn kinds_have_names() {
    for (name, kind) in
        [("pytorch", Kind::Pytorch), ("latex", Kind::Latex), ("tikz", Kind::Tikz), ("svg", Kind::Svg), ("strip", Kind::Strip)]
    {
        assert_eq!(Kind::from_name(name), Some(kind));
    }
    assert_eq!(Kind::from_name("gif"), None);
}

#[test]
fn a_link_is_all_that_is_asked_for() {
    assert!(made("#/convolution", Kind::Pytorch).text.contains("F.conv2d(x, w, b)"));
    assert!(made("#/pooling", Kind::Pytorch).text.contains("F.max_pool2d"));
    assert!(made("#/channels", Kind::Pytorch).text.contains("F.conv2d"));
    assert!(made("#/convolution", Kind::Latex).text.contains("\\begin{bmatrix}"));
    assert!(made("#/convolution", Kind::Tikz).text.contains("\\begin{tikzpicture}"));
    // Neither has colours.
    assert!(make("#/convolution", Kind::Latex, None).is_ok());
    assert!(make("#/convolution", Kind::Pytorch, None).is_ok());
}

#[test]
fn the_step_of_the_link_is_drawn() {
    let check = |link: &str, results: [bool; 4]| {
        let texts = texts(&made(link, Kind::Svg).text);
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
        let Made { text, left_out } = made(link, Kind::Strip);
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
    let Made { left_out, .. } = made(&format!("#/convolution?x={x}"), Kind::Strip);
    assert!(left_out.unwrap().contains("of 361 steps"));
    let film = Animation::new(&format!("#/convolution?x={x}"), Some(colours()), 8.0).unwrap();
    assert_eq!(film.len(), 240);
    let said = film.left_out().unwrap();
    assert!(said.contains("of 361 steps") && said.contains("pixels"), "{said}");
}

#[test]
fn refusals_are_sentences() {
    let check = |link: &str, expect: &str| {
        let error = make(link, Kind::Svg, Some(&colours())).unwrap_err();
        assert!(error.contains(expect), "{link}: {error}");
        assert!(error.ends_with('.') && error.starts_with(char::is_uppercase), "{error}");
    };
    check("#/train", "Only labs");
    check("#/", "Only labs");
    check("", "Only labs");
    check("#/nowhere?x=1", "Only labs");
    check("#/convolution?stride=0", "stride");
    assert!(make("#/convolution", Kind::Svg, None).unwrap_err().contains("colours"));
}

#[test]
fn an_animation_takes_a_frame_for_each_step() {
    let mut film = Animation::new("#/convolution?speed=2&step=3", Some(colours()), 0.2).unwrap();
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
    let presets = [
        ("convolution", convolution::PRESETS),
        ("pooling", pooling::PRESETS),
        ("channels", channels::PRESETS),
    ];
    for (page, presets) in presets {
        for preset in presets {
            let link = format!("#/{page}?{}", preset.query);
            for kind in [Kind::Pytorch, Kind::Latex, Kind::Tikz, Kind::Svg, Kind::Strip] {
                match make(&link, kind, Some(&colours())) {
                    Ok(made) if matches!(kind, Kind::Svg | Kind::Strip) => assert!(!texts(&made.text).is_empty()),
                    Ok(made) => assert!(!made.text.is_empty(), "{link}"),
                    // Some show a problem.
                    Err(sentence) => assert!(sentence.ends_with('.'), "{link}: {sentence}"),
                }
            }
        }
    }
}
