//! `kekiz account …`: so that somebody can come in first.

use super::open;
use super::portal::{open_portal, wait};
use crate::arguments::{Account, AccountRole, CreateAccount};
use crate::outcome::Failure;
use crate::terminal::Terminal;
use kekiz_portal::offers::OrganizationId;
use kekiz_portal::people::{Invitation, State};
use kekiz_portal::{Actor, Grant, Role, Scope};
use std::path::Path;

pub(super) fn run(arguments: &Account, terminal: &Terminal) -> Result<(), Failure> {
    match arguments {
        Account::Create(arguments) => create(arguments, terminal),
        Account::List(arguments) => list(&arguments.store, terminal),
    }
}

fn create(arguments: &CreateAccount, terminal: &Terminal) -> Result<(), Failure> {
    let project = open(&arguments.store.store)?;
    let role = match arguments.role {
        AccountRole::Traeger => Role::Provider,
        AccountRole::Netzwerkkoordination => Role::Coordination,
        AccountRole::Statistikstelle => Role::Statistics,
        AccountRole::Land => Role::Land,
        AccountRole::Administration => Role::Administration,
    };
    wait(async {
        let portal = open_portal(&project).await?;
        let scope = match &arguments.organization {
            Some(id) if portal.provider(&OrganizationId(id.clone())).is_none() => {
                return Err(Failure::Usage(format!(
                    "Den Träger „{id}“ gibt es nicht. Abhilfe: die Kennung aus /hsds/organizations nehmen."
                )));
            }
            Some(id) => Scope::Organization(id.clone()),
            None => Scope::Everywhere,
        };
        let invitation = Invitation {
            email: arguments.email.clone(),
            name: arguments.name.clone(),
            grant: Grant { role, scope },
            language: "de".into(),
        };
        let link = portal.invite_from_here(&invitation).await?;
        match &link {
            Some(link) => terminal.say(&format!(
                "{} ist eingeladen. Mit diesem Link wählt die Person ihr Passwort (er gilt 14 Tage und nur einmal):\n{link}",
                arguments.email
            )),
            None => terminal.say(&format!("{} hat schon einen Zugang und bekommt die Aufgabe dazu.", arguments.email)),
        }
        terminal.answer(&serde_json::json!({ "ok": true, "email": arguments.email, "link": link }));
        Ok(())
    })
}

fn list(folder: &Path, terminal: &Terminal) -> Result<(), Failure> {
    let project = open(folder)?;
    wait(async {
        let portal = open_portal(&project).await?;
        let all = portal.accounts(&Actor::System).await?;
        let mut rows = Vec::new();
        for one in &all {
            let state = match one.account.state {
                State::Active => "aktiv",
                State::Invited => "eingeladen",
                State::Blocked => "gesperrt",
            };
            let roles: Vec<&str> = one.grants.iter().map(|grant| grant.role.word()).collect();
            terminal.say(&format!(
                "{}  {}  {state}  {}",
                one.account.email,
                one.account.name,
                roles.join(", ")
            ));
            rows.push(serde_json::json!({
                "email": one.account.email, "name": one.account.name, "state": state, "roles": one.grants,
            }));
        }
        terminal.answer(&serde_json::json!({ "ok": true, "accounts": rows }));
        Ok(())
    })
}
