"""A zeep client that sends a UsernameToken digest and a Timestamp with each call.

    ALICE_PASSWORD=... python examples/zeep_client.py http://127.0.0.1:8000/soap11 [NAME]
"""

import os
import sys

import zeep
from zeep.exceptions import Fault

from wsse.zeep import UsernameToken


def main():
    url = sys.argv[1]
    name = sys.argv[2] if len(sys.argv) > 2 else "Bob"
    # timestamp_token=True: a fresh Timestamp for every request.
    token = UsernameToken(
        "alice", os.environ["ALICE_PASSWORD"], use_digest=True, timestamp_token=True
    )
    client = zeep.Client(f"{url}?wsdl", wsse=token)
    try:
        print(client.service.hello(name))
    except Fault as fault:
        # The reason stands in the log of the server; a peer learns no more than this.
        sys.exit(f"refused: {fault.message}")


if __name__ == "__main__":
    main()
