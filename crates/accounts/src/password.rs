//! Passwords: Argon2id (RFC 9106), its cost as a setting.

use crate::Refusal;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use rand::CryptoRng;
use serde::{Deserialize, Serialize};

/// Cost of one hash. The default is the second choice of the OWASP Password Storage Cheat Sheet: 19 MiB, two
/// passes, one lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cost {
    /// Memory in KiB, 8 to 1,048,576.
    pub memory_kib: u32,
    /// Passes over the memory, 1 to 100.
    pub passes: u32,
    /// Lanes, 1 to 16.
    pub lanes: u32,
}

impl Default for Cost {
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 }
    }
}

impl Cost {
    fn hasher(self) -> Option<Argon2<'static>> {
        let lanes = self.lanes.clamp(1, 16);
        let memory = self.memory_kib.clamp(8 * lanes, 1 << 20);
        let params = Params::new(memory, self.passes.clamp(1, 100), lanes, None).ok()?;
        Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }
}

/// Why a password is too weak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Shorter than twelve characters.
    #[error(
        "Das Passwort ist zu kurz. Abhilfe: mindestens 12 Zeichen, zum Beispiel vier Wörter hintereinander."
    )]
    Short,
    /// Longer than a thousand characters: the hash would take long.
    #[error("Das Passwort ist zu lang. Abhilfe: höchstens 1000 Zeichen.")]
    Long,
    /// Made of the person's own data, or of one or two characters.
    #[error(
        "Das Passwort ist zu leicht zu erraten. Abhilfe: nicht Name, Mailadresse oder lauter gleiche Zeichen verwenden."
    )]
    Guessable,
}

/// What is wrong with a password (NIST SP 800-63B: length counts, no rules about kinds of characters).
pub fn weakness(password: &str, email: &str, name: &str) -> Option<Weakness> {
    let length = password.chars().count();
    if length < 12 {
        return Some(Weakness::Short);
    }
    if length > 1000 {
        return Some(Weakness::Long);
    }
    let lower = password.to_lowercase();
    let kinds: std::collections::BTreeSet<char> = lower.chars().collect();
    let own = [email, name, email.split('@').next().unwrap_or_default()]
        .into_iter()
        .map(str::to_lowercase)
        .filter(|part| part.chars().count() >= 4)
        .any(|part| lower.replacen(&part, "", 2).chars().count() < 6);
    (own || kinds.len() < 4).then_some(Weakness::Guessable)
}

/// Hashes a password; refuses weak ones. Runs beside the async tasks, since it is meant to be slow.
pub(crate) async fn hash(
    cost: Cost,
    password: &str,
    random: &mut (dyn CryptoRng + Send + Sync),
) -> Result<String, Refusal> {
    let mut salt = [0; 16];
    random.fill_bytes(&mut salt);
    let password = password.to_string();
    let hashed = tokio::task::spawn_blocking(move || compute(cost, &password, &salt)).await;
    hashed.ok().flatten().ok_or(Refusal::Unreadable)
}

fn compute(cost: Cost, password: &str, salt: &[u8; 16]) -> Option<String> {
    let hash: PasswordHash = cost.hasher()?.hash_password_with_salt(password.as_bytes(), salt).ok()?;
    Some(hash.to_string())
}

/// How a password compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    /// It is right, and its hash has the cost of the settings.
    Right,
    /// It is right; its hash should be renewed with the cost of the settings.
    RightButOld,
    /// It is wrong, or there is none.
    Wrong,
}

/// Compares a password with a stored hash. Without one the same work is done on nothing, so that the time taken
/// does not tell whether there is an account.
pub(crate) async fn verify(cost: Cost, password: &str, stored: Option<String>) -> Match {
    if password.len() > 4096 {
        return Match::Wrong;
    }
    let password = password.to_string();
    let compared = tokio::task::spawn_blocking(move || compare(cost, &password, stored.as_deref())).await;
    compared.unwrap_or(Match::Wrong)
}

fn compare(cost: Cost, password: &str, stored: Option<&str>) -> Match {
    let parsed = stored.and_then(|text| PasswordHash::new(text).ok());
    let (Some(hash), Some(hasher)) = (parsed, cost.hasher()) else {
        std::hint::black_box(compute(cost, password, &[0; 16]));
        return Match::Wrong;
    };
    match hasher.verify_password(password.as_bytes(), &hash) {
        Err(_) => Match::Wrong,
        Ok(()) => match Params::try_from(&hash) {
            Ok(params) if same(&params, hasher.params()) => Match::Right,
            _ => Match::RightButOld,
        },
    }
}

fn same(a: &Params, b: &Params) -> bool {
    (a.m_cost(), a.t_cost(), a.p_cost()) == (b.m_cost(), b.t_cost(), b.p_cost())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the tests of the reference implementation, phc-winner-argon2 20190702: password "password", salt
    /// "somesalt", two passes, 64 MiB.
    #[test]
    fn a_hash_of_the_reference_implementation_is_read() {
        let stored = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assert_eq!(compare(Cost::default(), "password", Some(stored)), Match::RightButOld);
        assert_eq!(compare(Cost::default(), "Password", Some(stored)), Match::Wrong);
    }

    #[test]
    fn weak_passwords_are_named() {
        let cases = [
            ("kurz", Some(Weakness::Short)),
            ("elf Zeichen", Some(Weakness::Short)),
            ("zwölf Zeiche", None),
            ("aaaaaaaaaaaaaaaa", Some(Weakness::Guessable)),
            ("abababababababab", Some(Weakness::Guessable)),
            ("ada@stadt.example1", Some(Weakness::Guessable)),
            ("Ada Lovelace 12", Some(Weakness::Guessable)),
            ("vier Worte hintereinander", None),
        ];
        for (password, expected) in cases {
            assert_eq!(weakness(password, "ada@stadt.example", "Ada Lovelace"), expected, "{password}");
        }
        assert_eq!(weakness(&"langes Passwort".repeat(100), "", ""), Some(Weakness::Long));
    }

    #[test]
    fn a_hash_of_another_cost_is_right_but_old() {
        let low = Cost { memory_kib: 64, passes: 1, lanes: 1 };
        let high = Cost { memory_kib: 128, ..low };
        let stored = compute(low, "richtig und lang", &[7; 16]).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{stored}");
        assert_eq!(compare(low, "richtig und lang", Some(&stored)), Match::Right);
        assert_eq!(compare(high, "richtig und lang", Some(&stored)), Match::RightButOld);
        assert_eq!(compare(low, "falsch", Some(&stored)), Match::Wrong);
        assert_eq!(compare(low, "falsch", Some("kein Hash")), Match::Wrong);
        assert_eq!(compare(low, "", None), Match::Wrong);
    }

    /// Nobody can write a cost that stops the program.
    #[test]
    fn every_cost_makes_a_hasher() {
        for cost in [
            Cost { memory_kib: 0, passes: 0, lanes: 0 },
            Cost { memory_kib: u32::MAX, passes: u32::MAX, lanes: u32::MAX },
        ] {
            assert!(cost.hasher().is_some(), "{cost:?}");
        }
    }
}
