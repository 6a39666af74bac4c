//! Drafts an entry from files, as if they were of one publication, and says how long that took: `draft_of [--all] FILE…`.
//! With `--all`, every recommendation with its number of passages.

use std::process::ExitCode;

use pulse_draft::{Wishes, draft};
use pulse_extract::{Input, extract};
use pulse_model::{Document, Publication, Sourced};

fn main() -> ExitCode {
    let (flags, files): (Vec<String>, Vec<String>) = std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let mut documents: Vec<(String, Document)> = Vec::new();
    for file in files {
        match std::fs::read(&file) {
            Ok(bytes) => documents.push((format!("https://files.example/{}", documents.len()), extract(&Input { bytes: &bytes, url: None, media_type: None }))),
            Err(cause) => {
                eprintln!("{file}: {cause}");
                return ExitCode::FAILURE;
            }
        }
    }
    let sourced: Vec<Sourced<'_>> = documents.iter().map(|(address, document)| Sourced { address, document }).collect();
    let title = sourced.first().map(|first| first.document.metadata.title.clone()).unwrap_or_default();
    let wishes =
        if flags.is_empty() { Wishes::default() } else { Wishes { findings: 10, recommendations: usize::MAX, longest_point: usize::MAX, ..Wishes::default() } };
    let start = cpu_time::ProcessTime::now();
    let draft = draft(&Publication { title, ..Publication::default() }, &sourced, &wishes);
    let seconds = start.elapsed().as_secs_f64();
    println!("{}", pulse_model::markdown::write_blocks(&draft.entry.summary));
    for note in &draft.notes {
        println!("note: {note}");
    }
    let pages: u32 = sourced.iter().filter_map(|sourced| sourced.document.page_count).sum();
    eprintln!("{pages} pages drafted in {seconds:.3} s of CPU");
    ExitCode::SUCCESS
}
