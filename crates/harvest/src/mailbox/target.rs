//! Where a link of a message leads, as far as its address says so.
//!
//! Mailers lead links over a counter of their own, and offices over one that looks for bad sites. Where the address of the counter
//! has that of the target in it (as a parameter, a part of the path, in base64, as JSON), the target is taken; nothing is fetched. Not
//! here: which addresses are the same work (triage).

use std::borrow::Cow;

use data_encoding::{BASE64URL_NOPAD, Specification};
use serde_json::Value;
use url::{Url, form_urlencoded};

/// Counters that lead to counters.
const MAX_STEPS: usize = 5;
/// The longest address that is looked at, in bytes.
const MAX_URL_BYTES: usize = 8 * 1024;
/// Parameters that hold the target of a counter.
const TARGETS: [&str; 24] = [
    "url",
    "u",
    "q",
    "a",
    "r",
    "to",
    "target",
    "dest",
    "destination",
    "redirect",
    "redirect_to",
    "redirect_uri",
    "redirect_url",
    "redirecturl",
    "redir",
    "link",
    "href",
    "goto",
    "out",
    "uri",
    "original_url",
    "originalurl",
    "target_url",
    "targeturl",
];
/// Parameters that say who opened which mailing, and nothing of the page; those of the first list as beginnings.
const COUNTED_BEGINNINGS: [&str; 6] = ["utm_", "mc_", "_hs", "vero_", "ck_", "hsa_"];
const COUNTED: [&str; 12] = ["fbclid", "gclid", "msclkid", "mkt_tok", "dm_i", "hsctatracking", "emci", "emdi", "ceid", "trk_contact", "trk_msg", "gd_email_id"];

/// An address of the web that can be a page: absolute, with a host that has a dot.
pub(super) fn parse(text: &str) -> Option<Url> {
    let url = Url::parse(text.trim()).ok().filter(|_| text.len() <= MAX_URL_BYTES)?;
    let has_place = matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| host.contains('.') || host == "localhost");
    has_place.then_some(url)
}

/// Where a link leads: behind counters that say so, and without what counts.
pub(super) fn unwrapped(url: Url) -> Url {
    let mut url = url;
    for _ in 0..MAX_STEPS {
        match inner(&url) {
            Some(target) => url = target,
            None => break,
        }
    }
    uncounted(url)
}

/// The address within an address, at another site.
fn inner(url: &Url) -> Option<Url> {
    let is_elsewhere = |target: &Url| target.host_str() != url.host_str();
    let of_parameters = url
        .query_pairs()
        .filter(|(name, _)| TARGETS.contains(&name.to_ascii_lowercase().as_str()))
        .find_map(|(_, value)| plain(&value).or_else(|| hyphened(url, &value)));
    let found = of_parameters.or_else(|| of_path(url)).or_else(|| of_base64(url))?;
    is_elsewhere(&found).then_some(found)
}

fn plain(text: &str) -> Option<Url> {
    let is_one = |text: &str| ["http://", "https://"].iter().any(|start| text.get(..start.len()).is_some_and(|there| there.eq_ignore_ascii_case(start)));
    let text = if is_one(text) { Cow::Borrowed(text) } else { decoded(text) };
    parse(&text).filter(|_| is_one(&text))
}

/// Percent signs resolved. A plus is a plus: this is a path.
fn decoded(text: &str) -> Cow<'_, str> {
    form_urlencoded::parse(text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D").as_bytes())
        .next()
        .map_or(Cow::Borrowed(text), |(name, _)| Cow::Owned(name.into_owned()))
}

/// Proofpoint's second form, `https-3A__www.quay.example_a-2Db`: a hyphen for the percent sign, an underscore for the slash.
fn hyphened(url: &Url, value: &str) -> Option<Url> {
    let is_theirs = url.host_str().is_some_and(|host| host.contains("urldefense"));
    let is_so = value.starts_with("http-3A__") || value.starts_with("https-3A__");
    if !is_theirs || !is_so {
        return None;
    }
    plain(&decoded(&value.replace('-', "%").replace('_', "/")))
}

/// `/CL0/https:%2F%2Fwww.quay.example%2Fa/1/…` (Amazon, GovDelivery), and `/v3/__https://www.quay.example/a__;!!…` (Proofpoint).
fn of_path(url: &Url) -> Option<Url> {
    if let Some((_, rest)) = url.path().split_once("/v3/__") {
        let (target, _) = rest.rsplit_once("__;")?;
        // A star stands for characters that follow in base64; without them the address is another.
        return plain(target).filter(|_| !target.contains('*'));
    }
    url.path_segments()?.filter(|part| part.contains('%')).find_map(plain)
}

/// A part that is base64 of an address, or of JSON with one in it, perhaps between the dots of a signed token.
fn of_base64(url: &Url) -> Option<Url> {
    let parts = url.path_segments().into_iter().flatten().flat_map(|part| part.split('.')).map(Cow::Borrowed);
    let values = url.query_pairs().map(|(_, value)| value);
    parts.chain(values).filter(|part| part.starts_with("aHR0c") || part.starts_with("eyJ")).find_map(|part| {
        let text = String::from_utf8(from_base64(&part)?).ok()?;
        if text.starts_with('{') { address_in(&serde_json::from_str(&text).ok()?) } else { plain(&text) }
    })
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=').replace('+', "-").replace('/', "_");
    // Mailers leave bits behind the last byte.
    let mut lenient: Specification = BASE64URL_NOPAD.specification();
    lenient.check_trailing_bits = false;
    lenient.encoding().ok()?.decode(text.as_bytes()).ok()
}

/// The first address among the values of an object, which for mailers is the only one.
fn address_in(value: &Value) -> Option<Url> {
    value.as_object()?.values().find_map(|value| value.as_str().and_then(plain))
}

/// The address without what says who opened which mailing.
fn uncounted(mut url: Url) -> Url {
    let counts = |name: &str| {
        let name = name.to_ascii_lowercase();
        COUNTED_BEGINNINGS.iter().any(|start| name.starts_with(start)) || COUNTED.contains(&name.as_str())
    };
    if url.query_pairs().any(|(name, _)| counts(&name)) {
        // Cut out of the text, so that what is left is spelt as it was.
        let query = url.query().unwrap_or_default();
        let is_kept = |part: &&str| !counts(&form_urlencoded::parse(part.as_bytes()).next().map(|(name, _)| name).unwrap_or_default());
        let kept = query.split('&').filter(is_kept).collect::<Vec<_>>().join("&");
        url.set_query(Some(kept.as_str()).filter(|kept| !kept.is_empty()));
    } else if url.query() == Some("") {
        url.set_query(None);
    }
    url
}

/// The same for addresses that lead to the same page: without scheme, `www.`, a slash at the end and the place in the page.
pub(super) fn sameness(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}{}{query}", host.strip_prefix("www.").unwrap_or(host), url.path().trim_end_matches('/'))
}

/// The site of an address: see [`site_of_host`].
pub(super) fn site(url: &Url) -> String {
    site_of_host(url.host_str().unwrap_or_default())
}

/// What somebody has registered: `news.quay.example` is of `quay.example`, and `www.quay.org.uk` of `quay.org.uk`. Good enough to
/// tell a publisher's own pages from those of others, and no more.
pub(super) fn site_of_host(host: &str) -> String {
    const SECONDS: [&str; 14] = ["ac", "co", "com", "edu", "gov", "ltd", "mod", "net", "nhs", "org", "parliament", "plc", "police", "sch"];
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let labels: Vec<&str> = host.rsplit('.').collect();
    let count = match labels.as_slice() {
        [top, second, _, ..] if top.len() == 2 && SECONDS.contains(second) => 3,
        _ => 2,
    };
    labels.into_iter().take(count).rev().collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn led(text: &str) -> String {
        unwrapped(parse(text).unwrap()).into()
    }

    #[test]
    fn counters_that_say_where_they_lead_are_passed() {
        let page = "https://www.quay.example/falls-at-night";
        for counter in [
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.quay.example%2Ffalls-at-night&data=05%7C02&sdata=x&reserved=0",
            "https://www.google.com/url?q=https://www.quay.example/falls-at-night&sa=D",
            "https://links-2.govdelivery.com/CL0/https:%2F%2Fwww.quay.example%2Ffalls-at-night%3Futm_medium=email%26utm_source=govdelivery/1/0102018f/hash=404",
            "https://abc.r.eu-west-1.awstrack.me/L0/https:%2F%2Fwww.quay.example%2Ffalls-at-night/1/0102018f-000/x=1",
            "https://urldefense.proofpoint.com/v2/url?u=https-3A__www.quay.example_falls-2Dat-2Dnight&d=DwMFaQ&c=x",
            "https://urldefense.com/v3/__https://www.quay.example/falls-at-night__;!!abc!def$",
            "https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fwww.quay.example%2ffalls-at-night&c=E,1",
            "https://mail.quay-mailer.example/redirect/aHR0cHM6Ly93d3cucXVheS5leGFtcGxlL2ZhbGxzLWF0LW5pZ2h0",
            "https://lnks.mailer.example/l/eyJhbGciOiJIUzI1NiJ9.eyJ1cmkiOiJicDI6Y2xpY2siLCJ1cmwiOiJodHRwczovL3d3dy5xdWF5LmV4YW1wbGUvZmFsbHMtYXQtbmlnaHQifQ.c2ln",
            "https://click.mailer.example/t?u=https%3A%2F%2Fsafe.example%2F%3Furl%3Dhttps%253A%252F%252Fwww.quay.example%252Ffalls-at-night",
        ] {
            assert_eq!(led(counter), page, "{counter}");
        }
    }

    #[test]
    fn what_counts_is_cut_out_and_the_rest_is_as_it_was() {
        assert_eq!(led("https://quay.example/a?utm_source=x&id=a%20b+c&mc_eid=77"), "https://quay.example/a?id=a%20b+c");
        assert_eq!(led("https://quay.example/a?utm_source=x#part"), "https://quay.example/a#part");
    }

    #[test]
    fn an_address_that_mentions_another_of_its_own_site_or_an_archive_stays() {
        for address in [
            "https://quay.example/share?url=https://quay.example/a",
            "https://archive.example/web/2024/https://www.quay.example/a",
            "https://click.mailer.example/?qs=0a1b2c",
            "https://urldefense.com/v3/__https://www.quay.example/a*b__;Iw!!abc$",
        ] {
            assert_eq!(led(address), address);
        }
    }

    #[test]
    fn a_site_is_what_somebody_has_registered() {
        for (host, site) in [
            ("news.quay.example", "quay.example"),
            ("www.quay.org.uk", "quay.org.uk"),
            ("quay.example", "quay.example"),
            ("www.gov.uk", "www.gov.uk"),
            ("", ""),
        ] {
            assert_eq!(site_of_host(host), site);
        }
    }
}
