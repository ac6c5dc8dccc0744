//! Figures that others measured, with where they stand. They are never mixed with what is trained here.

use crate::{markup::Markup, num::decimal::fixed};

/// Where the first table is from.
pub const HE: (&str, &str) = (
    "He, Zhang, Ren, Sun, Deep residual learning for image recognition, 2015, table 2: top-1 error on ImageNet's \
     validation images, ten crops.",
    "https://arxiv.org/abs/1512.03385",
);

/// Layers, then the top-1 errors of the plain and of the residual net, in percent.
pub const TOP_1: [(u32, f64, f64); 2] = [(18, 27.94, 27.88), (34, 28.54, 25.03)];

/// Where the winners' errors are from.
pub const WINNERS_FROM: &str = "The organisers' lists of results at image-net.org (2010 to 2017; classification). \
    One trained person: Russakovsky and others, ImageNet large scale visual recognition challenge, 2015, section 6.4.";

/// Year, top-5 error of the winner in percent, what won.
pub const WINNERS: [(u16, f64, &str); 8] = [
    (2010, 28.2, "shallow"),
    (2011, 25.8, "shallow"),
    (2012, 16.4, "AlexNet"),
    (2013, 11.7, "ZFNet"),
    (2014, 6.7, "GoogLeNet"),
    (2015, 3.57, "ResNet"),
    (2016, 2.99, "ensemble"),
    (2017, 2.25, "SENet"),
];

/// The top-5 error of one trained person, about, in percent.
pub const PERSON: f64 = 5.1;

/// An error as its source has it.
pub fn percent(error: f64) -> String {
    if (error * 10.0).fract().abs() < 1e-9 { fixed(error, 1) } else { fixed(error, 2) }
}

fn signed(change: f64) -> String {
    let sign = if change < 0.0 { '\u{2212}' } else { '+' };
    format!("{sign}{}", fixed(change.abs(), 2))
}

/// He and others' table.
pub(super) fn table() -> Markup {
    let mut html = Markup::raw(
        "<h2>He and others, 2015: the same on ImageNet <small>quoted</small></h2><table class=\"depth-quoted\"><thead><tr>\
         <th scope=\"col\">Top-1 error, percent</th><th scope=\"col\">plain</th><th scope=\"col\">residual</th>\
         <th scope=\"col\">change</th></tr></thead><tbody>",
    );
    for (layers, plain, residual) in TOP_1 {
        row(&mut html, &format!("{layers} layers"), &[percent(plain), percent(residual), signed(residual - plain)]);
    }
    let [(shallow, plain, residual), (deep, deep_plain, deep_residual)] = TOP_1;
    let cells = [signed(deep_plain - plain), signed(deep_residual - residual), String::new()];
    row(&mut html, &format!("deeper by {}", deep - shallow), &cells);
    html.push_raw(
        "</tbody></table><p class=\"small dim\">Their plain nets have batch norm too: they hold that vanishing \
         gradients are not the cause.</p>",
    );
    let (source, address) = HE;
    html.push_raw("<p class=\"small faint\"><cite>").push_text(source).push_raw("</cite> ");
    html.push_text(address.trim_start_matches("https://")).push_raw("</p>");
    html
}

fn row(html: &mut Markup, name: &str, cells: &[String]) {
    html.push_raw("<tr><th scope=\"row\">").push_text(name).push_raw("</th>");
    for cell in cells {
        html.push_raw("<td>").push_text(cell).push_raw("</td>");
    }
    html.push_raw("</tr>");
}

/// The winners' errors as bars, which are a list for who can't see them.
pub(super) fn winners() -> Markup {
    let most = WINNERS.iter().map(|(_, error, _)| *error).fold(0.0, f64::max);
    let mut html = Markup::raw(
        "<h2>ImageNet competition <small>top-5 error of the winner, percent; quoted</small></h2>\
         <div class=\"depth-bars\" style=\"--person:",
    );
    html.push_text(&fixed(PERSON / most, 4)).push_raw("\"><ol>");
    for (year, error, winner) in WINNERS {
        html.push_raw(if winner == "shallow" {
            "<li class=\"shallow\" style=\"--share:"
        } else {
            "<li style=\"--share:"
        });
        html.push_text(&fixed(error / most, 4)).push_raw("\"><b>").push_text(&percent(error));
        html.push_raw("</b><i></i><span>").push_text(&year.to_string()).push_raw("</span><small>").push_text(winner);
        html.push_raw("</small></li>");
    }
    html.push_raw("</ol><p class=\"person\"><span>one trained person, about ")
        .push_text(&percent(PERSON))
        .push_raw("</span></p></div>");
    html.push_raw("<p class=\"small faint\"><cite>").push_text(WINNERS_FROM).push_raw("</cite></p>");
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_what_its_source_says() {
        let text = |html: Markup| {
            let whole = format!("<div>{}</div>", html.as_str());
            let document = roxmltree::Document::parse(&whole).unwrap();
            let texts: Vec<String> = document
                .descendants()
                .filter(roxmltree::Node::is_text)
                .filter_map(|it| it.text())
                .map(|it| it.trim().to_owned())
                .collect();
            texts.join(" ")
        };
        let he = text(table());
        assert!(he.contains("18 layers 27.94 27.88 −0.06") && he.contains("34 layers 28.54 25.03 −3.51"), "{he}");
        assert!(he.contains("deeper by 16 +0.60 −2.85") && he.contains("quoted"), "{he}");
        let winners = text(winners());
        for (error, year) in [("28.2", 2010), ("25.8", 2011), ("16.4", 2012), ("11.7", 2013), ("6.7", 2014)] {
            assert!(winners.contains(&format!("{error} {year}")), "{winners}");
        }
        assert!(winners.contains("3.57 2015") && winners.contains("2.99 2016") && winners.contains("2.25 2017"));
        assert!(winners.contains("about 5.1") && winners.contains("quoted"));
    }
}
