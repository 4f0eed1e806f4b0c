//! Words everything shares.
//!
//! This crate holds the nouns of the project and nothing that reads a file or a clock: keys and trees of
//! areas, periods, observations with the marks of official statistics, cells of published and of protected
//! tables, and diagnostics. Every other crate leans on it; it leans on nobody.

pub mod area;
pub mod cell;
pub mod cube;
pub mod date;
pub mod diagnostics;
pub mod figures;
pub mod key;
pub mod mark;
pub mod meta;
pub mod number;
pub mod period;
pub mod stream;

pub use area::{Area, AreaChange, AreaTree, AreaTreeError, GeographyId, Level, Validity};
pub use cell::{Cell, Figure, Interval, Reason, Versus};
pub use cube::{Cube, CubeCell, CubeError, GroupId, Sensitive};
pub use diagnostics::{Diagnostic, Diagnostics, Place, Severity};
pub use figures::{
    DatasetDigest, DatasetInfo, Dictionary, FigureBatch, FigureDictionaries, FigureKey, Figures,
};
pub use key::{AreaKey, KeyKind, KeyProblem, Recovered};
pub use mark::{Annotation, Mark, Observation};
pub use meta::{IndicatorId, IndicatorKind, IndicatorMeta, LifePhase, Polarity, Source};
pub use period::Period;
