"""
What is done with uploaded bytes, by name: in a worker process of `contribute.workers`, or here where bytes are trusted.

A task is a function of the rules, what is published and its own arguments. What it gives is a value that
`isolation.values` reads: frozen dataclasses of modules that are imported here, RDF terms, texts, bytes. It writes no
file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from ecograph.contribute import converting, exporting, marking, staging
from ecograph.contribute.converting import Converted
from ecograph.contribute.packing import SourceFile
from ecograph.contribute.rules import Rules
from ecograph.contribute.staged import Staged
from ecograph.store.base import Snapshot


class Runner(Protocol):
    """Runs a task on what is published, wherever that may be."""

    def __call__(self, task: str, snapshot: Snapshot | None, /, **arguments: Any) -> Any:
        """
        What the task gives.

        Args:
            task: Its name in `TASKS`.
            snapshot: What is published; None for nothing.
            arguments: The task's own.

        Raises:
            EcoGraphError: What the task raises, and in a worker `ContributionTimeout`, `ContributionTooBig` or
                `ContributionBusy`.
        """
        ...


def stage(rules: Rules, snapshot: Snapshot | None, **arguments: Any) -> Staged:
    """The files of a contribution, read and checked; the arguments are those of `staging.stage`."""
    return staging.stage(rules=rules, snapshot=snapshot, **arguments)


def mark(rules: Rules, snapshot: Snapshot | None, **arguments: Any) -> bytes:
    """The files back as a workbook with marked cells; the arguments are those of `marking.marked`."""
    return marking.marked(rules=rules, **arguments)


def errors(rules: Rules, snapshot: Snapshot | None, **arguments: Any) -> SourceFile | None:
    """The rows that must be corrected; the arguments are those of `marking.error_file`."""
    return marking.error_file(**arguments)


def convert(rules: Rules, snapshot: Snapshot | None, **arguments: Any) -> Converted:
    """A file in another form; the arguments are those of `converting.convert`."""
    return converting.convert(rules=rules, snapshot=snapshot, **arguments)


def export(rules: Rules, snapshot: Snapshot, template: str, **arguments: Any) -> bytes:
    """What a publisher has published of a template; the other arguments are those of `exporting.export`."""
    return exporting.export(snapshot=snapshot, template=rules.contract.template(template), rules=rules, **arguments)


Task = Callable[..., Any]
"""Called with the rules, what is published, and keyword arguments."""

TASKS: Final[Mapping[str, Task]] = {
    "stage": stage,
    "mark": mark,
    "errors": errors,
    "convert": convert,
    "export": export,
}


def in_process(rules: Rules) -> Runner:
    """A runner for files of one's own: in this process, without limits."""

    def run(task: str, snapshot: Snapshot | None, /, **arguments: Any) -> Any:
        return TASKS[task](rules, snapshot, **arguments)

    return run
