//! `kekiz portal …`: what a running server does by itself, done once.

use super::{open_portal, wait};
use crate::arguments::{InStore, PortalWork};
use crate::commands::open;
use crate::outcome::Failure;
use crate::terminal::Terminal;
use kekiz_app::Project;
use kekiz_app::config::MailEncryption;
use kekiz_portal::offers::ReminderRules;
use kekiz_portal::post::{Encryption, Smtp};
use kekiz_portal::{Actor, Oidc, Role};

pub(in crate::commands) fn run(work: &PortalWork, terminal: &Terminal) -> Result<(), Failure> {
    match work {
        PortalWork::Mail(arguments) => mail(arguments, terminal),
        PortalWork::Remind(arguments) => remind(arguments, terminal),
        PortalWork::Purge(arguments) => purge(arguments, terminal),
    }
}

/// The mail server of a project, if it has one.
pub(in crate::commands) fn smtp(project: &Project) -> Result<Option<Smtp>, Failure> {
    let Some(mail) = &project.config.mail else { return Ok(None) };
    let wrong = |text: String| Failure::Configuration(format!("[mail]: {text}"));
    if project.config.server.base_url.is_none() {
        return Err(wrong(
            "Mails brauchen Links. Abhilfe: in [server] als base_url die Adresse des Portals angeben.".into(),
        ));
    }
    let login = match (&mail.user, &mail.password_file) {
        (None, None) => None,
        (Some(user), Some(file)) => Some((user.clone(), secret_of(project, file).map_err(wrong)?)),
        _ => {
            return Err(wrong(
                "user und password_file gehören zusammen. Abhilfe: beide angeben oder keins.".into(),
            ));
        }
    };
    let (encryption, port) = match mail.encryption {
        MailEncryption::Tls => (Encryption::Tls, 465),
        MailEncryption::Starttls => (Encryption::Starttls, 587),
        MailEncryption::None => (Encryption::None, 25),
    };
    let smtp = Smtp {
        host: mail.host.clone(),
        port: mail.port.unwrap_or(port),
        encryption,
        login,
        from: mail.from.clone(),
        timeout_seconds: 20,
    };
    kekiz_portal::post::check(&smtp).map_err(|error| wrong(error.to_string()))?;
    Ok(Some(smtp))
}

/// The provider people log in at, if the project has one.
pub(in crate::commands) fn login(project: &Project) -> Result<Option<Oidc>, Failure> {
    let Some(login) = &project.config.login else { return Ok(None) };
    let wrong = |text: String| Failure::Configuration(format!("[login]: {text}"));
    if project.config.server.base_url.is_none() {
        return Err(wrong(
            "Der Anbieter muss zurückfinden. Abhilfe: in [server] als base_url die Adresse des Portals angeben.".into(),
        ));
    }
    let secure = login.issuer.starts_with("https://");
    let here = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    if !secure && !here.iter().any(|start| login.issuer.starts_with(start)) {
        return Err(wrong(
            "issuer muss mit https:// beginnen. Abhilfe: die Adresse des Anbieters prüfen.".into(),
        ));
    }
    let client_secret = match &login.client_secret_file {
        None => None,
        Some(file) => Some(secret_of(project, file).map_err(wrong)?),
    };
    let mut roles = Vec::new();
    for (word, groups) in &login.roles {
        let role = Role::from_word(word).ok_or_else(|| {
            let known: Vec<&str> = Role::ALL.iter().map(|role| role.word()).collect();
            wrong(format!("die Rolle „{word}“ ist unbekannt; bekannt sind: {}", known.join(", ")))
        })?;
        roles.push((role, groups.clone()));
    }
    Ok(Some(Oidc {
        issuer: login.issuer.clone(),
        client_id: login.client_id.clone(),
        client_secret,
        label: login.label.clone(),
        groups_claim: login.groups_claim.clone(),
        roles,
        create: login.create_accounts,
    }))
}

/// A secret from its file, which holds nothing else.
fn secret_of(project: &Project, file: &std::path::Path) -> Result<String, String> {
    let path = project.resolve(file);
    let text = std::fs::read_to_string(&path).map_err(|error| {
        format!(
            "Die Datei „{}“ mit dem Geheimnis lässt sich nicht lesen ({error}). Abhilfe: Pfad und Rechte prüfen.",
            path.display()
        )
    })?;
    Ok(text.trim_end_matches(['\r', '\n']).to_string())
}

fn mail(arguments: &InStore, terminal: &Terminal) -> Result<(), Failure> {
    let project = open(&arguments.store)?;
    let smtp = smtp(&project)?.ok_or_else(|| {
        Failure::Configuration(
            "Es ist kein Mailserver eingetragen. Abhilfe: in kekiz.toml den Abschnitt [mail] ausfüllen (docs/konfiguration.md).".into(),
        )
    })?;
    wait(async {
        let portal = open_portal(&project).await?;
        let done = portal.deliver_mails(&smtp).await.map_err(|error| Failure::Store(error.to_string()))?;
        terminal.say(&format!(
            "{} Mails verschickt, {} werden noch einmal versucht, {} aufgegeben.",
            done.sent, done.postponed, done.given_up
        ));
        terminal.answer(&serde_json::json!({
            "ok": true, "sent": done.sent, "postponed": done.postponed, "given_up": done.given_up,
        }));
        Ok(())
    })
}

fn remind(arguments: &InStore, terminal: &Terminal) -> Result<(), Failure> {
    let project = open(&arguments.store)?;
    wait(async {
        let portal = open_portal(&project).await?;
        let done = portal.remind(&Actor::System, &ReminderRules::default()).await?;
        terminal.say(&format!(
            "{} Angebote sind zu prüfen, {} lange nicht geprüft, {} Mails geschrieben.",
            done.due, done.greyed, done.mails
        ));
        terminal.answer(&serde_json::json!({ "ok": true, "reminded": done }));
        Ok(())
    })
}

fn purge(arguments: &InStore, terminal: &Terminal) -> Result<(), Failure> {
    let project = open(&arguments.store)?;
    wait(async {
        let purged = open_portal(&project).await?.purge().await?;
        terminal.say("Gelöscht ist, was seine Frist überschritten hat (docs/konten.md).");
        terminal.answer(&serde_json::json!({ "ok": true, "purged": purged }));
        Ok(())
    })
}
