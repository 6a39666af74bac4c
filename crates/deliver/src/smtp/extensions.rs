//! What a server offers in its answer to EHLO (RFC 5321 section 4.1.1.1).
//!
//! Not here: when an extension is used ([`super::envelope`], [`super::connection`]).

use super::reply::Reply;

/// The extensions that Pulse knows and the server offers. None after HELO.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extensions {
    /// Commands may be sent together (RFC 2920).
    pub pipelining: bool,
    /// The size may be told beforehand (RFC 1870).
    pub size: bool,
    /// The largest message that is taken, in bytes, where the server says.
    pub most_bytes: Option<u64>,
    /// Bytes above 127 may stand in the message (RFC 6152).
    pub eight_bit: bool,
    /// And in addresses (RFC 6531).
    pub smtp_utf8: bool,
    /// What shall be reported, and to which id, may be told (RFC 3461).
    pub dsn: bool,
    /// Replies have enhanced codes (RFC 2034). They are understood whether or not this is offered.
    pub enhanced_codes: bool,
    /// The connection can be secured (RFC 3207).
    pub start_tls: bool,
    /// AUTH PLAIN (RFC 4616).
    pub plain: bool,
    /// AUTH LOGIN, older than any standard.
    pub login: bool,
    /// AUTH XOAUTH2.
    pub xoauth2: bool,
}

impl Extensions {
    /// Reads the answer to EHLO. Its first line is the server's name; what is unknown is passed over.
    pub fn read(hello: &Reply) -> Self {
        let mut found = Self::default();
        for line in hello.text.lines().skip(1) {
            let mut words = line.split_ascii_whitespace();
            let Some(keyword) = words.next() else { continue };
            found.note(&keyword.to_ascii_uppercase(), words);
        }
        found
    }

    fn note<'w>(&mut self, keyword: &str, mut words: impl Iterator<Item = &'w str>) {
        match keyword {
            "PIPELINING" => self.pipelining = true,
            "SIZE" => {
                self.size = true;
                // 0 means that there is no fixed limit.
                self.most_bytes = words.next().and_then(|word| word.parse().ok()).filter(|&bytes| bytes > 0);
            }
            "8BITMIME" => self.eight_bit = true,
            "SMTPUTF8" => self.smtp_utf8 = true,
            "DSN" => self.dsn = true,
            "ENHANCEDSTATUSCODES" => self.enhanced_codes = true,
            "STARTTLS" => self.start_tls = true,
            "AUTH" => words.for_each(|word| self.note_mechanism(word)),
            // As servers before RFC 2554 wrote it.
            _ => {
                if let Some(first) = keyword.strip_prefix("AUTH=") {
                    self.note_mechanism(first);
                    words.for_each(|word| self.note_mechanism(word));
                }
            }
        }
    }

    fn note_mechanism(&mut self, name: &str) {
        match name.to_ascii_uppercase().as_str() {
            "PLAIN" => self.plain = true,
            "LOGIN" => self.login = true,
            "XOAUTH2" => self.xoauth2 = true,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Extensions {
        Extensions::read(&Reply { code: 250, enhanced: None, text: text.to_owned() })
    }

    #[test]
    fn keywords_are_known_in_any_case() {
        let text =
            "mail.example\nPIPELINING\nsize 10240000\n8BITMIME\nSmtpUtf8\nDSN\nENHANCEDSTATUSCODES\nSTARTTLS\nAUTH plain LOGIN XOAUTH2 CRAM-MD5\nCHUNKING";
        let all = Extensions {
            pipelining: true,
            size: true,
            most_bytes: Some(10_240_000),
            eight_bit: true,
            smtp_utf8: true,
            dsn: true,
            enhanced_codes: true,
            start_tls: true,
            plain: true,
            login: true,
            xoauth2: true,
        };
        assert_eq!(read(text), all);
    }

    #[test]
    fn the_servers_name_is_no_extension() {
        assert_eq!(read("PIPELINING"), Extensions::default());
        assert_eq!(read(""), Extensions::default());
    }

    #[test]
    fn a_size_of_nothing_is_no_limit() {
        assert_eq!((read("a\nSIZE 0").size, read("a\nSIZE 0").most_bytes), (true, None));
        assert_eq!((read("a\nSIZE many").size, read("a\nSIZE").most_bytes), (true, None));
        assert!(read("a\nAUTH=LOGIN PLAIN").plain);
    }
}
