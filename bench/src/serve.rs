//! The protocol between `bench/run.py` and a program that it measures: lines `CASE MESSAGE CALLS`
//! on standard input, each answered with two numbers. bench/bergshamra includes this file too.

use std::io::{BufRead, Write};
use std::time::{Duration, Instant};

/// Messages that are made ahead of their turn: few enough to stay in the cache, as a message that
/// was just received is.
const CALLS_PREPARED: usize = 256;

/// A case that is ready to be called.
pub(crate) struct Prepared {
    /// Octets that one call reads, 0 where that says nothing.
    pub(crate) octets: usize,
    call: Box<dyn FnMut() -> usize>,
}

impl Prepared {
    pub(crate) fn new(octets: usize, mut call: impl FnMut() + 'static) -> Self {
        Self::with_output(octets, move || {
            call();
            0
        })
    }

    /// A call says how many octets it handed out.
    pub(crate) fn with_output(octets: usize, call: impl FnMut() -> usize + 'static) -> Self {
        Self { octets, call: Box::new(call) }
    }

    /// One call; the octets that it handed out. A function of its own, so that what it does can be
    /// counted.
    #[inline(never)]
    pub(crate) fn run(&mut self) -> usize {
        (self.call)()
    }
}

/// Prepares a case for a message and for so many calls.
pub(crate) type Case = fn(Vec<u8>, usize) -> Prepared;

/// Answers until there are no more requests: `CALLS` is a number, answered with the nanoseconds that
/// all of them took and the octets that one reads; or `peak`, answered with the octets by which the
/// process grew at most during one call, and those that it handed out. The case `version` is answered
/// with what this is.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures how long something takes")]
#[expect(clippy::print_stdout, reason = "it is what this program is for")]
pub(crate) fn serve(
    version: &str,
    find: impl Fn(&str) -> Option<Case>,
    message: impl Fn(&str) -> Result<Vec<u8>, String>,
) -> Result<(), String> {
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|error| error.to_string())?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let [name, wanted, calls] = words[..] else { return Err(format!("no request: {line}")) };
        if name == "version" {
            println!("version {version}");
            std::io::stdout().flush().map_err(|error| error.to_string())?;
            continue;
        }
        let case = find(name).ok_or_else(|| format!("no case {name}"))?;
        if calls == "peak" {
            let mut prepared = case(message(wanted)?, 1);
            let before = memory("VmRSS:", true)?;
            let handed_out = prepared.run();
            println!("{} {handed_out}", memory("VmHWM:", false)?.saturating_sub(before));
        } else {
            let mut left: usize = calls.parse().map_err(|_| format!("no number: {calls}"))?;
            let (mut taken, mut read) = (Duration::ZERO, 0);
            while left > 0 {
                let turn = left.min(CALLS_PREPARED);
                let mut prepared = case(message(wanted)?, turn);
                let start = Instant::now();
                for _ in 0..turn {
                    prepared.run();
                }
                taken += start.elapsed();
                read = prepared.octets;
                left -= turn;
            }
            println!("{} {read}", taken.as_nanos());
        }
        std::io::stdout().flush().map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Octets of memory as Linux counts them; what was the most until now can be forgotten before.
fn memory(what: &str, forget: bool) -> Result<usize, String> {
    let failed = |error: std::io::Error| error.to_string();
    if forget {
        std::fs::write("/proc/self/clear_refs", "5").map_err(failed)?;
    }
    let status = std::fs::read_to_string("/proc/self/status").map_err(failed)?;
    let line = status.lines().find_map(|line| line.strip_prefix(what));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<usize>().ok());
    number.map(|number| number * 1024).ok_or_else(|| format!("/proc/self/status has no {what}"))
}
