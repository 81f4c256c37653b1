"""What the extension module shows to the process that loads it."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from wsse import _wsse

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or shutil.which("nm") is None,
    reason="nm and an ELF system show the symbols of a module",
)


def symbols(option):
    said = subprocess.run(
        ["nm", "-D", option, _wsse.__file__], check=True, capture_output=True, text=True
    )
    # A symbol's version follows it.
    return {line.split()[-1].partition("@")[0] for line in said.stdout.splitlines()}


def test_only_the_module_s_entry_is_exported():
    """Another OpenSSL in the process, of ssl or of xmlsec, gets none of our functions."""
    assert symbols("--defined-only") == {"PyInit__wsse"}


def test_openssl_is_not_taken_from_the_process():
    """And we get none of theirs."""
    taken = symbols("--undefined-only")
    assert any(name.startswith("Py") for name in taken)
    openssl = ("EVP_", "OPENSSL_", "CRYPTO_", "OSSL_", "X509_", "RSA_", "EC_", "BN_", "ERR_", "SSL_")
    assert [name for name in taken if name.startswith(openssl)] == []
