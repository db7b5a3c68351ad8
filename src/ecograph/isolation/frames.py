"""How a pool and its workers speak: a head in JSON and a body of bytes, each preceded by its length."""

from __future__ import annotations

import json
import struct
from typing import Any, Final

Head = dict[str, Any]

_WRITER: Final = json.JSONEncoder()
_READER: Final = json.JSONDecoder()

LENGTHS: Final = struct.Struct(">II")
"""Bytes of the head, bytes of the body."""


def pack_head(head: Head, body_bytes: int = 0) -> bytes:
    """
    Everything of a message that comes before its body.

    Example:
        >>> pack_head({"ready": True}, 3)[8:]
        b'{"ready": true}'
    """
    written = _WRITER.encode(head).encode()
    return LENGTHS.pack(len(written), body_bytes) + written


def unpack_head(data: bytes) -> Head:
    """The head of a message."""
    head: Head = _READER.raw_decode(data.decode())[0]
    return head
