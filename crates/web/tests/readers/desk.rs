//! A digest with readers, and its pages.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use pulse_deliver::token::{Purpose, Subject};
use pulse_jobs::Site;
use pulse_jobs::post::{Post, PostSettings};
use pulse_model::digest::{Footer, Sender, TaxonomySector};
use pulse_model::subscriber::{Basis, ConsentEvent, Frequency, Sectors, State, Step};
use pulse_model::{Digest, Slug, Subscriber};
use pulse_store::{Added, Known, NewReader, Store, StoredSubscription, SubscriberId};
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
        let readers = Readers { post: Arc::clone(&post), clock: Arc::new(move || asked.load(Ordering::Relaxed)) };
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

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[], "").await
    }

    pub(crate) async fn post(&self, path: &str, form: &str) -> Answer {
        self.ask(Method::POST, path, &[(CONTENT_TYPE.as_str(), FORM)], form).await
    }
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

/// With `PULSE_PAGES` set to a folder, every page lands there, for tools/check-a11y.
fn keep(path: &str, answer: &Answer) {
    let Some(folder) = std::env::var_os("PULSE_PAGES") else { return };
    if answer.header("content-type").starts_with("text/html") {
        let heading = answer.body.split("<h1>").nth(1).and_then(|rest| rest.split('<').next()).unwrap_or("page");
        let name = format!("{}-{}-{}.html", path.split('/').nth(1).unwrap_or(""), Slug::from_words(heading), answer.body.len());
        std::fs::write(std::path::Path::new(&folder).join(name), &answer.body).unwrap();
    }
}
