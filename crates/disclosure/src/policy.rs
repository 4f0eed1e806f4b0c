//! The rules of the gate as data, with German presets.
//!
//! Statistical offices do not publish one binding rule for small areas; the presets are assumptions that name
//! where they come from, and an office replaces them by its own file.

use kekiz_base::{AreaKey, GroupId};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// Version of the file format.
pub const VERSION: u32 = 1;

/// Rules for one release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Version of the file format, 1.
    pub version: u32,
    /// Short name, for example `min5`.
    pub id: String,
    /// Name as the office writes it.
    pub title: String,
    /// Where the rule comes from, or that it is an assumption.
    #[serde(default)]
    pub basis: String,
    /// The publisher who already protected the figures; `Some` lets them pass unless a threshold is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_source: Option<String>,
    /// Numbers of cases from 1 to `threshold - 1` are suppressed; 0 switches the rule off.
    #[serde(default)]
    pub threshold: u32,
    /// The same for persons who are no cases (denominator minus numerator) of a share.
    #[serde(default)]
    pub complement_threshold: u32,
    /// Zero is suppressed as well.
    #[serde(default)]
    pub suppress_zero: bool,
    /// Rates with a smaller denominator are suppressed; the indicator's own minimum counts when it is larger.
    #[serde(default)]
    pub minimum_base: u32,
    /// Suppression of shares of 0 % and 100 %.
    #[serde(default)]
    pub group_disclosure: GroupDisclosure,
    /// Rounding of counts; rates are computed again from the rounded counts.
    #[serde(default)]
    pub rounding: Rounding,
    /// How many values a protected number must still be able to take in the eyes of an attacker
    /// (at most as many as its rule leaves: below a threshold of 3 there are 2).
    #[serde(default = "default_protection")]
    pub protection: u32,
    /// What happens to counts, shares and rates that come without counts.
    #[serde(default)]
    pub without_counts: WithoutCounts,
    /// Groups that add up to another group, where the office wants to say it (found by itself otherwise).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breakdowns: Vec<Breakdown>,
    /// Variables or indicators that add up to another, where catalogue and numbers do not show it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sums: Vec<VariableSum>,
    /// Areas that together make another beside the hierarchy: geographies that overlap have their common parts here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<AreaSum>,
}

fn default_protection() -> u32 {
    3
}

/// When a share of 0 % or 100 % tells something about each person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum GroupDisclosure {
    /// Never.
    #[default]
    Off,
    /// Always.
    Always,
    /// When the denominator is smaller than this.
    BaseBelow(u32),
}

impl GroupDisclosure {
    /// Whether the rule covers a share with this denominator.
    pub fn applies(self, denominator: i64) -> bool {
        match self {
            GroupDisclosure::Off => false,
            GroupDisclosure::Always => true,
            GroupDisclosure::BaseBelow(limit) => denominator < i64::from(limit),
        }
    }
}

/// Deterministic rounding of counts to the nearest multiple; halves go up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// None.
    #[default]
    None,
    /// To multiples of 5 (largest change 2).
    Five,
    /// To multiples of 10 (largest change 5).
    Ten,
}

impl Rounding {
    /// The base, if there is one.
    pub fn base(self) -> Option<i64> {
        match self {
            Rounding::None => None,
            Rounding::Five => Some(5),
            Rounding::Ten => Some(10),
        }
    }
}

/// What happens to figures that should rest on counts but come without them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithoutCounts {
    /// The release is refused.
    #[default]
    Refuse,
    /// They pass, and the protection text says so.
    Pass,
}

/// Groups that together make another group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Breakdown {
    /// The whole; the group of everybody when left out.
    #[serde(default = "GroupId::total")]
    pub whole: GroupId,
    /// The parts.
    pub parts: Vec<GroupId>,
}

/// Variables or indicators that together make another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariableSum {
    /// Name of the whole, of an indicator or a variable.
    pub whole: SmolStr,
    /// Names of the parts.
    pub parts: Vec<SmolStr>,
}

/// Areas that together make another. The parts need not be in any table: what they tell of which areas lie in which
/// is used all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaSum {
    /// Key of the whole.
    pub whole: AreaKey,
    /// Keys of the parts.
    pub parts: Vec<AreaKey>,
}

/// Why a policy cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The file is no policy.
    #[error(
        "Die Schutzregel ist nicht lesbar: {message} Abhilfe: die Datei mit den Vorlagen im Handbuch vergleichen."
    )]
    Syntax {
        /// What the reader says.
        message: String,
    },
    /// A version this program does not know.
    #[error(
        "Die Schutzregel hat die Version {found}; dieses Programm kennt die Version 1. Abhilfe: „version = 1“ setzen oder das Programm aktualisieren."
    )]
    Version {
        /// Version found.
        found: u32,
    },
    /// Two settings do not fit.
    #[error("Die Schutzregel „{id}“ passt nicht zusammen: {message}")]
    Conflict {
        /// Name of the policy.
        id: String,
        /// What does not fit and what to do.
        message: &'static str,
    },
}

impl Policy {
    fn preset(id: &str, title: &str, basis: &str) -> Self {
        Self {
            version: VERSION,
            id: id.into(),
            title: title.into(),
            basis: basis.into(),
            published_source: None,
            threshold: 0,
            complement_threshold: 0,
            suppress_zero: false,
            minimum_base: 0,
            group_disclosure: GroupDisclosure::Off,
            rounding: Rounding::None,
            protection: default_protection(),
            without_counts: WithoutCounts::Refuse,
            breakdowns: Vec::new(),
            sums: Vec::new(),
            areas: Vec::new(),
        }
    }

    fn minimum(id: &str, title: &str, basis: &str, threshold: u32) -> Self {
        Self {
            threshold,
            complement_threshold: threshold,
            group_disclosure: GroupDisclosure::BaseBelow(30),
            protection: threshold.saturating_sub(1).clamp(2, 3),
            ..Self::preset(id, title, basis)
        }
    }

    /// Figures a publisher already protected; they pass as they are, and the source is recorded.
    pub fn published_source(source: impl Into<String>) -> Self {
        Self {
            published_source: Some(source.into()),
            without_counts: WithoutCounts::Pass,
            ..Self::preset(
                "published_source",
                "Veröffentlichte Quelle",
                "Die Zahlen sind von der genannten Stelle bereits geschützt und veröffentlicht.",
            )
        }
    }

    /// Numbers below 3, as in figures of the Bundesagentur für Arbeit.
    pub fn ba() -> Self {
        Self::minimum(
            "ba",
            "Bundesagentur für Arbeit: weniger als 3",
            "Annahme nach der Praxis der Statistik der Bundesagentur für Arbeit (Werte unter 3 und Werte, aus denen sie sich errechnen lassen).",
            3,
        )
    }

    /// Numbers below 5, common among municipal statistics offices.
    pub fn min5() -> Self {
        Self::minimum(
            "min5",
            "Mindestfallzahl 5",
            "Annahme nach verbreiteter Praxis kommunaler Statistikstellen.",
            5,
        )
    }

    /// Numbers below 10, for health data and similar.
    pub fn min10() -> Self {
        Self::minimum(
            "min10",
            "Mindestfallzahl 10",
            "Annahme nach der Praxis bei Gesundheits- und Sozialdaten.",
            10,
        )
    }

    /// Rounding to multiples of 5 as in social statistics of the Statistisches Bundesamt.
    pub fn rounding5() -> Self {
        Self {
            rounding: Rounding::Five,
            minimum_base: 20,
            ..Self::preset(
                "rounding5",
                "5er-Rundung",
                "Annahme nach der 5er-Rundung des Statistischen Bundesamtes (größte Abweichung 2).",
            )
        }
    }

    /// Rounding to multiples of 10 as in interactive products of the Bundesagentur für Arbeit.
    pub fn rounding10() -> Self {
        Self {
            rounding: Rounding::Ten,
            minimum_base: 30,
            ..Self::preset(
                "rounding10",
                "10er-Rundung",
                "Annahme nach interaktiven Angeboten der Bundesagentur für Arbeit.",
            )
        }
    }

    /// A preset by its name (`ba`, `min5`, `min10`, `rounding5`, `rounding10`).
    pub fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "ba" => Self::ba(),
            "min5" => Self::min5(),
            "min10" => Self::min10(),
            "rounding5" => Self::rounding5(),
            "rounding10" => Self::rounding10(),
            _ => return None,
        })
    }

    /// Reads a policy from TOML; unknown keys are refused.
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        let policy: Policy =
            toml::from_str(text).map_err(|error| PolicyError::Syntax { message: error.to_string() })?;
        policy.check()?;
        Ok(policy)
    }

    /// Whether the settings fit together.
    pub fn check(&self) -> Result<(), PolicyError> {
        let conflict = |message| Err(PolicyError::Conflict { id: self.id.clone(), message });
        if self.version != VERSION {
            return Err(PolicyError::Version { found: self.version });
        }
        if self.protection < 2 {
            return conflict(
                "Ein geschützter Wert muss mindestens 2 Werte annehmen können. Abhilfe: „protection“ auf 2 oder mehr setzen.",
            );
        }
        // A class that holds 0 or 100 % alone would name the very number it hides.
        if self.group_disclosure != GroupDisclosure::Off
            && (self.threshold < 2 || self.complement_threshold < 2)
        {
            return conflict(
                "Wer 0 % und 100 % sperrt, muss auch kleine Zahlen sperren, sonst verriete die Sperrung den Wert. Abhilfe: „threshold“ und „complement_threshold“ auf 2 oder mehr setzen.",
            );
        }
        if self.suppress_zero && self.threshold < 2 {
            return conflict(
                "Wer die Null sperrt, muss auch kleine Zahlen sperren, sonst verriete die Sperrung die Null. Abhilfe: „threshold“ auf 2 oder mehr setzen.",
            );
        }
        if self.threshold == 2 && !self.suppress_zero {
            return conflict(
                "Würde allein die 1 gesperrt, verriete die Sperrung den Wert. Abhilfe: „threshold“ auf 3 oder mehr setzen oder „suppress_zero = true“.",
            );
        }
        if self.complement_threshold == 2 && self.group_disclosure != GroupDisclosure::Always {
            return conflict(
                "Würde allein die Restzahl 1 gesperrt, verriete die Sperrung den Wert. Abhilfe: „complement_threshold“ auf 3 oder mehr setzen.",
            );
        }
        if self.threshold > 1_000_000 || self.complement_threshold > 1_000_000 || self.protection > 1_000_000
        {
            return conflict("Eine Schwelle liegt über 1.000.000. Abhilfe: eine kleinere Schwelle setzen.");
        }
        Ok(())
    }

    /// Whether figures only pass through: a publisher protected them and no rule of our own is set.
    pub fn passes_through(&self) -> bool {
        self.published_source.is_some()
            && self.threshold == 0
            && self.complement_threshold == 0
            && self.rounding == Rounding::None
    }

    /// BLAKE3 digest of the rules, hexadecimal.
    pub fn digest(&self) -> String {
        blake3::hash(&serde_json::to_vec(self).unwrap_or_default()).to_hex().to_string()
    }

    /// What the rules do, as German sentences for the public.
    pub fn describe(&self) -> String {
        let mut text = Vec::new();
        if let Some(source) = &self.published_source {
            text.push(format!("Die Zahlen hat {source} bereits geschützt veröffentlicht."));
        }
        if self.threshold > 0 {
            let from = if self.suppress_zero { 0 } else { 1 };
            text.push(format!("Fallzahlen von {from} bis {} werden nicht gezeigt.", self.threshold - 1));
        }
        if self.complement_threshold > 0 {
            text.push(format!(
                "Dasselbe gilt, wenn von allen Personen nur 1 bis {} kein Fall sind.",
                self.complement_threshold - 1
            ));
        }
        match self.group_disclosure {
            GroupDisclosure::Off => {}
            GroupDisclosure::Always => text.push("Anteile von 0 % und 100 % werden nicht gezeigt.".into()),
            GroupDisclosure::BaseBelow(limit) => text.push(format!(
                "Anteile von 0 % und 100 % werden bei weniger als {limit} Personen nicht gezeigt."
            )),
        }
        if let Some(base) = self.rounding.base() {
            text.push(format!(
                "Alle Zahlen sind auf Vielfache von {base} gerundet; Quoten sind aus gerundeten Zahlen berechnet."
            ));
        }
        if !self.passes_through() {
            text.push(
                "Weitere Werte sind gesperrt, wo sich sonst ein geschützter Wert errechnen ließe.".into(),
            );
        }
        text.join(" ")
    }
}
