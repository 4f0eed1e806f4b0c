//! Spatial statistics and segregation on plain files, for colleagues with R, Python or QGIS.
