//! The site's feeds, as a sign that something moved and as what is left when the search API fails.
//!
//! Two families name their entries differently: an organisation's feed by the page and the time of the update
//! (`https://www.gov.uk/…#2024-05-01T09:30:00Z`), with the type before the title ("Policy paper: …"); a finder's feed by a tag
//! (`tag:www.gov.uk,2005:/…`) that stays. Both lead to the page, and its path is what counts.

use pulse_model::{LinkRole, Record, RecordLink};
use url::Url;

use super::content::path_on;
use super::search::Hit;
use crate::dates;
use crate::error::HarvestError;
use crate::feed::{self, Entry, Text};

/// What a feed says.
#[derive(Debug)]
pub(super) struct Entries {
    pub(super) title: Option<String>,
    pub(super) hits: Vec<Hit>,
}

/// Reads a feed that was found at `url`. An entry that leads nowhere is left out: the search has it.
pub(super) fn read(bytes: &[u8], url: &Url, origin: &Url) -> Result<Entries, HarvestError> {
    let feed = feed::read(bytes, None, url)?;
    let title = feed.title.as_ref().map(Text::plain).filter(|title| !title.is_empty());
    Ok(Entries { title, hits: feed.entries.iter().filter_map(|entry| hit(entry, origin)).collect() })
}

fn hit(entry: &Entry, origin: &Url) -> Option<Hit> {
    let tagged = || entry.id.as_ref()?.strip_prefix("tag:")?.split_once(':').and_then(|(_, path)| origin.join(path).ok());
    let of_web = |address: &String| address.parse::<Url>().ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let mut url = entry.link.as_ref().and_then(of_web).or_else(tagged).or_else(|| entry.id.as_ref().and_then(of_web))?;
    url.set_fragment(None);
    let document_type = entry.categories.iter().find(|name| !name.is_empty()).cloned();
    let path = path_on(origin, &url);
    let date = |text: &Option<String>| text.as_deref().and_then(dates::parse);
    let record = Record {
        key: path.clone().unwrap_or_else(|| url.to_string()),
        title: without_type(&entry.title.as_ref().map(Text::plain).unwrap_or_default(), document_type.as_deref()),
        links: vec![RecordLink { url, role: LinkRole::Page, title: String::new(), media_type: None }],
        published_at: date(&entry.published),
        updated_at: date(&entry.updated),
        document_type,
        summary: entry.summary.as_ref().map(Text::plain).unwrap_or_default(),
        ..Record::default()
    };
    Some(Hit { path, record })
}

/// A title without the type that stands before it, when the entry says that this is its type: "Life: the report" stays whole.
fn without_type(title: &str, document_type: Option<&str>) -> String {
    let rest = document_type.and_then(|name| {
        let rest = title.get(name.len()..).filter(|_| title.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))?;
        rest.strip_prefix(':').map(str::trim_start).filter(|rest| !rest.is_empty())
    });
    rest.unwrap_or(title).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One entry of each family, and one that leads nowhere, of a fictional office.
    const FEED: &str = r#"<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Office for Fiction</title>
        <entry><id>https://www.gov.uk/government/publications/a-plan#2024-05-01T09:30:00Z</id><updated>2024-05-01T09:30:00Z</updated>
            <link rel="alternate" type="text/html" href="https://www.gov.uk/government/publications/a-plan"/>
            <title>Policy paper: A plan: &amp; more</title><category label="Policy paper" term="policy_paper"/><summary>About it.</summary></entry>
        <entry><id>tag:www.gov.uk,2024-05-01:/government/statistics/numbers</id><updated>2024-05-02T09:30:00+01:00</updated><title>Numbers</title></entry>
        <entry><id>17</id><title>Nowhere</title></entry></feed>"#;

    #[test]
    fn both_families_lead_to_paths() {
        let origin: Url = "https://www.gov.uk/".parse().unwrap();
        let read = read(FEED.as_bytes(), &origin, &origin).unwrap();
        let paths: Vec<_> = read.hits.iter().map(|hit| hit.path.as_deref().unwrap()).collect();
        assert_eq!(paths, ["/government/publications/a-plan", "/government/statistics/numbers"]);
        assert_eq!((read.hits[0].record.title.as_str(), read.hits[0].record.document_type.as_deref()), ("A plan: & more", Some("Policy paper")));
        assert_eq!(read.hits[1].record.updated_at, Some(1_714_638_600_000));
        assert!(super::read(b"<html><p>Not found", &origin, &origin).is_err());
    }

    #[test]
    fn only_a_type_is_taken_from_a_title() {
        assert_eq!(without_type("Policy paper: A plan: part 2", Some("Policy paper")), "A plan: part 2");
        assert_eq!(without_type("Life: the report", Some("Policy paper")), "Life: the report");
        assert_eq!(without_type("Research: a review", None), "Research: a review");
        assert_eq!(without_type("Guidance:", Some("Guidance")), "Guidance:");
    }
}
