//! Intervals, rates, standardisation, empirical Bayes, composite indices.
