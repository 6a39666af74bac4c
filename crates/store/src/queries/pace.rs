//! How fast to go on: buckets that fill with time, shared by all nodes. How fast they fill is not known here.

use std::collections::HashMap;

use sqlx::QueryBuilder;

use crate::Level;
use crate::columns::no_more_than;

use super::dialect::{self, Answer, Connections, Db};
use super::insert::insert_or;
use super::list::{MAX_LIST, push_list};

/// Changes the levels of buckets, which nobody else changes meanwhile. `change` is called with the place of each name in the
/// list, in the order of the list, and with what is in its bucket; a bucket that is asked for the first time is made with
/// what `full` says.
pub(crate) async fn change(db: &Connections, names: &[&str], full: Level, change: &mut (dyn FnMut(usize, &mut Level) + Send)) -> Answer<()> {
    no_more_than(MAX_LIST, "buckets", names.len())?;
    // In one order, so that two nodes do not wait for each other.
    let mut sorted = names.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut tx = db.begin_write().await?;
    insert_or(&mut tx, "INSERT INTO pace_bucket (name, tokens, at) ", " ON CONFLICT (name) DO NOTHING", &sorted, |values, name| {
        values.push_bind((*name).to_owned()).push_bind(full.tokens).push_bind(full.at);
    })
    .await?;
    let mut query = QueryBuilder::<Db>::new("SELECT name, tokens, at FROM pace_bucket WHERE name IN ");
    push_list(&mut query, &sorted);
    query.push(" ORDER BY name").push(dialect::FOR_UPDATE);
    let rows: Vec<(String, f64, i64)> = query.build_query_as().fetch_all(&mut *tx).await?;
    let mut levels: HashMap<String, Level> = rows.into_iter().map(|(name, tokens, at)| (name, Level { tokens, at })).collect();
    for (place, name) in names.iter().enumerate() {
        change(place, levels.entry((*name).to_owned()).or_insert(full));
    }
    for name in sorted {
        let level = levels.get(name).copied().unwrap_or(full);
        let sql = "UPDATE pace_bucket SET tokens = $2, at = $3 WHERE name = $1";
        sqlx::query(sql).bind(name).bind(level.tokens).bind(level.at).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(())
}
