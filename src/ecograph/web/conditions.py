"""
Conditional requests: whether a client has the answer already.

Source:
    RFC 9110, sections 13.1 and 13.2.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final

JSON: Final = "application/json"

_ANYTHING: Final = "*/*"
_LONGEST: Final = 2000  # characters of a header that are looked at

KEPT: Final = ("etag", "last-modified", "cache-control", "vary", "expires", "ecograph-revision", "memento-datetime")
"""Headers that a 304 repeats (RFC 9110, section 15.4.5)."""


def represented(etag: str, media_type: str) -> str:
    """
    The entity tag of one of several formats.

    Args:
        etag: Of a revision, which is weak; a strong one is of one format anyway, and returned as it is.
        media_type: Of the format. JSON, which most addresses have alone, goes without saying.

    Example:
        >>> represented('W/"0.1.0-7"', "text/turtle; charset=utf-8"), represented('W/"0.1.0-7"', JSON)
        ('W/"0.1.0-7-turtle"', 'W/"0.1.0-7"')
    """
    essence = media_type.partition(";")[0].strip()
    if essence == JSON or not etag.startswith("W/"):
        return etag
    return f'{etag[:-1]}-{essence.partition("/")[2]}"'


def takes_json(asked: Mapping[str, str]) -> bool:
    """Whether a client takes JSON where there is JSON, whatever else there is."""
    return asked.get("accept", _ANYTHING) in (_ANYTHING, JSON)


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
