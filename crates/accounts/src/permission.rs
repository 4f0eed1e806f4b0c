//! Who may do what: one table, and one function that reads it.

use crate::Refusal;
use kekiz_store::entities::{AccountState, Role};
use kekiz_store::roles::{self, Grant, Scope};
use kekiz_store::{ConnectionTrait, accounts};

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident: $public:tt $account:tt $provider:tt $coordination:tt $statistics:tt $land:tt $administration:tt,)*) => {
        /// Something somebody does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action { $($(#[$doc])* $name,)* }

        impl Action {
            /// All actions in the order of the table.
            pub const ALL: &'static [Action] = &[$(Action::$name),*];

            /// Its row: public, any account, then the roles in their order.
            fn row(self) -> [Reach; 7] {
                match self {
                    $(Action::$name => [
                        reach_of!($public), reach_of!($account), reach_of!($provider), reach_of!($coordination),
                        reach_of!($statistics), reach_of!($land), reach_of!($administration),
                    ],)*
                }
            }
        }
    };
}

macro_rules! reach_of {
    (-) => {
        Reach::Never
    };
    (s) => {
        Reach::InScope
    };
    (x) => {
        Reach::Everywhere
    };
}

/// How far an action reaches for a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Not at all.
    Never,
    /// On what lies in the scope of the role.
    InScope,
    /// On everything, whatever the scope of the role.
    Everywhere,
}

// Columns: public, any account, provider, coordination, statistics, Land, administration.
// `-` never, `s` within the scope of the role, `x` everywhere.
actions! {
    /// Read what is public: offers, the Leitbild, the atlas.
    ReadPublic: x x x x x x x,
    /// Report an error in an offer.
    ReportError: x x x x x x x,
    /// Propose changes to the fields of any offer.
    ProposeChange: - x x x x x x,
    /// Say that an organisation is one's own.
    ClaimOrganization: - x x x x x x,
    /// See drafts and the history of an offer.
    ReadDraft: - - s s - - s,
    /// Write and change an offer.
    EditOffer: - - s s - - s,
    /// Make an offer public, and answer reminders about it.
    PublishOffer: - - s s - - s,
    /// Archive an offer.
    ArchiveOffer: - - s s - - s,
    /// Change an organisation and its places.
    EditOrganization: - - s s - - s,
    /// Decide proposed changes.
    DecideChange: - - s s - - s,
    /// Decide claims.
    DecideClaim: - - - s - - s,
    /// Handle reports of errors.
    HandleReport: - - s s - - s,
    /// Merge and unmerge duplicates.
    MergeOffers: - - - s - - s,
    /// See what waits for who coordinates: reports, claims, duplicates, reminders.
    Coordinate: - - - s - - s,
    /// Import many offers.
    ImportOffers: - - - s - - s,
    /// Invite somebody to keep the offers of an organisation.
    InviteProvider: - - s s - - s,
    /// See the chain with its needs, gaps and what-if questions.
    ReadPlanning: - - - s s x s,
    /// Change goals, guiding sentences and council decisions.
    EditGoals: - - - s - - s,
    /// Change actors, agreements, transitions, groups, tasks and the planning cycle.
    EditNetwork: - - - s - - s,
    /// Change words, synonyms and lists.
    EditTaxonomy: - - - s - - s,
    /// Import addresses for finding places.
    ImportAddresses: - - - s s - s,
    /// Import and release figures.
    ManageFigures: - - - - s - -,
    /// Invite, block and delete accounts, and give roles.
    ManageAccounts: - - - - - - s,
    /// Read the audit log.
    ReadAudit: - - - - - - s,
    /// See jobs and mails that could not be sent.
    ReadOperations: - - - s s - s,
}

/// What an action is done to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object {
    /// The organisation it belongs to.
    pub organization: Option<String>,
    /// The area it lies in and all that one lies in.
    pub areas: Vec<String>,
}

impl Object {
    /// Something of an organisation.
    pub fn of_organization(id: &str) -> Self {
        Self { organization: Some(id.into()), areas: Vec::new() }
    }

    /// Something in an area; `areas` holds it and its parents.
    pub fn in_area<'a>(areas: impl IntoIterator<Item = &'a str>) -> Self {
        Self { organization: None, areas: areas.into_iter().map(str::to_string).collect() }
    }

    /// Something of the installation as a whole: only a role without limits reaches it.
    pub fn everything() -> Self {
        Self::default()
    }

    fn within(&self, scope: &Scope) -> bool {
        match scope {
            Scope::Everywhere => true,
            Scope::Organization(id) => self.organization.as_deref() == Some(id),
            Scope::Area(key) => self.areas.iter().any(|area| area == key),
        }
    }
}

/// Who does something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    /// The account; `None` for the public.
    pub account: Option<String>,
    /// Its roles.
    pub grants: Vec<Grant>,
}

impl Actor {
    /// Somebody who is not logged in.
    pub fn public() -> Self {
        Self::default()
    }

    /// The holder of an account with the roles it has now; the public when it is gone or shut.
    pub async fn load(db: &impl ConnectionTrait, account: &str) -> Result<Self, Refusal> {
        let found = accounts::by_id(db, account).await?;
        let Some(found) = found.filter(|found| found.state == AccountState::Active) else {
            return Ok(Self::public());
        };
        Ok(Self { grants: roles::of(db, &found.id).await?, account: Some(found.id) })
    }

    /// Whether the actor has a role anywhere.
    pub fn has(&self, role: Role) -> bool {
        self.grants.iter().any(|grant| grant.role == role)
    }

    /// The account's id, or a refusal for the public.
    pub(crate) fn id(&self) -> Result<&str, Refusal> {
        self.account.as_deref().ok_or(Refusal::Forbidden)
    }
}

/// How far an action reaches for a role; `None` is an account without one.
pub fn reach(role: Option<Role>, action: Action) -> Reach {
    let [_, account, provider, coordination, statistics, land, administration] = action.row();
    match role {
        None => account,
        Some(Role::Provider) => provider,
        Some(Role::Coordination) => coordination,
        Some(Role::Statistics) => statistics,
        Some(Role::Land) => land,
        Some(Role::Administration) => administration,
    }
}

/// Whether somebody may do something to an object.
pub fn may(actor: &Actor, action: Action, object: &Object) -> bool {
    let [public, account, ..] = action.row();
    let plain = if actor.account.is_some() { account } else { public };
    plain == Reach::Everywhere
        || actor.grants.iter().any(|grant| match reach(Some(grant.role), action) {
            Reach::Never => false,
            Reach::InScope => object.within(&grant.scope),
            Reach::Everywhere => true,
        })
}

/// The same as a refusal.
pub fn require(actor: &Actor, action: Action, object: &Object) -> Result<(), Refusal> {
    if may(actor, action, object) { Ok(()) } else { Err(Refusal::Forbidden) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(role: Role, scope: Scope) -> Actor {
        Actor { account: Some("ada".into()), grants: vec![Grant { role, scope }] }
    }

    /// The whole table, so that no right changes unseen.
    #[test]
    fn who_may_do_what() {
        let mut text = String::from(
            "action              public account provider coordination statistics land administration\n",
        );
        for action in Action::ALL {
            let cells = action.row().map(|reach| match reach {
                Reach::Never => '-',
                Reach::InScope => 's',
                Reach::Everywhere => 'x',
            });
            let [p, a, r, c, s, l, d] = cells;
            text += &format!(
                "{:<19} {p}      {a}       {r}        {c}            {s}          {l}    {d}\n",
                format!("{action:?}")
            );
        }
        insta::assert_snapshot!(text);
    }

    #[test]
    fn a_scope_is_a_border() {
        let own = Object::of_organization("kita");
        let other = Object::of_organization("verein");
        let provider = actor(Role::Provider, Scope::Organization("kita".into()));
        assert!(may(&provider, Action::EditOffer, &own));
        assert!(!may(&provider, Action::EditOffer, &other));
        assert!(!may(&provider, Action::EditOffer, &Object::everything()));
        let district = actor(Role::Coordination, Scope::Area("0511".into()));
        assert!(may(&district, Action::EditOffer, &Object::in_area(["0511-03", "0511"])));
        assert!(!may(&district, Action::EditOffer, &Object::in_area(["0512"])));
        assert!(may(&actor(Role::Coordination, Scope::Everywhere), Action::EditOffer, &other));
        assert!(may(&actor(Role::Land, Scope::Area("05".into())), Action::ReadPlanning, &other));
    }

    #[test]
    fn the_public_and_accounts_without_roles_do_little() {
        for action in Action::ALL {
            let public = matches!(action, Action::ReadPublic | Action::ReportError);
            assert_eq!(may(&Actor::public(), *action, &Object::everything()), public, "{action:?}");
        }
        // Roles without an account (which the database cannot hold) must not make the public more.
        let plain = Actor { account: Some("ada".into()), grants: Vec::new() };
        assert!(may(&plain, Action::ProposeChange, &Object::everything()));
        assert!(!may(&plain, Action::EditOffer, &Object::of_organization("kita")));
    }

    proptest::proptest! {
        /// Who may do something in a scope may do it with the same role everywhere.
        #[test]
        fn a_wider_scope_never_takes_a_right(role in 0usize..5, action in 0usize..24, id in "[ab]", own in "[ab]") {
            let (role, action) = (Role::ALL[role], Action::ALL[action]);
            let object = Object { organization: Some(id), areas: vec![own.clone()] };
            for scope in [Scope::Organization(own.clone()), Scope::Area(own)] {
                let narrow = may(&actor(role, scope), action, &object);
                let wide = may(&actor(role, Scope::Everywhere), action, &object);
                proptest::prop_assert!(!narrow || wide);
            }
        }
    }
}
