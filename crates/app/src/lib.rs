//! One function per thing the statistics office does.
