//! Gaps and overlaps as sentences, each with the figures it rests on.

use super::need::bands;
use super::{Chain, Children, Coverage, CoverageCell, Matrix, Measure, Share};
use crate::estimate::{Amount, Estimate};
use crate::{Finding, Rests};
use kekiz_base::number::german;
use serde::{Deserialize, Serialize};

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapKind {
    /// No area has an offer of the field in the phase, though children need it.
    MissingLink,
    /// One cell has no offer, or surely too little.
    Gap,
    /// One cell may have too little; figures leave it open.
    PossibleGap,
    /// One cell has surely more than is needed.
    Overlap,
    /// Offers lack figures, so that cells cannot be judged.
    FiguresMissing,
}

/// A gap, an overlap, or a place where figures are missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// What it is about.
    pub kind: GapKind,
    /// Position of the area; `None` for all areas.
    pub area: Option<usize>,
    /// Position of the phase; `None` for all phases.
    pub phase: Option<usize>,
    /// Position of the field; `None` for all fields.
    pub field: Option<usize>,
    /// Children with need who find no place (below 0: places too many), by the central figures.
    pub unserved: Option<f64>,
    /// The sentence and its figures.
    pub finding: Finding,
}

/// All findings of a matrix: missing links first, then gaps by the number of unserved children, possible gaps,
/// overlaps, and at the end what cannot be judged. Cells of a missing link are not repeated one by one.
///
/// The matrix must come from the same chain; cells beyond it are left out.
pub fn gaps(chain: &Chain, matrix: &Matrix) -> Vec<Gap> {
    let bands = bands(chain);
    let mut found = missing_links(chain, &bands, matrix);
    let linked: Vec<(usize, usize)> = found.iter().filter_map(|g| g.phase.zip(g.field)).collect();
    for cell in &matrix.cells {
        if linked.contains(&(cell.phase, cell.field)) {
            continue;
        }
        let kind = match cell.coverage {
            Coverage::NoOffer | Coverage::Gap => GapKind::Gap,
            Coverage::PossibleGap => GapKind::PossibleGap,
            Coverage::Overlap => GapKind::Overlap,
            Coverage::Covered | Coverage::Unknown | Coverage::NoNeed => continue,
        };
        found.extend(in_cell(chain, &bands, matrix, cell, kind));
    }
    let size = |gap: &Gap| gap.unserved.map_or(0.0, f64::abs);
    found.sort_by(|a, b| a.kind.cmp(&b.kind).then(size(b).total_cmp(&size(a))));
    found.extend(figures_missing(chain));
    found
}

/// The bands that count, by area.
type Bands<'a> = [Vec<&'a Children>];

/// Names of area, phase and field of a cell.
fn names<'a>(chain: &'a Chain, cell: &CoverageCell) -> Option<(&'a str, &'a str, &'a str)> {
    Some((
        &chain.areas.get(cell.area)?.name,
        &chain.phases.get(cell.phase)?.name,
        &chain.fields.get(cell.field)?.name,
    ))
}

fn unit(measure: Measure) -> &'static str {
    match measure {
        Measure::Places => "Plätze",
        Measure::Reached => "im Jahr erreichte Personen",
    }
}

fn amount(measure: Measure, cell: &CoverageCell) -> Amount {
    match measure {
        Measure::Places => cell.places,
        Measure::Reached => cell.reached,
    }
}

fn unserved(measure: Measure, cell: &CoverageCell) -> Option<f64> {
    Some(cell.need?.value - amount(measure, cell).least()?)
}

/// Children of the cell and the rate, as figures with their sources.
fn need_figures(chain: &Chain, bands: &Bands<'_>, cell: &CoverageCell, need: Estimate) -> Vec<Rests> {
    let Some((area, phase, _)) = names(chain, cell) else { return Vec::new() };
    let ages = chain.phases[cell.phase].ages;
    let counted = bands.get(cell.area).into_iter().flatten().filter(|band| band.ages.shared(ages) > 0);
    let mut sources: Vec<&str> = counted.map(|band| band.source.as_str()).collect();
    sources.sort_unstable();
    sources.dedup();
    let children = cell.children.map_or("unbekannt".into(), |c| german(c, 0));
    let mut rests = vec![Rests::new(format!("Kinder, {phase}, {area}"), children, sources.join("; "))];
    if let Some(rate) = cell.rate.and_then(|at| chain.rates.get(at)) {
        rests.push(Rests::new("Anteil mit Bedarf", rate.share.german(100.0, 1, " %"), rate.source.clone()));
        rests.push(Rests::new("Kinder mit Bedarf", need.german(1.0, 0, ""), "Kinder × Anteil"));
    }
    rests
}

/// One figure per offer, as the provider states it.
fn offer_figures(chain: &Chain, measure: Measure, cell: &CoverageCell) -> Vec<Rests> {
    let offers = cell.offers.iter().filter_map(|at| chain.offers.get(*at));
    offers
        .map(|offer| {
            let stated = match measure {
                Measure::Places => offer.places,
                Measure::Reached => offer.reached_per_year,
            };
            let value = stated.map_or("unbekannt".into(), |value| german(value, 0));
            Rests::new(format!("{}: {} insgesamt", offer.name, unit(measure)), value, offer.source.clone())
        })
        .collect()
}

fn in_cell(
    chain: &Chain,
    bands: &Bands<'_>,
    matrix: &Matrix,
    cell: &CoverageCell,
    kind: GapKind,
) -> Option<Gap> {
    let (area, phase, field) = names(chain, cell)?;
    let need = cell.need?;
    let measure = matrix.measure;
    let given = amount(measure, cell);
    let head = format!("{area}, {phase}, {field}: ");
    let needed = format!("{} Kinder mit Bedarf", need.german(1.0, 0, ""));
    let of_need = match cell.share {
        Share::Known(share) => share.german(100.0, 0, " %"),
        Share::AtLeast(share) => format!("mindestens {}", share.german(100.0, 0, " %")),
        Share::Unknown | Share::NoNeed => "unbekannt".into(),
    };
    let tail = match kind {
        GapKind::Gap if cell.coverage == Coverage::NoOffer => format!("Für {needed} gibt es kein Angebot."),
        GapKind::Gap => {
            format!("Auf {needed} kommen {} {}, das sind {of_need}.", given.german(0), unit(measure))
        }
        GapKind::Overlap => {
            let (offers, advice) = match cell.offers.len() {
                1 => ("1 Angebot".into(), "prüfen, ob sie anderswo fehlen"),
                many => (format!("{many} Angeboten"), "prüfen, ob sich die Angebote abstimmen lassen"),
            };
            let (given, unit) = (given.german(0), unit(measure));
            format!("Auf {needed} kommen {given} {unit} aus {offers}, das sind {of_need}; {advice}.")
        }
        _ => format!(
            "Möglicherweise eine Lücke. Auf {needed} kommen {} {} ({of_need}); {}.",
            given.german(0),
            unit(measure),
            if matches!(given, Amount::AtLeast(_)) {
                "es fehlen Angaben einzelner Angebote"
            } else {
                "die Zahlen sind zu unsicher"
            }
        ),
    };
    let komm = if cell.only_komm && kind != GapKind::Overlap {
        " Alle Angebote warten darauf, dass Familien kommen (Komm-Struktur)."
    } else {
        ""
    };
    let mut rests_on = need_figures(chain, bands, cell, need);
    rests_on.push(Rests::new(
        format!("{} hier", unit(measure)),
        given.german(1),
        "nach Einzugsgebiet und Alter verteilt",
    ));
    rests_on.extend(offer_figures(chain, measure, cell));
    Some(Gap {
        kind,
        area: Some(cell.area),
        phase: Some(cell.phase),
        field: Some(cell.field),
        unserved: unserved(measure, cell),
        finding: Finding { sentence: format!("{head}{tail}{komm}"), rests_on },
    })
}

/// Phases × fields without an offer anywhere although somebody needs one.
fn missing_links(chain: &Chain, bands: &Bands<'_>, matrix: &Matrix) -> Vec<Gap> {
    let mut found = Vec::new();
    for phase in 0..chain.phases.len() {
        for field in 0..chain.fields.len() {
            let cells: Vec<&CoverageCell> =
                (0..chain.areas.len()).filter_map(|area| matrix.cell(area, phase, field)).collect();
            let none = cells.iter().all(|cell| cell.offers.is_empty());
            let needs: Vec<f64> = cells.iter().filter_map(|cell| cell.need).map(|need| need.value).collect();
            let total: f64 = needs.iter().sum();
            if !none || total <= 0.0 || chain.areas.len() < 2 {
                continue;
            }
            let unknown = cells.len() - needs.len();
            let open = match unknown {
                0 => String::new(),
                1 => " (für 1 Gebiet fehlen Zahlen)".into(),
                more => format!(" (für {more} Gebiete fehlen Zahlen)"),
            };
            let sentence = format!(
                "{}, {}: In keinem Gebiet gibt es ein Angebot, für zusammen {} Kinder mit Bedarf{open}.",
                chain.phases[phase].name,
                chain.fields[field].name,
                german(total, 0)
            );
            let rests_on = cells
                .iter()
                .filter_map(|cell| Some(need_figures(chain, bands, cell, cell.need?)))
                .flatten()
                .collect();
            found.push(Gap {
                kind: GapKind::MissingLink,
                area: None,
                phase: Some(phase),
                field: Some(field),
                unserved: Some(total),
                finding: Finding { sentence, rests_on },
            });
        }
    }
    found
}

/// Offers whose figures are missing, in one sentence per kind of figure.
fn figures_missing(chain: &Chain) -> Vec<Gap> {
    let say = |lacking: Vec<&super::Supply>, what: &str| {
        let sentence = match lacking.len() {
            0 => return None,
            1 => format!("Für 1 Angebot fehlt {what}; die Deckung ist dort nicht sicher bekannt."),
            many => format!("Für {many} Angebote fehlt {what}; die Deckung ist dort nicht sicher bekannt."),
        };
        let rests_on =
            lacking.iter().map(|offer| Rests::new(&*offer.name, "unbekannt", &*offer.source)).collect();
        Some(Gap {
            kind: GapKind::FiguresMissing,
            area: None,
            phase: None,
            field: None,
            unserved: None,
            finding: Finding { sentence, rests_on },
        })
    };
    let lacks = |missing: fn(&super::Supply) -> bool| chain.offers.iter().filter(|o| missing(o)).collect();
    [
        say(lacks(|o| o.places.is_none()), "die Zahl der Plätze"),
        say(lacks(|o| o.reached_per_year.is_none()), "die Zahl der im Jahr erreichten Personen"),
        say(lacks(|o| o.catchment == super::Catchment::Unknown), "das Einzugsgebiet"),
        say(lacks(|o| o.ages.is_none() && o.phases.is_empty() && !o.pregnancy), "das Alter der Kinder"),
    ]
    .into_iter()
    .flatten()
    .collect()
}
