//! Lines of a page that change without anything being said: counters, relative dates, when somebody last looked, invitations to share.
//!
//! They are left out of the text when they are all that a block says, so that the hash of a page's text changes when what it says does.
//! Inside a sentence such words stay: "viewed 300 times" may be a finding.

use std::sync::LazyLock;

use regex::Regex;

static NOISE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let count = r"[\d][\d.,]*\s*[km]?";
    let counted = "(?:page )?(?:views?|reads?|hits|visits|visitors|shares?|likes?|comments?|downloads?|tweets?|followers?)";
    let day = r"(?:on |at )?[\p{L}\d ,.:/+-]{0,40}\d[\p{L}\d ,.:/+-]{0,20}";
    let one = [
        format!(r"(?:number of |total )?{counted}\s*[:(]?\s*{count}\)?"),
        format!(r"{count}\s+{counted}"),
        format!("(?:viewed|read|shared|downloaded) {count} times?"),
        format!(r"(?:this page was |page |content |date )?(?:last |next )?(?:review(?:ed)?|updated?|modified|checked|changed|edited)(?: date)?(?: due)?\s*:?\s*{day}"),
        format!(r"(?:posted |published |updated )?(?:about )?(?:{count}|an?|one) (?:second|minute|hour|day|week|month|year)s? ago"),
        r"(?:\d+|one|two|three|five|ten) min(?:ute)?s? read".into(),
        "(?:share|print|email|e-mail|tweet|bookmark)(?: this)?(?: page| article| story)?".into(),
        r"(?:is|was) this page (?:useful|helpful)\??.{0,20}".into(),
        "back to top".into(),
    ]
    .join("|");
    Regex::new(&format!(r"(?i)^(?:(?:{one})[\s/|·•,.;–—-]*)+$")).ok()
});

/// The most words a line of noise has.
const MOST_WORDS: usize = 16;

/// Whether a line is noise and nothing else.
pub(super) fn is_noise(line: &str) -> bool {
    line.split(' ').count() <= MOST_WORDS && NOISE.as_ref().is_some_and(|noise| noise.is_match(line))
}
