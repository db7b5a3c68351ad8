"""How values are written so that every database keeps them and gives back the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from ecograph.ledger.records import JsonValue


def moment(after: timedelta = timedelta()) -> str:
    """Now, or so much later: ISO 8601 in UTC, which sorts by time as text."""
    return (datetime.now(UTC) + after).isoformat(timespec="microseconds")


def plain(words: str) -> str:
    """
    What people wrote, without what no database takes: NUL and halves of characters.

    Example:
        >>> plain("Høje\\x00 Taastrup")
        'Høje Taastrup'
    """
    return words.replace("\0", "").encode("utf-8", "replace").decode()


def as_json(values: Mapping[str, JsonValue]) -> str:
    """
    The one way to write values as JSON: sorted keys, ASCII.

    Example:
        >>> as_json({"mode": "merge", "leave_out": {"behov.csv": [3]}})
        '{"leave_out":{"behov.csv":[3]},"mode":"merge"}'
    """
    return json.dumps(values, sort_keys=True, separators=(",", ":"), allow_nan=False)
