//! What the process holds: where the strongbox lies, and who is at work.

use crate::pages::linking::Run;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kekiz_base::{AreaKey, AreaTree};
use kekiz_disclosure::Policy;
use kekiz_microdata::AreaFinder;
use kekiz_persons::{Counts, Office};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Clock and random bytes, so that tests have their own.
#[derive(Clone, Copy)]
pub struct Around {
    /// Now.
    pub now: fn() -> Timestamp,
    /// Fills with random bytes.
    pub random: fn(&mut [u8]),
}

/// Where counts go: into the figures vault, from where the gate releases them to the atlas. Behind a trait, so that this
/// crate needs no query engine. Errors are German sentences.
pub trait CountStore: Send + Sync {
    /// The areas of the atlas, for sums over districts and the city.
    ///
    /// # Errors
    /// The published root cannot be read.
    fn areas(&self) -> Result<Arc<AreaTree>, String>;

    /// Stores counts as figures; gives their number.
    ///
    /// # Errors
    /// The figures vault refuses.
    fn store(&self, counts: &Counts) -> Result<u64, String>;
}

/// How the desk is set up.
pub struct DeskConfig {
    /// Folder of the strongbox.
    pub folder: PathBuf,
    /// Rules of the gate.
    pub policy: Policy,
    /// Finds areas of addresses.
    pub areas: Box<dyn AreaFinder + Send + Sync>,
    /// Keys of the areas that exist; empty: any key is taken.
    pub known_areas: BTreeSet<AreaKey>,
    /// Where counts go.
    pub counts: Box<dyn CountStore>,
    /// `Host` names (with port) under which browsers may ask.
    pub hosts: Vec<String>,
    /// A session ends after this time without a request.
    pub idle: SignedDuration,
    /// Largest upload in bytes.
    pub largest_upload: usize,
}

/// One person at work.
pub(crate) struct Session {
    pub(crate) user: String,
    pub(crate) office: Office,
    pub(crate) expires: Timestamp,
    /// The last linkage, for charts and review.
    pub(crate) run: Option<Arc<Run>>,
}

/// The workbench. Cheap to clone.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

struct Inner {
    config: DeskConfig,
    around: Around,
    sessions: Mutex<BTreeMap<[u8; 32], Session>>,
    /// Times of failed logins, to slow down guessing.
    failures: Mutex<Vec<Timestamp>>,
}

/// Failed logins within this time that close the door for the rest of it.
const FAILURES: usize = 10;
const FAILURES_WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// Sessions are found by a digest: who reads the memory of this map gets no cookie.
fn digest(secret: &str) -> [u8; 32] {
    blake3::derive_key("kekiz 2026 desk session", secret.as_bytes())
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    /// A workbench nobody is at yet.
    pub fn new(config: DeskConfig, around: Around) -> Self {
        let (sessions, failures) = (Mutex::default(), Mutex::default());
        Self(Arc::new(Inner { config, around, sessions, failures }))
    }

    pub(crate) fn config(&self) -> &DeskConfig {
        &self.0.config
    }

    /// Today in Greenwich, near enough for time limits of whole days.
    pub(crate) fn today(&self) -> Date {
        jiff::tz::Offset::UTC.to_datetime((self.0.around.now)()).date()
    }

    /// Forgets sessions whose time is over, with their keys. Call it now and then; every request does.
    pub fn sweep(&self) {
        let now = (self.0.around.now)();
        lock(&self.0.sessions).retain(|_, session| session.expires > now);
    }

    /// A secret nobody can guess, in hexadecimal.
    pub(crate) fn secret(&self) -> String {
        let mut bytes = [0; 32];
        (self.0.around.random)(&mut bytes);
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub(crate) fn enter(&self, secret: &str, user: &str, office: Office) {
        let expires = (self.0.around.now)() + self.0.config.idle;
        let session = Session { user: user.into(), office, expires, run: None };
        lock(&self.0.sessions).insert(digest(secret), session);
    }

    /// Name and office of a session, whose time begins anew.
    pub(crate) fn at_work(&self, secret: &str) -> Option<(String, Office)> {
        self.sweep();
        let mut sessions = lock(&self.0.sessions);
        let session = sessions.get_mut(&digest(secret))?;
        session.expires = (self.0.around.now)() + self.0.config.idle;
        Some((session.user.clone(), session.office.clone()))
    }

    pub(crate) fn leave(&self, secret: &str) {
        lock(&self.0.sessions).remove(&digest(secret));
    }

    pub(crate) fn keep_run(&self, secret: &str, run: Option<Arc<Run>>) {
        if let Some(session) = lock(&self.0.sessions).get_mut(&digest(secret)) {
            session.run = run;
        }
    }

    pub(crate) fn run(&self, secret: &str) -> Option<Arc<Run>> {
        lock(&self.0.sessions).get(&digest(secret))?.run.clone()
    }

    /// Whether too many logins failed lately.
    pub(crate) fn is_closed(&self) -> bool {
        let since = (self.0.around.now)() - FAILURES_WITHIN;
        let mut failures = lock(&self.0.failures);
        failures.retain(|time| *time > since);
        failures.len() >= FAILURES
    }

    pub(crate) fn failed(&self) {
        lock(&self.0.failures).push((self.0.around.now)());
    }
}
