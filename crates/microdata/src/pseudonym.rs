//! Pseudonyms: HMAC-SHA256 (RFC 2104, FIPS 198-1) under a key that lives outside the vault.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use smol_str::SmolStr;
use zeroize::Zeroizing;

/// The key of pseudonyms. Neither `Debug` nor `Display`; wiped when dropped.
#[derive(Clone)]
pub struct PseudonymKey(Zeroizing<[u8; 32]>);

impl PseudonymKey {
    /// From 32 random bytes.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*key))
    }

    /// The pseudonym of an identifier: 32 hexadecimal digits (128 bits, so that a city's worth of persons meets no
    /// collision).
    ///
    /// Spaces are left out and letters taken as capitals, since offices write the same number in different ways. The same
    /// identifier in two `namespace`s gives two pseudonyms that nobody without the key can bring together.
    pub fn pseudonym(&self, namespace: &str, identifier: &str) -> SmolStr {
        let plain: Zeroizing<String> = Zeroizing::new(
            identifier.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect(),
        );
        self.mac(&[namespace.as_bytes(), b"\0", plain.as_bytes()])
    }

    /// The number of a record: tells records of a dataset apart and says nothing about their order to others.
    pub(crate) fn record(&self, dataset: &str, row: usize) -> SmolStr {
        self.mac(&[b"record\0", dataset.as_bytes(), b"\0", &(row as u64).to_be_bytes()])
    }

    fn mac(&self, parts: &[&[u8]]) -> SmolStr {
        // HMAC takes keys of any length; the error cannot happen.
        let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(self.0.as_ref()) else {
            return SmolStr::default();
        };
        parts.iter().for_each(|part| mac.update(part));
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digest = mac.finalize().into_bytes();
        let digits = digest.iter().take(16).flat_map(|byte| [byte >> 4, byte & 15]);
        digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Python 3.11, `hmac.new(bytes(range(32)), b"kind\0DE4711", "sha256").hexdigest()[:32]`.
    #[test]
    fn pseudonyms_are_hmac_sha256() {
        let key = PseudonymKey::new(&std::array::from_fn(|n| u8::try_from(n).unwrap()));
        assert_eq!(key.pseudonym("kind", " de 4711"), "3cbe572ff1cfc822b0a6cf65da24b614");
    }

    proptest! {
        #[test]
        fn they_are_stable_for_one_key_and_differ_between_keys(id in "[a-z0-9]{1,12}", one: [u8; 32], two: [u8; 32]) {
            prop_assume!(one != two);
            let (first, second) = (PseudonymKey::new(&one), PseudonymKey::new(&two));
            prop_assert_eq!(first.pseudonym("a", &id), PseudonymKey::new(&one).pseudonym("a", &id));
            prop_assert_ne!(first.pseudonym("a", &id), second.pseudonym("a", &id));
            prop_assert_ne!(first.pseudonym("a", &id), first.pseudonym("b", &id));
            prop_assert_ne!(first.pseudonym("a", &id), first.pseudonym("a", &format!("{id}x")));
        }
    }
}
