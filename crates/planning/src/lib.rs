//! The prevention chain and the mission statement as computations: coverage, gaps, transitions, siting of offers, state of a goal.
