//! Complaints: feedback reports (ARF, RFC 5965) and Microsoft's mails that come without one.
//!
//! In: a [`Letter`]. Out: a [`Complaint`], or nothing where it is none. Not here: whose complaint it is. Providers take addresses
//! out of what they send, so [`super::Identity`] has the token and the ids.

use pulse_model::EmailAddress;
use serde::{Deserialize, Serialize};

use super::letter::Letter;
use super::plain::addresses;

/// What kind of feedback it is (RFC 5965 section 3.1 and 7.3, RFC 6430, RFC 6591).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Feedback {
    /// The reader said “this is spam”.
    Abuse,
    /// The reader or the provider takes it for fraud or phishing.
    Fraud,
    /// The reader asks to be taken off the list.
    OptOut,
    /// The provider found a virus in it.
    Virus,
    /// The reader said that it is no spam after all.
    NotSpam,
    /// SPF, DKIM or DMARC failed: a report for whoever runs the domain, no reader's complaint.
    AuthenticationFailure,
    /// Anything else.
    Other,
}

impl Feedback {
    /// All there are.
    pub const ALL: [Self; 7] = [Self::Abuse, Self::Fraud, Self::OptOut, Self::Virus, Self::NotSpam, Self::AuthenticationFailure, Self::Other];

    /// The name in files and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Abuse => "abuse",
            Self::Fraud => "fraud",
            Self::OptOut => "opt-out",
            Self::Virus => "virus",
            Self::NotSpam => "not-spam",
            Self::AuthenticationFailure => "authentication-failure",
            Self::Other => "other",
        }
    }

    /// The one with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feedback| feedback.as_str() == name)
    }

    fn from_field(value: &str) -> Self {
        match value.trim().to_ascii_lowercase().as_str() {
            "abuse" | "complaint" => Self::Abuse,
            "fraud" | "phishing" => Self::Fraud,
            "opt-out" | "opt-out-list" | "unsubscribe" => Self::OptOut,
            "virus" => Self::Virus,
            "not-spam" => Self::NotSpam,
            "auth-failure" | "dmarc" | "dkim" | "spf" => Self::AuthenticationFailure,
            _ => Self::Other,
        }
    }

    /// Whether a reader wants no more of it.
    pub fn ends_subscription(self) -> bool {
        matches!(self, Self::Abuse | Self::Fraud | Self::OptOut)
    }
}

/// A complaint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Of what kind.
    pub feedback: Feedback,
    /// The reader, where the provider says so. Most do not.
    pub address: Option<EmailAddress>,
}

/// The complaint in a message.
pub(super) fn read(letter: &Letter) -> Option<Complaint> {
    if let Some(fields) = &letter.feedback {
        // A report without the one field that RFC 5965 section 3.1 asks for first is not acted upon.
        let feedback = Feedback::from_field(fields.get("feedback-type")?);
        let named = ["original-rcpt-to", "removal-recipient"].into_iter().flat_map(|name| fields.all(name)).find_map(address);
        return (letter.is_report || letter.report_type == "feedback-report" || letter.has_null_sender()).then_some(Complaint { feedback, address: named });
    }
    is_microsofts(letter).then(|| Complaint { feedback: Feedback::Abuse, address: letter.headers.get("x-hmxmroriginalrecipient").and_then(address) })
}

/// Microsoft's Junk Mail Reporting Program sends the message complained about, attached, from this one address.
fn is_microsofts(letter: &Letter) -> bool {
    letter.from_address == "staff@hotmail.com" && letter.has_message && letter.subject.to_lowercase().starts_with("complaint about message from")
}

fn address(value: &str) -> Option<EmailAddress> {
    addresses(value).next().map(|(_, address)| address)
}
