"""The files of a contribution as one sequence of bytes, and back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the oldest date a ZIP can hold: the same files give the same bytes


@dataclass(frozen=True)
class SourceFile:
    """A file as it arrived."""

    name: str
    data: bytes

    @classmethod
    def at(cls, path: Path) -> SourceFile:
        """The file at a path."""
        return cls(path.name, path.read_bytes())


def distinct(files: Sequence[SourceFile]) -> tuple[SourceFile, ...]:
    """
    The files with names that differ, as file managers name them.

    Example:
        >>> [file.name for file in distinct([SourceFile("need.csv", b"1"), SourceFile("need.csv", b"2")])]
        ['need.csv', 'need (2).csv']
    """
    found: dict[str, SourceFile] = {}
    for file in files:
        stem, dot, suffix = file.name.rpartition(".")
        names = (f"{stem} ({number}){dot}{suffix}" for number in count(2))
        name = file.name if file.name not in found else next(name for name in names if name not in found)
        found[name] = SourceFile(name, file.data)
    return tuple(found.values())


def pack(files: Sequence[SourceFile]) -> bytes:
    """The bytes of a contribution: the file itself, or a ZIP that is the same for the same files, each `distinct`."""
    if len(files) == 1:
        return files[0].data
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(distinct(files), key=lambda item: item.name):
            archive.writestr(zipfile.ZipInfo(file.name, _EPOCH), file.data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def unpack(payload: bytes, name: str) -> tuple[SourceFile, ...]:
    """
    The files that `pack` packed.

    Args:
        payload: What it returned.
        name: The name of a single file; empty for several.
    """
    if name:
        return (SourceFile(name, payload),)
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        return tuple(SourceFile(member, archive.read(member)) for member in archive.namelist())
