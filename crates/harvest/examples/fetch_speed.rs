//! How fast many feeds are looked at: `fetch_speed LIST ROUNDS` looks at every address of a list, in each round with what the round before
//! was told, and prints for each round seconds by the clock and of CPU time, and in the end the largest resident memory. `benches/harvest` runs it.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use cpu_time::ProcessTime;
use futures_util::StreamExt as _;
use pulse_harvest::{HarvestError, Look, Memory, Web, WebSettings, Window, feed};
use url::Url;

/// Sources that are looked at together.
const TOGETHER: usize = 64;

/// The moment of all looks. Unix milliseconds.
const NOW: i64 = 1_800_000_000_000;

/// What one round brought.
#[derive(Default)]
struct Round {
    found: usize,
    records: usize,
    unchanged: usize,
    failed: usize,
}

#[expect(clippy::print_stdout, reason = "a program for the terminal")]
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: fetch_speed LIST ROUNDS";
    let (list, rounds) = (arguments.next().ok_or(usage)?, arguments.next().ok_or(usage)?.parse::<u32>()?);
    let urls: Vec<Url> = std::fs::read_to_string(list)?.lines().map(Url::parse).collect::<Result<_, _>>()?;
    let private_hosts = urls.iter().map(|url| url[url::Position::BeforeHost..url::Position::AfterPort].to_owned()).collect();
    let settings = WebSettings { private_hosts, gap_ms: 0, api_gap_ms: 0, ..WebSettings::default() };
    let web = Web::new(&settings, Arc::new(|| NOW))?;
    let mut known: BTreeMap<&Url, Memory> = BTreeMap::new();
    for number in 1..=rounds {
        let (clock, cpu) = (Instant::now(), ProcessTime::try_now()?);
        let mut round = Round::default();
        let looks: Vec<_> = urls.iter().map(|url| look(&web, url, known.get(url).cloned().unwrap_or_default())).collect();
        let mut looks = futures_util::stream::iter(looks).buffer_unordered(TOGETHER);
        while let Some((url, look)) = looks.next().await {
            match look {
                Ok(look) if look.is_unchanged => round.unchanged += 1,
                Ok(look) => {
                    round.found += 1;
                    round.records += look.records.len();
                    known.insert(url, look.memory);
                }
                Err(_) => round.failed += 1,
            }
        }
        let (clock, cpu) = (clock.elapsed().as_secs_f64(), cpu.try_elapsed()?.as_secs_f64());
        let Round { found, records, unchanged, failed } = round;
        println!(
            "{}",
            serde_json::json!({"round": number, "found": found, "records": records, "unchanged": unchanged, "failed": failed, "clock_s": clock, "cpu_s": cpu})
        );
    }
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    println!("{}", serde_json::json!({"peak": peak.trim()}));
    Ok(())
}

async fn look<'a>(web: &Web, url: &'a Url, memory: Memory) -> (&'a Url, Result<Look, HarvestError>) {
    (url, feed::look(url, web, &memory, Window { now: NOW, since: 0 }).await)
}
