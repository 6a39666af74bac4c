//! Lists of ids in a statement.

use std::fmt::Display;

use sqlx::QueryBuilder;

use super::dialect::Db;

/// How long a list in a statement is. A few fixed lengths make a few statements, which each connection prepares once.
const LENGTHS: [usize; 5] = [1, 8, 32, 64, MAX_LIST];
/// The longest.
pub(crate) const MAX_LIST: usize = 128;

/// Adds `($1, $2, …)`, filled up with an id that no row has. The list is no longer than [`MAX_LIST`].
pub(crate) fn push_list(query: &mut QueryBuilder<Db>, ids: &[impl Display]) {
    query.push("(");
    let mut values = query.separated(", ");
    ids.iter().for_each(|id| _ = values.push_bind(id.to_string()));
    (ids.len()..length(ids.len())).for_each(|_| _ = values.push_bind(""));
    query.push(")");
}

/// The next of the fixed lengths.
pub(crate) fn length(count: usize) -> usize {
    LENGTHS.into_iter().find(|length| *length >= count).unwrap_or(count)
}
