//! The secrets of a strongbox. Wiped from memory when dropped; they can be neither printed nor compared.

use crate::StrongboxError;
use crate::hex;
use zeroize::{Zeroize, Zeroizing};

/// Length of a key in bytes (AES-256, HMAC-SHA256).
pub(crate) const KEY_BYTES: usize = 32;

/// What opens a strongbox: one key that seals files and one that makes pseudonyms.
///
/// They are separate, since the sealing key is changed from time to time while pseudonyms have to stay the same over
/// the years.
#[derive(Clone)]
pub struct Secrets {
    seal: Zeroizing<[u8; KEY_BYTES]>,
    pseudonym: Zeroizing<[u8; KEY_BYTES]>,
}

/// A passphrase as somebody typed it.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes over the text and wipes it when done.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Whether the same was typed twice.
    pub fn is_same(&self, other: &Passphrase) -> bool {
        self.0.as_bytes() == other.0.as_bytes()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

fn random() -> Result<Zeroizing<[u8; KEY_BYTES]>, StrongboxError> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    getrandom::fill(key.as_mut()).map_err(|_| StrongboxError::Random)?;
    Ok(key)
}

impl Secrets {
    /// New secrets from the operating system's generator.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn random() -> Result<Self, StrongboxError> {
        Ok(Self { seal: random()?, pseudonym: random()? })
    }

    /// A new sealing key with the same pseudonyms, for changing keys.
    ///
    /// # Errors
    /// As [`Secrets::random`].
    pub fn renewed(&self) -> Result<Self, StrongboxError> {
        Ok(Self { seal: random()?, pseudonym: self.pseudonym.clone() })
    }

    /// The key of pseudonyms (HMAC-SHA256).
    pub fn pseudonym_key(&self) -> &[u8; KEY_BYTES] {
        &self.pseudonym
    }

    /// Tells sealing keys apart without giving anything of them away: 16 hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        hex::encode(&self.derived("kekiz strongbox 2026 fingerprint of the key")[..8])
    }

    /// A key for one purpose from the sealing key (BLAKE3 in its mode for key derivation).
    pub(crate) fn derived(&self, purpose: &str) -> Zeroizing<[u8; KEY_BYTES]> {
        Zeroizing::new(blake3::derive_key(purpose, self.seal.as_ref()))
    }

    /// Both keys one behind the other, for the key file.
    pub(crate) fn bytes(&self) -> Zeroizing<[u8; 2 * KEY_BYTES]> {
        let mut bytes = Zeroizing::new([0; 2 * KEY_BYTES]);
        bytes[..KEY_BYTES].copy_from_slice(self.seal.as_ref());
        bytes[KEY_BYTES..].copy_from_slice(self.pseudonym.as_ref());
        bytes
    }

    /// `None` when the length is wrong. Wipes what it was given.
    pub(crate) fn from_bytes(mut bytes: Vec<u8>) -> Option<Self> {
        let secrets = bytes.split_first_chunk::<KEY_BYTES>().and_then(|(seal, rest)| {
            let pseudonym = <[u8; KEY_BYTES]>::try_from(rest).ok()?;
            Some(Self { seal: Zeroizing::new(*seal), pseudonym: Zeroizing::new(pseudonym) })
        });
        bytes.zeroize();
        secrets
    }
}
