//! Gathering the audience of a send: page by page, then counted and frozen.

use std::collections::{HashMap, HashSet};

use pulse_model::delivery::{Exclusion, SendStatus, SendStep};
use sqlx::QueryBuilder;

use crate::columns::no_more_than;
use crate::deliveries::Tally;
use crate::ids::Ids;
use crate::rows::json;
use crate::{AudiencePage, Cut, Recipient, SendId, StoreError, SubscriberId};

use super::dialect::{Answer, Connection, Connections, Db};
use super::insert::insert;
use super::list::{MAX_LIST, push_list};
use super::{send, tally};

/// The most readers of one transaction.
const MAX_ROWS: usize = 5_000;

pub(crate) async fn add(db: &Connections, id: SendId, page: &AudiencePage, now: i64) -> Answer<()> {
    no_more_than(MAX_ROWS, "candidates", page.recipients.len() + page.excluded.len())?;
    let mut tx = db.begin_write().await?;
    gathering(&mut tx, id).await?;
    add_cuts(&mut tx, id, &page.cuts).await?;
    let had = already_sent(&mut tx, id, &page.recipients).await?;
    let recipients: Vec<&Recipient> = page.recipients.iter().filter(|recipient| !had.contains(&recipient.subscriber)).collect();
    let again = had.iter().map(|subscriber| (*subscriber, Exclusion::AlreadySent));
    let excluded: Vec<(SubscriberId, Exclusion)> = page.excluded.iter().copied().chain(again).collect();
    add_rows(&mut tx, id, (&recipients, &excluded), &mut Ids::at(now)).await?;
    count(&mut tx, id, (&recipients, &excluded)).await?;
    tx.commit().await?;
    Ok(())
}

/// Freezes the audience, if all of the candidates are accounted for.
pub(crate) async fn finish(db: &Connections, id: SendId, candidates: u64, who: &str, now: i64) -> Answer<()> {
    let mut tx = db.begin_write().await?;
    gathering(&mut tx, id).await?;
    // The rows themselves, and not what was counted on the way.
    let mut counts = [0; 3];
    for (count, sql) in counts.iter_mut().zip([
        "SELECT count(*) FROM delivery WHERE send_id = $1",
        "SELECT count(*) FROM send_exclusion WHERE send_id = $1",
        "SELECT count(*) FROM send_exclusion e JOIN delivery d ON d.subscriber_id = e.subscriber_id AND d.send_id = e.send_id WHERE e.send_id = $1",
    ]) {
        *count = sqlx::query_scalar::<Db, i64>(sql).bind(id.to_string()).fetch_one(&mut *tx).await?.unsigned_abs();
    }
    let [recipients, excluded, both] = counts;
    if recipients + excluded != candidates || both > 0 {
        return Err(StoreError::Counts { id, candidates, recipients, excluded }.into());
    }
    let sql = "UPDATE send SET candidate_count = $2, recipient_count = $3, excluded_count = $4, prepared_at = $5 WHERE id = $1";
    let query = sqlx::query(sql).bind(id.to_string()).bind(candidates.cast_signed()).bind(recipients.cast_signed());
    query.bind(excluded.cast_signed()).bind(now).execute(&mut *tx).await?;
    send::take(&mut tx, (id, SendStatus::Preparing), SendStep::Prepare, who, "", now).await?;
    tx.commit().await?;
    Ok(())
}

/// The send stays as it is until the transaction ends, and is one whose audience is being gathered.
async fn gathering(connection: &mut Connection, id: SendId) -> Answer<()> {
    match send::lock(connection, id).await? {
        SendStatus::Preparing => Ok(()),
        status => Err(StoreError::Frozen { id, status }.into()),
    }
}

async fn add_cuts(connection: &mut Connection, id: SendId, cuts: &[Cut]) -> Answer<()> {
    for cut in cuts {
        sqlx::query(
            "INSERT INTO send_cut (send_id, number, name, sectors, language, subject, html, plain, reader_count) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)",
        )
        .bind(id.to_string())
        .bind(i64::from(cut.number))
        .bind(&cut.name)
        .bind(json("the sectors of a cut", &cut.sectors)?)
        .bind(&cut.language)
        .bind(&cut.subject)
        .bind(&cut.html)
        .bind(&cut.plain)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Recipients who got this very text by an earlier send, or may have.
async fn already_sent(connection: &mut Connection, id: SendId, recipients: &[Recipient]) -> Answer<HashSet<SubscriberId>> {
    let sql = "SELECT other.id FROM send JOIN send other ON other.edition_id = send.edition_id AND other.content_sha256 = send.content_sha256 \
               WHERE send.id = $1 AND other.id <> send.id";
    let earlier: Vec<String> = sqlx::query_scalar(sql).bind(id.to_string()).fetch_all(&mut *connection).await?;
    let mut had = HashSet::new();
    // Hardly ever is there one.
    for send in earlier {
        for recipients in recipients.chunks(MAX_LIST) {
            let ids: Vec<SubscriberId> = recipients.iter().map(|recipient| recipient.subscriber).collect();
            let mut query = QueryBuilder::<Db>::new("SELECT subscriber_id FROM delivery WHERE status IN ('sent', 'sending', 'uncertain') AND send_id = ");
            query.push_bind(send.clone()).push(" AND subscriber_id IN ");
            push_list(&mut query, &ids);
            let rows: Vec<String> = query.build_query_scalar().fetch_all(&mut *connection).await?;
            for subscriber in rows {
                had.insert(crate::rows::parsed("delivery", "subscriber_id", &send, &subscriber)?);
            }
        }
    }
    Ok(had)
}

type Split<'a> = (&'a [&'a Recipient], &'a [(SubscriberId, Exclusion)]);

async fn add_rows(connection: &mut Connection, id: SendId, (recipients, excluded): Split<'_>, ids: &mut Ids) -> Answer<()> {
    let send = id.to_string();
    let rows: Vec<_> = recipients.iter().map(|recipient| (ids.make(), recipient)).collect();
    let into = "INSERT INTO delivery (id, send_id, subscriber_id, address, name, cut) ";
    insert(connection, into, &rows, |values, (id, recipient)| {
        values.push_bind(id.to_string()).push_bind(send.clone()).push_bind(recipient.subscriber.to_string());
        values.push_bind(recipient.address.as_str().to_owned()).push_bind(recipient.name.clone()).push_bind(i64::from(recipient.cut));
    })
    .await?;
    insert(connection, "INSERT INTO send_exclusion (send_id, subscriber_id, reason) ", excluded, |values, (subscriber, reason)| {
        values.push_bind(send.clone()).push_bind(subscriber.to_string()).push_bind(reason.as_str());
    })
    .await
}

/// Counts the rows in, and finds recipients of a cut that is not there.
async fn count(connection: &mut Connection, id: SendId, (recipients, excluded): Split<'_>) -> Answer<()> {
    let send = id.to_string();
    let mut by_cut: HashMap<u32, i64> = HashMap::new();
    recipients.iter().for_each(|recipient| *by_cut.entry(recipient.cut).or_default() += 1);
    for (number, count) in by_cut {
        let sql = "UPDATE send_cut SET reader_count = reader_count + $3 WHERE send_id = $1 AND number = $2";
        let done = sqlx::query(sql).bind(&send).bind(i64::from(number)).bind(count).execute(&mut *connection).await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::NoCut { id, number }.into());
        }
    }
    let mut changes = Tally::default();
    changes.add(&send, "status", "queued", recipients.len() as i64);
    excluded.iter().for_each(|(_, reason)| changes.add(&send, "excluded", reason.as_str(), 1));
    tally::add(connection, "", changes).await
}
