//! Serves a workbench on a made-up city, for looking at its pages: `serve FOLDER PORT`. The key is `FOLDER/schluessel.json`.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::panic)]

use jiff::{SignedDuration, Timestamp};
use kekiz_base::{AreaTree, Period};
use kekiz_desk::{Around, CountStore, Desk, DeskConfig, serve};
use kekiz_disclosure::Policy;
use kekiz_microdata::{AddressTable, shipped};
use kekiz_persons::{Counts, ImportJob, Office, import};
use kekiz_strongbox::{Accessor, Secrets, keyfile};
use kekiz_tables::TableFile;
use kekiz_testcity::{City, Plan, write};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// Keeps counts nowhere, and knows no areas.
struct Nothing;

impl CountStore for Nothing {
    fn areas(&self) -> Result<Arc<AreaTree>, String> {
        Ok(Arc::default())
    }

    fn store(&self, counts: &Counts) -> Result<u64, String> {
        Ok(counts.figures.len() as u64)
    }
}

/// Good enough for a look at pages, for nothing else.
fn random(bytes: &mut [u8]) {
    for byte in bytes {
        *byte = Secrets::random().unwrap().fingerprint().as_bytes()[0];
    }
}

fn fill(folder: &Path) {
    let city = City::build(Plan { children: 6_000, seed: 1 }).unwrap();
    write(&city, &folder.join("stadt")).unwrap();
    let secrets = Secrets::random().unwrap();
    keyfile::write(&folder.join("schluessel.json"), &secrets, None).unwrap();
    let office = Office::create(&folder.join("tresor"), &secrets, Accessor::new("Einrichtung")).unwrap();
    let file = |name: &str| TableFile::from_path(folder.join("stadt").join(name));
    let addresses = AddressTable::read(&file("adressen.csv")).unwrap();
    for (name, schema, dataset) in
        [("schuleingang.csv", "schuleingangsuntersuchung", "untersuchung"), ("sgb2.csv", "sgb2", "sgb2")]
    {
        let schema = shipped(schema).unwrap();
        let job = ImportJob {
            file: &file(name),
            schema: &schema,
            dataset,
            areas: &addresses,
            known_areas: &BTreeSet::new(),
            reference: Some(city.parameters.reference_date),
            period: schema.period.is_none().then_some(Period::Year(2024)),
            lists: &BTreeMap::new(),
            keep_until: None,
            check_only: false,
        };
        import(&office, &job).unwrap();
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, port] = &arguments[..] else { panic!("serve FOLDER PORT") };
    let folder = Path::new(folder);
    if !folder.join("tresor").exists() {
        fill(folder);
    }
    let config = DeskConfig {
        folder: folder.join("tresor"),
        policy: Policy::min5(),
        areas: Box::new(
            AddressTable::read(&TableFile::from_path(folder.join("stadt/adressen.csv"))).unwrap(),
        ),
        known_areas: BTreeSet::new(),
        counts: Box::new(Nothing),
        hosts: vec![format!("127.0.0.1:{port}")],
        idle: SignedDuration::from_mins(30),
        largest_upload: 1 << 28,
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await.unwrap();
        println!("http://127.0.0.1:{port}");
        serve(listener, Desk::new(config, Around { now: Timestamp::now, random })).await.unwrap();
    });
}
