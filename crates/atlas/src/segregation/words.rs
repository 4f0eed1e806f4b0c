//! Segregation in words a council member understands.

use super::{IndexRow, Segregation};
use crate::naming;
use crate::view::View;
use kekiz_base::number::german;
use kekiz_segregation::CountsError;
use kekiz_segregation::chance::Index;

pub(super) fn too_few(view: &View) -> String {
    format!(
        "Für „{}“ haben weniger als drei Gebiete Fallzahlen, die gezeigt werden dürfen. Abhilfe: eine feinere Ebene oder ein größeres Gebiet wählen.",
        view.meta.title
    )
}

pub(super) fn too_many(view: &View) -> String {
    format!(
        "Für „{}“ wären es mehr als drei Millionen Personen; der Zufall lässt sich dafür nicht schnell genug nachspielen. Abhilfe: ein Gebiet als Ausschnitt wählen, zum Beispiel eine Stadt.",
        view.meta.title
    )
}

pub(super) fn refusal(view: &View, error: &CountsError) -> String {
    match error {
        CountsError::NotWhole { .. } => format!(
            "Die veröffentlichten Fallzahlen von „{}“ sind keine ganzen Zahlen; der Zufall lässt sich nur mit ganzen Personen nachspielen. Abhilfe: eine Kennzahl mit ungerundeten Fallzahlen wählen.",
            view.meta.title
        ),
        CountsError::EmptyGroup { .. } => format!(
            "In „{}“ gehört niemand oder jeder zur Gruppe; ungleich verteilt sein kann sie dann nicht.",
            view.meta.title
        ),
        other => other.to_string(),
    }
}

/// Name of an index, and what it says.
pub fn index_name(index: Index) -> (&'static str, &'static str) {
    match index {
        Index::Dissimilarity => (
            "Dissimilarität D",
            "Anteil der Gruppe, der umziehen müsste, damit sie überall gleich vertreten wäre",
        ),
        Index::CorrelationRatio => (
            "Korrelationsverhältnis V",
            "wie viel häufiger sich Kinder der Gruppe untereinander begegnen, als es bei gleicher Verteilung wäre",
        ),
        Index::Theil => ("Theils H", "wie viel man über die Gruppe weiß, wenn man nur die Einheit kennt"),
    }
}

/// Whether an index lies above, in or below what chance gives.
pub fn against_chance(row: &IndexRow) -> &'static str {
    match row.corrected.raw {
        raw if raw > row.band.1 => "mehr, als der Zufall ergibt",
        raw if raw < row.band.0 => "weniger, als der Zufall ergibt",
        _ => "im Rahmen des Zufalls",
    }
}

/// The finding.
pub(super) fn sentence(found: &Segregation) -> String {
    let view = &found.view;
    let place = match &view.within {
        Some(area) => format!("{} {}", view.level.plural(), naming::inside(&area.name)),
        None => found.title.clone(),
    };
    let mut out = format!("{} {}, {place}: ", view.meta.title, view.period);
    if let Some(row) = found.dissimilarity() {
        let percent = |share: f64| german(100.0 * share, 0);
        out.push_str(&format!(
            "{} von 100 Menschen der Gruppe müssten umziehen, damit sie überall gleich vertreten wären",
            percent(row.corrected.raw)
        ));
        out.push_str(&match against_chance(row) {
            "im Rahmen des Zufalls" => {
                format!("; so viel ergäbe auch reiner Zufall ({} von 100).", percent(row.corrected.expected))
            }
            other => format!("; das ist {other} (im Mittel {} von 100).", percent(row.corrected.expected)),
        });
    }
    let outside = |above| found.found.units.iter().filter(|unit| unit.outside() == Some(above)).count();
    out.push_str(&format!(
        " Von {} Gebieten liegen {} über und {} unter dem, was Zufall erwarten lässt.",
        found.rows.len(),
        outside(true),
        outside(false)
    ));
    if found.left_out > 0 {
        let text = if found.left_out == 1 {
            "1 Gebiet ist".into()
        } else {
            format!("{} Gebiete sind", found.left_out)
        };
        out.push_str(&format!(" {text} nicht dabei, da geschützt oder ohne Fallzahl."));
    }
    out
}
