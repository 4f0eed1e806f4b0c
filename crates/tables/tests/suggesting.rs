//! Suggested mappings read the file they were made from, or say what the file is.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

use kekiz_base::{FigureBatch, FigureDictionaries, Severity};
use kekiz_tables::{FigureSink, SinkError, TableFile, parse_mapping, read, suggest};

#[derive(Default)]
struct Count(usize);

impl FigureSink for Count {
    fn append(&mut self, batch: &FigureBatch, _: &FigureDictionaries) -> Result<(), SinkError> {
        self.0 += batch.len();
        Ok(())
    }
}

/// Suggests, reads with the suggestion, and expects so many figures and these parts in the mapping.
fn check(name: &str, bytes: &[u8], parts: &[&str], figures: usize) {
    let file = TableFile::from_bytes(name, bytes.to_vec());
    let (toml, _) = suggest(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
    for part in parts {
        assert!(toml.contains(part), "{name}: {part} fehlt in\n{toml}");
    }
    let mapping = parse_mapping("v.toml", &toml).unwrap_or_else(|e| panic!("{e}\n{toml}"));
    let mut found = Count::default();
    let (_, said) = read(&file, &mapping, &mut found, &|_, _| {}).unwrap();
    assert!(said.iter().all(|d| d.severity != Severity::Error), "{name}\n{toml}\n{said:?}");
    assert_eq!(found.0, figures, "{name}\n{toml}\n{said:?}");
}

/// Expects a refusal that says these things.
fn refused(name: &str, bytes: &[u8], parts: &[&str]) {
    let error = suggest(&TableFile::from_bytes(name, bytes.to_vec())).unwrap_err().to_string();
    for part in parts.iter().chain(&["→"]) {
        assert!(error.contains(part), "{name}: „{part}“ fehlt in: {error}");
    }
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

type Cells<'a> = &'a [&'a [&'a str]];

fn workbook(sheets: &[(&str, Cells<'_>)]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).unwrap();
        for (row, cells) in rows.iter().enumerate() {
            for (column, text) in cells.iter().enumerate() {
                match text.parse::<f64>() {
                    Ok(number) => sheet.write(row as u32, column as u16, number).unwrap(),
                    Err(_) => sheet.write(row as u32, column as u16, *text).unwrap(),
                };
            }
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn tables_as_offices_write_them() {
    for (text, parts, figures) in [
        (
            "ags,name,jahr,indikator,wert\n05111,D,2021,arbeitslose,5\n05112,E,2021,arbeitslose,6\n",
            &["kind = \"ags5\"", "column = \"indikator\""][..],
            2,
        ),
        (
            "Bezirk;Jahr;Kinder;Alle\n1;2021;5;9\n2;2021;6;9\n",
            &["column = \"Bezirk\"", "variable = \"kinder\""],
            4,
        ),
        (
            "tab_id,jahr,raum_id,zahl\n005,2005,000,1\n005,2005,101,2\n",
            &["column = \"raum_id\"", "column = \"zahl\""],
            2,
        ),
        (
            "jahr,grund,real\n2001,2556,1352\n2002,2572,1413\n",
            &["fixed = \"gebiet\"", "column = \"jahr\""],
            4,
        ),
        ("Stadtteil;2021;2022\nNord;5;9\nSüd;6;9\n", &["pattern = \"{period}\"", "variable = \"t\""], 4),
        (
            "Nr.;Stadtteil;2021;;2022;\n;;Kinder;alle;Kinder;alle\n1;Nord;5;9;5;8\n2;Süd;6;9;7;9\n",
            &["header_rows = 2", "pattern = \"{period} | {variable}\""],
            8,
        ),
        // A row of units below the header.
        (
            "Stadtteil;Jahr;Einwohner;Quote\n;;Anzahl;%\nNord;2022;1200;3,4\nSüd;2022;1300;4,4\nWest;2022;900;1,0\n",
            &["header_rows = 2", "column = \"Einwohner | Anzahl\""],
            6,
        ),
        (
            "Stadtteil;Kinder 2021;Kinder 2022;Alle 2021;Alle 2022\nNord;1;2;10;20\nSüd;3;4;30;40\n",
            &["pattern = \"{variable} {period}\""],
            8,
        ),
        (
            "Stadtteil;Jahr;Wert;Wert\nNord;2022;1;2\nSüd;2022;3;4\n",
            &["column = \"#3\"", "column = \"#4\""],
            4,
        ),
        (
            "Jahr;Geschlecht;Anzahl\n2021;m;5\n2021;w;6\n2022;m;5\n2022;w;6\n",
            &["fixed = \"gebiet\"", "column = \"Geschlecht\""],
            4,
        ),
        // Without the name of the child two rows would say the same.
        (
            "Stadtteil;Jahr;Träger;Plätze\nNord;2022;A;12\nNord;2022;B;13\nSüd;2022;A;14\n",
            &["[[group]]\ncolumn = \"Träger\""],
            3,
        ),
        ("Merkmal;Nord;Süd\nKinder;12;13\nAlle;100;110\n", &["pattern = \"{area}\""], 4),
        // Each period once: no column of numbers is a key, whatever its name.
        (
            "jahr,altstadt,industriegebiet\n2001,10,926\n2002,11,898\n2003,12,895\n",
            &["fixed = \"gebiet\"", "column = \"industriegebiet\""],
            6,
        ),
        // Since when an area exists is no period of its figures; codes with zeros in front are no figures.
        (
            "AGS;EWZ;WSK\n05111000;629047;1980-01-01\n05112000;502211;1975-01-01\n05113000;1;1975-01-01\n",
            &["fixed = \"2024\"", "column = \"EWZ\""],
            3,
        ),
        ("Stand: 31.12.2021\n\nBezirk;Kinder\n01;12\n02;13\n", &["fixed = \"2021\""], 2),
    ] {
        check("t.csv", text.as_bytes(), parts, figures);
    }
    let mut gap = String::from("Bezirk;Jahr;Kinder\n;2022;3\n");
    (1..=12).for_each(|bezirk| gap.push_str(&format!("{bezirk};2022;{}\n", bezirk * 7)));
    check("t.csv", gap.as_bytes(), &["# Ohne Schlüssel: 1 Zeile.", "\nwhen_empty = \"skip\""], 12);
    check("kinder_2019.csv", b"Bezirk;Kinder\n01;12\n02;13\n", &["fixed = \"2019\""], 2);
}

#[test]
fn encodings_containers_and_sheets() {
    let text = "Übersicht 2023\n\nStadtteil;Einwohner;Quote in %\nSüd;1.204;12,5\nMörsch;988;7,0\nInsgesamt;2.192;9,9\nQuelle: Stadt\n";
    check("t.csv", &latin1(text), &["fixed = \"2023\""], 4);
    check("t.csv", &utf16("Stadtteil;Jahr;Kinder\nSüd;2022;12\nNord;2022;13\n"), &["column = \"Kinder\""], 2);
    let rows: Cells<'_> =
        &[&["AGS", "Jahr", "Kinder"], &["5111000", "2022", "12"], &["5112000", "2022", "13"]];
    check("t.xlsx", &workbook(&[("Daten", rows)]), &["kind = \"ags8\""], 2);
    let book = workbook(&[("Deckblatt", &[&["Statistik der Stadt"]]), ("Daten", rows)]);
    check("t.xlsx", &book, &["sheet = \"Daten\""], 2);
    let book = workbook(&[("leer", &[]), ("Daten", rows)]);
    check("t.xlsx", &book, &["sheet = \"Daten\""], 2);
    refused("t.xlsx", &workbook(&[("leer", &[])]), &["Das Blatt „leer“ ist leer."]);
}

#[test]
fn what_is_no_table_of_figures_is_named() {
    let wide = format!("g;{}\nN;{}\n", vec!["s"; 20_000].join(";"), vec!["1"; 20_000].join(";"));
    let endless = "s;".repeat(3_000_000);
    for (name, text, parts) in [
        (
            "l.csv",
            "name,art\nKita Nord,Kita\nKita Süd,Kita\n",
            &["In keiner Spalte stehen Zahlen", "„name“"][..],
        ),
        (
            "s.csv",
            "ags,name,plz,schueler,lat,lon\n05111000,A,40468,220,51.2,6.7\n05111000,B,40468,100,51.3,6.7\n",
            &["ein einzelner Ort mit Koordinaten (Spalten „lat“, „lon“)", "kekiz import facilities"],
        ),
        ("k.csv", "Stadtteil;Jahr;Kinder\n", &["steht keine Zeile"]),
        ("o.csv", "Stadtteil;Jahr;Kinder\n\"Nord;2022;12\nSüd;2022;13\n", &["Anführungszeichen schließen"]),
        ("h.csv", "\n<!DOCTYPE html><title>404</title>", &["Webseite"]),
        ("h.xls", "<html><table><tr><td>1</td></tr></table>", &["Webseite", "als XLSX speichern"]),
        ("j.csv", "[{\"a\":1}]", &["JSON"]),
        ("n.csv", "a;b\n\0\0\0\0\0\0;\0\0\0\n", &["in keinem Text"]),
        ("d.gpkg", "SQLite format 3\0", &["Datenbank", "kekiz import areas"]),
        ("w.csv", wide.as_str(), &["20001 Spalten"]),
        ("e.csv", endless.as_str(), &["Die erste Zeile ist länger"]),
    ] {
        refused(name, text.as_bytes(), parts);
    }
    refused("p.png", b"\x89PNG\r\n\x1a\n\0\0", &["Das ist ein Bild"]);
}

#[test]
fn texts_among_the_numbers_are_offered_as_marks() {
    let text = "Stadtteil;Jahr;Kinder\nNord;2022;12\nSüd;2022;zu klein\nWest;2022;7\n";
    let (toml, _) = suggest(&TableFile::from_bytes("m.csv", text.as_bytes().to_vec())).unwrap();
    assert!(toml.contains("# \"zu klein\" = \"unknown_or_secret\""), "{toml}");
}
