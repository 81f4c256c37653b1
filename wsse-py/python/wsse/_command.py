"""The console script ``wsse``: the same command as the one that is built without Python."""

from __future__ import annotations

import signal
import sys

from wsse._wsse import run_command


def main() -> int:
    """Runs the command on this process's arguments and streams; returns its exit status."""
    # Python's handler would wait until the command comes back from reading its input.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return run_command(["wsse", *sys.argv[1:]])
