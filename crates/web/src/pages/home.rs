//! `/`: the digests and their newest editions.

use askama::Template;
use axum::extract::State;
use pulse_model::{Digest, Href, Status};
use pulse_render::Addresses;

use crate::Desk;
use crate::answer::Answer;
use crate::failure::Failure;
use crate::pages::digest::EditionLine;
use crate::shell::{self, Content};

/// How many editions of each digest; the rest are on the digest's own page.
const NEWEST: usize = 6;

#[derive(Template)]
#[template(path = "home.html")]
struct Main<'a> {
    digests: Vec<DigestLine<'a>>,
}

struct DigestLine<'a> {
    digest: &'a Digest,
    path: String,
    newest: Vec<EditionLine>,
    count: usize,
}

pub(crate) async fn show(State(desk): State<Desk>) -> Result<Answer, Failure> {
    let digests = desk.store.digests().await?;
    let editions = desk.store.editions(None, Some(Status::Published)).await?;
    let base = desk.site.base_path();
    let lines = digests.iter().map(|digest| {
        let own: Vec<_> = editions.iter().filter(|row| row.digest == digest.slug).collect();
        let newest = own.iter().take(NEWEST).map(|row| EditionLine::of(row, &base)).collect();
        DigestLine { digest, path: format!("{base}/{}", digest.slug), newest, count: own.len() }
    });
    let main = Main { digests: lines.filter(|line| line.count > 0).collect() };
    let published: Vec<&Digest> = main.digests.iter().map(|line| line.digest).collect();
    let home = format!("{base}/");
    let html = match published.as_slice() {
        // Where one digest is all there is, the home page is its own.
        [only] => {
            let head = shell::head(&desk.site.home(), &only.tagline)?;
            let addresses = Addresses { feed: Href::parse(&desk.site.feed(&only.slug)).ok(), ..desk.site.footer(&only.slug) };
            shell::page(only, &addresses, Content { title: &only.name, heading: Some("Newest editions"), home: &home, head, main: main.render()? })?
        }
        _ => shell::plain_page(Content {
            title: "Evidence digests",
            heading: None,
            home: &home,
            head: shell::head(&desk.site.home(), "")?,
            main: main.render()?,
        })?,
    };
    Ok(Answer::page(html))
}
