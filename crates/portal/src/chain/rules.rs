//! How the chain is counted: `data/portal/kette.toml`, or a file of that name in the folder of the portal.

use kekiz_base::{IndicatorId, LifePhase};
use kekiz_offers::phase_from_slug;
use kekiz_planning::coverage::{Ages, Thresholds};
use serde::Deserialize;

/// Rules of the chain.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    version: u32,
    /// Key of the place the page begins with.
    #[serde(default)]
    pub start: String,
    gap_below: f64,
    overlap_above: f64,
    /// Age bands, in the order in which they count.
    pub children: Vec<Band>,
    /// Shares of the children with need.
    pub need: Vec<Need>,
    /// What offers of a kind give.
    #[serde(default)]
    pub supply: Vec<KindSupply>,
}

/// Children of an age band: a count, or a share in per cent of a count.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Completed months, both included.
    pub ages: (u16, u16),
    /// Indicator that counts the children.
    pub count: Option<IndicatorId>,
    /// Indicator that gives their share in per cent …
    pub share: Option<IndicatorId>,
    /// … of this count.
    pub of: Option<IndicatorId>,
}

impl Band {
    /// The ages.
    pub fn ages(&self) -> Ages {
        Ages { from: self.ages.0, to: self.ages.1 }
    }
}

/// Which share of the children of a phase needs offers of a field.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// Action field.
    pub field: String,
    /// Life phases.
    pub phases: Vec<String>,
    /// Places inside which offers of the field are recorded; empty for everywhere.
    #[serde(default)]
    pub areas: Vec<kekiz_base::AreaKey>,
    /// Share with its interval, between 0 and 1.
    pub share: Option<[f64; 3]>,
    /// Indicator in per cent, of the area or the nearest above it.
    pub indicator: Option<IndicatorId>,
    /// Where the share comes from.
    #[serde(default)]
    pub source: String,
}

impl Need {
    /// The phases.
    pub fn phases(&self) -> impl Iterator<Item = LifePhase> {
        self.phases.iter().filter_map(|slug| phase_from_slug(slug))
    }
}

/// Whom offers of a kind serve while they name no catchment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Around {
    /// The area they lie in.
    Gebiet,
    /// The whole place.
    Ort,
}

/// What offers of a kind give while they say nothing themselves.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindSupply {
    /// Kind, as the offer is called by its second name.
    pub kind: String,
    /// Places.
    pub places: Option<f64>,
    /// Catchment.
    pub catchment: Around,
    /// Where the places come from.
    #[serde(default)]
    pub source: String,
}

impl Rules {
    /// Reads rules; the error says what is wrong in German.
    pub fn read(text: &str) -> Result<Self, String> {
        let rules: Self = toml::from_str(text).map_err(|error| error.message().to_string())?;
        if rules.version != 1 {
            return Err(format!("Fassung {} kennt dieses Programm nicht", rules.version));
        }
        for band in &rules.children {
            let told =
                band.count.is_some() != band.share.is_some() && band.share.is_some() == band.of.is_some();
            if !told || band.ages.0 > band.ages.1 {
                return Err(format!(
                    "die Altersgruppe {:?} braucht „count“ oder „share“ mit „of“, und das kleinere Alter zuerst",
                    band.ages
                ));
            }
        }
        for need in &rules.need {
            if let Some(bad) = need.phases.iter().find(|slug| phase_from_slug(slug).is_none()) {
                return Err(format!("die Lebensphase „{bad}“ gibt es nicht"));
            }
            let share = need.share.is_none_or(|[value, lower, upper]| {
                (0.0..=1.0).contains(&lower) && lower <= value && value <= upper && upper <= 1.0
            });
            if !share || need.share.is_some() == need.indicator.is_some() {
                return Err(format!(
                    "der Bedarf „{}“ braucht entweder „share“ (Wert, untere, obere Grenze zwischen 0 und 1) oder „indicator“",
                    need.field
                ));
            }
        }
        if rules.supply.iter().any(|one| one.places.is_some_and(|places| !places.is_finite() || places < 0.0))
        {
            return Err("Plätze müssen 0 oder mehr sein".into());
        }
        let (low, high) = (rules.gap_below, rules.overlap_above);
        if !(low > 0.0 && low <= high && high.is_finite()) {
            return Err("„gap_below“ muss über 0 und nicht über „overlap_above“ liegen".into());
        }
        Ok(rules)
    }

    /// The rules the program carries.
    pub fn shipped() -> Result<Self, String> {
        Self::read(include_str!("../../../../data/portal/kette.toml"))
    }

    /// Where classes begin.
    pub fn thresholds(&self) -> Thresholds {
        Thresholds { gap_below: self.gap_below, overlap_above: self.overlap_above }
    }

    /// What offers of a kind give.
    pub fn kind(&self, name: &str) -> Option<&KindSupply> {
        self.supply.iter().find(|one| one.kind == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_rules_fit_lists_and_kinds() {
        let rules = Rules::shipped().unwrap();
        let lists = crate::Lists::shipped().unwrap();
        for need in &rules.need {
            assert!(lists.terms.list("action_field").unwrap().get(&need.field).is_some(), "{}", need.field);
        }
        let kinds = include_str!("../../../../data/portal/einrichtungsarten.toml");
        for one in &rules.supply {
            assert!(kinds.contains(&format!("name = \"{}\"", one.kind)), "{}", one.kind);
        }
    }

    #[test]
    fn broken_rules_are_refused_with_the_place() {
        let good = "version = 1\ngap_below = 0.5\noverlap_above = 1.2\n";
        let bad_need = |tail: &str| format!("{good}children = []\n[[need]]\nfield = \"x\"\n{tail}");
        for (text, part) in [
            (String::new(), "missing"),
            (format!("{good}children = []\nneed = []\nfoo = 1"), "foo"),
            (good.replace('1', "7") + "children = []\nneed = []", "Fassung 7"),
            (format!("{good}need = []\n[[children]]\nages = [9, 3]\ncount = \"a\""), "(9, 3)"),
            (format!("{good}need = []\n[[children]]\nages = [0, 3]\nshare = \"a\""), "(0, 3)"),
            (bad_need("phases = [\"mond\"]\nshare = [1.0, 1.0, 1.0]"), "mond"),
            (bad_need("phases = [\"kita\"]\nshare = [0.5, 0.6, 0.7]"), "„x“"),
            (bad_need("phases = [\"kita\"]"), "„x“"),
        ] {
            let error = Rules::read(&text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
