//! Doors to webs that are made up: one in a file, one in turns.
//!
//! A site's file has a line `== ADDRESS MEDIA-TYPE` before each answer; every other address answers 404.

use std::collections::BTreeMap;
use std::sync::Mutex;

use bytes::Bytes;
use pulse_harvest::door::Found;
use pulse_harvest::{Answer, Door, FetchError, Get, Validators};
use url::Url;

/// 1 June 2023.
pub(crate) const NOW: i64 = 1_685_577_600_000;

/// A web that answers from memory and remembers what it was asked.
#[derive(Default)]
pub(crate) struct Site {
    answers: BTreeMap<String, (String, Bytes)>,
    made: Option<fn(&Url) -> Option<String>>,
    pub(crate) asked: Mutex<Vec<String>>,
}

impl Site {
    pub(crate) fn of_text(text: &str) -> Self {
        let mut site = Self::default();
        for part in text.split("\n== ") {
            let (head, body) = part.split_once('\n').unwrap_or((part, ""));
            if let Some((address, media_type)) = head.trim_start_matches("== ").split_once(' ') {
                site = site.with(address, media_type, body.as_bytes().to_vec());
            }
        }
        site
    }

    /// Every page is made by this.
    pub(crate) fn made_by(made: fn(&Url) -> Option<String>) -> Self {
        Self { made: Some(made), ..Self::default() }
    }

    pub(crate) fn with(mut self, address: &str, media_type: &str, bytes: impl Into<Bytes>) -> Self {
        self.answers.insert(address.to_owned(), (media_type.to_owned(), bytes.into()));
        self
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Door for Site {
    async fn get(&self, request: Get<'_>) -> Result<Answer, FetchError> {
        let address = request.url.as_str();
        self.asked.lock().unwrap().push(address.to_owned());
        let made = self.made.and_then(|made| made(request.url)).map(|text| ("text/html".to_owned(), Bytes::from(text)));
        let Some((media_type, bytes)) = self.answers.get(address).cloned().or(made) else {
            return Err(FetchError::Status { url: request.url.clone(), status: 404, retry_after_s: None });
        };
        if bytes.len() as u64 > request.max_bytes {
            return Err(FetchError::TooLarge { url: request.url.clone(), limit: request.max_bytes });
        }
        // What has as many bytes is the same thing, in these tests.
        let validators = Validators { etag: Some(format!("\"{}\"", bytes.len())), last_modified: None };
        if request.validators == Some(&validators) {
            return Ok(Answer::Unchanged);
        }
        Ok(Answer::Found(Found { url: request.url.clone(), moved_to: None, media_type: Some(media_type), bytes, validators }))
    }
}

/// A door that gives one answer after the other, whatever is asked.
pub(crate) struct Turns {
    answers: Vec<Vec<u8>>,
    asked: Mutex<Vec<String>>,
}

impl Turns {
    pub(crate) fn new(answers: Vec<Vec<u8>>) -> Self {
        Self { answers, asked: Mutex::default() }
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Door for Turns {
    async fn get(&self, request: Get<'_>) -> Result<Answer, FetchError> {
        let turn = {
            let mut asked = self.asked.lock().unwrap();
            asked.push(request.url.as_str().to_owned());
            asked.len() - 1
        };
        let Some(bytes) = self.answers.get(turn).cloned() else {
            return Err(FetchError::Status { url: request.url.clone(), status: 404, retry_after_s: None });
        };
        let found = Found { url: request.url.clone(), moved_to: None, media_type: None, bytes: bytes.into(), validators: Validators::default() };
        Ok(Answer::Found(found))
    }
}
