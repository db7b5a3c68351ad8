"""Each engine that the contract is held against, started once for all its tests."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final

import pytest

import engines
from ecograph.namespaces import GRAPH
from ecograph.store.base import Projection
from ecograph.store.endpoint import Address, Endpoint
from ecograph.store.memory import MemoryStore
from ecograph.store.oxigraph import EmbeddedStore
from ecograph.store.remote import RemoteStore
from engines import Engine

NAMES: Final = ("disk", "memory", "oxigraph", "virtuoso")
QUERY_S: Final = 2  # the servers' own limit: they go on with a query that nobody waits for any more
LISTED: Final = tomllib.loads(Path(__file__).with_name("deviations.toml").read_text(encoding="utf-8"))
QUESTIONS: Final[dict[str, dict[str, str]]] = LISTED.pop("questions")
DEVIATIONS: Final = LISTED


class Tried:
    """One engine under test."""

    def __init__(self, name: str, server: Engine | None = None) -> None:
        self.name = name
        self.server = server

    def deviates(self, deviation: str) -> bool:
        """Whether the list says so."""
        return self.name in DEVIATIONS[deviation]["engines"]

    @property
    def address(self) -> Address:
        assert self.server is not None
        return address(self.server)

    def empty(self, directory: Path) -> Projection:
        """An empty store on the engine."""
        if self.name == "disk":
            return EmbeddedStore.open(directory / "store")
        if self.name == "memory":
            return MemoryStore()
        clear(self.address)
        return RemoteStore.open(self.address)


def address(server: Engine) -> Address:
    """Where a server is."""
    return Address(server.query, server.update, server.graphs, server.user, server.password)


def clear(place: Address) -> None:
    """Leave nothing of EcoGraph on a server."""
    with closing(Endpoint(place)) as endpoint:
        for row in list(endpoint.solutions("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }")):
            if row["g"] in GRAPH:
                endpoint.update(f"DROP SILENT GRAPH {row['g']}")
        if "/store" in (place.graphs or ""):  # there are no graphs of the engine's own
            endpoint.update("DROP ALL")


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Engine]]:
    """The servers, each started when it is first asked for."""
    with ExitStack() as running:

        class Started(dict[str, Engine]):
            def __missing__(self, name: str) -> Engine:
                place = tmp_path_factory.mktemp(name)
                started = (
                    engines.oxigraph(None, "--timeout-s", str(QUERY_S))
                    if name == "oxigraph"
                    else engines.virtuoso(place, query_s=QUERY_S)
                )
                self[name] = running.enter_context(started)
                return self[name]

        yield Started()


@pytest.fixture(params=NAMES)
def engine(request: pytest.FixtureRequest, servers: dict[str, Engine]) -> Tried:
    """Each engine in turn."""
    name = str(request.param)
    return Tried(name, servers[name] if name in ("oxigraph", "virtuoso") else None)


@pytest.fixture(params=["oxigraph", "virtuoso"])
def remote(request: pytest.FixtureRequest, servers: dict[str, Engine]) -> Tried:
    """Each server in turn."""
    return Tried(str(request.param), servers[str(request.param)])


@pytest.fixture
def store(engine: Tried, tmp_path: Path) -> Iterator[Projection]:
    """An empty store on each engine."""
    found = engine.empty(tmp_path)
    yield found
    found.close()
