//! Rates of small areas, drawn towards the mean of all areas.

/// Empirical-Bayes rates with a global mean (method of moments).
///
/// `cases` and `persons` have one entry per area; rates are per person. Each rate is drawn to the overall rate,
/// the more the fewer persons it rests on, so the result lies between the two. An area without persons gets the
/// overall rate. Where the rates vary no more than chance explains (the moment estimate of the variance is not
/// positive) all areas get the overall rate. `None` for no areas, unequal lengths, no persons at all, negative or
/// not finite input, or cases where nobody lives.
///
/// Source: Marshall, R. J. (1991), Applied Statistics 40, 283-294, section 2. PySAL's `Empirical_Bayes` keeps a
/// negative variance estimate and can then leave the range between rate and mean; we set it to 0, as Marshall does.
pub fn empirical_bayes(cases: &[f64], persons: &[f64]) -> Option<Vec<f64>> {
    let good = |v: &f64| v.is_finite() && *v >= 0.0;
    if cases.len() != persons.len() || !cases.iter().chain(persons).all(good) {
        return None;
    }
    if cases.iter().zip(persons).any(|(c, n)| *n == 0.0 && *c > 0.0) {
        return None;
    }
    let populated = persons.iter().filter(|n| **n > 0.0).count() as f64;
    let all: f64 = persons.iter().sum();
    if all <= 0.0 || !all.is_finite() {
        return None;
    }
    let mean = cases.iter().sum::<f64>() / all;
    let between: f64 = cases
        .iter()
        .zip(persons)
        .filter(|(_, n)| **n > 0.0)
        .map(|(c, n)| n * (c / n - mean) * (c / n - mean))
        .sum::<f64>()
        / all;
    let variance = (between - mean * populated / all).max(0.0);
    if !(mean.is_finite() && variance.is_finite()) {
        return None;
    }
    let smoothed = cases.iter().zip(persons).map(|(c, n)| {
        if *n == 0.0 || variance == 0.0 {
            return mean;
        }
        let weight = variance / (variance + mean / n);
        mean + weight * (c / n - mean)
    });
    Some(smoothed.collect())
}

/// Rates over the overall rate: 2 means twice as many cases as the overall rate would give. `None` for an area without
/// persons; outer `None` as in [`empirical_bayes`], and when there are no cases at all.
pub fn excess(cases: &[f64], persons: &[f64]) -> Option<Vec<Option<f64>>> {
    empirical_bayes(cases, persons)?;
    let overall = cases.iter().sum::<f64>() / persons.iter().sum::<f64>();
    let one = |(c, n): (&f64, &f64)| (*n > 0.0).then(|| c / n / overall);
    (overall > 0.0).then(|| cases.iter().zip(persons).map(one).collect())
}

/// Rates as standard scores that allow for the size of areas, so that Moran's I of them is not led by small areas.
/// `None` for an area without persons; outer `None` as in [`excess`].
///
/// Source: Assunção, R. M. and Reis, E. A. (1999), Statistics in Medicine 18, 2147-2162, as in PySAL's
/// `assuncao_rate`: a variance below 0 is replaced by that of a Poisson rate.
pub fn standardised(cases: &[f64], persons: &[f64]) -> Option<Vec<Option<f64>>> {
    excess(cases, persons)?;
    let all: f64 = persons.iter().sum();
    let mean = cases.iter().sum::<f64>() / all;
    let areas = persons.iter().filter(|n| **n > 0.0).count() as f64;
    let deviation = |(c, n): (&f64, &f64)| if *n > 0.0 { n * (c / n - mean).powi(2) } else { 0.0 };
    let between = cases.iter().zip(persons).map(deviation).sum::<f64>() / all - mean / (all / areas);
    let one = |(c, n): (&f64, &f64)| {
        let raw = between + mean / n;
        let variance = if raw < 0.0 { mean / n } else { raw };
        (*n > 0.0 && variance > 0.0).then(|| (c / n - mean) / variance.sqrt())
    };
    Some(cases.iter().zip(persons).map(one).collect())
}
