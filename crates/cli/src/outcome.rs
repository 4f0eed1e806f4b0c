//! Why a command ended without success, and its exit code.

/// A failure by kind. The message is a German sentence with the remedy.
#[derive(Debug)]
pub(crate) enum Failure {
    /// 2: the arguments do not fit together (wrong flags are refused earlier, with the same code).
    Usage(String),
    /// 3: an input file was refused; the findings were printed.
    Input(String),
    /// 4: the configuration, catalogue or mapping cannot be used.
    Configuration(String),
    /// 5: the gate refused to let something out.
    Refused(String),
    /// 6: reading or writing the store failed.
    Store(String),
    /// 7: `doctor` found something.
    Unwell(String),
}

impl Failure {
    /// The exit code.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Failure::Usage(_) => 2,
            Failure::Input(_) => 3,
            Failure::Configuration(_) => 4,
            Failure::Refused(_) => 5,
            Failure::Store(_) => 6,
            Failure::Unwell(_) => 7,
        }
    }

    /// The kind in machine-readable answers.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Failure::Usage(_) => "usage",
            Failure::Input(_) => "input",
            Failure::Configuration(_) => "configuration",
            Failure::Refused(_) => "refused",
            Failure::Store(_) => "store",
            Failure::Unwell(_) => "unwell",
        }
    }

    /// The sentence.
    pub(crate) fn message(&self) -> &str {
        match self {
            Failure::Usage(text)
            | Failure::Input(text)
            | Failure::Configuration(text)
            | Failure::Refused(text)
            | Failure::Store(text)
            | Failure::Unwell(text) => text,
        }
    }
}

impl From<kekiz_app::AppError> for Failure {
    fn from(error: kekiz_app::AppError) -> Self {
        use kekiz_app::AppError;
        let text = error.to_string();
        match error {
            AppError::Input(_) => Failure::Input(text),
            AppError::Configuration(_) => Failure::Configuration(text),
            AppError::Refused(_) => Failure::Refused(text),
            AppError::Store(_) => Failure::Store(text),
        }
    }
}
