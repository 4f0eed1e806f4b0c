//! Tables of places: schools, Kitas, counselling centres, one row each with coordinates.

mod mapping;

pub use mapping::{FacilityColumns, FacilityMapping, parse_facility_mapping};

use crate::ReadError;
use crate::body::with_table;
use crate::open::{TableFile, open};
use crate::pattern::closest;
use crate::plan::find_column;
use crate::records::{Fields, each_record};
use crate::rows::text_bytes;
use kekiz_base::{AreaKey, Diagnostics, KeyKind, Place, Severity};
use std::collections::HashMap;

/// One place.
#[derive(Clone, Debug, PartialEq)]
pub struct PointRow {
    /// Line in the file.
    pub line: u64,
    /// Unique name within the layer.
    pub id: String,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: String,
    /// Who runs it, or empty.
    pub operator: String,
    /// Address, or empty.
    pub address: String,
    /// Longitude in degrees (WGS 84).
    pub lon: f64,
    /// Latitude in degrees (WGS 84).
    pub lat: f64,
    /// Area it lies in, if the table says so.
    pub area: Option<AreaKey>,
    /// Label and text of further columns; empty fields are left out.
    pub attributes: Vec<(String, String)>,
    /// Index, if the place has one.
    pub index: Option<u8>,
}

/// Most places one layer may have.
const LIMIT: usize = 1_000_000;

struct Columns {
    id: Option<usize>,
    name: usize,
    kind: Option<usize>,
    operator: Option<usize>,
    address: Vec<usize>,
    lon: usize,
    lat: usize,
    area: Option<usize>,
    index: Option<usize>,
    attributes: Vec<(String, usize)>,
    filters: Vec<(usize, Vec<String>)>,
}

/// Turns coordinates of an EPSG system into longitude and latitude; `None` for an unknown system or a place outside it.
pub type Unproject<'a> = &'a dyn Fn(u32, f64, f64) -> Option<(f64, f64)>;

/// Reads a table of places (CSV, XLSX, packed or not). `unproject` is asked when the mapping states an `epsg` other
/// than 4326; this crate knows no projections.
///
/// # Errors
/// When the file cannot be opened or is no table. Refused rows are in the diagnostics; with errors in them the
/// rows must not be used.
pub fn read_points(
    file: &TableFile,
    mapping: &FacilityMapping,
    unproject: Unproject<'_>,
) -> Result<(Vec<PointRow>, Diagnostics), ReadError> {
    let mut diagnostics = Diagnostics::new();
    let c = &mapping.columns;
    let mut named: Vec<&str> = vec![&c.name, &c.lon, &c.lat];
    named.extend([&c.id, &c.kind, &c.operator, &c.area, &c.index].into_iter().filter_map(|n| n.as_deref()));
    named.retain(|name| !name.starts_with('#'));
    let rows = open(file, &mapping.file, |opened, _| {
        with_table(file, opened, &mapping.file, &named, &mut diagnostics, |mut body, dialect, diagnostics| {
            let Some(columns) = columns(file, mapping, &dialect.header, dialect.header_line, diagnostics)
            else {
                return Ok(Vec::new());
            };
            let mut reader = PointReader {
                file,
                mapping,
                header: &dialect.header,
                columns,
                unproject,
                rows: Vec::new(),
                ids: HashMap::new(),
                without_position: Vec::new(),
                diagnostics,
                errors: 0,
            };
            let delimiter = body.delimiter();
            while let Some((chunk, base)) = body.next_chunk()? {
                each_record(&chunk, delimiter, |buffer, fields, line| {
                    reader.row(buffer, fields, base + u64::from(line));
                    if reader.rows.len() > LIMIT {
                        return std::ops::ControlFlow::Break(());
                    }
                    std::ops::ControlFlow::Continue(())
                });
            }
            let rows = reader.finish();
            body.say_encoding(&file.name, diagnostics);
            Ok(rows)
        })
    })?;
    Ok((rows, diagnostics))
}

fn columns(
    file: &TableFile,
    mapping: &FacilityMapping,
    header: &[String],
    line: u64,
    diagnostics: &mut Diagnostics,
) -> Option<Columns> {
    let mut missing = false;
    let mut find = |name: &str| {
        let found = find_column(header, name);
        if found.is_none() {
            missing = true;
            let there: Vec<String> =
                header.iter().filter(|h| !h.is_empty()).take(20).map(|h| format!("„{h}“")).collect();
            let remedy = match closest(name, header.iter().map(String::as_str)) {
                Some(near) => format!("Gemeint ist vielleicht „{near}“; die Zuordnung berichtigen."),
                None => "Die Zuordnung berichtigen.".into(),
            };
            diagnostics.push(
                Severity::Error,
                "column-unknown",
                Place { file: Some(file.name.clone()), line: Some(line), column: None },
                format!("Die Spalte „{name}“ gibt es nicht; die Kopfzeile enthält {}.", there.join(", ")),
                remedy,
            );
        }
        found.unwrap_or(0)
    };
    let c = &mapping.columns;
    let found = Columns {
        id: c.id.as_deref().map(&mut find),
        name: find(&c.name),
        kind: c.kind.as_deref().map(&mut find),
        operator: c.operator.as_deref().map(&mut find),
        address: c.address.as_slice().iter().map(|n| find(n)).collect(),
        lon: find(&c.lon),
        lat: find(&c.lat),
        area: c.area.as_deref().map(&mut find),
        index: c.index.as_deref().map(&mut find),
        attributes: mapping.attributes.iter().map(|(label, name)| (label.clone(), find(name))).collect(),
        filters: mapping.filter.iter().map(|(name, texts)| (find(name), texts.as_slice().to_vec())).collect(),
    };
    (!missing).then_some(found)
}

struct PointReader<'a> {
    file: &'a TableFile,
    mapping: &'a FacilityMapping,
    header: &'a [String],
    columns: Columns,
    unproject: Unproject<'a>,
    rows: Vec<PointRow>,
    ids: HashMap<String, u64>,
    without_position: Vec<u64>,
    diagnostics: &'a mut Diagnostics,
    errors: u64,
}

impl PointReader<'_> {
    fn error(&mut self, line: u64, column: Option<usize>, code: &'static str, message: String, remedy: &str) {
        self.errors += 1;
        if self.errors > 10_000 {
            return;
        }
        let column = column.and_then(|c| self.header.get(c).cloned());
        let place = Place { file: Some(self.file.name.clone()), line: Some(line), column };
        self.diagnostics.push(Severity::Error, code, place, message, remedy);
    }

    fn row(&mut self, buffer: &[u8], fields: &Fields, line: u64) {
        let text = |column: usize| -> String {
            let text = String::from_utf8_lossy(text_bytes(fields.get(buffer, column)));
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let filled = (0..fields.len()).filter(|i| !fields.get(buffer, *i).is_empty()).count();
        if filled == 0 {
            return;
        }
        let first = (0..fields.len()).map(text).find(|t| !t.is_empty()).unwrap_or_default();
        if filled <= 2 && (crate::words::is_footer(&first) || (filled == 1 && crate::words::is_prose(&first)))
        {
            let place = Place { file: Some(self.file.name.clone()), line: Some(line), column: None };
            self.diagnostics.push(
                Severity::Note,
                "footer",
                place,
                format!("Kein Teil der Tabelle: „{first}“."),
                "",
            );
            return;
        }
        let width = self.header.len();
        if fields.len() < width || (width..fields.len()).any(|i| !fields.get(buffer, i).is_empty()) {
            let message = format!("Die Zeile hat {} Felder; die Kopfzeile hat {width}.", fields.len());
            self.error(
                line,
                None,
                "field-count",
                message,
                "Fehlende oder überzählige Trennzeichen berichtigen.",
            );
            return;
        }
        if self.columns.filters.iter().any(|(column, texts)| !texts.contains(&text(*column))) {
            return;
        }
        let (x, y) = (text(self.columns.lon), text(self.columns.lat));
        if x.is_empty() || y.is_empty() {
            if self.mapping.missing_position.is_some() {
                self.without_position.push(line);
            } else {
                self.error(
                    line,
                    Some(self.columns.lon),
                    "position-missing",
                    "Die Koordinaten fehlen.".into(),
                    "Koordinaten nachtragen, oder in der Zuordnung missing_position = \"skip\" angeben.",
                );
            }
            return;
        }
        let Some((lon, lat)) = self.position(&x, &y, line) else { return };
        let id = self.columns.id.map_or_else(|| line.to_string(), text);
        let name = text(self.columns.name);
        for (found, column, what) in
            [(&id, self.columns.id, "Die Nummer"), (&name, Some(self.columns.name), "Der Name")]
        {
            if found.is_empty() {
                self.error(line, column, "field-empty", format!("{what} fehlt."), "Die Angabe nachtragen.");
                return;
            }
        }
        if let Some(before) = self.ids.insert(id.clone(), line) {
            let message = format!("„{id}“ steht schon in Zeile {before}.");
            self.error(
                line,
                self.columns.id,
                "id-twice",
                message,
                "Eine der Zeilen streichen oder eine andere Spalte als id angeben.",
            );
            return;
        }
        let area = match self.columns.area {
            None => None,
            Some(column) => match self.mapping.columns.area_kind.unwrap_or(KeyKind::Own).parse(&text(column))
            {
                Ok((key, _)) => Some(key),
                Err(kekiz_base::KeyProblem::Empty) => None,
                Err(problem) => {
                    self.error(
                        line,
                        Some(column),
                        "key-unusable",
                        problem.to_string(),
                        "Den Schlüssel berichtigen.",
                    );
                    return;
                }
            },
        };
        let index = match self.columns.index.map(text) {
            None => None,
            Some(t) if t.is_empty() || matches!(t.as_str(), "-" | "." | "/" | "x") => None,
            Some(t) => match t.strip_suffix(".0").unwrap_or(&t).parse::<u8>() {
                Ok(index) => Some(index),
                Err(_) => {
                    let message = format!("„{t}“ ist kein Index; erwartet wird eine ganze Zahl.");
                    self.error(line, self.columns.index, "index-unusable", message, "Die Zelle berichtigen.");
                    return;
                }
            },
        };
        let kind = self.columns.kind.map(text).filter(|k| !k.is_empty());
        let kind = kind.map(|k| self.mapping.kinds.get(&k).cloned().unwrap_or(k));
        let parts: Vec<String> =
            self.columns.address.iter().map(|c| text(*c)).filter(|t| !t.is_empty()).collect();
        let address = match parts.split_first() {
            Some((street, rest)) if !rest.is_empty() => format!("{street}, {}", rest.join(" ")),
            _ => parts.join(" "),
        };
        let attributes = self
            .columns
            .attributes
            .iter()
            .map(|(l, c)| (l.clone(), text(*c)))
            .filter(|(_, t)| !t.is_empty())
            .collect();
        self.rows.push(PointRow {
            line,
            id,
            name,
            kind: kind.or_else(|| self.mapping.kind.clone()).unwrap_or_default(),
            operator: self.columns.operator.map(text).unwrap_or_default(),
            address,
            lon,
            lat,
            area,
            attributes,
            index,
        });
    }

    /// Longitude and latitude of a row, projected where needed.
    fn position(&mut self, x: &str, y: &str, line: u64) -> Option<(f64, f64)> {
        let number = |text: &str| text.replace(',', ".").parse::<f64>().ok().filter(|v| v.is_finite());
        let (Some(x_value), Some(y_value)) = (number(x), number(y)) else {
            let column = if number(x).is_none() { self.columns.lon } else { self.columns.lat };
            let found = if number(x).is_none() { x } else { y };
            let message = format!("„{found}“ ist keine Koordinate.");
            self.error(line, Some(column), "position-unusable", message, "Eine Dezimalzahl eintragen.");
            return None;
        };
        let epsg = self.mapping.epsg.filter(|code| *code != 4326);
        let (lon, lat) = match epsg {
            None => (x_value, y_value),
            Some(code) => (self.unproject)(code, x_value, y_value).unwrap_or((f64::NAN, f64::NAN)),
        };
        let inside = |lon: f64, lat: f64| (-25.0..=45.0).contains(&lon) && (30.0..=72.0).contains(&lat);
        if inside(lon, lat) {
            return Some((lon, lat));
        }
        let (message, remedy) = if epsg.is_none() && inside(lat, lon) {
            ("Länge und Breite sind vertauscht.", "In der Zuordnung lon und lat tauschen.")
        } else if epsg.is_none() && (lon.abs() > 180.0 || lat.abs() > 90.0) {
            (
                "Das sind keine Grad; die Koordinaten sind wohl projiziert.",
                "In der Zuordnung das Koordinatensystem angeben, zum Beispiel epsg = 25832.",
            )
        } else {
            (
                "Die Koordinaten liegen außerhalb Europas.",
                "Die Koordinaten oder epsg in der Zuordnung berichtigen.",
            )
        };
        self.error(line, Some(self.columns.lon), "position-far", message.into(), remedy);
        None
    }

    fn finish(self) -> Vec<PointRow> {
        let place = |line| Place { file: Some(self.file.name.clone()), line, column: None };
        if let Some(first) = self.without_position.first() {
            self.diagnostics.push(
                Severity::Note,
                "position-missing",
                place(Some(*first)),
                format!(
                    "{} Orte ohne Koordinaten sind nach der Zuordnung weggelassen, zuerst Zeile {first}.",
                    self.without_position.len()
                ),
                "",
            );
        }
        if self.errors > 10_000 {
            self.diagnostics.push(
                Severity::Error,
                "more-refused",
                place(None),
                format!("{} weitere Fehler sind hier nicht einzeln aufgeführt.", self.errors - 10_000),
                "Zuerst die aufgeführten beheben; oft ist die Ursache dieselbe.",
            );
        }
        if self.rows.len() > LIMIT {
            self.diagnostics.push(
                Severity::Error,
                "too-many",
                place(None),
                format!("Die Tabelle hat mehr als {LIMIT} Orte."),
                "Die Tabelle teilen.",
            );
        }
        self.rows
    }
}
