use proptest::prelude::*;

use super::*;

/// Blocks that no request may reach, as the registries write them; apart from the tables of the code.
const SPECIAL_V4: &str = "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 \
    192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 255.255.255.255/32 168.63.129.16/32";
const SPECIAL_V6: &str = "::/128 ::1/128 ::/96 ::ffff:0:0/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001::/32 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 \
    fc00::/7 fd00:ec2::254/128 fe80::/10 fec0::/10 ff00::/8";

fn blocks<T: std::str::FromStr>(text: &str) -> Vec<(T, u32)> {
    let block = |text: &str| {
        let (address, length) = text.split_once('/')?;
        Some((address.parse().ok()?, length.parse().ok()?))
    };
    text.split_whitespace().map(|text| block(text).unwrap()).collect()
}

fn special_v4() -> impl Strategy<Value = Ipv4Addr> {
    let inside =
        |(block, length): (Ipv4Addr, u32)| any::<u32>().prop_map(move |any| Ipv4Addr::from_bits(block.to_bits() | any.checked_shr(length).unwrap_or(0)));
    proptest::sample::select(blocks(SPECIAL_V4)).prop_flat_map(inside)
}

fn special_v6() -> impl Strategy<Value = Ipv6Addr> {
    let inside =
        |(block, length): (Ipv6Addr, u32)| any::<u128>().prop_map(move |any| Ipv6Addr::from_bits(block.to_bits() | any.checked_shr(length).unwrap_or(0)));
    proptest::sample::select(blocks(SPECIAL_V6)).prop_flat_map(inside)
}

fn addresses(private_hosts: &[&str]) -> Addresses {
    let private_hosts = private_hosts.iter().map(|host| (*host).to_owned()).collect();
    Addresses::new(&WebSettings { private_hosts, ..WebSettings::default() }).unwrap()
}

/// The way of an address, or why there is none. An address that is no URL at all is as good as refused.
fn way(addresses: &Addresses, url: &str) -> Result<Way, String> {
    addresses.way(&Url::parse(url).map_err(|error| error.to_string())?)
}

/// The ways to write an IPv4 address that browsers, and so the URL standard, understand.
fn spellings(v4: Ipv4Addr) -> Vec<String> {
    let [a, b, c, d] = v4.octets();
    let n = v4.to_bits();
    let low = n & 0xff_ffff;
    vec![
        v4.to_string(),
        format!("{v4}."),
        n.to_string(),
        format!("0x{n:x}"),
        format!("0{n:o}"),
        format!("0x{a:X}.0x{b:x}.0{c:o}.{d}"),
        format!("{a}.{low}"),
        format!("{a}.{b}.{}", n & 0xffff),
        format!("%{:02x}{}", v4.to_string().as_bytes()[0], &v4.to_string()[1..]),
        format!("{a}。{b}.{c}.{d}"),
        format!("[::ffff:{v4}]"),
        format!("[::{v4}]"),
        format!("[64:ff9b::{v4}]"),
        format!("[64:ff9b:1::{v4}]"),
        format!("[2002:{:x}:{:x}::1]", n >> 16, n & 0xffff),
        format!("[2001::{v4}]"),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_special_address_is_public(v4 in special_v4(), v6 in special_v6()) {
        prop_assert!(!is_public(v4.into()), "{v4}");
        prop_assert!(!is_public(v6.into()), "{v6}");
        let url = format!("http://[{v6}]/");
        prop_assert!(way(&addresses(&[]), &url).is_err(), "{}", url);
    }

    #[test]
    fn no_special_address_is_fetched_however_it_is_written(v4 in special_v4(), secure: bool) {
        let scheme = if secure { "https" } else { "http" };
        for spelling in spellings(v4) {
            prop_assert!(way(&addresses(&[]), &format!("{scheme}://{spelling}/")).is_err(), "{spelling}");
        }
    }

    #[test]
    fn an_address_with_another_inside_is_public_only_behind_the_well_known_prefix(bits: u32) {
        let v4 = Ipv4Addr::from_bits(bits);
        let behind = |prefix: u128| is_public(Ipv6Addr::from_bits(prefix | u128::from(bits)).into());
        prop_assert_eq!(behind(0x64_ff9b << 96), is_public(v4.into()));
        prop_assert!(!behind(0xffff << 32) && !behind(0) && !behind(0x0064_ff9b_0001 << 80));
    }

    #[test]
    fn nothing_that_is_no_web_address_is_fetched(text in "(file|ftp|gopher|data|javascript|blob|about|ws|dict)(:|://|:///)[a-z0-9./]{0,20}") {
        prop_assert!(way(&addresses(&[]), &text).is_err());
    }
}

#[test]
fn what_stands_beside_a_block_is_public() {
    for public in [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.1",
        "168.63.129.15",
        "168.63.129.17",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.0.3.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.99.255",
        "203.0.112.255",
        "203.0.114.0",
        "223.255.255.255",
        "2000::1",
        "2001:200::1",
        "2001:db7:ffff::1",
        "2001:db9::1",
        "2003::1",
        "2606:4700::1111",
        "2a00:1450::1",
        "3ffe::1",
        "3fff:1000::1",
        "64:ff9b::8.8.8.8",
    ] {
        assert!(is_public(public.parse().unwrap()), "{public}");
    }
}

#[test]
fn only_web_addresses_on_web_ports_are_fetched() {
    let addresses = addresses(&[]);
    for url in ["http://a.example/", "https://a.example/", "http://a.example:8080/", "https://a.example:8443/", "https://a.example:80/", "http://8.8.8.8/"] {
        assert_eq!(way(&addresses, url), Ok(Way::Public), "{url}");
    }
    for (url, why) in [
        ("file:///etc/passwd", "not file"),
        ("ftp://a.example/", "not ftp"),
        ("http://a.example:22/", "port 22"),
        ("http://a.example:0/", "port 0"),
        ("https://a.example:6379/", "port 6379"),
        ("http://me@a.example/", "user name"),
        ("http://me:secret@a.example/", "user name"),
        ("http://:secret@a.example/", "user name"),
        ("http://a.example./", "ends in a dot"),
        ("http://localhost./", "ends in a dot"),
        ("http://169.254.169.254/latest/", "169.254.169.254"),
        ("http://[fd00:ec2::254]/latest/", "fd00:ec2::254"),
    ] {
        let found = way(&addresses, url).unwrap_err();
        assert!(found.contains(why), "{url}: {found}");
    }
    let forbidden = addresses.check(&Url::parse("ftp://me:secret@a.example/x").unwrap()).unwrap_err().to_string();
    assert!(forbidden.starts_with("ftp://a.example/x may not be fetched"), "{forbidden}");
}

#[test]
fn a_named_host_is_exempt_and_no_other() {
    let addresses = addresses(&["intranet.example", "127.0.0.1:8123", "[::1]:80", "Bücher.example:9000"]);
    for url in [
        "http://intranet.example/",
        "https://INTRANET.example:8443/x",
        "http://127.0.0.1:8123/",
        "http://0x7f.1:8123/",
        "http://[::1]/",
        "http://xn--bcher-kva.example:9000/",
    ] {
        assert_eq!(way(&addresses, url), Ok(Way::Named), "{url}");
    }
    for url in [
        "http://intranet.example:9000/",
        "http://127.0.0.1/",
        "http://127.0.0.1:8080/",
        "http://127.0.0.2:8123/",
        "https://[::1]/",
        "ftp://intranet.example/",
        "http://me@intranet.example/",
    ] {
        assert!(way(&addresses, url).is_err(), "{url}");
    }
    assert_eq!(way(&addresses, "http://www.intranet.example/"), Ok(Way::Public));
}

#[test]
fn a_private_host_is_a_host() {
    for text in ["", "http://a.example", "a.example/", "a.example/x", "me@a.example", "a.example:port", ":80", "a b", "[::1", "a.example?x", "a.example#x"] {
        let settings = WebSettings { private_hosts: vec![text.to_owned()], ..WebSettings::default() };
        assert!(matches!(Addresses::new(&settings), Err(WebSettingsError::PrivateHost(of)) if of == text), "{text}");
    }
}
