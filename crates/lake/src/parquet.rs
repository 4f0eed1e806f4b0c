//! Tables to Parquet bytes and back; the same table always gives the same bytes.

use bytes::Bytes;
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Date32Array, Float64Array, RecordBatch, StringArray,
    StringDictionaryBuilder, UInt8Array,
};
use datafusion::arrow::compute::{cast, concat_batches};
use datafusion::arrow::datatypes::{DataType, Date32Type, Field, Float64Type, Int32Type, Schema, UInt8Type};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::metadata::KeyValue;
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Key under which our own header stands in a file's metadata.
pub(crate) const HEADER: &str = "kekiz";

/// Columns in order, with their names.
#[derive(Default)]
pub(crate) struct Columns {
    fields: Vec<Field>,
    arrays: Vec<ArrayRef>,
}

impl Columns {
    fn push(&mut self, name: &str, nullable: bool, array: ArrayRef) {
        self.fields.push(Field::new(name, array.data_type().clone(), nullable));
        self.arrays.push(array);
    }

    /// A column of few distinct texts, stored once each.
    pub(crate) fn words<'a>(&mut self, name: &str, values: impl Iterator<Item = Option<&'a str>>) {
        let mut builder = StringDictionaryBuilder::<Int32Type>::new();
        for value in values {
            builder.append_option(value);
        }
        self.push(name, true, Arc::new(builder.finish()));
    }

    pub(crate) fn texts<'a>(&mut self, name: &str, values: impl Iterator<Item = Option<&'a str>>) {
        self.push(name, true, Arc::new(values.collect::<StringArray>()));
    }

    pub(crate) fn numbers(&mut self, name: &str, values: impl Iterator<Item = Option<f64>>) {
        self.push(name, true, Arc::new(values.collect::<Float64Array>()));
    }

    pub(crate) fn smalls(&mut self, name: &str, values: impl Iterator<Item = Option<u8>>) {
        self.push(name, true, Arc::new(values.collect::<UInt8Array>()));
    }

    pub(crate) fn flags(&mut self, name: &str, values: impl Iterator<Item = Option<bool>>) {
        self.push(name, true, Arc::new(values.collect::<BooleanArray>()));
    }

    /// A column of days since 1970-01-01.
    pub(crate) fn days(&mut self, name: &str, values: impl Iterator<Item = Option<i32>>) {
        self.push(name, true, Arc::new(values.collect::<Date32Array>()));
    }

    pub(crate) fn blobs(&mut self, name: &str, values: impl Iterator<Item = Option<Vec<u8>>>) {
        let values: Vec<Option<Vec<u8>>> = values.collect();
        self.push(name, true, Arc::new(values.iter().map(Option::as_deref).collect::<BinaryArray>()));
    }

    /// The bytes of a Parquet file with these columns and this metadata.
    pub(crate) fn write(self, metadata: &[(&str, String)]) -> Result<Vec<u8>, String> {
        let schema = Arc::new(Schema::new(self.fields));
        let batch = RecordBatch::try_new(schema.clone(), self.arrays).map_err(|e| e.to_string())?;
        let pairs = metadata.iter().map(|(key, value)| KeyValue::new((*key).to_string(), value.clone()));
        let properties = WriterProperties::builder()
            .set_created_by("KeKiz".into())
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(3).map_err(|e| e.to_string())?))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_key_value_metadata(Some(pairs.collect()))
            .build();
        let mut writer =
            ArrowWriter::try_new(Vec::new(), schema, Some(properties)).map_err(|e| e.to_string())?;
        writer.write(&batch).map_err(|e| e.to_string())?;
        writer.into_inner().map_err(|e| e.to_string())
    }
}

/// A file read completely.
pub(crate) struct Table {
    batch: RecordBatch,
    metadata: BTreeMap<String, String>,
}

impl Table {
    pub(crate) fn read(bytes: Vec<u8>) -> Result<Self, String> {
        let builder =
            ParquetRecordBatchReaderBuilder::try_new(Bytes::from(bytes)).map_err(|e| e.to_string())?;
        let metadata = builder
            .metadata()
            .file_metadata()
            .key_value_metadata()
            .into_iter()
            .flatten()
            .filter_map(|pair| Some((pair.key.clone(), pair.value.clone()?)))
            .collect();
        let schema = builder.schema().clone();
        let reader = builder.with_batch_size(1 << 16).build().map_err(|e| e.to_string())?;
        let batches = reader.collect::<Result<Vec<_>, _>>().map_err(|e| e.to_string())?;
        let batch = concat_batches(&schema, &batches).map_err(|e| e.to_string())?;
        Ok(Self { batch, metadata })
    }

    pub(crate) fn rows(&self) -> usize {
        self.batch.num_rows()
    }

    /// The header of the file, if it is one of ours.
    pub(crate) fn header<T: serde::de::DeserializeOwned>(&self) -> Result<T, String> {
        let text = self.metadata.get(HEADER).ok_or("der Kopf „kekiz“ fehlt")?;
        serde_json::from_str(text).map_err(|e| format!("der Kopf „kekiz“ ist unlesbar ({e})"))
    }

    fn column(&self, name: &str, wanted: &DataType) -> Result<ArrayRef, String> {
        let column = self.batch.column_by_name(name).ok_or_else(|| format!("die Spalte „{name}“ fehlt"))?;
        cast(column, wanted).map_err(|_| format!("die Spalte „{name}“ hat einen unerwarteten Typ"))
    }

    pub(crate) fn texts(&self, name: &str) -> Result<StringArray, String> {
        Ok(self.column(name, &DataType::Utf8)?.as_string::<i32>().clone())
    }

    pub(crate) fn numbers(&self, name: &str) -> Result<Float64Array, String> {
        Ok(self.column(name, &DataType::Float64)?.as_primitive::<Float64Type>().clone())
    }

    pub(crate) fn smalls(&self, name: &str) -> Result<UInt8Array, String> {
        Ok(self.column(name, &DataType::UInt8)?.as_primitive::<UInt8Type>().clone())
    }

    pub(crate) fn flags(&self, name: &str) -> Result<BooleanArray, String> {
        Ok(self.column(name, &DataType::Boolean)?.as_boolean().clone())
    }

    pub(crate) fn days(&self, name: &str) -> Result<Date32Array, String> {
        Ok(self.column(name, &DataType::Date32)?.as_primitive::<Date32Type>().clone())
    }

    pub(crate) fn blobs(&self, name: &str) -> Result<BinaryArray, String> {
        Ok(self.column(name, &DataType::Binary)?.as_binary::<i32>().clone())
    }
}

/// The text of a row; `None` for null.
pub(crate) fn text(array: &StringArray, row: usize) -> Option<&str> {
    array.is_valid(row).then(|| array.value(row))
}

/// The number of a row; `None` for null.
pub(crate) fn number(array: &Float64Array, row: usize) -> Option<f64> {
    array.is_valid(row).then(|| array.value(row))
}
