//! What has to be on the machine before anything can be built or tested.

use crate::steps::{command, root, run};
use std::path::{Path, PathBuf};

/// Where Debian installs the browser that the tests drive.
pub const CHROMIUM: &str = "/usr/bin/chromium";

/// Builds styles and islands into `frontend/dist`, unless they are newer than their sources.
pub fn frontend() -> Result<(), String> {
    let folder = root().join("frontend");
    packages(&folder)?;
    if newest(&folder.join("dist")) > newest_source(&folder) {
        println!("\n── Oberfläche: unverändert");
        return Ok(());
    }
    run("Oberfläche bauen", command("npm").current_dir(&folder).args(["run", "--silent", "build"]))
}

/// Installs the packages of a folder's lockfile, unless they are there.
pub fn packages(folder: &Path) -> Result<(), String> {
    let stamp = folder.join("node_modules/.package-lock.json");
    if newest(&stamp) > newest(&folder.join("package-lock.json")) {
        return Ok(());
    }
    let title = format!("Pakete für {}", folder.file_name().unwrap_or_default().to_string_lossy());
    run(
        &title,
        command("npm").current_dir(folder).args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]),
    )
}

/// Installs Debian's Chromium, unless it is there.
pub fn browser() -> Result<(), String> {
    if Path::new(CHROMIUM).exists() {
        return Ok(());
    }
    let sudo = std::env::var_os("USER").is_some_and(|user| user != "root") && !is_root();
    let apt = |arguments: &[&str]| {
        let mut command = if sudo { command("sudo") } else { command("apt-get") };
        if sudo {
            command.arg("apt-get");
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
        command
    };
    run("Paketlisten holen", &mut apt(&["update", "-qq"]))?;
    run("Chromium installieren", &mut apt(&["install", "-y", "-qq", "--no-install-recommends", "chromium"]))
}

fn is_root() -> bool {
    command("id").arg("-u").output().is_ok_and(|out| out.stdout.trim_ascii() == b"0")
}

/// Time of the newest file in a folder, zero where there is none.
fn newest(path: &Path) -> std::time::SystemTime {
    let mut newest = std::time::UNIX_EPOCH;
    let mut open: Vec<PathBuf> = vec![path.to_path_buf()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path()));
        } else if let Ok(time) = path.metadata().and_then(|meta| meta.modified()) {
            newest = newest.max(time);
        }
    }
    newest
}

/// Time of the newest source of the frontend: everything but what is built and installed.
fn newest_source(folder: &Path) -> std::time::SystemTime {
    std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_name() != "dist" && entry.file_name() != "node_modules")
        .map(|entry| newest(&entry.path()))
        .max()
        .unwrap_or(std::time::UNIX_EPOCH)
}
