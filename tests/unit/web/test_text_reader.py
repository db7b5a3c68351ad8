"""The service reads new texts by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.web.text_reader import TextReader
from service import ROOT, fill


def opened(directory: Path) -> Settings:
    return Settings(data_dir=directory / "var", resources_dir=ROOT, vectors_file=directory / "vectors.sqlite")


def soon(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 120
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def test_what_is_missing_is_read_while_the_service_answers(tmp_path: Path) -> None:
    """
    A service whose texts have not been read answers at once; later it knows what they mean, at the same revision.
    """
    with EcoGraph.open(opened(tmp_path)) as ecograph:
        fill(ecograph, tmp_path)
        before = ecograph.view()
        assert not before.matcher.evidence.meaning.available
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


def test_a_service_that_stops_goes_on_later(tmp_path: Path) -> None:
    """
    Stopping does not wait for all texts, and what was read until then is kept.
    """
    with EcoGraph.open(opened(tmp_path)) as ecograph:
        fill(ecograph, tmp_path)
        _ = ecograph.view().matcher
        reader = TextReader(ecograph, every_s=0.05)
        reader.start()
        assert soon(lambda: ecograph.settings.vectors_path.exists())
        reader.stop()
    with EcoGraph.open(opened(tmp_path)) as ecograph:
        texts = ecograph.view().passages()
        kept = int(ecograph.vectors.known(texts)[1].sum())
        assert ecograph.read_texts() == len(texts) - kept
        assert ecograph.read_texts() == 0
        ecograph.vectors.keep_only(texts[:5])
        ecograph.forget_texts()
        assert int(ecograph.vectors.known(texts)[1].sum()) == 5
