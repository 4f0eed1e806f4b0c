//! Transitions between life phases: who hands over to whom, on which agreement, and who is lost between.
//!
//! Transitions are where prevention chains break (Richter-Kornweitz, A., Holz, G. and Kilian, H. (2023),
//! "Präventionskette", BZgA Leitbegriffe).

use crate::{Estimate, Finding, Rests};
use jiff::civil::Date;
use kekiz_base::{Interval, LifePhase};
use serde::{Deserialize, Serialize};

/// A written agreement on how children are handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// Title.
    pub title: String,
    /// Partners who signed.
    pub partners: Vec<String>,
    /// Since when.
    pub since: Option<Date>,
    /// Until when, or when it is to be looked at again.
    pub review: Option<Date>,
}

/// A transition in an area, for the children of one year.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transition {
    /// Code, for example `kita_grundschule`.
    pub code: String,
    /// Name in sentences, for example `Kita → Grundschule`.
    pub name: String,
    /// Phase before.
    pub from: LifePhase,
    /// Phase after.
    pub to: LifePhase,
    /// Name of the area in sentences.
    pub area_name: String,
    /// Year or other period of the figures, as printed.
    pub period: String,
    /// Body responsible for the transition; empty when there is none.
    pub responsible: String,
    /// Agreement on handing over.
    pub agreement: Option<Agreement>,
    /// Children who left the phase before, as counted or estimated.
    pub leaving: Option<Estimate>,
    /// Children who arrived in the phase after.
    pub arriving: Option<Estimate>,
    /// Children handed over (with a talk, a form, a visit) as the agreement says.
    pub handed_over: Option<Estimate>,
    /// Source of the figures.
    pub source: String,
}

/// What a transition lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// No agreement.
    NoAgreement,
    /// An agreement with fewer than two partners.
    OnePartner,
    /// The agreement is past its review.
    ReviewOverdue,
    /// Nobody is responsible.
    NobodyResponsible,
    /// Figures are missing.
    FiguresMissing,
    /// Figures contradict each other.
    Contradiction,
}

/// A transition looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// Children who left and did not arrive, with the interval where a count is an estimate; never below 0.
    /// `None` when a count is missing.
    pub lost: Option<Estimate>,
    /// Lost per leaving, between 0 and 1.
    pub lost_share: Option<Estimate>,
    /// Children who arrived without being handed over; `None` when not known.
    pub not_handed_over: Option<Estimate>,
    /// What it lacks.
    pub lacks: Vec<(Lack, String)>,
    /// The sentence and its figures.
    pub finding: Finding,
}

/// `a − b`, not below 0. Ends are taken from the ends of both, so the interval is at least as wide as theirs.
fn missing(a: Estimate, b: Estimate) -> Estimate {
    let value = (a.value - b.value).max(0.0);
    let interval = (a.interval.is_some() || b.interval.is_some()).then(|| Interval {
        lower: (a.lower() - b.upper()).max(0.0),
        upper: (a.upper() - b.lower()).max(0.0),
    });
    Estimate { value, interval }
}

fn good(estimate: Option<Estimate>) -> Option<Estimate> {
    estimate.filter(|e| {
        let ends = [e.lower(), e.value, e.upper()];
        ends.iter().all(|end| end.is_finite() && *end >= 0.0) && ends.is_sorted()
    })
}

/// Checks a transition on a day. Counts that are negative, or whose interval does not hold the count, are missing.
pub fn check(transition: &Transition, today: Date) -> Checked {
    let (leaving, arriving) = (good(transition.leaving), good(transition.arriving));
    let handed = good(transition.handed_over);
    let lost = leaving.zip(arriving).map(|(leaving, arriving)| missing(leaving, arriving));
    let lost_share = lost.zip(leaving).and_then(|(lost, leaving)| {
        let interval = |i: Interval| Interval {
            lower: (i.lower / leaving.upper()).clamp(0.0, 1.0),
            upper: if leaving.lower() > 0.0 { (i.upper / leaving.lower()).clamp(0.0, 1.0) } else { 1.0 },
        };
        (leaving.value > 0.0)
            .then(|| Estimate { value: lost.value / leaving.value, interval: lost.interval.map(interval) })
    });
    let not_handed_over = arriving.zip(handed).map(|(arriving, handed)| missing(arriving, handed));
    let lacks = lacks(transition, leaving, arriving, handed, today);
    let finding = Finding {
        sentence: sentence(transition, leaving, lost, lost_share, not_handed_over, &lacks),
        rests_on: figures(transition, leaving, arriving, handed),
    };
    Checked { lost, lost_share, not_handed_over, lacks, finding }
}

fn lacks(
    transition: &Transition,
    leaving: Option<Estimate>,
    arriving: Option<Estimate>,
    handed: Option<Estimate>,
    today: Date,
) -> Vec<(Lack, String)> {
    let mut found = Vec::new();
    let mut lack = |lack, sentence: String| found.push((lack, sentence));
    match &transition.agreement {
        None => lack(
            Lack::NoAgreement,
            "Es gibt keine Vereinbarung zur Übergabe. Abhilfe: die beteiligten Stellen an einen Tisch holen."
                .into(),
        ),
        Some(agreement) => {
            if agreement.partners.len() < 2 {
                lack(
                    Lack::OnePartner,
                    format!(
                        "Die Vereinbarung „{}“ hat weniger als zwei Partner. Abhilfe: abgebende und aufnehmende Stelle eintragen.",
                        agreement.title
                    ),
                );
            }
            if let Some(review) = agreement.review.filter(|review| *review < today) {
                lack(
                    Lack::ReviewOverdue,
                    format!(
                        "Die Vereinbarung „{}“ sollte bis {}.{}.{} geprüft sein. Abhilfe: Prüfung nachholen und neues Datum eintragen.",
                        agreement.title,
                        review.day(),
                        review.month(),
                        review.year()
                    ),
                );
            }
        }
    }
    if transition.responsible.trim().is_empty() {
        lack(Lack::NobodyResponsible, "Niemand ist verantwortlich. Abhilfe: eine Stelle benennen.".into());
    }
    if leaving.is_none() || arriving.is_none() {
        lack(
            Lack::FiguresMissing,
            "Es fehlt, wie viele Kinder abgehen oder ankommen. Abhilfe: beide Zahlen aus demselben Jahrgang eintragen.".into(),
        );
    }
    let more =
        |a: Option<Estimate>, b: Option<Estimate>| a.zip(b).is_some_and(|(a, b)| a.lower() > b.upper());
    if more(arriving, leaving) {
        lack(
            Lack::Contradiction,
            "Es kommen mehr Kinder an, als abgehen. Abhilfe: Jahrgang, Gebiet und Zuzüge prüfen.".into(),
        );
    }
    if more(handed, arriving) {
        lack(
            Lack::Contradiction,
            "Es sind mehr Kinder übergeben, als ankommen. Abhilfe: Jahrgang und Zählweise prüfen.".into(),
        );
    }
    found
}

fn sentence(
    transition: &Transition,
    leaving: Option<Estimate>,
    lost: Option<Estimate>,
    share: Option<Estimate>,
    not_handed_over: Option<Estimate>,
    lacks: &[(Lack, String)],
) -> String {
    let head = format!("{}, {}, {}:", transition.name, transition.area_name, transition.period);
    let contradicts = lacks.iter().any(|(lack, _)| *lack == Lack::Contradiction);
    let counts = match (leaving, lost) {
        _ if contradicts => {
            "Die Zahlen widersprechen sich; wer verloren geht, lässt sich nicht sagen.".into()
        }
        (Some(leaving), Some(lost)) if lost.upper() <= 0.0 => {
            format!("Alle {} Kinder kommen an.", leaving.german(1.0, 0, ""))
        }
        (Some(leaving), Some(lost)) => {
            let share = share.map_or(String::new(), |s| format!(", das sind {}", s.german(100.0, 1, " %")));
            let (left, lost) = (leaving.german(1.0, 0, ""), lost.german(1.0, 0, ""));
            match (left.as_str(), lost.as_str()) {
                ("1", _) => format!("1 Kind kommt nicht an{share}."),
                (_, "1") => format!("Von {left} Kindern kommt 1 nicht an{share}."),
                _ => format!("Von {left} Kindern kommen {lost} nicht an{share}."),
            }
        }
        _ => "Wie viele Kinder verloren gehen, ist nicht bekannt.".into(),
    };
    let handed = not_handed_over.filter(|e| e.value > 0.0 && !contradicts).map_or(String::new(), |e| match e
        .german(1.0, 0, "")
        .as_str()
    {
        "1" => " 1 Kind kommt ohne Übergabe an.".into(),
        many => format!(" {many} kommen ohne Übergabe an."),
    });
    let order = lacks
        .iter()
        .filter(|(lack, _)| matches!(lack, Lack::NoAgreement | Lack::NobodyResponsible | Lack::ReviewOverdue))
        .fold(String::new(), |text, (_, sentence)| {
            format!(
                "{text} {}.",
                sentence.split(". Abhilfe").next().unwrap_or(sentence).trim_end_matches('.')
            )
        });
    format!("{head} {counts}{handed}{order}")
}

fn figures(
    transition: &Transition,
    leaving: Option<Estimate>,
    arriving: Option<Estimate>,
    handed: Option<Estimate>,
) -> Vec<Rests> {
    let figure = |label: &str, estimate: Option<Estimate>| {
        let value = estimate.map_or("unbekannt".into(), |e| {
            let note = if e.interval.is_some() { " geschätzt" } else { "" };
            format!("{}{note}", e.german(1.0, 0, ""))
        });
        Rests::new(format!("{label}, {}", transition.period), value, transition.source.clone())
    };
    let responsible =
        if transition.responsible.trim().is_empty() { "niemand" } else { transition.responsible.as_str() };
    let agreement = transition.agreement.as_ref().map_or("keine", |a| a.title.as_str());
    vec![
        figure("Kinder, die abgehen", leaving),
        figure("Kinder, die ankommen", arriving),
        figure("Kinder mit Übergabe", handed),
        Rests::new("verantwortlich", responsible, "Eintrag der Koordination"),
        Rests::new("Vereinbarung", agreement, "Eintrag der Koordination"),
    ]
}

/// Transitions with the most children lost first; those whose loss is not known come last, in their order.
pub fn by_loss(transitions: &[Transition], today: Date) -> Vec<(usize, Checked)> {
    let mut all: Vec<(usize, Checked)> =
        transitions.iter().enumerate().map(|(at, transition)| (at, check(transition, today))).collect();
    let loss = |checked: &Checked| checked.lost.map_or(-1.0, |lost| lost.value);
    all.sort_by(|a, b| loss(&b.1).total_cmp(&loss(&a.1)).then(a.0.cmp(&b.0)));
    all
}
