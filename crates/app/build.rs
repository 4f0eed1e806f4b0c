//! Compiles the shipped open data into the program, so that `kekiz demo` needs nothing but itself.

use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() {
    if let Err(error) = write_list() {
        println!("cargo::error=Die mitgelieferten Daten lassen sich nicht einbinden: {error}");
    }
}

fn write_list() -> std::io::Result<()> {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from).unwrap_or_default();
    let data = variable("CARGO_MANIFEST_DIR").join("../../data").canonicalize()?;
    println!("cargo::rerun-if-changed={}", data.display());
    let mut files = Vec::new();
    collect(&data, &mut files)?;
    files.sort();
    let mut list = String::from("&[\n");
    for file in &files {
        let name = file.strip_prefix(&data).unwrap_or(file).to_string_lossy().replace('\\', "/");
        let _ = writeln!(list, "    ({name:?}, include_bytes!({:?})),", file.display().to_string());
    }
    list.push_str("]\n");
    std::fs::write(variable("OUT_DIR").join("demo_files.rs"), list)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
