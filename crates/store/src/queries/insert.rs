//! Many rows at once.

use sqlx::QueryBuilder;
use sqlx::query_builder::Separated;

use super::dialect::{Answer, Connection, Db};

/// How many rows a statement holds. A few fixed sizes make a few statements, which each connection prepares once; the
/// largest, with the widest table, stays far below what either engine binds (32,766 and 65,535 values).
const SIZES: [usize; 4] = [128, 32, 8, 1];

/// The values of one row, in the order of the columns.
pub(crate) type Values<'a, 'b> = &'a mut Separated<'b, Db, &'static str>;

/// Inserts `rows` with statements that begin with `into`: "INSERT INTO table (columns) ".
pub(crate) async fn insert<T>(connection: &mut Connection, into: &'static str, rows: &[T], bind: impl Fn(Values<'_, '_>, &T)) -> Answer<()> {
    insert_or(connection, into, "", rows, bind).await
}

/// As [`insert`], with statements that end with `or`: " ON CONFLICT …".
pub(crate) async fn insert_or<T>(
    connection: &mut Connection,
    into: &'static str,
    or: &'static str,
    rows: &[T],
    bind: impl Fn(Values<'_, '_>, &T),
) -> Answer<()> {
    for chunk in chunks(rows) {
        let mut query = QueryBuilder::<Db>::new(into);
        query.push_values(chunk, |mut values, row| bind(&mut values, row));
        query.push(or).build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Cuts a list into pieces of the fixed sizes.
pub(crate) fn chunks<T>(mut rest: &[T]) -> Vec<&[T]> {
    let mut chunks = Vec::new();
    for size in SIZES {
        while let Some((chunk, after)) = rest.split_at_checked(size) {
            chunks.push(chunk);
            rest = after;
        }
    }
    chunks
}
