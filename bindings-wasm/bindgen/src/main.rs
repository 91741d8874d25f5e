//! `bindgen MODULE FOLDER` writes the module and its glue, as `wasm-bindgen` does, of which it is
//! the part that is needed: that command takes three times as long to build.

use std::env;
use std::error::Error;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(module), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("bindgen MODULE FOLDER".into());
    };
    let mut bindgen = Bindgen::new();
    bindgen.bundler(true)?.typescript(false).out_name("core").input_path(module);
    bindgen.generate(folder)?;
    Ok(())
}
