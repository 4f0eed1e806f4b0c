//! Cells before the gate: areas × periods × groups of one indicator, with true counts.

use crate::{Annotation, Area, AreaKey, IndicatorMeta, Mark, Period, Versus};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// A number that may reveal a person. It has no `Debug`, no `Display` and no `Serialize`, so it cannot reach
/// a log line, a message or a file; only the gate (`kekiz-disclosure`) and the computing floors open it.
///
/// ```compile_fail
/// let secret = kekiz_base::Sensitive::new(3.0);
/// println!("{secret:?}");
/// ```
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub struct Sensitive<T = f64>(T);

impl<T> Sensitive<T> {
    /// Wraps a number.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// Opens the number. Whoever calls this is responsible for where it goes.
    pub fn expose(self) -> T {
        self.0
    }
}

/// A group within an area (a breakdown, for example by age). The whole is [`GroupId::total`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct GroupId(pub SmolStr);

impl GroupId {
    /// The group of everybody.
    pub fn total() -> Self {
        Self(SmolStr::new_static("insgesamt"))
    }

    /// A group by its name.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(SmolStr::new(text.as_ref()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One computed cell with the counts it rests on. Counts and values are sensitive.
#[derive(Clone, Copy, PartialEq)]
pub enum CubeCell {
    /// A computed figure.
    Value {
        /// The value in the unit of the indicator.
        value: Sensitive,
        /// 95 % interval (lower, upper) in the same unit.
        interval: Option<(Sensitive, Sensitive)>,
        /// Number of cases, if the indicator counts.
        numerator: Option<Sensitive>,
        /// Number of persons the cases come from, if the indicator is a share or rate.
        denominator: Option<Sensitive>,
        /// Empirical-Bayes smoothed value.
        smoothed: Option<Sensitive>,
        /// Stand against the parent area; sensitive, since value = parent + difference.
        versus_parent: Option<Sensitive<Versus>>,
        /// Class of an index.
        class: Option<Sensitive<u8>>,
        /// Remark of the source.
        annotation: Annotation,
    },
    /// The sources say nothing, and why.
    Missing(Mark),
}

/// The sensitive cells of one indicator. Cells are dense in the order area, period, group.
#[derive(Clone)]
pub struct Cube {
    /// What the numbers mean.
    pub meta: IndicatorMeta,
    /// The areas, ordered by key; parents give the additive relations.
    pub areas: Vec<Area>,
    /// The periods, ordered.
    pub periods: Vec<Period>,
    /// The groups; [`GroupId::total`] first where it exists.
    pub groups: Vec<GroupId>,
    /// `areas.len() × periods.len() × groups.len()` cells.
    pub cells: Vec<CubeCell>,
    /// Digests of the datasets the cells were computed from (dataset id → hash), for the receipt.
    pub inputs: BTreeMap<String, String>,
}

/// Why parts do not make a cube.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CubeError {
    /// The number of cells does not fit the axes.
    #[error("Die Tabelle hat {found} Zellen, nach ihren Achsen müssten es {expected} sein.")]
    Size {
        /// Cells found.
        found: usize,
        /// Cells expected.
        expected: usize,
    },
}

impl Cube {
    /// Checks that the cells fit the axes.
    pub fn check(&self) -> Result<(), CubeError> {
        let expected = self.areas.len() * self.periods.len() * self.groups.len();
        if self.cells.len() == expected {
            Ok(())
        } else {
            Err(CubeError::Size { found: self.cells.len(), expected })
        }
    }

    /// Index of a cell from the indices of its area, period and group.
    pub fn index(&self, area: usize, period: usize, group: usize) -> usize {
        (area * self.periods.len() + period) * self.groups.len() + group
    }

    /// Index of an area in this cube.
    pub fn area_index(&self, key: &AreaKey) -> Option<usize> {
        self.areas.binary_search_by(|area| area.key.cmp(key)).ok()
    }
}
