//! The command `wsse`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(wsse_cli::run_in_process(std::env::args_os()))
}
