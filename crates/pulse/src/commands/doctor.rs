//! `pulse doctor`: is everything in order?

mod mail;

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use pulse_jobs::checkup::{self, Check, State};

use super::{Call, write_json};
use crate::console::count;
use crate::fault;

/// Check that everything is in order
///
/// Looks at the data folder, the disk, the options, the database, the digests and the editions, and says what to do where
/// something is not as it should be. Exits with 1 when something does not work.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true, after_long_help = "Examples:\n  pulse doctor\n  pulse doctor --json\n  pulse doctor mail")]
pub(crate) struct Doctor {
    #[command(subcommand)]
    part: Option<Part>,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

/// What has a check of its own.
#[derive(Debug, Subcommand)]
enum Part {
    Mail(mail::Mail),
}

pub(crate) async fn run(args: Doctor, call: &mut Call) -> anyhow::Result<ExitCode> {
    if let Some(Part::Mail(args)) = args.part {
        return mail::run(args, call).await;
    }
    let checks = checks(call).await;
    if args.json {
        write_json(&mut call.out, &checks)?;
    } else {
        write!(call.out, "{}", in_words(&checks))?;
    }
    let worst = checks.iter().map(|check| check.state).max().unwrap_or(State::Ok);
    Ok(if worst == State::Fail { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn checks(call: &Call) -> Vec<Check> {
    let folder = checkup::data_folder(&call.folder.path);
    let is_there = folder.state == State::Ok;
    let mut checks = vec![folder];
    if is_there {
        checks.push(checkup::disk_space(&call.folder.path));
    }
    if !call.folder.exists() {
        return checks;
    }
    match call.folder.open().await {
        Ok(store) => {
            checks.push(checkup::database(&store).await);
            checks.extend(checkup::digests(&store).await);
            checks.extend(checkup::editions(&store).await);
        }
        Err(error) => checks.push(Check { name: "database".to_owned(), state: State::Fail, message: format!("{error:#}"), advice: fault::advice(&error) }),
    }
    checks
}

fn in_words(checks: &[Check]) -> String {
    let mut text = String::new();
    for check in checks {
        let mark = match check.state {
            State::Ok => "ok  ",
            State::Warn => "warn",
            State::Fail => "FAIL",
        };
        let _ = writeln!(text, "{mark}  {}: {}", check.name, check.message);
        if let Some(advice) = &check.advice {
            let _ = writeln!(text, "      {advice}");
        }
    }
    let number = |state| checks.iter().filter(|check| check.state == state).count();
    let summary = match (number(State::Fail), number(State::Warn)) {
        (0, 0) => "Everything is in order.".to_owned(),
        (0, warnings) => format!("Works; {} to look at.", count(warnings, "thing", "things")),
        (failures, _) => format!("{} not work.", if failures == 1 { "One thing does".to_owned() } else { format!("{failures} things do") }),
    };
    let _ = writeln!(text, "\n{summary}");
    text
}
