//! Maps and charts as SVG, the same for page and paper.
//!
//! Every drawing is a plain struct with a `draw` function that gives a [`Drawing`]: the SVG text and a German
//! sentence that says what it shows. Nothing is read, nothing is written, and the same input gives the same
//! bytes. The SVG uses presentation attributes only (no `style`, no script), so that a strict content
//! security policy holds; all text is escaped; ids begin with [`Frame::id`], so that several drawings can
//! stand on one page.
//!
//! Drawings are scaled by their `viewBox`. At the default width of 400 units all text stays legible when a
//! phone shows them 320 px wide. A page sets the largest width by its style sheet, paper by its template.
//!
//! ```
//! use kekiz_base::{Cell, Figure};
//! use kekiz_charts::{Bar, Bars, Frame, Unit};
//! let bars = Bars {
//!     frame: Frame::new("b1", "Kinderarmut 2023"),
//!     unit: Unit::new("%", 1),
//!     bars: vec![Bar::new("Krefeld", Cell::Shown(Figure::bare(26.4)))],
//!     reference: None,
//! };
//! assert!(bars.draw().sentence.contains("26,4\u{a0}%"));
//! ```

mod axis;
mod bars;
mod bivariate;
mod choropleth;
mod colour;
mod comparison;
mod curve;
mod frame;
mod funnel;
mod histogram;
mod legend;
mod network;
mod palette;
mod path;
mod points;
mod ranking;
mod scale;
mod scatter;
mod series;
mod shape;
mod sheet;
mod sparkline;
mod spine;
mod svg;
mod words;

pub use bars::{Bar, Bars, Reference};
pub use bivariate::{Bivariate, BivariateArea};
pub use choropleth::{Choropleth, MapArea};
pub use colour::{Colour, Vision};
pub use comparison::{Comparison, ComparisonRow};
pub use curve::{Curve, CurvePoint};
pub use frame::{Drawing, Frame, Unit};
pub use funnel::{Funnel, FunnelPoint, Limits};
pub use histogram::Histogram;
pub use legend::{Legend, LegendItem, Swatch};
pub use network::{NetworkNode, NetworkPicture};
pub use palette::{
    ClassStyle, Palette, Texture, bivariate, categorical, clusters, index_scale, status_dynamics,
};
pub use points::{MapPoint, PointMap};
pub use ranking::{RankRow, Ranking};
pub use scale::ticks;
pub use scatter::{Fit, Scatter, ScatterPoint};
pub use series::{Break, Line, SeriesChart, SeriesPoint, TargetPath};
pub use shape::Shape;
pub use sheet::Sheet;
pub use sparkline::sparkline;
pub use spine::{PeerRange, Spine, SpineRow};
pub use words::cell_text;
