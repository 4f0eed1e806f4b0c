//! Build, demo and test tasks of the project.
fn main() {}
