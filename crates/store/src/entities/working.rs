//! Records of the network and jobs.

use crate::Stamp;

words! {
    /// Where a job stands.
    JobState {
        /// Waits.
        Waiting = "waiting",
        /// Runs.
        Running = "running",
        /// Done.
        Done = "done",
        /// Failed.
        Failed = "failed",
    }
}

entity! {
    /// Short lists of documents; see [`crate::records`].
    record, "records", {
        /// What it is.
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: String,
        /// Its id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// What it belongs to; empty for none.
        pub parent: String,
        /// Its name.
        pub title: String,
        /// Its state; empty where it has none.
        pub state: String,
        /// ISO date it is due on.
        pub due_on: Option<String>,
        /// Place in the list.
        pub position: i64,
        /// Counts from 1.
        pub revision: i64,
        /// Written when.
        pub changed_at: Stamp,
        /// By which account.
        pub changed_by: Option<String>,
        /// Why.
        pub reason: String,
        /// Taken off the list; kept for the history.
        pub removed: bool,
        /// The document as JSON.
        pub document: String,
    }
}

entity! {
    /// Former versions of records.
    record_version, "record_versions", {
        /// What it is.
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: String,
        /// Its id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// The revision.
        #[sea_orm(primary_key, auto_increment = false)]
        pub revision: i64,
        /// Written when.
        pub changed_at: Stamp,
        /// By which account.
        pub changed_by: Option<String>,
        /// Why.
        pub reason: String,
        /// Whether it was off the list.
        pub removed: bool,
        /// The document as JSON.
        pub document: String,
    }
}

entity! {
    /// Work that takes longer than a request.
    job, "jobs", {
        /// Random id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        /// What kind of work.
        pub kind: String,
        /// Where it stands.
        pub state: JobState,
        /// What to do, as JSON.
        pub input: String,
        /// What came of it, as JSON or a German sentence.
        pub outcome: Option<String>,
        /// 0 to 1.
        pub progress: f64,
        /// Asked for when.
        pub created_at: Stamp,
        /// By which account.
        pub created_by: Option<String>,
        /// Begun when.
        pub started_at: Option<Stamp>,
        /// Ended when.
        pub finished_at: Option<Stamp>,
    }
}
