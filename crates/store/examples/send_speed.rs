//! How fast readers are added, a send is prepared, and messages are marked and recorded; and how much memory that takes. Into a
//! new file, or the empty database whose address is given.
//! `cargo run --release -p pulse-store --example send_speed [READERS [ADDRESS [NODES]]]`

use std::time::Instant;

use pulse_model::delivery::{DeliveryStatus, Exclusion};
use pulse_model::life::Step;
use pulse_model::subscriber::{Basis, ConsentEvent, Frequency, Sectors, SuppressionHash};
use pulse_model::{Digest, Edition, EditionKey, Month, Slug, Subscriber, subscriber};
use pulse_store::{
    AudiencePage, Claimed, Conflict, Cut, DeliveryFilter, EditionId, End, Known, Lease, NewReader, Outcome, Recipient, Reply, SendId, Source, Store,
    SubscriberId,
};

const NOW: i64 = 1_780_000_000_000;
/// Messages that one transaction marks, and as many results.
const GROUP: usize = 50;

type Outcomes<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Outcomes<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("pulse.db").display().to_string();
    let mut arguments = std::env::args().skip(1);
    let readers = arguments.next().map_or(Ok(100_000), |text| text.parse())?;
    let address = arguments.next().unwrap_or(file);
    let nodes = arguments.next().map_or(Ok(1), |text| text.parse())?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(measure(&address, readers, nodes))?;
    if let Ok(size) = std::fs::metadata(&address) {
        println!("{:>22}: {} MB", "file", size.len() / 1_000_000);
    }
    Ok(())
}

async fn measure(address: &str, readers: usize, nodes: usize) -> Outcomes<()> {
    let store = Store::open(address).await?;
    let digest = Slug::from_words("tidemark");
    store.put_digest(&Digest::named(digest.clone(), "Tidemark"), NOW).await?;
    let start = Instant::now();
    for first in (0..readers).step_by(500) {
        let rows = (first..readers.min(first + 500)).map(reader).collect::<Outcomes<Vec<_>>>()?;
        store.add_readers(&digest, &rows, Known::Keep, NOW).await?;
    }
    report("readers added", readers, start);
    let edition = signed_off(&store, &digest).await?;
    let start = Instant::now();
    let send = prepare(&store, &digest, edition).await?;
    report("audience prepared", readers, start);
    store.release_send(send, NOW, "Bo Tarn", NOW).await?;
    let start = Instant::now();
    let mut tasks = Vec::new();
    for node in 0..nodes {
        let store = store.clone();
        tasks.push(tokio::spawn(async move { work(&store, send, &format!("node {node}"), readers.div_ceil(2 * nodes)).await }));
    }
    let (mut rows, mut groups) = (0, Vec::new());
    for task in tasks {
        let (worked, times) = task.await??;
        rows += worked;
        groups.extend(times);
    }
    report("marks and results", rows, start);
    groups.sort_by(f64::total_cmp);
    let at = |part: f64| groups.get((groups.len() as f64 * part) as usize).copied().unwrap_or_default();
    println!("{:>22}: {:.1} ms in the middle, {:.1} ms in one of a hundred", "a group", at(0.5), at(0.99));
    look(&store, send).await?;
    store.close().await;
    println!("{:>22}: {}", "most memory", peak_memory());
    Ok(())
}

fn report(what: &str, count: usize, start: Instant) {
    let seconds = start.elapsed().as_secs_f64();
    println!("{what:>22}: {count} in {seconds:.1} s, {:.0} a second", count as f64 / seconds);
}

fn reader(number: usize) -> Outcomes<NewReader> {
    let step = subscriber::Step::Confirm;
    Ok(NewReader {
        subscriber: Subscriber {
            address: format!("reader.{number}@organisation-{}.example", number % 5_000).parse()?,
            name: format!("Reader {number}"),
            language: String::new(),
        },
        sectors: Sectors::All,
        frequency: Frequency::EveryEdition,
        event: ConsentEvent { at: NOW, step, basis: Some(Basis::Consent), source: "list.csv".into(), wording: None, reason: String::new() },
        suppression: hash(number as u64),
    })
}

fn hash(number: u64) -> SuppressionHash {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&number.to_be_bytes());
    SuppressionHash(hash)
}

async fn signed_off(store: &Store, digest: &Slug) -> Outcomes<EditionId> {
    let edition = Edition::new(digest.clone(), EditionKey::monthly(Month::new(2026, 5).ok_or("no month")?));
    let id = store.save_edition(&edition, &Source::default(), Conflict::Refuse, NOW).await?.id();
    store.step(id, Step::Submit, "Ada Lorne", "", NOW).await?;
    store.step(id, Step::SignOff, "Bo Tarn", "", NOW).await?;
    Ok(id)
}

async fn prepare(store: &Store, digest: &Slug, edition: EditionId) -> Outcomes<SendId> {
    let send = store.begin_send(edition, "Ada Lorne", NOW).await?;
    let text = || "Of 2,316 people, 9.5% waited. ".repeat(1_000);
    let cut = Cut {
        number: 1,
        name: "every-edition/en-gb/1".into(),
        sectors: Sectors::All,
        language: "en-GB".into(),
        subject: "Tidemark".into(),
        html: text(),
        plain: text(),
    };
    let mut page = AudiencePage { cuts: vec![cut], ..AudiencePage::default() };
    let (mut after, mut candidates): (Option<SubscriberId>, u64) = (None, 0);
    loop {
        let readers = store.readers(digest, None, after, 1_000).await?;
        let Some(last) = readers.last() else { break };
        after = Some(last.id);
        candidates += readers.len() as u64;
        let hashes: Vec<SuppressionHash> = (candidates..).map(hash).take(readers.len()).collect();
        if !store.suppressed(digest, &hashes).await?.is_empty() {
            return Err("somebody is suppressed".into());
        }
        for (number, reader) in readers.into_iter().enumerate() {
            if number % 100 == 99 {
                page.excluded.push((reader.id, Exclusion::Paused));
            } else {
                page.recipients.push(Recipient { subscriber: reader.id, address: reader.subscriber.address, name: reader.subscriber.name, cut: 1 });
            }
        }
        store.add_audience(send, &std::mem::take(&mut page), NOW).await?;
    }
    store.finish_prepare(send, candidates, "Ada Lorne", NOW).await?;
    Ok(send)
}

/// Sends to nobody: marks a group while the one before gets its results, as a node does whose messages take no time.
async fn work(store: &Store, send: SendId, node: &str, most: usize) -> Outcomes<(usize, Vec<f64>)> {
    let lease = Lease { node, until: NOW + 900_000 };
    let (mut rows, mut times) = (0, Vec::new());
    let (mut waiting, mut sending): (Vec<Claimed>, Vec<Outcome>) = (Vec::new(), Vec::new());
    while rows < most {
        if waiting.len() < GROUP {
            waiting.extend(store.claim(send, lease, 500, NOW).await?);
        }
        let marks: Vec<_> = waiting.drain(..GROUP.min(waiting.len())).map(|claimed| claimed.id).collect();
        if marks.is_empty() && sending.is_empty() {
            break;
        }
        let start = Instant::now();
        let recorded = store.record(lease, &marks, &sending, NOW + rows as i64).await?;
        times.push(start.elapsed().as_secs_f64() * 1_000.0);
        if !recorded.refused_marks.is_empty() || !recorded.refused_results.is_empty() {
            return Err("something was refused".into());
        }
        rows += marks.len() + sending.len();
        sending = marks.into_iter().enumerate().map(outcome).collect();
    }
    Ok((rows, times))
}

/// One of fifty is put off, one fails.
fn outcome((number, id): (usize, pulse_store::DeliveryId)) -> Outcome {
    let reply = |code, enhanced: &str, text: &str| Reply { code: Some(code), enhanced: enhanced.into(), text: text.into(), relay: "mx.example".into() };
    let (end, reply) = match number {
        0 => (End::Deferred { until: NOW + 1_800_000 }, reply(451, "4.7.1", "greylisted, try again later")),
        1 => (End::Failed, reply(550, "5.1.1", "no such user")),
        _ => (End::Sent, reply(250, "2.0.0", "Ok: queued as 4Xk2b91Qz")),
    };
    Outcome { id, end, reply }
}

async fn look(store: &Store, send: SendId) -> Outcomes<()> {
    let start = Instant::now();
    let report = store.send_report(send, NOW).await?;
    println!("{:>22}: {:.1} ms", "report", start.elapsed().as_secs_f64() * 1_000.0);
    println!("{:>22}: {:?}", "statuses", report.statuses);
    for status in [None, Some(DeliveryStatus::Failed)] {
        let start = Instant::now();
        let page = store.deliveries(send, &DeliveryFilter { status, address: None }, None, 50).await?;
        println!("{:>22}: {:.1} ms for {} rows, {status:?}", "page of deliveries", start.elapsed().as_secs_f64() * 1_000.0, page.len());
    }
    let start = Instant::now();
    let found = store.search_subscribers("reader.99", None, 50).await?;
    println!("{:>22}: {:.1} ms for {} rows", "search", start.elapsed().as_secs_f64() * 1_000.0, found.len());
    let start = Instant::now();
    let back = store.give_back(send, "node 0").await?;
    println!("{:>22}: {:.1} ms for {back} rows", "given back", start.elapsed().as_secs_f64() * 1_000.0);
    Ok(())
}

/// Of this process, as Linux counts it.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("not known").trim().to_owned()
}
