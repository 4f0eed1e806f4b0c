//! Which pairs are compared at all.

use crate::model::{KeyPart, Model};
use crate::prepare::Prepared;
use crate::records::{MISSING, hash};
use rayon::prelude::*;

/// Pairs of one rule, before any is compared.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct RuleCount {
    /// The rule as the model writes it.
    pub rule: String,
    /// Groups of at least two records with the same key.
    pub groups: u64,
    /// Records of the largest group.
    pub largest: u64,
    /// Pairs that agree in the key.
    pub pairs: u64,
}

/// Records by the keys of all rules.
#[derive(Debug)]
pub(crate) struct Blocks {
    /// Key per record and rule, record by record; 0 for none.
    keys: Vec<u64>,
    rules: Vec<Groups>,
    /// Number of rules.
    width: usize,
}

/// Records of one rule in groups of equal keys.
#[derive(Debug, Default)]
struct Groups {
    members: Vec<u32>,
    starts: Vec<u32>,
    pairs: u64,
    largest: u64,
}

/// Which pairs of a group count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Between {
    /// Every pair.
    All,
    /// Pairs of different files.
    Files,
    /// Pairs with a record of the last file.
    New,
}

/// Hash of every value of a column in the forms of a key.
fn table(prepared: &Prepared, column: usize, forms: &[crate::model::Form]) -> Vec<u64> {
    let mut used = vec![false; prepared.pool.len()];
    for record in prepared.cells.chunks_exact(prepared.width) {
        if let Some(used) = used.get_mut(record[column] as usize) {
            *used = true;
        }
    }
    used.par_iter()
        .enumerate()
        .with_min_len(1024)
        .map(|(number, used)| if *used { prepared.pool.form_hash(number as u32, forms) } else { 0 })
        .collect()
}

impl Blocks {
    /// Groups the records of every rule.
    pub(crate) fn new(model: &Model, prepared: &Prepared, between: Between) -> Self {
        let tables: Vec<Vec<Vec<Vec<u64>>>> = model
            .blocking
            .par_iter()
            .map(|rule| {
                let of = |part: &KeyPart| match part {
                    KeyPart::Column(column, forms) => vec![table(prepared, *column, forms)],
                    KeyPart::Swap(a, forms_a, b, forms_b) => {
                        vec![table(prepared, *a, forms_a), table(prepared, *b, forms_b)]
                    }
                };
                rule.keys.iter().map(of).collect()
            })
            .collect();
        let width = model.blocking.len();
        let mut keys = vec![0_u64; prepared.len() * width];
        keys.par_chunks_mut(width * 4096).enumerate().for_each(|(chunk, keys)| {
            for (at, keys) in keys.chunks_exact_mut(width).enumerate() {
                let record = prepared.record(chunk * 4096 + at);
                for ((key, rule), tables) in keys.iter_mut().zip(&model.blocking).zip(&tables) {
                    *key = key_of(&rule.keys, tables, record);
                }
            }
        });
        drop(tables);
        let rules =
            (0..width).into_par_iter().map(|rule| group(&keys, width, rule, prepared, between)).collect();
        Self { keys, rules, width }
    }

    /// Pairs per rule.
    pub(crate) fn counts(&self, model: &Model) -> Vec<RuleCount> {
        let text = |rule: &crate::model::Rule| {
            let parts: Vec<String> = rule.keys.iter().map(|key| key.text(model)).collect();
            if parts.is_empty() { "alle Paare".to_string() } else { parts.join(" + ") }
        };
        let of = self.rules.iter().zip(&model.blocking);
        of.map(|(groups, rule)| RuleCount {
            rule: text(rule),
            groups: groups.starts.len().saturating_sub(1) as u64,
            largest: groups.largest,
            pairs: groups.pairs,
        })
        .collect()
    }
}

fn key_of(parts: &[KeyPart], tables: &[Vec<Vec<u64>>], record: &[u32]) -> u64 {
    let mut key = 1;
    let hash = |table: &[u64], cell: u32| if cell == MISSING { 0 } else { table[cell as usize] };
    for (part, tables) in parts.iter().zip(tables) {
        let word = match part {
            KeyPart::Column(column, _) => hash(&tables[0], record[*column]),
            KeyPart::Swap(a, _, b, _) => {
                let (x, y) = (hash(&tables[0], record[*a]), hash(&tables[1], record[*b]));
                // Symmetric, so that a record and one with the two exchanged meet.
                if x == 0 || y == 0 { 0 } else { hash::join(x.min(y), x.max(y)) }
            }
        };
        if word == 0 {
            return 0;
        }
        key = hash::join(key, word);
    }
    key.max(1)
}

/// Sorts records by key. Key and record share a word (the key's upper bits, the record's number below), which sorts
/// several times faster than pairs; records whose shortened keys meet by accident are told apart by the full key.
fn group(keys: &[u64], width: usize, rule: usize, prepared: &Prepared, between: Between) -> Groups {
    let bits = usize::BITS - prepared.len().saturating_sub(1).leading_zeros();
    let low = (1_u64 << bits) - 1;
    let words = keys.iter().skip(rule).step_by(width).enumerate();
    let mut words: Vec<u64> =
        words.filter(|(_, key)| **key != 0).map(|(at, key)| *key & !low | at as u64).collect();
    sort(&mut words);
    let full = |word: u64| keys[(word & low) as usize * width + rule];
    let mut groups = Groups::default();
    let mut run: Vec<u32> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let mut end = at + 1;
        while end < words.len() && words[end] & !low == words[at] & !low {
            end += 1;
        }
        let same = &mut words[at..end];
        at = end;
        let key = full(same[0]);
        if same.len() > 1 && same.iter().any(|word| full(*word) != key) {
            same.sort_unstable_by_key(|word| (full(*word), *word));
        }
        for equal in same.chunk_by(|x, y| full(*x) == full(*y)).filter(|equal| equal.len() > 1) {
            run.clear();
            run.extend(equal.iter().map(|word| (word & low) as u32));
            groups.add(&run, prepared, between);
        }
    }
    groups.starts.push(groups.members.len() as u32);
    groups.members.shrink_to_fit();
    groups
}

/// Sorts words by one pass over their first eleven bits and small sorts behind it.
fn sort(words: &mut Vec<u64>) {
    const BITS: u32 = 11;
    if words.len() < 1 << 14 {
        words.sort_unstable();
        return;
    }
    let bucket = |word: u64| (word >> (64 - BITS)) as usize;
    let mut starts = vec![0_usize; (1 << BITS) + 1];
    for word in words.iter() {
        starts[bucket(*word) + 1] += 1;
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let mut next = starts.clone();
    let mut sorted = vec![0_u64; words.len()];
    for word in words.iter() {
        let at = &mut next[bucket(*word)];
        sorted[*at] = *word;
        *at += 1;
    }
    for range in starts.windows(2) {
        sorted[range[0]..range[1]].sort_unstable();
    }
    *words = sorted;
}

impl Groups {
    fn add(&mut self, members: &[u32], prepared: &Prepared, between: Between) {
        let all = pairs(members.len());
        let pairs = match between {
            Between::All => all,
            Between::Files => {
                let within = prepared.files.windows(2).map(|file| pairs(inside(members, file)));
                all - within.sum::<u64>()
            }
            Between::New => {
                let last = prepared.files.len().saturating_sub(2);
                all - pairs(members.len() - inside(members, &prepared.files[last..]))
            }
        };
        if pairs > 0 {
            self.starts.push(self.members.len() as u32);
            self.members.extend_from_slice(members);
            self.pairs += pairs;
            self.largest = self.largest.max(members.len() as u64);
        }
    }
}

fn pairs(count: usize) -> u64 {
    let count = count as u64;
    count * count.saturating_sub(1) / 2
}

fn inside(members: &[u32], file: &[usize]) -> usize {
    members.partition_point(|m| (*m as usize) < file[1])
        - members.partition_point(|m| (*m as usize) < file[0])
}

/// A pair that two rules give is visited with the first only.
pub(crate) struct Pair<'a> {
    /// Rule that gives it.
    pub(crate) rule: usize,
    /// Records, `a < b`.
    pub(crate) a: u32,
    pub(crate) b: u32,
    /// Their cells.
    pub(crate) left: &'a [u32],
    pub(crate) right: &'a [u32],
}

/// Pairs a task should have, so that tasks are alike and many.
const TASK_PAIRS: u64 = 1 << 17;
/// Records a task should have at most: groups of two give few pairs and much reading.
const TASK_MEMBERS: usize = 1 << 15;

impl Blocks {
    /// Visits every pair of every rule once, in parallel; the results of the tasks come in an order that does not
    /// depend on threads. `take` says whether a group (rule, first record) is looked at.
    pub(crate) fn visit<S: Send>(
        &self,
        prepared: &Prepared,
        between: Between,
        take: impl Fn(usize, u32) -> bool + Sync,
        state: impl Fn() -> S + Sync,
        see: impl Fn(&mut S, &Pair<'_>) + Sync,
    ) -> Vec<S> {
        let tasks = self.tasks();
        tasks
            .into_par_iter()
            .map(|(rule, from, to)| {
                let mut found = state();
                let mut gathered = Gathered::default();
                let groups = &self.rules[rule];
                for group in from..to {
                    let members =
                        &groups.members[groups.starts[group] as usize..groups.starts[group + 1] as usize];
                    if take(rule, members[0]) {
                        gathered.fill(self, prepared, members, rule);
                        self.visit_group(rule, members, &gathered, prepared, between, &mut found, &see);
                    }
                }
                found
            })
            .collect()
    }

    /// Ranges of groups with about equal work.
    fn tasks(&self) -> Vec<(usize, usize, usize)> {
        let mut tasks = Vec::new();
        for (rule, groups) in self.rules.iter().enumerate() {
            let (mut from, mut work, mut members) = (0, 0, 0);
            let count = groups.starts.len().saturating_sub(1);
            for group in 0..count {
                let size = (groups.starts[group + 1] - groups.starts[group]) as usize;
                work += pairs(size);
                members += size;
                if work >= TASK_PAIRS || members >= TASK_MEMBERS {
                    tasks.push((rule, from, group + 1));
                    (from, work, members) = (group + 1, 0, 0);
                }
            }
            if from < count {
                tasks.push((rule, from, count));
            }
        }
        tasks
    }

    #[expect(clippy::too_many_arguments, reason = "the inner loop of everything, called from one place")]
    #[inline]
    fn visit_group<S>(
        &self,
        rule: usize,
        members: &[u32],
        gathered: &Gathered,
        prepared: &Prepared,
        between: Between,
        found: &mut S,
        see: &impl Fn(&mut S, &Pair<'_>),
    ) {
        let width = prepared.width;
        let cells = |at: usize| &gathered.cells[at * width..(at + 1) * width];
        let earlier = |at: usize| &gathered.keys[at * rule..(at + 1) * rule];
        let file = |record: u32| prepared.files.partition_point(|start| *start <= record as usize);
        let newest = prepared.files[prepared.files.len().saturating_sub(2)];
        for (i, a) in members.iter().enumerate() {
            let (left, left_keys) = (cells(i), earlier(i));
            // Members are in the order of records, and records in the order of files.
            let from = match between {
                Between::All => i + 1,
                Between::Files => {
                    let end = prepared.files.get(file(*a)).copied().unwrap_or(usize::MAX);
                    i + 1 + members[i + 1..].partition_point(|m| (*m as usize) < end)
                }
                Between::New => (i + 1).max(members.partition_point(|m| (*m as usize) < newest)),
            };
            for (j, b) in members.iter().enumerate().skip(from) {
                let seen = left_keys.iter().zip(earlier(j)).any(|(x, y)| x == y && *x != 0);
                if !seen {
                    see(found, &Pair { rule, a: *a, b: *b, left, right: cells(j) });
                }
            }
        }
    }
}

/// Cells and earlier keys of a group's records side by side.
#[derive(Default)]
struct Gathered {
    cells: Vec<u32>,
    keys: Vec<u64>,
}

impl Gathered {
    fn fill(&mut self, blocks: &Blocks, prepared: &Prepared, members: &[u32], rule: usize) {
        self.cells.clear();
        self.keys.clear();
        for member in members {
            let at = *member as usize;
            self.cells.extend_from_slice(prepared.record(at));
            self.keys.extend_from_slice(&blocks.keys[at * blocks.width..at * blocks.width + rule]);
        }
    }
}
