//! `/outbox`: messages that went into the outbox, for the person whose machine it is.
//!
//! They hold readers' addresses and links that act for them, so these pages exist only where they were asked for
//! ([`crate::serve_with_outbox`]), where the outbox is where messages go, and for requests that come from this machine, under a
//! name of this machine, and through no other server. Everything else gets the answer that an address without a page gets.
//!
//! The HTML part is an answer of its own, which a browser shows in a frame without scripts, forms or an origin.

use std::net::IpAddr;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, FORWARDED, HOST, VIA, X_FRAME_OPTIONS};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use pulse_jobs::outbox::{self, Line, Opened};
use pulse_jobs::post::Route;
use pulse_jobs::reader::choices::day;
use pulse_model::delivery::DeliveryStatus;
use serde::Deserialize;

use crate::Desk;
use crate::answer::Answer;
use crate::client::Peer;
use crate::failure::Failure;
use crate::shell::{self, Content};

/// Messages on one page of the list.
const PAGE_LENGTH: usize = 50;

/// What the HTML part of a message may do: show itself, with pictures of this site, and open links beside itself.
const OF_THE_PART: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; \
                           base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

#[derive(Template)]
#[template(path = "outbox.html")]
struct List {
    lines: Vec<Shown>,
    count: usize,
    number: usize,
    last: usize,
    path: String,
}

/// A line of the list.
struct Shown {
    path: String,
    to: String,
    subject: String,
    about: String,
}

#[derive(Template)]
#[template(path = "message.html")]
struct Message {
    message: Opened,
    day: String,
    list: String,
    html: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    #[serde(default)]
    page: String,
}

/// The pages, to be added to the others.
pub(crate) fn routes(desk: Desk) -> Router {
    Router::new()
        .route("/outbox", get(list))
        .route("/outbox/{name}", get(message))
        .route("/outbox/{name}/message.html", get(part))
        .route_layer(middleware::from_fn(only_here))
        .with_state(desk)
}

async fn only_here(request: Request, next: Next) -> Response {
    match is_from_here(request.extensions().get().copied(), request.headers()) {
        true => next.run(request).await,
        false => Failure::NotFound.into_response(),
    }
}

/// Whether a request comes from this machine itself. A page of another site can make a browser here ask too, by a name of its own
/// that leads here; it cannot make it call this machine by one of this machine's names.
fn is_from_here(peer: Option<Peer>, headers: &HeaderMap) -> bool {
    let is_here = peer.is_some_and(|peer| peer.0.to_canonical().is_loopback());
    let is_passed_on = [FORWARDED.as_str(), VIA.as_str(), "x-forwarded-for", "x-forwarded-host", "x-real-ip"].iter().any(|name| headers.contains_key(*name));
    let asked_for: Option<Authority> = headers.get(HOST).and_then(|host| host.to_str().ok()?.parse().ok());
    is_here && !is_passed_on && asked_for.is_some_and(|authority| is_this_machine(authority.host()))
}

fn is_this_machine(name: &str) -> bool {
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

async fn list(State(desk): State<Desk>, Query(which): Query<Which>) -> Result<Answer, Failure> {
    let Route::Outbox(outbox) = &desk.readers.post.route else { return Err(Failure::NotFound) };
    let number = if which.page.is_empty() { 1 } else { which.page.parse().ok().filter(|page| *page > 0).ok_or(Failure::NotFound)? };
    let outbox::Page { count, lines } = outbox::page(&desk.store, outbox, number, PAGE_LENGTH).await?;
    let last = count.div_ceil(PAGE_LENGTH).max(1);
    if number > last {
        return Err(Failure::NotFound);
    }
    let path = format!("{}/outbox", desk.site.base_path());
    let lines = lines.into_iter().map(|line| shown(line, &path)).collect();
    let title = if number == 1 { "The outbox".to_owned() } else { format!("The outbox, page {number}") };
    page(&desk, &title, List { lines, count, number, last, path }.render()?).map(|html| Answer::own(StatusCode::OK, html))
}

fn shown(Line { name, head, sectors, status }: Line, path: &str) -> Shown {
    let about = match sectors {
        Some(sectors) if sectors.is_empty() => "Cut: the letter".to_owned(),
        Some(sectors) => format!("Cut: {}", sectors.join(", ")),
        None => "To one person".to_owned(),
    };
    // What went into the outbox was sent; what is worth a word is what came after.
    let since = if status == Some(DeliveryStatus::Failed) { "; it came back" } else { "" };
    Shown { path: format!("{path}/{name}"), to: head.to, subject: head.subject, about: format!("{about}{since}") }
}

async fn message(State(desk): State<Desk>, Path(name): Path<String>) -> Result<Answer, Failure> {
    let message = opened(&desk, &name)?;
    let list = format!("{}/outbox", desk.site.base_path());
    let title = format!("{}, to {}", message.head.subject, message.head.to);
    let main = Message { day: day(message.head.at), html: format!("{list}/{name}/message.html"), list, message }.render()?;
    Ok(Answer::own(StatusCode::OK, page(&desk, &title, main)?).with_frames())
}

/// The HTML part alone.
async fn part(State(desk): State<Desk>, Path(name): Path<String>) -> Result<Response, Failure> {
    let message = opened(&desk, &name)?;
    if message.html.is_empty() {
        return Err(Failure::NotFound);
    }
    let mut response = Answer::own_file("text/html; charset=utf-8", message.html.into_bytes()).into_response();
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(OF_THE_PART));
    response.headers_mut().insert(X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    Ok(response)
}

fn opened(desk: &Desk, name: &str) -> Result<Opened, Failure> {
    let Route::Outbox(outbox) = &desk.readers.post.route else { return Err(Failure::NotFound) };
    outbox::message(outbox, name).ok_or(Failure::NotFound)
}

fn page(desk: &Desk, title: &str, main: String) -> Result<String, Failure> {
    let home = format!("{}/", desk.site.base_path());
    shell::plain_page(Content { title, heading: None, home: &home, head: shell::outbox_head(), main })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(peer: &str, headers: &[(&'static str, &str)]) -> bool {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        is_from_here(peer.parse().ok().map(Peer), &headers)
    }

    #[test]
    fn only_this_machine_under_its_own_name_is_shown_anything() {
        assert!(asked("127.0.0.1", &[("host", "127.0.0.1:8080")]));
        assert!(asked("::1", &[("host", "[::1]:8080")]));
        assert!(asked("::ffff:127.0.0.1", &[("host", "localhost")]));
        assert!(!asked("192.0.2.1", &[("host", "127.0.0.1:8080")]));
        assert!(!asked("nobody", &[("host", "127.0.0.1:8080")]));
        assert!(!asked("127.0.0.1", &[]));
    }

    #[test]
    fn a_name_that_leads_here_is_not_this_machine() {
        for host in ["digest.example.org", "127.0.0.1.example.org", "localhost.example.org:8080", "192.0.2.1", "x@127.0.0.1.example"] {
            assert!(!asked("127.0.0.1", &[("host", host)]), "{host}");
        }
    }

    #[test]
    fn what_another_server_passes_on_is_not_from_here() {
        for name in ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"] {
            assert!(!asked("127.0.0.1", &[("host", "127.0.0.1"), (name, "198.51.100.7")]), "{name}");
        }
    }
}
