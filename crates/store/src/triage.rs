//! Operations on what a digest's team makes of publications: the inbox, rules, decisions, drafts, and answers to the copy desk.

use std::collections::HashMap;

use pulse_model::{Decision, Draft, Edition, Rule, Slug};

use crate::{
    DecisionId, DeskAnswer, EditionId, InboxRow, LinkOutcome, NewDecision, NewPrompt, PromptEnd, PromptId, PromptRow, PublicationId, RuleId, Store, StoreError,
    StoredDraft, StoredRule,
};

impl Store {
    /// The publications that came out, or were first seen, since a moment, and those of a digest about which a decision stands,
    /// in the order of their ids.
    ///
    /// # Errors
    /// [`StoreError::NoDigest`]; or the database fails, or holds what Pulse did not write.
    pub async fn inbox(&self, digest: &Slug, since: i64) -> Result<Vec<InboxRow>, StoreError> {
        ask!(self, inbox::list(digest, since), "read the inbox of {digest}")
    }

    /// Writes down what somebody decided about a candidate. It stands beside what others decided.
    ///
    /// # Errors
    /// As [`Store::inbox`]; [`StoreError::Needs`] without a name; [`StoreError::NoPublication`].
    pub async fn decide(&self, digest: &Slug, decision: NewDecision<'_>, now: i64) -> Result<DecisionId, StoreError> {
        ask!(self, decision::add(digest, decision, now), "decide about publication {}", decision.publication)
    }

    /// Takes a decision back; `false` where that was done before.
    ///
    /// # Errors
    /// [`StoreError::Needs`] without a name; or the database fails.
    pub async fn undo_decision(&self, id: DecisionId, who: &str, now: i64) -> Result<bool, StoreError> {
        ask!(self, decision::undo(id, who, now), "undo decision {id}")
    }

    /// Every decision about candidates of a digest, in the order they were made, also those that were taken back.
    ///
    /// # Errors
    /// As [`Store::inbox`].
    pub async fn decisions(&self, digest: &Slug) -> Result<Vec<Decision>, StoreError> {
        ask!(self, decision::list(digest), "list the decisions of {digest}")
    }

    /// Takes on a rule; it is asked after those that are there.
    ///
    /// # Errors
    /// As [`Store::inbox`]; [`StoreError::Needs`] without a name.
    pub async fn add_rule(&self, digest: &Slug, rule: &Rule, who: &str, now: i64) -> Result<RuleId, StoreError> {
        ask!(self, rule::add(digest, rule, who, now), "add a rule to {digest}")
    }

    /// Gives a rule up; `false` where that was done before, or there is none of this id.
    ///
    /// # Errors
    /// [`StoreError::Needs`] without a name; or the database fails.
    pub async fn retire_rule(&self, id: RuleId, who: &str, now: i64) -> Result<bool, StoreError> {
        ask!(self, rule::retire(id, who, now), "give up rule {id}")
    }

    /// The rules of a digest, in the order they are asked.
    ///
    /// # Errors
    /// As [`Store::inbox`].
    pub async fn rules(&self, digest: &Slug) -> Result<Vec<StoredRule>, StoreError> {
        ask!(self, rule::list(digest), "list the rules of {digest}")
    }

    /// Keeps a draft; an earlier one of the same publication gives way.
    ///
    /// # Errors
    /// As [`Store::inbox`]; [`StoreError::NoPublication`].
    pub async fn save_draft(&self, digest: &Slug, publication: (PublicationId, u32), draft: &Draft, now: i64) -> Result<(), StoreError> {
        ask!(self, draft::save(digest, publication, draft, now), "save the draft of publication {}", publication.0)
    }

    /// The draft a digest has of a publication.
    ///
    /// # Errors
    /// As [`Store::inbox`].
    pub async fn stored_draft(&self, digest: &Slug, publication: PublicationId) -> Result<Option<StoredDraft>, StoreError> {
        ask!(self, draft::get(digest, publication), "read the draft of publication {publication}")
    }

    /// Writes down what a language model is about to be asked, unless it could take what was spent since `since` above the cap (both in
    /// millionths); then nothing is written, and there is no id.
    ///
    /// # Errors
    /// As [`Store::inbox`].
    pub async fn begin_prompt(&self, digest: &Slug, prompt: NewPrompt<'_>, cap: (u64, i64), now: i64) -> Result<Option<PromptId>, StoreError> {
        ask!(self, prompt::begin(digest, prompt, cap, now), "write down a prompt")
    }

    /// Writes down what came of a prompt.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_prompt(&self, id: PromptId, end: PromptEnd<'_>, now: i64) -> Result<(), StoreError> {
        ask!(self, prompt::end(id, end, now), "write down the answer to prompt {id}")
    }

    /// What a digest asked language models, the newest first; at most 1,000.
    ///
    /// # Errors
    /// As [`Store::inbox`].
    pub async fn prompts(&self, digest: &Slug, limit: u32) -> Result<Vec<PromptRow>, StoreError> {
        ask!(self, prompt::list(digest, limit), "list the prompts of {digest}")
    }

    /// Saves an edition that is not there yet, as a draft, and with it the decisions that made it; all or nothing.
    ///
    /// # Errors
    /// [`StoreError::EditionDiffers`] where there is an edition with its key; as [`Store::save_edition`] and [`Store::decide`].
    pub async fn begin_edition(&self, edition: &Edition, used: &[NewDecision<'_>], now: i64) -> Result<EditionId, StoreError> {
        ask!(self, save::begin(edition, used, now), "begin edition {} of {}", edition.key(), edition.digest)
    }

    /// Remembers what became of addresses that were asked whether they lead anywhere.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_link_states(&self, states: &[(String, LinkOutcome)], now: i64) -> Result<(), StoreError> {
        ask!(self, link_state::save(states, now), "remember what became of links")
    }

    /// What became of those of these addresses that were asked since a moment.
    ///
    /// # Errors
    /// As [`Store::inbox`].
    pub async fn link_states(&self, addresses: &[String], since: i64) -> Result<HashMap<String, LinkOutcome>, StoreError> {
        ask!(self, link_state::get(addresses, since), "look up what became of links")
    }

    /// Keeps an answer to a query of the copy desk; an earlier one to the same query gives way.
    ///
    /// # Errors
    /// [`StoreError::Needs`] without a name or an answer; or the database fails.
    pub async fn answer_query(&self, edition: EditionId, query: &str, answer: &str, who: &str, now: i64) -> Result<(), StoreError> {
        ask!(self, desk_answer::save(edition, query, answer, who, now), "keep an answer to the copy desk")
    }

    /// The answers to queries about an edition.
    ///
    /// # Errors
    /// As [`Store::inbox`].
    pub async fn query_answers(&self, edition: EditionId) -> Result<Vec<DeskAnswer>, StoreError> {
        ask!(self, desk_answer::list(edition), "list the answers to the copy desk")
    }
}
