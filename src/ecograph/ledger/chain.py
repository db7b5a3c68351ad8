"""
The hash chain: a revision's hash covers everything said about it and the hash before, so nothing changes unseen.

What can be erased (personal statements, contributed files) is covered by a salted digest of its own: when bytes and
salt are gone the chain still verifies, and the digest that stays says nothing about what was there.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Final

GENESIS: Final = "0" * 64
"""The hash before the first revision."""

_SALT_BYTES: Final = 32


def link(previous: str, fields: Mapping[str, object]) -> str:
    """
    The hash of a revision.

    Args:
        previous: Hash of the revision before, or `GENESIS`.
        fields: Everything the hash covers: strings, whole numbers, lists and mappings of them.

    Returns:
        Hex SHA-256 over the previous hash and the canonical JSON of the fields.

    Example:
        >>> link(GENESIS, {"a": 1, "b": "ø"}) == link(GENESIS, {"b": "ø", "a": 1})
        True
    """
    return hashlib.sha256(bytes.fromhex(previous) + canonical(fields)).hexdigest()


def canonical(fields: Mapping[str, object]) -> bytes:
    """The one way to write the fields as JSON: sorted keys, no spaces, UTF-8 (RFC 8785 for the types we use)."""
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def salt() -> bytes:
    """Fresh random bytes, so that a digest cannot be found by guessing what it covers."""
    return secrets.token_bytes(_SALT_BYTES)


def salted_digest(salt: bytes, data: bytes) -> str:
    """
    Hex SHA-256 of salt and data: stands for the data in the chain.

    Example:
        >>> salted_digest(b"salt", b"data") == salted_digest(b"other", b"data")
        False
    """
    return hashlib.sha256(salt + data).hexdigest()
