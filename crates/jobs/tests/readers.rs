//! Lists of readers, good and bad: each folder under `cases/readers` holds `input.csv`, `options.toml` and `report.txt`: what
//! was refused and counted, who reads the digest then, and what the same list does a second time.
//!
//! `UPDATE_EXPECT=1 cargo test -p pulse-jobs --test readers` rewrites the reports; they are read in review.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::fmt::Write as _;
use std::io::Cursor;
use std::path::Path;

use proptest::prelude::*;
use pulse_jobs::JobError;
use pulse_jobs::post::Keys;
use pulse_jobs::readers::{self, Counts, ExportFormat, Field, Ground, Intake, Report, Row, Taken, moment};
use pulse_model::subscriber::{Basis, ConsentEvent, State, Step};
use pulse_model::{Digest, EmailAddress};
use pulse_store::{Known, Store};
use pulse_testkit::digests;
use serde::Deserialize;

/// 1 June 2026.
const NOW: i64 = 1_780_272_000_000;

/// How a case is imported, and who is there before.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    basis: String,
    wording: Option<String>,
    consented_at: Option<String>,
    map: Vec<String>,
    update: bool,
    dry_run: bool,
    /// Addresses on the suppression list.
    suppressed: Vec<String>,
    /// Readers by what they did last.
    left: Vec<String>,
    complained: Vec<String>,
    reading: Vec<String>,
}

struct Newsroom {
    folder: tempfile::TempDir,
    store: Store,
    keys: Keys,
    digest: Digest,
}

impl Newsroom {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("pulse.db").to_str().unwrap()).await.unwrap();
        let keys = Keys::open(&folder.path().join("keys"), NOW).unwrap();
        let mut digest = digests::evidence();
        digest.sectors[0].also.push("Social care".to_owned());
        store.put_digest(&digest, NOW).await.unwrap();
        Self { folder, store, keys, digest }
    }

    fn intake(&self, basis: Basis, at: Option<i64>) -> Intake<'_> {
        let wording = (basis == Basis::Consent).then(|| "Send me the digest.".to_owned());
        let ground = Ground { basis, wording, at };
        Intake { digest: &self.digest, ground, known: Known::Keep, source: "list.csv".into(), who: "Bo Tarn".into(), is_dry: false, now: NOW }
    }

    async fn import(&self, bytes: &[u8], wanted: &[(Field, String)], intake: &Intake<'_>) -> (Vec<String>, Result<Report, JobError>) {
        let mut refused = Vec::new();
        let mut tell = |one: &readers::Refused| {
            refused.push(format!("{one} [{}]", one.reason.as_str()));
            Ok(())
        };
        let report = readers::import(&self.store, &self.keys, Cursor::new(bytes), wanted, intake, &mut tell).await;
        (refused, report)
    }

    async fn export(&self, format: ExportFormat) -> String {
        let mut bytes = Vec::new();
        readers::export(&self.store, &self.digest.slug, (format, None), "Bo Tarn", NOW, &mut bytes, &mut |_, _| {}).await.unwrap();
        String::from_utf8(bytes).unwrap()
    }

    async fn reads(&self, address: &str, step: Option<Step>) {
        let intake = self.intake(Basis::Corporate, Some(moment("2026-04-01").unwrap()));
        let row = Row { address: address.to_owned(), ..Row::default() };
        assert_eq!(readers::add(&self.store, &self.keys, &row, &intake).await.unwrap(), Ok(Taken::Added));
        let id = readers::find(&self.store, &self::address(address)).await.unwrap().id;
        if let Some(step) = step {
            let at = moment("2026-05-01").unwrap();
            let event = ConsentEvent { at, step, basis: None, source: String::new(), wording: None, reason: String::new() };
            self.store.step_subscription(id, &self.digest.slug, &event, NOW).await.unwrap();
        }
    }

    async fn state(&self, address: &str) -> State {
        readers::find(&self.store, &self::address(address)).await.unwrap().subscriptions[0].subscription.state
    }
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

#[tokio::test]
async fn lists_are_taken_in_as_their_reports_say() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/readers");
    let mut folders: Vec<_> = std::fs::read_dir(&cases).unwrap().map(|case| case.unwrap().path()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    for case in folders {
        let said = report_of(&case).await;
        let expected = case.join("report.txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&expected, &said).unwrap();
        }
        assert_eq!(said, std::fs::read_to_string(&expected).unwrap_or_default(), "{}", case.display());
    }
}

async fn report_of(case: &Path) -> String {
    let options: Options = toml::from_str(&std::fs::read_to_string(case.join("options.toml")).unwrap()).unwrap();
    let room = Newsroom::open().await;
    for (addresses, step) in [(&options.reading, None), (&options.left, Some(Step::Leave)), (&options.complained, Some(Step::Complain))] {
        for address in addresses {
            room.reads(address, step).await;
        }
    }
    for suppressed in &options.suppressed {
        readers::suppress(&room.store, &room.keys, &address(suppressed), None, ("Bo Tarn", "asked by phone"), NOW).await.unwrap();
    }
    let at = options.consented_at.as_deref().map(|text| moment(text).unwrap());
    let ground = Ground { basis: Basis::from_name(&options.basis).unwrap(), wording: options.wording, at };
    let known = if options.update { Known::Update } else { Known::Keep };
    let intake = Intake { ground, known, is_dry: options.dry_run, ..room.intake(Basis::Corporate, None) };
    let wanted: Vec<(Field, String)> =
        options.map.iter().map(|map| map.split_once('=').unwrap()).map(|(field, name)| (field.parse().unwrap(), name.to_owned())).collect();
    let bytes = std::fs::read(case.join("input.csv")).unwrap();
    let mut said = String::new();
    for time in ["the first time", "the second time"] {
        let (refused, report) = room.import(&bytes, &wanted, &intake).await;
        writeln!(said, "{time}:").unwrap();
        refused.iter().for_each(|line| writeln!(said, "  {line}").unwrap());
        match report {
            Ok(report) => {
                let Counts { read, added, updated, unchanged, refused } = report.counts;
                writeln!(said, "  {read} rows: {added} added, {updated} updated, {unchanged} unchanged, {refused} refused").unwrap();
                writeln!(said, "  taken: {:?}\n  not taken: {:?}", report.columns.used(), report.columns.unused()).unwrap();
            }
            Err(error) => writeln!(said, "  {error}\n    {}", error.advice().unwrap_or_default()).unwrap(),
        }
    }
    let exported = room.export(ExportFormat::Csv).await;
    let mut lines: Vec<&str> = exported.lines().collect();
    // Readers added in one moment have no order.
    lines[1..].sort_unstable();
    said + "readers then:\n" + &lines.join("\n") + "\n"
}

#[tokio::test]
async fn an_export_calculates_nothing_and_reads_back() {
    let room = Newsroom::open().await;
    let list = "address,name,sectors\n+ada@quay.example,\"=1+1\",social care\nbo@quay.example,\"@Tarn, Bo\",\ncy@quay.example,-Dee,\n";
    let consent = room.intake(Basis::Consent, Some(NOW - 1));
    let (refused, report) = room.import(list.as_bytes(), &[], &consent).await;
    assert_eq!((refused, report.unwrap().counts.added), (Vec::new(), 3));
    let exported = room.export(ExportFormat::Csv).await;
    assert!(exported.contains("\r\n'+ada@quay.example,'=1+1,,Adult social care and health,"), "{exported}");
    assert!(exported.contains("\"'@Tarn, Bo\"") && exported.contains("'-Dee"), "{exported}");
    let other = Newsroom::open().await;
    let (refused, report) = other.import(exported.as_bytes(), &[], &other.intake(Basis::Consent, None)).await;
    assert_eq!((refused, report.unwrap().counts.added), (Vec::new(), 3));
    assert_eq!(other.export(ExportFormat::Csv).await, exported);
    let json: serde_json::Value = serde_json::from_str(&other.export(ExportFormat::Json).await).unwrap();
    assert_eq!((&json[0]["address"], &json[0]["name"]), (&"+ada@quay.example".into(), &"=1+1".into()));
    // What is logged in one moment has no order.
    let log = room.store.audit(None, None, 10).await.unwrap();
    let said: Vec<_> = log.iter().filter(|line| line.action == "export readers").map(|line| (line.who.as_str(), line.detail.as_str())).collect();
    assert_eq!(said, [("Bo Tarn", "3 readers, every state, as CSV")]);
}

#[tokio::test]
async fn no_list_brings_back_who_was_erased_or_suppressed() {
    let room = Newsroom::open().await;
    let list = b"email\nada@quay.example\nbo@quay.example\ncy@quay.example\n";
    let intake = room.intake(Basis::Consent, Some(NOW - 1));
    assert_eq!(room.import(list, &[], &intake).await.1.unwrap().counts.added, 3);
    readers::erase(&room.store, &room.keys, &address("ADA@quay.example"), "Bo Tarn", NOW).await.unwrap();
    assert!(matches!(readers::find(&room.store, &address("ada@quay.example")).await, Err(JobError::Readers(_))));
    let why = ("Bo Tarn", "asked by phone");
    assert!(readers::suppress(&room.store, &room.keys, &address("bo@quay.example"), None, why, NOW).await.unwrap());
    assert!(!readers::suppress(&room.store, &room.keys, &address("bo@quay.example"), None, why, NOW).await.unwrap());
    assert_eq!(room.state("bo@quay.example").await, State::Left);
    let (refused, report) = room.import(list, &[], &intake).await;
    assert_eq!(report.unwrap().counts, Counts { read: 3, unchanged: 1, refused: 2, ..Counts::default() });
    assert!(refused.iter().all(|line| line.ends_with("[suppressed]")), "{refused:?}");
    readers::restore(&room.store, &room.keys, &address("bo@quay.example"), None, why, NOW).await.unwrap();
    let (refused, _) = room.import(list, &[], &intake).await;
    assert_eq!(refused.len(), 2);
    assert!(refused[1].ends_with("[left]"), "{refused:?}");
    let actions: Vec<_> = room.store.audit(None, None, 100).await.unwrap().into_iter().map(|line| line.action).collect();
    for action in ["import readers", "erase reader", "suppress address", "remove suppression"] {
        assert!(actions.iter().any(|one| one == action), "{action} of {actions:?}");
    }
}

#[tokio::test]
async fn a_dry_run_says_the_same_and_keeps_nothing() {
    let room = Newsroom::open().await;
    room.reads("left@quay.example", Some(Step::Leave)).await;
    let list = b"email,name\nada@quay.example,Ada\nleft@quay.example,\nada@quay.example,\nnobody\n";
    let wet = room.intake(Basis::Corporate, None);
    let dry = Intake { is_dry: true, ..wet.clone() };
    let before = (room.export(ExportFormat::Json).await, room.store.wordings(&room.digest.slug).await.unwrap());
    let said = room.import(list, &[], &dry).await;
    assert_eq!((room.export(ExportFormat::Json).await, room.store.wordings(&room.digest.slug).await.unwrap()), before);
    let done = room.import(list, &[], &wet).await;
    assert_eq!((said.0, said.1.unwrap()), (done.0, done.1.unwrap()));
    assert_ne!(room.export(ExportFormat::Json).await, before.0);
    assert!(room.folder.path().join("keys").is_dir());
}

#[tokio::test]
async fn thousands_of_rows_go_in_by_batches() {
    let room = Newsroom::open().await;
    let mut list = "Email;Name\n".to_owned();
    for number in 0..2300 {
        writeln!(list, "reader{number}@quay.example;\"Reader {number}\"").unwrap();
    }
    let intake = room.intake(Basis::PublicTask, None);
    for expected in [Counts { read: 2300, added: 2300, ..Counts::default() }, Counts { read: 2300, unchanged: 2300, ..Counts::default() }] {
        assert_eq!(room.import(list.as_bytes(), &[], &intake).await.1.unwrap().counts, expected);
    }
    assert_eq!(room.export(ExportFormat::Csv).await.lines().count(), 2301);
}

/// Bytes as lists have them, well formed or not.
fn lists() -> impl Strategy<Value = Vec<u8>> {
    let cell = prop_oneof![
        "[a-c]{1,2}@[a-b]\\.example",
        "[a-zé\"'=+@;|, \r\n\t]{0,8}",
        Just("2026-03-01".to_owned()),
        Just("Criminal justice; Social care".to_owned()),
        Just("\u{202e}\u{0}".to_owned()),
    ];
    let row = proptest::collection::vec(cell, 0..5).prop_map(|cells| cells.join(","));
    let rows = proptest::collection::vec(row, 0..12).prop_map(|rows| format!("email,name,sectors,date\n{}", rows.join("\n")).into_bytes());
    let torn = (rows.clone(), proptest::collection::vec(any::<u8>(), 0..6), any::<prop::sample::Index>()).prop_map(|(mut list, bytes, at)| {
        let at = at.index(list.len());
        list.splice(at..at, bytes);
        list
    });
    let wide = rows.clone().prop_map(|list| String::from_utf8_lossy(&list).encode_utf16().flat_map(u16::to_le_bytes).collect());
    prop_oneof![4 => rows, 3 => torn, 1 => wide, 1 => proptest::collection::vec(any::<u8>(), 0..300)]
}

#[test]
fn whatever_the_bytes_every_row_is_accounted_for() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let room = runtime.block_on(Newsroom::open());
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(list in lists(), is_dry in any::<bool>())| {
        let intake = Intake { is_dry, ..room.intake(Basis::Consent, Some(NOW - 1)) };
        let (refused, report) = runtime.block_on(room.import(&list, &[], &intake));
        if let Ok(Report { counts, .. }) = report {
            prop_assert_eq!(counts.read, counts.added + counts.updated + counts.unchanged + counts.refused);
            prop_assert_eq!(counts.refused, refused.len() as u64);
            let (_, again) = runtime.block_on(room.import(&list, &[], &intake));
            let again = again.unwrap().counts;
            prop_assert_eq!((again.read, again.refused), (counts.read, counts.refused));
            prop_assert!(is_dry || again.added + again.updated == 0);
        }
    });
}
