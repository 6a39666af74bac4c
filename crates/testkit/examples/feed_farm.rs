//! Many feeds on this machine, until the standard input ends: `feed_farm [--feeds N] [--entries N] [--slow PERCENT] [--failing PERCENT]
//! [--seed N] [--opml FILE] [--settings FILE] [--list FILE]`.
//!
//! Writes an OPML file of the feeds, settings that let Pulse ask them without waiting in between, and a list of their addresses; says
//! `ready` when it answers. `benches/harvest` runs it.

use std::error::Error;
use std::fmt::Write as _;
use std::net::SocketAddr;

use pulse_testkit::web_server::WebServer;
use pulse_testkit::web_server::farm::Farm;
use tokio::io::AsyncReadExt as _;

#[expect(clippy::print_stdout, reason = "a program for the terminal")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut farm = Farm::default();
    let mut files = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(option) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{option} needs a value"))?;
        match option.as_str() {
            "--feeds" => farm.feeds = value.parse()?,
            "--entries" => farm.entries = value.parse()?,
            "--slow" => farm.slow_percent = value.parse()?,
            "--failing" => farm.failing_percent = value.parse()?,
            "--seed" => farm.seed = value.parse()?,
            "--opml" | "--settings" | "--list" => files.push((option, value)),
            _ => return Err(format!("there is no option {option}").into()),
        }
    }
    let server = WebServer::start_at(SocketAddr::from(([0, 0, 0, 0], 0)), farm.site()).await?;
    let hosts: Vec<String> = farm.hosts(server.address().port()).collect();
    for (option, path) in files {
        let text = match option.as_str() {
            "--opml" => opml(&hosts),
            "--settings" => format!("[fetch]\ngap_ms = 0\napi_gap_ms = 0\nprivate_hosts = {hosts:?}\n"),
            _ => hosts.iter().map(|host| format!("http://{host}/feed.xml\n")).collect(),
        };
        std::fs::write(path, text)?;
    }
    println!("ready");
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    Ok(())
}

fn opml(hosts: &[String]) -> String {
    let mut text = "<?xml version=\"1.0\"?>\n<opml version=\"2.0\"><head><title>Farm</title></head><body>\n".to_owned();
    for (i, host) in hosts.iter().enumerate() {
        _ = writeln!(text, "<outline type=\"rss\" text=\"Harbour Trust {i}\" xmlUrl=\"http://{host}/feed.xml\"/>");
    }
    text + "</body></opml>\n"
}
