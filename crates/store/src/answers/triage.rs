//! What a digest's team makes of publications.

use pulse_model::{Draft, Publication, Rule, Verdict};

use crate::{PublicationId, RuleId};

/// A publication as it stands in an inbox.
#[derive(Clone, Debug, PartialEq)]
pub struct InboxRow {
    /// Its id.
    pub id: PublicationId,
    /// What is known of it.
    pub facts: Publication,
    /// When it came out, or when it was first seen where nobody says.
    pub sorted_at: i64,
    /// When it was first seen.
    pub first_seen_at: i64,
    /// The names of the sources that told of it.
    pub sources: Vec<String>,
    /// What identifies it, as an [`pulse_model::Identifier`] prints it.
    pub identifiers: Vec<String>,
    /// Its documents, in their order, in short.
    pub documents: Vec<DocumentBrief>,
}

/// A document in short.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentBrief {
    /// The first words of its text.
    pub beginning: String,
    /// How many words it has.
    pub word_count: u64,
    /// By which near-identical texts are found; empty where it was read before there were sketches.
    pub sketch: String,
    /// What it links to, as an [`pulse_model::Identifier`] prints it.
    pub mentions: Vec<String>,
}

/// A decision to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewDecision<'a> {
    /// About which publication.
    pub publication: PublicationId,
    /// What is decided.
    pub verdict: Verdict,
    /// By whom.
    pub who: &'a str,
    /// Why; may be empty.
    pub note: &'a str,
}

/// A rule of a digest's team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRule {
    /// Its id.
    pub id: RuleId,
    /// What it says.
    pub rule: Rule,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: i64,
}

/// A draft as it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDraft {
    /// What was drafted.
    pub draft: Draft,
    /// From which version of the publication.
    pub publication_version: u32,
    /// When.
    pub made_at: i64,
}

/// A question to a language model, before it is asked.
#[derive(Clone, Copy, Debug)]
pub struct NewPrompt<'a> {
    /// About which publication.
    pub publication: Option<PublicationId>,
    /// The model, by the name it is asked for.
    pub model: &'a str,
    /// The body of the request, as JSON and without the key.
    pub question: &'a str,
    /// The most it can cost, in millionths of the currency of the cap.
    pub most_micros: u64,
}

/// What came of a question to a language model.
#[derive(Clone, Copy, Debug)]
pub struct PromptEnd<'a> {
    /// The text that came back; empty where none did.
    pub answer: &'a str,
    /// Why none did; empty where one did.
    pub error: &'a str,
    /// What it cost, in millionths of the currency of the cap.
    pub cost_micros: u64,
}

/// A question to a language model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptRow {
    /// About which publication.
    pub publication: Option<PublicationId>,
    /// The model.
    pub model: String,
    /// The body of the request.
    pub question: String,
    /// When.
    pub asked_at: i64,
    /// The text that came back.
    pub answer: String,
    /// Why none did.
    pub error: String,
    /// What it cost, or can have cost, in millionths of the currency of the cap.
    pub cost_micros: u64,
}

/// What somebody answered to a query of the copy desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskAnswer {
    /// What the query is recognised by.
    pub query: String,
    /// The answer.
    pub answer: String,
    /// Who gave it.
    pub who: String,
    /// When.
    pub at: i64,
}

/// What became of an address that was asked whether it leads anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkOutcome {
    /// It answers.
    Fine,
    /// Its page has moved for good, to this address.
    Moved(String),
    /// It leads nowhere, for this reason.
    Dead(String),
}
