//! `/healthz`: whether the database answers, for whoever watches the service.

use axum::extract::State;
use axum::http::StatusCode;
use pulse_model::Slug;

use crate::Desk;
use crate::answer::Answer;

pub(crate) async fn show(State(desk): State<Desk>) -> Answer {
    // Any small question will do; the store's own check reads the whole database.
    match desk.store.digest(&Slug::from_words("healthz")).await {
        Ok(_) => Answer::momentary(StatusCode::OK, "ok\n"),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the database does not answer");
            Answer::momentary(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
