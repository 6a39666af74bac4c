//! Many feeds on many hosts of this machine, some slow and some failing, for measuring.
//!
//! Feed `i` is at `http://127.1.X.Y:PORT/feed.xml`. Everything about it follows from `i` and the seed: its entries, its `ETag`, and
//! whether it is a good one. No host has a `robots.txt`.

use std::fmt::Write as _;
use std::time::Duration;

use super::{Page, Request, Site};

/// Hosts to a block of 256 addresses.
const A_BLOCK: usize = 250;

/// How many feeds there are and what they are like.
#[derive(Clone, Copy, Debug)]
pub struct Farm {
    /// How many.
    pub feeds: usize,
    /// Entries of each.
    pub entries: usize,
    /// Of a hundred feeds, so many answer after 100 to 500 ms.
    pub slow_percent: u64,
    /// Of a hundred feeds, so many answer with 500, with 503, or not at all.
    pub failing_percent: u64,
    /// Which ones that are.
    pub seed: u64,
}

impl Default for Farm {
    fn default() -> Self {
        Self { feeds: 1_000, entries: 20, slow_percent: 5, failing_percent: 5, seed: 1 }
    }
}

impl Farm {
    /// The hosts in order, with a server's port: `127.1.0.1:8123`.
    pub fn hosts(self, port: u16) -> impl Iterator<Item = String> {
        (0..self.feeds).map(move |i| format!("127.1.{}.{}:{port}", i / A_BLOCK, i % A_BLOCK + 1))
    }

    /// What the server has; to be started at `0.0.0.0`.
    pub fn site(self) -> Site {
        Site::new().otherwise(move |request| self.answer(request))
    }

    fn answer(self, request: &Request) -> Option<Page> {
        let mut parts = request.host.split([':', '.']).skip(2).map(|part| part.parse::<usize>().ok());
        let feed = parts.next()?? * A_BLOCK + parts.next()??.checked_sub(1)?;
        if request.path != "/feed.xml" || feed >= self.feeds {
            return None;
        }
        let number = scatter(self.seed, feed as u64);
        let page = Page::new("application/atom+xml; charset=utf-8", self.feed(feed)).etag(&format!("\"{number:x}\""));
        let of_hundred = number % 100;
        Some(if of_hundred < self.slow_percent {
            page.after(Duration::from_millis(100 + number / 100 % 400))
        } else if of_hundred < self.slow_percent + self.failing_percent {
            match number / 100 % 3 {
                0 => Page::status(500),
                1 => Page::status(503),
                _ => page.cut(0),
            }
        } else {
            page
        })
    }

    fn feed(self, feed: usize) -> String {
        let mut text = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Harbour Trust {feed}</title>\
             <id>urn:farm:{feed}</id><updated>2026-05-01T09:00:00Z</updated>\n"
        );
        for entry in 0..self.entries {
            let (day, wait) = (entry % 28 + 1, (feed + entry) % 40 + 2);
            // Text is written to a string, which takes all of it.
            _ = writeln!(
                text,
                "<entry><title>Who waits in district {entry} of area {feed}?</title><id>urn:farm:{feed}:{entry}</id>\
                 <link href=\"https://area{feed}.example/reports/{entry}\"/><published>2026-04-{day:02}T09:00:00Z</published>\
                 <updated>2026-04-{day:02}T12:30:00Z</updated><author><name>Harbour Trust</name></author>\
                 <summary type=\"html\">&lt;p&gt;Waiting for a first appointment takes {wait} weeks in the middle of the list and twice as long at \
                 its end. Of those who waited longest, one in {day} had been sent back before.&lt;/p&gt;&lt;ul&gt;&lt;li&gt;Letters are the reason that \
                 staff name most.&lt;/li&gt;&lt;li&gt;Calls shorten the wait by {wait} days.&lt;/li&gt;&lt;/ul&gt;</summary></entry>"
            );
        }
        text.push_str("</feed>\n");
        text
    }
}

/// A number that looks like any other (the finaliser of SplitMix64).
fn scatter(seed: u64, index: u64) -> u64 {
    let mut n = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(index.wrapping_mul(0xd1b5_4a32_d192_ed03));
    n = (n ^ n >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    n = (n ^ n >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ n >> 31
}
