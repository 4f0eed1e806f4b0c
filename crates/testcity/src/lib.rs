//! A made-up city: children in households with siblings and twins, and the registers that hold them.
//!
//! What is published about Mülheim an der Ruhr (Groos and Jehles 2015) holds here by construction: among children
//! whose family draws SGB II, and among the others, every finding has the published share in expectation. The
//! registers carry errors as offices make them; which record is which child is kept apart ([`City::truth`]). A few
//! households bear names that exist nowhere else ([`City::canaries`]): whoever finds one in a page, a message or a
//! file outside the protected zone has found a leak.
//!
//! The same plan gives the same bytes, however many threads work.

mod child;
mod city;
mod draw;
mod error;
mod finding;
mod household;
mod kita;
mod mistake;
mod names;
mod parameters;
mod register;
mod registers;
mod territory;
mod truth;
mod write;

pub use child::{Child, Sex};
pub use city::{City, Plan};
pub use error::CityError;
pub use finding::Outcome;
pub use household::Household;
pub use parameters::{Assumed, Parameters, Published};
pub use registers::Register;
pub use territory::{Address, Territory};
pub use truth::TrueLink;
pub use write::{File, MARK_FILE, files, write};
