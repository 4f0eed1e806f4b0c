//! The public root of a store: what passed the gate, and nothing else.
//!
//! A directory `published/` holds one file `manifest.json` that names the current releases, area layers and
//! facility layers, and `objects/` with the files it names. An object's name is the BLAKE3 digest of its bytes,
//! so it is written once and checked whenever it is read. Cells get in by one way only: [`Published::add`] takes a
//! [`kekiz_disclosure::Release`], which only the gate can make.

mod error;
mod facility;
mod indicator;
mod layer;
mod manifest;
mod objects;
mod parquet;
mod published;
mod session;
mod wkb;

pub use error::LakeError;
pub use facility::{Facility, FacilityLayer};
pub use indicator::{Protection, PublishedIndicator};
pub use layer::AreaLayer;
pub use manifest::{Retired, SiteInfo};
pub use published::Published;
pub use session::{Session, SessionConfig};
