//! Styles, scripts and fonts, embedded when the crate is built, for the public server and the desk.
//!
//! File names carry a hash of their content, so browsers may keep them for ever. Nothing here knows a route or a page.

/// A file of the built frontend.
#[derive(Debug)]
pub struct Asset {
    /// File name, with the hash.
    pub name: &'static str,
    /// Media type.
    pub content_type: &'static str,
    /// Content.
    pub raw: &'static [u8],
    /// The same, compressed with Brotli, where that makes it smaller.
    pub br: Option<&'static [u8]>,
    /// The same, compressed with gzip.
    pub gzip: Option<&'static [u8]>,
}

mod embedded {
    use super::Asset;
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}

/// The file of a name.
pub fn find(name: &str) -> Option<&'static Asset> {
    embedded::ASSETS.iter().find(|asset| asset.name == name)
}

/// Addresses (`/assets/…`) of the styles every page names.
pub fn styles() -> &'static [&'static str] {
    embedded::STYLES
}

/// Address of the script every page names, if the frontend was built.
pub fn script() -> Option<&'static str> {
    embedded::SCRIPT
}

/// Addresses of the fonts every page needs at once.
pub fn fonts() -> &'static [&'static str] {
    embedded::FONTS
}

/// What a page may load: only what its own server sends. `data:` is for the pattern images of the styles.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; form-action 'self'; \
     frame-ancestors 'none'; base-uri 'none'";

/// Headers that keep a page to itself: nothing from elsewhere runs, loads, frames or listens. Names in lower case.
pub const SECURITY_HEADERS: [(&str, &str); 6] = [
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("cross-origin-opener-policy", "same-origin"),
    ("x-frame-options", "DENY"),
];
