//! Linker flags that belong to one binary.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // The app is cut into chunks after it is linked (xtask/wasm-bindgen), which needs to know what refers to what.
    if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        println!("cargo::rustc-link-arg-bin=app=--emit-relocs");
    }
}
