//! Spatial statistics and segregation on plain files, for colleagues with R, Python or QGIS.
//!
//! One function per method of `kekiz analyse`: files in, a [`Table`] or a JSON object out. Files are read here and
//! nowhere else; the methods know nothing of them. No project is needed, and nothing passes the gate: who calls this
//! works on files of their own. [`protect_table`] makes a table of one's own safe with the engine of the gate.

mod access;
mod assign;
mod columns;
mod counts;
mod error;
mod facilities;
mod forecast;
mod funnel;
mod global;
mod index;
mod inequality;
mod input;
mod local;
mod places;
mod protect;
mod rates;
mod regionalise;
mod segregation;
mod segregation_parts;
mod segregation_space;
mod settings;
mod source;
mod standardise;
mod strata;
mod table;
mod trend;
mod write;

pub use access::{AccessRequest, PlaceTable, access};
pub use assign::{AssignAnswer, AssignRequest, assign};
pub use counts::CountsTable;
pub use error::AnalyseError;
pub use facilities::{FacilitiesRequest, facilities};
pub use forecast::{Ages, ForecastAnswer, ForecastRequest, forecast};
pub use funnel::{FunnelRequest, funnel};
pub use global::{GlobalMethod, global};
pub use index::{IndexRequest, Indicator, index, parse_normalisation};
pub use inequality::{InequalityRequest, inequality};
pub use kekiz_disclosure::general::Method as ProtectMethod;
pub use local::{LocalMethod, local};
pub use places::{ChildTable, FacilityTable};
pub use protect::{ProtectError, ProtectRequest, Suggested, protect_table, suggest_protection};
pub use rates::{RateMethod, RatesRequest, rates};
pub use regionalise::{RegionaliseMethod, RegionaliseRequest, regionalise};
pub use segregation::{SegregationRequest, segregation};
pub use segregation_parts::{
    DifferenceRequest, SourcesRequest, parse_counterfactual, segregation_difference, segregation_sources,
};
pub use segregation_space::{SpatialSegregationRequest, segregation_space};
pub use settings::{
    Adjustment, AreaSource, Inference, ParseSettingError, SpatialRequest, WeightsKind, parse_alternative,
    parse_islands,
};
pub use standardise::{
    StandardTable, StandardiseMethod, StandardiseRequest, parse_count_interval, standardise,
};
pub use table::{Column, Table};
pub use trend::{TrendRequest, trend};
