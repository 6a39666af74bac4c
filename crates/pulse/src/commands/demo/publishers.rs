//! What the demo harvests: a small web of publishers who do not exist, before and after a few days.

use anyhow::Context as _;
use pulse_model::Edition;
use pulse_model::markdown::parse_blocks;
use pulse_render::Format;
use pulse_web::SimulatedWeb;

use crate::data_folder::ProfileFile;

/// How the web looks: when the month begins, or a few days later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Round {
    First,
    Second,
}

/// A file of the web: the round it comes with, its path, and its text with `{base}` in it.
type Text = (Round, &'static str, &'static str);

macro_rules! texts {
    ($($round:ident $folder:literal: $($path:literal)+;)+) => {
        &[$($((Round::$round, $path, include_str!(concat!("../../../demo/web/", $folder, $path))),)+)+]
    };
}

const TEXTS: &[Text] = texts! {
    First "first":
        "/northmoor/feed.xml"
        "/northmoor/reports/first-six-weeks.html"
        "/northmoor/reports/eating-well-alone.html"
        "/lindenrow/atom.xml"
        "/lindenrow/telecare-digital.html"
        "/government/organisations/office-for-care-workforce-statistics.html"
        "/government/organisations/office-for-care-workforce-statistics.atom"
        "/api/search.json"
        "/api/content/government/statistics/vacancies-turnover-and-pay-2025-26.json"
        "/api/content/government/publications/counting-care-workers.json"
        "/family-support/publications.html"
        "/family-support/publications/early-help-front-door.html"
        "/family-support/publications/who-is-the-keyworker.html";
    Second "second":
        "/northmoor/feed.xml"
        "/northmoor/reports/first-six-weeks.html"
        "/government/organisations/office-for-care-workforce-statistics.atom"
        "/api/search.json"
        "/api/content/government/statistics/vacancies-turnover-and-pay-2025-26.json"
        "/api/content/government/publications/counting-care-workers.json"
        "/family-support/publications.html"
        "/family-support/publications/two-homes.html";
};

/// A report that is a PDF, which Pulse's own renderer makes of its text.
struct Report {
    path: &'static str,
    publisher: &'static str,
    month: &'static str,
    text: &'static str,
}

const REPORTS: [Report; 3] = [
    Report {
        path: "/northmoor/files/first-six-weeks.pdf",
        publisher: "Northmoor Institute for Ageing",
        month: "2026-05",
        text: include_str!("../../../demo/web/reports/first-six-weeks.md"),
    },
    Report {
        path: "/family-support/publications/a-quiet-room.pdf",
        publisher: "Council for Family Support",
        month: "2026-04",
        text: include_str!("../../../demo/web/reports/a-quiet-room.md"),
    },
    Report {
        path: "/files/care-workforce-2025-26.pdf",
        publisher: "Office for Care Workforce Statistics",
        month: "2026-05",
        text: include_str!("../../../demo/web/reports/care-workforce.md"),
    },
];

/// Where the demo's sources are, by the names it gives them.
pub(super) const SOURCES: [(&str, &str); 4] = [
    ("Northmoor Institute for Ageing", "/northmoor/feed.xml"),
    ("Linden Row Trust", "/lindenrow/atom.xml"),
    ("Office for Care Workforce Statistics", "/government/organisations/office-for-care-workforce-statistics"),
    ("Council for Family Support", "/family-support/publications"),
];

/// Puts what has changed by then on the web, which is served at `host`.
pub(super) fn publish(web: &SimulatedWeb, host: &str, round: Round) -> anyhow::Result<()> {
    let base = format!("http://{host}");
    for (_, path, text) in TEXTS.iter().filter(|(when, ..)| *when == round) {
        let (path, media_type) = as_served(path);
        web.put(path, media_type, text.replace("{base}", &base));
    }
    if round == Round::First {
        for report in &REPORTS {
            web.put(report.path, "application/pdf", set(report)?);
        }
    }
    Ok(())
}

/// Pages are found without the ending of their file, and answers of the content API too, as on real sites.
fn as_served(path: &str) -> (String, &'static str) {
    let of = |ending: &str| path.strip_suffix(ending).map(str::to_owned);
    if let Some(page) = of(".html") {
        return (page, "text/html; charset=utf-8");
    }
    match of(".json") {
        Some(content) if path.starts_with("/api/content/") => (content, "application/json"),
        Some(_) => (path.to_owned(), "application/json"),
        None if path.ends_with(".atom") => (path.to_owned(), "application/atom+xml; charset=utf-8"),
        None => (path.to_owned(), "application/xml; charset=utf-8"),
    }
}

/// A report, set by Pulse's own renderer: an edition with nothing but a letter, of a digest that has its publisher's name.
fn set(Report { publisher, month, text, .. }: &Report) -> anyhow::Result<Vec<u8>> {
    let mut digest = ProfileFile::to_begin_with()?.profile.digest;
    digest.name = (*publisher).to_owned();
    digest.organisation = digest.name.clone();
    let key = month.parse().with_context(|| format!("{month} is no month"))?;
    let mut edition = Edition::new(digest.slug.clone(), key);
    edition.letter.welcome = parse_blocks(text).blocks;
    Ok(pulse_jobs::output::render(&digest, &edition, None, Format::Pdf)?.bytes)
}
