//! Identifiers: UUIDs as text, since HSDS wants them and every other system can keep them.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A UUID of version 4 from 128 random bits; the caller brings the randomness.
pub fn random_uuid(bits: u128) -> String {
    uuid(bits, 4)
}

/// A UUID that is the same for the same parts, of version 8 (RFC 9562 § 5.8), from a BLAKE3 digest.
///
/// Used where an object needs an identifier but its source has none, so that reading a file twice gives the
/// same identifiers. Parts are separated by their length, so `["ab", "c"]` and `["a", "bc"]` differ.
pub fn derived_uuid(parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let mut bytes = [0u8; 16];
    hasher.finalize_xof().fill(&mut bytes);
    uuid(u128::from_be_bytes(bytes), 8)
}

fn uuid(bits: u128, version: u128) -> String {
    let bits = (bits & !(0xf << 76) & !(0b11 << 62)) | (version << 76) | (0b10 << 62);
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// Whether a text has the form of a UUID (any version).
pub fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// A text with a type of its own; a further trait to derive may follow the name.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident $(: $derived:ident)?) => {
        $(#[$doc])*
        #[derive(Clone, Debug, $($derived,)? PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_string())
            }
        }
    };
}
pub(crate) use name;

name! {
    /// Identifier of an offer; the same as that of its HSDS service.
    OfferId: Default
}
name! {
    /// Identifier of a provider (HSDS organization).
    OrganizationId: Default
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_have_version_and_variant() {
        assert_eq!(random_uuid(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(random_uuid(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert!(is_uuid(&derived_uuid(&["offer", "1"])));
        assert_ne!(derived_uuid(&["ab", "c"]), derived_uuid(&["a", "bc"]));
        assert!(!is_uuid("ac148810d857441c9679408f346de14b"));
    }
}
