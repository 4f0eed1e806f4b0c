//! SQL over Parquet, in this process. Callers stay synchronous: one runtime inside does the waiting.

use crate::error::LakeError;
use crate::published::Published;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::TableReference;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::error::DataFusionError;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::logical_expr::{col, lit};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;
use datafusion::prelude::{SessionConfig as EngineConfig, SessionContext};
use kekiz_base::IndicatorId;
use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc};
use tokio::runtime::Runtime;

/// How much a session may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionConfig {
    /// Memory the engine may hold, in bytes.
    pub memory_limit_bytes: usize,
    /// Number of parts a plan is cut into. Results are collected in plan order whatever it is.
    pub target_partitions: usize,
    /// Whether what does not fit into memory may go to the system's temporary files. Never for sensitive rows.
    pub may_spill: bool,
}

impl Default for SessionConfig {
    /// 512 MiB, one part per processor, temporary files allowed.
    fn default() -> Self {
        Self {
            memory_limit_bytes: 512 << 20,
            target_partitions: std::thread::available_parallelism().map_or(1, usize::from),
            may_spill: true,
        }
    }
}

/// A query engine with the tables registered in it.
#[derive(Clone)]
pub struct Session {
    context: SessionContext,
}

/// The one runtime of the process for the engine. It is never dropped, so sessions may end anywhere.
fn runtime() -> Result<&'static Runtime, LakeError> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    // One at a time: a second runtime made meanwhile would be dropped, which tokio refuses inside of another runtime.
    static MAKING: Mutex<()> = Mutex::new(());
    if let Some(found) = RUNTIME.get() {
        return Ok(found);
    }
    let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = RUNTIME.get() {
        return Ok(found);
    }
    let made =
        tokio::runtime::Builder::new_multi_thread().thread_name("kekiz-lake").enable_all().build().map_err(
            |e| LakeError::Query {
                problem: format!("die Arbeitsfäden ließen sich nicht starten ({e})"),
                remedy: "weniger Programme zugleich laufen lassen",
            },
        )?;
    Ok(RUNTIME.get_or_init(|| made))
}

/// Runs a future on the runtime and waits for it; also fine on a thread of another runtime.
fn wait<T: Send + 'static>(
    future: impl Future<Output = Result<T, DataFusionError>> + Send + 'static,
) -> Result<T, LakeError> {
    let (sender, receiver) = mpsc::sync_channel(1);
    runtime()?.spawn(async move {
        let _ = sender.send(future.await);
    });
    match receiver.recv() {
        Ok(result) => result.map_err(refused),
        Err(_) => Err(LakeError::Query {
            problem: "die Abfrage wurde abgebrochen".into(),
            remedy: "die Abfrage melden, damit der Fehler behoben wird",
        }),
    }
}

fn refused(error: DataFusionError) -> LakeError {
    let remedy = match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => {
            "die Speichergrenze erhöhen oder weniger Zeilen auf einmal abfragen"
        }
        DataFusionError::SQL(..) | DataFusionError::Plan(_) | DataFusionError::SchemaError(..) => {
            "die Abfrage prüfen; erlaubt ist nur SELECT auf angemeldete Tabellen"
        }
        _ => "die Dateien des Bestands mit „kekiz doctor“ prüfen",
    };
    LakeError::Query { problem: error.strip_backtrace(), remedy }
}

impl Session {
    /// An engine in this process.
    pub fn local(config: &SessionConfig) -> Result<Self, LakeError> {
        let spilling =
            if config.may_spill { DiskManagerMode::OsTmpDirectory } else { DiskManagerMode::Disabled };
        let environment = RuntimeEnvBuilder::new()
            .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(spilling))
            .with_memory_limit(config.memory_limit_bytes, 1.0)
            .build_arc()
            .map_err(refused)?;
        let engine = EngineConfig::new()
            .with_target_partitions(config.target_partitions.max(1))
            .with_information_schema(false)
            .set_bool("datafusion.execution.parquet.pushdown_filters", true);
        Ok(Self { context: SessionContext::new_with_config_rt(engine, environment) })
    }

    /// Makes a Parquet file a table. The path is taken literally, whatever characters it holds.
    pub fn register_file(&self, table: &str, path: &Path) -> Result<(), LakeError> {
        let absolute =
            std::path::absolute(path).map_err(|reason| kekiz_disk::DiskError::new("finden", path, reason))?;
        let context = self.context.clone();
        let table = TableReference::bare(table.to_string());
        wait(async move {
            let url = url::Url::from_file_path(&absolute)
                .map_err(|()| DataFusionError::Plan(format!("„{}“ ist kein Pfad", absolute.display())))?;
            let url = ListingTableUrl::try_new(url, None)?;
            let options = ListingOptions::new(Arc::new(ParquetFormat::default()));
            let listing = ListingTableConfig::new(url)
                .with_listing_options(options)
                .infer_schema(&context.state())
                .await?;
            context.register_table(table, Arc::new(ListingTable::try_new(listing)?))?;
            Ok(())
        })
    }

    /// Makes the current release of an indicator a table of the indicator's name (in SQL: `"kinder-armut"`).
    pub fn register(&self, published: &Published, id: &IndicatorId) -> Result<(), LakeError> {
        self.register_file(id.as_str(), &published.release_file(id)?)
    }

    /// Runs a SELECT and collects its rows; statements that change anything are refused.
    pub fn sql(&self, query: &str) -> Result<(SchemaRef, Vec<RecordBatch>), LakeError> {
        let (context, query) = (self.context.clone(), query.to_string());
        wait(async move {
            let only_select =
                SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
            let frame = context.sql_with_options(&query, only_select).await?;
            let schema: SchemaRef = Arc::new(frame.schema().as_arrow().clone());
            Ok((schema, frame.collect().await?))
        })
    }

    /// The rows of a table whose column has one of the values, in the columns asked for.
    pub fn select(
        &self,
        table: &str,
        columns: &[&str],
        column: &str,
        values: &[&str],
    ) -> Result<Vec<RecordBatch>, LakeError> {
        let context = self.context.clone();
        let table = TableReference::bare(table.to_string());
        let columns: Vec<_> = columns.iter().map(|name| col(format!("\"{name}\""))).collect();
        let filter =
            col(format!("\"{column}\"")).in_list(values.iter().map(|value| lit(*value)).collect(), false);
        wait(async move { context.table(table).await?.filter(filter)?.select(columns)?.collect().await })
    }

    /// Runs a SELECT and gives its rows as the bytes of a Parquet file.
    pub fn sql_to_parquet(&self, query: &str) -> Result<Vec<u8>, LakeError> {
        let (schema, batches) = self.sql(query)?;
        let write = || {
            let properties = WriterProperties::builder()
                .set_created_by("KeKiz".into())
                .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
                .build();
            let mut writer = ArrowWriter::try_new(Vec::new(), schema, Some(properties))?;
            for batch in &batches {
                writer.write(batch)?;
            }
            writer.into_inner()
        };
        write().map_err(|e| refused(e.into()))
    }
}
