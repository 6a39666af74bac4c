//! The last leg of the demo: the edition goes to readers who do not exist, and what happens to them is told.

use std::io::Write as _;

use pulse_jobs::rehearsal::{Leaver, People, READERS, Rehearsal, Returned, rehearse};
use pulse_jobs::returns::Done;
use pulse_jobs::send::{Ending, Worker};
use pulse_model::delivery::DeliveryStatus;
use pulse_model::subscriber::Sectors;
use pulse_model::{Digest, EditionKey};

use super::{EDITOR, HEAD};
use crate::commands::Call;
use crate::console::{Align, count, table};

/// Sends the edition, and says who got what.
pub(super) async fn send(call: &mut Call, worker: &Worker, digest: &Digest, key: EditionKey) -> anyhow::Result<()> {
    let rehearsal = rehearse(worker, digest, key, People { editor: EDITOR, head: HEAD }, call.now).await?;
    writeln!(call.out, "Sent to {READERS} readers who do not exist; every message went into {}:\n", worker.post.goes_to())?;
    writeln!(call.out, "{}", audience(&rehearsal))?;
    if rehearsal.report.send.counts.recipients > 0 {
        writeln!(call.out, "What they got:\n{}", cuts(&rehearsal))?;
    }
    writeln!(call.out, "What happened:\n{}", events(&rehearsal))?;
    Ok(())
}

fn audience(rehearsal: &Rehearsal) -> String {
    // As the store has frozen it: who got this very text by an earlier send is no recipient.
    let report = &rehearsal.report;
    let mut rows = vec![row(report.send.counts.recipients, "were to get it")];
    rows.extend(report.exclusions.iter().map(|(why, number)| row(*number, &format!("were not: {}", why.to_string().replace('-', " ")))));
    table(&[Align::Right, Align::Left], &rows)
}

/// Indented by two spaces, as every list of the demo.
fn row(number: u64, words: &str) -> Vec<String> {
    vec![format!("  {number}"), words.to_owned()]
}

fn cuts(rehearsal: &Rehearsal) -> String {
    let mut cuts: Vec<_> = rehearsal.cuts.iter().filter(|stored| stored.reader_count > 0).collect();
    cuts.sort_by_key(|stored| (std::cmp::Reverse(stored.reader_count), stored.cut.number));
    let rows: Vec<Vec<String>> = cuts
        .into_iter()
        .map(|stored| {
            let sectors = match &stored.cut.sectors {
                Sectors::Only(names) if names.is_empty() => "the letter".to_owned(),
                Sectors::Only(names) => names.join(", "),
                Sectors::All => "everything".to_owned(),
            };
            vec![format!("  {}", people(stored.reader_count)), stored.cut.language.clone(), sectors]
        })
        .collect();
    table(&[Align::Right, Align::Left, Align::Left], &rows)
}

fn events(rehearsal: &Rehearsal) -> String {
    let mut rows = Vec::new();
    if let Some(leaver) = &rehearsal.leaver {
        rows.push(vec!["  left".to_owned(), left(leaver)]);
    }
    rows.extend(rehearsal.returned.iter().map(|returned| vec!["  came back".to_owned(), came_back(returned)]));
    let statuses: Vec<String> =
        rehearsal.report.statuses.iter().filter(|(_, number)| *number > 0).map(|(status, number)| format!("{number} {status}")).collect();
    let ending = match &rehearsal.ending {
        Ending::Finished => "finished".to_owned(),
        Ending::Halted => "halted".to_owned(),
        Ending::NotReleased(status) => status.to_string(),
        Ending::Stopped(reason) => format!("stopped: {reason}"),
    };
    let statuses = if statuses.is_empty() { "nobody was left to send it to".to_owned() } else { statuses.join(", ") };
    rows.push(vec![format!("  {ending}"), statuses]);
    table(&[Align::Left, Align::Left], &rows)
}

fn left(leaver: &Leaver) -> String {
    let Leaver { address, sent_before, status } = leaver;
    let own = match status {
        DeliveryStatus::Suppressed => "the message to this reader had not begun and never went",
        DeliveryStatus::Sent => "the message to this reader had gone already",
        _ => "the message to this reader was on its way",
    };
    format!("{address}, after {}; {own}", count(usize::try_from(*sent_before).unwrap_or(usize::MAX), "message", "messages"))
}

fn came_back(returned: &Returned) -> String {
    let done = match &returned.done {
        // Sentences of the rules that decide it.
        Done::Noted(why) | Done::GivenUp(why) | Done::Left(why) => why.clone(),
        Done::Known => "It was read before.".to_owned(),
        Done::Automatic => "It was an automatic reply.".to_owned(),
        Done::ForPeople(why) => format!("It was left for people: {why}."),
    };
    format!("{}: \u{201c}{}\u{201d}. {done}", returned.address, returned.words)
}

fn people(number: u64) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), "reader", "readers")
}
