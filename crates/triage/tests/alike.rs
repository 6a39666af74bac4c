//! What always holds of groups of candidates, of sketches and of series.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use proptest::prelude::*;
use pulse_model::Identifier;
use pulse_testkit::corpus;
use pulse_triage::Subject;
use pulse_triage::alike::{Candidate, Group, NEAR_TEXT, groups};
use pulse_triage::series::{Known, serial};
use pulse_triage::similar::{Sketch, near, similarity};

type Told = (Subject, Vec<Identifier>, Option<Sketch>);

fn grouped(told: &[Told]) -> Vec<Group> {
    let candidate = |(subject, identifiers, sketch): &'_ Told| (subject.clone(), identifiers.clone(), sketch.clone());
    let owned: Vec<Told> = told.iter().map(candidate).collect();
    let candidates: Vec<Candidate> =
        owned.iter().map(|(subject, identifiers, sketch)| Candidate { subject, identifiers, sketch: sketch.as_ref(), mentions: &[] }).collect();
    groups(&candidates)
}

/// A text of 400 words of its own, with some of them changed.
fn text(of: u64, changed: &BTreeSet<usize>) -> String {
    let word = |at: usize| if changed.contains(&at) { format!("changed{at}") } else { format!("word{}", (at as u64 + 1).wrapping_mul(of * 2 + 1) % 977) };
    (0..400).map(word).collect::<Vec<_>>().join(" ")
}

/// Two texts, each in four states.
static SKETCHES: LazyLock<Vec<Option<Sketch>>> =
    LazyLock::new(|| (0..8).map(|number: u64| Sketch::of(&text(number / 4, &(0..number as usize % 4 * 3).collect()))).collect());

fn told() -> impl Strategy<Value = Told> {
    let titles = [
        "Survey of unpaid carers 2023",
        "Survey of unpaid carers 2024",
        "Survey of unpaid carers",
        "Survey of Unpaid Carers: what they told us",
        "Annual report",
        "New survey of unpaid carers published",
        "Peer mentoring in three rural prisons: a feasibility study of volunteers",
        "",
    ];
    let publishers = prop::collection::vec(prop::sample::select(vec!["Harbour Trust", "Anchor Trust"]), 0..2);
    let identifiers = prop::collection::vec((0..3_u8).prop_map(|number| Identifier::Doi(format!("10.5555/{number}"))), 0..2);
    let types = prop::sample::select(vec![None, Some("press_release"), Some("report")]);
    let sketch = prop_oneof![Just(None), prop::sample::select(SKETCHES.clone())];
    (prop::sample::select(titles.to_vec()), publishers, identifiers, types, prop::option::of(0..80_i64), sketch).prop_map(
        |(title, publishers, identifiers, document_type, day, sketch)| {
            let subject = Subject {
                title: title.to_owned(),
                publishers: publishers.into_iter().map(str::to_owned).collect(),
                document_type: document_type.map(str::to_owned),
                published_at: day.map(|day| day * 86_400_000),
                ..Subject::default()
            };
            (subject, identifiers, sketch)
        },
    )
}

/// Groups by what is in them, since which of two equal candidates is where is no difference.
fn content(told: &[Told]) -> Vec<(String, Vec<String>)> {
    let shown = |at: usize| format!("{:?}", told[at]);
    let mut groups: Vec<(String, Vec<String>)> = grouped(told)
        .into_iter()
        .map(|group| {
            let mut others: Vec<String> = group.others.iter().map(|other| format!("{} {}", shown(other.at), other.why)).collect();
            others.sort();
            (shown(group.first), others)
        })
        .collect();
    groups.sort();
    groups
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_changes_no_group(told in prop::collection::vec(told(), 0..14).prop_flat_map(|told| (Just(told.clone()), Just(told).prop_shuffle()))) {
        let (straight, turned) = told;
        prop_assert_eq!(content(&straight), content(&turned));
    }

    #[test]
    fn everything_is_in_one_group_and_nothing_contradicts(told in prop::collection::vec(told(), 0..14)) {
        let groups = grouped(&told);
        let mut members: Vec<usize> = groups.iter().flat_map(|group| std::iter::once(group.first).chain(group.others.iter().map(|other| other.at))).collect();
        members.sort_unstable();
        prop_assert_eq!(members, (0..told.len()).collect::<Vec<_>>());
        let is_notice = |at: usize| told[at].0.document_type.as_deref() == Some("press_release");
        for group in &groups {
            for other in &group.others {
                // A notice stands behind its report, whatever it is known by.
                if is_notice(group.first) {
                    prop_assert!(is_notice(other.at));
                } else if !is_notice(other.at) {
                    let (one, other) = (&told[group.first], &told[other.at]);
                    let years = |told: &Told| serial(&told.0.title).place.until;
                    prop_assert!(years(one).is_none() || years(other).is_none() || years(one) == years(other));
                    prop_assert!(one.1.is_empty() || other.1.is_empty() || one.1.iter().any(|doi| group_has(&told, group, doi)));
                }
            }
        }
    }

    #[test]
    fn a_sketch_tells_how_much_is_shared(changed in prop::collection::btree_set(0..400_usize, 0..60)) {
        let (one, other) = (text(3, &BTreeSet::new()), text(3, &changed));
        let runs = |text: &str| text.split(' ').collect::<Vec<_>>().windows(4).map(|run| run.join(" ")).collect::<BTreeSet<_>>();
        let (a, b) = (runs(&one), runs(&other));
        let truth = a.intersection(&b).count() as f64 / a.union(&b).count() as f64;
        let estimate = similarity(&Sketch::of(&one).unwrap(), &Sketch::of(&other).unwrap());
        // Four standard errors of 128 places.
        prop_assert!((truth - estimate).abs() <= 4.0 * 0.0442, "{truth} {estimate}");
    }

    #[test]
    fn sketches_are_read_back(words in "\\PC{0,600}", noise in "\\PC{0,40}") {
        if let Some(sketch) = Sketch::of(&words) {
            prop_assert_eq!(sketch.to_string().parse(), Ok(sketch));
        }
        prop_assert!(noise.parse::<Sketch>().is_err());
    }

    #[test]
    fn any_title_has_a_name(title in "(\\PC{0,8}|january|may|2024|23|phase|q3|third|quarter|to|final|report|year|ending| |:|-){0,12}") {
        let found = serial(&title);
        prop_assert_eq!(found.name.is_empty(), pulse_model::name::fold(&title).is_empty());
    }

    #[test]
    fn the_order_in_which_works_are_known_changes_no_predecessor(told in prop::collection::vec(told(), 0..10), of in told()) {
        let before = |turned: bool| {
            let mut known = Known::new();
            let mut works: Vec<&Subject> = told.iter().map(|(subject, ..)| subject).collect();
            if turned { works.reverse(); }
            works.into_iter().for_each(|work| known.add(work, None));
            known.before(&of.0)
        };
        prop_assert_eq!(before(false), before(true));
    }
}

fn group_has(told: &[Told], group: &Group, doi: &Identifier) -> bool {
    group.others.iter().any(|other| told[other.at].1.contains(doi)) || told[group.first].1.contains(doi)
}

#[test]
fn a_sketch_is_the_same_for_ever() {
    let sketch = Sketch::of(&text(1, &BTreeSet::new())).unwrap().to_string();
    // Kept sketches are compared with new ones: when this changes, so must the version.
    assert_eq!(&sketch[..34], "1:3fe07db2b96d6eaf8eb1a37982e4857a");
}

#[test]
fn near_texts_are_found_among_many() {
    let texts: Vec<String> = (0..300).flat_map(|of| [text(of, &BTreeSet::new()), text(of, &BTreeSet::from([7]))]).collect();
    let sketches: Vec<Option<Sketch>> = texts.iter().map(|text| Sketch::of(text)).collect();
    let sketches: Vec<Option<&Sketch>> = sketches.iter().map(Option::as_ref).collect();
    let found = near(&sketches, NEAR_TEXT);
    let pairs: Vec<(usize, usize)> = found.iter().map(|near| (near.one, near.other)).collect();
    assert_eq!(pairs, (0..300).map(|of| (of * 2, of * 2 + 1)).collect::<Vec<_>>());
}

#[test]
fn forms_that_one_publisher_fills_in_stay_apart() {
    let told: Vec<Told> = (0..600_usize)
        .map(|number| {
            let subject = Subject { title: format!("Inspection of home {number}"), publishers: vec!["Inspectorate".into()], ..Subject::default() };
            (subject, Vec::new(), Sketch::of(&text(1, &BTreeSet::from([number % 400]))))
        })
        .collect();
    assert_eq!(grouped(&told).len(), 600);
}

/// Records of a systematic review, of which its authors marked some as told twice.
#[test]
fn records_that_a_review_found_twice_are_one() {
    let Some(folder) = corpus::folder("screening") else { return };
    let mut file = csv::Reader::from_path(folder.join("Nagtegaal_2019.csv")).unwrap();
    let rows: Vec<BTreeMap<String, String>> = file.deserialize().map(Result::unwrap).collect();
    let works: Vec<Told> = rows
        .iter()
        .map(|row| (Subject { title: row["title"].clone(), text: row["abstract"].clone(), ..Subject::default() }, Vec::new(), Sketch::of(&row["abstract"])))
        .collect();
    let mut found: BTreeSet<(String, String)> = BTreeSet::new();
    for group in grouped(&works) {
        let id = |at: usize| rows[at]["record_id"].clone();
        for other in &group.others {
            found.insert((id(group.first).min(id(other.at)), id(group.first).max(id(other.at))));
        }
    }
    let pair = |row: &BTreeMap<String, String>| {
        let (one, other) = (row["record_id"].clone(), row["duplicate_record_id"].clone());
        (!other.is_empty()).then(|| (one.clone().min(other.clone()), one.max(other)))
    };
    let marked: BTreeSet<(String, String)> = rows.iter().filter_map(pair).collect();
    let missed = marked.difference(&found).count();
    // Those found beyond have a subtitle in one record and none in the other; the authors counted them as two.
    let beyond = found.difference(&marked).count();
    assert!(marked.len() >= 10 && missed <= 1 && beyond <= 3, "{} marked, {missed} missed, {beyond} beyond", marked.len());
}
