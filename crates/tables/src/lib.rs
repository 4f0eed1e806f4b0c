//! Messy official tables to checked rows of figures.
