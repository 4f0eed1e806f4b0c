//! What can be asked.

use kekiz_base::LifePhase;

/// Age of a child, or before birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// Pregnant or expecting.
    Pregnancy,
    /// Completed months.
    Months(u16),
}

/// A place to search around.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    /// Longitude and latitude in degrees.
    pub point: (f64, f64),
    /// Farthest distance in metres; `None`: nearer ranks higher, none is left out.
    pub radius_m: Option<f64>,
}

/// The most an offer may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceLimit {
    /// Nothing.
    Free,
    /// So many cents. Offers that do not say what they cost are left out.
    AtMostCents(u32),
}

/// Order of hits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Best match first; without words and place by title.
    #[default]
    Relevance,
    /// Nearest first, offers without a place last; as `Relevance` without a place to search around.
    Distance,
    /// By title.
    Title,
}

/// A question about opening times, answered by the caller for each distinct opening text.
#[derive(Clone, Copy)]
pub struct OpenTest<'a> {
    /// Names question and day (`heute 2026-05-04`): answers are kept under it.
    pub key: &'a str,
    /// What the person chose (`heute geöffnet`), for explanations.
    pub label: &'a str,
    /// Whether the offer with this opening text ([`crate::Entry::opening`]) is open; never asked for an empty text.
    pub is_open: &'a (dyn Fn(&str) -> bool + Sync),
}

/// A question to the index. Empty fields ask for nothing; values of one field are alternatives, fields add up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// Words as typed; no character has a special meaning.
    pub text: String,
    /// Language of the person's pages (`de`, `tr`), whose word forms are understood beside the German ones.
    pub language: String,
    /// Place to search around.
    pub near: Option<Near>,
    /// Age.
    pub age: Option<Age>,
    /// Phases of life.
    pub life_phases: Vec<LifePhase>,
    /// Codes of action fields.
    pub action_fields: Vec<String>,
    /// Codes of target groups.
    pub target_groups: Vec<String>,
    /// Languages the offer is given in.
    pub languages: Vec<String>,
    /// Price.
    pub price: Option<PriceLimit>,
    /// Only with access for wheelchairs.
    pub wheelchair: bool,
    /// Postal codes of places.
    pub postal_codes: Vec<String>,
    /// Areas.
    pub areas: Vec<String>,
    /// Identifier of a provider.
    pub organization: Option<String>,
    /// Order.
    pub sort: Sort,
    /// Page, from 0.
    pub page: usize,
    /// Hits on a page, 1 to 100; 0 means 20.
    pub per_page: usize,
}

/// Longest text that is read, in characters; what is behind is passed over.
pub(crate) const LONGEST_TEXT: usize = 300;
/// Most words that are read.
pub(crate) const MOST_WORDS: usize = 12;

impl Query {
    /// The page's hits: how many.
    pub(crate) fn page_size(&self) -> usize {
        if self.per_page == 0 { 20 } else { self.per_page.min(100) }
    }
}
