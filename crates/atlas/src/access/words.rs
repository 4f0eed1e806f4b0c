//! Reach in German sentences.

use super::{Access, DETOUR, METRES_A_MINUTE, Places};
use crate::{Atlas, naming};
use kekiz_base::number::german;
use kekiz_base::{AreaKey, IndicatorMeta, Level};
use kekiz_lake::FacilityLayer;
use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) const NO_FACILITIES: &str =
    "Hier sind noch keine Einrichtungen veröffentlicht; ohne sie lässt sich keine Erreichbarkeit zeigen.";
pub(super) const NO_CHILDREN: &str = "Hier ist keine Zahl der Kinder veröffentlicht, die zu dieser Auswahl passt. Abhilfe: eine andere Ebene oder ein anderes Gebiet wählen.";

pub(super) fn no_kind(kind: &str, kinds: &[String]) -> String {
    let kind: String = kind.chars().take(60).collect();
    format!("Die Art „{kind}“ gibt es in dieser Liste nicht. Möglich: alle, {}.", kinds.join(", "))
}

pub(super) fn no_count(meta: &IndicatorMeta, counts: &[Arc<IndicatorMeta>]) -> String {
    let known: Vec<&str> = counts.iter().map(|meta| meta.id.as_str()).collect();
    format!("„{}“ zählt keine Kinder. Möglich: {}.", meta.title, known.join(", "))
}

/// The list has nothing in the areas asked for.
pub(super) fn not_covered(atlas: &Atlas, layer: &FacilityLayer, covered: &BTreeSet<AreaKey>) -> String {
    let mut names: Vec<&str> = covered
        .iter()
        .filter_map(|key| atlas.tree().get(key))
        .filter(|area| area.level == Level::Gemeinde)
        .map(|area| area.name.as_str())
        .collect();
    names.sort_unstable();
    let more = if names.len() > 8 { " …" } else { "" };
    names.truncate(8);
    format!(
        "Die Liste „{}“ nennt in diesem Ausschnitt keine Einrichtung; ob es dort welche gibt, ist nicht bekannt. Abhilfe: einen Ausschnitt wählen, den sie abdeckt: {}{more}.",
        layer.title,
        names.join(", ")
    )
}

/// Name of what is reached.
pub(super) fn goal(found: &Access) -> String {
    match &found.kind {
        Some(kind) => format!("eine Einrichtung der Art „{kind}“"),
        None => format!("eine Einrichtung aus „{}“", found.layer.title),
    }
}

/// How many reach one, and where the fewest do.
pub(super) fn sentence(found: &Access) -> String {
    let view = &found.view;
    let place = match &view.within {
        Some(area) => naming::inside(&area.name),
        None => format!("in den gezeigten {}", dative(view.level.plural())),
    };
    let free = if found.places == Places::Free { " mit einem freien Platz" } else { "" };
    let Some(percent) = found.percent() else {
        return format!("Für kein Gebiet {place} ist eine Zahl der Kinder gezeigt.");
    };
    let mut out = format!(
        "Etwa {} von 100 Kindern {place} erreichen {}{free} in höchstens {} Minuten zu Fuß",
        german(percent, 0),
        goal(found),
        found.minutes
    );
    let least = found.rows.iter().filter_map(|row| Some((row.share?, row))).min_by(|a, b| {
        let children = |row: &super::AccessRow| row.row.value.unwrap_or(0.0);
        a.0.total_cmp(&b.0).then(children(b.1).total_cmp(&children(a.1)))
    });
    if let Some((share, row)) = least
        && found.rows.len() > 1
        && 100.0 * share + 5.0 < percent
    {
        out.push_str(&format!(
            "; am wenigsten sind es {} ({} von 100)",
            naming::inside(&row.row.area.name),
            german(100.0 * share, 0)
        ));
    }
    out.push('.');
    out
}

/// A plural in the dative.
fn dative(plural: &str) -> String {
    match plural {
        "Städte und Gemeinden" => "Städten und Gemeinden".into(),
        "Kreise und kreisfreie Städte" => "Kreisen und kreisfreien Städten".into(),
        "Statistische Bezirke" => "statistischen Bezirken".into(),
        "Baublöcke" => "Baublöcken".into(),
        "Länder" => "Ländern".into(),
        other if other.ends_with('e') => format!("{other}n"),
        other => other.to_string(),
    }
}

/// What stands behind the numbers and what nobody knows.
pub(super) fn assumptions(found: &Access) -> Vec<String> {
    let metres = f64::from(found.minutes) * METRES_A_MINUTE / DETOUR;
    let hidden = found.rows.iter().filter(|row| row.covered && row.share.is_none()).count();
    let uncovered = found.rows.iter().filter(|row| !row.covered).count();
    let mut out = vec![
        format!(
            "Weg: Luftlinie mal {} (Annahme für Umwege), Gehtempo {} km/h; {} Minuten sind damit {} m Luftlinie. Flüsse, Bahnlinien und Berge zählen nicht.",
            german(DETOUR, 1),
            german(METRES_A_MINUTE * 0.06, 1),
            found.minutes,
            german((metres / 10.0).round() * 10.0, 0)
        ),
        "Wo im Gebiet die Kinder wohnen, ist nicht veröffentlicht. Angenommen ist: gleichmäßig über die Fläche. In Gebieten mit viel Wald oder Feld wird die Erreichbarkeit dadurch unterschätzt.".into(),
        match found.places {
            Places::Free => "Freie Plätze stehen in der Liste; gezählt sind nur Einrichtungen mit mindestens einem.".into(),
            Places::All => "Die Liste nennt Plätze, aber nicht, ob sie frei sind. Gezählt ist jede Einrichtung, auch eine volle.".into(),
            Places::Unknown => "Die Liste nennt keine Plätze. Ob eine erreichbare Einrichtung einen Platz frei hat, ist nicht bekannt; gezählt ist jede.".into(),
        },
        "Einrichtungen jenseits der Grenze zählen nur mit, wenn sie in der Liste stehen.".into(),
    ];
    if hidden > 0 {
        let text = if hidden == 1 {
            "1 Gebiet ist nicht gerechnet, da seine Zahl der Kinder".to_string()
        } else {
            format!("{hidden} Gebiete sind nicht gerechnet, da ihre Zahl der Kinder")
        };
        out.push(format!("{text} geschützt ist oder fehlt; sie zählen auch nicht als null."));
    }
    if uncovered > 0 {
        out.push(format!(
            "Für {} liegt keine Einrichtung ihrer Kommune in der Liste; dort ist nichts gerechnet, auch nicht null.",
            if uncovered == 1 { "1 Gebiet".to_string() } else { format!("{uncovered} Gebiete") }
        ));
    }
    out.push(format!(
        "Zahl der Kinder: {} ({}, {}).",
        found.view.meta.title,
        found.view.period,
        found.view.level.plural()
    ));
    out
}
