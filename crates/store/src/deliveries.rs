//! What marks and results do to rows of a send: the rules, without the SQL.
//!
//! In: rows as they are, kept so until the transaction ends, and what a node reports. Out: a [`Plan`] of what to write, and
//! what was refused.
//!
//! Invariant: a row becomes `sending` only for the node that holds it, while its send is released and its reader still
//! subscribes. A row that was with a server and may be tried again is suppressed instead when its reader is gone. Every
//! other change is one, or two in a row, that [`DeliveryStatus::can_become`] allows.

use std::collections::{BTreeMap, HashMap};

use pulse_model::EnhancedStatus;
use pulse_model::delivery::{DeliveryStatus, SendStatus};

use crate::columns::{MAX_REPLY_CHARS, one_line};
use crate::{DeliveryId, End, Outcome, Reply};

/// What is sent is counted in steps of so many seconds.
pub(crate) const SENT_IN_STEPS_S: i64 = 10;

/// A row of `delivery`.
pub(crate) struct Row {
    pub(crate) send: String,
    pub(crate) send_status: SendStatus,
    pub(crate) status: DeliveryStatus,
    pub(crate) lease_by: Option<String>,
    pub(crate) due_at: i64,
    pub(crate) attempt_count: i64,
    pub(crate) first_tried_at: Option<i64>,
    /// Whether the reader's subscription is active at this moment.
    pub(crate) may_get: bool,
    /// Whether the reader is still there.
    pub(crate) has_reader: bool,
}

/// What a row becomes when an attempt ended, or was put off.
pub(crate) struct Ended {
    pub(crate) id: DeliveryId,
    pub(crate) status: DeliveryStatus,
    pub(crate) due_at: i64,
    pub(crate) attempt_count: i64,
    pub(crate) first_tried_at: Option<i64>,
    pub(crate) reply: Reply,
    pub(crate) sent_at: Option<i64>,
}

/// An attempt that did not succeed at once.
pub(crate) struct EndedAttempt {
    pub(crate) id: DeliveryId,
    pub(crate) number: i64,
    pub(crate) status: DeliveryStatus,
    pub(crate) reply: Reply,
}

/// What to write.
#[derive(Default)]
pub(crate) struct Plan {
    /// Rows that become `sending`, or stay so.
    pub(crate) sending: Vec<DeliveryId>,
    /// Rows that get a status and nobody's lease.
    pub(crate) returned: BTreeMap<&'static str, Vec<DeliveryId>>,
    /// Rows that are due at another moment.
    pub(crate) put_off: Vec<(DeliveryId, i64)>,
    pub(crate) ended: Vec<Ended>,
    pub(crate) attempts: Vec<EndedAttempt>,
    pub(crate) tally: Tally,
}

/// Changes of counts, by send, kind and name.
#[derive(Default)]
pub(crate) struct Tally(HashMap<(String, &'static str, String), i64>);

impl Tally {
    pub(crate) fn add(&mut self, send: &str, kind: &'static str, name: &str, number: i64) {
        *self.0.entry((send.to_owned(), kind, name.to_owned())).or_default() += number;
    }

    /// In one order, without what comes to nothing.
    pub(crate) fn sorted(self) -> Vec<(String, &'static str, String, i64)> {
        let mut rows: Vec<_> = self.0.into_iter().filter(|(_, number)| *number != 0).map(|((send, kind, name), number)| (send, kind, name, number)).collect();
        rows.sort();
        rows
    }

    fn moved(&mut self, send: &str, from: DeliveryStatus, to: DeliveryStatus) {
        self.add(send, "status", from.as_str(), -1);
        self.add(send, "status", to.as_str(), 1);
    }
}

impl Plan {
    /// Whether the row may be sent now.
    pub(crate) fn mark(&mut self, id: DeliveryId, row: &mut Row, node: &str) -> bool {
        if row.lease_by.as_deref() != Some(node) {
            return false;
        }
        match row.status {
            // Asked again, because the answer to the first time got lost.
            DeliveryStatus::Sending => self.sending.push(id),
            DeliveryStatus::Queued | DeliveryStatus::Deferred if !row.may_get => {
                self.give_back(id, row, DeliveryStatus::Suppressed);
                return false;
            }
            DeliveryStatus::Queued | DeliveryStatus::Deferred if row.send_status != SendStatus::Released => {
                self.give_back(id, row, row.status);
                return false;
            }
            DeliveryStatus::Queued | DeliveryStatus::Deferred => {
                self.sending.push(id);
                self.change(row, DeliveryStatus::Sending);
            }
            _ => return false,
        }
        true
    }

    /// Whether the result counts.
    pub(crate) fn result(&mut self, row: &mut Row, outcome: &Outcome, node: &str, now: i64) -> bool {
        let Some(status) = status_after(row, outcome.end).filter(|_| row.lease_by.as_deref() == Some(node)) else { return false };
        match outcome.end {
            End::NotTried | End::Suppressed => self.give_back(outcome.id, row, status),
            End::PutOff { until } => {
                self.put_off.push((outcome.id, until));
                self.give_back(outcome.id, row, status);
            }
            End::Sent | End::Deferred { .. } | End::Failed | End::Uncertain => self.end(row, outcome, status, now),
        }
        // One result for each row; a second one at the same time is refused.
        row.lease_by = None;
        true
    }

    fn give_back(&mut self, id: DeliveryId, row: &mut Row, status: DeliveryStatus) {
        self.returned.entry(status.as_str()).or_default().push(id);
        self.change(row, status);
        row.lease_by = None;
    }

    fn end(&mut self, row: &mut Row, outcome: &Outcome, status: DeliveryStatus, now: i64) {
        let reply = kept_reply(&outcome.reply, row.has_reader);
        // A server may refuse a message before its row says `sending`; that was an attempt too. What was uncertain has its
        // attempt already, and now an answer to it.
        let was_tried = row.status != DeliveryStatus::Uncertain;
        let attempt_count = row.attempt_count + i64::from(was_tried);
        let is_worth_a_row = was_tried && !(attempt_count == 1 && outcome.end == End::Sent) || row.status == DeliveryStatus::Uncertain;
        if is_worth_a_row {
            self.attempts.push(EndedAttempt { id: outcome.id, number: attempt_count, status: attempt_status(outcome.end), reply: reply.clone() });
        }
        if let Some(code) = reply.code {
            self.tally.add(&row.send, "reply", format!("{} {code} {}", attempt_status(outcome.end), reply.enhanced).trim_end(), 1);
        }
        if status == DeliveryStatus::Sent {
            let step = now.div_euclid(SENT_IN_STEPS_S * 1_000) * SENT_IN_STEPS_S;
            self.tally.add(&row.send, "sent-in", &step.to_string(), 1);
        }
        let due_at = if let End::Deferred { until } = outcome.end { until } else { row.due_at };
        let first_tried_at = row.first_tried_at.or(was_tried.then_some(now));
        let sent_at = (status == DeliveryStatus::Sent).then_some(now);
        self.ended.push(Ended { id: outcome.id, status, due_at, attempt_count, first_tried_at, reply, sent_at });
        self.change(row, status);
    }

    fn change(&mut self, row: &mut Row, to: DeliveryStatus) {
        self.tally.moved(&row.send, row.status, to);
        row.status = to;
    }
}

/// The status of a row after a result; `None` where the result does not fit.
fn status_after(row: &Row, end: End) -> Option<DeliveryStatus> {
    use DeliveryStatus::{Deferred, Failed, Queued, Sending, Sent, Suppressed, Uncertain};
    let to = match (row.status, end) {
        (Sending | Uncertain, End::Sent) => Sent,
        (Queued | Deferred | Sending | Uncertain, End::Failed) => Failed,
        (Sending, End::Uncertain) => Uncertain,
        (Queued | Deferred | Sending | Uncertain, End::Deferred { .. }) => Deferred,
        (Deferred, End::NotTried | End::PutOff { .. }) => Deferred,
        (Queued | Sending, End::NotTried) | (Queued, End::PutOff { .. }) => Queued,
        (Queued | Deferred | Sending, End::Suppressed) => Suppressed,
        _ => return None,
    };
    Some(if matches!(to, Queued | Deferred) && !row.may_get { Suppressed } else { to })
}

/// What an attempt came to, whatever becomes of the row.
fn attempt_status(end: End) -> DeliveryStatus {
    match end {
        End::Sent => DeliveryStatus::Sent,
        End::Failed => DeliveryStatus::Failed,
        End::Uncertain => DeliveryStatus::Uncertain,
        End::Deferred { .. } | End::NotTried | End::PutOff { .. } | End::Suppressed => DeliveryStatus::Deferred,
    }
}

/// A server's words can repeat the address, and of readers who are gone nothing is kept.
fn kept_reply(reply: &Reply, has_reader: bool) -> Reply {
    Reply {
        code: reply.code,
        enhanced: enhanced(&reply.enhanced),
        text: if has_reader { one_line(&reply.text, MAX_REPLY_CHARS) } else { String::new() },
        relay: one_line(&reply.relay, MAX_REPLY_CHARS),
    }
}

/// An enhanced status code (RFC 3463 section 2), or nothing. It becomes the name of a count, of which a server must not be
/// able to make as many as it likes.
pub(crate) fn enhanced(code: &str) -> String {
    code.parse::<EnhancedStatus>().map(|status| status.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDS: [End; 7] = [End::Sent, End::Deferred { until: 5 }, End::Failed, End::Uncertain, End::NotTried, End::PutOff { until: 5 }, End::Suppressed];

    fn row(status: DeliveryStatus, may_get: bool) -> Row {
        Row {
            send: "send".into(),
            send_status: SendStatus::Released,
            status,
            lease_by: Some("quay".into()),
            due_at: 0,
            attempt_count: 0,
            first_tried_at: None,
            may_get,
            has_reader: may_get,
        }
    }

    /// By one step that the model allows, by two in a row, or by staying.
    fn can_become(from: DeliveryStatus, to: DeliveryStatus) -> bool {
        let by_two = |between: &&DeliveryStatus| from.can_become(**between) && between.can_become(to);
        from == to || from.can_become(to) || DeliveryStatus::ALL.iter().find(by_two).is_some()
    }

    #[test]
    fn results_keep_to_the_model() {
        for (&from, may_get) in DeliveryStatus::ALL.iter().flat_map(|from| [(from, true), (from, false)]) {
            for end in ENDS {
                let Some(to) = status_after(&row(from, may_get), end) else { continue };
                assert!(can_become(from, to), "{from} becomes {to} by {end:?}");
                assert!(may_get || !matches!(to, DeliveryStatus::Queued | DeliveryStatus::Deferred), "{from} waits for nobody by {end:?}");
                assert!(!from.is_final() && (end != End::Sent || from != DeliveryStatus::Queued), "{from}, {end:?}");
            }
        }
    }

    #[test]
    fn a_mark_needs_the_lease_the_reader_and_the_release() {
        let marked = |change: fn(&mut Row), node| {
            let mut row = row(DeliveryStatus::Queued, true);
            change(&mut row);
            let mut plan = Plan::default();
            let id = DeliveryId(uuid::Uuid::nil());
            (plan.mark(id, &mut row, node), row.status)
        };
        assert_eq!(marked(|_| {}, "quay"), (true, DeliveryStatus::Sending));
        assert_eq!(marked(|_| {}, "bell"), (false, DeliveryStatus::Queued));
        assert_eq!(marked(|row| row.lease_by = None, "quay"), (false, DeliveryStatus::Queued));
        assert_eq!(marked(|row| row.may_get = false, "quay"), (false, DeliveryStatus::Suppressed));
        assert_eq!(marked(|row| row.send_status = SendStatus::Paused, "quay"), (false, DeliveryStatus::Queued));
        assert_eq!(marked(|row| row.status = DeliveryStatus::Sent, "quay"), (false, DeliveryStatus::Sent));
    }

    #[test]
    fn a_row_has_one_result_at_a_time() {
        let id = DeliveryId(uuid::Uuid::nil());
        let (mut row, mut plan) = (row(DeliveryStatus::Sending, true), Plan::default());
        let result = |end| Outcome { id, end, reply: Reply::default() };
        assert!(plan.result(&mut row, &result(End::Uncertain), "quay", 0));
        assert!(!plan.result(&mut row, &result(End::Sent), "quay", 0));
        assert_eq!((plan.ended.len(), plan.attempts.len(), row.status), (1, 1, DeliveryStatus::Uncertain));
    }

    #[test]
    fn enhanced_codes_are_three_numbers() {
        assert_eq!(enhanced("5.7.26"), "5.7.26");
        for text in ["", "5.1", "5.1.1.1", "5.x.1", "5.1.1000", "5.1.1 sent", "5..1"] {
            assert_eq!(enhanced(text), "", "{text}");
        }
    }
}
