"""What a person sees while something takes long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ecograph.cli.state import err, state, words

Watch = Callable[[int, int, str], None]
"""Called with (done, total, what is being done)."""


@contextmanager
def progress() -> Iterator[Watch | None]:
    """A bar on a terminal, a line per step elsewhere, nothing when quiet."""
    if state.quiet:
        yield None
        return
    if not err.is_terminal:
        seen: set[str] = set()

        def line(done: int, total: int, label: str) -> None:
            if label not in seen:
                seen.add(label)
                err.print(f"[{done}/{total}] " + words("cli.loading", label=label), markup=False)

        yield line
        return
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
    ) as bars:
        task = bars.add_task(words("cli.building"), total=None)
        yield lambda done, total, label: bars.update(
            task, completed=done, total=total, description=words("cli.loading", label=label)
        )
