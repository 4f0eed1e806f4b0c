//! Addresses with coordinates, for finding places without asking a third party.

use crate::Trouble;
use crate::entities::address;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};

pub use address::Model as Address;

/// Rows of one statement: 10 columns each, and SQLite takes 32,766 values.
const ROWS: usize = 2000;

/// Replaces the addresses of one source (a file), all or none; gives their number. Their `source` and `line` are
/// set here.
pub async fn replace(
    tx: &DatabaseTransaction,
    source: &str,
    addresses: impl IntoIterator<Item = Address>,
) -> Result<u64, Trouble> {
    address::Entity::delete_many().filter(address::Column::Source.eq(source)).exec(tx).await?;
    let mut count = 0;
    let mut addresses = addresses.into_iter();
    loop {
        let rows: Vec<_> = (addresses.by_ref().take(ROWS).zip(count..))
            .map(|(row, line)| Address { source: source.into(), line, ..row }.into_active_model())
            .collect();
        if rows.is_empty() {
            return Ok(u64::try_from(count).unwrap_or(0));
        }
        count += i64::try_from(rows.len()).unwrap_or(0);
        address::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
}

/// Hands every address to `each`, ordered by source and line.
pub async fn for_each(db: &impl ConnectionTrait, mut each: impl FnMut(Address)) -> Result<(), Trouble> {
    for source in sources(db).await? {
        let mut after = -1;
        loop {
            let page = address::Entity::find()
                .filter(address::Column::Source.eq(&source))
                .filter(address::Column::Line.gt(after))
                .order_by_asc(address::Column::Line)
                .limit(ROWS as u64)
                .all(db)
                .await?;
            let Some(last) = page.last() else { break };
            after = last.line;
            page.into_iter().for_each(&mut each);
        }
    }
    Ok(())
}

/// The files addresses came from.
pub async fn sources(db: &impl ConnectionTrait) -> Result<Vec<String>, Trouble> {
    let names = address::Entity::find().select_only().column(address::Column::Source).distinct();
    Ok(names.order_by_asc(address::Column::Source).into_tuple().all(db).await?)
}

/// How many addresses there are.
pub async fn count(db: &impl ConnectionTrait) -> Result<u64, Trouble> {
    Ok(address::Entity::find().count(db).await?)
}
