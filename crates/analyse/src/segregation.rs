//! Segregation indices from a long table of counts.

use crate::AnalyseError;
use kekiz_base::{Diagnostics, Place, Severity};
use kekiz_segregation::chance::{Index, corrected, expected_information};
use kekiz_segregation::inference::{Draws, Null, bootstrap, randomise};
use kekiz_segregation::{Counts, evenness, exposure, information, multigroup};
use kekiz_stats::Alternative;
use kekiz_tables::{TableFile, read_columns};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

/// What `segregation` needs.
#[derive(Clone, Debug, PartialEq)]
pub struct SegregationRequest {
    /// Table with one row per unit and group.
    pub counts: PathBuf,
    /// Column that names the unit; the texts of several columns are joined.
    pub unit: String,
    /// Column that names the group.
    pub group: String,
    /// Column with the number of persons.
    pub count: String,
    /// Column that names the larger unit, for between and within.
    pub within: Option<String>,
    /// Group that two-group indices set against all others.
    pub focal: Option<String>,
    /// Indices by name: `d`, `gini`, `atkinson`, `isolation`, `interaction`, `v`, `m`, `h`, `p`, `r`, `c`.
    pub indices: Vec<String>,
    /// Smallest unit taken.
    pub minimum: f64,
    /// Random tables for the band of chance; 0 for none.
    pub draws: Draws,
    /// What is drawn.
    pub null: Null,
    /// Resampled tables for standard errors; 0 for none.
    pub bootstrap: u32,
}

const NAMES: &str = "d, gini, atkinson, isolation, interaction, v, m, h, p, r, c";

/// An index of a table of counts.
type Statistic = fn(&Counts) -> Option<f64>;

fn two(counts: &Counts, index: fn(&[f64], &[f64]) -> Option<f64>) -> Option<f64> {
    index(counts.group(0), counts.group(1))
}

/// The statistic of that name, for two groups or for many.
fn statistic(name: &str, many: bool) -> Result<Statistic, AnalyseError> {
    Ok(match (name, many) {
        ("d", false) => |c| two(c, evenness::dissimilarity),
        ("gini" | "g", false) => |c| two(c, evenness::gini),
        ("atkinson" | "a", false) => |c| two(c, |x, y| evenness::atkinson(x, y, 0.5)),
        ("isolation" | "xpx", false) => |c| two(c, exposure::isolation),
        ("interaction" | "xpy", false) => |c| two(c, exposure::interaction),
        ("v" | "eta2", false) => |c| two(c, exposure::correlation_ratio),
        ("m", _) => |c| Some(information::information(c).m),
        ("h", _) => |c| Some(information::information(c).h),
        ("d", true) => |c| Some(multigroup::dissimilarity(c)),
        ("gini" | "g", true) => |c| Some(multigroup::gini(c)),
        ("p", _) => |c| Some(multigroup::normalised_exposure(c)),
        ("r", _) => |c| Some(multigroup::relative_diversity(c)),
        ("c", _) => |c| Some(multigroup::squared_variation(c)),
        ("atkinson" | "a" | "isolation" | "xpx" | "interaction" | "xpy" | "v" | "eta2", true) => {
            return Err(AnalyseError::Usage(format!(
                "Der Index „{name}“ vergleicht eine Gruppe mit allen anderen. Abhilfe: die Gruppe mit --focal nennen."
            )));
        }
        _ => {
            return Err(AnalyseError::Usage(format!(
                "Den Index „{name}“ gibt es nicht. Möglich sind: {NAMES}."
            )));
        }
    })
}

/// The table as read: counts, and the larger unit of each unit.
struct Read {
    counts: Counts,
    groups: Vec<String>,
    larger: Option<(Vec<usize>, Vec<String>)>,
    diagnostics: Diagnostics,
}

/// Computes segregation indices. The object has one number per index by its name, `units`, `groups`, `persons`, and
/// under `details` for each index what chance alone would give (`expected`, `adjusted`; `chance_mean`, `chance_band`, `p`
/// with draws) and its standard error, bias-corrected value and interval with a bootstrap. With `within`, `nested` splits
/// M and H into between and within.
///
/// # Errors
/// [`AnalyseError`], a German sentence with the remedy.
pub fn segregation(request: &SegregationRequest) -> Result<(Value, Diagnostics), AnalyseError> {
    let Read { counts, groups, larger, mut diagnostics } = read(request)?;
    let focal = request.focal.as_ref().map(|name| {
        groups.iter().position(|group| group == name).ok_or_else(|| {
            AnalyseError::Usage(format!(
                "Die Gruppe „{name}“ gibt es nicht; vorhanden sind: {}.",
                groups.join(", ")
            ))
        })
    });
    let focal = focal.transpose()?;
    let two_groups = match focal {
        Some(focal) => Some(counts.against_rest(focal)),
        None if counts.groups() == 2 => Some(counts.clone()),
        None => None,
    };
    let mut out = Map::new();
    let mut details = Map::new();
    for name in &request.indices {
        let name = name.trim().to_lowercase();
        let wide = matches!(name.as_str(), "m" | "h" | "p" | "r" | "c") && focal.is_none();
        let basis = if wide { &counts } else { two_groups.as_ref().unwrap_or(&counts) };
        let index = statistic(&name, two_groups.is_none())?;
        let value = index(basis);
        out.insert(name.clone(), json!(value));
        let found = detail(&name, basis, index, request, &mut diagnostics)?;
        details.insert(name, Value::Object(found));
    }
    out.insert("units".into(), json!(counts.units()));
    out.insert("groups".into(), json!(groups));
    out.insert("persons".into(), json!(counts.total()));
    if let Some(focal) = &request.focal {
        out.insert("focal".into(), json!(focal));
    }
    if let Some((into, names)) = larger {
        out.insert("nested".into(), nested(&counts, &into, &names));
    }
    out.insert("details".into(), Value::Object(details));
    Ok((Value::Object(out), diagnostics))
}

fn detail(
    name: &str,
    counts: &Counts,
    index: Statistic,
    request: &SegregationRequest,
    diagnostics: &mut Diagnostics,
) -> Result<Map<String, Value>, AnalyseError> {
    let mut out = Map::new();
    let whole = counts.group_totals().iter().all(|n| n.fract() == 0.0);
    let known = match name {
        "d" => Some(Index::Dissimilarity),
        "v" | "eta2" => Some(Index::CorrelationRatio),
        "h" => Some(Index::Theil),
        _ => None,
    };
    if let (Some(known), 2, true) = (known, counts.groups(), whole) {
        let found = corrected(counts, known)?;
        out.insert("expected".into(), json!(found.expected));
        out.insert("adjusted".into(), json!(found.adjusted));
    } else if name == "m" && whole {
        out.insert("expected".into(), json!(expected_information(counts)?));
    } else if !whole {
        diagnostics.push(
            Severity::Note,
            "counts-not-whole",
            Place::default(),
            "Die Zählungen sind keine ganzen Zahlen; was der Zufall erwarten lässt, ist nicht gerechnet.",
            "Ungerundete Zählungen verwenden.",
        );
    }
    let statistic = |table: &Counts| index(table).unwrap_or(0.0);
    if request.draws.draws > 0 {
        let found = randomise(counts, request.null, request.draws, statistic)?;
        out.insert("chance_mean".into(), json!(found.mean));
        out.insert("chance_deviation".into(), json!(found.deviation));
        out.insert("chance_band".into(), json!(found.band(0.95)));
        out.insert("p".into(), json!(found.extremes().p(Alternative::Greater)));
    }
    if request.bootstrap > 0 {
        let draws = Draws { draws: request.bootstrap, ..request.draws };
        let found = bootstrap(counts, draws, 0.95, statistic)?;
        out.insert("debiased".into(), json!(found.debiased));
        out.insert("standard_error".into(), json!(found.standard_error));
        out.insert("interval".into(), json!(found.interval));
    }
    Ok(out)
}

fn nested(counts: &Counts, into: &[usize], names: &[String]) -> Value {
    let Some(found) = information::nested(counts, into) else { return Value::Null };
    let both = |i: information::Information| json!({ "m": i.m, "h": i.h });
    let inside: Vec<Value> = found
        .inside
        .iter()
        .zip(names)
        .map(|(within, name)| {
            json!({
                "name": name, "m": within.inside.m, "h": within.inside.h,
                "share": within.share, "entropy_ratio": within.entropy_ratio,
            })
        })
        .collect();
    json!({ "total": both(found.total), "between": both(found.between), "within": both(found.within), "inside": inside })
}

/// Numbers names in the order of their first appearance.
#[derive(Default)]
struct Names {
    list: Vec<String>,
    known: HashMap<String, usize>,
}

impl Names {
    fn number(&mut self, name: &str) -> usize {
        if let Some(number) = self.known.get(name) {
            return *number;
        }
        self.known.insert(name.into(), self.list.len());
        self.list.push(name.into());
        self.list.len() - 1
    }
}

fn read(request: &SegregationRequest) -> Result<Read, AnalyseError> {
    let file = TableFile::from_path(&request.counts);
    let mut names: Vec<&str> = vec![&request.unit, &request.group, &request.count];
    names.extend(request.within.as_deref());
    let (columns, mut diagnostics) = read_columns(&file, &names)?;
    let persons = columns.numbers(2, &mut diagnostics)?;
    let (mut units, mut groups, mut larger) = (Names::default(), Names::default(), Names::default());
    let mut into: BTreeMap<usize, usize> = BTreeMap::new();
    let mut cells: HashMap<(usize, usize), f64> = HashMap::new();
    let mut missing = 0;
    for (row, persons) in persons.iter().enumerate() {
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
        if request.within.is_some() {
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
            size > 0.0 && size >= request.minimum
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
    let larger = request.within.is_some().then(|| {
        // Numbers without gaps, in case a larger unit lost all its units.
        let mut used = Names::default();
        let into = kept.iter().map(|unit| used.number(&larger.list[into[unit]])).collect();
        (into, used.list)
    });
    let groups = filled.iter().map(|group| groups.list[*group].clone()).collect();
    Ok(Read { counts, groups, larger, diagnostics })
}
