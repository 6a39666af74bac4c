//! Long reports: every recommendation of the report's own list, whole. Read in place.
//!
//! `reports.txt` says for each report how many words each of its recommendations has, as counted by reading it; `UPDATE_EXPECT=1` rewrites it.

use std::error::Error;
use std::fmt::Write as _;

use pulse_draft::recommendations;
use pulse_extract::{Input, extract};
use pulse_model::Sourced;

const EXPECTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reports.txt");

#[test]
fn every_recommendation_is_found_whole() -> Result<(), Box<dyn Error>> {
    let Some(folder) = pulse_testkit::corpus::folder("pdf/reports") else { return Ok(()) };
    let mut files = std::fs::read_dir(folder)?.map(|file| Ok(file?.path())).collect::<std::io::Result<Vec<_>>>()?;
    files.sort();
    let mut found = String::new();
    for file in files {
        let document = extract(&Input { bytes: &std::fs::read(&file)?, url: None, media_type: None });
        let points = recommendations(&[Sourced { address: "https://reports.example/", document: &document }]);
        let words = points.iter().map(|point| point.text.plain().split(' ').count());
        let listed: String = words.map(|words| format!(" {words}")).collect();
        writeln!(found, "{}: {} recommendations, words:{listed}", file.file_name().unwrap_or_default().to_string_lossy(), points.len())?;
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(EXPECTED, &found)?;
    }
    assert_eq!(found, std::fs::read_to_string(EXPECTED)?);
    Ok(())
}
