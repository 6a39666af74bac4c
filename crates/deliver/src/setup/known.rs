//! What is known of DNS so far, and what a rule would still like to know.
//!
//! A rule reads answers as if all were there; where one is missing, the question is noted, the rule gives up, and is asked again
//! when somebody has brought the answer. So rules are plain functions, and nothing waits inside them.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use crate::dns::{Answer, Failure, Kind, Question, Value};

/// Answers, and open questions.
#[derive(Debug, Default)]
pub struct Known {
    answers: HashMap<Question, Answer>,
    open: RefCell<BTreeSet<Question>>,
}

/// Why a rule cannot say anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    /// Its question is noted.
    NotYet,
    /// The answer is that there is none.
    Failed(Question, Failure),
}

impl Known {
    /// Adds an answer.
    pub fn learn(&mut self, question: Question, answer: Answer) {
        self.answers.insert(question, answer);
    }

    /// The questions that rules have asked in vain since the last time.
    pub fn take_open(&mut self) -> BTreeSet<Question> {
        std::mem::take(self.open.get_mut())
    }

    /// How many answers there are, and how many of them say that the resolver is silent or out of reach.
    pub(super) fn silence(&self) -> (usize, usize) {
        let is_silent = |answer: &&Answer| matches!(answer, Answer::Failed(Failure::Silent | Failure::Unreachable(_)));
        (self.answers.len(), self.answers.values().filter(is_silent).count())
    }

    fn ask(&self, kind: Kind, name: &str) -> Result<&Answer, Unknown> {
        let question = Question::new(kind, name);
        match self.answers.get(&question) {
            Some(Answer::Failed(failure)) => Err(Unknown::Failed(question, failure.clone())),
            Some(answer) => Ok(answer),
            None => {
                self.open.borrow_mut().insert(question);
                Err(Unknown::NotYet)
            }
        }
    }

    fn values(&self, kind: Kind, name: &str) -> Result<&[Value], Unknown> {
        Ok(match self.ask(kind, name)? {
            Answer::Records(values) => values,
            _ => &[],
        })
    }

    /// The texts of a name.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<&str>, Unknown> {
        let values = self.values(Kind::Txt, name)?.iter();
        Ok(values.filter_map(|value| if let Value::Text(text) = value { Some(text.as_str()) } else { None }).collect())
    }

    /// The texts of a name whose first tag is this version, such as `v=DMARC1`.
    pub(super) fn tagged(&self, name: &str, version: &str) -> Result<Vec<&str>, Unknown> {
        let is_meant = |text: &&str| text.split(';').next().is_some_and(|tag| tag.split_whitespace().collect::<String>() == version);
        Ok(self.texts(name)?.into_iter().filter(is_meant).collect())
    }

    /// The addresses of a name, of both families.
    pub(super) fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, Unknown> {
        // Both are asked before either can be missing.
        let (four, six) = (self.values(Kind::A, name), self.values(Kind::Aaaa, name));
        Ok(four?.iter().chain(six?).filter_map(|value| if let Value::Address(address) = value { Some(*address) } else { None }).collect())
    }

    /// Who takes in mail for a domain, the first to be tried first.
    pub(super) fn exchangers(&self, name: &str) -> Result<Vec<(u16, &str)>, Unknown> {
        let values = self.values(Kind::Mx, name)?.iter();
        let mut found: Vec<(u16, &str)> =
            values.filter_map(|value| if let Value::Exchanger { preference, host } = value { Some((*preference, host.as_str())) } else { None }).collect();
        found.sort_unstable();
        Ok(found)
    }

    /// The names of an address.
    pub(super) fn names(&self, address: IpAddr) -> Result<Vec<&str>, Unknown> {
        let values = self.values(Kind::Ptr, &reverse(address))?.iter();
        Ok(values.filter_map(|value| if let Value::Host(host) = value { Some(host.as_str()) } else { None }).collect())
    }

    /// Whether there is such a name, whatever it has.
    pub(super) fn exists(&self, name: &str) -> Result<bool, Unknown> {
        Ok(!matches!(self.ask(Kind::Mx, name)?, Answer::NoName))
    }
}

/// The name under which an address has its name (RFC 1035 section 3.5, RFC 3596 section 2.5).
pub(super) fn reverse(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        IpAddr::V6(address) => {
            let mut name = String::with_capacity(72);
            for byte in address.octets().iter().rev() {
                name.push_str(&format!("{:x}.{:x}.", byte & 15, byte >> 4));
            }
            name + "ip6.arpa"
        }
    }
}
