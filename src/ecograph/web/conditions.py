"""
Conditional requests: whether a client has the answer already.

Source:
    RFC 9110, sections 13.1 and 13.2.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final

_LONGEST: Final = 2000  # characters of a header that are looked at

KEPT: Final = ("etag", "last-modified", "cache-control", "vary", "expires", "ecograph-revision", "memento-datetime")
"""Headers that a 304 repeats (RFC 9110, section 15.4.5)."""


def names(asked: Mapping[str, str], etag: str) -> bool:
    """
    Whether `If-None-Match` lists an entity tag.

    Example:
        >>> names({"if-none-match": 'W/"0.1.0-6", W/"0.1.0-7"'}, 'W/"0.1.0-7"')
        True
    """
    return _weak(etag) in _tags(asked)


def fresh(asked: Mapping[str, str], answer: Mapping[str, str]) -> bool:
    """
    Whether what a client has is what an answer would give it; the entity tag decides where one was sent.

    Args:
        asked: The headers of the request, in small letters.
        answer: Those of the answer, which must be a 200 to GET or HEAD.
    """
    if "if-none-match" in asked:
        etag = answer.get("etag")
        return etag is not None and (asked["if-none-match"].strip() == "*" or names(asked, etag))
    since, modified = asked.get("if-modified-since"), answer.get("last-modified")
    if not since or not modified:
        return False
    try:
        return parsedate_to_datetime(modified).timestamp() <= parsedate_to_datetime(since[:_LONGEST]).timestamp()
    except (ValueError, TypeError, OverflowError):
        return False


def _tags(asked: Mapping[str, str]) -> list[str]:
    return [_weak(tag.strip()) for tag in asked.get("if-none-match", "")[:_LONGEST].split(",")]


def _weak(tag: str) -> str:
    return tag.removeprefix("W/")
