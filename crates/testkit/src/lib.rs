//! A made-up city with planted canaries, for tests.
