//! The parameters of a map page. Every choice stands in the address, so a link shows the same page again.

use crate::ask::Params;
use crate::pages::PageError;
use kekiz_atlas::palette::Palette;
use kekiz_atlas::view::{Method, ViewQuery};
use kekiz_base::{AreaKey, GroupId, IndicatorId, Period};

/// Parameters a map page knows, in the order its links have them.
pub(crate) const NAMES: [&str; 13] = [
    "ebene",
    "gebiet",
    "jahr",
    "gruppe",
    "ort",
    "methode",
    "klassen",
    "grenzen",
    "palette",
    "geglaettet",
    "einrichtungen",
    "sortierung",
    "mit",
];

/// How the table is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sort {
    #[default]
    Name,
    NameDown,
    Value,
    ValueDown,
    Place,
    PlaceDown,
}

impl Sort {
    const ALL: [(Sort, &str); 6] = [
        (Sort::Name, "name"),
        (Sort::NameDown, "name-absteigend"),
        (Sort::Value, "wert"),
        (Sort::ValueDown, "wert-absteigend"),
        (Sort::Place, "rang"),
        (Sort::PlaceDown, "rang-absteigend"),
    ];

    /// The value of the parameter `sortierung`.
    pub(crate) fn slug(self) -> &'static str {
        Sort::ALL.iter().find(|(sort, _)| *sort == self).map_or("name", |(_, slug)| slug)
    }
}

/// The question of a map page.
#[derive(Clone, Debug)]
pub(crate) struct AtlasAsk {
    pub(crate) view: ViewQuery,
    /// The place the reader looks at.
    pub(crate) place: Option<AreaKey>,
    /// Layer of facilities to show.
    pub(crate) facilities: Option<String>,
    pub(crate) sort: Sort,
    /// The known parameters as given.
    pub(crate) params: Params,
}

impl AtlasAsk {
    /// Reads the parameters; a value that cannot be is refused with the possible ones.
    pub(crate) fn parse(id: &str, params: &Params) -> Result<Self, PageError> {
        let indicator = IndicatorId::new(id).ok_or_else(|| {
            PageError::NotFound(format!("Den Indikator „{}“ gibt es hier nicht.", shorten(id)))
        })?;
        let params = params.only(&NAMES);
        let mut view = ViewQuery::of(indicator);
        view.level = params.get("ebene").map(str::to_string);
        view.within = params.get("gebiet").map(AreaKey::new);
        view.group = params.get("gruppe").map(GroupId::new);
        if let Some(text) = params.get("jahr") {
            view.period = Some(text.parse::<Period>().map_err(|error| bad("jahr", error.to_string()))?);
        }
        let limits = params.get("grenzen").map(parse_limits).transpose()?.unwrap_or_default();
        if let Some(slug) = params.get("methode") {
            view.method = Method::parse(slug, &limits).ok_or_else(|| {
                let mut known: Vec<&str> = Method::automatic().iter().map(Method::slug).collect();
                known.push(Method::Own(Vec::new()).slug());
                unknown("methode", slug, &known)
            })?;
        } else if !limits.is_empty() {
            view.method = Method::Own(limits);
        }
        if let Some(text) = params.get("klassen") {
            view.classes =
                text.parse().ok().filter(|classes| (2..=9).contains(classes)).ok_or_else(|| {
                    bad(
                        "klassen",
                        format!(
                            "„{}“ ist keine mögliche Zahl von Klassen; möglich sind 2 bis 9.",
                            shorten(text)
                        ),
                    )
                })?;
        }
        if let Some(slug) = params.get("palette") {
            view.palette = Palette::from_slug(slug)
                .ok_or_else(|| unknown("palette", slug, &Palette::ALL.map(Palette::slug)))?;
        }
        view.smoothed = match params.get("geglaettet") {
            None | Some("nein") => false,
            Some("ja") => true,
            Some(other) => return Err(unknown("geglaettet", other, &["ja", "nein"])),
        };
        let sort = match params.get("sortierung") {
            None => Sort::default(),
            Some(slug) => Sort::ALL
                .iter()
                .find(|(_, known)| *known == slug)
                .map(|(sort, _)| *sort)
                .ok_or_else(|| unknown("sortierung", slug, &Sort::ALL.map(|(_, known)| known)))?,
        };
        Ok(Self {
            place: params.get("ort").map(AreaKey::new),
            facilities: params.get("einrichtungen").map(str::to_string),
            view,
            sort,
            params,
        })
    }

    /// The address of this page with one parameter changed.
    pub(crate) fn url_with(&self, name: &str, value: Option<&str>) -> String {
        self.params
            .with(name, value)
            .only(&NAMES)
            .url(&crate::words::indicator_url(self.view.indicator.as_str()))
    }
}

/// Inner class limits: numbers in German or English notation, parted by semicolons or blanks.
fn parse_limits(text: &str) -> Result<Vec<f64>, PageError> {
    let parts: Vec<&str> = text.split([';', ' ']).map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.len() > 8 {
        return Err(bad("grenzen", "Mehr als 8 Klassengrenzen sind nicht möglich.".into()));
    }
    let mut limits = Vec::new();
    for part in parts {
        let plain = part.replace('−', "-");
        let number = if plain.contains(',') { plain.replace('.', "").replace(',', ".") } else { plain };
        let number: f64 = number.parse().ok().filter(|number: &f64| number.is_finite()).ok_or_else(|| {
            bad(
                "grenzen",
                format!("„{}“ ist keine Zahl; erwartet wird zum Beispiel „10; 12,5; 20“.", shorten(part)),
            )
        })?;
        if limits.last().is_some_and(|last| *last >= number) {
            return Err(bad(
                "grenzen",
                "Die Klassengrenzen müssen aufsteigen, zum Beispiel „10; 12,5; 20“.".into(),
            ));
        }
        limits.push(number);
    }
    Ok(limits)
}

/// A parameter whose value does not fit.
pub(crate) fn bad(name: &str, message: String) -> PageError {
    PageError::BadParameter(format!("Angabe „{name}“: {message}"))
}

/// A value that is none of the possible ones.
pub(crate) fn unknown(name: &str, found: &str, possible: &[&str]) -> PageError {
    bad(name, format!("„{}“ gibt es nicht. Möglich: {}.", shorten(found), possible.join(", ")))
}

/// At most 60 characters of what a reader sent, for messages.
pub(crate) fn shorten(text: &str) -> String {
    if text.chars().count() <= 60 {
        text.to_string()
    } else {
        format!("{} …", text.chars().take(60).collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: Result<(), &str>) {
        let found = AtlasAsk::parse("kinderarmut", &Params::parse(query));
        match (found, expected) {
            (Ok(_), Ok(())) => {}
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{query}: {error}"),
            (found, _) => panic!("{query}: {:?}", found.map(|ask| ask.params)),
        }
    }

    #[test]
    fn parameters_are_read_or_explained() {
        for (query, expected) in [
            ("", Ok(())),
            ("jahr=2021&ebene=kreis&klassen=7&palette=violett-gruen&geglaettet=ja&sortierung=rang", Ok(())),
            ("jahr=2024/25", Ok(())),
            ("methode=eigene&grenzen=10;12,5;1.000,5", Ok(())),
            ("grenzen=1 2 3", Ok(())),
            ("jahr=gestern", Err("kein Zeitraum")),
            ("klassen=1", Err("2 bis 9")),
            ("klassen=-3", Err("2 bis 9")),
            ("methode=zufall", Err("natuerlich")),
            ("palette=bunt", Err("blau-orange")),
            ("geglaettet=vielleicht", Err("ja, nein")),
            ("sortierung=x", Err("rang-absteigend")),
            ("grenzen=1;NaN", Err("keine Zahl")),
            ("grenzen=3;2", Err("aufsteigen")),
            ("grenzen=1;2;3;4;5;6;7;8;9", Err("Mehr als 8")),
        ] {
            check(query, expected);
        }
    }
}
