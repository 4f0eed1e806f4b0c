//! Which pairs are compared at all.

use crate::model::{Form, KeyPart, Model};
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
    /// Hash of each record's key in each rule, record by record; 0 for none. Two records are in one group of a rule
    /// if and only if these are equal: different keys meet once in 2^32 pairs, which costs a comparison and loses
    /// nothing.
    keys: Vec<u32>,
    rules: Vec<Groups>,
}

/// Hash of every value in every form that a rule asks for.
#[derive(Debug)]
struct Hashes {
    tables: Vec<Vec<u64>>,
    rules: Vec<Vec<Part>>,
}

/// A part of a key: column and table, two of them for an exchange.
#[derive(Clone, Copy, Debug)]
enum Part {
    One(usize, usize),
    Either([(usize, usize); 2]),
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

impl Hashes {
    fn new(model: &Model, prepared: &Prepared) -> Self {
        let mut wanted: Vec<(usize, Vec<Form>)> = Vec::new();
        let mut place = |column: usize, forms: &[Form]| {
            let known = wanted.iter().position(|(c, f)| *c == column && f == forms);
            known.unwrap_or_else(|| {
                wanted.push((column, forms.to_vec()));
                wanted.len() - 1
            })
        };
        let mut part = |part: &KeyPart| match part {
            KeyPart::Column(column, forms) => Part::One(*column, place(*column, forms)),
            KeyPart::Swap(a, forms_a, b, forms_b) => {
                Part::Either([(*a, place(*a, forms_a)), (*b, place(*b, forms_b))])
            }
        };
        let rules = model.blocking.iter().map(|rule| rule.keys.iter().map(&mut part).collect()).collect();
        let columns: Vec<usize> = wanted.iter().map(|(column, _)| *column).collect();
        let used: Vec<Option<Vec<bool>>> = (0..prepared.width)
            .into_par_iter()
            .map(|column| columns.contains(&column).then(|| used(prepared, column)))
            .collect();
        let table = |(column, forms): &(usize, Vec<Form>)| -> Vec<u64> {
            let Some(used) = &used[*column] else { return Vec::new() };
            let hash = |(number, used): (usize, &bool)| {
                if *used { prepared.pool.form_hash(number as u32, forms) } else { 0 }
            };
            used.par_iter().enumerate().with_min_len(1024).map(hash).collect()
        };
        Self { tables: wanted.iter().map(table).collect(), rules }
    }

    /// Hash of a record's key; 0 if a part is missing.
    #[inline]
    fn key(&self, rule: usize, record: &[u32]) -> u32 {
        let mut key = 1;
        let hash = |(column, table): (usize, usize)| {
            let cell = record[column];
            if cell == MISSING { 0 } else { self.tables[table][cell as usize] }
        };
        for part in &self.rules[rule] {
            let word = match *part {
                Part::One(column, table) => hash((column, table)),
                Part::Either([a, b]) => {
                    let (x, y) = (hash(a), hash(b));
                    // Symmetric, so that a record and one with the two exchanged meet.
                    if x == 0 || y == 0 { 0 } else { hash::join(x.min(y), x.max(y)) }
                }
            };
            if word == 0 {
                return 0;
            }
            key = hash::join(key, word);
        }
        ((key >> 32) as u32).max(1)
    }
}

/// Which values occur in a column.
fn used(prepared: &Prepared, column: usize) -> Vec<bool> {
    let mut used = vec![false; prepared.pool.len()];
    for record in prepared.cells.chunks_exact(prepared.width) {
        if let Some(used) = used.get_mut(record[column] as usize) {
            *used = true;
        }
    }
    used
}

impl Blocks {
    /// Groups the records of every rule.
    pub(crate) fn new(model: &Model, prepared: &Prepared, between: Between) -> Self {
        let hashes = Hashes::new(model, prepared);
        let width = model.blocking.len();
        let mut keys = vec![0_u32; prepared.len() * width];
        keys.par_chunks_mut(width * 4096).enumerate().for_each(|(chunk, keys)| {
            for (at, keys) in keys.chunks_exact_mut(width).enumerate() {
                let record = prepared.record(chunk * 4096 + at);
                keys.iter_mut().enumerate().for_each(|(rule, key)| *key = hashes.key(rule, record));
            }
        });
        drop(hashes);
        let rules =
            (0..width).into_par_iter().map(|rule| group(&keys, width, rule, prepared, between)).collect();
        Self { keys, rules }
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

/// Sorts records by key. The key's hash and the record's number share a word, which sorts several times faster than
/// pairs.
fn group(keys: &[u32], width: usize, rule: usize, prepared: &Prepared, between: Between) -> Groups {
    let all = keys.iter().skip(rule).step_by(width).enumerate();
    let mut words: Vec<u64> = Vec::with_capacity(prepared.len());
    words.extend(all.filter(|(_, key)| **key != 0).map(|(at, key)| u64::from(*key) << 32 | at as u64));
    sort(&mut words);
    let mut groups = Groups::default();
    let mut members: Vec<u32> = Vec::new();
    for same in words.chunk_by(|x, y| x >> 32 == y >> 32).filter(|same| same.len() > 1) {
        members.clear();
        members.extend(same.iter().map(|word| *word as u32));
        groups.add(&members, prepared, between);
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
/// Groups whose records are fetched together.
const GROUPS_AHEAD: usize = 64;
/// Records a task should have at most: groups of two give few pairs and much reading.
const TASK_MEMBERS: usize = 1 << 15;

impl Blocks {
    /// Visits every pair of every rule once, in parallel; the results of the tasks come in an order that does not
    /// depend on threads. `take` says whether a record's pairs with the later ones of its group are looked at.
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
                let groups = &self.rules[rule];
                let mut reached = from;
                for group in from..to {
                    if group == reached {
                        // The records of the next groups are fetched together: alone, each would be waited for.
                        reached = (group + GROUPS_AHEAD).min(to);
                        let ahead = groups.starts[group] as usize..groups.starts[reached] as usize;
                        self.touch(prepared, &groups.members[ahead]);
                    }
                    let members =
                        &groups.members[groups.starts[group] as usize..groups.starts[group + 1] as usize];
                    self.visit_group(rule, members, prepared, between, &take, &mut found, &see);
                }
                found
            })
            .collect()
    }

    /// Reads a word of each record, so that the memory around it is near when it is needed.
    #[inline]
    fn touch(&self, prepared: &Prepared, members: &[u32]) {
        let width = self.rules.len();
        let read = members.iter().fold(0, |sum, record| {
            let at = *record as usize;
            sum ^ prepared.cells[at * prepared.width] ^ self.keys[at * width]
        });
        std::hint::black_box(read);
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
        prepared: &Prepared,
        between: Between,
        take: &impl Fn(usize, u32) -> bool,
        found: &mut S,
        see: &impl Fn(&mut S, &Pair<'_>),
    ) {
        let width = self.rules.len();
        let earlier = |record: u32| &self.keys[record as usize * width..record as usize * width + rule];
        let file = |record: u32| prepared.files.partition_point(|start| *start <= record as usize);
        let newest = prepared.files[prepared.files.len().saturating_sub(2)];
        for (i, a) in members.iter().enumerate() {
            if !take(rule, *a) {
                continue;
            }
            let (left, left_keys) = (prepared.record(*a as usize), earlier(*a));
            // Members are in the order of records, and records in the order of files.
            let from = match between {
                Between::All => i + 1,
                Between::Files => {
                    let end = prepared.files.get(file(*a)).copied().unwrap_or(usize::MAX);
                    i + 1 + members[i + 1..].partition_point(|m| (*m as usize) < end)
                }
                Between::New => (i + 1).max(members.partition_point(|m| (*m as usize) < newest)),
            };
            for b in &members[from..] {
                let right = prepared.record(*b as usize);
                if !left_keys.iter().zip(earlier(*b)).any(|(x, y)| x == y && *x != 0) {
                    see(found, &Pair { rule, a: *a, b: *b, left, right });
                }
            }
        }
    }
}
