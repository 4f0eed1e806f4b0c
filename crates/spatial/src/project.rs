//! Reprojection between the reference systems of [`Crs`], through proj4rs.
//!
//! Accuracy: projections agree with PROJ to well under a millimetre. Between DHDN (Gauß-Krüger) and ETRS89
//! the seven-parameter shift of EPSG:1777 is used, whose stated accuracy is 3 m; there and back again it is
//! exact to about a centimetre, since heights are not carried.

use crate::Crs;
use geo::{Coord, LineString, MapCoordsInPlace, MultiPolygon, Polygon};
use proj4rs::Proj;
use proj4rs::errors::Result as ProjResult;
use proj4rs::transform::{Transform, TransformClosure, transform};

/// A coordinate that lies outside what a reference system can express.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error(
    "Die Koordinate ({x}, {y}) liegt außerhalb des Bereichs von {crs}. Abhilfe: das Koordinatensystem der Datei prüfen."
)]
pub struct ProjectError {
    /// First coordinate as given.
    pub x: f64,
    /// Second coordinate as given.
    pub y: f64,
    /// The reference system.
    pub crs: String,
}

/// A transformation from one reference system into another, set up once and used for many coordinates.
pub struct Projector {
    source: Proj,
    target: Proj,
    from_degrees: bool,
    to_degrees: bool,
    identity: bool,
    crs: Crs,
}

struct Coords<'a>(&'a mut [Coord<f64>]);

impl Transform for Coords<'_> {
    fn transform_coordinates<F: TransformClosure>(&mut self, f: &mut F) -> ProjResult<()> {
        for coord in self.0.iter_mut() {
            let (x, y, _) = f(coord.x, coord.y, 0.0)?;
            *coord = Coord { x, y };
        }
        Ok(())
    }
}

impl Projector {
    /// Sets up the transformation; `None` if proj4rs does not accept a definition (odd parameters in a WKT).
    pub fn new(source: Crs, target: Crs) -> Option<Projector> {
        Some(Projector {
            source: Proj::from_proj_string(&source.proj_string()).ok()?,
            target: Proj::from_proj_string(&target.proj_string()).ok()?,
            from_degrees: source.is_degrees(),
            to_degrees: target.is_degrees(),
            identity: source == target,
            crs: if source.is_degrees() { target } else { source },
        })
    }

    /// Transforms coordinates in place. On an error the slice is left in an unspecified state.
    pub fn transform(&self, coords: &mut [Coord<f64>]) -> Result<(), ProjectError> {
        if self.identity {
            return Ok(());
        }
        let failed = |coord: &Coord<f64>| ProjectError { x: coord.x, y: coord.y, crs: self.crs.to_string() };
        let first = coords.first().copied();
        if let Some(bad) = coords.iter().find(|c| !c.x.is_finite() || !c.y.is_finite()) {
            return Err(failed(bad));
        }
        if self.from_degrees {
            for coord in coords.iter_mut() {
                *coord = Coord { x: coord.x.to_radians(), y: coord.y.to_radians() };
            }
        }
        let done = transform(&self.source, &self.target, &mut Coords(coords));
        if done.is_err() || coords.iter().any(|c| !c.x.is_finite() || !c.y.is_finite()) {
            return Err(failed(&first.unwrap_or_default()));
        }
        if self.to_degrees {
            for coord in coords.iter_mut() {
                *coord = Coord { x: coord.x.to_degrees(), y: coord.y.to_degrees() };
            }
        }
        Ok(())
    }

    /// Transforms one coordinate.
    pub fn transform_one(&self, coord: Coord<f64>) -> Result<Coord<f64>, ProjectError> {
        let mut one = [coord];
        self.transform(&mut one)?;
        Ok(one[0])
    }

    fn areas(&self, shape: &MultiPolygon<f64>) -> Result<MultiPolygon<f64>, ProjectError> {
        let ring = |line: &LineString<f64>| -> Result<LineString<f64>, ProjectError> {
            let mut coords = line.0.clone();
            self.transform(&mut coords)?;
            Ok(LineString::new(coords))
        };
        let polygon = |polygon: &Polygon<f64>| -> Result<Polygon<f64>, ProjectError> {
            let holes = polygon.interiors().iter().map(ring).collect::<Result<_, _>>()?;
            Ok(Polygon::new(ring(polygon.exterior())?, holes))
        };
        shape.0.iter().map(polygon).collect::<Result<_, _>>().map(MultiPolygon)
    }
}

/// Projects areas from longitude and latitude into a reference system.
pub fn from_wgs84(shape: &MultiPolygon<f64>, crs: Crs) -> Result<MultiPolygon<f64>, ProjectError> {
    project(shape, Crs::WGS84, crs)
}

/// Projects areas from a reference system into longitude and latitude.
pub fn to_wgs84(shape: &MultiPolygon<f64>, crs: Crs) -> Result<MultiPolygon<f64>, ProjectError> {
    project(shape, crs, Crs::WGS84)
}

fn project(shape: &MultiPolygon<f64>, source: Crs, target: Crs) -> Result<MultiPolygon<f64>, ProjectError> {
    let bad = || ProjectError { x: f64::NAN, y: f64::NAN, crs: source.to_string() };
    Projector::new(source, target).ok_or_else(bad)?.areas(shape)
}

/// Radius of a sphere with the surface of the Earth, in metres (GRS 80 authalic radius).
pub(crate) const EARTH_RADIUS_M: f64 = 6_371_007.2;

/// Metres per degree of latitude on that sphere.
pub(crate) const METRES_PER_DEGREE: f64 = EARTH_RADIUS_M * std::f64::consts::PI / 180.0;

/// Squeezes longitudes by the cosine of `latitude` and turns degrees into metres: a plane good enough to
/// compare distances within a municipality or a Land.
pub(crate) fn flatten(shape: &MultiPolygon<f64>, latitude: f64) -> MultiPolygon<f64> {
    let squeeze = latitude.to_radians().cos() * METRES_PER_DEGREE;
    let mut out = shape.clone();
    out.map_coords_in_place(|c| Coord { x: c.x * squeeze, y: c.y * METRES_PER_DEGREE });
    out
}
