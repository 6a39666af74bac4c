//! One question to another program: bytes in, bytes out, within limits. The program is ended when its time is over or nobody waits.
//! It is given files that may be made to harm, so nothing of the environment but [`INHERITED`] goes with them: no password, no key.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

/// So much is kept of what a program complains.
const MOST_COMPLAINTS: u64 = 16 * 1024;

/// What a program needs to know of where it runs.
const INHERITED: [&str; 4] = ["PATH", "TMPDIR", "LANG", "LC_ALL"];

/// How a program ended.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) answer: Vec<u8>,
    pub(crate) complaints: String,
}

/// Why there is no end to tell of.
#[derive(Debug)]
pub(crate) enum NoEnd {
    NotStarted(std::io::Error),
    TooSlow,
    TooMuch,
}

/// Gives the parts to the program, one after another, and takes what it answers.
pub(crate) async fn ask(mut command: Command, parts: &[&[u8]], limit: Duration, most_answer: u64) -> Result<Ended, NoEnd> {
    command.env_clear().envs(INHERITED.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().map_err(NoEnd::NotStarted)?;
    let (mut input, output, complaints) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let talk = async {
        let give = async {
            if let Some(mut input) = input.take() {
                for part in parts {
                    // A program that no longer listens says why by its end.
                    if input.write_all(part).await.is_err() {
                        break;
                    }
                }
                let _ = input.shutdown().await;
            }
        };
        let ((), answer, complaints) = tokio::join!(give, take(output, most_answer), take(complaints, MOST_COMPLAINTS));
        (answer, complaints)
    };
    let whole = async {
        let (answer, complaints) = talk.await;
        if answer.len() as u64 > most_answer {
            return Err(NoEnd::TooMuch);
        }
        let status = child.wait().await.map_err(NoEnd::NotStarted)?;
        Ok(Ended { status, answer, complaints: String::from_utf8_lossy(&complaints).into_owned() })
    };
    tokio::time::timeout(limit, whole).await.unwrap_or(Err(NoEnd::TooSlow))
}

/// All that comes, up to one byte more than allowed; what a pipe says after an error is all there is.
async fn take(from: Option<impl AsyncRead + Unpin>, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(from) = from {
        let _ = from.take(most + 1).read_to_end(&mut bytes).await;
    }
    bytes
}
