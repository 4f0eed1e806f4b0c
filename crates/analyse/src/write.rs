//! A result as Parquet.

use crate::table::{Column, Table};
use parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use std::sync::Arc;

impl Table {
    /// The table as a Parquet file (Snappy): words as optional strings, numbers as optional doubles. The same table gives
    /// the same bytes.
    ///
    /// # Errors
    /// A German sentence when the columns cannot be written, such as two of the same name.
    pub fn parquet(&self) -> Result<Vec<u8>, crate::AnalyseError> {
        self.encode().map_err(|cause| {
            crate::AnalyseError::Input(format!(
                "Die Tabelle lässt sich nicht als Parquet schreiben ({cause}). Abhilfe: CSV wählen."
            ))
        })
    }

    fn encode(&self) -> Result<Vec<u8>, ParquetError> {
        let field = |(name, column): &(String, Column)| {
            let (physical, logical) = match column {
                Column::Text(_) => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
                Column::Number(_) => (PhysicalType::DOUBLE, None),
            };
            let builder = Type::primitive_type_builder(name, physical);
            Ok(Arc::new(builder.with_repetition(Repetition::OPTIONAL).with_logical_type(logical).build()?))
        };
        let fields = self.columns().iter().map(field).collect::<Result<Vec<_>, ParquetError>>()?;
        let schema = Arc::new(Type::group_type_builder("kekiz").with_fields(fields).build()?);
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by("kekiz".into())
            .build();
        let mut out = Vec::new();
        let mut file = SerializedFileWriter::new(&mut out, schema, Arc::new(properties))?;
        let mut group = file.next_row_group()?;
        for (_, column) in self.columns() {
            let Some(mut writer) = group.next_column()? else { break };
            match column {
                Column::Text(cells) => {
                    let there: Vec<ByteArray> =
                        cells.iter().flatten().map(|text| text.as_str().into()).collect();
                    writer.typed::<ByteArrayType>().write_batch(&there, Some(&levels(cells)), None)?;
                }
                Column::Number(cells) => {
                    let there: Vec<f64> = cells.iter().flatten().copied().collect();
                    writer.typed::<DoubleType>().write_batch(&there, Some(&levels(cells)), None)?;
                }
            }
            writer.close()?;
        }
        group.close()?;
        file.close()?;
        Ok(out)
    }
}

/// 1 where a cell has something in it.
fn levels<T>(cells: &[Option<T>]) -> Vec<i16> {
    cells.iter().map(|cell| i16::from(cell.is_some())).collect()
}
