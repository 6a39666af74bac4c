//! How long it takes to file and rank an inbox: `triage_speed [CANDIDATES] [JUDGED]`, 10,000 and 2,000 by default, each a work of a
//! title and some 150 made-up words. Prints CPU seconds of one thread, and for the whole inbox, with duplicates, series and what was covered,
//! seconds by the clock. Words are as common as their numbers are low, as in any language.

use std::time::Instant;

use cpu_time::ThreadTime;
use pulse_model::digest::{Taxonomy, TaxonomySector};
use pulse_model::edition::{Category, Sector};
use pulse_model::ids::PublicationId;
use pulse_model::markdown::parse_blocks;
use pulse_model::{Edition, EditionKey, Entry, Month, Register};
use pulse_triage::Subject;
use pulse_triage::filing::{Filed, Filer};
use pulse_triage::inbox::{self, Incoming, Known};
use pulse_triage::learn::{Features, Vocabulary};
use pulse_triage::rank::{Judged, Ranker};
use pulse_triage::similar::Sketch;
use uuid::Uuid;

const SECTORS: [&str; 3] = ["Adult social care and health", "Children and young people's services", "Criminal justice"];
const CATEGORIES: [&str; 3] = ["Reports", "Briefings", "Tools and guidance"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).map(|number| number.parse::<usize>());
    let candidates = arguments.next().transpose()?.unwrap_or(10_000);
    let judged = arguments.next().transpose()?.unwrap_or(2_000);
    let month = Month::new(2026, 5).ok_or("no such month")?;
    let mut words = Words(1);
    let archive: Vec<Filed> = (0..judged)
        .map(|at| Filed { subject: words.subject(), sector: SECTORS[at % 3].to_owned(), category: CATEGORIES[at / 3 % 3].to_owned(), month })
        .collect();
    let inbox: Vec<Subject> = (0..candidates).map(|_| words.subject()).collect();
    let sectors = SECTORS.map(|name| TaxonomySector { name: name.to_owned(), also: Vec::new(), categories: CATEGORIES.map(str::to_owned).to_vec() });
    let began = ThreadTime::now();

    let filer = Filer::learn(&Taxonomy(&sectors), &archive);
    let learned_to_file = began.elapsed();
    let reports = inbox.iter().filter(|subject| filer.file(subject, None).category.name == "Reports").count();
    let filed = began.elapsed();
    let mut vocabulary = Vocabulary::default();
    let old: Vec<Features> = archive.iter().map(|filed| vocabulary.read(&filed.subject)).collect();
    let new: Vec<Features> = inbox.iter().map(|subject| vocabulary.read(subject)).collect();
    let read = began.elapsed();
    let decisions: Vec<Judged<'_>> =
        old.iter().zip(0..).map(|(features, at)| Judged { features, picked: at % 5 == 0, at: i64::from(at) * 3_600_000 }).collect();
    let ranker = Ranker::learn(&vocabulary, &decisions);
    let learned_to_rank = began.elapsed();
    let ranked = ranker.rank(&new.iter().collect::<Vec<_>>());
    let done = began.elapsed();

    let step = |name: &str, from: std::time::Duration, to: std::time::Duration| println!("{name}: {:.3} s", (to - from).as_secs_f64());
    step("learn to file", std::time::Duration::ZERO, learned_to_file);
    step("file", learned_to_file, filed);
    step("read", filed, read);
    step("learn to rank", read, learned_to_rank);
    step("rank", learned_to_rank, done);
    println!("all: {:.3} s for {} candidates, {reports} of them reports, {judged} judged", done.as_secs_f64(), ranked.len());

    let edition = edition(&archive, month)?;
    let incoming: Vec<Incoming> = inbox.into_iter().zip(1_u128..).map(|(subject, number)| incoming(subject, number)).collect();
    let began = Instant::now();
    let known = Known { taxonomy: Taxonomy(&sectors), register: &Register::default(), rules: &[], editions: &[(edition, 0)], passed_over_before: None };
    let made = inbox::inbox(incoming, known);
    println!("the whole inbox: {:.3} s by the clock, {} candidates", began.elapsed().as_secs_f64(), made.candidates.len());
    Ok(())
}

fn edition(archive: &[Filed], month: Month) -> Result<Edition, Box<dyn std::error::Error>> {
    let mut edition = Edition::new("tidemark".parse()?, EditionKey::monthly(month));
    for filed in archive {
        let mut entry = Entry::titled(filed.subject.publishers.clone(), filed.subject.title.clone());
        entry.summary = parse_blocks(&filed.subject.text).blocks;
        let category = Category { name: filed.category.clone(), entries: vec![entry] };
        edition.sectors.push(Sector { name: filed.sector.clone(), categories: vec![category] });
    }
    edition.settle_slugs();
    Ok(edition)
}

fn incoming(subject: Subject, number: u128) -> Incoming {
    let publication = PublicationId(Uuid::from_u128(number));
    let sketch = Sketch::of(&subject.text);
    Incoming {
        publication,
        subject,
        identifiers: Vec::new(),
        sketch,
        mentions: Vec::new(),
        came_out_at: 0,
        first_seen_at: 0,
        sectors: Vec::new(),
        decisions: Vec::new(),
    }
}

/// Made-up words, always the same.
struct Words(u64);

impl Words {
    fn subject(&mut self) -> Subject {
        Subject { title: self.text(9), text: self.text(150), publishers: vec![format!("Institute {}", self.number(200))], ..Subject::default() }
    }

    fn text(&mut self, count: usize) -> String {
        (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    /// Of 40,000 words, one of number n about n times as rare as the first (Zipf).
    fn word(&mut self) -> String {
        let number = 40_000_f64.powf(self.number(1_000_000) as f64 / 1_000_000.0) as u64;
        let digits = std::iter::successors(Some(number), |rest| Some(rest / 9)).take_while(|rest| *rest > 0).map(|rest| char::from(b'a' + (rest % 9) as u8));
        digits.zip(["k", "l", "m", "r", "t"]).map(|(vowel, consonant)| format!("{consonant}{vowel}")).collect()
    }

    fn number(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}
