//! Reading a long table of a million rows, without storing it.
#![allow(clippy::unwrap_used, missing_docs)]

use kekiz_base::{FigureBatch, FigureDictionaries};
use kekiz_tables::{FigureSink, SinkError, TableFile, parse_mapping, read};
use std::fmt::Write as _;

const MAPPING: &str = "version = 1\ndataset = \"bench\"\n[source]\ntitle = \"t\"\npublisher = \"p\"\nlicence = \"l\"\nattribution = \"a\"\n[area]\ncolumn = \"area\"\nkind = \"ags8\"\n[time]\ncolumn = \"year\"\n[variable]\ncolumn = \"variable\"\n[[values]]\ncolumn = \"value\"\n";

struct Count(usize);

impl FigureSink for Count {
    fn append(&mut self, batch: &FigureBatch, _: &FigureDictionaries) -> Result<(), SinkError> {
        self.0 += batch.len();
        Ok(())
    }
}

fn table(areas: u32) -> TableFile {
    let mut text = String::from("area;year;variable;value\n");
    for area in 0..areas {
        for year in 2005..2025 {
            for variable in 0..50 {
                let value = f64::from(area * 7919 + year * 31 + variable * 977).sqrt();
                let _ =
                    writeln!(text, "{:08};{year};variable_{variable:02};{value:.2}", 5_000_000 + area * 13);
            }
        }
    }
    TableFile::from_bytes("bench.csv", text.into_bytes())
}

#[divan::bench(sample_count = 10)]
fn a_million_rows(bencher: divan::Bencher<'_, '_>) {
    let file = table(1000);
    let mapping = parse_mapping("bench.toml", MAPPING).unwrap();
    bencher.counter(divan::counter::ItemsCount::new(1_000_000usize)).bench_local(|| {
        let mut count = Count(0);
        read(&file, &mapping, &mut count, &|_, _| {}).unwrap();
        assert_eq!(count.0, 1_000_000);
    });
}

fn main() {
    divan::main();
}
