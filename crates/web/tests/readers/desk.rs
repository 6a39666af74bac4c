//! A digest with readers, and its pages.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use pulse_deliver::token::{Purpose, Subject};
use pulse_jobs::post::{Post, PostSettings, Route};
use pulse_jobs::retention::Periods;
use pulse_jobs::{Site, notices};
use pulse_model::digest::{Footer, Sender, TaxonomySector};
use pulse_model::subscriber::{Basis, ConsentEvent, Frequency, Sectors, State, Step, SuppressionReason};
use pulse_model::{Digest, Slug, Subscriber};
use pulse_store::{Added, Known, NewReader, NewSuppression, Store, StoredSubscription, SubscriberId};
use pulse_web::Readers;
use tempfile::TempDir;
use tower::ServiceExt as _;

pub(crate) const NOW: i64 = 1_780_000_000_000;
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

pub(crate) struct Desk {
    pages: Router,
    pub(crate) store: Store,
    pub(crate) post: Arc<Post>,
    clock: Arc<AtomicI64>,
    _folder: TempDir,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

pub(crate) fn lantern() -> Slug {
    Slug::from_words("Lantern")
}

impl Desk {
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("pulse.db").to_str().unwrap()).await.unwrap();
        let sector = |name: &str| TaxonomySector { name: name.into(), also: Vec::new(), categories: Vec::new() };
        let sender = Sender { address: Some("digest@lantern.example".parse().unwrap()), ..Sender::default() };
        let footer = Footer { address: "1 Quay Street, Skerrow".into(), ..Footer::default() };
        let digest = Digest {
            sender,
            footer,
            organisation: "Lantern Trust".into(),
            sectors: ["Justice", "Health & care", "Housing"].map(sector).into(),
            ..Digest::named(lantern(), "Lantern")
        };
        store.put_digest(&digest, NOW).await.unwrap();
        let post = Arc::new(Post::open(&PostSettings::default(), &folder.path().join("keys"), &folder.path().join("outbox"), NOW).unwrap());
        let clock = Arc::new(AtomicI64::new(NOW));
        let asked = Arc::clone(&clock);
        let readers = Readers { post: Arc::clone(&post), clock: Arc::new(move || asked.load(Ordering::Relaxed)), retention: Periods::default() };
        let site: Site = "https://digest.example".parse().unwrap();
        Self { pages: pulse_web::router(store.clone(), site, readers), store, post, clock, _folder: folder }
    }

    pub(crate) fn wait(&self, ms: i64) {
        self.clock.fetch_add(ms, Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.load(Ordering::Relaxed)
    }

    /// A reader who has confirmed.
    pub(crate) async fn add(&self, address: &str) -> SubscriberId {
        let row = self.row(address);
        let Added::Added(id) = self.store.add_readers(&lantern(), &[row], Known::Keep, self.now()).await.unwrap()[0] else { panic!("{address} is not new") };
        id
    }

    /// As an import has it.
    pub(crate) fn row(&self, address: &str) -> NewReader {
        let subscriber = Subscriber { address: address.parse().unwrap(), name: "Ada Okafor".into(), language: String::new() };
        let event = ConsentEvent {
            at: self.now(),
            step: Step::Confirm,
            basis: Some(Basis::Corporate),
            source: "list.csv".into(),
            wording: None,
            reason: String::new(),
        };
        let suppression = self.post.keys.suppression_hash(&subscriber.address);
        NewReader { subscriber, sectors: Sectors::All, frequency: Frequency::EveryEdition, event, suppression }
    }

    pub(crate) async fn step(&self, id: SubscriberId, step: Step) {
        let event = ConsentEvent { at: self.now(), step, basis: None, source: "the reader".into(), wording: None, reason: String::new() };
        self.store.step_subscription(id, &lantern(), &event, self.now()).await.unwrap();
    }

    pub(crate) async fn path(&self, page: &str, purpose: Purpose, id: SubscriberId) -> String {
        let digest = self.store.digest_id(&lantern()).await.unwrap();
        format!("/{page}/{}", self.post.keys.ring.sign(purpose, Subject::reader(id, digest), self.now()))
    }

    pub(crate) async fn subscription(&self, id: SubscriberId) -> StoredSubscription {
        self.store.subscriber(id).await.unwrap().unwrap().subscriptions.remove(0)
    }

    pub(crate) async fn state(&self, id: SubscriberId) -> State {
        self.subscription(id).await.subscription.state
    }

    pub(crate) async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let request = headers.iter().fold(Request::builder().method(method).uri(path), |request, (name, value)| request.header(*name, *value));
        let response = self.pages.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let answer = Answer { status, headers, body: String::from_utf8_lossy(&bytes).into_owned() };
        keep(path, &answer);
        answer
    }

    /// What lies in the outbox, once everything that is due was sent.
    pub(crate) async fn mails(&self) -> Vec<String> {
        while notices::work(&self.store, &self.post, self.now()).await.unwrap() > 0 {}
        let Route::Outbox(outbox) = &self.post.route else { panic!("no outbox") };
        outbox.messages().unwrap().iter().map(|file| String::from_utf8(std::fs::read(file).unwrap()).unwrap()).collect()
    }

    /// What is in the outbox for an address.
    pub(crate) async fn mails_to(&self, address: &str) -> Vec<String> {
        self.mails().await.into_iter().filter(|mail| mail.contains(&format!("To: <{address}>")) || mail.contains(&format!(" <{address}>\r\n"))).collect()
    }

    pub(crate) async fn suppress(&self, address: &str) {
        let hash = self.post.keys.suppression_hash(&address.parse().unwrap());
        let suppression = NewSuppression { hash, digest: None, reason: SuppressionReason::ByHand, note: String::new() };
        self.store.add_suppression(&suppression, self.now()).await.unwrap();
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[], "").await
    }

    pub(crate) async fn post(&self, path: &str, form: &str) -> Answer {
        self.ask(Method::POST, path, &[(CONTENT_TYPE.as_str(), FORM)], form).await
    }
}

/// The path of the link a message has.
pub(crate) fn link(mail: &str, page: &str) -> String {
    // Quoted-printable breaks lines.
    let mail = mail.replace("=\r\n", "");
    let start = mail.find(&format!("https://digest.example/{page}/")).unwrap_or_else(|| panic!("no link: {mail}"));
    let end = mail[start..].find(['\r', '"', ' ']).unwrap();
    mail[start..start + end].trim_start_matches("https://digest.example").to_owned()
}

/// A path with one character changed, each in turn from `from` on.
pub(crate) fn forged(path: &str, from: usize) -> impl Iterator<Item = String> + '_ {
    (from..path.len()).map(move |at| {
        let to = if path.as_bytes()[at] == b'A' { "B" } else { "A" };
        format!("{}{to}{}", &path[..at], &path[at + 1..])
    })
}

/// A value as a form sends it.
pub(crate) fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// What holds for every answer of these pages.
    #[track_caller]
    pub(crate) fn check(&self) {
        assert_eq!(self.header("referrer-policy"), "no-referrer");
        assert_eq!(self.header("cache-control"), "no-store");
        assert!(self.header("content-security-policy").contains("form-action 'self'"), "{}", self.header("content-security-policy"));
        assert!(!self.headers.contains_key("set-cookie") && !self.headers.contains_key("location") && !self.headers.contains_key("etag"));
        assert!(!self.body.contains("<script") && !self.body.contains(" style=\""));
        assert_eq!(self.body.matches("<h1").count(), 1, "{}", self.body);
        assert!(self.body.contains("<html lang=\"en"), "{}", self.body);
    }
}

/// With `PULSE_PAGES` set to a folder, pages land there, for tools/check-a11y: of those that differ only in what was typed, the longest.
fn keep(path: &str, answer: &Answer) {
    let Some(folder) = std::env::var_os("PULSE_PAGES") else { return };
    if answer.header("content-type").starts_with("text/html") {
        let heading = answer.body.split("<h1>").nth(1).and_then(|rest| rest.split('<').next()).unwrap_or("page");
        let said = ["class=\"summary\"", "class=\"done\"", "<form"].map(|mark| if answer.body.contains(mark) { '1' } else { '0' });
        let name = format!("{}-{}-{}.html", path.split('/').nth(1).unwrap_or(""), Slug::from_words(heading), String::from_iter(said));
        let file = std::path::Path::new(&folder).join(name);
        if std::fs::metadata(&file).map_or(0, |there| there.len()) < answer.body.len() as u64 {
            std::fs::write(file, &answer.body).unwrap();
        }
    }
}
