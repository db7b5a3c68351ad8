"""What is costly and always the same is made once in a run of the tests, by the process that needs it first."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

_PLACE: Final = "ECOGRAPH_TESTS_ONCE"
_PREFIX: Final = "ecograph-tests-"


def begin() -> None:
    """A place for this run; the processes that a run is divided into have the one of the process that started them."""
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        owner = left.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():  # of a run that was killed
            shutil.rmtree(left, ignore_errors=True)
    os.environ[_PLACE] = tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-")


def end() -> None:
    """Leave nothing behind."""
    shutil.rmtree(os.environ.pop(_PLACE))


def copied(name: str, make: Callable[[Path], object], directory: Path) -> Path:
    """
    A directory as it is made once, to be changed at will.

    Args:
        name: What to call it in this run.
        make: Fills an empty directory; others that want it wait.
        directory: Where the copy goes; it may exist.

    Returns:
        `directory`.
    """
    made = Path(os.environ[_PLACE]) / name
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            making = made.with_suffix(".new")
            shutil.rmtree(making, ignore_errors=True)  # of one that failed
            making.mkdir()
            make(making)
            making.rename(made)
    return Path(shutil.copytree(made, directory, dirs_exist_ok=True, copy_function=_copy))


def _copy(source: str, target: str) -> str:
    """RocksDB never changes a table that it has written, and links them between generations itself."""
    if source.endswith(".sst"):
        os.link(source, target)
        return target
    return shutil.copy2(source, target)
