"""
Codes as people write them to the form their column asks for: leading zeros, hyphens, spaces, prefixes.

What form a column asks for is the pattern of its shape and nothing else. Whether a code exists, and whether its check
digits fit, is asked elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

_FIXED_DIGITS: Final = re.compile(r"\^\[0-9\]\{(\d+)\}\$")
_BETWEEN_DIGITS: Final = re.compile(r"(?<=[0-9X])[ .\u00a0\u202f\u2009\u2010-\u2013-]+(?=[0-9X])")
_LABEL: Final = re.compile(
    r"(?:CVR|ORG|ORCID|ROR)(?:[- .]?NR|[- .]?ID)?[.: \u00a0-]*|(?:DK|SE)[- \u00a0]*(?=\d)", re.IGNORECASE
)
_ANY_LENGTH: Final = ("0", "00000")
_LONGEST: Final = 300
"""Characters of a code: what is longer is no code in another form, and not worth looking at as one."""

_REMEMBERED: Final = 4_096
"""Codes whose form is known: the same cell is asked about for each number that a thing may have."""

_DIGITS: Final = re.compile(r"[0-9]+")

_ORGANISATION: Final = re.compile(r"(?:16)?([0-9]{6})([0-9]{4})(?:01)?")
_ORCID: Final = re.compile(r"([0-9]{4})([0-9]{4})([0-9]{4})([0-9]{3}[0-9X])")
_ORCID_PLACE: Final = re.compile(r"(?:https?://)?(?:www\.)?orcid\.org/", re.IGNORECASE)
_DOI_PLACE: Final = re.compile(r"(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*", re.IGNORECASE)
_ROR: Final = re.compile(r"(?:(?:https?://)?ror\.org/)?(0[a-z0-9]{6}[0-9]{2})/?", re.IGNORECASE)
_WIKIDATA: Final = re.compile(r"Q[0-9]+")


def pad(cell: str, pattern: str | None) -> tuple[str, bool]:
    """
    A code of digits with the leading zeros that a spreadsheet took away.

    Args:
        cell: The text.
        pattern: The regular expression of the column; only `^[0-9]{n}$` says how many digits there must be.

    Returns:
        The code, and whether zeros were added. More than half of the digits are never made up.

    Example:
        >>> pad("169", "^[0-9]{4}$"), pad("0169", "^[0-9]{4}$"), pad("9", "^[0-9]{4}$"), pad("169", None)
        (('0169', True), ('0169', False), ('9', False), ('169', False))
    """
    found = _FIXED_DIGITS.fullmatch(pattern or "")
    if not found or not _DIGITS.fullmatch(cell):
        return cell, False
    wanted = int(found[1])
    if wanted // 2 <= len(cell) < wanted:
        return cell.zfill(wanted), True
    return cell, False


def normal(cell: str, pattern: str | None) -> str:
    """
    A code in the form of its column's pattern, where it is clear which one is meant; else the text as it is.

    A pattern that fits codes of any length asks for no form.

    Example:
        >>> normal("DK 66 13 71 12", "^[0-9]{8}$"), normal("5560125790", "^[0-9]{6}-[0-9]{4}$")
        ('66137112', '556012-5790')
        >>> normal("https://doi.org/10.1000/x", "^10[.][0-9]{4,9}/[^ ]+$")
        '10.1000/x'
    """
    if not pattern or len(cell) > _LONGEST or _fits_any_length(pattern):
        return cell
    return _normal(cell, pattern)


@lru_cache(maxsize=_REMEMBERED)
def _normal(cell: str, pattern: str) -> str:
    fits = re.compile(pattern).search
    return cell if fits(cell) else next(filter(fits, _candidates(cell)), cell)


@cache
def _fits_any_length(pattern: str) -> bool:
    return all(re.search(pattern, code) for code in _ANY_LENGTH)


@lru_cache(maxsize=_REMEMBERED)
def _candidates(cell: str) -> tuple[str, ...]:
    label = _LABEL.match(cell)
    bare = cell[label.end() :] if label else cell
    compact = _BETWEEN_DIGITS.sub("", bare)
    found = [bare, compact]
    for pattern, template in _TEMPLATES.items():
        matches = (pattern.fullmatch(text) for text in (compact, cell, _ORCID_PLACE.sub("", compact)))
        for match in filter(None, matches):
            code = match.expand(template)
            found += [code, code.lower(), code.upper()]
    found += [_ORCID_PLACE.sub("", cell).rstrip("/"), _DOI_PLACE.sub("", cell), cell.upper()]
    return tuple(dict.fromkeys(found))


_TEMPLATES: Final[Mapping[re.Pattern[str], str]] = {
    _ORGANISATION: r"\1-\2",
    _ORCID: r"\1-\2-\3-\4",
    _ROR: r"https://ror.org/\1",
    _WIKIDATA: r"http://www.wikidata.org/entity/\g<0>",
}
