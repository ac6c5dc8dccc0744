//! The `PyTorch` programs that the labs copy out, run: what they print is what the lab computes.
//!
//! That takes a Python with `torch`: `python3`, or the one that PYTHON names. Where there is none, the programs are
//! compiled by what Python there is, and read by a reader that knows their few statements; the test's output says so.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

use std::{
    env, fs,
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use expect_test::expect_file;
use receptive::{
    lab::{
        OperationLab, architectures, backward, batch_norm, channels, convolution, highway, operation::Computation,
        pooling, preset::Preset, receptive_field, why,
    },
    link::{Link, operation::LabKind},
    model::{Architecture, Features, Zoo, counts, read_layers},
    num::{
        Matrix,
        rng::{Purpose, Stream},
    },
};

/// How many random states of each lab.
const RANDOM: usize = 60;

const LABS: [(&str, &[Preset]); 8] = [
    ("convolution", convolution::PRESETS),
    ("pooling", pooling::PRESETS),
    ("channels", channels::PRESETS),
    ("backward", backward::PRESETS),
    ("batch-norm", batch_norm::PRESETS),
    ("highway", highway::PRESETS),
    ("why", why::PRESETS),
    ("receptive-field", receptive_field::PRESETS),
];

/// A state that computes.
struct State {
    link: String,
    code: String,
    outputs: Vec<Matrix>,
}

fn state(link: String) -> Option<State> {
    let (decoded, _) = Link::decode(&link);
    let kind = LabKind::of_page(decoded.page).unwrap();
    let (opened, warnings) = (kind.decode)(&decoded.fields);
    assert!(warnings.is_empty(), "{link}: {warnings:?}");
    let lab: OperationLab = opened.lab;
    let computed = lab.operation().compute().ok()?;
    let outputs = Computation::output(computed.as_ref()).to_vec();
    Some(State { code: (kind.program)(&lab), outputs, link })
}

/// All presets, and states drawn at random that compute.
fn states() -> Vec<State> {
    let presets =
        LABS.iter().flat_map(|(page, presets)| presets.iter().map(move |preset| format!("#/{page}?{}", preset.query)));
    let mut states: Vec<State> = presets.filter_map(state).collect();
    assert!(states.len() > 30, "most presets compute: {}", states.len());
    let mut draw = Draw(Stream::new(2026, Purpose::Augment, 7));
    for (page, _) in LABS {
        let mut found = 0;
        for _ in 0..RANDOM * 50 {
            if let Some(state) = state(draw.link(page)).filter(|_| found < RANDOM) {
                states.push(state);
                found += 1;
            }
        }
        assert_eq!(found, RANDOM, "{page}");
    }
    states
}

/// Random settings, as links.
struct Draw(Stream);

impl Draw {
    fn below(&mut self, most: u32) -> u32 {
        self.0.below(most)
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let most = u32::try_from(of.len()).unwrap();
        of[self.below(most) as usize]
    }

    fn grid(&mut self, rows: u32, cols: u32) -> String {
        let number = |draw: &mut Self| match draw.below(8) {
            0 => format!("{}/{}", draw.below(9), draw.below(8) + 1),
            1 => format!("-{}.{}", draw.below(9), draw.below(100)),
            _ => format!("{}", f64::from(draw.below(19)) - 9.0),
        };
        let row = |draw: &mut Self| (0..cols).map(|_| number(draw)).collect::<Vec<_>>().join(",");
        (0..rows).map(|_| row(self)).collect::<Vec<_>>().join(";")
    }

    fn grids(&mut self, count: u32, rows: u32, cols: u32) -> String {
        (0..count).map(|_| self.grid(rows, cols)).collect::<Vec<_>>().join("|")
    }

    fn pair(&mut self, least: u32, most: u32) -> String {
        let mut one = || least + self.below(most - least + 1);
        format!("{},{}", one(), one())
    }

    fn sides(&mut self) -> String {
        let sides: Vec<String> = (0..4).map(|_| self.below(3).to_string()).collect();
        if self.below(2) == 0 { sides[0].clone() } else { sides.join(",") }
    }

    fn why_link(&mut self, rows: u32, cols: u32) -> String {
        let view = self.one(&["count", "connections", "shift"]).to_owned();
        let mut fields = vec![format!("view={view}&stride={}&pad={}", 1 + self.below(3), self.below(3))];
        fields.push(format!("seed={}", self.below(1000)));
        fields.push(match view.as_str() {
            "count" => format!(
                "size={}&channels={}&units={}&window={}&filters={}",
                self.pair(1, 5_000),
                1 + self.below(5),
                1 + self.below(2_000),
                self.pair(1, 12),
                1 + self.below(300)
            ),
            "connections" => {
                let (inputs, taps) = (2 + self.below(15), 1 + self.below(6));
                format!("row={}&taps={}", self.grid(1, inputs), self.grid(1, taps))
            }
            _ => {
                let (high, wide) = (1 + self.below(3), 1 + self.below(3));
                let shift = self.one(&["right", "left", "down", "up", "right2", "left2", "down2", "up2", "diagonal"]);
                format!("shift={shift}&x={}&k={}", self.grid(rows, cols), self.grid(high, wide))
            }
        });
        format!("#/why?{}", fields.join("&"))
    }

    /// An operation with an upstream gradient of any size: where it is not the output's, there is nothing to compute.
    fn backward(&mut self, rows: u32, cols: u32) -> String {
        let (high, wide) = (1 + self.below(3), 1 + self.below(3));
        let mut fields = vec![format!("x={}&k={}", self.grid(rows, cols), self.grid(high, wide))];
        fields.push(format!("op={}&window={}", self.one(&["convolution", "max", "average"]), self.pair(1, 3)));
        fields.push(format!("b={}&dilation={}", self.grid(1, 1), self.pair(1, 2)));
        fields.push(format!("count_pad={}&view={}", self.below(2), self.one(&["steps", "full", "check"])));
        if self.below(4) > 0 {
            let (high, wide) = (1 + self.below(4), 1 + self.below(4));
            fields.push(format!("dy={}", self.grid(high, wide)));
        }
        fields.join("&")
    }

    /// A batch with all that is beside it.
    fn batch(&mut self) -> String {
        let (rows, cols) = (1 + self.below(6), 1 + self.below(4));
        let mut row = |name: &str| format!("{name}={}", self.grid(1, cols));
        let mut fields = vec![row("g"), row("b"), row("mean")];
        let variances: Vec<String> = (0..cols).map(|_| (1 + self.below(9)).to_string()).collect();
        fields.push(format!("x={}&dy={}&var={}", self.grid(rows, cols), self.grid(rows, cols), variances.join(",")));
        fields.push(format!(
            "eps={}&momentum={}",
            self.one(&["0", "1e-5", "1/4", "2"]),
            self.one(&["0.1", "0", "1", "1/3"])
        ));
        fields.push(format!("mode={}", self.one(&["training", "evaluation"])));
        fields.push(format!("view={}", self.one(&["forward", "backward", "check"])));
        fields.join("&")
    }

    /// A layer beside its input.
    fn layer(&mut self) -> String {
        let elements = 1 + self.below(4);
        let mut fields = vec![format!("x={}&dy={}", self.grid(elements, 1), self.grid(elements, 1))];
        fields.push(format!("w={}&wt={}", self.grid(elements, elements), self.grid(elements, elements)));
        fields.push(format!("b={}&bt={}", self.grid(1, 1), self.grid(1, 1)));
        fields.push(format!("layer={}", self.one(&["highway", "residual", "plain"])));
        fields.push(format!(
            "view={}&act={}",
            self.one(&["forward", "backward", "depth"]),
            self.one(&["relu", "tanh"])
        ));
        fields.push(format!("layers={}", 1 + self.below(9)));
        fields.join("&")
    }

    /// A stack of layers over a small input.
    fn stack(&mut self) -> String {
        let layer = |draw: &mut Self| {
            let kind = draw.one(&["c", "c", "m", "a"]);
            let kernel = 1 + draw.below(3);
            let mut layer = format!("{kind}{kernel}s{}p{}", 1 + draw.below(3), draw.below(kernel.min(2)));
            if kind == "c" {
                layer = [layer, format!("d{}", 1 + draw.below(2))].concat();
            }
            layer
        };
        let layers: Vec<String> = (0..=self.below(4)).map(|_| layer(self)).collect();
        let from = 1 + self.below(u32::try_from(layers.len()).unwrap());
        format!("n={}&layers={}&cell={from},{},{}", self.pair(3, 14), layers.join(";"), self.below(4), self.below(4))
    }

    fn link(&mut self, page: &str) -> String {
        if page == "receptive-field" {
            return format!("#/{page}?{}", self.stack());
        }
        if page == "batch-norm" {
            return format!("#/{page}?{}", self.batch());
        }
        if page == "highway" {
            return format!("#/{page}?{}", self.layer());
        }
        let (rows, cols) = (3 + self.below(5), 3 + self.below(5));
        if page == "why" {
            return self.why_link(rows, cols);
        }
        let mut fields = vec![format!("pad={}", self.sides()), format!("stride={}", self.pair(1, 3))];
        match page {
            "convolution" => {
                let (high, wide) = (1 + self.below(3), 1 + self.below(3));
                fields.push(format!("x={}&k={}", self.grid(rows, cols), self.grid(high, wide)));
                fields.push(format!("b={}&dilation={}", self.grid(1, 1), self.pair(1, 2)));
                fields.push(format!("flip={}", self.below(2)));
                match self.below(3) {
                    0 => fields.push(format!("transposed=1&outpad={}", self.pair(0, 1))),
                    1 => fields.push(format!("mode={}", self.one(&["reflect", "replicate", "circular"]))),
                    _ => fields.push(format!("view={}", self.one(&["im2col", "toeplitz", "conventions", "window"]))),
                }
            }
            "pooling" => {
                fields.push(format!("x={}&window={}", self.grid(rows, cols), self.pair(1, 3)));
                fields.push(format!(
                    "kind={}&ceil={}&count_pad={}",
                    self.one(&["max", "average"]),
                    self.below(2),
                    self.below(2)
                ));
            }
            "backward" => fields.push(self.backward(rows, cols)),
            _ => {
                let groups = 1 + self.below(2);
                let (channels, filters) = (groups * (1 + self.below(2)), groups * (1 + self.below(2)));
                let (high, wide) = (1 + self.below(3), 1 + self.below(3));
                fields.push(format!("x={}", self.grids(channels, rows, cols)));
                let kernels: Vec<String> = (0..filters).map(|_| self.grids(channels / groups, high, wide)).collect();
                fields.push(format!("k={}", kernels.join("||")));
                fields.push(format!("groups={groups}&b={}", self.grid(1, filters)));
                fields.push(format!("mode={}&flip={}", self.one(&["zeros", "reflect", "circular"]), self.below(2)));
            }
        }
        format!("#/{page}?{}", fields.join("&"))
    }
}

/// The Python that is asked, if there is one.
fn python() -> Option<String> {
    let name = env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    runs(&name, "").then_some(name)
}

fn runs(python: &str, program: &str) -> bool {
    let mut command = Command::new(python);
    command.args(["-c", program]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Runs one Python over many programs: what it prints, each after a line of its own.
fn run_all<'a>(python: &str, driver: &str, name: &str, programs: impl Iterator<Item = &'a str>) -> Vec<String> {
    let file = scratch(name);
    let codes: Vec<String> = programs.map(|code| serde_json::to_string(code).unwrap()).collect();
    fs::File::create(&file).unwrap().write_all(format!("[{}]", codes.join(",")).as_bytes()).unwrap();
    let output = Command::new(python).args(["-c", driver]).arg(&file).stdin(Stdio::null()).output().unwrap();
    fs::remove_file(&file).unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    text.split("=====\n").skip(1).map(str::to_owned).collect()
}

/// A file beside the test's program, so that `cargo clean` takes it away.
fn scratch(name: &str) -> PathBuf {
    env::current_exe().unwrap().with_extension(format!("{name}.json"))
}

/// Runs each program and prints all digits.
const TORCH: &str = "
import json, sys, torch
torch.set_printoptions(precision=17, threshold=10**9, linewidth=10**9, sci_mode=False)
for code in json.load(open(sys.argv[1])):
    print('=====', flush=True)
    exec(compile(code, 'lab', 'exec'), {})
    torch.set_default_dtype(torch.float32)
";

/// Compiles each program.
const COMPILE: &str = "
import json, sys
for code in json.load(open(sys.argv[1])):
    compile(code, 'lab', 'exec')
    print('=====')
";

/// The numbers of the tensors that were printed; what else is, such as shapes and counts, is left out.
fn numbers(text: &str) -> Vec<f64> {
    let tensors = text.split("tensor(").skip(1).filter_map(|rest| rest.split_once(')')).map(|(inside, _)| inside);
    let words = tensors.flat_map(|inside| inside.split(|c: char| "[], \n".contains(c)));
    words.filter_map(|word| word.parse().ok()).collect()
}

#[track_caller]
fn same(link: &str, printed: &str, outputs: &[Matrix]) {
    let expect: Vec<f64> = outputs.iter().flat_map(|plane| plane.cells().iter().copied()).collect();
    let found = numbers(printed);
    // The pooling of the shifted input is printed as well.
    let more = if link.starts_with("#/pooling") && link.contains("shift=") { 2 } else { 1 };
    assert_eq!(found.len(), expect.len() * more, "{link}: {printed}");
    for (found, expect) in found.iter().zip(&expect) {
        let near = (found - expect).abs() <= 1e-9 * expect.abs().max(1.0)
            || (found.is_nan() && expect.is_nan())
            || found.to_bits() == expect.to_bits();
        assert!(near, "{link}: {found} instead of {expect}:\n{printed}");
    }
}

#[test]
fn programs_print_what_the_labs_compute() {
    let states = states();
    for state in &states {
        balanced(state);
    }
    let Some(python) = python() else {
        println!("skipped: there is no python3 that could compile or run the programs");
        return;
    };
    if runs(&python, "import torch") {
        let printed = run_all(&python, TORCH, "labs", states.iter().map(|state| state.code.as_str()));
        assert_eq!(printed.len(), states.len());
        for (state, printed) in states.iter().zip(&printed) {
            same(&state.link, printed, &state.outputs);
        }
        println!("{} programs were run by PyTorch", states.len());
    } else {
        let codes = states.iter().map(|state| state.code.as_str());
        assert_eq!(run_all(&python, COMPILE, "labs", codes).len(), states.len());
        println!("skipped: {python} has no torch; {} programs were compiled and not run", states.len());
    }
}

/// The architectures of the course, and networks of what these have not.
const NETWORKS: [(&str, (usize, usize, usize)); 8] = [
    ("f;l20nb;bn;relu;do0.5;l10", (1, 6, 5)),
    ("c4k3;relu;f;l12;[l12;bn;tanh;l12];relu;l10", (2, 8, 8)),
    ("c8k3d2p2;bn;tanh;a2;c8k3g4;sigmoid;m3s2p1;gap;l10", (3, 28, 28)),
    ("c6k5,3p1,2,0,1;relu;m2;f;l10", (1, 20, 18)),
    ("[h;c4k3p1;relu;];c8k3s2;bn;relu;gap;l10", (4, 12, 12)),
    ("c8k3p1;relu;[a;c16k3s2p1;bn;relu;c16k3p1;bn;];relu;[;c16k3p1;relu;c16k3p1;];gap;l10", (1, 28, 28)),
    ("c8k3p1;[p;c16k3s2p1;relu;c16k3p1;];stanh;do0.5;f;l10", (3, 16, 16)),
    ("c6k5;lrn3;stanh;sub2;stanh;table;stanh;sub2;stanh;f;l84", (1, 32, 32)),
];

/// What each network's program prints is what is counted here.
#[test]
fn programs_of_networks_count_what_the_tables_do() {
    let others = NETWORKS.iter().map(|(text, (channels, height, width))| {
        let layers = read_layers(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let input = Features::Maps { channels: *channels, height: *height, width: *width };
        Architecture { name: (*text).to_owned(), input, layers }
    });
    let networks: Vec<Architecture> = Zoo::ALL.iter().map(|zoo| zoo.architecture()).chain(others).collect();
    let codes: Vec<String> = networks.iter().map(architectures::program).collect();
    let Some(python) = python() else { return };
    if !runs(&python, "import torch") {
        assert_eq!(run_all(&python, COMPILE, "networks", codes.iter().map(String::as_str)).len(), codes.len());
        return;
    }
    let printed = run_all(&python, TORCH, "networks", codes.iter().map(String::as_str));
    for (network, printed) in networks.iter().zip(&printed) {
        let (counted, misfit) = counts(&network.layers, network.input);
        assert!(misfit.is_none(), "{}", network.name);
        let parameters: u64 = counted.iter().map(|row| row.count.parameters).sum();
        let extents = counted.last().unwrap().count.output.extents();
        let shape: Vec<String> = [1].iter().chain(&extents).map(ToString::to_string).collect();
        assert_eq!(*printed, format!("{parameters} parameters\n({})\n", shape.join(", ")), "{}", network.name);
    }
    println!("{} networks were run by PyTorch", networks.len());
}

/// The programs of the states that the labs begin with, which the browser test of the clipboard compares with as well.
#[test]
fn programs_of_the_first_states() {
    for (page, _) in LABS {
        let code = state(format!("#/{page}")).unwrap().code;
        expect_file![format!("pytorch/{}.py", page.replace('-', "_"))].assert_eq(&code);
    }
}

/// A line of the table of pooled sizes: a setting, and the outputs that PyTorch has of 1, 2, 3, … inputs.
struct Sizes {
    kernel: usize,
    stride: usize,
    padding: usize,
    ceil: bool,
    outputs: Vec<Option<usize>>,
}

fn sizes(line: &str) -> Option<Sizes> {
    let mut words = line.split(' ').map(|word| word.parse().ok());
    let mut setting = || words.next().flatten();
    let (kernel, stride, padding, ceil) = (setting()?, setting()?, setting()?, setting()?);
    Some(Sizes { kernel, stride, padding, ceil: ceil == 1, outputs: words.collect() })
}

/// What the pooling lab makes of it, with what it says besides; what it refuses it refuses with a repair.
fn pooled(rows: usize, cols: usize, setting: &Sizes) -> (Option<(usize, usize)>, Vec<String>) {
    let Sizes { kernel, stride, padding, ceil, .. } = setting;
    let row = vec!["1"; cols].join(",");
    let x = vec![row; rows].join(";");
    let ceil = u8::from(*ceil);
    let link = format!("#/pooling?x={x}&window={kernel}&stride={stride}&pad={padding}&ceil={ceil}");
    let (decoded, _) = Link::decode(&link);
    let (opened, warnings) = (LabKind::of_page(decoded.page).unwrap().decode)(&decoded.fields);
    assert!(warnings.is_empty(), "{link}: {warnings:?}");
    let lab: OperationLab = opened.lab;
    let notes = lab.operation().shape(None).notes;
    match lab.operation().compute() {
        Ok(computed) => (Some(Computation::output(computed.as_ref())[0].shape()), notes),
        Err(problem) => {
            assert!(!problem.sentence.is_empty() && !problem.repairs.is_empty(), "{link}");
            (None, notes)
        }
    }
}

/// `tests/pytorch/pooling_shapes.py` makes the table, by PyTorch or by the rule of its source: its last line says which.
/// Where a torch is installed, it makes it again.
#[test]
fn pooled_planes_are_as_large_as_pytorchs() {
    let folder = PathBuf::from("tests/pytorch");
    let table = fs::read_to_string(folder.join("pooling_shapes.txt")).unwrap();
    let lines: Vec<Sizes> = table.lines().filter_map(sizes).collect();
    assert_eq!(lines.len(), 360);
    let mut only_ours = 0;
    for setting in &lines {
        for (rows, of_rows) in setting.outputs.iter().enumerate() {
            // The other axis has another extent.
            let (cols, of_cols) = (11 - rows, setting.outputs[11 - rows]);
            let pytorchs = of_rows.zip(of_cols);
            let (ours, notes) = pooled(rows + 1, cols + 1, setting);
            let Sizes { kernel, stride, padding, ceil, .. } = *setting;
            let of = format!(
                "{} × {}, window {kernel}, stride {stride}, padding {padding}, ceil {ceil}",
                rows + 1,
                cols + 1
            );
            if padding > kernel / 2 {
                // More padding than PyTorch's poolings take: a note says so, and the program pads before it pools.
                assert_eq!(pytorchs, None, "{of}");
                let says =
                    ours.is_none() || notes.iter().any(|note| note.starts_with("PyTorch's own padding stops at half"));
                assert!(says, "{of}: {notes:?}");
                only_ours += usize::from(ours.is_some());
            } else {
                assert_eq!(ours, pytorchs, "{of}");
            }
        }
    }
    assert!(only_ours > 100, "{only_ours}");

    let Some(python) = python().filter(|python| runs(python, "import torch")) else {
        println!("skipped: no torch makes the table again");
        return;
    };
    let output = Command::new(python).arg(folder.join("pooling_shapes.py")).stdin(Stdio::null()).output().unwrap();
    let made = String::from_utf8(output.stdout).unwrap();
    let sizes_of = |table: &str| table.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n");
    assert_eq!(sizes_of(&made), sizes_of(&table));
}

/// What can be said without Python: brackets close, each name is set before it is used, and something is printed.
fn balanced(state: &State) {
    let State { code, link, .. } = state;
    let mut open = Vec::new();
    for c in code.chars() {
        match c {
            '(' | '[' => open.push(c),
            ')' => assert_eq!(open.pop(), Some('('), "{link}: {code}"),
            ']' => assert_eq!(open.pop(), Some('['), "{link}: {code}"),
            _ => {}
        }
    }
    assert!(open.is_empty(), "{link}: {code}");
    assert!(code.starts_with("import torch\n"), "{link}: {code}");
    let printed: Vec<&str> = code.lines().filter_map(|line| line.strip_prefix("print(")?.strip_suffix(')')).collect();
    assert!(!printed.is_empty(), "{link}: {code}");
    let is_name = |text: &&&str| text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    for name in printed.iter().filter(is_name) {
        let is_set =
            |line: &str| line.split_once(" = ").is_some_and(|(names, _)| names.split(", ").any(|known| known == *name));
        assert!(code.lines().any(is_set), "{link}: {code}");
    }
}
