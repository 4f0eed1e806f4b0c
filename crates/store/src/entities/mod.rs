//! The tables as SeaORM sees them, one module each.

/// A module with the entity of one table.
macro_rules! entity {
    ($(#[$about:meta])* $module:ident, $table:tt, { $($fields:tt)* }) => {
        $(#[$about])*
        pub mod $module {
            #![allow(unused_imports, reason = "not every table has every type of column")]
            use super::*;
            use sea_orm::entity::prelude::*;

            /// A row.
            #[derive(Clone, Debug, PartialEq, DeriveEntityModel, serde::Serialize)]
            #[sea_orm(table_name = $table)]
            pub struct Model { $($fields)* }

            /// Tables are joined by hand where they are.
            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

/// An enum that is kept as text.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:tt,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sea_orm::EnumIter, sea_orm::DeriveActiveEnum)]
        #[derive(serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[sea_orm(rs_type = "String", db_type = "Text")]
        pub enum $name { $($(#[$doc])* #[sea_orm(string_value = $text)] $variant,)* }

        impl $name {
            /// All of them in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The word in the database and in addresses.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }

            /// From the word.
            pub fn from_word(word: &str) -> Option<$name> {
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }
    };
}

mod identity;
mod offering;
mod working;

pub use identity::*;
pub use offering::*;
pub use working::*;
