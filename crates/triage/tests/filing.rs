//! Where works would stand, by rules, types, an archive, and the names of a taxonomy alone.

use pulse_model::Month;
use pulse_model::digest::Taxonomy;
use pulse_testkit::digests;
use pulse_triage::Subject;
use pulse_triage::filing::{Filed, Filer, Source};

const SOCIAL_CARE: &str = "Adult social care and health";
const CHILDREN: &str = "Children and young people's services";
const JUSTICE: &str = "Criminal justice";

fn work(title: &str, text: &str) -> Subject {
    Subject { title: title.to_owned(), text: text.to_owned(), ..Subject::default() }
}

fn filed(title: &str, text: &str, sector: &str, category: &str) -> Option<Filed> {
    Some(Filed { subject: work(title, text), sector: sector.to_owned(), category: category.to_owned(), month: Month::new(2026, 5)? })
}

fn filer(archive: &[Filed]) -> Filer {
    Filer::learn(&digests::evidence().taxonomy(), archive)
}

#[test]
fn names_alone_file_what_is_plain() {
    let filer = filer(&[]);
    for (title, sector, category) in [
        ("Home care for older people: a toolkit for commissioners", SOCIAL_CARE, "Tools and guidance"),
        ("Reoffending after short prison sentences: an evaluation", JUSTICE, "Reports"),
        ("Briefing: foster carers and looked after children", CHILDREN, "Briefings"),
    ] {
        let filing = filer.file(&work(title, ""), None);
        assert_eq!((filing.sector.name.as_str(), filing.category.name.as_str()), (sector, category), "{filing:?}");
        assert_eq!(filing.sector.source, Source::Names);
        assert!(!filing.sector.because.is_empty() && filing.sector.probability > 0.4);
    }
}

#[test]
fn a_rule_goes_before_a_type_and_a_type_before_words() {
    let filer = filer(&[]);
    let subject = Subject { document_type: Some("Policy paper".to_owned()), ..work("A toolkit for prisons", "") };
    let by_type = filer.file(&subject, None);
    assert_eq!((by_type.category.name.as_str(), by_type.category.source), ("Briefings", Source::Type));
    let by_rule = filer.file(&subject, Some((CHILDREN, "reports")));
    assert_eq!((by_rule.sector.name.as_str(), by_rule.sector.source), (CHILDREN, Source::Rule));
    assert_eq!((by_rule.category.name.as_str(), by_rule.category.source), ("Reports", Source::Rule));
    let in_part = filer.file(&subject, Some(("no such sector", "")));
    assert_eq!((in_part.sector.name.as_str(), in_part.category.source), (JUSTICE, Source::Type));
}

#[test]
fn an_archive_overrules_what_names_mean() {
    let title = "Prison libraries";
    assert_eq!(filer(&[]).file(&work(title, ""), None).sector.name, JUSTICE);
    let archive: Vec<Filed> = (0..12).filter_map(|at| filed(&format!("Prison libraries, part {at}"), "", CHILDREN, "Reports")).collect();
    let choice = filer(&archive).file(&work(title, ""), None).sector;
    assert_eq!((choice.name.as_str(), choice.source), (CHILDREN, Source::Archive));
    let one = filer(&archive[..1]).file(&work("Reoffending and the courts", ""), None).sector;
    assert_eq!(one.name, JUSTICE, "one entry moves little");
}

#[test]
fn what_says_nothing_is_filed_all_the_same() {
    let filer = filer(&[]);
    for subject in [Subject::default(), work("", "Mae'r adroddiad yn edrych ar gefn gwlad"), work("14 15 16", "17 18 19")] {
        let filing = filer.file(&subject, None);
        assert_eq!((filing.sector.source, filing.sector.because.len()), (Source::Nothing, 0), "{filing:?}");
        assert!((filing.sector.probability - 1.0 / 3.0).abs() < 0.01, "{filing:?}");
    }
}

#[test]
fn a_list_of_links_is_filed_by_its_sections() {
    let section = |title: &str, sector: &str| (0..4).filter_map(move |at| filed(&format!("{title} {at}"), "", sector, "")).collect::<Vec<_>>();
    let archive = [section("Meetup in the harbour hall", "Events"), section("Notes on parsing with combinators", "Walkthroughs")].concat();
    let filing = Filer::learn(&Taxonomy(&[]), &archive).file(&work("Parsing dates with combinators", ""), None);
    assert_eq!((filing.sector.name.as_str(), filing.category.name.as_str()), ("Walkthroughs", ""));
    let backwards: Vec<Filed> = archive.iter().rev().cloned().collect();
    assert_eq!(Filer::learn(&Taxonomy(&[]), &backwards).file(&work("Parsing dates with combinators", ""), None), filing);
}

#[test]
fn without_any_place_there_is_none() {
    let filing = Filer::learn(&Taxonomy(&[]), &[]).file(&work("A report", ""), None);
    assert_eq!((filing.sector.name.as_str(), filing.category.name.as_str()), ("", ""));
}

#[test]
fn only_what_stands_far_from_its_words_is_doubted() {
    let titles = ["Prison officers and violence in custody", "Probation and reoffending", "Sentencing and the courts"];
    let archive: Vec<Filed> = titles.iter().cycle().take(12).filter_map(|title| filed(title, "Crime and prisons", JUSTICE, "Reports")).collect();
    let filer = filer(&archive);
    let subject = work("Reoffending after prison", "What probation officers say of crime, sentencing and violence in custody.");
    assert_eq!(filer.doubt(&subject, JUSTICE, "Reports"), None);
    let doubt = filer.doubt(&subject, CHILDREN, "Reports");
    assert_eq!(doubt.and_then(|doubt| doubt.sector).map(|choice| choice.name), Some(JUSTICE.to_owned()));
    assert_eq!(filer.doubt(&Subject::default(), CHILDREN, "Reports"), None, "no words, no doubt");
}
