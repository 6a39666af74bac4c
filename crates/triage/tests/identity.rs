//! Which addresses and records are of one work, and which are not.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use proptest::prelude::*;
use pulse_model::document::Metadata;
use pulse_model::{ContentHash, Identifier, LinkRole, Record, RecordLink, doi};
use pulse_triage::identity::{self, address::canonical, govuk, group, identifiers, is_same_work, of_document, of_look};
use url::Url;

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

fn form(text: &str) -> String {
    canonical(&url(text)).unwrap()
}

fn record(key: &str, title: &str, link: &str) -> Record {
    let link = RecordLink { url: url(link), role: LinkRole::Page, title: String::new(), media_type: None };
    Record { key: key.into(), title: title.into(), links: vec![link], ..Record::default() }
}

#[test]
fn variants_of_an_address_are_one() {
    let plain = "example.org/reports/care-2026";
    for variant in [
        "https://example.org/reports/care-2026",
        "http://www.example.org/reports/care-2026/",
        "https://WWW.EXAMPLE.ORG:443/reports/care-2026",
        "http://example.org:80/reports/care-2026/index.html",
        "https://example.org./reports/care-2026/Default.aspx",
        "https://example.org/reports/care-2026?utm_source=letter&UTM_Medium=email&fbclid=x",
        "https://example.org/reports/care-2026?gclid=1&mc_cid=2&mc_eid=3&mkt_tok=4&dm_i=5",
        "https://example.org/reports/care-2026#findings",
        "https://example.org/reports/care-2026/amp/",
        "https://example.org/reports/care-2026?amp=1",
        "https://amp.example.org/reports/care-2026",
        "https://example.org/reports/care-2026?outputType=amp",
        "https://example.org/reports/care-2026.amp",
        "https://example.org/reports/care-2026/print",
        "https://example.org/reports/care-2026/amp/print/?print=1",
        "https://example.org/reports/care%2D2026",
        "https://example.org/reports/./x/../care-2026?",
        "https://example.org/reports/care-2026;jsessionid=0A1B",
        "https://someone@example.org/reports/care-2026",
        "https://example-org.cdn.ampproject.org/c/s/example.org/reports/care-2026",
        "https://www.google.com/amp/s/www.example.org/reports/care-2026/amp",
    ] {
        assert_eq!(form(variant), plain, "{variant}");
    }
    assert_eq!(form("https://example.org/find?b=2&a=1&utm_term=x"), form("http://example.org/find/?a=1&b=2"));
    assert_eq!(form("https://example.org/find?q=care+homes"), form("https://example.org/find?q=care%20homes"));
    assert_eq!(form("https://example.org/caf%c3%a9"), form("https://example.org/café"));
    assert_eq!(form("https://bücher.example/a"), form("https://xn--bcher-kva.example/a"));
}

/// Each of these takes hours when what is left is gone through again for every piece that goes.
#[test]
fn addresses_made_to_take_long_do_not() {
    let start = std::time::Instant::now();
    for (begin, piece) in [("a", ";jsessionid=/"), ("a", "/amp"), ("a", "/index.html"), ("a/b", ".amp"), ("a", "/print/"), ("", "//")] {
        let long = format!("https://example.org/{begin}{}", piece.repeat(300_000));
        for end in ["", "/print", ".amp"] {
            assert!(form(&format!("{long}{end}")).starts_with("example.org"), "{piece}{end}");
        }
    }
    assert!(start.elapsed() < std::time::Duration::from_secs(120), "{:?}", start.elapsed());
}

#[test]
fn different_things_stay_different() {
    for (one, other) in [
        ("https://example.org/show?id=1", "https://example.org/show?id=2"),
        ("https://example.org/show?id=1", "https://example.org/show"),
        ("https://example.org/Report", "https://example.org/report"),
        ("https://example.org/a", "https://example.com/a"),
        ("https://example.org/a", "https://news.example.org/a"),
        ("https://example.org:8443/a", "https://example.org/a"),
        ("https://example.org/#!/reports/1", "https://example.org/#!/reports/2"),
        ("https://example.org/print", "https://example.org/"),
        ("https://example.org/amp", "https://example.org/print"),
        ("https://amp.dev/a", "https://www.dev/a"),
        ("https://example.org/x?print=edition", "https://example.org/x"),
        ("https://example.org/x?ref=2", "https://example.org/x?ref=3"),
        ("https://example.org/x?a=1&a=2", "https://example.org/x?a=2&a=1"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://example.org/%FF", "https://example.org/%FE"),
        ("https://example.org/lamp", "https://example.org/l"),
        ("https://example.org/index.html?page=2", "https://example.org/index.html?page=3"),
    ] {
        assert_ne!(form(one), form(other), "{one} {other}");
    }
    assert_eq!(canonical(&url("mailto:a@example.org")), None);
    assert_eq!(canonical(&url("file:///etc/hosts")), None);
}

#[test]
fn dois_are_one_however_they_are_written() {
    for written in [
        "10.1000/XYZ-12",
        "doi:10.1000/xyz-12",
        "DOI: 10.1000/xyz-12.",
        "https://doi.org/10.1000/xyz-12",
        "http://dx.doi.org/10.1000%2Fxyz-12",
        "urn:doi:10.1000/xyz-12",
        "info:doi/10.1000/xyz-12",
        "10.1000/xyz-12)",
        " 10.1000/xyz-12;",
    ] {
        assert_eq!(doi::normal(written).as_deref(), Some("10.1000/xyz-12"), "{written}");
    }
    for (address, name) in [
        ("https://journals.example.org/doi/full/10.1177/0123456789", "10.1177/0123456789"),
        ("https://journals.example.org/doi/10.1177/0123456789?journalCode=x", "10.1177/0123456789"),
        ("https://www.example.org/articles/10.3389/fpubh.2020.00001/full", "10.3389/fpubh.2020.00001"),
        ("https://link.example.com/content/pdf/10.1007/s11606-020-1.pdf", "10.1007/s11606-020-1"),
        ("https://www.doi.org/10.1002/(sici)1097-0258(1998)17:8%3C857::aid%3E3.0.co;2-e", "10.1002/(sici)1097-0258(1998)17:8<857::aid>3.0.co;2-e"),
    ] {
        assert_eq!(doi::of_url(&url(address)).as_deref(), Some(name), "{address}");
    }
    for none in ["10.1000", "10.1/x", "see 10.1000/x", "", "10.1000/", "https://example.org/10.1000/x", "https://example.org/v/10.2024/notes"] {
        assert_eq!(doi::normal(none), None, "{none}");
    }
}

#[test]
fn paths_on_govuk_are_names() {
    let plan = Some("/government/publications/a-plan");
    for same in [
        "https://www.gov.uk/government/publications/a-plan",
        "http://gov.uk/government/publications/A-Plan/?utm_source=x#attachments",
        "https://www.gov.uk/government/publications/a-plan/the-plan-in-full",
        "https://www.gov.uk/government/publications/a-plan.cy",
        "https://www.gov.uk/government/publications/a-plan/the-plan-in-full/print",
        "https://www.gov.uk/api/content/government/publications/a-plan",
    ] {
        assert_eq!(govuk::path(&url(same)).as_deref(), plan, "{same}");
    }
    assert_eq!(govuk::path(&url("https://www.gov.uk/vat-rates/print")).as_deref(), Some("/vat-rates"));
    assert_eq!(govuk::path(&url("https://www.gov.uk/government/organisations/ofsted.atom")).as_deref(), Some("/government/organisations/ofsted"));
    assert_eq!(govuk::path(&url("https://www.gov.uk/government/uploads/system/uploads/attachment_data/file/1/plan.pdf")), None);
    assert_eq!(govuk::path(&url("https://www.gov.uk/")), None);
    for (page, publication) in [
        ("statistics/announcements/care-homes-2026", "statistics/announcements/care-homes-2026"),
        ("statistics/announcements/care-homes-2026.cy", "statistics/announcements/care-homes-2026"),
        ("statistics/announcements", "statistics/announcements"),
        ("statistics/care-homes-2026", "statistics/care-homes-2026"),
        ("statistics/care-homes-2026/methods", "statistics/care-homes-2026"),
        ("statistical-data-sets/live-tables", "statistical-data-sets/live-tables"),
        ("collections/care-homes", "collections/care-homes"),
        ("news/care-homes", "news/care-homes"),
        ("consultations/care-homes/outcome/the-answer", "consultations/care-homes"),
        ("calls-for-evidence/care-homes/outcome", "calls-for-evidence/care-homes"),
    ] {
        let expected = Some(format!("/government/{publication}"));
        for base in ["https://www.gov.uk/government", "https://www.gov.uk/api/content/government"] {
            assert_eq!(govuk::path(&url(&format!("{base}/{page}"))), expected, "{base}/{page}");
        }
        assert_eq!(govuk::path_of_tag(&format!("tag:www.gov.uk,2026-05-01:/government/{page}")), expected, "{page}");
    }
    assert_eq!(govuk::path_of_tag("tag:www.gov.uk,2024-05-01:/government/publications/a-plan").as_deref(), plan);
    assert_eq!(govuk::path_of_tag("tag:example.org,2024:/government/publications/a-plan"), None);
}

#[test]
fn both_families_of_feeds_tell_of_one_publication() {
    let organisation =
        record("https://www.gov.uk/government/publications/a-plan#2024-05-01T09:30:00Z", "A plan", "https://www.gov.uk/government/publications/a-plan");
    let later = record("https://www.gov.uk/government/publications/a-plan#2024-06-01T09:30:00Z", "A plan", "https://www.gov.uk/government/publications/a-plan");
    let finder = record("tag:www.gov.uk,2024-05-01:/government/publications/a-plan", "A plan", "https://www.gov.uk/government/publications/a-plan");
    let all = [organisation, later, finder];
    assert_eq!(group(&of_look(&all)), [vec![0, 1, 2]]);
    assert_eq!(identifiers(&all[0]), [Identifier::GovukPath("/government/publications/a-plan".into())]);
}

#[test]
fn a_link_of_every_entry_is_no_identity() {
    let home = [record("1", "One", "https://example.org/"), record("2", "Two", "https://example.org")];
    assert_eq!(group(&of_look(&home)), [vec![0], vec![1]]);
    let list: Vec<_> = ["One", "Two", "Three", "Four"].iter().map(|title| record(title, title, "https://example.org/news")).collect();
    let identified = of_look(&list);
    assert_eq!(group(&identified).len(), 4);
    assert!(identified.iter().all(|identifiers| identifiers.len() == 1));
    // And the same the next time.
    assert!(is_same_work(&identified[2], &of_look(&list)[2]));
    // One entry with an old and a new title is one work all the same.
    let renamed = [record("1", "Draft", "https://example.org/a"), record("1", "Final", "https://example.org/a")];
    assert_eq!(group(&of_look(&renamed)), [vec![0, 1]]);
    // Two entries that lead to one page are two, and stay so the next time.
    let two = [record("1", "Care homes", "https://example.org/latest"), record("2", "Home care", "https://example.org/latest")];
    let identified = of_look(&two);
    assert_eq!(group(&identified), [vec![0], vec![1]]);
    assert!(!is_same_work(&identified[0], &of_look(&two)[1]) && is_same_work(&identified[1], &of_look(&two)[1]));
    // The same told again under another key is one, and so are two names of one DOI.
    let again = [record("1", "Care homes", "https://example.org/a"), record("2", "Care homes", "https://example.org/a")];
    assert_eq!(group(&of_look(&again)), [vec![0, 1]]);
    let [one, two] = two.map(|record| Record { dois: vec!["10.1000/1".into()], ..record });
    assert_eq!(group(&of_look(&[one, two])), [vec![0, 1]]);
}

#[test]
fn translations_and_attachments_on_govuk_are_of_their_publication() {
    let id = Some(uuid::Uuid::from_u128(1));
    let of = |key: &str, title: &str, document_type: &str, content_id| Record {
        content_id,
        document_type: Some(document_type.into()),
        ..record(key, title, &format!("https://www.gov.uk/government/publications/{key}"))
    };
    let all = [
        of("a-plan", "A plan", "policy_paper", id),
        of("a-plan.cy", "Cynllun", "policy_paper", id),
        of("a-plan.fr", "Un plan", "policy_paper", id),
        of("a-plan/in-full", "The plan in full", "html_publication", Some(uuid::Uuid::from_u128(2))),
        of("a-plan/annex", "Annex", "html_publication", Some(uuid::Uuid::from_u128(3))),
    ];
    assert_eq!(group(&of_look(&all)), [vec![0, 1, 2, 3, 4]]);
    // One id for three pages is no id.
    let wrong = ["one", "two", "three"].map(|key| of(key, "A plan", "policy_paper", id));
    assert_eq!(group(&of_look(&wrong)).len(), 3);
}

#[test]
fn surer_identifiers_decide_where_others_disagree() {
    let chapter = |doi: &str| Record { dois: vec![doi.into()], ..record(doi, doi, "https://example.org/book") };
    let page = record("page", "The book", "https://example.org/book");
    let (one, two) = (chapter("10.1000/1"), chapter("10.1000/2"));
    let identified: Vec<_> = [&one, &two, &page].map(identifiers).to_vec();
    assert!(!is_same_work(&identified[0], &identified[1]));
    // What has no DOI goes with the first of them, in whatever order they come.
    assert_eq!(group(&identified), [vec![0, 2], vec![1]]);
    let turned: Vec<_> = [&page, &two, &one].map(identifiers).to_vec();
    assert_eq!(group(&turned), [vec![0, 2], vec![1]]);
    // One DOI at two addresses.
    let elsewhere = Record { dois: vec!["https://doi.org/10.1000/1".into()], ..record("x", "x", "https://repository.example.net/77") };
    assert!(is_same_work(&identified[0], &identifiers(&elsewhere)));
}

#[test]
fn a_file_belongs_to_the_page_that_lists_it() {
    let mut landing = record("1", "A report", "https://example.org/reports/a");
    landing.links.push(RecordLink { url: url("https://example.org/files/a.pdf?utm_source=x"), role: LinkRole::File, title: "PDF".into(), media_type: None });
    landing.links.push(RecordLink { url: url("https://example.org/picture"), role: LinkRole::Other, title: String::new(), media_type: None });
    let file = of_document(&url("http://www.example.org/files/a.pdf"), &Metadata::default(), Some(ContentHash::of(b"file")));
    assert!(is_same_work(&identifiers(&landing), &file));
    assert_eq!(file.last().map(Identifier::kind), Some("file"));
    // The same bytes elsewhere are the same file.
    assert!(is_same_work(&file, &of_document(&url("https://mirror.example.net/9"), &Metadata::default(), Some(ContentHash::of(b"file")))));
    assert!(!identifiers(&landing).contains(&Identifier::Url("example.org/picture".into())));
}

#[test]
fn a_page_is_known_by_the_address_it_asks_for_on_its_own_site_alone() {
    let with = |canonical: &str| Metadata { canonical: Some(url(canonical)), dois: vec!["doi:10.1000/9".into()], ..Metadata::default() };
    let found = of_document(&url("https://example.org/node/17"), &with("https://www.example.org/reports/a"), None);
    let names: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["doi:10.1000/9", "url:example.org/node/17", "url:example.org/reports/a"]);
    assert_eq!(of_document(&url("https://example.org/node/17"), &with("https://elsewhere.example/a"), None).len(), 2);
    assert_eq!(of_document(&url("https://example.org/node/17"), &with("https://example.org/"), None).len(), 2);
}

/// Addresses with everything in them that matters or not.
fn any_address() -> impl Strategy<Value = String> {
    let host = prop::sample::select(vec![
        "example.org",
        "www.example.org",
        "amp.www.example.co.uk",
        "www.www.a.b",
        "127.0.0.1:8080",
        "[::1]",
        "a.cdn.ampproject.org",
        "www.google.com",
        "example.org.",
        "WWW.gov.uk:443",
    ]);
    let part = prop_oneof![
        prop::sample::select(vec![
            "amp",
            "print",
            "index.html",
            "default.aspx",
            "c",
            "s",
            "amp/s/example.org",
            "a;jsessionid=1",
            "x.amp",
            ".amp",
            "%2e",
            "..",
            "%",
            "%4",
            "%41",
            "%%341",
            "é",
            "",
            "report",
            "index.html.amp"
        ])
        .prop_map(str::to_owned),
        "[a-zA-Z0-9%;=.~_-]{0,8}"
    ];
    let pair = prop_oneof![
        prop::sample::select(vec!["utm_source=1", "amp", "print=1", "id=1", "id=2", "b", "=", "a=%2B", "a=+", "%75tm_x=1", "view=print", "a=b=c", "q=%"])
            .prop_map(str::to_owned),
        "[a-z%=+0-9]{0,6}"
    ];
    (host, prop::collection::vec(part, 0..5), prop::collection::vec(pair, 0..4), prop::option::of(prop::sample::select(vec!["top", "!/a", "!", "!%41"])))
        .prop_map(|(host, parts, pairs, fragment)| {
            let query = if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) };
            format!("https://{host}/{}{query}{}", parts.join("/"), fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default())
        })
}

fn any_identifiers() -> impl Strategy<Value = Vec<Identifier>> {
    let one = prop_oneof![
        (0..4_u8).prop_map(|number| Identifier::Doi(format!("10.1000/{number}"))),
        (0..4_u128).prop_map(|number| Identifier::ContentId(uuid::Uuid::from_u128(number))),
        (0..4_u8).prop_map(|number| Identifier::GovukPath(format!("/{number}"))),
        (0..6_u8).prop_map(|number| Identifier::Url(format!("example.org/{number}"))),
    ];
    prop::collection::btree_set(one, 0..4).prop_map(|all| all.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 4 * ProptestConfig::default().cases, ..ProptestConfig::default() })]

    #[test]
    fn the_form_of_a_form_is_itself(address in any_address()) {
        if let Some(form) = address.parse().ok().and_then(|url| canonical(&url)) {
            let again = canonical(&url(&format!("https://{form}")));
            prop_assert_eq!(again.as_deref(), Some(form.as_str()));
        }
    }

    #[test]
    fn noise_makes_no_difference(address in any_address(), noise in prop::sample::select(vec!["utm_source=x", "fbclid=y", "_ga=1.2"])) {
        if let Ok(plain) = address.parse::<Url>() {
            let mut noisy = plain.clone();
            noisy.query_pairs_mut().append_pair(noise.split('=').next().unwrap(), "1");
            let _ = noisy.set_scheme("http");
            prop_assert_eq!(canonical(&plain), canonical(&noisy));
        }
    }

    #[test]
    fn an_id_makes_a_difference(address in any_address(), one in 0..1000_u32, other in 0..1000_u32) {
        prop_assume!(one != other);
        if let Ok(plain) = address.parse::<Url>() {
            let with = |id: u32| { let mut url = plain.clone(); url.query_pairs_mut().append_pair("id", &id.to_string()); canonical(&url) };
            prop_assert_ne!(with(one), with(other));
        }
    }

    #[test]
    fn dois_are_normal_once_they_are(text in "(https://doi.org/|doi:)?10\\.[0-9]{4}/[a-zA-Z0-9()./;%<>-]{1,12}[.,;)]{0,3}") {
        if let Some(normal) = doi::normal(&text) {
            prop_assert_eq!(doi::normal(&normal), Some(normal));
        }
    }

    #[test]
    fn the_order_does_not_change_the_groups(all in prop::collection::vec(any_identifiers(), 0..12), seed in any::<u64>()) {
        let groups = |order: &[usize]| {
            let turned: Vec<_> = order.iter().map(|at| all[*at].clone()).collect();
            let mut groups: Vec<Vec<usize>> = group(&turned).into_iter().map(|members| { let mut members: Vec<_> = members.into_iter().map(|at| order[at]).collect(); members.sort(); members }).collect();
            groups.sort();
            groups
        };
        let straight: Vec<usize> = (0..all.len()).collect();
        let mut turned = straight.clone();
        turned.sort_by_key(|at| (*at as u64 + 1).wrapping_mul(seed | 1) % 1009);
        // Which of two equal ones is where is no difference.
        let content = |groups: Vec<Vec<usize>>| { let mut content: Vec<Vec<_>> = groups.into_iter().map(|members| { let mut members: Vec<_> = members.into_iter().map(|at| all[at].clone()).collect(); members.sort(); members }).collect(); content.sort(); content };
        prop_assert_eq!(content(groups(&straight)), content(groups(&turned)));
        prop_assert_eq!(groups(&straight).iter().map(Vec::len).sum::<usize>(), all.len());
    }

    #[test]
    fn any_record_is_identified(key in "\\PC{0,20}", doi in "\\PC{0,20}", address in any_address()) {
        let mut any = address.parse::<Url>().map(|_| record(&key, "Any", &address)).unwrap_or_default();
        any.dois = vec![doi];
        let found = identifiers(&any);
        prop_assert!(found.is_sorted());
        prop_assert!(identity::of_look(std::slice::from_ref(&any))[0].len() <= found.len() + 1);
    }
}
