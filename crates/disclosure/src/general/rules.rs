//! The rules for general tables as data, with German presets.
//!
//! Where a rule of the gate means the same it has the same name (`threshold`, `group_disclosure`). The presets are
//! assumptions; binding is what the statistics office decides.

use serde::{Deserialize, Serialize};

/// Version of the file format.
pub(crate) const VERSION: u32 = 1;

/// Rules for one table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TablePolicy {
    /// Version of the file format, 1.
    pub version: u32,
    /// Short name.
    pub id: String,
    /// Name as the office writes it.
    pub title: String,
    /// Where the rule comes from, or that it is an assumption.
    #[serde(default)]
    pub basis: String,
    /// Cells of 1 to `threshold - 1` cases are sensitive; 0 switches the rule off.
    #[serde(default)]
    pub threshold: u32,
    /// Other thresholds for data of a source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceThreshold>,
    /// What is to be done about zeros.
    #[serde(default)]
    pub zero: Zero,
    /// Dominance rules: the `n` largest contributions make more than `k` percent of a cell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dominance: Vec<Dominance>,
    /// p % rule: the second largest contributor can estimate the largest to within this many percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p_percent: Option<f64>,
    /// Characteristics of which nobody may learn that all of a group have them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group_disclosure: Vec<GroupRule>,
    /// Characteristics whose shares need a minimum number of persons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rates: Vec<RateRule>,
    /// Around a sensitive number this many percent stay possible at least, downwards and upwards.
    #[serde(default = "thirty")]
    pub protection_percent: f64,
    /// What a suppressed cell costs.
    #[serde(default)]
    pub loss: Loss,
    /// Cells that are dearer or cheaper than others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<Weight>,
    /// How the table is protected.
    #[serde(default)]
    pub treatment: Treatment,
    /// Base of rounding.
    #[serde(default = "five")]
    pub base: u32,
    /// Noise of the cell-key method.
    #[serde(default)]
    pub noise: Noise,
}

fn thirty() -> f64 {
    30.0
}

fn five() -> u32 {
    5
}

/// A threshold for data of one source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceThreshold {
    /// Name of the source, for example `ba`.
    pub name: String,
    /// Its threshold.
    pub threshold: u32,
}

/// What is to be done about zeros.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zero {
    /// A zero is not sensitive but may be suppressed to protect another; a suppressed cell may therefore be nought.
    #[default]
    Cover,
    /// Zeros are always shown; the attacker knows that a suppressed cell of a count is 1 at least.
    Shown,
    /// Zeros are sensitive themselves.
    Sensitive,
}

/// Dominance rule (n, k).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dominance {
    /// How many contributors.
    pub n: u32,
    /// Percent of the cell they may make at most.
    pub k: f64,
}

/// Group disclosure over one dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupRule {
    /// Dimension whose codes are the characteristic.
    pub dimension: String,
    /// Only groups of fewer persons; all when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_below: Option<u32>,
}

/// Minimum base of shares over one dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateRule {
    /// Dimension whose codes are the cases of a share.
    pub dimension: String,
    /// Fewest persons (its total) the share may rest on.
    pub minimum_base: u32,
}

/// What a suppressed cell costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// Every cell the same: the fewest cells.
    Cells,
    /// The logarithm of its number: few cells, and small ones rather than large ones.
    #[default]
    Log,
    /// Its number: the least is hidden of what was counted.
    Value,
}

/// A weight for the cells of a code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weight {
    /// Dimension.
    pub dimension: String,
    /// Code.
    pub code: String,
    /// How many times as dear; 0.01 to 1000.
    pub factor: f64,
}

/// How a table is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// Sensitive cells and further ones are suppressed.
    #[default]
    Suppress,
    /// Every number is rounded by itself; sums do not add up.
    Round,
    /// Numbers are rounded so that all sums add up.
    ControlledRound,
    /// Noise by the cell-key method.
    CellKey,
}

/// Noise of the cell-key method.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noise {
    /// Largest change.
    pub largest: u32,
    /// Variance of the change.
    pub variance: f64,
    /// Results from 1 to this number do not occur.
    #[serde(default)]
    pub none_up_to: u32,
}

impl Default for Noise {
    fn default() -> Self {
        Self { largest: 4, variance: 2.0, none_up_to: 2 }
    }
}

/// Why rules cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// The file is not readable.
    #[error(
        "Die Schutzregel ist nicht lesbar: {message} Abhilfe: mit dem Abschnitt „Schutzregel für Tabellen“ in docs/formate.md vergleichen."
    )]
    Syntax {
        /// What the reader says, with line and column.
        message: String,
    },
    /// A setting is out of range or does not fit another.
    #[error("Die Schutzregel „{id}“: {message}")]
    Setting {
        /// Name of the rules.
        id: String,
        /// What is wrong, and the remedy.
        message: String,
    },
}

impl TablePolicy {
    fn preset(id: &str, title: &str, basis: &str, threshold: u32) -> Self {
        Self {
            version: VERSION,
            id: id.into(),
            title: title.into(),
            basis: basis.into(),
            threshold,
            sources: vec![],
            zero: Zero::Cover,
            dominance: vec![],
            p_percent: None,
            group_disclosure: vec![],
            rates: vec![],
            protection_percent: 30.0,
            loss: Loss::Log,
            weights: vec![],
            treatment: Treatment::Suppress,
            base: 5,
            noise: Noise::default(),
        }
    }

    /// A preset by its name, `None` for another name. All are assumptions that say where they come from.
    pub fn by_name(name: &str) -> Option<Self> {
        let office = "Annahme nach verbreiteter Praxis kommunaler Statistikstellen.";
        let agency = "Annahme nach der Praxis der Statistik der Bundesagentur für Arbeit (Werte unter 3 und Werte, aus denen sie sich errechnen lassen).";
        Some(match name {
            "ba" => Self::preset(name, "Bundesagentur für Arbeit: weniger als 3", agency, 3),
            "min3" => Self::preset(name, "Mindestfallzahl 3", office, 3),
            "min5" => Self::preset(name, "Mindestfallzahl 5", office, 5),
            "min10" => {
                let basis = "Annahme nach der Praxis bei Gesundheits- und Sozialdaten.";
                Self::preset(name, "Mindestfallzahl 10", basis, 10)
            }
            "cost" => Self {
                dominance: vec![Dominance { n: 1, k: 75.0 }],
                p_percent: Some(10.0),
                ..Self::preset(
                    name,
                    "Beträge: Mindestfallzahl 3, Dominanz (1, 75), p = 10 %",
                    "Annahme nach den im Handbuch der statistischen Geheimhaltung genannten Regeln; die tatsächlichen Parameter der Ämter sind nicht veröffentlicht.",
                    3,
                )
            },
            "rounding5" => Self {
                treatment: Treatment::Round,
                ..Self::preset(
                    name,
                    "5er-Rundung",
                    "Annahme nach der 5er-Rundung des Statistischen Bundesamtes (größte Abweichung 2).",
                    0,
                )
            },
            "controlled5" => Self {
                treatment: Treatment::ControlledRound,
                ..Self::preset(
                    name,
                    "Kontrollierte 5er-Rundung",
                    "Annahme: Rundung auf benachbarte Vielfache von 5, bei der alle Summen aufgehen.",
                    0,
                )
            },
            "cellkey" => Self {
                treatment: Treatment::CellKey,
                ..Self::preset(
                    name,
                    "Cell-Key-Methode",
                    "Annahme nach dem Verfahren des Zensus 2022; dessen Parameter sind nicht veröffentlicht.",
                    0,
                )
            },
            _ => return None,
        })
    }

    /// Reads rules from TOML; unknown keys are refused.
    ///
    /// # Errors
    /// [`RuleError`] with line, column or setting and the remedy.
    pub fn from_toml(text: &str) -> Result<Self, RuleError> {
        let policy: Self =
            toml::from_str(text).map_err(|error| RuleError::Syntax { message: error.to_string() })?;
        policy.check()?;
        Ok(policy)
    }

    /// Whether the settings are usable.
    ///
    /// # Errors
    /// [`RuleError::Setting`].
    pub fn check(&self) -> Result<(), RuleError> {
        let wrong = |message: &str| Err(RuleError::Setting { id: self.id.clone(), message: message.into() });
        let thresholds = self.sources.iter().map(|source| source.threshold).chain([self.threshold]);
        let percent = |value: f64| value.is_finite() && value > 0.0 && value <= 100.0;
        if self.version != VERSION {
            return wrong(
                "Diese Version ist unbekannt. Abhilfe: „version = 1“ setzen oder das Programm aktualisieren.",
            );
        }
        for threshold in thresholds {
            if threshold == 1 || threshold > 1_000_000 {
                return wrong(
                    "„threshold“ muss 0 (aus) oder 2 bis 1.000.000 sein. Abhilfe: zum Beispiel 5 setzen.",
                );
            }
        }
        if !(self.protection_percent.is_finite() && (0.0..=1000.0).contains(&self.protection_percent)) {
            return wrong(
                "„protection_percent“ muss zwischen 0 und 1000 liegen. Abhilfe: zum Beispiel 30 setzen.",
            );
        }
        if self.dominance.iter().any(|rule| rule.n == 0 || rule.n > 10 || !percent(rule.k)) {
            return wrong(
                "Eine Dominanzregel braucht n von 1 bis 10 und k über 0 bis 100. Abhilfe: zum Beispiel n = 2, k = 85.",
            );
        }
        if self.p_percent.is_some_and(|p| !percent(p)) {
            return wrong("„p_percent“ muss über 0 und höchstens 100 sein. Abhilfe: zum Beispiel 10 setzen.");
        }
        if self.weights.iter().any(|weight| !(0.01..=1000.0).contains(&weight.factor)) {
            return wrong("Ein Gewicht muss zwischen 0,01 und 1000 liegen. Abhilfe: „factor“ ändern.");
        }
        if !(2..=1_000_000).contains(&self.base) {
            return wrong("„base“ muss zwischen 2 und 1.000.000 liegen. Abhilfe: zum Beispiel 5 setzen.");
        }
        let noise = self.noise;
        if !(1..=50).contains(&noise.largest)
            || noise.none_up_to >= noise.largest
            || !(noise.variance.is_finite() && noise.variance > 0.0)
            || noise.variance > f64::from(noise.largest).powi(2) / 2.0
        {
            return wrong(
                "Das Rauschen passt nicht zusammen: largest von 1 bis 50, none_up_to kleiner als largest, variance über 0 und höchstens largest² / 2. Abhilfe: zum Beispiel largest = 4, variance = 2, none_up_to = 2.",
            );
        }
        Ok(())
    }

    /// The threshold that holds for a source.
    ///
    /// # Errors
    /// A source the rules do not name.
    pub fn threshold_of(&self, source: Option<&str>) -> Result<u32, RuleError> {
        let Some(source) = source else { return Ok(self.threshold) };
        let found = self.sources.iter().find(|known| known.name == source);
        found.map(|known| known.threshold).ok_or_else(|| {
            let known: Vec<&str> = self.sources.iter().map(|known| known.name.as_str()).collect();
            RuleError::Setting {
                id: self.id.clone(),
                message: format!(
                    "Die Quelle „{source}“ steht nicht unter [[sources]] (dort: {}). Abhilfe: die Quelle aufnehmen oder --source weglassen.",
                    if known.is_empty() { "keine".into() } else { known.join(", ") }
                ),
            }
        })
    }

    /// BLAKE3 digest of the rules, hexadecimal.
    pub fn digest(&self) -> String {
        blake3::hash(&serde_json::to_vec(self).unwrap_or_default()).to_hex().to_string()
    }
}
