//! Colours that readers with colour-vision deficiency can tell apart.

/// A colour scheme of a map. Names are the values of the query parameter `palette`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Palette {
    /// Light to dark blue.
    #[default]
    Blau,
    /// Light to dark green.
    Gruen,
    /// Yellow over orange to brown.
    Orange,
    /// Light to dark violet.
    Violett,
    /// Dark blue over grey to yellow, even in brightness for all readers.
    Cividis,
    /// Blue over light grey to brown, for values around a middle.
    Zweiseitig,
}

impl Palette {
    /// All palettes in the order of a choice.
    pub const ALL: [Palette; 6] = [
        Palette::Blau,
        Palette::Gruen,
        Palette::Orange,
        Palette::Violett,
        Palette::Cividis,
        Palette::Zweiseitig,
    ];

    /// The palette in URLs.
    pub fn slug(self) -> &'static str {
        match self {
            Palette::Blau => "blau",
            Palette::Gruen => "gruen",
            Palette::Orange => "orange",
            Palette::Violett => "violett",
            Palette::Cividis => "cividis",
            Palette::Zweiseitig => "zweiseitig",
        }
    }

    /// German name.
    pub fn name(self) -> &'static str {
        match self {
            Palette::Blau => "Blau",
            Palette::Gruen => "Grün",
            Palette::Orange => "Orange",
            Palette::Violett => "Violett",
            Palette::Cividis => "Cividis (blau–gelb)",
            Palette::Zweiseitig => "Zweiseitig (blau–braun)",
        }
    }

    /// The palette from its slug.
    pub fn parse(slug: &str) -> Option<Palette> {
        Palette::ALL.into_iter().find(|palette| palette.slug() == slug)
    }
}
