//! What waits for who coordinates: reports of errors in offers.

use crate::people::{Action, Object};
use crate::{Actor, Portal, PortalError};
use kekiz_offers::OfferId;
use kekiz_store::entities::RequestState;
use kekiz_store::error_reports::{self, ErrorReport};
use kekiz_store::offers;
use serde_json::json;

/// A report with the offer it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Reported {
    /// The report.
    pub report: ErrorReport,
    /// Name of the offer; empty when it is gone.
    pub offer: String,
}

impl Portal {
    /// Reports that wait, the oldest first; of the offers the actor may handle.
    pub async fn open_reports(&self, actor: &Actor) -> Result<Vec<Reported>, PortalError> {
        let mut found = Vec::new();
        for report in error_reports::open(self.db(), 200).await? {
            let stored = offers::get(self.db(), &OfferId(report.offer.clone())).await?;
            let object = stored.as_ref().map_or_else(Object::everything, |one| {
                Object::of_organization(one.value.organization.as_str())
            });
            if actor.may(Action::HandleReport, &object) {
                let offer = stored.map(|one| one.value.service.name).unwrap_or_default();
                found.push(Reported { report, offer });
            }
        }
        Ok(found)
    }

    /// Closes a report, mended or not to be mended; the reader's contact is forgotten.
    pub async fn close_report(&self, actor: &Actor, id: &str, mended: bool) -> Result<(), PortalError> {
        let gone = PortalError::NotFound { what: "Diese Meldung" };
        let Some(report) = error_reports::get(self.db(), id).await? else { return Err(gone) };
        let stored = offers::get(self.db(), &OfferId(report.offer.clone())).await?;
        let object = stored
            .as_ref()
            .map_or_else(Object::everything, |one| Object::of_organization(one.value.organization.as_str()));
        actor.must(Action::HandleReport, &object, "eine Meldung bearbeiten")?;
        let mut writing = self.begin(actor, "").await?;
        let state = if mended { RequestState::Accepted } else { RequestState::Rejected };
        if !error_reports::close(&writing.tx, id, state, actor.audit_name(), writing.edit.at).await? {
            return Err(gone);
        }
        writing.note("error.closed", "offer", &report.offer, json!({ "mended": mended }));
        writing.finish().await
    }
}
