//! Offers of help as the field describes them: the model, its exchange formats, opening hours, completeness, changes and duplicates.

pub mod hsds;
mod id;
mod offer;
mod prevention;

pub use id::{OfferId, OrganizationId, derived_uuid, is_uuid, random_uuid};
pub use kekiz_base::LifePhase;
pub use offer::{Check, FieldGroup, LanguageTag, Offer, OfferState, OfferText};
pub use prevention::{
    Access, ActionField, EightSector, Evidence, GoalId, Payer, Prevention, PreventionType, TargetGroup,
    Transition,
};
