//! Files written by other programs are read as those programs meant them; damaged ones are refused in German.
//!
//! The SPSS and Parquet files come from `data/make.py` (pyreadstat 1.3.7, pyarrow 26.0.1), which also writes what they
//! hold.
#![allow(clippy::unwrap_used, clippy::panic)]

use kekiz_microdata::{IntakeError, RawCell, RawTable, Schema, parse_schema, read};
use kekiz_tables::TableFile;
use proptest::prelude::*;
use std::path::{Path, PathBuf};

fn data(name: &str) -> PathBuf {
    Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("tests/data").join(name)
}

fn schema(layout: &str) -> Schema {
    let text = format!(
        "version = 1\nid = \"probe\"\nedition = \"1\"\ntitle = \"Probe\"\nunit = \"Kind\"\nbasis = \"nur zum Prüfen\"\n{layout}"
    );
    parse_schema("probe.toml", &text).unwrap_or_else(|error| panic!("{error}"))
}

fn columns() -> Schema {
    schema("[[variables]]\nname = \"kind_id\"\ntitle = \"Kind\"\nkind = \"key\"\nrole = \"identifier\"\n")
}

fn bytes(name: &str, bytes: &[u8]) -> Result<RawTable, IntakeError> {
    read(&TableFile::from_bytes(name, bytes.to_vec()), &columns())
}

fn text(cell: &RawCell) -> String {
    match cell {
        RawCell::Empty => String::new(),
        RawCell::Text(text) => text.to_string(),
        RawCell::Number(number) => number.to_string(),
        RawCell::Date(date) => date.to_string(),
    }
}

/// Columns and rows of a file as text.
fn content(table: &RawTable) -> (Vec<String>, Vec<Vec<String>>) {
    let names = table.columns.iter().map(|column| column.name.clone()).collect();
    let row = |row: usize| table.columns.iter().map(|column| text(&column.cells[row])).collect();
    (names, (0..table.rows()).map(row).collect())
}

fn expected(name: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let text = std::fs::read_to_string(data(name)).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    (
        serde_json::from_value(json["columns"].clone()).unwrap(),
        serde_json::from_value(json["rows"].clone()).unwrap(),
    )
}

#[test]
fn spss_files_of_all_packings_are_read_as_their_writer_meant_them() {
    for name in ["plain.sav", "bytecode.sav", "zlib.zsav"] {
        let table =
            read(&TableFile::from_path(data(name)), &columns()).unwrap_or_else(|error| panic!("{error}"));
        let (names, rows) = content(&table);
        let (expected_names, expected_rows) = expected("expected.json");
        assert_eq!(names, expected_names, "{name}");
        for (row, wanted) in rows.iter().zip(&expected_rows) {
            assert_eq!(row, wanted, "{name}");
        }
        assert_eq!(rows.len(), expected_rows.len(), "{name}");
        let column = |name: &str| table.columns.iter().find(|column| column.name == name).unwrap();
        assert_eq!(column("geschlecht").labels["2"], "weiblich");
        assert_eq!(column("geschlecht").label, "Geschlecht des Kindes");
        assert_eq!(column("code").labels["a"], "eins");
    }
}

#[test]
fn parquet_files_of_all_packings_are_read_as_their_writer_meant_them() {
    for codec in ["snappy", "zstd", "gzip", "none"] {
        let name = format!("{codec}.parquet");
        let table =
            read(&TableFile::from_path(data(&name)), &columns()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(content(&table), expected("expected-parquet.json"), "{name}");
    }
}

#[test]
fn csv_and_workbooks_give_the_same_cells_with_their_lines() {
    let csv = "Auszug Gesundheitsamt\n\nkind_id;Größe;Tag\nK1;1.234,5;03.02.2020\n;;\nK2;;\n";
    let table = bytes("a.csv", csv.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(content(&table).1, [["K1", "1.234,5", "03.02.2020"], ["K2", "", ""]]);
    assert_eq!(table.lines, [4, 6]);
    let latin = encoding_rs::WINDOWS_1252.encode("kind_id;Straße\nK1;Mühlenweg\n").0.into_owned();
    assert_eq!(content(&bytes("a.csv", &latin).unwrap_or_else(|e| panic!("{e}"))).1, [["K1", "Mühlenweg"]]);
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, title) in (0u16..).zip(["kind_id", "Größe", "Tag"]) {
        sheet.write(2, column, title).unwrap();
    }
    let day = rust_xlsxwriter::Format::new().set_num_format("dd.mm.yyyy");
    sheet.write(3, 0, "K1").unwrap();
    sheet.write(3, 1, 1234.5).unwrap();
    sheet
        .write_with_format(3, 2, rust_xlsxwriter::ExcelDateTime::from_ymd(2020, 2, 3).unwrap(), &day)
        .unwrap();
    let table = bytes("a.xlsx", &book.save_to_buffer().unwrap()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(content(&table).1, [["K1", "1234.5", "2020-02-03"]]);
    assert_eq!(table.lines, [4]);
}

#[test]
fn fixed_width_counts_characters_and_refuses_short_lines() {
    let schema = schema(
        "layout = \"fixed_width\"\n[[variables]]\nname = \"a\"\ntitle = \"A\"\nkind = \"key\"\nfrom = 2\nlength = 3\n[[variables]]\nname = \"b\"\ntitle = \"B\"\nkind = \"key\"\nfrom = 5\nlength = 2\n",
    );
    let read = |text: &str| read(&TableFile::from_bytes("a.txt", text.as_bytes().to_vec()), &schema);
    let table = read("xäöü12rest\r\n\r\nyabc 3\n").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(content(&table).1, [["äöü", "12"], ["abc", "3"]]);
    assert_eq!(table.lines, [1, 3]);
    for text in ["xabc1\n", "", "\n\n"] {
        let Err(error) = read(text) else { panic!() };
        assert!(!error.to_string().contains("abc") && error.to_string().contains('→'), "{error}");
    }
}

#[test]
fn files_that_are_none_are_refused_with_a_remedy() {
    for (name, content) in [
        ("leer.csv", &b""[..]),
        ("bild.png", b"\x89PNG\r\n"),
        ("x.sav", b"$FL2"),
        ("x.parquet", b"PAR1PAR1"),
        ("x.pdf", b"%PDF-1.7"),
    ] {
        let Err(error) = bytes(name, content) else { panic!("{name}") };
        assert!(error.to_string().contains('→'), "{error}");
    }
    let Err(error) = read(&TableFile::from_path("/gibt/es/nicht.sav"), &columns()) else { panic!() };
    assert!(error.to_string().contains("nicht da"), "{error}");
}

/// Sums of the cells, so that a changed file that still reads is not looked at further.
fn survives(name: &str, content: &[u8]) {
    if let Ok(table) = bytes(name, content) {
        assert!(table.columns.iter().all(|column| column.cells.len() == table.rows()), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn damaged_spss_files_never_panic(at in any::<prop::sample::Index>(), value: u8, cut in any::<prop::sample::Index>()) {
        for name in ["plain.sav", "bytecode.sav", "zlib.zsav"] {
            let mut content = std::fs::read(data(name)).unwrap();
            let place = at.index(content.len());
            content[place] = value;
            survives(name, &content);
            survives(name, &content[..cut.index(content.len())]);
        }
    }

    #[test]
    fn cut_off_spss_files_are_refused(cut in 200usize..4000) {
        let content = std::fs::read(data("zlib.zsav")).unwrap();
        prop_assert!(bytes("zlib.zsav", &content[..cut.min(content.len() - 1)]).is_err());
        let content = std::fs::read(data("plain.sav")).unwrap();
        prop_assert!(bytes("plain.sav", &content[..content.len() - cut]).is_err());
    }
}
