//! Links once published keep opening the same state: `tests/links_v1.txt` holds links with what they open.
//!
//! To add one, append the link to the file alone; the test then prints what stands below it, to be read before it is
//! pasted. What stands in the file already is never changed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fmt::Write as _;

use receptive::{
    data::Augment,
    formula::PaddingConvention,
    lab::{
        self, BackwardLab, BatchNormLab, ChannelsLab, ConvolutionLab, FiltersLab, HighwayLab, PoolingLab,
        ReceptiveFieldLab, WhyLab, backward as backward_lab, control::ControlId, filters as filters_lab,
        operation::Operation as _, setting::Choice as _, sliding::Sliding, train::Field, why::WhyView,
    },
    link::{
        Fields, Link, MAX_LEN, Page, Warning,
        operation::{LabKind, LabLink, Linked, read_lab},
        train,
    },
    nn::{reference::PaddingMode, shape::Padding},
    num::{Entry, Grid, format},
    trace::StackLayer,
};

const LINKS: &str = include_str!("links_v1.txt");

/// A name in capitals, as the file has it: `kernel-size` is `KernelSize`.
fn capitals(name: &str) -> String {
    let word = |word: &str| word.get(..1).unwrap_or_default().to_uppercase() + word.get(1..).unwrap_or_default();
    name.split('-').map(word).collect()
}

fn named(control: ControlId) -> String {
    capitals(&format!("{control:?}"))
}

/// What a link opens, line by line; what every page shares and the warnings only where there are any.
fn opened(text: &str) -> String {
    let (link, mut warnings) = Link::decode(text);
    let mut lines = vec![format!("page {:?}", link.page)];
    let own = match link.page {
        Page::Convolution => opened_lab(&link.fields, convolution_lines),
        Page::Channels => opened_lab(&link.fields, channels_lines),
        Page::Pooling => opened_lab(&link.fields, pooling_lines),
        Page::Why => opened_lab(&link.fields, why_lines),
        Page::Filters => opened_lab(&link.fields, filters_lines),
        Page::Backward => opened_lab(&link.fields, backward_lines),
        Page::BatchNorm => opened_lab(&link.fields, batch_norm_lines),
        Page::Highway => opened_lab(&link.fields, highway_lines),
        Page::ReceptiveField => opened_lab(&link.fields, receptive_field_lines),
        Page::Train => {
            let (settings, more) = train::decode(&link.fields);
            (train_lines(&settings), more)
        }
        _ => Default::default(),
    };
    lines.extend(own.0);
    warnings.extend(own.1);
    let shared = link.shared;
    if !shared.hide.is_empty() {
        lines.push(format!("hidden {:?}", shared.hide));
    }
    for (on, name) in [(shared.embed, "embedded"), (shared.lecture, "lecture mode")] {
        lines.extend(on.then(|| name.to_owned()));
    }
    lines.extend(shared.theme.map(|theme| format!("theme {theme:?}")));
    lines.extend(warnings.iter().map(warning_line));
    lines.iter().fold(String::new(), |mut all, line| {
        writeln!(all, "    {line}").unwrap();
        all
    })
}

fn opened_lab<L: Linked>(fields: &Fields, lines: fn(&LabLink<L>) -> Vec<String>) -> (Vec<String>, Vec<Warning>) {
    let (state, warnings) = read_lab(fields);
    (lines(&state), warnings)
}

/// Without the sentence, whose wording may change.
fn warning_line(warning: &Warning) -> String {
    match warning {
        Warning::UnknownPage { name } => format!("no page {name}"),
        Warning::UnknownField { name } => format!("no field {name}"),
        Warning::Unreadable { name, value, .. } => format!("unreadable {name}={value}"),
        Warning::Newer { version } => format!("of version {version}"),
        Warning::Damaged => "damaged".to_owned(),
        Warning::TooLong { .. } => "too long".to_owned(),
        Warning::TooManyFields { .. } => "too many fields".to_owned(),
    }
}

/// A grid as it was typed.
fn typed(grid: &Grid<Entry>) -> String {
    rows(&grid.map(Entry::typed))
}

fn rows(grid: &Grid<String>) -> String {
    grid.iter_rows().map(|row| row.join(" ")).collect::<Vec<_>>().join(" / ")
}

fn channels_lines(state: &LabLink<ChannelsLab>) -> Vec<String> {
    let lab = &state.lab;
    let Sliding { padding, mode, stride, dilation, flip, convention } = lab.sliding;
    let Padding { top, bottom, left, right } = padding;
    let counted = match convention {
        PaddingConvention::PerSide => "per side",
        PaddingConvention::Total => "in total",
    };
    let planes = |planes: &[Grid<Entry>]| planes.iter().map(typed).collect::<Vec<_>>().join(" | ");
    let mut lines = vec![format!("inputs {}", planes(&lab.inputs))];
    lines.extend(lab.filters.iter().map(|filter| format!("filter {}", planes(filter))));
    lines.extend([
        format!("biases {}", lab.biases.iter().map(Entry::typed).collect::<Vec<_>>().join(", ")),
        format!("groups {}", lab.groups),
        format!("padding {top} {bottom} {left} {right} of {mode:?}, counted {counted}"),
        format!("stride {stride:?}, dilation {dilation:?}{}", if flip { ", flipped" } else { "" }),
        format!("step {}, speed {}", state.step, state.speed),
    ]);
    match lab.compute() {
        Ok(computed) => {
            let output = |output: &Grid<f64>| format!("output {}", rows(&output.map(|y| format::ascii(*y))));
            lines.extend(computed.output().iter().map(output));
        }
        Err(problem) => lines.push(format!("no output because of {}", named(problem.control))),
    }
    lines.extend(state.predict.then(|| "predict".to_owned()));
    lines
}

fn batch_norm_lines(state: &LabLink<BatchNormLab>) -> Vec<String> {
    let BatchNormLab { view, mode, input, gamma, beta, epsilon, mean, variance, momentum, upstream } = &state.lab;
    let mut lines = vec![
        format!("{view:?}, {mode:?}, epsilon {}, momentum {}", epsilon.typed(), momentum.typed()),
        format!("input {}, scale {}, shift {}", typed(input), typed(gamma.cells()), typed(beta.cells())),
        format!("running mean {}, variance {}", typed(mean.cells()), typed(variance.cells())),
        format!("upstream {}", typed(upstream.cells())),
        format!("step {}, speed {}", state.step, state.speed),
    ];
    match state.lab.compute() {
        Ok(computed) => {
            let output = |output: &Grid<f64>| format!("output {}", rows(&output.map(|y| format::ascii(*y))));
            lines.extend(computed.output().iter().map(output));
        }
        Err(problem) => lines.push(format!("no output because of {}", named(problem.control))),
    }
    lines.extend(state.predict.then(|| "predict".to_owned()));
    lines
}

fn highway_lines(state: &LabLink<HighwayLab>) -> Vec<String> {
    let HighwayLab { view, skip, input, weights, bias, activation, gate_weights, gate_bias, upstream, layers } =
        &state.lab;
    let mut lines = vec![
        format!("{view:?}, {skip:?}, {activation:?}, {layers} layers"),
        format!("input {}, upstream {}", typed(input), typed(upstream.cells())),
        format!("weights {}, bias {}", typed(weights.cells()), bias.typed()),
        format!("gate weights {}, bias {}", typed(gate_weights.cells()), gate_bias.typed()),
        format!("step {}, speed {}", state.step, state.speed),
    ];
    match state.lab.compute() {
        Ok(computed) => {
            // The last digits of an exponential are each machine's own.
            let output = |output: &Grid<f64>| format!("output {}", rows(&output.map(|y| format::shown(*y))));
            lines.extend(computed.output().iter().map(output));
        }
        Err(problem) => lines.push(format!("no output because of {}", named(problem.control))),
    }
    lines.extend(state.predict.then(|| "predict".to_owned()));
    lines
}

fn pooling_lines(state: &LabLink<PoolingLab>) -> Vec<String> {
    let PoolingLab { input, kind, window, stride, padding, ceil, count_padding, shift } = &state.lab;
    let Padding { top, bottom, left, right } = padding;
    let counted = if *count_padding { "counted" } else { "not counted" };
    let mut lines = vec![
        format!("input {}", typed(input)),
        format!("{kind:?} of {window:?}, stride {stride:?}{}", if *ceil { ", ceiling" } else { "" }),
        format!("padding {top} {bottom} {left} {right}, {counted}"),
        format!("step {}, speed {}", state.step, state.speed),
    ];
    match state.lab.compute() {
        Ok(computed) => {
            let output = |output: &Grid<f64>| format!("output {}", rows(&output.map(|y| format::ascii(*y))));
            lines.extend(computed.output().iter().map(output));
        }
        Err(problem) => lines.push(format!("no output because of {}", named(problem.control))),
    }
    lines.extend(shift.map(|direction| format!("shifted {direction:?}")));
    lines.extend(state.predict.then(|| "predict".to_owned()));
    lines
}

/// Of the views only the one that is looked at has its settings named, and what the others hold where it is no default.
fn why_lines(state: &LabLink<WhyLab>) -> Vec<String> {
    let WhyLab { view, size, channels, units, window, filters, row, taps, .. } = &state.lab;
    let WhyLab { input, kernel, shift, stride, padding, seed, .. } = &state.lab;
    let default = WhyLab::default();
    let mut lines = vec![format!("{view:?}, stride {stride}, padding {padding}, seed {seed}")];
    let counted = format!("image {size:?} of {channels} channels, {units} units, {filters} filters of {window:?}");
    let is_counted = (*size, *channels, *units) != (default.size, default.channels, default.units)
        || (*window, *filters) != (default.window, default.filters);
    lines.extend((*view == WhyView::Count || is_counted).then_some(counted));
    let is_row = (row, taps) != (&default.row, &default.taps);
    let connected = format!("row {}, taps {}", typed(row), typed(taps));
    lines.extend((*view == WhyView::Connections || is_row).then_some(connected));
    let is_picture = (input, kernel, *shift) != (&default.input, &default.kernel, default.shift);
    let shifted = format!("picture {}, kernel {}, shifted {}", typed(input), typed(kernel), shift.name());
    lines.extend((*view == WhyView::Shift || is_picture).then_some(shifted));
    lines.push(format!("step {}, speed {}", state.step, state.speed));
    match state.lab.compute() {
        Ok(computed) => {
            let output = |output: &Grid<f64>| format!("output {}", rows(&output.map(|y| format::ascii(*y))));
            lines.extend(computed.output().iter().map(output));
        }
        Err(problem) => lines.push(format!("no output because of {}", named(problem.control))),
    }
    lines.extend(state.predict.then(|| "predict".to_owned()));
    lines
}

/// Of a kernel that a formula makes, the numbers are rounded: what they are in full, other tests say.
fn filters_lines(state: &LabLink<FiltersLab>) -> Vec<String> {
    let lab = &state.lab;
    let grey = if lab.grey { ", grey" } else { "" };
    let picture = capitals(lab.image.named().link);
    let mut lines = vec![format!("picture {picture}{grey}, padded with {:?}, shown {:?}", lab.edge, lab.show)];
    for (index, filter) in lab.filters.iter().enumerate() {
        let filters_lab::Filter { kernel, normalise, bias, relu, pool, .. } = filter;
        let looked = if index == lab.looked { ", looked at" } else { "" };
        let on = |on: &bool, word: &'static str| if *on { word } else { "" };
        let numbers = match filter.source {
            filters_lab::Source::Gabor(_) => rows(&kernel.map(Entry::shown)),
            _ => typed(kernel),
        };
        lines.push(format!("{}{looked}: {numbers}", filter.name()));
        let then = format!("{}{}", on(normalise, ", normalised"), on(relu, ", ReLU"));
        lines.push(format!("bias {}{then}, pool {pool:?}", bias.typed()));
    }
    lines.push(format!("channel {}, step {}, speed {}", lab.channel, state.step, state.speed));
    let problem = lab.compute().err().map(|problem| problem.control);
    lines.extend(
        problem
            .filter(|control| *control != ControlId::IMAGE)
            .map(|control| format!("no output because of {}", named(control))),
    );
    lines.extend(state.predict.then(|| "predict".to_owned()));
    lines
}

fn backward_lines(state: &LabLink<BackwardLab>) -> Vec<String> {
    let BackwardLab {
        operation,
        input,
        kernel,
        bias,
        upstream,
        window,
        stride,
        padding,
        dilation,
        count_padding,
        view,
    } = &state.lab;
    let Padding { top, bottom, left, right } = padding;
    let counted = if *count_padding { "counted" } else { "not counted" };
    let mut lines = vec![
        format!("{operation:?} of {}", typed(input)),
        format!("kernel {}, bias {}, window {window:?}", typed(kernel), bias.typed()),
        format!("upstream {}", typed(upstream.cells())),
        format!("stride {stride:?}, dilation {dilation:?}"),
        format!("padding {top} {bottom} {left} {right}, {counted}"),
        format!("step {}, speed {}", state.step, state.speed),
    ];
    match state.lab.compute() {
        Ok(computed) => {
            let gradient = |gradient: &Grid<f64>| format!("gradient {}", rows(&gradient.map(|y| format::ascii(*y))));
            lines.extend(computed.output().iter().map(gradient));
        }
        Err(problem) => lines.push(format!("no gradients because of {}", named(problem.control))),
    }
    lines.extend((*view != backward_lab::BackwardView::Steps).then(|| format!("view {view:?}")));
    lines.extend(state.predict.then(|| "predict".to_owned()));
    lines
}

/// What is seen of the input, and on how many paths at most: all of them would fill the file.
fn receptive_field_lines(state: &LabLink<ReceptiveFieldLab>) -> Vec<String> {
    let ReceptiveFieldLab { stack, looking, view } = &state.lab;
    let (rows, cols) = stack.size;
    let mut lines = vec![format!("input {rows} {cols}, view {view:?}")];
    lines.extend(stack.layers.iter().map(|layer| {
        let StackLayer { kind, kernel, stride, padding, dilation } = layer;
        format!("{kind:?} {kernel}, stride {stride}, padding {padding}, dilation {dilation}")
    }));
    lines.extend(looking.map(|looking| format!("looking from {:?} {:?}", looking.layer, looking.at)));
    lines.push(format!("step {}, speed {}", state.step, state.speed));
    match state.lab.compute() {
        Ok(computed) => lines.extend(computed.output().iter().map(|paths| {
            let seen = paths.cells().iter().filter(|paths| **paths > 0.0).count();
            format!("{seen} seen, {} paths", format::ascii(paths.cells().iter().sum()))
        })),
        Err(problem) => lines.push(format!("no output because of {}", named(problem.control))),
    }
    lines.extend(state.predict.then(|| "predict".to_owned()));
    lines
}

fn convolution_lines(state: &LabLink<ConvolutionLab>) -> Vec<String> {
    let lab = &state.lab;
    let Padding { top, bottom, left, right } = lab.sliding.padding;
    let counted = match lab.sliding.convention {
        PaddingConvention::PerSide => "per side",
        PaddingConvention::Total => "in total",
    };
    let output = match lab.compute() {
        Ok(computed) => {
            let planes = computed.output().iter().map(|output| rows(&output.map(|y| format::ascii(*y))));
            format!("output {}", planes.collect::<Vec<_>>().join(" and "))
        }
        Err(problem) => format!("no output because of {}", named(problem.control)),
    };
    let Sliding { stride, dilation, flip, .. } = lab.sliding;
    let mut lines = vec![
        format!("input {}", typed(&lab.input)),
        format!("kernel {}", typed(&lab.kernel)),
        format!("bias {}", lab.bias.typed()),
        format!("padding {top} {bottom} {left} {right}, counted {counted}"),
        format!("stride {:?}, dilation {:?}{}", stride, dilation, if flip { ", flipped" } else { "" }),
        format!("step {}, speed {}", state.step, state.speed),
        output,
    ];
    // What came after links were first published is named only where it differs from the default.
    let default = ConvolutionLab::default();
    lines.extend((lab.sliding.mode != PaddingMode::Zeros).then(|| format!("padding holds {:?}", lab.sliding.mode)));
    lines.extend(lab.transposed.then(|| format!("transposed, output padding {:?}", lab.output_padding)));
    lines.extend((lab.view != default.view).then(|| format!("view {:?}", lab.view)));
    lines.extend((lab.compared != default.compared).then(|| format!("compared {:?}", lab.compared)));
    lines.extend(state.predict.then(|| "predict".to_owned()));
    lines
}

/// What came after links were first published is named only where it differs from the default.
fn train_lines(settings: &lab::train::Settings) -> Vec<String> {
    let later = |field: &Field| *field == Field::Smoothing && settings.is_default(*field);
    let typed = Field::ALL.into_iter().filter(|field| !later(field));
    let typed = typed.map(|field| format!("{} {}", field.label().to_lowercase(), settings.text(field)));
    let run = match settings.spec() {
        Some(spec) => format!("{:?} schedule", spec.schedule).to_lowercase(),
        None => "no run".to_owned(),
    };
    let typed = typed.collect::<Vec<_>>().join(", ");
    let mut lines = vec![format!("{:?}: {typed}; {run}", settings.optimizer())];
    if settings.model() != lab::train::Model::LeNet {
        lines.push(format!("model {:?}", settings.model()));
        if settings.model() == lab::train::Model::Own {
            lines.push(format!("layers {}", settings.layers()));
        }
    }
    if settings.augment() != Augment::None {
        lines.push(format!("augmentation {:?}", settings.augment()));
    }
    lines.extend(settings.workers().map(|workers| format!("workers {workers}")));
    lines
}

#[test]
fn published_links_open_the_same_state() {
    let mut rest = LINKS.lines().filter(|line| !line.starts_with("//")).peekable();
    let mut checked = 0;
    let mut missing = String::new();
    while let Some(link) = rest.next() {
        if link.is_empty() {
            continue;
        }
        assert!(link.starts_with("#/"), "{link} is no link");
        let mut kept = String::new();
        while let Some(line) = rest.next_if(|line| line.starts_with(' ')) {
            writeln!(kept, "{line}").unwrap();
        }
        let found = opened(link);
        if kept.is_empty() {
            write!(missing, "{link}\n{found}").unwrap();
        } else {
            assert_eq!(found, kept, "the link {link} opens another state than it did when it was published");
        }
        checked += 1;
    }
    assert!(missing.is_empty(), "links without what they open; read it, then paste it:\n{missing}");
    assert!(checked >= 50, "links are missing: {checked}");
}

#[test]
fn recipes_are_published() {
    for recipe in &lab::train::RECIPES {
        let link = format!("#/train?recipe={}", recipe.link);
        assert!(LINKS.lines().any(|line| line == link), "append the recipe “{}”: {link}", recipe.name);
    }
}

#[test]
fn presets_are_published() {
    let presets = LabKind::ALL.iter().flat_map(|kind| {
        let (default, _) = (kind.decode)(&Fields::new());
        default.lab.operation().presets().iter().map(|preset| (kind.page.path(), preset))
    });
    for (page, preset) in presets.filter(|(_, preset)| !preset.query.is_empty()) {
        let link = format!("#/{page}?{}", preset.query);
        assert!(LINKS.lines().any(|line| line == link), "append the preset “{}”: {link}", preset.name);
    }
}

/// The part of the app that `index.html` has fetched for an address is the page's.
#[test]
fn the_boot_script_knows_which_part_is_a_page() {
    let index = include_str!("../index.html");
    let line = |begin: &str| index.lines().find_map(|line| line.trim().strip_prefix(begin)).unwrap();
    let (limit, rule) = line("var name = hash.length <= ").split_once(" && ").unwrap();
    assert_eq!(limit, MAX_LEN.to_string());
    assert_eq!(rule, r"/^#*\/*([a-z-]+)(?:\/[^?]*)?(?:\?|$)/.exec(hash);");
    assert_eq!(line("return name ? "), r#"name[1].replace(/-/g, "_") : "home";"#);
    // Each page's part is called so in the site map.
    macro_rules! parts {
        ($($page:ident $part:ident $opens:tt;)*) => {
            [$((Page::$page, stringify!($part))),*]
        };
    }
    let parts = receptive::for_every_page!(parts);
    assert_eq!(parts.len(), Page::ALL.len());
    for (page, part) in parts {
        let expect = if page == Page::Home { "home".to_owned() } else { page.path().replace('-', "_") };
        assert_eq!(part, expect, "{page:?}");
    }
}
