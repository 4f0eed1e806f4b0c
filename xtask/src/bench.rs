//! `cargo xtask bench`: the figures of docs/performance.md, ours and the peers' in one run.

use crate::setup;
use crate::steps::{self, cargo, command, target_dir};
use std::fmt::Write as _;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const AREAS: u64 = 396;
const YEARS: u64 = 50;
const ROUNDS: usize = 5;

const MAPPING: &str = r#"version = 1
dataset = "bench"
[source]
title = "Bench"
publisher = "Bench"
licence = "CC0"
attribution = "Bench"
[area]
column = "area"
kind = "ags8"
[time]
column = "jahr"
[variable]
column = "indikator"
[[values]]
column = "wert"
"#;

const DUCKDB: &str = "import sys, duckdb
duckdb.sql(f\"\"\"COPY (SELECT * FROM read_csv('{sys.argv[1]}', delim=';', header=true, decimal_separator=',',
columns={{'area':'VARCHAR','jahr':'INTEGER','indikator':'VARCHAR','wert':'DOUBLE'}})) TO '{sys.argv[2]}' (FORMAT parquet)\"\"\")";

/// Wall time and peak memory of one run.
#[derive(Clone, Copy)]
struct Run {
    wall: Duration,
    peak_kib: u64,
}

/// Builds the release and measures; `rows` is the size of the table to import.
pub fn run(rows: Option<&str>) -> Result<(), String> {
    let rows: u64 = match rows {
        Some(text) => text.parse().map_err(|_| format!("„{text}“ ist keine Zahl von Zeilen."))?,
        None => 10_000_000,
    };
    setup::compilers()?;
    setup::frontend()?;
    steps::run("Programm bauen", cargo().args(["build", "--release", "--locked", "--package", "kekiz-cli"]))?;
    let folder = target_dir().join("bench");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut report = String::new();
    import(&folder, rows, &mut report)?;
    demo(&folder, &mut report)?;
    server(&folder, &mut report)?;
    let _ = std::fs::remove_dir_all(&folder);
    println!("\n{report}");
    Ok(())
}

fn kekiz() -> Command {
    command(&target_dir().join("release/kekiz").to_string_lossy())
}

fn import(folder: &Path, rows: u64, report: &mut String) -> Result<(), String> {
    println!("\n── Tabelle mit {rows} Zeilen schreiben");
    let (table, mapping, store) = (folder.join("bench.csv"), folder.join("bench.toml"), folder.join("store"));
    write_table(&table, rows).map_err(|error| format!("{}: {error}", table.display()))?;
    std::fs::write(&mapping, MAPPING).map_err(|error| error.to_string())?;
    steps::run("Atlas anlegen", kekiz().arg("--quiet").arg("init").arg(&store))?;
    let peer =
        command("python3").args(["-c", "import duckdb"]).output().is_ok_and(|out| out.status.success());
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        println!("── Einlesen, Runde {round} von {ROUNDS}");
        let _ = std::fs::remove_dir_all(store.join("vault"));
        let mut import = kekiz();
        import.args(["--quiet", "import", "figures"]).arg(&table).arg("--mapping").arg(&mapping);
        ours.push(measure(import.arg("--store").arg(&store))?);
        if peer {
            let mut duckdb = command("python3");
            theirs.push(measure(duckdb.args(["-c", DUCKDB]).arg(&table).arg(folder.join("peer.parquet")))?);
        }
    }
    let _ = writeln!(
        report,
        "| Einlesen, {rows} Zeilen | Median | Zeilen je Sekunde | Speicher |\n|---|---|---|---|"
    );
    let mut line = |name: &str, runs: &[Run]| -> f64 {
        let seconds = median(runs.iter().map(|run| run.wall.as_secs_f64()).collect());
        let peak = runs.iter().map(|run| run.peak_kib).max().unwrap_or(0) / 1024;
        let _ = writeln!(
            report,
            "| {name} | {seconds:.2} s | {:.2} Mio | {peak} MiB |",
            rows as f64 / seconds / 1e6
        );
        seconds
    };
    let mine = line("kekiz import figures", &ours);
    if peer {
        let peer = line("DuckDB, CSV nach Parquet", &theirs);
        let _ = writeln!(report, "| Verhältnis der Zeilen je Sekunde | | {:.2} | |", peer / mine);
    }
    Ok(())
}

fn demo(folder: &Path, report: &mut String) -> Result<(), String> {
    let store = folder.join("demo");
    let mut seconds = Vec::new();
    for _ in 0..2 {
        let run = measure(kekiz().args(["--quiet", "demo", "--no-serve", "--store"]).arg(&store))?;
        seconds.push(run.wall.as_secs_f64());
    }
    let _ = writeln!(report, "\n| Demo | Zeit |\n|---|---|\n| erster Start | {:.2} s |", seconds[0]);
    let _ = writeln!(report, "| zweiter Start | {:.2} s |", seconds[1]);
    Ok(())
}

fn server(folder: &Path, report: &mut String) -> Result<(), String> {
    let server = crate::server::Server::start(kekiz(), &folder.join("demo"))?;
    let page = format!("{}/atlas/einkommensteuer?ebene=gemeinde", server.address());
    let _ = writeln!(report, "\n| Server | Wert |\n|---|---|");
    let mut fresh = Vec::new();
    for year in 1998..2020 {
        let head = curl(&["-s", "-o", "/dev/null", "-D", "-", &format!("{page}&jahr={year}")])?;
        let timing = head
            .lines()
            .find_map(|line| line.to_lowercase().strip_prefix("server-timing:").map(str::to_string));
        let duration = timing.as_deref().and_then(|text| text.split("dur=").nth(1)).map(str::trim);
        fresh.extend(duration.and_then(|text| text.split([',', ';']).next()?.trim().parse::<f64>().ok()));
    }
    if !fresh.is_empty() {
        let _ =
            writeln!(report, "| Karte mit 396 Gebieten, nicht gemerkt | {:.2} ms (Median) |", median(fresh));
    }
    let wire =
        curl(&["-s", "-o", "/dev/null", "-w", "%{size_download}", "-H", "Accept-Encoding: br", &page])?;
    let _ = writeln!(
        report,
        "| dieselbe Seite über die Leitung (br) | {} kB |",
        wire.trim().parse::<u64>().unwrap_or(0) / 1000
    );
    let wrk = command("wrk")
        .args(["-t1", "-c16", "-d10s", "--latency", "-H", "Accept-Encoding: br", &page])
        .output();
    match wrk {
        Ok(out) => {
            let text = String::from_utf8_lossy(&out.stdout).into_owned();
            let find =
                |name: &str| text.lines().find(|line| line.trim_start().starts_with(name)).map(str::trim);
            for (name, label) in [("Requests/sec", "Anfragen je Sekunde, gemerkt"), ("99%", "p99")] {
                let value = find(name).and_then(|line| line.split_whitespace().nth(1)).unwrap_or("–");
                let _ = writeln!(report, "| {label} | {value} |");
            }
        }
        Err(_) => {
            let _ = writeln!(report, "| Anfragen je Sekunde | wrk ist nicht installiert |");
        }
    }
    Ok(())
}

fn curl(arguments: &[&str]) -> Result<String, String> {
    let out = command("curl").args(arguments).output().map_err(|error| format!("curl: {error}"))?;
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}

/// Runs a command to its end and watches its memory.
fn measure(command: &mut Command) -> Result<Run, String> {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn().map_err(|error| error.to_string())?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kib = 0;
    loop {
        if let Some(code) = child.try_wait().map_err(|error| error.to_string())? {
            let wall = start.elapsed();
            return if code.success() {
                Ok(Run { wall, peak_kib })
            } else {
                Err(format!("{command:?}: {code}"))
            };
        }
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let peak =
            text.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().split(' ').next()?.parse().ok());
        peak_kib = peak_kib.max(peak.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A long table: areas × years × as many variables as fill it, values from a fixed sequence.
fn write_table(path: &Path, rows: u64) -> std::io::Result<()> {
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    writeln!(file, "area;jahr;indikator;wert")?;
    let mut state: u64 = 1;
    for row in 0..rows {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (area, year) = (row % AREAS, (row / AREAS) % YEARS);
        let variable = row / (AREAS * YEARS);
        let (whole, tenths) = ((state >> 40) % 100_000, (state >> 33) % 100);
        writeln!(file, "05{:06};{};variable_{variable};{whole},{tenths:02}", 111_000 + area, 1975 + year)?;
    }
    file.flush()
}
