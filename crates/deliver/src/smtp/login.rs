//! Logging in at a server: AUTH PLAIN (RFC 4616), LOGIN and XOAUTH2.
//!
//! Not here: whether the connection is safe enough to log in on ([`super::connection`]).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use pulse_access::{Login, LoginError, Proof};

use super::extensions::Extensions;

/// What is sent for the best mechanism that is offered, line by line, without CRLF. After each but the last the server has to
/// answer 334.
pub(super) fn lines(login: &Login, offered: &Extensions) -> Result<Vec<String>, LoginError> {
    let (mechanism, proof) = login.proof()?;
    match &login.proof {
        Proof::Password(_) if offered.plain => Ok(vec![format!("AUTH {mechanism} {proof}")]),
        Proof::Password(secret) if offered.login => Ok(vec!["AUTH LOGIN".to_owned(), BASE64.encode(&login.user), BASE64.encode(secret.reveal())]),
        Proof::Password(_) => Err(LoginError::NotOffered { wanted: "PLAIN or LOGIN" }),
        Proof::Token(_) if offered.xoauth2 => Ok(vec![format!("AUTH {mechanism} {proof}")]),
        Proof::Token(_) => Err(LoginError::NotOffered { wanted: "XOAUTH2" }),
    }
}

#[cfg(test)]
mod tests {
    use pulse_access::Secret;

    use super::*;

    fn login(proof: Proof) -> Login {
        Login { user: "pulse".into(), proof, allow_plain_on_loopback: false }
    }

    #[test]
    fn the_best_mechanism_is_used() {
        let password = || Proof::Password(Secret::new("tide and mark\r\n"));
        let offered = Extensions { plain: true, login: true, ..Extensions::default() };
        assert!(lines(&login(password()), &offered).is_ok_and(|lines| lines == ["AUTH PLAIN AHB1bHNlAHRpZGUgYW5kIG1hcms="]));
        let offered = Extensions { login: true, ..Extensions::default() };
        assert!(lines(&login(password()), &offered).is_ok_and(|lines| lines == ["AUTH LOGIN", "cHVsc2U=", "dGlkZSBhbmQgbWFyaw=="]));
        let offered = Extensions { xoauth2: true, ..Extensions::default() };
        assert_eq!(lines(&login(password()), &offered).err(), Some(LoginError::NotOffered { wanted: "PLAIN or LOGIN" }));
        let token = login(Proof::Token(Secret::new("abc")));
        assert!(lines(&token, &offered).is_ok_and(|lines| lines == ["AUTH XOAUTH2 dXNlcj1wdWxzZQFhdXRoPUJlYXJlciBhYmMBAQ=="]));
        assert_eq!(lines(&token, &Extensions::default()).err(), Some(LoginError::NotOffered { wanted: "XOAUTH2" }));
    }
}
