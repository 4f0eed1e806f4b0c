//! Parquet: the release as it was published, byte for byte.

use crate::{Atlas, AtlasError};
use kekiz_base::IndicatorId;

impl Atlas {
    /// All cells of an indicator as Parquet. The file is the release itself, so its digest can be checked against the
    /// receipt; definition, sources, licence, attribution and protection stand in its metadata (key `kekiz`).
    ///
    /// # Errors
    /// [`AtlasError::UnknownIndicator`], or a store that cannot be read.
    pub fn parquet(&self, id: &IndicatorId) -> Result<Vec<u8>, AtlasError> {
        self.release_bytes(id)
    }
}
