//! Places by an address table: geocoding without asking anyone.

mod file;
mod lookup;
mod normal;
mod table;

pub use file::{AddressFileError, read_addresses};
pub use lookup::{Candidate, Precision};
pub use normal::HouseNumber;
pub use table::{AddressRow, AddressTable, PlaceKind};
