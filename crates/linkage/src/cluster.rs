//! From pairs to persons: connected components that obey constraints and are not held together by a weak bridge.

use crate::link::{Linked, ScoredPair, Search};
use crate::records::MISSING;
use crate::weights::weight_of;
use rayon::prelude::*;

/// Records by person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clusters {
    /// Number of the person per *row of the input*, from 0 in the order in which persons first appear.
    pub of_row: Vec<u32>,
    /// Number of persons.
    pub count: usize,
    /// Links that a constraint forbade (a second record of one source in a cluster).
    pub forbidden: usize,
    /// Links that were weak bridges: the pairs between the two groups speak against one person as a whole.
    pub weak_bridges: usize,
}

/// Groups of records that grow by merging.
struct Groups {
    parent: Vec<u32>,
    /// The next record of the same group, in a ring.
    next: Vec<u32>,
    size: Vec<u32>,
}

impl Groups {
    fn new(count: usize) -> Self {
        let own: Vec<u32> = (0..count as u32).collect();
        Self { parent: own.clone(), next: own, size: vec![1; count] }
    }

    fn find(&mut self, record: u32) -> u32 {
        let mut at = record;
        while self.parent[at as usize] != at {
            let up = self.parent[self.parent[at as usize] as usize];
            self.parent[at as usize] = up;
            at = up;
        }
        at
    }

    fn merge(&mut self, a: u32, b: u32) {
        let (a, b) = if self.size[a as usize] >= self.size[b as usize] { (a, b) } else { (b, a) };
        self.parent[b as usize] = a;
        self.size[a as usize] += self.size[b as usize];
        self.next.swap(a as usize, b as usize);
    }

    fn members(&self, root: u32, out: &mut Vec<u32>) {
        out.clear();
        let mut at = root;
        loop {
            out.push(at);
            at = self.next[at as usize];
            if at == root {
                return;
            }
        }
    }
}

/// Pairs between two groups above which only the strongest records are compared: a check of a merge stays cheap
/// however large groups become.
const MOST_CHECKED: usize = 24;

/// Weight below which a pair between two groups speaks no louder: one grossly wrong record does not outvote the rest.
const LOUDEST_NO: f64 = -20.0;
/// Weight above which a pair between two groups speaks no louder.
const LOUDEST_YES: f64 = 20.0;

impl Linked {
    /// Clusters the pairs of at least `match_probability`.
    ///
    /// Pairs are taken from the heaviest down. A pair whose records are in two groups merges them unless the
    /// constraint of the model forbids it, or the merge would be a weak bridge: the mean weight of all pairs between
    /// the two groups (each limited to ±20 bits) is below the model's `weakest_bridge`. Without constraint and with
    /// a `weakest_bridge` of minus infinity the result is the connected components. `known` gives the persons of
    /// records that were clustered before ([`Search::Add`]), by row of the input: these stay together and are not
    /// merged with each other.
    ///
    /// Ties in weight are broken by the order of records, which follows from their content.
    pub fn clusters(&self, match_probability: f64, known: &[Option<u32>]) -> Clusters {
        let threshold = weight_of(match_probability);
        let mut edges: Vec<&ScoredPair> = self.pairs.iter().filter(|pair| pair.weight >= threshold).collect();
        edges.par_sort_unstable_by(|a, b| {
            b.weight.total_cmp(&a.weight).then((a.left, a.right).cmp(&(b.left, b.right)))
        });
        let mut groups = Groups::new(self.len());
        let persons = self.join_known(&mut groups, known);
        let one_per =
            self.model.constraints.one_per.as_deref().and_then(|name| self.model.column_named(name));
        let comparer = self.comparer();
        let (mut left, mut right) = (Vec::new(), Vec::new());
        let (mut forbidden, mut weak_bridges) = (0, 0);
        for edge in edges {
            let (a, b) = (groups.find(edge.left), groups.find(edge.right));
            if a == b {
                continue;
            }
            let single =
                persons.of_record.is_empty() && groups.size[a as usize] == 1 && groups.size[b as usize] == 1;
            if !single {
                groups.members(a, &mut left);
                groups.members(b, &mut right);
                let two_persons = persons.is_some_and_two(&left, &right);
                if two_persons || one_per.is_some_and(|column| self.shares(column, &left, &right)) {
                    forbidden += 1;
                    continue;
                }
                if self.bridge(&comparer, &left, &right, edge) < self.model.decision.weakest_bridge {
                    weak_bridges += 1;
                    continue;
                }
            }
            groups.merge(a, b);
        }
        self.numbered(&mut groups, forbidden, weak_bridges)
    }

    /// Whether two groups both have a record with the same value of a column.
    fn shares(&self, column: usize, left: &[u32], right: &[u32]) -> bool {
        let value = |record: &u32| self.prepared.record(*record as usize)[column];
        left.iter().any(|a| value(a) != MISSING && right.iter().any(|b| value(a) == value(b)))
    }

    /// Mean weight of the pairs between two groups.
    fn bridge(
        &self,
        comparer: &crate::compare::Comparer<'_>,
        left: &[u32],
        right: &[u32],
        edge: &ScoredPair,
    ) -> f64 {
        let (mut sum, mut count) = (edge.weight.clamp(LOUDEST_NO, LOUDEST_YES), 1_usize);
        'pairs: for a in left {
            for b in right {
                let (low, high) = (*a.min(b), *a.max(b));
                if (low, high) == (edge.left, edge.right) {
                    continue;
                }
                if count >= MOST_CHECKED {
                    break 'pairs;
                }
                let weight = self.weights.weight(
                    comparer,
                    self.prepared.record(low as usize),
                    self.prepared.record(high as usize),
                );
                sum += weight.clamp(LOUDEST_NO, LOUDEST_YES);
                count += 1;
            }
        }
        sum / count as f64
    }

    fn join_known(&self, groups: &mut Groups, known: &[Option<u32>]) -> Persons {
        if self.search != Search::Add || known.is_empty() {
            return Persons::default();
        }
        let of_record: Vec<Option<u32>> =
            self.prepared.rows.iter().map(|row| known.get(*row as usize).copied().flatten()).collect();
        let mut first = std::collections::HashMap::new();
        for (record, person) in of_record.iter().enumerate() {
            let Some(person) = person else { continue };
            let there = *first.entry(*person).or_insert(record as u32);
            let (a, b) = (groups.find(there), groups.find(record as u32));
            if a != b {
                groups.merge(a, b);
            }
        }
        Persons { of_record }
    }

    fn numbered(&self, groups: &mut Groups, forbidden: usize, weak_bridges: usize) -> Clusters {
        let mut root_of_row = vec![0_u32; self.len()];
        for (record, row) in self.prepared.rows.iter().enumerate() {
            root_of_row[*row as usize] = groups.find(record as u32);
        }
        let mut number = vec![MISSING; self.len()];
        let mut count = 0_u32;
        for root in &mut root_of_row {
            let number = &mut number[*root as usize];
            if *number == MISSING {
                *number = count;
                count += 1;
            }
            *root = *number;
        }
        Clusters { of_row: root_of_row, count: count as usize, forbidden, weak_bridges }
    }
}

/// Persons known before, by record.
#[derive(Default)]
struct Persons {
    of_record: Vec<Option<u32>>,
}

impl Persons {
    /// Whether two groups hold two different known persons.
    fn is_some_and_two(&self, left: &[u32], right: &[u32]) -> bool {
        let person = |records: &[u32]| {
            records.iter().find_map(|record| self.of_record.get(*record as usize).copied().flatten())
        };
        person(left).zip(person(right)).is_some_and(|(a, b)| a != b)
    }
}
