"""
Uploaded files handled in processes that can be killed.

Whatever a file does to its worker (a bomb, a loop, a crash) costs that worker and nothing else. What comes back is read
as values only, so that not even a worker that a file has taken over can make this process do anything.

Source:
    docs/decisions/0007-untrusted-files.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, NoReturn

from ecograph.contribute.tasks import TASKS
from ecograph.errors import ContributionBusy, ContributionTimeout, ContributionTooBig
from ecograph.isolation.frames import Head
from ecograph.isolation.pool import ProcessPool, size_text
from ecograph.isolation.process import Died
from ecograph.isolation.values import read_error, read_value, write_value
from ecograph.store.base import Snapshot

_VALUES: Final = (
    "ecograph.contribute",
    "ecograph.shacl",
    "ecograph.rdf",
    "ecograph.vocabulary",
    "ecograph.identifiers",
)
_ANSWER_BYTES: Final = 256 << 20  # 20,000 rows with every cell's place are about 70 MB


class ContributionWorkers(ProcessPool):
    """
    Runs the tasks of `contribute.tasks` in processes without network, with a deadline and a memory cap.

    Thread-safe. A worker that a file costs its life is replaced at once.

    Args:
        resources_dir: Where the workers read the rules.
        size: Tasks done at the same time.
        queue: Tasks that may wait for a worker.
        timeout_s: Deadline of one task; a task waits for a worker no longer than that either.
        memory_bytes: What one task may take beyond the rules and the open store.
    """

    def __init__(
        self,
        resources_dir: Path,
        *,
        size: int = 2,
        queue: int = 8,
        timeout_s: float = 60.0,
        memory_bytes: int = 2 << 30,
    ) -> None:
        super().__init__(
            ("ecograph.contribute.worker", "ContributionEngine", str(resources_dir.resolve())),
            ContributionBusy,
            size=size,
            queue=queue,
            timeout_s=timeout_s,
            memory_bytes=memory_bytes,
            answer_bytes=_ANSWER_BYTES,
            keep=True,
        )

    def run(self, task: str, snapshot: Snapshot | None, /, **arguments: Any) -> Any:
        """
        What a task gives, or the error it raises; see `tasks.Runner`.

        Args:
            task: Its name in `TASKS`.
            snapshot: What is published; None for nothing. It must be one that other processes can open.
            arguments: The task's own.

        Raises:
            ContributionTimeout: Stopped at the deadline.
            ContributionTooBig: Stopped at the limit on memory, or nested too deeply.
            ContributionBusy: No worker came free.
            EcoGraphError: What the task raises.
        """
        if task not in TASKS:
            raise KeyError(task)
        if snapshot is not None and snapshot.path is None:
            raise ValueError("the snapshot is not in a directory that another process can open")
        directory = str(snapshot.path.resolve()) if snapshot is not None and snapshot.path else ""
        request = {"task": task, "directory": directory}
        try:
            head, body = self._ask(request, write_value(arguments), self.timeout_s)
        except Died as died:
            self._raise_death(died)
        if "error" in head:
            self._raise_error(head, body)
        return read_value(body, _VALUES)

    def _raise_death(self, died: Died) -> NoReturn:
        match died.cause:
            case "deadline":
                raise ContributionTimeout(seconds=f"{self.timeout_s:g}") from None
            case "stack" | "memory":
                raise ContributionTooBig(limit=size_text(self.memory_bytes)) from None
            case _:
                raise RuntimeError(f"contribution worker ended with status {died.status}") from None

    def _raise_error(self, head: Head, body: bytes) -> NoReturn:
        match head["error"]:
            case "raised":
                raise read_error(body, _VALUES)
            case "too-big":
                raise ContributionTooBig(limit=size_text(self.memory_bytes))
            case _:
                surprise = RuntimeError(f"contribution worker: {head['detail']}")
                surprise.add_note(str(head["trace"]))
                raise surprise
