//! The life of an edition: `draft → in review → signed off → published`.
//!
//! Invariant: text changes only in `draft` and `in review`; from `signed off` on, the only way back is to reopen, which
//! is an event with a name and a reason. Not here: when an event happened (the caller's clock) and where it is kept.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where an edition is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Being written.
    Draft,
    /// Handed to the head of research.
    InReview,
    /// Approved; its text is locked.
    SignedOff,
    /// Out with the readers.
    Published,
}

/// A step in an edition's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The editor asks for sign-off.
    Submit,
    /// The head of research sends it back to be changed.
    Return,
    /// The head of research approves it.
    SignOff,
    /// It goes out.
    Publish,
    /// Someone unlocks it again, and says why.
    Reopen,
}

/// The step cannot be taken from here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LifeError {
    /// For example publishing what nobody signed off.
    #[error("an edition that is {from} cannot be {}", past(*.step))]
    NotFrom {
        /// Where it is.
        from: Status,
        /// What was asked.
        step: Step,
    },
    /// Reopening and returning have to be explained.
    #[error("{} an edition needs a reason", gerund(*.step))]
    NoReason {
        /// What was asked.
        step: Step,
    },
    /// Every step has a name to it.
    #[error("{} an edition needs the name of who does it", gerund(*.step))]
    NoName {
        /// What was asked.
        step: Step,
    },
}

fn past(step: Step) -> &'static str {
    match step {
        Step::Submit => "submitted for review",
        Step::Return => "returned",
        Step::SignOff => "signed off",
        Step::Publish => "published",
        Step::Reopen => "reopened",
    }
}

fn gerund(step: Step) -> &'static str {
    match step {
        Step::Submit => "submitting",
        Step::Return => "returning",
        Step::SignOff => "signing off",
        Step::Publish => "publishing",
        Step::Reopen => "reopening",
    }
}

impl Status {
    /// Whether the text may be changed.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::InReview)
    }

    /// Where `step`, taken by `who` for `reason`, leads.
    ///
    /// ```
    /// use pulse_model::life::{Status, Step};
    /// assert_eq!(Status::InReview.after(Step::SignOff, "Ada", ""), Ok(Status::SignedOff));
    /// assert!(Status::Draft.after(Step::Publish, "Ada", "").is_err());
    /// assert!(Status::SignedOff.after(Step::Reopen, "Ada", " ").is_err());
    /// ```
    ///
    /// # Errors
    /// [`LifeError`] when the step does not start here, or lacks its name or reason.
    pub fn after(self, step: Step, who: &str, reason: &str) -> Result<Self, LifeError> {
        let to = match (self, step) {
            (Self::Draft, Step::Submit) => Self::InReview,
            (Self::InReview, Step::Return) => Self::Draft,
            (Self::InReview, Step::SignOff) => Self::SignedOff,
            (Self::SignedOff, Step::Publish) => Self::Published,
            (Self::SignedOff | Self::Published, Step::Reopen) => Self::Draft,
            (from, step) => return Err(LifeError::NotFrom { from, step }),
        };
        if who.trim().is_empty() {
            return Err(LifeError::NoName { step });
        }
        if matches!(step, Step::Reopen | Step::Return) && reason.trim().is_empty() {
            return Err(LifeError::NoReason { step });
        }
        Ok(to)
    }

    /// The name in files and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InReview => "in-review",
            Self::SignedOff => "signed-off",
            Self::Published => "published",
        }
    }

    /// The status with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Draft, Self::InReview, Self::SignedOff, Self::Published].into_iter().find(|status| status.as_str() == name)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InReview => "in review",
            Self::SignedOff => "signed off",
            other => other.as_str(),
        })
    }
}

impl Step {
    /// The name in files, in the store and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Return => "return",
            Self::SignOff => "sign-off",
            Self::Publish => "publish",
            Self::Reopen => "reopen",
        }
    }
}

/// A step somebody took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// UTC, Unix milliseconds.
    pub at: i64,
    /// What was done.
    pub step: Step,
    /// By whom.
    pub who: String,
    /// Why; empty where no reason is needed.
    pub reason: String,
}
