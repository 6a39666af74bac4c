//! Reads PDFs and writes their text: `read_pdf [--kept] FOLDER FILE…` makes `FOLDER/NAME.txt` of each, and says pages, CPU seconds
//! and the most memory it had. `benches/pdf` runs it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use pulse_extract::pdf::{self, RunningLines};

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let kept = arguments.iter().position(|argument| argument == "--kept").map(|at| arguments.remove(at));
    let running_lines = if kept.is_some() { RunningLines::Kept } else { RunningLines::Removed };
    let Some((folder, files)) = arguments.split_first() else {
        eprintln!("usage: read_pdf [--kept] FOLDER FILE...");
        return ExitCode::from(2);
    };
    let mut pages = 0;
    let start = cpu_time::ProcessTime::now();
    for file in files {
        let written = read(Path::new(file), folder, running_lines);
        match written {
            Ok(count) => pages += count,
            Err(cause) => eprintln!("{file}: {cause}"),
        }
    }
    println!("{{\"pages\": {pages}, \"cpu_s\": {:.3}}}", start.elapsed().as_secs_f64());
    ExitCode::SUCCESS
}

fn read(file: &Path, folder: &str, running_lines: RunningLines) -> std::io::Result<u32> {
    let document = pdf::read_with(&std::fs::read(file)?, running_lines);
    let name = file.file_stem().unwrap_or_default();
    let place: PathBuf = [folder.as_ref(), name].iter().collect();
    std::fs::write(place.with_extension("txt"), document.text())?;
    std::fs::write(place.with_extension("json"), serde_json::to_vec(&document)?)?;
    for problem in &document.problems {
        eprintln!("{}: {problem}", file.display());
    }
    Ok(document.page_count.unwrap_or_default())
}
