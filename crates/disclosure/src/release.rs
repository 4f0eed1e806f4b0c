//! What leaves the gate. Only [`crate::protect`] can make it.

use kekiz_base::{Area, Cell, GroupId, IndicatorMeta, Mark, Period, Reason};
use serde::Serialize;
use std::collections::BTreeMap;

/// A protected table: areas × periods × groups of one indicator.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Release {
    content: Content,
    protection: Protection,
    receipt: Receipt,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Content {
    pub(crate) meta: IndicatorMeta,
    pub(crate) areas: Vec<Area>,
    pub(crate) periods: Vec<Period>,
    pub(crate) groups: Vec<GroupId>,
    pub(crate) cells: Vec<Cell>,
}

/// How the figures are protected, for everybody to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Protection {
    /// Name of the policy.
    pub policy: String,
    /// What was done, as German sentences.
    pub text: String,
    /// Number of cells that are shown.
    pub shown: usize,
    /// Number of suppressed cells by their public reason.
    pub suppressed: BTreeMap<Reason, usize>,
    /// Number of cells without a figure by the source's mark.
    pub missing: BTreeMap<Mark, usize>,
    /// Base the counts are rounded to.
    pub rounding: Option<u8>,
}

/// What a release was made from and by; the same receipt gives the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Digests of the datasets (dataset id → BLAKE3, hexadecimal).
    pub inputs: BTreeMap<String, String>,
    /// Digest of the indicator's public definition.
    pub definition: String,
    /// Digest of the policy.
    pub policy: String,
    /// Seed of the random numbers; none of the present methods draws any.
    pub seed: Option<u64>,
    /// Version of the program.
    pub program: String,
    /// Digest of the released content.
    pub content: String,
}

impl Receipt {
    /// The receipt as canonical JSON: keys in fixed order, no spaces.
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// BLAKE3 digest of the canonical JSON, hexadecimal.
    pub fn digest(&self) -> String {
        blake3::hash(&self.bytes()).to_hex().to_string()
    }
}

impl Release {
    pub(crate) fn new(content: Content, protection: Protection, receipt: Receipt) -> Self {
        Self { content, protection, receipt }
    }

    /// What the numbers mean.
    pub fn meta(&self) -> &IndicatorMeta {
        &self.content.meta
    }

    /// The areas, ordered by key.
    pub fn areas(&self) -> &[Area] {
        &self.content.areas
    }

    /// The periods.
    pub fn periods(&self) -> &[Period] {
        &self.content.periods
    }

    /// The groups.
    pub fn groups(&self) -> &[GroupId] {
        &self.content.groups
    }

    /// The cells, dense in the order area, period, group.
    pub fn cells(&self) -> &[Cell] {
        &self.content.cells
    }

    /// How the figures are protected.
    pub fn protection(&self) -> &Protection {
        &self.protection
    }

    /// What the release was made from.
    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }
}
