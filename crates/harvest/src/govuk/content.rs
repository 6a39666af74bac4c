//! An answer of the content API, read into a record.
//!
//! In: the JSON of one item. Out: a page with its record, or the word that it is gone or has moved. Every field may be missing or of
//! another form than the schemas say; what is there is read. Not here: asking for it.

use pulse_model::{LinkRole, Record, RecordLink};
use scraper::{Html, Selector};
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use crate::dates;

/// What the content API says is at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A page.
    Page(Box<Page>),
    /// Nothing any more.
    Gone,
    /// Another address.
    Moved {
        /// Where to, on this site or elsewhere.
        to: Option<Url>,
    },
}

/// A page of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What it says of itself; the path is its key.
    pub record: Record,
    /// The path of the publication it is a part of: an HTML attachment has one.
    pub parent: Option<String>,
    /// The paths of its HTML attachments, which are pages of the same site.
    pub children: Vec<String>,
}

/// Reads an item; `origin` is the site it came from, `path` what was asked for. The error says what it is instead.
pub fn read(bytes: &[u8], origin: &Url, path: &str) -> Result<Item, String> {
    let item: Value = serde_json::from_slice(bytes).map_err(|error| format!("no JSON: {error}"))?;
    if !item.is_object() {
        return Err("JSON, but no object".to_owned());
    }
    let schema = text(&item["schema_name"]);
    match if schema.is_empty() { text(&item["document_type"]) } else { schema }.as_str() {
        "gone" | "vanish" => return Ok(Item::Gone),
        "redirect" => return Ok(Item::Moved { to: destination(&item, origin, path) }),
        _ => {}
    }
    let path = Some(text(&item["base_path"])).filter(|path| path.starts_with('/')).unwrap_or_else(|| path.to_owned());
    let details = &item["details"];
    let files = attachments(details, origin);
    let children = files.iter().filter(|file| file.is_html).filter_map(|file| path_on(origin, &file.link.url)).filter(|child| *child != path).collect();
    let page = origin.join(&path).ok().map(|url| RecordLink { url, role: LinkRole::Page, title: String::new(), media_type: None });
    let record = Record {
        key: path.clone(),
        title: text(&item["title"]),
        links: page.into_iter().chain(files.into_iter().map(|file| file.link)).collect(),
        content_id: item["content_id"].as_str().and_then(|id| Uuid::try_parse(id).ok()),
        publishers: publishers(&item["links"]),
        authors: titles(&item["links"]["speaker"]),
        published_at: time(&item["first_published_at"]).or_else(|| time(&details["first_public_at"])),
        updated_at: time(&item["public_updated_at"]),
        edited_at: time(&item["updated_at"]),
        document_type: Some(text(&item["document_type"])).filter(|name| !name.is_empty()),
        summary: text(&item["description"]),
        body: body(details),
        change_note: change_note(details),
        language: Some(text(&item["locale"])).filter(|locale| !locale.is_empty()),
        is_withdrawn: is_withdrawn(&item["withdrawn_notice"]),
        ..Record::default()
    };
    let parent = (record.document_type.as_deref() == Some("html_publication")).then(|| parent_of(&item, &path)).flatten();
    Ok(Item::Page(Box::new(Page { record, parent, children })))
}

/// The path of an address on this site, or on GOV.UK itself where the site stands in for it.
pub(super) fn path_on(origin: &Url, url: &Url) -> Option<String> {
    let is_here = url.origin() == origin.origin() || url.host_str() == Some("www.gov.uk");
    (is_here && url.path().len() > 1 && !url.path().starts_with("/government/uploads/")).then(|| url.path().to_owned())
}

/// A moment as the APIs write it, in Unix milliseconds.
pub(super) fn time(value: &Value) -> Option<i64> {
    value.as_str().and_then(dates::parse)
}

/// A text in one line; empty for anything else.
pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The titles of a list of things; one that has none is left out.
pub(super) fn titles(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().map(|one| text(&one["title"])).filter(|title| !title.is_empty()).collect()
}

fn publishers(links: &Value) -> Vec<String> {
    let kinds = ["organisations", "primary_publishing_organisation", "lead_organisations", "worldwide_organisations"];
    kinds.iter().map(|kind| titles(&links[*kind])).find(|names| !names.is_empty()).unwrap_or_default()
}

/// A redirect may list several paths, and those below them; the one asked for counts.
fn destination(item: &Value, origin: &Url, path: &str) -> Option<Url> {
    let redirects: Vec<&Value> = item["redirects"].as_array().into_iter().flatten().collect();
    let own = redirects.iter().find(|redirect| redirect["path"].as_str() == Some(path)).or(redirects.first())?;
    origin.join(own["destination"].as_str()?).ok()
}

fn parent_of(item: &Value, path: &str) -> Option<String> {
    let named = item["links"]["parent"].as_array().into_iter().flatten().find_map(|parent| parent["base_path"].as_str());
    let above = || path.rsplit_once('/').map(|(above, _)| above).filter(|above| above.matches('/').count() >= 3);
    // A translation's name goes with its own pages alone: the publication is the one without.
    named.filter(|named| named.starts_with('/')).or_else(above).map(str::to_owned)
}

fn is_withdrawn(notice: &Value) -> bool {
    notice.as_object().is_some_and(|notice| ["withdrawn_at", "explanation"].iter().any(|key| notice.get(*key).is_some_and(|value| !text(value).is_empty())))
}

/// The newest note. Some schemas list them from the newest, some from the oldest.
fn change_note(details: &Value) -> Option<String> {
    let history = details["change_history"].as_array().into_iter().flatten();
    let newest = history.filter(|change| !text(&change["note"]).is_empty()).max_by_key(|change| time(&change["public_timestamp"]));
    let note = newest.map(|change| text(&change["note"])).unwrap_or_else(|| text(&details["change_description"]));
    Some(note).filter(|note| !note.is_empty())
}

/// The text of a page: its body, or what its schema has in the place of one, in reading order.
fn body(details: &Value) -> Option<String> {
    let mut all = String::new();
    for key in ["introductory_paragraph", "introduction", "body", "parts", "collection_groups", "more_information", "need_to_know"] {
        add(&mut all, &details[key]);
    }
    // What became of a consultation.
    for key in ["public_feedback_detail", "final_outcome_detail", "outcome_detail"] {
        add(&mut all, &details[key]);
    }
    Some(all).filter(|all| !all.trim().is_empty())
}

/// HTML as it is; parts one below the other, each under its title; of a text in several forms the HTML.
fn add(all: &mut String, value: &Value) {
    match value {
        Value::String(html) => {
            all.push_str(html);
            all.push('\n');
        }
        Value::Array(parts) => {
            let html = parts.iter().find(|part| part["content_type"] == "text/html");
            if let Some(html) = html {
                return add(all, &html["content"]);
            }
            for part in parts {
                let title = text(&part["title"]);
                if !title.is_empty() {
                    all.push_str(&format!("<h2>{}</h2>\n", title.replace('&', "&amp;").replace('<', "&lt;")));
                }
                add(all, &part["body"]);
            }
        }
        _ => {}
    }
}

struct File {
    link: RecordLink,
    is_html: bool,
}

fn attachments(details: &Value, origin: &Url) -> Vec<File> {
    let listed: Vec<File> = details["attachments"].as_array().into_iter().flatten().filter_map(|one| attachment(one, origin)).collect();
    if !listed.is_empty() {
        return listed;
    }
    // Older items have them as pieces of HTML only.
    let pieces = details["documents"].as_array().into_iter().flatten().filter_map(Value::as_str);
    pieces.filter_map(|piece| attachment_in(piece, origin)).collect()
}

fn attachment(one: &Value, origin: &Url) -> Option<File> {
    let url = origin.join(one["url"].as_str().filter(|url| !url.is_empty())?).ok()?;
    let is_html = one["attachment_type"] == "html";
    let media_type = one["content_type"].as_str().map(str::to_owned).or_else(|| is_html.then(|| "text/html".to_owned()));
    Some(File { link: RecordLink { url, role: LinkRole::File, title: text(&one["title"]), media_type }, is_html })
}

/// The file that a piece of HTML presents: its first link with words that is not for writing to somebody.
fn attachment_in(piece: &str, origin: &Url) -> Option<File> {
    let link = Selector::parse("a[href]").ok()?;
    let piece = Html::parse_fragment(piece);
    let mut found = piece.select(&link).filter_map(|link| {
        let title = link.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
        let url = origin.join(link.value().attr("href")?).ok()?;
        (!title.is_empty() && matches!(url.scheme(), "http" | "https")).then_some((url, title))
    });
    let (url, title) = found.next()?;
    let is_html = path_on(origin, &url).is_some_and(|path| path.starts_with("/government/"));
    Some(File { link: RecordLink { url, role: LinkRole::File, title, media_type: is_html.then(|| "text/html".to_owned()) }, is_html })
}
