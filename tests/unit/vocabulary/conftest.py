"""The ontology, concept schemes and vocabularies that come with EcoGraph."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from ecograph.vocabulary import external
from ecograph.vocabulary.concepts import Concepts
from ecograph.vocabulary.ontology import Ontology

RESOURCES = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def ontology() -> Ontology:
    return Ontology.load(RESOURCES)


@pytest.fixture(scope="session")
def own(ontology: Ontology) -> Concepts:
    return Concepts.from_quads(ontology.quads)


@pytest.fixture(scope="session")
def vocabularies() -> dict[NamedNode, tuple[Quad, ...]]:
    return dict(external.load(RESOURCES))
