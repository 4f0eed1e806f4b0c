#![no_main]

use kekiz_spatial::{InputFile, ReadOptions, read};
use libfuzzer_sys::fuzz_target;

// The frame is given, so that the fuzzer works on arcs and objects.
fuzz_target!(|bytes: &[u8]| {
    let text = format!(r#"{{"type":"Topology",{}}}"#, String::from_utf8_lossy(bytes));
    let files = [InputFile { name: "a.topojson".into(), bytes: text.into_bytes() }];
    let _ = read(&files, &ReadOptions { layer: Some("a".into()), crs: None });
});
