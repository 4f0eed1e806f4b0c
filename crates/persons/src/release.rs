//! Protected cross tables: what may leave, made by the gate and by nothing else.

use crate::analyse::{AnalysisDefinition, RatioLine, TableDefinition, groups, ratios};
use crate::compute::text_digest;
use crate::error::PersonsError;
use crate::frame::Frame;
use crate::office::Office;
use kekiz_base::{
    Annotation, Area, AreaKey, Cell, Cube, CubeCell, GeographyId, GroupId, IndicatorId, IndicatorKind,
    IndicatorMeta, Level, LifePhase, Period, Polarity, Reason, Sensitive, Validity, number::german,
};
use kekiz_disclosure::{
    Atom, Audit, EarlierCells, History, Made, Member, Policy, Refusal, Release, protect_together,
};
use kekiz_strongbox::{ItemKind, RestsOn};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What was let out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Released {
    /// Name.
    pub id: String,
    /// German title.
    pub title: String,
    /// Where the figures come from.
    pub source: String,
    /// How they are protected, as German sentences.
    pub protection: String,
    /// The tables.
    pub tables: Vec<ReleasedTable>,
    /// What the gate did, per table.
    pub audits: Vec<Audit>,
    /// What the release rests on.
    pub rests_on: Vec<RestsOn>,
}

/// A protected table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReleasedTable {
    /// Name.
    pub id: String,
    /// German title.
    pub title: String,
    /// The groups with their cells, [`GroupId::total`] first.
    pub groups: Vec<(String, Cell)>,
    /// Risk ratio from the shown counts; `None` where one of them is hidden or there is none.
    pub risk_ratio: Option<RatioLine>,
    /// Odds ratio from the shown counts.
    pub odds_ratio: Option<RatioLine>,
    /// Digest of the receipt.
    pub receipt: String,
}

/// What is kept of a release, to compare later ones against.
#[derive(Serialize, Deserialize)]
struct Kept {
    tables: Vec<KeptTable>,
}

#[derive(Serialize, Deserialize)]
struct KeptTable {
    indicator: IndicatorId,
    areas: Vec<Area>,
    periods: Vec<Period>,
    groups: Vec<GroupId>,
    cells: Vec<Cell>,
    definition: Option<String>,
}

/// Protects the tables of a definition together and keeps what was let out.
///
/// The gate knows everything this function let out before; the groups of all tables are protected against each other,
/// since they share persons. Ratios are made from shown counts only.
///
/// # Errors
/// As [`crate::analyse()`]; the gate refuses; the strongbox refuses.
pub fn release(
    office: &Office,
    definition: &AnalysisDefinition,
    policy: &Policy,
    file: &str,
) -> Result<Released, PersonsError> {
    let frame = Frame::read(office, &definition.frame, file, "Ausgabe")?;
    let earlier = earlier(office)?;
    let history = History::from_cells(earlier.iter().cloned());
    let inputs: BTreeMap<String, String> = frame
        .rests_on
        .iter()
        .map(|base| (format!("{}-{}", base.kind.slug(), base.name), base.digest.clone()))
        .collect();
    let mut cubes = Vec::new();
    for table in &definition.tables {
        let (found, _) = groups(&frame, table, file)?;
        let id = indicator(definition, table);
        let id = IndicatorId::new(&id).ok_or_else(|| {
            PersonsError::definition(
                file,
                format!("„{}“ ist kein Name.", table.id),
                "Kleine Buchstaben, Ziffern, - und _ verwenden.",
            )
        })?;
        cubes.push(cube(&frame, id, table, &found, &inputs));
    }
    let members: Vec<Member<'_>> = cubes
        .iter()
        .zip(&definition.tables)
        .map(|(cube, table)| {
            let atom = |what: &str| Atom { variable: what.into(), group: None };
            // Tables of the same outcome, cases, groups and persons show the same numbers.
            let conditions = text_digest(&format!("{:?}{:?}", definition.frame, table.conditions));
            let cases = format!("{} {:?} {} {conditions}", table.outcome, table.case, table.group);
            let persons = format!("{} {} {conditions}", table.outcome, table.group);
            Member {
                cases: Some(Made::Sum(vec![(atom(&cases), true)])),
                persons: Some(Made::Sum(vec![(atom(&persons), true)])),
                ..Member::alone(cube, &history)
            }
        })
        .collect();
    let done = protect_together(&members, policy).map_err(|refusal| gate(&refusal, definition))?;
    for ((release, _), table) in done.iter().zip(&definition.tables) {
        differs_enough(release, &earlier, policy, &table.title)?;
    }
    let mut released = Released {
        id: definition.id.clone(),
        title: definition.title.clone(),
        source: definition.source.clone(),
        protection: policy.describe(),
        tables: Vec::new(),
        audits: Vec::new(),
        rests_on: frame.rests_on.clone(),
    };
    let mut kept = Kept { tables: Vec::new() };
    for ((release, audit), table) in done.iter().zip(&definition.tables) {
        kept.tables.push(keep(release));
        let labels = [&table.exposed, &table.reference].map(|code| frame.label(&table.group, code));
        released.tables.push(public(release, &table.id, &labels));
        released.audits.push(audit.clone());
    }
    store(office, definition, &kept, &frame.rests_on)?;
    Ok(released)
}

/// A name made of what is tabulated and not of what the table is called: a table let out under another name is still
/// compared.
fn indicator(definition: &AnalysisDefinition, table: &TableDefinition) -> String {
    let frame = serde_json::to_string(&definition.frame).unwrap_or_default();
    let conditions = serde_json::to_string(&table.conditions).unwrap_or_default();
    let digest =
        text_digest(&format!("{frame}\n{conditions}\n{}\n{:?}\n{}", table.outcome, table.case, table.group));
    format!("tabelle-{}", digest.get(..16).unwrap_or_default())
}

/// What the gate said, with the names of the tables instead of ours.
fn gate(refusal: &Refusal, definition: &AnalysisDefinition) -> PersonsError {
    let said = definition
        .tables
        .iter()
        .fold(refusal.to_string(), |text, table| text.replace(&indicator(definition, table), &table.title));
    PersonsError::Gate(said)
}

fn store(
    office: &Office,
    definition: &AnalysisDefinition,
    kept: &Kept,
    rests_on: &[RestsOn],
) -> Result<(), PersonsError> {
    let mut change = office.strongbox.begin("release", &definition.id)?;
    let text = serde_json::to_vec(kept).unwrap_or_default();
    // What was let out stays known: a later release of that name is kept beside it.
    let taken: BTreeSet<String> = change.items().iter().map(|item| item.name.clone()).collect();
    let numbers = (1u32..).map(|number| format!("tables-{}-{number}", definition.id));
    let name = numbers.into_iter().find(|name| !taken.contains(name)).unwrap_or_default();
    change.put(ItemKind::Release, &name, kept.tables.len() as u64, rests_on.to_vec(), &text)?;
    change.commit(&format!("{} Tabellen", kept.tables.len()))?;
    Ok(())
}

/// Everything that was let out before.
fn earlier(office: &Office) -> Result<Vec<EarlierCells>, PersonsError> {
    let mut earlier = Vec::new();
    for item in office.strongbox.list()? {
        if item.kind != ItemKind::Release || !item.name.starts_with("tables-") {
            continue;
        }
        let bytes = office.strongbox.read(item.kind, &item.name, "Vergleich mit früheren Ausgaben")?;
        let kept: Kept = serde_json::from_slice(&bytes).map_err(|_| {
            PersonsError::definition(
                &item.name,
                "Eine frühere Ausgabe ist nicht lesbar; ohne sie lässt sich nicht prüfen, ob sich Werte errechnen ließen.",
                "Den Bestand aus der Sicherung zurückholen.",
            )
        })?;
        earlier.extend(kept.tables.into_iter().map(|table| EarlierCells {
            indicator: table.indicator,
            areas: table.areas,
            periods: table.periods,
            groups: table.groups,
            cells: table.cells,
            definition: table.definition,
        }));
    }
    Ok(earlier)
}

/// Refuses a table whose shown numbers differ from those of an earlier one by fewer persons than the policy shows: the
/// difference would be a table of its own, of the records that came or went in between.
fn differs_enough(
    release: &Release,
    earlier: &[EarlierCells],
    policy: &Policy,
    title: &str,
) -> Result<(), PersonsError> {
    let least = f64::from(policy.threshold.max(policy.complement_threshold));
    if policy.rounding.base().is_some() {
        return Ok(());
    }
    for before in earlier.iter().filter(|before| before.indicator == release.meta().id) {
        for (group, cell) in release.groups().iter().zip(release.cells()) {
            let then =
                before.groups.iter().position(|known| known == group).and_then(|at| before.cells.get(at));
            let (Some(now), Some(then)) = (cell.figure(), then.and_then(Cell::figure)) else { continue };
            let difference = |pick: fn(&kekiz_base::Figure) -> Option<f64>| Some(pick(now)? - pick(then)?);
            let cases = difference(|figure| figure.numerator);
            let persons = difference(|figure| figure.denominator);
            let others = cases.zip(persons).map(|(cases, persons)| persons - cases);
            let small = |found: Option<f64>| found.is_some_and(|n| n != 0.0 && n.abs() < least);
            if small(cases) || small(persons) || small(others) {
                return Err(PersonsError::Gate(format!(
                    "„{title}“, Gruppe „{}“, unterscheidet sich von einer früheren Ausgabe um weniger als {least} Personen oder Fälle; die Differenz verriete etwas über sie. Abhilfe: die frühere Ausgabe weiter verwenden und erst wieder ausgeben, wenn genug Datensätze dazugekommen sind.",
                    group.as_str()
                )));
            }
        }
    }
    Ok(())
}

fn keep(release: &Release) -> KeptTable {
    KeptTable {
        indicator: release.meta().id.clone(),
        areas: release.areas().to_vec(),
        periods: release.periods().to_vec(),
        groups: release.groups().to_vec(),
        cells: release.cells().to_vec(),
        definition: Some(release.receipt().definition.clone()),
    }
}

/// The name of the one area and period a table of a whole frame has.
const WHOLE: &str = "insgesamt";

fn cube(
    frame: &Frame,
    id: IndicatorId,
    table: &TableDefinition,
    found: &BTreeMap<String, (u64, u64)>,
    inputs: &BTreeMap<String, String>,
) -> Cube {
    let total = found.values().fold((0, 0), |sum, counts| (sum.0 + counts.0, sum.1 + counts.1));
    let parts = found.iter().map(|(code, counts)| (GroupId::new(frame.label(&table.group, code)), *counts));
    let lines: Vec<(GroupId, (u64, u64))> = std::iter::once((GroupId::total(), total)).chain(parts).collect();
    let cell = |(cases, persons): (u64, u64)| {
        let (cases, persons) = (cases as f64, persons as f64);
        let percent = |interval: kekiz_base::Interval| {
            (Sensitive::new(interval.lower * 100.0), Sensitive::new(interval.upper * 100.0))
        };
        CubeCell::Value {
            value: Sensitive::new(cases / persons * 100.0),
            interval: kekiz_stats::interval::wilson(cases, persons, crate::analyse::LEVEL).map(percent),
            numerator: Some(Sensitive::new(cases)),
            denominator: Some(Sensitive::new(persons)),
            smoothed: None,
            versus_parent: None,
            class: None,
            annotation: Annotation::None,
        }
    };
    Cube {
        meta: meta(id, table),
        areas: vec![Area {
            key: AreaKey::new(WHOLE),
            name: WHOLE.into(),
            level: Level::Gemeinde,
            geography: GeographyId::new(WHOLE),
            parent: None,
            validity: Validity::default(),
        }],
        // The frame may span several years; the period only has to be the same in every release of the table.
        periods: vec![Period::Year(0)],
        groups: lines.iter().map(|(group, _)| group.clone()).collect(),
        cells: lines.iter().map(|(_, counts)| cell(*counts)).collect(),
        inputs: inputs.clone(),
    }
}

fn meta(id: IndicatorId, table: &TableDefinition) -> IndicatorMeta {
    IndicatorMeta {
        id,
        title: table.title.clone(),
        plain_title: table.title.clone(),
        definition: format!(
            "{:?} in {} nach {}; {:?}",
            table.case, table.outcome, table.group, table.conditions
        ),
        kind: IndicatorKind::Share,
        unit: "%".into(),
        decimals: 1,
        polarity: Polarity::Neutral,
        life_phase: LifePhase::Familie,
        life_area: String::new(),
        interval_method: "Wilson".into(),
        minimum_base: 0,
        sources: Vec::new(),
        classes: Vec::new(),
        notes: Vec::new(),
        sensitivity: String::new(),
    }
}

fn public(release: &Release, id: &str, compared: &[String; 2]) -> ReleasedTable {
    let cells =
        release.groups().iter().map(|group| group.as_str().to_string()).zip(release.cells().iter().copied());
    let groups: Vec<(String, Cell)> = cells.collect();
    // Shown counts are whole numbers.
    let counts = |label: &String| {
        let figure = groups.iter().find(|(group, _)| group == label)?.1.figure().copied()?;
        let whole = |number: f64| (number.fract() == 0.0 && number >= 0.0).then_some(number as u64);
        Some((whole(figure.numerator?)?, whole(figure.denominator?)?))
    };
    let (risk_ratio, odds_ratio) = match (counts(&compared[0]), counts(&compared[1])) {
        (Some(exposed), Some(reference)) => ratios(exposed, reference),
        _ => (None, None),
    };
    ReleasedTable {
        id: id.into(),
        title: release.meta().title.clone(),
        groups,
        risk_ratio,
        odds_ratio,
        receipt: release.receipt().digest(),
    }
}

impl Released {
    /// The tables as CSV in UTF-8 with semicolons: one line per table and group. Hidden cells say why they are hidden.
    pub fn to_csv(&self) -> String {
        let field = |text: &str| {
            if text.contains([';', '"', '\n']) {
                format!("\"{}\"", text.replace('"', "\"\""))
            } else {
                text.to_string()
            }
        };
        let plain = |number: f64, decimals: usize| german(number, decimals).replace('.', "");
        let mut out = String::from(
            "Tabelle;Titel;Gruppe;Fälle;Personen;Anteil in %;untere Grenze;obere Grenze;Hinweis\n",
        );
        for table in &self.tables {
            for (group, cell) in &table.groups {
                let start = format!("{};{};{}", field(&table.id), field(&table.title), field(group));
                let line = match cell {
                    Cell::Shown(figure) => {
                        let count = |number: Option<f64>| number.map(|n| plain(n, 0)).unwrap_or_default();
                        let end = |pick: fn(&kekiz_base::Interval) -> f64| {
                            figure
                                .interval
                                .as_ref()
                                .map(|interval| plain(pick(interval), 1))
                                .unwrap_or_default()
                        };
                        format!(
                            "{start};{};{};{};{};{};",
                            count(figure.numerator),
                            count(figure.denominator),
                            plain(figure.value, 1),
                            end(|interval| interval.lower),
                            end(|interval| interval.upper)
                        )
                    }
                    Cell::Suppressed { reason } => format!("{start};;;;;;{}", field(Reason::text(*reason))),
                    Cell::Missing { .. } => format!("{start};;;;;;keine Angabe"),
                };
                out.push_str(&line);
                out.push('\n');
            }
            for (name, ratio) in [("Relatives Risiko", table.risk_ratio), ("Odds Ratio", table.odds_ratio)] {
                let Some(ratio) = ratio else { continue };
                let number =
                    |value: Option<f64>| value.map_or_else(|| "unbegrenzt".into(), |value| plain(value, 2));
                let start = format!("{};{}", field(&table.id), field(&table.title));
                out.push_str(&format!(
                    "{start};{name};;;{};{};{};\n",
                    number(ratio.value),
                    number(Some(ratio.lower)),
                    number(ratio.upper)
                ));
            }
        }
        out
    }
}
