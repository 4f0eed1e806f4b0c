//! Sending what waits in the outbox, and the mails that could not be sent.

use crate::people::{Action, Object};
use crate::{Actor, Portal, PortalError};
use kekiz_accounts::mail;
use kekiz_store::outbox::{self, Mail};
use serde_json::json;

pub use kekiz_accounts::mail::{Delivered, Encryption, MailError, Smtp};

/// Most mails sent in one go; the rest follows in the next.
const MOST: u64 = 200;

/// What is known about mails that did not go out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Post {
    /// Number of mails that wait for their next try.
    pub waiting: u64,
    /// Mails that were given up, the oldest first.
    pub given_up: Vec<Mail>,
}

/// Refuses settings with which no mail could go out.
pub fn check(smtp: &Smtp) -> Result<(), MailError> {
    mail::check(smtp)
}

impl Portal {
    /// Sends what is due. A mail the server does not take is tried again for two days, then given up.
    pub async fn deliver_mails(&self, smtp: &Smtp) -> Result<Delivered, MailError> {
        mail::deliver(self.db(), smtp, self.now().at, MOST).await
    }

    /// Mails that wait or were given up.
    pub async fn post(&self, actor: &Actor) -> Result<Post, PortalError> {
        actor.must(Action::ReadOperations, &Object::everything(), "nicht zugestellte Mails sehen")?;
        Ok(Post { waiting: outbox::waiting(self.db()).await?, given_up: outbox::given_up(self.db()).await? })
    }

    /// Sends a mail that was given up once more, or forgets it.
    pub async fn settle_mail(&self, actor: &Actor, id: &str, again: bool) -> Result<(), PortalError> {
        actor.must(Action::ReadOperations, &Object::everything(), "nicht zugestellte Mails bearbeiten")?;
        let mut writing = self.begin(actor, "").await?;
        let done = match again {
            true => outbox::again(&writing.tx, id, writing.edit.at).await?,
            false => outbox::forget(&writing.tx, id).await?,
        };
        if !done {
            return Err(PortalError::NotFound { what: "Diese Mail" });
        }
        writing.note(if again { "mail.again" } else { "mail.forgotten" }, "mail", id, json!({}));
        writing.finish().await
    }
}
