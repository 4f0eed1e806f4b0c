//! Reading, repairing, projecting, simplifying and classifying areas.
