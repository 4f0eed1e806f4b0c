//! The handbook is what a terminal showed: its commands run here on its files, and its text must be what they print.
//!
//! `UPDATE_HANDBOOK=1 cargo test --workspace --test handbook` writes the handbook anew after a wanted change.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn handbook() -> PathBuf {
    Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../../docs/handbuch/eigene-kommune.md")
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A shell in which `kekiz` is the program under test.
fn shell(script: &str, folder: &Path) -> Command {
    let program = assert_cmd::cargo::cargo_bin("kekiz");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders =
        std::iter::once(program.parent().unwrap().to_path_buf()).chain(std::env::split_paths(&path));
    let mut command = Command::new("sh");
    command
        .args(["-c", script])
        .current_dir(folder)
        .env("PATH", std::env::join_paths(folders).unwrap())
        .env_remove("KEKIZ_STORE");
    command
}

fn run(script: &str, folder: &Path) -> String {
    if script.starts_with("kekiz serve") {
        return serve(script, folder);
    }
    let output = shell(&format!("exec 2>&1\n{script}"), folder).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{script}\n{text}");
    text
}

/// Starts the server on a free port, reads where it is, and ends it.
fn serve(script: &str, folder: &Path) -> String {
    let script = format!("exec {} --port 0", script.trim());
    let mut child = shell(&script, folder).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let (before, rest) = line.split_once("127.0.0.1:").unwrap_or_else(|| panic!("{line}"));
    format!("{before}127.0.0.1:8080{}", rest.trim_start_matches(|c: char| c.is_ascii_digit()))
}

/// The handbook with the output of every command below it.
fn rewritten(text: &str, folder: &Path) -> String {
    let mut out = String::new();
    let all: Vec<&str> = text.lines().collect();
    let mut at = 0;
    while let Some(line) = all.get(at) {
        at += 1;
        out.push_str(line);
        out.push('\n');
        if *line != "```sh" {
            continue;
        }
        let end = end_of_block(&all, at);
        let script = all[at..end].join("\n");
        at = end + 1;
        out.push_str(&format!("{script}\n```\n"));
        // The output that stands below is replaced by the one of this run.
        let next = at + all[at..].iter().take_while(|line| line.is_empty()).count();
        if all.get(next) == Some(&"```text") {
            at = end_of_block(&all, next + 1) + 1;
        }
        let printed = run(&script, folder);
        if !printed.trim().is_empty() {
            out.push_str(&format!("\n```text\n{}\n```\n", printed.trim_end()));
        }
    }
    out
}

/// Where the block that begins at a line ends.
fn end_of_block(lines: &[&str], from: usize) -> usize {
    from + lines[from..].iter().position(|line| *line == "```").unwrap()
}

/// Sizes of files differ with the version of a compressor; everything else must be equal.
fn without_sizes(text: &str) -> Vec<String> {
    text.lines()
        .map(|line| match line.split_once(" geschrieben (") {
            Some((file, size)) if size.ends_with("Bytes).") => format!("{file} geschrieben"),
            _ => line.to_string(),
        })
        .collect()
}

#[test]
fn the_handbook_is_what_the_terminal_shows() {
    let path = handbook();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.matches("```sh").count() > 10, "das Handbuch hat kaum Befehle");
    let folder = tempfile::tempdir().unwrap();
    copy(&path.with_file_name("beispiel"), folder.path());
    let fresh = rewritten(&text, folder.path());
    if std::env::var_os("UPDATE_HANDBOOK").is_some() {
        std::fs::write(&path, fresh).unwrap();
        return;
    }
    let (old, new) = (without_sizes(&text), without_sizes(&fresh));
    for (number, (old, new)) in old.iter().zip(&new).enumerate() {
        assert_eq!(
            old,
            new,
            "Zeile {} des Handbuchs; nach einer gewollten Änderung: UPDATE_HANDBOOK=1 cargo test --workspace --test handbook",
            number + 1
        );
    }
    assert_eq!(old.len(), new.len());
}

#[test]
fn what_the_handbook_makes_is_protected() {
    let folder = tempfile::tempdir().unwrap();
    let path = handbook();
    copy(&path.with_file_name("beispiel"), folder.path());
    rewritten(&std::fs::read_to_string(&path).unwrap(), folder.path());
    let csv = std::fs::read_to_string(folder.path().join("kinderarmut.csv")).unwrap();
    let (head, rows) = csv.trim_start_matches('\u{feff}').split_once('\n').unwrap();
    let cases = head.split(';').position(|name| name == "faelle").unwrap();
    let counts: Vec<u32> =
        rows.lines().filter_map(|row| row.split(';').nth(cases)?.trim().parse().ok()).collect();
    assert!(counts.len() > 15, "{counts:?}");
    assert!(counts.iter().all(|count| *count == 0 || *count >= 5), "{counts:?}");
    assert!(csv.matches("geschuetzt").count() >= 2);
    let pdf = std::fs::read(folder.path().join("sozialbericht.pdf")).unwrap();
    assert!(pdf.starts_with(b"%PDF"));
}
