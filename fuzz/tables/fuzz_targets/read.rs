//! Any bytes as a table: suggest a mapping and read by it. Run with `cargo fuzz run read` in `fuzz/tables`.
#![no_main]

use kekiz_base::{FigureBatch, FigureDictionaries};
use kekiz_tables::{FigureSink, SinkError, TableFile, parse_mapping, read, suggest};
use libfuzzer_sys::fuzz_target;

struct Nowhere;

impl FigureSink for Nowhere {
    fn append(&mut self, _: &FigureBatch, _: &FigureDictionaries) -> Result<(), SinkError> {
        Ok(())
    }
}

fuzz_target!(|bytes: &[u8]| {
    let file = TableFile::from_bytes("fuzz", bytes.to_vec());
    if let Ok((text, _)) = suggest(&file) {
        let mapping = parse_mapping("fuzz.toml", &text).expect("a suggestion parses");
        let _ = read(&file, &mapping, &mut Nowhere, &|_, _| {});
    }
});
