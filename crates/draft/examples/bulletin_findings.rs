//! Findings of statistical bulletins whose own points are hidden: `bulletin_findings FOLDER MOST` writes, as JSON, for each bulletin its
//! points, all its sentences, and the best 1, 2, … MOST of them. `benches/findings` runs it.

#[path = "../tests/support/bulletin.rs"]
mod bulletin;

use std::error::Error;

use pulse_draft::findings;
use pulse_model::Sourced;
use pulse_model::document::Content;
use pulse_model::sentence::sentences;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (folder, most) = (arguments.next().unwrap_or_default(), arguments.next().unwrap_or_default().parse()?);
    let mut found: Vec<Value> = Vec::new();
    for file in bulletin::files(folder.as_ref())? {
        let bulletin = bulletin::read(&file, true)?;
        // Nothing to compare with.
        if bulletin.points.len() < 2 {
            continue;
        }
        let sourced = [Sourced { address: "https://figures.example/", document: &bulletin.document }];
        // A point can have several sentences.
        let best = |wanted: usize| -> Vec<String> {
            let points = findings(&bulletin.title, &sourced, wanted).into_iter().map(|point| point.text.plain());
            points.flat_map(|point| sentences(&point).into_iter().map(str::to_owned).collect::<Vec<_>>()).take(wanted).collect()
        };
        let running = bulletin
            .document
            .blocks()
            .iter()
            .filter(|block| !matches!(block.content, Content::Heading { .. } | Content::Figure { .. } | Content::Table { .. }));
        let lines: Vec<String> = running.flat_map(|block| block.content.lines()).collect();
        let all: Vec<&str> = lines.iter().flat_map(|line| sentences(line)).collect();
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        found.push(json!({ "name": name, "points": bulletin.points, "sentences": all, "best": (1..=most).map(best).collect::<Vec<_>>() }));
    }
    println!("{}", serde_json::to_string(&found)?);
    Ok(())
}
