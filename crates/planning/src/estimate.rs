//! Numbers with their uncertainty, and numbers that are only partly known.

use kekiz_base::Interval;
use kekiz_base::number::german;
use serde::{Deserialize, Serialize};

/// A number with its interval, where one exists.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// Its interval of uncertainty.
    pub interval: Option<Interval>,
}

impl Estimate {
    /// A number counted exactly.
    pub fn exact(value: f64) -> Self {
        Self { value, interval: None }
    }

    /// A number with an interval.
    pub fn within(value: f64, lower: f64, upper: f64) -> Self {
        Self { value, interval: Some(Interval { lower, upper }) }
    }

    /// Lower end; the number itself where there is no interval.
    pub fn lower(self) -> f64 {
        self.interval.map_or(self.value, |i| i.lower)
    }

    /// Upper end; the number itself where there is no interval.
    pub fn upper(self) -> f64 {
        self.interval.map_or(self.value, |i| i.upper)
    }

    /// The estimate times a number that is not negative.
    pub fn times(self, factor: f64) -> Self {
        let interval = self.interval.map(|i| Interval { lower: i.lower * factor, upper: i.upper * factor });
        Self { value: self.value * factor, interval }
    }

    /// `amount / self`, with the ends of the interval exchanged; `None` when the number is not positive. Where
    /// the lower end is zero the upper end of the quotient is infinite.
    pub fn divides(self, amount: f64) -> Option<Self> {
        if self.value <= 0.0 {
            return None;
        }
        let interval = self.interval.map(|i| Interval {
            lower: amount / i.upper,
            upper: if i.lower > 0.0 { amount / i.lower } else { f64::INFINITY },
        });
        Some(Self { value: amount / self.value, interval })
    }

    /// German text with `decimals`, a factor and a unit: `21,3 % (19,0–24,1)`.
    pub fn german(self, factor: f64, decimals: usize, unit: &str) -> String {
        let value = format!("{}{unit}", german(self.value * factor, decimals));
        match self.interval {
            Some(i) if i.upper.is_infinite() => {
                format!("{value} (mindestens {})", german(i.lower * factor, decimals))
            }
            Some(i) => {
                format!(
                    "{value} ({}–{})",
                    german(i.lower * factor, decimals),
                    german(i.upper * factor, decimals)
                )
            }
            None => value,
        }
    }
}

/// A number that may be known only in part. What is not known is never counted as zero.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// Known.
    Known(f64),
    /// At least this much; something that would add to it is not known.
    AtLeast(f64),
    /// Nothing is known.
    Unknown,
}

impl Amount {
    /// What is known of it for certain; `None` when nothing is.
    pub fn least(self) -> Option<f64> {
        match self {
            Amount::Known(value) | Amount::AtLeast(value) => Some(value),
            Amount::Unknown => None,
        }
    }

    /// German text: `12`, `mindestens 12`, `unbekannt`.
    pub fn german(self, decimals: usize) -> String {
        match self {
            Amount::Known(value) => german(value, decimals),
            Amount::AtLeast(value) => format!("mindestens {}", german(value, decimals)),
            Amount::Unknown => "unbekannt".into(),
        }
    }
}

/// Adds parts of which some are not known.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    known: f64,
    knows: bool,
    lacks: bool,
}

impl Tally {
    pub(crate) fn add(&mut self, part: Option<f64>) {
        match part {
            Some(part) => {
                self.known += part;
                self.knows = true;
            }
            None => self.lacks = true,
        }
    }

    /// Nothing to add is a known zero.
    pub(crate) fn amount(self) -> Amount {
        match (self.knows, self.lacks) {
            (_, false) => Amount::Known(self.known),
            (true, true) => Amount::AtLeast(self.known),
            (false, true) => Amount::Unknown,
        }
    }
}
