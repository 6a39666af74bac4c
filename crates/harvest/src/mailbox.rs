//! A publishers' alert to records: each link of it that is a publication is one.
//!
//! In: the bytes of one message (a newsletter, an alert of a search, what a colleague passed on) and the moment it was seen.
//! Out: an [`Alert`]: records, the files attached to it, and problems. Links that a mailer counts are led back to where they lead,
//! where the address itself says so; nothing is fetched. Links to leave, to settings, to other networks and to a home page are no
//! records, and a link that stands there twice is one.
//!
//! Always: the same message gives the same records with the same keys; nothing that arrives does worse than a problem; time and
//! memory are bounded by the constants below. Not here: opening a mailbox (the crate of that name), and which messages were read
//! before (jobs).
//!
//! A message goes through these steps: `letter` opens it; `html` and `plain` lay out what a person sees as blocks; `forward` finds
//! what was passed on in them; `target` says where a link leads; `furniture` which links are none of a publication; `card` which
//! words belong to which link.

mod card;
mod forward;
mod furniture;
mod html;
mod layout;
mod letter;
mod plain;
mod sender;
mod target;
mod words;

use pulse_model::{Problem, ProblemKind, Record, RecordLink};

use self::layout::Block;
use self::letter::{Body, Letter};
use self::sender::Sender;

pub use self::letter::id_of;

/// The most of a message that is looked at, in bytes. Attachments count; mail servers take rarely more than this.
pub const MAX_MESSAGE_BYTES: usize = 32 << 20;
/// The most records of one message.
const MAX_RECORDS: usize = 500;

/// What a message brings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alert {
    /// What names the message wherever it lies: its Message-ID, or else a hash of its bytes.
    pub id: String,
    /// Its links to publications, in its order. Their keys are [`Alert::id`] with their number, from 1: `alert-5@quay.example#1`.
    pub records: Vec<Record>,
    /// Documents that came with it, by what they are and not by what they are called.
    pub attachments: Vec<Attachment>,
    /// What was wrong.
    pub problems: Vec<Problem>,
}

/// A document that came with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The name of its file, without folders; empty where there is none.
    pub name: String,
    /// `application/pdf`, or that of a word processor's file.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Reads one message. `seen_at`, Unix milliseconds, is the moment after which no date of a message can lie.
///
/// ```
/// let message = b"From: Quay Fund <news@quay.example>\nMessage-ID: <5@quay.example>\nDate: Mon, 4 May 2026 09:00:00 +0100\n\n\
///     Falls at night\nhttps://www.quay.example/falls-at-night?utm_source=news\n\nUnsubscribe: https://www.quay.example/leave\n";
/// let alert = pulse_harvest::mailbox::read(message, 1_778_000_000_000);
/// assert_eq!(alert.records.len(), 1);
/// assert_eq!(alert.records[0].key, "5@quay.example#1");
/// assert_eq!(alert.records[0].title, "Falls at night");
/// assert_eq!(alert.records[0].links[0].url.as_str(), "https://www.quay.example/falls-at-night");
/// ```
pub fn read(message: &[u8], seen_at: i64) -> Alert {
    let mut alert = Alert::default();
    let is_cut = message.len() > MAX_MESSAGE_BYTES;
    let message = &message[..message.len().min(MAX_MESSAGE_BYTES)];
    alert.id = letter::id_of(message);
    let Some(letter) = letter::open(message) else {
        alert.problems.push(Problem::new(ProblemKind::NotThisForm, "this is no message: it has no header"));
        return alert;
    };
    if is_cut {
        alert.problems.push(Problem::new(ProblemKind::TooLarge, format!("of the message only the first {} MiB are read", MAX_MESSAGE_BYTES >> 20)));
    }
    alert.take(letter, seen_at);
    if alert.records.len() > MAX_RECORDS {
        alert
            .problems
            .push(Problem::new(ProblemKind::TooLarge, format!("the message has more than {MAX_RECORDS} links to publications; those behind are left out")));
        alert.records.truncate(MAX_RECORDS);
    }
    if alert.records.is_empty() && alert.attachments.is_empty() {
        alert.problems.push(Problem::new(ProblemKind::NoLink, "the message has no link to a publication"));
    }
    for (number, record) in alert.records.iter_mut().enumerate() {
        record.key = format!("{}#{}", alert.id, number + 1);
    }
    alert
}

impl Alert {
    /// What a message brings, and the messages within it.
    fn take(&mut self, letter: Letter, seen_at: i64) {
        let sent_at = letter.sent_at.filter(|at| {
            let is_true = (EARLIEST..=seen_at.saturating_add(DAY_MS)).contains(at);
            if !is_true {
                self.problems.push(Problem::new(ProblemKind::BadDate, "the message has a date that cannot be true"));
            }
            is_true
        });
        let blocks: Vec<Block> = letter.bodies.iter().flat_map(Body::blocks).take(layout::MAX_BLOCKS).collect();
        let mut cards = Vec::new();
        for (sender, blocks) in forward::parts(&blocks, Sender { sent_at, ..letter.sender.clone() }) {
            let found = card::cards(blocks, &sender, &letter.furniture);
            let found = found.into_iter().map(|card| (card, sender.clone())).collect::<Vec<_>>();
            cards.extend(found);
        }
        if let [(card, _)] = cards.as_mut_slice()
            && card.title.is_empty()
        {
            card.title = words::title(&letter.subject);
        }
        let sites: Vec<String> = cards.iter().filter_map(|(card, _)| card.links.first().map(|link| target::site(&link.url))).collect();
        for (card, sender) in cards {
            self.add(card.record(&sender, &sites));
        }
        self.attachments.extend(letter.attachments);
        for inner in letter.inner {
            self.take(inner, seen_at);
        }
    }

    /// Adds a record, unless its page is there already.
    fn add(&mut self, record: Record) {
        let page = |links: &[RecordLink]| links.first().map(|link| target::sameness(&link.url));
        if !self.records.iter().any(|other| page(&other.links) == page(&record.links)) {
            self.records.push(record);
        }
    }
}

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// 1 January 1990: no alert is older.
const EARLIEST: i64 = 631_152_000_000;
