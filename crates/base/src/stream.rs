//! Seeded random streams, one per unit, so that results do not depend on the number of threads.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The random stream of one unit (an area, a draw, a record) under a seed.
///
/// ChaCha has 2^64 independent streams per seed; unit `i` always gets the same numbers, whichever thread asks.
pub fn stream(seed: u64, unit: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(unit);
    rng
}
