//! Screens works as a team would, learning after each decision: `screening < works.json` reads
//! `{"works": [{"title", "text", "picked"}], "starts": [[WORK, WORK, …]]}`, where a start is what is known beforehand, and prints for each
//! start the order in which works were judged until 95 % of the picks were found, and the seconds of each ranking. With `explore`, places for
//! what is new are kept. `benches/screening` runs it.

use cpu_time::ThreadTime;
use pulse_triage::Subject;
use pulse_triage::learn::{Features, Vocabulary};
use pulse_triage::rank::{Judged, Ranker};
use serde_json::{Value, json};

const MS_PER_DAY: i64 = 86_400_000;
/// So many are looked at before the order is made anew, where there is exploration: its place is the last of these.
const PAGE: usize = pulse_triage::rank::EXPLORE_EVERY;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let explores = std::env::args().nth(1).is_some_and(|word| word == "explore");
    let input: Value = serde_json::from_reader(std::io::stdin())?;
    let works = input["works"].as_array().ok_or("no works")?;
    let text = |work: &Value, name: &str| work[name].as_str().unwrap_or_default().to_owned();
    let subjects: Vec<Subject> = works.iter().map(|work| Subject { title: text(work, "title"), text: text(work, "text"), ..Subject::default() }).collect();
    let picks: Vec<bool> = works.iter().map(|work| work["picked"].as_bool().unwrap_or_default()).collect();
    let began = ThreadTime::now();
    let mut vocabulary = Vocabulary::default();
    let features: Vec<Features> = subjects.iter().map(|subject| vocabulary.read(subject)).collect();
    let read_s = began.elapsed().as_secs_f64();
    let mut runs = Vec::new();
    for start in input["starts"].as_array().ok_or("no starts")? {
        let known: Vec<usize> = serde_json::from_value(start.clone())?;
        runs.push(screen(&vocabulary, &features, &picks, known, explores));
    }
    println!("{}", json!({ "read_s": read_s, "runs": runs }));
    Ok(())
}

fn screen(vocabulary: &Vocabulary, features: &[Features], picks: &[bool], known: Vec<usize>, explores: bool) -> Value {
    let (mut judged, beforehand) = (known.clone(), known.len());
    let to_find = |judged: &[usize]| judged[beforehand..].iter().filter(|&&work| picks[work]).count();
    let all = picks.iter().filter(|picked| **picked).count() - known.iter().filter(|&&work| picks[work]).count();
    let mut seconds = Vec::new();
    while (to_find(&judged) as f64) < 0.95 * all as f64 {
        let began = ThreadTime::now();
        let decisions: Vec<Judged<'_>> =
            judged.iter().zip(0..).map(|(&work, minute)| Judged { features: &features[work], picked: picks[work], at: minute * MS_PER_DAY / 1440 }).collect();
        let ranker = Ranker::learn(vocabulary, &decisions);
        let waiting: Vec<usize> = (0..features.len()).filter(|work| !judged.contains(work)).collect();
        let candidates: Vec<&Features> = waiting.iter().map(|&work| &features[work]).collect();
        let ranked = if explores { ranker.rank(&candidates) } else { ranker.by_score(&candidates) };
        seconds.push(began.elapsed().as_secs_f64());
        // Of each page of ten, nine go by their score and one is new.
        let next = if explores && judged.len() % PAGE == PAGE - 1 { ranked.iter().find(|one| one.explores) } else { ranked.first() };
        let Some(next) = next.or(ranked.first()) else { break };
        judged.push(waiting[next.candidate]);
    }
    json!({ "judged": judged[beforehand..], "seconds": seconds })
}
