//! A long table of counts: one row per unit and group.

use crate::AnalyseError;
use crate::source::table_file;
use kekiz_base::{Diagnostics, Place, Severity};
use kekiz_segregation::Counts;
use kekiz_tables::read_columns;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

/// A table with one row per unit and group.
#[derive(Clone, Debug, PartialEq)]
pub struct CountsTable {
    /// The table.
    pub path: PathBuf,
    /// Column that names the unit.
    pub unit: String,
    /// Column that names the group.
    pub group: String,
    /// Column with the number of persons; rows of the same unit and group add up.
    pub count: String,
    /// Smallest unit taken.
    pub minimum: f64,
}

/// The table as read.
pub(crate) struct ReadCounts {
    /// Persons by unit and group.
    pub(crate) counts: Counts,
    /// Names of the units, in the order of `counts`.
    pub(crate) units: Vec<String>,
    /// Names of the groups, in the order of `counts`.
    pub(crate) groups: Vec<String>,
    /// Position of the larger unit of each unit, and the names of the larger units.
    pub(crate) larger: Option<(Vec<usize>, Vec<String>)>,
    /// What was found on the way.
    pub(crate) diagnostics: Diagnostics,
}

/// Numbers names in the order of their first appearance.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) list: Vec<String>,
    known: HashMap<String, usize>,
}

impl Names {
    pub(crate) fn number(&mut self, name: &str) -> usize {
        if let Some(number) = self.known.get(name) {
            return *number;
        }
        self.known.insert(name.into(), self.list.len());
        self.list.push(name.into());
        self.list.len() - 1
    }
}

/// Reads counts; `within` names the column of the larger unit, `only` keeps the rows in which a column has a text.
///
/// # Errors
/// [`AnalyseError`], a German sentence with the remedy.
pub(crate) fn read_counts(
    source: &CountsTable,
    within: Option<&str>,
    only: Option<(&str, &str)>,
) -> Result<ReadCounts, AnalyseError> {
    let file = table_file(&source.path)?;
    let mut names: Vec<&str> = vec![&source.unit, &source.group, &source.count];
    names.extend(within);
    names.extend(only.map(|(column, _)| column));
    let (columns, mut diagnostics) = read_columns(&file, &names)?;
    let wanted = |row: usize| only.is_none_or(|(_, text)| columns.texts[names.len() - 1][row] == text);
    if let Some((column, text)) = only.filter(|_| !(0..columns.rows()).any(wanted)) {
        return Err(AnalyseError::Usage(format!(
            "{}: In der Spalte „{column}“ steht nirgends „{text}“. Abhilfe: einen vorhandenen Wert angeben.",
            file.name
        )));
    }
    let persons = columns.numbers(2, &mut diagnostics)?;
    let (mut units, mut groups, mut larger) = (Names::default(), Names::default(), Names::default());
    let mut into: BTreeMap<usize, usize> = BTreeMap::new();
    let mut cells: HashMap<(usize, usize), f64> = HashMap::new();
    let mut missing = 0;
    for (row, persons) in persons.iter().enumerate().filter(|(row, _)| wanted(*row)) {
        let unit = units.number(&columns.texts[0][row]);
        let Some(persons) = persons else {
            missing += 1;
            continue;
        };
        if *persons < 0.0 {
            return Err(AnalyseError::Input(format!(
                "{}, Zeile {}: Die Zahl ist negativ. Abhilfe: die Zelle berichtigen.",
                file.name, columns.lines[row]
            )));
        }
        let group = groups.number(&columns.texts[1][row]);
        if within.is_some() {
            let place = larger.number(&columns.texts[3][row]);
            if *into.entry(unit).or_insert(place) != place {
                return Err(AnalyseError::Input(format!(
                    "{}, Zeile {}: „{}“ gehört zu mehreren übergeordneten Einheiten. Abhilfe: jede Einheit genau einer zuordnen.",
                    file.name, columns.lines[row], columns.texts[0][row]
                )));
            }
        }
        *cells.entry((unit, group)).or_default() += persons;
    }
    if missing > 0 {
        diagnostics.push(
            Severity::Warning,
            "counts-missing",
            Place { file: Some(file.name.clone()), ..Place::default() },
            format!("In {missing} Zeilen fehlt die Zahl; sie zählen nicht mit. Gesperrte kleine Zahlen machen Indizes zu niedrig oder zu hoch."),
            "Wenn möglich mit ungesperrten Zahlen rechnen.",
        );
    }
    // A group that occurs nowhere says nothing.
    let filled: Vec<usize> = (0..groups.list.len())
        .filter(|g| (0..units.list.len()).any(|u| cells.get(&(u, *g)).is_some_and(|n| *n > 0.0)))
        .collect();
    if filled.len() < 2 {
        return Err(AnalyseError::Input(format!(
            "{}: Es gibt nur {} Gruppe(n) mit Personen; Segregation vergleicht mindestens zwei. Abhilfe: die Spalten bei --group und --count prüfen.",
            file.name,
            filled.len()
        )));
    }
    let row = |unit: usize| -> Vec<f64> {
        filled.iter().map(|group| cells.get(&(unit, *group)).copied().unwrap_or(0.0)).collect()
    };
    let kept: Vec<usize> = (0..units.list.len())
        .filter(|unit| {
            let size: f64 = row(*unit).iter().sum();
            size > 0.0 && size >= source.minimum
        })
        .collect();
    let small = units.list.len() - kept.len();
    if small > 0 {
        diagnostics.push(
            Severity::Note,
            "units-left-out",
            Place { file: Some(file.name.clone()), ..Place::default() },
            format!("{small} Einheiten ohne Personen oder unter der Mindestgröße bleiben außer Betracht."),
            "",
        );
    }
    let rows: Vec<Vec<f64>> = kept.iter().map(|unit| row(*unit)).collect();
    if rows.is_empty() {
        return Err(AnalyseError::Input(format!(
            "{}: Keine Einheit ist groß genug. Abhilfe: --min-size senken.",
            file.name
        )));
    }
    let counts = Counts::from_rows(&rows)?;
    let larger = within.is_some().then(|| {
        // Numbers without gaps, in case a larger unit lost all its units.
        let mut used = Names::default();
        let into = kept.iter().map(|unit| used.number(&larger.list[into[unit]])).collect();
        (into, used.list)
    });
    let groups = filled.iter().map(|group| groups.list[*group].clone()).collect();
    let units = kept.iter().map(|unit| units.list[*unit].clone()).collect();
    Ok(ReadCounts { counts, units, groups, larger, diagnostics })
}
