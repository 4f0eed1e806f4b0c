//! Solves p-median problems of the OR-Library (Beasley 1990): `cargo run -p kekiz-planning --example pmed -- FILE …`
//!
//! A file has the numbers of vertices, edges and places in its first line, then edges with their cost (the last
//! one given for a pair counts). Distances are shortest paths; every vertex is a demand of weight 1 and a candidate.

use kekiz_planning::siting::{Demand, Distances, Siting, p_median};
use std::error::Error;
use std::io::Write;
use std::time::{Duration, Instant};

fn read(text: &str) -> Result<Siting, Box<dyn Error>> {
    let mut numbers = text.split_whitespace().map(str::parse::<usize>);
    let mut next = || numbers.next().transpose();
    let (vertices, edges, open) = (next()?.unwrap_or(0), next()?.unwrap_or(0), next()?.unwrap_or(0));
    let mut metres: Vec<Option<f64>> = vec![None; vertices * vertices];
    for vertex in 0..vertices {
        metres[vertex * vertices + vertex] = Some(0.0);
    }
    for _ in 0..edges {
        let (Some(a), Some(b), Some(cost)) = (next()?, next()?, next()?) else { break };
        if a == 0 || b == 0 || a > vertices || b > vertices {
            return Err("edge to a vertex that does not exist".into());
        }
        for (a, b) in [(a - 1, b - 1), (b - 1, a - 1)] {
            metres[a * vertices + b] = Some(cost as f64);
        }
    }
    for over in 0..vertices {
        for from in 0..vertices {
            let Some(first) = metres[from * vertices + over] else { continue };
            for to in 0..vertices {
                let Some(second) = metres[over * vertices + to] else { continue };
                let way = &mut metres[from * vertices + to];
                *way = Some(way.map_or(first + second, |known: f64| known.min(first + second)));
            }
        }
    }
    let names = || (1..=vertices).map(|v| v.to_string());
    Ok(Siting {
        demands: names().map(|name| Demand { name, weight: 1.0 }).collect(),
        candidates: names().collect(),
        existing: Vec::new(),
        distances: Distances::new(vertices, metres)?,
        open,
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    for file in std::env::args().skip(1) {
        let question = read(&std::fs::read_to_string(&file)?)?;
        let began = Instant::now();
        let plan = p_median(&question, Duration::from_secs(300))?;
        let seconds = began.elapsed().as_secs_f64();
        writeln!(
            out,
            "{file}: {} (bound {:.3}, proven {}) in {seconds:.2} s",
            plan.objective, plan.bound, plan.proven
        )?;
    }
    Ok(())
}
