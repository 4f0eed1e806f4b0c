//! Encoded records: two offices link without exchanging names.
//!
//! Every record becomes one bit field (a cryptographic long-term key, CLK: Schnell, Bachteler and Reiher 2009, BMC
//! Medical Informatics 9:41; 2011). Names are cut into pairs of letters, dates and codes into digits with their
//! place; a keyed hash sets bits for each piece. Similar values share pieces, so similar records share bits, and
//! whoever does not have the key cannot compute the bits of a name.
//!
//! Columns weigh as the encoding says (record-level Bloom filters: Durham et al. 2014, IEEE TKDE 26): each column
//! fills a filter of its own, about half full, from which bits are drawn in proportion to its weight and scattered
//! over the record's field. Two hardenings are there against attacks by frequency (Schnell and Borgs 2016, 2018):
//! balancing, which makes every bit field have the same number of ones, and XOR-folding, which overlays its halves.

mod blocking;
mod compare;
mod encode;
mod harden;
mod key;

pub use blocking::{Preselected, Preselection, similar_preselected};
pub use compare::{DiceMatch, Encoded, best_pairs, dice, similar};
pub use encode::{EncodeError, encode};
pub use harden::{balance, xor_fold};
pub use key::{Key, KeyError};

use crate::model::{Kind, Model};
use serde::{Deserialize, Serialize};

/// A column to encode.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncodedColumn {
    /// Column by its name in the model.
    pub column: String,
    /// Its share of the bits, relative to the others.
    pub weight: f64,
}

/// How records are encoded; both offices must use the same, and the same key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Encoding {
    /// Bits of a record before hardening.
    #[serde(default = "default_bits")]
    pub bits: u32,
    /// Bits each piece of a value sets in its column's filter.
    #[serde(default = "default_hashes")]
    pub hashes: u32,
    /// Whether the field is joined with its complement and shuffled: every record then has as many ones as zeros.
    #[serde(default = "yes")]
    pub balance: bool,
    /// Whether the halves are overlaid by exclusive or, which halves the length.
    #[serde(default = "yes")]
    pub xor_fold: bool,
    /// The columns.
    pub column: Vec<EncodedColumn>,
}

fn default_bits() -> u32 {
    1024
}

fn default_hashes() -> u32 {
    20
}

fn yes() -> bool {
    true
}

impl Encoding {
    /// An encoding of the columns a model compares: names and date of birth weigh most, addresses, which change,
    /// little.
    pub fn for_model(model: &Model) -> Self {
        let column = model.comparison.iter().map(|comparison| {
            let column = &model.column[comparison.column];
            let weight = match column.kind {
                Kind::FirstName | Kind::Surname | Kind::Date => 4.0,
                Kind::Text if !comparison.household => 2.0,
                Kind::Street | Kind::Text | Kind::Code => 1.0,
                Kind::Category => 0.5,
            };
            EncodedColumn { column: column.name.clone(), weight }
        });
        Self {
            bits: default_bits(),
            hashes: default_hashes(),
            balance: true,
            xor_fold: true,
            column: column.collect(),
        }
    }

    /// Bits of an encoded record.
    pub fn encoded_bits(&self) -> u32 {
        let bits = if self.balance { self.bits * 2 } else { self.bits };
        if self.xor_fold { bits / 2 } else { bits }
    }
}
