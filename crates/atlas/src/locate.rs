//! Which area a point lies in, and a point inside an area.

use crate::{Atlas, AtlasError};
use kekiz_base::{AreaKey, GeographyId};
use kekiz_spatial::locate::AreaIndex;

impl Atlas {
    /// For each point (degrees, longitude first) the area of a geography it lies in; `None` outside of all.
    pub fn areas_at(
        &self,
        geography: &GeographyId,
        points: &[Option<(f64, f64)>],
    ) -> Result<Vec<Option<AreaKey>>, AtlasError> {
        let layer = self.layer(geography)?;
        let index = AreaIndex::new(&layer.shapes);
        let at = |(lon, lat): (f64, f64)| Some(layer.areas.get(index.locate(lon, lat)?)?.key.clone());
        Ok(points.iter().map(|point| point.and_then(at)).collect())
    }

    /// A point well inside an area, longitude first; `None` where no shape is known.
    pub fn inner_point(&self, key: &AreaKey) -> Option<(f64, f64)> {
        let (geography, position) = self.position(key)?;
        let shape = self.layer(geography).ok()?.shapes.get(*position)?;
        kekiz_spatial::measure::label_point(shape).map(|point| (point.x(), point.y()))
    }
}
