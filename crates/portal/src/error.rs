//! What can go wrong, in sentences with the remedy.

use kekiz_offers::{Offer, OfferId};
use kekiz_store::{SaveError, Stored, Trouble};
use std::borrow::Cow;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum PortalError {
    /// The database did not open.
    #[error(transparent)]
    Open(#[from] kekiz_store::OpenError),
    /// The database did not do as asked.
    #[error(transparent)]
    Store(#[from] Trouble),
    /// Many offers were not saved.
    #[error(transparent)]
    Bulk(#[from] kekiz_store::bulk::BulkError),
    /// The search index.
    #[error(transparent)]
    Search(#[from] kekiz_search::SearchError),
    /// A list of synonyms.
    #[error(transparent)]
    Synonyms(#[from] kekiz_search::SynonymError),
    /// A list of terms.
    #[error(transparent)]
    Terms(#[from] kekiz_offers::VocabularyError),
    /// A file or folder of the portal.
    #[error(
        "„{path}“ lässt sich nicht lesen oder schreiben: {reason}. Abhilfe: Pfad, Rechte und freien Platz prüfen."
    )]
    File {
        /// Which.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// An account, a login or a link.
    #[error(transparent)]
    Account(#[from] kekiz_accounts::Refusal),
    /// The login at the municipality's own provider.
    #[error(transparent)]
    Login(#[from] kekiz_accounts::oidc::OidcError),
    /// The actor may not do that.
    #[error(
        "Für „{what}“ fehlt Ihnen die Berechtigung. Abhilfe: mit einem anderen Konto anmelden oder die Netzwerkkoordination fragen."
    )]
    Forbidden {
        /// What was to be done.
        what: &'static str,
    },
    /// There is no such thing.
    #[error("{what} gibt es hier nicht (mehr). Abhilfe: zur Suche zurückgehen und neu wählen.")]
    NotFound {
        /// What, with its article: „Dieses Angebot“.
        what: &'static str,
    },
    /// The offer was a duplicate and lives on in another.
    #[error("Dieses Angebot ist mit einem anderen zusammengeführt worden. Abhilfe: das andere öffnen.")]
    Merged {
        /// That one.
        into: OfferId,
    },
    /// Something entered does not fit.
    #[error("{message}")]
    Invalid {
        /// Name of the field in the form.
        field: Cow<'static, str>,
        /// What is wrong and what to do.
        message: String,
    },
    /// Somebody else saved in between; nothing was overwritten.
    #[error(
        "Jemand hat den Eintrag inzwischen geändert. Es wurde nichts überschrieben. Abhilfe: beide Fassungen vergleichen und zusammenführen."
    )]
    Stale {
        /// What was to be saved.
        yours: Box<Offer>,
        /// What is there now; `None` where the entry is gone.
        theirs: Option<Box<Stored<Offer>>>,
    },
    /// The same for a goal, an organisation, an agreement or another record.
    #[error(
        "Jemand hat den Eintrag inzwischen geändert. Es wurde nichts überschrieben. Abhilfe: die Seite neu laden, die neue Fassung ansehen und die Änderung wiederholen."
    )]
    StaleRecord,
    /// The same was done too often in a short time.
    #[error("Das wurde gerade schon sehr oft gemacht. Abhilfe: in einer Stunde noch einmal versuchen.")]
    TooMany,
    /// A file to read in is not what was expected.
    #[error("{0}")]
    Import(String),
    /// A page of a report was not made.
    #[error(
        "Das PDF ließ sich nicht erzeugen: {0}. Abhilfe: die Liste als CSV herunterladen und den Fehler melden."
    )]
    Report(String),
}

/// Something entered in this field of the form does not fit.
pub(crate) fn invalid(field: impl Into<Cow<'static, str>>, message: impl Into<String>) -> PortalError {
    PortalError::Invalid { field: field.into(), message: message.into() }
}

impl PortalError {
    /// Whether the server is at fault, so that the text belongs into the log.
    pub fn is_internal(&self) -> bool {
        use kekiz_accounts::Refusal;
        matches!(
            self,
            Self::Account(Refusal::Trouble(_) | Refusal::Unreadable)
                | Self::Open(_)
                | Self::Store(_)
                | Self::Search(_)
                | Self::Synonyms(_)
                | Self::Terms(_)
                | Self::File { .. }
                | Self::Report(_)
        )
    }

    /// An error of the file system.
    pub(crate) fn file(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::File { path: path.display().to_string(), reason: error.to_string() }
    }
}

impl From<SaveError<Offer>> for PortalError {
    fn from(error: SaveError<Offer>) -> Self {
        match error {
            SaveError::Stale { yours, theirs } => Self::Stale { yours, theirs },
            SaveError::Trouble(trouble) => Self::Store(trouble),
        }
    }
}

impl PortalError {
    /// The error of a record that is not an offer.
    pub fn record<T>(error: SaveError<T>) -> Self {
        match error {
            SaveError::Stale { .. } => Self::StaleRecord,
            SaveError::Trouble(trouble) => Self::Store(trouble),
        }
    }
}
