//! `#/`: what this is in one sentence, a small live convolution, and the doors.

mod demo;

use leptos::prelude::*;
use receptive::{
    course::{
        self,
        lesson::progress::{Next, Progress},
    },
    link::Page,
};

use crate::ui::{
    component::{Icon, Shape},
    platform,
    route::Route,
    view::{attr, html, live},
};
use demo::Demo;

/// The home page.
#[component]
pub(crate) fn Home() -> impl IntoView {
    let route = Route::get();
    route.publish(Page::Home, Vec::new);
    let progress = Progress::decode(&platform::stored(course::LESSONS).unwrap_or_default());
    let last = platform::stored(course::LAST).unwrap_or_default();
    let Next { words, link } = progress.next();
    view! {
        <main {..attr("id", "main")} {..attr("tabindex", "-1")} class="home">
            <section class="hero">
                <div class="hero-t">
                    <h1>"See every number a convolutional network computes."</h1>
                    <p class="lead dim">"Then change one, and watch what follows."</p>
                    <div class="hero-a">
                        <a class="btn solid big-b" {..attr("href", link)}>
                            {words}
                            <Icon shape=Shape::Arrow/>
                        </a>
                        <a class="btn line big-b" {..attr("href", live(move || route.href(Page::Convolution)))}>
                            "Open the convolution lab"
                        </a>
                    </div>
                </div>
                <Demo/>
            </section>
            <div class="doors" inner_html=html(move || course::doors(&progress, &last, &|page| route.href(page)))></div>
        </main>
    }
}
