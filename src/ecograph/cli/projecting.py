"""Command of the operator: write the graph to a SPARQL server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from ecograph.cli.progress import progress
from ecograph.cli.state import require_local, say, state, words
from ecograph.errors import AlreadyOpen, NotLoaded, StoreUnavailable


@contextmanager
def _turn(directory: Path, to: str, update: str | None) -> Iterator[None]:
    """
    Be the only one of this machine that writes to a server: two that write revisions in pieces would mix them.

    Raises:
        StoreUnavailable: Another one is at it, as where the runs of a timer overlap.
    """
    from ecograph.store.generations import DirectoryLock

    place = directory / "projecting" / sha256((update or to).encode()).hexdigest()[:16]
    lock: DirectoryLock | None = None
    try:
        place.mkdir(parents=True, exist_ok=True)
        lock = DirectoryLock(place)
    except AlreadyOpen as error:
        raise StoreUnavailable(url=to, fault="busy", detail=f"pid {error.values['pid']}") from error
    except PermissionError:
        pass  # the ledger is elsewhere and here nothing may be written; the revision's mark is what is left to go by
    try:
        yield
    finally:
        if lock:
            lock.release()


class Verify(StrEnum):
    """How much is compared afterwards."""

    sample = "sample"
    all = "all"


def project(
    to: Annotated[str, typer.Option(metavar="URL", help="SPARQL query URL of the server.")],
    update: Annotated[str | None, typer.Option(metavar="URL", help="Its update URL, if that is another one.")] = None,
    graph_store: Annotated[
        str | None, typer.Option(metavar="URL", help="Its Graph Store Protocol URL, by which much is loaded quicker.")
    ] = None,
    user: Annotated[
        str | None, typer.Option(help="Who may write; the password is read from ECOGRAPH_STORE_PASSWORD[_FILE].")
    ] = None,
    verify: Annotated[
        Verify | None, typer.Option(help="Then compare the counts and a sample of the statements, or all.")
    ] = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Begin anew, whatever is there.")] = False,
) -> None:
    """Bring the graph on a SPARQL server to the ledger's newest revision."""
    require_local()
    from ecograph.contribute.publishing import Publisher
    from ecograph.ledger.sql import Ledger
    from ecograph.store.endpoint import Address
    from ecograph.store.remote import RemoteStore

    settings, started = state.settings, time.perf_counter()
    if settings.ledger_url is None and not (settings.data_dir / "ledger.sqlite").exists():
        raise NotLoaded(directory=settings.data_dir)
    address = Address(to, update, graph_store, user or settings.store_user, settings.store_secret)
    with ExitStack() as held:
        held.enter_context(_turn(settings.data_dir, to, update))
        ledger = held.enter_context(closing(Ledger.open(settings.ledger_address)))
        store = held.enter_context(closing(RemoteStore.open(address)))
        before = store.revision
        publisher = Publisher(ledger, store)
        with progress() as watch:
            label = words("store.projecting")

            def follow(done: int, total: int) -> None:
                if watch:
                    watch(done, total, label)

            if rebuild:
                publisher.rebuild(follow)
            else:
                publisher.catch_up(follow)
        say(
            "store.projected",
            url=to,
            before=0 if rebuild else before,
            revision=store.revision,
            seconds=round(time.perf_counter() - started, 1),
        )
        if verify is not None:
            steps = (revision.step for revision in ledger.revisions())
            count = store.verify(steps) if verify is Verify.all else store.check(steps)
            say(f"store.verified-{verify}", count=count, loud=True)
