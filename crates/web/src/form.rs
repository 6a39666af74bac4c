//! What a browser sends with a form, and what is wrong with it.
//!
//! In: a body in `application/x-www-form-urlencoded`, bounded before it comes here. Out: fields by name; problems, each with the
//! id of the field it is about, so that a page can lead there. Not here: what a field may say (jobs and model).

use axum::body::Bytes;

/// Fields in the order they were sent; a checkbox that is not ticked is not sent.
#[derive(Clone, Debug)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Any bytes make a form, if only an empty one.
    pub(crate) fn read(body: &Bytes) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    /// The first field of this name; empty where there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// What [`Form::get`] has, as a page can show it again: without characters that no page may have.
    pub(crate) fn shown(&self, name: &str) -> String {
        self.get(name).chars().filter(|&c| !c.is_control() || matches!(c, '\n' | '\r' | '\t')).collect()
    }

    /// Every field of this name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// What is wrong with a form: the id of a field, and what to do about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Problems(pub(crate) Vec<(&'static str, String)>);

impl Problems {
    pub(crate) fn add(&mut self, field: &'static str, words: impl Into<String>) {
        self.0.push((field, words.into()));
    }

    /// What is wrong with one field.
    pub(crate) fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| *own == field).map(|(_, words)| words.as_str())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One of several things to tick or to choose between.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) is_chosen: bool,
}
