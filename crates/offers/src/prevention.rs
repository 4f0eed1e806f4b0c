//! What planning needs to know about an offer beyond HSDS.
//!
//! Which action fields, transitions, target groups and payers there are is data (`data/portal/*.toml`), since
//! municipalities differ; the offer holds their codes.

use crate::id::name;
use kekiz_base::{AreaKey, LifePhase};
use serde::{Deserialize, Serialize};
use std::fmt;

name! {
    /// Code of an action field (Handlungsfeld), for example `gesundheit`.
    ActionField
}
name! {
    /// Code of a transition between life phases, for example `kita_grundschule`.
    Transition
}
name! {
    /// Code of a group an offer is meant for, above all groups that are hard to reach.
    TargetGroup
}
name! {
    /// Code of a payer, for example `kommune`, `land`.
    Payer
}
name! {
    /// Code of one of the eight sectors of actors.
    EightSector
}
name! {
    /// Code of a goal of the Leitbild.
    GoalId
}

/// To whom prevention is directed (Gordon 1983): everyone, groups at risk, persons with first signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PreventionType {
    /// Everyone.
    Universell,
    /// Groups at risk.
    Selektiv,
    /// Persons with first signs.
    Indiziert,
}

/// Who goes to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Families come to the offer.
    Komm,
    /// The offer comes to families.
    Geh,
    /// Both.
    KommUndGeh,
}

/// How well the effect of a programme is shown, in the levels of the Grüne Liste Prävention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Not listed.
    #[default]
    None,
    /// Level 1: effect theoretically well founded.
    GrueneListe1,
    /// Level 2: effect probable.
    GrueneListe2,
    /// Level 3: effect shown.
    GrueneListe3,
}

macro_rules! slugs {
    ($name:ident { $($variant:ident = $slug:literal),* $(,)? }) => {
        impl $name {
            /// All values in their order.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
            /// Code in files, forms and HSDS terms.
            pub fn slug(self) -> &'static str {
                match self { $($name::$variant => $slug),* }
            }
            /// The value of that code.
            pub fn from_slug(slug: &str) -> Option<Self> {
                match slug { $($slug => Some($name::$variant),)* _ => None }
            }
        }
    };
}
slugs!(PreventionType { Universell = "universell", Selektiv = "selektiv", Indiziert = "indiziert" });
slugs!(Access { Komm = "komm", Geh = "geh", KommUndGeh = "komm_und_geh" });
slugs!(Evidence {
    None = "none",
    GrueneListe1 = "gruene_liste_1",
    GrueneListe2 = "gruene_liste_2",
    GrueneListe3 = "gruene_liste_3",
});

/// What planning needs to know about an offer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Prevention {
    /// Phases of life it serves.
    pub life_phases: Vec<LifePhase>,
    /// Transitions it helps over.
    pub transitions: Vec<Transition>,
    /// Action fields it belongs to.
    pub action_fields: Vec<ActionField>,
    /// Age of the child in completed months, both ends included: 0–11 is the first year of life.
    pub age_months: Option<(u16, u16)>,
    /// Whether it is for pregnant women and expecting parents.
    pub pregnancy: bool,
    /// Groups it is meant for.
    pub target_groups: Vec<TargetGroup>,
    /// To whom prevention is directed.
    pub prevention_type: Option<PreventionType>,
    /// Who goes to whom.
    pub access: Option<Access>,
    /// Paragraphs it rests on (`§ 16 SGB VIII`).
    pub legal_basis: Vec<String>,
    /// Places.
    pub places: Option<u32>,
    /// Persons reached in a year.
    pub reached_per_year: Option<u32>,
    /// Full cost of a year in cents.
    pub full_cost_cents_per_year: Option<i64>,
    /// Who pays.
    pub payers: Vec<Payer>,
    /// How well its effect is shown.
    pub evidence: Evidence,
    /// Goals of the Leitbild it serves.
    pub goals: Vec<GoalId>,
    /// Areas it is for; empty: the whole municipality.
    pub catchment: Vec<AreaKey>,
}
