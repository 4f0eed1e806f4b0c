//! Accounts and what hangs on them.

use crate::Stamp;

words! {
    /// Whether an account may log in.
    AccountState {
        /// Invited, has not chosen a password or linked an identity yet.
        Invited = "invited",
        /// May log in.
        Active = "active",
        /// Shut by the administration.
        Blocked = "blocked",
    }
}

words! {
    /// What somebody is to the municipality. The public needs no account.
    Role {
        /// Träger: keeps its own offers.
        Provider = "provider",
        /// Netzwerkkoordination: keeps the chain, the goals and the network.
        Coordination = "coordination",
        /// Statistikstelle: imports and releases figures.
        Statistics = "statistics",
        /// Land: reads across municipalities.
        Land = "land",
        /// Administration: accounts and configuration.
        Administration = "administration",
    }
}

words! {
    /// What the scope of a role names.
    ScopeKind {
        /// Everything in this installation.
        Everywhere = "everywhere",
        /// One organisation.
        Organization = "organization",
        /// One area and what lies in it.
        Area = "area",
    }
}

words! {
    /// What a link in a mail is for.
    TokenPurpose {
        /// Taking up an account.
        Invitation = "invitation",
        /// A new password.
        PasswordReset = "password_reset",
        /// Proving a new mail address.
        EmailChange = "email_change",
        /// Answering a reminder about an offer without logging in.
        Reminder = "reminder",
    }
}

entity! {
    /// Accounts.
    account, "accounts", {
        /// Random id; stands for the person in the audit log.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// Mail address in lower case; unique.
        pub email: String,
        /// Name as shown to colleagues.
        pub name: String,
        /// Argon2id as a PHC string; `None` where only an outside identity logs in.
        #[serde(skip)]
        pub password: Option<String>,
        /// Whether it may log in.
        pub state: AccountState,
        /// Language of mails and pages.
        pub language: String,
        /// Made when.
        pub created_at: Stamp,
        /// Last login.
        pub last_login_at: Option<Stamp>,
        /// Last change of the password.
        pub password_changed_at: Option<Stamp>,
    }
}

entity! {
    /// Roles of accounts.
    role, "roles", {
        /// The account.
        #[sea_orm(primary_key, auto_increment = false)]
        pub account: String,
        /// The role.
        #[sea_orm(primary_key, auto_increment = false)]
        pub role: Role,
        /// What `scope` names.
        #[sea_orm(primary_key, auto_increment = false)]
        pub scope_kind: ScopeKind,
        /// Key of the organisation or area; empty for everywhere.
        #[sea_orm(primary_key, auto_increment = false)]
        pub scope: String,
        /// When it was given.
        pub granted_at: Stamp,
        /// By which account.
        pub granted_by: Option<String>,
    }
}

entity! {
    /// Second factors (TOTP). The secret is sealed with a key that is not in the database.
    second_factor, "second_factors", {
        /// The account.
        #[sea_orm(primary_key, auto_increment = false)]
        pub account: String,
        /// Sealed secret.
        #[serde(skip)]
        pub sealed_secret: Vec<u8>,
        /// Made when.
        pub created_at: Stamp,
        /// First correct code; before that it is not asked for.
        pub confirmed_at: Option<Stamp>,
        /// Time step of the last code taken; an older or equal one is refused.
        #[serde(skip)]
        pub last_step: i64,
    }
}

entity! {
    /// Recovery codes, hashed.
    recovery_code, "recovery_codes", {
        /// The account.
        #[sea_orm(primary_key, auto_increment = false)]
        pub account: String,
        /// Hash of the code.
        #[sea_orm(primary_key, auto_increment = false)]
        #[serde(skip)]
        pub code_hash: String,
        /// When it was used up.
        pub used_at: Option<Stamp>,
    }
}

entity! {
    /// Identities at an OpenID provider.
    external_identity, "external_identities", {
        /// Issuer as in the id token.
        #[sea_orm(primary_key, auto_increment = false)]
        pub issuer: String,
        /// Subject as in the id token.
        #[sea_orm(primary_key, auto_increment = false)]
        pub subject: String,
        /// The account it logs into.
        pub account: String,
        /// Linked when.
        pub linked_at: Stamp,
    }
}

entity! {
    /// Links sent by mail, hashed.
    token, "tokens", {
        /// Hash of the secret in the link.
        #[sea_orm(primary_key, auto_increment = false)]
        #[serde(skip)]
        pub hash: String,
        /// What it is for.
        pub purpose: TokenPurpose,
        /// Whose it is.
        pub account: Option<String>,
        /// Where it was sent.
        pub email: String,
        /// What it carries, as JSON.
        pub detail: String,
        /// Made when.
        pub created_at: Stamp,
        /// By which account.
        pub created_by: Option<String>,
        /// Worth nothing after.
        pub expires_at: Stamp,
        /// Used when; once only.
        pub used_at: Option<Stamp>,
    }
}

entity! {
    /// Sessions of browsers.
    session, "sessions", {
        /// Hash of the id in the cookie.
        #[sea_orm(primary_key, auto_increment = false)]
        #[serde(skip)]
        pub id_hash: String,
        /// The account, once logged in.
        pub account: Option<String>,
        /// What the web layer keeps, as JSON.
        #[serde(skip)]
        pub data: String,
        /// Browser and system in a few words.
        pub device: String,
        /// Begun when.
        pub created_at: Stamp,
        /// Last used.
        pub seen_at: Stamp,
        /// Ends when.
        pub expires_at: Stamp,
    }
}

entity! {
    /// Counts of attempts, for rate limits.
    attempt, "attempts", {
        /// What is counted; hashed where it holds a person's data.
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        /// Begin of the window.
        pub window_start: Stamp,
        /// Attempts in it.
        pub count: i64,
    }
}

entity! {
    /// Mails to send.
    mail, "outbox", {
        /// Random id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// The account it goes to, where there is one.
        pub account: Option<String>,
        /// Address.
        pub recipient: String,
        /// Subject line.
        pub subject: String,
        /// Plain text.
        #[serde(skip)]
        pub plain: String,
        /// The same as simple HTML.
        #[serde(skip)]
        pub html: String,
        /// Written when.
        pub created_at: Stamp,
        /// How often tried.
        pub attempts: i64,
        /// Next try; `None` when sent or given up.
        pub next_attempt_at: Option<Stamp>,
        /// Accepted by the mail server when.
        pub sent_at: Option<Stamp>,
        /// What the mail server said last.
        pub last_error: Option<String>,
    }
}

entity! {
    /// The audit log.
    audit_entry, "audit_log", {
        /// Counts from 1 without gaps.
        #[sea_orm(primary_key, auto_increment = false)]
        pub sequence: i64,
        /// When.
        pub at: Stamp,
        /// Account id, `system` or `public`.
        pub actor: String,
        /// What was done.
        pub action: String,
        /// To what kind of thing.
        pub object_kind: String,
        /// Its id.
        pub object: String,
        /// More, as JSON; never a person's data.
        pub detail: String,
        /// Hash of the entry before.
        pub previous: String,
        /// Hash of this entry.
        pub hash: String,
    }
}
