//! A table in up to five dimensions, its sensitive cells, and what each needs.

use super::layout::Layout;
use super::rules::{Loss, RuleError, TablePolicy, Zero};
use crate::moves::{State, Table};
use crate::primary::{Range, UNBOUNDED};
use serde::Serialize;

/// How many contributions of a cell are kept.
pub const LARGEST_KEPT: usize = 10;

/// The numbers of a table, of the finest cells only; the others follow from them. Sensitive: no `Debug`.
///
/// All lists hold every cell of the layout; cells that are not finest are ignored.
#[derive(Clone, Default)]
pub struct Contents {
    /// Number of contributors (persons, cases); `None` where the file has only amounts.
    pub counts: Option<Vec<i64>>,
    /// Amounts in whole units of the last decimal; `None` for a table of counts.
    pub amounts: Option<Vec<i64>>,
    /// The largest contributions of every cell in size, largest first, at most [`LARGEST_KEPT`]; empty lists where unknown.
    pub largest: Option<Vec<Vec<i64>>>,
    /// Which cells are published; all when `None`. Of the others an attacker knows only that they exist.
    pub published: Option<Vec<bool>>,
    /// Cells an attacker already knows from earlier releases.
    pub known: Vec<usize>,
}

/// Why a cell is sensitive by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Primary {
    /// Fewer contributors than the threshold.
    BelowThreshold,
    /// A zero that is sensitive.
    Zero,
    /// Few contributors make nearly all of it.
    Dominance,
    /// The largest contribution can be estimated too well.
    PPercent,
    /// All of a group have the characteristic.
    GroupDisclosure,
    /// A share over too few persons.
    SmallBase,
}

/// What a sensitive cell needs: how far up and down it must still be able to lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    pub(crate) cell: u32,
    pub(crate) up: i64,
    pub(crate) down: i64,
}

/// A table with its sensitive cells marked.
pub struct GeneralTable {
    pub(crate) layout: Layout,
    /// The published number of every cell: amount, or count.
    pub(crate) values: Vec<i64>,
    pub(crate) counts: Option<Vec<i64>>,
    pub(crate) published: Option<Vec<bool>>,
    pub(crate) known: Vec<bool>,
    pub(crate) primary: Vec<Option<Primary>>,
    pub(crate) needs: Vec<Need>,
    /// What an attacker knows of every suppressed number beforehand.
    pub(crate) lowest: i64,
    pub(crate) zero: Zero,
    pub(crate) prices: Vec<u64>,
}

impl GeneralTable {
    /// Adds up the finest cells and finds the sensitive ones.
    ///
    /// # Errors
    /// [`RuleError::Setting`] when a rule needs what the table does not have (counts, contributions, a dimension).
    pub fn new(
        layout: Layout,
        contents: Contents,
        policy: &TablePolicy,
        source: Option<&str>,
    ) -> Result<Self, RuleError> {
        policy.check()?;
        let threshold = i64::from(policy.threshold_of(source)?);
        let summed = |mut values: Vec<i64>| {
            layout.add_up(&mut values, |a: i64, b: i64| a.saturating_add(b));
            values
        };
        let counts = contents.counts.map(summed);
        let amounts = contents.amounts.map(summed);
        let largest = contents.largest.map(|mut largest| {
            add_up_largest(&layout, &mut largest);
            largest
        });
        let wrong = |message: &str| RuleError::Setting { id: policy.id.clone(), message: message.into() };
        let (is_count, values) = match (&amounts, &counts) {
            (Some(amounts), _) => (false, amounts.clone()),
            (None, Some(counts)) => (true, counts.clone()),
            (None, None) => {
                return Err(wrong(
                    "Die Tabelle hat weder Fallzahlen noch Beträge. Abhilfe: --count oder --response angeben.",
                ));
            }
        };
        if values.iter().any(|value| value.abs() >= UNBOUNDED / 4) {
            return Err(wrong(
                "Eine Summe ist größer als 10^15. Abhilfe: die Beträge in größeren Einheiten angeben.",
            ));
        }
        if counts.is_none()
            && (threshold > 0 || !policy.rates.is_empty() || !policy.group_disclosure.is_empty())
        {
            return Err(wrong(
                "Die Tabelle hat keine Fallzahlen, die Regel verlangt aber Mindestfallzahlen. Abhilfe: die Spalte mit --count nennen oder „threshold = 0“ setzen.",
            ));
        }
        let of_contributions = !policy.dominance.is_empty() || policy.p_percent.is_some();
        if of_contributions && !is_count && largest.is_none() {
            return Err(wrong(
                "Dominanz- und p-%-Regel brauchen die größten Beiträge. Abhilfe: Einzeldaten verwenden oder die Spalten mit --largest nennen.",
            ));
        }
        let lowest = match (values.iter().any(|&value| value < 0), policy.zero) {
            (true, _) => -UNBOUNDED,
            (false, Zero::Shown) if is_count => 1,
            (false, _) => 0,
        };
        let mut table = Self {
            known: vec![false; layout.len()],
            primary: vec![None; layout.len()],
            needs: Vec::new(),
            prices: Vec::new(),
            values,
            counts,
            published: contents.published,
            lowest,
            zero: policy.zero,
            layout,
        };
        for cell in contents.known {
            table.known[cell] = true;
        }
        let groups = table.dimension_rules(policy)?;
        for cell in 0..table.layout.len() {
            table.look(cell, policy, threshold, largest.as_deref(), &groups);
        }
        table.prices = table.price(policy)?;
        Ok(table)
    }

    fn dimension_rules(&self, policy: &TablePolicy) -> Result<DimensionRules, RuleError> {
        let place = |name: &str| {
            let found = self.layout.dimensions.iter().position(|dimension| dimension.name == name);
            found.ok_or_else(|| RuleError::Setting {
                id: policy.id.clone(),
                message: format!("Die Gliederung „{name}“ kommt in der Tabelle nicht vor. Abhilfe: den Namen berichtigen oder die Regel streichen."),
            })
        };
        let groups = policy.group_disclosure.iter();
        let rates = policy.rates.iter();
        Ok(DimensionRules {
            groups: groups
                .map(|rule| Ok((place(&rule.dimension)?, rule.base_below)))
                .collect::<Result<_, _>>()?,
            rates: rates
                .map(|rule| Ok((place(&rule.dimension)?, i64::from(rule.minimum_base))))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Decides whether one cell is sensitive and what it needs.
    fn look(
        &mut self,
        cell: usize,
        policy: &TablePolicy,
        threshold: i64,
        largest: Option<&[Vec<i64>]>,
        rules: &DimensionRules,
    ) {
        let value = self.values[cell];
        let share = value.unsigned_abs() as f64 * policy.protection_percent / 100.0;
        let amount = |width: f64| {
            if width <= 0.0 { 0 } else { (width - 1e-9).ceil().min(UNBOUNDED as f64 / 8.0) as i64 }
        };
        // Whole numbers outside the promised interval: 1 ± 30 % becomes 0 to 2.
        let usual = (amount(share).max(1), amount(share).max(1));
        let mut found: Option<(Primary, i64, i64)> = None;
        let mut add = |reason: Primary, (up, down): (i64, i64)| {
            found = Some(match found {
                None => (reason, up, down),
                Some((first, a, b)) => (first, a.max(up), b.max(down)),
            });
        };
        if let Some(counts) = &self.counts {
            let count = counts[cell];
            if count > 0 && count < threshold {
                add(Primary::BelowThreshold, usual);
            }
            if count == 0 && policy.zero == Zero::Sensitive {
                add(Primary::Zero, (1, 0));
            }
            for &(at, below) in &rules.groups {
                let whole = self.whole_of(cell, at).map(|whole| counts[whole]);
                let small = |whole: i64| below.is_none_or(|below| whole < i64::from(below));
                if whole.is_some_and(|whole| whole == count && count > 0 && small(whole)) {
                    add(Primary::GroupDisclosure, (0, usual.1));
                }
            }
            for &(at, fewest) in &rules.rates {
                let whole = self.whole_of(cell, at).map(|whole| counts[whole]);
                if count > 0 && whole.is_some_and(|whole| whole < fewest) {
                    add(Primary::SmallBase, usual);
                }
            }
        }
        if let Some(largest) = largest.map(|largest| &largest[cell]).filter(|largest| !largest.is_empty()) {
            let total = value as f64;
            for rule in &policy.dominance {
                let top: f64 = largest.iter().take(rule.n as usize).map(|&x| x as f64).sum();
                // Unsafe where the n largest make more than k %; protected once the total could be top · 100 / k.
                let missing = top * 100.0 / rule.k - total;
                if missing > 0.0 {
                    let width = amount(missing).max(1);
                    add(Primary::Dominance, (width, width));
                }
            }
            if let Some(p) = policy.p_percent {
                let (first, second) = (largest[0] as f64, largest.get(1).copied().unwrap_or(0) as f64);
                let missing = first * p / 100.0 - (total - first - second);
                if missing > 0.0 {
                    let width = amount(missing).max(1);
                    add(Primary::PPercent, (width, width));
                }
            }
        }
        let Some((reason, up, down)) = found else { return };
        if self.published.as_ref().is_some_and(|published| !published[cell])
            && self.needs_nothing_unpublished(cell)
        {
            return;
        }
        // What lies below what an attacker may think possible is made up for above.
        let room = value - self.lowest;
        let (up, down) = if down > room {
            (up.max(1) + (down - room) * i64::from(self.lowest > 0), room.max(0))
        } else {
            (up, down)
        };
        self.primary[cell] = Some(reason);
        self.needs.push(Need { cell: cell as u32, up, down });
    }

    /// An unpublished cell is protected all the same (it may follow from published ones), except where all is unpublished.
    fn needs_nothing_unpublished(&self, cell: usize) -> bool {
        self.counts.as_ref().is_some_and(|counts| counts[cell] == 0)
    }

    /// The cell with a dimension's parent of this node.
    fn whole_of(&self, cell: usize, at: usize) -> Option<usize> {
        let node = self.layout.node(cell, at);
        let parent = *self.layout.dimensions[at].parents(node).first()?;
        let stride = self.layout.stride(at);
        Some(cell - node as usize * stride + parent as usize * stride)
    }

    fn price(&self, policy: &TablePolicy) -> Result<Vec<u64>, RuleError> {
        let mut factors: Vec<Vec<f64>> =
            self.layout.dimensions.iter().map(|dimension| vec![1.0; dimension.len()]).collect();
        for weight in &policy.weights {
            let at = self.layout.dimensions.iter().position(|dimension| dimension.name == weight.dimension);
            let node = at.and_then(|at| Some((at, self.layout.dimensions[at].node(&weight.code)?)));
            let Some((at, node)) = node else {
                return Err(RuleError::Setting {
                    id: policy.id.clone(),
                    message: format!(
                        "Das Gewicht für „{}“ = „{}“ trifft keine Zelle. Abhilfe: Gliederung und Schlüssel prüfen.",
                        weight.dimension, weight.code
                    ),
                });
            };
            factors[at][node as usize] *= weight.factor;
        }
        Ok((0..self.layout.len())
            .map(|cell| {
                let size = self.values[cell].unsigned_abs() as f64;
                let loss = match policy.loss {
                    Loss::Cells => 1.0,
                    // A cell is worth something whatever is in it.
                    Loss::Log => 1.0 + (1.0 + size).ln() / 8.0,
                    Loss::Value => size.max(1.0),
                };
                let factor: f64 =
                    (0..factors.len()).map(|at| factors[at][self.layout.node(cell, at) as usize]).product();
                ((loss * factor * 1024.0).round() as u64).max(1)
            })
            .collect())
    }

    /// What an attacker would know of a cell once it is suppressed.
    pub(crate) fn range(&self, cell: usize) -> Range {
        Range { low: self.lowest.min(self.values[cell]), high: UNBOUNDED }
    }

    /// Whether a cell may be suppressed to protect another.
    pub(crate) fn is_candidate(&self, cell: usize) -> bool {
        self.is_published(cell)
            && !self.known[cell]
            && (self.values[cell] != 0 || self.zero != Zero::Shown || self.lowest < 0)
    }

    /// Whether a cell is in any of the published tables.
    pub fn is_published(&self, cell: usize) -> bool {
        self.published.as_ref().is_none_or(|published| published[cell])
    }

    /// All sums with the state of every cell, `hidden` being what is suppressed.
    pub(crate) fn sums(&self, hidden: &[bool]) -> Table {
        let state = |cell: usize| match (self.is_published(cell), hidden[cell]) {
            _ if self.known[cell] => State::Fixed,
            (false, _) => State::Free(Range { low: 0.min(self.lowest), high: UNBOUNDED }),
            (true, true) => State::Free(self.range(cell)),
            (true, false) if self.is_candidate(cell) => State::Candidate(self.range(cell), self.prices[cell]),
            (true, false) => State::Fixed,
        };
        Table::new(self.values.clone(), (0..self.layout.len()).map(state).collect(), self.layout.relations())
    }

    /// Number of cells, margins included.
    pub fn cells(&self) -> usize {
        self.layout.len()
    }

    /// The axes.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Why each cell is sensitive by itself.
    pub fn primary(&self) -> &[Option<Primary>] {
        &self.primary
    }
}

struct DimensionRules {
    groups: Vec<(usize, Option<u32>)>,
    rates: Vec<(usize, i64)>,
}

/// Merges the largest contributions of the finest cells into all others.
fn add_up_largest(layout: &Layout, largest: &mut [Vec<i64>]) {
    for (at, dimension) in layout.dimensions.iter().enumerate() {
        let stride = layout.stride(at);
        for node in 0..dimension.len() as u32 {
            if dimension.breakdowns(node).next().is_none() {
                continue;
            }
            let leaves = dimension.leaves_below(node);
            for block in (0..layout.len()).step_by(stride * dimension.len()) {
                for offset in 0..stride {
                    let mut all: Vec<i64> = leaves
                        .iter()
                        .flat_map(|&leaf| largest[block + leaf as usize * stride + offset].iter().copied())
                        .collect();
                    all.sort_unstable_by_key(|&x| std::cmp::Reverse(x));
                    all.truncate(LARGEST_KEPT);
                    largest[block + node as usize * stride + offset] = all;
                }
            }
        }
    }
}
