//! Tables as bytes, for sealing. Little-endian; format version in the fifth byte.

use crate::table::{Codes, Column, Table, Values};
use jiff::civil::Date;
use smol_str::SmolStr;
use zeroize::Zeroizing;

const MAGIC: &[u8; 4] = b"KKPT";
const VERSION: u8 = 1;
const NO_DATE: i32 = i32::MIN;

/// Bytes that are no table of this version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "Der Datensatz hat nicht den erwarteten Aufbau. Abhilfe: ihn mit dieser Fassung von KeKiz neu importieren."
)]
pub struct TableError;

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_len(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

fn put_len(out: &mut Vec<u8>, len: usize) {
    out.extend_from_slice(&(len as u64).to_le_bytes());
}

/// Year, month and day in one number that can be taken apart again.
fn number_of(date: Date) -> i32 {
    i32::from(date.year()) * 10_000 + i32::from(date.month()) * 100 + i32::from(date.day())
}

fn date_of(number: i32) -> Option<Date> {
    let (rest, day) = (number.div_euclid(100), number.rem_euclid(100));
    let (year, month) = (rest.div_euclid(100), rest.rem_euclid(100));
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Takes bytes from the front; `None` when there are too few.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(head)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn len(&mut self) -> Option<usize> {
        usize::try_from(u64::from_le_bytes(self.array()?)).ok()
    }

    fn text(&mut self) -> Option<SmolStr> {
        let len = self.len()?;
        Some(SmolStr::new(std::str::from_utf8(self.take(len)?).ok()?))
    }

    /// Values of `N` bytes each; a length beyond the bytes is refused before anything is reserved.
    fn values<const N: usize, T>(&mut self, rows: usize, of: impl Fn([u8; N]) -> T) -> Option<Vec<T>> {
        let bytes = self.take(rows.checked_mul(N)?)?;
        Some(bytes.as_chunks::<N>().0.iter().map(|chunk| of(*chunk)).collect())
    }
}

impl Table {
    /// The table as bytes, wiped when dropped.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(MAGIC.to_vec());
        out.push(VERSION);
        put_len(&mut out, self.rows());
        put_len(&mut out, self.columns().len());
        for column in self.columns() {
            put_text(&mut out, &column.name);
            match &column.values {
                Values::Codes(codes) => {
                    out.push(0);
                    put_len(&mut out, codes.words().len());
                    codes.words().iter().for_each(|word| put_text(&mut out, word));
                    codes.rows().iter().for_each(|row| out.extend_from_slice(&row.to_le_bytes()));
                }
                Values::Numbers(numbers) => {
                    out.push(1);
                    for number in numbers {
                        out.extend_from_slice(&number.unwrap_or(f64::NAN).to_le_bytes());
                    }
                }
                Values::Dates(dates) => {
                    out.push(2);
                    for date in dates {
                        out.extend_from_slice(&date.map_or(NO_DATE, number_of).to_le_bytes());
                    }
                }
            }
        }
        out
    }

    /// The table of bytes that [`Table::to_bytes`] made.
    ///
    /// # Errors
    /// Anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Table, TableError> {
        parse(bytes).ok_or(TableError)
    }
}

fn parse(bytes: &[u8]) -> Option<Table> {
    let mut cursor = Cursor(bytes);
    if cursor.take(4)? != MAGIC || cursor.array()? != [VERSION] {
        return None;
    }
    let (rows, columns) = (cursor.len()?, cursor.len()?);
    let mut found = Vec::new();
    for _ in 0..columns {
        let name = cursor.text()?;
        let values = match cursor.array()? {
            [0] => {
                let words = cursor.len()?;
                let words = (0..words).map(|_| cursor.text()).collect::<Option<Vec<_>>>()?;
                Values::Codes(Codes::from_parts(words, cursor.values(rows, u32::from_le_bytes)?)?)
            }
            [1] => Values::Numbers(cursor.values(rows, |bytes| {
                let number = f64::from_le_bytes(bytes);
                number.is_finite().then_some(number)
            })?),
            [2] => Values::Dates(cursor.values(rows, |bytes| date_of(i32::from_le_bytes(bytes)))?),
            _ => return None,
        };
        found.push(Column { name, values });
    }
    let table = Table::new(found)?;
    (cursor.0.is_empty() && (table.rows() == rows || columns == 0 && rows == 0)).then_some(table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Parts = (Vec<Option<String>>, Vec<Option<f64>>, Vec<Option<i32>>);

    /// Columns of a table, as values that may be printed.
    fn parts() -> impl Strategy<Value = Parts> {
        (0usize..30).prop_flat_map(|rows| {
            let codes = prop::collection::vec(prop::option::of("[a-cäß]{0,30}"), rows);
            let numbers = prop::collection::vec(prop::option::of(-1e9f64..1e9), rows);
            let days = prop::collection::vec(prop::option::of(-4_000i32..60_000), rows);
            (codes, numbers, days)
        })
    }

    fn table((codes, numbers, days): &Parts) -> Table {
        let start = Date::constant(1970, 1, 1);
        let date = |days: i32| start.saturating_add(jiff::Span::new().days(days));
        let values = [
            Values::Codes(codes.iter().map(Option::as_deref).collect()),
            Values::Numbers(numbers.clone()),
            Values::Dates(days.iter().map(|days| days.map(date)).collect()),
        ];
        let named = values.into_iter().zip(["a", "b", "c"]);
        Table::new(named.map(|(values, name)| Column { name: name.into(), values }).collect()).unwrap()
    }

    proptest! {
        #[test]
        fn tables_round_trip(parts in parts()) {
            let table = table(&parts);
            let bytes = table.to_bytes();
            prop_assert!(Table::from_bytes(&bytes).is_ok_and(|again| again == table));
            for cut in 0..bytes.len() {
                prop_assert!(Table::from_bytes(&bytes[..cut]).is_err());
            }
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>, parts in parts(), at in any::<prop::sample::Index>(), value: u8) {
            let _ = Table::from_bytes(&bytes);
            let mut changed = table(&parts).to_bytes().to_vec();
            let at = at.index(changed.len());
            changed[at] = value;
            let _ = Table::from_bytes(&changed);
        }

        #[test]
        fn filtering_keeps_rows_and_forgets_words(parts in parts(), marks in prop::collection::vec(any::<bool>(), 30)) {
            let table = table(&parts);
            let keep = &marks[..table.rows()];
            let kept = table.filtered(keep);
            let rows: Vec<usize> = (0..table.rows()).filter(|row| keep[*row]).collect();
            prop_assert_eq!(kept.rows(), rows.len());
            for (column, from) in kept.columns().iter().zip(table.columns()) {
                for (at, row) in rows.iter().enumerate() {
                    prop_assert_eq!(column.text(at), from.text(*row));
                }
                if let Values::Codes(codes) = &column.values {
                    prop_assert!(codes.words().iter().all(|word| (0..rows.len()).any(|row| codes.get(row) == Some(word))));
                }
            }
        }
    }
}
