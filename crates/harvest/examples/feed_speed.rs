//! How fast feeds are read: `feed_speed FOLDER PASSES` prints the entries in all files of a folder and the CPU seconds of each pass.
//! `benches/feeds` runs it beside feedparser.

use std::error::Error;

use cpu_time::ProcessTime;
use pulse_harvest::feed;
use url::Url;

#[expect(clippy::print_stdout, reason = "a program for the terminal")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: feed_speed FOLDER PASSES";
    let (folder, passes) = (arguments.next().ok_or(usage)?, arguments.next().ok_or(usage)?.parse::<u32>()?);
    let mut paths: Vec<_> = std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.sort();
    let files: Vec<_> = paths.iter().map(std::fs::read).collect::<Result<_, _>>()?;
    let base = Url::parse("https://example.org/feed.xml")?;
    let now = 1_800_000_000_000;
    let (mut records, mut seconds) = (0, Vec::new());
    for _ in 0..passes {
        let start = ProcessTime::try_now()?;
        records = 0;
        for bytes in &files {
            let feed = feed::read(bytes, None, &base)?;
            records += feed::records(&feed, now, &mut Vec::new()).len();
        }
        seconds.push(start.try_elapsed()?.as_secs_f64());
    }
    println!("{}", serde_json::json!({"files": files.len(), "entries": records, "seconds": seconds}));
    Ok(())
}
