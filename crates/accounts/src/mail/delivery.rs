//! Sending what is in the outbox, over SMTP.

use jiff::{SignedDuration, Timestamp};
use kekiz_store::outbox::{self, Mail};
use kekiz_store::{DatabaseConnection, Trouble};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use serde::Deserialize;
use std::time::Duration;

/// How the way to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encryption {
    /// TLS from the first byte (usually port 465).
    #[default]
    Tls,
    /// TLS after STARTTLS, which the server has to offer (usually port 587).
    Starttls,
    /// None; only for a server on the same machine.
    None,
}

/// The mail server.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is protected.
    #[serde(default)]
    pub encryption: Encryption,
    /// User and password, where it wants them.
    #[serde(default)]
    pub login: Option<(String, String)>,
    /// Sender, for example `Familienportal <portal@stadt.example>`.
    pub from: String,
    /// Seconds to wait for an answer.
    #[serde(default = "twenty")]
    pub timeout_seconds: u64,
}

fn twenty() -> u64 {
    20
}

/// Why no mail can be sent at all.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The sender is no mail address.
    #[error("„{0}“ ist kein Absender. Abhilfe: in der Form `Name <name@ort.de>` angeben.")]
    Sender(String),
    /// The name of the server cannot be used for TLS.
    #[error(
        "Zum Mailserver „{host}“ ist keine gesicherte Verbindung möglich. Abhilfe: den Namen aus dem Zertifikat des Servers angeben."
    )]
    Tls {
        /// The name.
        host: String,
        /// What the TLS library said.
        #[source]
        source: lettre::transport::smtp::Error,
    },
    /// The database refused.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// What one round of sending did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Taken by the mail server.
    pub sent: usize,
    /// To be tried again.
    pub postponed: usize,
    /// Given up: refused for good, or tried for two days.
    pub given_up: usize,
}

/// Minutes until the next try after each failed one; after the last the mail is given up.
const WAITS: [i64; 7] = [1, 5, 30, 120, 480, 960, 1440];

/// Sends what is due at `now`, at most `limit` mails. A mail is taken before it is sent, so that two senders do not
/// both send it; when the program is killed in between, it is sent again after ten minutes.
pub async fn deliver(
    db: &DatabaseConnection,
    smtp: &Smtp,
    now: Timestamp,
    limit: u64,
) -> Result<Delivered, MailError> {
    let from: Mailbox = smtp.from.parse().map_err(|_| MailError::Sender(smtp.from.clone()))?;
    let transport = transport(smtp)?;
    let mut done = Delivered::default();
    for mail in outbox::due(db, now, limit).await? {
        if !outbox::take(db, &mail, after(now, 10)).await? {
            continue;
        }
        match send(&transport, &from, &mail, now).await {
            Ok(()) => {
                outbox::sent(db, &mail.id, now).await?;
                done.sent += 1;
            }
            Err(failure) => {
                let tried = usize::try_from(mail.attempts).unwrap_or(usize::MAX);
                let wait = WAITS.get(tried).filter(|_| !failure.for_good);
                outbox::failed(db, &mail.id, &failure.text, wait.map(|wait| after(now, *wait))).await?;
                if wait.is_some() { done.postponed += 1 } else { done.given_up += 1 }
            }
        }
    }
    Ok(done)
}

/// Refuses settings with which no mail could go out: a sender that is none, a name TLS cannot use.
pub fn check(smtp: &Smtp) -> Result<(), MailError> {
    smtp.from.parse::<Mailbox>().map_err(|_| MailError::Sender(smtp.from.clone()))?;
    transport(smtp).map(drop)
}

/// Why one mail was not sent.
struct Failure {
    text: String,
    for_good: bool,
}

async fn send(
    transport: &AsyncSmtpTransport<Tokio1Executor>,
    from: &Mailbox,
    mail: &Mail,
    now: Timestamp,
) -> Result<(), Failure> {
    let message = message(from, mail, now)?;
    match transport.send(message).await {
        Ok(_) => Ok(()),
        Err(error) => Err(Failure {
            for_good: error.is_permanent(),
            text: error.status().map_or_else(
                || "Der Mailserver antwortet nicht.".to_string(),
                |code| format!("Der Mailserver antwortet mit {code}."),
            ),
        }),
    }
}

fn message(from: &Mailbox, mail: &Mail, now: Timestamp) -> Result<Message, Failure> {
    let broken = || Failure { text: "Die Mailadresse ist keine.".into(), for_good: true };
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let moment = std::time::UNIX_EPOCH + Duration::from_secs(seconds);
    let to: Mailbox = mail.recipient.parse().map_err(|_| broken())?;
    Message::builder()
        .from(from.clone())
        .to(to)
        .subject(&mail.subject)
        .date(moment)
        .message_id(Some(format!("<{}@{}>", mail.id, from.email.domain())))
        .multipart(MultiPart::alternative_plain_html(mail.plain.clone(), mail.html.clone()))
        .map_err(|_| broken())
}

fn transport(smtp: &Smtp) -> Result<AsyncSmtpTransport<Tokio1Executor>, MailError> {
    let tls = || {
        TlsParameters::new(smtp.host.clone())
            .map_err(|source| MailError::Tls { host: smtp.host.clone(), source })
    };
    let tls = match smtp.encryption {
        Encryption::None => Tls::None,
        Encryption::Starttls => Tls::Required(tls()?),
        Encryption::Tls => Tls::Wrapper(tls()?),
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&smtp.host)
        .port(smtp.port)
        .tls(tls)
        .timeout(Some(Duration::from_secs(smtp.timeout_seconds.clamp(1, 600))));
    if let Some((user, password)) = &smtp.login {
        builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
    }
    Ok(builder.build())
}

fn after(now: Timestamp, minutes: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(Timestamp::MAX)
}
