//! Well-known binary, as far as area and point layers need it.
//!
//! Source: OGC 06-103r4, "Simple Feature Access – Part 1", clause 8 (ISO 19125). Written little-endian, read in both
//! byte orders.

use geo_types::{Coord, LineString, MultiPolygon, Point, Polygon};

const POINT: u32 = 1;
const POLYGON: u32 = 3;
const MULTI_POLYGON: u32 = 6;

/// Why bytes are no geometry of the wanted kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WkbError {
    #[error("eine Geometrie bricht ab")]
    Short,
    #[error("auf eine Geometrie folgen überzählige Bytes")]
    Long,
    #[error("die Byte-Reihenfolge {0} gibt es nicht")]
    Order(u8),
    #[error("der Geometrietyp {0} wird nicht erwartet")]
    Kind(u32),
}

/// A multipolygon as bytes; rings are written closed, as they are held.
pub(crate) fn encode_areas(shape: &MultiPolygon<f64>) -> Vec<u8> {
    let mut out = Vec::new();
    head(&mut out, MULTI_POLYGON);
    count(&mut out, shape.0.len());
    for polygon in &shape.0 {
        head(&mut out, POLYGON);
        count(&mut out, 1 + polygon.interiors().len());
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            count(&mut out, ring.0.len());
            for coord in &ring.0 {
                out.extend(coord.x.to_le_bytes());
                out.extend(coord.y.to_le_bytes());
            }
        }
    }
    out
}

/// A point as bytes.
pub(crate) fn encode_point(lon: f64, lat: f64) -> Vec<u8> {
    let mut out = Vec::with_capacity(21);
    head(&mut out, POINT);
    out.extend(lon.to_le_bytes());
    out.extend(lat.to_le_bytes());
    out
}

fn head(out: &mut Vec<u8>, kind: u32) {
    out.push(1);
    out.extend(kind.to_le_bytes());
}

fn count(out: &mut Vec<u8>, number: usize) {
    out.extend(u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
}

/// A multipolygon from bytes; a single polygon becomes a multipolygon of one.
pub(crate) fn decode_areas(bytes: &[u8]) -> Result<MultiPolygon<f64>, WkbError> {
    let mut reader = Reader { bytes, little: true };
    let shape = match reader.head()? {
        POLYGON => MultiPolygon(vec![reader.polygon()?]),
        MULTI_POLYGON => {
            let parts = reader.count(9)?;
            let mut polygons = Vec::with_capacity(parts);
            for _ in 0..parts {
                match reader.head()? {
                    POLYGON => polygons.push(reader.polygon()?),
                    other => return Err(WkbError::Kind(other)),
                }
            }
            MultiPolygon(polygons)
        }
        other => return Err(WkbError::Kind(other)),
    };
    reader.end()?;
    Ok(shape)
}

/// A point from bytes.
pub(crate) fn decode_point(bytes: &[u8]) -> Result<Point<f64>, WkbError> {
    let mut reader = Reader { bytes, little: true };
    match reader.head()? {
        POINT => {
            let coord = reader.coord()?;
            reader.end()?;
            Ok(Point(coord))
        }
        other => Err(WkbError::Kind(other)),
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    little: bool,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], WkbError> {
        let (first, rest) = self.bytes.split_first_chunk::<N>().ok_or(WkbError::Short)?;
        self.bytes = rest;
        Ok(*first)
    }

    fn head(&mut self) -> Result<u32, WkbError> {
        self.little = match self.take::<1>()? {
            [0] => false,
            [1] => true,
            [other] => return Err(WkbError::Order(other)),
        };
        self.number()
    }

    fn number(&mut self) -> Result<u32, WkbError> {
        let bytes = self.take()?;
        Ok(if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    /// A number of parts; a number the remaining bytes cannot hold is refused before memory is reserved.
    fn count(&mut self, least_size: usize) -> Result<usize, WkbError> {
        let number = self.number()? as usize;
        if number.saturating_mul(least_size) > self.bytes.len() {
            return Err(WkbError::Short);
        }
        Ok(number)
    }

    fn coord(&mut self) -> Result<Coord<f64>, WkbError> {
        let (x, y) = (self.take()?, self.take()?);
        Ok(if self.little {
            Coord { x: f64::from_le_bytes(x), y: f64::from_le_bytes(y) }
        } else {
            Coord { x: f64::from_be_bytes(x), y: f64::from_be_bytes(y) }
        })
    }

    fn polygon(&mut self) -> Result<Polygon<f64>, WkbError> {
        let number = self.count(4)?;
        let mut rings = Vec::with_capacity(number);
        for _ in 0..number {
            let points = self.count(16)?;
            let mut ring = Vec::with_capacity(points);
            for _ in 0..points {
                ring.push(self.coord()?);
            }
            rings.push(LineString(ring));
        }
        let mut rings = rings.into_iter();
        let exterior = rings.next().unwrap_or_else(|| LineString(Vec::new()));
        Ok(Polygon::new(exterior, rings.collect()))
    }

    fn end(&self) -> Result<(), WkbError> {
        if self.bytes.is_empty() { Ok(()) } else { Err(WkbError::Long) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shape() -> impl Strategy<Value = MultiPolygon<f64>> {
        let ring = prop::collection::vec((-180.0..180.0f64, -90.0..90.0f64), 3..8);
        let polygon = prop::collection::vec(ring, 1..3).prop_map(|rings| {
            let mut rings = rings.into_iter().map(LineString::from);
            let exterior = rings.next().unwrap();
            Polygon::new(exterior, rings.collect())
        });
        prop::collection::vec(polygon, 0..4).prop_map(MultiPolygon)
    }

    #[test]
    fn known_bytes_are_read_and_written() {
        // SELECT ST_AsBinary('POINT(1 2)', 'NDR') in PostGIS 3.4.
        let point: Vec<u8> = [&[1, 1, 0, 0, 0][..], &1f64.to_le_bytes(), &2f64.to_le_bytes()].concat();
        assert_eq!(encode_point(1.0, 2.0), point);
        // The same in XDR byte order.
        let big: Vec<u8> = [&[0, 0, 0, 0, 1][..], &1f64.to_be_bytes(), &2f64.to_be_bytes()].concat();
        assert_eq!(decode_point(&big).unwrap(), Point::new(1.0, 2.0));
        for (bytes, problem) in [
            (&[][..], WkbError::Short),
            (&[2, 1, 0, 0, 0], WkbError::Order(2)),
            (&[1, 2, 0, 0, 0], WkbError::Kind(2)),
            (&[1, 6, 0, 0, 0, 255, 255, 255, 255], WkbError::Short),
            (&[1, 6, 0, 0, 0, 0, 0, 0, 0, 7], WkbError::Long),
        ] {
            assert_eq!(decode_areas(bytes).unwrap_err(), problem);
        }
    }

    proptest! {
        #[test]
        fn shapes_round_trip(shape in shape()) {
            prop_assert_eq!(decode_areas(&encode_areas(&shape)).unwrap(), shape);
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..64), shape in shape(), at in any::<prop::sample::Index>(), with in any::<u8>()) {
            let _ = decode_areas(&bytes);
            let _ = decode_point(&bytes);
            let mut mutated = encode_areas(&shape);
            let at = at.index(mutated.len());
            mutated[at] = with;
            let _ = decode_areas(&mutated);
        }
    }
}
