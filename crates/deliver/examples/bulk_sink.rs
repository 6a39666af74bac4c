//! A mail server that takes everything and keeps nothing, faster than what it measures.
//!
//!     cargo run --release -p pulse-deliver --example bulk_sink -- [PORT [ROUND_TRIP_MS [times]]]
//!
//! Prints the port it listens on, and with `times` for each message the microseconds since it was started. It waits the round trip
//! before it answers what came together, as a server far away would. Postfix's `smtp-sink` looks at every byte by itself and takes some 2,000
//! messages of 50 kB a second, which would measure the sink.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot be taken has nothing to say")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

const END: &[u8] = b"\r\n.\r\n";

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| words.get(at).map_or(0, |word| word.parse::<u16>().unwrap());
    let round_trip = Duration::from_millis(u64::from(number(1)));
    let began = words.get(2).is_some_and(|word| word == "times").then(Instant::now);
    let listener = TcpListener::bind(("127.0.0.1", number(0))).unwrap();
    println!("{}", listener.local_addr().unwrap().port());
    for stream in listener.incoming().flatten() {
        std::thread::spawn(move || serve(stream, round_trip, began));
    }
}

fn serve(mut stream: TcpStream, round_trip: Duration, began: Option<Instant>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    stream.write_all(b"220 sink.example\r\n")?;
    let mut bytes = vec![0; 256 * 1024];
    let mut held: Vec<u8> = Vec::new();
    let mut is_in_message = false;
    loop {
        let count = stream.read(&mut bytes)?;
        if count == 0 {
            return Ok(());
        }
        held.extend_from_slice(&bytes[..count]);
        let mut replies = Vec::new();
        let mut at = 0;
        loop {
            let rest = &held[at..];
            if is_in_message {
                let Some(end) = memchr::memmem::find(rest, END) else { break };
                at += end + END.len();
                is_in_message = false;
                if let Some(began) = began {
                    println!("{}", began.elapsed().as_micros());
                }
                replies.extend_from_slice(b"250 2.0.0 taken\r\n");
                continue;
            }
            let Some(end) = memchr::memchr(b'\n', rest) else { break };
            let word = rest[..end].get(..4).unwrap_or_default().to_ascii_uppercase();
            at += end + 1;
            is_in_message = word == b"DATA";
            replies.extend_from_slice(match &word[..] {
                b"EHLO" => b"250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 50000000\r\n",
                b"DATA" => b"354 go on\r\n",
                b"QUIT" => b"221 2.0.0 bye\r\n",
                _ => b"250 2.0.0 well\r\n",
            });
        }
        // Of a message, only what could be the beginning of its end is kept.
        if is_in_message {
            at = at.max(held.len().saturating_sub(END.len() - 1));
        }
        held.drain(..at);
        if !replies.is_empty() {
            if !round_trip.is_zero() {
                std::thread::sleep(round_trip);
            }
            stream.write_all(&replies)?;
        }
    }
}
