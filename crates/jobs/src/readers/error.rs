//! Why readers could not be taken in, and what to do about it.

use std::io;

use pulse_model::EmailAddress;
use pulse_model::subscriber::Basis;

use super::columns::Field;
use super::text::MAX_FILE_BYTES;

/// Why nothing was done. What is wrong with one row of a file is a [`Reason`](super::Reason) instead.
#[derive(Debug, thiserror::Error)]
pub enum ReadersError {
    /// The file could not be read.
    #[error("the readers could not be read")]
    Read(#[source] io::Error),
    /// What was asked for could not be written out.
    #[error("the readers could not be written")]
    Write(#[source] io::Error),
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Some other kind of file.
    #[error("the file is no text")]
    NotText,
    /// More than anybody's list.
    #[error("the file is larger than {} MB", MAX_FILE_BYTES / 1_000_000)]
    TooLarge,
    /// No column holds addresses.
    #[error("no column of the first line is known to hold addresses; it has {}", quoted(columns))]
    NoAddress {
        /// As the first line has them.
        columns: Vec<String>,
    },
    /// A column that was named is not there.
    #[error("there is no column \u{201c}{wanted}\u{201d} for {field}; the first line has {}", quoted(columns))]
    NoColumn {
        /// What it was to hold.
        field: Field,
        /// As it was named.
        wanted: String,
        /// As the first line has them.
        columns: Vec<String>,
    },
    /// Consent is consent to something.
    #[error("consent needs the words that the readers agreed to")]
    NeedsWording,
    /// Words without consent.
    #[error("words agreed to belong to consent, not to {0}")]
    WordingOfNoConsent(Basis),
    /// A ground from before its law.
    #[error("{0} covers only contacts gathered since 5 February 2026")]
    TooEarly(Basis),
    /// A ground that is yet to come.
    #[error("the date of the ground is in the future")]
    Future,
    /// Nobody has the address.
    #[error("there is no reader {0}")]
    NoReader(EmailAddress),
}

impl ReadersError {
    /// A sentence: what the person can do about it.
    pub fn advice(&self) -> Option<&'static str> {
        Some(match self {
            Self::Read(_) | Self::Write(_) => return None,
            Self::Empty => "Check that it is the right file.",
            Self::NotText => "Save the list as CSV (comma separated) and import that.",
            Self::TooLarge => "Split it, and repeat the first line in each part.",
            Self::NoAddress { .. } => {
                "Name it, for example --map address=Mail; if the file begins with a reader, put a line with the names of the columns first."
            }
            Self::NoColumn { .. } => "Write the name as the first line has it.",
            Self::NeedsWording => "Add --wording TEXT or --wording-file FILE, exactly as it stood on the form.",
            Self::WordingOfNoConsent(_) => "Leave the words out, or say --basis consent.",
            Self::TooEarly(_) => "Use another ground that holds for these readers, or ask them for consent.",
            Self::Future => "Say when the readers agreed, for example --consented-at 2026-03-01.",
            Self::NoReader(_) => "Look for a part of the address or name: pulse subscriber find TEXT.",
        })
    }
}

fn quoted(columns: &[String]) -> String {
    columns.iter().map(|name| format!("\u{201c}{name}\u{201d}")).collect::<Vec<_>>().join(", ")
}
