//! What stands between `&` and `;`.

use std::borrow::Cow;
use std::collections::HashMap;

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

/// Longer values are left as they are written.
const LONGEST_VALUE: usize = 64;
/// What all of a feed's own entities may add to it.
const MOST_ADDED: usize = 1 << 16;
/// More declarations than any feed has.
const MOST_DECLARED: usize = 200;

/// The entities of one feed: HTML's, and those it declares itself where they are a few plain characters. One made of others, or kept
/// elsewhere, is never looked at.
#[derive(Debug, Default)]
pub(super) struct References {
    declared: HashMap<String, String>,
    added: usize,
    /// Whether something was declared that is not put in.
    pub(super) is_refused: bool,
}

impl References {
    /// Takes the declarations of a document type: `html [ <!ENTITY name "value"> ]`.
    pub(super) fn declare(&mut self, doctype: &str) {
        for declaration in doctype.split("<!ENTITY").skip(1).take(MOST_DECLARED) {
            let read = || {
                let (name, rest) = declaration.trim_start().split_once(char::is_whitespace)?;
                let rest = rest.trim_start();
                let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
                Some((name, rest[1..].split(quote).next()?))
            };
            match read() {
                Some((name, value)) if !is_markup(name) && value.len() <= LONGEST_VALUE && !value.contains(['<', '%']) => {
                    let value = if value.starts_with("&#") && value.ends_with(';') { decode(value, None) } else { Cow::Borrowed(value) };
                    if value.contains('&') {
                        self.is_refused = true;
                    } else {
                        self.declared.insert(name.to_owned(), value.into_owned());
                    }
                }
                _ => self.is_refused = true,
            }
        }
    }

    /// The characters of one reference, without its `&` and `;`; written out again where there are none.
    pub(super) fn resolve(&mut self, name: &str) -> Cow<'static, str> {
        match self.declared.get(name).filter(|value| self.added + value.len() <= MOST_ADDED) {
            Some(value) => {
                self.added += value.len();
                Cow::Owned(value.clone())
            }
            None => standard(name).unwrap_or_else(|| Cow::Owned(format!("&{name};"))),
        }
    }

    /// A text of an attribute.
    pub(super) fn decode<'a>(&mut self, text: &'a str) -> Cow<'a, str> {
        decode(text, Some(self))
    }
}

fn decode<'a>(text: &'a str, mut references: Option<&mut References>) -> Cow<'a, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut pieces = text.split('&');
    let mut decoded = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        // A bare ampersand, as in an address, is one.
        let name = piece
            .split_once(';')
            .filter(|(name, _)| !name.is_empty() && name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"#._-".contains(&byte)));
        match name {
            Some((name, rest)) => {
                match references.as_deref_mut() {
                    Some(references) => decoded.push_str(&references.resolve(name)),
                    None => decoded.push_str(&standard(name).unwrap_or_else(|| format!("&{name};").into())),
                }
                decoded.push_str(rest);
            }
            None => {
                decoded.push('&');
                decoded.push_str(piece);
            }
        }
    }
    Cow::Owned(decoded)
}

/// Names of XML itself, which nobody may give another meaning.
fn is_markup(name: &str) -> bool {
    matches!(name, "%" | "amp" | "lt" | "gt" | "quot" | "apos")
}

/// A number, or a name of HTML. Numbers of control characters are those of Windows-1252, as browsers have it.
fn standard(name: &str) -> Option<Cow<'static, str>> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
            None => number.parse().ok()?,
        };
        let replaced = code.checked_sub(0x80).and_then(|at| C1_REPLACEMENTS.get(usize::try_from(at).ok()?).copied().flatten());
        let character = replaced.or_else(|| char::from_u32(code).filter(|c| *c != '\0')).unwrap_or('\u{fffd}');
        return Some(Cow::Owned(character.to_string()));
    }
    match name {
        "amp" => return Some("&".into()),
        "lt" => return Some("<".into()),
        "gt" => return Some(">".into()),
        "quot" => return Some("\"".into()),
        "apos" => return Some("'".into()),
        _ => {}
    }
    let (first, second) = NAMED_ENTITIES.get(&format!("{name};")).copied().filter(|(first, _)| *first != 0)?;
    let characters: String = [first, second].into_iter().filter(|code| *code != 0).filter_map(char::from_u32).collect();
    Some(Cow::Owned(characters))
}
