//! What comes of a chunk: figures, refusals, notes.

use kekiz_base::{AreaKey, GroupId, Observation, Period};
use smol_str::SmolStr;
use std::borrow::Cow;

/// A refused row or cell.
pub(crate) struct Refused {
    pub(crate) line: u32,
    pub(crate) column: Option<usize>,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) remedy: Cow<'static, str>,
    /// Could be a line below the table, if one has ended before.
    pub(crate) maybe_footer: bool,
}

/// Something said once however often it occurs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NoteKey {
    pub(crate) code: &'static str,
    pub(crate) column: Option<usize>,
    pub(crate) detail: String,
}

pub(crate) struct Note {
    pub(crate) key: NoteKey,
    pub(crate) count: u64,
    pub(crate) lines: Vec<u32>,
}

/// The rows of one chunk; numbers refer to the chunk's own lists.
#[derive(Default)]
pub(crate) struct ChunkRows {
    pub(crate) areas: Vec<AreaKey>,
    pub(crate) periods: Vec<Period>,
    pub(crate) variables: Vec<SmolStr>,
    pub(crate) groups: Vec<GroupId>,
    pub(crate) cells: Vec<Cell>,
    pub(crate) refused: Vec<Refused>,
    pub(crate) refused_count: u64,
    pub(crate) notes: Vec<Note>,
    pub(crate) records: u64,
    pub(crate) not_selected: u64,
    pub(crate) used: u64,
    /// A line of underscores, the end of a GENESIS table.
    pub(crate) underline: Option<u32>,
}

/// One figure with local numbers.
#[derive(Clone, Copy)]
pub(crate) struct Cell {
    pub(crate) area: u32,
    pub(crate) period: u32,
    pub(crate) variable: u32,
    pub(crate) group: u32,
    pub(crate) line: u32,
    pub(crate) observation: Observation,
}
