"""
Bytes to text by fixed rules: no charset guesser, the same answer every time.

In this order: byte order mark; the zero bytes of UTF-16; strict UTF-8; then the 8-bit code page under which the Nordic
letters stand where letters stand. Text that was encoded twice (`Ã¸` for `ø`) is put right line by line where nothing is
lost by it, and named where it is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8", "UTF-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le", "UTF-32"),
    (b"\x00\x00\xfe\xff", "utf-32-be", "UTF-32"),
    (b"\xff\xfe", "utf-16-le", "UTF-16"),
    (b"\xfe\xff", "utf-16-be", "UTF-16"),
)
_PAGES: Final = (
    ("cp1252", "Windows-1252"),
    ("mac_roman", "Mac Roman"),
    ("cp850", "DOS (cp850)"),
    ("iso-8859-1", "ISO-8859-1"),
)
"""In the order in which a tie is decided: what Excel for Windows saves comes first."""

_NORDIC: Final = frozenset("æøåäöÆØÅÄÖ")
_FAMILIAR: Final = frozenset("éüÉÜ")
_BETWEEN: Final = frozenset("’‘–·\u00a0-")  # stands between two letters without being odd
_TYPOGRAPHIC: Final = frozenset("“”„…•§°²³½¼¾€£«»—×´©®™") | _BETWEEN
_HIGH: Final = re.compile(r"[^\x00-\x7f]")
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_LINE_BYTES: Final = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_LOOKED_AT: Final = 5000
"""High characters weighed: far more than it takes, and a bound on the work for 10 MB of them."""

_ZEROS: Final = 0.3
"""Share of zero bytes on one side of the pairs: Nordic text in UTF-16 has over .9, binary content has them on both."""

NORDIC, FAMILIAR, ODD, MISPLACED = 2, 1, -2, -3
"""What a high character adds to a code page: a wrong page shows a symbol or a misplaced letter for nearly every one."""


class Undecodable(ValueError):
    """Bytes that no rule turns into text. `reason` is a key of `contribution.unreadable`."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


@dataclass(frozen=True)
class Decoded:
    """
    Text, and how it was had.

    Args:
        text: Without byte order mark.
        encoding: As people call it.
        repaired: Lines that had been encoded twice and were put right.
        broken: Lines that still look encoded twice.
        mixed: Whether lines in UTF-8 stand among lines in a code page.
    """

    text: str
    encoding: str
    repaired: int = 0
    broken: int = 0
    mixed: bool = False


def decode(data: bytes) -> Decoded:
    """
    The text of a file.

    Raises:
        Undecodable: Binary content, or not what its byte order mark says.

    Example:
        >>> decode("Ærø;Malmö".encode("mac_roman")).encoding, decode("Ã¸l".encode()).text
        ('Mac Roman', 'øl')

    Source:
        docs/contributing-data.md, "Files".
    """
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return _finished(_strictly(data[len(mark) :], codec, name), name)
    if b"\x00" in data:
        codec = _utf16_without_mark(data)
        return _finished(_strictly(data, codec, "UTF-16"), "UTF-16")
    data = data.rstrip(b"\x1a")  # DOS programs end a text with it
    try:
        return _finished(data.decode("utf-8"), "UTF-8")
    except UnicodeDecodeError:
        codec, name = _page_of(data)
    content = data.decode(codec)
    if not looks_twice_encoded(content):
        return Decoded(content, name)
    by_line = [_line(line, codec) for line in _LINE_BYTES.findall(data)]
    mixed = any(in_utf8 for _, in_utf8 in by_line)
    finished = _finished("".join(line for line, _ in by_line), name)
    return Decoded(finished.text, name, finished.repaired, finished.broken, mixed)


def repair(content: str) -> tuple[str, int, int]:
    """
    Text with the lines put right that were encoded twice, where every character of the line comes back.

    Returns:
        The text, how many lines were put right, and how many still look wrong.

    Example:
        >>> repair("SmÃ¸rrebrÃ¸d"), repair("Ã¸ og ø")
        (('Smørrebrød', 1, 0), ('Ã¸ og ø', 0, 1))
    """
    if not looks_twice_encoded(content):
        return content, 0, 0
    lines: list[str] = []
    repaired = broken = 0
    for line in _LINE.findall(content):
        once = _once_encoded(line) if looks_twice_encoded(line) else line
        repaired += once is not None and once != line
        broken += once is None
        lines.append(line if once is None else once)
    return "".join(lines), repaired, broken


def _finished(content: str, name: str) -> Decoded:
    content, repaired, broken = repair(content)
    return Decoded(content.removeprefix("\ufeff"), name, repaired, broken)


def _strictly(data: bytes, codec: str, name: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise Undecodable("encoding", encoding=name, byte=error.start) from error


def _utf16_without_mark(data: bytes) -> str:
    head = data[:8192]
    even, odd = head[0::2], head[1::2]
    zeros_even, zeros_odd = even.count(0) / max(len(even), 1), odd.count(0) / max(len(odd), 1)
    if zeros_odd >= _ZEROS and not zeros_even:
        return "utf-16-le"
    if zeros_even >= _ZEROS and not zeros_odd:
        return "utf-16-be"
    raise Undecodable("binary")


def _line(line: bytes, codec: str) -> tuple[str, bool]:
    """A line of a file of two minds, and whether it was UTF-8 beyond ASCII."""
    try:
        return line.decode("utf-8"), not line.isascii()
    except UnicodeDecodeError:
        return line.decode(codec), False


def _page_of(data: bytes) -> tuple[str, str]:
    """The code page whose high characters are the Nordic letters, standing where letters stand."""
    scored = [(score, codec, name) for codec, name in _PAGES if (score := _score(data, codec)) is not None]
    _, codec, name = max(scored, key=lambda item: item[0])
    return codec, name


def _score(data: bytes, codec: str) -> int | None:
    try:
        content = data.decode(codec)
    except UnicodeDecodeError:
        return None
    found = zip(_HIGH.finditer(content), range(_LOOKED_AT), strict=False)
    return sum(_weight(content, match.start()) for match, _ in found)


def _weight(content: str, at: int) -> int:
    letter = content[at]
    before, after = content[at - 1 : at], content[at + 1 : at + 2]
    if letter in _TYPOGRAPHIC:
        inside = before.isalpha() and after.isalpha()
        return MISPLACED if inside and letter not in _BETWEEN else 0
    if letter not in _NORDIC and letter not in _FAMILIAR:
        return ODD if letter.isalpha() else MISPLACED
    if letter.isupper() and (before.islower() or before.isdigit()):
        return MISPLACED
    if letter.islower() and before.isupper() and after.isupper():
        return MISPLACED
    return NORDIC if letter in _NORDIC else FAMILIAR


def looks_twice_encoded(content: str) -> bool:
    """Whether a text holds what a Nordic letter looks like when its UTF-8 is read as a code page."""
    return not content.isascii() and _twice_encoded().search(content) is not None


def _once_encoded(line: str) -> str | None:
    """What the line was before UTF-8 was read as a code page; None where it would not come back whole."""
    for codec, _ in _PAGES[:3]:
        try:
            once = bytes(_bytes_of(line, codec)).decode("utf-8")
        except (UnicodeDecodeError, UnicodeEncodeError):
            continue
        if not looks_twice_encoded(once):
            return once
    return None


def _bytes_of(line: str, codec: str) -> Iterator[int]:
    for letter in line:
        try:
            yield letter.encode(codec)[0]
        except UnicodeEncodeError:
            if codec != "cp1252" or ord(letter) > 0xFF:
                raise
            yield ord(letter)  # Windows keeps the five bytes that its code page leaves open


@cache
def _twice_encoded() -> re.Pattern[str]:
    """What the Nordic letters and common marks look like when their UTF-8 is read as a code page."""
    wrong: set[str] = set()
    for letter in sorted(_NORDIC | _FAMILIAR | frozenset("–’“”…")):
        for codec, _ in _PAGES[:3]:
            wrong.add("".join(_read_as(byte, codec) for byte in letter.encode()))
    return re.compile("|".join(re.escape(text) for text in sorted(wrong)))


def _read_as(byte: int, codec: str) -> str:
    try:
        return bytes((byte,)).decode(codec)
    except UnicodeDecodeError:
        return chr(byte)
