//! How long a server may take.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::verdict::Stage;

/// The longest waits, in seconds. The defaults are those of RFC 5321 section 4.5.3.2; 0 counts as 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timeouts {
    /// Until there is a connection. No standard says; longer than this is hopeless.
    pub connect_s: u32,
    /// Until the server's first words.
    pub greeting_s: u32,
    /// For EHLO, for the TLS handshake, and for each step of AUTH.
    pub hello_s: u32,
    /// For MAIL, and RSET before it.
    pub mail_s: u32,
    /// For RCPT.
    pub rcpt_s: u32,
    /// For DATA.
    pub data_s: u32,
    /// For each block of the message (64 KiB) to leave.
    pub block_s: u32,
    /// For the reply to the final dot. A shorter one makes doubles: the server may be about to accept.
    pub end_s: u32,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect_s: 30, greeting_s: 300, hello_s: 300, mail_s: 300, rcpt_s: 300, data_s: 120, block_s: 180, end_s: 600 }
    }
}

impl Timeouts {
    pub(super) fn limit(&self, stage: Stage) -> Duration {
        let seconds = match stage {
            Stage::Connect => self.connect_s,
            Stage::Greeting => self.greeting_s,
            Stage::Hello | Stage::Tls | Stage::Login => self.hello_s,
            Stage::Mail => self.mail_s,
            Stage::Rcpt => self.rcpt_s,
            Stage::Data => self.data_s,
            Stage::Body => self.block_s,
            Stage::End => self.end_s,
        };
        Duration::from_secs(seconds.max(1).into())
    }
}
