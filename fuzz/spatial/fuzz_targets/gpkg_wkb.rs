#![no_main]

use kekiz_spatial::wkb_geometry;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = wkb_geometry(bytes);
});
