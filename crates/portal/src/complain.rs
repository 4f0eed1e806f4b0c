//! "Is this out of date?": what readers report about an offer.

use crate::error::invalid;
use crate::{Actor, Portal, PortalError};
use kekiz_offers::OfferId;
use kekiz_store::attempts;
use kekiz_store::entities::RequestState;
use kekiz_store::error_reports::{self, ErrorReport};
use serde_json::json;

/// Longest message, in characters.
const LONGEST: usize = 2000;

impl Portal {
    /// Keeps what a reader says is wrong with an offer; gives the number of the report. Without login; the message
    /// must say something, a contact is free to give and forgotten when the report is closed. Of one offer at most
    /// `in_an_hour` reports are taken within an hour.
    pub async fn report_error(
        &self,
        id: &OfferId,
        message: &str,
        contact: &str,
        in_an_hour: u32,
    ) -> Result<String, PortalError> {
        let offer = self.public_offer(id).await?;
        let message = clean(message);
        if message.chars().filter(|c| c.is_alphanumeric()).count() < 3 {
            return Err(invalid(
                "meldung",
                "Bitte schreiben Sie kurz, was nicht stimmt, zum Beispiel „Die Telefonnummer ist falsch“.",
            ));
        }
        if message.chars().count() > LONGEST {
            return Err(invalid(
                "meldung",
                format!("Der Text ist zu lang. Bitte höchstens {LONGEST} Zeichen schreiben."),
            ));
        }
        let contact = clean(contact);
        if contact.chars().count() > 200 {
            return Err(invalid(
                "kontakt",
                "Die Angabe ist zu lang. Bitte nur eine E-Mail-Adresse oder Telefonnummer eintragen.",
            ));
        }
        let mut writing = self.begin(&Actor::Public, "").await?;
        let key = attempts::key("error-report", offer.id.as_str());
        let hour = jiff::SignedDuration::from_hours(1);
        if attempts::count(&writing.tx, &key, writing.edit.at, hour).await? > u64::from(in_an_hour) {
            return Err(PortalError::TooMany);
        }
        let report = ErrorReport {
            id: self.around().uuid(),
            offer: offer.id.to_string(),
            message,
            contact: (!contact.is_empty()).then_some(contact),
            reported_at: writing.edit.at.into(),
            state: RequestState::Open,
            handled_by: None,
            handled_at: None,
        };
        let number = report.id.clone();
        error_reports::insert(&writing.tx, report).await?;
        writing.note("error.reported", "offer", offer.id.as_str(), json!({}));
        writing.finish().await?;
        Ok(number)
    }
}

/// Text without control characters and marks that turn its direction around, trimmed.
pub(crate) fn clean(text: &str) -> String {
    let kept: String = text.chars().filter(|c| !kekiz_offers::exchange::is_forbidden(*c)).collect();
    kept.replace("\r\n", "\n").trim().to_string()
}
