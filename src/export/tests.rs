//! Pictures as SVG and `TikZ`: what is written can be read back, and text stays text.

#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them with a hash")]

use expect_test::expect;
use proptest::prelude::*;

use super::{
    Anchor, Area, Hatch, Ink, Item, Palette, Picture, Redrawn, Stroke, Text, document,
    gif::{Gif, GifError, MAX_FRAMES},
    inline_svg, push_number, redrawn, svg, tex, tikz,
};
use crate::plot::Rgb;

/// A palette in which no two tokens have one colour.
pub(crate) fn palette() -> Palette {
    let mut next = 0;
    Palette::read("\"Liberation Sans\", Arial, sans-serif", |token| {
        assert!(token.starts_with("--"), "{token}");
        next += 12;
        Some(Rgb(next, 255 - next, 7 * (next / 12)))
    })
    .unwrap()
}

fn small() -> Picture {
    let mut picture = Picture {
        width: 100.0,
        height: 60.0,
        title: "A < B".into(),
        description: "0×0 + 1×1 = 1".into(),
        items: Vec::new(),
    };
    let area = Area { x: 10.0, y: 8.5, w: 46.0, h: 46.0 };
    picture.items.push(Item::Hatch(area, Hatch::Padding));
    picture.items.push(Item::Disc(area.centre(), 12.0, Ink::Paper));
    picture.fill(Area { x: 56.0, ..area }.inset(4.0), Ink::Tint(-50));
    picture.outline(area, Ink::Edge, 1.5);
    picture.items.push(Item::Shape(vec![(0.0, 0.0), (9.0, 0.0), (9.0, 9.25)], Ink::Beam));
    picture.line(&[(1.0, 50.0), (90.0, 50.0)], Ink::Lens, 2.0);
    picture.text(Text::centred(area, 19.0, Ink::Ink, "−3").bold(true));
    picture.text(Text::new((60.0, 20.0), 13.0, Ink::Ink2, "6 × 6").on_paper());
    picture
}

/// All texts of an SVG file, in their order.
pub(crate) fn texts(svg: &str) -> Vec<String> {
    let file = roxmltree::Document::parse(svg).unwrap();
    let texts = file.descendants().filter(|node| node.has_tag_name("text"));
    texts.map(|node| node.text().unwrap_or_default().to_owned()).collect()
}

/// Fails where a `LaTeX` text has an unbalanced brace, dollar sign or environment, or a character that stops it.
#[track_caller]
pub(crate) fn check_tex(tex: &str) {
    let (mut depth, mut dollars, mut before, mut open) = (0, 0, ' ', Vec::new());
    let code: String = tex.split_inclusive('\n').filter(|line| !line.starts_with('%')).collect();
    for (at, c) in code.char_indices() {
        let escaped = before == '\\';
        match c {
            '{' if !escaped => depth += 1,
            '}' if !escaped => depth -= 1,
            '$' if !escaped => dollars += 1,
            '#' | '%' | '_' | '^' | '~' => assert!(escaped, "{c} in {tex}"),
            c => assert!(c.is_ascii() || ('\u{c0}'..='\u{17f}').contains(&c), "{c:?} in {tex}"),
        }
        assert!(depth >= 0, "{tex}");
        let rest = &code[at..];
        let name = |command: &str| Some(rest.strip_prefix(command)?.split('}').next()?.to_owned());
        if let Some(name) = name("\\begin{") {
            open.push(name);
        } else if let Some(name) = name("\\end{") {
            assert_eq!(open.pop(), Some(name), "{tex}");
        }
        // A backslash that is escaped escapes nothing.
        before = if escaped && c == '\\' { ' ' } else { c };
    }
    assert_eq!((depth, dollars % 2, open), (0, 0, Vec::new()), "{tex}");
}

#[test]
fn coordinates_are_short() {
    let check = |value: f64, expect: &str| {
        let mut out = String::new();
        push_number(&mut out, value);
        assert_eq!(out, expect);
    };
    check(0.0, "0");
    check(-0.001, "0");
    check(12.0, "12");
    check(12.5, "12.5");
    check(12.05, "12.05");
    check(-0.25, "-0.25");
    check(99.999, "100");
    check(1234.561, "1234.56");
}

#[test]
fn colours_are_mixed_as_on_the_page() {
    let palette = Palette::read("", |token| {
        Some(match token {
            "--cell" => Rgb(100, 100, 100),
            "--pos-fill" => Rgb(0, 100, 200),
            "--neg-fill" => Rgb(200, 100, 0),
            "--sym-p" => Rgb(100, 50, 0),
            _ => Rgb(0, 0, 0),
        })
    });
    let check = |ink: Ink, expect: Rgb| assert_eq!(palette.as_ref().unwrap().colour(ink), expect, "{ink:?}");
    check(Ink::Tint(0), Rgb(100, 100, 100));
    // 38 % of the fill is the most: the numbers on it stay readable.
    check(Ink::Tint(100), Rgb(62, 100, 138));
    check(Ink::Tint(127), Rgb(62, 100, 138));
    check(Ink::Tint(-50), Rgb(119, 100, 81));
    check(Ink::Padding, Rgb(42, 21, 0));
    assert!(Palette::read("", |token| (token != "--neg-fill").then_some(Rgb(0, 0, 0))).is_none());
}

#[test]
fn a_small_svg() {
    expect![[r##"
        <svg xmlns="http://www.w3.org/2000/svg" role="img" width="100" height="60" viewBox="0 0 100 60" text-anchor="middle" font-variant="tabular-nums" font-family="&quot;Liberation Sans&quot;, Arial, sans-serif">
        <title>A &lt; B</title>
        <desc>0×0 + 1×1 = 1</desc>
        <pattern id="padding" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(25)"><rect width="6" height="6" fill="#0cf307"/><rect width="1" height="6" fill="#4eb12d"/></pattern>
        <rect x="0" y="0" width="100" height="60" fill="#0cf307"/>
        <rect x="10" y="8.5" width="46" height="46" fill="url(#padding)"/>
        <circle cx="33" cy="31.5" r="12" fill="#0cf307"/>
        <rect x="60" y="12.5" width="38" height="38" fill="#3ac522"/>
        <rect x="10" y="8.5" width="46" height="46" fill="none" stroke="#30cf1c" stroke-width="1.5"/>
        <polygon points="0,0 9,0 9,9.25" fill="#13ec0b"/>
        <polyline points="1,50 90,50" fill="none" stroke="#6c933f" stroke-width="2"/>
        <text x="33" y="38.34" font-size="19" font-weight="700" fill="#3cc323">−3</text>
        <text x="60" y="20" font-size="13" text-anchor="start" fill="#48b72a" stroke="#0cf307" stroke-width="4" stroke-linejoin="round" paint-order="stroke">6 × 6</text>
        </svg>
    "##]].assert_eq(&svg(&small(), &palette()));
}

#[test]
fn a_small_tikz_picture() {
    let tikz = tikz(&small(), &palette());
    check_tex(&tikz);
    check_tex(&document(&small(), &palette()));
    expect![[r#"
        % Needs \usepackage{tikz} and \usetikzlibrary{patterns}.
        \begin{tikzpicture}[x=0.75bp, y=0.75bp, every node/.style={inner sep=0, outer sep=0}]
          \definecolor{receptivePaper}{HTML}{0CF307}
          \definecolor{receptivePadding}{HTML}{4EB12D}
          \definecolor{receptiveMinus50}{HTML}{3AC522}
          \definecolor{receptiveEdge}{HTML}{30CF1C}
          \definecolor{receptiveBeam}{HTML}{13EC0B}
          \definecolor{receptiveLens}{HTML}{6C933F}
          \definecolor{receptiveInk}{HTML}{3CC323}
          \definecolor{receptiveInk2}{HTML}{48B72A}
          \path[fill=receptivePaper] (0, 60) rectangle (100, 0);
          \path[preaction={fill=receptivePaper}, pattern=north east lines, pattern color=receptivePadding] (10, 51.5) rectangle (56, 5.5);
          \fill[receptivePaper] (33, 28.5) circle[radius=12];
          \path[fill=receptiveMinus50] (60, 47.5) rectangle (98, 9.5);
          \path[draw=receptiveEdge, line width=1.13bp] (10, 51.5) rectangle (56, 5.5);
          \fill[receptiveBeam] (0, 60) -- (9, 60) -- (9, 50.75) -- cycle;
          \draw[receptiveLens, line width=1.5bp] (1, 10) -- (90, 10);
          \node[anchor=base, text=receptiveInk, font=\sffamily\bfseries\boldmath\fontsize{14.25bp}{19bp}\selectfont] at (33, 21.66) {$-3$};
          \node[anchor=base west, text=receptiveInk2, fill=receptivePaper, font=\sffamily\fontsize{9.75bp}{13bp}\selectfont] at (60, 40) {$6 \times 6$};
        \end{tikzpicture}
    "#]].assert_eq(&tikz);
}

#[test]
fn a_picture_is_as_large_as_what_is_on_it() {
    let mut picture = Picture::default();
    picture.outline(Area { x: 0.0, y: 5.0, w: 30.0, h: 10.0 }, Ink::Edge, 2.0);
    picture.text(Text { anchor: Anchor::End, ..Text::new((40.0, 15.0), 10.0, Ink::Ink, "12") });
    let picture = picture.framed(4.0);
    assert_eq!((picture.width, picture.height), (48.0, 26.0));
    let Some(Item::Rect(area, None, Some(Stroke { ink: Ink::Edge, .. }))) = picture.items.first() else { panic!() };
    assert_eq!(*area, Area { x: 4.0, y: 9.0, w: 30.0, h: 10.0 });
}

// ---------------------------------------------------------------------------------------------------------------- GIF

/// What a program shows of a GIF: each frame over the ones before, with its delay.
fn decode(bytes: &[u8]) -> (u16, u16, Vec<(Vec<u8>, u16)>) {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    options.check_frame_consistency(true);
    let mut decoder = options.read_info(bytes).unwrap();
    assert!(decoder.global_palette().is_none());
    let (width, height) = (decoder.width(), decoder.height());
    let mut canvas = vec![0; usize::from(width) * usize::from(height) * 4];
    let mut frames = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        assert_eq!(frame.dispose, gif::DisposalMethod::Keep);
        let across = usize::from(frame.width);
        for (y, row) in frame.buffer.chunks(across * 4).enumerate() {
            for (x, pixel) in row.chunks(4).enumerate().filter(|(_, pixel)| pixel[3] > 0) {
                let at = ((y + usize::from(frame.top)) * usize::from(width) + x + usize::from(frame.left)) * 4;
                canvas[at..at + 4].copy_from_slice(pixel);
            }
        }
        frames.push((canvas.clone(), frame.delay));
    }
    assert_eq!(decoder.repeat(), gif::Repeat::Infinite);
    (width, height, frames)
}

fn encode(width: u16, height: u16, frames: &[(Vec<u8>, u16)]) -> Vec<u8> {
    let mut gif = Gif::new(width, height).unwrap();
    for (pixels, delay) in frames {
        gif.frame(pixels, *delay).unwrap();
    }
    gif.finish().unwrap()
}

fn paint(width: u16, height: u16, mut colour: impl FnMut(usize, usize) -> [u8; 3]) -> Vec<u8> {
    let (width, height) = (usize::from(width), usize::from(height));
    (0..width * height)
        .flat_map(|at| {
            let [r, g, b] = colour(at % width, at / width);
            [r, g, b, 255]
        })
        .collect()
}

#[track_caller]
fn check_exact(width: u16, height: u16, frames: &[(Vec<u8>, u16)]) -> usize {
    let bytes = encode(width, height, frames);
    let (w, h, decoded) = decode(&bytes);
    assert_eq!((w, h), (width, height));
    // Not compared as a whole: a difference would print megabytes.
    assert_eq!(decoded.len(), frames.len());
    for (index, (decoded, frame)) in decoded.iter().zip(frames).enumerate() {
        assert_eq!(decoded.1, frame.1, "delay of frame {index}");
        assert!(decoded.0 == frame.0, "pixels of frame {index}");
    }
    bytes.len()
}

#[test]
fn a_gif_shows_the_same_pixels() {
    let one = |colour| paint(1, 1, move |_, _| colour);
    check_exact(1, 1, &[(one([1, 2, 3]), 5)]);
    // Two frames that are the same, and one that is not.
    check_exact(1, 1, &[(one([1, 2, 3]), 5), (one([1, 2, 3]), 6), (one([3, 2, 1]), 65_535)]);
    // 256 colours and no more room for transparency; then all but one change.
    let all = paint(16, 16, |x, y| [u8::try_from(x * 16 + y).unwrap(), 9, 0]);
    let other =
        paint(16, 16, |x, y| if (x, y) == (7, 7) { [119, 9, 0] } else { [0, u8::try_from(x * 16 + y).unwrap(), 9] });
    check_exact(16, 16, &[(all, 10), (other, 10)]);
    // All rows of one frame, a long run: codes of 12 bits and a new beginning.
    let noise = |seed: usize| {
        paint(300, 200, move |x, y| {
            let mixed = (x * 7 + y * 13 + x * y * seed) % 97;
            [u8::try_from(mixed).unwrap(), u8::try_from(mixed / 2).unwrap(), 200]
        })
    };
    check_exact(300, 200, &[(noise(3), 8), (noise(4), 8), (noise(4), 8)]);
}

#[test]
fn what_stays_is_not_written_again() {
    let board =
        |step: usize| paint(400, 300, move |x, y| if x / 20 + 20 * (y / 20) == step { [0; 3] } else { [255; 3] });
    let frames: Vec<_> = (0..20).map(|step| (board(step), 40)).collect();
    let size = check_exact(400, 300, &frames);
    assert!(size < 4_000, "{size}");
}

#[test]
fn many_colours_are_moved_little_and_large_areas_not_at_all() {
    // A gradient beside a large area of one colour.
    let pixels = paint(128, 128, |x, y| {
        if x < 40 { [17, 93, 201] } else { [u8::try_from(x).unwrap() * 2, u8::try_from(y).unwrap() * 2, 77] }
    });
    let (_, _, frames) = decode(&encode(128, 128, &[(pixels.clone(), 4)]));
    let mut worst = 0;
    for (before, after) in pixels.chunks(4).zip(frames[0].0.chunks(4)) {
        if before[0] == 17 {
            assert_eq!(before, after);
        }
        worst = before.iter().zip(after).map(|(a, b)| a.abs_diff(*b)).max().unwrap().max(worst);
    }
    assert!(worst <= 16, "{worst}");
}

#[test]
fn what_is_no_gif_is_refused() {
    assert_eq!(Gif::new(0, 5).unwrap_err(), GifError::Size { width: 0, height: 5 });
    assert_eq!(Gif::new(5000, 5).unwrap_err(), GifError::Size { width: 5000, height: 5 });
    assert_eq!(
        Gif::new(4000, 4000).unwrap_err().to_string(),
        "A GIF of 4000 × 4000 pixels can't be made: it takes up to 4,194,304 of them."
    );
    let mut gif = Gif::new(2, 2).unwrap();
    assert_eq!(gif.frame(&[0; 15], 1), Err(GifError::Frame { expected: 16, found: 15 }));
    assert_eq!(gif.clone().finish(), Err(GifError::Empty));
    for _ in 0..MAX_FRAMES {
        gif.frame(&[0; 16], 1).unwrap();
    }
    assert_eq!(gif.frame(&[0; 16], 1), Err(GifError::TooLong));
    assert_eq!(decode(&gif.finish().unwrap()).2.len(), MAX_FRAMES);
}

proptest! {
    #[test]
    fn few_colours_are_kept_whatever_the_picture(
        (width, height, frames) in (1..40_u16, 1..40_u16, 1..250_u32).prop_flat_map(|(width, height, colours)| {
            let pixels = usize::from(width) * usize::from(height);
            // Multiplied by an odd number, different numbers stay different colours.
            let colour = (0..colours).prop_map(|colour| colour.wrapping_mul(0x9e_37_79) & 0xff_ff_ff);
            let frame = (prop::collection::vec(colour, pixels), any::<u16>());
            (Just(width), Just(height), prop::collection::vec(frame, 1..4))
        })
    ) {
        let frames: Vec<_> = frames
            .into_iter()
            .map(|(pixels, delay)| {
                let rgba = pixels.into_iter().flat_map(|colour| {
                    let [_, r, g, b] = colour.to_be_bytes();
                    [r, g, b, 255]
                });
                (rgba.collect(), delay)
            })
            .collect();
        check_exact(width, height, &frames);
    }

    #[test]
    fn any_text_is_a_text(text in any::<String>()) {
        let mut picture = small();
        picture.title.clone_from(&text);
        picture.text(Text::new((0.0, 0.0), 12.0, Ink::Ink, text.clone()));
        let file = svg(&picture, &palette());
        // What XML has no place for is replaced; all else is there as it was.
        let kept: String = text.chars().map(|c| match c {
            '\t' | '\n' | '\r' => ' ',
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
            c => c,
        }).collect();
        let document = roxmltree::Document::parse(&file).unwrap();
        let of = |name: &str| document.descendants().rfind(|node| node.has_tag_name(name)).and_then(|node| node.text());
        // An empty one is left out.
        if !text.is_empty() {
            prop_assert_eq!(of("text"), Some(&*kept));
        }
        prop_assert_eq!(of("title").unwrap_or_default(), &*kept);
        check_tex(&tikz(&picture, &palette()));
        check_tex(&format!("${}$", tex::maths(&text)));
        check_tex(&tex::text(&text));
    }

    #[test]
    fn texts_in_maths_and_words(text in "[−0-9a-z.,()×$#%_{}~^\\\\ ]{0,12}") {
        check_tex(&tex::text(&text));
        check_tex(&format!("${}$", tex::maths(&text)));
    }
}

/// The elements that [`inline_svg`] writes, one by one.
fn elements(picture: &Picture) -> Vec<String> {
    let svg = inline_svg(picture).into_string();
    let mut rest = svg.split_once('>').unwrap().1.strip_suffix("</svg>").unwrap();
    let mut elements = Vec::new();
    while !rest.is_empty() {
        let end = ["title", "desc", "pattern", "text"].iter().find(|tag| rest[1..].starts_with(**tag));
        let end = end.map_or_else(|| "/>".to_owned(), |tag| format!("</{tag}>"));
        let (element, after) = rest.split_at(rest.find(&end).unwrap() + end.len());
        elements.push(element.to_owned());
        rest = after;
    }
    elements
}

prop_compose! {
    fn any_items()(kinds in prop::collection::vec((0usize..4, 0usize..3), 0..9)) -> Vec<Item> {
        let item = |(kind, at): (usize, usize)| {
            let area = Area { x: at as f64, y: 2.0, w: 8.0, h: 8.0 };
            match kind {
                0 => Item::Rect(area, Some(Ink::Paper), None),
                1 => Item::Hatch(area, Hatch::Unread),
                2 => Item::Line(vec![(0.0, at as f64), (9.0, 9.0)], Stroke { ink: Ink::Lens, width: 2.0 }),
                _ => Item::Text(Text::centred(area, 9.0, Ink::Ink, "< 3 & \"4\"")),
            }
        };
        kinds.into_iter().map(item).collect()
    }
}

proptest! {
    /// What is told of two pictures makes the elements of the one those of the other.
    #[test]
    fn what_is_redrawn_is_the_other_picture(before in any_items(), after in any_items(), words in any::<[bool; 4]>()) {
        let picture = |items: &[Item], title: bool, description: bool| Picture {
            title: if title { "A < B".into() } else { String::new() },
            description: if description { format!("{} items", items.len()) } else { String::new() },
            items: items.to_vec(),
            ..small()
        };
        let (before, after) = (picture(&before, words[0], words[1]), picture(&after, words[2], words[3]));
        let Some(redrawn) = redrawn(&before, &after) else {
            prop_assert_ne!(&before, &after);
            return Ok(());
        };
        let mut slots: Vec<String> = elements(&before);
        slots.push(String::new());
        for Redrawn { children, markup } in &redrawn {
            slots[children.clone()].fill(String::new());
            slots[children.start].insert_str(0, markup.as_str());
        }
        prop_assert_eq!(slots.concat(), elements(&after).concat());
    }
}

#[test]
fn a_step_redraws_what_it_changes() {
    let before = small();
    let mut after = before.clone();
    after.items[3] = Item::Disc((1.0, 2.0), 3.0, Ink::Lens);
    let redrawn = redrawn(&before, &after).unwrap();
    // A title, a description and a hatch come before the items.
    let [Redrawn { children, .. }] = redrawn.as_slice() else { panic!("{redrawn:?}") };
    assert_eq!(*children, 6..7);
    assert_eq!(super::redrawn(&after, &after), Some(Vec::new()));
    after.width += 1.0;
    assert_eq!(super::redrawn(&before, &after), None);
}
