//! The command `wsse`, as the package installs it.

use pyo3::prelude::*;
use std::ffi::OsString;

/// Runs the command line `wsse` on the streams of this process; the first argument is the name
/// of the program. Returns its exit status.
#[pyfunction]
pub(crate) fn run_command(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| wsse_cli::run_in_process(arguments))
}
