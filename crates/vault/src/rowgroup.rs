//! Row groups to a Parquet file on a thread of its own, columns side by side. The bytes do not depend on threads.

use crate::error::VaultError;
use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use datafusion::parquet::basic::Compression;
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::metadata::KeyValue;
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::file::writer::SerializedFileWriter;
use datafusion::parquet::schema::types::ColumnPath;
use kekiz_disk::DiskError;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The columns of a dataset's file.
pub(crate) const COLUMNS: [&str; 6] = ["area", "period", "variable", "group", "value", "state"];

pub(crate) fn schema() -> SchemaRef {
    let words = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let fields: Vec<Field> = COLUMNS
        .into_iter()
        .map(|name| match name {
            "value" => Field::new(name, DataType::Float64, true),
            "state" => Field::new(name, DataType::UInt8, false),
            _ => Field::new(name, words.clone(), false),
        })
        .collect();
    Arc::new(Schema::new(fields))
}

fn properties(header: String) -> WriterProperties {
    WriterProperties::builder()
        .set_created_by("KeKiz".into())
        .set_compression(Compression::LZ4_RAW)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_write_batch_size(1 << 14)
        .set_data_page_row_count_limit(1 << 17)
        .set_column_dictionary_enabled(ColumnPath::from("value"), false)
        .set_max_row_group_row_count(None)
        .set_key_value_metadata(Some(vec![KeyValue::new("kekiz".to_string(), header)]))
        .build()
}

/// A file that is hashed while it is written.
struct HashingFile {
    file: File,
    hasher: blake3::Hasher,
}

impl Write for HashingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes row groups into one file.
pub(crate) struct RowGroups {
    path: PathBuf,
    schema: SchemaRef,
    writer: SerializedFileWriter<HashingFile>,
    factory: ArrowRowGroupWriterFactory,
    threads: usize,
    groups: usize,
}

impl RowGroups {
    /// Begins a file; `header` goes into its metadata.
    pub(crate) fn new(file: File, path: &Path, header: String, threads: usize) -> Result<Self, VaultError> {
        let schema = schema();
        let hashing = HashingFile { file, hasher: blake3::Hasher::new() };
        let (writer, factory) = ArrowWriter::try_new(hashing, schema.clone(), Some(properties(header)))
            .and_then(ArrowWriter::into_serialized_writer)
            .map_err(|e| explain(e, path))?;
        Ok(Self { path: path.to_path_buf(), schema, writer, factory, threads: threads.max(1), groups: 0 })
    }

    /// Encodes and writes one row group.
    pub(crate) fn write(&mut self, arrays: &[ArrayRef]) -> Result<(), VaultError> {
        let chunks = self.encode(arrays).map_err(|e| explain(e, &self.path))?;
        self.groups += 1;
        let append = || {
            let mut group = self.writer.next_row_group()?;
            for chunk in chunks {
                chunk.append_to_row_group(&mut group)?;
            }
            group.close()
        };
        append().map(|_| ()).map_err(|e| explain(e, &self.path))
    }

    /// Each thread takes the next column that nobody has taken; the results stand in the order of the columns.
    fn encode(&self, arrays: &[ArrayRef]) -> Result<Vec<ArrowColumnChunk>, ParquetError> {
        let writers = self.factory.create_column_writers(self.groups)?;
        let jobs: Vec<Job> = writers
            .into_iter()
            .zip(arrays)
            .zip(self.schema.fields())
            .map(|((writer, array), field)| Job { writer, array, field })
            .collect();
        if self.threads == 1 {
            return jobs.into_iter().map(Job::run).collect();
        }
        let queue = Mutex::new(jobs.into_iter().enumerate());
        let done = Mutex::new(Vec::with_capacity(arrays.len()));
        std::thread::scope(|scope| {
            for _ in 0..self.threads.min(arrays.len()) {
                scope.spawn(|| {
                    loop {
                        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                        let Some((place, job)) = next else { return };
                        let result = job.run();
                        done.lock().unwrap_or_else(PoisonError::into_inner).push((place, result));
                    }
                });
            }
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|(place, _)| *place);
        done.into_iter().map(|(_, result)| result).collect()
    }

    /// Ends the file and makes it durable; gives the digest of its bytes.
    pub(crate) fn finish(mut self) -> Result<String, VaultError> {
        self.writer.finish().map_err(|e| explain(e, &self.path))?;
        let hashing = self.writer.inner();
        hashing.file.sync_all().map_err(|reason| DiskError::new("schreiben", &self.path, reason))?;
        Ok(hashing.hasher.finalize().to_hex().to_string())
    }
}

struct Job<'a> {
    writer: ArrowColumnWriter,
    array: &'a ArrayRef,
    field: &'a Field,
}

impl Job<'_> {
    fn run(mut self) -> Result<ArrowColumnChunk, ParquetError> {
        for leaf in compute_leaves(self.field, self.array)? {
            self.writer.write(&leaf)?;
        }
        self.writer.close()
    }
}

/// What the disk said, if it was the disk; otherwise what the Parquet writer says.
fn explain(error: ParquetError, path: &Path) -> VaultError {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(reason) => DiskError::new("schreiben", path, *reason).into(),
            Err(other) => VaultError::Write { problem: other.to_string() },
        },
        other => VaultError::Write { problem: other.to_string() },
    }
}
