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


class Graphs:
    """
    What a service holds, as a test puts it there: by the way of a replay and not through the door, as it may hold blank
    nodes, which no contribution may.
    """

    def __init__(self, ecograph: EcoGraph) -> None:
        self._ecograph = ecograph
        self._revision = 0

    def hold(self, graphs: Mapping[str, Iterable[Quad]]) -> None:
        """Hold these statements in these named graphs, and nothing else."""
        data = serialize(
            (Quad(*quad.triple, NamedNode(name)) for name, quads in graphs.items() for quad in quads),
            format=RdfFormat.N_QUADS,
        )
        assert data is not None
        self._revision += 1
        self._ecograph.store.rebuild([Step(self._revision, [zlib.compress(b"+\n" + data + b"-\n")])])
        self._ecograph.refresh()


@contextmanager
def graphs_changing(directory: Path) -> Iterator[tuple[str, Graphs]]:
    """The address of a service in a new directory, and what it holds: one statement in a graph that nobody asks for."""
    with EcoGraph.open(Settings(data_dir=directory, resources_dir=ROOT, query_workers=1)) as ecograph:
        graphs = Graphs(ecograph)
        node = NamedNode("urn:nobody")
        graphs.hold({node.value: [Quad(node, node, node)]})
        with serving(ecograph) as url:
            yield url, graphs


@contextmanager
def graphs_served(directory: Path, graphs: Mapping[str, Iterable[Quad]]) -> Iterator[str]:
    """
    The address of a service on these graphs.

    Args:
        directory: A new one, for its data.
        graphs: The statements of each named graph.
    """
    with EcoGraph.open(Settings(data_dir=directory, resources_dir=ROOT, query_workers=1)) as ecograph:
        Graphs(ecograph).hold(graphs)
        with serving(ecograph) as url:
            yield url
