//! The common core of p-median and maximal covering: rows (demands) that each pay the smallest cost among the
//! chosen columns (candidates), or their cap (what existing places already give).

/// Costs of serving rows from columns. All costs are finite and not negative.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    /// Number of columns (candidates).
    pub(super) columns: usize,
    /// Row-major costs, already weighted and never above the row's cap.
    pub(super) cost: Vec<f64>,
    /// What a row pays when no chosen column is cheaper.
    pub(super) cap: Vec<f64>,
    /// Most columns to choose.
    pub(super) open: usize,
}

impl Problem {
    pub(super) fn rows(&self) -> usize {
        self.cap.len()
    }

    pub(super) fn row(&self, row: usize) -> &[f64] {
        &self.cost[row * self.columns..(row + 1) * self.columns]
    }

    /// What all rows pay under a choice.
    pub(super) fn value(&self, chosen: &[usize]) -> f64 {
        let pays = |row: usize| chosen.iter().map(|c| self.row(row)[*c]).fold(self.cap[row], f64::min);
        (0..self.rows()).map(pays).sum()
    }

    /// The problem that is left when some columns are surely chosen and only `free` ones are still in question.
    pub(super) fn reduced(&self, sure: &[usize], free: &[usize]) -> Problem {
        let caps = (0..self.rows()).map(|row| {
            let costs = self.row(row);
            sure.iter().map(|c| costs[*c]).fold(self.cap[row], f64::min)
        });
        let cap: Vec<f64> = caps.collect();
        let mut cost = Vec::with_capacity(self.rows() * free.len());
        for (row, cap) in cap.iter().enumerate() {
            let costs = self.row(row);
            cost.extend(free.iter().map(|c| costs[*c].min(*cap)));
        }
        Problem { columns: free.len(), cost, cap, open: self.open.saturating_sub(sure.len()) }
    }
}

/// A choice of columns with what it costs.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    /// Chosen columns in ascending order.
    pub(super) columns: Vec<usize>,
    pub(super) value: f64,
}
