//! Medians: `cargo bench -p kekiz-linkage`.
fn main() {
    divan::main();
}
