//! The protected root: raw figures before the gate.
