"""How the benchmark measures: cases that take turns, and the programs that run some of them."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import time
from typing import Any, Callable, Dict, List, Sequence, Union

SLOWEST_FIRST_GUESS = 4
SLOW = 0.5
"""Seconds of a single call from which a case takes its turn in every fifth round only."""


class Case:
    """Something to be called over and over."""

    first_guess = SLOWEST_FIRST_GUESS

    def __init__(self, name: str) -> None:
        self.name = name
        self.octets = 0
        self.calls = self.first_guess
        self.samples: List[float] = []

    def seconds(self, calls: int) -> float:
        """The time that so many calls take."""
        raise NotImplementedError

    def calibrate(self, wanted: float) -> None:
        while True:
            taken = self.seconds(self.calls)
            if taken >= wanted / 2 or self.calls >= 1_000_000:
                break
            self.calls = min(self.calls * 4, 1_000_000)
        self.slow = taken / self.calls > SLOW
        self.calls = max(1, int(self.calls * wanted / max(taken, 1e-9)))

    def sample(self) -> None:
        self.samples.append(self.seconds(self.calls) / self.calls)

    @property
    def median(self) -> float:
        return statistics.median(self.samples)


class Server:
    """A program that runs one request at a time: bench/src/serve.rs says how."""

    def __init__(self, *command: str) -> None:
        self.command = command
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def say(self, request: str) -> str:
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(request + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # What it said before it ended tells why.
        return self._process.stdout.readline().strip()

    def ask(self, request: str) -> "tuple[int, int]":
        answer = self.say(request)
        if not re.fullmatch(r"\d+ \d+", answer):
            raise SystemExit(f"{self.command[0]}: {request!r} was answered with {answer!r}")
        first, second = answer.split()
        return int(first), int(second)

    def close(self) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass
        self._process.wait()


class ServerCase(Case):
    """One that another program runs. ``message`` is a number of octets, or a file."""

    def __init__(self, server: Server, name: str, message: Union[int, str]) -> None:
        if isinstance(message, str):
            self.first_guess = 1
        super().__init__(f"server:{name}:{message}")
        self._server, self._case, self._message = server, name, message

    def seconds(self, calls: int) -> float:
        taken, self.octets = self._server.ask(f"{self._case} {self._message} {calls}")
        return taken / 1e9


class PythonCase(Case):
    """``prepare(calls)`` returns what is called, without arguments."""

    def __init__(self, name: str, prepare: Callable[[int], Callable[[], Any]]) -> None:
        super().__init__(f"python:{name}")
        self._prepare = prepare

    def seconds(self, calls: int) -> float:
        call = self._prepare(calls)
        repeat = range(calls)
        start = time.perf_counter()
        for _ in repeat:
            call()
        return time.perf_counter() - start


def take_turns(cases: Dict[str, Case], rounds: int, seconds: float) -> None:
    """Every case takes its turn in every round, the slow ones in every fifth."""
    for number, (name, case) in enumerate(cases.items()):
        show(f"calibrating, {number + 1} of {len(cases)}: {name}")
        case.calibrate(seconds)
    for number in range(rounds):
        # Each round begins elsewhere, so that nobody always follows the same neighbour.
        order: Sequence[Case] = list(cases.values())
        shift = number * 5 % len(order)
        for case in [*order[shift:], *order[:shift]]:
            if number % 5 == 0 or not case.slow:
                case.sample()
        show(f"round {number + 1} of {rounds}")
    show("")


def show(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
