//! `/{digest}`: the published editions of a digest, the newest first.

use askama::Template;
use axum::extract::{Path, State};
use pulse_model::{Href, Status};
use pulse_render::Addresses;
use pulse_store::EditionRow;

use super::{digest_at, subscribe_path};
use crate::Desk;
use crate::answer::Answer;
use crate::failure::Failure;
use crate::shell::{self, Content};

/// An edition in a list.
pub(crate) struct EditionLine {
    pub(crate) path: String,
    pub(crate) title: String,
    /// "29 entries, 6 news items".
    pub(crate) contents: String,
    year: i16,
}

impl EditionLine {
    /// `base` is the path in front of every page's own.
    pub(crate) fn of(row: &EditionRow, base: &str) -> Self {
        let counted = [(row.entry_count, "entry", "entries"), (row.news_count, "news item", "news items")];
        let said =
            counted.into_iter().filter(|(number, ..)| *number > 0).map(|(number, one, many)| format!("{number} {}", if number == 1 { one } else { many }));
        let contents = said.collect::<Vec<_>>().join(", ");
        Self { path: format!("{base}/{}/{}", row.digest, row.key), title: row.key.title(), contents, year: row.key.month().year() }
    }
}

#[derive(Template)]
#[template(path = "digest.html")]
struct Main {
    /// Where one subscribes, where one can.
    subscribe: Option<String>,
    years: Vec<(i16, Vec<EditionLine>)>,
}

pub(crate) async fn show(State(desk): State<Desk>, Path(slug): Path<String>) -> Result<Answer, Failure> {
    let digest = digest_at(&desk, &slug).await?;
    let rows = desk.store.editions(Some(&digest.slug), Some(Status::Published)).await?;
    let base = desk.site.base_path();
    let main = Main { subscribe: subscribe_path(&desk, &digest), years: by_year(rows.iter().map(|row| EditionLine::of(row, &base))) }.render()?;
    let addresses = Addresses { feed: Href::parse(&desk.site.feed(&digest.slug)).ok(), ..desk.site.footer(&digest.slug) };
    let title = format!("{}: all editions", digest.name);
    let head = shell::head(&desk.site.digest(&digest.slug), &digest.tagline)?;
    let home = format!("{base}/");
    let content = Content { title: &title, heading: Some("All editions"), home: &home, head, main };
    Ok(Answer::page(shell::page(&digest, &addresses, content)?))
}

fn by_year(lines: impl Iterator<Item = EditionLine>) -> Vec<(i16, Vec<EditionLine>)> {
    let mut years: Vec<(i16, Vec<EditionLine>)> = Vec::new();
    for line in lines {
        match years.last_mut() {
            Some((year, same)) if *year == line.year => same.push(line),
            _ => years.push((line.year, vec![line])),
        }
    }
    years
}
