//! Real editions: what was read of them by hand, found by the importer, in every dress a conversion can give them.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test, a panic is the report")]

use std::collections::{HashMap, HashSet};
use std::path::Path;

use pulse_compose::import::{self, Fate, Imported};
use pulse_model::edition::{Category, Entry, Sector};
use pulse_model::name::fold;
use pulse_model::{Digest, Edition, Register};
use pulse_testkit::{corpus, digests};
use serde_json::Value;

fn read(text: &str, name: &str, digest: &Digest) -> Imported {
    import::read(text.as_bytes(), name, std::slice::from_ref(digest), &Register::default()).unwrap_or_else(|cause| panic!("{name}: {cause}"))
}

/// Sector, category and entry, in order.
fn entries(edition: &Edition) -> Vec<(&Sector, &Category, &Entry)> {
    let categories = edition.sectors.iter().flat_map(|sector| sector.categories.iter().map(move |category| (sector, category)));
    categories.flat_map(|(sector, category)| category.entries.iter().map(move |entry| (sector, category, entry))).collect()
}

fn points(entry: &Entry) -> (usize, usize) {
    let at = |depth| entry.summary.texts().iter().filter(|(at, _)| *at == depth).count();
    (at(1), at(2))
}

/// The dresses: what conversions do to one and the same edition.
fn dresses(text: &str) -> Vec<(&'static str, String)> {
    let each_line = |change: &dyn Fn(&str) -> String| text.lines().map(change).collect::<Vec<_>>().join("\n");
    let plain = each_line(&|line| line.trim_start_matches('#').trim_start_matches(if line.starts_with('#') { " " } else { "" }).replace("**", ""));
    let bullets = plain
        .lines()
        .map(|line| line.replacen("  - ", "o ", usize::from(line.starts_with("  - "))).replacen("- ", "• ", usize::from(line.starts_with("- "))))
        .collect::<Vec<_>>()
        .join("\n");
    let without_blank = |text: &str| text.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n");
    let is_heading = |line: &str| text.lines().any(|marked| marked.starts_with('#') && marked.trim_start_matches('#').replace("**", "").trim() == line.trim());
    let is_entry = |line: &str| is_heading(line) && line.contains(". ");
    let mut sectors = 0;
    let mut numbered = |line: &str| {
        let is_sector = digests::evidence().sectors.iter().any(|sector| fold(&sector.name) == fold(line));
        sectors += usize::from(is_sector);
        if is_sector { format!("{sectors}. {}", line.to_uppercase()) } else { line.to_owned() }
    };
    vec![
        ("as it is", text.to_owned()),
        ("sectors numbered and in capitals", plain.lines().map(&mut numbered).collect::<Vec<_>>().join("\n")),
        ("entries broken over lines", plain.lines().map(|line| if is_entry(line) { wrap(line, 60) } else { line.to_owned() }).collect::<Vec<_>>().join("\n")),
        (
            "publishers on a line of their own",
            plain.lines().map(|line| if is_entry(line) { line.replacen(". ", ".\n", 1) } else { line.to_owned() }).collect::<Vec<_>>().join("\n"),
        ),
        ("a blank line under every line", plain.replace('\n', "\n\n")),
        ("spaces that do not break", plain.replace(". ", ".\u{a0}")),
        ("page numbers at page breaks", plain.replace("\n\n\n\n", "\n\n7\n\n")),
        (
            "every heading of one level",
            each_line(&|line| if line.starts_with('#') { format!("## {}", line.trim_start_matches('#').trim()) } else { line.to_owned() }),
        ),
        (
            "headings only bold",
            each_line(&|line| if line.starts_with('#') { format!("**{}**", line.trim_start_matches('#').replace("**", "").trim()) } else { line.to_owned() }),
        ),
        ("no headings and no bold", plain.clone()),
        ("bullets of a word processor", bullets.clone()),
        ("no blank lines", without_blank(&bullets)),
        ("dashes", plain.lines().map(|line| line.replacen("- ", "– ", usize::from(line.trim_start().starts_with("- ")))).collect::<Vec<_>>().join("\n")),
        ("curly quotes", plain.replace('\'', "\u{2019}")),
        ("line ends of Windows", text.replace('\n', "\r\n")),
        ("lines wrapped", plain.lines().map(|line| wrap(line, 95)).collect::<Vec<_>>().join("\n")),
        ("blank lines between points", plain.replace("\n- ", "\n\n- ")),
    ]
}

fn wrap(line: &str, width: usize) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in line.split_inclusive(' ') {
        if column > 0 && column + word.trim_end().chars().count() > width {
            out.truncate(out.trim_end().len());
            out.push('\n');
            column = 0;
        }
        out.push_str(word);
        column += word.chars().count();
    }
    out
}

#[test]
fn a_real_edition_in_every_dress() {
    let Some(folder) = corpus::folder("digests") else { return };
    let text = std::fs::read_to_string(folder.join("cordispulse-2023-05.md")).unwrap();
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(folder.join("cordispulse-2023-05.expected.json")).unwrap()).unwrap();
    for (dress, text) in dresses(&text) {
        check_expected(dress, &read(&text, "edition.md", &digests::evidence()).edition, &expected);
    }
}

fn check_expected(dress: &str, edition: &Edition, expected: &Value) {
    assert_eq!(edition.month.title(), expected["month"].as_str().unwrap(), "{dress}");
    let news: Vec<_> = edition.news.iter().map(|item| (item.kind.as_str(), item.title.as_str())).collect();
    let wanted: Vec<_> = expected["news"].as_array().unwrap().iter().map(|item| (item["kind"].as_str().unwrap(), item["title"].as_str().unwrap())).collect();
    assert_eq!(
        news.iter().map(|(kind, title)| (*kind, fold(title))).collect::<Vec<_>>(),
        wanted.iter().map(|(kind, title)| (*kind, fold(title))).collect::<Vec<_>>(),
        "{dress}"
    );

    let found = entries(edition);
    let mut wanted = Vec::new();
    for sector in expected["sectors"].as_array().unwrap() {
        for category in sector["categories"].as_array().unwrap() {
            wanted.extend(category["entries"].as_array().unwrap().iter().map(|entry| (sector, category, entry)));
        }
    }
    assert_eq!(found.len(), wanted.len(), "{dress}");
    for ((sector, category, entry), (sector_wanted, category_wanted, wanted)) in found.into_iter().zip(wanted) {
        let text = |value: &Value| fold(value.as_str().unwrap());
        let title = &entry.title;
        assert_eq!(
            [fold(&sector.name), fold(&category.name), fold(&entry.publisher()), fold(title)],
            [text(&sector_wanted["name"]), text(&category_wanted["name"]), text(&wanted["publisher"]), text(&wanted["title"])],
            "{dress}"
        );
        let count = |name: &str| usize::try_from(wanted[name].as_u64().unwrap()).unwrap();
        assert_eq!(points(entry), (count("bullets"), count("nested_bullets")), "{dress}: {title}");
        let summary = entry.summary.plain();
        for figure in wanted["figures"].as_array().unwrap() {
            assert!(fold(&summary).contains(&text(figure)), "{dress}: {title} lacks {figure}");
        }
    }
    let letter = &edition.letter;
    let sign_off = letter.sign_off.as_ref().unwrap();
    assert_eq!((sign_off.closing.as_str(), sign_off.name.is_empty(), sign_off.role.as_str()), ("Best wishes,", false, "Head of Research"), "{dress}");
    assert!(!letter.welcome.is_empty() && !letter.call_for_contact.is_empty() && !letter.notices.is_empty() && letter.contacts.len() >= 4, "{dress}");
    // Words of the last report's cover, and the sign-off's role that the conversion made a heading.
    let everything: String = edition.entries().map(|entry| entry.summary.plain()).collect();
    assert!(
        !everything.contains("Final Report") && !everything.contains("Crime & Gambling Related Harms") && !everything.contains("Head of Research"),
        "{dress}"
    );
}

#[test]
fn the_sample_edition_in_every_dress() {
    let sample = digests::sample_edition();
    let plain = read(&sample, "sample.md", &digests::evidence()).edition;
    let shape = |edition: &Edition| -> Vec<String> {
        let entry = |(sector, category, entry): &(&Sector, &Category, &Entry)| {
            format!("{} / {} / {} {:?}", fold(&sector.name), fold(&category.name), fold(&entry.heading()), points(entry))
        };
        let news = edition.news.iter().map(|item| format!("{}: {}", item.kind.as_str(), fold(&item.title)));
        news.chain(entries(edition).iter().map(entry)).collect()
    };
    assert_eq!(plain.entries().count(), 29);
    assert!(plain.all_problems().next().is_none(), "{:?}", plain.all_problems().next());
    // Nested points under numbers lose their level when indents go, and links take part in where lines break.
    for (dress, text) in dresses(&sample)
        .into_iter()
        .filter(|(dress, _)| !["bullets of a word processor", "no blank lines", "lines wrapped", "entries broken over lines"].contains(dress))
    {
        assert_eq!(shape(&read(&text, "sample.md", &digests::evidence()).edition), shape(&plain), "{dress}");
    }
}

/// Words of letters and digits, counted.
fn count_words<'a>(texts: impl IntoIterator<Item = &'a str>) -> HashMap<String, i32> {
    let mut counts = HashMap::new();
    for text in texts {
        for word in fold(text).split(' ').filter(|word| !word.is_empty()) {
            *counts.entry(word.to_owned()).or_default() += 1;
        }
    }
    counts
}

/// Every text of an edition.
fn texts(edition: &Edition) -> Vec<String> {
    let letter = &edition.letter;
    let mut texts: Vec<String> = [&letter.welcome, &letter.highlights, &letter.call_for_contact, &letter.notices].iter().map(|part| part.plain()).collect();
    texts.extend(letter.contacts.iter().map(|contact| contact.text.plain()));
    texts.extend(letter.sign_off.iter().map(|sign_off| format!("{} {} {}", sign_off.closing, sign_off.name, sign_off.role)));
    texts.extend(edition.news.iter().map(|item| format!("{} {}", item.title, item.body.plain())));
    for sector in &edition.sectors {
        texts.push(sector.name.clone());
        texts.extend(sector.categories.iter().map(|category| category.name.clone()));
    }
    texts.extend(edition.entries().map(|entry| format!("{} {}", entry.heading(), entry.summary.plain())));
    texts
}

/// Nothing is lost and nothing invented: the words of the lines that were placed are the words of the edition.
fn check_words(name: &str, imported: &Imported) {
    let structural = ["masthead", "month", "heading of the news"];
    let placed = imported.ledger.rows.iter().filter(|row| matches!(&row.fate, Fate::Placed(place) if !structural.contains(&place.as_str())));
    let lines: Vec<String> =
        placed.map(|row| pulse_model::markdown::parse_text(row.text.trim_start_matches("o ").trim_start_matches(['#', ' ', '•'])).text.plain()).collect();
    let (source, edition) = (count_words(lines.iter().map(String::as_str)), texts(&imported.edition));
    let edition = count_words(edition.iter().map(String::as_str));
    let words: HashSet<&String> = source.keys().chain(edition.keys()).collect();
    let difference: Vec<_> =
        words.into_iter().filter(|word| source.get(*word) != edition.get(*word) && !word.bytes().all(|byte| byte.is_ascii_digit())).collect();
    assert!(difference.is_empty(), "{name}: {difference:?}");
}

#[test]
fn no_word_is_lost_or_invented() {
    let sample = digests::sample_edition();
    // Joining two publishers takes an "and" that their names do not have; it is put back when they are printed.
    check_words("the sample", &read(&sample, "sample.md", &digests::evidence()));
    let Some(folder) = corpus::folder("digests") else { return };
    let text = std::fs::read_to_string(folder.join("cordispulse-2023-05.md")).unwrap();
    // A link that a line end breaks in two has its words only when the lines are joined, which rows of a ledger are not.
    for (dress, text) in dresses(&text).into_iter().filter(|(dress, _)| *dress != "lines wrapped") {
        check_words(dress, &read(&text, "edition.md", &digests::evidence()));
    }
}

#[test]
fn every_weekly_edition_keeps_its_links_in_their_sections() {
    let Some(folder) = corpus::folder("digests/this-week-in-rust") else { return };
    let (mut kept, mut lost) = (0, Vec::new());
    for path in markdown_files(&folder) {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let edition = read(&text, &name, &digests::weekly()).edition;
        let sections = links_by_section(&edition);
        for (section, target) in links_of(&text) {
            let is_kept = sections.get(target.as_str()).is_some_and(|found| section.is_empty() || found.contains(&section));
            if is_kept { kept += 1 } else { lost.push(format!("{name}: {section}: {target}")) }
        }
    }
    let share = f64::from(kept) / (f64::from(kept) + lost.len() as f64);
    assert!(kept > 40_000 && share >= 0.995, "{share}: {:?}", &lost[..lost.len().min(20)]);
}

fn markdown_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    files.sort();
    files
}

/// The names a link stands under, folded.
fn links_by_section(edition: &Edition) -> HashMap<String, HashSet<String>> {
    let mut found: HashMap<String, HashSet<String>> = HashMap::new();
    for (href, _) in edition.letter.welcome.links() {
        found.entry(href.to_string()).or_default();
    }
    for (sector, category, entry) in entries(edition) {
        let names = [fold(&sector.name), fold(&category.name), fold(&entry.title)];
        let hrefs = entry.links.iter().map(|link| link.url.clone()).chain(entry.summary.links().into_iter().map(|(href, _)| href));
        for href in hrefs {
            found.entry(href.to_string()).or_default().extend(names.iter().cloned());
        }
    }
    found
}

/// Inline links by a reader of its own: CommonMark's, over the whole file at once, with the heading before each.
fn links_of(text: &str) -> Vec<(String, String)> {
    use pulldown_cmark::{Event, LinkType, Parser, Tag, TagEnd};
    let body = text.find("\n\n").map_or(text, |at| &text[at..]);
    let (mut links, mut section, mut in_heading, mut quotes) = (Vec::new(), String::new(), false, 0);
    for event in Parser::new(body) {
        match event {
            Event::Start(Tag::BlockQuote(_)) => quotes += 1,
            Event::End(TagEnd::BlockQuote(_)) => quotes -= 1,
            Event::Start(Tag::Heading { .. }) if quotes == 0 => {
                in_heading = true;
                section.clear();
            }
            Event::End(TagEnd::Heading(_)) => in_heading = false,
            Event::Text(words) | Event::Code(words) if in_heading => section.push_str(&words),
            Event::Start(Tag::Link { link_type: LinkType::Inline | LinkType::Reference | LinkType::Shortcut, dest_url, .. })
                if dest_url.starts_with("http") =>
            {
                // A heading's own link is met before its words.
                links.push((if in_heading { String::new() } else { fold(&section) }, dest_url.to_string()));
            }
            _ => {}
        }
    }
    links
}
