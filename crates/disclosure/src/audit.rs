//! Figures about a release for the statistics office; never a value of a cell.

use serde::Serialize;

/// What the gate did and how well the result withstands an attack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Audit {
    /// Cells that are sensitive by themselves.
    pub primary: usize,
    /// Cells suppressed so that no other can be computed.
    pub secondary: usize,
    /// Sensitive cells that are published under the reason of secondary cells, since "fewer than" together with
    /// the sums would narrow them too far.
    pub disguised: usize,
    /// By how many percent (rounded up) the choice of secondary cells may be dearer than the best one; 0 when it is proven
    /// to be the best, `None` where the tables are too large for an integer program. Cases and cells are what is paid.
    pub gap_percent: Option<u32>,
    /// Cells under attack: every suppressed cell, and every rounded cell that hides a small number.
    pub attacked: usize,
    /// Smallest width (largest minus smallest possible whole number) over all attacked cells that are not fixed by their
    /// own bounds; `None` when nothing was attacked.
    pub minimal_width: Option<i64>,
    /// Sums an attacker can check (areas in areas, groups in totals, earlier releases).
    pub relations: usize,
    /// Whether the feasible interval of every attacked cell is exact over whole numbers: both ends were exhibited as
    /// whole tables and proven to be the last ones.
    pub exact: bool,
    /// Attacked cells whose interval is not exact, since the solver's budget ended; the tables that were exhibited
    /// still prove the promised width.
    pub inexact: usize,
    /// Groups of which the gate found that they add up to another (`whole = part + part`).
    pub breakdowns: Vec<String>,
    /// Further sums nobody declared that the numbers show: over variables, areas or periods.
    pub found_sums: usize,
    /// Figures that came without counts and passed.
    pub without_counts: usize,
    /// Comparisons with a parent area that were left out, since they would tell the parent's hidden value.
    pub comparisons_withheld: usize,
    /// Smoothed values that were left out, since they would tell sums over hidden cells.
    pub smoothed_withheld: usize,
}
