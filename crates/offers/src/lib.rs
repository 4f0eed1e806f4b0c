//! Offers of help as the field describes them: the model, its exchange formats, opening hours, completeness, changes and duplicates.

mod changes;
mod completeness;
mod duplicates;
pub mod exchange;
pub mod hsds;
mod id;
mod merge;
mod offer;
pub mod opening;
mod prevention;
mod reminder;
mod vocabulary;

pub use changes::{
    Conflict, FieldChange, FieldConflict, ThreeWay, apply, diff, field_label, group_of, three_way, value_text,
};
pub use completeness::{Demand, Demands, Missing, is_publishable, missing, missing_by};
pub use duplicates::{Duplicate, DuplicateRules, compare_pair, duplicates};
pub use id::{OfferId, OrganizationId, derived_uuid, is_uuid, random_uuid};
pub use kekiz_base::LifePhase;
pub use merge::{MergeRecord, Unmerged, merge, unmerge};
pub use offer::{Check, FieldGroup, LanguageTag, Offer, OfferState, OfferText};
pub use prevention::{
    Access, ActionField, EightSector, Evidence, GoalId, Payer, Prevention, PreventionType, TargetGroup,
    Transition,
};
pub use reminder::{Answer, Reminder, ReminderRules, answer, confirm, reminder};
pub use vocabulary::{Term, TermList, Vocabularies, VocabularyError, phase_from_slug, phase_slug};
