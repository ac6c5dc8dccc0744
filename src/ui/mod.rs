//! The app in the browser.

mod alive;
mod app;
mod bench;
mod benchmark;
mod boot;
mod commands;
mod component;
mod everywhere;
mod files;
mod page;
mod platform;
mod route;
mod said;
mod training;
mod view;
mod worker;

pub(crate) use boot::start;
