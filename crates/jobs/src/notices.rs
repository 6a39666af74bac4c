//! Messages to one person, about something that person did: kept in the store when they arise, sent when they are due.
//!
//! In: a [`Letter`], or notices that wait. Out: messages in the outbox or with a relay, and what became of each, in the store. One
//! connection is enough. A node that dies between sending and recording sends a notice again, with the same Message-ID.
//!
//! Not here: what a notice looks like (deliver), which there are ([`crate::reader`]).

use std::collections::HashMap;

use pulse_deliver::message::{Action, Filled, Link, Notice as Content, Reader, Sender};
use pulse_deliver::smtp::{Envelope, Verdict};
use pulse_deliver::token::Purpose;
use pulse_model::{Digest, EmailAddress, Slug};
use pulse_store::{Lease, NewNotice, Notice, NoticeEnd, Reply, Store};
use serde::{Deserialize, Serialize};

use crate::error::JobError;
use crate::line::{Line, Refused, said_by_us};
use crate::post::Post;
use crate::sender::feedback_name;

/// What a notice says, as its body is kept until it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// In whose name.
    pub digest: Slug,
    /// What the inbox shows.
    pub subject: String,
    /// Before the link.
    pub paragraphs: Vec<String>,
    /// What the link says.
    pub label: String,
    /// `https`; has a token, and is gone from the store once the notice is sent.
    pub link: String,
    /// Behind it.
    pub closing: Vec<String>,
}

/// What a letter is about. An address gets one of each kind in 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A reader is to say yes to a subscription.
    Confirmation,
    /// A reader is to say yes from a new address.
    NewAddress,
    /// The old address hears of the new one.
    OldAddress,
    /// Somebody else is invited, whose address is then forgotten.
    Invitation,
}

impl Kind {
    /// The name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmation => "confirmation",
            Self::NewAddress => "new-address",
            Self::OldAddress => "old-address",
            Self::Invitation => "invitation-to-read",
        }
    }

    /// What mailbox providers group feedback by.
    fn purpose(name: &str) -> Purpose {
        match name {
            "new-address" | "old-address" => Purpose::ChangeAddress,
            "invitation-to-read" => Purpose::Invitation,
            _ => Purpose::Confirm,
        }
    }
}

/// At most so many at a time; the rest are next.
const MOST_NOTICES: u32 = 50;
/// Longer than [`MOST_NOTICES`] take with a server that is slow with each.
const LEASE_MS: i64 = 30 * 60_000;

/// Keeps a letter to be sent, unless the address had one of its kind within 24 hours.
///
/// # Errors
/// What the store says.
pub async fn add(store: &Store, kind: Kind, address: &EmailAddress, letter: &Letter, now: i64) -> Result<(), JobError> {
    store.add_notice(&notice(kind, address, letter, now)?, now).await?;
    Ok(())
}

/// A letter in the form it is kept in until it is sent.
pub(crate) fn notice(kind: Kind, address: &EmailAddress, letter: &Letter, now: i64) -> Result<NewNotice, JobError> {
    let body = serde_json::to_string(letter).map_err(|cause| JobError::Record { cause })?;
    let forgets = kind == Kind::Invitation;
    Ok(NewNotice { kind: kind.as_str().to_owned(), address: address.clone(), subject: letter.subject.clone(), body, due_at: now, forgets })
}

/// Sends what is due, and says how many notices were dealt with. `now` is Unix milliseconds.
///
/// # Errors
/// What the store says. What a relay says is written down with the notice.
pub async fn work(store: &Store, post: &Post, now: i64) -> Result<usize, JobError> {
    // Whoever looks for notices in the same moment finds others.
    let run = format!("notices/{:016x}", rand::random::<u64>());
    let lease = Lease { node: &run, until: now.saturating_add(LEASE_MS) };
    let due = store.claim_notices(lease, MOST_NOTICES, now).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let digests: HashMap<Slug, Digest> = store.digests().await?.into_iter().map(|digest| (digest.slug.clone(), digest)).collect();
    let mut line = Line::new(post);
    for notice in &due {
        let (end, reply) = deal_with(&mut line, post, notice, &digests, now).await;
        store.record_notices(&run, &[(notice.id, end, reply)], now).await?;
    }
    line.close().await;
    Ok(due.len())
}

async fn deal_with(line: &mut Line<'_>, post: &Post, notice: &Notice, digests: &HashMap<Slug, Digest>, now: i64) -> (NoticeEnd, Reply) {
    let message = match message(post, notice, digests, now) {
        Ok(message) => message,
        Err(error) => return (NoticeEnd::Failed, said_by_us(&error)),
    };
    match line.pass(&notice.id.to_string(), &message.filled, &message.envelope).await {
        Ok(reply) => (NoticeEnd::Sent, reply),
        Err(refused) => (after(post, &refused, notice, now), refused.said()),
    }
}

/// What an error means for the notice. A refusal of ours may be over tomorrow, and the letter waits for that.
fn after(post: &Post, refused: &Refused, notice: &Notice, now: i64) -> NoticeEnd {
    match refused.verdict() {
        // Taken, or most likely: twice is worse than a letter that somebody can ask for again.
        Verdict::Accepted | Verdict::Uncertain => NoticeEnd::Sent,
        Verdict::DeadAddress | Verdict::Rejected | Verdict::FullMailbox { is_passing: false } => NoticeEnd::Failed,
        Verdict::Deferred(_) | Verdict::FullMailbox { is_passing: true } | Verdict::OurFault => later(post, notice, now),
    }
}

/// Ready to go out.
struct Message {
    filled: Filled<'static>,
    envelope: Envelope,
}

fn message(post: &Post, notice: &Notice, digests: &HashMap<Slug, Digest>, now: i64) -> Result<Message, JobError> {
    let letter: Letter = serde_json::from_str(&notice.body).map_err(|cause| JobError::Record { cause })?;
    let none = || JobError::NoSender { digest: letter.digest.clone() };
    let digest = digests.get(&letter.digest).ok_or_else(none)?;
    let from = digest.sender.address.as_ref().ok_or_else(none)?;
    let unfit = |message: String| JobError::ReaderLink { message };
    let link = Link::parse(&letter.link).map_err(|cause| unfit(cause.to_string()))?;
    let feedback = feedback_name(digest);
    let name = if digest.sender.name.is_empty() { &digest.name } else { &digest.sender.name };
    let paragraphs: Vec<&str> = letter.paragraphs.iter().map(String::as_str).collect();
    let closing: Vec<&str> = letter.closing.iter().map(String::as_str).collect();
    let content = Content {
        sender: Sender { name, address: from, reply_to: digest.sender.reply_to.as_ref(), feedback: &feedback },
        purpose: Kind::purpose(&notice.kind),
        subject: &letter.subject,
        language: "en-GB",
        paragraphs: &paragraphs,
        action: Some(Action { label: &letter.label, link: &link }),
        closing: &closing,
    };
    let reader = Reader { address: &notice.address, name: "", id: notice.id.0 };
    let mut filled = content.message(&reader, now).map_err(|cause| JobError::Message { cause })?;
    if let Some(signer) = post.keys.signer(from.domain()) {
        signer.sign(&mut filled, now).map_err(|cause| JobError::Signing { cause })?;
    }
    let envelope = Envelope::new(Some(from.clone()), notice.address.clone(), &notice.id.to_string()).map_err(|cause| unfit(cause.to_string()))?;
    Ok(Message { filled, envelope })
}

/// When a notice is tried again, or that it is not.
fn later(post: &Post, notice: &Notice, now: i64) -> NoticeEnd {
    let waited_s = u64::try_from(now.saturating_sub(notice.created_at) / 1000).unwrap_or(0);
    match post.retry.next_wait_s(notice.attempt_count.saturating_add(1), waited_s) {
        Some(wait_s) => NoticeEnd::Deferred { until: now.saturating_add(i64::try_from(wait_s).unwrap_or(i64::MAX / 1000).saturating_mul(1000)) },
        None => NoticeEnd::Failed,
    }
}
