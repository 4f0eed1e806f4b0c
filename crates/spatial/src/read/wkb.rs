//! Well-known binary: ISO 19125 with Z and M, and the extended form of PostGIS.

use super::raw::{RawGeometry, RawPolygon};
use geo::Coord;

/// Deepest nesting of collections.
const MAX_DEPTH: usize = 16;

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    little: bool,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let slice = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<N>());
        let chunk =
            slice.ok_or_else(|| format!("die Geometrie bricht nach {} Bytes ab.", self.bytes.len()))?;
        self.at += N;
        Ok(*chunk)
    }

    fn u32(&mut self) -> Result<u32, String> {
        let bytes = self.take::<4>()?;
        Ok(if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn f64(&mut self) -> Result<f64, String> {
        let bytes = self.take::<8>()?;
        Ok(if self.little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) })
    }

    /// A number of elements that can really follow, each at least `size` bytes long.
    fn count(&mut self, size: usize) -> Result<usize, String> {
        let count = self.u32()? as usize;
        let left = self.bytes.len().saturating_sub(self.at);
        if count.saturating_mul(size) > left {
            return Err(format!("die Geometrie nennt {count} Teile, hat aber nur noch {left} Bytes."));
        }
        Ok(count)
    }

    fn coord(&mut self, dimensions: usize) -> Result<Coord<f64>, String> {
        let coord = Coord { x: self.f64()?, y: self.f64()? };
        for _ in 2..dimensions {
            self.f64()?;
        }
        Ok(coord)
    }

    fn coords(&mut self, dimensions: usize) -> Result<Vec<Coord<f64>>, String> {
        let count = self.count(dimensions * 8)?;
        let coords: Vec<_> = (0..count).map(|_| self.coord(dimensions)).collect::<Result<_, _>>()?;
        match coords.iter().find(|c| !c.x.is_finite() || !c.y.is_finite()) {
            Some(_) => Err("die Geometrie enthält eine Koordinate, die keine Zahl ist.".into()),
            None => Ok(coords),
        }
    }

    fn polygon(&mut self, dimensions: usize) -> Result<RawPolygon, String> {
        let rings = self.count(4)?;
        (0..rings).map(|_| self.coords(dimensions)).collect()
    }

    fn geometry(&mut self, out: &mut RawGeometry, depth: usize) -> Result<(), String> {
        if depth > MAX_DEPTH {
            return Err("die Geometrie ist zu tief verschachtelt.".into());
        }
        self.little = match self.take::<1>()?[0] {
            0 => false,
            1 => true,
            other => return Err(format!("die Bytefolge {other} ist unbekannt.")),
        };
        let code = self.u32()?;
        if code & 0x2000_0000 != 0 {
            self.u32()?;
        }
        let iso = code & 0x0fff_ffff;
        let (kind, form) = (iso % 1000, iso / 1000);
        let extra = usize::from(code & 0x8000_0000 != 0) + usize::from(code & 0x4000_0000 != 0);
        let dimensions = 2 + match form {
            0 => extra,
            1 | 2 => 1,
            3 => 2,
            _ => return Err(format!("die Geometrieart {iso} ist unbekannt.")),
        };
        out.had_height |= dimensions > 2;
        match kind {
            1 => {
                let coord = self.coord(dimensions)?;
                // An empty point is written as NaN.
                if coord.x.is_finite() && coord.y.is_finite() {
                    out.points.push(coord);
                } else if !(coord.x.is_nan() && coord.y.is_nan()) {
                    return Err("die Geometrie enthält eine Koordinate, die keine Zahl ist.".into());
                }
            }
            2 => {
                self.coords(dimensions)?;
                out.lines += 1;
            }
            3 => {
                let polygon = self.polygon(dimensions)?;
                if !polygon.is_empty() {
                    out.polygons.push(polygon);
                }
            }
            4..=7 => {
                for _ in 0..self.count(9)? {
                    let little = self.little;
                    self.geometry(out, depth + 1)?;
                    self.little = little;
                }
            }
            8..=17 => {
                return Err(format!(
                    "die Geometrieart {kind} (Kurven oder Körper) wird nicht unterstützt; beim Export in einfache Polygone umwandeln."
                ));
            }
            _ => return Err(format!("die Geometrieart {iso} ist unbekannt.")),
        }
        Ok(())
    }
}

/// Reads a geometry; the error is a German clause that ends a sentence.
pub(crate) fn parse(bytes: &[u8]) -> Result<RawGeometry, String> {
    let mut out = RawGeometry::default();
    Reader { bytes, at: 0, little: true }.geometry(&mut out, 0)?;
    Ok(out)
}
