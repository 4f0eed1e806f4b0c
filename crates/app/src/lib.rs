//! One function per thing the statistics office does; the command line calls the same ones as tests do.
//!
//! This half of the application floor reads the vault. What the public may ask of published figures is in
//! `kekiz-atlas`, which the public server uses and which cannot reach this crate.

mod areas;
mod catalogue;
pub mod config;
pub mod demo;
mod derived;
mod doctor;
mod error;
pub mod export;
mod facilities;
mod figures;
mod hierarchy;
mod import_all;
mod known_keys;
mod made_up;
mod members;
mod persons;
mod progress;
mod project;
mod protection;
mod release;
mod report;
mod state;

pub use areas::{AreasImported, import_areas};
pub use catalogue::{CatalogueEntry, check_catalogue, list_indicators, suggest_catalogue};
pub use doctor::{Check, check_config, doctor};
pub use error::{AppError, Rejection, io_reason};
pub use facilities::{FacilitiesImported, import_facilities};
pub use figures::{FiguresImported, import_figures, suggest_mapping};
pub use import_all::{ImportReport, import_all};
pub use made_up::{Finding, MadeUpCity, run_made_up_city};
pub use persons::{AddressSource, area_tree, store_counts, with_areas};
pub use progress::{Progress, Silent};
pub use project::{CreateError, Project};
pub use release::{
    ComputeReport, Computed, RefusedIndicator, ReleaseReport, Released, compute, release, retire,
};
pub use report::{ReportWritten, sozialbericht};
