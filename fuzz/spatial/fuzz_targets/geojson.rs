#![no_main]

use kekiz_spatial::{InputFile, ReadOptions, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let files = [InputFile { name: "a.geojson".into(), bytes: bytes.to_vec() }];
    let _ = read(&files, &ReadOptions::default());
});
