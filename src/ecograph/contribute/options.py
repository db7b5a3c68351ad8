"""How a contribution is to be read, as its contributor chose; kept in the ledger beside the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from ecograph.contribute.staged import LeaveOut
from ecograph.errors import BadParameter
from ecograph.ledger.records import JsonValue

_MODES: Final = ("merge", "replace")
_MAX_TEXT: Final = 2000  # characters of a note or address; more belongs in the data
_DATE: Final = "2026-12-31"


@dataclass(frozen=True)
class Options:
    """
    What goes with the files.

    Args:
        mode: `merge` leaves what the files leave out as it is; `replace` lets go what is of the same kinds.
        template: The template of every table; None lets file names and headings tell.
        leave_out: By file, rows and things that do not go on.
        source: Web address of where the data was taken from, or empty.
        issued: The day the data is from; None for the day it is sent.
        expires_on: The first day on which it shall no longer be published; None for as long as nobody withdraws it.
        note: What the contributor says to the reviewer.
        corrects: The contribution that this one puts right.

    Raises:
        BadParameter: A value that cannot be.
    """

    mode: Literal["merge", "replace"] = "merge"
    template: str | None = None
    leave_out: LeaveOut = field(default_factory=dict)
    source: str = ""
    issued: date | None = None
    expires_on: date | None = None
    note: str = ""
    corrects: str | None = None

    def __post_init__(self) -> None:
        if self.mode not in _MODES:
            raise BadParameter(name="mode", value=self.mode, expected=", ".join(_MODES))
        if self.source and not _is_address(self.source):
            raise BadParameter(name="source", value=self.source[:80], expected="https://…")
        if len(self.note) > _MAX_TEXT:
            raise BadParameter(name="note", value=f"{self.note[:20]}…", expected=f"≤ {_MAX_TEXT}")

    def as_json(self) -> dict[str, JsonValue]:
        """What differs from the usual, as JSON."""
        said: dict[str, JsonValue] = {
            "mode": self.mode if self.mode != "merge" else None,
            "template": self.template,
            "leave_out": {file: list(parts) for file, parts in self.leave_out.items() if parts},
            "source": self.source,
            "issued": self.issued.isoformat() if self.issued else None,
            "expires_on": self.expires_on.isoformat() if self.expires_on else None,
            "note": self.note,
            "corrects": self.corrects,
        }
        return {name: value for name, value in said.items() if value}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Options:
        """
        The options that JSON states; members that are not known are passed over.

        Raises:
            BadParameter: A value that cannot be.
        """
        leave_out = said.get("leave_out") or {}
        if not isinstance(leave_out, Mapping):
            raise BadParameter(name="leave_out", value=leave_out, expected='{"need.csv": [7]}')
        return cls(
            mode=said.get("mode") or "merge",
            template=_text(said, "template") or None,
            leave_out={str(file): _parts(parts) for file, parts in leave_out.items()},
            source=_text(said, "source"),
            issued=_date(said, "issued"),
            expires_on=_date(said, "expires_on"),
            note=_text(said, "note"),
            corrects=_text(said, "corrects") or None,
        )


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name) or ""
    if not isinstance(value, str):
        raise BadParameter(name=name, value=value, expected='"…"')
    return value.strip()


def _date(said: Mapping[str, Any], name: str) -> date | None:
    value = said.get(name)
    if isinstance(value, date) or not value:
        return value or None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise BadParameter(name=name, value=value, expected=_DATE) from error


def _parts(parts: Any) -> tuple[int | str, ...]:
    if not isinstance(parts, list | tuple) or not all(isinstance(part, int | str) for part in parts):
        raise BadParameter(name="leave_out", value=parts, expected='{"need.csv": [7]}')
    return tuple(parts)


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    plain = len(text) <= _MAX_TEXT and not any(char in text for char in ' <>"{}|\\^`') and text.isprintable()
    return plain and parts.scheme in ("http", "https") and bool(parts.netloc)
