//! Why nothing leaves the gate. Names cells, never values.

use crate::PolicyError;
use kekiz_base::{AreaKey, GroupId, IndicatorId, Period};
use serde::Serialize;
use std::fmt;

/// Where a cell stands in its table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct CellName {
    /// Area.
    pub area: AreaKey,
    /// Period.
    pub period: Period,
    /// Group.
    pub group: GroupId,
}

impl fmt::Display for CellName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gebiet {}, {}, {}", self.area, self.period, self.group.as_str())
    }
}

fn list(cells: &[CellName]) -> String {
    let mut text = cells.iter().take(5).map(CellName::to_string).collect::<Vec<_>>().join("; ");
    if cells.len() > 5 {
        text.push_str(&format!(" und {} weitere", cells.len() - 5));
    }
    text
}

fn quoted(indicators: &[IndicatorId]) -> String {
    indicators.iter().map(|id| format!("„{id}“")).collect::<Vec<_>>().join(", ")
}

/// Why a release was refused, each with the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The policy cannot be used.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The table does not fit its axes.
    #[error(
        "Die Tabelle „{indicator}“ ist nicht vollständig: {message} Abhilfe: den Indikator neu berechnen."
    )]
    Table {
        /// Indicator.
        indicator: IndicatorId,
        /// What is wrong with the axes.
        message: String,
    },
    /// A number is no number or too large to be counted.
    #[error("„{indicator}“ enthält Werte, die keine endlichen Zahlen sind ({}). Abhilfe: den Ausdruck im Katalog prüfen (Division durch null?).", list(.cells))]
    NotFinite {
        /// Indicator.
        indicator: IndicatorId,
        /// The cells.
        cells: Vec<CellName>,
    },
    /// The policy needs counts and the figures have none.
    #[error("„{indicator}“ hat keine Fallzahlen ({}); die Regel „{policy}“ lässt sich nicht prüfen. Abhilfe: Zähler und Nenner liefern, oder – nur bei bereits veröffentlichten Zahlen – die Regel „published_source“ verwenden.", list(.cells))]
    NoCounts {
        /// Indicator.
        indicator: IndicatorId,
        /// Policy.
        policy: String,
        /// The cells.
        cells: Vec<CellName>,
    },
    /// Rates cannot be computed again from rounded counts.
    #[error(
        "„{indicator}“ lässt sich nicht runden, da sein Wert nicht Zähler durch Nenner ist. Abhilfe: eine Regel ohne Rundung verwenden."
    )]
    NotRoundable {
        /// Indicator.
        indicator: IndicatorId,
    },
    /// Cells that must be hidden could be computed from what is shown, whatever else is suppressed.
    #[error("„{indicator}“ lässt sich nicht schützen: diese Werte ließen sich errechnen: {}. Abhilfe: eine gröbere Gebietsebene oder Gliederung veröffentlichen, oder eine Regel mit Rundung verwenden.", list(.cells))]
    NotProtectable {
        /// Indicator.
        indicator: IndicatorId,
        /// The cells.
        cells: Vec<CellName>,
    },
    /// Cells that must be hidden were shown before.
    #[error("„{indicator}“ wurde früher mit Werten veröffentlicht, die jetzt geschützt werden müssten: {}. Abhilfe: die frühere Veröffentlichung zurückziehen und ausmustern (Abschnitt „Frühere Veröffentlichungen“ in der Anleitung zur Geheimhaltung), oder die Regel verwenden, nach der sie veröffentlicht wurde.", list(.cells))]
    ShownBefore {
        /// Indicator.
        indicator: IndicatorId,
        /// The cells.
        cells: Vec<CellName>,
    },
    /// Cells that must be hidden can be computed from earlier releases, whatever is suppressed now; without those they could
    /// be protected.
    #[error("„{indicator}“ lässt sich nur deshalb nicht schützen, weil frühere Veröffentlichungen zusammen schon verraten, was jetzt geschützt werden müsste: {}. Abhilfe: die früheren Veröffentlichungen von {} zurückziehen und wissentlich ausmustern; dann stehen sie der neuen nicht mehr im Weg (Abschnitt „Frühere Veröffentlichungen“ in der Anleitung zur Geheimhaltung).", list(.cells), quoted(.earlier))]
    RevealedBefore {
        /// Indicator.
        indicator: IndicatorId,
        /// The cells.
        cells: Vec<CellName>,
        /// The indicators whose earlier releases stand in the way. The gate lets go on when
        /// they are no longer among the history it is given.
        earlier: Vec<IndicatorId>,
    },
    /// The difference to an earlier release would be too small a number.
    #[error("„{indicator}“ unterscheidet sich von einer früheren Veröffentlichung nur um wenige Fälle: {}. Die Differenz ließe sich bilden. Abhilfe: die betroffenen Gebiete weglassen oder die Abgrenzung der früheren Veröffentlichung verwenden.", list(.cells))]
    Differencing {
        /// Indicator.
        indicator: IndicatorId,
        /// The cells of the present table.
        cells: Vec<CellName>,
    },
}
