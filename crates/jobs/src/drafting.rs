//! A publication -> a first draft of its entry, kept with the passage of each point; where a digest has a language model, in its words.
//!
//! Always: what a model is asked is written down before it is asked, with the most it can cost, and nothing is asked that could pass the
//! month's cap. A model that fails costs nobody the draft: it is the extract then, and says why.

use std::collections::HashMap;

use pulse_access::SecretSource;
pub use pulse_draft::Wishes;
use pulse_draft::draft as draft_of;
use pulse_draft::rewrite;
use pulse_draft::writer::{Settings, Writer};
use pulse_model::ids::PublicationId;
use pulse_model::{Digest, Document, Draft, Edition, Entry, Evidence, Slug, Sourced};
use pulse_store::{NewPrompt, PromptEnd, Store, StoredDraft, StoredPublication};
use serde::Deserialize;
use url::Url;

use crate::error::JobError;
use crate::inbox::{Candidate, Why};

/// A language model that a digest may use, as `[language_models.DIGEST]` in the settings says it. Prices are in the currency of the cap.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSettings {
    /// What stands before `/chat/completions`: `https://models.example/v1`.
    pub address: Url,
    /// By the name that is known there.
    pub model: String,
    /// How long an answer may take, in seconds.
    #[serde(default = "usual_timeout_s")]
    pub timeout_s: u64,
    /// Its key; none for a program on this machine.
    #[serde(default)]
    pub key: Option<SecretSource>,
    /// The most that may be spent in a calendar month (UTC): 5.0.
    pub cap_per_month: f64,
    /// What a million tokens of questions costs.
    #[serde(default)]
    pub price_in: f64,
    /// What a million tokens of answers costs.
    #[serde(default)]
    pub price_out: f64,
}

fn usual_timeout_s() -> u64 {
    60
}

/// The language models of an installation, by digest. A digest that is not here has none.
pub type LanguageModels = HashMap<Slug, ModelSettings>;

/// A language model, ready to be asked.
pub struct Model {
    writer: Writer,
    cap_micros: u64,
    prices: (f64, f64),
}

impl Model {
    /// The model of a digest, if it has one.
    ///
    /// # Errors
    /// [`JobError::LanguageModel`] where its settings are of no use.
    pub fn of(digest: &Slug, models: &LanguageModels) -> Result<Option<Self>, JobError> {
        let Some(settings) = models.get(digest) else { return Ok(None) };
        let refused = |cause: Box<dyn std::error::Error + Send + Sync>| JobError::LanguageModel { digest: digest.clone(), cause };
        let key = settings.key.as_ref().map(SecretSource::read).transpose().map_err(|cause| refused(cause.into()))?;
        let endpoint = Settings { address: settings.address.clone(), model: settings.model.clone(), timeout_s: settings.timeout_s };
        let writer = Writer::new(endpoint, key.as_ref().map(pulse_access::Secret::reveal)).map_err(|cause| refused(cause.into()))?;
        let is_amount = |amount: f64| amount.is_finite() && amount >= 0.0;
        if ![settings.cap_per_month, settings.price_in, settings.price_out].into_iter().all(is_amount) {
            return Err(refused("the cap and the prices are amounts of money, none below nought".into()));
        }
        if settings.key.is_some() && settings.price_in == 0.0 && settings.price_out == 0.0 {
            return Err(refused("without the prices of its tokens, price_in and price_out, the cap would mean nothing".into()));
        }
        Ok(Some(Self { writer, cap_micros: (settings.cap_per_month * 1e6) as u64, prices: (settings.price_in, settings.price_out) }))
    }

    /// What tokens cost, in millionths: a price for a million tokens is that of one token in millionths.
    fn cost_micros(&self, (asked, written): (u64, u64)) -> u64 {
        (asked as f64 * self.prices.0 + written as f64 * self.prices.1).ceil() as u64
    }
}

/// A publication with the texts of its documents.
pub struct Read {
    /// All that is kept of it.
    pub publication: StoredPublication,
    /// The address of each document that was read, and what it says.
    pub documents: Vec<(String, Document)>,
}

impl Read {
    /// Loads a publication with the newest text of each document.
    ///
    /// # Errors
    /// [`JobError::NoSuchCandidate`], or what the database says.
    pub async fn load(store: &Store, id: PublicationId) -> Result<Self, JobError> {
        let found = store.publication(id).await?;
        Self::with_texts(store, found.ok_or_else(|| JobError::NoSuchCandidate { name: id.to_string() })?).await
    }

    /// The texts of a publication's documents.
    ///
    /// # Errors
    /// What the database says.
    pub async fn with_texts(store: &Store, publication: StoredPublication) -> Result<Self, JobError> {
        let mut documents = Vec::new();
        for row in publication.documents.iter().filter(|row| row.newest.is_some()) {
            if let Some(document) = store.document(row.id, None).await? {
                documents.push((row.url.clone(), document));
            }
        }
        Ok(Self { publication, documents })
    }

    /// The documents as stages take them.
    pub fn sourced(&self) -> Vec<Sourced<'_>> {
        self.documents.iter().map(|(address, document)| Sourced { address, document }).collect()
    }
}

/// What a digest is used to: as many findings and recommendations as half of its entries with lists have points, three to eight.
pub fn wishes(digest: &Digest, archive: &[(Edition, i64)]) -> Wishes {
    let points = |entry: &Entry| entry.summary.texts().iter().filter(|(depth, _)| *depth == 1).count();
    let mut counts: Vec<usize> = archive.iter().flat_map(|(edition, _)| edition.entries()).map(points).filter(|count| *count > 0).collect();
    counts.sort_unstable();
    let usual = counts.get(counts.len() / 2).map_or(Wishes::default().findings, |count| (*count).clamp(3, 8));
    Wishes { language: digest.language.clone(), findings: usual, recommendations: usual, ..Wishes::default() }
}

/// Drafts the entry of a candidate, and keeps the draft. Where its first publication has no text, another that is the same lends its documents.
///
/// # Errors
/// [`JobError::NoSuchCandidate`], or what the database says; never what a model does.
pub async fn draft(
    store: &Store,
    digest: &Digest,
    candidate: &Candidate,
    (wishes, model): (&Wishes, Option<&Model>),
    now: i64,
) -> Result<StoredDraft, JobError> {
    let publication = candidate.publication;
    let mut read = Read::load(store, publication).await?;
    let same = candidate.others.iter().filter(|(_, why)| !matches!(why, Why::About));
    for (other, _) in same {
        if read.documents.iter().all(|(_, document)| document.blocks().is_empty()) {
            read.documents = Read::load(store, *other).await?.documents;
        }
    }
    let mut facts = read.publication.row.facts.clone();
    let register = store.register().await?;
    for name in &mut facts.publishers {
        if let Some(publisher) = register.find(name) {
            name.clone_from(&publisher.name);
        }
    }
    let sourced = read.sourced();
    let mut draft = draft_of(&facts, &sourced, wishes);
    if let Some(model) = model {
        draft = in_other_words(store, digest, (publication, &sourced), draft, model, now).await?;
    }
    let version = read.publication.row.version_number;
    store.save_draft(&digest.slug, (publication, version), &draft, now).await?;
    tracing::info!(%publication, digest = %digest.slug, points = draft.points.len(), "drafted");
    Ok(StoredDraft { draft, publication_version: version, made_at: now })
}

/// Has a model rewrite a draft, within its cap.
async fn in_other_words(
    store: &Store,
    digest: &Digest,
    (publication, sourced): (PublicationId, &[Sourced<'_>]),
    mut draft: Draft,
    model: &Model,
    now: i64,
) -> Result<Draft, JobError> {
    let Some(question) = rewrite::question(&draft) else { return Ok(draft) };
    let (body, most) = model.writer.request(&question);
    let most_micros = model.cost_micros(most);
    let prompt = NewPrompt { publication: Some(publication), model: model.writer.model(), question: &body, most_micros };
    let Some(id) = store.begin_prompt(&digest.slug, prompt, (model.cap_micros, month_start(now)), now).await? else {
        draft.notes.push("the language model was not asked: it could take this month's spending above its cap".to_owned());
        return Ok(draft);
    };
    match model.writer.ask(body.clone()).await {
        Ok(written) => {
            // Whoever counts for us cannot have asked for more than was sent and allowed, and nothing is for nothing.
            let cost_micros = written.tokens.map_or(most_micros, |tokens| model.cost_micros(tokens).clamp(most_micros.min(1), most_micros));
            store.end_prompt(id, PromptEnd { answer: &written.text, error: "", cost_micros }, now).await?;
            Ok(rewrite::rewritten(draft, &written.text, sourced, &Evidence::of(sourced)))
        }
        Err(error) => {
            // It may have been worked on all the same.
            store.end_prompt(id, PromptEnd { answer: "", error: &error.to_string(), cost_micros: most_micros }, now).await?;
            tracing::warn!(prompt = %id, error = %error, "no answer of the language model");
            draft.notes.push(format!("{error}; the draft is the extract"));
            Ok(draft)
        }
    }
}

/// When the calendar month of a moment began, in UTC.
fn month_start(now: i64) -> i64 {
    let at = jiff::Timestamp::from_millisecond(now).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC);
    at.first_of_month().and_then(|at| at.start_of_day()).map_or(now, |at| at.timestamp().as_millisecond())
}
