//! The app in the browser.

mod alive;
mod app;
mod bench;
mod boot;
mod commands;
mod component;
mod everywhere;
mod packing;
mod page;
mod platform;
mod route;
mod said;
mod signal;
mod training;
mod view;

pub(crate) use boot::start;
