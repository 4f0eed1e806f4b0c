//! Two files that share few persons among many namesakes: who merely has the same name is not linked.
#![allow(clippy::unwrap_used)]

use kekiz_linkage::{Cardinality, Records, Search, TextColumnBuilder, link, stable_hash, suggest};
use std::collections::BTreeSet;

/// Family and given names of one origin, the frequent ones first: they go together, so a common pair is more common
/// than both names suggest.
const NAMES: [([&str; 6], [&str; 6]); 4] = [
    (
        ["Müller", "Schmidt", "Weber", "Becker", "Koch", "Vogel"],
        ["Lukas", "Marie", "Paul", "Emma", "Finn", "Lea"],
    ),
    (
        ["Yılmaz", "Kaya", "Demir", "Şahin", "Aydın", "Özkan"],
        ["Elif", "Mustafa", "Zeynep", "Emir", "Asya", "Yusuf"],
    ),
    (
        ["Nowak", "Kowalski", "Wiśniewski", "Zieliński", "Mazur", "Duda"],
        ["Kacper", "Zuzanna", "Jakub", "Maja", "Szymon", "Oliwia"],
    ),
    (
        ["Hassan", "Nasser", "Khalil", "Saleh", "Haddad", "Amin"],
        ["Said", "Amira", "Omar", "Layla", "Karim", "Noor"],
    ),
];

fn draw(what: &str, number: usize, below: u64) -> usize {
    (stable_hash(&format!("{what} {number}")) % below) as usize
}

/// The first of six comes three times as often as the last.
fn skewed(what: &str, number: usize) -> usize {
    [0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 5][draw(what, number, 12)]
}

/// A person as a file writes it: given name, family name, date of birth, street, postcode. `file` 1 has a tenth of the
/// dates mistyped and two fifths of the addresses from before a move.
fn record(person: usize, file: usize) -> [String; 5] {
    let (family, given) = NAMES[draw("origin", person, 4)];
    let wrong = file == 1 && draw("wrong", person, 10) == 0;
    let moved = file == 1 && draw("moved", person, 5) < 2;
    let day = 1 + draw("day", person, 28);
    let home = if moved { person + 1_000_000 } else { person };
    [
        format!("{}{}", given[skewed("given", person)], ["", "a", "o", "i"][draw("end", person, 4)]),
        format!(
            "{}{}",
            family[skewed("family", person)],
            ["", "mann", "er", "sen", "ow"][draw("tail", person, 5)]
        ),
        format!(
            "{}-{:02}-{:02}",
            2007 + draw("year", person, 17),
            1 + draw("month", person, 12),
            if wrong { day % 28 + 1 } else { day }
        ),
        format!("Straße {} {}", draw("street", home, 90), 1 + draw("number", home, 60)),
        format!("4540{}", draw("postcode", home, 8)),
    ]
}

#[test]
fn namesakes_are_not_linked_where_files_share_few_persons() {
    const SIZE: usize = 4_000;
    const SHARED: usize = 200;
    let persons: [Vec<usize>; 2] = [(0..SIZE).collect(), (SIZE - SHARED..2 * SIZE - SHARED).collect()];
    let mut builders: Vec<TextColumnBuilder> = ["vorname", "nachname", "geburtsdatum", "strasse", "plz"]
        .map(TextColumnBuilder::new)
        .into_iter()
        .collect();
    for (file, persons) in persons.iter().enumerate() {
        for person in persons {
            builders
                .iter_mut()
                .zip(record(*person, file))
                .for_each(|(builder, text)| builder.push(Some(&text)));
        }
    }
    let columns: Vec<_> = builders.into_iter().map(TextColumnBuilder::finish).collect();
    let records = Records { columns, files: vec![SIZE, SIZE], keys: Vec::new() };
    let model = suggest(&records).unwrap().model;
    let linked = link(&model, records, Search::Link, 1).unwrap();
    let links = linked.links(model.decision.match_probability, Cardinality::ManyToMany);
    let pairs: BTreeSet<(usize, usize)> = links
        .pairs
        .iter()
        .map(|pair| {
            let rows = [pair.left, pair.right].map(|record| linked.row(record));
            (rows[0].min(rows[1]), rows[0].max(rows[1]))
        })
        .collect();
    let person = |row: usize| if row < SIZE { persons[0][row] } else { persons[1][row - SIZE] };
    let right = pairs.iter().filter(|(left, right)| person(*left) == person(*right)).count();
    assert!(right >= SHARED * 9 / 10, "{right} of {SHARED} found");
    // Without bounds on what matches may disagree in, more than 9,000 are.
    assert!(pairs.len() - right <= SHARED / 2, "{} namesakes linked", pairs.len() - right);
    // As many matches as the smaller file has records, twice, is the most there can be.
    assert!(linked.estimate.parameters.matching * linked.estimate.all_pairs <= 2.0 * SIZE as f64);
}
