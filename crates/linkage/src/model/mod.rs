//! What is compared how: a model as data, read from and written to TOML. The format is described in
//! `docs/formate.md`, its use in `docs/verfahren/verknuepfung.md`.

mod check;
mod key;
mod parse;
mod write;

pub use check::ModelError;
pub use key::{Form, KeyPart, ParseKeyError};
pub use parse::parse_model;
pub(crate) use write::test_name;
pub use write::write_model;

use crate::clk::Encoding;
use serde::{Deserialize, Serialize};

/// Version of the format this program writes and reads.
pub const MODEL_VERSION: u32 = 1;

/// Most comparisons a model can have: their levels fit into one word.
pub const MOST_COMPARISONS: usize = 16;
/// Most levels of a comparison, besides "missing" and "else".
pub const MOST_LEVELS: usize = 13;

/// What kind of thing a column holds; it decides how its values are normalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Given names: ASCII words.
    FirstName,
    /// Family names: ASCII words without particles and titles.
    Surname,
    /// A date; several source columns are year, month and day in this order.
    Date,
    /// Street and house number.
    Street,
    /// Words such as a town: ASCII words.
    Text,
    /// A number or code with digits: letters and digits only, without leading zeros.
    Code,
    /// One of a few values such as sex or source: ASCII words.
    Category,
}

/// A column to compare or to block on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name in the model.
    pub name: String,
    /// Columns of the file it is made from; several are joined by a space (or are year, month, day of a date).
    pub from: Vec<String>,
    /// What it holds.
    pub kind: Kind,
    /// Further texts that stand for "missing", besides the usual ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}

/// What two values must fulfil to reach a level; the first level that is fulfilled counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Test {
    /// Equal after normalisation.
    Exact,
    /// Equal spelling key ([`crate::text::spelling`]).
    Spelling,
    /// Equal Kölner Phonetik.
    Phonetic,
    /// One of several parts (double names, several given names) is shared.
    Part,
    /// The shorter one begins the longer one and has at least three letters (Alex, Alexander).
    Prefix,
    /// Jaro–Winkler similarity.
    JaroWinkler {
        /// Smallest similarity.
        at_least: f64,
    },
    /// Damerau–Levenshtein distance.
    DamerauLevenshtein {
        /// Largest distance.
        at_most: u8,
    },
    /// The street is the same, the house number differs or is missing.
    StreetName,
    /// Day and month are exchanged.
    DayMonthSwapped,
    /// One digit differs, or two neighbouring digits are exchanged.
    OneDigit,
    /// One of the two is 1 January of the same year.
    Placeholder,
    /// Two of year, month and day agree.
    TwoParts,
    /// The same year.
    SameYear,
    /// At most so many days apart.
    Days {
        /// Largest distance in days.
        at_most: u32,
    },
    /// The value stands in the other column of the other record, and the other way round.
    Swapped {
        /// Place of the other column in [`Model::column`].
        with: usize,
    },
}

/// Probabilities of reaching a level; what is not given is estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Probabilities {
    /// Among matches.
    pub m: Option<f64>,
    /// Among two records drawn at random.
    pub u: Option<f64>,
    /// Among different persons of one household.
    pub h: Option<f64>,
}

/// A level of agreement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// What must hold.
    pub test: Test,
    /// Its probabilities.
    pub probabilities: Probabilities,
}

/// A comparison of one column.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Place of the column in [`Model::column`].
    pub column: usize,
    /// Whether agreement on a rare value counts more.
    pub term_frequency: bool,
    /// Whether members of one household share the value.
    pub household: bool,
    /// Levels from the strongest; a last one without test holds everything else.
    pub levels: Vec<Level>,
    /// Probabilities of everything else.
    pub otherwise: Probabilities,
}

/// A blocking rule: pairs that agree in all its parts are compared. No part means all pairs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Parts of the key.
    pub keys: Vec<KeyPart>,
}

/// When two records are one person.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Decision {
    /// Pairs of at least this probability are linked.
    pub match_probability: f64,
    /// Pairs of at least this probability are kept, for links, charts and clerical review.
    pub keep_probability: f64,
    /// A bridge between two groups of records is weak, and not crossed, if the weights of all pairs between the two
    /// groups add up to less than this (in bits, from the prior of a pair that may match).
    pub weakest_bridge: f64,
}

impl Default for Decision {
    fn default() -> Self {
        Self { match_probability: 0.5, keep_probability: 0.01, weakest_bridge: 0.0 }
    }
}

/// What clusters and links must obey.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Constraints {
    /// Column whose value occurs once per cluster (one record per source), by its name in the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub one_per: Option<String>,
}

/// How much is sampled for estimating.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Estimation {
    /// Random pairs for the probabilities among unlinked records.
    pub random_pairs: u64,
    /// Pairs of the blocking rules for the probabilities among matches.
    pub candidate_pairs: u64,
    /// Most rounds of the EM algorithm.
    pub rounds: u32,
    /// Whether different persons of one household are a class of their own.
    pub households: bool,
    /// Pairs all rules together may give before the run is refused.
    pub most_pairs: u64,
}

impl Default for Estimation {
    fn default() -> Self {
        Self {
            random_pairs: 300_000,
            candidate_pairs: 1_000_000,
            rounds: 200,
            households: true,
            most_pairs: 5_000_000_000,
        }
    }
}

/// Shares of all pairs; what is not given is estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Prior {
    /// Share of matches.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    pub matching: Option<f64>,
    /// Share of pairs of different persons of one household.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub household: Option<f64>,
}

/// A model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// Columns.
    pub column: Vec<Column>,
    /// Blocking rules, the one expected to find most first.
    pub blocking: Vec<Rule>,
    /// Comparisons.
    pub comparison: Vec<Comparison>,
    /// Decision.
    pub decision: Decision,
    /// Constraints.
    pub constraints: Constraints,
    /// Estimation.
    pub estimation: Estimation,
    /// Prior.
    pub prior: Prior,
    /// How records are encoded for linking without names; [`Encoding::for_model`] if it is not given.
    pub encoding: Option<Encoding>,
}

impl Model {
    /// Place of a column by name.
    pub fn column_named(&self, name: &str) -> Option<usize> {
        self.column.iter().position(|column| column.name == name)
    }

    /// Names of the columns of the file the model reads, each once.
    pub fn source_columns(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for name in self.column.iter().flat_map(|column| &column.from) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }

    /// Whether the model treats households as a class: it says so, and compares a street (or another address) that a
    /// household shares and something that tells its members apart. A surname alone is no household.
    pub fn knows_households(&self) -> bool {
        let street = |c: &Comparison| c.household && self.column[c.column].kind == Kind::Street;
        self.estimation.households
            && self.comparison.iter().any(street)
            && self.comparison.iter().any(|c| !c.household)
    }
}
