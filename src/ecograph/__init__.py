"""EcoGraph: the knowledge graph of the Øresund innovation ecosystem."""

__version__ = "0.1.0"

import importlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecograph.client import connect as connect
    from ecograph.client import open as open

# Requests are answered beside each other; threads within one would wait for the others'. It is read when numpy loads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def __getattr__(name: str) -> object:
    """`open` and `connect`, loaded when they are asked for: most of the package does without."""
    if name in ("connect", "open"):
        return getattr(importlib.import_module("ecograph.client"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
