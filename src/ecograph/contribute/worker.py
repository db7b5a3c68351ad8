"""What a worker of `contribute.workers` does: tasks, with the rules kept in memory and one generation open."""

from __future__ import annotations

import gc
import pickle
from pathlib import Path
from typing import Final

from ecograph.contribute.packing import SourceFile
from ecograph.contribute.rules import Rules
from ecograph.contribute.tasks import TASKS
from ecograph.errors import EcoGraphError
from ecograph.isolation.confinement import MemoryCap
from ecograph.isolation.frames import Head
from ecograph.isolation.values import write_error, write_value
from ecograph.store.oxigraph import StoreSnapshot

_PRACTICE: Final = SourceFile("need.csv", b"id,title_da\nn1,Skybrud\n")


class ContributionEngine:
    """The rules, and what is published, for one task after the other."""

    stack_bytes: Final = 64 << 20
    """Nested data is walked by native code as well, on this stack; what is nested deeper ends the process."""

    def __init__(self, resources_dir: str) -> None:
        self._rules = Rules.load(Path(resources_dir))
        self._snapshot: StoreSnapshot | None = None
        # What is compiled at first use would otherwise be the first partner's time and memory.
        TASKS["stage"](self._rules, None, files=[_PRACTICE], publisher="practice", rows_only=True)
        gc.collect()
        gc.freeze()
        # A task makes millions of small values and no rings of them: looking for rings took two fifths of its time.
        gc.disable()

    def prepare(self, request: Head, cap: MemoryCap) -> None:
        """Open the generation that the task reads, unless it is open."""
        directory = Path(request["directory"]) if request["directory"] else None
        if directory != (self._snapshot.path if self._snapshot is not None else None):
            cap.lift()
            self._snapshot = None
            gc.collect()
            self._snapshot = StoreSnapshot.at(directory) if directory else None

    def answer(self, request: Head, body: bytes) -> tuple[Head, bytes]:
        """What the task gives, or the error it raises, pickled."""
        gc.collect()
        try:
            value = TASKS[request["task"]](self._rules, self._snapshot, **pickle.loads(body))
        except EcoGraphError as error:
            return {"error": "raised"}, write_error(error)
        except RecursionError:
            return {"error": "too-big"}, b""
        written = write_value(value)
        return ({}, written) if len(written) <= request["answer_bytes"] else ({"error": "too-big"}, b"")
