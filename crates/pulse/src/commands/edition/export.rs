//! `pulse edition export` and `hand-over`: an edition for another mailer.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use pulse_jobs::handover::{self, Mailer};
use pulse_model::Status;

use super::Which;
use crate::commands::Call;
use crate::config::SiteOption;
use crate::console::{note, size};
use crate::fault::Refusal;
use crate::files;

/// Write an edition's e-mail for another mailer
///
/// The same HTML with that mailer's own tags for leaving, for choices and for the copy on the web. Nothing the edition says can be
/// read as a tag. Subject and preheader, which mailers ask for beside the HTML, are told with it.
#[derive(Args, Debug)]
#[command(
    allow_missing_positional = true,
    after_long_help = "Examples:\n  pulse edition export 2023-05 --for mailchimp -o may.html\n  pulse edition export tidemark 2023-05 --for brevo --site https://digest.example.org > may.html"
)]
pub(crate) struct Export {
    #[command(flatten)]
    which: Which,
    /// Which mailer
    #[arg(long = "for", value_name = "MAILER")]
    mailer: ExportTo,
    /// The file; without it, the standard output
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    site: SiteOption,
}

/// Hand an edition to another mailer
///
/// Makes a draft of a campaign in listmonk, as the part hand_over.listmonk of pulse.toml says. Nothing is sent: a person looks at the draft
/// there and starts it. The edition must be signed off.
#[derive(Args, Debug)]
#[command(allow_missing_positional = true, after_long_help = "Examples:\n  pulse edition hand-over 2023-05 --to listmonk --by \"Ada Okafor\"")]
pub(crate) struct HandOver {
    #[command(flatten)]
    which: Which,
    /// Which mailer
    #[arg(long, value_name = "MAILER")]
    to: HandTo,
    /// Who hands it over
    #[arg(long, value_name = "NAME", value_parser = crate::commands::name)]
    by: String,
    #[command(flatten)]
    site: SiteOption,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ExportTo {
    Mailchimp,
    Brevo,
    Dotdigital,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum HandTo {
    Listmonk,
}

impl From<ExportTo> for Mailer {
    fn from(to: ExportTo) -> Self {
        match to {
            ExportTo::Mailchimp => Self::Mailchimp,
            ExportTo::Brevo => Self::Brevo,
            ExportTo::Dotdigital => Self::Dotdigital,
        }
    }
}

pub(super) async fn export(args: Export, call: &mut Call) -> anyhow::Result<()> {
    let site = args.site.site.or(call.folder.config()?.site);
    let store = call.folder.open().await?;
    let (digest, stored) = args.which.find(&store).await?;
    let handed = handover::export(&digest, &stored.edition, site.as_ref(), args.mailer.into())?;
    if !matches!(stored.status, Status::SignedOff | Status::Published) {
        note(&format!("note: the edition is {}; nobody has signed it off", stored.status));
    }
    let told = format!("Subject: {}\nPreheader: {}", handed.subject, handed.preheader);
    match &args.out {
        Some(path) => {
            files::write(path, handed.html.as_bytes())?;
            writeln!(call.out, "{}  {}\n{told}", path.display(), size(handed.html.len()))?;
        }
        None => {
            note(&told);
            call.out.write_all(handed.html.as_bytes()).context("the output could not be written")?;
        }
    }
    Ok(())
}

pub(super) async fn hand_over(args: HandOver, call: &mut Call) -> anyhow::Result<()> {
    let config = call.folder.config()?;
    let HandTo::Listmonk = args.to;
    let settings = config.hand_over.listmonk.ok_or_else(|| {
        Refusal::new(
            "pulse.toml does not say where listmonk is",
            "Add [hand_over.listmonk] with url, user, token and lists; docs/sending.md explains each field.",
        )
    })?;
    let site = args.site.site.or(config.site);
    let store = call.folder.open().await?;
    let (digest, stored) = args.which.find(&store).await?;
    let key = stored.edition.key();
    let number = handover::to_listmonk(&store, &settings, (&digest, key), site.as_ref(), &args.by, call.now).await?;
    writeln!(call.out, "{}, {}: the draft of campaign {number} is in listmonk. Look at it there, and start it there.", digest.name, key.title())?;
    Ok(())
}
