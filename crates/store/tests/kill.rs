//! A killed process loses no acknowledged save, on either database.
//!
//! The program starts itself as a writer that saves offers as fast as it can and prints the id of each one after
//! the commit. It is killed with SIGKILL after a number of lines that differs from round to round; then every
//! printed id has to be there, readable, with its history. In the last rounds the PostgreSQL server is killed
//! instead.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test with a `main` of its own"
)]

mod server;

use kekiz_offers::{Offer, OfferId};
use kekiz_store::{Edit, begin, offers, open};
use server::Server;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

/// Lines after which the writer is killed. Not random, so that a failure comes again.
const ROUNDS: [usize; 6] = [1, 2, 7, 19, 53, 131];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, mode, address, round] = arguments.as_slice()
        && mode == "write"
    {
        runtime().block_on(write(address, round));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", folder.path().join("kekiz.db").display());
    let saved = kill_the_writer(&file);
    println!("kill: SQLite, {saved} bestätigte Speicherungen, keine verloren");
    let server = Server::start("on");
    let address = server.database();
    let saved = kill_the_writer(&address);
    println!("kill: PostgreSQL, {saved} bestätigte Speicherungen, keine verloren");
    let saved = kill_the_server(&server, &address);
    println!("kill: PostgreSQL-Server, {saved} bestätigte Speicherungen, keine verloren");
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Four tasks save, each offer twice; both saves are acknowledged by a line.
async fn write(address: &str, round: &str) {
    let db = open(address).await.unwrap();
    let tasks: Vec<_> = (0..4)
        .map(|task| {
            let (db, round) = (db.clone(), round.to_string());
            tokio::spawn(async move {
                for n in 0.. {
                    let id: OfferId = format!("r{round}-t{task}-{n}").as_str().into();
                    let mut offer = Offer::draft(id.clone(), "traeger".into());
                    for revision in 1..=2 {
                        let Ok(tx) = begin(&db).await else { return };
                        let edit = Edit { at: jiff::Timestamp::UNIX_EPOCH, by: None, reason: String::new() };
                        let Ok(saved) = offers::save(&tx, &offer, &edit).await else { return };
                        if tx.commit().await.is_err() {
                            return;
                        }
                        offer = saved.value;
                        let mut out = std::io::stdout().lock();
                        writeln!(out, "{id} {revision}").unwrap();
                        out.flush().unwrap();
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

fn start_writer(address: &str, round: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["write", address, &round.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn kill_the_writer(address: &str) -> usize {
    let mut acknowledged = Vec::new();
    for (round, lines) in ROUNDS.into_iter().enumerate() {
        let mut child = start_writer(address, round);
        let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
        acknowledged.extend(out.by_ref().take(lines).map(Result::unwrap));
        child.kill().unwrap();
        acknowledged.extend(out.map_while(Result::ok));
        assert!(!child.wait().unwrap().success(), "der Schreiber endete von selbst");
        check(address, &acknowledged);
    }
    acknowledged.len()
}

fn kill_the_server(server: &Server, address: &str) -> usize {
    let mut acknowledged = Vec::new();
    for (round, lines) in ROUNDS.into_iter().enumerate() {
        let mut child = start_writer(address, 100 + round);
        let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
        acknowledged.extend(out.by_ref().take(lines).map(Result::unwrap));
        server.kill_and_restart();
        child.kill().unwrap();
        acknowledged.extend(out.map_while(Result::ok));
        child.wait().unwrap();
        check(address, &acknowledged);
    }
    acknowledged.len()
}

/// Reopens the database and looks for every acknowledged save. A last line cut off by the kill is no acknowledgement.
fn check(address: &str, acknowledged: &[String]) {
    runtime().block_on(async {
        let db = open(address).await.unwrap();
        for line in acknowledged {
            let Some((id, revision)) = line.split_once(' ') else { continue };
            let Ok(revision) = revision.parse::<u64>() else { continue };
            let found = offers::history(&db, &id.into()).await.unwrap();
            let newest = found.first().map_or(0, |stored| stored.revision);
            assert!(newest >= revision, "{line}: bestätigt, aber nur Fassung {newest} gefunden");
            assert_eq!(found.len() as u64, newest, "{line}: der Verlauf hat Lücken");
        }
        db.close().await.unwrap();
    });
}
