//! The course's own questions, and the worked numbers of its slides as questions. What is given stands here, what comes
//! out is computed.

use super::{
    Family, Question,
    ask::{self, Asked, Counted, OfNetwork, Sliding},
};
use crate::{
    model::{Function, Layer},
    nn::shape::Window,
    num::{Grid, Matrix},
    trace::PoolingKind,
};

fn matrix(rows: usize, cols: usize, cells: &[i16]) -> Matrix {
    Grid::from_fn(rows, cols, |i, j| cells.get(i * cols + j).copied().map_or(0.0, f64::from))
}

fn counting(side: usize) -> Matrix {
    Grid::from_fn(side, side, |i, j| (side * i + j) as f64)
}

/// The first slide with a pooling to work out.
fn first_plane() -> Matrix {
    matrix(4, 4, &[12, 20, 30, 0, 8, 12, 2, 0, 34, 70, 37, 4, 112, 100, 25, 12])
}

/// The plane of the course's quiz.
fn second_plane() -> Matrix {
    matrix(4, 4, &[12, 20, 30, 0, 20, 12, 2, 0, 0, 70, 5, 2, 8, 2, 90, 3])
}

fn tiles(plane: Matrix, kind: PoolingKind) -> Option<Question> {
    ask::pooling(Family::Course, &ask::windows(plane, kind, 2, 2, 0), None)
}

const COLOUR: Counted = Counted { size: (32, 32), channels: 3, window: 5, filters: 10, stride: 1, padding: 2 };
const LARGE: Counted = Counted { size: (224, 224), channels: 3, window: 3, filters: 64, stride: 1, padding: 0 };
const MEGAPIXELS: Counted = Counted { size: (3000, 4000), channels: 3, window: 5, filters: 100, stride: 1, padding: 0 };
const ALEXNET: Counted = Counted { size: (227, 227), channels: 3, window: 11, filters: 96, stride: 4, padding: 0 };

fn in_alexnet() -> String {
    ask::link(
        crate::link::Page::Architectures,
        &[("net", "alexnet".into()), ("beside", "none".into()), ("layer", "1".into())],
    )
}

/// LeNet without reading it from the networks' texts, which the quiz has no other need of; the tests compare.
const LENET_INPUT: (usize, usize, usize) = (1, 28, 28);

fn lenet() -> Vec<Layer> {
    let relu = Layer::Activation(Function::Relu);
    let mut layers = vec![Layer::conv2d(6, 5, 1, 2), relu, ask::halving(), Layer::conv2d(16, 5, 1, 0), relu];
    layers.extend([
        ask::halving(),
        Layer::Flatten,
        Layer::linear(120),
        relu,
        Layer::linear(84),
        relu,
        Layer::linear(10),
    ]);
    layers
}

/// The questions, in the order of the slides.
const QUESTIONS: [fn() -> Option<Question>; 13] = [
    || ask::whole_output(Family::Course, &ask::convolution(counting(3), counting(2), 0.0, 1, 0)),
    || {
        let window = Window { kernel: 3, stride: 2, dilation: 1, padding: (0, 0) };
        ask::output_shape(Family::Course, &Sliding { size: (7, 7), window })
    },
    || ask::maps(&COLOUR, None),
    || ask::counted(Family::Course, &COLOUR, Asked::Parameters),
    || ask::counted(Family::Course, &LARGE, Asked::Macs),
    || tiles(first_plane(), PoolingKind::Max),
    || tiles(first_plane(), PoolingKind::Average),
    || {
        let pooling = ask::windows(second_plane(), PoolingKind::Average, 2, 2, 0);
        ask::pooling(Family::Course, &pooling, Some(&mut |_| ()))
    },
    || tiles(second_plane(), PoolingKind::Max),
    || ask::counted(Family::Course, &MEGAPIXELS, Asked::DenseWeights(100)),
    || ask::network(Family::Course, LENET_INPUT, &lenet(), OfNetwork::All, Some("lenet")),
    || ask::maps(&ALEXNET, Some(in_alexnet())),
    || Some(Question { link: in_alexnet(), ..ask::counted(Family::Course, &ALEXNET, Asked::Parameters)? }),
];

/// How many there are.
pub(super) fn count() -> usize {
    QUESTIONS.len()
}

/// A question by its number; past the last they begin again.
pub(super) fn question(number: usize) -> Question {
    let asked = QUESTIONS.iter().cycle().skip(number % QUESTIONS.len()).find_map(|ask| ask());
    // All of them can be asked, as the tests say.
    asked.unwrap_or_else(|| Question {
        family: Family::Course,
        text: String::new(),
        facts: Vec::new(),
        planes: Vec::new(),
        form: super::Form::Number,
        right: vec![0.0],
        shape: (1, 1),
        wrong: Vec::new(),
        cells: Vec::new(),
        how: String::new(),
        link: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Features, Zoo};

    #[test]
    fn lenet_is_the_one_of_the_networks() {
        let network = Zoo::LeNet.architecture();
        let (channels, height, width) = LENET_INPUT;
        assert_eq!((network.layers, network.input), (lenet(), Features::Maps { channels, height, width }));
    }
}
