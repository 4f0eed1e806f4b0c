//! Measures the import of a long CSV into the vault against DuckDB's `read_csv` into Parquet, in one run.
//!
//! `cargo run --release -p kekiz-vault --example import_bench -- [ROWS] [ROUNDS]` writes a table of about that many rows
//! (area;jahr;indikator;wert, 396 areas × 50 years × variables, decimal comma, fixed seed), imports it with both
//! programs in turn, each time in a fresh process, and prints medians and peak memory. DuckDB is taken from the Python
//! named in `PYTHON` (default `python3`), which needs the package `duckdb`.
#![allow(clippy::print_stdout)]

use kekiz_base::{DatasetInfo, FigureBatch, FigureDictionaries, stream::stream};
use kekiz_tables::{FigureSink, SinkError, TableFile, parse_mapping};
use kekiz_vault::{DatasetWriter, Vault};
use rand::RngExt;
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

const AREAS: u64 = 396;
const YEARS: std::ops::RangeInclusive<u16> = 1975..=2024;

const MAPPING: &str = r##"
version = 1
dataset = "bench"
[source]
title = "Bench"
publisher = "Bench"
licence = "cc-zero"
attribution = "Bench"
[area]
column = "area"
kind = "ags8"
[time]
column = "jahr"
[variable]
column = "indikator"
[values]
column = "wert"
"##;

const DUCKDB: &str = r#"
import sys, time, resource, duckdb
source, target = sys.argv[1:]
started = time.perf_counter()
duckdb.sql(f"""COPY (SELECT * FROM read_csv('{source}', delim=';', header=true, decimal_separator=',',
  columns={{'area':'VARCHAR','jahr':'INTEGER','indikator':'VARCHAR','wert':'DOUBLE'}})) TO '{target}' (FORMAT parquet)""")
print(time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"#;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Adapts the vault's writer to what the reader of tables feeds.
struct Sink(DatasetWriter);

impl FigureSink for Sink {
    fn append(&mut self, batch: &FigureBatch, dictionaries: &FigureDictionaries) -> Result<(), SinkError> {
        self.0.append(batch, dictionaries).map_err(|e| SinkError(e.to_string()))
    }
}

/// Swallows figures, to measure reading alone.
struct Nothing;

impl FigureSink for Nothing {
    fn append(&mut self, _: &FigureBatch, _: &FigureDictionaries) -> Result<(), SinkError> {
        Ok(())
    }
}

fn generate(path: &Path, rows: u64) -> Outcome<u64> {
    let variables = (rows / (AREAS * YEARS.count() as u64)).max(1);
    let mut out = BufWriter::new(File::create(path)?);
    let mut random = stream(1, 0);
    writeln!(out, "area;jahr;indikator;wert")?;
    for variable in 0..variables {
        for year in YEARS {
            for area in 0..AREAS {
                let tenths: u32 = random.random_range(0..200_000);
                writeln!(
                    out,
                    "{:08};{year};merkmal_{variable:04};{},{}",
                    5_111_000 + area * 1000,
                    tenths / 10,
                    tenths % 10
                )?;
            }
        }
    }
    out.flush()?;
    Ok(variables * YEARS.count() as u64 * AREAS)
}

fn import(csv: &Path, store: Option<&Path>) -> Outcome<u64> {
    let mapping = parse_mapping("bench.toml", MAPPING)?;
    let file = TableFile::from_path(csv);
    let Some(store) = store else {
        return Ok(kekiz_tables::read(&file, &mapping, &mut Nothing, &|_, _| {})?.0.figures);
    };
    let vault = Vault::create(store)?;
    let info = DatasetInfo {
        id: mapping.dataset.clone(),
        source: mapping.source.clone(),
        protected_by_publisher: false,
        file_name: "bench.csv".into(),
        file_digest: String::new(),
        mapping_digest: String::new(),
    };
    let mut sink = Sink(vault.begin(info)?);
    let (_, diagnostics) = kekiz_tables::read(&file, &mapping, &mut sink, &|_, _| {})?;
    if let Some(first) = diagnostics.iter().next().filter(|_| diagnostics.has_errors()) {
        return Err(first.to_string().into());
    }
    Ok(sink.0.commit()?.rows)
}

/// Peak memory of this process in MiB (Linux).
fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// Runs a command that prints seconds and MiB.
fn measure(command: &mut Command) -> Outcome<(f64, f64)> {
    let output = command.output()?;
    let text = String::from_utf8(output.stdout)?;
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    match numbers[..] {
        [seconds, mib] => Ok((seconds, mib)),
        _ => Err(format!("{text}{}", String::from_utf8_lossy(&output.stderr)).into()),
    }
}

fn report(name: &str, rows: u64, mut runs: Vec<(f64, f64)>) -> f64 {
    runs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let median = runs[runs.len() / 2].0;
    let peak = runs.iter().map(|run| run.1).fold(0.0, f64::max);
    println!(
        "{name:>10}: {median:6.2} s, {:5.2} million rows/s, peak {peak:4.0} MiB",
        rows as f64 / median / 1e6
    );
    median
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let ["import", csv, rest @ ..] = &words[..] {
        let started = Instant::now();
        import(Path::new(csv), rest.first().map(|store| Path::new(*store)))?;
        println!("{} {}", started.elapsed().as_secs_f64(), peak_mib());
        return Ok(());
    }
    let number = |place: usize| words.get(place).and_then(|word| word.parse().ok());
    let (wanted, rounds) = (number(0).unwrap_or(10_000_000), number(1).unwrap_or(5));
    let dir = tempfile::tempdir()?;
    let csv = dir.path().join("bench.csv");
    let rows = generate(&csv, wanted)?;
    println!("{rows} rows, {:.0} MB", csv.metadata()?.len() as f64 / 1e6);
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    let (mut ours, mut reading, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        let store = dir.path().join(format!("vault-{round}"));
        let own = || Command::new(std::env::current_exe().unwrap_or_default());
        ours.push(measure(own().arg("import").arg(&csv).arg(&store))?);
        reading.push(measure(own().arg("import").arg(&csv))?);
        let target = dir.path().join("duckdb.parquet");
        theirs.push(measure(Command::new(&python).args(["-c", DUCKDB]).arg(&csv).arg(&target))?);
        if round == 0 {
            let size = |path: &Path| path.metadata().map_or(0.0, |found| found.len() as f64 / 1e6);
            let own = std::fs::read_dir(store.join("datasets"))?
                .flatten()
                .map(|entry| size(&entry.path()))
                .sum::<f64>();
            println!("files: KeKiz {own:.0} MB, DuckDB {:.0} MB", size(&target));
        }
        std::fs::remove_dir_all(&store)?;
    }
    let ours = report("KeKiz", rows, ours);
    report("reading", rows, reading);
    let theirs = report("DuckDB", rows, theirs);
    println!("ratio (rows per second, KeKiz / DuckDB): {:.2}", theirs / ours);
    Ok(())
}
