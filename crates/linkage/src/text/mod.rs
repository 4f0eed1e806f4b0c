//! From what offices write to what can be compared: one spelling per name, street, date.

mod arabic;
mod cyrillic;
mod date;
mod koelner;
mod latin;
mod name;
mod spelling;
mod street;

pub use date::Date;
pub use koelner::koelner_phonetik;
pub use latin::latin;
pub use name::{name, without_particles};
pub use spelling::spelling;
pub use street::{street, street_name};
