"""The service on graphs of a test's choice: all of EcoGraph, on loopback, around a generation made for the test."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pyoxigraph import NamedNode, Quad, RdfFormat, serialize

from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.rdf.patch import Step
from service import ROOT, serving


@contextmanager
def graphs_served(directory: Path, graphs: Mapping[str, Iterable[Quad]]) -> Iterator[str]:
    """
    The address of a service on these graphs.

    Args:
        directory: A new one, for its data.
        graphs: The statements of each named graph. They may hold blank nodes, which no contribution may, so they come
            by the way of a replay and not through the door.
    """
    data = serialize(
        (Quad(*quad.triple, NamedNode(name)) for name, quads in graphs.items() for quad in quads),
        format=RdfFormat.N_QUADS,
    )
    assert data is not None
    settings = Settings(data_dir=directory, resources_dir=ROOT, query_workers=1)
    with EcoGraph.open(settings) as ecograph:
        ecograph.store.rebuild([Step(1, [zlib.compress(b"+\n" + data + b"-\n")])])
        with serving(ecograph) as url:
            yield url
