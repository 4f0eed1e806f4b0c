//! Offers and what happens to them.

use crate::Stamp;

words! {
    /// State of something somebody asked for.
    RequestState {
        /// Waits for a decision.
        Open = "open",
        /// Granted.
        Accepted = "accepted",
        /// Refused.
        Rejected = "rejected",
        /// Taken back.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// What a provider says to a reminder.
    ReminderAnswer {
        /// Still right.
        StillValid = "still_valid",
        /// Was changed.
        Changed = "changed",
        /// Has ended.
        Archived = "archived",
    }
}

entity! {
    /// Offers of help.
    offer, "offers", {
        /// The offer's id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// Who offers it.
        pub organization: String,
        /// State as in the document.
        pub state: String,
        /// Title as in the document.
        pub title: String,
        /// Counts from 1.
        pub revision: i64,
        /// Number of the last change among all offers.
        pub sequence: i64,
        /// Written when.
        pub changed_at: Stamp,
        /// By which account.
        pub changed_by: Option<String>,
        /// Why.
        pub reason: String,
        /// The offer that took this one in.
        pub merged_into: Option<String>,
        /// The offer as JSON.
        pub document: String,
    }
}

entity! {
    /// Former versions of offers.
    offer_version, "offer_versions", {
        /// The offer.
        #[sea_orm(primary_key, auto_increment = false)]
        pub offer: String,
        /// Its revision.
        #[sea_orm(primary_key, auto_increment = false)]
        pub revision: i64,
        /// Written when.
        pub changed_at: Stamp,
        /// By which account.
        pub changed_by: Option<String>,
        /// Why.
        pub reason: String,
        /// The offer as JSON.
        pub document: String,
    }
}

entity! {
    /// Merges of duplicates.
    merge, "merges", {
        /// Random id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// The offer that stayed.
        pub kept: String,
        /// The offer that was taken in.
        pub absorbed: String,
        /// Revision of the kept offer before.
        pub kept_before: i64,
        /// Revision of the kept offer after.
        pub kept_after: i64,
        /// When.
        pub merged_at: Stamp,
        /// By which account.
        pub merged_by: Option<String>,
        /// Undone when.
        pub undone_at: Option<Stamp>,
        /// By which account.
        pub undone_by: Option<String>,
    }
}

entity! {
    /// Proposed changes, one field each.
    change_request, "change_requests", {
        /// Random id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// The offer.
        pub offer: String,
        /// The field.
        pub field: String,
        /// What the proposer saw, as JSON.
        pub before_value: String,
        /// What it should be, as JSON.
        pub after_value: String,
        /// Revision the proposer saw.
        pub base_revision: i64,
        /// By which account; `None` for the public.
        pub proposed_by: Option<String>,
        /// When.
        pub proposed_at: Stamp,
        /// Why.
        pub note: String,
        /// Where it stands.
        pub state: RequestState,
        /// Decided by which account.
        pub decided_by: Option<String>,
        /// Decided when.
        pub decided_at: Option<Stamp>,
        /// Why so.
        pub decision_note: Option<String>,
    }
}

entity! {
    /// Accounts that say an organisation is theirs.
    claim, "claims", {
        /// Random id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// The organisation.
        pub organization: String,
        /// The account.
        pub account: String,
        /// Why it is theirs.
        pub grounds: String,
        /// When.
        pub claimed_at: Stamp,
        /// Where it stands.
        pub state: RequestState,
        /// Decided by which account.
        pub decided_by: Option<String>,
        /// Decided when.
        pub decided_at: Option<Stamp>,
    }
}

entity! {
    /// Reminders that an offer wants checking.
    reminder, "reminders", {
        /// Random id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// The offer.
        pub offer: String,
        /// First, second, last.
        pub step: i64,
        /// Sent when.
        pub sent_at: Stamp,
        /// Answer wanted by.
        pub due_at: Stamp,
        /// The answer.
        pub answer: Option<ReminderAnswer>,
        /// Answered when.
        pub answered_at: Option<Stamp>,
    }
}

entity! {
    /// Errors readers report.
    error_report, "error_reports", {
        /// Random id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// The offer.
        pub offer: String,
        /// What is wrong.
        pub message: String,
        /// Where to answer, if the reader wants one.
        pub contact: Option<String>,
        /// When.
        pub reported_at: Stamp,
        /// Where it stands.
        pub state: RequestState,
        /// Handled by which account.
        pub handled_by: Option<String>,
        /// Handled when.
        pub handled_at: Option<Stamp>,
    }
}

entity! {
    /// The municipality's own words for the terms it sorts by.
    taxonomy_term, "taxonomy_terms", {
        /// The list (`action_field`, `life_phase`, …).
        #[sea_orm(primary_key, auto_increment = false)]
        pub vocabulary: String,
        /// The term's code.
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: String,
        /// The municipality's word.
        pub label: String,
        /// The broader term.
        pub parent: Option<String>,
        /// Place in the list.
        pub position: i64,
        /// Not offered for choice.
        pub hidden: bool,
    }
}

entity! {
    /// Words that mean the same to those who search.
    synonym, "synonyms", {
        /// Language tag.
        #[sea_orm(primary_key, auto_increment = false)]
        pub language: String,
        /// What people type.
        #[sea_orm(primary_key, auto_increment = false)]
        pub word: String,
        /// What offers say.
        #[sea_orm(primary_key, auto_increment = false)]
        pub means: String,
    }
}

entity! {
    /// Addresses with coordinates, for finding places without asking anybody.
    address, "addresses", {
        /// The file they came from.
        #[sea_orm(primary_key, auto_increment = false)]
        pub source: String,
        /// Line in it.
        #[sea_orm(primary_key, auto_increment = false)]
        pub line: i64,
        /// Street.
        pub street: String,
        /// House number with its letter.
        pub house_number: String,
        /// Postcode.
        pub postcode: String,
        /// Town.
        pub place: String,
        /// Part of the town.
        pub district: String,
        /// Key of the small area; may be empty.
        pub area: String,
        /// Degrees north, WGS 84.
        pub latitude: f64,
        /// Degrees east, WGS 84.
        pub longitude: f64,
    }
}
