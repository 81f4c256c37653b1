//! The Rust half of the benchmark. `bench/run.py` starts it once and gives it lines on standard
//! input, `CASE OCTETS CALLS`; it answers each with the nanoseconds that all the calls took, so
//! that ours and the peers take turns within one run.
//!
//! `wsse-bench message OCTETS` prints the message, `wsse-bench once CASE OCTETS` does one call
//! and prints the octets, for counting instructions.
#![expect(clippy::print_stdout, reason = "it is what this program is for")]

mod cases;
#[path = "../../wsse-core/examples/support/message.rs"]
mod message;

use std::io::{BufRead, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Messages that are made ahead of their turn: few enough to stay in the cache, as a message that
/// was just received is.
const CALLS_PREPARED: usize = 256;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["message", octets] => octets.parse().map_err(|_| octets.to_owned()).and_then(|octets| {
            std::io::stdout()
                .write_all(&message::envelope(octets))
                .map_err(|error| error.to_string())
        }),
        ["once", name, octets] => cases::find(name).zip(octets.parse().ok()).map_or_else(
            || Err(format!("no case {name} of {octets} octets")),
            |(case, octets)| {
                let mut prepared = case(octets, 1);
                prepared.run();
                println!("{}", prepared.octets);
                Ok(())
            },
        ),
        [] => serve(),
        _ => Err("usage: wsse-bench [message OCTETS | once CASE OCTETS]".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            println!("error {reason}");
            ExitCode::from(2)
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures how long something takes")]
fn serve() -> Result<(), String> {
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|error| error.to_string())?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let [name, octets, calls] = words[..] else { return Err(format!("no request: {line}")) };
        let (Some(case), Ok(octets), Ok(calls)) =
            (cases::find(name), octets.parse(), calls.parse::<usize>())
        else {
            return Err(format!("no such case: {line}"));
        };
        let (mut taken, mut read, mut left) = (Duration::ZERO, 0, calls);
        while left > 0 {
            let turn = left.min(CALLS_PREPARED);
            let mut prepared = case(octets, turn);
            let start = Instant::now();
            for _ in 0..turn {
                prepared.run();
            }
            taken += start.elapsed();
            read = prepared.octets;
            left -= turn;
        }
        println!("{} {read}", taken.as_nanos());
        std::io::stdout().flush().map_err(|error| error.to_string())?;
    }
    Ok(())
}
