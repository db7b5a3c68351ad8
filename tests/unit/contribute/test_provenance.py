"""Facts about who contributed what."""

from __future__ import annotations

from collections.abc import Callable

from pyoxigraph import NamedNode

from ecograph.contribute.provenance import contribution_iri, datasets
from ecograph.contribute.staging import Staged
from ecograph.namespaces import GRAPH
from ecograph.store.oxigraph import MemorySnapshot


class TestDatasets:
    def test_published_graph_is_attributed(self, staged: Callable[..., Staged]) -> None:
        """
        For each published graph it can be asked whose words it holds, under which licence, from where and since when.
        """
        result = staged()
        [(graph, dataset)] = datasets(MemorySnapshot(result.patch(MemorySnapshot()).additions)).items()
        assert graph == dataset.graph == GRAPH.synthetic
        assert dataset.iri == contribution_iri("synthetic")
        assert dataset.titles["sv"] == "Syntetisk"
        assert dataset.publisher_name == "Synthetic publisher"
        assert dataset.license == NamedNode("https://creativecommons.org/publicdomain/zero/1.0/")
        assert dataset.rights["da"] == "Opdigtet til test."
        assert dataset.issued == "2026-11-22"
        assert dataset.sources == ("https://example.org/",)
        assert dataset.statements == len(result.quads)
        assert dataset.example

    def test_nothing_published(self) -> None:
        """
        An empty graph has no contributors.
        """
        assert not datasets(MemorySnapshot())
