//! Digital object identifiers, as people write them and as addresses hold them.

use url::Url;

/// An identifier in lower case, without a resolver and the punctuation of the sentence around it; `None` where it is none.
///
/// ```
/// # use pulse_model::doi::normal;
/// assert_eq!(normal("https://doi.org/10.1000/XYZ.12).").as_deref(), Some("10.1000/xyz.12"));
/// assert_eq!(normal("10.1016/S0140-6736(20)30183-5").as_deref(), Some("10.1016/s0140-6736(20)30183-5"));
/// ```
pub fn normal(text: &str) -> Option<String> {
    let mut rest = text.trim();
    if let Ok(url) = rest.parse::<Url>()
        && matches!(url.scheme(), "http" | "https")
    {
        return of_url(&url);
    }
    // "doi:10.1000/1", "urn:doi:…", "info:doi/…", "DOI 10.1000/1"
    if let Some(at) = rest.find("10.").filter(|at| rest[..*at].to_ascii_lowercase().contains("doi")) {
        rest = &rest[at..];
    }
    clean(rest)
}

/// The identifier an address leads to: that of a resolver, or one a publisher puts into its paths (`/doi/full/10.1000/1`).
pub fn of_url(url: &Url) -> Option<String> {
    if is_resolver(url) {
        return clean(decoded(url.path()).trim_start_matches('/'));
    }
    let path = decoded(url.path());
    let parts: Vec<&str> = path.split('/').collect();
    let is_prefix = |part: &&str| part.strip_prefix("10.").is_some_and(|rest| rest.len() >= 4 && rest.bytes().all(|byte| byte.is_ascii_digit()));
    let at = parts.iter().position(is_prefix)?;
    let before = at.checked_sub(1).and_then(|before| parts.get(before))?;
    if !["doi", "full", "abs", "pdf", "epdf", "epub", "pdfplus", "suppl", "article", "articles", "chapter", "book", "abstract"].contains(before) {
        return None;
    }
    let mut name: Vec<&str> = parts.get(at..)?.to_vec();
    while let Some("" | "full" | "pdf" | "abstract" | "fulltext" | "fulltext.html" | "epub" | "meta" | "summary") = name.last().copied() {
        name.pop();
    }
    clean(name.join("/").trim_end_matches(".pdf").trim_end_matches(".full"))
}

/// Whether an address is that of a resolver, and so leads to the work and not to a page of its publisher's choice.
pub fn is_resolver(url: &Url) -> bool {
    url.host_str().is_some_and(|host| matches!(host.trim_start_matches("www."), "doi.org" | "dx.doi.org"))
}

fn clean(text: &str) -> Option<String> {
    let mut text = text.trim();
    loop {
        let shorter = text.trim_end_matches(['.', ',', ';', ':', '"', '\'', '>', '}', '\u{2019}', '\u{201d}', '/']);
        let shorter = [('(', ')'), ('[', ']')].into_iter().fold(shorter, |text, (open, close)| {
            let is_closed_once_too_often = text.ends_with(close) && text.matches(close).count() > text.matches(open).count();
            if is_closed_once_too_often { &text[..text.len() - close.len_utf8()] } else { text }
        });
        if shorter.len() == text.len() {
            break;
        }
        text = shorter;
    }
    let lower = text.to_lowercase();
    is_one(&lower).then_some(lower)
}

/// `10.REGISTRANT/SUFFIX`: numbers with points between them, the first of 4 to 9 digits; no white space (DOI Handbook, 3.2).
fn is_one(text: &str) -> bool {
    let Some((registrant, suffix)) = text.strip_prefix("10.").and_then(|rest| rest.split_once('/')) else { return false };
    let mut numbers = registrant.split('.');
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_registrant = numbers.next().is_some_and(|first| (4..=9).contains(&first.len()) && is_number(first)) && numbers.all(is_number);
    is_registrant && !suffix.is_empty() && !suffix.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// A path with its percent-encoding undone; as it is, where that would be no text.
fn decoded(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = |offset: usize| bytes.get(at + offset).and_then(|digit| char::from(*digit).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (byte, hex(1), hex(2)) {
            out.push((high * 16 + low) as u8);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| path.to_owned())
}
