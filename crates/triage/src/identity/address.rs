//! Addresses in the form in which two of them are compared.
//!
//! In: an address of the web. Out: a text without what does not matter to where it leads: scheme, `www.`, the ports 80 and 443,
//! parameters that only count clicks, fragments (but `#!`), the slash at the end, `index.html` and its like, and the variants for
//! AMP and for printing. What is left of the query is sorted by name: servers that care about the order of parameters are rare,
//! sites that print them in any order are not. Values of the same name keep their order.
//!
//! Invariants: the form of a form is the form itself; the case of a path and every other parameter stay, because `?id=1` and
//! `?id=2` are different things. Not here: asking the network where an address leads.

use url::{Host, Url};

/// The form of an address; `None` where it is not of the web.
///
/// ```
/// # use pulse_triage::identity::address::canonical;
/// let form = |text: &str| canonical(&text.parse().unwrap()).unwrap();
/// assert_eq!(form("http://www.Example.org:80/reports/index.html?utm_source=mail&b=2&a=1#top"), "example.org/reports?a=1&b=2");
/// assert_ne!(form("https://example.org/show?id=1"), form("https://example.org/show?id=2"));
/// ```
pub fn canonical(url: &Url) -> Option<String> {
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let mut form = simpler(url)?;
    // What is taken away may uncover more of its kind: a session in the path of a cache's copy. The form of a form is itself.
    for _ in 0..MOST_LAYERS {
        match format!("https://{form}").parse().ok().and_then(|url| simpler(&url)) {
            Some(next) if next != form => form = next,
            _ => break,
        }
    }
    Some(form)
}

/// Addresses are wrapped in no more layers than this.
const MOST_LAYERS: usize = 8;

/// An address without the outermost layer of what does not matter to it.
fn simpler(url: &Url) -> Option<String> {
    let behind = behind_amp_cache(url);
    let url = behind.as_ref().unwrap_or(url);
    let mut form = host(url)?;
    if let Some(port) = url.port().filter(|port| !matches!(port, 80 | 443)) {
        form.push_str(&format!(":{port}"));
    }
    let path = path(url.path());
    form.push_str(&path);
    let query = query(url.query().unwrap_or_default());
    if !query.is_empty() {
        // A query needs its path: "example.org?a=1" would be read as this all the same, but looks like a host.
        form.push_str(if path.is_empty() { "/?" } else { "?" });
        form.push_str(&query);
    }
    if let Some(place) = url.fragment().and_then(|fragment| fragment.strip_prefix('!')).filter(|place| !place.is_empty()) {
        form.push_str("#!");
        form.push_str(&percent_normal(place));
    }
    Some(form)
}

/// Whether a form is a site's home page, which stands for no publication.
pub(crate) fn is_home(form: &str) -> bool {
    !form.contains(['/', '?', '#'])
}

/// The page an AMP cache shows: `https://…cdn.ampproject.org/c/s/example.org/page`, `https://www.google.com/amp/s/example.org/page`.
fn behind_amp_cache(url: &Url) -> Option<Url> {
    let host = url.host_str()?;
    let inner = if host.ends_with(".cdn.ampproject.org") {
        let path = url.path();
        ["/c/", "/v/", "/a/"].iter().find_map(|view| path.strip_prefix(view))?
    } else if host == "www.google.com" {
        url.path().strip_prefix("/amp/")?
    } else {
        return None;
    };
    let inner = inner.strip_prefix("s/").unwrap_or(inner);
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let inner: Url = format!("https://{inner}{query}").parse().ok()?;
    // One cache inside another is nobody's page.
    (inner.host_str()?.contains('.') && behind_amp_cache(&inner).is_none()).then_some(inner)
}

fn host(url: &Url) -> Option<String> {
    let Host::Domain(name) = url.host()? else {
        return Some(url.host_str()?.to_owned());
    };
    let mut name = name.trim_end_matches('.');
    // What is left must still be a name below a top-level domain: `amp.dev` is a site of its own.
    while let Some(rest) = ["www.", "amp."].iter().find_map(|label| name.strip_prefix(label)).filter(|rest| rest.contains('.')) {
        name = rest;
    }
    (!name.is_empty()).then(|| name.to_owned())
}

/// A path without what only chooses a view of it; empty for the home page.
fn path(path: &str) -> String {
    let mut path = without_session(&percent_normal(path));
    loop {
        let trimmed = path.trim_end_matches('/');
        let shorter = match trimmed.rsplit_once('/') {
            Some((above, name)) if is_index(name) => above,
            // "/amp" and "/print" alone are pages of their own.
            Some((above, "amp" | "print")) if !above.trim_end_matches('/').is_empty() => above,
            Some((above, name)) if !above.is_empty() && name.len() > 4 && name.ends_with(".amp") => {
                let bare = name.trim_end_matches(".amp").len();
                &trimmed[..trimmed.len() - name.len() + if bare == 0 { ".amp".len() } else { bare }]
            }
            _ => trimmed,
        };
        if shorter.len() == path.len() {
            return path;
        }
        path.truncate(shorter.len());
    }
}

fn is_index(name: &str) -> bool {
    let Some((stem, ending)) = name.split_once('.') else { return false };
    (stem.eq_ignore_ascii_case("index") || stem.eq_ignore_ascii_case("default"))
        && ["html", "htm", "shtml", "php", "asp", "aspx", "jsp"].iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// Java servers put the session into the path: `/page;jsessionid=…`.
fn without_session(path: &str) -> String {
    let small = path.to_ascii_lowercase();
    let mut clean = String::with_capacity(path.len());
    let mut from = 0;
    while let Some(at) = small[from..].find(";jsessionid=").map(|at| from + at) {
        clean.push_str(&path[from..at]);
        from = path[at..].find('/').map_or(path.len(), |slash| at + slash);
    }
    clean + &path[from..]
}

fn query(query: &str) -> String {
    let mut kept: Vec<(String, String)> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let of_query = |text: &str| percent_normal(&text.replace('+', "%20"));
        let (name, value) = (of_query(name), of_query(value));
        if !is_noise(&name.to_ascii_lowercase(), &value) {
            kept.push((name, value));
        }
    }
    kept.sort_by(|a, b| a.0.cmp(&b.0));
    let written = kept.iter().map(|(name, value)| if value.is_empty() { name.clone() } else { format!("{name}={value}") });
    written.filter(|pair| !pair.is_empty()).collect::<Vec<_>>().join("&")
}

/// Whether a parameter says nothing about what is shown: it counts clicks, names a session, or asks for a view of the same.
fn is_noise(name: &str, value: &str) -> bool {
    const BEGINNINGS: [&str; 8] = ["utm_", "pk_", "mtm_", "piwik_", "matomo_", "hsa_", "at_", "elq"];
    const NAMES: [&str; 49] = [
        "fbclid",
        "gclid",
        "gclsrc",
        "dclid",
        "wbraid",
        "gbraid",
        "msclkid",
        "yclid",
        "twclid",
        "ttclid",
        "igshid",
        "igsh",
        "li_fat_id",
        "epik",
        "srsltid",
        "mc_cid",
        "mc_eid",
        "_hsenc",
        "_hsmi",
        "__hstc",
        "__hssc",
        "__hsfp",
        "hsctatracking",
        "mkt_tok",
        "vero_id",
        "vero_conv",
        "oly_enc_id",
        "oly_anon_id",
        "_ga",
        "_gl",
        "s_cid",
        "cmpid",
        "wt.mc_id",
        "wt.mc_ev",
        "xtor",
        "ns_mchannel",
        "ns_source",
        "ns_campaign",
        "ns_linkname",
        "dm_i",
        "_cldee",
        "recipientid",
        "sfmc_id",
        "ck_subscriber_id",
        "_kx",
        "__s",
        "jsessionid",
        "phpsessid",
        "guccounter",
    ];
    let is_on = |value: &str| matches!(value.to_ascii_lowercase().as_str(), "" | "1" | "true" | "yes" | "y");
    BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
        || NAMES.contains(&name)
        || match name {
            "amp" | "print" | "printable" | "printer" => is_on(value),
            "outputtype" => value.eq_ignore_ascii_case("amp"),
            "view" => value.eq_ignore_ascii_case("print"),
            _ => false,
        }
}

/// Percent-encoding in one form (RFC 3986 section 6.2.2): letters, digits and `-._~` as they are, capital digits in the rest.
fn percent_normal(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut normal = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = |offset: usize| bytes.get(at + offset).and_then(|digit| char::from(*digit).to_digit(16));
        let (decoded, length) = match (byte, hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => (Some((high * 16 + low) as u8), 3),
            // A percent sign that begins nothing is written as one, or else it would begin something the next time.
            (b'%', ..) => (Some(b'%'), 1),
            _ => (None, 1),
        };
        match decoded {
            Some(byte) if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => normal.push(char::from(byte)),
            Some(byte) => normal.push_str(&format!("%{byte:02X}")),
            None if byte.is_ascii() => normal.push(char::from(byte)),
            None => normal.push_str(&format!("%{byte:02X}")),
        }
        at += length;
    }
    normal
}
