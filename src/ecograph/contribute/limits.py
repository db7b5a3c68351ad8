"""
How large a contribution may be, each limit in one place with its reason; a page of docs lists them.

What is checked before a parser or a spreadsheet reader sees a byte is checked here or in `rdf.parsing`.
"""

from __future__ import annotations

import io
import math
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ecograph.contribute.reading.cells import MAX_CELL_VALUES
from ecograph.contribute.reading.sheet_xml import MAX_UNZIPPED_BYTES
from ecograph.contribute.reading.table import MAX_FILE_BYTES
from ecograph.errors import TooLarge
from ecograph.rdf.parsing import MAX_NESTING, MAX_PREFIXES
from ecograph.rdf.skolemising import MAX_NAMELESS
from ecograph.rdf.terms import MAX_IRI, MAX_TEXT

_MEGABYTE: Final = 1_000_000
_LOCAL_HEADER: Final = struct.Struct("<4s22xHH")
_LOCAL_MARK: Final = b"PK\x03\x04"
_CHUNK: Final = 1 << 16


@dataclass(frozen=True)
class Limits:
    """
    The largest contribution that is read.

    Args:
        file_bytes: One file. 20,000 rows are about 4 MB.
        files: Files of one contribution: a table per template, and some parts.
        rows: Rows of all tables together: more than any register of a partner's.
        lines: Lines of a file, filled or not: what a sheet of Excel has.
        columns: Columns of one table: the widest template has forty, in three languages.
        values: Values of all cells together, those of lists each: 20,000 rows of 25.
        cell_values: Values of one cell: nobody lists more.
        triples: Statements of all RDF files together; tables are limited by their rows.
        text_characters: One text.
        iri_characters: One address.
        nesting: Brackets within brackets of an RDF file.
        prefixes: Prefixes of an RDF file.
        nameless: Things without an address in an RDF file: each takes a look at all that it is linked to.
        unpacked_bytes: A workbook, unpacked: seven times one of 20,000 rows and 30 columns.
        zip_ratio: How many times a workbook is compressed: sheets of repeated codes reach thirty, empty ones a hundred.
        members: Parts of a workbook: sheets, styles, pictures.

    Source:
        docs/limits.md.
    """

    file_bytes: int = MAX_FILE_BYTES
    files: int = 50
    rows: int = 20_000
    lines: int = 1_048_576
    columns: int = 500
    values: int = 500_000
    cell_values: int = MAX_CELL_VALUES
    triples: int = 50_000
    text_characters: int = MAX_TEXT
    iri_characters: int = MAX_IRI
    nesting: int = MAX_NESTING
    prefixes: int = MAX_PREFIXES
    nameless: int = MAX_NAMELESS
    unpacked_bytes: int = MAX_UNZIPPED_BYTES
    zip_ratio: int = 200
    members: int = 1_000

    def check_files(self, names: Sequence[str]) -> None:
        """
        How many files there are.

        Raises:
            TooLarge: More than `files`.
        """
        self._require("files", names[0] if names else "", len(names))

    def check_file(self, data: bytes, name: str) -> None:
        """
        A file before anybody reads it: its size, and if it is an archive, what it would unpack to.

        Raises:
            TooLarge: More than `file_bytes` or `lines`, or as `check_archive` says.

        Example:
            >>> Limits(file_bytes=1_000).check_file(b"x" * 1_200_000, "row.csv")
            Traceback (most recent call last):
            ecograph.errors.contribution.TooLarge: row.csv: The file is 1.2\xa0MB, and at most 0.1\xa0MB is allowed. ...
        """
        if len(data) > self.file_bytes:
            raise TooLarge(file=name, what="file_bytes", limit=_megabytes(self.file_bytes), found=_megabytes(len(data)))
        if data.startswith(_LOCAL_MARK):
            self.check_archive(data, name)
        else:
            self._require("lines", name, max(data.count(b"\n"), data.count(b"\r")))

    def check_archive(self, data: bytes, name: str) -> None:
        """
        A workbook, which is a ZIP archive, before anybody unpacks it. The sizes it states are not believed.

        What is damaged is left to its reader, which says so.

        Raises:
            TooLarge: More than `unpacked_bytes`, `members` or `zip_ratio`.
        """
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                members = archive.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error):
            return
        self._require("members", name, len(members))
        total = 0
        for member in members:
            total += _unpacked(data, member, self.unpacked_bytes - total)
            if total > self.unpacked_bytes:
                limit = _megabytes(self.unpacked_bytes)
                raise TooLarge(file=name, what="unpacked_bytes", limit=limit, found=_megabytes(total))
        self._require("zip_ratio", name, total // max(len(data), 1))

    def check_table(self, columns: int, rows: int, values: int, name: str) -> None:
        """
        A table that was read.

        Args:
            columns: How many columns it has.
            rows: How many rows it and the tables before it have.
            values: How many values their cells may hold.
            name: Its file.

        Raises:
            TooLarge: More than `columns`, `rows` or `values`.
        """
        self._require("columns", name, columns)
        self._require("rows", name, rows)
        self._require("values", name, values)

    def check_triples(self, count: int, name: str) -> None:
        """
        The statements of the RDF files so far.

        Raises:
            TooLarge: More than `triples`.
        """
        self._require("triples", name, count)

    def _require(self, what: str, name: str, found: int) -> None:
        limit: int = getattr(self, what)
        if found > limit:
            raise TooLarge(file=name, what=what, limit=limit, found=found)


LIMITS: Final = Limits()
"""What every contribution is held to."""


def _unpacked(data: bytes, member: zipfile.ZipInfo, most: int) -> int:
    """How many bytes a member really unpacks to, as far as it does; counting stops beyond `most`."""
    try:
        _, name_length, extra_length = _LOCAL_HEADER.unpack_from(data, member.header_offset)
    except struct.error:
        return 0
    start = member.header_offset + _LOCAL_HEADER.size + name_length + extra_length
    packed = data[start : start + member.compress_size]
    if member.compress_type != zipfile.ZIP_DEFLATED:
        return len(packed)
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    size = 0
    try:
        while packed and size <= most and not stream.eof:
            size += len(stream.decompress(packed, _CHUNK))
            packed = stream.unconsumed_tail
    except zlib.error:
        pass
    return size


def _megabytes(size: int) -> str:
    tenths = math.ceil(size * 10 / _MEGABYTE)  # rounded up, so that what is over a limit looks like it
    return f"{tenths / 10:.1f}".removesuffix(".0") + "\u00a0MB"
