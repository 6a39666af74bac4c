//! What is looked at when a work is judged, whether it comes from a source or from an archive.

use pulse_model::document::Content;
use pulse_model::{Document, Entry, Publication};

/// A work to be filed, ranked and compared. Texts are plain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// Its title.
    pub title: String,
    /// By their names in the register, where it knows them.
    pub publishers: Vec<String>,
    /// What it says of itself, or what is said of it: a summary, an abstract, the beginning of its text.
    pub text: String,
    /// Its source's own word for what it is.
    pub document_type: Option<String>,
    /// The names of the sources that told of it.
    pub sources: Vec<String>,
    /// Where it is: the page readers are sent to first.
    pub links: Vec<String>,
    /// When it came out, in Unix milliseconds, UTC.
    pub published_at: Option<i64>,
}

impl Subject {
    /// What an old edition says of a work. `came_out_at` is the edition's own time: nobody wrote down the work's.
    pub fn of_entry(entry: &Entry, came_out_at: Option<i64>) -> Self {
        Self {
            title: entry.title.clone(),
            publishers: entry.publishers.clone(),
            text: entry.summary.plain(),
            links: entry.links.iter().map(|link| link.url.as_str().to_owned()).collect(),
            published_at: came_out_at,
            ..Self::default()
        }
    }

    /// What is known of a publication, and the beginning of its text.
    pub fn of_publication(publication: &Publication, sources: &[String], beginning: &str) -> Self {
        let text = [publication.summary.as_str(), beginning].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
        Self {
            title: publication.title.clone(),
            publishers: publication.publishers.clone(),
            text,
            document_type: publication.document_type.clone(),
            sources: sources.to_vec(),
            links: publication.link.clone().into_iter().collect(),
            published_at: publication.published_at,
        }
    }
}

/// The most characters of a beginning: as much as an abstract or an executive summary's first paragraphs.
const MAX_BEGINNING_CHARS: usize = 2_000;

/// The first running words of a document, without headings, tables and what is said of pictures.
pub fn beginning(document: &Document) -> String {
    let is_running = |content: &Content| matches!(content, Content::Paragraph { .. } | Content::List { .. } | Content::Quote { .. });
    let mut text = String::new();
    let mut left = MAX_BEGINNING_CHARS;
    for line in document.blocks().iter().filter(|block| is_running(&block.content)).flat_map(|block| block.content.lines()) {
        if left == 0 {
            break;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        let part: String = line.chars().take(left).collect();
        left -= part.chars().count();
        text.push_str(&part);
    }
    text
}
