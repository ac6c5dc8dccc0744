//! What was measured, as a file.

use std::fmt::Write as _;

use super::DepthState;
use crate::num::format;

/// All steps of all nets: a row for each step of each net with its loss and the norms of its layers' gradients, the first
/// convolution first, the linear layer last. Nets of fewer layers have fewer columns.
pub fn csv(lab: &DepthState) -> String {
    let most = lab.nets().iter().map(|net| net.plan.depth).max().unwrap_or_default();
    let mut text = String::from("kind,layers,step,loss,norm of the first convolution");
    for layer in 1..=most {
        push(&mut text, format_args!(",norm of layer {layer}"));
    }
    text.push_str(",norm of the linear layer\n");
    for net in lab.nets() {
        for (step, loss) in net.record.losses().iter().enumerate() {
            push(
                &mut text,
                format_args!("{},{},{},{}", net.plan.skip.name(), net.plan.depth, step + 1, format::single(*loss)),
            );
            let (linear, layers) = net.record.norms(step).split_last().unwrap_or((&f32::NAN, &[]));
            for at in 0..=most as usize {
                text.push(',');
                if let Some(norm) = layers.get(at).filter(|norm| norm.is_finite()) {
                    text.push_str(&format::single(*norm));
                }
            }
            text.push(',');
            if linear.is_finite() {
                text.push_str(&format::single(*linear));
            }
            text.push('\n');
        }
    }
    text
}

fn push(text: &mut String, part: std::fmt::Arguments<'_>) {
    // Writing into a text has no way to fail.
    if text.write_fmt(part).is_err() {}
}
