//! How far each variable is documented, as a whole and by the office it comes from.

use serde::{Deserialize, Serialize};

/// Coverage of one variable. Not every city documents every finding; whoever computes has to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// The variable.
    pub variable: String,
    /// German title.
    pub title: String,
    /// Whether the file has the column at all (derived variables: whether everything they need is there).
    pub present: bool,
    /// Rows with a value.
    pub known: u64,
    /// Rows without one.
    pub missing: u64,
    /// Rows whose entry could not be understood; they count as missing too.
    pub unreadable: u64,
    /// The same by source office, where the schema names one.
    pub offices: Vec<OfficeCoverage>,
}

/// Coverage of one variable in one source office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeCoverage {
    /// Key of the office.
    pub office: String,
    /// Rows with a value.
    pub known: u64,
    /// Rows without one.
    pub missing: u64,
}

impl Coverage {
    /// Share of rows with a value; `None` without rows.
    pub fn share(&self) -> Option<f64> {
        share(self.known, self.missing)
    }
}

impl OfficeCoverage {
    /// Share of rows with a value; `None` without rows.
    pub fn share(&self) -> Option<f64> {
        share(self.known, self.missing)
    }
}

fn share(known: u64, missing: u64) -> Option<f64> {
    let all = known + missing;
    (all > 0).then(|| known as f64 / all as f64)
}
