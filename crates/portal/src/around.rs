//! Clock and chance, given from outside so that tests and demonstrations repeat exactly.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::sync::Arc;

type Clock = dyn Fn() -> jiff::Timestamp + Send + Sync;
type Chance = dyn Fn(&mut [u8]) + Send + Sync;

/// What a function needs to know of the world: the time and random bytes.
#[derive(Clone)]
pub struct Around {
    clock: Arc<Clock>,
    chance: Arc<Chance>,
}

/// A moment, as the computer and as people in Germany count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The moment itself.
    pub at: jiff::Timestamp,
    /// Date and time of day in Germany.
    pub local: DateTime,
}

impl Moment {
    /// A moment in German time: CET, and CEST from the last Sunday of March to the last Sunday of October
    /// (directive 2000/84/EC), without asking the system for time zones.
    pub fn of(at: jiff::Timestamp) -> Self {
        let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap_or(TimeZone::UTC);
        Self { at, local: zone.to_datetime(at) }
    }
}

impl Around {
    /// A world from a clock and a source of random bytes.
    pub fn new(
        clock: impl Fn() -> jiff::Timestamp + Send + Sync + 'static,
        chance: impl Fn(&mut [u8]) + Send + Sync + 'static,
    ) -> Self {
        Self { clock: Arc::new(clock), chance: Arc::new(chance) }
    }

    /// The moment now.
    pub fn now(&self) -> Moment {
        Moment::of((self.clock)())
    }

    /// Fills a buffer with random bytes fit for secrets (from the real world's source).
    pub fn fill(&self, bytes: &mut [u8]) {
        (self.chance)(bytes);
    }

    /// A random UUID.
    pub fn uuid(&self) -> String {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        kekiz_offers::random_uuid(u128::from_le_bytes(bytes))
    }
}

impl std::fmt::Debug for Around {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Around").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn german_time_changes_with_the_seasons() {
        for (utc, local) in [
            ("2026-03-29T00:59:59Z", "2026-03-29T01:59:59"),
            ("2026-03-29T01:00:00Z", "2026-03-29T03:00:00"),
            ("2026-07-01T10:00:00Z", "2026-07-01T12:00:00"),
            ("2026-10-25T00:59:59Z", "2026-10-25T02:59:59"),
            ("2026-10-25T01:00:00Z", "2026-10-25T02:00:00"),
            ("2026-12-31T23:30:00Z", "2027-01-01T00:30:00"),
        ] {
            assert_eq!(Moment::of(utc.parse().unwrap()).local.to_string(), local, "{utc}");
        }
    }
}
