//! Counts of the rows of a send, kept beside the rows. See `send_tally` in the schema.

use pulse_model::delivery::{DeliveryStatus, Exclusion};
use sqlx::QueryBuilder;

use crate::ReplyCount;
use crate::columns::known;
use crate::deliveries::{SENT_IN_STEPS_S, Tally};
use crate::rows::impossible;

use super::dialect::{Answer, Connection, Db};
use super::insert::insert_or;
use super::list::push_list;

/// Adds what changed to the counts of one node. In one order, so that two transactions cannot wait for each other.
pub(crate) async fn add(connection: &mut Connection, node: &str, changes: Tally) -> Answer<()> {
    let into = "INSERT INTO send_tally (send_id, kind, name, node, number) ";
    let or = " ON CONFLICT (send_id, kind, name, node) DO UPDATE SET number = send_tally.number + excluded.number";
    insert_or(connection, into, or, &changes.sorted(), |values, (send, kind, name, number)| {
        values.push_bind(send.clone()).push_bind(*kind).push_bind(name.clone()).push_bind(node.to_owned()).push_bind(*number);
    })
    .await
}

/// Rows in each status, where there are any.
pub(crate) async fn statuses(connection: &mut Connection, send: &str) -> Answer<Vec<(DeliveryStatus, u64)>> {
    let mut counts = Vec::new();
    for (name, count) in sums(connection, send, "status").await? {
        counts.push((known("send_tally", "name", send, &name, DeliveryStatus::from_name)?, count));
    }
    counts.sort_by_key(|(status, _)| *status);
    Ok(counts)
}

/// Why candidates are no recipients.
pub(crate) async fn exclusions(connection: &mut Connection, send: &str) -> Answer<Vec<(Exclusion, u64)>> {
    let mut counts = Vec::new();
    for (name, count) in sums(connection, send, "excluded").await? {
        counts.push((known("send_tally", "name", send, &name, Exclusion::from_name)?, count));
    }
    counts.sort_by_key(|(reason, _)| *reason);
    Ok(counts)
}

/// What servers said, the most frequent first.
pub(crate) async fn replies(connection: &mut Connection, send: &str) -> Answer<Vec<ReplyCount>> {
    let mut counts = Vec::new();
    for (name, number) in sums(connection, send, "reply").await? {
        let mut words = name.split(' ');
        let (status, code, enhanced) = (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.next().unwrap_or_default());
        counts.push(ReplyCount {
            status: known("send_tally", "name", send, status, DeliveryStatus::from_name)?,
            code: code.parse().map_err(|cause: std::num::ParseIntError| impossible("send_tally", "name", send, cause))?,
            enhanced: enhanced.to_owned(),
            number,
        });
    }
    counts.sort_by(|a, b| b.number.cmp(&a.number).then_with(|| (a.code, &a.enhanced).cmp(&(b.code, &b.enhanced))));
    Ok(counts)
}

/// Rows sent in the last minute before `now`, and in the step of ten seconds that has begun.
pub(crate) async fn sent_last_minute(connection: &mut Connection, send: &str, now: i64) -> Answer<u64> {
    let step_ms = SENT_IN_STEPS_S * 1_000;
    let last = now.div_euclid(step_ms);
    // A sum of BIGINT is NUMERIC on PostgreSQL.
    let mut query = QueryBuilder::<Db>::new("SELECT CAST(coalesce(sum(number), 0) AS BIGINT) FROM send_tally WHERE kind = 'sent-in' AND send_id = ");
    query.push_bind(send.to_owned()).push(" AND name IN ");
    let names: Vec<i64> = (last - 60 / SENT_IN_STEPS_S + 1..=last).map(|step| step * SENT_IN_STEPS_S).collect();
    push_list(&mut query, &names);
    let count: i64 = query.build_query_scalar().fetch_one(connection).await?;
    Ok(count.unsigned_abs())
}

async fn sums(connection: &mut Connection, send: &str, kind: &str) -> Answer<Vec<(String, u64)>> {
    let sql = "SELECT name, CAST(sum(number) AS BIGINT) FROM send_tally WHERE send_id = $1 AND kind = $2 GROUP BY name HAVING sum(number) > 0";
    let rows: Vec<(String, i64)> = sqlx::query_as(sql).bind(send).bind(kind).fetch_all(connection).await?;
    Ok(rows.into_iter().map(|(name, number)| (name, number.unsigned_abs())).collect())
}
