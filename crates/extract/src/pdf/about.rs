//! What a PDF says of itself: title, authors, dates, language, outline.

use std::collections::HashMap;

use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::{Array, DateTime, Dict, ObjRef, Object, ObjectIdentifier, String as Text};
use jiff::civil;
use jiff::tz::Offset;
use pulse_model::document::{Form, Metadata, OutlineItem};

/// More lines than any outline has; one that goes in circles ends here.
const MOST_LINES: usize = 10_000;
/// Deeper than any outline goes.
const DEEPEST: u8 = 12;

/// What stands in the file's own record, without a title that a program made up.
pub(super) fn metadata(pdf: &Pdf) -> Metadata {
    let about = pdf.metadata();
    let text = |bytes: &Option<Vec<u8>>| bytes.as_deref().map(decoded).unwrap_or_default();
    let catalog: Option<Dict<'_>> = pdf.xref().get(pdf.xref().root_id());
    let language = catalog.as_ref().and_then(|catalog| catalog.get::<Text<'_>>("Lang")).map(|language| decoded(language.as_bytes())).unwrap_or_default();
    let title = Some(text(&about.title)).filter(|title| is_title(title)).unwrap_or_default();
    let authors = text(&about.author).split([';', '|']).map(str::trim).filter(|name| name.len() > 1 && !is_account(name)).map(str::to_owned).collect();
    let outline = catalog.map(|catalog| outline(pdf, &catalog)).unwrap_or_default();
    Metadata {
        form: Form::Pdf,
        title,
        authors,
        published_at: about.creation_date.as_ref().and_then(moment),
        updated_at: about.modification_date.as_ref().and_then(moment),
        language: if is_tag(&language) { language } else { String::new() },
        description: text(&about.subject),
        outline,
        ..Metadata::default()
    }
}

/// A title, and not the name of a file or of the program that made it.
fn is_title(title: &str) -> bool {
    let lower = title.to_lowercase();
    let is_file = [".doc", ".docx", ".pdf", ".indd", ".qxd", ".ppt", ".pptx", ".xls", ".xlsx", ".rtf"].iter().any(|ending| lower.ends_with(ending));
    let is_made_up = ["microsoft word", "untitled", "powerpoint presentation", "document", "slide 1", "title"].iter().any(|start| lower == *start)
        || lower.starts_with("microsoft word - ");
    title.chars().filter(|letter| letter.is_alphabetic()).count() > 2 && !is_file && !is_made_up && (title.contains(' ') || !title.contains(['_', '/', '\\']))
}

/// The name of an account and not of a person: "jsmith2", "Administrator".
fn is_account(name: &str) -> bool {
    let is_known = ["administrator", "admin", "anonymous", "unknown", "user", "owner", "author"].contains(&name.to_lowercase().as_str());
    is_known || (!name.contains(' ') && name.chars().any(|letter| letter.is_ascii_digit()))
}

fn is_tag(text: &str) -> bool {
    (2..=35).contains(&text.len()) && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
}

/// A string outside the text: UTF-16 or UTF-8 where it says so, else the format's own Latin.
fn decoded(bytes: &[u8]) -> String {
    let text = match bytes {
        [0xfe, 0xff, rest @ ..] => encoding_rs::UTF_16BE.decode_without_bom_handling(rest).0.into_owned(),
        [0xff, 0xfe, rest @ ..] => encoding_rs::UTF_16LE.decode_without_bom_handling(rest).0.into_owned(),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        latin => latin.iter().map(|byte| own_latin(*byte)).collect(),
    };
    text.split(|letter: char| letter.is_whitespace() || letter.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// PDFDocEncoding (ISO 32000-1, annex D): Latin-1 but for these.
fn own_latin(byte: u8) -> char {
    const OWN: [char; 33] = [
        '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™', 'ﬁ', 'ﬂ', 'Ł', 'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š',
        'ž', ' ', '€',
    ];
    byte.checked_sub(0x80).and_then(|at| OWN.get(usize::from(at)).copied()).unwrap_or(char::from(byte))
}

fn moment(date: &DateTime) -> Option<i64> {
    let part = |number: u8| i8::try_from(number).ok();
    let (month, day) = (part(date.month.max(1))?, part(date.day.max(1))?);
    let local = civil::DateTime::new(i16::try_from(date.year).ok()?, month, day, part(date.hour)?, part(date.minute)?, part(date.second)?.min(59), 0).ok()?;
    let seconds = i32::from(date.utc_offset_hour) * 3600 + i32::from(date.utc_offset_hour.signum()) * i32::from(date.utc_offset_minute) * 60;
    let offset = Offset::from_seconds(seconds).ok()?;
    offset.to_timestamp(local).ok().map(jiff::Timestamp::as_millisecond)
}

/// The bookmarks with the pages they lead to.
fn outline(pdf: &Pdf, catalog: &Dict<'_>) -> Vec<OutlineItem> {
    let pages: HashMap<ObjectIdentifier, u32> = (1..).zip(pdf.pages().iter()).filter_map(|(number, page)| Some((page.raw().obj_id()?, number))).collect();
    let mut items = Vec::new();
    let mut seen = 0;
    // What is to be read, with its level; the last comes first.
    let mut waiting: Vec<(Dict<'_>, u8)> = catalog.get::<Dict<'_>>("Outlines").and_then(|root| root.get("First")).map(|first| (first, 1)).into_iter().collect();
    while let Some((item, level)) = waiting.pop() {
        seen += 1;
        if seen > MOST_LINES {
            break;
        }
        let title = item.get::<Text<'_>>("Title").map(|title| decoded(title.as_bytes())).unwrap_or_default();
        if !title.is_empty() {
            items.push(OutlineItem { level, title, page: page(&item, catalog, &pages) });
        }
        waiting.extend(item.get("Next").map(|next| (next, level)));
        if level < DEEPEST {
            waiting.extend(item.get("First").map(|first| (first, level + 1)));
        }
    }
    items
}

fn page(item: &Dict<'_>, catalog: &Dict<'_>, pages: &HashMap<ObjectIdentifier, u32>) -> Option<u32> {
    let destination = item.get::<Object<'_>>("Dest").or_else(|| item.get::<Dict<'_>>("A")?.get("D"))?;
    let array = match destination {
        Object::Array(array) => array,
        Object::Name(name) => named(catalog, name.as_ref())?,
        Object::String(name) => named(catalog, name.as_bytes())?,
        _ => return None,
    };
    let reference: ObjRef = array.raw_iter().next()?.as_obj_ref()?;
    pages.get(&reference.into()).copied()
}

/// Where a destination's name leads: an old file's list, or a tree of names.
fn named<'a>(catalog: &Dict<'a>, name: &[u8]) -> Option<Array<'a>> {
    let array = |object: Object<'a>| match object {
        Object::Array(array) => Some(array),
        Object::Dict(dict) => dict.get("D"),
        _ => None,
    };
    if let Some(found) = catalog.get::<Dict<'a>>("Dests").and_then(|names| names.get::<Object<'a>>(name)) {
        return array(found);
    }
    let mut waiting: Vec<Dict<'a>> = catalog.get::<Dict<'a>>("Names").and_then(|names| names.get("Dests")).into_iter().collect();
    let mut seen = 0;
    while let Some(node) = waiting.pop() {
        seen += 1;
        if seen > MOST_LINES {
            return None;
        }
        if let Some(limits) = node.get::<Array<'a>>("Limits") {
            let mut limits = limits.iter::<Text<'a>>();
            if let (Some(first), Some(last)) = (limits.next(), limits.next())
                && (name < first.as_bytes() || name > last.as_bytes())
            {
                continue;
            }
        }
        if let Some(names) = node.get::<Array<'a>>("Names") {
            let all: Vec<Object<'a>> = names.iter::<Object<'a>>().collect();
            let found = all.chunks_exact(2).find(|pair| matches!(pair.first(), Some(Object::String(key)) if key.as_bytes() == name));
            if let Some([_, place]) = found {
                return array(place.clone());
            }
        }
        if let Some(kids) = node.get::<Array<'a>>("Kids") {
            waiting.extend(kids.iter::<Dict<'a>>());
        }
    }
    None
}
