//! Links and clusters against the truth.

use std::collections::HashMap;

/// Pairs found and missed.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Quality {
    /// Pairs that are true and found.
    pub true_positives: u64,
    /// Pairs that are found but not true.
    pub false_positives: u64,
    /// Pairs that are true but not found.
    pub false_negatives: u64,
    /// Share of the found pairs that are true; `None` if none is found.
    pub precision: Option<f64>,
    /// Share of the true pairs that are found; `None` if there is none.
    pub recall: Option<f64>,
    /// Harmonic mean of both; `None` if no pair is true or found.
    pub f1: Option<f64>,
}

impl Quality {
    /// From numbers of pairs: true and found, found, true.
    pub fn new(both: u64, found: u64, truth: u64) -> Self {
        let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
        Self {
            true_positives: both,
            false_positives: found - both,
            false_negatives: truth - both,
            precision: share(both, found),
            recall: share(both, truth),
            f1: share(2 * both, found + truth),
        }
    }
}

fn pairs(count: u64) -> u64 {
    count * count.saturating_sub(1) / 2
}

/// Quality of clusters against true persons, counted in pairs of records; `clusters` and `truth` give a number per
/// record. Records without truth (`None`) are left out.
///
/// Source: Hand, D. and Christen, P. (2018), Statistics and Computing 28, 539–547, also on the limits of F1.
pub fn cluster_quality(clusters: &[u32], truth: &[Option<u32>]) -> Quality {
    let (mut both, mut found, mut persons) = (HashMap::new(), HashMap::new(), HashMap::new());
    for (cluster, person) in clusters.iter().zip(truth) {
        if let Some(person) = person {
            *both.entry((*cluster, *person)).or_insert(0_u64) += 1;
            *found.entry(*cluster).or_insert(0_u64) += 1;
            *persons.entry(*person).or_insert(0_u64) += 1;
        }
    }
    let sum = |counts: &mut dyn Iterator<Item = u64>| counts.map(pairs).sum();
    Quality::new(sum(&mut both.into_values()), sum(&mut found.into_values()), sum(&mut persons.into_values()))
}

/// Quality of the links of at least each threshold. `links` are pairs of records with their weight, `truth` a number
/// per record, `true_pairs` the number of true pairs that could be found at all.
pub fn link_quality(
    links: &[(usize, usize, f64)],
    truth: &[Option<u32>],
    true_pairs: u64,
    thresholds: &[f64],
) -> Vec<Quality> {
    let known = links.iter().filter_map(|(a, b, weight)| {
        let (a, b) = (truth.get(*a).copied().flatten()?, truth.get(*b).copied().flatten()?);
        Some((*weight, a == b))
    });
    let known: Vec<(f64, bool)> = known.collect();
    let of = |threshold: &f64| {
        let above = known.iter().filter(|(weight, _)| weight >= threshold);
        let (mut found, mut both) = (0, 0);
        for (_, same) in above {
            found += 1;
            both += u64::from(*same);
        }
        Quality::new(both, found, true_pairs.max(both))
    };
    thresholds.iter().map(of).collect()
}

/// True pairs of a list of persons, all or between files only. `files` gives a file per record.
pub fn true_pairs(truth: &[Option<u32>], files: Option<&[usize]>) -> u64 {
    let mut persons: HashMap<u32, u64> = HashMap::new();
    let mut within: HashMap<(u32, usize), u64> = HashMap::new();
    for (record, person) in truth.iter().enumerate() {
        let Some(person) = person else { continue };
        *persons.entry(*person).or_default() += 1;
        if let Some(files) = files {
            *within.entry((*person, files[record])).or_default() += 1;
        }
    }
    persons.into_values().map(pairs).sum::<u64>() - within.into_values().map(pairs).sum::<u64>()
}
