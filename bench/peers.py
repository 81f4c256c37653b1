"""What people write by hand today, as the benchmark's peers.

``tutorial_…`` is what tutorials show; ``tuned_…`` is what is left when somebody who knows CPython
takes everything out that can go. Both do less than the library: neither escapes a username nor reads
a header in any other order than its own, and their replay memory never forgets.
"""

from __future__ import annotations

import base64
import binascii
import calendar
import datetime
import hashlib
import hmac
import os
import re
import time
import uuid
from typing import Callable, Dict, Set

USERNAME = "alice"
PASSWORD = "correct horse battery staple"
WINDOW = 300


def tutorial_header(username: str, password: str) -> str:
    nonce = uuid.uuid4().hex
    created = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    digest = base64.b64encode(
        hashlib.sha1((nonce + created + password).encode("utf-8")).digest()
    ).decode("ascii")
    return (
        'UsernameToken Username="{}", PasswordDigest="{}", Nonce="{}", Created="{}"'.format(
            username, digest, nonce, created
        )
    )


def tuned_header(username: str, password: str) -> Callable[[], str]:
    before = f'UsernameToken Username="{username}", PasswordDigest="'
    secret = password.encode()
    urandom, sha1, b2a, now = os.urandom, hashlib.sha1, binascii.b2a_base64, time.time
    second, created = 0, ""

    def header() -> str:
        nonlocal second, created
        present = int(now())
        if present != second:
            second = present
            created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(present))
        nonce = urandom(16).hex()
        digest = b2a(
            sha1((nonce + created).encode() + secret).digest(), newline=False
        ).decode()
        return f'{before}{digest}", Nonce="{nonce}", Created="{created}"'

    return header


_PARAMETER = re.compile(r'(\w+)="([^"]*)"')


def tutorial_check(passwords: Dict[str, str], seen: Set[str]) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not value.startswith("UsernameToken "):
            raise ValueError("no UsernameToken")
        fields = dict(_PARAMETER.findall(value))
        created = datetime.datetime.strptime(fields["Created"], "%Y-%m-%dT%H:%M:%SZ").replace(
            tzinfo=datetime.timezone.utc
        )
        age = (datetime.datetime.now(datetime.timezone.utc) - created).total_seconds()
        if abs(age) > WINDOW:
            raise ValueError("stale")
        password = passwords[fields["Username"]]
        wanted = base64.b64encode(
            hashlib.sha1((fields["Nonce"] + fields["Created"] + password).encode()).digest()
        ).decode()
        if not hmac.compare_digest(wanted, fields["PasswordDigest"]):
            raise ValueError("wrong password")
        if fields["Nonce"] in seen:
            raise ValueError("replayed")
        seen.add(fields["Nonce"])
        return fields["Username"]

    return check


_HEADER = re.compile(
    r'UsernameToken Username="([^"]*)", PasswordDigest="([^"]*)", '
    r'Nonce="([^"]*)", Created="([^"]*)"'
)


def tuned_check(passwords: Dict[str, str], seen: Set[str]) -> Callable[[str], str]:
    secrets = {username: password.encode() for username, password in passwords.items()}
    match, sha1, b2a, now = _HEADER.fullmatch, hashlib.sha1, binascii.b2a_base64, time.time
    equal, strptime, timegm = hmac.compare_digest, time.strptime, calendar.timegm
    instants: Dict[str, int] = {}

    def check(value: str) -> str:
        found = match(value)
        if found is None:
            raise ValueError("no UsernameToken")
        username, digest, nonce, created = found.groups()
        at = instants.get(created)
        if at is None:
            if len(instants) > 1000:
                instants.clear()
            at = instants[created] = timegm(strptime(created, "%Y-%m-%dT%H:%M:%SZ"))
        if not -WINDOW <= now() - at <= WINDOW:
            raise ValueError("stale")
        wanted = b2a(
            sha1((nonce + created).encode() + secrets[username]).digest(), newline=False
        ).decode()
        if not equal(wanted, digest):
            raise ValueError("wrong password")
        if nonce in seen:
            raise ValueError("replayed")
        seen.add(nonce)
        return username

    return check
