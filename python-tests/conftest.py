"""Fixtures for all tests of the Python surface."""

from __future__ import annotations

import pytest


@pytest.fixture(params=["1.1", "1.2"])
def version(request):
    """A test with this argument runs over SOAP 1.1 and over SOAP 1.2."""
    return request.param


@pytest.fixture
def serve():
    """Starts a spyne service, as soap_service.hello_server does; stops it after the test."""
    from soap_service import hello_server

    servers = []

    def start(*arguments, **options):
        server = hello_server(*arguments, **options)
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.close()
