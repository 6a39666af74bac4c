//! How a failure is told: a sentence with what went wrong and where, its causes, and what to do.
//!
//! On a terminal by `miette`, with the place in the file where there is one; elsewhere as plain lines for logs and tests.

use std::error::Error as StdError;
use std::fmt;
use std::io::{self, IsTerminal as _};

use miette::{Diagnostic, LabeledSpan, MietteHandlerOpts, NamedSource, ReportHandler as _, SourceCode};
use pulse_jobs::profile::ProfileError;
use pulse_jobs::{JobError, store_advice};
use pulse_store::StoreError;

use crate::console::note;

/// A request that the command line itself turns down.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Refusal {
    message: String,
    advice: String,
    is_wrong_use: bool,
}

impl Refusal {
    /// `message` is a lower-case fragment, `advice` a sentence that says what to do.
    pub(crate) fn new(message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { message: message.into(), advice: advice.into(), is_wrong_use: false }
    }

    /// The command line itself asks for something there cannot be.
    pub(crate) fn wrong_use(message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { is_wrong_use: true, ..Self::new(message, advice) }
    }
}

/// Writes a failure to the standard error.
pub(crate) fn print(error: &anyhow::Error) {
    let fault = Fault { error, advice: advice(error), place: place(error) };
    let text = if io::stderr().is_terminal() { Drawn(fault).to_string() } else { fault.to_lines() };
    note(text.trim_end());
}

/// Whether the command line was wrong, rather than what it asked for.
pub(crate) fn is_wrong_use(error: &anyhow::Error) -> bool {
    error.chain().filter_map(|cause| cause.downcast_ref::<Refusal>()).any(|refusal| refusal.is_wrong_use)
}

/// Whether the reader of our output went away, which is no failure of ours.
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>()).any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// As wide as the terminal, and in colour unless `NO_COLOR` asks for none.
struct Drawn<'a>(Fault<'a>);

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        MietteHandlerOpts::new().build().debug(&self.0, f)
    }
}

struct Fault<'a> {
    error: &'a anyhow::Error,
    advice: Option<String>,
    place: Option<(NamedSource<String>, LabeledSpan)>,
}

impl Fault<'_> {
    fn to_lines(&self) -> String {
        let mut lines = format!("error: {}", self.error);
        for cause in self.error.chain().skip(1) {
            lines.push_str(&format!("\n  because: {cause}"));
        }
        if let Some(advice) = &self.advice {
            lines.push_str(&format!("\n  what to do: {advice}"));
        }
        lines
    }
}

impl fmt::Debug for Fault<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl fmt::Display for Fault<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl StdError for Fault<'_> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error.source()
    }
}

impl Diagnostic for Fault<'_> {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.advice.as_ref().map(|advice| Box::new(advice) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.place.as_ref().map(|(source, _)| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.place.as_ref().map(|(_, label)| Box::new(std::iter::once(label.clone())) as Box<dyn Iterator<Item = LabeledSpan>>)
    }
}

/// What the person can do about it.
pub(crate) fn advice(error: &anyhow::Error) -> Option<String> {
    error.chain().find_map(|cause| {
        let of_job = cause.downcast_ref::<JobError>().and_then(JobError::advice);
        let of_profile = cause.downcast_ref::<ProfileError>().map(ProfileError::advice);
        let of_refusal = cause.downcast_ref::<Refusal>().map(|refusal| refusal.advice.clone());
        let of_store = cause.downcast_ref::<StoreError>().and_then(store_advice);
        let of_system = cause.downcast_ref::<io::Error>().and_then(system_advice);
        of_job.or(of_profile).or(of_refusal).or(of_store).or(of_system)
    })
}

/// What the person can do where the system refused to read or write.
fn system_advice(error: &io::Error) -> Option<String> {
    let advice = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "Make room on the disk and try again.",
        io::ErrorKind::PermissionDenied => "Give the account that runs pulse the right to write there, or name another place.",
        io::ErrorKind::ReadOnlyFilesystem => "Nothing can be written on that disk; name another place.",
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => "A file is where a folder is needed; move it away, or name another place.",
        io::ErrorKind::IsADirectory => "A folder is where a file is needed; move it away, or name another place.",
        _ => return None,
    };
    Some(advice.to_owned())
}

/// Where in a digest's file the fault stands.
fn place(error: &anyhow::Error) -> Option<(NamedSource<String>, LabeledSpan)> {
    error.chain().find_map(|cause| {
        let profile = cause.downcast_ref::<ProfileError>().or_else(|| match cause.downcast_ref::<JobError>() {
            Some(JobError::Profile(error)) => Some(error),
            _ => None,
        });
        match profile? {
            ProfileError::Invalid { file, text, span, .. } => {
                Some((NamedSource::new(file, text.clone()), LabeledSpan::new(Some("here".to_owned()), span.start, span.len())))
            }
            ProfileError::Missing { .. } | ProfileError::Unreadable { .. } => None,
        }
    })
}
