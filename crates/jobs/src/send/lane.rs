//! One lane: a connection, and the messages that go over it one after another.
//!
//! In: rows that were claimed. Out: what became of each, through the pen. A lane opens its connection when it has something to send,
//! keeps it while it works, and gives up its place at the relay when it does not.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pulse_deliver::relay::RelaySettings;
use pulse_deliver::smtp::{Body, Connection, SmtpError, Verdict};
use pulse_model::ids::DeliveryId;
use pulse_store::{Claimed, End, Outcome, Reply, Store};
use tokio::sync::{mpsc, watch};

use super::Clock;
use super::refusals::{Refusals, Streak};
use super::scribe::Pen;
use super::template::{Message, Recipient, Templates};
use super::turns::{self, Ready};
use crate::error::JobError;
use crate::post::{Place, Post, Route};

/// What all lanes of a send share.
pub(super) struct Road<'a> {
    post: &'a Post,
    templates: &'a Templates<'a>,
    store: &'a Store,
    clock: &'a Clock,
    /// `true` when the node is to stop.
    halt: watch::Receiver<bool>,
    /// Why the send must stop, in words.
    fault: Mutex<Option<String>>,
    /// Addresses that a server called dead.
    dead: Mutex<Vec<(DeliveryId, Reply)>>,
    refusals: Mutex<Refusals>,
}

impl<'a> Road<'a> {
    pub(super) fn new(post: &'a Post, templates: &'a Templates<'a>, store: &'a Store, clock: &'a Clock, halt: watch::Receiver<bool>) -> Self {
        Self { post, templates, store, clock, halt, fault: Mutex::default(), dead: Mutex::default(), refusals: Mutex::default() }
    }

    /// Whether no further message is to begin.
    pub(super) fn is_halted(&self) -> bool {
        *self.halt.borrow() || self.fault().is_some()
    }

    /// Why the send must stop, if it must.
    pub(super) fn fault(&self) -> Option<String> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Deliveries whose address a server called dead, and its words.
    pub(super) fn dead(&self) -> Vec<(DeliveryId, Reply)> {
        std::mem::take(&mut self.dead.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn is_dead(&self, id: DeliveryId, reply: &Reply) {
        self.dead.lock().unwrap_or_else(PoisonError::into_inner).push((id, reply.clone()));
    }

    /// Stops the send: each further message would be refused too.
    fn stop(&self, host: &str, why: &str) {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| format!("{host} refuses our messages: {why}"));
    }

    fn refusals<T>(&self, ask: impl FnOnce(&mut Refusals) -> T) -> T {
        ask(&mut self.refusals.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is still held back of messages that were refused, when no lane works any more.
    pub(super) fn held_back(&self) -> Vec<Outcome> {
        self.refusals(|refusals| refusals.release())
    }

    fn now(&self) -> i64 {
        (self.clock)()
    }
}

/// The rows that wait for a lane.
pub(super) type Queue = Arc<tokio::sync::Mutex<mpsc::Receiver<Ready>>>;

/// How often a lane that waits looks whether the send was halted.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// How often one message is tried over another connection when the server breaks off before its end.
const MOST_CONNECTIONS: u32 = 3;

pub(super) struct Lane<'a> {
    road: &'a Road<'a>,
    pen: Pen,
    /// With its place at the relay.
    connection: Option<(Place<'a>, Connection)>,
}

/// What one try came to.
enum Tried {
    Ended(End, Reply),
    /// The connection broke off before the end of the message; another may take it.
    BrokenOff(SmtpError, String),
    /// The message was refused for a reason that is neither the address's nor, for all that is known, ours.
    Refused(Reply),
    /// It must not go out: its reader left, or the send was halted.
    Withdrawn,
}

impl<'a> Lane<'a> {
    pub(super) fn new(road: &'a Road<'a>, pen: Pen) -> Self {
        Self { road, pen, connection: None }
    }

    /// Works until there are no more rows, or the send is halted; rows that were not tried are given back.
    pub(super) async fn work(mut self, queue: Queue) -> Result<(), JobError> {
        loop {
            let Some(ready) = queue.lock().await.recv().await else { break };
            let id = ready.claimed.id;
            let tried = if self.road.is_halted() { Tried::Withdrawn } else { self.deliver(&ready.claimed).await? };
            match tried {
                Tried::Ended(end, reply) => {
                    if end == End::Sent {
                        self.write(self.road.held_back()).await;
                    }
                    self.pen.result(Outcome { id, end, reply }).await;
                }
                Tried::Refused(reply) => self.refused(id, reply).await,
                Tried::BrokenOff(error, host) => {
                    let reply = reply_of(None, "", &in_words(&error), &host);
                    self.pen.result(Outcome { id, end: self.later(&ready.claimed), reply }).await;
                }
                Tried::Withdrawn => self.pen.result(Outcome { id, end: End::NotTried, reply: Reply::default() }).await,
            }
        }
        self.close(true).await;
        Ok(())
    }

    /// One refusal is the reader's; many, one after the other, are ours.
    async fn refused(&mut self, id: DeliveryId, reply: Reply) {
        let (host, words) = (reply.relay.clone(), reply.text.clone());
        let streak = self.road.refusals(|refusals| refusals.add(Outcome { id, end: End::Failed, reply }));
        if let Streak::TooLong(not_tried) = streak {
            self.road.stop(&host, &words);
            self.write(not_tried).await;
        }
    }

    async fn write(&self, outcomes: Vec<Outcome>) {
        for outcome in outcomes {
            self.pen.result(outcome).await;
        }
    }

    async fn deliver(&mut self, claimed: &Claimed) -> Result<Tried, JobError> {
        let now = self.road.now();
        let to = Recipient { delivery: claimed.id, subscriber: claimed.subscriber, address: &claimed.address, name: &claimed.name, cut: claimed.cut };
        let message = self.road.templates.message(self.road.post, &to, now)?;
        if let Route::Outbox(outbox) = &self.road.post.route {
            if !self.pen.mark(claimed.id).await {
                return Ok(Tried::Withdrawn);
            }
            let put = outbox.put(&claimed.id.to_string(), message.filled.pieces());
            put.map_err(|cause| JobError::Unreadable { file: "the outbox".to_owned(), cause })?;
            return Ok(Tried::Ended(End::Sent, reply_of(Some(250), "", "put into the outbox", "outbox")));
        }
        let mut tried = Tried::Withdrawn;
        for _ in 0..MOST_CONNECTIONS {
            if !self.connect().await? {
                return Ok(Tried::Withdrawn);
            }
            tried = self.try_over(&message, claimed).await;
            match &tried {
                Tried::BrokenOff(error, _) => self.break_off(error.is_about_connection()).await,
                _ => break,
            }
        }
        Ok(tried)
    }

    /// Sees to a connection that works; `false` when the send is halted meanwhile. While all relays fail, the row waits here and
    /// does not count as tried.
    async fn connect(&mut self) -> Result<bool, JobError> {
        if self.connection.as_ref().is_some_and(|(_, connection)| !connection.is_open()) {
            self.close(true).await;
        }
        while self.connection.is_none() {
            if self.road.is_halted() {
                return Ok(false);
            }
            if let Some(place) = self.road.post.places.take(self.road.now()).await {
                self.open(place).await?;
            }
        }
        Ok(true)
    }

    async fn open(&mut self, place: Place<'a>) -> Result<(), JobError> {
        let Route::Relays(relays) = &self.road.post.route else { return Ok(()) };
        let (settings, server) = &relays[place.relay()];
        // A token of OAuth is fresh for an hour, so the secret is read for each connection.
        let login = settings.login().map_err(|error| JobError::Relay(error.into()))?;
        let server = pulse_deliver::smtp::Server { login, ..server.clone() };
        match Connection::open(&server).await {
            Ok(connection) => self.connection = Some((place, connection)),
            Err(error) => {
                place.failed(self.road.now());
                if error.verdict() == Verdict::OurFault {
                    self.road.stop(&server.host, &in_words(&error));
                } else {
                    tracing::warn!(relay = server.host, error = &error as &dyn std::error::Error, "the relay cannot be reached");
                }
            }
        }
        Ok(())
    }

    async fn try_over(&mut self, message: &Message<'_>, claimed: &Claimed) -> Tried {
        let road = self.road;
        let (Route::Relays(relays), Some((place, _))) = (&road.post.route, &self.connection) else { return Tried::Withdrawn };
        let settings = &relays[place.relay()].0;
        let host = settings.host.clone();
        match self.keep_pace(settings).await {
            Ok(true) => {}
            Ok(false) => return Tried::Withdrawn,
            Err(error) => {
                // The pace is kept in the database; without it nothing is marked either.
                tracing::warn!(error = &error as &dyn std::error::Error, "the pace cannot be kept");
                return Tried::Withdrawn;
            }
        }
        let pieces: Vec<&[u8]> = message.filled.pieces().collect();
        let Some((_, connection)) = &mut self.connection else { return Tried::Withdrawn };
        let body = match Body::check(&pieces) {
            Ok(body) => body,
            Err(cause) => return self.ended(&SmtpError::from(cause), claimed, host),
        };
        let undotted = match connection.offer(&message.envelope, &body).await {
            Ok(offered) => offered.body().await,
            Err(error) => Err(error),
        };
        let undotted = match undotted {
            Ok(undotted) => undotted,
            Err(error) if matches!(error, SmtpError::Spent) || error.is_about_connection() && error.reply().is_none() => return Tried::BrokenOff(error, host),
            Err(error) => return self.ended(&error, claimed, host),
        };
        if !self.pen.mark(claimed.id).await {
            drop(undotted);
            // The server waits for the end of a message that must not end: only hanging up takes it back.
            self.close(false).await;
            return Tried::Withdrawn;
        }
        match undotted.finish().await {
            Ok(reply) => {
                if let Some((place, _)) = &self.connection {
                    place.worked();
                }
                Tried::Ended(End::Sent, said(&reply, &host))
            }
            Err(error) => self.ended(&error, claimed, host),
        }
    }

    /// What an error means for the row.
    fn ended(&mut self, error: &SmtpError, claimed: &Claimed, host: String) -> Tried {
        if let Some((place, _)) = &self.connection {
            if error.is_about_connection() { place.failed(self.road.now()) } else { place.worked() }
        }
        let reply = error.reply().map_or_else(|| reply_of(None, "", &in_words(error), &host), |reply| said(reply, &host));
        let end = match error.verdict() {
            Verdict::Accepted => End::Sent,
            Verdict::Deferred(_) | Verdict::FullMailbox { is_passing: true } => self.later(claimed),
            Verdict::DeadAddress => {
                self.road.is_dead(claimed.id, &reply);
                End::Failed
            }
            Verdict::Rejected => return Tried::Refused(reply),
            Verdict::FullMailbox { is_passing: false } => End::Failed,
            Verdict::Uncertain => End::Uncertain,
            Verdict::OurFault => {
                self.road.stop(&host, &reply.text);
                End::NotTried
            }
        };
        Tried::Ended(end, reply)
    }

    /// When the row is tried again (RFC 5321 section 4.5.4.1), or that it is not.
    fn later(&self, claimed: &Claimed) -> End {
        let now = self.road.now();
        let queued_for_s = u64::try_from((now - claimed.first_tried_at.unwrap_or(now)) / 1000).unwrap_or(0);
        let retry = &self.road.post.retry;
        match retry.next_wait_s(claimed.attempt_count + 1, queued_for_s) {
            Some(wait_s) => {
                let wait_s = retry.spread_s(wait_s, rand::random());
                End::Deferred { until: now.saturating_add(i64::try_from(wait_s).unwrap_or(i64::MAX / 1000).saturating_mul(1000)) }
            }
            None => End::Failed,
        }
    }

    /// Waits until the relay may be given one message more; `false` when the send is halted meanwhile.
    async fn keep_pace(&self, settings: &RelaySettings) -> Result<bool, pulse_store::StoreError> {
        let Some(pace) = &settings.pace else { return Ok(true) };
        let bucket = format!("relay {}:{}", settings.host, settings.port());
        let promised = turns::promised(self.road.store, &bucket, pace, self.road.now()).await?;
        let until = tokio::time::Instant::now() + Duration::from_millis(promised);
        while tokio::time::Instant::now() < until {
            tokio::time::sleep_until(until.min(tokio::time::Instant::now() + LOOK_AGAIN)).await;
            if self.road.is_halted() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn break_off(&mut self, is_about_connection: bool) {
        if let Some((place, _)) = self.connection.as_ref().filter(|_| is_about_connection) {
            place.failed(self.road.now());
        }
        self.close(false).await;
    }

    async fn close(&mut self, politely: bool) {
        if let Some((_place, connection)) = self.connection.take()
            && politely
        {
            connection.quit().await;
        }
    }
}

fn said(reply: &pulse_deliver::smtp::Reply, host: &str) -> Reply {
    reply_of(Some(reply.code), &reply.enhanced.map(|enhanced| enhanced.to_string()).unwrap_or_default(), &reply.text, host)
}

fn reply_of(code: Option<u16>, enhanced: &str, text: &str, relay: &str) -> Reply {
    Reply { code, enhanced: enhanced.to_owned(), text: text.to_owned(), relay: relay.to_owned() }
}

/// An error with its causes, on one line.
fn in_words(error: &SmtpError) -> String {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    causes.fold(error.to_string(), |words, cause| format!("{words}: {cause}"))
}
