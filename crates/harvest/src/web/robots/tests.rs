use super::*;

/// Of these paths, those that are allowed.
fn allowed(text: &str, is_api: bool, paths: &str) -> String {
    let rules = Rules::read(text.as_bytes());
    let may = |path: &&str| rules.allow(&Url::parse("https://a.example").unwrap().join(path).unwrap(), is_api);
    paths.split_whitespace().filter(may).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_file_is_read_as_the_standard_says() {
    for (text, paths, expected) in [
        ("", "/ /a", "/ /a"),
        ("<!doctype html><p>User-agent of nothing</p>", "/ /a", "/ /a"),
        ("User-agent: *\nDisallow: /", "/ /a /robots.txt", "/robots.txt"),
        ("User-agent: *\nDisallow:", "/ /a", "/ /a"),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/ /a /a/b /a/c", "/ /a/b"),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", "/a"),
        ("User-agent: other\nDisallow: /", "/a", "/a"),
        ("USER-AGENT: PULSE\nDISALLOW: /a\n\nUser-agent: *\nDisallow: /", "/a /b", "/b"),
        ("User-agent: x\nUser-agent: Pulse # us\nDisallow: /a", "/a /b", "/b"),
        ("User-agent: Pulse/1.0 (beta)\nDisallow: /a\nUser-agent: *\nDisallow: /", "/a /b", "/b"),
        ("User-agent: pulse-checker\nDisallow: /a\nUser-agent: *\nDisallow: /b", "/a /b", "/a"),
        ("User-agent: pulse\nDisallow: /a\nUser-agent: *\nDisallow: /c\nUser-agent: pulse\nDisallow: /b", "/a /b /c", "/c"),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf /a.pdf?x /a.html", "/a.pdf?x /a.html"),
        ("User-agent: *\nDisallow: /*?s=", "/?s=x /s", "/s"),
        ("User-agent: *\r\nDisallow: /a\r\nDisallow: /b", "/a /b /c", "/c"),
        ("\u{feff}User-agent: *\nDisallow: /a", "/a /b", "/b"),
        ("User-agent: *\nDisallow: /ŵ", "/%C5%B5 /w", "/w"),
        ("User-agent: *\nSitemap: https://a.example/s.xml\nCrawl-delay: soon\nDisallow: /a", "/a /b", "/b"),
    ] {
        assert_eq!(allowed(text, false, paths), expected, "{text}");
    }
}

#[test]
fn what_is_for_programs_is_bound_only_by_name() {
    let all = "User-agent: *\nDisallow: /\nCrawl-delay: 8";
    assert_eq!(allowed(all, true, "/feed.xml"), "/feed.xml");
    assert_eq!(allowed(&format!("{all}\nUser-agent: Pulse\nDisallow: /feed"), true, "/feed.xml /a"), "/a");
    let delay = |text: &str, is_api| Rules::read(text.as_bytes()).delay(is_api);
    assert_eq!((delay(all, false), delay(all, true)), (Some(Duration::from_secs(8)), None));
    assert_eq!(delay("User-agent: pulse\nCrawl-delay: 2.5", true), Some(Duration::from_millis(2_500)));
    for odd in ["-1", "inf", "nan", "1e40"] {
        _ = delay(&format!("User-agent: *\nCrawl-delay: {odd}"), false);
    }
}

#[test]
fn a_file_that_is_made_to_hurt_does_not() {
    let many_stars = format!("User-agent: *\nDisallow: /{}$\nDisallow: /a", "*a".repeat(800));
    let long_line = format!("User-agent: *\nDisallow: /b{}\nDisallow: /a", "*x".repeat(100_000));
    assert_eq!(allowed(&long_line, false, "/a /b"), "/b");
    assert_eq!(allowed(&many_stars, false, "/a /b"), "", "what cannot be understood allows nothing");
    let rules = |end: &str| (0..20_000).fold("User-agent: *\n".to_owned(), |text, i| text + &format!("Disallow: /{i}*{end}\n"));
    assert_eq!(allowed(&rules(""), false, "/17 /x"), "/x");
    assert_eq!(allowed(&rules("$"), false, "/17 /x"), "");
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_rules(bytes: Vec<u8>, text in "(?i)(user-agent|allow|disallow|crawl-delay|[a-z]{0,3})[: ]{0,2}[*/$%a-z0-9#]{0,12}[\n\r]{0,2}") {
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            let rules = Rules::read(bytes);
            let url = Url::parse("https://a.example/a?b").unwrap();
            _ = (rules.allow(&url, false), rules.allow(&url, true), rules.delay(false));
        }
    }
}
