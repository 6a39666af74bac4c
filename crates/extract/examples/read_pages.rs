//! Reads a folder of pages (`ID.html.gz`) several times over and prints, as JSON, the CPU time of a round the text of each page, and the points and rows
//! of its lists and tables: `read_pages FOLDER ROUNDS`. `benches/pages` and `benches/page-lists` run it.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::PathBuf;

use cpu_time::ThreadTime;
use pulse_extract::{Input, extract};
use pulse_model::document::Content;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let folder = PathBuf::from(args.next().ok_or("which folder?")?);
    let rounds: u32 = args.next().map_or(Ok(1), |rounds| rounds.parse())?;
    let mut pages = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(id) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".html.gz").map(str::to_owned)) else { continue };
        let mut html = Vec::new();
        flate2::read::GzDecoder::new(std::fs::File::open(&path)?).read_to_end(&mut html)?;
        pages.insert(id, html);
    }
    let (mut seconds, mut texts, mut lists_and_tables) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    for _ in 0..rounds {
        let start = ThreadTime::now();
        let documents: Vec<_> =
            pages.iter().map(|(id, html)| (id, extract(&Input { bytes: html, url: None, media_type: Some("text/html; charset=utf-8") }))).collect();
        seconds.push(start.elapsed().as_secs_f64());
        for (id, document) in documents {
            let (mut points, mut rows) = (Vec::new(), Vec::new());
            for block in document.blocks() {
                match &block.content {
                    Content::List { .. } => points.extend(block.content.lines()),
                    Content::Table { rows: of_table, .. } => rows.extend(of_table.iter().map(|row| row.join(" "))),
                    _ => {}
                }
            }
            lists_and_tables.insert(id.clone(), serde_json::json!({ "points": points, "rows": rows }));
            texts.insert(id.clone(), document.text());
        }
    }
    serde_json::to_writer(std::io::stdout(), &serde_json::json!({ "seconds": seconds, "texts": texts, "lists_and_tables": lists_and_tables }))?;
    Ok(())
}
