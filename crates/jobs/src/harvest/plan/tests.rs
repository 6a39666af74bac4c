use pulse_model::{LinkRole, RecordLink};

use super::*;

const DAY: i64 = 86_400_000;

fn source(number: u128) -> SourceId {
    SourceId(uuid::Uuid::from_u128(number))
}

fn record(key: &str, url: &str, updated_at: i64) -> Record {
    let link = RecordLink { url: url.parse().unwrap(), role: LinkRole::Page, title: String::new(), media_type: None };
    Record { key: key.into(), title: "Waiting well".into(), links: vec![link], updated_at: Some(updated_at), ..Record::default() }
}

/// A store in miniature: keeps what plans say.
#[derive(Default)]
struct Kept(Vec<KnownPublication>);

impl Kept {
    fn take(&mut self, source: SourceId, records: &[Record]) -> Plan {
        let identifiers = identity::of_look(records);
        let found: Vec<Found<'_>> = records
            .iter()
            .zip(&identifiers)
            .map(|(record, identifiers)| Found { record, hash: ContentHash::of(record.title.as_bytes()), identifiers })
            .collect();
        let known = self.0.iter().flat_map(|known| known.identifiers.iter().map(|identifier| (identifier.to_string(), known.clone()))).collect();
        let plan = plan(source, &found, &known, None);
        let mut at = Vec::new();
        for work in &plan.works {
            let id = work.id.unwrap_or(PublicationId(uuid::Uuid::from_u128(100 + self.0.len() as u128)));
            let mut records = Vec::new();
            for gone in self.0.extract_if(.., |known| work.absorbs.contains(&known.id) || known.id == id) {
                records.extend(gone.records);
            }
            let version_number = if work.changes.is_empty() || work.amends { work.from_version.max(1) } else { work.from_version + 1 };
            self.0.push(KnownPublication { id, facts: work.facts.clone(), version_number, identifiers: work.identifiers.clone(), records });
            at.push(id);
        }
        for kept in &plan.records {
            let known = self.0.iter_mut().find(|known| known.id == at[kept.work]).unwrap();
            known.records.retain(|(of, record)| *of != source || record.key != kept.record.key);
            known.records.push((source, kept.record.clone()));
        }
        plan
    }

    fn counts(&mut self, source: SourceId, records: &[Record]) -> (u64, u64, u64) {
        let plan = self.take(source, records);
        (plan.new, plan.updated, plan.unchanged)
    }
}

const PAGE: &str = "https://quay.example/waiting";

#[test]
fn an_update_is_told_once_however_many_tell_of_it() {
    let mut kept = Kept::default();
    assert_eq!(kept.counts(source(1), &[record("a", PAGE, DAY)]), (1, 0, 0));
    assert_eq!(kept.counts(source(1), &[record("a", PAGE, DAY)]), (0, 0, 1));
    // Another feed calls it something else, and an old form of it is still in its list.
    let mut theirs = record("tag:1", "http://www.quay.example/waiting/?utm_source=feed", DAY);
    theirs.title = "Waiting well: a report".into();
    assert_eq!(kept.counts(source(2), &[theirs.clone()]), (0, 0, 1));
    assert_eq!(kept.counts(source(1), &[record("a#2", PAGE, 2 * DAY), record("a#1", PAGE, DAY)]), (0, 1, 0));
    theirs.updated_at = Some(2 * DAY);
    assert_eq!(kept.counts(source(2), &[theirs.clone()]), (0, 0, 1));
    // The note comes later, from whoever knows it, and belongs to the same version.
    theirs.change_note = Some("Added the annex.".into());
    let plan = kept.take(source(2), &[theirs]);
    assert_eq!((plan.updated, plan.works[0].amends, plan.works[0].changes.len(), plan.works[0].is_due), (0, true, 1, false));
    assert_eq!((kept.0.len(), kept.0[0].version_number), (1, 2));
}

#[test]
fn what_ties_two_together_makes_them_one() {
    let mut kept = Kept::default();
    let mut doi = record("a", "https://journal.example/7", DAY);
    doi.dois = vec!["10.1000/7".into()];
    assert_eq!(kept.counts(source(1), &[doi.clone(), record("b", PAGE, DAY)]), (2, 0, 0));
    let mut both = record("c", PAGE, DAY);
    both.dois = doi.dois;
    assert_eq!(kept.counts(source(2), &[both]), (0, 0, 1));
    assert_eq!(kept.0.len(), 1);
    // Two with different DOIs stay two, whatever page they share.
    let mut other = record("d", PAGE, DAY);
    other.dois = vec!["10.1000/8".into()];
    let plan = kept.take(source(3), &[other]);
    assert_eq!((plan.new, plan.works[0].identifiers.as_slice()), (1, [Identifier::Doi("10.1000/8".into())].as_slice()));
    // So do two of one look.
    let [mut one, mut two] = ["e", "f"].map(|key| record(key, "https://quay.example/book", DAY));
    (one.dois, two.dois) = (vec!["10.1000/9".into()], vec!["10.1000/10".into()]);
    let plan = kept.take(source(3), &[one, two]);
    let mut counts: Vec<usize> = plan.works.iter().map(|work| work.identifiers.len()).collect();
    counts.sort_unstable();
    assert_eq!((plan.new, counts.as_slice()), (2, [1, 2].as_slice()));
}

#[test]
fn text_that_comes_with_the_record_is_compared_with_what_came() {
    let mut kept = Kept::default();
    let with = |body: &str| Record { body: Some(body.into()), ..record("a", PAGE, DAY) };
    kept.take(source(1), &[with("<p>One.</p>")]);
    assert!(!kept.take(source(1), &[with("<p>One.</p>")]).works[0].is_due);
    let plan = kept.take(source(1), &[with("<p>Two.</p>")]);
    assert_eq!((plan.works[0].is_due, plan.works[0].changes.as_slice(), plan.updated), (true, [].as_slice(), 0));
}

#[test]
fn what_is_older_than_the_first_look_is_kept_and_not_fetched() {
    let old = record("a", PAGE, DAY);
    let identifiers = identity::of_look(std::slice::from_ref(&old));
    let found = [Found { record: &old, hash: ContentHash::of(b"a"), identifiers: &identifiers[0] }];
    let plan = plan(source(1), &found, &HashMap::new(), Some(2 * DAY));
    assert_eq!((plan.new, plan.unchanged, plan.works[0].is_due, plan.records.len()), (0, 1, false, 1));
}
