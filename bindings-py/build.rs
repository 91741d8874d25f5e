//! Tells the compiler about the interpreter that the build is for.

fn main() {
    pyo3_build_config::use_pyo3_cfgs();
}
