//! Any text as a mapping, laid over a small table. Run with `cargo fuzz run mapping` in `fuzz/tables`.
#![no_main]

use kekiz_base::{FigureBatch, FigureDictionaries};
use kekiz_tables::{FigureSink, SinkError, TableFile, parse_mapping, read};
use libfuzzer_sys::fuzz_target;

struct Nowhere;

impl FigureSink for Nowhere {
    fn append(&mut self, _: &FigureBatch, _: &FigureDictionaries) -> Result<(), SinkError> {
        Ok(())
    }
}

fuzz_target!(|text: &str| {
    if let Ok(mapping) = parse_mapping("fuzz.toml", text) {
        let table = "id;jahr;gruppe;wert;wert__q\n1;2022;m;1,5;e\n2;31.12.2022;;.;\nInsgesamt;2022;;9;\n";
        let file = TableFile::from_bytes("fuzz.csv", table.as_bytes().to_vec());
        let _ = read(&file, &mapping, &mut Nowhere, &|_, _| {});
    }
});
