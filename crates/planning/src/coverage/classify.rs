//! From a share to a class.

use super::Share;
use crate::estimate::Estimate;
use serde::{Deserialize, Serialize};

/// Where classes begin, as supply per need. The defaults are an assumption; each municipality sets its own.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Below this share there is a gap.
    pub gap_below: f64,
    /// Above this share offers overlap.
    pub overlap_above: f64,
}

impl Default for Thresholds {
    /// A gap below 50 %, an overlap above 120 % of the need (assumption).
    fn default() -> Self {
        Self { gap_below: 0.5, overlap_above: 1.2 }
    }
}

/// How well a cell is covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// Need, but no offer at all.
    NoOffer,
    /// Surely below the threshold.
    Gap,
    /// Below the threshold, but the interval or missing figures of offers leave it open.
    PossibleGap,
    /// Between the thresholds, or above without certainty.
    Covered,
    /// Surely above the need.
    Overlap,
    /// Need or supply is not known.
    Unknown,
    /// Nobody needs it here.
    NoNeed,
}

impl Coverage {
    /// German name for legends.
    pub fn name(self) -> &'static str {
        match self {
            Coverage::NoOffer => "kein Angebot",
            Coverage::Gap => "Lücke",
            Coverage::PossibleGap => "mögliche Lücke",
            Coverage::Covered => "gedeckt",
            Coverage::Overlap => "mehr Angebot als Bedarf",
            Coverage::Unknown => "nicht bekannt",
            Coverage::NoNeed => "kein Bedarf",
        }
    }
}

pub(super) fn classify(share: Share, no_offer: bool, thresholds: Thresholds) -> Coverage {
    let below = |e: Estimate| e.value < thresholds.gap_below;
    match share {
        Share::NoNeed => Coverage::NoNeed,
        Share::Known(e) if no_offer && e.value == 0.0 => Coverage::NoOffer,
        Share::Known(e) if below(e) && e.upper() < thresholds.gap_below => Coverage::Gap,
        Share::Known(e) | Share::AtLeast(e) if below(e) => Coverage::PossibleGap,
        Share::Known(e) | Share::AtLeast(e) if e.lower() > thresholds.overlap_above => Coverage::Overlap,
        Share::Known(_) | Share::AtLeast(_) => Coverage::Covered,
        Share::Unknown => Coverage::Unknown,
    }
}
