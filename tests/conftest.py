"""The shipped graph, loaded once per test run through the door, and served on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from service import serving

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EcoGraph]:
    """An EcoGraph that holds everything that is shipped."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("shipped"), resources_dir=ROOT)
    with EcoGraph.open(settings) as ecograph:
        ecograph.load()
        yield ecograph


@pytest.fixture(scope="session")
def site(loaded: EcoGraph) -> Iterator[str]:
    """The address of a service on the shipped graph."""
    with serving(loaded) as url:
        yield url
