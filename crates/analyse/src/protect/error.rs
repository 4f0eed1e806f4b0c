//! Why a table was not protected.

use crate::AnalyseError;
use kekiz_disclosure::general::{RoundingRefusal, RuleError, TableRefusal};

/// A German sentence with the remedy, by kind; never a value of a cell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProtectError {
    /// The arguments do not fit together.
    #[error("{0}")]
    Usage(String),
    /// A file cannot be used.
    #[error("{0}")]
    Input(String),
    /// The rules cannot be used.
    #[error("{0}")]
    Configuration(String),
    /// The table must not be published like this.
    #[error("{0}")]
    Refused(String),
    /// Writing failed.
    #[error("{0}")]
    Store(String),
}

impl ProtectError {
    pub(crate) fn input(cause: impl ToString) -> Self {
        ProtectError::Input(cause.to_string())
    }
}

impl From<AnalyseError> for ProtectError {
    fn from(error: AnalyseError) -> Self {
        match error {
            AnalyseError::Usage(text) => ProtectError::Usage(text),
            AnalyseError::Input(text) => ProtectError::Input(text),
        }
    }
}

impl From<RuleError> for ProtectError {
    fn from(error: RuleError) -> Self {
        ProtectError::Configuration(error.to_string())
    }
}

impl From<TableRefusal> for ProtectError {
    fn from(error: TableRefusal) -> Self {
        ProtectError::Refused(error.to_string())
    }
}

impl From<RoundingRefusal> for ProtectError {
    fn from(error: RoundingRefusal) -> Self {
        ProtectError::Refused(error.to_string())
    }
}
