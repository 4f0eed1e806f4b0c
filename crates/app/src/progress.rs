//! How long work tells what it is doing; the command line draws it, tests ignore it.

/// Listens to the progress of long work. Called from the thread that started the work.
pub trait Progress {
    /// A new step begins, named by a short German phrase.
    fn step(&self, text: &str);
    /// So much of the step is done; `total` 0 means unknown.
    fn amount(&self, _done: u64, _total: u64) {}
}

/// Says nothing.
pub struct Silent;

impl Progress for Silent {
    fn step(&self, _text: &str) {}
}
