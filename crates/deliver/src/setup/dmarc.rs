//! What receivers are to do with a message that is not what it says, and which domains belong together (RFC 9989).
//!
//! Since RFC 9989 the organisation's domain is found by walking up the tree of DNS and no longer in a list of public suffixes, and
//! the tags `pct`, `rf` and `ri` are gone.

use mail_auth::common::parse::TxtRecordParser as _;
use mail_auth::dmarc::{Alignment, Dmarc, Policy, Psd};

use super::Setup;
use super::finding::{Finding, Publish, tags};
use super::known::{Known, Unknown};

/// A longer name is looked at whole, and then with its last seven labels (RFC 9989 section 4.10).
const MOST_LABELS: usize = 8;
/// What RFC 9989 took out.
const GONE: [&str; 3] = ["pct", "rf", "ri"];

/// What a walk up the tree found (RFC 9989 section 4.10).
struct Tree<'k> {
    /// Each domain with one record that can be read, from the one asked for upwards.
    found: Vec<(String, &'k str, Dmarc)>,
    /// The organisation's domain (section 4.10.2).
    organisation: String,
}

fn walk<'k>(known: &'k Known, domain: &str) -> Result<Tree<'k>, Unknown> {
    let mut found: Vec<(String, &str, Dmarc)> = Vec::new();
    let mut below = domain.to_owned();
    for name in names(domain) {
        if let [text] = records(known, &name)?.as_slice()
            && let Ok(dmarc) = Dmarc::parse(text.as_bytes())
        {
            let psd = dmarc.psd.clone();
            found.push((name.clone(), text, dmarc));
            match psd {
                Psd::No => return Ok(Tree { found, organisation: name }),
                // A suffix under which others register: the organisation is one below.
                Psd::Yes if name != domain => return Ok(Tree { found, organisation: below }),
                _ => {}
            }
        }
        below = name;
    }
    let organisation = found.last().map_or_else(|| domain.to_owned(), |(name, ..)| name.clone());
    Ok(Tree { found, organisation })
}

/// The domains that a walk asks about.
fn names(domain: &str) -> Vec<String> {
    let labels: Vec<&str> = domain.split('.').collect();
    let first_short = if labels.len() >= MOST_LABELS { labels.len() - MOST_LABELS + 1 } else { 1 };
    std::iter::once(0).chain(first_short..labels.len()).map(|start| labels[start..].join(".")).collect()
}

fn records<'k>(known: &'k Known, domain: &str) -> Result<Vec<&'k str>, Unknown> {
    known.tagged(&format!("_dmarc.{domain}"), "v=DMARC1")
}

/// Looks for the policy of the From domain.
pub(super) fn policy(known: &Known, setup: &Setup, about: &str) -> Result<Vec<Finding>, Unknown> {
    let domain = &setup.from_domain;
    let at = |domain: &str| format!("_dmarc.{domain}");
    let simplest = || [Publish::text(&at(domain), "v=DMARC1; p=none")];
    let own = records(known, domain)?;
    if own.len() > 1 {
        let message = format!("there are {} DMARC records, and receivers take none of them", own.len());
        return Ok(vec![
            Finding::fail(about, message).advise("Leave one of them.").publish(own.first().map(|text| Publish::text(&at(domain), without_gone(text)))),
        ]);
    }
    if let [text] = own.as_slice()
        && Dmarc::parse(text.as_bytes()).is_err()
    {
        let message = format!("the DMARC record cannot be read, and receivers ignore such a one: {text}");
        return Ok(vec![Finding::fail(about, message).advise("Publish one that can be read.").publish(simplest())]);
    }
    let tree = walk(known, domain)?;
    // The record of the domain itself counts, else that of its organisation, else that of the suffix above (section 4.10.1).
    let counts = tree.found.iter().find(|(name, ..)| name == domain).or_else(|| tree.found.iter().find(|(name, ..)| *name == tree.organisation));
    let Some((place, text, dmarc)) = counts.or(tree.found.last()) else {
        let advice = "Publish a record; p=none asks for nothing yet. With rua=mailto:ADDRESS you get reports of who sends in your name.";
        return Ok(vec![Finding::fail(about, "there is no DMARC record, and large receivers refuse bulk mail without").advise(advice).publish(simplest())]);
    };
    let mut findings = Vec::new();
    let gone: Vec<String> = tags(text).map(|(name, _)| name).filter(|name| GONE.contains(&name.as_str())).collect();
    if !gone.is_empty() {
        let message = format!("the DMARC record has {}, which RFC 9989 took out; receivers ignore it", gone.join(", "));
        let advice = if gone.iter().any(|name| name == "pct") { "Take it out; for a trial of a stricter policy there is t=y." } else { "Take it out." };
        findings.push(Finding::warn(about, message).advise(advice).publish([Publish::text(&at(place), without_gone(text))]));
    }
    let is_own = place == domain;
    let (tag, asked) = match (is_own, known.exists(domain)?) {
        (true, _) => ("p", dmarc.p),
        (false, true) => ("sp", dmarc.sp),
        (false, false) => ("np", dmarc.np),
    };
    match asked {
        Policy::Unspecified => {
            let message = "the DMARC record has no p=, and counts as p=none only where it asks for reports";
            findings.push(Finding::warn(about, message).advise("Add p=.").publish([Publish::text(&at(place), with_policy(text))]));
        }
        Policy::None => {
            let advice = "When the reports (rua=) show that all your mail is signed, ask for p=quarantine, and later for p=reject.";
            let message = format!("{}: nothing is asked of receivers yet", said(is_own, place, tag, "none"));
            findings.push(Finding::new(about, super::Severity::Advice, message).advise(advice));
        }
        Policy::Quarantine => findings.push(Finding::ok(about, said(is_own, place, tag, "quarantine"))),
        Policy::Reject => findings.push(Finding::ok(about, said(is_own, place, tag, "reject"))),
    }
    if dmarc.t && asked != Policy::None {
        findings.push(
            Finding::new(about, super::Severity::Advice, "t=y: receivers are asked to go one step less far than the policy")
                .advise("Take out t=y when the trial is over."),
        );
    }
    Ok(findings)
}

fn said(is_own: bool, place: &str, tag: &str, policy: &str) -> String {
    if is_own { format!("p={policy}") } else { format!("{tag}={policy}, by the record of {place}") }
}

/// Whether SPF and DKIM speak of the domain that readers see (RFC 9989 section 4.10.2).
pub(super) fn alignment(known: &Known, setup: &Setup, about: &str) -> Result<Vec<Finding>, Unknown> {
    let (from, back) = (walk(known, &setup.from_domain)?, walk(known, &setup.return_domain)?);
    if from.found.is_empty() {
        // Which domains belong together is said by DMARC records alone.
        return Ok(Vec::new());
    }
    let own = from.found.iter().find(|(name, ..)| *name == setup.from_domain).or(from.found.iter().find(|(name, ..)| *name == from.organisation));
    let is_strict = own.is_some_and(|(_, _, dmarc)| dmarc.aspf == Alignment::Strict);
    let is_aligned = if is_strict { setup.return_domain == setup.from_domain } else { from.organisation == back.organisation };
    let dkim = if setup.keys.is_empty() { "" } else { "; DKIM signs in the name of the From domain itself" };
    if is_aligned {
        return Ok(vec![Finding::ok(about, format!("the return domain {} belongs to {}{dkim}", setup.return_domain, from.organisation))]);
    }
    let why = if is_strict {
        format!("the DMARC record says aspf=s, and {} is not {}", setup.return_domain, setup.from_domain)
    } else {
        format!("the return domain {} does not belong to {} but to {}", setup.return_domain, from.organisation, back.organisation)
    };
    let advice = if is_strict {
        "Take out aspf=s, or let the return domain be that of the address (return_domain of [sender] in the digest's file).".to_owned()
    } else {
        format!("Let return_domain of [sender] in the digest's file be a name under {}, such as bounce.{}.", from.organisation, setup.from_domain)
    };
    let message = format!("SPF does not count for DMARC: {why}{dkim}");
    // One of the two is enough for DMARC.
    Ok(vec![if setup.keys.is_empty() { Finding::fail(about, message) } else { Finding::warn(about, message) }.advise(advice)])
}

/// The record without the tags that are gone.
fn without_gone(text: &str) -> String {
    tags(text).filter(|(name, _)| !GONE.contains(&name.as_str())).map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}

/// The record with a policy that asks for nothing, behind its version.
fn with_policy(text: &str) -> String {
    let rest: Vec<String> = tags(text).skip(1).filter(|(name, _)| !GONE.contains(&name.as_str())).map(|(name, value)| format!("{name}={value}")).collect();
    ["v=DMARC1".to_owned(), "p=none".to_owned()].into_iter().chain(rest).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_asks_eight_times_at_the_most() {
        assert_eq!(names("a.b.example.org"), ["a.b.example.org", "b.example.org", "example.org", "org"]);
        // The example of RFC 9989 section 4.10.
        let long = names("a.b.c.d.e.f.g.h.i.j.mail.example.com");
        assert_eq!(long[..3], ["a.b.c.d.e.f.g.h.i.j.mail.example.com", "g.h.i.j.mail.example.com", "h.i.j.mail.example.com"].map(String::from));
        assert_eq!(long.len(), 8);
    }
}
