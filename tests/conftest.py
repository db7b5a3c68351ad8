"""
The shipped graph, loaded once per test run through the door, and served on loopback.

What is large is imported by the fixture that needs it: the process that hands out the tests does without.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import once

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from ecograph.bootstrap import EcoGraph

HERE = Path(__file__).parent
ROOT = HERE.parent
_WHOLE = ("contract", "durability", "hostile", "interop", "journeys")
# New objects after which Python looks for unreachable ones: loading the shipped graph makes millions that stay.
_COLLECT_AFTER = 20_000


def pytest_configure(config: pytest.Config) -> None:
    """Texts are read once: what they mean is kept between tests and runs, by their digest and the model's version."""
    if not hasattr(config, "workerinput"):
        once.begin()
    if config.cache is not None:
        kept = config.cache.mkdir("ecograph") / "vectors.sqlite"
        os.environ.setdefault("ECOGRAPH_VECTORS_FILE", str(kept))


def pytest_unconfigure(config: pytest.Config) -> None:
    """What was made once goes with the run."""
    if not hasattr(config, "workerinput"):
        once.end()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """
    Whole ways through the software, attacks on it, and other programs that ask it, are left out of `make check`.

    One file that needs the shipped graph comes first, so that it is loaded when the other process needs it.
    """
    for item in items:
        if item.path.is_relative_to(HERE) and item.path.relative_to(HERE).parts[0] in _WHOLE:
            item.add_marker(pytest.mark.slow)
    yield
    loading = next((item.path for item in items if "loaded" in getattr(item, "fixturenames", ())), None)
    items.sort(key=lambda item: item.path != loading)


def pytest_collection_finish() -> None:
    """The tests themselves stay to the end; nobody need look through them for what can go."""
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, *gc.get_threshold()[1:])


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EcoGraph]:
    """An EcoGraph that holds everything that is shipped."""
    from ecograph.bootstrap import EcoGraph
    from ecograph.config import Settings

    def opened(directory: Path) -> EcoGraph:
        return EcoGraph.open(Settings(data_dir=directory, resources_dir=ROOT))

    def load(directory: Path) -> None:
        with opened(directory) as ecograph:
            ecograph.load()

    with opened(once.copied("shipped", load, tmp_path_factory.mktemp("shipped"))) as ecograph:
        yield ecograph


@pytest.fixture(scope="session")
def site(loaded: EcoGraph) -> Iterator[str]:
    """The address of a service on the shipped graph."""
    from service import serving

    with serving(loaded) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    from browsing import chromium

    with chromium() as found:
        yield found
