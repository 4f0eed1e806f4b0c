//! The gate: what may leave the vault, and the proof that it hides what it must.
