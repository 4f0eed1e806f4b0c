//! Running commands, with a headline and the time each took.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Folder of the project: as cargo says when it runs this program, since a cache may hold one built for another clone.
pub fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR");
    let manifest = manifest.map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().map_or_else(|| manifest.clone(), Path::to_path_buf)
}

/// A command that starts in the project's folder.
pub fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// Cargo as it called us, so that the same toolchain goes on.
pub fn cargo() -> Command {
    command(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()))
}

/// Where cargo puts what it builds.
pub fn target_dir() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// Runs a command to its end; its output goes to the terminal.
pub fn run(title: &str, command: &mut Command) -> Result<(), String> {
    println!("\n── {title}");
    let start = Instant::now();
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(|error| {
        format!("{title}: „{program}“ lässt sich nicht starten ({error}). Abhilfe: {program} installieren.")
    })?;
    let seconds = start.elapsed().as_secs();
    if status.success() {
        println!("   fertig nach {seconds} s");
        Ok(())
    } else {
        Err(format!("{title}: fehlgeschlagen nach {seconds} s ({status})."))
    }
}
