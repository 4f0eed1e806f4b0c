//! Links between files under constraints: at most one partner on one side or on both.

use crate::link::{Linked, ScoredPair};
use crate::weights::weight_of;
use std::collections::{BTreeMap, HashMap};

/// How many partners a record may have in the other file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cardinality {
    /// Any number on both sides.
    #[default]
    ManyToMany,
    /// A record of the first file may have several partners, one of the other file only one.
    OneToMany,
    /// At most one partner on both sides.
    OneToOne,
}

/// Links that obey a constraint.
#[derive(Clone, Debug, PartialEq)]
pub struct Links {
    /// The links, in the order of [`Linked::pairs`].
    pub pairs: Vec<ScoredPair>,
    /// Links of at least the threshold that the constraint left out.
    pub left_out: usize,
    /// Groups of contested links too large for the optimal choice, where the heaviest link was taken first.
    pub greedy: usize,
}

/// Records on the smaller side of a group of contested links above which the choice is greedy.
const LARGEST_OPTIMAL: usize = 300;

impl Linked {
    /// Links of at least `match_probability` under a constraint between each two files.
    ///
    /// One-to-one takes the links whose weights above the threshold add up to most (the assignment problem, solved
    /// group by group of contested links: Kuhn 1955, Munkres 1957); groups with more than 300 records on both sides
    /// are solved from the heaviest link down. One-to-many keeps the heaviest partner of every record of the later
    /// file; ties go to the first in the order of records.
    pub fn links(&self, match_probability: f64, cardinality: Cardinality) -> Links {
        let threshold = weight_of(match_probability);
        let above: Vec<ScoredPair> =
            self.pairs.iter().filter(|pair| pair.weight >= threshold).copied().collect();
        let all = above.len();
        let (pairs, greedy) = match cardinality {
            Cardinality::ManyToMany => (above, 0),
            Cardinality::OneToMany => (self.heaviest_partners(above), 0),
            Cardinality::OneToOne => self.one_to_one(above, threshold),
        };
        Links { left_out: all - pairs.len(), pairs, greedy }
    }

    fn heaviest_partners(&self, above: Vec<ScoredPair>) -> Vec<ScoredPair> {
        let mut best: HashMap<(u32, usize), usize> = HashMap::new();
        for (at, pair) in above.iter().enumerate() {
            let place = best.entry((pair.right, self.file(pair.left))).or_insert(at);
            if pair.weight > above[*place].weight {
                *place = at;
            }
        }
        let kept =
            above.iter().enumerate().filter(|(at, pair)| best[&(pair.right, self.file(pair.left))] == *at);
        kept.map(|(_, pair)| *pair).collect()
    }

    fn one_to_one(&self, above: Vec<ScoredPair>, threshold: f64) -> (Vec<ScoredPair>, usize) {
        // Every two files are a problem of their own.
        let mut by_files: BTreeMap<(usize, usize), Vec<ScoredPair>> = BTreeMap::new();
        for pair in above {
            by_files.entry((self.file(pair.left), self.file(pair.right))).or_default().push(pair);
        }
        let (mut kept, mut greedy) = (Vec::new(), 0);
        for pairs in by_files.into_values() {
            for group in contested(&pairs) {
                greedy += usize::from(!solve(&group, threshold, &mut kept));
            }
        }
        kept.sort_unstable_by_key(|pair| (pair.left, pair.right));
        (kept, greedy)
    }
}

/// Links in groups that share no record.
fn contested(pairs: &[ScoredPair]) -> Vec<Vec<ScoredPair>> {
    let mut group: HashMap<u32, u32> = HashMap::new();
    fn find(group: &mut HashMap<u32, u32>, record: u32) -> u32 {
        let mut at = record;
        loop {
            let up = *group.entry(at).or_insert(at);
            if up == at {
                return at;
            }
            let over = group[&up];
            group.insert(at, over);
            at = up;
        }
    }
    for pair in pairs {
        let (a, b) = (find(&mut group, pair.left), find(&mut group, pair.right));
        if a != b {
            group.insert(a.max(b), a.min(b));
        }
    }
    let mut groups: BTreeMap<u32, Vec<ScoredPair>> = BTreeMap::new();
    for pair in pairs {
        groups.entry(find(&mut group, pair.left)).or_default().push(*pair);
    }
    groups.into_values().collect()
}

/// Appends the best links of a group; false if it was too large for the best.
fn solve(group: &[ScoredPair], threshold: f64, kept: &mut Vec<ScoredPair>) -> bool {
    if let [one] = group {
        kept.push(*one);
        return true;
    }
    let numbered = |of: fn(&ScoredPair) -> u32| {
        let mut list: Vec<u32> = group.iter().map(of).collect();
        list.sort_unstable();
        list.dedup();
        list
    };
    let (lefts, rights) = (numbered(|pair| pair.left), numbered(|pair| pair.right));
    if lefts.len().min(rights.len()) > LARGEST_OPTIMAL {
        let mut order: Vec<&ScoredPair> = group.iter().collect();
        order.sort_unstable_by(|a, b| {
            b.weight.total_cmp(&a.weight).then((a.left, a.right).cmp(&(b.left, b.right)))
        });
        let mut taken = std::collections::HashSet::new();
        for pair in order {
            if !taken.contains(&pair.left) && !taken.contains(&pair.right) {
                taken.extend([pair.left, pair.right]);
                kept.push(*pair);
            }
        }
        return false;
    }
    let size = lefts.len().max(rights.len());
    // Gain over leaving both alone; a pair at the threshold still gains a little.
    let mut gain = vec![0.0; size * size];
    let mut place = vec![usize::MAX; size * size];
    for (at, pair) in group.iter().enumerate() {
        let cell =
            lefts.partition_point(|l| *l < pair.left) * size + rights.partition_point(|r| *r < pair.right);
        gain[cell] = pair.weight - threshold + 1e-9;
        place[cell] = at;
    }
    for (row, column) in assignment(&gain, size).into_iter().enumerate() {
        if let Some(pair) = group.get(place[row * size + column]) {
            kept.push(*pair);
        }
    }
    true
}

/// Column of each row so that the sum of a square matrix is largest: the Hungarian method with potentials, O(n³).
fn assignment(gain: &[f64], size: usize) -> Vec<usize> {
    let cost = |row: usize, column: usize| -gain[row * size + column];
    let (mut row_potential, mut column_potential) = (vec![0.0; size + 1], vec![0.0; size + 1]);
    // Row of each column, `size` for none; the last column is a stand-in for the row being placed.
    let mut row_of = vec![size; size + 1];
    for row in 0..size {
        row_of[size] = row;
        let mut column = size;
        let mut slack = vec![f64::INFINITY; size];
        let mut came_from = vec![size; size];
        let mut done = vec![false; size + 1];
        loop {
            done[column] = true;
            let current = row_of[column];
            let (mut least, mut next) = (f64::INFINITY, size);
            for other in (0..size).filter(|other| !done[*other]) {
                let reduced = cost(current, other) - row_potential[current] - column_potential[other];
                if reduced < slack[other] {
                    (slack[other], came_from[other]) = (reduced, column);
                }
                if slack[other] < least {
                    (least, next) = (slack[other], other);
                }
            }
            for other in 0..=size {
                if done[other] {
                    row_potential[row_of[other]] += least;
                    column_potential[other] -= least;
                } else if other < size {
                    slack[other] -= least;
                }
            }
            column = next;
            if row_of[column] == size {
                break;
            }
        }
        while column != size {
            let before = came_from[column];
            row_of[column] = row_of[before];
            column = before;
        }
    }
    let mut column_of = vec![0; size];
    for (column, row) in row_of[..size].iter().enumerate() {
        column_of[*row] = column;
    }
    column_of
}

#[cfg(test)]
mod tests {
    use super::assignment;

    #[test]
    fn the_best_of_all_permutations_is_found() {
        use rand::RngExt;
        let mut random = kekiz_base::stream::stream(3, 0);
        for size in 1..6_usize {
            for _ in 0..50 {
                let gain: Vec<f64> = (0..size * size)
                    .map(|_| if random.random_range(0..3) == 0 { 0.0 } else { random.random() })
                    .collect();
                let found = assignment(&gain, size);
                let value = |columns: &[usize]| -> f64 {
                    columns.iter().enumerate().map(|(row, column)| gain[row * size + column]).sum()
                };
                let mut columns: Vec<usize> = (0..size).collect();
                let mut best = value(&columns);
                permute(&mut columns, 0, &mut |columns| best = best.max(value(columns)));
                assert!((value(&found) - best).abs() < 1e-12);
            }
        }
    }

    fn permute(list: &mut Vec<usize>, from: usize, see: &mut impl FnMut(&[usize])) {
        if from == list.len() {
            return see(list);
        }
        for other in from..list.len() {
            list.swap(from, other);
            permute(list, from + 1, see);
            list.swap(from, other);
        }
    }
}
