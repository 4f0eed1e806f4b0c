//! The printed social report as accessible PDF.
