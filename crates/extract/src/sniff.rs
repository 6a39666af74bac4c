//! Which form a file has: its content decides, whatever its name and its server say.

use std::io::Cursor;

use pulse_model::document::Form;

use crate::Input;

/// So much of a file tells its form.
const START: usize = 4_096;

/// The form of a file. A claim (media type, ending of the name) is asked only where the content leaves a choice: Markdown is text.
///
/// ```
/// use pulse_extract::{Input, sniff};
/// use pulse_model::document::Form;
/// let claimed = |bytes| sniff::form(&Input { bytes, url: None, media_type: Some("text/html") });
/// assert_eq!(claimed(b"%PDF-1.7\n"), Form::Pdf);
/// assert_eq!(claimed(b"{\"a\": 1}"), Form::Text);
/// ```
pub fn form(input: &Input<'_>) -> Form {
    let bytes = input.bytes;
    let start = bytes.get(..START.min(bytes.len())).unwrap_or_default();
    // Programs that read PDF look for its mark in the first kilobyte.
    if start.get(..1_024.min(start.len())).is_some_and(|start| find(start, b"%PDF-")) {
        return Form::Pdf;
    }
    if start.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        // What Word makes of a DOCX with a password; else a file of the years before 2007.
        let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        return if find(bytes, &name) { Form::Docx } else { Form::Other };
    }
    match infer::get(start).map(|kind| kind.mime_type()) {
        Some(_) if start.starts_with(b"PK") => return packed(bytes),
        Some("text/html") => return Form::Html,
        Some(kind) if !kind.starts_with("text/") && !kind.ends_with("xml") => return Form::Other,
        _ => {}
    }
    let Some(text) = decoded(start) else { return Form::Other };
    if is_html(&text) {
        return Form::Html;
    }
    let claims = |types: &[&str], endings: &[&str]| {
        let media_type = input.media_type.and_then(|claim| claim.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase();
        let path = input.url.map(|url| url.path().to_ascii_lowercase()).unwrap_or_default();
        types.contains(&media_type.as_str()) || endings.iter().any(|ending| path.ends_with(ending))
    };
    if claims(&["text/markdown", "text/x-markdown"], &[".md", ".markdown"]) {
        return Form::Markdown;
    }
    // A part of a page, as feeds and APIs hold it: tags, and the claim that they are HTML.
    if claims(&["text/html", "application/xhtml+xml"], &[]) && text.contains("</") && text.contains('<') {
        return Form::Html;
    }
    if text.trim().is_empty() && !bytes.is_empty() { Form::Other } else { Form::Text }
}

fn find(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// DOCX or ODT, by what is in the package.
fn packed(bytes: &[u8]) -> Form {
    let Ok(mut package) = zip::ZipArchive::new(Cursor::new(bytes)) else { return Form::Other };
    let has = |name: &str| package.index_for_name(name).is_some();
    if has("word/document.xml") {
        return Form::Docx;
    }
    if !has("content.xml") {
        return Form::Other;
    }
    let mut kind = Vec::new();
    let read = package.by_name("mimetype").ok().map(|file| std::io::Read::read_to_end(&mut std::io::Read::take(file, 200), &mut kind));
    let is_text = kind.starts_with(b"application/vnd.oasis.opendocument.text");
    if read.is_some() && is_text { Form::Odt } else { Form::Other }
}

/// The beginning as text; none where it is none.
fn decoded(start: &[u8]) -> Option<String> {
    let by_mark = encoding_rs::Encoding::for_bom(start).map(|(encoding, _)| encoding.decode(start).0.into_owned());
    if let Some(text) = by_mark {
        return Some(text);
    }
    let odd = start.iter().filter(|byte| **byte < 9 || (14..32).contains(*byte) && **byte != 27).count();
    // UTF-16 without a mark: every other byte of Latin text is nought.
    let noughts = |from: usize| start.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count() * 5 > start.len() * 2;
    match (noughts(1), noughts(0)) {
        (true, false) => return Some(encoding_rs::UTF_16LE.decode_without_bom_handling(start).0.into_owned()),
        (false, true) => return Some(encoding_rs::UTF_16BE.decode_without_bom_handling(start).0.into_owned()),
        _ => {}
    }
    (odd * 100 <= start.len()).then(|| String::from_utf8_lossy(start).into_owned())
}

/// The first tag, behind declarations and comments, is one of a page.
fn is_html(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = if rest.starts_with("<!--") {
            rest.find("-->").map(|at| at + 3)
        } else if rest.starts_with("<?") {
            rest.find('>').map(|at| at + 1)
        } else {
            break;
        };
        match end.and_then(|end| rest.get(end..)) {
            Some(behind) => rest = behind.trim_start(),
            None => return false,
        }
    }
    let lower: String = rest.chars().take(40).collect::<String>().to_ascii_lowercase();
    const TAGS: &[&str] = &[
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<title",
        "<meta",
        "<script",
        "<style",
        "<link",
        "<div",
        "<p",
        "<h1",
        "<h2",
        "<h3",
        "<table",
        "<article",
        "<section",
        "<main",
        "<nav",
        "<header",
        "<ul",
        "<ol",
        "<span",
        "<a ",
        "<br",
        "<b>",
        "<font",
        "<center",
        "<iframe",
        "<form",
        "<blockquote",
    ];
    TAGS.iter().any(|tag| {
        lower.strip_prefix(tag).is_some_and(|behind| tag.ends_with([' ', '>']) || !behind.starts_with(|letter: char| letter.is_ascii_alphanumeric()))
    })
}
