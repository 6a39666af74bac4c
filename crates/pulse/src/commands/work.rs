//! `pulse work`: what `pulse serve` does beside the pages, without pages.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use pulse_jobs::JobError;
use pulse_jobs::intake::Intakes;
use pulse_jobs::send::Node;
use pulse_web::Readers;

use super::Call;
use super::serve::{Beside, asked_to_stop, bind, readers, worker};
use crate::config::SiteOption;

/// Do the work without the pages
///
/// Looks at sources when their time has come, works through sends that are released, takes in what comes back, and clears what has been kept
/// long enough; pulse serve does the same beside its pages. On PostgreSQL any number of machines share the work: each source and each message
/// is one machine's at a time. Ctrl-C or SIGTERM stop it after what is under way.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse work\n  pulse work --database postgres://pulse@db.example.org/pulse")]
pub(crate) struct Work {
    #[command(flatten)]
    site: SiteOption,
}

pub(crate) async fn run(args: Work, call: &mut Call) -> anyhow::Result<ExitCode> {
    let config = call.folder.config()?;
    let store = call.folder.open().await?;
    config.retention.check().map_err(JobError::from)?;
    let readers = Readers { retention: config.retention, ..readers(&call.folder, call.now)? };
    let node = Arc::new(Node::begin(&store, &call.folder.path, &readers.post.node, call.now).await?);
    let sending = args.site.site.or(config.site).map(|site| worker(&store, &site, &readers, Arc::clone(&node)));
    let metrics = match config.metrics.listen {
        Some(listen) => Some(bind(listen.into()).await?),
        None => None,
    };
    let (settings, name) = (config.mail.returns.clone(), config.mail.hello_name().to_owned());
    let intakes = Some(Intakes { settings, name, folder: call.folder.returns() });
    let harvester = Some(call.folder.harvester_of(&store, node)?);
    let beside = Beside { store, readers, sending, intakes, harvester, metrics };
    writeln!(call.out, "Working (Ctrl-C stops)")?;
    call.out.flush()?;
    beside.during(asked_to_stop()).await;
    Ok(ExitCode::SUCCESS)
}
