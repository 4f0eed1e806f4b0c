//! What a goal lacks to be specific, measurable, achievable, relevant and timed.

use super::Goal;
use kekiz_base::Polarity;
use serde::{Deserialize, Serialize};

/// The letters of SMART.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Letter {
    /// Specific.
    Specific,
    /// Measurable.
    Measurable,
    /// Achievable.
    Achievable,
    /// Relevant.
    Relevant,
    /// Timed.
    Timed,
}

impl Letter {
    /// German word.
    pub fn name(self) -> &'static str {
        match self {
            Letter::Specific => "spezifisch",
            Letter::Measurable => "messbar",
            Letter::Achievable => "erreichbar",
            Letter::Relevant => "bedeutsam",
            Letter::Timed => "terminiert",
        }
    }
}

/// One thing a goal lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmartGap {
    /// Which letter.
    pub letter: Letter,
    /// A German sentence with the remedy.
    pub sentence: String,
}

/// What a goal lacks, by letter. Empty when it is SMART as far as fields can tell; whether its words are good is
/// for people to judge.
pub fn lacks(goal: &Goal) -> Vec<SmartGap> {
    let mut found = Vec::new();
    let mut lack = |missing: bool, letter, sentence: &str| {
        if missing {
            found.push(SmartGap { letter, sentence: sentence.into() });
        }
    };
    let empty = |text: &str| text.trim().is_empty();
    lack(empty(&goal.sentence), Letter::Specific, "Das Ziel ist noch nicht als Satz beschrieben.");
    lack(empty(&goal.target_group), Letter::Specific, "Es fehlt, für wen das Ziel gilt (Zielgruppe).");
    lack(goal.step.is_none(), Letter::Specific, "Es fehlt die Stufe der Wirkungstreppe (1 bis 7).");
    lack(
        goal.step.is_some_and(|step| !step.is_effect()),
        Letter::Relevant,
        "Das Ziel beschreibt eine Leistung (Stufe 1 bis 3). Abhilfe: ergänzen, was sich dadurch für Kinder ändert (ab Stufe 4).",
    );
    lack(
        empty(&goal.achievable),
        Letter::Achievable,
        "Es fehlt, warum das Ziel erreichbar ist (Mittel, Beispiele).",
    );
    lack(
        empty(&goal.relevant),
        Letter::Relevant,
        "Es fehlt, warum das Ziel hier wichtig ist (Zahlen, Wünsche von Familien).",
    );
    lack(empty(&goal.responsible), Letter::Achievable, "Es fehlt, wer für das Ziel verantwortlich ist.");
    lack(
        goal.targets.is_empty(),
        Letter::Measurable,
        "Es fehlt eine Kennzahl, an der das Ziel gemessen wird.",
    );
    for target in &goal.targets {
        let title = &target.title;
        let mut lack = |missing: bool, letter, sentence: &str| {
            lack(missing, letter, &format!("Kennzahl „{title}“: {sentence}"));
        };
        let (start, end) = (target.baseline, target.target);
        lack(start.is_none(), Letter::Measurable, "Es fehlt der Ausgangswert mit Datum.");
        lack(end.is_none(), Letter::Measurable, "Es fehlt der Zielwert.");
        lack(end.is_none(), Letter::Timed, "Es fehlt das Datum, bis zu dem der Zielwert erreicht sein soll.");
        if let Some((start, end)) = start.zip(end) {
            lack(end.date <= start.date, Letter::Timed, "Der Zieltermin liegt nicht nach dem Ausgangswert.");
            let change = end.value - start.value;
            let wrong = match target.polarity {
                Polarity::HigherIsBetter => change <= 0.0,
                Polarity::LowerIsBetter => change >= 0.0,
                Polarity::Neutral => change == 0.0,
            };
            lack(wrong, Letter::Measurable, "Der Zielwert ist nicht besser als der Ausgangswert.");
        }
        let impossible = end.is_some_and(|end| target.unit == "%" && !(0.0..=100.0).contains(&end.value));
        lack(impossible, Letter::Achievable, "Ein Anteil kann nur zwischen 0 und 100 % liegen.");
    }
    found
}
