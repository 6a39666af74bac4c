//! What the server does, in lines that a person can write.
//!
//! ```text
//! # A setting, or a step and what happens at it. The first rule that fits is followed; without one the server is good.
//! offer: PIPELINING, SIZE 1000000, STARTTLS
//! delay: 50 ms
//! RCPT gone@: 550-5.1.1 nobody | 550 5.1.1 of that name
//! RCPT #1: 451 4.7.1 try again later
//! END: 421 4.3.2 shutting down, then close
//! ```
//!
//! Settings: `offer` (words of EHLO; a good deal if not given), `tls: implicit`, `certificate` (`good`, `wrong-name`,
//! `unknown-authority`, `expired`), `delay` (before each group of replies: a round trip), `forget: messages`.
//! Steps: `GREETING EHLO HELO STARTTLS TLS AUTH MAIL RCPT DATA BODY END RSET QUIT`; `BODY` is the moment when some of the
//! message has come. `#2` is the second time, counted over all connections; a word is one that the command has in it.
//! What happens: lines, `|` between them; `close`; `stall`; `endless line`; `endless reply`; lines, `, then close`.

use std::time::Duration;

/// What a server does.
#[derive(Clone, Debug)]
pub struct Script {
    pub(super) offer: Vec<String>,
    pub(super) is_tls_implicit: bool,
    certificate: Certificate,
    pub(super) delay: Duration,
    pub(super) forgets: bool,
    pub(super) rules: Vec<Rule>,
}

/// Which certificate the server shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Certificate {
    Good,
    WrongName,
    UnknownAuthority,
    Expired,
}

/// When something else happens than at a good server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) step: String,
    /// Only this time, from 1.
    pub(super) time: Option<usize>,
    /// Only where this stands in the command.
    pub(super) word: Option<String>,
    pub(super) act: Act,
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Say { lines: Vec<String>, then_close: bool },
    Close,
    Stall,
    EndlessLine,
    EndlessReply,
}

/// A line that is no part of a script.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the script cannot be read: {text}")]
pub struct ScriptError {
    /// From 1.
    pub line: usize,
    /// The line.
    pub text: String,
}

const STEPS: [&str; 13] = ["GREETING", "EHLO", "HELO", "STARTTLS", "TLS", "AUTH", "MAIL", "RCPT", "DATA", "BODY", "END", "RSET", "QUIT"];

impl Default for Script {
    fn default() -> Self {
        let offer = ["PIPELINING", "SIZE 10240000", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES"];
        Self {
            offer: offer.map(str::to_owned).to_vec(),
            is_tls_implicit: false,
            certificate: Certificate::Good,
            delay: Duration::ZERO,
            forgets: false,
            rules: Vec::new(),
        }
    }
}

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    /// [`ScriptError`] has the first line that is not understood.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        let mut script = Self::default();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let read = line.split_once(':').and_then(|(left, right)| script.line(left.trim(), right.trim()));
            read.ok_or_else(|| ScriptError { line: number + 1, text: line.to_owned() })?;
        }
        Ok(script)
    }

    fn line(&mut self, left: &str, right: &str) -> Option<()> {
        match (left, right) {
            ("offer", words) => self.offer = words.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect(),
            ("tls", "implicit") => self.is_tls_implicit = true,
            ("certificate", "good") => self.certificate = Certificate::Good,
            ("certificate", "wrong-name") => self.certificate = Certificate::WrongName,
            ("certificate", "unknown-authority") => self.certificate = Certificate::UnknownAuthority,
            ("certificate", "expired") => self.certificate = Certificate::Expired,
            ("delay", time) => self.delay = Duration::from_millis(time.strip_suffix("ms")?.trim().parse().ok()?),
            ("forget", "messages") => self.forgets = true,
            (when, what) => self.rules.push(Rule::read(when, what)?),
        }
        Some(())
    }

    pub(super) fn certificate(&self) -> Certificate {
        self.certificate
    }

    pub(super) fn rule_count(&self) -> usize {
        self.rules.len()
    }
}

impl Rule {
    fn read(when: &str, what: &str) -> Option<Self> {
        let (step, mut time, mut word) = (when.split_ascii_whitespace().next()?, None, None);
        for more in when.split_ascii_whitespace().skip(1) {
            match more.strip_prefix('#') {
                Some(number) => time = Some(number.parse().ok()?),
                None => word = Some(more.to_owned()),
            }
        }
        STEPS.contains(&step).then(|| Self { step: step.to_owned(), time, word, act: Act::read(what) })
    }
}

impl Act {
    pub(super) fn read(what: &str) -> Self {
        match what {
            "close" => Self::Close,
            "stall" => Self::Stall,
            "endless line" => Self::EndlessLine,
            "endless reply" => Self::EndlessReply,
            _ => {
                let (lines, then_close) = what.strip_suffix(", then close").map_or((what, false), |lines| (lines, true));
                Self::Say { lines: lines.split('|').map(|line| line.trim().to_owned()).collect(), then_close }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_read() {
        let script = Script::parse("# a good one\n\noffer: SIZE 5, DSN\ndelay: 20 ms\nRCPT #2 gone@: 550-a | 550 b, then close\nEND: stall").unwrap();
        assert_eq!((script.offer, script.delay), (vec!["SIZE 5".to_owned(), "DSN".to_owned()], Duration::from_millis(20)));
        let say = Act::Say { lines: vec!["550-a".into(), "550 b".into()], then_close: true };
        assert_eq!(script.rules[0], Rule { step: "RCPT".into(), time: Some(2), word: Some("gone@".into()), act: say });
        assert_eq!(script.rules[1], Rule { step: "END".into(), time: None, word: None, act: Act::Stall });
    }

    #[test]
    fn a_line_that_says_nothing_is_named() {
        for text in ["RCPT", "RECIPIENT: 550 no", "delay: long", "certificate: none", "RCPT #x: 550 no"] {
            assert_eq!(Script::parse(&format!("\n{text}")).unwrap_err(), ScriptError { line: 2, text: text.into() });
        }
    }
}
