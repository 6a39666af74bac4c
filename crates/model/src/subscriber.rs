//! Subscribers: who reads which digests, what of them, and on what ground they are written to.
//!
//! Invariant: nobody is written to without a [`Basis`], and the state of a subscription changes only by a [`Step`].
//! Not here: when something happened (the caller's clock), where it is kept, and the suppression list, which holds keyed
//! hashes and no subscribers.

use serde::{Deserialize, Serialize};

use crate::address::EmailAddress;
use crate::digest::Slug;

/// The most a name may have, in characters. Longer ones are somebody's experiment, and no header should carry them.
pub const MAX_NAME_CHARS: usize = 200;

/// A reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscriber {
    /// Where mail goes.
    pub address: EmailAddress,
    /// What to call the reader; may be empty. One line: see [`clean_name`].
    #[serde(default)]
    pub name: String,
    /// BCP 47 tag of the language of the pages and mails written to this reader; empty means the digest's.
    #[serde(default)]
    pub language: String,
}

/// A reader's subscription to one digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// To which digest.
    pub digest: Slug,
    /// What of it.
    #[serde(default)]
    pub sectors: Sectors,
    /// How often.
    #[serde(default)]
    pub frequency: Frequency,
    /// Where it is in its life.
    pub state: State,
    /// Nothing is sent before this moment, because the reader asked for a pause. Unix milliseconds, UTC.
    #[serde(default)]
    pub paused_until: Option<i64>,
}

/// Which sectors of a digest a reader asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sectors {
    /// The whole digest, also sectors it does not have yet.
    #[default]
    All,
    /// These, by the names the taxonomy has for them.
    Only(Vec<String>),
}

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$variant_doc])* $variant),* }

        impl $name {
            /// All there are, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in files, in the store and on the command line.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// The one with this name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == name)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use named;

named! {
    /// How often a reader wants to hear.
    #[derive(Default)]
    Frequency {
        /// Each edition when it is released.
        #[default]
        EveryEdition = "every-edition",
        /// One message a quarter, with what the quarter's editions had.
        Quarterly = "quarterly",
    }
}

named! {
    /// Where a subscription is in its life: `unconfirmed → active → left | bounced | complained`.
    State {
        /// Somebody typed the address; its reader has not said yes yet.
        Unconfirmed = "unconfirmed",
        /// Editions are sent.
        Active = "active",
        /// The reader left.
        Left = "left",
        /// The address is dead.
        Bounced = "bounced",
        /// The reader called it spam.
        Complained = "complained",
    }
}

named! {
    /// What moves a subscription from one state to another.
    Step {
        /// Somebody asks for it on the subscribe page, or a person adds it.
        Subscribe = "subscribe",
        /// The reader follows the link of the confirmation message.
        Confirm = "confirm",
        /// The reader, or a person on the reader's word, ends it.
        Leave = "leave",
        /// The address turned out to be dead.
        Bounce = "bounce",
        /// The reader's provider passed on a complaint.
        Complain = "complain",
        /// A person found that a bounce was a mistake, and says why.
        Reinstate = "reinstate",
    }
}

named! {
    /// On what ground somebody is written to (PECR regulation 22, UK GDPR article 6). A ground has a date, a source and,
    /// for consent, the exact words agreed to: [`ConsentEvent`].
    Basis {
        /// The reader said yes to stated words.
        Consent = "consent",
        /// A customer, under PECR regulation 22(3).
        SoftOptIn = "soft-opt-in",
        /// A supporter of a charity, under PECR regulation 22(3A): only contacts gathered since 5 February 2026.
        CharitableSoftOptIn = "charitable-soft-opt-in",
        /// A message that a public body needs for its task.
        PublicTask = "public-task",
        /// An address of an organisation, which regulation 22 does not protect.
        Corporate = "corporate",
    }
}

/// The first day on which a contact can be gathered under PECR regulation 22(3A): 5 February 2026, in Unix milliseconds.
pub const CHARITABLE_SOFT_OPT_IN_SINCE: i64 = 1_770_249_600_000;

impl Basis {
    /// Whether a contact gathered at this moment can have this ground.
    pub fn can_date_from(self, at: i64) -> bool {
        self != Self::CharitableSoftOptIn || at >= CHARITABLE_SOFT_OPT_IN_SINCE
    }
}

/// Words that readers agree to. Changing them makes a new version, so that what somebody agreed to can always be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// From 1.
    pub version: u32,
    /// As it stood on the page or form.
    pub text: String,
}

/// What a reader, or somebody about a reader, said or did about a subscription. Never changed, never taken away while
/// the subscription is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentEvent {
    /// UTC, Unix milliseconds.
    pub at: i64,
    /// What happened.
    pub step: Step,
    /// On what ground, where the step gives one.
    #[serde(default)]
    pub basis: Option<Basis>,
    /// Where from: the address of a form, the name of an imported file, who said so.
    pub source: String,
    /// The words agreed to; `None` where the ground is not consent.
    #[serde(default)]
    pub wording: Option<Wording>,
    /// Why, where a person acted; may be empty.
    #[serde(default)]
    pub reason: String,
}

/// The step cannot be taken from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a subscription that is {from} cannot {step}")]
pub struct StateError {
    /// Where it is.
    pub from: State,
    /// What was asked.
    pub step: Step,
}

impl State {
    /// Where a step leads. Leaving and complaining lead there from everywhere, and doing it again changes nothing: a
    /// reader who wants to go is never told that it does not fit. Subscribing again begins anew, except after a complaint.
    ///
    /// ```
    /// use pulse_model::subscriber::{State, Step};
    /// assert_eq!(State::Unconfirmed.after(Step::Confirm), Ok(State::Active));
    /// assert_eq!(State::Left.after(Step::Leave), Ok(State::Left));
    /// assert!(State::Left.after(Step::Confirm).is_err());
    /// ```
    ///
    /// # Errors
    /// [`StateError`] when the step does not start here.
    pub fn after(self, step: Step) -> Result<Self, StateError> {
        match (self, step) {
            (Self::Active, Step::Subscribe | Step::Confirm) | (Self::Unconfirmed | Self::Bounced, Step::Confirm) => Ok(Self::Active),
            (Self::Unconfirmed | Self::Left | Self::Bounced, Step::Subscribe) => Ok(Self::Unconfirmed),
            (_, Step::Complain) | (Self::Complained, Step::Leave) => Ok(Self::Complained),
            (_, Step::Leave) => Ok(Self::Left),
            (Self::Unconfirmed | Self::Active | Self::Bounced, Step::Bounce) => Ok(Self::Bounced),
            (Self::Left | Self::Complained, Step::Bounce) => Ok(self),
            (Self::Bounced, Step::Reinstate) => Ok(Self::Active),
            (from, step) => Err(StateError { from, step }),
        }
    }
}

impl Sectors {
    /// Whether a sector, by any of the names the taxonomy has for it, was asked for.
    pub fn has(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.iter().any(|wanted| crate::name::fold(wanted) == crate::name::fold(name)),
        }
    }
}

/// What the suppression list holds instead of an address: a keyed hash (HMAC-SHA-256) of [`EmailAddress::key`], which
/// outlives the reader's erasure. Nobody without the key can tell from it whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SuppressionHash(pub [u8; 32]);

/// The text is no suppression hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a suppression hash has 64 hexadecimal digits")]
pub struct HashError;

impl std::fmt::Display for SuppressionHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::str::FromStr for SuppressionHash {
    type Err = HashError;

    /// ```
    /// let hash = pulse_model::subscriber::SuppressionHash([0xa5; 32]);
    /// assert_eq!(hash.to_string().parse(), Ok(hash));
    /// assert!("a5".parse::<pulse_model::subscriber::SuppressionHash>().is_err());
    /// ```
    fn from_str(text: &str) -> Result<Self, HashError> {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).ok_or(HashError);
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let mut hash = [0; 32];
        if !rest.is_empty() || pairs.len() != hash.len() {
            return Err(HashError);
        }
        for (byte, &[high, low]) in hash.iter_mut().zip(pairs) {
            *byte = digit(high)? << 4 | digit(low)?;
        }
        Ok(Self(hash))
    }
}

named! {
    /// Why an address is on the suppression list.
    SuppressionReason {
        /// The reader left, and wants nothing more.
        Left = "left",
        /// The reader's provider passed on a complaint.
        Complained = "complained",
        /// The address is dead.
        Bounced = "bounced",
        /// The reader was erased and does not want to be found again by an import.
        Erased = "erased",
        /// A person put it there; the note says why.
        ByHand = "by-hand",
    }
}

/// A name as it can stand in a header: one line, no control characters, nothing that changes the direction of writing,
/// no longer than [`MAX_NAME_CHARS`].
///
/// ```
/// assert_eq!(pulse_model::subscriber::clean_name("  Zoë \r\n Bcc: all "), "Zoë Bcc: all");
/// ```
pub fn clean_name(name: &str) -> String {
    let spaced: String = name.chars().map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c }).filter(|&c| !crate::text::is_forbidden(c)).collect();
    let name = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    name.chars().take(MAX_NAME_CHARS).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_can_always_leave_and_never_comes_back_unasked() {
        for &state in State::ALL {
            assert!(matches!(state.after(Step::Leave), Ok(State::Left | State::Complained)));
            assert_eq!(state.after(Step::Complain), Ok(State::Complained));
        }
        for &step in Step::ALL {
            let back = State::Complained.after(step);
            assert!(back.is_err() || back == Ok(State::Complained), "{step}");
            assert_ne!(State::Left.after(step), Ok(State::Active), "{step}");
        }
    }

    #[test]
    fn the_charitable_ground_begins_on_its_day() {
        let day: jiff::Timestamp = "2026-02-05T00:00:00Z".parse().unwrap();
        assert_eq!(day.as_millisecond(), CHARITABLE_SOFT_OPT_IN_SINCE);
        assert!(!Basis::CharitableSoftOptIn.can_date_from(CHARITABLE_SOFT_OPT_IN_SINCE - 1));
        assert!(Basis::Consent.can_date_from(0));
    }

    #[test]
    fn names_of_things_read_back() {
        for &basis in Basis::ALL {
            assert_eq!(Basis::from_name(basis.as_str()), Some(basis));
            assert_eq!(serde_json::to_value(basis).unwrap(), basis.as_str());
        }
    }
}
