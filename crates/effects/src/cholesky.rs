//! Small dense symmetric matrices: factorised by Cholesky, row by row, in the given order, so that the result does not
//! depend on threads.

/// A lower triangle `l` with `l l' = matrix`.
pub(crate) struct Cholesky {
    size: usize,
    lower: Vec<f64>,
}

impl Cholesky {
    /// Factorises a symmetric matrix given by rows. The error is the first column that adds nothing to those before it
    /// (its remainder is below `1e-10` of its diagonal), or that is not finite.
    pub(crate) fn new(size: usize, matrix: &[f64]) -> Result<Self, usize> {
        let mut lower = vec![0.0; size * size];
        for row in 0..size {
            for column in 0..=row {
                let before: f64 = (0..column).map(|k| lower[row * size + k] * lower[column * size + k]).sum();
                let rest = matrix[row * size + column] - before;
                if row == column {
                    let diagonal = matrix[row * size + row];
                    if !(rest.is_finite() && rest > 1e-10 * diagonal) {
                        return Err(row);
                    }
                    lower[row * size + row] = rest.sqrt();
                } else {
                    lower[row * size + column] = rest / lower[column * size + column];
                }
            }
        }
        Ok(Self { size, lower })
    }

    /// Solves `matrix x = right`.
    pub(crate) fn solve(&self, right: &[f64]) -> Vec<f64> {
        let n = self.size;
        let mut x = right.to_vec();
        for row in 0..n {
            let known: f64 = (0..row).map(|k| self.lower[row * n + k] * x[k]).sum();
            x[row] = (x[row] - known) / self.lower[row * n + row];
        }
        for row in (0..n).rev() {
            let known: f64 = (row + 1..n).map(|k| self.lower[k * n + row] * x[k]).sum();
            x[row] = (x[row] - known) / self.lower[row * n + row];
        }
        x
    }

    /// The inverse, by rows.
    pub(crate) fn inverse(&self) -> Vec<f64> {
        let n = self.size;
        let mut out = vec![0.0; n * n];
        for column in 0..n {
            let mut unit = vec![0.0; n];
            unit[column] = 1.0;
            for (row, value) in self.solve(&unit).into_iter().enumerate() {
                out[row * n + column] = value;
            }
        }
        out
    }
}
