//! The lists offers are described with: life phases, action fields, transitions, payers, languages …
//!
//! Lists are TOML files (`data/portal/*.toml`) with version and source. The program carries defaults; a
//! municipality replaces a list by its own file. Codes of the lists that the program counts by (life phases,
//! prevention types, access, evidence) are fixed; their names are not.

use crate::{Access, Evidence, PreventionType, derived_uuid, hsds};
use kekiz_base::LifePhase;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const DEFAULTS: [(&str, &str); 10] = [
    ("lebensphasen.toml", include_str!("../../../data/portal/lebensphasen.toml")),
    ("handlungsfelder.toml", include_str!("../../../data/portal/handlungsfelder.toml")),
    ("uebergaenge.toml", include_str!("../../../data/portal/uebergaenge.toml")),
    ("praeventionsarten.toml", include_str!("../../../data/portal/praeventionsarten.toml")),
    ("zugang.toml", include_str!("../../../data/portal/zugang.toml")),
    ("sektoren.toml", include_str!("../../../data/portal/sektoren.toml")),
    ("evidenz.toml", include_str!("../../../data/portal/evidenz.toml")),
    ("kostentraeger.toml", include_str!("../../../data/portal/kostentraeger.toml")),
    ("zielgruppen.toml", include_str!("../../../data/portal/zielgruppen.toml")),
    ("sprachen.toml", include_str!("../../../data/portal/sprachen.toml")),
];

/// One entry of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// Code stored in offers.
    pub code: String,
    /// Name for professionals.
    pub name: String,
    /// Name in plain German for families.
    pub plain: String,
    /// What it means.
    #[serde(default)]
    pub description: String,
    /// Life phases: first age in completed months.
    pub from_months: Option<u16>,
    /// Life phases: last age in completed months.
    pub to_months: Option<u16>,
    /// Transitions: life phase before.
    pub from_phase: Option<String>,
    /// Transitions: life phase after.
    pub to_phase: Option<String>,
    /// Target groups: whether offers often miss them.
    #[serde(default)]
    pub hard_to_reach: bool,
    /// Languages: their own name.
    #[serde(default)]
    pub native: String,
    /// Languages: written from right to left.
    #[serde(default)]
    pub right_to_left: bool,
}

/// A list of terms with its source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermList {
    /// Version of the file format; this program reads 1.
    pub version: u32,
    /// Code of the list (`action_field`).
    pub code: String,
    /// Name of the list.
    pub name: String,
    /// Where the list comes from.
    pub source: String,
    /// Date or year of that source.
    pub as_of: String,
    /// Whether the list is an assumption and not an official list.
    #[serde(default)]
    pub assumption: bool,
    /// Its terms in order.
    #[serde(rename = "term", default)]
    pub terms: Vec<Term>,
}

/// Why a list cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VocabularyError {
    /// Not TOML, or wrong keys.
    #[error(
        "{file}: Die Liste lässt sich nicht lesen. {detail} Bitte die Datei mit der mitgelieferten vergleichen."
    )]
    Syntax {
        /// File name.
        file: String,
        /// What the reader said.
        detail: String,
    },
    /// Another version of the format.
    #[error(
        "{file}: Die Datei hat das Format {found}; dieses Programm liest Format 1. Bitte das Programm aktualisieren."
    )]
    Version {
        /// File name.
        file: String,
        /// Version found.
        found: u32,
    },
    /// Two terms have the same code, or a code is empty.
    #[error(
        "{file}: Das Kürzel „{code}“ ist leer oder kommt zweimal vor. Bitte jedem Eintrag ein eigenes Kürzel geben."
    )]
    Code {
        /// File name.
        file: String,
        /// The code.
        code: String,
    },
    /// A code of a fixed list is unknown, or a phase of a transition.
    #[error("{file}: Das Kürzel „{code}“ kennt das Programm nicht. Erlaubt sind: {allowed}.")]
    Unknown {
        /// File name.
        file: String,
        /// The code.
        code: String,
        /// Codes that would do.
        allowed: String,
    },
}

impl TermList {
    /// Reads a list from TOML. `file` is used in messages only.
    pub fn read(file: &str, text: &str) -> Result<Self, VocabularyError> {
        let list: TermList = toml::from_str(text)
            .map_err(|error| VocabularyError::Syntax { file: file.into(), detail: error.message().into() })?;
        if list.version != 1 {
            return Err(VocabularyError::Version { file: file.into(), found: list.version });
        }
        let mut seen = std::collections::BTreeSet::new();
        if let Some(term) =
            list.terms.iter().find(|term| term.code.is_empty() || !seen.insert(term.code.as_str()))
        {
            return Err(VocabularyError::Code { file: file.into(), code: term.code.clone() });
        }
        list.check_codes(file)?;
        Ok(list)
    }

    fn check_codes(&self, file: &str) -> Result<(), VocabularyError> {
        let phases: Vec<&str> = PHASES.iter().map(|(_, slug)| *slug).collect();
        let refuse = |code: &str, allowed: &[&str]| {
            Err(VocabularyError::Unknown {
                file: file.into(),
                code: code.into(),
                allowed: allowed.join(", "),
            })
        };
        let fixed: Vec<&str> = match self.code.as_str() {
            "life_phase" => phases.clone(),
            "prevention_type" => PreventionType::ALL.iter().map(|one| one.slug()).collect(),
            "access" => Access::ALL.iter().map(|one| one.slug()).collect(),
            "evidence" => Evidence::ALL.iter().map(|one| one.slug()).collect(),
            _ => Vec::new(),
        };
        for term in &self.terms {
            if !fixed.is_empty() && !fixed.contains(&term.code.as_str()) {
                return refuse(&term.code, &fixed);
            }
            for phase in [&term.from_phase, &term.to_phase].into_iter().flatten() {
                if !phases.contains(&phase.as_str()) {
                    return refuse(phase, &phases);
                }
            }
        }
        Ok(())
    }

    /// The term of a code.
    pub fn get(&self, code: &str) -> Option<&Term> {
        self.terms.iter().find(|term| term.code == code)
    }

    /// The list as an HSDS taxonomy.
    pub fn taxonomy(&self) -> hsds::Taxonomy {
        hsds::Taxonomy {
            id: derived_uuid(&["taxonomy", &self.code]),
            name: self.name.clone(),
            description: self.source.clone(),
            version: self.as_of.clone(),
            ..hsds::Taxonomy::default()
        }
    }

    /// Its terms as HSDS taxonomy terms.
    pub fn taxonomy_terms(&self) -> Vec<hsds::TaxonomyTerm> {
        self.terms.iter().map(|term| self.taxonomy_term(term)).collect()
    }

    /// One term as HSDS taxonomy term; identifiers depend on list and code only.
    pub fn taxonomy_term(&self, term: &Term) -> hsds::TaxonomyTerm {
        let description = if term.description.is_empty() { &term.plain } else { &term.description };
        hsds::TaxonomyTerm {
            id: derived_uuid(&["term", &self.code, &term.code]),
            code: term.code.clone(),
            name: term.name.clone(),
            description: description.clone(),
            taxonomy: self.name.clone(),
            taxonomy_id: derived_uuid(&["taxonomy", &self.code]),
            language: "de".into(),
            ..hsds::TaxonomyTerm::default()
        }
    }
}

pub(crate) const PHASES: [(LifePhase, &str); 7] = [
    (LifePhase::SchwangerschaftGeburt, "schwangerschaft_geburt"),
    (LifePhase::KleinkindU3, "kleinkind_u3"),
    (LifePhase::Kita, "kita"),
    (LifePhase::Grundschule, "grundschule"),
    (LifePhase::Sekundarstufe, "sekundarstufe"),
    (LifePhase::Berufseinstieg, "berufseinstieg"),
    (LifePhase::Familie, "familie"),
];

/// Code of a life phase.
pub fn phase_slug(phase: LifePhase) -> &'static str {
    PHASES.iter().find(|(one, _)| *one == phase).map_or("familie", |(_, slug)| slug)
}

/// Life phase of a code.
pub fn phase_from_slug(slug: &str) -> Option<LifePhase> {
    PHASES.iter().find(|(_, one)| *one == slug).map(|(phase, _)| *phase)
}

/// All lists by their code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vocabularies(BTreeMap<String, TermList>);

impl Vocabularies {
    /// The lists the program carries.
    pub fn defaults() -> Result<Self, VocabularyError> {
        let mut lists = BTreeMap::new();
        for (file, text) in DEFAULTS {
            let list = TermList::read(file, text)?;
            lists.insert(list.code.clone(), list);
        }
        Ok(Self(lists))
    }

    /// Replaces (or adds) a list.
    pub fn replace(&mut self, list: TermList) {
        self.0.insert(list.code.clone(), list);
    }

    /// The list of a code (`life_phase`, `action_field`, `transition`, `prevention_type`, `access`, `sector`,
    /// `evidence`, `payer`, `target_group`, `language`).
    pub fn list(&self, code: &str) -> Option<&TermList> {
        self.0.get(code)
    }

    /// All lists.
    pub fn iter(&self) -> impl Iterator<Item = &TermList> {
        self.0.values()
    }

    /// Name of a term for professionals; the code itself if the list does not know it.
    pub fn name<'a>(&'a self, list: &str, code: &'a str) -> &'a str {
        self.list(list).and_then(|list| list.get(code)).map_or(code, |term| &term.name)
    }

    /// Name of a term in plain German; the code itself if the list does not know it.
    pub fn plain<'a>(&'a self, list: &str, code: &'a str) -> &'a str {
        self.list(list).and_then(|list| list.get(code)).map_or(code, |term| &term.plain)
    }

    /// Finds the code a person meant by code, name or plain name; case and surrounding space do not matter.
    pub fn find(&self, list: &str, text: &str) -> Option<&Term> {
        let wanted = text.trim().to_lowercase();
        self.list(list)?.terms.iter().find(|term| {
            [&term.code, &term.name, &term.plain, &term.native]
                .iter()
                .any(|word| word.to_lowercase() == wanted)
        })
    }

    /// Life phases an age range touches, by the ages of the list; phases that span the whole childhood
    /// (`familie`) are left out.
    pub fn phases_of_ages(&self, from: u16, to: u16) -> Vec<LifePhase> {
        let Some(list) = self.list("life_phase") else { return Vec::new() };
        let touched = list.terms.iter().filter(|term| {
            term.code != "familie"
                && term
                    .from_months
                    .zip(term.to_months)
                    .is_some_and(|(first, last)| first <= to && from <= last)
        });
        touched.filter_map(|term| phase_from_slug(&term.code)).collect()
    }
}
