"""How the pool and its workers speak: a head in JSON and a body of bytes, each preceded by its length."""

from __future__ import annotations

import json
import struct
from typing import Any, Final

LENGTHS: Final = struct.Struct(">II")
"""Bytes of the head, bytes of the body."""


def pack(head: dict[str, Any], body: bytes = b"") -> bytes:
    """One message as bytes."""
    written = json.dumps(head).encode()
    return LENGTHS.pack(len(written), len(body)) + written + body


def unpack_head(data: bytes) -> dict[str, Any]:
    """The head of a message."""
    head: dict[str, Any] = json.loads(data)
    return head
