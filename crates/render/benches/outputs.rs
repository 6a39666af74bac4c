//! CPU time of each output of one edition in a warm process: `cargo bench -p pulse-render --bench outputs -- EDITION.json`.
//!
//! Prints a line of JSON for each output: the median of many renders, fonts and templates loaded. The edition's pages are
//! given addresses, as an edition that is sent has them. Compared with peers by `benches/run`.

use std::hint::black_box;

use cpu_time::ProcessTime;
use pulse_model::{Digest, Edition, Href, Slug};
use pulse_render::{Addresses, Format, Work, render};

/// CPU seconds spent on each output.
const BUDGET_S: f64 = 2.0;

/// The same edition with every title changed: the typesetter remembers what it has laid out before.
fn changed(edition: &Edition, round: usize) -> Edition {
    let mut edition = edition.clone();
    edition.entries_mut().for_each(|entry| entry.title = format!("{} {round}", entry.title));
    edition
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Cargo adds arguments of its own.
    let Some(file) = std::env::args().skip(1).find(|argument| !argument.starts_with("--")) else {
        return Err("usage: outputs EDITION.json".into());
    };
    let edition: Edition = serde_json::from_str(&std::fs::read_to_string(&file)?)?;
    let digest = Digest::named(Slug::from_words("tidemark"), "Tidemark");
    let addresses = Addresses {
        edition_page: Some(Href::parse("https://tidemark.example/2026-05")?),
        unsubscribe: Some(Href::parse("https://tidemark.example/leave")?),
        ..Addresses::default()
    };
    for format in Format::ALL {
        let bytes = render(format, Work { digest: &digest, edition: &edition, addresses: &addresses })?.bytes.len();
        let mut times = Vec::new();
        let began = ProcessTime::now();
        while times.len() < 5 || began.elapsed().as_secs_f64() < BUDGET_S {
            let edition = changed(&edition, times.len());
            let one = ProcessTime::now();
            black_box(render(format, Work { digest: &digest, edition: &edition, addresses: &addresses })?);
            times.push(one.elapsed().as_secs_f64());
        }
        times.sort_by(f64::total_cmp);
        println!("{}", serde_json::json!({ "format": format.name(), "cpu_s": times[times.len() / 2], "renders": times.len(), "bytes": bytes }));
    }
    Ok(())
}
