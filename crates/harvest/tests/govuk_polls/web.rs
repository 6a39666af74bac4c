//! A door to a site in memory.

use std::sync::{Mutex, PoisonError};

use pulse_harvest::door::{Answer, Found};
use pulse_harvest::{Door, FetchError, Get, Validators};
use pulse_testkit::govuk_site::GovukSite;

/// The site behind the door, and what it was asked.
pub(crate) struct Web {
    pub(crate) site: GovukSite,
    asked: Mutex<Vec<String>>,
}

impl Web {
    pub(crate) fn new(site: GovukSite) -> Self {
        Self { site, asked: Mutex::default() }
    }

    /// The paths asked for since the last time.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Door for Web {
    async fn get(&self, request: Get<'_>) -> Result<Answer, FetchError> {
        let target = &request.url[url::Position::BeforePath..url::Position::AfterQuery];
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(target.to_owned());
        let reply = self.site.answer(target, request.validators.and_then(|validators| validators.etag.as_deref()));
        match reply.status {
            200 => Ok(Answer::Found(Found {
                url: request.url.clone(),
                moved_to: None,
                media_type: Some(reply.media_type.to_owned()),
                bytes: reply.body.into(),
                validators: Validators { etag: Some(reply.etag), last_modified: None },
            })),
            304 => Ok(Answer::Unchanged),
            status => Err(FetchError::Status { url: request.url.clone(), status, retry_after_s: None }),
        }
    }
}
