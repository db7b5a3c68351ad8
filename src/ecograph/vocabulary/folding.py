"""The comparing form of labels and names."""

from __future__ import annotations

from ecograph.spelling import fold_name as fold

__all__ = ["fold"]
