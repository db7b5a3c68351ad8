"""
A process that projects a ledger to a server in small requests, says how far it is, and may be killed.

    python projector.py LEDGER QUERY UPDATE [USER PASSWORD]
    python projector.py --rebuild REQUESTS LEDGER QUERY UPDATE [USER PASSWORD]

The second begins anew, and kills itself after so many requests.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import closing
from itertools import count

from ecograph.contribute.publishing import Publisher
from ecograph.ledger.sql import Ledger
from ecograph.store import remote
from ecograph.store.endpoint import Address
from ecograph.store.remote import RemoteStore


def main(
    ledger_path: str,
    query: str,
    update: str,
    user: str | None = None,
    password: str | None = None,
    *,
    rebuild: int | None = None,
) -> None:
    """Catch up, or begin anew, with a line for each request."""
    remote.ONE_REQUEST = 4  # type: ignore[misc]
    address = Address(query, update, None, user, password)
    with closing(Ledger.open(f"sqlite:///{ledger_path}")) as ledger, closing(RemoteStore.open(address)) as store:
        send, sent = store.endpoint.update, count(1)

        def telling(text: str) -> None:
            send(text)
            os.write(1, b"request\n")
            if next(sent) == rebuild:
                os.kill(os.getpid(), signal.SIGKILL)

        store.endpoint.update = telling  # type: ignore[method-assign]
        publisher = Publisher(ledger, store)
        if rebuild is None:
            publisher.catch_up()
        else:
            publisher.rebuild()
    os.write(1, b"done\n")


if __name__ == "__main__":
    if sys.argv[1] == "--rebuild":
        main(*sys.argv[3:], rebuild=int(sys.argv[2]))
    else:
        main(*sys.argv[1:])
