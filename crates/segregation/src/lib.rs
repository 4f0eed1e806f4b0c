//! Segregation indices with chance correction, intervals and decomposition.
