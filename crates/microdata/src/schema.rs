//! Schemas: which variable of a file is what, as data with a version.

mod check;

pub use check::parse_schema;

use jiff::civil::Date;
use kekiz_base::Severity;
use kekiz_tables::mapping::FileHints;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Version of the file format.
pub const SCHEMA_VERSION: u32 = 1;

/// One kind of record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schema {
    /// Version of the file format, [`SCHEMA_VERSION`].
    pub version: u32,
    /// Name: small letters, digits, `-`, `_`.
    pub id: String,
    /// Edition of this schema, for example the year the record layout came in.
    pub edition: String,
    /// German title.
    pub title: String,
    /// What one row is (`Kind`, `Hilfe`, `Person`).
    pub unit: String,
    /// Where the layout comes from, or that it is an assumption.
    pub basis: String,
    /// Law or permission the records may be processed under.
    #[serde(default)]
    pub legal_basis: String,
    /// How files are written.
    #[serde(default)]
    pub layout: Layout,
    /// Hints on delimited files and workbooks; what is left out is found by looking.
    #[serde(default)]
    pub file: FileHints,
    /// The variable whose day says which period a record belongs to; without one the import says it.
    #[serde(default)]
    pub period: Option<PeriodOf>,
    /// The variables.
    pub variables: Vec<Variable>,
    /// Variables made from others.
    #[serde(default)]
    pub derived: Vec<Derived>,
    /// What has to hold.
    #[serde(default)]
    pub checks: Vec<Check>,
}

/// How a file is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Columns with titles: CSV, XLSX, Parquet, SPSS; told apart by content.
    #[default]
    Columns,
    /// Lines of one length without titles; every variable says where it begins.
    FixedWidth,
}

/// From a day to a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodOf {
    /// A variable with days.
    pub variable: String,
    /// Which period.
    pub unit: PeriodUnit,
}

/// Periods a day can be put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodUnit {
    /// The calendar year.
    Year,
    /// The school year, from 1 August. Examinations before school start belong to the year that follows.
    SchoolYear,
}

/// One variable of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// Name: small letters, digits, `_`.
    pub name: String,
    /// German title.
    pub title: String,
    /// Titles the column has in files, beside name and title; case, spaces and umlauts do not matter.
    #[serde(default)]
    pub columns: Vec<String>,
    /// First character in fixed-width lines, from 1.
    #[serde(default)]
    pub from: Option<usize>,
    /// Number of characters in fixed-width lines.
    #[serde(default)]
    pub length: Option<usize>,
    /// What its values are.
    pub kind: Kind,
    /// What becomes of it.
    #[serde(default)]
    pub role: Role,
    /// Which part of an address it is; with role `address` only.
    #[serde(default)]
    pub part: Option<AddressPart>,
    /// The comparison it serves when records are linked. It then goes to the table of Hilfsmerkmale, and stays among the
    /// content only with the role `content`.
    #[serde(default)]
    pub linking: Option<LinkField>,
    /// Identifiers of one namespace give the same pseudonym in all datasets.
    #[serde(default)]
    pub namespace: Option<String>,
    /// Whether a file without this column is refused.
    #[serde(default)]
    pub required: bool,
    /// Allowed codes with their labels; files may hold either.
    #[serde(default)]
    pub codes: Vec<Code>,
    /// Entries that mean nothing is known (`9`, `-1`, `k. A.`).
    #[serde(default)]
    pub missing: Vec<String>,
    /// Smallest allowed number.
    #[serde(default)]
    pub minimum: Option<f64>,
    /// Largest allowed number.
    #[serde(default)]
    pub maximum: Option<f64>,
    /// Digits behind the decimal point that fixed-width files leave out.
    #[serde(default)]
    pub implied_decimals: u32,
}

/// What values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One of the listed codes.
    Code,
    /// Yes (`1`) or no (`0`).
    Flag,
    /// A key of something: Kita, school, area, office. Taken as text; leading zeros stay.
    Key,
    /// A name or word; only for address, identifier and linking.
    Text,
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// A day: `24.11.2026`, `2026-11-24`, `20261124`.
    Date,
    /// A month: `11.2026`, `2026-11`, `112026`; stored as its first day.
    Month,
}

/// What becomes of a variable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Kept among the content.
    #[default]
    Content,
    /// Replaced by a pseudonym.
    Identifier,
    /// Goes to the table of Hilfsmerkmale only.
    Linking,
    /// Gives the area, then it is deleted.
    Address,
    /// Is the key of the area.
    Area,
    /// Names the office the record comes from.
    Office,
    /// Weight of the record in a sample.
    Weight,
    /// Used by derived variables and checks, then deleted.
    Passing,
}

/// Parts of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressPart {
    /// Street, with or without number.
    Street,
    /// House number.
    HouseNumber,
    /// Letter behind the house number.
    HouseSuffix,
    /// Postal code.
    Postcode,
    /// Easting or longitude.
    X,
    /// Northing or latitude.
    Y,
}

/// What a linking variable is compared as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkField {
    /// First name.
    FirstName,
    /// Surname.
    Surname,
    /// Surname at birth.
    BirthName,
    /// Day of birth.
    BirthDate,
    /// Place of birth.
    BirthPlace,
    /// Sex.
    Sex,
    /// Street, with or without number.
    Street,
    /// House number.
    HouseNumber,
    /// Postal code.
    Postcode,
}

impl LinkField {
    /// Name of the column in the table of Hilfsmerkmale.
    pub fn name(self) -> &'static str {
        match self {
            LinkField::FirstName => "first_name",
            LinkField::Surname => "surname",
            LinkField::BirthName => "birth_name",
            LinkField::BirthDate => "birth_date",
            LinkField::BirthPlace => "birth_place",
            LinkField::Sex => "sex",
            LinkField::Street => "street",
            LinkField::HouseNumber => "house_number",
            LinkField::Postcode => "postcode",
        }
    }
}

/// A code with its label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// As stored.
    pub code: String,
    /// German label.
    pub label: String,
}

/// A variable made from others. Unknown sources give an unknown result, unless the rule says otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Derived {
    /// Name.
    pub name: String,
    /// German title.
    pub title: String,
    /// How it is made.
    pub rule: Rule,
    /// Codes of the result with their labels, for tables.
    #[serde(default)]
    pub codes: Vec<Code>,
}

/// How a derived variable is made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// Completed months between two days; without `until` the reference day of the import.
    Months {
        /// Variable of the earlier day.
        from: String,
        /// Variable of the later day.
        #[serde(default)]
        until: Option<String>,
    },
    /// Completed years between two days; without `until` the reference day of the import.
    Years {
        /// Variable of the earlier day.
        from: String,
        /// Variable of the later day.
        #[serde(default)]
        until: Option<String>,
    },
    /// Calendar year of a day.
    YearOf {
        /// Variable with days.
        of: String,
    },
    /// Class of a number: the first class whose upper bound is above it (`below`), the last has none.
    Classes {
        /// Variable with numbers.
        of: String,
        /// Upper bounds, ascending; one less than codes. A number equal to a bound belongs to the next class.
        below: Vec<f64>,
        /// Codes of the classes.
        into: Vec<String>,
    },
    /// Other codes for codes.
    Recode {
        /// Variable with codes.
        of: String,
        /// Code → new code.
        map: BTreeMap<String, String>,
        /// New code of all others; without it they are unknown.
        #[serde(default)]
        otherwise: Option<String>,
    },
    /// Mean of numbers, from rows with at least this share of answers (scales of questionnaires).
    Mean {
        /// Variables with numbers.
        of: Vec<String>,
        /// Least share of answered ones.
        answered: f64,
    },
    /// Share of variables with an answer.
    Answered {
        /// Variables.
        of: Vec<String>,
    },
    /// How many of the variables have one of the codes; unknown where fewer than this share are known.
    Count {
        /// Variables with codes.
        of: Vec<String>,
        /// Codes that count.
        codes: Vec<String>,
        /// Least share of known ones.
        known: f64,
    },
}

impl Rule {
    /// Names of the variables it needs.
    pub fn sources(&self) -> Vec<&str> {
        match self {
            Rule::Months { from, until } | Rule::Years { from, until } => {
                std::iter::once(from.as_str()).chain(until.as_deref()).collect()
            }
            Rule::YearOf { of } | Rule::Classes { of, .. } | Rule::Recode { of, .. } => vec![of],
            Rule::Mean { of, .. } | Rule::Answered { of } | Rule::Count { of, .. } => {
                of.iter().map(String::as_str).collect()
            }
        }
    }
}

/// Something that has to hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Name of the check; small letters, digits, `-`.
    pub id: String,
    /// What is wrong when it does not hold, as a German sentence.
    pub message: String,
    /// What to do, as a German sentence.
    pub remedy: String,
    /// How grave it is: a note, a warning, or an error that refuses the whole import.
    pub severity: Grave,
    /// What has to hold.
    pub rule: CheckRule,
}

/// How grave a broken check is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grave {
    /// Only said.
    Note,
    /// Said as a warning; the records stay.
    Warning,
    /// The import is refused.
    Error,
}

impl From<Grave> for Severity {
    fn from(grave: Grave) -> Self {
        match grave {
            Grave::Note => Severity::Note,
            Grave::Warning => Severity::Warning,
            Grave::Error => Severity::Error,
        }
    }
}

/// What has to hold. A check whose variables are unknown in a row holds there, except [`CheckRule::Filled`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum CheckRule {
    /// A number lies between bounds, both included.
    Range {
        /// Variable with numbers.
        of: String,
        /// Lower bound.
        #[serde(default)]
        minimum: Option<f64>,
        /// Upper bound.
        #[serde(default)]
        maximum: Option<f64>,
    },
    /// One day is not after another.
    Order {
        /// Variable of the earlier day.
        earlier: String,
        /// Variable of the later day.
        later: String,
    },
    /// A day is not after the reference day of the import.
    NotAfterReference {
        /// Variable with days.
        of: String,
    },
    /// A day is not before this one.
    NotBefore {
        /// Variable with days.
        of: String,
        /// The day.
        day: Date,
    },
    /// No two rows agree in all these variables.
    Unique {
        /// The variables; rows with an unknown one are not compared.
        of: Vec<String>,
    },
    /// Something is known.
    Filled {
        /// The variable.
        of: String,
    },
    /// Where one variable has one of these codes, another has one of those.
    Implies {
        /// Variable of the condition.
        when: String,
        /// Its codes.
        is: Vec<String>,
        /// Variable of the consequence.
        then: String,
        /// Its codes; empty: something is known.
        #[serde(default)]
        has: Vec<String>,
    },
    /// A number does not fall below another.
    AtLeast {
        /// Variable of the larger number.
        larger: String,
        /// Variable of the smaller number.
        smaller: String,
    },
    /// A key is in a list that comes with the import (`--list kitas=kitas.csv`). Not checked without the list.
    Known {
        /// Variable with keys.
        of: String,
        /// Name of the list.
        list: String,
    },
    /// Not more than this share of a variable is missing, in no source office.
    Missing {
        /// Variables; empty: all of the content.
        #[serde(default)]
        of: Vec<String>,
        /// Largest share.
        maximum: f64,
    },
}

impl CheckRule {
    /// Names of the variables it needs.
    pub fn sources(&self) -> Vec<&str> {
        match self {
            CheckRule::Range { of, .. }
            | CheckRule::NotAfterReference { of }
            | CheckRule::NotBefore { of, .. }
            | CheckRule::Filled { of }
            | CheckRule::Known { of, .. } => vec![of],
            CheckRule::Order { earlier, later } => vec![earlier, later],
            CheckRule::AtLeast { larger, smaller } => vec![larger, smaller],
            CheckRule::Implies { when, then, .. } => vec![when, then],
            CheckRule::Unique { of } | CheckRule::Missing { of, .. } => {
                of.iter().map(String::as_str).collect()
            }
        }
    }
}

impl Schema {
    /// A variable by its name.
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.name == name)
    }

    /// The label of a code of a variable or derived variable.
    pub fn label<'a>(&'a self, variable: &str, code: &'a str) -> &'a str {
        let codes = self.variable(variable).map(|found| &found.codes);
        let derived = || self.derived.iter().find(|found| found.name == variable).map(|found| &found.codes);
        let found = codes.or_else(derived).and_then(|codes| codes.iter().find(|known| known.code == code));
        found.map_or(code, |known| known.label.as_str())
    }

    /// German title of a variable or derived variable.
    pub fn title<'a>(&'a self, variable: &'a str) -> &'a str {
        let title = self.variable(variable).map(|found| &found.title);
        let derived = || self.derived.iter().find(|found| found.name == variable).map(|found| &found.title);
        title.or_else(derived).map_or(variable, String::as_str)
    }
}
