"""An HTTP service (plain WSGI) whose callers must send an X-WSSE header.

    ALICE_PASSWORD=... python examples/xwsse_server.py [PORT]

Call it with examples/xwsse_client.py.
"""

import logging
import os
import sys
from wsgiref.simple_server import make_server

import wsse
from wsse.http import Challenge, HeaderCheck

logger = logging.getLogger("xwsse_server")


def wsgi_application(check):
    """Greets whoever `check` authenticates; anybody else gets a challenge."""
    challenge = Challenge("notes").write()

    def serve(environ, start_response):
        try:
            caller = check.check(environ.get("HTTP_X_WSSE", ""))
        except wsse.Error as error:
            # The reason is for the log; the caller learns only that it was refused.
            logger.warning("%s: %s", error.category, error)
            start_response(
                "401 Unauthorized",
                [("WWW-Authenticate", challenge), ("Content-Type", "text/plain")],
            )
            return [b"authentication required\n"]
        start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
        return [f"Hello {caller.username}\n".encode()]

    return serve


def main():
    logging.basicConfig(format="%(name)s: %(message)s")
    check = HeaderCheck(
        passwords={"alice": os.environ["ALICE_PASSWORD"]}, dialects=["atom", "atom-base64"]
    )
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    server = make_server("127.0.0.1", port, wsgi_application(check))
    print(f"http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
