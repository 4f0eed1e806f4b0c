//! The log of all accesses: one line of JSON each, only ever appended, each holding the hash of the line before.
//!
//! Who has no key can follow the chain of hashes but not make a new one unnoticed: the sealed head names number, hash and
//! place of the last line, and every line carries an HMAC-SHA256 under a key derived from the sealing key. The head
//! authenticates everything before it; the HMAC authenticates what a killed process wrote behind the head. (Bellare and
//! Yee, "Forward-Security in Private-Key Cryptography", 2003, describe logs of this kind.)
//!
//! What cannot be seen from inside: that the whole folder was put back to an earlier state. The office therefore notes
//! number and hash of the last entry elsewhere from time to time.

use crate::root::{self, Root};
use crate::{Secrets, Strongbox, StrongboxError, hex, seal};
use hmac::{Hmac, KeyInit, Mac};
use kekiz_disk::{self as disk, Access, DiskError, Lock};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Hash that the first entry names as the one before.
const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Running number from 1.
    pub seq: u64,
    /// When (UTC).
    pub time: String,
    /// Who.
    pub user: String,
    /// What was done (`import`, `read`, `purge` …).
    pub action: String,
    /// To which item.
    pub subject: String,
    /// For what, or with what result.
    pub detail: String,
    /// Number of the change the entry belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<u64>,
    /// Whether that change was finished with this entry.
    #[serde(default)]
    pub done: bool,
    /// BLAKE3 hash of the line before, hexadecimal.
    pub previous: String,
    /// HMAC-SHA256 of all the above, hexadecimal.
    #[serde(default)]
    mac: String,
}

impl Entry {
    /// What the HMAC is made of: the entry as JSON with an empty `mac`.
    fn authenticated(&self, key: &[u8; 32]) -> Option<Hmac<Sha256>> {
        let body = serde_json::to_vec(&Entry { mac: String::new(), ..self.clone() }).ok()?;
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).ok()?;
        mac.update(&body);
        Some(mac)
    }

    fn is_authentic(&self, key: &[u8; 32]) -> bool {
        match (self.authenticated(key), hex::decode(&self.mac)) {
            (Some(mac), Some(found)) => mac.verify_slice(&found).is_ok(),
            _ => false,
        }
    }
}

/// The last entry that is known to be there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    seq: u64,
    hash: String,
    /// Length of the log behind this entry, in bytes.
    length: u64,
}

fn hash(line: &[u8]) -> String {
    blake3::hash(line).to_hex().to_string()
}

fn read_head(strongbox: &Strongbox, root: &Root) -> Result<Head, StrongboxError> {
    let path = root.audit_head(&strongbox.folder);
    let bytes = seal::open(&strongbox.seal_key(), &root.context("audit head"), &disk::read(&path)?)
        .map_err(|broken| StrongboxError::of(broken, &path))?;
    serde_json::from_slice(&bytes)
        .map_err(|_| StrongboxError::Unreadable { path, problem: "der Inhalt ist nicht zu verstehen" })
}

fn write_head(strongbox: &Strongbox, root: &Root, head: &Head) -> Result<(), StrongboxError> {
    let bytes = serde_json::to_vec(head).unwrap_or_default();
    strongbox.write_sealed(&root.audit_head(&strongbox.folder), &root.context("audit head"), &bytes)
}

/// Begins the log of a new strongbox.
pub(crate) fn begin(strongbox: &Strongbox, root: &Root) -> Result<(), StrongboxError> {
    disk::replace(&root::audit_log(&strongbox.folder), b"", Access::Private)?;
    write_head(strongbox, root, &Head { seq: 0, hash: BEGINNING.into(), length: 0 })
}

/// The head under a new key, before the root names that key.
pub(crate) fn carry_over(
    old: &Strongbox,
    old_root: &Root,
    new: &Strongbox,
    root: &Root,
) -> Result<(), StrongboxError> {
    write_head(new, root, &read_head(old, old_root)?)
}

/// The log, opened to append. Only under the lock.
pub(crate) struct Log<'a> {
    strongbox: &'a Strongbox,
    root: &'a Root,
    path: PathBuf,
    file: File,
    head: Head,
}

impl<'a> Log<'a> {
    /// Opens the log at its end: entries a killed process left behind the head are taken over when they are authentic, a
    /// line it left unfinished is cut off and that is noted.
    pub(crate) fn open(
        strongbox: &'a Strongbox,
        root: &'a Root,
        _lock: &'a Lock,
    ) -> Result<Self, StrongboxError> {
        let path = root::audit_log(&strongbox.folder);
        let fail = |reason| DiskError::new("lesen", &path, reason);
        let mut file = OpenOptions::new().read(true).append(true).open(&path).map_err(fail)?;
        let mut head = read_head(strongbox, root)?;
        let length = file.metadata().map_err(fail)?.len();
        let problem = |problem: &str| StrongboxError::Audit { path: path.clone(), problem: problem.into() };
        if length < head.length {
            return Err(problem("am Ende fehlen Einträge"));
        }
        let mut torn = false;
        if length > head.length {
            file.seek(SeekFrom::Start(head.length)).map_err(fail)?;
            let mut behind = Vec::new();
            file.read_to_end(&mut behind).map_err(fail)?;
            for line in behind.split_inclusive(|byte| *byte == b'\n') {
                let Some(line) = line.strip_suffix(b"\n") else {
                    torn = true;
                    break;
                };
                let entry = follows(line, &head).filter(|entry| entry.is_authentic(&strongbox.audit_key()));
                let entry =
                    entry.ok_or_else(|| problem("ein Eintrag am Ende stammt nicht von diesem Programm"))?;
                head.seq = entry.seq;
                head.hash = hash(line);
                head.length += line.len() as u64 + 1;
            }
            if torn {
                file.set_len(head.length).and_then(|()| file.sync_all()).map_err(fail)?;
            }
        }
        let mut log = Self { strongbox, root, path, file, head };
        if torn {
            log.write("repair", "", "eine unfertige letzte Zeile wurde entfernt", None)?;
        }
        Ok(log)
    }

    /// Appends an entry; with `generation`, number of the change and whether it is done.
    pub(crate) fn append(
        mut self,
        action: &str,
        subject: &str,
        detail: &str,
        generation: Option<(u64, bool)>,
    ) -> Result<(), StrongboxError> {
        self.write(action, subject, detail, generation)
    }

    fn write(
        &mut self,
        action: &str,
        subject: &str,
        detail: &str,
        generation: Option<(u64, bool)>,
    ) -> Result<(), StrongboxError> {
        let accessor = &self.strongbox.accessor;
        let mut entry = Entry {
            seq: self.head.seq + 1,
            time: (accessor.clock)().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            user: accessor.user.clone(),
            action: action.into(),
            subject: subject.into(),
            detail: detail.into(),
            generation: generation.map(|(number, _)| number),
            done: generation.is_some_and(|(_, done)| done),
            previous: self.head.hash.clone(),
            mac: String::new(),
        };
        let mac = entry.authenticated(&self.strongbox.audit_key());
        entry.mac = mac.map(|mac| hex::encode(&mac.finalize().into_bytes())).unwrap_or_default();
        let mut line = serde_json::to_vec(&entry).unwrap_or_default();
        let hash = hash(&line);
        line.push(b'\n');
        let fail = |reason| DiskError::new("schreiben", &self.path, reason);
        self.file.write_all(&line).and_then(|()| self.file.sync_data()).map_err(fail)?;
        self.head = Head { seq: entry.seq, hash, length: self.head.length + line.len() as u64 };
        write_head(self.strongbox, self.root, &self.head)
    }
}

/// The entry of a line when it follows the head.
fn follows(line: &[u8], head: &Head) -> Option<Entry> {
    let entry: Entry = serde_json::from_slice(line).ok()?;
    (entry.seq == head.seq + 1 && entry.previous == head.hash).then_some(entry)
}

/// What was found when the log was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditReport {
    /// Number of entries.
    pub entries: u64,
    /// Hash of the last line; to be noted elsewhere.
    pub last_hash: String,
    /// Time of the last entry.
    pub last_time: Option<String>,
    /// Whether the key was given, so that a chain made anew would be noticed.
    pub authenticated: bool,
    /// What is wrong, as German sentences with line numbers; empty when all is well.
    pub problems: Vec<String>,
}

/// All entries of the log as they stand, without checking them; lines that are none are left out.
///
/// # Errors
/// There is no strongbox, or the log cannot be read.
pub fn entries(folder: &Path) -> Result<Vec<Entry>, StrongboxError> {
    Root::read(folder)?;
    let bytes = disk::read(&root::audit_log(folder))?;
    Ok(bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect())
}

/// Checks the log: with the secrets completely, without them only the chain of hashes.
///
/// # Errors
/// There is no strongbox, a file cannot be read, or the key is another one. What is wrong with the log itself is in the
/// report.
pub fn verify(folder: &Path, secrets: Option<&Secrets>) -> Result<AuditReport, StrongboxError> {
    let root = Root::read(folder)?;
    let path = root::audit_log(folder);
    let mut report = AuditReport {
        entries: 0,
        last_hash: BEGINNING.into(),
        last_time: None,
        authenticated: secrets.is_some(),
        problems: Vec::new(),
    };
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            report.problems.push("Das Zugriffsprotokoll fehlt.".into());
            return Ok(report);
        }
        Err(error) => return Err(DiskError::new("lesen", &path, error).into()),
    };
    let chain = follow(&bytes, &mut report);
    if let Some(secrets) = secrets {
        let accessor = crate::Accessor::new("doctor");
        let strongbox = Strongbox::open(folder, secrets, accessor)?;
        authenticate(&strongbox, &root, &chain, &mut report);
    }
    Ok(report)
}

/// An entry with the hash of its line.
struct Link {
    entry: Entry,
    hash: String,
}

/// Follows the chain of hashes as far as it holds.
fn follow(bytes: &[u8], report: &mut AuditReport) -> Vec<Link> {
    let mut chain: Vec<Link> = Vec::new();
    let mut head = Head { seq: 0, hash: BEGINNING.into(), length: 0 };
    for (number, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let Some(line) = line.strip_suffix(b"\n") else {
            report.problems.push(format!(
                "Zeile {} des Zugriffsprotokolls ist unfertig; der nächste Zugriff entfernt sie.",
                number + 1
            ));
            break;
        };
        let Some(entry) = follows(line, &head) else {
            report.problems.push(format!(
                "Zeile {} des Zugriffsprotokolls passt nicht an die davor: Hier wurde etwas geändert, eingefügt oder gelöscht.",
                number + 1
            ));
            break;
        };
        head = Head { seq: entry.seq, hash: hash(line), length: 0 };
        chain.push(Link { entry, hash: head.hash.clone() });
    }
    report.entries = head.seq;
    report.last_hash = head.hash;
    report.last_time = chain.last().map(|link| link.entry.time.clone());
    chain
}

/// Holds the chain against the sealed head and the sealed catalogue.
fn authenticate(strongbox: &Strongbox, root: &Root, chain: &[Link], report: &mut AuditReport) {
    let head = match read_head(strongbox, root) {
        Ok(head) => head,
        Err(error) => return report.problems.push(error.to_string()),
    };
    let at = usize::try_from(head.seq).unwrap_or(usize::MAX);
    let known =
        at.checked_sub(1).map_or(Some(BEGINNING), |last| chain.get(last).map(|link| link.hash.as_str()));
    if known != Some(head.hash.as_str()) {
        report.problems.push(format!(
            "Der Eintrag {} ist nicht der, den das Programm zuletzt geschrieben hat: Das Protokoll wurde gekürzt oder neu geschrieben.",
            head.seq
        ));
        return;
    }
    let key = strongbox.audit_key();
    for link in chain.iter().skip(at).filter(|link| !link.entry.is_authentic(&key)) {
        report.problems.push(format!("Der Eintrag {} stammt nicht von diesem Programm.", link.entry.seq));
    }
    let changes = |done: bool| {
        let entries = chain.iter().map(|link| &link.entry).filter(move |entry| entry.done == done);
        entries.filter_map(|entry| entry.generation).max().unwrap_or(0)
    };
    let (begun, done) = (changes(false), changes(true));
    if root.generation < done || root.generation > done.max(begun) {
        report.problems.push(format!(
            "Der Bestand hat den Stand {}, das Protokoll den Stand {done}: Der Bestand wurde auf einen früheren Stand zurückgesetzt oder am Programm vorbei geändert.",
            root.generation
        ));
    }
}
