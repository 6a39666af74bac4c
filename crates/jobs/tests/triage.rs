//! From what came in to a checked edition: an inbox with decisions and rules, drafts, a language model, the desk, sign-off.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::sync::Arc;

use pulse_jobs::desk::{self, Checked};
use pulse_jobs::drafting::{self, LanguageModels, Model, ModelSettings};
use pulse_jobs::harvest::{self, Asked, Guard, Harvester, OriginalsSettings, Web, WebSettings, guard};
use pulse_jobs::inbox::{self, Candidate, Inbox, State};
use pulse_jobs::send::Node;
use pulse_jobs::{JobError, life, new_edition};
use pulse_model::decision::Verdict;
use pulse_model::digest::{Severity, TaxonomySector};
use pulse_model::edition::{Category, Sector};
use pulse_model::life::Step;
use pulse_model::markdown::parse_blocks;
use pulse_model::trace::Tracing;
use pulse_model::{Channel, Digest, Edition, EditionKey, Entry, Href, Link, Slug, Source, Status};
use pulse_store::originals::Originals;
use pulse_store::{Conflict, NewDecision, Store};
use pulse_testkit::web_server::{Page, Site, WebServer};
use tokio::sync::watch;

#[path = "../../store/tests/support/postgres.rs"]
mod postgres;

/// 1 June 2026, 09:00 UTC.
const NOW: i64 = 1_780_304_400_000;

struct Place {
    store: Store,
    digest: Digest,
    server: WebServer,
    door: Web,
    _folder: tempfile::TempDir,
}

const FALLS: &str = "<html><head><title>Falls at home</title></head><body><main><h1>Falls at home</h1>\
    <p>Quay Health Institute followed 1,240 people aged 75 and over in six councils between April 2024 and March 2025.</p>\
    <h2>Key findings</h2><ul><li>Of the 1,240 people, 31% fell at least once in the year.</li>\
    <li>Those who were visited at home fell half as often, at 15.5%.</li></ul>\
    <h2>Recommendations</h2><p>Councils should offer a visit at home within six weeks of a fall.</p></main></body></html>";
const BAIL: &str = "<html><head><title>Bail in the north</title></head><body><main><h1>Bail in the north</h1>\
    <p>The Lantern Project read 412 decisions of four courts on bail.</p>\
    <p>Bail was granted in 58% of cases, and in 71% where a lawyer was present.</p></main></body></html>";
const VACANCY: &str = "<html><head><title>Vacancy: researcher</title></head><body><main><h1>Vacancy: researcher</h1>\
    <p>We are looking for somebody who likes to read reports about prisons and courts all day.</p></main></body></html>";

/// A feed with an entry for each page.
fn site(base: &str) -> Site {
    let entry = |path: &str, title: &str, day: u8| {
        format!(
            "<entry><id>{base}{path}</id><title>{title}</title><link href=\"{base}{path}\"/><published>2026-05-{day:02}T08:00:00Z</published><updated>2026-05-{day:02}T08:00:00Z</updated></entry>"
        )
    };
    let entries = [entry("/falls", "Falls at home", 4), entry("/bail", "Bail in the north", 11), entry("/vacancy", "Vacancy: researcher", 12)].concat();
    let feed =
        format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>{base}/feed</id><title>Quay</title><updated>2026-05-12T08:00:00Z</updated>{entries}</feed>");
    Site::new()
        .page("/feed", Page::new("application/atom+xml", feed))
        .page("/falls", Page::html(FALLS))
        .page("/bail", Page::html(BAIL))
        .page("/vacancy", Page::html(VACANCY))
        .page("/falls/", Page::redirect(301, "/falls"))
}

fn digest() -> Digest {
    let sector = |name: &str| TaxonomySector { name: name.into(), also: Vec::new(), categories: vec!["Reports".into(), "Briefings".into()] };
    let mut digest = Digest::named(Slug::from_words("tidemark"), "Tidemark");
    digest.sectors = vec![sector("Adult social care and health"), sector("Criminal justice")];
    digest
}

/// The edition of May, with one entry.
fn may() -> Edition {
    let mut edition = Edition::new(Slug::from_words("tidemark"), key("2026-05"));
    let mut entry = Entry::titled(["Quay Health Institute"], "Waiting well");
    entry.links = vec![Link { url: Href::parse("https://quay.example/waiting").unwrap(), text: String::new() }];
    entry.summary = parse_blocks("People who waited for care at home were asked how they fared.").blocks;
    edition.sectors = vec![Sector { name: "Adult social care and health".into(), categories: vec![Category { name: "Reports".into(), entries: vec![entry] }] }];
    edition.settle_slugs();
    edition
}

fn key(text: &str) -> EditionKey {
    text.parse().unwrap()
}

impl Place {
    async fn new(database: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = database.map_or_else(|| format!("sqlite:{}", folder.path().join("pulse.db").display()), str::to_owned);
        let store = Store::open(&address).await.unwrap();
        let server = WebServer::start(Site::new()).await.unwrap();
        let pages = site(&server.url(""));
        server.change(|_| pages);
        let settings = WebSettings { private_hosts: vec![server.host()], gap_ms: 0, api_gap_ms: 0, retries: 0, ..WebSettings::default() };
        let door = Web::new(&settings, Arc::new(|| NOW)).unwrap();
        let digest = digest();
        store.put_digest(&digest, NOW).await.unwrap();
        store.save_edition(&may(), &pulse_store::Source::default(), Conflict::Refuse, NOW).await.unwrap();
        let place = Self { store, digest, server, door, _folder: folder };
        place.harvest().await;
        place
    }

    async fn harvest(&self) {
        let channel = Channel::Feed { url: self.server.url("/feed").parse().unwrap() };
        let source = Source { name: "Quay".into(), publisher: Some("Quay Health Institute".into()), sectors: Vec::new(), channel };
        self.store.add_source(&source, NOW, NOW).await.unwrap();
        let harvester: Harvester<Web, Guard> = Harvester {
            originals: Originals::open(&OriginalsSettings::default(), &self._folder.path().join("originals")).unwrap(),
            door: self.door.clone(),
            reader: guard("/nowhere".into(), Vec::new()),
            mailboxes: Vec::new(),
            node: Arc::new(Node::begin(&self.store, self._folder.path(), "", NOW).await.unwrap()),
            store: self.store.clone(),
            clock: Arc::new(|| NOW),
            at_once: 1,
        };
        let (_halt, halt) = watch::channel(false);
        let sources = self.store.sources().await.unwrap();
        let harvested = harvest::run(&harvester, Asked { sources, since: Some(0), halt, tell: &|_| {} }).await.unwrap();
        assert_eq!((harvested.sources[0].looked.counts.new, harvested.sources[0].looked.counts.documents), (3, 3));
    }

    async fn inbox(&self) -> Inbox {
        inbox::inbox(&self.store, &self.digest, 0).await.unwrap()
    }

    async fn decide(&self, title: &str, verdict: Verdict, who: &str) {
        let inbox = self.inbox().await;
        let decision = NewDecision { publication: titled(&inbox, title).publication, verdict, who, note: "" };
        inbox::decide(&self.store, &self.digest, decision, NOW).await.unwrap();
    }

    async fn make(&self, month: &str, model: Option<&Model>) -> Result<new_edition::Made, JobError> {
        let asked = new_edition::Asked { key: key(month), who: "Ada", per_sector: None, model, tell: &|_, _, _| {} };
        new_edition::make(&self.store, &self.digest, asked, NOW).await
    }

    async fn check(&self, links: bool, fix: bool) -> Checked {
        let door = links.then_some(&self.door);
        desk::check(&self.store, &self.digest, key("2026-06"), (None, door), fix, NOW).await.unwrap()
    }
}

fn titled<'a>(inbox: &'a Inbox, title: &str) -> &'a Candidate {
    inbox.candidates.iter().find(|candidate| candidate.subject.title == title).unwrap()
}

fn rules_asked(checked: &Checked, severity: Severity) -> Vec<&'static str> {
    checked.asked.iter().filter(|asked| asked.query.severity == severity).map(|asked| asked.query.rule.name()).collect()
}

async fn judge(place: &Place) {
    let inbox = place.inbox().await;
    assert_eq!(inbox.candidates.len(), 3);
    let falls = titled(&inbox, "Falls at home");
    assert_eq!((falls.state(), falls.filing.sector.name.as_str(), falls.reasons.is_empty()), (State::Waiting, "Adult social care and health", false));
    assert_eq!(titled(&inbox, "Bail in the north").filing.sector.name, "Criminal justice");
    // By the end of its id, its whole id, its address; not by less, nor by what is not there.
    for name in [inbox::short(falls.publication), falls.publication.to_string(), place.server.url("/falls") + "?utm_source=x"] {
        assert_eq!(inbox::named(&place.store, &inbox, &name).await.unwrap().publication, falls.publication);
    }
    for name in ["", "a", "zzzzzzzz", "https://nowhere.example/"] {
        assert!(matches!(inbox::named(&place.store, &inbox, name).await, Err(JobError::NoSuchCandidate { .. })), "{name}");
    }

    place.decide("Falls at home", Verdict::Shortlisted, "Ada").await;
    place.decide("Falls at home", Verdict::Rejected, "Bo").await;
    let inbox = place.inbox().await;
    let falls = titled(&inbox, "Falls at home");
    assert_eq!(falls.state(), State::Differing);
    let undone = inbox::undo(&place.store, falls, Some("Bo"), "Bo", NOW + 1).await.unwrap();
    assert_eq!(undone.map(|decision| decision.verdict), Some(Verdict::Rejected));
    let inbox = place.inbox().await;
    let falls = titled(&inbox, "Falls at home");
    assert_eq!(falls.state(), State::Decided(Verdict::Shortlisted));
    assert_eq!(inbox::undo(&place.store, falls, Some("Bo"), "Bo", NOW + 2).await.unwrap(), None);
    let history = inbox::history(&place.store, &place.digest, falls).await.unwrap();
    assert_eq!(history.iter().map(|decision| (decision.who.as_str(), decision.undone.is_some())).collect::<Vec<_>>(), [("Ada", false), ("Bo", true)]);
}

async fn rule(place: &Place) {
    let rule = "title \"^vacancy\" -> reject".parse().unwrap();
    let proposed = inbox::propose(&place.store, &place.digest, &rule, 0).await.unwrap();
    assert_eq!((proposed.wrong.len(), proposed.moves.count, proposed.moves.rejected), (0, 1, 1));
    assert_eq!(titled(&place.inbox().await, "Vacancy: researcher").state(), State::Waiting, "a proposal changes nothing");
    let id = place.store.add_rule(&place.digest.slug, &rule, "Ada", NOW).await.unwrap();
    let inbox = place.inbox().await;
    assert_eq!(titled(&inbox, "Vacancy: researcher").state(), State::RejectedByRule);
    assert_eq!(inbox.candidates.last().map(|candidate| candidate.subject.title.as_str()), Some("Vacancy: researcher"));
    let unknown = "host \"quay.example\" -> sector \"Fisheries\"".parse().unwrap();
    assert_eq!(inbox::propose(&place.store, &place.digest, &unknown, 0).await.unwrap().wrong.len(), 1);
    assert!(place.store.retire_rule(id, "Ada", NOW).await.unwrap());
    assert_eq!(titled(&place.inbox().await, "Vacancy: researcher").state(), State::Waiting);
}

async fn begin(place: &Place) {
    place.decide("Bail in the north", Verdict::Shortlisted, "Ada").await;
    let made = place.make("2026-06", None).await.unwrap();
    let entries: Vec<(String, usize)> = made.edition.entries().map(|entry| (entry.heading(), entry.figures.len())).collect();
    assert_eq!(
        entries.iter().map(|(heading, _)| heading.as_str()).collect::<Vec<_>>(),
        ["Quay Health Institute. Falls at home.", "Quay Health Institute. Bail in the north."]
    );
    assert!(entries.iter().all(|(_, figures)| *figures > 0), "{entries:?}");
    let summary = made.edition.entries().next().unwrap().summary.plain();
    assert!(summary.contains("31% fell at least once") && summary.contains("Councils should offer a visit"), "{summary}");
    assert!(made.edition.letter.welcome.plain().contains("June 2026"));
    let again = place.make("2026-06", None).await;
    assert!(matches!(again, Err(JobError::EditionThere { .. })), "{again:?}");

    let inbox = place.inbox().await;
    assert_eq!(titled(&inbox, "Falls at home").state(), State::Decided(Verdict::Used));
    let draft = place.store.stored_draft(&place.digest.slug, titled(&inbox, "Falls at home").publication).await.unwrap().unwrap();
    assert!(draft.draft.points.iter().flat_map(|point| &point.passages).all(|passage| passage.document == place.server.url("/falls")));
}

async fn check_and_sign(place: &Place) {
    let clean = place.check(true, false).await;
    assert_eq!(rules_asked(&clean, Severity::Error), [""; 0]);

    // Somebody edits: a figure goes wrong, a word stands twice, a link moves, another dies.
    let mut edition = clean.stored.edition.clone();
    let entry = edition.entries_mut().next().unwrap();
    entry.summary = parse_blocks(&format!("Of the 1,240 people, 41% fell, and that that is many. See [the the page]({}).", place.server.url("/falls"))).blocks;
    entry.links = vec![Link { url: Href::parse(&place.server.url("/falls/")).unwrap(), text: String::new() }];
    edition.entries_mut().nth(1).unwrap().links.push(Link { url: Href::parse(&place.server.url("/gone")).unwrap(), text: "Annex".into() });
    edition.find_figures();
    place.store.save_edition(&edition, &pulse_store::Source::default(), Conflict::Replace, NOW).await.unwrap();
    let checked = place.check(true, false).await;
    let errors = rules_asked(&checked, Severity::Error);
    assert!(errors.contains(&"link-dead") && errors.contains(&"repeated-word"), "{errors:?}");
    let warnings = rules_asked(&checked, Severity::Warning);
    assert!(warnings.contains(&"link-moved"), "{warnings:?}");

    let fixed = place.check(true, true).await;
    assert!(fixed.fixed >= 2, "{:?}", fixed.asked);
    let first = fixed.stored.edition.entries().next().unwrap();
    assert_eq!(first.links[0].url.as_str(), place.server.url("/falls"));
    assert!(first.summary.plain().contains("See the page"), "{}", first.summary.plain());
    let stored = pulse_jobs::edition(&place.store, &place.digest.slug, key("2026-06")).await.unwrap();
    assert_eq!(stored.edition, fixed.stored.edition, "what was fixed is kept");
    assert_eq!(place.check(true, true).await.fixed, 0);

    // The figure cannot be mended by a machine, and stands in the way.
    let checked = place.check(false, false).await;
    let untraced: Vec<_> = checked.asked.iter().filter(|asked| asked.query.rule.name() == "figure-untraced").collect();
    assert_eq!(untraced.len(), 1, "{:?}", checked.asked);
    let step = |step| life::step(&place.store, &place.digest.slug, key("2026-06"), step, "Ada", "", NOW);
    step(Step::Submit).await.unwrap();
    // The dead link is remembered, although nobody asks it again.
    let refused = step(Step::SignOff).await;
    assert!(matches!(&refused, Err(JobError::DeskErrors { count: 2, .. })), "{refused:?}");
    for asked in checked.asked.iter().filter(|asked| asked.blocks()) {
        place.store.answer_query(checked.stored.id, &asked.key, "the annex says so, and comes next week", "Ada", NOW).await.unwrap();
    }
    let origins = desk::origins(&place.store, &place.digest, key("2026-06")).await.unwrap();
    let untraced = |tracing: &Tracing| matches!(tracing, Tracing::Untraced { .. });
    let found: Vec<(&str, bool)> = origins[0].figures.iter().map(|one| (one.figure.wording.as_str(), untraced(&one.tracing))).collect();
    assert_eq!(found, [("1,240 people", false), ("41%", true)]);
    assert_eq!(step(Step::SignOff).await.unwrap(), Status::SignedOff);
    let locked = desk::check::<Web>(&place.store, &place.digest, key("2026-06"), (None, None), true, NOW).await;
    assert!(matches!(&locked, Ok(Checked { fixed: 0, .. }) | Err(JobError::DeskLocked { .. })), "{locked:?}");
}

fn models(address: &str, cap_per_month: f64) -> LanguageModels {
    let settings = ModelSettings {
        address: format!("{address}/v1").parse().unwrap(),
        model: "quill-2".into(),
        timeout_s: 1,
        key: None,
        cap_per_month,
        price_in: 1.0,
        price_out: 2.0,
    };
    LanguageModels::from([(Slug::from_words("tidemark"), settings)])
}

async fn ask_a_model(place: &Place) {
    const PATH: &str = "/v1/chat/completions";
    let inbox = place.inbox().await;
    let candidate = titled(&inbox, "Bail in the north");
    let publication = candidate.publication;
    let wishes = inbox::wishes(&place.store, &place.digest).await.unwrap();
    let answer = |points: &str| {
        let content = serde_json::json!({ "choices": [{ "message": { "content": points } }], "usage": { "prompt_tokens": 100, "completion_tokens": 50 } });
        Page::new("application/json", content.to_string())
    };
    let server =
        WebServer::start(Site::new().page(PATH, answer(r#"{"points":[{"number":1,"text":"Bail was granted in 68% of cases, says the Quill Society."}]}"#)))
            .await
            .unwrap();
    let model = |cap| Model::of(&place.digest.slug, &models(&server.url(""), cap)).unwrap().unwrap();
    let draft = async |model: &Model| drafting::draft(&place.store, &place.digest, candidate, (&wishes, Some(model)), NOW).await.unwrap().draft;
    let extract = drafting::draft(&place.store, &place.digest, candidate, (&wishes, None), NOW).await.unwrap().draft;

    let lying = draft(&model(5.0)).await;
    let untraced: Vec<&String> = lying.points.iter().flat_map(|point| &point.untraced).collect();
    assert_eq!(untraced, ["68%", "Quill Society"], "{:?}", lying.points);
    server.change(|_| Site::new().page(PATH, Page::html("<p>Sign in")));
    let html = draft(&model(5.0)).await;
    assert_eq!(
        (&html.entry, html.notes.last().unwrap().as_str()),
        (&extract.entry, "what 127.0.0.1 answered is a web page, and no answer of a language model; the draft is the extract")
    );
    server.change(|_| Site::new().page(PATH, answer("{}").after(std::time::Duration::from_secs(60))));
    let silent = draft(&model(5.0)).await;
    assert_eq!(
        (&silent.entry, silent.notes.last().unwrap().as_str()),
        (&extract.entry, "the language model at 127.0.0.1 did not answer within 1 s; the draft is the extract")
    );

    let asked = server.requests().len();
    let capped = draft(&model(0.000_2)).await;
    assert_eq!(server.requests().len(), asked, "nothing is asked above the cap");
    assert_eq!(capped.entry, extract.entry);
    assert!(capped.notes.last().unwrap().contains("above its cap"));
    let prompts = place.store.prompts(&place.digest.slug, 10).await.unwrap();
    assert_eq!(prompts.len(), 3);
    // 100 tokens at 1 and 50 at 2 for a million are 200 millionths.
    let answered = prompts.iter().find(|prompt| prompt.error.is_empty()).unwrap();
    assert_eq!((answered.cost_micros, answered.model.as_str(), answered.publication), (200, "quill-2", Some(publication)));
    assert!(answered.question.contains("granted in 58%") && answered.answer.contains("68%"));
    assert!(prompts.iter().filter(|prompt| !prompt.error.is_empty()).all(|prompt| prompt.cost_micros > 200));
}

#[test]
fn settings_of_a_model_that_cannot_be() {
    let slug = Slug::from_words("tidemark");
    assert!(Model::of(&slug, &LanguageModels::new()).unwrap().is_none());
    let mut models = models("http://localhost:1", f64::NAN);
    assert!(matches!(Model::of(&slug, &models), Err(JobError::LanguageModel { .. })));
    models.get_mut(&slug).unwrap().cap_per_month = 1.0;
    assert!(Model::of(&slug, &models).unwrap().is_some());
}

async fn whole_way(database: Option<&str>) {
    let place = Place::new(database).await;
    judge(&place).await;
    rule(&place).await;
    ask_a_model(&place).await;
    begin(&place).await;
    check_and_sign(&place).await;
    // What nobody decided about was passed over, and what is left is taken where nothing is shortlisted: July looks back on June.
    let july = place.make("2026-07", None).await.unwrap();
    assert_eq!(july.edition.entries().count(), 0);
    assert!(
        july.notes.iter().any(|note| note.starts_with("Nothing is shortlisted")) && july.notes.iter().any(|note| note.contains("still wait")),
        "{:?}",
        july.notes
    );
}

#[tokio::test]
async fn the_whole_way_on_sqlite() {
    whole_way(None).await;
}

#[tokio::test]
async fn the_whole_way_on_postgres() {
    postgres::with_postgres(|database| async move { whole_way(Some(&database)).await }).await;
}
