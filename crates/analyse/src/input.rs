//! From files to values and weights that belong together.

use crate::AnalyseError;
use crate::settings::{AreaSource, SpatialRequest, WeightsKind};
use crate::source::table_file;
use geo::{Centroid, MultiPolygon, Point};
use kekiz_base::{Diagnostics, Place, Severity};
use kekiz_spatial::weights::{
    Contiguity, IslandPolicy, Weights, WeightsFile, contiguity, distance_band, kernel, nearest, read_gal,
    read_gwt,
};
use kekiz_spatial::{Geometry, InputFile, ReadOptions};
use kekiz_tables::read_columns;
use std::collections::HashMap;
use std::path::Path;

/// Rows of the table that can be analysed, with their neighbours.
pub(crate) struct Prepared {
    /// Key of each row of the table.
    pub(crate) keys: Vec<String>,
    /// Positions of the analysed rows, in the order of `weights`.
    pub(crate) used: Vec<usize>,
    /// Why a row is not analysed.
    pub(crate) notes: Vec<Option<String>>,
    /// Values of the analysed rows, one list per column.
    pub(crate) values: Vec<Vec<f64>>,
    /// Their neighbours.
    pub(crate) weights: Weights,
    /// What was found on the way.
    pub(crate) diagnostics: Diagnostics,
}

impl Prepared {
    /// Spreads results of the analysed rows over all rows of the table.
    pub(crate) fn spread<T: Clone>(&self, results: Vec<T>) -> Vec<Option<T>> {
        let mut all = vec![None; self.keys.len()];
        for (row, result) in self.used.iter().zip(results) {
            all[*row] = Some(result);
        }
        all
    }
}

/// Reads a file whole.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, AnalyseError> {
    kekiz_disk::read(path).map_err(AnalyseError::input)
}

/// Reads the values, finds the shapes or neighbours of their keys, and keeps the rows that have everything.
pub(crate) fn prepare(request: &SpatialRequest, columns: &[&str]) -> Result<Prepared, AnalyseError> {
    let file = table_file(&request.values)?;
    let mut names: Vec<&str> = request.key.as_deref().into_iter().collect();
    let first = names.len();
    names.extend(columns);
    let (table, mut diagnostics) = read_columns(&file, &names)?;
    let keys: Vec<String> = match request.key {
        Some(_) => table.texts[0].clone(),
        None => (1..=table.rows()).map(|row| row.to_string()).collect(),
    };
    unique(&file.name, &keys, &table.lines)?;
    let numbers = (0..columns.len()).map(|at| table.numbers(first + at, &mut diagnostics));
    let numbers = numbers.collect::<Result<Vec<_>, _>>()?;
    let mut notes: Vec<Option<String>> = (0..keys.len())
        .map(|row| numbers.iter().any(|n| n[row].is_none()).then(|| "kein Wert".to_string()))
        .collect();
    let (used, weights) = match &request.weights {
        WeightsKind::Gal(path) | WeightsKind::Gwt(path) => {
            from_file(path, request, &keys, &mut notes, &mut diagnostics)?
        }
        kind => from_shapes(kind, request, &keys, &mut notes, &mut diagnostics)?,
    };
    let missing = notes.iter().flatten().count();
    if missing > 0 {
        diagnostics.push(
            Severity::Warning,
            "rows-left-out",
            Place { file: Some(file.name.clone()), ..Place::default() },
            format!(
                "{missing} von {} Gebieten bleiben außer Betracht (ohne Wert oder ohne Grenze).",
                keys.len()
            ),
            "Im Ergebnis steht bei jedem der Grund.",
        );
    }
    let weights = if request.row_standardise { weights.row_standardised() } else { weights };
    let values = numbers.iter().map(|n| used.iter().filter_map(|row| n[*row]).collect()).collect();
    Ok(Prepared { keys, used, notes, values, weights, diagnostics })
}

fn unique(file: &str, keys: &[String], lines: &[u64]) -> Result<(), AnalyseError> {
    let mut seen: HashMap<&str, u64> = HashMap::new();
    for (key, line) in keys.iter().zip(lines) {
        if key.is_empty() {
            return Err(AnalyseError::Input(format!(
                "{file}, Zeile {line}: Der Schlüssel fehlt. Abhilfe: ihn ergänzen oder die Zeile löschen."
            )));
        }
        if let Some(before) = seen.insert(key, *line) {
            return Err(AnalyseError::Input(format!(
                "{file}: Der Schlüssel „{key}“ steht in Zeile {before} und in Zeile {line}. Abhilfe: jedes Gebiet nur einmal aufführen, etwa die Tabelle auf ein Jahr und eine Gruppe beschränken."
            )));
        }
    }
    Ok(())
}

/// Positions of `wanted` among `there`: by equal text, or where leading zeros were lost.
pub(crate) fn matches(wanted: &[String], there: &[String]) -> (Vec<Option<usize>>, bool) {
    let exact: HashMap<&str, usize> = there.iter().enumerate().map(|(i, key)| (key.as_str(), i)).collect();
    let found: Vec<Option<usize>> = wanted.iter().map(|key| exact.get(key.as_str()).copied()).collect();
    if found.iter().any(Option::is_some) {
        return (found, false);
    }
    let mut bare: HashMap<&str, Option<usize>> = HashMap::new();
    for (i, key) in there.iter().enumerate() {
        bare.entry(key.trim_start_matches('0')).and_modify(|place| *place = None).or_insert(Some(i));
    }
    let found = wanted.iter().map(|key| bare.get(key.trim_start_matches('0')).copied().flatten()).collect();
    (found, true)
}

fn from_file(
    path: &Path,
    request: &SpatialRequest,
    keys: &[String],
    notes: &mut [Option<String>],
    diagnostics: &mut Diagnostics,
) -> Result<(Vec<usize>, Weights), AnalyseError> {
    let name = path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into());
    let text = String::from_utf8(bytes(path)?).map_err(|_| {
        AnalyseError::Input(format!(
            "{name}: Das ist keine Textdatei. Abhilfe: eine GAL- oder GWT-Datei angeben."
        ))
    })?;
    let (WeightsFile { names, weights }, findings) = match request.weights {
        WeightsKind::Gwt(_) => read_gwt(&name, &text)?,
        _ => read_gal(&name, &text)?,
    };
    diagnostics.extend(findings);
    let (mut found, _) = matches(keys, &names);
    // Running numbers may look like some of the keys by accident; they are names only if they fit all.
    let by_name = request.key.is_some() && found.iter().all(Option::is_some);
    let numbered = if by_name { Ok(None) } else { by_number(&name, keys.len(), &names).map(Some) };
    let any = request.key.is_some() && found.iter().any(Option::is_some);
    let numbered = if any { numbered.unwrap_or(None) } else { numbered? };
    if let Some(numbered) = numbered {
        found = numbered;
        diagnostics.push(
            Severity::Note,
            "weights-by-position",
            Place { file: Some(name.clone()), ..Place::default() },
            "Die Namen der Datei sind laufende Nummern; sie gelten für die Zeilen der Tabelle in ihrer Reihenfolge.",
            "Stimmt die Reihenfolge nicht, eine Datei mit den Schlüsseln der Gebiete verwenden.",
        );
    }
    let mut used = Vec::new();
    let mut rows = Vec::new();
    for (row, place) in found.iter().enumerate() {
        match place {
            Some(place) if notes[row].is_none() => {
                used.push(row);
                rows.push(*place);
            }
            Some(_) => {}
            None if matches!(request.weights, WeightsKind::Gwt(_)) => {
                notes[row].get_or_insert_with(|| "in keinem Paar der Nachbarschaftsdatei".into());
            }
            None => {
                notes[row].get_or_insert_with(|| "nicht in der Nachbarschaftsdatei".into());
            }
        }
    }
    islands(request.islands, used, weights.among(&rows), None, keys, notes)
}

/// Rows by the running numbers of a weights file, from 0 or from 1.
fn by_number(file: &str, rows: usize, names: &[String]) -> Result<Vec<Option<usize>>, AnalyseError> {
    let numbers: Option<Vec<usize>> = names.iter().map(|name| name.parse().ok()).collect();
    let low = numbers.as_ref().and_then(|n| n.iter().min().copied());
    let fits = numbers.filter(|n| {
        let mut sorted = n.clone();
        sorted.sort_unstable();
        let from = low.unwrap_or(0);
        from <= 1 && sorted.iter().enumerate().all(|(i, n)| *n == i + from) && sorted.len() == rows
    });
    let Some(numbers) = fits else {
        return Err(AnalyseError::Input(format!(
            "{file}: Die Namen der Gebiete passen nicht zu den Schlüsseln der Tabelle ({} Namen, zum Beispiel „{}“; {rows} Zeilen). Abhilfe: mit --key die Spalte mit denselben Schlüsseln angeben.",
            names.len(),
            names.first().map_or("", String::as_str),
        )));
    };
    let mut places = vec![None; rows];
    for (place, number) in numbers.iter().enumerate() {
        places[number - low.unwrap_or(0)] = Some(place);
    }
    Ok(places)
}

/// Shapes by key, in the order of the file.
pub(crate) fn shapes(
    source: &AreaSource,
    key: Option<&str>,
    diagnostics: &mut Diagnostics,
) -> Result<(Vec<String>, Vec<MultiPolygon<f64>>), AnalyseError> {
    let Some(key) = source.key.as_deref().or(key) else {
        return Err(AnalyseError::Usage(
            "Zu den Grenzen fehlt die Spalte mit dem Schlüssel. Abhilfe: --key angeben.".into(),
        ));
    };
    let crs = source.crs.as_deref().map(str::parse).transpose();
    let crs = crs.map_err(|cause: kekiz_spatial::CrsTextError| AnalyseError::Usage(cause.to_string()))?;
    let options = ReadOptions { layer: source.layer.clone(), crs };
    let (layer, findings) = kekiz_spatial::read(&files(&source.path)?, &options)?;
    diagnostics.extend(findings);
    let (mut keys, mut found) = (Vec::new(), Vec::new());
    let named = |name: &String| name == key || name.eq_ignore_ascii_case(key);
    for feature in layer.features {
        let text = feature.attributes.iter().find(|(name, _)| named(name)).map(|(_, value)| value.text());
        let Some(text) = text else {
            let names: Vec<String> = feature.attributes.keys().take(20).map(|n| format!("„{n}“")).collect();
            return Err(AnalyseError::Input(format!(
                "{}: Das Merkmal „{key}“ gibt es nicht; vorhanden sind {}. Abhilfe: --area-key angeben.",
                source.path.display(),
                names.join(", ")
            )));
        };
        if let (Some(text), Some(Geometry::Areas(shape))) = (text, feature.geometry) {
            keys.push(text.trim().to_string());
            found.push(shape);
        }
    }
    let mut seen = HashMap::new();
    if let Some((key, _)) =
        keys.iter().enumerate().map(|(i, k)| (k, seen.insert(k.clone(), i))).find(|(_, b)| b.is_some())
    {
        return Err(AnalyseError::Input(format!(
            "{}: Der Schlüssel „{key}“ kommt bei den Grenzen mehrmals vor. Abhilfe: die Teile eines Gebiets zusammenfassen.",
            source.path.display()
        )));
    }
    Ok((keys, found))
}

/// A file, and the parts of a Shapefile that lie beside it.
fn files(path: &Path) -> Result<Vec<InputFile>, AnalyseError> {
    let mut paths = vec![path.to_path_buf()];
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("shp")) {
        let parts = ["dbf", "prj", "cpg", "shx", "DBF", "PRJ", "CPG", "SHX"];
        paths.extend(parts.iter().map(|ending| path.with_extension(ending)).filter(|part| part.exists()));
    }
    paths
        .iter()
        .map(|path| {
            let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into());
            Ok(InputFile { name, bytes: bytes(path)? })
        })
        .collect()
}

fn from_shapes(
    kind: &WeightsKind,
    request: &SpatialRequest,
    keys: &[String],
    notes: &mut [Option<String>],
    diagnostics: &mut Diagnostics,
) -> Result<(Vec<usize>, Weights), AnalyseError> {
    let Some(source) = &request.areas else {
        return Err(AnalyseError::Usage(
            "Für diese Nachbarschaft braucht es Grenzen. Abhilfe: --areas angeben, oder --weights gal:DATEI."
                .into(),
        ));
    };
    if request.key.is_none() {
        return Err(AnalyseError::Usage(
            "Zu den Werten fehlt die Spalte mit dem Schlüssel. Abhilfe: --key angeben.".into(),
        ));
    }
    let (names, shapes) = shapes(source, request.key.as_deref(), diagnostics)?;
    let (found, bare) = matches(keys, &names);
    if found.iter().all(Option::is_none) {
        return Err(AnalyseError::Input(format!(
            "Kein Schlüssel der Tabelle (zum Beispiel „{}“) kommt bei den Grenzen vor (zum Beispiel „{}“). Abhilfe: die Spalten mit --key und --area-key angeben.",
            keys.first().map_or("", String::as_str),
            names.first().map_or("", String::as_str),
        )));
    }
    if bare {
        diagnostics.push(
            Severity::Note,
            "leading-zeros",
            Place::default(),
            "Führende Nullen der Schlüssel sind beim Zuordnen nicht beachtet.",
            "",
        );
    }
    let (mut used, mut kept) = (Vec::new(), Vec::new());
    for (row, place) in found.iter().enumerate() {
        match place {
            Some(place) if notes[row].is_none() => {
                used.push(row);
                kept.push(shapes[*place].clone());
            }
            Some(_) => {}
            None => {
                notes[row].get_or_insert_with(|| "keine Grenze".into());
            }
        }
    }
    let unused = names.len() - found.iter().flatten().count();
    if unused > 0 {
        diagnostics.push(
            Severity::Note,
            "areas-without-row",
            Place::default(),
            format!("{unused} Gebiete der Grenzen haben keine Zeile in der Tabelle."),
            "",
        );
    }
    let points: Vec<Point<f64>> =
        kept.iter().map(|s| s.centroid().unwrap_or_else(|| Point::new(f64::NAN, f64::NAN))).collect();
    let weights = match kind {
        WeightsKind::Queen => contiguity(&kept, Contiguity::Queen),
        WeightsKind::Rook => contiguity(&kept, Contiguity::Rook),
        WeightsKind::Nearest(k) => nearest(&points, *k)?,
        WeightsKind::Distance(reach) => distance_band(&points, *reach)?,
        WeightsKind::Kernel(shape, width) => kernel(&points, *shape, *width)?,
        WeightsKind::Gal(_) | WeightsKind::Gwt(_) => contiguity(&[], Contiguity::Queen),
    };
    islands(request.islands, used, weights, Some(&points), keys, notes)
}

/// Applies the island policy.
fn islands(
    policy: IslandPolicy,
    mut used: Vec<usize>,
    mut weights: Weights,
    points: Option<&[Point<f64>]>,
    keys: &[String],
    notes: &mut [Option<String>],
) -> Result<(Vec<usize>, Weights), AnalyseError> {
    let islands = weights.islands();
    if islands.is_empty() {
        return Ok((used, weights));
    }
    match policy {
        IslandPolicy::Keep => {}
        IslandPolicy::Refuse => {
            let named: Vec<String> =
                islands.iter().take(10).map(|i| format!("„{}“", keys[used[*i]])).collect();
            return Err(AnalyseError::Input(format!(
                "{} Gebiete haben keinen Nachbarn: {}. Abhilfe: --islands keep, drop oder nearest angeben.",
                islands.len(),
                named.join(", ")
            )));
        }
        IslandPolicy::Nearest => {
            let Some(points) = points else {
                return Err(AnalyseError::Usage(
                    "Ohne Grenzen lässt sich das nächste Gebiet nicht finden. Abhilfe: --areas angeben oder --islands keep.".into(),
                ));
            };
            let closest = nearest(points, 1)?;
            let links: Vec<(usize, usize)> = islands
                .iter()
                .filter_map(|i| Some((*i, *closest.neighbours(*i).first()? as usize)))
                .collect();
            weights = weights.with_links(&links);
        }
        IslandPolicy::Drop => {
            // Leaving areas out can leave others without a neighbour when neighbourhoods are one-sided.
            loop {
                let islands = weights.islands();
                if islands.is_empty() {
                    break;
                }
                islands.iter().for_each(|i| notes[used[*i]] = Some("ohne Nachbarn, weggelassen".into()));
                let stay: Vec<usize> =
                    (0..used.len()).filter(|i| islands.binary_search(i).is_err()).collect();
                used = stay.iter().map(|i| used[*i]).collect();
                weights = weights.among(&stay);
            }
        }
    }
    Ok((used, weights))
}
