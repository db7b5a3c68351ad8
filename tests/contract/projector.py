"""
A process that projects a ledger to a server in small requests, says how far it is, and may be killed.

    python projector.py LEDGER QUERY UPDATE [USER PASSWORD]
"""

from __future__ import annotations

import os
import sys
from contextlib import closing

from ecograph.contribute.publishing import Publisher
from ecograph.ledger.sql import Ledger
from ecograph.store import remote
from ecograph.store.endpoint import Address
from ecograph.store.remote import RemoteStore


def main(ledger_path: str, query: str, update: str, user: str | None = None, password: str | None = None) -> None:
    """Catch up, with a line for each revision and each request."""
    remote.ONE_REQUEST = 4  # type: ignore[misc]
    address = Address(query, update, None, user, password)
    with closing(Ledger.open(f"sqlite:///{ledger_path}")) as ledger, closing(RemoteStore.open(address)) as store:
        send = store.endpoint.update

        def telling(text: str) -> None:
            send(text)
            os.write(1, b"request\n")

        store.endpoint.update = telling  # type: ignore[method-assign]
        Publisher(ledger, store).catch_up()
    os.write(1, b"done\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
