//! Whole tables drawn at random, in a few nanoseconds per cell.
//!
//! A multinomial draw is a row of independent Poisson draws that together fall a little short of the total, topped up
//! person by person; a draw that keeps the sizes of units is the same with binomial draws. Both are exact: given its
//! sum, a row of independent Poisson (binomial) draws with proportional means is a multinomial (hypergeometric) draw
//! of that sum, and adding persons one at a time continues it. (Davis, C. S. 1993, Computational Statistics & Data
//! Analysis 16, 205-217, for the conditional view.)

use kekiz_stats::draw::Generator;
use std::collections::HashMap;

/// A distribution over `base..`, drawn from in constant time.
/// Source: Walker, A. J. (1977), ACM Transactions on Mathematical Software 3, 253-256; Vose, M. D. (1991).
struct Alias {
    base: u32,
    /// Chance (of 2^32) to stay in a column, and where to go else.
    columns: Vec<(u32, u32)>,
}

impl Alias {
    fn new(base: u32, chances: &[f64]) -> Self {
        let sum: f64 = chances.iter().sum();
        let scale = chances.len() as f64 / sum;
        let mut left: Vec<f64> = chances.iter().map(|p| p * scale).collect();
        let mut columns: Vec<(u32, u32)> = (0..chances.len() as u32).map(|own| (u32::MAX, own)).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..left.len()).partition(|i| left[*i] < 1.0);
        while let (Some(low), Some(high)) = (small.pop(), large.last().copied()) {
            columns[low] = ((left[low] * 4_294_967_296.0) as u32, high as u32);
            left[high] -= 1.0 - left[low];
            if left[high] < 1.0 {
                large.pop();
                small.push(high);
            }
        }
        Self { base, columns }
    }

    #[inline(always)]
    fn draw(&self, generator: &mut Generator) -> u32 {
        let word = generator.word();
        let column = (((word >> 32) * self.columns.len() as u64) >> 32) as usize;
        let (stay, other) = self.columns[column];
        self.base + if (word as u32) < stay { column as u32 } else { other }
    }
}

/// Chances around a mode, by the ratio of each to the one below, until they no longer count.
fn around(mode: u32, last: u32, up: impl Fn(f64) -> f64) -> (u32, Vec<f64>) {
    const NOTHING: f64 = 1e-18;
    let mut below = Vec::new();
    let mut p = 1.0;
    let mut at = mode;
    while at > 0 {
        p /= up(f64::from(at - 1));
        if p < NOTHING {
            break;
        }
        below.push(p);
        at -= 1;
    }
    below.reverse();
    below.push(1.0);
    let (mut p, mut top) = (1.0, mode);
    while top < last {
        p *= up(f64::from(top));
        if p < NOTHING {
            break;
        }
        below.push(p);
        top += 1;
    }
    (at, below)
}

fn poisson(mean: f64) -> Alias {
    let (base, chances) = around(mean as u32, u32::MAX, |k| mean / (k + 1.0));
    Alias::new(base, &chances)
}

fn binomial(size: u32, share: f64) -> Alias {
    let odds = share / (1.0 - share);
    let n = f64::from(size);
    let mode = ((n + 1.0) * share).floor().min(n) as u32;
    let (base, chances) = around(mode, size, |k| (n - k) / (k + 1.0) * odds);
    Alias::new(base, &chances)
}

/// Hypergeometric chances of `0..` marked persons among `size` drawn from `total` of whom `marked` are marked: the
/// first possible number and the chances from there, adding up to 1.
pub(crate) fn hypergeometric(total: f64, marked: f64, size: f64) -> (f64, Vec<f64>) {
    let (low, high) = ((marked + size - total).max(0.0), marked.min(size));
    let mode = (((size + 1.0) * (marked + 1.0)) / (total + 2.0)).floor().clamp(low, high);
    let up = |k: f64| {
        let k = k + low;
        (marked - k) * (size - k) / ((k + 1.0) * (total - marked - size + k + 1.0))
    };
    let (base, mut chances) = around((mode - low) as u32, (high - low) as u32, up);
    let sum: f64 = chances.iter().sum();
    chances.iter_mut().for_each(|p| *p /= sum);
    (f64::from(base) + low, chances)
}

/// One table for each different size, in the order of units.
struct Tables {
    tables: Vec<Alias>,
    of_unit: Vec<u32>,
}

impl Tables {
    fn new(sizes: &[f64], make: impl Fn(f64) -> Alias) -> Self {
        let (mut tables, mut known) = (Vec::new(), HashMap::new());
        let of_unit = sizes.iter().map(|size| {
            *known.entry(size.to_bits()).or_insert_with(|| {
                tables.push(make(*size));
                tables.len() as u32 - 1
            })
        });
        let of_unit = of_unit.collect();
        Self { tables, of_unit }
    }

    /// One draw per unit; gives their sum.
    #[inline(always)]
    fn fill(&self, generator: &mut Generator, out: &mut [f64]) -> u64 {
        let mut own = generator.clone();
        let mut sum = 0;
        for (cell, table) in out.iter_mut().zip(&self.of_unit) {
            let n = self.tables[*table as usize].draw(&mut own);
            sum += u64::from(n);
            *cell = f64::from(n);
        }
        *generator = own;
        sum
    }
}

/// How far below the total the fast part aims, in standard deviations. One draw in forty overshoots and is drawn again,
/// which costs less than topping up from farther below.
const MARGIN: f64 = 2.0;

/// `total` persons who each choose a cell with chances proportional to fixed weights.
pub(crate) struct Multinomial {
    total: u64,
    tables: Option<Tables>,
    cells: Alias,
}

impl Multinomial {
    pub(crate) fn new(weights: &[f64], total: u64) -> Self {
        let sum: f64 = weights.iter().sum();
        let aim = total as f64 - MARGIN * (total as f64).sqrt();
        // With hardly anybody per cell, person by person is quicker.
        let worth = aim > weights.len() as f64;
        let tables = worth.then(|| Tables::new(weights, |weight| poisson(aim * weight / sum)));
        Self { total, tables, cells: Alias::new(0, weights) }
    }

    pub(crate) fn draw(&self, generator: &mut Generator, out: &mut [f64]) {
        let mut there = self.total + 1;
        while there > self.total {
            there = match &self.tables {
                Some(tables) => tables.fill(generator, out),
                None => {
                    out.fill(0.0);
                    0
                }
            };
        }
        for _ in there..self.total {
            out[self.cells.draw(generator) as usize] += 1.0;
        }
    }
}

/// `marked` persons spread at random over the places of units of fixed sizes.
pub(crate) struct Places {
    marked: u64,
    sizes: Vec<f64>,
    tables: Option<Tables>,
    units: Alias,
}

impl Places {
    pub(crate) fn new(sizes: &[f64], marked: u64) -> Self {
        let total: f64 = sizes.iter().sum();
        let share = marked as f64 / total;
        let aim = marked as f64 - MARGIN * (marked as f64 * (1.0 - share)).sqrt() - 1.0;
        let worth = aim > 0.0 && aim > sizes.len() as f64 / 4.0;
        let tables = worth.then(|| Tables::new(sizes, |size| binomial(size as u32, aim / total)));
        Self { marked, sizes: sizes.to_vec(), tables, units: Alias::new(0, sizes) }
    }

    pub(crate) fn draw(&self, generator: &mut Generator, out: &mut [f64]) {
        let mut there = self.marked + 1;
        while there > self.marked {
            there = match &self.tables {
                Some(tables) => tables.fill(generator, out),
                None => {
                    out.fill(0.0);
                    0
                }
            };
        }
        while there < self.marked {
            let unit = self.units.draw(generator) as usize;
            // A place at random that is not marked yet.
            if generator.unit() * self.sizes[unit] >= out[unit] {
                out[unit] += 1.0;
                there += 1;
            }
        }
    }
}

/// One hypergeometric draw by inversion from the mode; for sizes that change with every draw.
pub(crate) fn draw_hypergeometric(generator: &mut Generator, total: f64, marked: f64, size: f64) -> f64 {
    let (first, chances) = hypergeometric(total, marked, size);
    let mut left = generator.unit();
    for (step, chance) in chances.iter().enumerate() {
        left -= chance;
        if left < 0.0 {
            return first + step as f64;
        }
    }
    first + (chances.len() - 1) as f64
}
