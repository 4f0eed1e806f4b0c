//! Weights as GAL (neighbours) and GWT (neighbours with a weight) files, the formats of GeoDa, PySAL and spdep.

use super::{Weights, WeightsError};
use kekiz_base::{Diagnostics, Place, Severity};
use std::collections::HashMap;
use std::fmt::Write as _;

/// Weights with the names the file gives its areas, in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightsFile {
    /// Names of the areas; position in this list is the position in the weights.
    pub names: Vec<String>,
    /// Neighbours.
    pub weights: Weights,
}

/// Why a file of weights cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WeightsFileError {
    /// Not text, or no number of areas in the first line.
    #[error(
        "{file}: Das ist keine Nachbarschaftsdatei; in der ersten Zeile wird die Zahl der Gebiete erwartet. → Eine GAL- oder GWT-Datei aus GeoDa, PySAL oder R übergeben."
    )]
    Header {
        /// File name.
        file: String,
    },
    /// A line that does not fit.
    #[error("{file}, Zeile {line}: {found} → Die Datei neu schreiben lassen.")]
    Line {
        /// File name.
        file: String,
        /// Line, from 1.
        line: usize,
        /// What was found and what was expected.
        found: String,
    },
    /// The pairs do not make weights.
    #[error("{file}: {cause}")]
    Weights {
        /// File name.
        file: String,
        /// Why not.
        cause: WeightsError,
    },
}

struct Names {
    names: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.to_string());
        self.numbers.insert(name.to_string(), number);
        number
    }
}

struct Head<'a> {
    areas: usize,
    lines: Vec<(usize, Vec<&'a str>)>,
}

fn head<'a>(file: &str, text: &'a str) -> Result<Head<'a>, WeightsFileError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines =
        text.lines().enumerate().map(|(i, line)| (i + 1, line.split_whitespace().collect::<Vec<_>>()));
    let mut lines = lines.filter(|(_, fields)| !fields.is_empty());
    let header = lines.next().map(|(_, fields)| fields).unwrap_or_default();
    // "n", or "0 n file variable".
    let count = if header.len() == 1 { header.first() } else { header.get(1) };
    let Some(areas) = count.and_then(|n| n.parse::<usize>().ok()) else {
        return Err(WeightsFileError::Header { file: file.into() });
    };
    Ok(Head { areas, lines: lines.collect() })
}

/// Reads a GAL file: for each area a line with its name and number of neighbours, then a line with their names.
///
/// Pairs named twice and areas naming themselves are left out and reported, as are pairs named by one side only.
///
/// # Errors
/// [`WeightsFileError`], a German sentence with line and remedy.
pub fn read_gal(file: &str, text: &str) -> Result<(WeightsFile, Diagnostics), WeightsFileError> {
    let head = head(file, text)?;
    let mut names = Names { names: Vec::new(), numbers: HashMap::new() };
    let bad = |line: usize, found: String| WeightsFileError::Line { file: file.into(), line, found };
    let mut lists: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut lines = head.lines.iter().peekable();
    while let Some((line, fields)) = lines.next() {
        let [name, count] = fields.as_slice() else {
            return Err(bad(
                *line,
                format!(
                    "Erwartet werden Name und Zahl der Nachbarn, gefunden sind {} Angaben.",
                    fields.len()
                ),
            ));
        };
        let count: usize =
            count.parse().map_err(|_| bad(*line, format!("„{count}“ ist keine Zahl von Nachbarn.")))?;
        let mut list: Vec<&str> = Vec::new();
        while list.len() < count {
            let Some((at, more)) = lines.next() else {
                return Err(bad(
                    *line,
                    format!("Die Datei endet, bevor die {count} Nachbarn von „{name}“ genannt sind."),
                ));
            };
            list.extend(more);
            if list.len() > count {
                return Err(bad(*at, format!("„{name}“ hat mehr Nachbarn als die angekündigten {count}.")));
            }
        }
        if names.numbers.contains_key(*name) {
            return Err(bad(*line, format!("Das Gebiet „{name}“ kommt zweimal vor.")));
        }
        names.number(name);
        lists.push((name, list));
    }
    if lists.len() != head.areas {
        return Err(bad(
            1,
            format!("Angekündigt sind {} Gebiete, genannt sind {}.", head.areas, lists.len()),
        ));
    }
    let rows = lists.iter().map(|(name, list)| {
        list.iter()
            .map(|other| match names.numbers.get(*other) {
                Some(number) => Ok((*number, 1.0)),
                None => {
                    Err(bad(1, format!("„{name}“ nennt den Nachbarn „{other}“, den die Datei nicht führt.")))
                }
            })
            .collect()
    });
    let rows: Vec<Vec<(u32, f64)>> = rows.collect::<Result<_, _>>()?;
    finish(file, names.names, rows)
}

/// Reads a GWT file: one line for each pair with area, neighbour and weight. Areas are named in the order in which
/// they appear; an area without any line is an island the file cannot name, which is reported.
///
/// # Errors
/// As [`read_gal`].
pub fn read_gwt(file: &str, text: &str) -> Result<(WeightsFile, Diagnostics), WeightsFileError> {
    let head = head(file, text)?;
    let mut names = Names { names: Vec::new(), numbers: HashMap::new() };
    let bad = |line: usize, found: String| WeightsFileError::Line { file: file.into(), line, found };
    let mut rows: Vec<Vec<(u32, f64)>> = Vec::new();
    for (line, fields) in &head.lines {
        let [from, to, weight] = fields.as_slice() else {
            return Err(bad(
                *line,
                format!(
                    "Erwartet werden Gebiet, Nachbar und Gewicht, gefunden sind {} Angaben.",
                    fields.len()
                ),
            ));
        };
        let value: f64 = weight
            .parse()
            .ok()
            .filter(|v: &f64| v.is_finite())
            .ok_or_else(|| bad(*line, format!("„{weight}“ ist kein Gewicht.")))?;
        let (from, to) = (names.number(from), names.number(to));
        rows.resize_with(names.names.len(), Vec::new);
        rows[from as usize].push((to, value));
    }
    let missing = head.areas.checked_sub(names.names.len());
    let (found, mut diagnostics) = finish(file, names.names, rows)?;
    if missing != Some(0) {
        let place = Place { file: Some(file.into()), line: Some(1), column: None };
        diagnostics.push(
            Severity::Warning,
            "weights-areas",
            place,
            format!("Angekündigt sind {} Gebiete, in Paaren genannt {}.", head.areas, found.names.len()),
            "Gebiete ohne Nachbarn kann eine GWT-Datei nicht nennen; sie gelten als Inseln.",
        );
    }
    Ok((found, diagnostics))
}

fn finish(
    file: &str,
    names: Vec<String>,
    mut rows: Vec<Vec<(u32, f64)>>,
) -> Result<(WeightsFile, Diagnostics), WeightsFileError> {
    let mut diagnostics = Diagnostics::new();
    let place = || Place { file: Some(file.into()), ..Place::default() };
    let (mut own, mut twice) = (0, 0);
    for (area, row) in rows.iter_mut().enumerate() {
        let before = row.len();
        row.retain(|(other, _)| *other as usize != area);
        own += before - row.len();
        row.sort_by_key(|(other, _)| *other);
        let before = row.len();
        row.dedup_by_key(|(other, _)| *other);
        twice += before - row.len();
    }
    for (count, code, what) in [
        (
            own,
            "weights-itself",
            "Einträge, in denen ein Gebiet sein eigener Nachbar ist, bleiben außer Betracht",
        ),
        (twice, "weights-twice", "doppelt genannte Nachbarn zählen einmal"),
    ] {
        if count > 0 {
            diagnostics.push(Severity::Warning, code, place(), format!("{count} {what}."), "");
        }
    }
    let weights =
        Weights::from_rows(rows).map_err(|cause| WeightsFileError::Weights { file: file.into(), cause })?;
    let one_sided: usize = (0..weights.areas())
        .map(|area| weights.row(area).filter(|(other, _)| weights.weight(*other, area) == 0.0).count())
        .sum();
    if one_sided > 0 {
        diagnostics.push(
            Severity::Note,
            "weights-one-sided",
            place(),
            format!("{one_sided} Nachbarschaften gelten nur in einer Richtung."),
            "Bei Grenznachbarschaften ist das ein Fehler der Datei, bei nächsten Nachbarn nicht.",
        );
    }
    Ok((WeightsFile { names, weights }, diagnostics))
}

/// Writes neighbours as a GAL file; weights are not part of the format. `names` has one entry per area, without
/// white space.
pub fn write_gal(names: &[String], weights: &Weights) -> String {
    let mut text = format!("0 {} kekiz key\n", weights.areas());
    for (area, name) in names.iter().enumerate().take(weights.areas()) {
        let list: Vec<&str> =
            weights.neighbours(area).iter().map(|other| names[*other as usize].as_str()).collect();
        let _ = writeln!(text, "{name} {}\n{}", list.len(), list.join(" "));
    }
    text
}

/// Writes pairs and weights as a GWT file. `names` as in [`write_gal`].
pub fn write_gwt(names: &[String], weights: &Weights) -> String {
    let mut text = format!("0 {} kekiz key\n", weights.areas());
    for (area, name) in names.iter().enumerate().take(weights.areas()) {
        for (other, value) in weights.row(area) {
            let _ = writeln!(text, "{name} {} {value}", names[other]);
        }
    }
    text
}
