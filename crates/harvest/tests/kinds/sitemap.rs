//! Sitemaps: indexes, compressed files, lists of addresses, and what was made to harm.

use std::io::Write as _;

use crate::site::{NOW, Site};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use pulse_harvest::sitemap::{MOST_FILES, Sitemap};
use pulse_harvest::{HarvestError, Kind, Look, Memory, Window};
use pulse_model::ProblemKind;
use url::Url;

/// 1 May 2023.
const MAY: i64 = 1_682_899_200_000;

async fn look_with(site: &Site, below: &str, memory: &Memory) -> Result<Look, HarvestError> {
    let url = Url::parse("https://tidewater.example/sitemap.xml").unwrap();
    Sitemap { url: &url, below }.look(site, memory, Window { now: NOW, since: MAY }).await
}

#[tokio::test]
async fn what_a_broken_part_held_comes_once_it_can_be_read() {
    let index = "<sitemapindex><sitemap><loc>/a.xml</loc></sitemap><sitemap><loc>/b.xml</loc><lastmod>2023-05-03</lastmod></sitemap></sitemapindex>";
    let address = |path: &str| format!("https://tidewater.example/{path}");
    let with = |b: Option<String>| {
        let a = format!("<urlset>{}</urlset>", page("/a", "2023-05-02"));
        let site = Site::default().with(&address("sitemap.xml"), "application/xml", index).with(&address("a.xml"), "application/xml", a);
        b.into_iter().fold(site, |site, b| site.with(&address("b.xml"), "application/xml", b))
    };
    let url = Url::parse(&address("sitemap.xml")).unwrap();
    let sitemap = Sitemap { url: &url, below: "" };
    let whole = format!("<urlset>{}</urlset>", page("/b", "2023-05-03"));
    for broken in [None, Some("<urlset><url><loc>https://tidewater.exa".to_owned()), Some("<html>Busy</html>".to_owned())] {
        let first = look_with(&with(broken), "", &Memory::default()).await.unwrap();
        assert_eq!(keys(&first), ["/a"]);
        // The next look is asked for less, because this one counts as made.
        let later = Window { now: NOW, since: MAY + 20 * 24 * 3_600_000 };
        let second = sitemap.look(&with(Some(whole.clone())), &first.memory, later).await.unwrap();
        assert_eq!(keys(&second), ["/b"]);
        assert_eq!(second.memory.cursor, None);
    }
}

async fn look(bytes: impl Into<bytes::Bytes>) -> Result<Look, HarvestError> {
    look_with(&Site::default().with("https://tidewater.example/sitemap.xml", "application/xml", bytes), "", &Memory::default()).await
}

fn packed(text: &str) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

fn page(path: &str, changed: &str) -> String {
    format!("<url><loc>https://tidewater.example{path}</loc><lastmod>{changed}</lastmod></url>")
}

fn keys(look: &Look) -> Vec<&str> {
    look.records.iter().map(|record| record.key.strip_prefix("https://tidewater.example").unwrap_or(&record.key)).collect()
}

fn kinds(look: &Look) -> Vec<ProblemKind> {
    look.problems.iter().map(|problem| problem.kind).collect()
}

#[tokio::test]
async fn changed_pages_come_and_others_do_not() {
    let pages = [
        page("/old", "2023-04-30"),
        page("/same-day", "2023-05-01"),
        page("/month", "2023-05"),
        page("/exact", "2023-05-20T10:00:00+01:00"),
        page("/far", "2099-01-01"),
        page("/early", "1900-01-01"),
        page("/exact", "2023-05-20T10:00:00+01:00"),
        "<url><loc> https://tidewater.example/undated?a=1&amp;b=2 </loc></url>".to_owned(),
        "<url><loc><![CDATA[https://tidewater.example/cdata]]></loc></url>".to_owned(),
        "<url><loc>javascript:alert(1)</loc></url><url><lastmod>2023-05-02</lastmod></url><url><loc/></url>".to_owned(),
    ];
    let look = look(format!("<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{}</urlset>", pages.concat())).await.unwrap();
    assert_eq!(keys(&look), ["/exact", "/same-day", "/month", "/far", "/early", "/undated?a=1&b=2", "/cdata"]);
    assert_eq!(kinds(&look), [ProblemKind::BadDate], "{:?}", look.problems);
}

#[tokio::test]
async fn an_index_leads_to_its_files() {
    let index = "<sitemapindex>\
        <sitemap><loc>https://tidewater.example/a.xml.gz</loc><lastmod>2023-05-02</lastmod></sitemap>\
        <sitemap><loc>/old.xml</loc><lastmod>2023-03-02</lastmod></sitemap>\
        <sitemap><loc>/gone.xml</loc></sitemap>\
        <sitemap><loc>/sitemap.xml</loc></sitemap>\
        <sitemap><loc>/list.txt</loc></sitemap></sitemapindex>";
    let site = Site::default()
        .with("https://tidewater.example/sitemap.xml", "application/xml", index)
        .with("https://tidewater.example/a.xml.gz", "application/gzip", packed(&format!("<urlset>{}</urlset>", page("/reports/one", "2023-05-03"))))
        .with("https://tidewater.example/list.txt", "text/plain", "https://tidewater.example/reports/two\r\nhttps://tidewater.example/news/three\n\n");
    let first = look_with(&site, "/reports/", &Memory::default()).await.unwrap();
    assert_eq!(keys(&first), ["/reports/one", "/reports/two"]);
    assert_eq!(kinds(&first), [ProblemKind::Damaged], "the file that is gone");
    assert!(!site.asked().iter().any(|address| address.ends_with("old.xml")));
    let second = look_with(&site, "/reports/", &first.memory).await.unwrap();
    assert_eq!(keys(&second), Vec::<&str>::new());
}

#[tokio::test]
async fn news_has_titles() {
    let news = "<urlset xmlns:news='http://www.google.com/schemas/sitemap-news/0.9' xmlns:image='i'><url><loc>https://tidewater.example/n</loc>\
        <image:image><image:loc>https://tidewater.example/n.jpg</image:loc></image:image>\
        <news:news><news:publication><news:name>Tidewater &amp; Co</news:name><news:language>en</news:language></news:publication>\
        <news:publication_date>2023-05-09T08:00:00Z</news:publication_date><news:title>Care &#8211; a  second look</news:title></news:news></url></urlset>";
    let look = look(news).await.unwrap();
    let record = look.records.first().unwrap();
    assert_eq!(
        (record.title.as_str(), record.publishers.as_slice(), record.language.as_deref()),
        ("Care \u{2013} a second look", &["Tidewater & Co".to_owned()][..], Some("en"))
    );
    assert_eq!(record.published_at, Some(1_683_619_200_000));
    assert_eq!(record.key, "https://tidewater.example/n");
}

#[tokio::test]
async fn bombs_and_broken_files() {
    let entities: String = (1..30).map(|n| format!("<!ENTITY e{n} \"&e{};&e{};\">", n - 1, n - 1)).collect();
    let bomb = format!(
        "<?xml version='1.0'?><!DOCTYPE urlset [<!ENTITY e0 \"x\">{entities}<!ENTITY f SYSTEM 'file:///etc/passwd'>]><urlset><url><loc>https://tidewater.example/&e29;&f;</loc></url></urlset>"
    );
    assert_eq!(keys(&look(bomb).await.unwrap()), ["/"]);

    let cut = look(format!("<urlset>{}<url><loc>https://tidewater.exa", page("/one", "2023-05-03"))).await.unwrap();
    assert_eq!((keys(&cut), kinds(&cut)), (vec!["/one"], vec![ProblemKind::Damaged]));
    assert!(cut.memory.validators.is_empty(), "a file that broke off is fetched again");

    let whole = packed(&format!("<urlset>{}</urlset>", page("/one", "2023-05-03").repeat(500)));
    let cut = look(whole[..whole.len() / 2].to_vec()).await.unwrap();
    assert_eq!((keys(&cut), kinds(&cut)), (vec!["/one"], vec![ProblemKind::Damaged]));

    // 200 MB of spaces in 200 kB.
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(format!("<urlset>{}", page("/one", "2023-05-03")).as_bytes()).unwrap();
    (0..200).for_each(|_| packer.write_all(&vec![b' '; 1 << 20]).unwrap());
    let spaces = look(packer.finish().unwrap()).await.unwrap();
    assert_eq!((keys(&spaces), kinds(&spaces)), (vec!["/one"], vec![ProblemKind::TooLarge]));

    for other in ["<html><body>Not found</body></html>", "<rss><channel/></rss>", "{}", "", "%PDF-1.7"] {
        let error = look(other).await.unwrap_err();
        assert!(matches!(error, HarvestError::NotThis { .. }), "{other}: {error}");
    }
}

#[tokio::test]
async fn very_many_pages_and_files() {
    let day = |n: usize| format!("2023-05-{:02}T00:00:{:02}Z", 1 + n % 28, n % 60);
    let pages: String = (0..50_000).map(|n| page(&format!("/{n}"), &day(n))).collect();
    let many = look(format!("<urlset>{pages}</urlset>")).await.unwrap();
    assert_eq!((many.records.len(), kinds(&many)), (5000, vec![ProblemKind::TooLarge]));
    assert!(many.records.iter().all(|record| record.updated_at.unwrap() >= 1_684_972_800_000), "the latest are kept");

    let files: String = (0..1000).map(|n| format!("<sitemap><loc>https://tidewater.example/{n}.xml</loc></sitemap>")).collect();
    let index = format!("<sitemapindex>{files}</sitemapindex>");
    let site = Site::default().with("https://tidewater.example/sitemap.xml", "application/xml", index);
    let look = look_with(&site, "", &Memory::default()).await.unwrap();
    assert_eq!(site.asked().len(), MOST_FILES);
    assert!(kinds(&look).contains(&ProblemKind::TooLarge));

    let site = Site::made_by(|url| Some(format!("<sitemapindex><sitemap><loc>{url}x</loc></sitemap></sitemapindex>")));
    let look = look_with(&site, "", &Memory::default()).await.unwrap();
    assert!(site.asked().len() < 10 && kinds(&look) == [ProblemKind::TooLarge], "{:?}", look.problems);
}

proptest! {
    /// Whatever a file holds, the look ends, and what it brings is of the web and there once.
    #[test]
    fn any_file(parts in proptest::collection::vec(prop_oneof![
        Just("<urlset>"), Just("<sitemapindex>"), Just("<url>"), Just("</url>"), Just("<loc>"), Just("</loc>"), Just("https://tidewater.example/a"), Just("http://"),
        Just("<lastmod>"), Just("</lastmod>"), Just("2023-05-03"), Just("&amp;"), Just("&x;"), Just("&#0;"), Just("<![CDATA["), Just("]]>"), Just("<!--"), Just("<news:news>"),
        Just("<news:title>"), Just("\u{feff}"), Just("</urlset>"), Just("\n"), Just("<"), Just(" "),
    ], 0..40), is_packed in any::<bool>()) {
        let text = parts.concat();
        let bytes = if is_packed { packed(&text) } else { text.into_bytes() };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        if let Ok(look) = runtime.block_on(look(bytes)) {
            let mut keys = keys(&look);
            prop_assert!(look.records.iter().all(|record| record.links.len() == 1));
            keys.sort_unstable();
            keys.dedup();
            prop_assert_eq!(keys.len(), look.records.len());
        }
    }
}
