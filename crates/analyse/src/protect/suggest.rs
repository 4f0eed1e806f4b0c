//! First rules and hierarchies from a table, to be read and changed by a person.

use super::hierarchies::{Hierarchies, Hierarchy, total};
use super::{ProtectError, write};
use kekiz_disclosure::general::TablePolicy;
use kekiz_tables::{TableFile, read_plain};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Columns with more codes are no dimension.
const MOST_CODES: usize = 3_000;
/// Most dimensions of a table.
const MOST_DIMENSIONS: usize = 5;

/// What was found in a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggested {
    /// Names of the dimensions, to be given as `--dims`.
    pub dims: Vec<String>,
    /// Columns of numbers that may be amounts or counts.
    pub measures: Vec<String>,
}

/// Writes first rules (`min5`) and hierarchies for a table. Columns with few codes are taken as dimensions; where every code of one
/// column comes with one code of another, the other is taken as coarser.
///
/// # Errors
/// [`ProtectError`]; a file that is there already is left alone.
pub fn suggest_protection(
    table: &Path,
    policy: &Path,
    hierarchies: &Path,
) -> Result<Suggested, ProtectError> {
    for path in [policy, hierarchies] {
        if path.exists() {
            return Err(ProtectError::Usage(format!(
                "{}: Die Datei gibt es schon, sie wird nicht überschrieben. Abhilfe: einen anderen Namen angeben oder sie wegräumen.",
                path.display()
            )));
        }
    }
    let read = read_plain(&TableFile::from_path(table)).map_err(ProtectError::input)?;
    let columns: Vec<Vec<&str>> =
        (0..read.header.len()).map(|at| read.rows.iter().map(|row| row[at].as_str()).collect()).collect();
    let codes: Vec<BTreeSet<&str>> = columns.iter().map(|column| column.iter().copied().collect()).collect();
    let is_number = |at: usize| codes[at].iter().all(|code| code.replace(',', ".").parse::<f64>().is_ok());
    let few = |at: usize| {
        let most = (read.rows.len() / 3).clamp(2, MOST_CODES);
        (2..=most).contains(&codes[at].len()) && !codes[at].contains("")
    };
    let is_dimension = |at: usize| few(at) && (!is_number(at) || codes[at].len() <= 12);
    let candidates: Vec<usize> = (0..columns.len()).filter(|&at| is_dimension(at)).collect();
    let coarser = |fine: usize, coarse: usize| {
        if fine == coarse || codes[fine].len() <= codes[coarse].len() {
            return false;
        }
        let mut parent: BTreeMap<&str, &str> = BTreeMap::new();
        columns[fine]
            .iter()
            .zip(&columns[coarse])
            .all(|(code, above)| parent.entry(code).or_insert(above) == above)
    };
    let mut finest: Vec<usize> = candidates
        .iter()
        .copied()
        .filter(|&at| !candidates.iter().any(|&other| coarser(other, at)))
        .collect();
    finest.sort_by_key(|&at| std::cmp::Reverse(codes[at].len()));
    finest.truncate(MOST_DIMENSIONS);
    finest.sort_unstable();
    if finest.is_empty() {
        return Err(ProtectError::Input(format!(
            "{}: Keine Spalte sieht wie eine Gliederung aus (wenige verschiedene Schlüssel, keiner leer). Abhilfe: --dims selbst angeben.",
            table.display()
        )));
    }
    let list: Vec<Hierarchy> = finest
        .iter()
        .map(|&at| {
            let mut chain: Vec<usize> =
                candidates.iter().copied().filter(|&other| coarser(at, other)).collect();
            chain.sort_by_key(|&other| codes[other].len());
            // Only a chain: each one coarser than the next.
            let mut kept: Vec<usize> = Vec::new();
            for other in chain {
                if kept.last().is_none_or(|&last| coarser(other, last)) {
                    kept.push(other);
                }
            }
            Hierarchy {
                name: read.header[at].clone(),
                total: total(),
                columns: kept.into_iter().map(|other| read.header[other].clone()).collect(),
                parents: BTreeMap::new(),
                codes: vec![],
                also: vec![],
            }
        })
        .collect();
    let rules = TablePolicy::by_name("min5").ok_or_else(|| {
        ProtectError::Usage("Die Vorlage „min5“ fehlt. Abhilfe: das Programm neu installieren.".into())
    })?;
    let text = |value: Result<String, toml::ser::Error>, what: &str| {
        let value = value.map_err(ProtectError::input)?;
        Ok::<String, ProtectError>(format!("# Vorschlag von kekiz protect --suggest: {what}\n{value}"))
    };
    let rules =
        text(toml::to_string(&rules), "eine Annahme; verbindlich ist, was die Statistikstelle festlegt.")?;
    let tree = text(toml::to_string(&Hierarchies::new(list)), "bitte prüfen, ob die Gliederungen stimmen.")?;
    write::both(hierarchies, &tree, policy, &rules)?;
    let measures = (0..columns.len()).filter(|&at| is_number(at) && !candidates.contains(&at));
    Ok(Suggested {
        dims: finest.iter().map(|&at| read.header[at].clone()).collect(),
        measures: measures.map(|at| read.header[at].clone()).collect(),
    })
}
