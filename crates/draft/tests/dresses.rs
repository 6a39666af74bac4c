//! Made-up reports in the dresses that publishers give theirs: whatever the dress, every recommendation and every key finding is found
//! whole, once and in order, and nothing else is.
//!
//! A dress is a file in `dresses/`, Markdown with places that each report fills:
//!
//! | place | filled with |
//! |---|---|
//! | `{R1}` … `{R6}` | a recommendation: "The council should write … .", where a report gives reasons with a sentence more |
//! | `{W1}` | the same as "We recommend that the council write … ." |
//! | `{V1}` | the first sentence of that |
//! | `{I1}` | the same as "Write … ." |
//! | `{r1}` | the same as half a sentence: "write …" |
//! | `{A1}`, `{X1}` | its first sentence, and what comes behind it |
//! | `{R1<}`, `{R1>}` | its halves, for a page that ends within |
//! | `{T1}` | a title for it |
//! | `{F1}` … `{F5}` | a key finding, whole; `{F1<}`, `{F1>}` its halves |
//! | `{P1}` … `{P6}` | running text that is neither |
//! | `{recommendations}`, `{findings}` | each title in turn that such a section goes by |
//!
//! What a dress has places for is what is expected.

use std::error::Error;
use std::path::Path;

use pulse_draft::{findings, recommendations};
use pulse_extract::{Input, extract};
use pulse_model::Sourced;
use pulse_model::draft::Point;

struct Report {
    actor: &'static str,
    /// A title, what to do, and what is said behind it; that may be nothing.
    advice: [(&'static str, &'static str, &'static str); 6],
    findings: [&'static str; 5],
    prose: [&'static str; 6],
}

const REPORTS: [Report; 3] = [
    Report {
        actor: "the council",
        advice: [
            ("Letters to tenants", "write to every tenant about the fund by March", ""),
            ("Repairs", "pay for repairs that insulation makes necessary", ""),
            ("Refusals", "ask landlords for a reason when they refuse", ""),
            ("Older tenants", "visit each tenant over 75 before winter", ""),
            ("Advice", "fund two energy advisers in every library", ""),
            ("Reporting", "publish the number of homes insulated each quarter", ""),
        ],
        findings: [
            "Heating bills fell by 18% in homes that were insulated.",
            "One in five tenants did not know that the fund existed.",
            "Tenants over 75 gained most: their bills fell by a quarter.",
            "Landlords of 140 homes refused the work.",
            "Visits to a doctor fell from 4.1 to 2.9 per household.",
        ],
        prose: [
            "The fund began in 2019 and has spent £4 million on lofts and walls.",
            "Tenants described a long wait between the survey and the work.",
            "Several landlords had never heard of the scheme before a letter came.",
            "Advisers told us that most callers asked about damp.",
            "The scheme was run by a team of nine.",
            "Prices for insulation rose while the fund was open.",
        ],
    },
    Report {
        actor: "the Department for Labour",
        advice: [
            (
                "A right to notice",
                "set a minimum notice of two weeks for changes to shifts, with payment where a shift is cancelled later than that",
                "Most large employers already give this.",
            ),
            ("Night buses", "work with local authorities to run buses for night workers in every town of more than 50,000 people", ""),
            (
                "Childcare after six",
                "extend the hours for which funded childcare can be claimed to ten in the evening",
                "A pilot in three areas would show what this costs. It could begin in 2024.",
            ),
            (
                "Health checks",
                "require employers to offer a health check each year to those who work more than three nights a week, as regulations already advise",
                "",
            ),
            ("Inspection", "double the number of inspectors who work at night", "There are 14 of them at present."),
            ("Better data", "add questions on working hours to the national survey of households, and publish the answers by region", ""),
        ],
        findings: [
            "There were 3.2 million people in work after ten at night in 2022, an increase of 9% on 2016.",
            "Workers on late shifts earned a median of £11.40 an hour, 60p less than others in the same jobs. The gap was widest in care.",
            "Only 37% had their shifts confirmed more than a week before.",
            "Parents on late shifts were twice as likely to have left a job because of childcare (14% compared with 7%).",
            "Sleep was the commonest complaint, named by 58% of those asked.",
        ],
        prose: [
            "Work at night has a long history in ports, hospitals and bakeries. It has changed with the growth of warehouses.",
            "A porter in Eastmere said that the last bus leaves before her shift ends.",
            "Employers spoke of orders that arrive at short notice, and of customers who expect delivery on the next day.",
            "The law on night work goes back to 1998, when the regulations came into force.",
            "Nurseries that open late are rare, and those that do are found in cities.",
            "Inspectors visit in daylight for the most part, when managers are there.",
        ],
    },
    Report {
        actor: "schools",
        advice: [
            ("A longer lunch", "give every pupil at least 40 minutes to eat", "Queues take a third of the time that pupils have now."),
            ("Menus", "publish menus a month ahead", ""),
            ("Free meals for all", "offer free meals to all pupils under 11, whatever their parents earn", "This follows what two regions have done."),
            ("Water", "put a water fountain in each dining hall", ""),
            ("Training", "train kitchen staff in allergies every year", "The training takes a day."),
            ("Waste", "weigh and report the food that is thrown away", ""),
        ],
        findings: [
            "Pupils had 26 minutes to eat on average, down from 34 minutes in 2011.",
            "A third of meals (33%) were not finished.",
            "Take-up of free meals was 81% where nobody had to apply, and 64% elsewhere.",
            "Schools with their own kitchens wasted half as much as others.",
            "Four in ten parents could not say what their child had eaten.",
        ],
        prose: [
            "We visited 22 dining halls in the spring term.",
            "Cooks were proud of their work and short of time.",
            "Pupils liked to sit with friends and disliked to queue.",
            "The price of a meal differs between areas.",
            "Contracts with caterers run for five years in most cases.",
            "Governors seldom discussed food at their meetings.",
        ],
    },
];

impl Report {
    /// The words of a place; none for a place that nobody knows.
    fn fill(&self, place: &str) -> Option<String> {
        let mut letters = place.chars();
        let (kind, number, half) = (letters.next()?, letters.next()?.to_digit(10)?, letters.next());
        let at = usize::try_from(number).ok()?.checked_sub(1)?;
        let whole = match kind {
            'F' => (*self.findings.get(at)?).to_owned(),
            'P' => (*self.prose.get(at)?).to_owned(),
            _ => {
                let &(title, does, more) = self.advice.get(at)?;
                let and_more = if more.is_empty() { String::new() } else { format!(" {more}") };
                match kind {
                    'R' => format!("{} should {does}.{and_more}", upper(self.actor)),
                    'W' => format!("We recommend that {} {does}.{and_more}", self.actor),
                    'V' => format!("We recommend that {} {does}.", self.actor),
                    'I' => format!("{}.{and_more}", upper(does)),
                    'A' => format!("{} should {does}.", upper(self.actor)),
                    'X' => more.to_owned(),
                    'r' => does.to_owned(),
                    'T' => title.to_owned(),
                    _ => return None,
                }
            }
        };
        let words: Vec<&str> = whole.split(' ').collect();
        let (first, second) = words.split_at(words.len() / 2);
        Some(match half {
            Some('<') => first.join(" "),
            Some('>') => second.join(" "),
            _ => whole,
        })
    }

    /// A dress with its places filled, and what is expected to be found of recommendations and of findings.
    fn wear(&self, dress: &str) -> (String, Vec<String>, Vec<String>) {
        let mut parts = dress.split('{');
        let mut worn = parts.next().unwrap_or_default().to_owned();
        let (mut advice, mut findings) = (vec![None; 6], vec![None; 5]);
        for part in parts {
            let Some((place, behind)) = part.split_once('}') else { continue };
            worn.push_str(&self.fill(place).unwrap_or_else(|| format!("{{{place}}}")));
            worn.push_str(behind);
            let number = place.get(1..2).and_then(|number| number.parse::<usize>().ok()).unwrap_or_default();
            let expected = match place.get(..1) {
                // With its reasons, unless there is no place for them.
                Some("A" | "X") => self.fill(&format!("{}{number}", if dress.contains("{X") { "R" } else { "A" })),
                Some("R" | "W" | "V" | "I" | "r" | "F") => self.fill(&place[..2]),
                _ => continue,
            };
            let list = if place.starts_with('F') { &mut findings } else { &mut advice };
            if let Some(slot) = number.checked_sub(1).and_then(|at| list.get_mut(at)) {
                *slot = Some(expected.filter(|text| slot.as_ref().is_none_or(|before: &String| before.len() < text.len())).or(slot.take()).unwrap_or_default());
            }
        }
        (worn, advice.into_iter().flatten().collect(), findings.into_iter().flatten().collect())
    }
}

fn upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The words of a text and nothing between them.
fn words(text: &str) -> String {
    let words: Vec<String> = text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    format!(" {} ", words.join(" "))
}

/// How points go with what was expected; nothing when each is there whole, once, alone and in order, with few words beside its own.
fn faults(expected: &[String], points: &[Point]) -> Option<String> {
    const FEW: usize = 40;
    let points: Vec<String> = points.iter().map(|point| words(&point.text.plain())).collect();
    let begins = |text: &str| format!(" {} ", words(text).split_whitespace().take(5).collect::<Vec<_>>().join(" "));
    let found = expected.iter().filter(|text| points.iter().any(|point| point.contains(&begins(text)))).count();
    let is_whole = |point: &String, text: &String| point.contains(&words(text)) && point.split(' ').count() <= words(text).split(' ').count() + FEW;
    let complete = expected.iter().filter(|text| points.iter().any(|point| is_whole(point, text))).count();
    let invented = points.iter().filter(|point| !expected.iter().any(|text| point.contains(&begins(text)))).count();
    let is_right = points.len() == expected.len() && points.iter().zip(expected).all(|(point, text)| is_whole(point, text));
    (!is_right).then(|| format!("of {}: {} points, {found} found, {complete} complete, {invented} invented", expected.len(), points.len()))
}

const RECOMMENDATIONS: &[&str] = &[
    "Recommendations",
    "Our recommendations",
    "5. Recommendations",
    "Key recommendations",
    "Policy recommendations",
    "RECOMMENDATIONS",
    "Recommendations for policy and practice",
    "Recommendations and next steps",
    "Summary of recommendations",
    "Full list of recommendations",
    "What we recommend",
    "What needs to change",
    "What needs to happen next?",
    "What should the government do?",
    "What does the service need to do to improve?",
    "Areas for improvement",
    "Priorities for action",
    "Our calls to action",
    "Proposals for reform",
    "Implications for policy and practice",
    "The way forward: recommendations",
    "Conclusion and recommendations",
    "Summary and recommendations",
];

const FINDINGS: &[&str] = &[
    "Key findings",
    "Main points",
    "Key points",
    "Key messages",
    "1. Main points",
    "At a glance",
    "In brief",
    "Headlines",
    "Headline findings",
    "Summary of findings",
    "Summary of key findings",
    "What we found",
    "What did we find?",
    "Key statistics",
    "Key facts",
    "Key facts and figures",
    "KEY FINDINGS",
    "Our findings at a glance",
    "Main findings from the survey",
    "The key points",
    "Top lines",
    "Five things we learned",
    "Five key findings",
    "Report highlights",
    "Key insights",
    "Key learning",
    "Survey results in brief",
    "What the data show",
    "What the research tells us",
    "This report at a glance",
    "Executive summary: key findings",
    "Key findings 2022/23",
];

fn dresses() -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let mut dresses = Vec::new();
    for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dresses"))? {
        let file = file?.path();
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let dress = std::fs::read_to_string(&file)?;
        let titled = |place: &str, titles: &[&str]| titles.iter().map(|title| (format!("{name} “{title}”"), dress.replace(place, title))).collect::<Vec<_>>();
        dresses.extend(match () {
            () if dress.contains("{recommendations}") => titled("{recommendations}", RECOMMENDATIONS),
            () if dress.contains("{findings}") => titled("{findings}", FINDINGS),
            () => vec![(name, dress)],
        });
    }
    dresses.sort();
    Ok(dresses)
}

/// What is wrong with a dress on a report.
fn worn(report: &Report, dress: &str) -> (Option<String>, Option<String>) {
    let (text, advice, expected) = report.wear(dress);
    let document = extract(&Input { bytes: text.as_bytes(), url: None, media_type: Some("text/markdown") });
    let sourced = [Sourced { address: "https://harbour.example/", document: &document }];
    let found = if expected.is_empty() { None } else { faults(&expected, &findings("A report", &sourced, 5)) };
    (faults(&advice, &recommendations(&sourced)), found)
}

#[test]
fn every_dress_is_seen_through() -> Result<(), Box<dyn Error>> {
    let mut wrong = Vec::new();
    let dresses = dresses()?;
    assert!(dresses.len() > 20);
    for (name, dress) in &dresses {
        for report in &REPORTS {
            let (advice, found) = worn(report, dress);
            wrong.extend(advice.map(|fault| format!("{name}, {}: recommendations {fault}", report.actor)));
            wrong.extend(found.map(|fault| format!("{name}, {}: findings {fault}", report.actor)));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), dresses.len() * REPORTS.len(), wrong.join("\n"));
    Ok(())
}

/// The comparison can fail: half a point, one too many and none at all are faults.
#[test]
fn a_fault_is_a_fault() {
    let [report, ..] = &REPORTS;
    let (_, advice, _) = report.wear("{R1} {R2}");
    let of = |dress: &str| {
        let (text, ..) = report.wear(dress);
        let document = extract(&Input { bytes: text.as_bytes(), url: None, media_type: Some("text/markdown") });
        faults(&advice, &recommendations(&[Sourced { address: "https://harbour.example/", document: &document }]))
    };
    assert_eq!(of("## Recommendations\n\n- {R1}\n- {R2}"), None);
    assert!(of("## Recommendations\n\n- {R1<}\n- {R2}").is_some());
    assert!(of("## Recommendations\n\n- {R1}\n- {R2}\n- {R3}").is_some());
    assert!(of("{P1}").is_some());
}
