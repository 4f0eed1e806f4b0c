//! `cargo xtask demo`: from a clone to the atlas in the browser.

use crate::setup;
use crate::steps::{self, cargo, command, root, target_dir};

/// Builds everything and hands over to `kekiz demo`.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    setup::compilers()?;
    setup::frontend()?;
    steps::run("Programm bauen", cargo().args(["build", "--release", "--locked", "--package", "kekiz-cli"]))?;
    let program = target_dir().join("release/kekiz");
    let mut demo = command(&program.to_string_lossy());
    demo.arg("demo");
    if !arguments.contains(&"--store") {
        demo.arg("--store").arg(root().join("store"));
    }
    let status = demo.args(arguments).status().map_err(|error| format!("kekiz demo: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("kekiz demo: {status}")) }
}
