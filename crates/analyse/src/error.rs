//! Why an analysis did not run.

/// A German sentence with the remedy, by whose fault it is.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AnalyseError {
    /// The arguments do not fit together.
    #[error("{0}")]
    Usage(String),
    /// A file cannot be used.
    #[error("{0}")]
    Input(String),
}

impl AnalyseError {
    pub(crate) fn input(cause: impl ToString) -> Self {
        AnalyseError::Input(cause.to_string())
    }
}

macro_rules! from_input {
    ($($kind:ty),*) => {
        $(impl From<$kind> for AnalyseError {
            fn from(cause: $kind) -> Self {
                AnalyseError::input(cause)
            }
        })*
    };
}

from_input!(
    kekiz_tables::ReadError,
    kekiz_spatial::ReadError,
    kekiz_spatial::weights::WeightsError,
    kekiz_spatial::weights::WeightsFileError,
    kekiz_spatial::autocorrelation::AutocorrelationError,
    kekiz_spatial::regionalise::RegionaliseError,
    kekiz_segregation::CountsError
);
