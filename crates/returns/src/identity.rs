//! Which delivery a message that came back is about: every string that may tell, in the order in which to try them.
//!
//! In: a [`Letter`] and where it arrived. Out: an [`Identity`]. Always: candidates only; whatever they say is a stranger's claim
//! until its token has been verified (deliver). Not here: verifying, and looking up.

use super::fields::{Fields, cut};
use super::letter::Letter;
use super::plain::addresses;

/// The most candidates of one kind.
const MAX_CANDIDATES: usize = 20;
/// The longest candidate, in bytes: RFC 5322 section 2.1.1 allows no longer line.
const MAX_CANDIDATE_BYTES: usize = 998;

/// Our headers that a returned message is known by.
const OUR_HEADERS: &[&str] = &["list-unsubscribe", "feedback-id", "list-id"];

/// What a message that came back says about the delivery it is about. Nothing of it is verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Addresses it arrived at, as `bounce+token@…`: the envelope's, then what deliveries on the way noted, then To and Cc.
    pub arrived_at: Vec<String>,
    /// Envelope senders of the message it is about: the same token, where a relay changed the address it came back to.
    pub sent_from: Vec<String>,
    /// Message-IDs of the message it is about, without angle brackets: of the returned header, then those it answers to.
    pub message_ids: Vec<String>,
    /// What SMTP's ENVID was (RFC 3461), as the report gives it.
    pub envelope_ids: Vec<String>,
    /// Headers of the returned message that have tokens in them, and those named `X-Pulse-…`: name in lower case, and value.
    pub headers: Vec<(String, String)>,
}

impl Identity {
    /// Gathers the candidates. `returned` is the header of the message it is about.
    pub(super) fn of(letter: &Letter, returned: &Fields, envelope_recipient: Option<&str>) -> Self {
        let mut identity = Self::default();
        let empty = Fields::default();
        let feedback = letter.feedback.as_ref().unwrap_or(&empty);
        let status = Fields::groups(&letter.status).into_iter().fold(Fields::default(), |mut all, group| {
            all.extend(group);
            all
        });
        add_addresses(&mut identity.arrived_at, envelope_recipient);
        for name in ["x-original-to", "delivered-to", "envelope-to", "x-envelope-to", "x-rcpt-to", "to", "cc"] {
            add_addresses(&mut identity.arrived_at, letter.headers.all(name));
        }
        add_addresses(&mut identity.sent_from, feedback.all("original-mail-from"));
        for name in ["return-path", "x-envelope-from", "envelope-from", "x-original-return-path", "errors-to"] {
            add_addresses(&mut identity.sent_from, returned.all(name));
        }
        for (fields, name) in [(returned, "message-id"), (&letter.headers, "in-reply-to"), (&letter.headers, "references"), (&status, "x-original-message-id")]
        {
            for value in fields.all(name) {
                add_ids(&mut identity.message_ids, value);
            }
        }
        for value in status.all("original-envelope-id").chain(feedback.all("original-envelope-id")) {
            add(&mut identity.envelope_ids, value.trim());
        }
        identity.headers = returned
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), cut(value, MAX_CANDIDATE_BYTES).to_owned()))
            .filter(|(name, _)| OUR_HEADERS.contains(&name.as_str()) || name.starts_with("x-pulse-"))
            .take(MAX_CANDIDATES)
            .collect();
        identity
    }
}

fn add(candidates: &mut Vec<String>, candidate: &str) {
    let is_usable = !candidate.is_empty() && candidate.len() <= MAX_CANDIDATE_BYTES && candidates.len() < MAX_CANDIDATES;
    if is_usable && !candidates.iter().any(|one| one == candidate) {
        candidates.push(candidate.to_owned());
    }
}

fn add_addresses<'x>(candidates: &mut Vec<String>, values: impl IntoIterator<Item = &'x str>) {
    for value in values {
        for (_, address) in addresses(value) {
            add(candidates, address.as_str());
        }
    }
}

/// The ids in `<a@b> <c@d>`, or the whole value where an old system left the brackets out.
fn add_ids(candidates: &mut Vec<String>, value: &str) {
    if !value.contains('<') {
        return add(candidates, value.trim());
    }
    for rest in value.split('<').skip(1) {
        add(candidates, rest.split('>').next().unwrap_or_default().trim());
    }
}
