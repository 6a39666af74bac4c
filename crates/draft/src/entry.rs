//! The entry: heading from fields, description, then led-in lists; and what a person should know of how it came about.

use pulse_model::block::{Block, List};
use pulse_model::draft::{Point, PointKind};
use pulse_model::{Blocks, Draft, Entry, Href, Item, Link, Publication, Sourced, Text};

use crate::extract::Extract;
use crate::findings::{Findings, findings};
use crate::reading::Reading;
use crate::recommendations::{recommendations, says_something};
use crate::sections::{Section, sections};
use crate::{Wishes, description, points};

/// A document with more numbers than this among its words is called full of them.
const MOST_NUMBERS_PER_100_WORDS: usize = 40;

pub(crate) fn draft(publication: &Publication, documents: &[Sourced<'_>], wishes: &Wishes) -> Draft {
    let mut entry = Entry::titled(publication.publishers.iter().cloned(), publication.title.clone());
    entry.links = links(publication, documents);
    let mut notes = notes(documents, wishes);
    let reading = Reading::new(documents, |sourced| is_readable(sourced, publication, wishes));
    let sections = sections(&reading.lines);
    let said = described(publication, &reading, &sections, wishes, &mut notes);
    let quotes: Vec<&str> = said.passages.iter().map(|passage| passage.quote.as_str()).collect();
    let Findings { points: found, are_chosen } = findings(&reading, &sections, &publication.title, &quotes, wishes.findings);
    let advice: Vec<_> = recommendations(&reading.lines, &sections).into_iter().filter(says_something).collect();
    let has_lines = !reading.lines.is_empty();
    if has_lines && found.is_empty() {
        notes.push("no findings were found".to_owned());
    } else if has_lines && are_chosen {
        notes.push("no section of findings was found: the findings are sentences chosen from the whole text".to_owned());
    }
    note_rest(found.len(), wishes.findings, "findings", &mut notes);
    note_rest(advice.len(), wishes.recommendations, "recommendations", &mut notes);
    let taken = |extracts: Vec<Extract<'_>>, most: usize, kind: PointKind| {
        let within: Vec<_> = extracts.iter().take(most).map(|extract| extract.within(wishes.longest_point)).collect();
        points(&within, kind, &reading)
    };
    let found = taken(found, wishes.findings, PointKind::Finding);
    let advice = taken(advice, wishes.recommendations, PointKind::Recommendation);
    let mut blocks = Vec::new();
    let mut all = Vec::new();
    if !said.text.is_empty() {
        blocks.push(Block::paragraph(said.text.clone()));
        all.push(said);
    }
    for (lead, kind, points) in [(&wishes.findings_lead, PointKind::Finding, found), (&wishes.recommendations_lead, PointKind::Recommendation, advice)] {
        let points: Vec<Point> = points.into_iter().filter(|point| !point.text.is_empty()).collect();
        if points.is_empty() {
            continue;
        }
        let lead = Text::from_plain(lead);
        if !lead.is_empty() {
            all.push(Point { kind, text: lead.clone(), passages: Vec::new(), untraced: Vec::new() });
            blocks.push(Block::paragraph(lead));
        }
        blocks.push(Block::List(List { ordered: false, items: points.iter().map(|point| Item::new(point.text.clone())).collect() }));
        all.extend(points);
    }
    entry.summary = Blocks::new(blocks);
    entry.figures = entry.summary.texts().iter().flat_map(|(_, text)| pulse_model::figure::find(&text.plain())).collect();
    Draft { entry, points: all, notes }
}

/// The page first, then the files, each by its title.
fn links(publication: &Publication, documents: &[Sourced<'_>]) -> Vec<Link> {
    let page = publication.link.iter().map(|link| (link.as_str(), String::new()));
    let files = documents.iter().map(|sourced| (sourced.address, sourced.document.metadata.title.clone()));
    let mut links: Vec<Link> = Vec::new();
    for (address, text) in page.chain(files) {
        let Ok(url) = Href::parse(address) else { continue };
        if links.iter().all(|link| link.url != url) {
            links.push(Link { url, text: if links.is_empty() { String::new() } else { text } });
        }
    }
    links
}

/// The description as a point; where the documents have none, the few words of the publication's source or of its page.
fn described(publication: &Publication, reading: &Reading<'_>, sections: &[Section], wishes: &Wishes, notes: &mut Vec<String>) -> Point {
    let is_ours = publication.language.as_deref().is_none_or(|language| same_language(language, &wishes.language));
    let source = Some(publication.summary.as_str()).filter(|_| is_ours).into_iter();
    let few_words = source.chain(reading.descriptions()).map(Text::from_plain).find(|text| !text.is_empty());
    let extracts = description::description(&reading.lines, sections, few_words.is_none());
    if !extracts.is_empty() {
        let whole = Extract { parts: extracts.into_iter().flat_map(|extract| extract.parts).collect() };
        return whole.point(PointKind::Description, reading);
    }
    notes.push(match few_words {
        None => "no description was found".to_owned(),
        Some(_) => "the description is the source's own few words, not from the text of the documents".to_owned(),
    });
    Point { kind: PointKind::Description, text: few_words.unwrap_or_default(), passages: Vec::new(), untraced: Vec::new() }
}

/// What documents are left out of the draft, and why.
fn notes(documents: &[Sourced<'_>], wishes: &Wishes) -> Vec<String> {
    let mut notes = Vec::new();
    if documents.is_empty() {
        notes.push("there is no document to draft from".to_owned());
    }
    for Sourced { address, document } in documents {
        let language = &document.metadata.language;
        let text = document.text();
        let words = text.split_whitespace().count();
        let numbers = text.split_whitespace().filter(|word| word.starts_with(|c: char| c.is_ascii_digit())).count();
        let is_table = |block: &pulse_model::document::Block| matches!(block.content, pulse_model::document::Content::Table { .. });
        if words == 0 {
            notes.push(format!("no text could be read in {address}"));
        } else if !language.is_empty() && !same_language(language, &wishes.language) {
            notes.push(format!("{address} is in another language ({language}): nothing was taken from it"));
        } else if document.blocks().iter().all(is_table) {
            notes.push(format!("{address} holds tables alone: nothing was taken from it"));
        } else if numbers * 100 > words * MOST_NUMBERS_PER_100_WORDS {
            notes.push(format!("{address} is mostly numbers: a person should look at it"));
        }
    }
    notes
}

/// Whether a document may be drafted from: it is in the digest's language, as far as anybody says.
fn is_readable(sourced: &Sourced<'_>, publication: &Publication, wishes: &Wishes) -> bool {
    let own = &sourced.document.metadata.language;
    let language = if own.is_empty() { publication.language.as_deref().unwrap_or_default() } else { own };
    language.is_empty() || same_language(language, &wishes.language)
}

/// Whether two tags name one language, wherever it is spoken.
fn same_language(a: &str, b: &str) -> bool {
    let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_lowercase();
    primary(a) == primary(b)
}

fn note_rest(found: usize, wanted: usize, what: &str, notes: &mut Vec<String>) {
    if found > wanted {
        notes.push(format!("{found} {what} were found; the first {wanted} are here"));
    }
}
