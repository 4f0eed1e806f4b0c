//! Why a command on files did not run.

use std::path::Path;

/// A German sentence with the remedy, by whose fault it is. Never holds a person's value.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LinkFileError {
    /// The arguments do not fit together.
    #[error("{0}")]
    Usage(String),
    /// A file cannot be used.
    #[error("{0}")]
    Input(String),
    /// The model cannot be used.
    #[error("{0}")]
    Model(String),
    /// The result cannot be written.
    #[error("{0}")]
    Output(String),
}

impl LinkFileError {
    /// A file that cannot be used, and what helps.
    pub(crate) fn file(path: &Path, problem: impl AsRef<str>, remedy: impl AsRef<str>) -> Self {
        LinkFileError::Input(format!("{}: {} Abhilfe: {}", path.display(), problem.as_ref(), remedy.as_ref()))
    }
}

impl From<kekiz_linkage::LinkError> for LinkFileError {
    fn from(cause: kekiz_linkage::LinkError) -> Self {
        use kekiz_linkage::LinkError;
        let text = cause.to_string();
        match cause {
            LinkError::OneFile => LinkFileError::Usage(text),
            LinkError::Model(_) | LinkError::TooManyPairs { .. } => LinkFileError::Model(text),
            LinkError::Prepare(_) => LinkFileError::Input(text),
        }
    }
}
