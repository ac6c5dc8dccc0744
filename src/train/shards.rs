//! How a batch is shared out among workers, so that the result is the same bits for any number of them.
//!
//! A batch is cut into shards by its size alone, and the shards' gradients are added along a fixed binary tree. Which
//! worker computes a shard, and when, changes neither a shard's gradient nor the order of the additions.

use std::ops::Range;

use crate::{model::TILE, nn::fast::add};

/// The most shards of a batch, and so the most workers that can share one.
pub const MAX_SHARDS: usize = 8;

/// The part of each batch that a trainer computes: one of `workers`, all with the same spec and images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// Which worker, from 0. Worker 0 leads: its learning rate is everybody's.
    pub worker: usize,
    /// How many there are, at least 1.
    pub workers: usize,
}

impl Default for Seat {
    /// The only one.
    fn default() -> Self {
        Self { worker: 0, workers: 1 }
    }
}

impl Seat {
    /// Which of `shards` shards are this worker's.
    pub fn own(self, shards: usize) -> Range<usize> {
        let start = |worker| worker * shards / self.workers.max(1);
        start(self.worker)..start(self.worker + 1)
    }
}

/// The shards of one batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shards {
    examples: usize,
    size: usize,
}

impl Shards {
    /// Cuts a batch: into at most [`MAX_SHARDS`], each a multiple of [`TILE`] but for the last.
    ///
    /// ```
    /// # use receptive::train::Shards;
    /// assert_eq!(Shards::of(64).count(), 4);
    /// assert_eq!(Shards::of(1000).get(7), 896..1000);
    /// ```
    pub fn of(examples: usize) -> Self {
        Self::sized(examples, examples.div_ceil(MAX_SHARDS).next_multiple_of(TILE))
    }

    /// Cuts into shards of `size` examples.
    pub fn sized(examples: usize, size: usize) -> Self {
        Self { examples, size: size.max(1) }
    }

    /// How many there are.
    pub fn count(self) -> usize {
        self.examples.div_ceil(self.size)
    }

    /// The examples of shard `index`.
    pub fn get(self, index: usize) -> Range<usize> {
        let start = |index: usize| (index * self.size).min(self.examples);
        start(index)..start(index + 1)
    }
}

/// Where the tree parts the shards of `node`: the left half is the largest power of two that leaves a right one.
fn middle(node: &Range<usize>) -> usize {
    node.start + node.len().next_power_of_two() / 2
}

/// Whether the shards of `range` stand below one node of the tree over `count` shards, and nothing else does.
fn is_node(range: &Range<usize>, count: usize) -> bool {
    let mut node = 0..count;
    while node.len() > range.len() {
        let middle = middle(&node);
        node = if range.start < middle { node.start..middle } else { middle..node.end };
    }
    node == *range
}

/// The node whose halves `left` and `right` are, if there is one in the tree over `count` shards.
fn joined(left: &Range<usize>, right: &Range<usize>, count: usize) -> Option<Range<usize>> {
    let node = left.start..right.end;
    (left.end == right.start && middle(&node) == left.end && is_node(&node, count)).then_some(node)
}

/// The nodes of the tree over `count` shards that make up `range`, as few as there can be.
pub(super) fn nodes(range: Range<usize>, count: usize) -> Vec<Range<usize>> {
    let mut nodes: Vec<Range<usize>> = Vec::new();
    for shard in range {
        let mut node = shard..shard + 1;
        while let Some(larger) = nodes.last().and_then(|left| joined(left, &node, count)) {
            nodes.pop();
            node = larger;
        }
        nodes.push(node);
    }
    nodes
}

/// Gradients that are being added up: some nodes of the tree, and buffers for more.
#[derive(Debug, Clone, Default)]
pub(super) struct GradientTree {
    len: usize,
    count: usize,
    /// In the order of their shards.
    nodes: Vec<(Range<usize>, Vec<f32>)>,
    spare: Vec<Vec<f32>>,
}

impl GradientTree {
    /// A tree of gradients with `len` values each.
    pub(super) fn new(len: usize) -> Self {
        Self { len, ..Self::default() }
    }

    /// Begins anew, over `count` shards.
    pub(super) fn begin(&mut self, count: usize) {
        self.count = count;
        self.spare.extend(self.nodes.drain(..).map(|(_, buffer)| buffer));
    }

    /// A buffer of the right length; what is in it is of no use.
    pub(super) fn buffer(&mut self) -> Vec<f32> {
        self.spare.pop().unwrap_or_else(|| vec![0.0; self.len])
    }

    /// Puts a node's gradient in and adds up what can be added.
    pub(super) fn insert(&mut self, node: Range<usize>, gradient: Vec<f32>) {
        debug_assert_eq!(gradient.len(), self.len, "a gradient for each weight");
        debug_assert!(node.start < node.end && node.end <= self.count, "{node:?} of {} shards", self.count);
        let Self { count, nodes, spare, .. } = self;
        let at = nodes.partition_point(|(other, _)| other.start < node.start);
        nodes.insert(at, (node, gradient));
        while let Some((left, node)) = nodes
            .array_windows()
            .enumerate()
            .find_map(|(at, [(left, _), (right, _)])| Some((at, joined(left, right, *count)?)))
        {
            let (_, term) = nodes.remove(left + 1);
            if let Some((range, sum)) = nodes.get_mut(left) {
                *range = node;
                add(sum, &term);
            }
            spare.push(term);
        }
    }

    /// The nodes so far.
    pub(super) fn nodes(&self) -> impl Iterator<Item = &[f32]> {
        self.nodes.iter().map(|(_, gradient)| &**gradient)
    }

    /// The whole batch's gradient, once every shard is in.
    pub(super) fn root_mut(&mut self) -> Option<&mut [f32]> {
        match &mut *self.nodes {
            [(node, gradient)] if *node == (0..self.count) => Some(gradient),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_depend_on_the_size_alone() {
        let check = |examples, expect: &[usize]| {
            let shards = Shards::of(examples);
            let sizes: Vec<usize> = (0..shards.count()).map(|index| shards.get(index).len()).collect();
            assert_eq!(sizes, expect, "{examples}");
            assert_eq!(sizes.iter().sum::<usize>(), examples);
        };
        check(1, &[1]);
        check(16, &[16]);
        check(17, &[16, 1]);
        check(64, &[16; 4]);
        check(96, &[16; 6]);
        check(128, &[16; 8]);
        check(129, &[32, 32, 32, 32, 1]);
        check(256, &[32; 8]);
        check(1024, &[128; 8]);
    }

    #[test]
    fn nodes_of_a_range() {
        // A node as its first shard and the one after its last.
        let check = |range: Range<usize>, count, expect: &[(usize, usize)]| {
            let found: Vec<_> = nodes(range, count).into_iter().map(|node| (node.start, node.end)).collect();
            assert_eq!(found, expect);
        };
        check(0..8, 8, &[(0, 8)]);
        check(0..4, 8, &[(0, 4)]);
        check(2..5, 8, &[(2, 4), (4, 5)]);
        check(5..8, 8, &[(5, 6), (6, 8)]);
        check(3..5, 8, &[(3, 4), (4, 5)]);
        check(4..7, 7, &[(4, 7)]);
        check(4..6, 6, &[(4, 6)]);
        check(0..3, 3, &[(0, 3)]);
        check(1..3, 3, &[(1, 2), (2, 3)]);
        check(0..0, 3, &[]);
    }

    #[test]
    fn every_worker_has_its_part_and_all_are_given_out() {
        for workers in 1..=MAX_SHARDS {
            for shards in 1..=MAX_SHARDS {
                let parts = (0..workers).flat_map(|worker| Seat { worker, workers }.own(shards));
                assert_eq!(parts.collect::<Vec<_>>(), (0..shards).collect::<Vec<_>>());
            }
        }
    }

    /// Sums that depend on their order: whoever inserts what in which order, the bits are the same.
    #[test]
    fn the_order_of_insertion_changes_nothing() {
        for count in 1..=MAX_SHARDS {
            let leaf = |shard: usize| vec![1.0e8 / (shard + 1) as f32, 0.1 + shard as f32, -3.0e7 * shard as f32];
            let mut whole = GradientTree::new(3);
            whole.begin(count);
            (0..count).for_each(|shard| whole.insert(shard..shard + 1, leaf(shard)));
            let expected = whole.root_mut().unwrap().to_vec();
            for workers in 1..=count {
                let parts = (0..workers).map(|worker| {
                    let mut part = GradientTree::new(3);
                    part.begin(count);
                    let own = Seat { worker, workers }.own(count);
                    own.clone().for_each(|shard| part.insert(shard..shard + 1, leaf(shard)));
                    let gradients: Vec<_> = part.nodes().map(<[f32]>::to_vec).collect();
                    nodes(own, count).into_iter().zip(gradients).collect::<Vec<_>>()
                });
                let mut parts: Vec<_> = parts.flatten().collect();
                parts.reverse();
                let mut sum = GradientTree::new(3);
                sum.begin(count);
                for (node, gradient) in parts {
                    sum.insert(node, gradient);
                }
                assert_eq!(sum.root_mut().unwrap(), expected, "{workers} workers, {count} shards");
            }
        }
    }
}
