//! Colours of maps, as the drawings define them.

pub use kekiz_charts::Palette;
