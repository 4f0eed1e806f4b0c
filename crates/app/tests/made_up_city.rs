//! The whole thread on a made-up city, and an attempt to get behind it.
#![allow(clippy::unwrap_used, clippy::panic)]

use kekiz_app::{MadeUpCity, Silent, run_made_up_city};
use kekiz_base::{AreaKey, Cell, GroupId};
use kekiz_lake::Published;
use kekiz_testcity::{City, Plan};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const CHILDREN: usize = 12_000;

fn run(folder: &Path, seed: u64) -> (City, MadeUpCity) {
    let city = City::build(Plan { children: CHILDREN, seed }).unwrap();
    let made = run_made_up_city(&city, folder, &Silent).unwrap();
    (city, made)
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let (mut open, mut found) = (vec![folder.to_path_buf()], Vec::new());
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found
}

/// What an attacker knows of a count: its smallest and largest possible value.
type Bounds = BTreeMap<AreaKey, [f64; 2]>;

/// Narrows bounds by the sums of areas until nothing changes.
fn narrow(bounds: &mut Bounds, sums: &[(AreaKey, Vec<AreaKey>)]) {
    for _ in 0..100 {
        let before = bounds.clone();
        for (whole, parts) in sums {
            let sum = |of: &Bounds, side: usize| parts.iter().map(|part| of[part][side]).sum::<f64>();
            let (low, high) = (sum(bounds, 0), sum(bounds, 1));
            let own = bounds[whole];
            bounds.insert(whole.clone(), [own[0].max(low), own[1].min(high)]);
            for part in parts {
                let own = bounds[whole];
                let [least, most] = bounds[part];
                let (others_low, others_high) = (sum(bounds, 0) - least, sum(bounds, 1) - most);
                bounds.insert(part.clone(), [least.max(own[0] - others_high), most.min(own[1] - others_low)]);
            }
        }
        if *bounds == before {
            return;
        }
    }
}

#[test]
fn the_thread_reproduces_the_published_table_and_tells_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (city, made) = run(folder.path(), 1);
    assert!(made.released.refused.is_empty(), "{:?}", made.released.refused);
    assert_eq!(made.released.releases.len(), 3);
    assert_eq!(made.findings.len(), 6);
    let examined = city.children.iter().filter(|child| child.examined.is_some());
    let poor = examined.clone().filter(|child| child.sgb2).count() as f64;
    let other = examined.count() as f64 - poor;
    for finding in &made.findings {
        // Sampling error (99.9 %), and what wrong and missing links bring the groups nearer to each other.
        for (found, published, n) in
            [(finding.sgb2, finding.published.0, poor), (finding.other, finding.published.1, other)]
        {
            let margin = 3.29 * (published * (100.0 - published) / n).sqrt();
            let found = found.unwrap();
            assert!((found - published).abs() < margin + 1.5, "{} {found} {published}", finding.title);
        }
        assert!(finding.risk_ratio.unwrap().lower > 1.0, "{}", finding.title);
    }
    no_canary(&city, folder.path(), &made);
    no_recovery(&folder.path().join("atlas/published"));
}

/// No file on the disk, no output, no message holds a made-up name; files of the strongbox are sealed.
fn no_canary(city: &City, folder: &Path, made: &MadeUpCity) {
    let said = format!("{made:?}");
    for canary in city.canaries() {
        assert!(!said.contains(canary) && !made.tables_csv.contains(canary));
    }
    let files = below(folder);
    assert!(files.len() > 20);
    for path in files {
        let bytes = std::fs::read(&path).unwrap();
        let leak = city
            .canaries()
            .into_iter()
            .find(|canary| bytes.windows(canary.len()).any(|window| window == canary.as_bytes()));
        assert!(leak.is_none(), "{} holds a canary", path.display());
    }
}

/// From all published cells of an indicator, with the sums of its areas, no hidden count can be told.
fn no_recovery(published: &Path) {
    let published = Published::open(published).unwrap();
    let tree = published.areas().unwrap();
    let mut hidden = 0;
    for meta in published.indicators() {
        let indicator = published.get(&meta.id).unwrap();
        for period in &indicator.periods {
            let mut bounds = Bounds::new();
            let mut secret = Vec::new();
            for area in &indicator.areas {
                let Some(cell) = indicator.cell(area, *period, &GroupId::total()) else { continue };
                let known = match cell {
                    Cell::Shown(figure) => figure.numerator.or((meta.unit != "%").then_some(figure.value)),
                    Cell::Suppressed { .. } => None,
                    Cell::Missing { .. } => continue,
                };
                match known {
                    Some(count) => bounds.insert(area.clone(), [count, count]),
                    None => {
                        secret.push(area.clone());
                        bounds.insert(area.clone(), [0.0, f64::from(u32::MAX)])
                    }
                };
            }
            let sums: Vec<(AreaKey, Vec<AreaKey>)> = bounds
                .keys()
                .map(|key| {
                    let parts = tree.children(key).iter().filter(|part| bounds.contains_key(*part));
                    (key.clone(), parts.cloned().collect::<Vec<_>>())
                })
                .filter(|(key, parts)| !parts.is_empty() && parts.len() == tree.children(key).len())
                .collect();
            narrow(&mut bounds, &sums);
            for key in &secret {
                let [low, high] = bounds[key];
                assert!(high - low >= 2.0, "{} {period} {key}: {low} to {high}", meta.id);
            }
            hidden += secret.len();
        }
    }
    assert!(hidden > 3, "the city is large enough to hide something: {hidden}");
}

#[test]
fn the_same_city_gives_the_same_tables() {
    let [one, two] = [(); 2].map(|()| {
        let folder = tempfile::tempdir().unwrap();
        let city = City::build(Plan { children: 2_000, seed: 9 }).unwrap();
        let made = run_made_up_city(&city, folder.path(), &Silent).unwrap();
        (made.tables_csv, made.links, made.records)
    });
    assert_eq!(one, two);
}
