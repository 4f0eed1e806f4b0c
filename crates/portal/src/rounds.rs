//! What a running portal does by itself: sends mails, and once a day reminds and forgets.

use crate::post::Smtp;
use crate::{Actor, Portal, PortalError};
use jiff::civil::Date;
use kekiz_offers::ReminderRules;
use kekiz_store::retention::{self, Periods, Purged};
use std::sync::Arc;
use std::time::Duration;

/// Time between two looks at the outbox.
const PAUSE: Duration = Duration::from_secs(15);
/// Hour of the day in Germany from which the daily work is done: nobody gets mail at night.
const MORNING: i8 = 6;

/// The rounds of one portal.
#[derive(Debug)]
pub struct Rounds {
    portal: Arc<Portal>,
    /// The day whose work is done.
    done: Option<Date>,
}

impl Rounds {
    /// Rounds that begin with the work of today.
    pub fn of(portal: Arc<Portal>) -> Self {
        Self { portal, done: None }
    }

    /// One round: the daily work if it is still to do, then the mails. Offers are reminded of only where mails can
    /// go out, so that nothing is greyed whose provider could not know. What fails is logged and tried again.
    pub async fn once(&mut self, smtp: Option<&Smtp>) {
        let local = self.portal.now().local;
        if self.done != Some(local.date()) && local.hour() >= MORNING {
            match self.day(smtp.is_some()).await {
                Ok(()) => self.done = Some(local.date()),
                Err(error) => tracing::error!(%error, "daily work"),
            }
        }
        if let Some(smtp) = smtp {
            match self.portal.deliver_mails(smtp).await {
                Ok(done) if done.given_up > 0 => tracing::warn!(?done, "mails were given up"),
                Ok(_) => {}
                Err(error) => tracing::error!(%error, "mails"),
            }
        }
    }

    async fn day(&self, remind: bool) -> Result<(), PortalError> {
        let purged = self.portal.purge().await?;
        tracing::info!(?purged, "forgotten");
        if remind {
            let done = self.portal.remind(&Actor::System, &ReminderRules::default()).await?;
            tracing::info!(?done, "reminded");
        }
        Ok(())
    }

    /// Rounds without end.
    pub async fn forever(mut self, smtp: Option<Smtp>) {
        loop {
            self.once(smtp.as_ref()).await;
            tokio::time::sleep(PAUSE).await;
        }
    }
}

impl Portal {
    /// Deletes what has outlived its period: ended sessions, old links, sent mails, settled requests and reports.
    pub async fn purge(&self) -> Result<Purged, PortalError> {
        self.forget_uploads()?;
        Ok(retention::purge(self.db(), &Periods::default(), self.now().at).await?)
    }
}
