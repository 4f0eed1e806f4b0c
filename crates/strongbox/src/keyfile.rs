//! The file with the secrets, kept outside the strongbox: open, or sealed under a passphrase with Argon2id (RFC 9106).
//!
//! Who has no safe place for a file seals it under a passphrase; such a file may also lie beside the strongbox, so that
//! the passphrase alone is the key.

use crate::seal::{self, SealKey};
use crate::secret::{KEY_BYTES, Passphrase, Secrets};
use crate::{StrongboxError, hex};
use argon2::{Algorithm, Argon2, Params, Version};
use kekiz_disk::{self as disk, Access};
use serde::{Deserialize, Serialize};
use std::path::Path;
use zeroize::{Zeroize, Zeroizing};

const FORMAT: &str = "kekiz-schluessel";
const VERSION: u32 = 1;
/// Second recommended option of RFC 9106, section 4: 64 MiB, three passes, four lanes.
const COST: Cost = Cost { memory_kib: 64 * 1024, passes: 3, lanes: 4 };
/// What a file may ask for at most, so that a forged one cannot stop the machine.
const LIMIT: Cost = Cost { memory_kib: 2 * 1024 * 1024, passes: 64, lanes: 64 };
/// Fewest characters of a passphrase; length is what counts (BSI, ORP.4).
pub const SHORTEST_PASSPHRASE: usize = 12;

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    format: String,
    version: u32,
    fingerprint: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<SealedSecret>,
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SealedSecret {
    argon2id: Cost,
    salt: String,
    secret: String,
}

fn fault(path: &Path, problem: &'static str, remedy: impl Into<String>) -> StrongboxError {
    StrongboxError::KeyFile { path: path.to_path_buf(), problem, remedy: remedy.into() }
}

fn passphrase_key(passphrase: &Passphrase, salt: &[u8], cost: Cost) -> Option<SealKey> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(KEY_BYTES)).ok()?;
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.bytes(), salt, key.as_mut())
        .ok()?;
    Some(SealKey::new(key))
}

fn context(fingerprint: &str) -> String {
    format!("key file {fingerprint}")
}

/// Writes the secrets into a new file that only its owner may read.
///
/// # Errors
/// The file is there already, the disk refuses, or the passphrase is shorter than [`SHORTEST_PASSPHRASE`] characters.
pub fn write(path: &Path, secrets: &Secrets, passphrase: Option<&Passphrase>) -> Result<(), StrongboxError> {
    if path.exists() {
        return Err(fault(
            path,
            "sie ist schon da und wird nicht überschrieben",
            "einen anderen Namen wählen",
        ));
    }
    let fingerprint = secrets.fingerprint();
    let bytes = secrets.bytes();
    let (secret, sealed) = match passphrase {
        None => (Some(hex::encode(bytes.as_ref())), None),
        Some(phrase) => {
            let short = std::str::from_utf8(phrase.bytes()).map_or(0, |text| text.chars().count());
            if short < SHORTEST_PASSPHRASE {
                let remedy =
                    format!("mindestens {SHORTEST_PASSPHRASE} Zeichen nehmen, am besten mehrere Wörter");
                return Err(fault(path, "das Kennwort ist zu kurz", remedy));
            }
            let mut salt = [0; 16];
            getrandom::fill(&mut salt).map_err(|_| StrongboxError::Random)?;
            let key = passphrase_key(phrase, &salt, COST).ok_or_else(|| {
                fault(path, "für das Kennwort reicht der Speicher nicht", "64 MiB frei machen")
            })?;
            let secret = seal::seal(&key, &context(&fingerprint), bytes.as_ref())
                .map_err(|_| StrongboxError::Random)?;
            let (salt, secret) = (hex::encode(&salt), hex::encode(&secret));
            (None, Some(SealedSecret { argon2id: COST, salt, secret }))
        }
    };
    let file = KeyFile { format: FORMAT.into(), version: VERSION, fingerprint, secret, sealed };
    let text = Zeroizing::new(serde_json::to_vec_pretty(&file).unwrap_or_default());
    Ok(disk::replace(path, &text, Access::Private)?)
}

/// Whether a key file asks for a passphrase.
///
/// # Errors
/// As [`read`].
pub fn is_sealed(path: &Path) -> Result<bool, StrongboxError> {
    Ok(read_file(path)?.sealed.is_some())
}

/// Reads the secrets; `passphrase` is needed where [`is_sealed`] says so.
///
/// # Errors
/// The file is missing, readable by others, no key file, or its passphrase is missing or wrong.
pub fn read(path: &Path, passphrase: Option<&Passphrase>) -> Result<Secrets, StrongboxError> {
    unlock(path, read_file(path)?, passphrase)
}

/// The secrets of a key file whose content somebody brought (an upload); `name` is for messages.
///
/// # Errors
/// It is no key file, or its passphrase is missing or wrong.
pub fn parse(name: &str, content: &[u8], passphrase: Option<&Passphrase>) -> Result<Secrets, StrongboxError> {
    let path = Path::new(name);
    unlock(path, understand(path, content)?, passphrase)
}

fn unlock(
    path: &Path,
    mut file: KeyFile,
    passphrase: Option<&Passphrase>,
) -> Result<Secrets, StrongboxError> {
    let damaged = || fault(path, "sie ist beschädigt", "die Kopie aus dem Tresor oder Umschlag verwenden");
    let bytes = match (file.secret.take(), &file.sealed) {
        (Some(mut secret), None) => {
            let bytes = hex::decode(&secret);
            secret.zeroize();
            bytes.ok_or_else(damaged)?
        }
        (None, Some(sealed)) => {
            let phrase = passphrase.ok_or_else(|| {
                fault(
                    path,
                    "sie ist mit einem Kennwort verschlossen",
                    "das Kennwort eingeben oder mit --passphrase-file angeben",
                )
            })?;
            let cost = sealed.argon2id;
            if cost.memory_kib > LIMIT.memory_kib || cost.passes > LIMIT.passes || cost.lanes > LIMIT.lanes {
                return Err(damaged());
            }
            let salt = hex::decode(&sealed.salt).ok_or_else(damaged)?;
            let secret = hex::decode(&sealed.secret).ok_or_else(damaged)?;
            let key = passphrase_key(phrase, &salt, cost).ok_or_else(damaged)?;
            let opened = seal::open(&key, &context(&file.fingerprint), &secret).map_err(|_| {
                fault(
                    path,
                    "das Kennwort ist falsch oder die Datei beschädigt",
                    "das Kennwort noch einmal eingeben (Groß- und Kleinschreibung zählt)",
                )
            })?;
            opened.to_vec()
        }
        _ => return Err(damaged()),
    };
    let secrets = Secrets::from_bytes(bytes).ok_or_else(damaged)?;
    if secrets.fingerprint() == file.fingerprint { Ok(secrets) } else { Err(damaged()) }
}

fn read_file(path: &Path) -> Result<KeyFile, StrongboxError> {
    let text = Zeroizing::new(disk::read(path)?);
    private(path)?;
    understand(path, &text)
}

fn understand(path: &Path, text: &[u8]) -> Result<KeyFile, StrongboxError> {
    let remedy = "die Datei angeben, die „kekiz vault key create“ geschrieben hat";
    // What the reader would say may quote the file.
    let file: KeyFile =
        serde_json::from_slice(text).map_err(|_| fault(path, "sie ist keine Schlüsseldatei", remedy))?;
    if file.format != FORMAT {
        return Err(fault(path, "sie ist keine Schlüsseldatei", remedy));
    }
    if file.version != VERSION {
        return Err(StrongboxError::Newer { path: path.to_path_buf() });
    }
    Ok(file)
}

#[cfg(unix)]
fn private(path: &Path) -> Result<(), StrongboxError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path)
        .map_err(|reason| disk::DiskError::new("lesen", path, reason))?
        .permissions()
        .mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(fault(path, "andere Konten dürfen sie lesen", format!("chmod 600 {}", path.display())))
}

#[cfg(not(unix))]
fn private(_path: &Path) -> Result<(), StrongboxError> {
    Ok(())
}
