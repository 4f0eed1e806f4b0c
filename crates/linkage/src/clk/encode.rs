//! From records to bit fields.

use super::{Encoded, Encoding, Key, balance, xor_fold};
use crate::model::{Kind, Model};
use crate::prepare::{PrepareError, prepare};
use crate::records::{MISSING, Records};
use rayon::prelude::*;
use std::collections::HashMap;

/// Why records could not be encoded.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EncodeError {
    /// Records and model do not fit.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// The encoding names a column the model does not have.
    #[error(
        "Die Kodierung nennt die Spalte „{0}“, die das Modell nicht hat. Abhilfe: den Namen unter [[encoding.column]] berichtigen."
    )]
    Column(String),
    /// Bits, hashes or weights that make no sense.
    #[error(
        "Die Kodierung ist unbrauchbar: bits muss ein Vielfaches von 128 bis 65536 sein, hashes zwischen 1 und 200, jedes Gewicht größer als 0 liegen und mindestens eine Spalte genannt sein. Abhilfe: die Werte unter [encoding] berichtigen."
    )]
    Settings,
}

/// Pieces a value of a kind usually has, from which the length of the column's filter follows so that it is about
/// half full.
fn usual_pieces(kind: Kind) -> f64 {
    match kind {
        Kind::FirstName => 8.0,
        Kind::Surname => 9.0,
        Kind::Street => 13.0,
        Kind::Text => 10.0,
        Kind::Date => 11.0,
        Kind::Code => 6.0,
        Kind::Category => 1.0,
    }
}

/// What of a normalised value is hashed: pairs of letters with a mark at both ends for words; for dates and codes
/// each digit with its place (and for dates the parts whole), so that a wrong digit costs little.
fn pieces(kind: Kind, text: &str) -> Vec<String> {
    match kind {
        Kind::FirstName | Kind::Surname | Kind::Street | Kind::Text => {
            let letters: Vec<char> = std::iter::once('_').chain(text.chars()).chain(['_']).collect();
            let mut list: Vec<String> = letters.windows(2).map(|pair| pair.iter().collect()).collect();
            list.sort_unstable();
            list.dedup();
            list
        }
        Kind::Date => {
            let mut list: Vec<String> =
                text.chars().enumerate().map(|(place, digit)| format!("{place}{digit}")).collect();
            for (name, part) in [("y", text.get(..4)), ("m", text.get(4..6)), ("d", text.get(6..))] {
                list.extend(part.map(|part| format!("{name}{part}")));
            }
            list
        }
        Kind::Code => text.chars().rev().enumerate().map(|(place, c)| format!("{place}{c}")).collect(),
        Kind::Category => vec![text.to_string()],
    }
}

/// Where the bits of one column's filter go.
struct Layout {
    column: usize,
    kind: Kind,
    name: String,
    /// Bits of the column's filter.
    length: u32,
    /// Bits of the record that each bit of the filter sets.
    targets: Vec<Vec<u32>>,
}

fn layouts(model: &Model, encoding: &Encoding, key: &Key) -> Result<Vec<Layout>, EncodeError> {
    let weights: f64 = encoding.column.iter().map(|column| column.weight).sum();
    let usable = encoding.column.iter().all(|column| column.weight.is_finite() && column.weight > 0.0);
    let bits = encoding.bits.is_multiple_of(128) && (128..=65_536).contains(&encoding.bits);
    if !usable || !bits || !(1..=200).contains(&encoding.hashes) || encoding.column.is_empty() {
        return Err(EncodeError::Settings);
    }
    let order = key.permutation("record", encoding.bits);
    let (mut from, mut sum) = (0_usize, 0.0);
    let mut list = Vec::new();
    for column in &encoding.column {
        let place =
            model.column_named(&column.column).ok_or_else(|| EncodeError::Column(column.column.clone()))?;
        let kind = model.column[place].kind;
        let length = (f64::from(encoding.hashes) * usual_pieces(kind) / std::f64::consts::LN_2).ceil() as u32;
        sum += column.weight;
        let to = ((sum / weights * f64::from(encoding.bits)).round() as usize).clamp(from, order.len());
        let mut targets = vec![Vec::new(); length as usize];
        let draws = key.numbers("draw", &column.column, length, to - from);
        for (target, draw) in order[from..to].iter().zip(draws) {
            targets[draw as usize].push(*target);
        }
        from = to;
        list.push(Layout { column: place, kind, name: column.column.clone(), length, targets });
    }
    Ok(list)
}

/// Encodes records; the result is in the order of the rows. A missing value sets no bit of its column.
///
/// # Errors
/// Records that lack a column, or an encoding that makes no sense.
pub fn encode(
    model: &Model,
    records: &Records,
    encoding: &Encoding,
    key: &Key,
) -> Result<Encoded, EncodeError> {
    let layouts = layouts(model, encoding, key)?;
    let prepared = prepare(model, records)?;
    // The bits of every distinct value, once.
    let fields: Vec<HashMap<u32, Vec<u32>>> = layouts
        .par_iter()
        .map(|layout| {
            let mut numbers: Vec<u32> =
                (0..prepared.len()).map(|record| prepared.record(record)[layout.column]).collect();
            numbers.sort_unstable();
            numbers.dedup();
            let mut known: HashMap<String, Vec<u32>> = HashMap::new();
            let bits = |number: u32| {
                let mut bits = Vec::new();
                for piece in pieces(layout.kind, prepared.pool.text(number)) {
                    let positions = known.entry(piece).or_insert_with_key(|piece| {
                        key.numbers(&layout.name, piece, layout.length, encoding.hashes as usize)
                    });
                    for position in positions.iter() {
                        bits.extend_from_slice(&layout.targets[*position as usize]);
                    }
                }
                bits.sort_unstable();
                bits.dedup();
                bits
            };
            let mut bits = bits;
            numbers.into_iter().filter(|n| *n != MISSING).map(|n| (n, bits(n))).collect()
        })
        .collect();
    let shuffle = key.permutation("balance", encoding.bits * 2);
    let words = encoding.encoded_bits() as usize / 64;
    let plain = encoding.bits as usize / 64;
    let mut place = vec![0; prepared.len()];
    for (record, row) in prepared.rows.iter().enumerate() {
        place[*row as usize] = record;
    }
    let rows: Vec<Vec<u64>> = place
        .into_par_iter()
        .map(|record| {
            let mut field = vec![0_u64; plain];
            for (layout, bits) in layouts.iter().zip(&fields) {
                for bit in bits.get(&prepared.record(record)[layout.column]).into_iter().flatten() {
                    field[*bit as usize / 64] |= 1 << (bit % 64);
                }
            }
            if encoding.balance {
                field = balance(&field, &shuffle);
            }
            if encoding.xor_fold {
                field = xor_fold(&field);
            }
            field
        })
        .collect();
    Ok(Encoded::new(words, rows.concat()))
}
