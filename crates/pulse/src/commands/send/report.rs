//! How a send is told: where its rows are, what servers answered, how fast it goes.

use std::io::Write as _;

use pulse_model::delivery::{DeliveryStatus, SendStatus};
use pulse_store::{SendReport, SendRow};

use super::Call;
use crate::console::{Align, count, table};

/// In words.
pub(super) fn tell(report: &SendReport, call: &mut Call) -> anyhow::Result<()> {
    let send = &report.send;
    writeln!(
        call.out,
        "{} {}: {}, {} of {}",
        send.digest,
        send.key,
        send.status,
        count_of(number(report, |status| status == DeliveryStatus::Sent), "sent"),
        people(send.counts.recipients)
    )?;
    let rows: Vec<Vec<String>> =
        report.statuses.iter().filter(|(_, number)| *number > 0).map(|(status, number)| vec![number.to_string(), status.to_string()]).collect();
    write!(call.out, "{}", table(&[Align::Right, Align::Left], &rows))?;
    let failures: Vec<Vec<String>> = report
        .replies
        .iter()
        .filter(|reply| reply.status != DeliveryStatus::Sent && reply.number > 0)
        .map(|reply| vec![reply.number.to_string(), reply.status.to_string(), format!("{} {}", reply.code, reply.enhanced)])
        .collect();
    if !failures.is_empty() {
        write!(call.out, "Answers:\n{}", table(&[Align::Right, Align::Left, Align::Left], &failures))?;
    }
    if send.status == SendStatus::Released {
        let left = number(report, |status| !status.is_final());
        let minutes = report.sent_last_minute.checked_sub(1).map(|_| left.div_ceil(report.sent_last_minute));
        let estimate =
            minutes.map_or(String::new(), |minutes| format!(", about {} to go", count(usize::try_from(minutes).unwrap_or(usize::MAX), "minute", "minutes")));
        writeln!(call.out, "{} in the last minute{estimate}", report.sent_last_minute)?;
    }
    if !send.stop_reason.is_empty() {
        writeln!(call.out, "Stopped: {}", send.stop_reason)?;
    }
    Ok(())
}

pub(super) fn number(report: &SendReport, is_meant: impl Fn(DeliveryStatus) -> bool) -> u64 {
    report.statuses.iter().filter(|(status, _)| is_meant(*status)).map(|(_, number)| number).sum()
}

fn count_of(number: u64, what: &str) -> String {
    format!("{number} {what}")
}

pub(super) fn people(number: u64) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), "reader", "readers")
}

pub(super) fn row_json(row: &SendRow) -> serde_json::Value {
    serde_json::json!({
        "id": row.id, "digest": row.digest, "edition": row.key, "status": row.status, "candidates": row.counts.candidates,
        "recipients": row.counts.recipients, "excluded": row.counts.excluded, "due_at": row.due_at, "prepared_by": row.prepared_by,
        "released_by": row.released_by, "stop_reason": row.stop_reason,
    })
}

pub(super) fn report_json(report: &SendReport) -> serde_json::Value {
    let replies: Vec<_> = report
        .replies
        .iter()
        .map(|reply| serde_json::json!({ "status": reply.status, "code": reply.code, "enhanced": reply.enhanced, "number": reply.number }))
        .collect();
    let counted = |pairs: Vec<(String, u64)>| pairs.into_iter().collect::<std::collections::BTreeMap<_, _>>();
    serde_json::json!({
        "send": row_json(&report.send),
        "deliveries": counted(report.statuses.iter().map(|(status, number)| (status.to_string(), *number)).collect()),
        "excluded": counted(report.exclusions.iter().map(|(why, number)| (why.to_string(), *number)).collect()),
        "replies": replies,
        "sent_last_minute": report.sent_last_minute,
    })
}
