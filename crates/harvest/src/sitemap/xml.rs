//! The entries of a sitemap file, one after the other, as they come in.

use std::io::{BufRead, Read};

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

use crate::dates;

/// What a file names.
pub(super) enum Item {
    /// A page of the site.
    Page(Entry),
    /// A further sitemap.
    File(Entry),
}

/// What a file says of a page or of a further sitemap, as it says it.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub(super) address: String,
    pub(super) changed: Option<String>,
    pub(super) title: String,
    pub(super) published: Option<String>,
    pub(super) publication: String,
    pub(super) language: String,
}

/// How reading ended.
#[derive(Debug, Default)]
pub(super) struct End {
    /// Whether it was a sitemap at all.
    pub(super) is_sitemap: bool,
    /// Where it broke off, when it did.
    pub(super) broken: Option<String>,
}

/// No text of an entry is longer.
const LONGEST_TEXT: usize = 4096;
/// No element of a sitemap stands deeper.
const DEEPEST: usize = 32;

/// Reads a file, XML or a list of addresses, to its end or to where it breaks.
pub(super) fn read(mut input: &mut dyn BufRead, mut take: impl FnMut(Item)) -> End {
    let is_plain = match input.fill_buf() {
        Ok(head) => {
            let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
            let head = head.trim_ascii_start();
            head.starts_with(b"http://") || head.starts_with(b"https://")
        }
        Err(error) => return End { is_sitemap: false, broken: Some(error.to_string()) },
    };
    if is_plain {
        return lines(input, take);
    }
    let mut end = End::default();
    let mut reader = Reader::from_reader(&mut input);
    reader.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let mut entry = Entry::default();
    let mut text = String::new();
    loop {
        buffer.clear();
        let event = match reader.read_event_into(&mut buffer) {
            Ok(event) => event,
            Err(error) => {
                end.broken = Some(error.to_string());
                return end;
            }
        };
        match event {
            Event::Start(start) => {
                let name = start.local_name().as_ref().to_owned();
                if path.is_empty() {
                    if !matches!(name.as_str(), "urlset" | "sitemapindex") {
                        return end;
                    }
                    end.is_sitemap = true;
                }
                if path.len() >= DEEPEST {
                    end.broken = Some("elements within elements without end".to_owned());
                    return end;
                }
                path.push(name);
                text.clear();
            }
            Event::Empty(start) if path.is_empty() => {
                end.is_sitemap = matches!(start.local_name().as_ref(), "urlset" | "sitemapindex");
                return end;
            }
            Event::End(_) => {
                let words = std::mem::take(&mut text);
                let names: Vec<&str> = path.iter().map(String::as_str).collect();
                match names.as_slice() {
                    [_, "url" | "sitemap", "loc"] => entry.address = words,
                    [_, "url" | "sitemap", "lastmod"] => entry.changed = Some(words),
                    [_, "url", "news", "title"] => entry.title = words,
                    [_, "url", "news", "publication_date"] => entry.published = Some(words),
                    [_, "url", "news", "publication", "name"] => entry.publication = words,
                    [_, "url", "news", "publication", "language"] => entry.language = words.trim().to_owned(),
                    [_, "url"] => take(Item::Page(std::mem::take(&mut entry))),
                    [_, "sitemap"] => take(Item::File(std::mem::take(&mut entry))),
                    [_] => return end,
                    _ => {}
                }
                path.pop();
            }
            Event::Text(words) => push(&mut text, &words.into_inner()),
            Event::CData(words) => push(&mut text, &words.into_inner()),
            Event::GeneralRef(reference) => {
                // Only what needs no definition: a bomb of entities stays what it is.
                let resolved = match reference.resolve_char_ref() {
                    Ok(Some(c)) => Some(c.to_string()),
                    _ => resolve_predefined_entity(&reference.into_inner()).map(str::to_owned),
                };
                push(&mut text, &resolved.unwrap_or_default());
            }
            Event::Eof => {
                end.broken = (!path.is_empty()).then(|| "the file ends in the middle".to_owned());
                return end;
            }
            _ => {}
        }
    }
}

fn push(text: &mut String, words: &str) {
    if text.len() + words.len() <= LONGEST_TEXT {
        text.push_str(words);
    }
}

/// A list of addresses, one on a line.
fn lines(input: &mut dyn BufRead, mut take: impl FnMut(Item)) -> End {
    let mut line = Vec::new();
    loop {
        line.clear();
        let limit = LONGEST_TEXT as u64;
        match (&mut *input).take(limit).read_until(b'\n', &mut line) {
            Ok(0) => return End { is_sitemap: true, broken: None },
            Ok(_) => {
                let text = String::from_utf8_lossy(&line);
                let address = text.trim_start_matches('\u{feff}').trim();
                if address.starts_with("http") {
                    take(Item::Page(Entry { address: address.to_owned(), ..Entry::default() }));
                }
            }
            Err(error) => return End { is_sitemap: true, broken: Some(error.to_string()) },
        }
    }
}

/// The last millisecond that a date can mean: `2023-05` may be the end of May.
pub(super) fn last_moment(text: &str) -> Option<i64> {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    let text = text.trim();
    let span = match text.len() {
        ..=4 => 366 * DAY_MS,
        5..=7 => 31 * DAY_MS,
        8..=10 => DAY_MS,
        _ => 1,
    };
    dates::parse(text).map(|at| at.saturating_add(span - 1))
}
