//! The nouns of Pulse and what always holds of them.
//!
//! In: values made by other crates. Out: the same values, in their normal form. No I/O, no SQL, no clock, no randomness;
//! whatever needs one of these is passed in.
//!
//! | noun | module |
//! |---|---|
//! | digest, taxonomy, masthead, footer, house style | [`digest`] |
//! | publisher and the register of publishers | [`publisher`] |
//! | edition, letter, news item, sector, category, entry | [`edition`] |
//! | the life of an edition, from draft to published | [`life`] |
//! | running text, blocks, and their Markdown form | [`text`], [`block`], [`markdown`] |
//! | figures an entry states | [`figure`] |
//! | months and keys of editions | [`month`] |
//! | what a reader of the result should know | [`problem`] |
//! | e-mail addresses | [`address`] |
//! | subscribers, subscriptions, the ground for writing to somebody | [`subscriber`] |
//! | a send and its deliveries | [`delivery`] |
//! | what mail servers say more exactly | [`enhanced_status`] |
//! | sources, and what they say | [`source`], [`record`] |
//! | publications, their identity and versions | [`publication`] |
//! | documents and their blocks | [`document`] |
//! | digital object identifiers | [`doi`] |
//! | decisions about candidates, and a team's rules | [`decision`], [`rule`] |
//! | where in a document something stands | [`passage`] |
//! | whether documents say a figure | [`trace`] |
//! | first drafts of entries | [`draft`] |
//! | sentences of running text | [`sentence`] |

pub mod address;
pub mod block;
pub mod decision;
pub mod delivery;
pub mod digest;
pub mod document;
pub mod doi;
pub mod draft;
pub mod edition;
pub mod enhanced_status;
pub mod figure;
pub mod ids;
pub mod life;
pub mod markdown;
pub mod month;
pub mod name;
pub mod passage;
pub mod problem;
pub mod publication;
pub mod publisher;
pub mod record;
pub mod rule;
pub mod sentence;
pub mod source;
pub mod subscriber;
pub mod text;
pub mod trace;

pub use address::EmailAddress;
pub use block::{Block, Blocks, Item, List};
pub use decision::{Decision, Verdict};
pub use digest::{Digest, Slug};
pub use document::{ContentHash, Document};
pub use draft::Draft;
pub use edition::{Edition, Entry, Letter, Link, NewsItem, NewsKind};
pub use enhanced_status::EnhancedStatus;
pub use figure::Figure;
pub use life::Status;
pub use month::{EditionKey, Month};
pub use passage::{Passage, Sourced};
pub use problem::{Problem, ProblemKind};
pub use publication::{Identifier, Publication, Version};
pub use publisher::{Publisher, Register};
pub use record::{LinkRole, Record, RecordLink};
pub use rule::Rule;
pub use source::{Channel, Source, SourceKind};
pub use subscriber::{Subscriber, Subscription};
pub use text::{Href, Run, Style, Text};
pub use trace::Evidence;
