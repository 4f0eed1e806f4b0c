//! Which areas make regions that hang together and are alike?

use crate::input::prepare;
use crate::settings::SpatialRequest;
use crate::{AnalyseError, Table};
use kekiz_base::{Diagnostics, Place, Severity};
use kekiz_spatial::regionalise::{Floor, MaxP, max_p, skater};
use kekiz_stats::index::z_scores;
use kekiz_stats::moments::Deviation;

/// How many regions there are to be.
#[derive(Clone, Debug, PartialEq)]
pub enum RegionaliseMethod {
    /// So many, by cutting the tree of most alike neighbours.
    Skater {
        /// Number of regions.
        regions: usize,
    },
    /// As many as the floor allows.
    MaxP(MaxP),
}

/// What `regionalise` needs beside areas, columns and neighbours.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionaliseRequest {
    /// Areas, attributes and neighbours; weights count only as being there.
    pub spatial: SpatialRequest,
    /// Method.
    pub method: RegionaliseMethod,
    /// Column with the size of an area; without one each counts 1.
    pub size: Option<String>,
    /// The least a region must hold.
    pub least: Option<f64>,
    /// Take attributes as they are instead of in standard deviations.
    pub raw: bool,
}

/// Groups areas: `key`, `region` (from 1, the largest first) and `note`. How much of the differences lies between regions
/// is among the findings.
///
/// # Errors
/// [`AnalyseError`], a German sentence with the remedy.
pub fn regionalise(request: &RegionaliseRequest) -> Result<(Table, Diagnostics), AnalyseError> {
    if request.spatial.columns.is_empty() {
        return Err(AnalyseError::Usage(
            "Es fehlen die Merkmale, nach denen Gebiete einander ähnlich sind. Abhilfe: --value angeben."
                .into(),
        ));
    }
    let mut columns: Vec<&str> = request.spatial.columns.iter().map(String::as_str).collect();
    columns.extend(request.size.as_deref());
    let mut prepared = prepare(&request.spatial, &columns)?;
    let mut attributes = std::mem::take(&mut prepared.values);
    let sizes = request.size.as_ref().and_then(|_| attributes.pop());
    let sizes = sizes.unwrap_or_else(|| vec![1.0; prepared.used.len()]);
    if !request.raw {
        for (name, column) in request.spatial.columns.iter().zip(&mut attributes) {
            *column = z_scores(column, Deviation::Sample).ok_or_else(|| {
                AnalyseError::Input(format!(
                    "Das Merkmal „{name}“ unterscheidet die Gebiete nicht. Abhilfe: es weglassen oder mindestens zwei Gebiete angeben."
                ))
            })?;
        }
    }
    let floor = request.least.map(|least| Floor { sizes: &sizes, least });
    let regions = match (&request.method, floor) {
        (RegionaliseMethod::Skater { regions }, floor) => {
            skater(&attributes, &prepared.weights, *regions, floor)?
        }
        (RegionaliseMethod::MaxP(search), Some(floor)) => {
            max_p(&attributes, &prepared.weights, floor, *search)?
        }
        (RegionaliseMethod::MaxP(_), None) => {
            return Err(AnalyseError::Usage(
                "max-p braucht eine Mindestgröße. Abhilfe: --min-size angeben, mit --size-column in Personen.".into(),
            ));
        }
    };
    let mut diagnostics = std::mem::take(&mut prepared.diagnostics);
    diagnostics.push(
        Severity::Note,
        "regions",
        Place::default(),
        format!(
            "{} Gruppen; {} der Unterschiede liegen zwischen ihnen.",
            regions.count,
            regions.between_share().map_or_else(
                || "keine".into(),
                |share| { format!("{} %", format!("{:.1}", 100.0 * share).replace('.', ",")) }
            )
        ),
        "",
    );
    let number = prepared.spread(regions.region.iter().map(|region| (region + 1) as f64).collect());
    let mut out = Table::default();
    out.text("key", prepared.keys.iter().cloned().map(Some).collect());
    out.number("region", number);
    out.text("note", prepared.notes);
    Ok((out, diagnostics))
}
