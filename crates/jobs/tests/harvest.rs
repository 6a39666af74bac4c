//! A harvest of a small web on this machine: what is new, what changed, what is the same work, what is broken, and who does it.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use pulse_jobs::harvest::{self, Asked, Brought, Guard, Harvested, Harvester, OriginalsSettings, Web, WebSettings, guard};
use pulse_jobs::inbox::{self, Why};
use pulse_jobs::send::{Clock, Node};
use pulse_jobs::warc::{self, Packing};
use pulse_model::publication::Change;
use pulse_model::{Channel, Digest, Slug, Source};
use pulse_store::originals::Originals;
use pulse_store::{PublicationFilter, Store, StoredPublication};
use pulse_testkit::web_server::{Page, Site, WebServer};
use tokio::sync::watch;

#[path = "../../store/tests/support/postgres.rs"]
mod postgres;

const NOW: i64 = 1_780_000_000_000;
const DAY: i64 = 86_400_000;

/// An installation, and the time there.
struct Place {
    harvester: Harvester<Web, Guard>,
    now: Arc<AtomicI64>,
    _folder: tempfile::TempDir,
}

impl Place {
    async fn new(database: Option<&str>, server: &WebServer) -> Self {
        Self::beside(database, &[server]).await
    }

    async fn beside(database: Option<&str>, servers: &[&WebServer]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = database.map_or_else(|| format!("sqlite:{}", folder.path().join("pulse.db").display()), str::to_owned);
        let store = Store::open(&address).await.unwrap();
        let now = Arc::new(AtomicI64::new(NOW));
        let clock: Clock = Arc::new({
            let now = Arc::clone(&now);
            move || now.load(Ordering::Relaxed)
        });
        let settings =
            WebSettings { private_hosts: servers.iter().map(|server| server.host()).collect(), gap_ms: 0, api_gap_ms: 0, retries: 0, ..WebSettings::default() };
        let harvester = Harvester {
            originals: Originals::open(&OriginalsSettings::default(), &folder.path().join("originals")).unwrap(),
            door: Web::new(&settings, Arc::clone(&clock)).unwrap(),
            reader: guard("/nowhere".into(), Vec::new()),
            mailboxes: Vec::new(),
            node: Arc::new(Node::begin(&store, folder.path(), "", NOW).await.unwrap()),
            store,
            clock,
            at_once: 4,
        };
        Self { harvester, now, _folder: folder }
    }

    fn let_pass(&self, ms: i64) {
        self.now.fetch_add(ms, Ordering::Relaxed);
    }

    async fn watch(&self, name: &str, url: String) {
        let channel = Channel::Feed { url: url.parse().unwrap() };
        let source = Source { name: name.into(), publisher: None, sectors: Vec::new(), channel };
        self.harvester.store.add_source(&source, NOW, NOW).await.unwrap();
    }

    async fn harvest(&self) -> Harvested {
        let sources = self.harvester.store.sources().await.unwrap();
        let (_halt, halt) = watch::channel(false);
        harvest::run(&self.harvester, Asked { sources, since: None, halt, tell: &|_| {} }).await.unwrap()
    }

    /// New, updated, unchanged, problems of the one source.
    async fn counts(&self) -> (u64, u64, u64, u64) {
        let harvested = self.harvest().await;
        let counts = harvested.sources[0].looked.counts;
        assert_eq!(harvested.sources[0].looked.error, "");
        (counts.new, counts.updated, counts.unchanged, counts.problems)
    }

    async fn all(&self) -> BTreeMap<String, StoredPublication> {
        let mut all = BTreeMap::new();
        for row in self.harvester.store.publications(PublicationFilter::default(), None, 1_000).await.unwrap() {
            let stored = self.harvester.store.publication(row.id).await.unwrap().unwrap();
            all.insert(stored.row.facts.title.clone(), stored);
        }
        all
    }
}

/// A feed; each entry has its id, title, path, and day of its last update before `NOW`.
fn feed(server: &str, entries: &[(&str, &str, &str, i64)]) -> Page {
    let date = |days_ago: i64| jiff::Timestamp::from_millisecond(NOW - days_ago * DAY).unwrap().to_string();
    let entry = |(id, title, path, days_ago): &(&str, &str, &str, i64)| {
        let (published, updated) = (date(9), date(*days_ago));
        format!(
            "<entry><id>{id}</id><title>{title}</title><link href=\"{server}{path}\"/><published>{published}</published><updated>{updated}</updated>\
             <summary>On {title}.</summary></entry>"
        )
    };
    let entries: String = entries.iter().map(entry).collect();
    let text = format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Quay</title><id>tag:quay</id><updated>{}</updated>{entries}</feed>", date(0));
    Page::new("application/atom+xml", text)
}

fn page(title: &str, finding: &str, foot: &str) -> Page {
    let text = "People on the list waited at home, and most of them were asked twice how they were while they waited for a place.";
    Page::html(format!(
        "<!doctype html><html lang=en><head><title>{title}</title></head><body><nav><a href=/>Home</a></nav><main><article><h1>{title}</h1><p>{text}</p>\
         <p>{finding} This is what the survey of three hundred households in four counties found in the spring of last year.</p><p>{text}</p>\
         </article></main><footer>{foot}</footer></body></html>"
    ))
}

async fn small_web() -> WebServer {
    let server = WebServer::start(Site::new()).await.unwrap();
    let url = server.url("");
    server.change(|site| {
        site.page("/feed", feed(&url, &[("1", "Waiting well", "/waiting", 3), ("2", "Rents", "/rents", 2)]).etag("\"1\""))
            .page("/waiting", page("Waiting well", "They waited six weeks.", "Visit number 1"))
            .page("/rents", page("Rents", "Rents rose by four per cent.", "Visit number 1"))
    });
    server
}

#[tokio::test]
async fn what_is_new_comes_in_once_and_what_changes_is_a_version() {
    let server = small_web().await;
    let url = server.url("");
    let place = Place::new(None, &server).await;
    place.watch("Quay", server.url("/feed")).await;
    assert_eq!(place.counts().await, (2, 0, 0, 0));
    let all = place.all().await;
    assert_eq!(all.keys().collect::<Vec<_>>(), ["Rents", "Waiting well"]);
    let waiting = &all["Waiting well"];
    let document = place.harvester.store.document(waiting.documents[0].id, None).await.unwrap().unwrap();
    assert!(document.text().contains("They waited six weeks.") && !document.text().contains("Visit number"), "{}", document.text());
    let bytes = place.harvester.originals.read(waiting.documents[0].newest.as_ref().unwrap().original).await.unwrap();
    assert!(bytes.starts_with(b"<!doctype html>"));

    // Nothing new: the feed says so by itself, and no page is asked again before its time.
    let asked = server.requests().len();
    assert_eq!(place.counts().await, (0, 0, 0, 0));
    assert_eq!(server.requests().len(), asked + 1);

    // An update that is announced, and what it did to the page: one version.
    server.change(|site| {
        site.page("/feed", feed(&url, &[("1", "Waiting well", "/waiting", 1), ("2", "Rents", "/rents", 2)]).etag("\"2\""))
            .page("/waiting", page("Waiting well", "They waited five weeks.", "Visit number 2"))
            .page("/rents", page("Rents", "Rents rose by four per cent.", "Visit number 2"))
    });
    assert_eq!(place.counts().await, (0, 1, 1, 0));
    let waiting = place.all().await.remove("Waiting well").unwrap();
    assert_eq!(waiting.versions.len(), 2);
    assert!(matches!(waiting.versions[1].changes.as_slice(), [Change::Updated { .. }, Change::Text { .. }]), "{:?}", waiting.versions);

    // A day later both pages are looked at again: one was edited in silence, the other counts its visits.
    place.let_pass(2 * DAY);
    server.change(|site| {
        site.page("/waiting", page("Waiting well", "They waited five weeks.", "Visit number 3"))
            .page("/rents", page("Rents", "Rents rose by five per cent.", "Visit number 3"))
    });
    assert_eq!(place.counts().await, (0, 1, 0, 0));
    let all = place.all().await;
    assert_eq!((all["Waiting well"].versions.len(), all["Rents"].versions.len()), (2, 2));
    assert!(matches!(all["Rents"].versions[1].changes.as_slice(), [Change::Text { added, .. }] if added[0].contains("five per cent")));
    assert_eq!(place.harvester.store.document_versions(all["Rents"].documents[0].id).await.unwrap().len(), 2);

    let mut archive = Vec::new();
    assert_eq!(warc::write(&place.harvester.store, &place.harvester.originals, 0, "Pulse/test", Packing::Plain, &mut archive).await.unwrap(), 4);
    let mut again = Vec::new();
    warc::write(&place.harvester.store, &place.harvester.originals, 0, "Pulse/test", Packing::Plain, &mut again).await.unwrap();
    assert_eq!(archive, again);
    // `tools/check-warc` judges these.
    if let Some(folder) = std::env::var_os("PULSE_ARCHIVES").map(std::path::PathBuf::from) {
        std::fs::write(folder.join("sample.warc"), archive).unwrap();
        let mut packed = Vec::new();
        warc::write(&place.harvester.store, &place.harvester.originals, 0, "Pulse/test", Packing::Gzip, &mut packed).await.unwrap();
        std::fs::write(folder.join("sample.warc.gz"), packed).unwrap();
    }
}

#[tokio::test]
async fn what_is_not_there_for_a_while_is_waited_for() {
    let server = small_web().await;
    let url = server.url("");
    let place = Place::new(None, &server).await;
    place.watch("Quay", server.url("/feed")).await;
    place.harvest().await;
    // An update is announced while the page cannot be had; a 503 would have the door leave the whole host alone, by its own clock.
    server.change(|site| {
        site.page("/feed", feed(&url, &[("1", "Waiting well", "/waiting", 1), ("2", "Rents", "/rents", 2)]).etag("\"2\"")).page("/waiting", Page::status(500))
    });
    assert_eq!(place.counts().await, (0, 1, 1, 1));
    place.let_pass(DAY / 4);
    server.change(|site| site.page("/waiting", page("Waiting well", "They waited five weeks.", "Visit number 2")));
    assert_eq!(place.counts().await, (0, 0, 0, 0));
    let waiting = place.all().await.remove("Waiting well").unwrap();
    assert_eq!(waiting.versions.len(), 2, "{:?}", waiting.versions);
    assert!(matches!(waiting.versions[1].changes.as_slice(), [Change::Updated { .. }, Change::Text { .. }]), "{:?}", waiting.versions);
}

#[tokio::test]
async fn a_file_whose_reader_fails_is_not_an_empty_file() {
    let server = small_web().await;
    let url = server.url("");
    server.change(|site| {
        site.page("/feed", feed(&url, &[("1", "Waiting well", "/waiting.pdf", 3)])).page("/waiting.pdf", Page::new("application/pdf", "%PDF-1.7\n"))
    });
    let place = Place::new(None, &server).await;
    place.watch("Quay", server.url("/feed")).await;
    // Nothing reads PDFs here.
    assert_eq!(place.counts().await, (1, 0, 0, 1));
    let waiting = place.all().await.remove("Waiting well").unwrap();
    assert!(waiting.documents[0].newest.is_none() && waiting.documents[0].last_error.contains("could not be started"), "{:?}", waiting.documents);
    place.let_pass(DAY / 4);
    assert_eq!(place.counts().await.3, 1);
    assert_eq!(server.count("/waiting.pdf"), 2);
}

#[tokio::test]
async fn an_alert_is_put_away_when_it_and_its_attachment_are_kept() {
    let server = small_web().await;
    let place = Place::new(None, &server).await;
    let alerts = place._folder.path().join("alerts");
    for part in ["tmp", "new", "cur"] {
        std::fs::create_dir_all(alerts.join(part)).unwrap();
    }
    let alert = format!(
        "From: Quay Fund <news@quay.example>\r\nMessage-ID: <1@quay.example>\r\nDate: Mon, 4 May 2026 09:00:00 +0100\r\nSubject: News\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nWaiting well\r\n{}\r\n\r\n--b\r\n\
         Content-Type: application/pdf; name=Annex.pdf\r\nContent-Disposition: attachment; filename=Annex.pdf\r\n\r\n%PDF-1.7\r\n--b--\r\n",
        server.url("/waiting")
    );
    std::fs::write(alerts.join("new/1.quay"), alert).unwrap();
    let source = Source { name: "Alerts".into(), publisher: None, sectors: Vec::new(), channel: Channel::Mailbox { at: alerts.to_str().unwrap().into() } };
    place.harvester.store.add_source(&source, NOW, NOW).await.unwrap();
    assert_eq!(place.counts().await.0, 2);
    let all = place.all().await;
    let annex = &all["Annex"].documents[0];
    let hash = annex.url.split('/').nth(1).unwrap().parse().unwrap();
    assert!(place.harvester.originals.read(hash).await.unwrap().starts_with(b"%PDF-1.7"));
    assert!(alerts.join(".Done/cur/1.quay:2,S").is_file() && std::fs::read_dir(alerts.join("new")).unwrap().next().is_none());
    assert_eq!(place.counts().await, (0, 0, 0, 0));
}

#[tokio::test]
async fn one_work_in_several_sources_is_one_publication() {
    let server = small_web().await;
    let url = server.url("");
    server.change(|site| {
        site.page("/press", feed(&url, &[("p-1", "Waiting well: our report", "/waiting/?utm_source=press#top", 3)]))
            .page("/old-rents", Page::redirect(301, "/rents"))
            .page("/list", feed(&url, &[("l-1", "Rents in the north", "/old-rents", 2)]))
            .page("/waiting/?utm_source=press", page("Waiting well", "They waited six weeks.", "Visit number 1"))
    });
    let place = Place::new(None, &server).await;
    for (name, path) in [("Quay", "/feed"), ("Press", "/press"), ("List", "/list")] {
        place.watch(name, server.url(path)).await;
    }
    place.harvest().await;
    let all = place.all().await;
    assert_eq!(all.len(), 2, "{:?}", all.keys());
    assert_eq!(all.values().map(|one| one.row.sources.len()).sum::<usize>(), 4);
    assert!(all.values().all(|one| one.versions.len() == 1), "{:?}", all.values().map(|one| &one.versions).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_turns_out_to_be_one_is_called_what_its_own_source_calls_it() {
    let server = small_web().await;
    let url = server.url("");
    server.change(|site| {
        site.page("/partners", feed(&url, &[("n-1", "New from our partners", "/goto?page=rents", 2)])).page("/goto?page=rents", Page::redirect(302, "/rents"))
    });
    let place = Place::new(None, &server).await;
    place.watch("Partners", server.url("/partners")).await;
    place.watch("Quay", server.url("/feed")).await;
    place.harvest().await;
    let titles: Vec<String> = place.all().await.into_keys().collect();
    assert_eq!(titles, ["Rents", "Waiting well"]);
}

#[tokio::test]
async fn a_press_notice_stands_behind_the_report_that_it_links_to() {
    let server = small_web().await;
    let url = server.url("");
    let notice = |link: &str| {
        Page::html(format!(
            "<html lang=en><main><h1>Call for change</h1><p>Tenants need help now, says Quay. Its <a href=\"{link}\">report</a> is out.</p></main>"
        ))
    };
    server.change(|site| {
        let entries = [("2", "Rents", "/rents", 2), ("3", "Press release: Call for change", "/call", 2), ("4", "Press release: Quay is ten", "/ten", 2)];
        site.page("/feed", feed(&url, &entries)).page("/call", notice("/rents")).page("/ten", notice("/elsewhere"))
    });
    let place = Place::new(None, &server).await;
    let channel = Channel::Feed { url: server.url("/feed").parse().unwrap() };
    let source = Source { name: "Quay".into(), publisher: Some("Quay".into()), sectors: Vec::new(), channel };
    place.harvester.store.add_source(&source, NOW, NOW).await.unwrap();
    place.harvest().await;
    let digest = Digest::named(Slug::from_words("tidemark"), "Tidemark");
    place.harvester.store.put_digest(&digest, NOW).await.unwrap();
    let inbox = inbox::inbox(&place.harvester.store, &digest, 0).await.unwrap();
    let mut shown: Vec<(&str, Vec<Why>)> =
        inbox.candidates.iter().map(|one| (one.subject.title.as_str(), one.others.iter().map(|(_, why)| *why).collect())).collect();
    shown.sort_by_key(|(title, _)| *title);
    assert_eq!(shown, [("Press release: Quay is ten", Vec::new()), ("Rents", vec![Why::About])]);
}

#[tokio::test]
async fn two_works_on_one_page_stay_two() {
    let server = small_web().await;
    let item = |key: &str, doi: &str, path: &str| {
        let url = server.url(path);
        format!("<item><guid isPermaLink=\"false\">{key}</guid><title>{key}</title><link>{url}</link><dc:identifier>doi:{doi}</dc:identifier></item>")
    };
    let rss = |items: String| {
        Page::new(
            "application/rss+xml",
            format!("<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>J</title>{items}</channel></rss>"),
        )
    };
    let chapters = [item("Book", "10.1000/1", "/waiting"), item("Chapter", "10.1000/2", "/waiting")];
    server.change(|site| site.page("/one", rss(chapters.concat())).page("/two", rss(item("Annex", "10.1000/3", "/waiting"))));
    let place = Place::new(None, &server).await;
    // In one look, and in one look each.
    for (path, new) in [("/one", 2), ("/two", 1)] {
        place.watch(path, server.url(path)).await;
        let harvested = place.harvest().await;
        let looked = &harvested.sources.iter().find(|source| source.name == path).unwrap().looked;
        assert_eq!((looked.counts.new, looked.counts.problems), (new, 0), "{looked:?}");
    }
    assert_eq!(place.all().await.keys().collect::<Vec<_>>(), ["Annex", "Book", "Chapter"]);
    assert!(place.harvest().await.sources.iter().all(|source| source.looked.counts.new == 0));
}

#[tokio::test]
async fn a_broken_source_is_alone() {
    let server = small_web().await;
    let url = server.url("");
    server.change(|site| {
        site.page("/gone", Page::status(404))
            .page("/html", page("Not a feed", "", ""))
            .page("/half", feed(&url, &[("1", "No page", "/nowhere", 1), ("2", "Secret", "/secret", 1)]))
            .page("/secret", Page::redirect(302, "http://169.254.169.254/latest/meta-data"))
    });
    // A host that asks to be left alone is left alone with everything.
    let broken = WebServer::start(Site::new().page("/feed", Page::status(503).header("retry-after", "3600"))).await.unwrap();
    let place = Place::beside(None, &[&server, &broken]).await;
    place.watch("Broken", broken.url("/feed")).await;
    for name in ["Gone", "Html", "Half"] {
        place.watch(name, server.url(&format!("/{}", name.to_lowercase()))).await;
    }
    place.watch("Quay", server.url("/feed")).await;
    let harvested = place.harvest().await;
    let by_name: BTreeMap<&str, _> = harvested.sources.iter().map(|source| (source.name.as_str(), source)).collect();
    assert_eq!(by_name["Quay"].looked.counts.new, 2);
    for name in ["Broken", "Gone", "Html"] {
        assert!(!by_name[name].looked.error.is_empty(), "{name}");
        assert_eq!(by_name[name].health.failure_count, 1, "{name}");
    }
    assert_eq!((by_name["Half"].looked.counts.new, by_name["Half"].looked.counts.problems), (2, 2), "{:?}", by_name["Half"].looked);
    assert_eq!(by_name["Broken"].health.not_before_at, Some(NOW + 3_600_000));
    // Left alone until then; the others are asked again, and their failures counted.
    let harvested = place.harvest().await;
    assert_eq!(harvested.resting, [("Broken".to_owned(), NOW + 3_600_000)]);
    let gone = harvested.sources.iter().find(|source| source.name == "Gone").unwrap();
    assert_eq!((gone.health.failure_count, gone.health.succeeded_at, gone.health.next_due_at >= NOW + DAY), (2, None, true));
}

#[tokio::test]
async fn what_people_add_is_fetched_or_taken_as_it_is() {
    let server = small_web().await;
    let place = Place::new(None, &server).await;
    let add = async |brought: Brought| {
        let (_halt, halt) = watch::channel(false);
        harvest::add(&place.harvester, brought, halt).await.unwrap()
    };
    let address = Brought::Address(server.url("/rents?utm_source=mail").parse().unwrap());
    let added = add(address.clone()).await;
    assert_eq!((added.report.looked.counts.new, added.publication.is_some()), (1, true), "{added:?}");
    assert_eq!(add(address).await.publication, added.publication);
    let file = Brought::File { name: "Six_weeks.txt".into(), bytes: "Six weeks\n\nPeople waited six weeks for a place.\n".into() };
    let added = add(file.clone()).await;
    let stored = place.harvester.store.publication(added.publication.unwrap()).await.unwrap().unwrap();
    assert_eq!((stored.row.facts.title.as_str(), stored.row.document_count), ("Six weeks", 1), "{stored:?}");
    assert_eq!(add(file).await.publication, added.publication);
    assert_eq!(place.all().await.len(), 2);
    // Looked at again, it is as it was, and nobody is asked for it.
    place.let_pass(2 * DAY);
    let again = place.harvest().await;
    assert_eq!((again.sources[0].looked.counts.problems, again.sources[0].looked.problems.as_slice()), (0, [].as_slice()));
}

#[tokio::test]
async fn several_nodes_share_the_sources() {
    postgres::with_postgres(|database| async move {
        let server = small_web().await;
        let url = server.url("");
        let many: Vec<String> = (0..30).map(|number| format!("/feed-{number}")).collect();
        for (number, path) in many.iter().enumerate() {
            // Every feed tells of a work of its own, and of one that all have.
            let own = (format!("own-{number}"), format!("Own {number}"), format!("/own-{number}"));
            let entries = [(own.0.as_str(), own.1.as_str(), own.2.as_str(), 3), ("all", "For all", "/all", 3)];
            let (feed, own) = (feed(&url, &entries), page(&own.1, "Own.", ""));
            server.change(|site| site.page(path, feed).page(&format!("/own-{number}"), own).page("/all", page("For all", "All.", "")));
        }
        let nodes = [Place::new(Some(&database), &server).await, Place::new(Some(&database), &server).await];
        for path in &many {
            nodes[0].watch(path, server.url(path)).await;
        }
        let (one, other) = tokio::join!(nodes[0].harvest(), nodes[1].harvest());
        assert_eq!(one.sources.len() + other.sources.len(), 30 + 30 - one.busy.len() - other.busy.len());
        let all = nodes[0].all().await;
        assert_eq!(all.len(), 31);
        assert!(all.values().all(|one| one.versions.len() == 1 && one.row.document_count == 1));
        assert_eq!(all["For all"].row.sources.len(), 30);
    })
    .await;
}
