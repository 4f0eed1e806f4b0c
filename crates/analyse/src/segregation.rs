//! Segregation indices from a long table of counts.

use crate::AnalyseError;
use crate::counts::{CountsTable, ReadCounts, read_counts};
use kekiz_base::{Diagnostics, Place, Severity};
use kekiz_segregation::chance::{Index, corrected, expected_information};
use kekiz_segregation::inference::{Draws, Null, bootstrap, randomise};
use kekiz_segregation::{Counts, evenness, exposure, information, multigroup};
use kekiz_stats::Alternative;
use serde_json::{Map, Value, json};

/// What `segregation` needs.
#[derive(Clone, Debug, PartialEq)]
pub struct SegregationRequest {
    /// Table with one row per unit and group.
    pub counts: CountsTable,
    /// Column that names the larger unit, for between and within.
    pub within: Option<String>,
    /// Group that two-group indices set against all others.
    pub focal: Option<String>,
    /// Indices by name: `d`, `gini`, `atkinson`, `isolation`, `interaction`, `v`, `m`, `h`, `p`, `r`, `c`.
    pub indices: Vec<String>,
    /// Random tables for the band of chance; 0 for none.
    pub draws: Draws,
    /// What is drawn.
    pub null: Null,
    /// Resampled tables for standard errors; 0 for none.
    pub bootstrap: u32,
}

const NAMES: &str = "d, gini, atkinson, isolation, interaction, v, m, h, p, r, c";

/// An index of a table of counts.
pub(crate) type Statistic = fn(&Counts) -> Option<f64>;

/// The position of a group by its name.
pub(crate) fn position_of(groups: &[String], name: Option<&str>) -> Result<Option<usize>, AnalyseError> {
    let find = |name: &str| {
        groups.iter().position(|group| group == name).ok_or_else(|| {
            AnalyseError::Usage(format!(
                "Die Gruppe „{name}“ gibt es nicht; vorhanden sind: {}.",
                groups.join(", ")
            ))
        })
    };
    name.map(find).transpose()
}

/// A focal group against all others, or the two groups there are.
pub(crate) fn two_groups(counts: &Counts, focal: Option<usize>) -> Option<Counts> {
    match focal {
        Some(focal) => Some(counts.against_rest(focal)),
        None if counts.groups() == 2 => Some(counts.clone()),
        None => None,
    }
}

fn two(counts: &Counts, index: fn(&[f64], &[f64]) -> Option<f64>) -> Option<f64> {
    index(counts.group(0), counts.group(1))
}

/// The statistic of that name, for two groups or for many.
pub(crate) fn statistic(name: &str, many: bool) -> Result<Statistic, AnalyseError> {
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

/// Computes segregation indices. The object has one number per index by its name, `units`, `groups`, `persons`, and
/// under `details` for each index what chance alone would give (`expected`, `adjusted`; `chance_mean`, `chance_band`, `p`
/// with draws) and its standard error, bias-corrected value and interval with a bootstrap. With `within`, `nested` splits
/// M and H into between and within.
///
/// # Errors
/// [`AnalyseError`], a German sentence with the remedy.
pub fn segregation(request: &SegregationRequest) -> Result<(Value, Diagnostics), AnalyseError> {
    let ReadCounts { counts, groups, larger, mut diagnostics, .. } =
        read_counts(&request.counts, request.within.as_deref(), None)?;
    let focal = position_of(&groups, request.focal.as_deref())?;
    let two_groups = two_groups(&counts, focal);
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
