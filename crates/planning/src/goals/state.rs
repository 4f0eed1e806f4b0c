//! The state of a goal, computed from observations.

use super::trend::{Forecast, days, forecast};
use super::{Observed, Target};
use crate::{Finding, Rests};
use jiff::civil::Date;
use kekiz_base::Polarity;
use kekiz_base::number::german;
use serde::{Deserialize, Serialize};

/// How the state is computed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    /// Number of last observations the trend looks at.
    pub trend_points: usize,
    /// Fewest observations for a trend (at least 3).
    pub trend_from: usize,
    /// Level of the prediction interval.
    pub level: f64,
}

impl Default for Rules {
    /// Last five observations, at least four, 80 % (an assumption: a warning shall come early).
    fn default() -> Self {
        Self { trend_points: 5, trend_from: 4, level: 0.8 }
    }
}

/// Why a goal cannot be measured yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// No target value or date.
    NoTarget,
    /// No baseline.
    NoBaseline,
    /// The target lies where the baseline lies, against the good direction, or not after it.
    NoWay,
    /// No observation after the baseline.
    NoObservation,
}

impl Reason {
    /// A German sentence with the remedy.
    pub fn text(self) -> &'static str {
        match self {
            Reason::NoTarget => "Es fehlt ein Zielwert mit Datum. Abhilfe: beides festlegen.",
            Reason::NoBaseline => {
                "Es fehlt ein Ausgangswert. Abhilfe: den Stand zu Beginn aus dem Atlas übernehmen."
            }
            Reason::NoWay => {
                "Ausgangswert und Zielwert ergeben keinen Weg: Der Zielwert muss in der gewünschten Richtung und nach dem Ausgangswert liegen."
            }
            Reason::NoObservation => {
                "Seit dem Ausgangswert liegt noch keine neue Zahl vor. Abhilfe: die nächste Veröffentlichung abwarten oder Zahlen einspielen."
            }
        }
    }
}

/// The state of a goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The target is reached.
    Reached,
    /// The target will be reached if it goes on like this, as far as can be told.
    OnTrack,
    /// Behind the way, or the target was missed.
    OffTrack,
    /// Cannot be told yet.
    NotMeasurableYet(Reason),
}

impl Status {
    /// German name.
    pub fn name(self) -> &'static str {
        match self {
            Status::Reached => "erreicht",
            Status::OnTrack => "auf Kurs",
            Status::OffTrack => "nicht auf Kurs",
            Status::NotMeasurableYet(_) => "noch nicht messbar",
        }
    }
}

/// What decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// At or beyond the target, the whole interval too.
    TargetReached,
    /// At or beyond the target, but the interval reaches back before it.
    TargetReachedUnsure,
    /// The date has passed without the target being reached.
    DatePassed,
    /// At or before the expected way.
    OnTheWay,
    /// Behind the expected way by no more than chance allows.
    WithinChance,
    /// Behind the way, but the trend reaches the target in time.
    TrendReaches,
    /// Behind the way.
    BehindTheWay,
    /// Not behind the way yet, but the trend surely misses the target.
    TrendMisses,
    /// Not measurable.
    Unmeasured,
}

/// The state with everything it rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The state.
    pub status: Status,
    /// What decided.
    pub ground: Ground,
    /// The latest observation after the baseline and not after today.
    pub latest: Option<Observed>,
    /// Where the straight way from baseline to target is on the day of the latest observation.
    pub expected: Option<f64>,
    /// Where the trend leads on the target date.
    pub forecast: Option<Forecast>,
    /// Why, in a sentence with its figures.
    pub finding: Finding,
}

/// The way from baseline to target.
struct Way {
    from: (f64, f64),
    to: (f64, f64),
    /// +1 when more is better.
    direction: f64,
}

impl Way {
    /// `None` unless the target lies later, elsewhere, and in the good direction.
    fn new(target: &Target) -> Result<Way, Reason> {
        let goal = target.target.filter(|mark| mark.value.is_finite()).ok_or(Reason::NoTarget)?;
        let start = target.baseline.filter(|mark| mark.value.is_finite()).ok_or(Reason::NoBaseline)?;
        let change = goal.value - start.value;
        let direction = match target.polarity {
            Polarity::HigherIsBetter => 1.0,
            Polarity::LowerIsBetter => -1.0,
            Polarity::Neutral => change.signum(),
        };
        if goal.date <= start.date || change * direction <= 0.0 {
            return Err(Reason::NoWay);
        }
        Ok(Way { from: (days(start.date), start.value), to: (days(goal.date), goal.value), direction })
    }

    /// Straight from baseline to target, then level.
    fn expected(&self, date: Date) -> f64 {
        let part = ((days(date) - self.from.0) / (self.to.0 - self.from.0)).clamp(0.0, 1.0);
        self.from.1 + part * (self.to.1 - self.from.1)
    }

    /// Whether `value` is at least as good as `mark`.
    fn good(&self, value: f64, mark: f64) -> bool {
        (value - mark) * self.direction >= 0.0
    }

    /// The worse and the better end of an observation.
    fn ends(&self, observed: &Observed) -> (f64, f64) {
        let (lower, upper) =
            observed.interval.map_or((observed.value, observed.value), |i| (i.lower, i.upper));
        if self.direction > 0.0 { (lower, upper) } else { (upper, lower) }
    }
}

/// The state of a target on a day, from observations in any order. Observations after `today`, and observations
/// that are no number, do not count. Of several on one day the last given counts.
///
/// Rules, in this order: the value is at or beyond the target → reached (said if the interval leaves it unsure).
/// The latest observation lies on or after the target date → off track. Behind the straight way by more than its
/// interval (or by anything, where there is none) → off track, unless the trend reaches the target on its date.
/// Otherwise on track, unless the prediction interval of the trend lies wholly short of the target.
pub fn state(target: &Target, observations: &[Observed], today: Date, rules: Rules) -> State {
    match measured(target, observations, today, rules) {
        Ok(state) => state,
        Err(reason) => State {
            status: Status::NotMeasurableYet(reason),
            ground: Ground::Unmeasured,
            latest: None,
            expected: None,
            forecast: None,
            finding: Finding {
                sentence: format!("{}: noch nicht messbar. {}", target.title, reason.text()),
                rests_on: figures(target, None, None, None),
            },
        },
    }
}

fn measured(target: &Target, observations: &[Observed], today: Date, rules: Rules) -> Result<State, Reason> {
    let way = Way::new(target)?;
    let goal = target.target.ok_or(Reason::NoTarget)?;
    let start = target.baseline.ok_or(Reason::NoBaseline)?;
    let mut series: Vec<Observed> =
        observations.iter().copied().filter(|o| o.date <= today && o.value.is_finite()).collect();
    series.sort_by_key(|o| o.date);
    series.dedup_by(|later, kept| {
        let same = later.date == kept.date;
        if same {
            *kept = *later;
        }
        same
    });
    let latest = series.last().copied().filter(|o| o.date > start.date).ok_or(Reason::NoObservation)?;
    let expected = way.expected(latest.date);
    let points = rules.trend_points.max(rules.trend_from).max(3);
    let trend = (series.len() >= rules.trend_from.max(3) && latest.date < goal.date)
        .then(|| forecast(&series, points, goal.date, rules.level))
        .flatten();
    let (status, ground) = judge(&way, &latest, goal.date, expected, trend);
    let finding = Finding {
        sentence: sentence(target, &latest, expected, trend, status, ground),
        rests_on: figures(target, Some(&latest), Some(expected), trend),
    };
    Ok(State { status, ground, latest: Some(latest), expected: Some(expected), forecast: trend, finding })
}

fn judge(
    way: &Way,
    latest: &Observed,
    due: Date,
    expected: f64,
    trend: Option<Forecast>,
) -> (Status, Ground) {
    let goal = way.to.1;
    let (worse, better) = way.ends(latest);
    if way.good(latest.value, goal) {
        let sure = way.good(worse, goal);
        return (Status::Reached, if sure { Ground::TargetReached } else { Ground::TargetReachedUnsure });
    }
    if latest.date >= due {
        return (Status::OffTrack, Ground::DatePassed);
    }
    if !way.good(better, expected) {
        return if trend.is_some_and(|t| way.good(t.value, goal)) {
            (Status::OnTrack, Ground::TrendReaches)
        } else {
            (Status::OffTrack, Ground::BehindTheWay)
        };
    }
    let reach = |t: Forecast| if way.direction > 0.0 { t.interval.upper } else { t.interval.lower };
    if trend.is_some_and(|t| !way.good(reach(t), goal)) {
        return (Status::OffTrack, Ground::TrendMisses);
    }
    let ground = if way.good(latest.value, expected) { Ground::OnTheWay } else { Ground::WithinChance };
    (Status::OnTrack, ground)
}

fn day(date: Date) -> String {
    format!("{}.{}.{}", date.day(), date.month(), date.year())
}

fn number(target: &Target, value: f64) -> String {
    let text = german(value, usize::from(target.decimals));
    if target.unit.is_empty() { text } else { format!("{text} {}", target.unit) }
}

fn observed(target: &Target, o: &Observed) -> String {
    let text = number(target, o.value);
    let decimals = usize::from(target.decimals);
    match o.interval {
        Some(i) => format!("{text} ({}–{})", german(i.lower, decimals), german(i.upper, decimals)),
        None => text,
    }
}

fn sentence(
    target: &Target,
    latest: &Observed,
    expected: f64,
    trend: Option<Forecast>,
    status: Status,
    ground: Ground,
) -> String {
    let now = format!("{} am {}", observed(target, latest), day(latest.date));
    let way = number(target, expected);
    let goal = target.target.map_or(String::new(), |g| number(target, g.value));
    let due = target.target.map_or(String::new(), |g| day(g.date));
    let leads = trend.map_or(String::new(), |t| number(target, t.value));
    let why = match ground {
        Ground::TargetReached => format!("{now}; der Zielwert {goal} ist erreicht."),
        Ground::TargetReachedUnsure => {
            format!(
                "{now}; der Zielwert {goal} ist erreicht, wegen der Unsicherheit der Zahl aber nicht gesichert."
            )
        }
        Ground::DatePassed => format!("{now}; der Zielwert {goal} sollte bis {due} erreicht sein."),
        Ground::OnTheWay => {
            format!("{now}; auf dem geraden Weg zum Ziel {goal} bis {due} wäre jetzt {way} nötig.")
        }
        Ground::WithinChance => format!(
            "{now}; auf dem geraden Weg zum Ziel {goal} bis {due} wäre {way} nötig, der Abstand kann Zufall sein."
        ),
        Ground::TrendReaches => format!(
            "{now}; das liegt hinter dem geraden Weg ({way}), der Trend führt bis {due} aber zu {leads} und damit zum Ziel {goal}."
        ),
        Ground::BehindTheWay => match trend {
            Some(_) => format!(
                "{now}; auf dem geraden Weg zum Ziel {goal} bis {due} wäre {way} nötig, und der Trend führt nur zu {leads}."
            ),
            None => format!("{now}; auf dem geraden Weg zum Ziel {goal} bis {due} wäre {way} nötig."),
        },
        Ground::TrendMisses => format!(
            "{now}; noch auf dem Weg ({way}), aber der Trend führt bis {due} nur zu {leads} und verfehlt das Ziel {goal}."
        ),
        Ground::Unmeasured => now,
    };
    format!("{}: {}. {why}", target.title, status.name())
}

fn figures(
    target: &Target,
    latest: Option<&Observed>,
    expected: Option<f64>,
    trend: Option<Forecast>,
) -> Vec<Rests> {
    let source = target.source.as_str();
    let mut rests = Vec::new();
    if let Some(mark) = target.baseline {
        rests.push(Rests::new(
            format!("Ausgangswert am {}", day(mark.date)),
            number(target, mark.value),
            source,
        ));
    }
    if let Some(mark) = target.target {
        rests.push(Rests::new(
            format!("Zielwert bis {}", day(mark.date)),
            number(target, mark.value),
            "Leitbild",
        ));
    }
    if let Some(o) = latest {
        rests.push(Rests::new(format!("Stand am {}", day(o.date)), observed(target, o), source));
    }
    if let Some(value) = expected {
        rests.push(Rests::new("nötig auf geradem Weg", number(target, value), "berechnet"));
    }
    if let Some(t) = trend {
        let decimals = usize::from(target.decimals);
        let value = format!(
            "{} ({}–{})",
            number(target, t.value),
            german(t.interval.lower, decimals),
            german(t.interval.upper, decimals)
        );
        rests.push(Rests::new(
            format!("Trend der letzten {} Werte am Zieltermin", t.points),
            value,
            "berechnet",
        ));
    }
    rests
}
