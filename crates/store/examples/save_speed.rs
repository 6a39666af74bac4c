//! How fast editions are saved and read: 240 weekly editions of 200 entries with 250 links each, into a new file or into
//! the database whose address is given. `cargo run --release -p pulse-store --example save_speed [ADDRESS]`

use std::time::Instant;

use jiff::civil::date;
use pulse_model::edition::{Category, Sector};
use pulse_model::{Block, Blocks, Digest, Edition, EditionKey, Entry, Href, Link, Slug, Text};
use pulse_store::{Conflict, Source, Store};

const EDITIONS: usize = 240;
const ENTRIES: usize = 200;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("pulse.db").display().to_string();
    let address = std::env::args().nth(1).unwrap_or(file);
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(measure(&address))
}

async fn measure(address: &str) -> Result<(), Box<dyn std::error::Error>> {
    let store = Store::open(address).await?;
    let digest = Digest::named(Slug::from_words("weekly links"), "Weekly links");
    store.put_digest(&digest, 0).await?;
    let editions: Vec<Edition> = (0..EDITIONS).filter_map(|number| edition(&digest, number)).collect();
    for round in ["saved", "saved again unchanged"] {
        let start = Instant::now();
        for edition in &editions {
            store.save_edition(edition, &Source::default(), Conflict::Refuse, 1_700_000_000_000).await?;
        }
        report(round, start);
    }
    let start = Instant::now();
    for edition in &editions {
        store.edition(&digest.slug, edition.key()).await?;
    }
    report("read", start);
    let start = Instant::now();
    let listed = store.editions(None, None).await?;
    println!("{:>22}: {:.1} ms for {} editions", "listed", start.elapsed().as_secs_f64() * 1000.0, listed.len());
    store.close().await;
    Ok(())
}

fn report(what: &str, start: Instant) {
    let each_ms = start.elapsed().as_secs_f64() * 1000.0 / EDITIONS as f64;
    println!("{what:>22}: {each_ms:.2} ms for each edition, {:.0} editions a second", 1000.0 / each_ms);
}

fn edition(digest: &Digest, number: usize) -> Option<Edition> {
    let day = date(2020, 1, 3).checked_add(jiff::Span::new().weeks(i64::try_from(number).ok()?)).ok()?;
    let mut edition = Edition::new(digest.slug.clone(), EditionKey::daily(day)?);
    for section in 0..8 {
        let entries = (0..ENTRIES / 8).map(|at| entry(number, section * 100 + at)).collect::<Option<_>>()?;
        edition.sectors.push(Sector { name: format!("Section {section}"), categories: vec![Category { name: String::new(), entries }] });
    }
    edition.settle_slugs();
    Some(edition)
}

fn entry(edition: usize, at: usize) -> Option<Entry> {
    let summary = Text::from_plain("What was done, what was found, and how far the findings can be relied on by those who plan.");
    let link = |name: &str| Some(Link { url: Href::parse(&format!("https://institute.example/{edition}/{at}/{name}")).ok()?, text: String::new() });
    let links = if at.is_multiple_of(4) { vec![link("report")?, link("annex")?] } else { vec![link("report")?] };
    let publisher = format!("Institute {}", (edition * 7 + at) % 900);
    Some(Entry { links, summary: Blocks::new([Block::paragraph(summary)]), ..Entry::titled([publisher], format!("Report {at} of week {edition}")) })
}
