//! `kekiz analyse segregation-…`.

use super::written::object;
use crate::analyse::{CountsOf, SegregationDifference, SegregationSources, SegregationSpace};
use crate::outcome::Failure;
use crate::terminal::Terminal;
use kekiz_analyse::{AreaSource, CountsTable, DifferenceRequest, SourcesRequest, SpatialSegregationRequest};

pub(super) fn counts(arguments: &CountsOf) -> CountsTable {
    CountsTable {
        path: arguments.counts.clone(),
        unit: arguments.unit.clone(),
        group: arguments.group.clone(),
        count: arguments.count.clone(),
        minimum: arguments.min_size,
    }
}

pub(super) fn space(arguments: &SegregationSpace, terminal: &Terminal) -> Result<(), Failure> {
    let (value, findings) = kekiz_analyse::segregation_space(&SpatialSegregationRequest {
        counts: counts(&arguments.counts),
        areas: AreaSource {
            path: arguments.areas.clone(),
            key: arguments.area_key.clone(),
            layer: arguments.layer.clone(),
            crs: arguments.crs.clone(),
        },
        focal: arguments.focal.clone(),
        scale: arguments.scale,
        centre: arguments.centre,
    })?;
    object(&value, &findings, &arguments.output, terminal)
}

pub(super) fn difference(arguments: &SegregationDifference, terminal: &Terminal) -> Result<(), Failure> {
    let (value, findings) = kekiz_analyse::segregation_difference(&DifferenceRequest {
        counts: counts(&arguments.counts),
        by: arguments.by.clone(),
        first: arguments.first.clone(),
        second: arguments.second.clone(),
        focal: arguments.focal.clone(),
        index: arguments.index.clone(),
        counterfactual: arguments.counterfactual,
    })?;
    object(&value, &findings, &arguments.output, terminal)
}

pub(super) fn sources(arguments: &SegregationSources, terminal: &Terminal) -> Result<(), Failure> {
    let (value, findings) = kekiz_analyse::segregation_sources(&SourcesRequest {
        counts: arguments.counts.clone(),
        quarter: arguments.quarter.clone(),
        provider: arguments.provider.clone(),
        facility: arguments.facility.clone(),
        group: arguments.group.clone(),
        count: arguments.count.clone(),
    })?;
    object(&value, &findings, &arguments.output, terminal)
}
