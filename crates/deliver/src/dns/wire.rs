//! A question and its answer as they travel (RFC 1035 section 4).
//!
//! Headers and names are hickory's; the few kinds of record that mail needs are read here, because its reader of all kinds
//! would make the program half a megabyte larger.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hickory_proto::op::{Header, HeaderCounts, MessageType, Metadata, OpCode, Query, ResponseCode};
use hickory_proto::rr::{Name, RecordType};
use hickory_proto::serialize::binary::{BinDecodable as _, BinDecoder, BinEncodable as _, BinEncoder, DecodeError};

use super::{Answer, Failure, Kind, Question, Value};

/// The largest answer that is asked for without a connection; it passes every network (RFC 9715 section 3.2).
pub(super) const MOST_UDP_BYTES: u16 = 1232;
/// Aliases are followed within an answer, no further than this.
const MOST_ALIASES: usize = 8;

/// What came back.
pub(super) enum Reply {
    Answer(Answer),
    /// It did not fit: ask again over a connection.
    Truncated,
    /// It belongs to another question.
    Foreign,
}

/// The bytes of a question; `None` where the name cannot be one of DNS.
pub(super) fn question(id: u16, question: &Question) -> Option<Vec<u8>> {
    let mut metadata = Metadata::new(id, MessageType::Query, OpCode::Query);
    metadata.recursion_desired = true;
    let counts = HeaderCounts { queries: 1, additionals: 1, ..HeaderCounts::default() };
    let mut bytes = Vec::with_capacity(128);
    let mut encoder = BinEncoder::new(&mut bytes);
    Header { metadata, counts }.emit(&mut encoder).ok()?;
    query(question)?.emit(&mut encoder).ok()?;
    // EDNS (RFC 6891 section 6.1.2): the root, OPT, how much fits, and nothing else.
    bytes.extend([0, 0, 41]);
    bytes.extend(MOST_UDP_BYTES.to_be_bytes());
    bytes.extend([0; 6]);
    Some(bytes)
}

fn query(question: &Question) -> Option<Query> {
    let mut name = Name::from_ascii(&question.name).ok()?;
    name.set_fqdn(true);
    Some(Query::query(name, record_type(question.kind)))
}

fn record_type(kind: Kind) -> RecordType {
    match kind {
        Kind::A => RecordType::A,
        Kind::Aaaa => RecordType::AAAA,
        Kind::Mx => RecordType::MX,
        Kind::Ptr => RecordType::PTR,
        Kind::Txt => RecordType::TXT,
    }
}

/// Reads a reply to a question.
pub(super) fn reply(id: u16, question: &Question, bytes: &[u8]) -> Reply {
    let mut decoder = BinDecoder::new(bytes);
    let Ok(header) = Header::read(&mut decoder) else { return Reply::Foreign };
    if header.id != id || header.message_type != MessageType::Response {
        return Reply::Foreign;
    }
    let is_ours = |asked: &Query| query(question).is_some_and(|ours| ours.name() == asked.name() && ours.query_type() == asked.query_type());
    let code = header.response_code;
    if !matches!(code, ResponseCode::NoError | ResponseCode::NXDomain) {
        // Such replies may come without the question.
        return Reply::Answer(Answer::Failed(Failure::Refused(code_name(code))));
    }
    match Query::read(&mut decoder) {
        Ok(asked) if header.counts.queries == 1 && is_ours(&asked) => {}
        _ => return Reply::Foreign,
    }
    if header.truncation {
        return Reply::Truncated;
    }
    let unreadable = |_| Answer::Failed(Failure::Refused("with something that cannot be read".to_owned()));
    Reply::Answer(match records(&mut decoder, header.counts.answers, question) {
        Ok(values) if !values.is_empty() => Answer::Records(values),
        Ok(_) if code == ResponseCode::NXDomain => Answer::NoName,
        Ok(_) => Answer::NoRecords,
        Err(error) => unreadable(error),
    })
}

fn code_name(code: ResponseCode) -> String {
    match code {
        ResponseCode::ServFail => "SERVFAIL (a name server behind it is out of order)".to_owned(),
        ResponseCode::Refused => "REFUSED (it does not serve this machine)".to_owned(),
        other => format!("with the code {}", u16::from(other)),
    }
}

/// The records of the name that was asked for, also where it is an alias of another (RFC 1034 section 3.6.2).
fn records(decoder: &mut BinDecoder<'_>, number: u16, question: &Question) -> Result<Vec<Value>, DecodeError> {
    let (mut values, mut aliases) = (Vec::new(), Vec::new());
    for _ in 0..number {
        let owner = plain(&Name::read(decoder)?);
        let kind = RecordType::from(decoder.read_u16()?.unverified());
        decoder.read_slice(6)?.unverified();
        let length = usize::from(decoder.read_u16()?.unverified());
        let end = decoder.index() + length;
        if kind == RecordType::CNAME {
            aliases.push((owner, plain(&Name::read(decoder)?)));
        } else if kind == record_type(question.kind)
            && let Some(value) = value(decoder, question.kind, length)?
        {
            values.push((owner, value));
        }
        // What is left of a record is not looked at; a name in it may have ended elsewhere.
        let left = end.checked_sub(decoder.index()).unwrap_or(usize::MAX);
        decoder.read_slice(left)?.unverified();
    }
    let mut name = question.name.clone();
    for _ in 0..MOST_ALIASES {
        match aliases.iter().find(|(alias, _)| *alias == name) {
            Some((_, target)) => name.clone_from(target),
            None => break,
        }
    }
    Ok(values.into_iter().filter(|(owner, _)| *owner == name).map(|(_, value)| value).collect())
}

fn value(decoder: &mut BinDecoder<'_>, kind: Kind, length: usize) -> Result<Option<Value>, DecodeError> {
    Ok(match kind {
        Kind::A => <[u8; 4]>::try_from(decoder.read_slice(length)?.unverified()).ok().map(|bytes| Value::Address(IpAddr::V4(Ipv4Addr::from(bytes)))),
        Kind::Aaaa => <[u8; 16]>::try_from(decoder.read_slice(length)?.unverified()).ok().map(|bytes| Value::Address(IpAddr::V6(Ipv6Addr::from(bytes)))),
        Kind::Mx => {
            let preference = decoder.read_u16()?.unverified();
            Some(Value::Exchanger { preference, host: plain(&Name::read(decoder)?) })
        }
        Kind::Ptr => Some(Value::Host(plain(&Name::read(decoder)?))),
        Kind::Txt => {
            let mut strings = decoder.read_slice(length)?.unverified();
            let mut text = Vec::with_capacity(length);
            while let Some((&size, rest)) = strings.split_first() {
                let Some((string, rest)) = rest.split_at_checked(usize::from(size)) else { return Ok(None) };
                text.extend_from_slice(string);
                strings = rest;
            }
            Some(Value::Text(String::from_utf8_lossy(&text).into_owned()))
        }
    })
}

/// In lower case, without the dot at its end.
fn plain(name: &Name) -> String {
    name.to_ascii().trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_turned_down(bytes in prop::collection::vec(any::<u8>(), 0..300), answers in 0u16..4) {
            let asked = Question::new(Kind::Txt, "_dmarc.quay.example");
            let sent = question(7, &asked).unwrap();
            let mut whole = sent[..sent.len() - 11].to_vec();
            whole[2] |= 0x80;
            whole[6..8].copy_from_slice(&answers.to_be_bytes());
            whole.extend(&bytes);
            prop_assert!(!matches!(reply(7, &asked, &whole), Reply::Foreign));
            prop_assert!(matches!(reply(8, &asked, &whole), Reply::Foreign));
            let _ = reply(7, &asked, &bytes);
        }

        #[test]
        fn every_name_is_asked_for_or_turned_down(name in "\\PC{0,300}") {
            let _ = question(1, &Question::new(Kind::A, &name));
        }
    }
}
