#![no_main]

use kekiz_spatial::{InputFile, ReadOptions, read};
use libfuzzer_sys::fuzz_target;

// The first byte says where the table begins; the rest is split between .shp and .dbf.
fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let (shp, dbf) = rest.split_at(rest.len() * usize::from(*first) / 255);
    let files = [
        InputFile { name: "a.shp".into(), bytes: shp.to_vec() },
        InputFile { name: "a.dbf".into(), bytes: dbf.to_vec() },
    ];
    let _ = read(&files, &ReadOptions::default());
});
