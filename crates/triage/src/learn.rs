//! What can be learned from judged works: which words, publishers and places speak for a thing, and how strongly.
//!
//! In: [`Subject`](crate::Subject)s and a yes or no for each. Out: a [`Line`], which weighs every feature, so that a judgement is a sum
//! whose parts can be shown.
//!
//! | step | where |
//! |---|---|
//! | a text to words, alone and in pairs | [`words`] |
//! | a work to features that lead back to its words | [`features`] |
//! | features to numbers: what is rare weighs more | [`scale`] |
//! | numbers and judgements to weights | [`mod@line`] |
//!
//! Invariant: works and judgements in another order give the same weights. No randomness: examples are visited in an order that
//! follows from a constant. Not here: what is learned ([`crate::rank`], [`crate::filing`]).

pub mod features;
pub mod line;
pub mod scale;
pub mod words;

pub use features::{Feature, Features, Field, Vocabulary};
pub use line::{Example, Line};
pub use scale::Scale;
