//! Random draws by stage and unit, so that a household gets the same numbers whichever thread builds it.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// What a stream of random numbers is for; each use has its own, so that a change in one leaves the others alone.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stage {
    Territory = 1,
    Base,
    Household,
    Child,
    Kita,
    Habit,
    Finding,
    Help,
    Survey,
    Einwohner,
    Schuleingang,
    KitaRegister,
    Sgb2,
    Order,
}

/// The stream of one unit (a household, a child, a record) in a stage.
pub(crate) struct Draw(ChaCha8Rng);

impl Draw {
    pub(crate) fn new(seed: u64, stage: Stage, unit: usize) -> Self {
        Self(kekiz_base::stream::stream(seed, ((stage as u64) << 48) | unit as u64))
    }

    /// A number in `[0, 1)`.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with this probability. Always takes one number, so that later draws do not depend on it.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A number below `bound` (0 for no bound), by multiplication; no bound here is large enough for its bias to be
    /// seen.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.0.next_u64()) * bound as u128) >> 64) as usize
    }

    /// A whole number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(usize::try_from(high - low + 1).unwrap_or(1)) as i64
    }

    /// One of the items; the last item for an empty draw is never asked, as lists are checked when read.
    pub(crate) fn one<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// A standard normal number (Box and Muller 1958).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Puts the items in random order (Fisher and Yates).
    pub(crate) fn shuffle<T: Copy>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

/// Items to be drawn by weight: running sums.
#[derive(Clone, Debug, Default)]
pub(crate) struct Weights(Vec<f64>);

impl Weights {
    pub(crate) fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let sums = weights.into_iter().scan(0.0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        });
        Self(sums.collect())
    }

    /// Index of a drawn item.
    pub(crate) fn draw(&self, draw: &mut Draw) -> usize {
        let total = self.0.last().copied().unwrap_or(0.0);
        let at = draw.unit() * total;
        self.0.partition_point(|sum| *sum <= at).min(self.0.len().saturating_sub(1))
    }
}
