"""The shipped graph, loaded once per test run through the door, and served on loopback."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from browsing import chromium
from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from service import serving

HERE = Path(__file__).parent
ROOT = HERE.parent
_WHOLE = ("contract", "durability", "hostile", "interop", "journeys")


def pytest_configure(config: pytest.Config) -> None:
    """Texts are read once: what they mean is kept between tests and runs, by their digest and the model's version."""
    if config.cache is not None:
        kept = config.cache.mkdir("ecograph") / "vectors.sqlite"
        os.environ.setdefault("ECOGRAPH_VECTORS_FILE", str(kept))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole ways through the software, attacks on it, and other programs that ask it, are left out of `make check`."""
    for item in items:
        if item.path.is_relative_to(HERE) and item.path.relative_to(HERE).parts[0] in _WHOLE:
            item.add_marker(pytest.mark.slow)


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as found:
        yield found
