//! The index in German sentences.

use super::{Composite, MOST, Part};
use crate::view::LevelChoice;
use crate::{naming, wording};
use kekiz_base::number::german;
use kekiz_base::{IndicatorMeta, Period};
use kekiz_stats::index::IndexError;
use std::sync::Arc;

pub(super) const TOO_FEW_PARTS: &str =
    "Ein Index braucht mindestens zwei Kennzahlen. Abhilfe: eine weitere hinzufügen.";
pub(super) const NO_LEVEL: &str = "Diese Kennzahlen gibt es auf keiner gemeinsamen Gebietsebene. Abhilfe: Kennzahlen derselben Ebene wählen.";

pub(super) fn too_many_parts(found: usize) -> String {
    format!(
        "Ein Index hat hier höchstens {MOST} Kennzahlen; gewählt sind {found}. Abhilfe: einige weglassen."
    )
}

pub(super) fn twice(meta: &IndicatorMeta) -> String {
    format!("„{}“ ist zweimal gewählt. Abhilfe: das Gewicht erhöhen, statt sie zu wiederholen.", meta.title)
}

pub(super) fn bad_weight(meta: &IndicatorMeta) -> String {
    format!(
        "Das Gewicht von „{}“ muss eine Zahl über 0 und bis 100 sein, zum Beispiel 1 oder 0,5.",
        meta.title
    )
}

pub(super) fn no_direction(meta: &IndicatorMeta) -> String {
    format!(
        "„{}“ ist weder gut noch schlecht für Kinder. Abhilfe: unter „Richtung“ sagen, ob mehr davon günstig oder ungünstig zählt.",
        meta.title
    )
}

pub(super) fn no_period(asked: Option<Period>, shared: &[(Period, Vec<usize>)]) -> String {
    if shared.is_empty() {
        return "Diese Kennzahlen liegen für keinen gemeinsamen Zeitraum vor. Abhilfe: eine davon weglassen."
            .into();
    }
    let asked = asked.map_or_else(String::new, |period| format!(" {period}"));
    let known: Vec<String> = shared.iter().rev().take(12).map(|(period, _)| period.to_string()).collect();
    format!("Den Zeitraum{asked} haben nicht alle Kennzahlen. Möglich: {}.", known.join(", "))
}

pub(super) fn too_few(found: usize, level: &LevelChoice) -> String {
    format!(
        "Nur {found} Gebiete ({}) haben in allen gewählten Kennzahlen einen gezeigten Wert; es braucht mindestens drei. Abhilfe: eine Kennzahl weglassen oder einen anderen Zeitraum wählen.",
        level.title
    )
}

/// Messages of the method count columns; readers know them by name.
pub(super) fn refusal(error: &IndexError, parts: &[(Arc<IndicatorMeta>, Part)]) -> String {
    let mut text = error.to_string();
    for (at, (meta, _)) in parts.iter().enumerate().rev() {
        text = text.replace(&format!("Merkmal {} ", at + 1), &format!("Merkmal „{}“ ", meta.title));
    }
    text
}

/// Best, worst, and how steady the order is.
pub(super) fn sentence(found: &Composite) -> String {
    let mut ranked: Vec<(f64, &str)> =
        found.rows.iter().filter_map(|row| Some((row.rank?, row.area.name.as_str()))).collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(b.1)));
    let mut out = String::new();
    if let (Some(best), Some(worst)) = (ranked.first(), ranked.last()) {
        out = format!(
            "Am günstigsten ist die Lage {}, am ungünstigsten {} ({} Gebiete, {}).",
            naming::inside(best.1),
            naming::inside(worst.1),
            german(ranked.len() as f64, 0),
            found.period
        );
    }
    let verdict = match found.stability {
        share if share >= 0.8 => "Die Reihenfolge ist recht stabil",
        share if share >= 0.6 => "Die Reihenfolge hängt spürbar von den Gewichten ab",
        _ => "Die Reihenfolge hängt stark von den Gewichten ab",
    };
    out.push_str(&format!(
        " {verdict}: Mit anderen Gewichten und Verfahren rückt ein Gebiet im Mittel um {} Plätze, und {} von 100 bleiben in ihrer Klasse.",
        german(found.mean_shift, 1),
        german(100.0 * found.stability, 0)
    ));
    let hidden = found.rows.len() - ranked.len();
    if hidden > 0 {
        let text = if hidden == 1 { "1 Gebiet hat".into() } else { format!("{hidden} Gebiete haben") };
        out.push_str(&format!(" {text} keinen Wert, da mindestens eine Kennzahl geschützt ist oder fehlt."));
    }
    out
}

/// What the index says, for its recipe.
pub(super) fn definition(found: &[(Arc<IndicatorMeta>, Part)]) -> String {
    let titles: Vec<String> = found.iter().map(|(meta, _)| meta.title.clone()).collect();
    format!("Zusammengesetzt aus {}.", wording::list(&titles))
}
