//! Spatial statistics and segregation on plain files, for colleagues with R, Python or QGIS.
//!
//! One function per method of `kekiz analyse`: files in, a [`Table`] or a JSON object out. Files are read here and
//! nowhere else; the methods know nothing of them. No project is needed, and nothing passes the gate: who calls this
//! works on files of their own.

mod access;
mod columns;
mod error;
mod funnel;
mod global;
mod inequality;
mod input;
mod local;
mod rates;
mod segregation;
mod settings;
mod table;

pub use access::{AccessRequest, PlaceTable, access};
pub use error::AnalyseError;
pub use funnel::{FunnelRequest, funnel};
pub use global::{GlobalMethod, global};
pub use inequality::{InequalityRequest, inequality};
pub use local::{LocalMethod, local};
pub use rates::{RateMethod, RatesRequest, rates};
pub use segregation::{SegregationRequest, segregation};
pub use settings::{
    Adjustment, AreaSource, Inference, ParseSettingError, SpatialRequest, WeightsKind, parse_alternative,
    parse_islands,
};
pub use table::{Column, Table};
