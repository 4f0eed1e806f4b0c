//! Sealed bytes: AES-256-GCM in chunks, so that nothing is believed that was changed, cut off, swapped or left out.
//!
//! Layout: 4 bytes `KKSB`, version (1), base-2 logarithm of the chunk size (16), two zeros, 32 random bytes; then the
//! chunks of 64 KiB with 16 bytes of authentication each. The key of a file is derived from the sealing key, the head of
//! the file and the context (which strongbox, what kind of item, which name), so a file taken to another place does not
//! open. The nonce of a chunk is its number and whether it is the last one: the construction STREAM of Hoang,
//! Reyhanitabar, Rogaway and Vizár, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", CRYPTO 2015,
//! section 7. A key per file means that no nonce is ever used twice under one key.

use crate::secret::KEY_BYTES;
use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce};
use std::io::{self, Write};
use zeroize::Zeroizing;

const MAGIC: &[u8; 4] = b"KKSB";
const VERSION: u8 = 1;
const CHUNK_LOG2: u8 = 16;
const CHUNK: usize = 1 << CHUNK_LOG2;
const TAG: usize = 16;
const HEAD: usize = 40;

/// Why sealed bytes did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// They do not begin like a sealed file.
    Foreign,
    /// They were written by a newer program.
    Newer,
    /// The end is missing.
    Truncated,
    /// They were changed, or belong to another place or key.
    Changed,
}

/// The key that seals and opens the files of one strongbox.
pub struct SealKey(Zeroizing<[u8; KEY_BYTES]>);

impl SealKey {
    /// From derived bytes.
    pub(crate) fn new(bytes: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        Self(bytes)
    }

    fn cipher(&self, head: &[u8; HEAD], context: &str) -> Aes256Gcm {
        let mut material = Zeroizing::new(Vec::with_capacity(KEY_BYTES + HEAD + context.len()));
        material.extend_from_slice(self.0.as_ref());
        material.extend_from_slice(head);
        material.extend_from_slice(context.as_bytes());
        let key = Zeroizing::new(blake3::derive_key("kekiz strongbox 2026 key of one file", &material));
        Aes256Gcm::new((&*key).into())
    }
}

/// Number and last mark of a chunk. A counter of 32 bits ends at 256 TiB.
fn nonce(number: u32, last: bool) -> Nonce<aes_gcm::aead::consts::U12> {
    let mut nonce = [0; 12];
    nonce[7..11].copy_from_slice(&number.to_be_bytes());
    nonce[11] = u8::from(last);
    nonce.into()
}

/// Seals what is written into it. Only [`Sealing::finish`] makes it complete; whatever reached the disk before is sealed too.
pub struct Sealing<W: Write> {
    out: W,
    cipher: Aes256Gcm,
    chunk: Zeroizing<Vec<u8>>,
    number: u32,
}

impl<W: Write> Sealing<W> {
    /// Begins a sealed file. `context` says what it is and where it belongs; the same has to be given to open it.
    ///
    /// # Errors
    /// The writer refuses, or the system gives no random numbers.
    pub fn begin(mut out: W, key: &SealKey, context: &str) -> io::Result<Self> {
        let mut head = [0; HEAD];
        head[..4].copy_from_slice(MAGIC);
        (head[4], head[5]) = (VERSION, CHUNK_LOG2);
        getrandom::fill(&mut head[8..]).map_err(|_| io::Error::other("keine Zufallszahlen"))?;
        out.write_all(&head)?;
        let cipher = key.cipher(&head, context);
        Ok(Self { out, cipher, chunk: Zeroizing::new(Vec::with_capacity(CHUNK)), number: 0 })
    }

    fn flush_chunk(&mut self, last: bool) -> io::Result<()> {
        let sealed = self
            .cipher
            .encrypt(&nonce(self.number, last), self.chunk.as_slice())
            .map_err(|_| io::Error::other("die Verschlüsselung ist fehlgeschlagen"))?;
        self.out.write_all(&sealed)?;
        self.number = self.number.checked_add(1).ok_or(io::ErrorKind::FileTooLarge)?;
        zeroize::Zeroize::zeroize(&mut *self.chunk);
        Ok(())
    }

    /// Writes the last chunk and gives the writer back.
    ///
    /// # Errors
    /// The writer refuses.
    pub fn finish(mut self) -> io::Result<W> {
        self.flush_chunk(true)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk waits until more comes, since it may be the last.
        if self.chunk.len() == CHUNK {
            self.flush_chunk(false)?;
        }
        let taken = bytes.len().min(CHUNK - self.chunk.len());
        self.chunk.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Seals bytes in memory.
///
/// # Errors
/// The system gives no random numbers.
pub fn seal(key: &SealKey, context: &str, bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut sealing = Sealing::begin(Vec::with_capacity(bytes.len() + HEAD + TAG), key, context)?;
    sealing.write_all(bytes)?;
    sealing.finish()
}

/// Opens sealed bytes completely or not at all. The result is wiped when dropped.
///
/// # Errors
/// [`Broken`]; a wrong key and a change cannot be told apart here.
pub fn open(key: &SealKey, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Broken> {
    let Some((head, mut rest)) = sealed.split_first_chunk::<HEAD>() else {
        return Err(if sealed.starts_with(MAGIC) { Broken::Truncated } else { Broken::Foreign });
    };
    if !head.starts_with(MAGIC) {
        return Err(Broken::Foreign);
    }
    if head[4] != VERSION {
        return Err(Broken::Newer);
    }
    if head[5] != CHUNK_LOG2 {
        return Err(Broken::Changed);
    }
    let cipher = key.cipher(head, context);
    let mut bytes = Zeroizing::new(Vec::with_capacity(rest.len()));
    let mut number = 0u32;
    loop {
        let (chunk, behind) = rest.split_at(rest.len().min(CHUNK + TAG));
        let last = behind.is_empty();
        let open = |last: bool| cipher.decrypt(&nonce(number, last), chunk).map(Zeroizing::new);
        match open(last) {
            Ok(plain) => bytes.extend_from_slice(&plain),
            // What reads as a chunk in the middle was not written as the end.
            Err(_) if last && (chunk.len() < TAG || open(false).is_ok()) => return Err(Broken::Truncated),
            Err(_) => return Err(Broken::Changed),
        }
        if last {
            return Ok(bytes);
        }
        number = number.checked_add(1).ok_or(Broken::Changed)?;
        rest = behind;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(n: u8) -> SealKey {
        SealKey::new(Zeroizing::new([n; KEY_BYTES]))
    }

    /// Sizes around the chunk borders, where mistakes would sit.
    fn sizes() -> impl Strategy<Value = usize> {
        prop_oneof![0usize..40, CHUNK - 2..CHUNK + 3, 2 * CHUNK - 2..2 * CHUNK + 3, Just(3 * CHUNK + 17)]
    }

    fn content(size: usize) -> Vec<u8> {
        (0..size).map(|n| u8::try_from(n * 31 % 251).unwrap()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

        #[test]
        fn opening_undoes_sealing(size in sizes(), pieces in 1usize..5000) {
            let bytes = content(size);
            let mut sealing = Sealing::begin(Vec::new(), &key(1), "x").unwrap();
            for piece in bytes.chunks(pieces) {
                sealing.write_all(piece).unwrap();
            }
            let sealed = sealing.finish().unwrap();
            prop_assert_eq!(&*open(&key(1), "x", &sealed).unwrap(), &bytes);
            prop_assert!(open(&key(2), "x", &sealed).is_err());
            prop_assert!(open(&key(1), "y", &sealed).is_err());
        }

        #[test]
        fn any_flipped_bit_is_noticed(size in sizes(), at in any::<prop::sample::Index>(), bit in 0u8..8) {
            let mut sealed = seal(&key(1), "x", &content(size)).unwrap();
            let at = at.index(sealed.len());
            sealed[at] ^= 1 << bit;
            prop_assert!(open(&key(1), "x", &sealed).is_err(), "byte {}", at);
        }

        #[test]
        fn any_truncation_is_noticed(size in sizes(), at in any::<prop::sample::Index>()) {
            let sealed = seal(&key(1), "x", &content(size)).unwrap();
            let at = at.index(sealed.len());
            prop_assert!(open(&key(1), "x", &sealed[..at]).is_err());
        }

        #[test]
        fn swapped_and_doubled_chunks_are_noticed(first in 0usize..3, second in 0usize..3) {
            let sealed = seal(&key(1), "x", &content(3 * CHUNK)).unwrap();
            let piece = |n: usize| &sealed[HEAD + n * (CHUNK + TAG)..HEAD + (n + 1) * (CHUNK + TAG)];
            let mut order = [0, 1, 2];
            order[first] = second;
            let forged: Vec<u8> =
                sealed[..HEAD].iter().chain(order.iter().flat_map(|n| piece(*n))).copied().collect();
            prop_assert_eq!(open(&key(1), "x", &forged).is_ok(), first == second);
        }
    }

    #[test]
    fn an_end_cut_off_at_a_chunk_is_called_so() {
        let sealed = seal(&key(1), "x", &content(2 * CHUNK)).unwrap();
        let cut = &sealed[..HEAD + CHUNK + TAG];
        assert_eq!(open(&key(1), "x", cut).err(), Some(Broken::Truncated));
        assert_eq!(open(&key(1), "x", &sealed[..HEAD]).err(), Some(Broken::Truncated));
        assert_eq!(open(&key(1), "x", b"a;b\n").err(), Some(Broken::Foreign));
        assert_eq!(open(&key(1), "x", b"").err(), Some(Broken::Foreign));
    }

    #[test]
    fn the_same_bytes_never_look_the_same() {
        assert_ne!(seal(&key(1), "x", b"a").unwrap(), seal(&key(1), "x", b"a").unwrap());
    }

    #[test]
    fn a_writer_that_fails_is_said() {
        struct Full(usize);
        impl Write for Full {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut sealing = Sealing::begin(Full(CHUNK), &key(1), "x").unwrap();
        let outcome = sealing.write_all(&content(2 * CHUNK)).and_then(|()| sealing.finish().map(|_| ()));
        assert_eq!(outcome.unwrap_err().kind(), io::ErrorKind::StorageFull);
    }

    /// The primitive itself against another implementation: Python `cryptography` 50.0.2, `AESGCM(key).encrypt(nonce,
    /// data, None)` with key 00 01 … 1f, nonce of chunk 1 marked last, data `KeKiz`.
    #[test]
    fn the_cipher_agrees_with_another_implementation() {
        let key: [u8; 32] = std::array::from_fn(|n| u8::try_from(n).unwrap());
        let sealed = Aes256Gcm::new((&key).into()).encrypt(&nonce(1, true), b"KeKiz".as_slice()).unwrap();
        assert_eq!(crate::hex::encode(&sealed), "2368cb1fb0e24311a1a733d1ee2a9150754889c267");
    }
}
