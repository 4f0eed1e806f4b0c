//! What a run reports, as JSON.

use crate::memory::peak_bytes;
use crate::run::Run;
use kekiz_base::Diagnostics;
use kekiz_linkage::{Charts, Estimate, Timing};
use serde::Serialize;

/// A blocking rule with its pairs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RuleReport {
    /// The rule.
    pub rule: String,
    /// Pairs that agree in its key.
    pub pairs: u64,
    /// Pairs that no rule before it gives; these were compared.
    pub compared: u64,
    /// Groups of records.
    pub groups: u64,
    /// Records of the largest group.
    pub largest: u64,
}

/// Figures of a run. Holds no identifier and no value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Records of each file.
    pub records: Vec<usize>,
    /// Pairs per blocking rule.
    pub rules: Vec<RuleReport>,
    /// Pairs that were compared.
    pub compared: u64,
    /// Pairs that were kept.
    pub kept: u64,
    /// Pairs at or above the threshold.
    pub linked: u64,
    /// The threshold.
    pub match_probability: f64,
    /// Persons, if records were clustered.
    pub clusters: Option<u64>,
    /// Links a constraint left out.
    pub forbidden: u64,
    /// Links that were weak bridges.
    pub weak_bridges: u64,
    /// Parameters and how they were estimated.
    pub estimate: Estimate,
    /// Data for charts, with expected precision and recall by threshold.
    pub charts: Charts,
    /// Seconds per step.
    pub timings: Vec<Timing>,
    /// Seconds in all.
    pub seconds: f64,
    /// Largest memory in bytes, where the system tells.
    pub peak_memory_bytes: Option<u64>,
    /// What was found in the data.
    #[serde(skip)]
    pub findings: Diagnostics,
}

impl Report {
    /// The report of a run; `forbidden` and `weak_bridges` are numbers of links that were not followed.
    pub(crate) fn new(run: &Run, clusters: Option<u64>, forbidden: usize, weak_bridges: usize) -> Self {
        let linked = &run.linked;
        let rules = linked.rules.iter().zip(&linked.compared).map(|(rule, compared)| RuleReport {
            rule: rule.rule.clone(),
            pairs: rule.pairs,
            compared: *compared,
            groups: rule.groups,
            largest: rule.largest,
        });
        let threshold = kekiz_linkage::weight_of(run.match_probability);
        let mut timings = vec![Timing { step: "read", seconds: run.read_seconds }];
        timings.extend(linked.timings.iter().cloned());
        Self {
            records: run.files.clone(),
            rules: rules.collect(),
            compared: linked.compared.iter().sum(),
            kept: linked.pairs.len() as u64,
            linked: linked.pairs.iter().filter(|pair| pair.weight >= threshold).count() as u64,
            match_probability: run.match_probability,
            clusters,
            forbidden: forbidden as u64,
            weak_bridges: weak_bridges as u64,
            estimate: linked.estimate.clone(),
            charts: linked.charts(),
            timings,
            seconds: run.started.elapsed().as_secs_f64(),
            peak_memory_bytes: peak_bytes(),
            findings: linked.diagnostics.clone(),
        }
    }
}
