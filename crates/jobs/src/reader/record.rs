//! Everything that is kept about a reader, as the reader can have it.
//!
//! Not here: who may have it ([`choices::chooser`](super::choices::chooser)), erasing it.

use jiff::Timestamp;
use pulse_model::subscriber::{ConsentEvent, Sectors, Step};
use pulse_store::{Store, StoredSubscriber};
use serde::Serialize;

use super::choices::Chooser;
use crate::error::JobError;

/// Everything that is kept about a reader, as a machine reads it (UK GDPR articles 15 and 20). Times are UTC, RFC 3339.
#[derive(Debug, Serialize)]
struct Record<'r> {
    made_at: String,
    address: &'r str,
    name: &'r str,
    language: &'r str,
    added_at: String,
    subscriptions: Vec<SubscriptionRecord<'r>>,
    asked_to_move: Vec<MoveRecord>,
    /// As far as that is known still: for a day.
    had_somebody_invited_at: Vec<String>,
    /// The newest [`MOST_SENT`].
    messages: Vec<MessageRecord>,
}

#[derive(Debug, Serialize)]
struct SubscriptionRecord<'r> {
    digest: &'r str,
    state: &'static str,
    since: String,
    sectors: &'r Sectors,
    frequency: &'static str,
    paused_until: Option<String>,
    basis: Option<&'static str>,
    basis_since: Option<String>,
    events: Vec<EventRecord<'r>>,
}

#[derive(Debug, Serialize)]
struct MoveRecord {
    address: String,
    asked_at: String,
}

#[derive(Debug, Serialize)]
struct EventRecord<'r> {
    at: String,
    step: &'static str,
    basis: Option<&'static str>,
    source: &'r str,
    agreed_to: Option<&'r str>,
    reason: &'r str,
}

#[derive(Debug, Serialize)]
struct MessageRecord {
    digest: String,
    edition: String,
    address: String,
    status: &'static str,
    sent_at: Option<String>,
}

/// More messages than a reader gets in 80 years of months.
const MOST_SENT: u32 = 1000;

/// Everything that is kept about the reader, as JSON.
///
/// # Errors
/// What the store says.
pub async fn record(store: &Store, chooser: &Chooser, now: i64) -> Result<Vec<u8>, JobError> {
    let history = store.history(chooser.reader.id, MOST_SENT).await?;
    let messages = history.into_iter().map(|row| MessageRecord {
        digest: row.digest.to_string(),
        edition: row.key.to_string(),
        address: row.delivery.address,
        status: row.delivery.status.as_str(),
        sent_at: row.delivery.sent_at.map(iso),
    });
    let (moves, invited_at) = (store.asked_moves(chooser.reader.id).await?, store.invitations_by(chooser.reader.id).await?);
    let StoredSubscriber { subscriber, subscriptions, created_at, .. } = &chooser.reader;
    let subscriptions = subscriptions.iter().map(|there| SubscriptionRecord {
        digest: there.subscription.digest.as_str(),
        state: there.subscription.state.as_str(),
        since: iso(there.state_at),
        sectors: &there.subscription.sectors,
        frequency: there.subscription.frequency.as_str(),
        paused_until: there.subscription.paused_until.map(iso),
        basis: there.basis.map(|(basis, _)| basis.as_str()),
        basis_since: there.basis.map(|(_, at)| iso(at)),
        events: there.events.iter().map(event_record).collect(),
    });
    let record = Record {
        made_at: iso(now),
        address: subscriber.address.as_str(),
        name: &subscriber.name,
        language: &subscriber.language,
        added_at: iso(*created_at),
        subscriptions: subscriptions.collect(),
        asked_to_move: moves.into_iter().map(|(address, at)| MoveRecord { address: address.to_string(), asked_at: iso(at) }).collect(),
        had_somebody_invited_at: invited_at.into_iter().map(iso).collect(),
        messages: messages.collect(),
    };
    serde_json::to_vec_pretty(&record).map_err(|cause| JobError::Record { cause })
}

fn event_record(event: &ConsentEvent) -> EventRecord<'_> {
    EventRecord {
        at: iso(event.at),
        step: Step::as_str(event.step),
        basis: event.basis.map(|basis| basis.as_str()),
        source: &event.source,
        agreed_to: event.wording.as_ref().map(|wording| wording.text.as_str()),
        reason: &event.reason,
    }
}

fn iso(at: i64) -> String {
    Timestamp::from_millisecond(at).map(|at| at.to_string()).unwrap_or_default()
}
