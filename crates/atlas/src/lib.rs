//! What a reader can ask of the published figures: views, profiles, exports.
//!
//! [`Atlas`] opens the published half of a store. Its functions answer one question each with a plain struct
//! that holds everything a page shows, the German sentence included; they are pure functions of the published
//! figures. What the gate suppressed is not in here, so nothing in here can be revealed.

pub mod about;
pub mod access;
mod atlas;
pub mod chance;
mod choice;
mod classes;
pub mod clusters;
pub mod compare;
pub mod composite;
mod drawing;
mod entry;
pub mod error;
pub mod export;
pub mod facilities;
pub mod funnel;
pub mod indicator;
mod locate;
pub mod map;
pub mod members;
pub mod naming;
pub mod palette;
pub mod peers;
pub mod places;
pub mod profile;
pub mod rank;
pub mod scatter;
pub mod search;
pub mod segregation;
pub mod series;
mod show;
pub mod table;
pub mod view;
pub mod wording;

pub use atlas::Atlas;
pub use error::AtlasError;
