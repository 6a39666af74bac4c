//! The hot path of a send: which messages go out next, and what became of others, in one transaction with few statements.
//! The rules are in [`crate::deliveries`].

use std::collections::HashMap;

use pulse_model::delivery::{DeliveryStatus, SendStatus};
use pulse_model::subscriber::State;
use sqlx::QueryBuilder;

use crate::columns::{known, no_more_than};
use crate::deliveries::{Ended, Plan, Row};
use crate::{DeliveryId, Lease, Outcome, Recorded, StoreError};

use super::dialect::{self, Answer, Connection, Connections, Db};
use super::insert::insert_or;
use super::list::{MAX_LIST, length, push_list};
use super::{suppress, tally};

/// The most marks and results of one transaction, so that nobody waits long for it.
const MAX_ROWS: usize = 2_000;

pub(crate) async fn record(db: &Connections, lease: Lease<'_>, marks: &[DeliveryId], results: &[Outcome], now: i64) -> Answer<Recorded> {
    no_more_than(MAX_ROWS, "marks and results", marks.len() + results.len())?;
    let mut ids: Vec<DeliveryId> = results.iter().map(|outcome| outcome.id).chain(marks.iter().copied()).collect();
    ids.sort();
    ids.dedup();
    let mut tx = db.begin_write().await?;
    let mut rows = lock(&mut tx, &ids).await?;
    let (mut plan, mut recorded) = (Plan::default(), Recorded::default());
    for outcome in results {
        if !rows.get_mut(&outcome.id).is_some_and(|row| plan.result(row, outcome, lease.node, now)) {
            recorded.refused_results.push(outcome.id);
        }
    }
    for id in marks {
        if !rows.get_mut(id).is_some_and(|row| plan.mark(*id, row, lease.node)) {
            recorded.refused_marks.push(*id);
        }
    }
    write(&mut tx, plan, lease, now).await?;
    tx.commit().await?;
    Ok(recorded)
}

/// Id, send and its status, status, lease, due, attempts, first attempt, reader, state of the reader's subscription.
type Columns = (String, String, String, String, Option<String>, i64, i64, Option<i64>, Option<String>, Option<String>);

/// Rows that stay as they are until the transaction ends. The ids are in order, so that two nodes do not wait for each other.
///
/// The send is read without a lock: who pauses it then need not wait for those who send, and what is being marked in the very
/// same moment may still go out.
pub(crate) async fn lock(connection: &mut Connection, ids: &[DeliveryId]) -> Answer<HashMap<DeliveryId, Row>> {
    let mut rows = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(MAX_LIST) {
        let mut query = QueryBuilder::<Db>::new(
            "SELECT delivery.id, delivery.send_id, send.status, delivery.status, delivery.lease_by, delivery.due_at, \
             delivery.attempt_count, delivery.first_tried_at, delivery.subscriber_id, subscription.state \
             FROM delivery JOIN send ON send.id = delivery.send_id LEFT JOIN subscription \
             ON subscription.digest_id = send.digest_id AND subscription.subscriber_id = delivery.subscriber_id WHERE delivery.id IN ",
        );
        push_list(&mut query, ids);
        query.push(" ORDER BY delivery.id").push(dialect::FOR_UPDATE_OF_DELIVERY);
        let found: Vec<Columns> = query.build_query_as().fetch_all(&mut *connection).await?;
        for columns in found {
            let (id, row) = row(columns)?;
            rows.insert(id, row);
        }
    }
    Ok(rows)
}

fn row(columns: Columns) -> Result<(DeliveryId, Row), StoreError> {
    let (id, send, send_status, status, lease_by, due_at, attempt_count, first_tried_at, subscriber, state) = columns;
    let row = Row {
        send,
        send_status: known("send", "status", &id, &send_status, SendStatus::from_name)?,
        status: known("delivery", "status", &id, &status, DeliveryStatus::from_name)?,
        lease_by,
        due_at,
        attempt_count,
        first_tried_at,
        may_get: state.as_deref() == Some(State::Active.as_str()),
        has_reader: subscriber.is_some(),
    };
    Ok((crate::rows::parsed("delivery", "id", &id, &id)?, row))
}

pub(crate) async fn write(connection: &mut Connection, plan: Plan, lease: Lease<'_>, now: i64) -> Answer<()> {
    for ids in plan.sending.chunks(MAX_LIST) {
        let mut query = QueryBuilder::<Db>::new("UPDATE delivery SET status = 'sending', lease_until = ");
        query.push_bind(lease.until).push(" WHERE id IN ");
        push_list(&mut query, ids);
        query.build().execute(&mut *connection).await?;
    }
    for (status, ids) in &plan.returned {
        let ids: Vec<String> = ids.iter().map(DeliveryId::to_string).collect();
        suppress::set_status(connection, &ids.iter().collect::<Vec<_>>(), status).await?;
    }
    for ended in plan.ended.chunks(MAX_LIST) {
        end(connection, ended).await?;
    }
    for (id, until) in &plan.put_off {
        sqlx::query("UPDATE delivery SET due_at = $2 WHERE id = $1").bind(id.to_string()).bind(until).execute(&mut *connection).await?;
    }
    // An attempt whose end was uncertain can have an answer later.
    let into = "INSERT INTO attempt (delivery_id, number, at, status, reply_code, reply_status, reply_text, relay) ";
    let or = " ON CONFLICT (delivery_id, number) DO UPDATE SET at = excluded.at, status = excluded.status, reply_code = excluded.reply_code, \
              reply_status = excluded.reply_status, reply_text = excluded.reply_text, relay = excluded.relay";
    insert_or(connection, into, or, &plan.attempts, |values, attempt| {
        values.push_bind(attempt.id.to_string()).push_bind(attempt.number).push_bind(now).push_bind(attempt.status.as_str());
        values.push_bind(attempt.reply.code.map(i64::from)).push_bind(attempt.reply.enhanced.clone());
        values.push_bind(attempt.reply.text.clone()).push_bind(attempt.reply.relay.clone());
    })
    .await?;
    // Runs of one node come after each other, and can share its counts.
    let node = lease.node.split('/').next().unwrap_or_default();
    tally::add(connection, node, plan.tally).await
}

/// One statement for many rows, filled up with an id that no row has.
async fn end(connection: &mut Connection, ended: &[Ended]) -> Answer<()> {
    let mut query = QueryBuilder::<Db>::new(
        "UPDATE delivery SET status = v.column2, due_at = v.column3, attempt_count = v.column4, first_tried_at = v.column5, \
         reply_code = v.column6, reply_status = v.column7, reply_text = v.column8, relay = v.column9, sent_at = v.column10, \
         lease_by = CASE v.column2 WHEN 'uncertain' THEN lease_by END, lease_until = NULL FROM (",
    );
    let blanks = length(ended.len()) - ended.len();
    let rows = ended.iter().map(Some).chain(std::iter::repeat_n(None, blanks));
    query.push_values(rows, |mut values, row: Option<&Ended>| {
        let reply = row.map(|row| &row.reply);
        let text = |text: Option<&String>| text.cloned().unwrap_or_default();
        values.push_bind(row.map(|row| row.id.to_string()).unwrap_or_default()).push_bind(row.map(|row| row.status.as_str()));
        values.push_bind(row.map(|row| row.due_at)).push_bind(row.map(|row| row.attempt_count)).push_bind(row.and_then(|row| row.first_tried_at));
        values.push_bind(reply.and_then(|reply| reply.code).map(i64::from)).push_bind(text(reply.map(|reply| &reply.enhanced)));
        values.push_bind(text(reply.map(|reply| &reply.text))).push_bind(text(reply.map(|reply| &reply.relay)));
        values.push_bind(row.and_then(|row| row.sent_at));
    });
    query.push(") AS v WHERE delivery.id = v.column1");
    query.build().execute(connection).await?;
    Ok(())
}
