//! Publications to be looked at: finding one, and the text of its documents for people.
//!
//! Not here: how publications come in ([`crate::harvest`]).

use pulse_model::Document;
use pulse_model::document::{Content, ListItem};
use pulse_model::{Identifier, LinkRole, Record, RecordLink};
use pulse_store::{PublicationId, Store, StoredPublication};
use pulse_triage::identity;
use url::Url;

use crate::error::JobError;

/// The publication with this id, or the one that an address leads to, however it is written.
///
/// # Errors
/// What the database says.
pub async fn find(store: &Store, id_or_address: &str) -> Result<Option<StoredPublication>, JobError> {
    if let Ok(id) = id_or_address.parse::<PublicationId>() {
        return Ok(store.publication(id).await?);
    }
    let identifiers = identified(id_or_address);
    let known = store.known_publications(&identifiers).await?;
    match identifiers.iter().find_map(|identifier| known.get(&identifier.to_string())) {
        Some(known) => Ok(store.publication(known.id).await?),
        None => Ok(None),
    }
}

/// What an address identifies; nothing where it is none.
pub(crate) fn identified(address: &str) -> Vec<Identifier> {
    let Ok(url) = address.parse::<Url>() else { return Vec::new() };
    let link = RecordLink { url, role: LinkRole::Page, title: String::new(), media_type: None };
    identity::identifiers(&Record { links: vec![link], ..Record::default() })
}

/// A document's text as Markdown (CommonMark, with the tables of GitHub's).
///
/// ```
/// use pulse_model::document::{Content, Document, Metadata};
/// let blocks = [
///     Content::Heading { level: 2, text: "Waiting".into() },
///     Content::Table { caption: String::new(), header_rows: 1, rows: vec![vec!["Year".into(), "Weeks".into()], vec!["2026".into(), "6*".into()]] },
/// ];
/// let document = Document::new(Metadata::default(), blocks.map(|block| (None, block)), None, Vec::new());
/// assert_eq!(pulse_jobs::publications::markdown(&document), "## Waiting\n\n| Year | Weeks |\n|---|---|\n| 2026 | 6\\* |\n");
/// ```
pub fn markdown(document: &Document) -> String {
    let blocks: Vec<String> = document.blocks().iter().map(|block| of_block(&block.content)).collect();
    if blocks.is_empty() { String::new() } else { blocks.join("\n\n") + "\n" }
}

fn of_block(content: &Content) -> String {
    match content {
        Content::Heading { level, text } => format!("{} {}", "#".repeat(usize::from(*level)), plain(text)),
        Content::Paragraph { text } => start(&plain(text)),
        Content::Quote { text } => format!("> {}", start(&plain(text))),
        Content::Figure { caption } => format!("*{}*", plain(caption)),
        Content::Footnote { mark, text } => format!("[{}] {}", plain(mark), plain(text)),
        Content::List { ordered, items } => list(*ordered, items),
        Content::Table { caption, header_rows, rows } => table(caption, *header_rows, rows),
    }
}

fn list(ordered: bool, items: &[ListItem]) -> String {
    let mark = if ordered { "1." } else { "-" };
    let lines = items.iter().map(|item| format!("{}{mark} {}", "   ".repeat(usize::from(item.depth)), start(&plain(&item.text))));
    lines.collect::<Vec<_>>().join("\n")
}

fn table(caption: &str, header_rows: usize, rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let line = |cells: &[String]| {
        let cells = (0..columns).map(|at| cells.get(at).map(|cell| plain(cell).replace('|', "\\|")).unwrap_or_default());
        format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
    };
    // A table of Markdown has one row of heads; one that has none gets an empty one.
    let (head, body) = if header_rows == 0 { (&[][..], rows) } else { (rows.first().map_or(&[][..], Vec::as_slice), rows.get(1..).unwrap_or_default()) };
    let mut lines = if caption.is_empty() { Vec::new() } else { vec![format!("*{}*", plain(caption)), String::new()] };
    lines.extend([line(head), format!("|{}", "---|".repeat(columns))]);
    lines.extend(body.iter().map(|row| line(row)));
    lines.join("\n")
}

/// Words that Markdown leaves as they are.
fn plain(text: &str) -> String {
    let escape = |c: char| if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>') { vec!['\\', c] } else { vec![c] };
    text.chars().flat_map(escape).collect()
}

/// A line that does not begin as a heading, a list or a rule would.
fn start(text: &str) -> String {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let after = text.get(digits..).unwrap_or_default();
    if text.starts_with(['#', '-', '+', '=', '~', '|']) {
        format!("\\{text}")
    } else if digits > 0 && after.starts_with(['.', ')']) {
        format!("{}\\{after}", text.get(..digits).unwrap_or_default())
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_words() {
        assert_eq!(start(&plain("# 1 of *2*")), "\\# 1 of \\*2\\*");
        assert_eq!([start("2026. A year"), start("2026 was"), start("- 4 %")], ["2026\\. A year", "2026 was", "\\- 4 %"]);
        let items = [ListItem { depth: 0, text: "One".into() }, ListItem { depth: 1, text: "Two".into() }];
        assert_eq!(list(true, &items), "1. One\n   1. Two");
        assert_eq!(table("T", 0, &[vec!["a|b".into()]]), "*T*\n\n|  |\n|---|\n| a\\|b |");
    }
}
