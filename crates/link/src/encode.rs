//! `kekiz link encode` and `kekiz link compare`: linking without exchanging names.

use crate::LinkFileError;
use crate::read::{Wanted, bytes, read};
use crate::run::{Identifiers, on_threads, read_model};
use crate::write::{field, whole};
use kekiz_linkage::clk::{
    Encoded, Encoding, Key, best_pairs, encode as encode_records, similar, similar_preselected,
};
use kekiz_linkage::{Records, Texts};
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What to encode.
#[derive(Clone, Debug)]
pub struct EncodeRequest {
    /// CSV or Parquet file.
    pub file: PathBuf,
    /// Column that identifies a record; it is passed on, so it should be a number made for this purpose.
    pub id: Option<String>,
    /// Model with the columns and, if wanted, an `[encoding]`.
    pub model: PathBuf,
    /// File with the secret both offices share.
    pub key: PathBuf,
    /// Threads, 0 for all.
    pub threads: usize,
    /// Where the codes go: `id,code`.
    pub out: PathBuf,
}

/// What was encoded.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EncodeReport {
    /// Records.
    pub records: usize,
    /// Bits per record.
    pub bits: u32,
    /// Seconds.
    pub seconds: f64,
}

/// Encodes the records of a file.
///
/// # Errors
/// Files, model or key that cannot be used, or an output that cannot be written; nothing is written then.
pub fn encode(request: &EncodeRequest) -> Result<EncodeReport, LinkFileError> {
    let started = Instant::now();
    let model = read_model(&request.model)?;
    let secret = bytes(&request.key)?;
    let key = Key::new(secret.trim_ascii())
        .map_err(|cause| LinkFileError::Input(format!("{}: {cause}", request.key.display())))?;
    let encoding = model.encoding.clone().unwrap_or_else(|| Encoding::for_model(&model));
    on_threads(request.threads, || {
        let names = model.source_columns();
        let file = read(&request.file, Wanted::Named(&names), request.id.as_deref())?;
        let ids = Identifiers::of_one(file.rows, file.ids);
        let records = Records { columns: file.columns, files: vec![file.rows], keys: Vec::new() };
        let codes = encode_records(&model, &records, &encoding, &key)
            .map_err(|cause| LinkFileError::Model(cause.to_string()))?;
        whole(&request.out, |out| {
            out.write_all(b"id,code\n")?;
            let mut line = Vec::new();
            for row in 0..codes.len() {
                line.clear();
                field(&mut line, &ids.get(row));
                line.push(b',');
                for word in codes.record(row) {
                    write!(line, "{word:016x}")?;
                }
                line.push(b'\n');
                out.write_all(&line)?;
            }
            Ok(())
        })?;
        Ok(EncodeReport {
            records: codes.len(),
            bits: encoding.encoded_bits(),
            seconds: started.elapsed().as_secs_f64(),
        })
    })
}

/// What to compare.
#[derive(Clone, Debug)]
pub struct CompareRequest {
    /// Two files that `encode` wrote.
    pub files: [PathBuf; 2],
    /// Smallest Dice coefficient.
    pub threshold: f64,
    /// Not all pairs are compared, but so that each similar pair is found with this probability.
    pub recall: Option<f64>,
    /// Whether a record has at most one partner.
    pub one_to_one: bool,
    /// Threads, 0 for all.
    pub threads: usize,
    /// Where links go: `left,right,dice`.
    pub out: PathBuf,
}

/// Seed of the sampled bits: which of them are looked at is nobody's choice.
const PRESELECTION_SEED: u64 = 1;

/// What was compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CompareReport {
    /// Records of both files.
    pub records: [usize; 2],
    /// Pairs compared.
    pub compared: u64,
    /// Pairs linked.
    pub linked: usize,
    /// Seconds for comparing.
    pub compare_seconds: f64,
    /// Seconds in all.
    pub seconds: f64,
}

/// Links two files of codes by the bits they share.
///
/// # Errors
/// Files that are no codes, or of different lengths, or an output that cannot be written.
pub fn compare_encoded(request: &CompareRequest) -> Result<CompareReport, LinkFileError> {
    let started = Instant::now();
    if !(request.threshold > 0.0 && request.threshold <= 1.0) {
        return Err(LinkFileError::Usage(
            "--threshold ist eine Ähnlichkeit. Abhilfe: einen Wert über 0 bis 1 angeben, etwa 0.85.".into(),
        ));
    }
    if request.recall.is_some_and(|recall| !(recall > 0.0 && recall < 1.0)) {
        return Err(LinkFileError::Usage(
            "--recall ist ein Anteil. Abhilfe: einen Wert zwischen 0 und 1 angeben, etwa 0.99, oder weglassen: dann wird jedes Paar verglichen.".into(),
        ));
    }
    on_threads(request.threads, || {
        let [(left_ids, left), (right_ids, right)] = [codes(&request.files[0])?, codes(&request.files[1])?];
        if left.words() != right.words() && !left.is_empty() && !right.is_empty() {
            return Err(LinkFileError::Input(
                "Die Codes der beiden Dateien sind verschieden lang. Abhilfe: beide mit demselben Modell kodieren.".into(),
            ));
        }
        let since = Instant::now();
        let (mut pairs, compared) = match request.recall {
            Some(recall) => {
                let found = similar_preselected(&left, &right, request.threshold, recall, PRESELECTION_SEED);
                (found.pairs, found.compared)
            }
            None => (similar(&left, &right, request.threshold), left.len() as u64 * right.len() as u64),
        };
        let compare_seconds = since.elapsed().as_secs_f64();
        if request.one_to_one {
            pairs = best_pairs(&pairs);
        }
        whole(&request.out, |out| {
            out.write_all(b"left,right,dice\n")?;
            let mut line = Vec::new();
            for pair in &pairs {
                line.clear();
                field(&mut line, left_ids.get(pair.left));
                line.push(b',');
                field(&mut line, right_ids.get(pair.right));
                writeln!(line, ",{:.6}", pair.dice)?;
                out.write_all(&line)?;
            }
            Ok(())
        })?;
        Ok(CompareReport {
            records: [left.len(), right.len()],
            compared,
            linked: pairs.len(),
            compare_seconds,
            seconds: started.elapsed().as_secs_f64(),
        })
    })
}

/// Identifiers and codes of a file.
fn codes(path: &Path) -> Result<(Texts, Encoded), LinkFileError> {
    let file = read(path, Wanted::Named(&["code"]), Some("id"))?;
    let wrong = |row: usize| {
        LinkFileError::file(
            path,
            format!("Der Code von Datensatz {} ist unvollständig.", row + 1),
            "die Datei noch einmal mit kekiz link encode schreiben.",
        )
    };
    let (Some(column), Some(ids)) = (file.columns.first(), file.ids) else { return Err(wrong(0)) };
    let mut words = 0;
    let mut bits = Vec::new();
    for (row, number) in column.ids.iter().enumerate() {
        let text = if *number == kekiz_linkage::MISSING { "" } else { column.texts.get(*number) };
        if text.is_empty()
            || text.len() % 16 != 0
            || !text.is_ascii()
            || (row > 0 && text.len() != words * 16)
        {
            return Err(wrong(row));
        }
        words = text.len() / 16;
        for at in 0..words {
            bits.push(u64::from_str_radix(&text[at * 16..(at + 1) * 16], 16).map_err(|_| wrong(row))?);
        }
    }
    Ok((ids, Encoded::new(words, bits)))
}
