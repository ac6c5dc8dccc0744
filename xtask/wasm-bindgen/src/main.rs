//! Stand-in for the `wasm-bindgen` CLI: the flags that trunk 0.21 passes, over the library the CLI is made of.
//! The CLI brings a test runner and takes minutes to build; this takes a fraction.

use std::error::Error;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error>> {
    let mut bindgen = Bindgen::new();
    let (mut folder, mut typescript) = (String::from("."), true);
    for argument in std::env::args().skip(1) {
        match argument.split_once('=') {
            Some(("--target", "web")) => {
                bindgen.web(true)?;
            }
            Some(("--target", "no-modules")) => {
                bindgen.no_modules(true)?;
            }
            Some(("--out-dir", value)) => value.clone_into(&mut folder),
            Some(("--out-name", value)) => {
                bindgen.out_name(value);
            }
            _ => match argument.as_str() {
                "--version" | "-V" => {
                    println!("wasm-bindgen {}", env!("CARGO_PKG_VERSION"));
                    return Ok(());
                }
                "--no-typescript" => typescript = false,
                "--keep-debug" => {
                    bindgen.keep_debug(true);
                }
                flag if flag.starts_with('-') => {
                    return Err(format!("this stand-in for wasm-bindgen does not know {flag}").into());
                }
                input => {
                    bindgen.input_path(input);
                }
            },
        }
    }
    bindgen.typescript(typescript).generate(folder)?;
    Ok(())
}
