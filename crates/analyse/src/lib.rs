//! Spatial statistics and segregation on plain files, for colleagues with R, Python or QGIS.
//!
//! One function per method of `kekiz analyse`: files in, a [`Table`] or a JSON object out. Files are read here and
//! nowhere else; the methods know nothing of them. No project is needed, and nothing passes the gate: who calls this
//! works on files of their own. [`protect_table`] makes a table of one's own safe with the engine of the gate.

mod access;
mod columns;
mod error;
mod funnel;
mod global;
mod inequality;
mod input;
mod local;
mod protect;
mod rates;
mod segregation;
mod settings;
mod table;

pub use access::{AccessRequest, PlaceTable, access};
pub use error::AnalyseError;
pub use funnel::{FunnelRequest, funnel};
pub use global::{GlobalMethod, global};
pub use inequality::{InequalityRequest, inequality};
pub use kekiz_disclosure::general::Method as ProtectMethod;
pub use local::{LocalMethod, local};
pub use protect::{ProtectError, ProtectRequest, Suggested, protect_table, suggest_protection};
pub use rates::{RateMethod, RatesRequest, rates};
pub use segregation::{SegregationRequest, segregation};
pub use settings::{
    Adjustment, AreaSource, Inference, ParseSettingError, SpatialRequest, WeightsKind, parse_alternative,
    parse_islands,
};
pub use table::{Column, Table};
