//! What one response of a server says.
//!
//! In: a line, with the literals that stood in it. Out: the few things that matter of it. Pure. Not here: reading it off the
//! connection ([`super::wire`]).

/// A response, to the end of its line. A literal is a NUL in the text, which no response may have (RFC 9051 section 9).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) text: String,
    pub(super) literals: Vec<Vec<u8>>,
}

/// What a tagged response, or a greeting, says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    Ok,
    No,
    Bad,
}

impl Unit {
    /// What follows `* `.
    pub(super) fn untagged(&self) -> Option<&str> {
        self.text.strip_prefix("* ")
    }

    /// The condition of the command with this tag.
    pub(super) fn condition(&self, tag: &str) -> Option<Condition> {
        let rest = self.text.strip_prefix(tag)?.strip_prefix(' ')?;
        match rest.split(' ').next()?.to_ascii_uppercase().as_str() {
            "OK" => Some(Condition::Ok),
            "NO" => Some(Condition::No),
            "BAD" => Some(Condition::Bad),
            _ => None,
        }
    }

    /// Whether it asks for more.
    pub(super) fn is_continuation(&self) -> bool {
        self.text == "+" || self.text.starts_with("+ ")
    }

    /// The number in `* 23 EXISTS`, for that word.
    pub(super) fn number_of(&self, word: &str) -> Option<u32> {
        let (number, rest) = self.untagged()?.split_once(' ')?;
        rest.trim_end().eq_ignore_ascii_case(word).then(|| number.parse().ok())?
    }

    /// What follows `* WORD `.
    pub(super) fn list_of(&self, word: &str) -> Option<impl Iterator<Item = &str>> {
        let rest = self.untagged()?;
        let (first, list) = rest.split_once(' ').unwrap_or((rest, ""));
        first.eq_ignore_ascii_case(word).then(|| list.split(' ').filter(|item| !item.is_empty()))
    }

    /// The text of the message with this UID, as `BODY[]` has it: a literal, a quoted string, or nothing at all.
    pub(super) fn body_of(self, uid: u32) -> Option<Vec<u8>> {
        let (_, rest) = self.untagged()?.split_once(' ')?;
        let rest = rest.strip_prefix("FETCH (").or_else(|| rest.strip_prefix("Fetch (")).or_else(|| rest.strip_prefix("fetch ("))?;
        let upper = rest.to_ascii_uppercase();
        let named = |at: usize| upper.get(..at).is_some_and(|before| before.is_empty() || before.ends_with(' '));
        let has_uid = upper.match_indices("UID ").any(|(at, _)| {
            let digits = upper[at + 4..].split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
            named(at) && digits.parse() == Ok(uid)
        });
        let (at, _) = upper.match_indices("BODY[]").find(|(at, _)| named(*at)).filter(|_| has_uid)?;
        let value = rest[at..].split_once(' ')?.1;
        if value.starts_with('\0') {
            let number = rest[..at].matches('\0').count();
            return self.literals.into_iter().nth(number);
        }
        Some(value.strip_prefix('"').map_or_else(Vec::new, quoted))
    }
}

/// A quoted string to its end, without backslashes.
fn quoted(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => break,
            b'\\' => out.extend(bytes.next()),
            byte => out.push(byte),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unit(text: &str, literals: &[&str]) -> Unit {
        Unit { text: text.to_owned(), literals: literals.iter().map(|literal| literal.as_bytes().to_vec()).collect() }
    }

    #[test]
    fn a_body_is_found_in_any_of_its_forms_and_under_its_own_uid() {
        let body = |text: &str, literals: &[&str]| unit(text, literals).body_of(7);
        assert_eq!(body("* 2 FETCH (UID 7 BODY[]<0> \0)", &["Subject: May"]).unwrap(), b"Subject: May");
        assert_eq!(body("* 2 FETCH (FLAGS (\\Recent) X-GM-LABELS (\0) BODY[]<0> \0 UID 7)", &["label", "Subject"]).unwrap(), b"Subject");
        assert_eq!(body("* 2 FETCH (BODY[] \"a \\\"b\\\\\" UID 7)", &[]).unwrap(), b"a \"b\\");
        assert_eq!(body("* 2 FETCH (UID 7 BODY[]<0> NIL)", &[]).unwrap(), b"");
        for none in ["* 2 FETCH (UID 77 BODY[]<0> \0)", "* 2 FETCH (UID 7 FLAGS (\\Seen))", "* 2 FETCH (FLAGS (XUID 7 XBODY[] \0))", "A1 OK", "* 7 EXISTS"] {
            assert_eq!(body(none, &["text"]), None, "{none}");
        }
    }

    #[test]
    fn numbers_lists_and_conditions() {
        assert_eq!(unit("* 23 EXISTS", &[]).number_of("EXISTS"), Some(23));
        assert_eq!(unit("* 23 exists", &[]).number_of("EXISTS"), Some(23));
        assert_eq!(unit("* 23 RECENT", &[]).number_of("EXISTS"), None);
        assert_eq!(unit("* SEARCH 2 3", &[]).list_of("SEARCH").unwrap().collect::<Vec<_>>(), ["2", "3"]);
        assert_eq!(unit("* SEARCH", &[]).list_of("SEARCH").unwrap().count(), 0);
        assert_eq!(unit("A2 no [TRYCREATE] none", &[]).condition("A2"), Some(Condition::No));
        assert_eq!(unit("A21 OK", &[]).condition("A2"), None);
        assert!(unit("+ go on", &[]).is_continuation() && unit("+", &[]).is_continuation());
    }

    proptest! {
        #[test]
        fn whatever_is_said_something_is_understood(text in "(\\* )?[ -~\0é]{0,60}", literal in "[a-z]{0,5}", uid in 0u32..20) {
            let unit = unit(&text, &[&literal]);
            let _ = (unit.condition("A1"), unit.number_of("EXISTS"), unit.list_of("SEARCH").map(Iterator::count), unit.is_continuation());
            let _ = unit.body_of(uid);
        }

        #[test]
        fn a_body_comes_out_as_it_was(uid in 1u32..u32::MAX, number in 1u32..99, body in "[ -~\r\n]{0,40}") {
            let text = format!("* {number} FETCH (UID {uid} BODY[]<0> \0)");
            prop_assert_eq!(unit(&text, &[&body]).body_of(uid), Some(body.into_bytes()));
        }
    }
}
