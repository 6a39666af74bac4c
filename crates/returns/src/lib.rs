//! Messages that came back to what they mean: a message to a bounce address, and what it says of whom.
//!
//! In: the bytes of one message, and the address its envelope had. Out: a [`Returned`]: a delivery report (RFC 3464 and the shapes
//! used before it), a complaint (RFC 5965), an automatic reply, or something for people; and the strings that may tell which
//! delivery it is about. Whatever comes in, something comes out, in bounded time and memory.
//!
//! Always: what cannot be read is left for people and changes nothing. An empty return path makes no bounce; neither does a person's
//! mail that quotes, forwards or discusses one, because a returned message is never opened beyond its header. Not here: whether a
//! token is genuine (deliver), and what is done about an address ([`policy`] decides it, the store keeps it).
//!
//! A message goes through these steps: `letter` opens it; `signs` says who wrote it; `complaint`, `dsn` and `plain` read
//! it; `code` and `phrases` find what was said; `verdict` says what it means, in the words of `reason`; `spoken` puts that
//! together.

mod code;
mod complaint;
mod dsn;
mod fields;
mod identity;
mod letter;
mod phrases;
mod plain;
pub mod policy;
mod reason;
mod signs;
mod spoken;
mod tables;
mod verdict;

use pulse_model::{EmailAddress, EnhancedStatus};
use serde::{Deserialize, Serialize};

pub use self::complaint::{Complaint, Feedback};
pub use self::identity::Identity;
pub use self::reason::{Class, Reason};

use self::fields::Fields;
use self::letter::Letter;
use self::phrases::Plain;
use self::signs::Trust;
use self::spoken::Spoken;

/// A message that came back, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// What it is.
    pub what: What,
    /// Which delivery it may be about. A mail that asks to unsubscribe is recognised by [`Identity::arrived_at`] alone.
    pub identity: Identity,
    /// Who sent it, for whoever looks through what is left for people.
    pub from: Option<EmailAddress>,
    /// Its subject, in one line.
    pub subject: String,
}

/// What a message that came back is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A report about deliveries; it has one recipient at least.
    Report(Vec<Outcome>),
    /// A reader's complaint, passed on by the provider.
    Complaint(Complaint),
    /// A program answered in a person's place: an absence, a receipt. Nothing follows from it.
    Automatic,
    /// Nothing a program can act upon.
    ForPeople(Unread),
}

/// Why a message is left for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unread {
    /// Nothing says that a mail system wrote it.
    Personal,
    /// A mail system wrote it, and what it says could not be read.
    Unclear,
    /// A system wants a person to prove to be one.
    Challenge,
    /// It is about a message that was a bounce itself.
    BounceOfABounce,
    /// Its header does not end, or it has too many parts.
    Broken,
}

/// What a report says was done (RFC 3464 section 2.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It did not get there and is not tried any more.
    Failed,
    /// It is still being tried.
    Delayed,
    /// It got there.
    Delivered,
    /// It went on to a system that may make no reports.
    Relayed,
    /// It went on to several addresses.
    Expanded,
}

/// What a report says of one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The address the message was sent to, as far as the report has it.
    pub address: Option<EmailAddress>,
    /// The address it had become on the way, where that is another one.
    pub final_address: Option<EmailAddress>,
    /// What was done.
    pub action: Action,
    /// What it means for the address.
    pub class: Class,
    /// Why; [`Reason::Unknown`] where it arrived.
    pub reason: Reason,
    /// The enhanced status that counts: the report's, or the diagnostic's where that says more.
    pub status: Option<EnhancedStatus>,
    /// The SMTP reply, 400 to 599.
    pub reply: Option<u16>,
    /// What the server said, in one line.
    pub diagnostic: String,
}

/// Reads a message that came back. `envelope_recipient` is the address it was delivered to, where the delivery says so. Of a message
/// of more than 2 MiB only these are read; a header of more than 256 kB, or more than a hundred parts, is left for people.
///
/// ```
/// use pulse_returns::{Class, Reason, What};
///
/// let message = b"From: MAILER-DAEMON@relay.example\nTo: bounce+token@digest.example\nSubject: failure notice\n\n\
///     Hi. This is the qmail-send program at relay.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n\
///     <ada@mill.example>:\n192.0.2.4 does not like recipient.\nRemote host said: 550 5.1.1 No such user\nGiving up on 192.0.2.4.\n";
/// let returned = pulse_returns::read(message, None);
/// let What::Report(outcomes) = returned.what else { panic!() };
/// assert_eq!(outcomes[0].address.as_ref().unwrap().as_str(), "ada@mill.example");
/// assert_eq!((outcomes[0].class, outcomes[0].reason, outcomes[0].reply), (Class::Hard, Reason::NoSuchUser, Some(550)));
/// assert_eq!(returned.identity.arrived_at, ["bounce+token@digest.example"]);
/// ```
pub fn read(message: &[u8], envelope_recipient: Option<&str>) -> Returned {
    let Ok(letter) = letter::open(message) else {
        let mut identity = Identity::default();
        identity.arrived_at.extend(envelope_recipient.map(str::to_owned));
        return Returned { what: What::ForPeople(Unread::Broken), identity, from: None, subject: String::new() };
    };
    let (lines, quoted) = plain::front(&letter.text);
    let returned = if letter.returned.is_empty() { &quoted } else { &letter.returned };
    let identity = Identity::of(&letter, returned, envelope_recipient);
    let what = what(&letter, &lines, returned, &identity);
    Returned { what, identity, from: EmailAddress::parse(&letter.from_address).ok(), subject: letter.subject }
}

fn what(letter: &Letter, lines: &[&str], returned: &Fields, identity: &Identity) -> What {
    if let Some(complaint) = complaint::read(letter) {
        return What::Complaint(complaint);
    }
    let opening = plain::opening(lines);
    let is_report = is_report(letter);
    let trust = if is_report { Some(Trust::Full) } else { letter.trust(&opening, !returned.is_empty()) };
    let Some(trust) = trust else { return no_report(letter, &opening) };
    if is_bounce(returned) {
        return What::ForPeople(Unread::BounceOfABounce);
    }
    let spoken = Spoken::of(letter, lines, &opening, returned, identity);
    let of_fields = if is_report { spoken.of_fields(&letter.status) } else { vec![] };
    let outcomes = if of_fields.is_empty() { spoken.of_words() } else { of_fields };
    if outcomes.is_empty() {
        return What::ForPeople(Unread::Unclear);
    }
    What::Report(outcomes.into_iter().map(|outcome| believed(outcome, trust)).collect())
}

/// An outcome as far as its writer is to be believed.
fn believed(outcome: Outcome, trust: Trust) -> Outcome {
    let class = if trust == Trust::Little && outcome.class == Class::Hard { Class::Soft } else { outcome.class };
    Outcome { class, ..outcome }
}

fn no_report(letter: &Letter, opening: &Plain) -> What {
    if letter.is_challenge(opening) {
        What::ForPeople(Unread::Challenge)
    } else if letter.is_receipt || letter.is_automatic() {
        What::Automatic
    } else if letter.is_from_daemon() {
        What::ForPeople(Unread::Unclear)
    } else {
        What::ForPeople(Unread::Personal)
    }
}

/// Whether the structure is that of a delivery report. Where a gateway has wrapped one, the sender has to look like a mail
/// system: a person's program can take a report apart and forward its pieces.
fn is_report(letter: &Letter) -> bool {
    let is_one = letter.is_report && matches!(letter.report_type.as_str(), "delivery-status" | "");
    let has_status = !letter.status.is_empty();
    !letter.is_persons()
        && !letter.is_receipt
        && (is_one && (has_status || letter.is_from_daemon()) || has_status && (letter.is_from_daemon() || letter.has_null_sender()))
}

/// Whether the returned message is a bounce itself.
fn is_bounce(returned: &Fields) -> bool {
    let is = |name: &str, words: &[&str]| returned.get(name).is_some_and(|value| words.iter().any(|word| value.to_ascii_lowercase().contains(word)));
    is("content-type", &["report-type=delivery-status", "report-type=\"delivery-status\""]) || is("from", &["mailer-daemon@", "<mailer-daemon"])
}
