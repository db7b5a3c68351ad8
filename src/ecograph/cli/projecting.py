"""Command of the operator: write the graph to a SPARQL server."""

from __future__ import annotations

import time
from contextlib import closing
from enum import StrEnum
from typing import Annotated

import typer

from ecograph.cli.progress import progress
from ecograph.cli.state import require_local, say, state, words
from ecograph.errors import NotLoaded


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
    with closing(Ledger.open(settings.ledger_address)) as ledger, closing(RemoteStore.open(address)) as store:
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
