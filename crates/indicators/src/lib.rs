//! Catalogue definitions to sensitive cells.
