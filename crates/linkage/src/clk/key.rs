//! The secret of an encoding.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;

/// A secret both offices share and nobody else has. It is never shown.
#[derive(Clone)]
pub struct Key {
    mac: Hmac<Sha256>,
}

/// A key that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Fewer than 16 bytes.
    #[error(
        "Der Schlüssel hat weniger als 16 Zeichen. Abhilfe: einen längeren, zufälligen verwenden, etwa aus 32 zufälligen Bytes."
    )]
    Short,
}

/// Fewest bytes of a key.
const SHORTEST: usize = 16;

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// A key from secret bytes.
    ///
    /// # Errors
    /// Fewer than 16 bytes.
    pub fn new(secret: &[u8]) -> Result<Self, KeyError> {
        if secret.len() < SHORTEST {
            return Err(KeyError::Short);
        }
        // HMAC takes keys of any length.
        Hmac::<Sha256>::new_from_slice(secret).map(|mac| Self { mac }).map_err(|_| KeyError::Short)
    }

    /// Eight words that follow from a purpose, a text and a counter (HMAC-SHA-256, RFC 2104).
    pub(super) fn words(&self, purpose: &str, text: &str, counter: u32) -> [u32; 8] {
        let mut mac = self.mac.clone();
        // Lengths first, so that no two inputs run together to the same bytes.
        mac.update(&(purpose.len() as u32).to_le_bytes());
        mac.update(purpose.as_bytes());
        mac.update(&counter.to_le_bytes());
        mac.update(text.as_bytes());
        let digest = mac.finalize().into_bytes();
        let mut words = [0; 8];
        for (word, bytes) in words.iter_mut().zip(digest.chunks_exact(4)) {
            *word = bytes.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte));
        }
        words
    }

    /// Numbers below `bound` that follow from a purpose and a text, with repeats.
    pub(super) fn numbers(&self, purpose: &str, text: &str, bound: u32, count: usize) -> Vec<u32> {
        let mut out = Vec::with_capacity(count);
        for counter in 0.. {
            for word in self.words(purpose, text, counter) {
                if out.len() == count {
                    return out;
                }
                out.push(((u64::from(word) * u64::from(bound.max(1))) >> 32) as u32);
            }
        }
        out
    }

    /// An order of `0..count` that only the key gives.
    pub(super) fn permutation(&self, purpose: &str, count: u32) -> Vec<u32> {
        let mut order: Vec<u32> = (0..count).collect();
        let draws = self.numbers(purpose, "", u32::MAX, count as usize);
        for (at, draw) in (1..count as usize).rev().zip(draws) {
            order.swap(at, ((u64::from(draw) * (at as u64 + 1)) >> 32) as usize);
        }
        order
    }
}
