//! Holds ARCHITECTURE.md to the workspace, and the workspace to the rules of the house.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Crate → crates of the house it leans on (without tests).
fn edges(metadata: &Metadata) -> BTreeMap<String, BTreeSet<String>> {
    let house = |name: &str| name.strip_prefix("kekiz-").map(str::to_string);
    metadata
        .workspace_packages()
        .into_iter()
        .filter_map(|package| {
            let on = package.dependencies.iter().filter(|d| d.kind != DependencyKind::Development);
            Some((house(&package.name)?, on.filter_map(|d| house(&d.name)).collect()))
        })
        .collect()
}

fn metadata() -> Metadata {
    MetadataCommand::new().current_dir(root()).no_deps().exec().unwrap()
}

/// The rows of the table of floors: crate, floor, leans on.
fn table() -> Vec<(String, u8, BTreeSet<String>)> {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let rows = text.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim).collect();
        let [name, floor, _, leans] = cells[..] else { return None };
        let leans = leans.split(',').map(str::trim).filter(|name| !name.is_empty());
        Some((name.to_string(), floor.parse().ok()?, leans.map(str::to_string).collect()))
    });
    rows.collect()
}

#[test]
fn the_table_of_floors_is_the_workspace() {
    let mut found = edges(&metadata());
    assert_eq!(found.remove("testkit").map(|_| ()), Some(()));
    let written: BTreeMap<_, _> = table().into_iter().map(|(name, _, leans)| (name, leans)).collect();
    assert_eq!(found, written);
}

#[test]
fn arrows_go_down() {
    let table = table();
    let floor: BTreeMap<&str, u8> = table.iter().map(|(name, floor, _)| (name.as_str(), *floor)).collect();
    let sideways = [
        ("app", "atlas"),
        ("app", "persons"),
        ("microdata", "tables"),
        ("portal", "atlas"),
        ("vault", "lake"),
        ("effects", "stats"),
        ("planning", "stats"),
        ("segregation", "stats"),
        ("spatial", "stats"),
    ];
    for (name, _, leans) in &table {
        for on in leans {
            let named = sideways.contains(&(name.as_str(), on.as_str()));
            assert!(floor[on.as_str()] < floor[name.as_str()] || named, "{name} → {on}");
        }
    }
}

#[test]
fn the_public_server_cannot_open_the_vault() {
    let edges = edges(&metadata());
    let mut reached = BTreeSet::new();
    let mut open = vec!["site".to_string()];
    while let Some(name) = open.pop() {
        if reached.insert(name.clone()) {
            open.extend(edges[&name].iter().cloned());
        }
    }
    for forbidden in
        ["vault", "strongbox", "microdata", "persons", "linkage", "indicators", "app", "desk", "cli"]
    {
        assert!(!reached.contains(forbidden), "site reaches {forbidden}: {reached:?}");
    }
    assert!(reached.contains("lake"), "{reached:?}");
}

fn rust_files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![root().join("crates"), root().join("xtask")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("target") {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}

#[test]
fn files_are_found_by_their_name_and_fit_a_head() {
    for path in rust_files() {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(
            !["utils", "util", "helpers", "common", "misc"].contains(&name.as_str()),
            "{}",
            path.display()
        );
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 700, "{} has {lines} lines: would two rooms be clearer?", path.display());
    }
}

#[test]
fn every_crate_takes_the_lints_of_the_house() {
    for package in metadata().workspace_packages() {
        let manifest = std::fs::read_to_string(&package.manifest_path).unwrap();
        let inherits = manifest.contains("[lints]\nworkspace = true");
        assert!(inherits || package.name == "xtask", "{}", package.name);
        assert_eq!(package.license.as_deref(), Some("EUPL-1.2"), "{}", package.name);
    }
}
