//! What an indicator is: the table `[[indicator]]` of a catalogue.

mod read;

pub(super) use read::{KEYS, LIFE_PHASES, POLARITIES, id, levels, read};

use crate::expression::{Expression, Variable};
use kekiz_base::{
    GroupId, IndicatorId, IndicatorKind, IndicatorMeta, Level, LifePhase, Place, Polarity, Source,
};

/// How the uncertainty of a figure is given. All intervals are at 95 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntervalMethod {
    /// Wilson score interval of a share.
    Wilson,
    /// Exact interval of a share.
    ClopperPearson,
    /// Byar's interval of a count or rate.
    Byar,
    /// Exact Poisson interval of a count or rate.
    Poisson,
    /// No interval.
    None,
}

/// How an indicator is computed.
#[derive(Clone, Debug, PartialEq)]
pub enum Formula {
    /// A number of cases.
    Count(Expression),
    /// Cases per persons, times the factor.
    Quotient {
        /// Cases.
        numerator: Expression,
        /// Persons.
        denominator: Expression,
    },
    /// A value as published; never added up.
    Value(Expression),
}

impl Formula {
    /// Its expressions with the key they stand under.
    pub fn expressions(&self) -> Vec<(&'static str, &Expression)> {
        match self {
            Formula::Count(count) => vec![("numerator", count)],
            Formula::Quotient { numerator, denominator } => {
                vec![("numerator", numerator), ("denominator", denominator)]
            }
            Formula::Value(value) => vec![("value", value)],
        }
    }

    /// All variables with the key of their expression.
    pub fn variables(&self) -> impl Iterator<Item = (&'static str, &Variable)> {
        self.expressions().into_iter().flat_map(|(key, e)| e.variables().iter().map(move |v| (key, v)))
    }
}

/// One indicator of a catalogue.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// Name in URLs.
    pub id: IndicatorId,
    /// Title as the office writes it.
    pub title: String,
    /// Title in plain language.
    pub plain_title: String,
    /// Who is counted, relative to whom, when.
    pub definition: String,
    /// Kind of number; never [`IndicatorKind::Index`].
    pub kind: IndicatorKind,
    /// How it is computed.
    pub formula: Formula,
    /// What a quotient is multiplied by: 100 for percent, 1,000 for cases per 1,000 persons; 1 otherwise.
    pub factor: f64,
    /// Unit as printed.
    pub unit: String,
    /// Decimals to print.
    pub decimals: u8,
    /// Direction that is good for children.
    pub polarity: Polarity,
    /// Phase of life.
    pub life_phase: LifePhase,
    /// Area of life.
    pub life_area: String,
    /// Interval.
    pub interval: IntervalMethod,
    /// Smallest denominator a rate is shown for.
    pub minimum_base: u32,
    /// Whether small areas also get an empirical-Bayes value.
    pub smoothing: bool,
    /// Whether areas are compared with the area they lie in.
    pub compare_parent: bool,
    /// Groups to compute, in this order; `None` for all the data have.
    pub groups: Option<Vec<GroupId>>,
    /// Levels to compute; `None` for all the data have.
    pub levels: Option<Vec<Level>>,
    /// Years in which a new series begins: figures from then on are not compared with earlier ones.
    pub breaks: Vec<i16>,
    /// Public notes.
    pub notes: Vec<String>,
    /// Where it stands in the catalogue.
    pub place: Place,
}

impl Definition {
    /// Whether the series breaks after the year `before` and not later than `year`: the two are not comparable.
    pub fn breaks_between(&self, before: i16, year: i16) -> bool {
        self.breaks.iter().any(|first| before < *first && *first <= year)
    }

    /// What is published of it; `sources` come from the datasets.
    pub fn meta(&self, sources: Vec<Source>) -> IndicatorMeta {
        let interval_method = match self.interval {
            IntervalMethod::Wilson => "Wilson (95 %)",
            IntervalMethod::ClopperPearson => "Clopper-Pearson, exakt (95 %)",
            IntervalMethod::Byar => "Byar (95 %)",
            IntervalMethod::Poisson => "Poisson, exakt (95 %)",
            IntervalMethod::None if self.kind == IndicatorKind::Value => {
                "keines: der Wert liegt ohne Fallzahlen vor"
            }
            IntervalMethod::None if self.kind == IndicatorKind::Count => "keines: gezählte Fälle",
            IntervalMethod::None => "keines: im Katalog abgeschaltet",
        };
        IndicatorMeta {
            id: self.id.clone(),
            title: self.title.clone(),
            plain_title: self.plain_title.clone(),
            definition: self.definition.clone(),
            kind: self.kind,
            unit: self.unit.clone(),
            decimals: self.decimals,
            polarity: self.polarity,
            life_phase: self.life_phase,
            life_area: self.life_area.clone(),
            interval_method: interval_method.into(),
            minimum_base: self.minimum_base,
            sources,
            classes: Vec::new(),
            notes: self.notes.iter().cloned().chain(self.breaks.iter().map(break_note)).collect(),
            sensitivity: String::new(),
        }
    }
}

/// What the public reads about a break in a series.
fn break_note(year: &i16) -> String {
    format!("Bruch in der Zeitreihe: Die Zahlen ab {year} sind mit denen davor nicht vergleichbar.")
}
