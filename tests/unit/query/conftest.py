"""A small synthetic generation on disk, and a pool of workers on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from ecograph.query.workers import WorkerPool

GRAPHS = (NamedNode("http://example.org/graph/a"), NamedNode("http://example.org/graph/b"))


def generation(directory: Path, size: int) -> Path:
    """A read-only generation with `size` statements in two graphs."""
    store = Store(str(directory / "live"))
    value = NamedNode("http://example.org/value")
    store.extend(
        Quad(NamedNode(f"http://example.org/København/{n}"), value, Literal(n), GRAPHS[n % 2]) for n in range(size)
    )
    store.flush()
    store.backup(str(directory / "generation"))
    return directory / "generation"


@pytest.fixture(scope="session")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two thousand statements."""
    return generation(tmp_path_factory.mktemp("query"), 2000)


@pytest.fixture
def pool(directory: Path) -> Iterator[WorkerPool]:
    """Two workers with little time, memory and room."""
    with WorkerPool(directory, size=2, queue=1, timeout_s=1.5, memory_bytes=256 << 20, result_bytes=1 << 20) as workers:
        yield workers
