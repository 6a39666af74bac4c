//! The door to a language model, at any address that speaks the chat completions of the OpenAI API
//! (<https://platform.openai.com/docs/api-reference/chat>): a service, or a program on this machine.
//!
//! In: a [`Question`]. Out: the text of the first choice, and how many tokens were counted. Always: one request and no second one; it
//! takes no longer than its time; no redirect is followed, so that the key goes nowhere else; an answer is read up to a bound. Not here:
//! what the answer is worth ([`crate::rewrite`]), what it may cost and where it is written down (jobs).

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde::Deserialize;
use url::Url;

use crate::rewrite::Question;

/// The most of an answer that is read, in bytes.
const MAX_ANSWER_BYTES: usize = 1 << 20;
/// The most tokens a model may write: about 25 points of 80 words.
const MAX_TOKENS: u32 = 3_000;
/// The most characters of a refusal that are repeated.
const MAX_SAID_CHARS: usize = 200;

/// A language model, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What stands before `/chat/completions`: `https://models.example/v1`.
    pub address: Url,
    /// By the name that is known there.
    pub model: String,
    /// How long an answer may take, in seconds.
    pub timeout_s: u64,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The text.
    pub text: String,
    /// Tokens of the question and of the answer, where the model counts them.
    pub tokens: Option<(u64, u64)>,
}

/// Why nothing came back that could be read.
#[derive(Debug, thiserror::Error)]
pub enum WriterError {
    /// The address, the key or the machine.
    #[error("the language model cannot be asked: {0}")]
    Settings(&'static str),
    /// No connection, or it broke off.
    #[error("no answer from the language model at {host}")]
    Unreachable {
        /// Where.
        host: String,
        /// Why.
        #[source]
        cause: reqwest::Error,
    },
    /// Nothing in time.
    #[error("the language model at {host} did not answer within {seconds} s")]
    Silent {
        /// Where.
        host: String,
        /// How long.
        seconds: u64,
    },
    /// It said no.
    #[error("the language model at {host} refused: {status} {said}")]
    Refused {
        /// Where.
        host: String,
        /// The status of HTTP.
        status: u16,
        /// Its words.
        said: String,
    },
    /// Something else than an answer.
    #[error("what {host} answered is {found}, and no answer of a language model")]
    NotAnAnswer {
        /// Where.
        host: String,
        /// "a web page".
        found: &'static str,
    },
}

/// A language model that can be asked.
#[derive(Clone, Debug)]
pub struct Writer {
    client: Client,
    settings: Settings,
}

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
}

#[derive(Deserialize)]
struct Usage {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
}

impl Writer {
    /// A door to a model. The key, where one is needed, goes with each request as a bearer token and is shown nowhere.
    ///
    /// # Errors
    /// [`WriterError::Settings`].
    pub fn new(settings: Settings, key: Option<&str>) -> Result<Self, WriterError> {
        let is_web = matches!(settings.address.scheme(), "http" | "https") && settings.address.has_host();
        if !is_web {
            return Err(WriterError::Settings("its address is not one of the web"));
        }
        let is_here = matches!(settings.address.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if key.is_some() && settings.address.scheme() == "http" && !is_here {
            return Err(WriterError::Settings("a key goes to another machine over https alone"));
        }
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_static(concat!("Pulse/", env!("CARGO_PKG_VERSION"))));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(key) = key {
            let refused = |_| WriterError::Settings("its key has a character that cannot be in one");
            let mut value = HeaderValue::from_str(&format!("Bearer {key}")).map_err(refused)?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let client = Client::builder().default_headers(headers).redirect(Policy::none()).timeout(Duration::from_secs(settings.timeout_s)).build();
        Ok(Self { client: client.map_err(|_| WriterError::Settings("this machine cannot make requests"))?, settings })
    }

    /// The model's name.
    pub fn model(&self) -> &str {
        &self.settings.model
    }

    /// The body of the request, and an upper bound of the tokens of question and answer: a token is at least one byte.
    pub fn request(&self, question: &Question) -> (String, (u64, u64)) {
        let body = serde_json::json!({
            "model": self.settings.model, "temperature": 0, "max_tokens": MAX_TOKENS,
            "messages": [{ "role": "system", "content": question.task }, { "role": "user", "content": question.points }],
        })
        .to_string();
        let most = (body.len() as u64, u64::from(MAX_TOKENS));
        (body, most)
    }

    /// Sends a request and reads the answer.
    ///
    /// # Errors
    /// [`WriterError`], whatever the other side does.
    pub async fn ask(&self, body: String) -> Result<Written, WriterError> {
        let address = format!("{}/chat/completions", self.settings.address.as_str().trim_end_matches('/'));
        let response = self.client.post(address).body(body).send().await.map_err(|cause| self.fault(cause))?;
        let status = response.status();
        let bytes = self.read(response).await?;
        if !status.is_success() {
            let said: String = String::from_utf8_lossy(&bytes).split_whitespace().collect::<Vec<_>>().join(" ");
            let said = if said.starts_with('<') { "(a web page)".to_owned() } else { said.chars().take(MAX_SAID_CHARS).collect() };
            return Err(WriterError::Refused { host: self.host(), status: status.as_u16(), said });
        }
        let not_an_answer = |found| WriterError::NotAnAnswer { host: self.host(), found };
        let completion: Completion = serde_json::from_slice(&bytes).map_err(|_| not_an_answer(what(&bytes)))?;
        let text = completion.choices.into_iter().next().and_then(|choice| choice.message.content).ok_or_else(|| not_an_answer("empty"))?;
        Ok(Written { text, tokens: completion.usage.and_then(|usage| Some((usage.prompt_tokens?, usage.completion_tokens?))) })
    }

    async fn read(&self, mut response: Response) -> Result<Vec<u8>, WriterError> {
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|cause| self.fault(cause))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MAX_ANSWER_BYTES {
                return Err(WriterError::NotAnAnswer { host: self.host(), found: "larger than a megabyte" });
            }
        }
        Ok(bytes)
    }

    fn fault(&self, cause: reqwest::Error) -> WriterError {
        match cause.is_timeout() {
            true => WriterError::Silent { host: self.host(), seconds: self.settings.timeout_s },
            // Without the address: it may hold more than should be shown.
            false => WriterError::Unreachable { host: self.host(), cause: cause.without_url() },
        }
    }

    fn host(&self) -> String {
        self.settings.address.host_str().unwrap_or_default().to_owned()
    }
}

fn what(bytes: &[u8]) -> &'static str {
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => "empty",
        Some(b'<') => "a web page",
        Some(b'{' | b'[') => "JSON of another kind",
        Some(_) => "plain text",
    }
}
