"""Calls an HTTP service with an X-WSSE header; the standard library is all it needs.

    ALICE_PASSWORD=... python examples/xwsse_client.py http://127.0.0.1:8000/ [DIALECT]
"""

import os
import sys
import urllib.error
import urllib.request

from wsse.http import Authorization, create_header


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Keeps the header, which is as good as a password for some minutes, from other hosts."""

    def redirect_request(self, *arguments):
        return None


def main():
    url = sys.argv[1]
    dialect = sys.argv[2] if len(sys.argv) > 2 else "atom"
    header = create_header("alice", os.environ["ALICE_PASSWORD"], dialect=dialect)
    request = urllib.request.Request(
        url, headers={"Authorization": Authorization().write(), "X-WSSE": header}
    )
    try:
        with urllib.request.build_opener(NoRedirect).open(request, timeout=10) as answer:
            print(answer.read().decode(), end="")
    except urllib.error.HTTPError as error:
        sys.exit(f"refused: {error.code} {error.reason}")


if __name__ == "__main__":
    main()
