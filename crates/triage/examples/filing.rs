//! Files entries of old editions and counts how many land where they were printed. `benches/filing` runs it.
//!
//! `filing weekly FOLDER` learns from all but the newest 40 editions of a weekly list of links and files those: linked items of the eight
//! sections that have most, by section. Prints JSON with the items, so that a peer gets the same words. `filing monthly FILE…` learns
//! from each edition of the sample taxonomy without the entry it then files.

use std::collections::BTreeMap;

use cpu_time::ThreadTime;
use pulse_compose::import;
use pulse_model::digest::Taxonomy;
use pulse_model::name::fold;
use pulse_model::{Digest, Edition, Register};
use pulse_testkit::digests;
use pulse_triage::filing::{Filed, Filer, archive};
use serde_json::json;

type Failure = Box<dyn std::error::Error>;

const NEWEST: usize = 40;
const SECTIONS: usize = 8;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((mode, [folder])) if mode == "weekly" => weekly(folder),
        Some((mode, files)) if mode == "monthly" => files.iter().try_for_each(|file| monthly(file)),
        _ => Err("filing weekly FOLDER, or filing monthly FILE…".into()),
    }
}

fn read(path: &str, digest: &Digest) -> Result<Edition, Failure> {
    let name = path.rsplit('/').next().unwrap_or(path);
    Ok(import::read(&std::fs::read(path)?, name, std::slice::from_ref(digest), &Register::default())?.edition)
}

fn weekly(folder: &str) -> Result<(), Failure> {
    let mut editions = Vec::new();
    for file in std::fs::read_dir(folder)? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            editions.push(read(&path.to_string_lossy(), &digests::weekly())?);
        }
    }
    editions.sort_by_key(Edition::key);
    let (older, newest) = editions.split_at(editions.len().saturating_sub(NEWEST));
    let (mut older, mut newest) = (linked(older), linked(newest));
    let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
    older.iter().for_each(|filed| *sizes.entry(filed.sector.clone()).or_default() += 1);
    let mut sections: Vec<(usize, String)> = sizes.into_iter().map(|(section, size)| (size, section)).collect();
    sections.sort_by(|a, b| b.cmp(a));
    sections.truncate(SECTIONS);
    for filed in [&mut older, &mut newest] {
        filed.retain(|filed| sections.iter().any(|(_, section)| *section == filed.sector));
    }
    let began = ThreadTime::now();
    let filer = Filer::learn(&Taxonomy(&[]), &older);
    let learn_s = began.elapsed().as_secs_f64();
    let began = ThreadTime::now();
    let found: Vec<_> = newest.iter().map(|filed| filer.file(&filed.subject, None).sector).collect();
    let file_s = began.elapsed().as_secs_f64();
    let item = |filed: &Filed| json!({ "title": filed.subject.title, "text": filed.subject.text, "links": filed.subject.links, "section": filed.sector });
    let found: Vec<_> =
        found.into_iter().map(|choice| json!({ "section": choice.name, "probability": choice.probability, "because": choice.because })).collect();
    let items = |filed: &[Filed]| filed.iter().map(item).collect::<Vec<_>>();
    println!("{}", json!({ "older": items(&older), "newest": items(&newest), "found": found, "learn_s": learn_s, "file_s": file_s }));
    Ok(())
}

/// Linked items, each below its nearest heading.
fn linked(editions: &[Edition]) -> Vec<Filed> {
    let mut all = archive(editions);
    all.retain(|filed| !filed.subject.links.is_empty());
    for filed in &mut all {
        let category = std::mem::take(&mut filed.category);
        if !category.is_empty() {
            filed.sector = category;
        }
    }
    all
}

fn monthly(file: &str) -> Result<(), Failure> {
    let digest = digests::evidence();
    let filed = archive([&read(file, &digest)?]);
    let (mut sectors, mut categories, mut by_names) = (0, 0, [0, 0]);
    let names = Filer::learn(&digest.taxonomy(), &[]);
    for (at, one) in filed.iter().enumerate() {
        let others: Vec<Filed> = filed.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, filed)| filed.clone()).collect();
        let found = Filer::learn(&digest.taxonomy(), &others).file(&one.subject, None);
        let right = |found: &str, printed: &str| usize::from(fold(found) == fold(printed));
        sectors += right(&found.sector.name, &one.sector);
        categories += right(&found.category.name, &one.category);
        let found = names.file(&one.subject, None);
        by_names[0] += right(&found.sector.name, &one.sector);
        by_names[1] += right(&found.category.name, &one.category);
    }
    let all = filed.len();
    println!(
        "{}",
        json!({ "file": file, "entries": all, "sector": sectors, "category": categories, "sector_by_names": by_names[0], "category_by_names": by_names[1] })
    );
    Ok(())
}
