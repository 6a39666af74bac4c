//! One lane: a connection, and the messages that go over it one after another.
//!
//! In: rows that were claimed. Out: what became of each, through the pen. A lane opens its connection when it has something to send,
//! keeps it while it works, and gives up its place at the relay when it does not.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pulse_deliver::relay::{Relays, Take};
use pulse_deliver::smtp::{Body, Connection, SmtpError, Verdict};
use pulse_model::ids::DeliveryId;
use pulse_store::{Claimed, End, Level, Outcome, Reply, Store};
use tokio::sync::{Notify, mpsc, watch};

use super::Clock;
use super::scribe::Pen;
use super::template::{Message, Recipient, Templates};
use crate::error::JobError;
use crate::post::{Post, Route};

/// What all lanes of a send share.
pub(super) struct Road<'a> {
    post: &'a Post,
    templates: &'a Templates<'a>,
    store: &'a Store,
    clock: &'a Clock,
    relays: Mutex<Relays>,
    /// Rings when a place at a relay becomes free.
    freed: Notify,
    /// `true` when the node is to stop.
    halt: watch::Receiver<bool>,
    /// Why the send must stop, in words.
    fault: Mutex<Option<String>>,
    /// Addresses that a server called dead.
    dead: Mutex<Vec<(DeliveryId, Reply)>>,
}

impl<'a> Road<'a> {
    pub(super) fn new(post: &'a Post, templates: &'a Templates<'a>, store: &'a Store, clock: &'a Clock, halt: watch::Receiver<bool>) -> Self {
        let relays = match &post.route {
            Route::Outbox(_) => Relays::new([], post.breaker),
            Route::Relays(relays) => Relays::new(relays.iter().map(|(settings, _)| settings), post.breaker),
        };
        Self { post, templates, store, clock, relays: Mutex::new(relays), freed: Notify::new(), halt, fault: Mutex::default(), dead: Mutex::default() }
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

    fn now(&self) -> i64 {
        (self.clock)()
    }

    fn relays<T>(&self, ask: impl FnOnce(&mut Relays) -> T) -> T {
        ask(&mut self.relays.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn give_back(&self, relay: usize) {
        self.relays(|relays| relays.give_back(relay));
        self.freed.notify_one();
    }
}

/// The rows that wait for a lane.
pub(super) type Queue = Arc<tokio::sync::Mutex<mpsc::Receiver<Claimed>>>;

/// How often one message is tried over another connection when the server breaks off before its end.
const MOST_CONNECTIONS: u32 = 3;

pub(super) struct Lane<'a> {
    road: &'a Road<'a>,
    pen: Pen,
    /// With the place of its relay.
    connection: Option<(usize, Connection)>,
}

/// What one try came to.
enum Tried {
    Ended(End, Reply),
    /// The connection broke off before the end of the message; another may take it.
    BrokenOff(SmtpError, String),
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
            let Some(claimed) = queue.lock().await.recv().await else { break };
            let (end, reply) = if self.road.is_halted() { (End::NotTried, Reply::default()) } else { self.deliver(&claimed).await? };
            self.pen.result(Outcome { id: claimed.id, end, reply }).await;
        }
        self.close(true).await;
        Ok(())
    }

    async fn deliver(&mut self, claimed: &Claimed) -> Result<(End, Reply), JobError> {
        let now = self.road.now();
        let to = Recipient { delivery: claimed.id, subscriber: claimed.subscriber, address: &claimed.address, name: &claimed.name, cut: claimed.cut };
        let message = self.road.templates.message(self.road.post, &to, now)?;
        if let Route::Outbox(outbox) = &self.road.post.route {
            if !self.pen.mark(claimed.id).await {
                return Ok((End::NotTried, Reply::default()));
            }
            let put = outbox.put(&claimed.id.to_string(), message.filled.pieces());
            put.map_err(|cause| JobError::Unreadable { file: "the outbox".to_owned(), cause })?;
            return Ok((End::Sent, reply_of(Some(250), "", "put into the outbox", "outbox")));
        }
        let mut broken = None;
        for _ in 0..MOST_CONNECTIONS {
            let Some(relay) = self.connect().await? else { return Ok((End::NotTried, Reply::default())) };
            match self.try_over(relay, &message, claimed).await {
                Tried::Ended(end, reply) => return Ok((end, reply)),
                Tried::Withdrawn => return Ok((End::NotTried, Reply::default())),
                Tried::BrokenOff(error, host) => {
                    self.break_off(&error).await;
                    broken = Some((error, host));
                }
            }
        }
        let (text, host) = broken.map_or_else(Default::default, |(error, host)| (in_words(&error), host));
        Ok((self.later(claimed), reply_of(None, "", &text, &host)))
    }

    /// A connection that works; `None` when the send is halted meanwhile. While all relays fail, the row waits here and does not
    /// count as tried.
    async fn connect(&mut self) -> Result<Option<usize>, JobError> {
        if self.connection.as_ref().is_some_and(|(_, connection)| !connection.is_open()) {
            self.close(true).await;
        }
        loop {
            if let Some((relay, _)) = &self.connection {
                return Ok(Some(*relay));
            }
            if self.road.is_halted() {
                return Ok(None);
            }
            let now = self.road.now();
            let freed = self.road.freed.notified();
            let take = self.road.relays(|relays| relays.take(now));
            match take {
                Take::Relay(relay) => self.open(relay).await?,
                Take::Busy => _ = tokio::time::timeout(LOOK_AGAIN, freed).await,
                Take::Shut { until } => tokio::time::sleep(pause(until - now)).await,
            }
        }
    }

    async fn open(&mut self, relay: usize) -> Result<(), JobError> {
        let Route::Relays(relays) = &self.road.post.route else { return Ok(()) };
        let (settings, server) = &relays[relay];
        // A token of OAuth is fresh for an hour, so the secret is read for each connection.
        let login = settings.login().map_err(JobError::Relay);
        let server = pulse_deliver::smtp::Server { login: login.inspect_err(|_| self.road.give_back(relay))?, ..server.clone() };
        match Connection::open(&server).await {
            Ok(connection) => self.connection = Some((relay, connection)),
            Err(error) => {
                self.road.give_back(relay);
                self.road.relays(|relays| relays.failed(relay, self.road.now()));
                if error.verdict() == Verdict::OurFault {
                    self.road.stop(&server.host, &in_words(&error));
                } else {
                    tracing::warn!(relay = server.host, error = &error as &dyn std::error::Error, "the relay cannot be reached");
                }
            }
        }
        Ok(())
    }

    async fn try_over(&mut self, relay: usize, message: &Message<'_>, claimed: &Claimed) -> Tried {
        let road = self.road;
        let Route::Relays(relays) = &road.post.route else { return Tried::Withdrawn };
        let host = relays[relay].0.host.clone();
        if let Err(error) = self.keep_pace(relay).await {
            // The pace is kept in the database; without it nothing is marked either.
            tracing::warn!(error = &error as &dyn std::error::Error, "the pace cannot be kept");
            return Tried::Withdrawn;
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
                self.road.relays(|relays| relays.worked(relay));
                Tried::Ended(End::Sent, said(&reply, &host))
            }
            Err(error) => self.ended(&error, claimed, host),
        }
    }

    /// What an error means for the row.
    fn ended(&mut self, error: &SmtpError, claimed: &Claimed, host: String) -> Tried {
        let reply = error.reply().map_or_else(|| reply_of(None, "", &in_words(error), &host), |reply| said(reply, &host));
        let end = match error.verdict() {
            Verdict::Accepted => End::Sent,
            Verdict::Deferred(_) | Verdict::FullMailbox { is_passing: true } => self.later(claimed),
            Verdict::DeadAddress => {
                self.road.is_dead(claimed.id, &reply);
                End::Failed
            }
            Verdict::Rejected | Verdict::FullMailbox { is_passing: false } => End::Failed,
            Verdict::Uncertain => End::Uncertain,
            Verdict::OurFault => {
                self.road.stop(&host, &reply.text);
                End::NotTried
            }
        };
        if let Some((relay, _)) = self.connection {
            let now = self.road.now();
            self.road.relays(|relays| if error.is_about_connection() { relays.failed(relay, now) } else { relays.worked(relay) });
        }
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

    /// Waits until the relay may be given one message more.
    async fn keep_pace(&self, relay: usize) -> Result<(), pulse_store::StoreError> {
        let Route::Relays(relays) = &self.road.post.route else { return Ok(()) };
        let (settings, _) = &relays[relay];
        let Some(pace) = &settings.pace else { return Ok(()) };
        let name = format!("relay {}:{}", settings.host, settings.port());
        loop {
            let now = self.road.now();
            let mut wait = None;
            let full = pace.full(now);
            let mut change = |_: usize, kept: &mut Level| {
                let mut level = pulse_deliver::pace::Level { tokens: kept.tokens, at: kept.at };
                wait = pace.take(&mut level, now).err();
                *kept = Level { tokens: level.tokens, at: level.at };
            };
            self.road.store.change_levels(&[&name], Level { tokens: full.tokens, at: full.at }, &mut change).await?;
            match wait {
                None => return Ok(()),
                Some(wait) => tokio::time::sleep(Duration::from_millis(wait.ms)).await,
            }
        }
    }

    async fn break_off(&mut self, error: &SmtpError) {
        if let Some((relay, _)) = self.connection
            && error.is_about_connection()
        {
            let now = self.road.now();
            self.road.relays(|relays| relays.failed(relay, now));
        }
        self.close(false).await;
    }

    async fn close(&mut self, politely: bool) {
        if let Some((relay, connection)) = self.connection.take() {
            if politely {
                connection.quit().await;
            }
            self.road.give_back(relay);
        }
    }
}

/// A place may become free in the moment between asking and waiting.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// Until a relay may be tried again; looked at now and then, because the send may be halted.
fn pause(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0).clamp(10, 1000))
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
