//! Stand-in for the `wasm-bindgen` CLI with exactly the flags trunk 0.21 passes.
use wasm_bindgen_cli_support::Bindgen;
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut b = Bindgen::new();
    let (mut out, mut typescript) = (String::from("."), true);
    for a in std::env::args().skip(1) {
        match a.split_once('=') {
            Some(("--target", "web")) => {
                b.web(true)?;
            }
            Some(("--target", "no-modules")) => {
                b.no_modules(true)?;
            }
            Some(("--out-dir", v)) => out = v.into(),
            Some(("--out-name", v)) => {
                b.out_name(v);
            }
            _ => match a.as_str() {
                "--version" | "-V" => {
                    println!("wasm-bindgen {}", env!("CARGO_PKG_VERSION"));
                    return Ok(());
                }
                "--no-typescript" => typescript = false,
                "--keep-debug" => {
                    b.keep_debug(true);
                }
                f if !f.starts_with('-') => {
                    b.input_path(f);
                }
                f => return Err(format!("unsupported flag {f}").into()),
            },
        }
    }
    b.typescript(typescript).generate(out)?;
    Ok(())
}
