//! Who does something.

use crate::PortalError;
use kekiz_accounts::{Action, Actor as Person, Object};
use kekiz_offers::OrganizationId;
use kekiz_store::entities::Role;
use kekiz_store::roles::{Grant, Scope};

/// Somebody who writes: an account with its roles, the public, or the program itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody known. May report errors, nothing else.
    Public,
    /// An account and what it may do where.
    Account {
        /// The account's id.
        id: String,
        /// Its roles.
        grants: Vec<Grant>,
    },
    /// The program itself: commands at the command line, reminders.
    System,
}

impl Actor {
    /// The account's id, for the store; `None` for the public and the program.
    pub fn account(&self) -> Option<&str> {
        match self {
            Actor::Account { id, .. } => Some(id),
            Actor::Public | Actor::System => None,
        }
    }

    /// How the audit log names it.
    pub fn audit_name(&self) -> &str {
        match self {
            Actor::Public => "public",
            Actor::Account { id, .. } => id,
            Actor::System => "system",
        }
    }

    /// Whether it may do something to an object, by the one table of permissions; the program itself may everything.
    pub fn may(&self, action: Action, object: &Object) -> bool {
        *self == Actor::System || kekiz_accounts::may(&self.person(), action, object)
    }

    /// Refuses unless it may. `what` is what was to be done: „Angebot ändern“.
    pub fn must(&self, action: Action, object: &Object, what: &'static str) -> Result<(), PortalError> {
        if self.may(action, object) { Ok(()) } else { Err(PortalError::Forbidden { what }) }
    }

    /// The same as accounts know it.
    pub(crate) fn person(&self) -> Person {
        match self {
            Actor::Account { id, grants } => Person { account: Some(id.clone()), grants: grants.clone() },
            Actor::Public => Person::public(),
            Actor::System => Person { account: Some("system".into()), grants: Vec::new() },
        }
    }

    /// The providers whose offers it keeps.
    pub fn organizations(&self) -> Vec<OrganizationId> {
        let Actor::Account { grants, .. } = self else { return Vec::new() };
        grants
            .iter()
            .filter_map(|grant| match (&grant.role, &grant.scope) {
                (Role::Provider, Scope::Organization(id)) => Some(OrganizationId(id.clone())),
                _ => None,
            })
            .collect()
    }
}
