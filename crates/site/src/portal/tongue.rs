//! Languages of the family pages: their words, their direction, and how links keep them.

use crate::ask::Params;
use kekiz_portal::offers::LanguageTag;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A language of the interface.
#[derive(Debug)]
pub(crate) struct Tongue {
    /// Code in addresses (`?sprache=tr`).
    pub(crate) code: &'static str,
    /// `lang` of the page (BCP 47).
    pub(crate) lang: &'static str,
    /// `dir` of the page.
    pub(crate) dir: &'static str,
    /// Key of an offer's texts in this language.
    pub(crate) tag: &'static str,
    file: Messages,
}

/// A file of messages.
#[derive(Debug, Default, Deserialize)]
struct Messages {
    #[serde(flatten)]
    texts: BTreeMap<String, toml::Value>,
    #[serde(default)]
    terms: BTreeMap<String, BTreeMap<String, String>>,
}

/// Code, `lang`, `dir`, key of offers' texts, file.
const FILES: [(&str, &str, &str, &str, &str); 6] = [
    ("de", "de", "ltr", "de", include_str!("../../messages/de.toml")),
    ("leicht", "de", "ltr", LanguageTag::EASY_GERMAN, include_str!("../../messages/leicht.toml")),
    ("en", "en", "ltr", "en", include_str!("../../messages/en.toml")),
    ("tr", "tr", "ltr", "tr", include_str!("../../messages/tr.toml")),
    ("uk", "uk", "ltr", "uk", include_str!("../../messages/uk.toml")),
    ("ar", "ar", "rtl", "ar", include_str!("../../messages/ar.toml")),
];

/// The files are part of the program; a test reads every one of them.
static TONGUES: LazyLock<Vec<Tongue>> = LazyLock::new(|| {
    let read =
        |(code, lang, dir, tag, text): (&'static str, &'static str, &'static str, &'static str, &str)| {
            Tongue { code, lang, dir, tag, file: toml::from_str(text).unwrap_or_default() }
        };
    FILES.into_iter().map(read).collect()
});

impl Tongue {
    /// All of them, German first.
    pub(crate) fn all() -> &'static [Tongue] {
        &TONGUES
    }

    /// The language a reader chose; German when none or an unknown one.
    pub(crate) fn of(params: &Params) -> &'static Tongue {
        let wanted = params.get("sprache").unwrap_or("de");
        TONGUES.iter().find(|one| one.code == wanted).unwrap_or(&TONGUES[0])
    }

    /// Whether this is German, also in Leichte Sprache.
    pub(crate) fn is_german(&self) -> bool {
        self.lang == "de"
    }

    /// A text; the key itself for a key nobody wrote, which a test excludes.
    pub(crate) fn t<'a>(&'a self, key: &'a str) -> &'a str {
        self.file.texts.get(key).and_then(toml::Value::as_str).unwrap_or(key)
    }

    /// A text with its places filled.
    pub(crate) fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut out = String::new();
        let mut rest = self.t(key);
        while let Some(start) = rest.find('{') {
            let Some(length) = rest[start..].find('}') else { break };
            let name = &rest[start + 1..start + length];
            out.push_str(&rest[..start]);
            match values.iter().find(|(key, _)| *key == name) {
                Some((_, value)) => out.push_str(value),
                None => out.push_str(&rest[start..=start + length]),
            }
            rest = &rest[start + length + 1..];
        }
        out.push_str(rest);
        out
    }

    /// A text with one place filled.
    pub(crate) fn with(&self, key: &str, name: &str, value: &str) -> String {
        self.fill(key, &[(name, value)])
    }

    /// The word for a term of a list in this language; `None` where only the municipality's German word exists.
    pub(crate) fn term(&self, list: &str, code: &str) -> Option<&str> {
        self.file.terms.get(list)?.get(code).map(String::as_str)
    }

    /// Parameters with this language in them, for links; German needs none.
    pub(crate) fn keep(&self, params: &Params) -> Params {
        params.with("sprache", (self.code != "de").then_some(self.code))
    }

    /// The address of a path in this language.
    pub(crate) fn link(&self, path: &str) -> String {
        self.keep(&Params::default()).url(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_language_has_every_text() {
        let keys = |tongue: &Tongue| tongue.file.texts.keys().cloned().collect::<BTreeSet<_>>();
        let places = |text: &str| -> BTreeSet<String> {
            text.split('{')
                .skip(1)
                .filter_map(|part| part.split_once('}'))
                .map(|(name, _)| name.into())
                .collect()
        };
        let german = &Tongue::all()[0];
        assert!(german.file.texts.len() > 150);
        for tongue in Tongue::all() {
            let (wanted, found) = (keys(german), keys(tongue));
            assert_eq!(wanted, found, "keys of {}", tongue.code);
            for key in wanted {
                let text = tongue.t(&key);
                assert!(!text.trim().is_empty(), "{key} in {}", tongue.code);
                assert_eq!(places(german.t(&key)), places(text), "{key} in {}", tongue.code);
            }
        }
    }

    #[test]
    fn every_shipped_term_has_a_word_in_every_foreign_language() {
        let lists = kekiz_portal::Lists::shipped().unwrap();
        for list in ["life_phase", "action_field", "target_group"] {
            for term in &lists.terms.list(list).unwrap().terms {
                for tongue in Tongue::all().iter().filter(|one| !one.is_german()) {
                    assert!(
                        tongue.term(list, &term.code).is_some(),
                        "{list} {} in {}",
                        term.code,
                        tongue.code
                    );
                }
            }
        }
    }

    #[test]
    fn templates_ask_for_texts_that_exist() {
        let folder =
            std::path::Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("templates/portal");
        let german = &Tongue::all()[0];
        let mut asked = 0;
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        for file in files.filter(|path| path.is_file()) {
            let text = std::fs::read_to_string(file).unwrap();
            for part in ["t(\"", "with(\"", "fill(\""].iter().flat_map(|call| text.split(call).skip(1)) {
                let key = part.split('"').next().unwrap();
                assert!(german.file.texts.contains_key(key), "{key}");
                asked += 1;
            }
        }
        assert!(asked > 50, "{asked}");
    }

    #[test]
    fn places_are_filled_and_foreign_braces_left_alone() {
        let german = &Tongue::all()[0];
        assert_eq!(german.with("result_many", "n", "12"), "12 Angebote gefunden");
        assert_eq!(german.fill("result_page", &[("page", "{pages}"), ("pages", "3")]), "Seite {pages} von 3");
        assert_eq!(german.fill("result_page", &[]), "Seite {page} von {pages}");
    }

    #[test]
    fn an_unknown_language_is_german() {
        for (query, code) in
            [("sprache=ar", "ar"), ("sprache=xx", "de"), ("", "de"), ("sprache=leicht", "leicht")]
        {
            assert_eq!(Tongue::of(&Params::parse(query)).code, code);
        }
        assert_eq!(Tongue::of(&Params::parse("sprache=tr")).link("/hilfe"), "/hilfe?sprache=tr");
        assert_eq!(Tongue::all()[0].link("/hilfe"), "/hilfe");
    }
}
