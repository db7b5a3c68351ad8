"""
The allocator that workers take their memory with.

The engine makes and lets go of many small pieces for each solution, and the C library's own allocator takes a tenth of
a query's time for that.

Source:
    docs/decisions/0017-workers-have-an-allocator-of-their-own.md; mimalloc, "Environment Options".
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from typing import Final

_PACKAGE: Final = "cmeel-mimalloc"
_LIBRARY: Final = "libmimalloc.so"


@cache
def environment() -> dict[str, str]:
    """
    What the environment of a process says so that it has the allocator; where there is none, the system's is tamed.

    The cap on a worker counts address space, so that neither may reserve much more than is used.
    """
    try:
        files = distribution(_PACKAGE).files or ()
    except PackageNotFoundError:
        files = ()
    for file in files:
        if file.name == _LIBRARY:
            return {"LD_PRELOAD": str(file.locate()), "MIMALLOC_ARENA_RESERVE": "64M"}
    return {"MALLOC_ARENA_MAX": "2"}  # of which each reserves 64 MB
