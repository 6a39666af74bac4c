//! `/robots.txt`: everything that is published may be found.

use crate::answer::Answer;

pub(crate) async fn show() -> Answer {
    Answer::file(
        "text/plain; charset=utf-8",
        b"User-agent: *\nAllow: /\nDisallow: /healthz\nDisallow: /leave/\nDisallow: /preferences/\nDisallow: /confirm/\n".to_vec(),
    )
}
