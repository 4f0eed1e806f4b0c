//! Moments as the database keeps them.

use sea_orm::DeriveValueType;
use serde::{Serialize, Serializer};

/// A moment in milliseconds since 1970-01-01 UTC; a number sorts alike on both engines and has no time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub struct Stamp(i64);

impl Stamp {
    /// The moment as a timestamp. A number outside of jiff's years (-9999 to 9999) becomes the nearest end.
    pub fn timestamp(self) -> jiff::Timestamp {
        let end = if self.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(end)
    }
}

impl From<jiff::Timestamp> for Stamp {
    fn from(at: jiff::Timestamp) -> Self {
        Self(at.as_millisecond())
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_survives_to_the_millisecond() {
        let at: jiff::Timestamp = "2026-03-01T10:00:00.123456Z".parse().unwrap();
        assert_eq!(Stamp::from(at).timestamp().to_string(), "2026-03-01T10:00:00.123Z");
        assert_eq!(Stamp(i64::MAX).timestamp(), jiff::Timestamp::MAX);
        assert_eq!(Stamp(i64::MIN).timestamp(), jiff::Timestamp::MIN);
    }
}
