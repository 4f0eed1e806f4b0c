//! What a column holds, from its name.

use super::words;

/// What a column was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// A given name.
    FirstName,
    /// A further given name.
    SecondFirstName,
    /// A family name.
    Surname,
    /// A further part of the family name.
    SecondSurname,
    /// The family name at birth.
    BirthName,
    /// A whole name.
    FullName,
    /// A date of birth.
    Date,
    /// A year of birth.
    Year,
    /// A month of birth.
    Month,
    /// A day of birth.
    Day,
    /// Sex or gender.
    Sex,
    /// A street, with or without house number.
    Street,
    /// A house number.
    HouseNumber,
    /// A further part of the address.
    FurtherAddress,
    /// A postcode.
    Postcode,
    /// A town.
    Town,
    /// A federal state or county.
    State,
    /// A place of birth.
    Birthplace,
    /// A nationality.
    Nationality,
    /// A telephone number.
    Phone,
    /// A mail address.
    Email,
    /// A number given to one person for life, such as a tax number.
    Number,
    /// The given name of a parent.
    ParentFirstName,
    /// The register a record comes from.
    Source,
}

/// Names by role, as the words of the name joined; the first role whose list has the name counts.
const NAMES: [(Role, &[&str]); 23] = [
    (
        Role::SecondFirstName,
        &[
            "fnamec2",
            "zweitervorname",
            "vorname2",
            "weiterevornamen",
            "middlename",
            "secondname",
            "firstname2",
            "givenname2",
            "secondgivenname",
            "mittelname",
        ],
    ),
    (Role::SecondSurname, &["lnamec2", "nachname2", "surname2", "lastname2"]),
    (
        Role::FirstName,
        &[
            "vorname",
            "vornamen",
            "rufname",
            "vname",
            "firstname",
            "first",
            "givenname",
            "givennames",
            "given",
            "forename",
            "forenames",
            "fname",
            "fnamec1",
            "vorname1",
            "firstname1",
            "prenom",
            "namefirst",
            "vn",
            "firstnames",
        ],
    ),
    (Role::BirthName, &["geburtsname", "gebname", "birthname", "maidenname", "nameatbirth", "maedchenname"]),
    (
        Role::Surname,
        &[
            "nachname",
            "nachnamen",
            "familienname",
            "zuname",
            "nname",
            "famname",
            "surname",
            "lastname",
            "last",
            "lname",
            "lnamec1",
            "familyname",
            "sname",
            "namelast",
            "nn",
            "nachname1",
            "surname1",
            "lastname1",
            "ehename",
            "famn",
        ],
    ),
    (
        Role::FullName,
        &["name", "fullname", "vollername", "personname", "namekomplett", "kindname", "nameoriginal"],
    ),
    (
        Role::Date,
        &[
            "geburtsdatum",
            "gebdatum",
            "gebdat",
            "geburtsdat",
            "gebd",
            "geb",
            "dob",
            "dateofbirth",
            "birthdate",
            "birthday",
            "datebirth",
            "birth",
            "geburt",
            "gdat",
            "bdate",
            "datumgeburt",
        ],
    ),
    (
        Role::Year,
        &[
            "by",
            "birthyear",
            "yearofbirth",
            "yob",
            "geburtsjahr",
            "gebjahr",
            "dobyear",
            "jahrgang",
            "yearbirth",
            "dobyyyy",
        ],
    ),
    (
        Role::Month,
        &[
            "bm",
            "birthmonth",
            "monthofbirth",
            "mob",
            "geburtsmonat",
            "gebmonat",
            "dobmonth",
            "monthbirth",
            "dobmm",
        ],
    ),
    (
        Role::Day,
        &["bd", "birthdaynumber", "dayofbirth", "geburtstag", "gebtag", "dobday", "daybirth", "dobdd"],
    ),
    (Role::Sex, &["sex", "gender", "geschlecht", "geschl", "gesch", "sx"]),
    (
        Role::HouseNumber,
        &[
            "hausnummer",
            "hausnr",
            "hnr",
            "hsnr",
            "housenumber",
            "streetnumber",
            "streetno",
            "houseno",
            "nummer",
            "strnr",
            "housenum",
            "streetnum",
            "hausnrzusatz",
        ],
    ),
    (
        Role::Street,
        &[
            "strasse",
            "str",
            "strassenname",
            "strassehausnummer",
            "strassehausnr",
            "strassenr",
            "street",
            "streetname",
            "streetaddress",
            "address",
            "address1",
            "addressline1",
            "adresse",
            "anschrift",
            "wohnstrasse",
            "addr",
            "addr1",
            "wohnadresse",
            "adresse1",
        ],
    ),
    (
        Role::FurtherAddress,
        &["address2", "addressline2", "addr2", "ortsteil", "stadtteil", "district", "adresse2", "locality2"],
    ),
    (
        Role::Postcode,
        &[
            "plz",
            "postleitzahl",
            "postcode",
            "postalcode",
            "zip",
            "zipcode",
            "postcodefake",
            "wohnplz",
            "pcode",
        ],
    ),
    (
        Role::Town,
        &[
            "ort",
            "wohnort",
            "stadt",
            "gemeinde",
            "city",
            "town",
            "suburb",
            "municipality",
            "locality",
            "wohngemeinde",
            "place",
        ],
    ),
    (Role::State, &["state", "bundesland", "land", "region", "county", "province", "kreis"]),
    (
        Role::Birthplace,
        &[
            "geburtsort",
            "gebort",
            "birthplace",
            "placeofbirth",
            "birthcity",
            "cityofbirth",
            "geburtsland",
            "birthcountry",
            "townofbirth",
        ],
    ),
    (
        Role::Nationality,
        &[
            "staatsangehoerigkeit",
            "nationalitaet",
            "nationality",
            "citizenship",
            "staat",
            "stang",
            "occupation",
        ],
    ),
    (
        Role::Phone,
        &["telefon", "telefonnummer", "tel", "phone", "phonenumber", "mobil", "handy", "mobile", "telephone"],
    ),
    (Role::Email, &["email", "mail", "emailadresse", "emailaddress"]),
    (
        Role::Number,
        &[
            "socsecid",
            "ssn",
            "socialsecuritynumber",
            "nationalid",
            "steuerid",
            "steueridnr",
            "idnr",
            "identifikationsnummer",
            "versichertennummer",
            "kvnr",
            "krankenversichertennummer",
            "sozialversicherungsnummer",
            "svnr",
            "nhsnumber",
            "rentenversicherungsnummer",
            "passnummer",
            "passport",
        ],
    ),
    (
        Role::Source,
        &[
            "source",
            "quelle",
            "register",
            "datenquelle",
            "herkunft",
            "sourcesystem",
            "sourcedataset",
            "system",
            "dataset",
            "dienst",
            "fachverfahren",
            "datensatzquelle",
            "src",
            "amt",
        ],
    ),
];

/// Words that mark a column of somebody else.
const PARENTS: [&str; 12] = [
    "mutter",
    "vater",
    "eltern",
    "mother",
    "father",
    "parent",
    "sorgeberechtigte",
    "sorgeberechtigter",
    "mum",
    "dad",
    "guardian",
    "elternteil",
];

/// Words around a name that do not change what it is.
const AROUND: [&str; 22] = [
    "kind",
    "kindes",
    "des",
    "der",
    "child",
    "person",
    "patient",
    "pat",
    "schueler",
    "student",
    "pupil",
    "klient",
    "client",
    "aktuell",
    "aktuelle",
    "current",
    "bereinigt",
    "orig",
    "raw",
    "ds",
    "std",
    "versicherter",
];

/// Long words that are found inside others.
const INSIDE: [(&str, Role); 16] = [
    ("vorname", Role::FirstName),
    ("firstname", Role::FirstName),
    ("givenname", Role::FirstName),
    ("nachname", Role::Surname),
    ("familienname", Role::Surname),
    ("surname", Role::Surname),
    ("lastname", Role::Surname),
    ("geburtsdatum", Role::Date),
    ("dateofbirth", Role::Date),
    ("birthdate", Role::Date),
    ("geburtsort", Role::Birthplace),
    ("birthplace", Role::Birthplace),
    ("hausnummer", Role::HouseNumber),
    ("geschlecht", Role::Sex),
    ("postleitzahl", Role::Postcode),
    ("strasse", Role::Street),
];

fn exact(name: &str) -> Option<Role> {
    NAMES.iter().find(|(_, names)| names.contains(&name)).map(|(role, _)| *role)
}

/// What a column of this name holds; `None` for keys and what is not known.
pub(super) fn role(name: &str) -> Option<Role> {
    let words = words(name);
    let joined = words.concat();
    if words.iter().any(|word| PARENTS.contains(&word.as_str())) {
        let other = |word: &&String| !PARENTS.contains(&word.as_str()) && !AROUND.contains(&word.as_str());
        let rest: String = words.iter().filter(other).cloned().collect();
        return exact(&rest).filter(|role| *role == Role::FirstName).map(|_| Role::ParentFirstName);
    }
    if let Some(role) = exact(&joined) {
        return Some(role);
    }
    let kept: String = words.iter().filter(|word| !AROUND.contains(&word.as_str())).cloned().collect();
    if let Some(role) = exact(&kept) {
        return Some(role);
    }
    // A key is not compared, whatever else its name says.
    if words
        .iter()
        .any(|word| ["id", "key", "uuid", "guid", "nr", "index", "cluster"].contains(&word.as_str()))
    {
        return None;
    }
    INSIDE.iter().find(|(word, _)| joined.contains(word)).map(|(_, role)| *role)
}

#[cfg(test)]
mod tests {
    use super::{Role, role};

    #[test]
    fn german_and_english_names_are_known() {
        for (name, wanted) in [
            ("vorname", Some(Role::FirstName)),
            ("Kind_Vorname", Some(Role::FirstName)),
            ("given_name", Some(Role::FirstName)),
            ("fname_c1", Some(Role::FirstName)),
            ("fname_c2", Some(Role::SecondFirstName)),
            ("Nachname", Some(Role::Surname)),
            ("lname_c1", Some(Role::Surname)),
            ("surname", Some(Role::Surname)),
            ("Geburtsdatum", Some(Role::Date)),
            ("date_of_birth", Some(Role::Date)),
            ("dateOfBirth", Some(Role::Date)),
            ("by", Some(Role::Year)),
            ("bm", Some(Role::Month)),
            ("bd", Some(Role::Day)),
            ("Straße", Some(Role::Street)),
            ("Straße, Hausnummer", Some(Role::Street)),
            ("address_1", Some(Role::Street)),
            ("street_number", Some(Role::HouseNumber)),
            ("PLZ", Some(Role::Postcode)),
            ("Quelle", Some(Role::Source)),
            ("Geburtsort", Some(Role::Birthplace)),
            ("soc_sec_id", Some(Role::Number)),
            ("Vorname der Mutter", Some(Role::ParentFirstName)),
            ("rec_id", None),
            ("person_id", None),
            ("id", None),
            ("cluster", None),
            ("bemerkung", None),
        ] {
            assert_eq!(role(name), wanted, "{name}");
        }
    }
}
