//! The one binary `kekiz`.
fn main() {}
