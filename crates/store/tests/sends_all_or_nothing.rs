//! What fails half way leaves nothing of itself behind: readers, audiences, marks and results, erasures.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use pulse_model::delivery::DeliveryStatus;
use pulse_model::subscriber::SuppressionReason;
use pulse_store::{Added, AudiencePage, DeliveryId, End, Known, NewBounce, NewNotice, NewSuppression, Outcome, Reply, SendId, Store, SubscriberId};
use pulse_testkit::store_story::{readers, sends};

#[path = "support/other.rs"]
mod other;
#[path = "support/postgres.rs"]
mod postgres;
#[path = "support/sqlite.rs"]
mod sqlite;
#[path = "support/sends.rs"]
mod support;

use other::Other;
use postgres::with_postgres;
use sqlite::with_sqlite;
use support::{NOW, edition, lease, released};

/// Makes a change of a table fail where `when` holds of the new or old row.
async fn refuse(other: &mut Other, change: &str, table: &str, when: &str) {
    let trigger = format!("CREATE TRIGGER refuse BEFORE {change} ON {table} {{each}} WHEN ({when})");
    if matches!(other, Other::Sqlite(_)) {
        other.execute(&format!("{} BEGIN SELECT RAISE(ABORT, 'refused by the test'); END", trigger.replace("{each}", ""))).await;
    } else {
        other.execute("CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused by the test'; END $$").await;
        other.execute(&format!("{} EXECUTE FUNCTION refuse()", trigger.replace("{each}", "FOR EACH ROW"))).await;
    }
}

async fn refuse_nothing(other: &mut Other, table: &str) {
    let table = if matches!(other, Other::Sqlite(_)) { String::new() } else { format!(" ON {table}") };
    other.execute(&format!("DROP TRIGGER refuse{table}")).await;
}

async fn counts<const N: usize>(other: &mut Other, tables: [&str; N]) -> [i64; N] {
    let mut counts = [0; N];
    for (count, table) in counts.iter_mut().zip(tables) {
        *count = other.count(table).await;
    }
    counts
}

async fn readers_come_together_or_not(address: String) {
    let store = Store::open(&address).await.unwrap();
    let (digest, _) = edition(&store).await;
    let mut other = Other::connect(&address).await;
    let rows = ["ada", "bo", "cy"].map(readers::reader);
    refuse(&mut other, "INSERT", "consent_event", "NEW.number = 1").await;
    store.add_readers(&digest.slug, &rows, Known::Keep, NOW).await.unwrap_err();
    assert_eq!(counts(&mut other, ["subscriber", "subscription", "consent_event"]).await, [0, 0, 0]);
    refuse_nothing(&mut other, "consent_event").await;
    assert!(store.add_readers(&digest.slug, &rows, Known::Keep, NOW).await.unwrap().iter().all(|added| matches!(added, Added::Added(_))));
    store.close().await;
}

#[tokio::test]
async fn sqlite_readers_come_together_or_not() {
    with_sqlite(readers_come_together_or_not).await;
}

#[tokio::test]
async fn postgres_readers_come_together_or_not() {
    with_postgres(readers_come_together_or_not).await;
}

async fn an_audience_comes_whole(address: String) {
    let store = Store::open(&address).await.unwrap();
    let (digest, edition) = edition(&store).await;
    let rows: Vec<_> = (0..200).map(|number| readers::reader(&format!("reader{number}"))).collect();
    store.add_readers(&digest.slug, &rows, Known::Keep, NOW).await.unwrap();
    let send = store.begin_send(edition, "Ada Lorne", NOW).await.unwrap();
    let page = sends::everybody(&store, &digest.slug, 190).await.unwrap();
    let mut other = Other::connect(&address).await;
    refuse(&mut other, "INSERT", "send_exclusion", "NEW.reason = 'not-this-edition'").await;
    store.add_audience(send, &page, NOW).await.unwrap_err();
    assert_eq!(counts(&mut other, ["delivery", "send_cut", "send_exclusion", "send_tally"]).await, [0; 4]);
    refuse_nothing(&mut other, "send_exclusion").await;
    store.add_audience(send, &page, NOW).await.unwrap();
    let unknown = AudiencePage { recipients: vec![page.recipients[0].clone()], ..AudiencePage::default() };
    store.add_audience(send, &unknown, NOW).await.unwrap_err();

    refuse(&mut other, "INSERT", "send_event", "NEW.step = 'prepare'").await;
    store.finish_prepare(send, 200, "Ada Lorne", NOW).await.unwrap_err();
    refuse_nothing(&mut other, "send_event").await;
    let row = store.send(send).await.unwrap().unwrap();
    assert_eq!((row.status.as_str(), row.counts.candidates, row.prepared_at), ("preparing", 0, None));
    store.finish_prepare(send, 200, "Ada Lorne", NOW).await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn sqlite_an_audience_comes_whole() {
    with_sqlite(an_audience_comes_whole).await;
}

#[tokio::test]
async fn postgres_an_audience_comes_whole() {
    with_postgres(an_audience_comes_whole).await;
}

/// Every row that differs from what it was.
async fn statuses(store: &Store, ids: &[DeliveryId]) -> Vec<DeliveryStatus> {
    let mut statuses = Vec::new();
    for id in ids {
        statuses.push(store.delivery(*id).await.unwrap().unwrap().status);
    }
    statuses
}

async fn marks_and_results_hold_together(address: String) {
    let store = Store::open(&address).await.unwrap();
    let (_, send) = released(&store, 6).await;
    let ids: Vec<DeliveryId> = store.claim(send, lease("quay", NOW), 6, NOW).await.unwrap().iter().map(|row| row.id).collect();
    store.record(lease("quay", NOW), &ids[..3], &[], NOW).await.unwrap();
    let before = (statuses(&store, &ids).await, store.send_report(send, NOW).await.unwrap());

    let reply = |code| Reply { code: Some(code), ..Reply::default() };
    let results = [
        Outcome { id: ids[0], end: End::Sent, reply: reply(250) },
        Outcome { id: ids[1], end: End::Failed, reply: reply(550) },
        Outcome { id: ids[2], end: End::Deferred { until: NOW + 1 }, reply: reply(451) },
    ];
    let mut other = Other::connect(&address).await;
    for (change, table, when) in [("INSERT", "attempt", "NEW.status = 'failed'"), ("INSERT", "send_tally", "NEW.kind = 'reply'")] {
        refuse(&mut other, change, table, when).await;
        let error = store.record(lease("quay", NOW), &ids[3..], &results, NOW).await.unwrap_err();
        assert!(error.to_string().starts_with("cannot record deliveries: "), "{error}");
        assert_eq!((statuses(&store, &ids).await, store.send_report(send, NOW).await.unwrap()), before);
        refuse_nothing(&mut other, table).await;
    }
    store.record(lease("quay", NOW), &ids[3..], &results, NOW).await.unwrap();
    use DeliveryStatus::{Deferred, Failed, Sending, Sent};
    assert_eq!(statuses(&store, &ids).await, [Sent, Failed, Deferred, Sending, Sending, Sending]);
    store.close().await;
}

#[tokio::test]
async fn sqlite_marks_and_results_hold_together() {
    with_sqlite(marks_and_results_hold_together).await;
}

#[tokio::test]
async fn postgres_marks_and_results_hold_together() {
    with_postgres(marks_and_results_hold_together).await;
}

/// Puts the reader's address wherever servers and people put it; what is still to come.
async fn leave_traces(store: &Store, send: SendId, reader: SubscriberId) -> (Outcome, NewBounce) {
    let row = store.history(reader, 1).await.unwrap().remove(0).delivery;
    let said = format!("<{}> is over quota", row.address);
    let outcome = |end| Outcome { id: row.id, end, reply: Reply { code: Some(452), text: said.clone(), ..Reply::default() } };
    store.claim(send, lease("quay", NOW), 3, NOW).await.unwrap();
    store.record(lease("quay", NOW), &[row.id], &[], NOW).await.unwrap();
    store.record(lease("quay", NOW), &[], &[outcome(End::Deferred { until: NOW })], NOW).await.unwrap();
    let bounce = |message: &str| NewBounce {
        message_sha256: message.repeat(32),
        delivery: Some(row.id),
        class: "soft".into(),
        reason: "full".into(),
        is_final: false,
        status: "4.2.2".into(),
        words: said.clone(),
        excerpt: said.clone(),
    };
    store.add_bounce(&bounce("ab"), NOW).await.unwrap();
    let address = row.address.parse().unwrap();
    let notice = NewNotice { kind: "confirmation".into(), address, subject: "For reader1".into(), body: "Dear reader1".into(), due_at: NOW, forgets: false };
    store.add_notice(&notice, NOW).await.unwrap();
    store.append_audit("Bo Tarn", "look up", "subscriber", &row.address, NOW).await.unwrap();
    store.claim(send, lease("quay", NOW), 3, NOW).await.unwrap();
    store.record(lease("quay", NOW), &[row.id], &[], NOW).await.unwrap();
    (outcome(End::Failed), bounce("cd"))
}

/// Table and column of everything that can hold words.
async fn text_columns(other: &mut Other) -> Vec<(String, String)> {
    match other {
        Other::Sqlite(connection) => {
            let sql = "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.type = 'TEXT'";
            sqlx::query_as(sql).fetch_all(connection).await.unwrap()
        }
        Other::Postgres(connection) => {
            let sql = "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'text'";
            sqlx::query_as(sql).fetch_all(connection).await.unwrap()
        }
    }
}

async fn an_erasure_is_whole(address: String) {
    let store = Store::open(&address).await.unwrap();
    let (_, send) = released(&store, 3).await;
    let reader = readers::id(&store, "reader1").await;
    let late = leave_traces(&store, send, reader).await;
    let never = NewSuppression { hash: readers::hash("reader1"), digest: None, reason: SuppressionReason::Erased, note: String::new() };
    let before = (store.subscriber(reader).await.unwrap(), store.history(reader, 5).await.unwrap(), store.send_report(send, NOW).await.unwrap());
    let mut other = Other::connect(&address).await;
    refuse(&mut other, "INSERT", "suppression", "NEW.reason = 'erased'").await;
    store.erase_subscriber(reader, Some(&never), NOW).await.unwrap_err();
    let after = (store.subscriber(reader).await.unwrap(), store.history(reader, 5).await.unwrap(), store.send_report(send, NOW).await.unwrap());
    assert_eq!(after, before);
    refuse_nothing(&mut other, "suppression").await;
    store.erase_subscriber(reader, Some(&never), NOW).await.unwrap();
    // What comes in now finds nobody to be about.
    assert_eq!(store.record(lease("quay", NOW), &[], &[late.0], NOW).await.unwrap().refused_results, []);
    store.add_bounce(&late.1, NOW).await.unwrap();

    // No table has a word of the reader, whichever one a later migration adds.
    assert_eq!(other.count("delivery").await, 3);
    for (table, column) in text_columns(&mut other).await {
        assert_eq!(other.count(&format!("\"{table}\" WHERE \"{column}\" LIKE '%reader1%'")).await, 0, "{table}.{column}");
    }
    assert_eq!(other.count("delivery WHERE address LIKE '%reader2%'").await, 1);
    store.close().await;
}

#[tokio::test]
async fn sqlite_an_erasure_is_whole() {
    with_sqlite(an_erasure_is_whole).await;
}

#[tokio::test]
async fn postgres_an_erasure_is_whole() {
    with_postgres(an_erasure_is_whole).await;
}
