"""How a table was read and what is said back: one sentence, and remarks on what was assumed or passed over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from ecograph.messages import Language, text

Kind = Literal["csv", "xlsx", "xls", "ods"]
Naming = Literal["machine", "da", "sv", "en"]
"""In which naming a heading is one of a template's: the machine headings, or a language."""

NAMINGS: Final[tuple[Naming, ...]] = ("machine", "da", "sv", "en")
"""In the order in which a tie is decided: what is the same in all is most likely a file from a program."""

_DELIMITERS: Final[Mapping[str, str]] = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_GROUPS: Final[Mapping[Language, str]] = {"da": ".", "sv": "\u00a0", "en": ","}
_SHOWN: Final = 12
"""Ranges of rows or cells that are written out; a person looks for the rest in the sheet."""

_COMMA: Final = re.compile(r"[+-]?(?:\d{1,3}(?:[. \u00a0\u202f]\d{3})+,\d+|0,\d+|\d+,(?:\d{1,2}|\d{4,}))")
_POINT: Final = re.compile(r"[+-]?(?:\d{1,3}(?:[, \u00a0\u202f]\d{3})+\.\d+|0\.\d+|\d+\.(?:\d{1,2}|\d{4,}))")


@dataclass(frozen=True)
class Reading:
    """
    How a table was read.

    Args:
        kind: CSV, or the format of a workbook.
        encoding: The encoding of a CSV, as people call it.
        delimiter: The character between a CSV's cells.
        sheet: The sheet of a workbook.
        decimal_comma: Whether `1.700` means 1700: so it is where the semicolon separates cells. None: not known.
        headings: The naming of the headings; None if no heading is known.
    """

    kind: Kind
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    decimal_comma: bool | None = None
    headings: Naming | None = None

    @property
    def language(self) -> Language | None:
        """The language of the headings; None for machine headings and for unknown ones."""
        return None if self.headings == "machine" else self.headings

    def sentence(self, file: str, rows: int, lang: Language) -> str:
        """How a file was read, in one sentence."""
        said = self._where(lang)
        if self.decimal_comma is not None:
            said.append(text(f"contribution.read.decimal-{'comma' if self.decimal_comma else 'point'}", lang))
        if self.headings is not None:
            said.append(text(f"contribution.read.headings-{self.headings}", lang))
        counted = f"{rows:,}".replace(",", _GROUPS[lang])
        said.append(text(f"contribution.read.{'row' if rows == 1 else 'rows'}", lang, rows=counted))
        return f"{file}: {', '.join(said)}."

    def _where(self, lang: Language) -> list[str]:
        if self.kind == "csv":
            return [text(f"contribution.delimiter.{_DELIMITERS[self.delimiter]}", lang), self.encoding]
        return [text("contribution.read.sheet", lang, sheet=self.sheet)]


@dataclass(frozen=True)
class Remark:
    """
    Something that was assumed or passed over, and that a person may want to know.

    Args:
        code: The message `contribution.remark.{code}`.
        values: Its placeholders.
    """

    code: str
    values: Mapping[str, str] = field(default_factory=dict)

    def text(self, lang: Language) -> str:
        """The remark in the reader's language."""
        return text(f"contribution.remark.{self.code}", lang, **self.values)


def decimal_comma(cells: Iterable[str], custom: bool | None) -> bool | None:
    """
    Whether the decimal mark of a table's texts is a comma.

    Args:
        cells: Of columns of numbers; those that can only be read in one way are the evidence.
        custom: What programs do that separate cells as this table does; None where there is no custom.

    Returns:
        The custom if nothing speaks against it, None if something does, or if there is evidence for both. Without a
        custom, what there is evidence for.

    Example:
        >>> decimal_comma(["1,5", "1.700"], None), decimal_comma(["1.700"], None), decimal_comma(["12.5681"], True)
        (True, None, None)

    Source:
        docs/contributing-data.md, "Numbers".
    """
    comma = point = False
    for cell in cells:
        if cell[-1:].isdigit() and ("," in cell or "." in cell):
            comma = comma or _COMMA.fullmatch(cell) is not None
            point = point or _POINT.fullmatch(cell) is not None
    if comma == point:
        return None if comma else custom
    return comma if custom in (None, comma) else None


def ranges(numbers: Iterable[int]) -> str:
    """
    Row numbers with runs written as ranges.

    Example:
        >>> ranges([3, 4, 5, 9])
        '3–5, 9'
    """
    runs: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    said = [str(first) if first == last else f"{first}–{last}" for first, last in runs[:_SHOWN]]
    return ", ".join((*said, "…") if len(runs) > _SHOWN else said)


def some(places: Sequence[str]) -> str:
    """The first places of a list, for a remark."""
    return ", ".join((*places[:_SHOWN], "…") if len(places) > _SHOWN else places)
