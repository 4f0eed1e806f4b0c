//! The finding in one sentence.

use super::{ClusterClass, Clusters, DRAWS, LEVEL};
use crate::{naming, wording};
use kekiz_base::IndicatorMeta;
use kekiz_base::number::german;
use kekiz_spatial::autocorrelation::AutocorrelationError;

/// Names written out for each kind of finding.
const NAMED: usize = 3;

/// What was found, naming places.
pub(super) fn sentence(found: &Clusters) -> String {
    let view = &found.view;
    let place = match &view.within {
        Some(area) => format!("{} {}", view.level.plural(), naming::inside(&area.name)),
        None => found.title.clone(),
    };
    let mut parts = Vec::new();
    if let Some((names, several)) = names(found, ClusterClass::HighHigh) {
        parts.push(match several {
            true => format!("hohe Werte liegen beieinander rund um {names}"),
            false => format!("{names} liegt hoch mitten unter hohen Werten"),
        });
    }
    if let Some((names, several)) = names(found, ClusterClass::LowLow) {
        parts.push(match several {
            true => format!("niedrige Werte liegen beieinander rund um {names}"),
            false => format!("{names} liegt niedrig mitten unter niedrigen Werten"),
        });
    }
    for (class, high, around) in
        [(ClusterClass::HighLow, "hoch", "niedrigen"), (ClusterClass::LowHigh, "niedrig", "hohen")]
    {
        if let Some((names, several)) = names(found, class) {
            let verb = if several { "liegen" } else { "liegt" };
            parts.push(format!("{names} {verb} {high} zwischen {around} Werten"));
        }
    }
    let rest = found.of_class(ClusterClass::Unremarkable).count();
    let lead = format!("{} {}, {place}: ", view.meta.title, view.period);
    if parts.is_empty() {
        return format!(
            "{lead}Kein Gebiet hebt sich mit seinen Nachbarn stärker ab, als der Zufall erwarten lässt."
        );
    }
    let mut text = parts.join("; ");
    if let Some(first) = text.chars().next() {
        text.replace_range(..first.len_utf8(), &first.to_uppercase().to_string());
    }
    let end = match rest {
        0 => ".".to_string(),
        1 => "; das übrige Gebiet ist nicht auffällig.".to_string(),
        _ => format!("; die übrigen {rest} Gebiete sind nicht auffällig."),
    };
    format!("{lead}{text}{end}")
}

impl Clusters {
    /// How it was reckoned, in one sentence.
    pub fn method(&self) -> String {
        format!(
            "Lokales Moran-I, Nachbarn: {}; {} zufällige Anordnungen je Gebiet mit festem Startwert, zweiseitig; unter den markierten Gebieten sind im Mittel höchstens {} % Fehlalarme (FDR).",
            self.neighbourhood.name(),
            german(f64::from(DRAWS), 0),
            german(100.0 * LEVEL, 0)
        )
    }
}

/// The strongest areas of a class in words, and whether there are several.
fn names(found: &Clusters, class: ClusterClass) -> Option<(String, bool)> {
    let mut rows: Vec<_> = found.of_class(class).collect();
    rows.sort_by(|a, b| {
        let strength = |row: &super::ClusterRow| row.statistic.map_or(0.0, f64::abs);
        strength(b).total_cmp(&strength(a)).then_with(|| a.row.area.key.cmp(&b.row.area.key))
    });
    let mut names: Vec<String> = rows.iter().take(NAMED).map(|row| row.row.area.name.clone()).collect();
    match rows.len().checked_sub(NAMED) {
        None | Some(0) => {}
        Some(1) => names.push("ein weiteres Gebiet".into()),
        Some(more) => names.push(format!("{more} weitere Gebiete")),
    }
    (!rows.is_empty()).then(|| (wording::list(&names), rows.len() > 1))
}

/// Why there is no map of clusters, for a reader who knows nothing of methods.
pub(super) fn refusal(meta: &IndicatorMeta, error: &AutocorrelationError) -> String {
    let title = &meta.title;
    match error {
        AutocorrelationError::TooFew { areas, needed } => format!(
            "Für „{title}“ haben nur {areas} benachbarte Gebiete einen gezeigten Wert; für eine Karte der Häufungen braucht es mindestens {needed}. Abhilfe: eine feinere Ebene, einen größeren Ausschnitt oder die nächsten Gebiete als Nachbarn wählen."
        ),
        AutocorrelationError::Constant => format!(
            "In „{title}“ haben alle Gebiete denselben Wert; ohne Unterschiede gibt es keine Häufungen. Abhilfe: einen anderen Zeitraum wählen."
        ),
        AutocorrelationError::NoNeighbours => format!(
            "Für „{title}“ berühren sich keine zwei Gebiete mit gezeigtem Wert. Abhilfe: die nächsten Gebiete als Nachbarn wählen."
        ),
        other => other.to_string(),
    }
}

/// There is nothing to find neighbours by.
pub(super) fn no_shapes(meta: &IndicatorMeta) -> String {
    format!(
        "Zu „{}“ fehlen auf dieser Ebene die Gebietsgrenzen; ohne sie gibt es keine Nachbarn. Abhilfe: eine andere Ebene wählen.",
        meta.title
    )
}
