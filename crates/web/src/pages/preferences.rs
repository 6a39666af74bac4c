//! `/preferences/{token}`: what a reader chose, and what is kept about the reader.
//!
//! GET shows; POST changes one thing, named by the button that was pressed, and says what changed. Erasing asks once more.
//! `/preferences/{token}/my-data.json` is what is kept, to download.

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_DISPOSITION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use pulse_jobs::reader::choices::{self, Change, Choice, Chooser, LONGEST_DATED_PAUSE_MONTHS, LONGEST_PAUSE_MONTHS, Pause};
use pulse_jobs::reader::{address, record, subscribe};
use pulse_model::subscriber::{Frequency, Sectors, State as Standing};
use pulse_model::{Digest, EmailAddress};

use super::{leave, no_such_link, of_digest, privacy, subscribe_path};
use crate::Desk;
use crate::answer::Answer;
use crate::client::{Client, too_often};
use crate::failure::Failure;
use crate::form::{Form, Offer, Problems};

#[derive(Template)]
#[template(path = "preferences.html")]
struct Main<'a> {
    digest: &'a Digest,
    address: &'a str,
    problems: Problems,
    /// What changed, in words.
    done: Vec<String>,
    is_active: bool,
    sectors: Vec<Offer>,
    frequencies: Vec<Offer>,
    pauses: Vec<Offer>,
    /// The day of return that was typed.
    pause_day: String,
    /// The new address that was typed.
    new_address: String,
    /// Whether a message to it can be sent at all.
    may_move: bool,
    /// Where a colleague is invited.
    colleague: String,
    /// Where to subscribe anew, where one can.
    subscribe: Option<String>,
    /// Where the privacy notice is.
    privacy: String,
    /// Where everything is downloaded.
    record: String,
}

#[derive(Template)]
#[template(path = "erase.html")]
struct Erase {
    is_done: bool,
    back: String,
}

pub(crate) async fn show(State(desk): State<Desk>, Path(token): Path<String>) -> Result<Answer, Failure> {
    let Some(chooser) = chooser(&desk, &token).await? else { return no_such_link(&desk) };
    page(&desk, &token, &chooser, &no_form(), Problems::default(), Vec::new())
}

pub(crate) async fn act(State(desk): State<Desk>, Path(token): Path<String>, client: Client, body: Bytes) -> Result<Response, Failure> {
    let Some(mut chooser) = chooser(&desk, &token).await? else { return Ok(no_such_link(&desk)?.into_response()) };
    let form = Form::read(&body);
    let answer = match form.get("do") {
        "move" if !desk.clients.may_ask(client, desk.now()) => return Ok(too_often()),
        "move" => move_away(&desk, &token, &chooser, &form).await,
        "save" => save(&desk, &token, &mut chooser, &form).await,
        "leave" => {
            choices::leave(&desk.store, &chooser, &desk.site, desk.now()).await?;
            leave::has_left(&desk, chooser.digest())
        }
        "erase" => erase(&desk, &token, &chooser, false),
        "erase-now" => {
            choices::erase(&desk.store, &desk.readers.post.keys, &chooser, desk.now()).await?;
            erase(&desk, &token, &chooser, true)
        }
        _ => page(&desk, &token, &chooser, &no_form(), Problems::default(), Vec::new()),
    };
    Ok(answer?.into_response())
}

fn no_form() -> Form {
    Form::read(&Bytes::new())
}

/// The answer is the same for every address, known, suppressed or new.
async fn move_away(desk: &Desk, token: &str, chooser: &Chooser, form: &Form) -> Result<Answer, Failure> {
    let Ok(to) = EmailAddress::parse(form.get("address")) else {
        let mut problems = Problems::default();
        problems.add("address", "Enter an e-mail address, like name@example.org");
        return page(desk, token, chooser, form, problems, Vec::new());
    };
    if may_move(desk, chooser) {
        address::ask(&desk.store, &desk.readers.post.keys, &desk.site, chooser, &to, desk.now()).await?;
    }
    let (name, old) = (&chooser.digest().name, &chooser.reader.subscriber.address);
    let asked = format!("If {name} can go to {to}, a message is on its way to it. Follow the link in it within 2 days; until then {name} goes to {old}.");
    page(desk, token, chooser, &no_form(), Problems::default(), vec![asked])
}

fn may_move(desk: &Desk, chooser: &Chooser) -> bool {
    chooser.subscription.state == Standing::Active && subscribe::is_open(chooser.digest(), &desk.site)
}

/// Everything that is kept, to download.
pub(crate) async fn record(State(desk): State<Desk>, Path(token): Path<String>) -> Result<Response, Failure> {
    let Some(chooser) = chooser(&desk, &token).await? else { return Ok(no_such_link(&desk)?.into_response()) };
    let json = record::record(&desk.store, &chooser, desk.now()).await?;
    let mut response = Answer::own_file("application/json", json).into_response();
    response.headers_mut().insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"my-data.json\""));
    Ok(response)
}

async fn chooser(desk: &Desk, token: &str) -> Result<Option<Chooser>, Failure> {
    Ok(choices::chooser(&desk.store, &desk.readers.post.keys, token, desk.now()).await?)
}

async fn save(desk: &Desk, token: &str, chooser: &mut Chooser, form: &Form) -> Result<Answer, Failure> {
    let mut problems = Problems::default();
    let sectors = sectors_in(form, chooser.digest(), &mut problems);
    let frequency = frequency_in(form, &mut problems);
    let pause = match form.get("pause") {
        "" | "as-it-was" => Some(Pause::AsItWas),
        "no" => Some(Pause::No),
        "until" => choices::until(form.get("pause-day"), desk.now()),
        months => months.parse().ok().filter(|months| (1..=LONGEST_PAUSE_MONTHS).contains(months)).map(Pause::Months),
    };
    if pause.is_none() && form.get("pause") == "until" {
        problems.add("pause-day", format!("Enter a day within {LONGEST_DATED_PAUSE_MONTHS} months, like {}", choices::example_day(desk.now())));
    } else if pause.is_none() {
        problems.add("pause-1", "Choose one of the breaks");
    }
    let (Some(sectors), Some(frequency), Some(pause)) = (sectors, frequency, pause) else {
        return page(desk, token, chooser, form, problems, Vec::new());
    };
    let changes = choices::choose(&desk.store, chooser, &Choice { sectors, frequency, pause }, desk.now()).await?;
    let done = if changes.is_empty() { vec!["Nothing has changed: these were your choices already.".to_owned()] } else { in_words(&changes, chooser) };
    page(desk, token, chooser, &no_form(), Problems::default(), done)
}

/// The sectors a form names. None at all is a problem.
pub(crate) fn sectors_in(form: &Form, digest: &Digest, problems: &mut Problems) -> Option<Sectors> {
    let sectors = choices::sectors_named(digest, form.all("sector"));
    if sectors.is_none() {
        problems.add("sector-1", "Choose at least one sector");
    }
    sectors
}

/// How often, as a form says it.
pub(crate) fn frequency_in(form: &Form, problems: &mut Problems) -> Option<Frequency> {
    let frequency = Frequency::from_name(form.get("frequency"));
    if frequency.is_none() {
        problems.add("frequency-1", "Choose how often you want to hear");
    }
    frequency
}

/// What stands beside each frequency.
pub(crate) fn frequencies(chosen: Frequency) -> Vec<Offer> {
    let label = |frequency| match frequency {
        Frequency::EveryEdition => "Each edition, when it is published",
        Frequency::Quarterly => "Once a quarter",
    };
    let offer = |&frequency: &Frequency| Offer { value: frequency.to_string(), label: label(frequency).into(), is_chosen: frequency == chosen };
    Frequency::ALL.iter().map(offer).collect()
}

/// The sectors of a digest, each with whether it is chosen.
pub(crate) fn sectors(digest: &Digest, chosen: &Sectors) -> Vec<Offer> {
    let offers =
        digest.sectors.iter().map(|sector| Offer { value: sector.name.clone(), label: sector.name.clone(), is_chosen: choices::is_chosen(chosen, sector) });
    offers.collect()
}

/// `asked` is what was ticked before, where the form has to be filled in again.
fn pauses(until: Option<i64>, asked: &str) -> Vec<Offer> {
    let offer = |value: &str, label: String, is_chosen| Offer { value: value.into(), label, is_chosen };
    let kept = until.map(|until| offer("as-it-was", format!("Yes, until {}, as it is now", choices::day(until)), true));
    let others = [("no", "No"), ("1", "Yes, for 1 month from now"), ("3", "Yes, for 3 months from now"), ("until", "Yes, until the day that I enter here")];
    let mut offers: Vec<Offer> = kept.into_iter().chain(others.map(|(value, label)| offer(value, label.into(), until.is_none() && value == "no"))).collect();
    if offers.iter().any(|offer| offer.value == asked) {
        offers.iter_mut().for_each(|offer| offer.is_chosen = offer.value == asked);
    }
    offers
}

fn in_words(changes: &[Change], chooser: &Chooser) -> Vec<String> {
    let sectors = match &chooser.subscription.sectors {
        Sectors::All => "all".to_owned(),
        Sectors::Only(names) => names.join(", "),
    };
    let words = |change: &Change| match change {
        Change::Sectors => format!("Your sectors are now: {sectors}."),
        Change::Frequency(Frequency::EveryEdition) => "You now get each edition.".to_owned(),
        Change::Frequency(Frequency::Quarterly) => "You now hear once a quarter.".to_owned(),
        Change::PausedUntil(until) => format!("Nothing is sent to you before {}.", choices::day(*until)),
        Change::Resumed => "Your break is over: editions come again.".to_owned(),
    };
    changes.iter().map(words).collect()
}

fn page(desk: &Desk, token: &str, chooser: &Chooser, form: &Form, problems: Problems, done: Vec<String>) -> Result<Answer, Failure> {
    let (digest, there) = (chooser.digest(), &chooser.subscription);
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let main = Main {
        digest,
        address: chooser.reader.subscriber.address.as_str(),
        done,
        is_active: matches!(there.state, Standing::Active | Standing::Unconfirmed),
        sectors: sectors(digest, &there.sectors),
        frequencies: frequencies(there.frequency),
        pauses: pauses(chooser.paused_until(desk.now()), form.get("pause")),
        pause_day: Some(form.shown("pause-day")).filter(|day| choices::is_day(day)).unwrap_or_default(),
        new_address: form.shown("address"),
        may_move: may_move(desk, chooser),
        colleague: format!("{}/preferences/{token}/colleague", desk.site.base_path()),
        subscribe: subscribe_path(desk, digest).filter(|_| there.state != Standing::Complained),
        privacy: privacy::address(desk, digest),
        record: format!("{}/preferences/{token}/my-data.json", desk.site.base_path()),
        problems,
    };
    let title = if status.is_success() { "Your choices" } else { "Error: your choices" };
    Ok(Answer::own(status, of_digest(desk, digest, title, main.render()?)?))
}

fn erase(desk: &Desk, token: &str, chooser: &Chooser, is_done: bool) -> Result<Answer, Failure> {
    let main = Erase { is_done, back: format!("{}/preferences/{token}", desk.site.base_path()) }.render()?;
    let title = if is_done { "Everything about you is erased" } else { "Erase everything about you?" };
    Ok(Answer::own(StatusCode::OK, of_digest(desk, chooser.digest(), title, main)?))
}
