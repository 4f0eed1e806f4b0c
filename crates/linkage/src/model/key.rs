//! Parts of a blocking key, written as `surname:spelling`, `dob:year`, `street:prefix4`, `swap(first_name, surname)`.

use super::Model;
use crate::text::{koelner_phonetik, spelling, street_name};

/// What is taken of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// Spelling key.
    Spelling,
    /// Kölner Phonetik.
    Sound,
    /// First word.
    First,
    /// Last word.
    Last,
    /// First letters.
    Prefix(u8),
    /// Words in alphabetical order.
    Sorted,
    /// Street without house number.
    StreetName,
    /// Year of a date.
    Year,
    /// Month and day of a date.
    MonthDay,
    /// Year and, in any order, day and month.
    AnyDayMonth,
}

/// A part of a blocking key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum KeyPart {
    /// A column in forms applied one after the other.
    Column(usize, Vec<Form>),
    /// Two columns in either order.
    Swap(usize, Vec<Form>, usize, Vec<Form>),
}

/// A key that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseKeyError {
    /// No such column.
    #[error("Die Spalte „{0}“ steht nicht unter [[column]].")]
    Column(String),
    /// No such form.
    #[error(
        "„{0}“ ist keine Form; möglich sind spelling, sound, first, last, sorted, prefix1 bis prefix9, street_name, year, month_day, any_day_month."
    )]
    Form(String),
    /// swap without two columns.
    #[error("swap braucht zwei Spalten: swap(vorname, nachname).")]
    Swap,
}

impl Form {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "spelling" => Form::Spelling,
            "sound" => Form::Sound,
            "first" => Form::First,
            "last" => Form::Last,
            "sorted" => Form::Sorted,
            "street_name" => Form::StreetName,
            "year" => Form::Year,
            "month_day" => Form::MonthDay,
            "any_day_month" => Form::AnyDayMonth,
            _ => match text.strip_prefix("prefix")?.parse() {
                Ok(letters @ 1..=9) => Form::Prefix(letters),
                _ => return None,
            },
        })
    }

    fn text(self) -> String {
        match self {
            Form::Spelling => "spelling".into(),
            Form::Sound => "sound".into(),
            Form::First => "first".into(),
            Form::Last => "last".into(),
            Form::Sorted => "sorted".into(),
            Form::Prefix(letters) => format!("prefix{letters}"),
            Form::StreetName => "street_name".into(),
            Form::Year => "year".into(),
            Form::MonthDay => "month_day".into(),
            Form::AnyDayMonth => "any_day_month".into(),
        }
    }

    /// The form of a normalised value (dates as eight digits).
    pub(crate) fn of(self, value: &str) -> String {
        match self {
            Form::Spelling => spelling(value),
            Form::Sound => koelner_phonetik(value),
            Form::First => value.split(' ').next().unwrap_or_default().to_string(),
            Form::Last => value.rsplit(' ').next().unwrap_or_default().to_string(),
            Form::Prefix(letters) => value.chars().take(usize::from(letters)).collect(),
            Form::Sorted => {
                let mut words: Vec<&str> = value.split(' ').collect();
                words.sort_unstable();
                words.join(" ")
            }
            Form::StreetName => street_name(value).to_string(),
            Form::Year => value.get(..4).unwrap_or(value).to_string(),
            Form::MonthDay => value.get(4..).unwrap_or_default().to_string(),
            Form::AnyDayMonth => match (value.get(..4), value.get(4..6), value.get(6..)) {
                (Some(year), Some(month), Some(day)) => {
                    format!("{year}{}{}", month.min(day), month.max(day))
                }
                _ => value.to_string(),
            },
        }
    }
}

fn column(text: &str, model: &Model) -> Result<(usize, Vec<Form>), ParseKeyError> {
    let mut parts = text.split(':').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let place = model.column_named(name).ok_or_else(|| ParseKeyError::Column(name.to_string()))?;
    let forms = parts.map(|part| Form::parse(part).ok_or_else(|| ParseKeyError::Form(part.to_string())));
    Ok((place, forms.collect::<Result<_, _>>()?))
}

impl KeyPart {
    /// Reads a part of a key.
    ///
    /// # Errors
    /// A column or form that is not known.
    pub fn parse(text: &str, model: &Model) -> Result<Self, ParseKeyError> {
        let inner = text.trim().strip_prefix("swap(").map(|rest| rest.strip_suffix(')'));
        let Some(inner) = inner else {
            let (place, forms) = column(text, model)?;
            return Ok(KeyPart::Column(place, forms));
        };
        let (left, right) = inner.and_then(|inner| inner.split_once(',')).ok_or(ParseKeyError::Swap)?;
        let (a, forms_a) = column(left.trim(), model)?;
        let (b, forms_b) = column(right.trim(), model)?;
        Ok(KeyPart::Swap(a, forms_a, b, forms_b))
    }

    /// As it is written in a model.
    pub fn text(&self, model: &Model) -> String {
        let one = |place: usize, forms: &[Form]| {
            let mut text = model.column[place].name.clone();
            for form in forms {
                text.push(':');
                text.push_str(&form.text());
            }
            text
        };
        match self {
            KeyPart::Column(place, forms) => one(*place, forms),
            KeyPart::Swap(a, forms_a, b, forms_b) => {
                format!("swap({}, {})", one(*a, forms_a), one(*b, forms_b))
            }
        }
    }
}
