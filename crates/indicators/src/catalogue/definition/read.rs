//! Reading the table `[[indicator]]`, every finding with its place.

use super::{Definition, Formula, IntervalMethod};
use crate::catalogue::section::Section;
use crate::expression::Expression;
use kekiz_base::{GroupId, IndicatorId, IndicatorKind, Level, LifePhase, Polarity};

pub(in crate::catalogue) const KEYS: &[&str] = &[
    "id",
    "title",
    "plain_title",
    "definition",
    "kind",
    "numerator",
    "denominator",
    "value",
    "per",
    "unit",
    "decimals",
    "polarity",
    "life_phase",
    "life_area",
    "interval",
    "minimum_base",
    "smoothing",
    "compare_parent",
    "groups",
    "levels",
    "breaks",
    "notes",
];

pub(in crate::catalogue) const POLARITIES: &[(&str, Polarity)] = &[
    ("higher_is_better", Polarity::HigherIsBetter),
    ("lower_is_better", Polarity::LowerIsBetter),
    ("neutral", Polarity::Neutral),
];

pub(in crate::catalogue) const LIFE_PHASES: &[(&str, LifePhase)] = &[
    ("schwangerschaft_geburt", LifePhase::SchwangerschaftGeburt),
    ("kleinkind_u3", LifePhase::KleinkindU3),
    ("kita", LifePhase::Kita),
    ("grundschule", LifePhase::Grundschule),
    ("sekundarstufe", LifePhase::Sekundarstufe),
    ("berufseinstieg", LifePhase::Berufseinstieg),
    ("familie", LifePhase::Familie),
];

const KINDS: &[(&str, IndicatorKind)] = &[
    ("count", IndicatorKind::Count),
    ("share", IndicatorKind::Share),
    ("rate", IndicatorKind::Rate),
    ("value", IndicatorKind::Value),
    ("change", IndicatorKind::Change),
];

const INTERVALS: &[(&str, IntervalMethod)] = &[
    ("wilson", IntervalMethod::Wilson),
    ("clopper_pearson", IntervalMethod::ClopperPearson),
    ("byar", IntervalMethod::Byar),
    ("poisson", IntervalMethod::Poisson),
    ("none", IntervalMethod::None),
];

pub(in crate::catalogue) fn levels(section: &mut Section<'_, '_, '_>) -> Option<Vec<Level>> {
    let words = section.texts("levels")?;
    let mut levels = Vec::new();
    for word in words {
        match Level::from_slug(&word) {
            Some(level) => levels.push(level),
            None => {
                let slugs = Level::ALL.map(Level::slug);
                let remedy = format!("Möglich sind {}.", crate::spelling::list(&slugs, 20));
                section.error(
                    "unknown-choice",
                    "levels",
                    format!("die Ebene „{word}“ gibt es nicht."),
                    remedy,
                );
            }
        }
    }
    Some(levels)
}

pub(in crate::catalogue) fn id(section: &mut Section<'_, '_, '_>) -> Option<IndicatorId> {
    let remedy =
        "Einen kurzen Namen aus Kleinbuchstaben, Ziffern, „-“ und „_“ vergeben, zum Beispiel „kinderarmut“.";
    let text = section.required_text("id", remedy)?;
    let id = IndicatorId::new(&text);
    if id.is_none() {
        section.error("bad-id", "id", format!("„{text}“ kann nicht in einer Adresse stehen."), remedy);
    }
    id
}

fn expression(section: &mut Section<'_, '_, '_>, key: &str) -> Option<Expression> {
    let text =
        section.required_text(key, "Eine Variable oder eine Rechnung angeben, zum Beispiel „sgb2_u18“.")?;
    match Expression::parse(&text) {
        Ok(expression) => Some(expression),
        Err(error) => {
            section.error(
                "expression",
                key,
                format!("im Ausdruck „{text}“: {error}"),
                "Den Ausdruck berichtigen.",
            );
            None
        }
    }
}

/// Refuses keys that have no meaning for a kind.
fn refuse(section: &mut Section<'_, '_, '_>, keys: &[&str], kind: &str) {
    for key in keys {
        if section.has(key) {
            let message = format!("„{key}“ passt nicht zu kind = \"{kind}\".");
            section.error("key-not-for-kind", key, message, "Den Schlüssel entfernen oder „kind“ ändern.");
        }
    }
}

fn formula(section: &mut Section<'_, '_, '_>, kind: IndicatorKind) -> Option<Formula> {
    match kind {
        IndicatorKind::Count => {
            refuse(section, &["denominator", "value", "per"], "count");
            Some(Formula::Count(expression(section, "numerator")?))
        }
        IndicatorKind::Value => {
            refuse(section, &["numerator", "denominator", "per", "smoothing"], "value");
            Some(Formula::Value(expression(section, "value")?))
        }
        IndicatorKind::Share | IndicatorKind::Rate | IndicatorKind::Index | IndicatorKind::Change => {
            refuse(section, &["value"], if kind == IndicatorKind::Share { "share" } else { "rate" });
            let (numerator, denominator) =
                (expression(section, "numerator"), expression(section, "denominator"));
            Some(Formula::Quotient { numerator: numerator?, denominator: denominator? })
        }
    }
}

fn interval(section: &mut Section<'_, '_, '_>, kind: IndicatorKind) -> IntervalMethod {
    use IntervalMethod::{Byar, ClopperPearson, None, Poisson, Wilson};
    let (default, possible): (_, &[IntervalMethod]) = match kind {
        IndicatorKind::Share => (Wilson, &[Wilson, ClopperPearson, None]),
        IndicatorKind::Rate => (Byar, &[Byar, Poisson, None]),
        IndicatorKind::Count => (None, &[Byar, Poisson, None]),
        IndicatorKind::Value | IndicatorKind::Index | IndicatorKind::Change => (None, &[None]),
    };
    let found = section.choice("interval", INTERVALS).unwrap_or(default);
    if !possible.contains(&found) {
        let word = |method| INTERVALS.iter().find(|(_, m)| *m == method).map_or("", |(word, _)| *word);
        let words: Vec<&str> = possible.iter().map(|method| word(*method)).collect();
        let message = format!("das Intervall „{}“ passt nicht zu dieser Art von Zahl.", word(found));
        section.error(
            "interval-not-for-kind",
            "interval",
            message,
            format!("Möglich: {}.", crate::spelling::list(&words, 9)),
        );
        return default;
    }
    found
}

fn factor(section: &mut Section<'_, '_, '_>, kind: IndicatorKind) -> f64 {
    let default = match kind {
        IndicatorKind::Share => 100.0,
        IndicatorKind::Rate => 1_000.0,
        _ => 1.0,
    };
    let Some(per) = section.number("per") else { return default };
    if ![1.0, 100.0, 1_000.0, 10_000.0, 100_000.0].contains(&per) {
        let message = "„per“ muss 1, 100, 1000, 10000 oder 100000 sein.";
        section.error("number-range", "per", message, "Den Wert anpassen.");
        return default;
    }
    per
}

/// Reads one indicator; `None` when it cannot be used (the reasons are with the reader).
pub(in crate::catalogue) fn read(mut section: Section<'_, '_, '_>) -> Option<Definition> {
    let place = section.place("id");
    let id = id(&mut section);
    let title = section.required_text("title", "Einen Titel angeben, wie er über Karten und Tabellen steht.");
    let definition = section
        .required_text("definition", "Angeben, wer gezählt wird, worauf bezogen und zu welchem Zeitpunkt.");
    let is_index = section.raw("kind").and_then(|kind| kind.get_ref().as_str()) == Some("index");
    let kind = if is_index {
        section.error(
            "key-not-for-kind",
            "kind",
            "ein Index ist kein einzelner Indikator.",
            "Den Index als [[recipe]] beschreiben.",
        );
        None
    } else if section.has("kind") {
        section.choice("kind", KINDS)
    } else {
        section.missing(
            "kind",
            "Eine Art angeben: count (Anzahl), share (Anteil), rate (Rate), value (Wert) oder change (Veränderung).",
        );
        None
    }?;
    let formula = formula(&mut section, kind);
    let factor = factor(&mut section, kind);
    let default_unit = match kind {
        IndicatorKind::Share if factor == 100.0 => "%".to_string(),
        IndicatorKind::Share | IndicatorKind::Rate => format!("je {}", kekiz_base::number::german(factor, 0)),
        _ => String::new(),
    };
    let unit = section.text("unit").unwrap_or(default_unit);
    let decimals = section.whole("decimals", 0..=9).unwrap_or(u64::from(kind != IndicatorKind::Count));
    let polarity = section.choice("polarity", POLARITIES).unwrap_or_default();
    let life_phase = section.choice("life_phase", LIFE_PHASES).unwrap_or(LifePhase::Familie);
    let life_area = section.text("life_area").filter(|text| !text.is_empty()).unwrap_or("Allgemeines".into());
    let interval = interval(&mut section, kind);
    let minimum_base = section.whole("minimum_base", 0..=1_000_000).unwrap_or(0);
    let smoothing = section.flag("smoothing").unwrap_or(false);
    if smoothing && kind == IndicatorKind::Count {
        section.error(
            "key-not-for-kind",
            "smoothing",
            "Anzahlen lassen sich nicht glätten, nur Anteile und Raten.",
            "„smoothing“ entfernen oder einen Anteil definieren.",
        );
    }
    let compare_parent = section.flag("compare_parent").unwrap_or(kind != IndicatorKind::Count);
    if compare_parent && kind == IndicatorKind::Count {
        section.error(
            "key-not-for-kind",
            "compare_parent",
            "eine Anzahl ist immer kleiner als die des übergeordneten Gebiets; der Vergleich sagt nichts.",
            "„compare_parent“ entfernen oder einen Anteil definieren.",
        );
    }
    let groups = section.texts("groups").map(|names| names.iter().map(GroupId::new).collect());
    let levels = levels(&mut section);
    let breaks = section.years("breaks");
    let notes = section.texts("notes").unwrap_or_default();
    let plain_title = section.text("plain_title").filter(|text| !text.is_empty());
    let title = title?;
    Some(Definition {
        id: id?,
        plain_title: plain_title.unwrap_or_else(|| title.clone()),
        title,
        definition: definition?,
        kind,
        formula: formula?,
        factor,
        unit,
        decimals: decimals as u8,
        polarity,
        life_phase,
        life_area,
        interval,
        minimum_base: minimum_base as u32,
        smoothing,
        compare_parent,
        groups,
        levels,
        breaks,
        notes,
        place,
    })
}
