//! What a model must fulfil.

use super::{Kind, MODEL_VERSION, MOST_COMPARISONS, MOST_LEVELS, Model, ParseKeyError, Probabilities, Test};
use std::collections::BTreeSet;

/// Why a model cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ModelError {
    /// Not TOML, or a field that does not belong there.
    #[error(
        "Zeile {line} des Modells ist nicht zu lesen ({message}). Abhilfe: die Zeile nach docs/formate.md berichtigen."
    )]
    Syntax {
        /// Line from 1; 0 where it is not known.
        line: usize,
        /// What the reader says.
        message: String,
    },
    /// Another version.
    #[error("Das Modell hat {}, lesbar ist Version {MODEL_VERSION}. Abhilfe: version = {MODEL_VERSION} an den Anfang schreiben, oder ein neueres Programm verwenden.", .0.map_or("keine Versionsangabe".to_string(), |v| format!("Version {v}")))]
    Version(Option<u32>),
    /// A blocking key that cannot be read.
    #[error(
        "Der Schlüssel „{key}“ einer Vorauswahl ist nicht zu lesen: {cause} Abhilfe: ihn unter [[blocking]] berichtigen."
    )]
    Key {
        /// The key.
        key: String,
        /// Why.
        cause: ParseKeyError,
    },
    /// A name that leads nowhere.
    #[error(
        "Die Spalte „{column}“ wird verglichen, steht aber nicht unter [[column]]. Abhilfe: sie dort mit from und kind angeben."
    )]
    UnknownColumn {
        /// The name.
        column: String,
    },
    /// A level without meaning.
    #[error(
        "Vergleich „{column}“: Die Stufe „{test}“ {problem}. Abhilfe: die Stufe berichtigen oder weglassen."
    )]
    Level {
        /// Column of the comparison.
        column: String,
        /// Name of the test.
        test: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// Something else, with the remedy.
    #[error("{0}")]
    Content(String),
}

fn content<T>(text: impl Into<String>) -> Result<T, ModelError> {
    Err(ModelError::Content(text.into()))
}

fn fits(test: Test, kind: Kind) -> bool {
    match test {
        Test::DayMonthSwapped
        | Test::OneDigit
        | Test::Placeholder
        | Test::TwoParts
        | Test::SameYear
        | Test::Days { .. } => kind == Kind::Date,
        Test::StreetName => kind == Kind::Street,
        Test::Exact => true,
        _ => kind != Kind::Date,
    }
}

fn share(value: Option<f64>) -> bool {
    value.is_none_or(|value| (0.0..=1.0).contains(&value))
}

/// Checks what the syntax cannot.
pub(super) fn check(model: &Model) -> Result<(), ModelError> {
    let mut names = BTreeSet::new();
    for column in &model.column {
        if column.name.is_empty() || !names.insert(column.name.as_str()) {
            return content(format!(
                "Der Name „{}“ steht mehrmals oder leer unter [[column]]. Abhilfe: jede Spalte einmal und mit eigenem Namen angeben.",
                column.name
            ));
        }
        if column.name.contains([':', '(', ')', ',']) {
            return content(format!(
                "Der Name „{}“ enthält ein Zeichen, das in Schlüsseln eine Bedeutung hat. Abhilfe: Namen ohne : ( ) , wählen; from darf sie enthalten.",
                column.name
            ));
        }
        let sources = column.from.len();
        if sources == 0 || (column.kind == Kind::Date && sources != 1 && sources != 3) {
            return content(format!(
                "Spalte „{}“: from nennt {sources} Spalten der Datei. Abhilfe: mindestens eine nennen; ein Datum hat eine Spalte oder drei (Jahr, Monat, Tag).",
                column.name
            ));
        }
    }
    if model.comparison.is_empty() || model.comparison.len() > MOST_COMPARISONS {
        return content(format!(
            "Das Modell hat {} Vergleiche; möglich sind 1 bis {MOST_COMPARISONS}. Abhilfe: unter [[comparison]] angeben, was verglichen wird.",
            model.comparison.len()
        ));
    }
    if model.blocking.is_empty() {
        return content(
            "Das Modell hat keine Vorauswahl. Abhilfe: unter [[blocking]] mindestens eine angeben; keys = [] vergleicht alle Paare.",
        );
    }
    let mut compared = BTreeSet::new();
    for comparison in &model.comparison {
        let column = &model.column[comparison.column];
        if !compared.insert(comparison.column) {
            return content(format!(
                "Die Spalte „{}“ wird zweimal verglichen; ihr Gewicht zählte doppelt. Abhilfe: die Vergleiche zusammenfassen.",
                column.name
            ));
        }
        if comparison.levels.is_empty() || comparison.levels.len() > MOST_LEVELS {
            return content(format!(
                "Vergleich „{}“ hat {} Stufen; möglich sind 1 bis {MOST_LEVELS}. Abhilfe: Stufen ergänzen oder zusammenfassen.",
                column.name,
                comparison.levels.len()
            ));
        }
        let given = |p: &Probabilities| share(p.m) && share(p.u) && share(p.h);
        if !comparison.levels.iter().all(|l| given(&l.probabilities)) || !given(&comparison.otherwise) {
            return content(format!(
                "Vergleich „{}“: m, u und h sind Wahrscheinlichkeiten. Abhilfe: Werte zwischen 0 und 1 angeben oder weglassen, dann werden sie geschätzt.",
                column.name
            ));
        }
        if let Some(level) = comparison.levels.iter().find(|level| !fits(level.test, column.kind)) {
            return Err(ModelError::Level {
                column: column.name.clone(),
                test: super::write::test_name(level.test).to_string(),
                problem: "passt nicht zur Art der Spalte",
            });
        }
    }
    let (link, keep) = (model.decision.match_probability, model.decision.keep_probability);
    if !(link > 0.0 && link < 1.0 && keep > 0.0 && keep <= link) {
        return content(
            "Unter [decision] muss 0 < keep_probability ≤ match_probability < 1 gelten. Abhilfe: die Werte berichtigen.",
        );
    }
    let prior = [model.prior.matching, model.prior.household];
    if prior.iter().flatten().any(|value| !(*value > 0.0 && *value < 1.0)) {
        return content(
            "Unter [prior] stehen Anteile an allen Paaren. Abhilfe: Werte zwischen 0 und 1 angeben.",
        );
    }
    if let Some(name) = &model.constraints.one_per
        && model.column_named(name).is_none()
    {
        return content(format!(
            "Unter [constraints] nennt one_per die Spalte „{name}“, die nicht unter [[column]] steht. Abhilfe: sie dort angeben."
        ));
    }
    Ok(())
}
