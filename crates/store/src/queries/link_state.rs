//! What became of addresses that were asked whether they lead anywhere.

use std::collections::HashMap;

use sqlx::QueryBuilder;

use crate::LinkOutcome;
use crate::columns::{MAX_FORM_CHARS, index_key, one_line};
use crate::rows::impossible;

use super::dialect::{Answer, Connections, Db};
use super::insert::insert_or;
use super::list::{MAX_LIST, push_list};

pub(crate) async fn save(db: &Connections, states: &[(String, LinkOutcome)], now: i64) -> Answer<()> {
    let into = "INSERT INTO link_state (address_key, outcome, detail, asked_at) ";
    let or = " ON CONFLICT (address_key) DO UPDATE SET outcome = excluded.outcome, detail = excluded.detail, asked_at = excluded.asked_at";
    let mut tx = db.begin_write().await?;
    insert_or(&mut tx, into, or, states, |values, (address, state)| {
        let (outcome, detail) = match state {
            LinkOutcome::Fine => ("fine", String::new()),
            LinkOutcome::Moved(to) => ("moved", one_line(to, MAX_FORM_CHARS)),
            LinkOutcome::Dead(why) => ("dead", one_line(why, MAX_FORM_CHARS)),
        };
        values.push_bind(index_key(address)).push_bind(outcome).push_bind(detail).push_bind(now);
    })
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Those of these addresses that were asked since a moment.
pub(crate) async fn get(db: &Connections, addresses: &[String], since: i64) -> Answer<HashMap<String, LinkOutcome>> {
    let mut found = HashMap::new();
    for chunk in addresses.chunks(MAX_LIST) {
        let by_key: HashMap<String, &String> = chunk.iter().map(|address| (index_key(address), address)).collect();
        let keys: Vec<&String> = by_key.keys().collect();
        let mut query = QueryBuilder::<Db>::new("SELECT address_key, outcome, detail FROM link_state WHERE asked_at >= ");
        query.push_bind(since).push(" AND address_key IN ");
        push_list(&mut query, &keys);
        let rows: Vec<(String, String, String)> = query.build_query_as().fetch_all(&db.read).await?;
        for (key, outcome, detail) in rows {
            let state = match outcome.as_str() {
                "fine" => LinkOutcome::Fine,
                "moved" => LinkOutcome::Moved(detail),
                "dead" => LinkOutcome::Dead(detail),
                other => return Err(impossible("link_state", "outcome", &key, other.to_owned()).into()),
            };
            found.extend(by_key.get(&key).map(|address| ((*address).clone(), state)));
        }
    }
    Ok(found)
}
