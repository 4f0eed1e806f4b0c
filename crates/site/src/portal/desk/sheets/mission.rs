//! The forms of the Leitbild: guiding sentences, goals with their targets, decisions of the council.

use super::lists::Lists;
use super::{Answer, Sheet, choices, coded, day, group};
use crate::ask::Ask;
use crate::portal::desk::fields::{Field, Group, line, many, number, one, text};
use kekiz_base::number::german;
use kekiz_portal::planning::goals::Step;
use kekiz_portal::store::leitbild::{CouncilDecision, Goal, GuidingSentence, Target};

const LIST: (&str, &str) = ("/koordination/leitbild", "Leitbild");

impl Sheet for GuidingSentence {
    const WORD: &'static str = "leitsatz";
    const ONE: &'static str = "Leitsatz";
    const LIST: (&'static str, &'static str) = LIST;

    fn title(&self, _: &Lists) -> String {
        self.text.clone()
    }

    fn fields(&self, _: &Lists) -> Vec<Group> {
        vec![group(
            "",
            vec![
                text("satz", "Leitsatz", "Ein Satz, den alle verstehen: Wie soll es sein?", &self.text),
                text("erlaeuterung", "Was damit gemeint ist", "", &self.explanation),
                place(self.position),
            ],
        )]
    }

    fn write(&mut self, answer: &Answer<'_>) -> Result<(), String> {
        match answer.field {
            "satz" => self.text = answer.text.into(),
            "erlaeuterung" => self.explanation = answer.text.into(),
            _ => self.position = answer.number()?.map_or(0, i64::from),
        }
        Ok(())
    }
}

/// Where an entry stands in its list.
pub(super) fn place(position: i64) -> Field {
    number("platz", "Platz in der Liste", "1 steht oben.", u32::try_from(position).ok().filter(|at| *at > 0))
}

impl Sheet for Goal {
    const WORD: &'static str = "ziel";
    const ONE: &'static str = "Ziel";
    const LIST: (&'static str, &'static str) = LIST;

    fn title(&self, _: &Lists) -> String {
        self.title.clone()
    }

    fn begin(id: &str, ask: &Ask) -> Option<Self> {
        let parent = ask.params.get("leitsatz").unwrap_or("").to_string();
        id.is_empty().then(|| Self { parent, draft: true, ..Self::default() })
    }

    fn fields(&self, lists: &Lists) -> Vec<Group> {
        let steps: Vec<(String, String)> = (1..=7)
            .filter_map(|number| {
                Some((number.to_string(), format!("{number}. {}", Step::new(number)?.name())))
            })
            .collect();
        let shown = [("ja".to_string(), "Ziel öffentlich zeigen".to_string())];
        let mut groups = vec![
            group(
                "Das Ziel",
                vec![
                    text("titel", "Ziel", "Ein Satz: Was soll bis wann wie anders sein?", &self.title),
                    one(
                        "leitsatz",
                        "Dient dem Leitsatz",
                        "",
                        choices(&lists.sentences, |code| code == self.parent),
                    ),
                    line("fuer_wen", "Für wen", "", self.audience.as_str()),
                    one(
                        "stufe",
                        "Stufe der Wirkungstreppe",
                        "",
                        choices(&steps, |code| code == self.effect_step.to_string()),
                    ),
                    day("bis", "Erreicht bis", "", self.due_on),
                    line(
                        "zustaendig",
                        "Zuständig",
                        "Ein Amt oder eine Stelle, keine Person.",
                        self.responsible.as_str(),
                    ),
                    many("oeffentlich", "Sichtbarkeit", "", choices(&shown, |_| !self.draft)),
                    place(self.position),
                ],
            ),
            group(
                "Was dahintersteht",
                vec![
                    text(
                        "geschichte",
                        "Die Geschichte hinter der Kurve",
                        "Warum ist es so, wie es ist?",
                        &self.story,
                    ),
                    text("massnahmen", "Was getan wird", "", &self.measures),
                    many(
                        "beschluesse",
                        "Beschlüsse des Rates",
                        "",
                        choices(&lists.decisions, |code| {
                            self.council_decisions.iter().any(|one| one == code)
                        }),
                    ),
                ],
            ),
        ];
        // One empty target more than there are, so that one can be added each time.
        for at in 0..=self.targets.len() {
            groups.push(target(at, self.targets.get(at), lists));
        }
        groups
    }

    fn write(&mut self, answer: &Answer<'_>) -> Result<(), String> {
        match answer.field {
            "titel" => self.title = answer.text.into(),
            "leitsatz" => self.parent = answer.text.into(),
            "fuer_wen" => self.audience = answer.text.into(),
            "stufe" => self.effect_step = answer.text.parse().unwrap_or(0),
            "bis" => self.due_on = answer.day()?,
            "zustaendig" => self.responsible = answer.text.into(),
            "oeffentlich" => self.draft = answer.chosen.is_empty(),
            "platz" => self.position = answer.number()?.map_or(0, i64::from),
            "geschichte" => self.story = answer.text.into(),
            "massnahmen" => self.measures = answer.text.into(),
            "beschluesse" => self.council_decisions = answer.owned(),
            other => {
                let (at, part) =
                    other.strip_prefix("mass_").and_then(|rest| rest.split_once('_')).unwrap_or(("", ""));
                return write_target(&mut self.targets, at.parse().unwrap_or(0), part, answer);
            }
        }
        Ok(())
    }

    fn finish(&mut self) {
        self.targets.retain(|one| !one.indicator.is_empty());
    }
}

const DIRECTIONS: [(&str, &str); 2] = [("mehr", "höher ist besser"), ("weniger", "niedriger ist besser")];

/// The fields of one target. Taking the indicator out takes the target away.
fn target(at: usize, found: Option<&Target>, lists: &Lists) -> Group {
    let name = |part: &str| format!("mass_{at}_{part}");
    let directions = coded(&DIRECTIONS);
    let year =
        |number: Option<i16>| number.and_then(|year| u32::try_from(year).ok()).filter(|year| *year > 0);
    let is = |code: &str| found.is_some_and(|one| (code == "mehr") == one.higher_is_better);
    let value = found.filter(|one| !one.value.is_nan()).map_or(String::new(), |one| plain(one.value));
    let title = match found {
        Some(_) => format!("Gemessen an: {}. Kennzahl", at + 1),
        None => "Gemessen an: weitere Kennzahl".into(),
    };
    let fields = vec![
        one(
            &name("kennzahl"),
            "Kennzahl aus dem Atlas",
            "",
            choices(&lists.indicators, |code| found.is_some_and(|one| one.indicator == code)),
        ),
        one(
            &name("gebiet"),
            "Gebiet",
            "",
            choices(&lists.areas, |code| found.is_some_and(|one| one.area == code)),
        ),
        number(&name("von"), "Ausgangsjahr", "", year(found.map(|one| one.from_year))),
        number(&name("jahr"), "Zieljahr", "", year(found.map(|one| one.year))),
        line(&name("wert"), "Zielwert", "Eine Zahl in der Einheit der Kennzahl, zum Beispiel 12,5.", value),
        one(&name("richtung"), "Richtung", "", choices(&directions, is)),
    ];
    group(&title, fields)
}

/// A number as it is typed: no group marks, no zeros at the end.
fn plain(value: f64) -> String {
    let text = german(value, 4).replace(['.', '\u{a0}', '\u{202f}'], "");
    let text = text.trim_end_matches('0').trim_end_matches(',');
    text.replace('−', "-")
}

fn write_target(targets: &mut Vec<Target>, at: usize, part: &str, answer: &Answer<'_>) -> Result<(), String> {
    if part == "kennzahl" && answer.text.is_empty() {
        // Taken out at the end, so that the others keep their numbers meanwhile.
        if let Some(target) = targets.get_mut(at) {
            target.indicator.clear();
        }
        return Ok(());
    }
    if at >= targets.len() {
        if part != "kennzahl" {
            return Err("Bitte zuerst die Kennzahl wählen, an der gemessen wird.".into());
        }
        let empty = String::new();
        targets.push(Target {
            indicator: empty.clone(),
            area: empty,
            from_year: 0,
            value: f64::NAN,
            year: 0,
            higher_is_better: false,
        });
    }
    let last = targets.len().saturating_sub(1);
    let Some(target) = targets.get_mut(at.min(last)) else { return Ok(()) };
    let year = || match answer.number()? {
        None => Ok(0),
        Some(year @ 1900..=2200) => i16::try_from(year).map_err(|_| String::new()),
        Some(_) => Err("Bitte ein Jahr mit vier Ziffern eintragen.".to_string()),
    };
    match part {
        "kennzahl" => target.indicator = answer.text.into(),
        "gebiet" => target.area = answer.text.into(),
        "von" => target.from_year = year()?,
        "jahr" => target.year = year()?,
        "wert" => {
            let number = answer.text.replace('.', "").replace(',', ".").parse::<f64>().ok();
            target.value = number
                .filter(|number| number.is_finite())
                .ok_or("Der Zielwert ist keine Zahl. Bitte eine Zahl eintragen, zum Beispiel 12,5.")?;
        }
        _ => target.higher_is_better = answer.text == "mehr",
    }
    Ok(())
}

impl Sheet for CouncilDecision {
    const WORD: &'static str = "ratsbeschluss";
    const ONE: &'static str = "Ratsbeschluss";
    const LIST: (&'static str, &'static str) = LIST;

    fn title(&self, _: &Lists) -> String {
        self.title.clone()
    }

    fn fields(&self, _: &Lists) -> Vec<Group> {
        vec![group(
            "",
            vec![
                line("titel", "Titel", "", self.title.as_str()),
                line("vorlage", "Nummer der Vorlage", "", self.reference.as_str()),
                line("gremium", "Gremium", "Zum Beispiel: Rat, Jugendhilfeausschuss.", self.body.as_str()),
                day("tag", "Beschlossen am", "", self.decided_on),
                line("adresse", "Nachzulesen unter", "Zum Beispiel: www.stadt.de/vorlage", self.url.as_str()),
                text("wortlaut", "Wortlaut", "", &self.wording),
            ],
        )]
    }

    fn write(&mut self, answer: &Answer<'_>) -> Result<(), String> {
        match answer.field {
            "titel" => self.title = answer.text.into(),
            "vorlage" => self.reference = answer.text.into(),
            "gremium" => self.body = answer.text.into(),
            "tag" => self.decided_on = answer.day()?,
            "adresse" => self.url = answer.text.into(),
            _ => self.wording = answer.text.into(),
        }
        Ok(())
    }
}
