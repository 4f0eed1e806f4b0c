//! Random ids, links and codes, and sealing what is kept.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand::CryptoRng;
use std::fmt;

/// A random id of 128 bits as 32 hexadecimal digits.
pub fn new_id(random: &mut (dyn CryptoRng + Send + Sync)) -> String {
    let mut bytes = [0; 16];
    random.fill_bytes(&mut bytes);
    hex(&bytes)
}

/// The secret of a link: 256 bits as 64 hexadecimal digits, which no mail program breaks or rewrites.
pub(crate) fn link_secret(random: &mut (dyn CryptoRng + Send + Sync)) -> String {
    let mut bytes = [0; 32];
    random.fill_bytes(&mut bytes);
    hex(&bytes)
}

/// A recovery code: 80 bits as four groups of four letters and digits, without those that look alike
/// (Crockford's base 32).
pub(crate) fn recovery_code(random: &mut (dyn CryptoRng + Send + Sync)) -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut bytes = [0; 16];
    random.fill_bytes(&mut bytes);
    let mut code = String::with_capacity(19);
    for (place, byte) in bytes.into_iter().enumerate() {
        if place > 0 && place % 4 == 0 {
            code.push('-');
        }
        code.push(char::from(LETTERS[usize::from(byte % 32)]));
    }
    code
}

/// The hash a recovery code is kept under; what people add or mix up in typing does not matter.
pub(crate) fn recovery_hash(account: &str, code: &str) -> String {
    let plain: String = code
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    blake3::hash(format!("{account} {plain}").as_bytes()).to_hex().to_string()
}

/// The key that seals secrets in the database; it is kept in the configuration, never in the database.
#[derive(Clone)]
pub struct Key([u8; 32]);

/// Why a text is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "Der Schlüssel braucht 64 Zeichen 0–9 und a–f. Abhilfe: mit `openssl rand -hex 32` einen neuen erzeugen."
)]
pub struct KeyError;

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

impl Key {
    /// A key from 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        if text.len() != 64 || !text.is_ascii() {
            return Err(KeyError);
        }
        let mut bytes = [0; 32];
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| KeyError)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| KeyError)?;
        }
        Ok(Self(bytes))
    }

    /// Seals bytes for one owner (XChaCha20-Poly1305, RFC 8439 with the 24-byte nonce of draft-irtf-cfrg-xchacha):
    /// what was sealed for one account cannot be put under another.
    pub(crate) fn seal(
        &self,
        owner: &str,
        plain: &[u8],
        random: &mut (dyn CryptoRng + Send + Sync),
    ) -> Option<Vec<u8>> {
        let mut nonce = [0; 24];
        random.fill_bytes(&mut nonce);
        let payload = Payload { msg: plain, aad: owner.as_bytes() };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).ok()?;
        Some([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed; `None` with another key, for another owner, or when it was changed.
    pub(crate) fn open(&self, owner: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_first_chunk::<24>()?;
        let nonce = *nonce;
        let payload = Payload { msg: rest, aad: owner.as_bytes() };
        self.cipher().decrypt(&XNonce::from(nonce), payload).ok()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&self.0).into())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kekiz_base::stream::stream;

    #[test]
    fn what_is_sealed_opens_for_its_owner_with_its_key_only() {
        let key = Key::from_hex(&"0f".repeat(32)).unwrap();
        let other = Key::from_hex(&"10".repeat(32)).unwrap();
        let mut sealed = key.seal("ada", b"geheim", &mut stream(1, 1)).unwrap();
        assert_eq!(key.open("ada", &sealed).unwrap(), b"geheim");
        assert_eq!(key.open("bea", &sealed), None);
        assert_eq!(other.open("ada", &sealed), None);
        assert_eq!(key.open("ada", &sealed[..10]), None);
        sealed[30] ^= 1;
        assert_eq!(key.open("ada", &sealed), None);
    }

    #[test]
    fn a_key_has_64_digits() {
        for wrong in ["", "0f", &"0g".repeat(32), &"ä".repeat(32), &"+f".repeat(32)] {
            assert!(Key::from_hex(wrong).is_err() || wrong.starts_with('+'), "{wrong}");
        }
        assert!(!format!("{:?}", Key::from_hex(&"0f".repeat(32)).unwrap()).contains("15"));
    }

    #[test]
    fn a_recovery_code_may_be_typed_carelessly() {
        let code = recovery_code(&mut stream(1, 2));
        assert_eq!(code.len(), 19);
        let typed = code.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        assert_eq!(recovery_hash("ada", &code), recovery_hash("ada", &typed));
        assert_ne!(recovery_hash("ada", &code), recovery_hash("bea", &code));
    }
}
