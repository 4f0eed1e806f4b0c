//! Search over areas, indicators and facilities.

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum HitKind {
    /// An area; `id` is its key.
    Area,
    /// An indicator; `id` is its name.
    Indicator,
    /// A facility; `id` is `layer/id`.
    Facility,
}

/// One hit.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Hit {
    /// What it is.
    pub kind: HitKind,
    /// Key or name.
    pub id: String,
    /// Title to show.
    pub title: String,
    /// What it is and where (`Stadtteil in Krefeld`).
    pub context: String,
    /// How well it fits: 1 exact, smaller is worse.
    pub score: f64,
}
