//! Why a message did not go out, or a connection did not come about.

use std::io;

use pulse_access::LoginError;
use tokio_rustls::rustls;

use super::body::BodyError;
use super::envelope::Unfit;
use super::reply::{Reply, ReplyError};
use super::verdict::{Level, Stage, Verdict};

/// What went wrong with a server. The replies in it may quote an address, so a log takes [`Reply::status`] instead.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// The server answered, and not with what lets the message go on.
    #[error("at {stage} the server said: {reply}")]
    Refused {
        /// What it answered to.
        stage: Stage,
        /// What it said.
        reply: Reply,
    },
    /// There is no connection, or no longer.
    #[error("the connection to the server failed at {stage}")]
    Lost {
        /// What was going on.
        stage: Stage,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// The server did not answer, or did not read.
    #[error("the server did nothing for {limit_s} s at {stage}")]
    TimedOut {
        /// What was going on.
        stage: Stage,
        /// How long it had.
        limit_s: u64,
    },
    /// What the server said is no reply.
    #[error("the server could not be understood at {stage}")]
    Garbled {
        /// What was going on.
        stage: Stage,
        /// What it said.
        #[source]
        cause: ReplyError,
    },
    /// The policy is [`pulse_access::TlsPolicy::Required`], and the server does not do it.
    #[error("{host} does not offer STARTTLS, and nothing is sent without")]
    NoTls {
        /// The server.
        host: String,
    },
    /// It shall be secured, and nobody said who may sign its certificate.
    #[error("nobody is named who may sign the certificate of {host}")]
    NoTrust {
        /// The server.
        host: String,
    },
    /// Nobody that is believed says that the server is who it should be.
    #[error("the certificate of {host} is not to be believed")]
    Certificate {
        /// The server.
        host: String,
        /// What is wrong with it.
        #[source]
        cause: rustls::Error,
    },
    /// The handshake failed for another reason.
    #[error("no secure connection to {host} came about")]
    Handshake {
        /// The server.
        host: String,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// Pulse did not get as far as to try a password.
    #[error("cannot log in at {host}")]
    Login {
        /// The server.
        host: String,
        /// Why.
        #[source]
        cause: LoginError,
    },
    /// A name that is no name: of the server, or the one to greet with.
    #[error("\u{201c}{name}\u{201d} is not the name of a host")]
    Name {
        /// As it was given.
        name: String,
    },
    /// The server does not take such messages.
    #[error("the server cannot take this message")]
    Unfit(#[from] Unfit),
    /// The message is not fit for any server.
    #[error("the message cannot be sent")]
    Body(#[from] BodyError),
    /// The connection has had as many messages as it may, or came to its end before this one: nothing was sent of it, and
    /// it can go at once over another.
    #[error("the connection takes no more messages")]
    Spent,
}

impl SmtpError {
    /// What it means for the message that was to be sent.
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Refused { stage, reply } => Verdict::of(*stage, reply),
            Self::Lost { stage: Stage::End, .. } | Self::TimedOut { stage: Stage::End, .. } | Self::Garbled { stage: Stage::End, .. } => Verdict::Uncertain,
            Self::Lost { .. } | Self::TimedOut { .. } | Self::Garbled { .. } | Self::Handshake { .. } | Self::Spent => Verdict::Deferred(Level::Connection),
            Self::NoTls { .. } | Self::NoTrust { .. } | Self::Certificate { .. } | Self::Login { .. } | Self::Name { .. } | Self::Body(_) => Verdict::OurFault,
            Self::Unfit(Unfit::SmtpUtf8) => Verdict::Rejected,
            Self::Unfit(Unfit::TooLarge { .. } | Unfit::EightBit) => Verdict::OurFault,
        }
    }

    /// Whether the same may work later.
    pub fn is_passing(&self) -> bool {
        self.verdict().can_retry()
    }

    /// What the server said, where it said anything.
    pub fn reply(&self) -> Option<&Reply> {
        match self {
            Self::Refused { reply, .. } => Some(reply),
            _ => None,
        }
    }

    /// Whether the server failed rather than the message, which is what a circuit breaker counts.
    pub fn is_about_connection(&self) -> bool {
        !matches!(self, Self::Spent) && matches!(self.verdict(), Verdict::Deferred(Level::Connection) | Verdict::Uncertain)
    }
}
