//! Walks a record with its includes and its redirect, and counts.

use mail_auth::spf::{Macro, Mechanism, Spf};

use super::{parse, records};
use crate::setup::known::{Known, Unknown};

/// Far beyond what any receiver follows; what is behind it is not counted.
const MOST_COUNTED: usize = 50;
/// The most names of one `mx` (RFC 7208 section 4.6.4).
const MOST_EXCHANGERS: usize = 10;

/// What a walk came to.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// Terms that make a receiver ask DNS, in all records together.
    pub(super) lookups: usize,
    /// Names asked for that have nothing.
    pub(super) void: usize,
    /// What makes receivers take the whole record for broken, in words.
    pub(super) broken: Vec<String>,
}

/// Walks the record of a domain.
pub(super) fn walk(known: &Known, domain: &str, spf: &Spf) -> Result<Walked, Unknown> {
    let mut walked = Walked::default();
    follow(known, &mut vec![domain.to_owned()], spf, &mut walked)?;
    Ok(walked)
}

/// `path` is how the walk came here: the last is the domain of this record.
fn follow(known: &Known, path: &mut Vec<String>, spf: &Spf, walked: &mut Walked) -> Result<(), Unknown> {
    let here = path.last().cloned().unwrap_or_default();
    let mut result = Ok(());
    for directive in &spf.directives {
        if walked.lookups > MOST_COUNTED {
            break;
        }
        // One that is missing does not keep the others from being asked for.
        let step = match &directive.mechanism {
            Mechanism::Include { macro_string } => enter(known, path, "include", macro_string, walked),
            Mechanism::A { macro_string, .. } => found(known, &name(macro_string, &here), false, walked),
            Mechanism::Mx { macro_string, .. } => found(known, &name(macro_string, &here), true, walked),
            Mechanism::Exists { .. } | Mechanism::Ptr { .. } => {
                walked.lookups += 1;
                Ok(())
            }
            Mechanism::All | Mechanism::Ip4 { .. } | Mechanism::Ip6 { .. } => Ok(()),
        };
        result = result.and(step);
    }
    let has_all = spf.directives.iter().any(|directive| directive.mechanism == Mechanism::All);
    match &spf.redirect {
        // `all` comes first, whatever stands behind it (RFC 7208 section 6.1).
        Some(target) if !has_all => result.and(enter(known, path, "redirect", target, walked)),
        _ => result,
    }
}

fn enter(known: &Known, path: &mut Vec<String>, term: &str, target: &Macro, walked: &mut Walked) -> Result<(), Unknown> {
    walked.lookups += 1;
    let Some(target) = literal(target) else { return Ok(()) };
    if path.contains(&target) {
        walked.broken.push(format!("the SPF record of {target} comes back to itself: {} -> {target}", path.join(" -> ")));
        return Ok(());
    }
    let found = records(known, &target)?;
    let broken = match found.as_slice() {
        [record] => match parse(record) {
            Some(spf) => {
                path.push(target);
                let result = follow(known, path, &spf, walked);
                path.pop();
                return result;
            }
            None => "has an SPF record that cannot be read",
        },
        [] => "has no SPF record",
        _ => "has several SPF records",
    };
    walked.broken.push(format!("{term} {target} {broken}, and receivers take the whole record for broken (RFC 7208 section 5.2)"));
    Ok(())
}

/// Counts an `a` or `mx`, and whether there is anything.
fn found(known: &Known, name: &Option<String>, is_mx: bool, walked: &mut Walked) -> Result<(), Unknown> {
    walked.lookups += 1;
    let Some(name) = name else { return Ok(()) };
    let number = if is_mx { known.exchangers(name)?.len() } else { known.addresses(name)?.len() };
    if number == 0 {
        walked.void += 1;
    } else if is_mx && number > MOST_EXCHANGERS {
        walked.broken.push(format!("mx {name} has {number} names, and receivers stop at {MOST_EXCHANGERS} (RFC 7208 section 4.6.4)"));
    }
    Ok(())
}

/// What a mechanism is about: the domain it stands in, if nothing is said. `None` where it depends on the message.
pub(super) fn name(target: &Macro, here: &str) -> Option<String> {
    if matches!(target, Macro::None) { Some(here.to_owned()) } else { literal(target) }
}

pub(super) fn literal(target: &Macro) -> Option<String> {
    let Macro::Literal(bytes) = target else { return None };
    let name = std::str::from_utf8(bytes).ok()?.trim_end_matches('.').to_ascii_lowercase();
    (!name.is_empty()).then_some(name)
}
