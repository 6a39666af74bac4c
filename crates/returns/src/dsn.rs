//! Delivery status notifications: the fields of `message/delivery-status` (RFC 3464) and `message/global-delivery-status` (RFC 6533).
//!
//! In: their text. Out: a [`Group`] a recipient, as the report has it. Groups that servers put together wrongly (empty lines in the
//! middle of a group, none between two) are mended. Not here: what a group means.

use pulse_model::{EmailAddress, EnhancedStatus};

use super::Action;
use super::code::find_status;
use super::fields::Fields;
use super::plain::{MAX_RECIPIENTS, addresses};

/// What a report says of one recipient.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    /// The address the message was sent to.
    pub(super) original: Option<EmailAddress>,
    /// The address it had become.
    pub(super) last: Option<EmailAddress>,
    pub(super) action: Option<Action>,
    pub(super) status: Option<EnhancedStatus>,
    /// Without its type.
    pub(super) diagnostic: String,
    /// What stands in brackets behind the status.
    pub(super) comment: String,
    /// Whether the report names anybody in it.
    pub(super) has_recipient: bool,
}

/// The recipients of a report.
pub(super) fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = vec![];
    for fields in Fields::groups(text) {
        let names_recipient = ["final-recipient", "original-recipient", "x-actual-recipient"].iter().any(|name| fields.has(name));
        let says_something = groups.is_empty() && (fields.has("action") || fields.has("status"));
        if names_recipient || says_something {
            groups.push(Group { has_recipient: names_recipient, ..Group::default() });
        }
        for (name, value) in fields.iter() {
            let name = name.to_ascii_lowercase();
            if name == "final-recipient" && groups.last().is_some_and(|group| group.last.is_some()) {
                groups.push(Group { has_recipient: true, ..Group::default() });
            }
            if let Some(group) = groups.last_mut() {
                group.take(&name, value);
            }
        }
        if groups.len() > MAX_RECIPIENTS {
            groups.truncate(MAX_RECIPIENTS);
            break;
        }
    }
    // What has neither an action nor a status says nothing.
    groups.retain(|group| group.action.is_some() || group.status.is_some());
    if groups.iter().any(|group| group.has_recipient) {
        groups.retain(|group| group.has_recipient);
    }
    groups
}

impl Group {
    fn take(&mut self, name: &str, value: &str) {
        match name {
            "original-recipient" => self.original = self.original.take().or_else(|| address(value)),
            "final-recipient" | "x-actual-recipient" => self.last = self.last.take().or_else(|| address(value)),
            "action" => self.action = self.action.or_else(|| action(value)),
            "status" => {
                self.status = self.status.or_else(|| find_status(value));
                // Sun's and X.400 servers say it here: `5.0.0 (recipient reached disk quota)`.
                let comment = value.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')'));
                self.comment = comment.map(|(comment, _)| comment.trim().to_owned()).unwrap_or_default();
            }
            "diagnostic-code" if self.diagnostic.is_empty() => self.diagnostic = without_type(value).to_owned(),
            _ => {}
        }
    }

    /// The action, or what the status makes of it where there is none.
    pub(super) fn action(&self) -> Option<Action> {
        self.action.or_else(|| {
            self.status.map(|status| match status.class {
                2 => Action::Delivered,
                4 => Action::Delayed,
                _ => Action::Failed,
            })
        })
    }
}

/// RFC 3464 section 2.3.3, and what old servers write.
fn action(value: &str) -> Option<Action> {
    let value = value.trim().to_ascii_lowercase();
    let starts = |words: &[&str]| words.iter().any(|word| value.starts_with(word));
    if starts(&["fail", "error", "expired", "undeliver", "rejected"]) {
        Some(Action::Failed)
    } else if starts(&["delay", "deferred"]) {
        Some(Action::Delayed)
    } else if starts(&["deliver"]) {
        Some(Action::Delivered)
    } else if starts(&["relay"]) {
        Some(Action::Relayed)
    } else if starts(&["expand"]) {
        Some(Action::Expanded)
    } else {
        None
    }
}

/// The address in `rfc822; ada@mill.example`, also in the forms of RFC 6533 and with what xtext (RFC 3461 section 4) leaves.
fn address(value: &str) -> Option<EmailAddress> {
    let value = without_type(value).trim();
    let plain = value.trim_start_matches('<').trim_end_matches('>');
    let decoded = decoded(plain);
    EmailAddress::parse(&decoded).or_else(|_| EmailAddress::parse(plain)).ok().or_else(|| addresses(value).next().map(|(_, address)| address))
}

/// `+2B` and `+3D` are what xtext makes of the two characters of an address that it cannot have; `\x{EB}` is how RFC 6533 writes `ë`.
fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let text = text.replace("+2B", "+").replace("+3D", "=");
    let mut rest = text.as_str();
    while let Some((before, escape)) = rest.split_once("\\x{") {
        let hex = escape.split_once('}').and_then(|(hex, behind)| Some((char::from_u32(u32::from_str_radix(hex, 16).ok()?)?, behind)));
        let Some((letter, behind)) = hex else { break };
        out.push_str(before);
        out.push(letter);
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// What stands behind the type, as in `smtp; 550 …`.
fn without_type(value: &str) -> &str {
    match value.split_once(';') {
        // `x-unix; 75` says nothing without its type.
        Some((kind, _)) if kind.trim().eq_ignore_ascii_case("x-unix") => value.trim(),
        Some((kind, rest)) if kind.len() <= 20 && kind.trim().bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')) => {
            rest.trim()
        }
        _ => value.trim(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_all_their_forms() {
        for (value, wanted) in [
            ("rfc822; ada@mill.example", Some("ada@mill.example")),
            ("RFC822;<ada@mill.example>", Some("ada@mill.example")),
            ("rfc822;ada+2Bnews@mill.example", Some("ada+news@mill.example")),
            ("rfc822; ada+20@mill.example", Some("ada+20@mill.example")),
            ("utf-8; zo\\x{EB}@mill.example", Some("zo\u{eb}@mill.example")),
            ("ada@mill.example (Ada Lorne)", Some("ada@mill.example")),
            ("x400; /C=GB/ADMD= /PRMD=mill/S=lorne/", None),
            ("system; lorne", None),
        ] {
            assert_eq!(address(value).as_ref().map(EmailAddress::as_str), wanted, "{value}");
        }
    }

    #[test]
    fn groups_that_fell_apart_are_mended() {
        let text = "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; ada@mill.example\n\nAction: failed\nStatus: 5.1.1\n\n\
            Action: delayed\nFinal-Recipient: rfc822; ben@mill.example\nFinal-Recipient: rfc822; cy@mill.example\nAction: relayed\n";
        let groups = groups(text);
        let read: Vec<_> = groups.iter().map(|group| (group.last.as_ref().unwrap().as_str(), group.action())).collect();
        assert_eq!(read, [("ada@mill.example", Some(Action::Failed)), ("ben@mill.example", Some(Action::Delayed)), ("cy@mill.example", Some(Action::Relayed))]);
    }
}
