//! Choices of areas and themes for menus.

pub use crate::wording::slug;
use kekiz_base::{Area, IndicatorMeta};
use std::sync::Arc;

/// An area that holds others.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The area.
    pub area: Area,
    /// Steps below the top.
    pub depth: usize,
    /// Number of areas directly below.
    pub children: usize,
    /// Whether it is a municipality of the initiative.
    pub member: bool,
}

/// An area of life with its indicators.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Name (`Soziale Lage`).
    pub name: String,
    /// Name for URLs and anchors (`soziale-lage`).
    pub slug: String,
    /// Its indicators, ordered by title.
    pub indicators: Vec<Arc<IndicatorMeta>>,
}
