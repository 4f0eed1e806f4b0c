//! Take-up of offers by groups that are hard to reach ("Präventionsdilemma": who needs prevention most, takes it
//! up least; Bauer, U. (2005), Das Präventionsdilemma).

use crate::{Estimate, Finding, Rests};
use kekiz_base::{AreaKey, Interval, number::german};
use kekiz_stats::difference::{Test, two_proportions};
use kekiz_stats::interval::{normal_quantile, wilson};
use serde::{Deserialize, Serialize};

/// Who took up an offer in an area: the group, and everybody else of the same age.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TakeUp {
    /// Area; `None` for the whole municipality.
    pub area: Option<AreaKey>,
    /// Name of the area in sentences.
    pub area_name: String,
    /// Name of the group in sentences, for example `Familien mit Bürgergeld`.
    pub group: String,
    /// Name of the offer or kind of offer.
    pub offer: String,
    /// Persons of the group who took it up; `None` where the figure is missing or protected.
    pub group_reached: Option<f64>,
    /// Persons of the group.
    pub group_all: Option<f64>,
    /// Persons outside the group who took it up.
    pub rest_reached: Option<f64>,
    /// Persons outside the group.
    pub rest_all: Option<f64>,
    /// Source.
    pub source: String,
}

/// Take-up of the group against the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct Reached {
    /// Share of the group that takes part, with its Wilson interval.
    pub group: Option<Estimate>,
    /// Share of the rest that takes part, with its Wilson interval.
    pub rest: Option<Estimate>,
    /// Share of the group divided by the share of the rest; `None` when either is not known or the rest has none.
    pub ratio: Option<Estimate>,
    /// Whether the shares differ by more than chance (two-sided, 1 − level); `None` when not known.
    pub differs: Option<bool>,
    /// The sentence and its figures.
    pub finding: Finding,
}

fn share(reached: Option<f64>, all: Option<f64>, level: f64) -> Option<Estimate> {
    let (x, n) = (reached?, all?);
    Some(Estimate { value: x / n, interval: Some(wilson(x, n, level)?) })
}

/// Ratio of two shares `(x1/n1) / (x2/n2)` with the log interval; `None` when a share is no share or the second is
/// zero. With nobody reached in the group the lower end is 0 and the upper end uses half a person.
///
/// Source: Katz, D., Baptista, J., Azen, S. P. and Pike, M. C. (1978), Biometrics 34, 469-474.
pub fn share_ratio(x1: f64, n1: f64, x2: f64, n2: f64, level: f64) -> Option<Estimate> {
    let z = normal_quantile(level)?;
    let good = |x: f64, n: f64| x.is_finite() && n.is_finite() && x >= 0.0 && n > 0.0 && x <= n;
    if !good(x1, n1) || !good(x2, n2) || x2 == 0.0 {
        return None;
    }
    let counted = x1.max(0.5_f64.min(n1));
    let spread = z * ((1.0 / counted - 1.0 / n1 + 1.0 / x2 - 1.0 / n2).max(0.0)).sqrt();
    let value = (x1 / n1) / (x2 / n2);
    let middle = (counted / n1) / (x2 / n2);
    let lower = if x1 == 0.0 { 0.0 } else { middle * (-spread).exp() };
    Some(Estimate { value, interval: Some(Interval { lower, upper: middle * spread.exp() }) })
}

/// Take-up of a group with intervals of `level`, its ratio to the rest, and a sentence.
///
/// Figures that are missing, or that are no share, give no share and are named as missing; they are never zero.
pub fn take_up(figures: &TakeUp, level: f64) -> Reached {
    let group = share(figures.group_reached, figures.group_all, level);
    let rest = share(figures.rest_reached, figures.rest_all, level);
    let counts =
        || Some((figures.group_reached?, figures.group_all?, figures.rest_reached?, figures.rest_all?));
    let ratio = counts().and_then(|(a, b, c, d)| share_ratio(a, b, c, d, level));
    let test = counts().and_then(|(a, b, c, d)| two_proportions(a, b, c, d, Test::ExactWhenSmall));
    let differs = test.map(|test| test.p < 1.0 - level);
    let finding = Finding {
        sentence: sentence(figures, group, rest, ratio, differs),
        rests_on: rests(figures, group, rest),
    };
    Reached { group, rest, ratio, differs, finding }
}

/// `12 von 100`; with a decimal where a hundred is too coarse.
fn of_hundred(share: Estimate) -> String {
    let decimals = usize::from(share.value < 0.1);
    let interval = share.interval.map_or(String::new(), |i| {
        format!(" ({}–{})", german(i.lower * 100.0, decimals), german(i.upper * 100.0, decimals))
    });
    format!("{}{interval} von 100", german(share.value * 100.0, decimals))
}

fn sentence(
    figures: &TakeUp,
    group: Option<Estimate>,
    rest: Option<Estimate>,
    ratio: Option<Estimate>,
    differs: Option<bool>,
) -> String {
    let TakeUp { area_name, group: name, offer, .. } = figures;
    let head = format!("{area_name}, {offer}:");
    let (Some(group), Some(rest)) = (group, rest) else {
        let known = match (group, rest) {
            (Some(group), None) => format!("{} in der Gruppe „{name}“ nehmen teil", of_hundred(group)),
            (None, Some(rest)) => format!("{} der übrigen nehmen teil", of_hundred(rest)),
            _ => "keine Zahlen".into(),
        };
        let lacking = if group.is_none() { format!("für „{name}“") } else { "für die übrigen".into() };
        return format!(
            "{head} {known}; {lacking} ist die Teilnahme nicht bekannt oder geschützt, ein Vergleich ist nicht möglich."
        );
    };
    let shares = format!(
        "{} in der Gruppe „{name}“ nehmen teil, {} der übrigen.",
        of_hundred(group),
        of_hundred(rest)
    );
    let judgement = match (differs, ratio) {
        (Some(true), Some(ratio)) => {
            let word = if ratio.value < 1.0 { "seltener" } else { "häufiger" };
            format!(
                "Die Gruppe wird {word} erreicht: {} so häufig wie die übrigen.",
                ratio.german(1.0, 2, "-mal")
            )
        }
        (Some(true), None) => {
            "Die Gruppe wird häufiger erreicht als die übrigen, von denen niemand teilnimmt.".into()
        }
        (Some(false), _) => "Der Unterschied kann Zufall sein.".into(),
        (None, _) => "Ob der Unterschied Zufall ist, lässt sich nicht sagen.".into(),
    };
    format!("{head} {shares} {judgement}")
}

fn rests(figures: &TakeUp, group: Option<Estimate>, rest: Option<Estimate>) -> Vec<Rests> {
    let shown = |known: bool, reached: Option<f64>, all: Option<f64>| match (known, reached, all) {
        (true, Some(reached), Some(all)) => format!("{} von {}", german(reached, 0), german(all, 0)),
        _ => "unbekannt oder geschützt".into(),
    };
    let source = figures.source.as_str();
    vec![
        Rests::new(
            format!("{}: teilgenommen", figures.group),
            shown(group.is_some(), figures.group_reached, figures.group_all),
            source,
        ),
        Rests::new(
            "übrige: teilgenommen",
            shown(rest.is_some(), figures.rest_reached, figures.rest_all),
            source,
        ),
    ]
}
