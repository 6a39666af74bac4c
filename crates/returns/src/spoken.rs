//! From a report's fields, and from what it says to people beside them or in their place, to an outcome a recipient.
//!
//! In: a [`Letter`] that a mail system wrote. Out: [`Outcome`]s; none where nothing can be read. Fields come first; words count
//! where fields are missing or say little. Not here: whether a mail system wrote it, and how far to believe it ([`super::signs`]).

use pulse_model::EmailAddress;

use super::code::{self, Codes};
use super::dsn::{self, Group};
use super::fields::{Fields, cut};
use super::identity::Identity;
use super::letter::Letter;
use super::phrases::Plain;
use super::plain::{self, Record};
use super::reason::{Class, Reason};
use super::signs;
use super::verdict::{self, Evidence, Verdict};
use super::{Action, Outcome};

/// The most that is kept of what a server said, in bytes.
const MAX_DIAGNOSTIC_BYTES: usize = 500;

/// Names that servers give for people to write to.
const ROLES: &[&str] = &["postmaster", "mailer-daemon", "abuse", "helpdesk", "support", "noc"];

/// What a message says to people, taken apart.
pub(super) struct Spoken<'x> {
    records: Vec<Record>,
    lines: &'x [&'x str],
    is_warning: bool,
    /// Whether it is a bounce even if it does not say why.
    is_sure: bool,
    /// Whom a header of the message names as not reached.
    failed: Vec<EmailAddress>,
    /// Whom the returned message was sent to, if nothing else says whom it is about.
    sent_to: Vec<EmailAddress>,
}

impl<'x> Spoken<'x> {
    pub(super) fn of(letter: &Letter, lines: &'x [&'x str], opening: &Plain, returned: &Fields, identity: &Identity) -> Self {
        let mut ours: Vec<String> = identity.arrived_at.iter().chain(&identity.sent_from).map(|address| address.to_lowercase()).collect();
        ours.extend(addresses(returned, "from").iter().map(EmailAddress::key));
        ours.push(letter.from_address.clone());
        let is_ours = |address: &EmailAddress| ROLES.contains(&address.local().to_lowercase().as_str()) || ours.contains(&address.key());
        Self {
            records: plain::records(lines, is_ours),
            lines,
            is_warning: signs::is_warning(&letter.subject, opening),
            is_sure: letter.is_from_daemon() && signs::announces(opening),
            failed: addresses(&letter.headers, "x-failed-recipients"),
            sent_to: addresses(returned, "to"),
        }
    }

    /// The outcomes in a report's fields.
    pub(super) fn of_fields(&self, status: &str) -> Vec<Outcome> {
        let groups = dsn::groups(status);
        let is_only = groups.len() == 1;
        let mut outcomes: Vec<Outcome> = vec![];
        for group in groups {
            let outcome = group.action().map(|action| self.outcome(action, group, is_only));
            // Sendmail names a recipient once for each alias on the way.
            outcomes.extend(outcome.filter(|outcome| !outcomes.contains(outcome)));
        }
        outcomes
    }

    /// The outcomes in a text without fields: of those recipients of whom a code or a known phrase is told, else of all that the
    /// text names, by what it says as a whole.
    pub(super) fn of_words(&self) -> Vec<Outcome> {
        let action = if self.is_warning { Action::Delayed } else { Action::Failed };
        let about = self.about();
        let outcomes = |is_only: bool| about.iter().map(move |last| self.outcome(action, Group { last: last.clone(), ..Group::default() }, is_only));
        let told: Vec<Outcome> = outcomes(about.len() == 1).filter(says_why).collect();
        if !told.is_empty() {
            return told;
        }
        outcomes(true).filter(|outcome| says_why(outcome) || (outcome.address.is_some() && self.is_sure)).collect()
    }

    /// The recipients a text is about; one that is not named, if there is none.
    fn about(&self) -> Vec<Option<EmailAddress>> {
        let is_failed = |address: &EmailAddress| self.failed.iter().any(|failed| failed.key() == address.key());
        let is_named = |record: &&Record| self.failed.is_empty() || is_failed(&record.address) || record.original.as_ref().is_some_and(is_failed);
        let about: Vec<_> = self.records.iter().filter(is_named).map(|record| Some(record.address.clone())).collect();
        if about.is_empty() { vec![self.failed.first().or(self.sent_to.first()).cloned()] } else { about }
    }

    /// What is known of one recipient: from its fields, else from the lines about it, those with a code first, else, where it is
    /// the only one, from all lines.
    fn outcome(&self, action: Action, group: Group, is_only: bool) -> Outcome {
        let is_its = |record: &&Record| [&group.original, &group.last].into_iter().flatten().any(|address| address.key() == record.address.key());
        let record = self.records.iter().find(is_its).or_else(|| self.records.first().filter(|_| is_only && self.records.len() == 1));
        let whole = if is_only { self.lines.join("\n") } else { String::new() };
        let (paragraph, lines) = record.map_or(("", ""), |record| (&record.paragraph, &record.lines));
        let coded = plain::coded(if lines.is_empty() { &whole } else { lines });
        let (verdict, said, diagnostic) = judge(action, &group, [&group.diagnostic, &group.comment, &coded, paragraph, lines, &whole]);
        let diagnostic = diagnostic.split_whitespace().collect::<Vec<_>>().join(" ");
        let status = verdict::status(group.status, said.status);
        let made_from = record.and_then(|record| record.original.clone());
        let is_made = made_from.is_some();
        let (address, final_address) = match (group.original.or(made_from), group.last) {
            (Some(original), Some(last)) if last.key() != original.key() => (Some(original), Some(last)),
            (original, last) => (original.or(last), None),
        };
        let is_passed_on = address.as_ref().zip(final_address.as_ref()).is_some_and(|(original, last)| passes_on(original, last, is_made));
        let address = address.or_else(|| self.failed.first().or(self.sent_to.first()).filter(|_| is_only).cloned());
        let class = if is_passed_on && verdict.class == Class::Hard { Class::Soft } else { verdict.class };
        let diagnostic = cut(&diagnostic, MAX_DIAGNOSTIC_BYTES).to_owned();
        Outcome { address, final_address, action, class, reason: verdict.reason, status, reply: said.reply, diagnostic }
    }
}

/// The first codes in the texts, and the verdict on the first text that tells a reason with them, else on the first that is there;
/// with that text.
fn judge<'x>(action: Action, group: &Group, texts: [&'x str; 6]) -> (Verdict, Codes, &'x str) {
    let said = texts.iter().map(|text| code::find(text)).find(|said| *said != Codes::default()).unwrap_or_default();
    let verdict = |text: &str| verdict::of(Evidence { action, status: group.status, said, words: &Plain::of(text) });
    let judged = || texts.into_iter().filter(|text| !text.trim().is_empty()).map(|text| (verdict(text), text));
    let (verdict, text) = judged().find(|(verdict, _)| !verdict.is_guess).or_else(|| judged().next()).unwrap_or_else(|| (verdict(""), ""));
    (verdict, said, text)
}

fn says_why(outcome: &Outcome) -> bool {
    outcome.reply.is_some() || outcome.status.is_some() || outcome.reason != Reason::Unknown
}

/// Whether an address passes mail on, perhaps to several: one dead address behind it is not its own death, and is soft. Where the
/// name before the `@` stays the same, or only the name changes, it is the same mailbox under its inner name; unless the report says
/// that an alias was taken apart.
fn passes_on(original: &EmailAddress, last: &EmailAddress, is_made: bool) -> bool {
    let name = |address: &EmailAddress| address.local().split('+').next().unwrap_or_default().to_lowercase();
    name(original) != name(last) && (is_made || original.domain() != last.domain())
}

/// The addresses in all fields with a name.
fn addresses(fields: &Fields, name: &str) -> Vec<EmailAddress> {
    fields.all(name).flat_map(plain::addresses).map(|(_, address)| address).collect()
}
