//! What kind of source an address is found to be: a folder `cases/discover-…` is a case, its `site.txt` the whole web of it.

use std::fmt::Write as _;

use crate::found;
use crate::site::{NOW, Site};
use pulse_harvest::discover::discover;
use pulse_harvest::{HarvestError, Memory, Window, kind};
use pulse_model::Channel;
use url::Url;

const WINDOW: Window = Window { now: NOW, since: 0 };

async fn discovered(text: &str) -> String {
    let (ask, text) = text.split_once('\n').unwrap();
    let url = Url::parse(ask.strip_prefix("ask ").unwrap()).unwrap();
    let site = Site::of_text(&format!("\n{text}"));
    let mut out = String::new();
    match discover(&url, &site, WINDOW).await {
        Ok(discovery) => {
            for candidate in &discovery.candidates {
                let publisher = candidate.publisher.as_deref().unwrap_or("?");
                writeln!(
                    out,
                    "{} {}\n  named {}, of {publisher}, brings {}:",
                    candidate.channel.kind(),
                    candidate.channel.address(),
                    candidate.name,
                    candidate.records.len()
                )
                .unwrap();
                if let Channel::Listing { selectors, .. } = &candidate.channel {
                    writeln!(out, "  row {}, date {}", selectors.row, selectors.date).unwrap();
                }
                candidate.records.iter().for_each(|record| found::show(record, &mut out));
                writeln!(out).unwrap();
            }
            found::show_problems(&discovery.problems, &mut out);
        }
        Err(error) => writeln!(out, "error: {error}").unwrap(),
    }
    writeln!(out, "asked for:").unwrap();
    site.asked().iter().for_each(|address| writeln!(out, "  {address}").unwrap());
    out
}

#[tokio::test]
async fn every_case() {
    let mut wrong = Vec::new();
    for case in found::cases("discover-") {
        let actual = discovered(&std::fs::read_to_string(case.join("site.txt")).unwrap()).await;
        found::check(&case, &actual, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn mailboxes_and_what_is_added_by_hand_are_not_on_the_web() {
    for channel in [Channel::Manual, Channel::Mailbox { at: "/var/mail/alerts".to_owned() }] {
        let error = kind::look(&channel, &Site::default(), &Memory::default(), WINDOW).await.unwrap_err();
        assert!(matches!(error, HarvestError::Settings { .. }), "{error}");
    }
}

#[test]
fn looks_can_be_made_on_any_thread() {
    fn can_move<T: Send>(_: T) {}
    let (site, url, memory) = (Site::default(), Url::parse("https://tidewater.example/").unwrap(), Memory::default());
    can_move(discover(&url, &site, WINDOW));
    can_move(kind::look(&Channel::Manual, &site, &memory, WINDOW));
}
