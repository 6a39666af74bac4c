//! `pulse demo`: publications come in and are judged, and an edition goes the whole way to its readers, in a folder of its own.

mod harvest;
mod publishers;
mod send;
mod triage;

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use pulse_compose::import::Imported;
use pulse_jobs::harvest::Web;
use pulse_jobs::import::{Candidates, SourceFile, read, save};
use pulse_jobs::post::{Post, PostSettings};
use pulse_jobs::profile::{self, Profile};
use pulse_jobs::retention::Periods;
use pulse_jobs::send::Node;
use pulse_jobs::{JobError, Site, desk, life, output};
use pulse_model::life::Step;
use pulse_model::{Digest, EditionKey, EmailAddress, Slug, Status};
use pulse_render::Format;
use pulse_store::{Conflict, Store};
use pulse_web::Readers;

use super::{Call, edition, serve};
use crate::console::{Align, count, size, table};
use crate::data_folder::{DataFolder, ProfileFile};
use crate::files;

/// See an edition go the whole way
///
/// Harvests a small web of publishers who do not exist, twice. Then it takes a sample edition from its text file to its readers: imports it, signs it off, publishes it, judges what came in, begins
/// the next edition from it and asks the copy desk, makes every output of the sample, sends it to 500 readers who do not exist, and serves the pages and the outbox on a free port of this machine until Ctrl-C. Messages go
/// into a folder and to nobody. It works in a temporary folder and touches nothing else.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:
  pulse demo
  pulse demo --out demo --no-serve
  pulse demo --edition may-2023.md --digest tidemark.toml --out may")]
pub(crate) struct Demo {
    /// An edition of your own instead of the sample
    #[arg(long, value_name = "FILE")]
    edition: Option<PathBuf>,
    /// The digest it belongs to; without it, evidence-digest under the name the edition prints
    #[arg(long, value_name = "FILE.toml")]
    digest: Option<String>,
    /// Work in this folder and keep the files
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// End when the files are made
    #[arg(long)]
    no_serve: bool,
}

/// Not the name that other commands look for: with `--out .` the demo would publish among a person's own editions.
const DATA_FOLDER: &str = "demo-data";

/// Who imports, publishes and prepares.
const EDITOR: &str = "Editor (demo)";
/// Who signs off and releases.
const HEAD: &str = "Head of research (demo)";
/// Who messages are from where the digest does not say.
const SENDER: &str = "digest@demo.example";

const SAMPLE_EDITION: &[u8] = include_bytes!("../../demo/edition.md");
const SAMPLE_DIGEST: &str = include_str!("../../demo/digest.toml");
const SAMPLE_LOGO: &[u8] = include_bytes!("../../demo/logo.png");

pub(crate) async fn run(args: Demo, call: &mut Call) -> anyhow::Result<ExitCode> {
    let (profile, file) = material(&args)?;
    // Kept alive to the end: the folder goes with it.
    let temporary = if args.out.is_none() { Some(tempfile::Builder::new().prefix("pulse-demo-").tempdir()?) } else { None };
    let folder = match (&args.out, &temporary) {
        (Some(out), _) => out.clone(),
        (None, Some(temporary)) => temporary.path().to_path_buf(),
        (None, None) => PathBuf::from("."),
    };
    let data_folder = DataFolder::new(folder.join(DATA_FOLDER), None);
    let (store, _) = data_folder.make(call.now, &[]).await?;
    harvest::harvest(call, &data_folder, &store).await?;
    store.put_digest(&profile.digest, call.now).await?;
    let candidates = Candidates::stored(&store, Some(&profile.digest.slug)).await?;
    let imported = read(&file, &candidates)?;
    keep(&store, &file, &imported, call.now).await?;
    let key = imported.edition.key();
    publish(&store, &profile.digest, key, call.now).await?;
    writeln!(call.out, "{}, {}: from {} to its readers\n", profile.digest.name, key.title(), file.source().name)?;
    writeln!(call.out, "  imported    {}", found(&imported))?;
    writeln!(call.out, "  signed off  its text is locked")?;
    writeln!(call.out, "  published   the pages and the feed show it\n")?;
    triage::triage(call, &data_folder, &store, &profile.digest).await?;

    let listener = if args.no_serve { None } else { Some(serve::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?) };
    let site = match &listener {
        Some(listener) => serve::site_of(listener)?,
        None => format!("http://{}", serve::DEFAULT_LISTEN).parse()?,
    };
    let rows = make_files(&folder, &store, &profile.digest, &imported, &site).await?;
    writeln!(call.out, "Files in {}:\n{}", folder.display(), table(&[Align::Left, Align::Right, Align::Left], &rows))?;
    // Without what a settings file of the folder may say: nobody but the outbox gets anything.
    let post = Post::open(&PostSettings::default(), &data_folder.keys(), &data_folder.outbox(), call.now)?;
    let readers = Readers { post: Arc::new(post), clock: Arc::new(crate::clock), retention: Periods::default() };
    let node = Arc::new(Node::begin(&store, &data_folder.path, &readers.post.node, call.now).await?);
    let worker = serve::worker(&store, &site, &readers, node);
    send::send(call, &worker, &profile.digest, key).await?;
    tell_where_to_look(&args, &folder, &profile.digest, key, &site, call)?;
    if let Some(listener) = listener {
        let beside = serve::Beside::notices(store.clone(), readers.clone());
        beside.during(pulse_web::serve_with_outbox(listener, store, site, readers, serve::asked_to_stop())).await;
    }
    data_folder.close().await;
    Ok(ExitCode::SUCCESS)
}

/// The digest and the file: the person's own, or the sample.
fn material(args: &Demo) -> anyhow::Result<(Profile, SourceFile)> {
    let mut profile = match (&args.digest, &args.edition) {
        (Some(name), _) => ProfileFile::read(name)?.profile,
        (None, Some(_)) => ProfileFile::to_begin_with()?.profile,
        (None, None) => profile::parse("digest.toml", SAMPLE_DIGEST, &|_| Ok(SAMPLE_LOGO.to_vec()))?,
    };
    if profile.digest.sender.address.is_none() {
        profile.digest.sender.address = EmailAddress::parse(SENDER).ok();
    }
    let file = match &args.edition {
        Some(path) => SourceFile::read(path)?,
        None => SourceFile { name: "edition.md".to_owned(), bytes: SAMPLE_EDITION.to_vec() },
    };
    if args.digest.is_none() && args.edition.is_some() {
        name_after(&mut profile.digest, &file)?;
    }
    Ok((profile, file))
}

/// An edition without a digest of its own is shown under the name it prints.
fn name_after(digest: &mut Digest, file: &SourceFile) -> anyhow::Result<()> {
    let candidates = Candidates::unstored(vec![digest.clone()]);
    if let Some(name) = read(file, &candidates)?.masthead {
        digest.slug = Slug::from_words(&name);
        digest.name = name;
    }
    Ok(())
}

/// Saves the edition; one that an earlier run published in this folder, and that has been corrected since, is opened again.
async fn keep(store: &Store, file: &SourceFile, imported: &Imported, now: i64) -> anyhow::Result<()> {
    if let Err(error) = save(store, file, imported, Conflict::Replace, now).await {
        let JobError::Locked { digest, key, .. } = &error else { return Err(error.into()) };
        life::step(store, digest, *key, Step::Reopen, EDITOR, "the demo was run again", now).await?;
        save(store, file, imported, Conflict::Replace, now).await?;
    }
    Ok(())
}

/// Takes whatever steps are left to the readers; a folder that was used before may be there already.
async fn publish(store: &Store, digest: &Digest, key: EditionKey, now: i64) -> anyhow::Result<()> {
    let mut status = pulse_jobs::edition(store, &digest.slug, key).await?.status;
    loop {
        let (step, who) = match status {
            Status::Draft => (Step::Submit, EDITOR),
            Status::InReview => (Step::SignOff, HEAD),
            Status::SignedOff => (Step::Publish, EDITOR),
            Status::Published => return Ok(()),
        };
        status = match life::step(store, &digest.slug, key, step, who, "", now).await {
            Err(JobError::DeskErrors { .. }) => {
                answer_the_desk(store, digest, key, now).await?;
                life::step(store, &digest.slug, key, step, who, "", now).await?
            }
            taken => taken?,
        };
    }
}

/// An edition that somebody brought was printed long ago, and stays as it was.
async fn answer_the_desk(store: &Store, digest: &Digest, key: EditionKey, now: i64) -> anyhow::Result<()> {
    let checked = desk::check::<Web>(store, digest, key, (None, None), false, now).await?;
    for asked in checked.asked.iter().filter(|asked| asked.blocks()) {
        store.answer_query(checked.stored.id, &asked.key, "as it was printed", EDITOR, now).await?;
    }
    Ok(())
}

async fn make_files(folder: &Path, store: &Store, digest: &Digest, imported: &Imported, site: &Site) -> anyhow::Result<Vec<Vec<String>>> {
    let stored = pulse_jobs::edition(store, &digest.slug, imported.edition.key()).await?;
    let mut rows = edition::render_into(folder, digest, &stored.edition, Some(site), &Format::ALL)?;
    let feed = output::feed(store, digest, site).await?;
    let ledger = imported.ledger.to_string();
    for (name, text, what) in [("feed.atom", feed, "the feed of the digest"), ("import.txt", ledger, "what became of every line of the file")] {
        let path = folder.join(name);
        files::write(&path, text.as_bytes())?;
        rows.push(vec![name.to_owned(), size(text.len()), what.to_owned()]);
    }
    rows.iter_mut().for_each(|row| row[0].insert_str(0, "  "));
    Ok(rows)
}

fn tell_where_to_look(args: &Demo, folder: &Path, digest: &Digest, key: EditionKey, site: &Site, call: &mut Call) -> anyhow::Result<()> {
    if !args.no_serve {
        writeln!(call.out, "Open {}  (Ctrl-C stops)", site.edition(&digest.slug, key))?;
        writeln!(call.out, "  or {}outbox for the messages, with the header, the HTML and the text of each", site.home())?;
    } else if args.out.is_some() {
        writeln!(call.out, "Look at {}, or see the pages: pulse --data {} serve", folder.join("page.html").display(), folder.join(DATA_FOLDER).display())?;
    }
    if args.out.is_none() {
        writeln!(call.out, "The folder goes when the demo ends; --out DIR keeps it.")?;
    }
    call.out.flush()?;
    Ok(())
}

fn found(imported: &Imported) -> String {
    let edition = &imported.edition;
    let parts = [
        count(edition.entries().count(), "entry", "entries"),
        count(edition.sectors.len(), "sector", "sectors"),
        count(edition.news.len(), "news item", "news items"),
        count(edition.all_problems().count(), "problem", "problems"),
    ];
    format!("{} in {}, {}, {}", parts[0], parts[1], parts[2], parts[3])
}
