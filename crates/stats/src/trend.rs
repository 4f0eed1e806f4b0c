//! What a series of figures does over time: a smooth line with an interval, and the places where it breaks.

mod change_points;
mod local_linear;

pub use change_points::{Segments, change_points, usual_penalty};
pub use local_linear::{LocalLinear, local_linear};

/// Why a series has no trend. Entries count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrendError {
    /// Times and values differ in length, or are too few.
    #[error(
        "Ein Trend braucht mindestens {needed} Zeitpunkte mit Werten; es sind {found}. Abhilfe: mehr Jahre aufnehmen."
    )]
    TooFew {
        /// Entries there are.
        found: usize,
        /// Entries needed.
        needed: usize,
    },
    /// A time or value that is missing or infinite.
    #[error("Der {entry}. Zeitpunkt oder sein Wert ist keine endliche Zahl. Abhilfe: die Eingabe prüfen.")]
    NotFinite {
        /// The entry.
        entry: usize,
    },
    /// Times that do not rise.
    #[error("Der {entry}. Zeitpunkt liegt nicht nach dem vorigen. Abhilfe: jedes Jahr nur einmal aufführen.")]
    Order {
        /// The entry.
        entry: usize,
    },
    /// A share of points that is not in (0, 1], or reaches fewer than three points.
    #[error(
        "Die Glättung muss zwischen 0 und 1 liegen und mindestens drei Zeitpunkte erfassen. Abhilfe: einen größeren Anteil angeben, zum Beispiel 0,75."
    )]
    Span,
    /// A level outside (0, 1).
    #[error("Das Niveau des Intervalls muss zwischen 0 und 1 liegen, zum Beispiel 0,95.")]
    Level,
    /// A penalty that is no number from 0 up, or segments without length.
    #[error(
        "Die Strafe je Bruch muss eine Zahl ab null sein und ein Abschnitt mindestens einen Zeitpunkt haben (bei Geraden drei)."
    )]
    Penalty,
}

fn check(times: &[f64], values: &[f64], needed: usize) -> Result<(), TrendError> {
    let found = times.len().min(values.len());
    if times.len() != values.len() || found < needed {
        return Err(TrendError::TooFew { found, needed });
    }
    if let Some(at) = (0..found).find(|at| !(times[*at].is_finite() && values[*at].is_finite())) {
        return Err(TrendError::NotFinite { entry: at + 1 });
    }
    match times.windows(2).position(|pair| pair[1] <= pair[0]) {
        Some(at) => Err(TrendError::Order { entry: at + 2 }),
        None => Ok(()),
    }
}
