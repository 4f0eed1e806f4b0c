//! Rounding: every number by itself, or so that all sums still add up.

use super::cell_key::Margins;
use super::table::GeneralTable;
use highs::{HighsModelStatus, RowProblem, Sense};

/// Branches a program may try; counted, not timed.
const NODES: i32 = 200;
/// Most finest cells that are rounded in a controlled way.
pub(crate) const MOST_CONTROLLED: usize = 20_000;

/// A rounded table.
pub struct Rounded {
    /// The rounded number of every cell.
    pub values: Vec<i64>,
    /// Largest change of a number.
    pub largest_change: i64,
    /// How many sums still add up.
    pub margins: Margins,
}

/// Why a table cannot be rounded in a controlled way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoundingRefusal {
    /// Too large for the program.
    #[error(
        "Die Tabelle hat mehr als {MOST_CONTROLLED} feinste Zellen; so große lassen sich nicht kontrolliert runden. Abhilfe: „treatment = \"round\"“ oder „cell_key“ verwenden, oder gröber gliedern."
    )]
    TooLarge,
    /// No rounding within two bases keeps all sums, or none was found in the budget.
    #[error(
        "Es wurde keine Rundung gefunden, bei der alle Summen aufgehen. Abhilfe: eine größere Basis, „treatment = \"round\"“ oder „suppress“ verwenden."
    )]
    NotFound,
}

/// Rounds every number to the nearest multiple of `base`; halves go away from nought. Sums do not add up as a rule.
pub fn round(table: &GeneralTable, base: u32) -> Rounded {
    let base = i64::from(base.max(1));
    let nearest = |value: i64| value.signum() * ((value.abs() + base / 2) / base * base);
    finish(table, table.values.iter().map(|&value| nearest(value)).collect())
}

fn finish(table: &GeneralTable, values: Vec<i64>) -> Rounded {
    let change = |(new, old): (&i64, &i64)| (new - old).abs();
    let largest_change = values.iter().zip(&table.values).map(change).max().unwrap_or(0);
    Rounded { largest_change, margins: Margins::of(&table.layout, &values), values }
}

/// Rounds every finest number to a neighbouring multiple of `base` so that every sum is a neighbouring multiple of its own true
/// number, too; multiples stay as they are where that is possible (zero-restricted controlled rounding, Cox 1987, "A
/// constructive procedure for unbiased controlled rounding"). Where there is none (possible from three dimensions on), sums may lie
/// up to two bases away. The nearest such rounding is taken as far as an integer program can tell.
///
/// # Errors
/// [`RoundingRefusal`].
pub fn round_controlled(table: &GeneralTable, base: u32) -> Result<Rounded, RoundingRefusal> {
    let base = i64::from(base.max(1));
    let layout = &table.layout;
    let is_leaf = |cell: usize| {
        let finest = |at: usize| layout.dimensions[at].breakdowns(layout.node(cell, at)).next().is_none();
        (0..layout.dimensions.len()).all(finest)
    };
    let leaves: Vec<usize> = (0..table.cells()).filter(|&cell| is_leaf(cell)).collect();
    if leaves.len() > MOST_CONTROLLED {
        return Err(RoundingRefusal::TooLarge);
    }
    let mut floors = vec![0i64; table.cells()];
    for &leaf in &leaves {
        floors[leaf] = table.values[leaf].div_euclid(base);
    }
    let ups = [0, 1].into_iter().find_map(|further| ups(table, base, &leaves, &floors, further));
    let ups = ups.ok_or(RoundingRefusal::NotFound)?;
    let mut values = vec![0i64; table.cells()];
    for (&leaf, up) in leaves.iter().zip(&ups) {
        values[leaf] = (floors[leaf] + i64::from(*up)) * base;
    }
    layout.add_up(&mut values, |a: i64, b: i64| a + b);
    Ok(finish(table, values))
}

/// Which finest cells go up, when sums may lie `further` bases beyond their neighbouring multiples.
fn ups(table: &GeneralTable, base: i64, leaves: &[usize], floors: &[i64], further: i64) -> Option<Vec<bool>> {
    let layout = &table.layout;
    let mut problem = RowProblem::new();
    let mut columns = Vec::with_capacity(leaves.len());
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); table.cells()];
    for (number, &leaf) in leaves.iter().enumerate() {
        let above_floor = table.values[leaf] - floors[leaf] * base;
        // Half way up costs nothing either way.
        let cost = (base - 2 * above_floor) as f64;
        let most = if above_floor == 0 { 0.0 } else { 1.0 };
        columns.push(problem.add_column_with_integrality(cost, 0.0..=most, true));
        let mut cells = vec![0usize];
        for at in 0..layout.dimensions.len() {
            let above = layout.dimensions[at].above(layout.node(leaf, at));
            let stride = layout.stride(at);
            cells = cells
                .iter()
                .flat_map(|&cell| above.iter().map(move |&node| cell + node as usize * stride))
                .collect();
        }
        cells.into_iter().filter(|&cell| cell != leaf).for_each(|cell| members[cell].push(number));
    }
    for (cell, members) in members.iter().enumerate().filter(|(_, members)| !members.is_empty()) {
        let floor_sum: i64 = members.iter().map(|&number| floors[leaves[number]]).sum();
        let value = table.values[cell];
        let low = value.div_euclid(base) - further - floor_sum;
        let high = value.div_euclid(base) + i64::from(value.rem_euclid(base) != 0) + further - floor_sum;
        problem.add_row(
            low as f64..=high as f64,
            members.iter().map(|&number| (columns[number], 1.0)).collect::<Vec<_>>(),
        );
    }
    let mut model = problem.try_optimise(Sense::Minimise).ok()?;
    model.try_set_option("threads", 1).ok()?;
    model.try_set_option("mip_max_nodes", NODES).ok()?;
    let solved = model.try_solve().ok()?;
    let solution = solved.get_solution();
    let found = solved.status() == HighsModelStatus::Optimal
        || (!columns.is_empty() && solution.columns().len() == columns.len());
    let ups: Vec<bool> = columns
        .iter()
        .map(|column| solution.columns().get(column.index()).is_some_and(|&value| value > 0.5))
        .collect();
    // A solver may say much; what counts is that the sums hold.
    let holds =
        members.iter().enumerate().filter(|(_, members)| !members.is_empty()).all(|(cell, members)| {
            let sum: i64 =
                members.iter().map(|&number| floors[leaves[number]] + i64::from(ups[number])).sum();
            let value = table.values[cell];
            let (low, high) = (
                value.div_euclid(base) - further,
                value.div_euclid(base) + i64::from(value.rem_euclid(base) != 0) + further,
            );
            (low..=high).contains(&sum)
        });
    (found && holds).then_some(ups)
}
