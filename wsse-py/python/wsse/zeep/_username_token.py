"""The UsernameToken of zeep clients."""

from __future__ import annotations

import copy
import datetime
import os
from collections.abc import Callable
from typing import Optional, Union

from lxml import etree

from wsse import _wsse
from wsse.errors import Misuse
from wsse.zeep._tree import WSSE, bare_element, element, security_header


class UsernameToken:
    """The UsernameToken of a request, as ``zeep.wsse.UsernameToken`` writes it.

    Every argument is an attribute of the same name and is read when a request is made, so that
    it may be changed, and set by subclasses, between requests.

    The positional arguments are zeep's:

    :param username: the user
    :param password: the password, a str, or bytes for a digest; None for a token without one
    :param password_digest: a digest made elsewhere, sent as it is
    :param use_digest: whether a PasswordDigest is sent; default False: the password in clear text
    :param nonce: what enters the digest as nonce, a str (its UTF-8 octets) or bytes; default:
        ``os.urandom(16)`` for each request
    :param created: a datetime, UTC where it has no time zone, converted to UTC where it has one;
        or text that is sent as it is; default: the present time
    :param timestamp_token: a ``wsu:Timestamp`` element, copied into each request; True for a
        fresh one
    :param zulu_timestamp: whether Created ends in ``Z`` instead of ``+00:00``; default False
    :param hash_password: whether SHA-1 of the password enters the digest in its place

    The keywords are ours:

    :param clock_offset: seconds, or a timedelta, by which the clock of the peer is ahead
    :param now: a callable that returns the present time as a datetime
    :param timestamp: whether a fresh Timestamp follows the token: True, or its lifetime in
        seconds or as a timedelta; True means 300 seconds
    :param must_understand: whether ``mustUnderstand="1"`` is set on the Security header
    :param nonce_with_text: whether Nonce and Created go along with a password in clear text

    The request is changed in place. :exc:`wsse.Misuse` says what cannot be sent, before anything
    is changed.

    Two things differ from zeep on purpose. zeep writes a datetime in another time zone than UTC
    as if it were UTC; here it is converted. And a request that is protected a second time still
    has one Username and one Timestamp, of the second time.
    """

    def __init__(
        self,
        username: str,
        password: Union[str, bytes, None] = None,
        password_digest: Optional[str] = None,
        use_digest: bool = False,
        nonce: Union[str, bytes, None] = None,
        created: Union[datetime.datetime, str, None] = None,
        timestamp_token: Union[etree._Element, bool, None] = None,
        zulu_timestamp: Optional[bool] = None,
        hash_password: Optional[bool] = None,
        *,
        clock_offset: Union[datetime.timedelta, float, None] = None,
        now: Optional[Callable[[], datetime.datetime]] = None,
        timestamp: Union[bool, int, datetime.timedelta, None] = None,
        must_understand: bool = False,
        nonce_with_text: bool = False,
    ) -> None:
        self.username = username
        self.password = password
        self.password_digest = password_digest
        self.use_digest = use_digest
        self.nonce = nonce
        self.created = created
        self.timestamp_token = timestamp_token
        self.zulu_timestamp = zulu_timestamp
        self.hash_password = hash_password
        self.clock_offset = clock_offset
        self.now = now
        self.timestamp = timestamp
        self.must_understand = must_understand
        self.nonce_with_text = nonce_with_text

    def apply(
        self, envelope: etree._Element, headers: dict[str, str]
    ) -> tuple[etree._Element, dict[str, str]]:
        """Puts the token into the Security header of a request, in place."""
        prepared, lifetime = self._timestamp()
        token, *others = _wsse.username_token_skeleton(
            self.username,
            self.password,
            self.password_digest,
            self.use_digest,
            self.nonce,
            self.created,
            self.zulu_timestamp,
            self.hash_password,
            nonce_with_text=self.nonce_with_text,
            timestamp=lifetime,
            random=os.urandom,
            now=self._present,
        )
        security = security_header(envelope)
        if self.must_understand:
            security.set(f"{{{etree.QName(envelope).namespace}}}mustUnderstand", "1")
        # A WSDL may have put an empty token there, to be filled.
        present = security.find(f"{{{WSSE}}}UsernameToken")
        if present is None:
            present = bare_element(token)
            security.append(present)
        timestamps = [element(other) for other in others]
        if prepared is not None:
            timestamps.append(copy.deepcopy(prepared))
        # A request may come twice, when it is sent again: what is written replaces its like.
        _extend_anew(security, timestamps)
        _extend_anew(present, [element(child) for child in token[4]])
        return envelope, headers

    def verify(self, envelope: etree._Element) -> None:
        """Accepts every reply: a UsernameToken asks nothing of one."""

    def _present(self) -> datetime.datetime:
        if self.now is not None:
            present = self.now()
        else:
            present = datetime.datetime.now(datetime.timezone.utc)
        offset = self.clock_offset
        if offset is None:
            return present
        if not isinstance(offset, datetime.timedelta):
            offset = datetime.timedelta(seconds=offset)
        return present + offset

    def _timestamp(self) -> tuple[Optional[etree._Element], Union[bool, int, None]]:
        """The Timestamp to copy, and the lifetime of the one to make; either may be None."""
        prepared = self.timestamp_token
        lifetime = self.timestamp
        if isinstance(lifetime, datetime.timedelta):
            lifetime = int(lifetime.total_seconds())
        if lifetime is False:
            lifetime = None
        if prepared is True:
            return None, True if lifetime is None else lifetime
        if prepared is None or prepared is False:
            return None, lifetime
        if not etree.iselement(prepared):
            raise Misuse(
                f"timestamp_token must be an lxml element or True, not {type(prepared).__name__}",
                cause="invalid-argument",
            )
        if lifetime is not None:
            raise Misuse(
                "give timestamp_token or timestamp, not both: a header has one Timestamp",
                cause="invalid-argument",
            )
        return prepared, None


def _extend_anew(parent: etree._Element, children: list[etree._Element]) -> None:
    written = {child.tag for child in children}
    for child in list(parent):
        if child.tag in written:
            parent.remove(child)
    parent.extend(children)
