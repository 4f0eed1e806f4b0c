//! How many hits each further choice would leave.

use super::filter::{Filter, passing};
use crate::bits::Bits;
use crate::index::{Columns, Tags};

/// A value with its number of hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// Code of the value.
    pub value: String,
    /// Hits.
    pub hits: usize,
}

/// Counts by property. Each is counted under all filters but that of the property itself, so that people see what
/// another choice would give. Most hits first, then by code; values without hits are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// Phases of life.
    pub life_phases: Vec<Count>,
    /// Action fields.
    pub action_fields: Vec<Count>,
    /// Target groups.
    pub target_groups: Vec<Count>,
    /// Languages.
    pub languages: Vec<Count>,
    /// Areas.
    pub areas: Vec<Count>,
    /// Free of charge.
    pub free: usize,
    /// With access for wheelchairs.
    pub wheelchair: usize,
}

pub(crate) fn facets(columns: &Columns, masks: &[(Filter, Bits)]) -> Facets {
    let all = passing(columns, masks, &[]);
    let under = |filter: Filter| {
        if masks.iter().any(|(one, _)| *one == filter) {
            passing(columns, masks, &[filter])
        } else {
            all.clone()
        }
    };
    Facets {
        life_phases: counts(&columns.life_phases, &under(Filter::LifePhase), columns.len()),
        action_fields: counts(&columns.action_fields, &under(Filter::ActionField), columns.len()),
        target_groups: counts(&columns.target_groups, &under(Filter::TargetGroup), columns.len()),
        languages: counts(&columns.languages, &under(Filter::Language), columns.len()),
        areas: counts(&columns.areas, &under(Filter::Area), columns.len()),
        free: columns.free.count_with(&under(Filter::Price)),
        wheelchair: columns.wheelchair.count_with(&under(Filter::Wheelchair)),
    }
}

fn counts(tags: &Tags, rows: &Bits, len: usize) -> Vec<Count> {
    let mut counts: Vec<Count> = (tags.names.iter().zip(tags.counts(rows, len)))
        .map(|(name, hits)| Count { value: name.to_string(), hits })
        .filter(|count| count.hits > 0)
        .collect();
    counts.sort_by(|a, b| b.hits.cmp(&a.hits).then_with(|| a.value.cmp(&b.value)));
    counts
}
