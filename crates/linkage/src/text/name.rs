//! Personal names without what offices add or leave out.

use super::latin;

/// Particles of German, Dutch, Romance and Arabic family names, and titles.
const PARTICLES: [&str; 38] = [
    "von", "vom", "van", "zu", "zum", "zur", "de", "der", "den", "del", "della", "di", "da", "do", "dos",
    "du", "des", "la", "le", "el", "al", "ul", "bin", "ibn", "bint", "abd", "und", "ter", "ten", "op", "dr",
    "prof", "med", "dipl", "ing", "phil", "graf", "freiherr",
];

/// A name as lower-case ASCII words (see [`latin()`]), hyphens read as spaces. Empty for a text without letters, such
/// as "-" or "?".
pub fn name(text: &str) -> String {
    let words = latin(text);
    if words.bytes().any(|b| b.is_ascii_lowercase()) { words } else { String::new() }
}

/// A family name of [`name`] without particles and titles ("von der Leyen" → "leyen"); a name of nothing else stays
/// as it is.
pub fn without_particles(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for word in words.split(' ').filter(|word| !PARTICLES.contains(word)) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    if out.is_empty() { words.to_string() } else { out }
}

#[cfg(test)]
mod tests {
    use super::{name, without_particles};

    #[test]
    fn particles_and_titles_go_names_stay() {
        for (text, wanted) in [
            ("von der Leyen", "leyen"),
            ("Al-Khalil", "khalil"),
            ("Dr. Müller-Lüdenscheidt", "mueller luedenscheidt"),
            ("Van", "van"),
            ("?", ""),
        ] {
            assert_eq!(without_particles(&name(text)), wanted, "{text}");
        }
    }
}
