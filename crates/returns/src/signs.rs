//! Who wrote a message: a mail system about another message, a program in place of a person, or a person.
//!
//! In: a [`Letter`]. Out: yes or no to small questions. Always: an empty return path alone makes nothing a bounce, and neither does a
//! subject; replies, forwarded mail and what came through a list are a person's. Not here: reading what a report says.

use super::letter::Letter;
use super::phrases::Plain;
use super::tables::signs;

/// How far a message is to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// A mail system wrote it.
    Full,
    /// It reads like a mail system's and returns a message, and comes from an address that could be anybody's: gateways and virus
    /// scanners write such, and so could a person. An address is not given up for it at once.
    Little,
}

/// Whether something is in a text, which need not be at the beginning of a word.
fn any(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| text.contains(phrase))
}

impl Letter {
    /// Whether nobody takes an answer to it: the return path is empty (RFC 5321 section 4.5.5).
    pub(super) fn has_null_sender(&self) -> bool {
        let path = self.headers.get("return-path").map(|path| path.trim_matches(['<', '>', ' ']).to_ascii_lowercase());
        self.is_daemons_by_separator || path.is_some_and(|path| path.is_empty() || path.starts_with("mailer-daemon"))
    }

    /// Whether the sender has an address that only mail systems have.
    fn has_daemons_address(&self) -> bool {
        let local = self.from_address.split('@').next().unwrap_or_default().trim_matches('"');
        signs("daemons").contains(&local) || local.starts_with("microsoftexchange")
    }

    /// Whether the sender has an address or a name that only mail systems have.
    pub(super) fn is_from_daemon(&self) -> bool {
        self.has_daemons_address() || any(&self.from_name, signs("daemon_names")) || signs("daemons").contains(&self.from_name.as_str())
    }

    fn is_perhaps_from_daemon(&self) -> bool {
        let local = self.from_address.split('@').next().unwrap_or_default();
        signs("daemons_perhaps").contains(&local) || any(local, signs("daemons_parts")) || self.from_address.is_empty()
    }

    /// Whether it answers or passes on another message, or was posted to a list. A bounce that a list's own address passed on
    /// still has the mail system's.
    pub(super) fn is_persons(&self) -> bool {
        let subject = self.subject.to_lowercase();
        let is_reply = signs("replies").iter().any(|prefix| subject.starts_with(prefix));
        let is_listed = ["list-id", "list-post", "list-unsubscribe"].iter().any(|name| self.headers.has(name))
            || self.headers.get("precedence").is_some_and(|value| value.eq_ignore_ascii_case("list"));
        is_reply || (is_listed && !self.has_daemons_address())
    }

    /// How far a message is to be believed that is no report by its structure: by its sender, its subject and its first words.
    /// What it says has still to be read.
    pub(super) fn trust(&self, opening: &Plain, returns_message: bool) -> Option<Trust> {
        let subject = any(&self.subject.to_lowercase(), signs("subjects"));
        let announces = announces(opening);
        let is_named = self.headers.has("x-failed-recipients");
        let is_certain = (self.is_from_daemon() || is_named) && (subject || announces);
        let is_likely = self.has_null_sender() || self.is_perhaps_from_daemon();
        match self.is_persons() {
            true => None,
            false if is_certain => Some(Trust::Full),
            false if !(subject && announces) => None,
            false if is_likely && returns_message => Some(Trust::Full),
            false => (is_likely || returns_message).then_some(Trust::Little),
        }
    }

    /// Whether a program answered in place of a person (RFC 3834 section 5, and what was used before it).
    pub(super) fn is_automatic(&self) -> bool {
        let says = |name: &str, words: &[&str]| self.headers.all(name).any(|value| any(&value.to_ascii_lowercase(), words));
        let is_submitted = self.headers.get("auto-submitted").is_some_and(|value| !value.trim().to_ascii_lowercase().starts_with("no"));
        let is_marked =
            ["x-autoreply", "x-autorespond", "x-autoresponder", "x-autoreply-from", "x-mail-autoreply", "x-ms-exchange-inbox-rules-loop", "x-auto-reply"];
        let is_bulk = says("precedence", &["bulk", "junk"]) || self.headers.has("x-auto-response-suppress") || self.has_null_sender();
        is_submitted
            || is_marked.iter().any(|name| self.headers.has(name))
            || says("precedence", &["auto_reply", "auto-reply", "autoreply"])
            || says("x-precedence", &["auto_reply", "auto-reply"])
            || says("delivered-to", &["autoresponder"])
            || (is_bulk && any(&self.subject.to_lowercase(), signs("away")))
    }

    /// Whether a system wants a person to do something before it lets the message through.
    pub(super) fn is_challenge(&self, opening: &Plain) -> bool {
        opening.has_any(signs("challenges")) || Plain::of(&self.subject).has_any(signs("challenges"))
    }
}

/// Whether the first words say that something was not delivered.
pub(super) fn announces(opening: &Plain) -> bool {
    opening.has_any(signs("announcements"))
}

/// Whether what a report says to people is a warning, and the message still under way.
pub(super) fn is_warning(subject: &str, opening: &Plain) -> bool {
    let is_under_way = opening.has_any(signs("under_way")) || any(&subject.to_lowercase(), &["delayed", "(delay)", "delay notif", "warning: could not send"]);
    is_under_way && !opening.has_any(signs("given_up"))
}
