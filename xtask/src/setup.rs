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

/// What Debian calls the things a build or a test needs, and a file that shows each is there.
type Needed = (&'static str, fn() -> bool);

/// Needed to compile: the solver HiGHS is C++ and its bindings are read with libclang.
const TO_BUILD: [Needed; 3] =
    [("cmake", || on_path("cmake")), ("g++", || on_path("c++")), ("libclang-dev", libclang_is_there)];

/// Needed by the tests on top: a browser, and a real PostgreSQL beside SQLite.
const TO_TEST: [Needed; 2] =
    [("chromium", || Path::new(CHROMIUM).exists()), ("postgresql", || postgres_programs().is_some())];

/// Sees to the compilers; installs from Debian what is missing.
pub fn compilers() -> Result<(), String> {
    install(&TO_BUILD)
}

/// Sees to the browser and the database server the tests drive.
pub fn test_servers() -> Result<(), String> {
    install(&TO_TEST)
}

/// The folder of `initdb` and `postgres`, the newest where there are several.
pub fn postgres_programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut folders: Vec<PathBuf> = versions
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    folders.sort();
    folders.pop()
}

fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).exists())
}

fn libclang_is_there() -> bool {
    let in_folder = |folder: PathBuf| {
        std::fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            name.starts_with("libclang.so") || (name.starts_with("libclang-1") && name.contains(".so"))
        })
    };
    let versions = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("llvm-"))
        .map(|entry| entry.path().join("lib"))
        .collect();
    folders.extend(std::env::var_os("LIBCLANG_PATH").map(PathBuf::from));
    folders.push("/usr/lib64".into());
    folders.push("/usr/lib".into());
    folders.into_iter().any(in_folder)
}

fn install(needed: &[Needed]) -> Result<(), String> {
    let missing: Vec<&str> = needed.iter().filter(|(_, there)| !there()).map(|(name, _)| *name).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !on_path("apt-get") {
        return Err(format!(
            "Es fehlt (Namen der Debian-Pakete): {}. Bitte mit der Paketverwaltung dieses Rechners installieren.",
            missing.join(", ")
        ));
    }
    let sudo = !is_root();
    let apt = |arguments: &[&str]| {
        let mut command = if sudo { command("sudo") } else { command("apt-get") };
        if sudo {
            command.arg("apt-get");
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
        command
    };
    run("Paketlisten holen", &mut apt(&["update", "-qq"]))?;
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(&missing);
    run(&format!("Installieren: {}", missing.join(", ")), &mut apt(&arguments))
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
