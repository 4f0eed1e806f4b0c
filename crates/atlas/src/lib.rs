//! What a reader can ask of the published figures: views, profiles, exports.

pub mod about;
pub mod compare;
pub mod error;
pub mod funnel;
pub mod members;
pub mod palette;
pub mod peers;
pub mod places;
pub mod profile;
pub mod scatter;
pub mod search;
pub mod series;
pub mod view;

pub use error::AtlasError;
