//! Enhanced status codes (RFC 3463): what a mail server says more exactly than with its reply, at once or in a report later.

use std::fmt;
use std::str::FromStr;

/// An enhanced status code, as in `5.1.1`. Detail has up to three digits, because Microsoft's have.
///
/// ```
/// use pulse_model::EnhancedStatus;
/// let status: EnhancedStatus = "5.1.1".parse().unwrap();
/// assert_eq!((status.class, status.subject, status.detail), (5, 1, 1));
/// assert_eq!(status.to_string(), "5.1.1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EnhancedStatus {
    /// 2 it worked, 4 try again, 5 it will not work.
    pub class: u8,
    /// 1 address, 2 mailbox, 3 mail system, 4 network, 5 protocol, 6 content, 7 policy; 0 not said. Up to 999.
    pub subject: u16,
    /// 0 not said. Up to 999.
    pub detail: u16,
}

impl EnhancedStatus {
    /// Whether it says no more than that something worked or failed.
    pub fn is_generic(self) -> bool {
        self.subject == 0 && self.detail == 0
    }
}

impl fmt::Display for EnhancedStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// The text is no enhanced status code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an enhanced status code, as in 5.1.1")]
pub struct NotEnhanced;

impl FromStr for EnhancedStatus {
    type Err = NotEnhanced;

    fn from_str(text: &str) -> Result<Self, NotEnhanced> {
        let number = |digits: &str| {
            let is_number = (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse().ok().filter(|_| is_number)
        };
        let mut parts = text.split('.');
        let class = match parts.next() {
            Some("2") => 2,
            Some("4") => 4,
            Some("5") => 5,
            _ => return Err(NotEnhanced),
        };
        match (parts.next().and_then(number), parts.next().and_then(number), parts.next()) {
            (Some(subject), Some(detail), None) => Ok(Self { class, subject, detail }),
            _ => Err(NotEnhanced),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_three_numbers_and_the_first_is_a_class() {
        for text in ["5.7.26", "2.0.0", "4.999.1"] {
            assert_eq!(text.parse::<EnhancedStatus>().map(|status| status.to_string()).as_deref(), Ok(text));
        }
        for text in ["", "5.1", "5.1.1.1", "5.x.1", "5.1.1000", "5.1.1 sent", "5..1", "3.1.1", "05.1.1", "5.+1.1"] {
            assert_eq!(text.parse::<EnhancedStatus>(), Err(NotEnhanced), "{text}");
        }
    }
}
