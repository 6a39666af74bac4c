//! How often links of entries were followed. Nothing here can say by whom.

use std::collections::BTreeMap;

use pulse_model::ids::EntryId;

use crate::EditionId;
use crate::columns::no_more_than;
use crate::rows::parsed;

use super::dialect::{Answer, Connections};
use super::insert::insert_or;

const DAY_MS: i64 = 24 * 3_600_000;
/// The most clicks of one transaction.
const MAX_ROWS: usize = 5_000;

/// Counts clicks on the day of `now`.
pub(crate) async fn add(db: &Connections, clicks: &[(EditionId, EntryId)], now: i64) -> Answer<()> {
    no_more_than(MAX_ROWS, "clicks", clicks.len())?;
    let mut counts: BTreeMap<(EditionId, EntryId), i64> = BTreeMap::new();
    clicks.iter().for_each(|click| *counts.entry(*click).or_default() += 1);
    let rows: Vec<_> = counts.into_iter().collect();
    let mut tx = db.begin_write().await?;
    let into = "INSERT INTO click (edition_id, entry_id, day, number) ";
    let or = " ON CONFLICT (edition_id, entry_id, day) DO UPDATE SET number = click.number + excluded.number";
    insert_or(&mut tx, into, or, &rows, |values, ((edition, entry), number)| {
        values.push_bind(edition.to_string()).push_bind(entry.to_string()).push_bind(now.div_euclid(DAY_MS)).push_bind(*number);
    })
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Clicks of an edition by entry, the most followed first.
pub(crate) async fn count(db: &Connections, edition: EditionId) -> Answer<Vec<(EntryId, u64)>> {
    let sql = "SELECT entry_id, CAST(sum(number) AS BIGINT) AS total FROM click WHERE edition_id = $1 GROUP BY entry_id ORDER BY total DESC, entry_id";
    let rows: Vec<(String, i64)> = sqlx::query_as(sql).bind(edition.to_string()).fetch_all(&db.read).await?;
    let line = |(entry, number): (String, i64)| Ok((parsed("click", "entry_id", &entry, &entry)?, number.unsigned_abs()));
    rows.into_iter().map(line).collect()
}
