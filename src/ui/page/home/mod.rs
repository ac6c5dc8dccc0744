//! `#/`: what this is in one sentence, a small live convolution, and the ways in.

mod demo;

use leptos::prelude::*;
use receptive::{
    course::{
        self,
        lesson::progress::{Next, Progress},
    },
    link::Page,
    markup::Markup,
    site::Way,
};

use crate::ui::{
    component::{Icon, Shape},
    platform,
    route::Route,
    view::{html, live},
};
use demo::Demo;

/// The home page.
#[component]
pub(crate) fn Home() -> impl IntoView {
    let route = Route::get();
    route.publish(Page::Home, Vec::new);
    let Next { words, link } = Progress::decode(&platform::stored(course::LESSONS).unwrap_or_default()).next();
    view! {
        <main id="main" tabindex="-1" class="home">
            <section class="hero">
                <div class="hero-t">
                    <h1>"See every number a convolutional network computes."</h1>
                    <p class="lead dim">"Then change one, and watch what follows."</p>
                    <div class="hero-a">
                        <a class="btn solid big-b" href=link>
                            {words}
                            <Icon shape=Shape::Arrow/>
                        </a>
                        <a class="btn line big-b" href=live(move || route.href(Page::Convolution))>
                            "Open the convolution lab"
                        </a>
                    </div>
                </div>
                <Demo/>
            </section>
            <section class="ways" aria-label="What is here" inner_html=html(move || ways(route))></section>
        </main>
    }
}

/// The ways to other pages, as markup: views of them would weigh twice as much.
fn ways(route: Route) -> Markup {
    let mut html = Markup::default();
    for &page in Page::ALL {
        if let Some(Way { name, words, picture }) = page.way() {
            html.push_raw("<a href=\"").push_text(&route.href(page));
            html.push_raw("\"><svg width=\"62\" height=\"62\" viewBox=\"0 0 44 44\" aria-hidden=\"true\">")
                .push_raw(picture);
            html.push_raw("</svg><b>").push_text(name).push_raw("</b><span class=\"dim\">").push_text(words);
            html.push_raw("</span></a>");
        }
    }
    html
}
