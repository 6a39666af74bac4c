//! A send and its deliveries: the release of one edition to a frozen, counted audience, and one reader's row in it.
//!
//! Invariant: candidates = recipients + excluded, and every excluded reader has an [`Exclusion`]. Statuses change only as
//! [`SendStatus::after`] and [`DeliveryStatus::can_become`] say. Not here: SMTP, rows, the clock.

use serde::{Deserialize, Serialize};

use crate::subscriber::named;

named! {
    /// Where a send is in its life.
    SendStatus {
        /// The audience is being gathered.
        Preparing = "preparing",
        /// The audience is frozen and counted; nobody has released it.
        Prepared = "prepared",
        /// A person released it; rows are being worked through, or wait for the time that was set.
        Released = "released",
        /// A person stopped it for now.
        Paused = "paused",
        /// It stopped by itself, because going on would do harm; a person has to look.
        Stopped = "stopped",
        /// Every row has come to its end.
        Finished = "finished",
        /// A person ended it; rows that had not gone never will.
        Cancelled = "cancelled",
    }
}

named! {
    /// What moves a send.
    SendStep {
        /// The last of the audience is in, and the counts agree.
        Prepare = "prepare",
        /// A person with that right lets it go.
        Release = "release",
        /// A person halts it.
        Pause = "pause",
        /// A person lets it go on.
        Resume = "resume",
        /// Pulse halts it.
        Stop = "stop",
        /// Nothing is left to do.
        Finish = "finish",
        /// A person ends it.
        Cancel = "cancel",
    }
}

/// The step cannot be taken from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a send that is {from} cannot {step}")]
pub struct SendStepError {
    /// Where it is.
    pub from: SendStatus,
    /// What was asked.
    pub step: SendStep,
}

impl SendStatus {
    /// Where a step leads.
    ///
    /// ```
    /// use pulse_model::delivery::{SendStatus, SendStep};
    /// assert_eq!(SendStatus::Prepared.after(SendStep::Release), Ok(SendStatus::Released));
    /// assert!(SendStatus::Finished.after(SendStep::Cancel).is_err());
    /// ```
    ///
    /// # Errors
    /// [`SendStepError`] when the step does not start here.
    pub fn after(self, step: SendStep) -> Result<Self, SendStepError> {
        match (self, step) {
            (Self::Preparing, SendStep::Prepare) => Ok(Self::Prepared),
            (Self::Prepared, SendStep::Release) | (Self::Paused | Self::Stopped, SendStep::Resume) => Ok(Self::Released),
            (Self::Released, SendStep::Pause) => Ok(Self::Paused),
            (Self::Released, SendStep::Stop) => Ok(Self::Stopped),
            (Self::Released, SendStep::Finish) => Ok(Self::Finished),
            (from, SendStep::Cancel) if from.is_live() => Ok(Self::Cancelled),
            (from, step) => Err(SendStepError { from, step }),
        }
    }

    /// Whether messages of it may yet go out. An edition has no more than one live send.
    pub fn is_live(self) -> bool {
        !matches!(self, Self::Finished | Self::Cancelled)
    }
}

named! {
    /// Where one reader's row is.
    DeliveryStatus {
        /// Waits for its turn.
        Queued = "queued",
        /// Handed to a connection; written before the end of the message goes out.
        Sending = "sending",
        /// A server took it.
        Sent = "sent",
        /// A server said later; it is tried again.
        Deferred = "deferred",
        /// It will not get there; the row says why.
        Failed = "failed",
        /// The reader left, or the address was found dead, after the audience was frozen.
        Suppressed = "suppressed",
        /// The connection was lost after the end of the message: it may or may not have arrived.
        Uncertain = "uncertain",
    }
}

impl DeliveryStatus {
    /// Whether nothing more happens to the row by itself.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Sent | Self::Failed | Self::Suppressed)
    }

    /// Whether a row may go from here to there.
    pub fn can_become(self, to: Self) -> bool {
        match self {
            Self::Queued | Self::Deferred => matches!(to, Self::Sending | Self::Suppressed | Self::Failed | Self::Deferred),
            Self::Sending => matches!(to, Self::Sent | Self::Deferred | Self::Failed | Self::Uncertain | Self::Queued),
            // Repeated, or left as it is, by a setting.
            Self::Uncertain => matches!(to, Self::Queued | Self::Sent | Self::Failed),
            // A bounce comes later.
            Self::Sent => to == Self::Failed,
            Self::Failed | Self::Suppressed => false,
        }
    }
}

named! {
    /// Why a candidate is no recipient.
    Exclusion {
        /// Nobody has confirmed the address.
        Unconfirmed = "unconfirmed",
        /// The reader left.
        Left = "left",
        /// The address is dead.
        Bounced = "bounced",
        /// The reader complained.
        Complained = "complained",
        /// The address is on the suppression list.
        Suppressed = "suppressed",
        /// The reader asked for a pause.
        Paused = "paused",
        /// There is no ground to write to the reader.
        NoBasis = "no-basis",
        /// The reader hears once a quarter, and this is not that edition.
        NotThisEdition = "not-this-edition",
        /// None of the reader's sectors has anything in this edition.
        NothingInSectors = "nothing-in-sectors",
        /// The reader got this very text by an earlier send.
        AlreadySent = "already-sent",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_comes_back_from_the_end() {
        for &step in SendStep::ALL {
            assert!(SendStatus::Finished.after(step).is_err() && SendStatus::Cancelled.after(step).is_err());
        }
        for &to in DeliveryStatus::ALL {
            assert!(!DeliveryStatus::Suppressed.can_become(to));
            assert_ne!((DeliveryStatus::Sent.can_become(to), to), (true, DeliveryStatus::Queued));
        }
    }

    #[test]
    fn nobody_is_sent_to_without_the_row_saying_so_first() {
        for &from in DeliveryStatus::ALL {
            assert_eq!(from.can_become(DeliveryStatus::Sent), matches!(from, DeliveryStatus::Sending | DeliveryStatus::Uncertain), "{from}");
        }
    }
}
