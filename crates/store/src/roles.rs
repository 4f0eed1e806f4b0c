//! Who has which role, where.

use crate::entities::{Role, ScopeKind, role};
use crate::{Stamp, Trouble};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};

/// Where a role holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everywhere in this installation.
    Everywhere,
    /// For one organisation.
    Organization(String),
    /// In one area and what lies in it.
    Area(String),
}

impl Scope {
    fn columns(&self) -> (ScopeKind, &str) {
        match self {
            Scope::Everywhere => (ScopeKind::Everywhere, ""),
            Scope::Organization(id) => (ScopeKind::Organization, id),
            Scope::Area(key) => (ScopeKind::Area, key),
        }
    }

    fn read(kind: ScopeKind, scope: String) -> Self {
        match kind {
            ScopeKind::Everywhere => Scope::Everywhere,
            ScopeKind::Organization => Scope::Organization(scope),
            ScopeKind::Area => Scope::Area(scope),
        }
    }
}

/// A role and where it holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// Where it holds.
    pub scope: Scope,
}

/// Gives a role; giving it twice changes nothing.
pub async fn grant(
    db: &impl ConnectionTrait,
    account: &str,
    grant: &Grant,
    at: jiff::Timestamp,
    by: Option<&str>,
) -> Result<(), Trouble> {
    let (scope_kind, scope) = grant.scope.columns();
    let row = role::Model {
        account: account.into(),
        role: grant.role,
        scope_kind,
        scope: scope.into(),
        granted_at: Stamp::from(at),
        granted_by: by.map(str::to_string),
    };
    let key = [role::Column::Account, role::Column::Role, role::Column::ScopeKind, role::Column::Scope];
    role::Entity::insert(row.into_active_model())
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Takes a role away; `false` when it was not there.
pub async fn revoke(db: &impl ConnectionTrait, account: &str, grant: &Grant) -> Result<bool, Trouble> {
    let (kind, scope) = grant.scope.columns();
    let done = role::Entity::delete_by_id((account.into(), grant.role, kind, scope.into())).exec(db).await?;
    Ok(done.rows_affected > 0)
}

/// The roles of an account, ordered.
pub async fn of(db: &impl ConnectionTrait, account: &str) -> Result<Vec<Grant>, Trouble> {
    let rows = role::Entity::find().filter(role::Column::Account.eq(account)).all(db).await?;
    let mut grants: Vec<Grant> = rows.into_iter().map(read).collect();
    grants.sort();
    Ok(grants)
}

/// The accounts that hold a role, with where; ordered by account.
pub async fn holders(db: &impl ConnectionTrait, role: Role) -> Result<Vec<(String, Scope)>, Trouble> {
    let found = role::Entity::find()
        .filter(role::Column::Role.eq(role))
        .order_by_asc(role::Column::Account)
        .order_by_asc(role::Column::Scope);
    let rows = found.all(db).await?;
    Ok(rows.into_iter().map(|row| (row.account.clone(), read(row).scope)).collect())
}

fn read(row: role::Model) -> Grant {
    Grant { role: row.role, scope: Scope::read(row.scope_kind, row.scope) }
}
