//! How long tracing takes on a long report: 300 pages, 24,000 numbers in tables and 9,000 in sentences, all made up.
//!
//!     cargo run --release -p pulse-model --example trace_speed

#![expect(clippy::print_stdout, reason = "the answer is for reading")]

use std::time::Instant;

use pulse_model::Sourced;
use pulse_model::document::{Content, Document};
use pulse_model::trace::{Evidence, Tracing, copied};

const SERVICES: [&str; 10] =
    ["Home care", "Day centres", "Fostering", "Respite care", "Youth clubs", "Probation", "Advocacy", "Sheltered housing", "Nursing homes", "Helplines"];
const DISTRICTS: [&str; 10] = ["Averly", "Brack", "Coldwell", "Dunmere", "Eastholm", "Farrow", "Gristhorpe", "Holt Cross", "Inglestow", "Kestrel Bay"];

fn sentence(page: usize, line: usize) -> String {
    let (service, district) = (SERVICES[line % 10], DISTRICTS[(page + line) % 10]);
    let (people, percent, pounds) = (1_000 + page * 37 + line * 211, (page * 7 + line * 13) % 100, 1 + (page + line) % 90);
    format!(
        "In {}, {service} in {district} reached {people} people, {percent}.{}% more than planned, and cost \u{a3}{pounds}.{} million.",
        2000 + page % 20,
        line % 10,
        page % 10
    )
}

fn report() -> Document {
    let mut blocks = Vec::new();
    for page in 0..300 {
        let number = u32::try_from(page + 1).ok();
        blocks.push((number, Content::Heading { level: 2, text: format!("{} in detail", SERVICES[page % 10]) }));
        blocks.extend((0..10).map(|line| (number, Content::Paragraph { text: sentence(page, line) })));
        let rows = (0..11).map(|row| {
            let label = if row == 0 { "District".to_owned() } else { DISTRICTS[row - 1].to_owned() };
            let cell = |column: usize| if row == 0 { (2010 + column).to_string() } else { format!("{}.{}", page * row + column * 17, column) };
            std::iter::once(label).chain((0..8).map(cell)).collect()
        });
        let caption = format!("Spending on {}, \u{a3} million", SERVICES[page % 10]);
        blocks.push((number, Content::Table { caption, header_rows: 1, rows: rows.collect() }));
    }
    Document::new(Default::default(), blocks, Some(300), Vec::new())
}

fn timed<T>(what: &str, act: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let made = act();
    println!("{what}: {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    made
}

fn main() {
    let document = report();
    let sources = [Sourced { address: "https://a.example/report", document: &document }];
    let evidence = timed("300 pages read", || Evidence::of(&sources));
    let entries: Vec<String> = (0..30).map(|entry| (0..4).map(|line| sentence(entry * 10, line)).collect::<Vec<_>>().join(" ")).collect();
    let traced = timed("30 entries traced", || entries.iter().flat_map(|entry| evidence.trace(entry)).collect::<Vec<_>>());
    let found = traced.iter().filter(|traced| matches!(traced.tracing, Tracing::Traced { .. })).count();
    println!("  {found} of {} figures traced", traced.len());
    timed("their dates", || entries.iter().map(|entry| evidence.trace_periods(entry).len()).sum::<usize>());
    let runs = timed("copied runs of one entry", || copied(&entries[0], &sources).len());
    println!("  {runs} runs");
}
