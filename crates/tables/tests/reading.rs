//! Tables as offices write them, and what is made of them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

use kekiz_base::{Annotation, FigureBatch, FigureDictionaries, Mark, Observation};
use kekiz_tables::{
    FigureSink, ReadError, SinkError, TableFile, parse_mapping, read, read_with_threads, suggest,
};
use std::num::NonZero;

#[derive(Default)]
struct Rows(Vec<String>);

impl FigureSink for Rows {
    fn append(&mut self, batch: &FigureBatch, d: &FigureDictionaries) -> Result<(), SinkError> {
        for i in 0..batch.len() {
            let value = match batch.observation[i] {
                Observation::Value(v, Annotation::None) => format!("{v}"),
                Observation::Value(v, a) => format!("{v} {a:?}"),
                Observation::Missing(m) => format!("{m:?}"),
            };
            let group = d.groups.entries()[batch.group[i] as usize].as_str();
            let group = if group == "insgesamt" { String::new() } else { format!(" [{group}]") };
            self.0.push(format!(
                "{} {} {}{group} = {value}",
                d.areas.entries()[batch.area[i] as usize],
                d.periods.entries()[batch.period[i] as usize],
                d.variables.entries()[batch.variable[i] as usize],
            ));
        }
        Ok(())
    }
}

fn mapping_text(body: &str) -> String {
    let (top, tables) = body.split_at(body.find('[').unwrap_or(0));
    format!(
        "version = 1\ndataset = \"probe\"\n{top}\n[source]\ntitle = \"T\"\npublisher = \"P\"\nlicence = \"L\"\nattribution = \"A\"\n{tables}"
    )
}

fn run(name: &str, bytes: &[u8], mapping: &str) -> (Vec<String>, String) {
    let mapping = parse_mapping("z.toml", &mapping_text(mapping)).unwrap_or_else(|e| panic!("{e}"));
    let file = TableFile::from_bytes(name, bytes.to_vec());
    let mut rows = Rows::default();
    match read(&file, &mapping, &mut rows, &|_, _| {}) {
        Ok((_, d)) => (rows.0, d.iter().map(|d| format!("{d}\n")).collect()),
        Err(e) => (Vec::new(), e.to_string()),
    }
}

const SIMPLE: &str =
    "[area]\ncolumn = \"id\"\n[time]\ncolumn = \"jahr\"\n[[values]]\ncolumn = \"wert\"\nvariable = \"w\"\n";

fn check(name: &str, text: &str, mapping: &str, rows: &[&str], said: &[&str]) {
    let (found, diagnostics) = run(name, text.as_bytes(), mapping);
    assert_eq!(found, rows, "{name}\n{diagnostics}");
    for part in said {
        assert!(diagnostics.contains(part), "{name}: „{part}“ fehlt in\n{diagnostics}");
    }
    if said.is_empty() {
        assert_eq!(diagnostics, "", "{name}");
    }
}

#[test]
fn long_and_wide_tables() {
    check(
        "einfach.csv",
        "id;jahr;wert\n1;2022;5\n2;2022;-\n",
        SIMPLE,
        &["1 2022 w = 5", "2 2022 w = 0"],
        &[],
    );
    check(
        "inkar.csv",
        "ags,name,jahr,indikator,wert\n5111,\"Düsseldorf, Stadt\",1998,arbeitslose_anzahl,33397.0\n05112,\"Duisburg\",1998,x,1.5\n",
        "[area]\ncolumn = \"ags\"\nkind = \"ags5\"\n[time]\ncolumn = \"jahr\"\n[variable]\ncolumn = \"indikator\"\nonly = [\"arbeitslose_anzahl\"]\n[variable.rename]\narbeitslose_anzahl = \"arbeitslose\"\n[[values]]\ncolumn = \"wert\"\n",
        &["05111 1998 arbeitslose = 33397"],
        &["Führende Nullen ergänzt in 1 Zeile, zuerst bei „5111“ in Zeile 2"],
    );
    check(
        "jahre.csv",
        "id;name;jahr_2021;jahr_2022\n1;A;1,5;2,5\n2;B;.;...\n",
        "[area]\ncolumn = \"id\"\n[[values]]\npattern = \"jahr_{period}\"\nvariable = \"q\"\n",
        &["1 2021 q = 1.5", "1 2022 q = 2.5", "2 2021 q = UnknownOrSecret", "2 2022 q = Later"],
        &[],
    );
    check(
        "beides.csv",
        "id;kinder 2021;kinder 2022;alle 2021\n1;1;2;3\n",
        "[area]\ncolumn = \"id\"\n[[values]]\npattern = \"{variable} {period}\"\n",
        &["1 2021 kinder = 1", "1 2022 kinder = 2", "1 2021 alle = 3"],
        &[],
    );
    check(
        "gebiete.csv",
        "jahr,altstadt,paradies\n1995,10815,4856\n",
        "[area]\nkey_prefix = \"k-\"\n[time]\ncolumn = \"jahr\"\n[[values]]\npattern = \"{area}\"\nvariable = \"bev\"\n",
        &["k-altstadt 1995 bev = 10815", "k-paradies 1995 bev = 4856"],
        &[],
    );
    check(
        "kopf.csv",
        ";2021;;2022;\nBezirk;Kinder;Alle;Kinder;Alle\n1;1;2;3;4\n",
        "[file]\nheader_line = 1\nheader_rows = 2\n[area]\ncolumn = \"#1\"\n[[values]]\npattern = \"{period} | {variable}\"\n",
        &["1 2021 kinder = 1", "1 2021 alle = 2", "1 2022 kinder = 3", "1 2022 alle = 4"],
        &[],
    );
}

#[test]
fn sums_footers_and_lines_above() {
    check(
        "amt.csv",
        "Tabelle 7: Kinder;;\nStand 31.12.2022;;\n\nid;jahr;wert\n1;2022;1.234\n2;2022;12,5\nInsgesamt;2022;1.246,5\n__________\nQuelle: Amt für Statistik; eigene Zählung\n© Stadt\n",
        SIMPLE,
        &["1 2022 w = 1234", "2 2022 w = 12.5"],
        &[
            "Über der Kopfzeile (Zeile 4) steht Text: „Tabelle 7: Kinder“",
            "Summenzeile „Insgesamt“ nicht übernommen (Zeile 7)",
            "Kein Teil der Tabelle: „Quelle: Amt für Statistik“ (Zeile 9)",
            "Kein Teil der Tabelle: „© Stadt“ (Zeile 10)",
            "Das Zeichen „.“ ist als Tausenderzeichen",
        ],
    );
    check(
        "summe.csv",
        "id,name,jahr,wert\n1,A,2022,5\n,Gesamtstadt,2022,9\n",
        "[area]\ncolumn = \"id\"\nwhen_empty = \"01001000\"\n[time]\ncolumn = \"jahr\"\n[[values]]\ncolumn = \"wert\"\nvariable = \"w\"\n",
        &["1 2022 w = 5", "01001000 2022 w = 9"],
        &[],
    );
    check(
        "leer.csv",
        "id,jahr,wert\n1,2022,5\n,2022,9\n",
        SIMPLE,
        &["1 2022 w = 5"],
        &["Zeile 3, Spalte „id“: Der Gebietsschlüssel fehlt.", "when_empty"],
    );
}

#[test]
fn genesis_dialects() {
    check(
        "alt.csv",
        "\u{feff}Statistik_Code;Statistik_Label;Zeit_Code;Zeit_Label;Zeit;1_Merkmal_Code;1_Merkmal_Label;1_Auspraegung_Code;1_Auspraegung_Label;2_Merkmal_Code;2_Merkmal_Label;2_Auspraegung_Code;2_Auspraegung_Label;BEVSTD__Bevölkerungsstand__Anzahl;BEVSTD__Bevölkerungsstand__q\n\
         12411;F;STAG;S;31.12.2022;KREISE;K;05111;D;GES;G;GESM;m;301,5;e\n\
         12411;F;STAG;S;31.12.2022;KREISE;K;05112;D;GES;G;;Insgesamt;0;.\n\
         12411;F;STAG;S;31.12.2022;KREISE;K;DG;D;GES;G;;Insgesamt;5;p\n",
        "[area]\ndimension = \"KREISE\"\nkind = \"ags5\"\nother_levels = \"skip\"\n[time]\ncolumn = \"Zeit\"\nas = \"year\"\n[[group]]\ndimension = \"GES\"\nrename = { GESM = \"männlich\" }\n[[values]]\ncolumn = \"BEVSTD\"\nvariable = \"bev_insgesamt\"\n",
        &["05111 2022 bev_insgesamt [männlich] = 301.5", "05112 2022 bev_insgesamt = UnknownOrSecret"],
        &["1 Zeile mit Schlüsseln einer anderen Gebietsebene"],
    );
    check(
        "neu.csv",
        "statistics_code;statistics_label;time_code;time_label;time;1_variable_code;1_variable_label;1_variable_attribute_code;1_variable_attribute_label;value;value_unit;value_variable_code;value_variable_label;value_q\n\
         1;l;STAG;S;2022-12-31;GEOGK;G;05111000;D;12;Anzahl;BEV;b;e\n\
         1;l;STAG;S;2022-12-31;DLAND;L;05;NRW;99;Anzahl;BEV;b;e\n\
         1;l;STAG;S;2022-12-31;GEOGK;G;05112000;D;-;Anzahl;BEV;b;-\n\
         1;l;STAG;S;2022-12-31;GEOGK;G;05113000;D;.;Anzahl;BEV;b;.\n",
        "[area]\ndimension = [\"GEOGK\"]\nkind = \"ags8\"\n[time]\ncolumn = \"time\"\n[variable]\ncolumn = \"value_variable_code\"\nrename = { BEV = \"bev\" }\n[[values]]\ncolumn = \"value\"\n",
        &[
            "05111000 2022-12-31 bev = 12",
            "05112000 2022-12-31 bev = 0",
            "05113000 2022-12-31 bev = UnknownOrSecret",
        ],
        &[],
    );
    check(
        "tabelle.csv",
        "GENESIS-Tabelle: 12411-01-01-4\nBevölkerung nach Geschlecht;;;;\n;;;Insgesamt;männlich\n;;;Anzahl;Anzahl\n31.12.2022;05111;Düsseldorf;629047;304000\n31.12.2022;05112;Duisburg;.;/\n__________\nBevölkerung: Fortschreibung; ab 2011 auf Zensus\n(C)opyright Statistische Ämter\n",
        "[file]\nheader_line = 3\nheader_rows = 2\n[area]\ncolumn = \"#2\"\nkind = \"ags5\"\n[time]\ncolumn = \"#1\"\nas = \"year\"\n[[values]]\ncolumn = \"#4\"\nvariable = \"bev\"\n[[values]]\ncolumn = \"#5\"\nvariable = \"bev\"\ngroup = \"männlich\"\n",
        &[
            "05111 2022 bev = 629047",
            "05111 2022 bev [männlich] = 304000",
            "05112 2022 bev = UnknownOrSecret",
            "05112 2022 bev [männlich] = Unreliable",
        ],
        &["Kein Teil der Tabelle"],
    );
}

#[test]
fn bad_rows_are_refused_with_line_column_and_remedy() {
    check(
        "kaputt.csv",
        "id;jahr;wert\n1;2022;5\n2;2022\n3;20x2;5\n4;2022;#DIV/0!\n5;2022;12 Katzen\n6;2022;7;8\n7;2022;unter 3\n",
        SIMPLE,
        &["1 2022 w = 5", "7 2022 w = UnknownOrSecret"],
        &[
            "Fehler [field-count] kaputt.csv, Zeile 3: Die Zeile hat 2 Felder; die Kopfzeile hat 3.",
            "Fehler [period-unusable] kaputt.csv, Zeile 4, Spalte „jahr“: „20x2“ ist kein Zeitraum",
            "Fehler [cell-error] kaputt.csv, Zeile 5, Spalte „wert“",
            "Fehler [number-unusable] kaputt.csv, Zeile 6, Spalte „wert“: „12 Katzen“",
            "Fehler [field-count] kaputt.csv, Zeile 7",
            "„unter 3“ in 1 Zellen gilt als unbekannt oder geheim",
        ],
    );
    check(
        "doppelt.csv",
        "id;jahr;wert\n1;2022;5\n2;2022;5\n1;2022;6\n2;2022;5\n",
        SIMPLE,
        &["1 2022 w = 5", "2 2022 w = 5"],
        &[
            "Fehler [cell-twice] doppelt.csv, Zeile 4: Gebiet „1“, 2022, w, insgesamt: Die Zahl steht schon in Zeile 2",
            "Zeile 5 wie Zeile 3",
        ],
    );
    check(
        "spalte.csv",
        "id;jhar;wert\n1;2022;5\n",
        SIMPLE,
        &[],
        &["Die Spalte „jahr“ gibt es nicht; die Kopfzeile enthält „id“, „jhar“, „wert“."],
    );
    check(
        "eindeutig.csv",
        "id;jahr;wert\n1;2022;1.234\n",
        SIMPLE,
        &["1 2022 w = 1234"],
        &["Warnung [number-format]"],
    );
    check("nichts.csv", "id;jahr;wert\n", SIMPLE, &[], &["keine Zahl geworden"]);
    check("leer.csv", "", SIMPLE, &[], &["Die Datei ist leer"]);
    check("zeilenende.csv", "\n\n", SIMPLE, &[], &["Keine Kopfzeile gefunden"]);
}

#[test]
fn encodings_and_containers() {
    let text = "id;jahr;wert\nMürwik;2022;1,5\n";
    let expected = ["Mürwik 2022 w = 1.5"];
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let wide = |bytes: fn(u16) -> [u8; 2], mark: bool| -> Vec<u8> {
        let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        units.flat_map(bytes).collect()
    };
    let gzip = {
        use std::io::Write as _;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let zipped = {
        use std::io::Write as _;
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        writer.start_file("ordner/tabelle.csv", zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
        writer.finish().unwrap().into_inner()
    };
    let cases: [(&str, Vec<u8>); 9] = [
        ("utf-8", text.as_bytes().to_vec()),
        ("bom", format!("\u{feff}{text}").into_bytes()),
        ("windows-1252", latin),
        ("utf-16le mit bom", wide(u16::to_le_bytes, true)),
        ("utf-16be mit bom", wide(u16::to_be_bytes, true)),
        ("utf-16le", wide(u16::to_le_bytes, false)),
        ("gzip", gzip),
        ("zip", zipped),
        ("mac", text.replace('\n', "\r").into_bytes()),
    ];
    for (name, bytes) in cases {
        let (rows, said) = run(name, &bytes, SIMPLE);
        assert_eq!(rows, expected, "{name}: {said}");
    }
}

fn workbook() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().set_name("Deckblatt").unwrap().write(0, 0, "Hinweise").unwrap();
    let sheet = book.add_worksheet();
    sheet.set_name("Daten").unwrap();
    let plain = rust_xlsxwriter::Format::new();
    sheet.write(0, 0, "Kinder in der Stadt").unwrap();
    sheet.write(2, 0, "Bezirk").unwrap();
    sheet.merge_range(2, 1, 2, 2, "2022", &plain).unwrap();
    sheet.write(3, 0, "Bezirk").unwrap();
    sheet.write(3, 1, "Kinder").unwrap();
    sheet.write(3, 2, "Quote").unwrap();
    sheet.write(4, 0, 11).unwrap();
    sheet.write(4, 1, 1234).unwrap();
    sheet.write(4, 2, 1.234).unwrap();
    sheet.write(5, 0, "012").unwrap();
    sheet.write(5, 1, ".").unwrap();
    sheet.write(5, 2, "(12,5)").unwrap();
    sheet.write(7, 0, "Quelle: Amt").unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn workbooks_keep_numbers_as_numbers() {
    let mapping = "[file]\nsheet = \"Daten\"\nheader_line = 3\nheader_rows = 2\n[area]\ncolumn = \"Bezirk\"\n[[values]]\npattern = \"{period} | {variable}\"\n";
    let (rows, said) = run("k.xlsx", &workbook(), mapping);
    assert_eq!(
        rows,
        [
            "11 2022 kinder = 1234",
            "11 2022 quote = 1.234",
            "012 2022 kinder = UnknownOrSecret",
            "012 2022 quote = 12.5 Limited"
        ],
        "{said}"
    );
    assert!(said.contains("Kein Teil der Tabelle: „Quelle: Amt“ (Zeile 8)"), "{said}");
    let (_, said) = run("k.xlsx", &workbook(), &mapping.replace("Daten", "Datne"));
    assert!(said.contains("Das Blatt „Datne“ gibt es nicht; vorhanden sind „Deckblatt“, „Daten“."), "{said}");
}

#[test]
fn selections_groups_and_scales() {
    check(
        "wahl.csv",
        "tab;id;jahr;gruppe;wert\n005;1;2022;m;1\n005;1;2022;w;2\n010;1;2022;m;9\n",
        "[area]\ncolumn = \"id\"\n[time]\ncolumn = \"jahr\"\n[[group]]\ncolumn = \"gruppe\"\nrename = { m = \"männlich\" }\n[where]\ntab = \"005\"\n[[values]]\ncolumn = \"wert\"\nvariable = \"w\"\nscale = 1000.0\n",
        &["1 2022 w [männlich] = 1000", "1 2022 w [w] = 2000"],
        &[],
    );
    check(
        "marken.csv",
        "id;jahr;wert\n1;2022;-999\n2;2022;geheim\n3;2022;0\n",
        "[file]\nzero = \"less_than_half\"\n[area]\ncolumn = \"id\"\n[time]\ncolumn = \"jahr\"\n[[values]]\ncolumn = \"wert\"\nvariable = \"w\"\n[marks]\n\"-999\" = \"unknown_or_secret\"\ngeheim = \"unknown_or_secret\"\n",
        &["1 2022 w = UnknownOrSecret", "2 2022 w = UnknownOrSecret", "3 2022 w = 0 LessThanHalf"],
        &[],
    );
    check(
        "auffuellen.csv",
        "id;jahr;wert\n1;2021;5\n;2022;6\n2;2021;7\n",
        "[file]\nfill_down = [\"id\"]\n[area]\ncolumn = \"id\"\n[time]\ncolumn = \"jahr\"\n[[values]]\ncolumn = \"wert\"\nvariable = \"w\"\n",
        &["1 2021 w = 5", "1 2022 w = 6", "2 2021 w = 7"],
        &[],
    );
}

#[test]
fn any_number_of_threads_gives_the_same() {
    let mut text = String::from("id;jahr;groesse;wert\n");
    for i in 0..200_000u32 {
        let value = if i % 977 == 0 { "kaputt".to_string() } else { format!("{},{}", i % 1000, i % 10) };
        text.push_str(&format!("{};{};v{};{value}\n", i % 4001, 2000 + i / 4001 % 20, i / 80020));
    }
    let mapping = parse_mapping(
        "z.toml",
        &mapping_text("[area]\ncolumn = \"id\"\n[time]\ncolumn = \"jahr\"\n[variable]\ncolumn = \"groesse\"\n[[values]]\ncolumn = \"wert\"\n"),
    )
    .unwrap();
    let file = TableFile::from_bytes("t.csv", text.into_bytes());
    let run = |threads| {
        let mut rows = Rows::default();
        let (summary, d) =
            read_with_threads(&file, &mapping, &mut rows, &|_, _| {}, NonZero::new(threads).unwrap())
                .unwrap();
        (rows.0, summary, d)
    };
    let one = run(1);
    assert_eq!(one.1.refused, 205);
    assert_eq!(one.0.len(), 200_000 - 205);
    assert!(one == run(3));
}

#[test]
fn a_refusing_sink_stops_the_reading() {
    struct Full;
    impl FigureSink for Full {
        fn append(&mut self, _: &FigureBatch, _: &FigureDictionaries) -> Result<(), SinkError> {
            Err(SinkError("Der Datenträger ist voll.".into()))
        }
    }
    let mapping = parse_mapping("z.toml", &mapping_text(SIMPLE)).unwrap();
    let file = TableFile::from_bytes("t.csv", b"id;jahr;wert\n1;2022;5\n".to_vec());
    assert!(matches!(read(&file, &mapping, &mut Full, &|_, _| {}), Err(ReadError::Sink(_))));
}

#[test]
fn mapping_errors_name_line_and_remedy() {
    let check = |text: &str, expected: &[&str]| {
        let said = parse_mapping("z.toml", &mapping_text(text)).map(|_| ()).unwrap_err().to_string();
        for part in expected {
            assert!(said.contains(part), "„{part}“ fehlt in {said}");
        }
    };
    check("[area]\ncolum = \"id\"\n", &["z.toml, Zeile 10", "„colum“ ist unbekannt", "„column“ schreiben"]);
    check("[area]\ncolumn = \"id\"\n", &["„values“ fehlt"]);
    check(
        "[area]\ncolumn = \"id\"\n[[values]]\ncolumn = \"w\"\nvariable = \"w\"\n",
        &["Wo der Zeitraum steht"],
    );
    check(
        "[time]\nfixed = \"2022\"\n[[values]]\ncolumn = \"w\"\nvariable = \"w\"\n",
        &["Wo das Gebiet steht"],
    );
    check("[area]\ncolumn = 5\n", &["nicht die erwartete Art"]);
    check(
        "[area]\ncolumn = \"id\"\n[[values]]\ncolumn = \"w\"\nvariabel = \"w\"\n",
        &["Zeile 13", "„variabel“ ist unbekannt", "„variable“ schreiben"],
    );
    check("[area\n", &["kein gültiges TOML"]);
}

mod hostile {
    use super::*;
    use proptest::prelude::*;

    fn all(bytes: Vec<u8>) {
        let mapping = parse_mapping("z.toml", &mapping_text(SIMPLE)).unwrap();
        let file = TableFile::from_bytes("t", bytes);
        let _ = read(&file, &mapping, &mut Rows::default(), &|_, _| {});
        if let Ok((toml, _)) = suggest(&file) {
            let mapping = parse_mapping("v.toml", &toml).unwrap_or_else(|e| panic!("{e}\n{toml}"));
            let _ = read(&file, &mapping, &mut Rows::default(), &|_, _| {});
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            all(bytes);
        }

        #[test]
        fn table_like_text(text in "(id;jahr;wert\n)?([0-9a-zÄ;,.\"\t|_© \r-]{0,12}\n){0,12}") {
            all(text.into_bytes());
        }

        #[test]
        fn mutated_workbooks(at in 0usize..6000, byte in any::<u8>(), cut in 0usize..6000) {
            let mut bytes = workbook();
            let at = at % bytes.len();
            bytes[at] = byte;
            if cut < 3000 {
                bytes.truncate(cut);
            }
            all(bytes);
        }
    }

    #[test]
    fn marks_never_become_numbers() {
        assert_eq!(Mark::UnknownOrSecret.symbol(), ".");
        for mark in [".", "...", "/", "x", "*", "<3", "k.A.", "NULL", "n/a", "#NV", ""] {
            let (rows, _) = run("m.csv", format!("id;jahr;wert\n1;2022;{mark}\n").as_bytes(), SIMPLE);
            assert!(rows.iter().all(|row| !row.chars().last().unwrap().is_ascii_digit()), "{mark}: {rows:?}");
        }
    }
}
