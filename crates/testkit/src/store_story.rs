//! The story both stores must pass: a digest is described, its editions come in, are changed, signed off and published,
//! and two publishers turn out to be one; readers come and go; an edition is sent, and things come back; sources are watched.
//!
//! In: an empty store; out: nothing, or a panic that says where the story went wrong. It takes a step with every
//! operation a store has, so that a query that one engine does not understand cannot stay hidden.

pub mod harvest;
pub mod mails;
pub mod reader_pages;
pub mod readers;
pub mod retention;
pub mod safeguards;
pub mod senders;
pub mod sends;
pub mod triage;

use jiff::civil::date;
use pulse_model::digest::{Picture, TaxonomySector};
use pulse_model::edition::{Category, Contact, ContactKind, Sector, SetAside, SignOff};
use pulse_model::figure::Value;
use pulse_model::life::{LifeError, Step};
use pulse_model::publisher::FormerName;
use pulse_model::{
    Block, Blocks, Digest, Edition, EditionKey, Entry, Figure, Href, Item, Link, List, Month, NewsItem, NewsKind, Problem, ProblemKind, Publisher, Slug,
    Status, Text,
};
use pulse_store::{Conflict, EditionId, Saved, Source, Store, StoreError};

/// The moment the story begins; each chapter lets some time pass.
pub const START: i64 = 1_780_000_000_000;
const HOUR: i64 = 3_600_000;

type Chapter = Result<(), StoreError>;

/// Tells the whole story to an empty store.
pub async fn run(store: &Store) {
    let digest = digest();
    describe_a_digest(store, &digest).await.expect("a digest is described");
    save_editions(store, &digest).await.expect("editions are saved");
    replace_an_edition(store, &digest).await.expect("an edition is replaced");
    sign_off_and_publish(store, &digest).await.expect("an edition is signed off and published");
    name_publishers(store, &digest).await.expect("publishers are found by their names");
    merge_publishers(store, &digest).await.expect("publishers are merged");
    check_the_database(store).await.expect("the database is checked");
    readers::run(store, &digest.slug).await;
    sends::run(store, &digest).await;
    mails::run(store, &digest.slug).await;
    safeguards::run(store, &digest.slug).await;
    senders::run(store, &digest.slug).await;
    harvest::run(store).await;
    triage::run(store, &digest.slug).await;
    retention::run(store).await;
}

/// A digest with something in every field.
pub fn digest() -> Digest {
    let sector = |name: &str, also: &[&str], categories: &[&str]| TaxonomySector {
        name: name.into(),
        also: also.iter().map(|name| (*name).into()).collect(),
        categories: categories.iter().map(|name| (*name).into()).collect(),
    };
    let mut digest = Digest::named(Slug::from_words("tidemark"), "Tidemark");
    digest.tagline = "What was published, and what it says".into();
    digest.organisation = "Skerrow Research".into();
    digest.masthead.logo = Some(Picture { file: "logo.png".into(), alt: "Skerrow Research".into(), data: "iVBORw0KGgo=".into() });
    digest.footer.email = "info@skerrow.example".into();
    digest.house_style.news_heading = "Our news".into();
    digest.desk.words = vec!["telecare".into()];
    digest.opening.closing = "Best wishes,".into();
    digest.import.also_called = vec!["The Tide".into()];
    digest.sectors = vec![
        sector("Adult social care and health", &["Adult services"], &["Reports", "Briefings"]),
        sector("Criminal justice", &[], &["Reports", "Tools and guidance"]),
    ];
    digest.publishers = vec![quay_health(), Publisher::named("Centre for Early Diversion")];
    digest
}

/// An edition with something in every field.
pub fn edition(digest: &Digest, key: EditionKey) -> Edition {
    let mut edition = Edition::new(digest.slug.clone(), key);
    edition.letter.welcome = paragraph("Welcome to *Tidemark*.");
    edition.letter.highlights =
        Blocks::new([Block::List(List { ordered: true, items: vec![Item::new(text("One")), Item { text: text("Two"), blocks: paragraph("under it") }] })]);
    edition.letter.call_for_contact = paragraph("Write to us.");
    edition.letter.notices = paragraph("No edition in August.");
    edition.letter.sign_off = Some(SignOff { closing: "Best wishes,".into(), name: "Ada Lorne".into(), role: "Editor".into() });
    edition.letter.contacts = vec![Contact { kind: ContactKind::Telephone, text: text("01632 960140") }];
    edition.news = vec![NewsItem {
        kind: NewsKind::Webinar,
        title: "Waiting well".into(),
        links: vec![link("https://skerrow.example/waiting", "Register")],
        body: paragraph("On 3 June."),
        problems: vec![Problem::new(ProblemKind::LinkLost, "a link in the news has no target").at_line(12)],
    }];
    let category = |name: &str, entries: Vec<Entry>| Category { name: name.into(), entries };
    edition.sectors = vec![
        Sector {
            name: "Adult social care and health".into(),
            categories: vec![
                category("Reports", vec![first_entry(), Entry::titled(["Centre for Early Diversion"], "Deferred, not dropped")]),
                category("Briefings", Vec::new()),
            ],
        },
        Sector { name: "Criminal justice".into(), categories: vec![category("", vec![Entry::titled(["QHI", "Bench & Bar Society (BBS)"], "Who waits?")])] },
    ];
    edition.problems = vec![Problem::new(ProblemKind::Incomplete, "the sign-off has no date")];
    edition.set_aside = vec![SetAside { line: 3, text: "View in browser".into(), reason: "part of the mailing service's frame".into() }];
    edition.settle_slugs();
    edition
}

async fn describe_a_digest(store: &Store, digest: &Digest) -> Chapter {
    assert_eq!(store.digests().await?, []);
    assert_eq!(store.digest(&digest.slug).await?, None);
    let id = store.put_digest(digest, START).await?;
    assert_eq!(store.digest(&digest.slug).await?.as_ref(), Some(digest));

    // Described again with sectors in another order and a new name; the register keeps what was edited there.
    let mut changed = digest.clone();
    changed.name = "Tidemark Monthly".into();
    changed.sectors.reverse();
    changed.sectors[1].categories.remove(0);
    changed.publishers[0].abbreviations.clear();
    changed.publishers[1].homepage = Some(href("https://diversion.example"));
    assert_eq!(store.put_digest(&changed, START + 1).await?, id);
    changed.publishers[0].abbreviations = quay_health().abbreviations;
    assert_eq!(store.digest(&digest.slug).await?, Some(changed));

    let other = Digest::named(Slug::from_words("almanac"), "Almanac");
    assert_ne!(store.put_digest(&other, START + 2).await?, id);
    assert_eq!(store.put_digest(digest, START + 3).await?, id);
    let slugs: Vec<String> = store.digests().await?.into_iter().map(|digest| digest.slug.to_string()).collect();
    assert_eq!(slugs, ["almanac", "tidemark"]);
    Ok(())
}

async fn save_editions(store: &Store, digest: &Digest) -> Chapter {
    let nowhere = Edition::new(Slug::from_words("nowhere"), may());
    let refused = store.save_edition(&nowhere, &source(), Conflict::Refuse, START).await;
    assert!(matches!(&refused, Err(StoreError::NoDigest { slug }) if slug.as_str() == "nowhere"), "{refused:?}");

    let edition = edition(digest, may());
    let saved = store.save_edition(&edition, &source(), Conflict::Refuse, START + HOUR).await?;
    assert!(matches!(saved, Saved::Created(_)));
    let stored = store.edition(&digest.slug, may()).await?.expect("it was saved");
    assert_eq!(stored.edition, edition);
    assert_eq!((stored.id, stored.status, stored.revision_count, &stored.source), (saved.id(), Status::Draft, 0, &source()));
    assert_eq!((stored.created_at, stored.updated_at, stored.text_saved_at), (START + HOUR, START + HOUR, START + HOUR));
    assert_eq!(store.edition_by_id(saved.id()).await?, Some(stored.clone()));

    let again = store.save_edition(&edition, &Source::default(), Conflict::Refuse, START + 2 * HOUR).await?;
    assert_eq!(again, Saved::Unchanged(saved.id()));
    assert_eq!(store.edition(&digest.slug, may()).await?, Some(stored));

    // As from its own Markdown, which holds the text and not what was wrong with the first file.
    let mut without_problems = edition.clone();
    without_problems.problems.clear();
    without_problems.set_aside.clear();
    without_problems.news.iter_mut().for_each(|item| item.problems.clear());
    without_problems.entries_mut().for_each(|entry| entry.problems.clear());
    assert_ne!(without_problems, edition);
    let again = store.save_edition(&without_problems, &source(), Conflict::Refuse, START + 2 * HOUR).await?;
    assert_eq!(again, Saved::Unchanged(saved.id()));
    assert_eq!(store.edition(&digest.slug, may()).await?.map(|stored| stored.edition), Some(edition.clone()));

    let mut twice = edition.clone();
    twice.entries_mut().for_each(|entry| entry.slug = "same".into());
    let refused = store.save_edition(&twice, &source(), Conflict::Replace, START).await;
    assert!(matches!(&refused, Err(StoreError::SlugTwice { slug, .. }) if slug == "same"), "{refused:?}");

    let daily = EditionKey::daily(date(2026, 5, 17)).expect("a day");
    let june = EditionKey::monthly(Month::new(2026, 6).expect("a month"));
    for key in [june, daily] {
        store.save_edition(&Edition::new(digest.slug.clone(), key), &Source::default(), Conflict::Refuse, START + HOUR).await?;
    }
    let listed = store.editions(Some(&digest.slug), None).await?;
    assert_eq!(listed.iter().map(|row| row.key).collect::<Vec<_>>(), [june, daily, may()]);
    assert_eq!((listed[2].id, listed[2].entry_count, listed[2].news_count, listed[2].problem_count), (saved.id(), 3, 1, 3));
    assert_eq!(store.editions(None, Some(Status::Draft)).await?, listed);
    assert_eq!(store.editions(Some(&Slug::from_words("almanac")), None).await?, []);
    assert_eq!(store.editions(None, Some(Status::Published)).await?, []);
    Ok(())
}

async fn replace_an_edition(store: &Store, digest: &Digest) -> Chapter {
    let first = edition(digest, may());
    let second = second_edition(digest);
    let refused = store.save_edition(&second, &source(), Conflict::Refuse, START + 3 * HOUR).await;
    let message = refused.as_ref().expect_err("the text differs").to_string();
    assert_eq!(message, "edition 2026-05 of tidemark is already there with a different text; replace it to keep the old text as a revision");
    assert!(refused.is_err_and(|error| !error.is_passing()));
    let stored = store.edition(&digest.slug, may()).await?.expect("it is still there");
    assert_eq!(stored.edition, first);

    let later = Source { name: "may-corrected.html".into(), sha256: "cd".repeat(32) };
    let saved = store.save_edition(&second, &later, Conflict::Replace, START + 4 * HOUR).await?;
    assert_eq!(saved, Saved::Replaced { id: stored.id, revision: 1 });
    let now = store.edition(&digest.slug, may()).await?.expect("it was replaced");
    assert_eq!((&now.edition, now.revision_count, &now.source), (&second, 1, &later));
    assert_eq!((now.created_at, now.updated_at), (START + HOUR, START + 4 * HOUR));

    let revisions = store.revisions(stored.id).await?;
    assert_eq!(revisions.len(), 1);
    assert_eq!((revisions[0].number, &revisions[0].source), (1, &source()));
    assert_eq!((revisions[0].saved_at, revisions[0].replaced_at), (START + HOUR, START + 4 * HOUR));
    assert_eq!(store.revision(stored.id, 1).await?, Some(first));
    assert_eq!(store.revision(stored.id, 2).await?, None);
    Ok(())
}

async fn sign_off_and_publish(store: &Store, digest: &Digest) -> Chapter {
    let stored = store.edition(&digest.slug, may()).await?.expect("it was saved");
    let id = stored.id;
    let refused = store.step(id, Step::Publish, "Ada Lorne", "", START).await;
    assert!(matches!(refused, Err(StoreError::Step { cause: LifeError::NotFrom { from: Status::Draft, .. }, .. })), "{refused:?}");
    assert_eq!(store.events(id).await?, []);
    assert_eq!(store.signed(id).await?, None);

    assert_eq!(store.step(id, Step::Submit, "Ada Lorne", "", START + 5 * HOUR).await?, Status::InReview);
    assert_eq!(store.step(id, Step::SignOff, "Bo Tarn", "", START + 6 * HOUR).await?, Status::SignedOff);
    let signed = store.signed(id).await?.expect("it was signed off");
    assert_eq!((&signed.edition, signed.who.as_str(), signed.at, signed.sha256.len()), (&stored.edition, "Bo Tarn", START + 6 * HOUR, 64));
    refuse_changes(store, digest, id).await?;

    assert_eq!(store.step(id, Step::Publish, "Ada Lorne", "", START + 7 * HOUR).await?, Status::Published);
    refuse_changes(store, digest, id).await?;
    assert_eq!(store.editions(None, Some(Status::Published)).await?.len(), 1);

    let refused = store.step(id, Step::Reopen, "Bo Tarn", " ", START).await;
    assert!(matches!(refused, Err(StoreError::Step { cause: LifeError::NoReason { .. }, .. })), "{refused:?}");
    assert_eq!(store.step(id, Step::Reopen, "Bo Tarn", "a figure was wrong", START + 8 * HOUR).await?, Status::Draft);
    let events = store.events(id).await?;
    assert_eq!(events.iter().map(|event| event.step).collect::<Vec<_>>(), [Step::Submit, Step::SignOff, Step::Publish, Step::Reopen]);
    assert_eq!((events[3].at, events[3].who.as_str(), events[3].reason.as_str()), (START + 8 * HOUR, "Bo Tarn", "a figure was wrong"));

    // Open again, it can be changed; what was signed off is still there to compare with.
    let saved = store.save_edition(&edition(digest, may()), &source(), Conflict::Replace, START + 9 * HOUR).await?;
    assert_eq!(saved, Saved::Replaced { id, revision: 2 });
    assert_eq!(store.signed(id).await?, Some(signed));

    let missing: EditionId = "00000000-0000-7000-8000-000000000000".parse().expect("an id");
    let refused = store.step(missing, Step::Submit, "Ada Lorne", "", START).await;
    assert!(matches!(refused, Err(StoreError::NoEdition { .. })), "{refused:?}");
    Ok(())
}

async fn refuse_changes(store: &Store, digest: &Digest, id: EditionId) -> Chapter {
    let before = store.edition_by_id(id).await?;
    let refused = store.save_edition(&edition(digest, may()), &source(), Conflict::Replace, START).await;
    let message = refused.expect_err("the text is locked").to_string();
    assert!(message.starts_with("edition 2026-05 of tidemark is ") && message.ends_with("; reopen it first"), "{message}");
    let same = store.save_edition(&second_edition(digest), &source(), Conflict::Replace, START).await?;
    assert_eq!(same, Saved::Unchanged(id));
    assert_eq!(store.edition_by_id(id).await?, before);
    Ok(())
}

async fn name_publishers(store: &Store, digest: &Digest) -> Chapter {
    // The edition printed "QHI", which the digest's description says is the Quay Health Institute.
    let listed: Vec<(String, u64)> = store.publishers(None).await?.into_iter().map(|row| (row.publisher.name, row.entry_count)).collect();
    let expected = [("Bench & Bar Society", 1), ("Centre for Early Diversion", 1), ("Quay Health Institute", 2)];
    assert_eq!(listed, expected.map(|(name, count)| (name.to_owned(), count)));
    let register = store.register().await?;
    let found = register.find("BENCH AND BAR SOCIETY").expect("it was printed");
    assert_eq!(found.abbreviations, ["BBS"]);

    assert_eq!(store.publishers(Some("qhi")).await?.len(), 1);
    assert_eq!(store.publishers(Some("Institute of Quay")).await?[0].publisher, quay_health());
    assert_eq!(store.publishers(Some("%")).await?, []);

    let courts = Publisher { homepage: Some(href("https://courts.example")), ..Publisher::named("Courts Observatory") };
    let id = store.add_publisher(&courts, START + 10 * HOUR).await?;
    let rows = store.publishers(Some("courts")).await?;
    assert_eq!((rows[0].id, &rows[0].publisher, rows[0].entry_count), (id, &courts, 0));
    let same = Publisher { abbreviations: vec!["B.B.S.".into(), "bbs".into()], ..Publisher::named("Bed and Breakfast Society") };
    let refused = store.add_publisher(&same, START).await;
    assert!(matches!(&refused, Err(StoreError::NameTaken { name, publisher }) if name == "bbs" && publisher == "Bench & Bar Society"), "{refused:?}");
    assert!(matches!(store.add_publisher(&Publisher::named(" "), START).await, Err(StoreError::NoName)));

    // Two organisations may share an abbreviation: the long name decides, and the first keeps the short one for itself.
    let mut july = Edition::new(digest.slug.clone(), EditionKey::monthly(Month::new(2026, 7).expect("a month")));
    let entries =
        vec![Entry::titled(["Board of Boat Surveyors (BBS)", "bbs", "…"], "A"), Entry::titled(["Courts observatory", "Board of Boat Surveyors"], "B")];
    july.sectors = vec![Sector { name: "Criminal justice".into(), categories: vec![Category { name: "Reports".into(), entries }] }];
    july.settle_slugs();
    store.save_edition(&july, &Source::default(), Conflict::Refuse, START + 11 * HOUR).await?;
    let count = async |name: &str| store.publishers(Some(name)).await.map(|rows| rows.iter().map(|row| row.entry_count).collect::<Vec<_>>());
    assert_eq!(count("Board of Boat Surveyors").await?, [2]);
    assert_eq!(count("Bench & Bar").await?, [2]);
    assert_eq!(count("courts").await?, [1]);
    let stored = store.edition(&digest.slug, july.key()).await?.expect("it was saved");
    assert_eq!(stored.edition, july);
    Ok(())
}

async fn merge_publishers(store: &Store, digest: &Digest) -> Chapter {
    let refused = store.merge_publishers("Nobody at all", "QHI", START).await;
    assert!(matches!(&refused, Err(StoreError::NoPublisher { name }) if name == "Nobody at all"), "{refused:?}");
    let refused = store.merge_publishers("QHI", "Quay Health Institute", START).await;
    assert!(matches!(refused, Err(StoreError::SamePublisher { .. })), "{refused:?}");

    let before = store.edition(&digest.slug, may()).await?;
    let (from, into) = (quay_health(), Publisher::named("Centre for Early Diversion"));
    let merged = store.merge_publishers("Institute of Quay Health", "centre for early diversion", START + 12 * HOUR).await?;
    assert_eq!(merged.name, "Centre for Early Diversion");
    let former: Vec<&str> = merged.former_names.iter().map(|former| former.name.as_str()).collect();
    assert_eq!(former, ["Quay Health Institute", "QHI", "Institute of Quay Health"]);
    assert_eq!(merged.former_names[2], from.former_names[0]);
    assert_eq!(merged.homepage, Some(href("https://diversion.example")));

    let rows = store.publishers(Some("qhi")).await?;
    assert_eq!(rows.iter().map(|row| (&row.publisher, row.entry_count)).collect::<Vec<_>>(), [(&merged, 3)]);
    assert_eq!(store.register().await?.find("QHI"), Some(&merged));
    assert_eq!(store.edition(&digest.slug, may()).await?, before);
    assert_eq!(store.digest(&digest.slug).await?.map(|digest| digest.publishers), Some(vec![merged.clone()]));
    let merges = store.merges().await?;
    assert_eq!(merges.len(), 1);
    assert_eq!((&merges[0].from, merges[0].into.name.as_str(), merges[0].at), (&from, into.name.as_str(), START + 12 * HOUR));
    Ok(())
}

async fn check_the_database(store: &Store) -> Chapter {
    let health = store.health().await?;
    assert_eq!(health.engine, store.engine());
    assert!(health.engine_version.starts_with(|c: char| c.is_ascii_digit()), "{}", health.engine_version);
    assert!(health.schema_version >= 1);
    assert_eq!(health.damage, Vec::<String>::new());
    assert_eq!((health.digest_count, health.edition_count, health.entry_count, health.publisher_count), (2, 4, 5, 5));
    Ok(())
}

fn may() -> EditionKey {
    EditionKey::monthly(Month::new(2026, 5).expect("a month"))
}

/// The first edition with an entry less, another changed, and no news.
fn second_edition(digest: &Digest) -> Edition {
    let mut edition = edition(digest, may());
    edition.news.clear();
    edition.sectors.remove(1);
    edition.sectors[0].categories[0].entries[1].summary = paragraph("A trial.");
    edition
}

fn first_entry() -> Entry {
    Entry {
        links: vec![link("https://quay.example/waiting", ""), link("mailto:reports@quay.example", "Ask for a copy")],
        summary: Blocks::new([
            Block::paragraph(text("Of **2,316** people, 9.5% waited.")),
            Block::List(List { ordered: false, items: vec![Item::new(text("And more."))] }),
        ]),
        figures: vec![
            Figure { wording: "2,316".into(), value: Value::SampleSize { number: 2316.into() }, unit: "people".into() },
            Figure { wording: "9.5%".into(), value: Value::Percentage { percent: "9.5".parse().expect("a number") }, unit: String::new() },
        ],
        problems: vec![Problem::new(ProblemKind::NestedTooDeep, "a list was moved up")],
        ..Entry::titled(["Quay Health Institute"], "Six weeks of waiting")
    }
}

fn quay_health() -> Publisher {
    Publisher {
        abbreviations: vec!["QHI".into()],
        former_names: vec![FormerName { name: "Institute of Quay Health".into(), until: Some(date(2019, 3, 31)) }],
        homepage: Some(href("https://quay.example")),
        ..Publisher::named("Quay Health Institute")
    }
}

fn source() -> Source {
    Source { name: "may.html".into(), sha256: "ab".repeat(32) }
}

fn text(markdown: &str) -> Text {
    pulse_model::markdown::parse_text(markdown).text
}

fn paragraph(markdown: &str) -> Blocks {
    Blocks::new([Block::paragraph(text(markdown))])
}

fn link(url: &str, text: &str) -> Link {
    Link { url: href(url), text: text.into() }
}

fn href(url: &str) -> Href {
    Href::parse(url).expect("an address")
}
