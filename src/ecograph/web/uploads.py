"""
What somebody sends: files and how they are to be read, from a form or as the body itself.

Nothing of it touches the disk, and no more of it is in memory at a time than `MAX_AT_ONCE` requests may send.
"""

from __future__ import annotations

import asyncio
import mimetypes
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import Message
from typing import Any, Final
from urllib.parse import quote

from fastapi import Request
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from ecograph.contribute.limits import LIMITS
from ecograph.contribute.options import Options
from ecograph.contribute.packing import SourceFile
from ecograph.errors import BadParameter, ContributionBusy
from ecograph.messages import Language, language_of
from ecograph.web.problems import Refused

MAX_UPLOAD_BYTES: Final = LIMITS.file_bytes + (256 << 10)
"""What a request with files may send: the largest file, and room for what a form writes around it."""

MAX_AT_ONCE: Final = 16
"""Requests with files that are read at the same time: 160 MB. Two are checked, and eight may wait for that."""

READING_S: Final = 120.0
"""How long a request may take to send its files: 10 MB at the speed of a poor mobile connection."""

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORM: Final = "multipart/form-data"
# Also those that are refused, because it is told why, and what to use.
ENDINGS: Final[Mapping[str, str]] = {
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    XLSX: "xlsx",
    "text/turtle": "ttl",
    "application/n-triples": "nt",
    "application/vnd.ms-excel": "xls",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/rdf+xml": "rdf",
    "application/ld+json": "jsonld",
    "application/trig": "trig",
    "application/n-quads": "nq",
    "text/n3": "n3",
}
"""What a body without a name is called, by its media type."""

SUPPORTED: Final = (FORM, "text/csv", XLSX, "text/turtle", "application/n-triples")

_FIELDS: Final = ("template", "mode", "source", "issued", "expires_on", "note", "corrects")
_LONGEST_NAME: Final = 120
_NOT_IN_NAMES: Final = re.compile(r"[\x00-\x1f\x7f<>:\"|?*\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Upload:
    """
    What somebody sends.

    Args:
        files: At least one.
        options: How to read them.
        fields: What else the form or the address says, such as `lang`, `partner` or `dry_run`.
    """

    files: tuple[SourceFile, ...]
    options: Options
    fields: Mapping[str, str]

    @property
    def lang(self) -> Language | None:
        """The language asked for, if it is one of ours."""
        return language_of(self.fields.get("lang", ""))


async def read_upload(request: Request) -> Upload:
    """
    The files of a request, and how they are to be read: fields of the form win over those of the address.

    Raises:
        Refused: No file that can be told apart (400), not a media type for files (415), or sent too slowly (408).
        BadParameter: No file, or a field that cannot be.
        ContributionBusy: As many as can be are being read.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    fields = dict(request.query_params)
    async with _reading(request):
        if media_type == FORM:
            form = await _form(request)
            fields |= {name: value for name, value in form.multi_items() if isinstance(value, str)}
            sent = [(file.filename or "", await file.read()) for file in _files(form)]
            await form.close()
        elif media_type in ENDINGS or fields.get("name") or "content-disposition" in request.headers:
            sent = [(_name_of_body(request, fields, media_type), await request.body())]
        else:
            raise Refused(415, "unsupported-media-type", given=media_type or "–", supported=", ".join(SUPPORTED))
    files = tuple(SourceFile(_file_name(name), data) for name, data in sent)
    if not files:
        raise BadParameter(name="file", value="", expected="need.csv")
    LIMITS.check_files([file.name for file in files])
    if fields.get("lang") and language_of(fields["lang"]) is None:
        raise BadParameter(name="lang", value=fields["lang"][:20], expected="da, sv, en")
    return Upload(files, options_of(fields), fields)


def options_of(fields: Mapping[str, Any]) -> Options:
    """
    How files are to be read, as fields say; those that are empty say nothing.

    Raises:
        BadParameter: A value that cannot be.
    """
    return Options.from_json({name: fields[name] for name in _FIELDS if fields.get(name)})


def attachment(name: str, inline: bool = False) -> str:
    """
    A `Content-Disposition` for a file's name, whatever letters are in it.

    Example:
        >>> attachment("behov æ.csv")
        'attachment; filename="behov _.csv"; filename*=UTF-8\\'\\'behov%20%C3%A6.csv'

    Source:
        RFC 6266, appendix D.
    """
    plain = re.sub(r"[^A-Za-z0-9 ._()+-]", "_", name)
    extended = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'{"inline" if inline else "attachment"}; filename="{plain}"{extended}'


def media_type_of(name: str) -> str:
    """
    The media type of a file by the end of its name.

    Example:
        >>> media_type_of("need.errors.csv"), media_type_of("x.unknown")
        ('text/csv', 'application/octet-stream')
    """
    ending = name.rpartition(".")[2].lower()
    known = {suffix: media_type for media_type, suffix in ENDINGS.items()} | {"zip": "application/zip"}
    return known.get(ending) or mimetypes.types_map.get(f".{ending}", "application/octet-stream")


@asynccontextmanager
async def _reading(request: Request) -> AsyncIterator[None]:
    """A place among those that are being read, for a while."""
    state = request.app.state
    if state.reading >= MAX_AT_ONCE:
        raise ContributionBusy(seconds=5)
    state.reading += 1  # in one thread, that of the event loop
    try:
        async with asyncio.timeout(READING_S):
            yield
    except TimeoutError:
        raise Refused(408, "slow-body", {"Connection": "close"}, seconds=f"{READING_S:g}") from None
    finally:
        state.reading -= 1


class _Parser(MultiPartParser):
    spool_max_size = MAX_UPLOAD_BYTES + 1  # files stay in memory

    def on_headers_finished(self) -> None:
        """A part that says what kind of file it is is one, also without a name."""
        part = self._current_part
        said = Headers(raw=part.item_headers).get("content-type", "").partition(";")[0].strip().lower()
        if said in ENDINGS and part.content_disposition and b"filename" not in part.content_disposition:
            part.content_disposition += f'; filename="contribution.{ENDINGS[said]}"'.encode()
        super().on_headers_finished()


async def _form(request: Request) -> FormData:
    parser = _Parser(
        request.headers, request.stream(), max_files=LIMITS.files + 1, max_fields=50, max_part_size=64 << 10
    )
    try:
        return await parser.parse()
    except MultiPartException:
        raise Refused(400, "bad-request") from None


def _files(form: FormData) -> Iterable[UploadFile]:
    """The files of a form, without the fields for files that nothing was chosen in."""
    return [
        value for _, value in form.multi_items() if isinstance(value, UploadFile) and (value.filename or value.size)
    ]


def _name_of_body(request: Request, fields: Mapping[str, str], media_type: str) -> str:
    if fields.get("name"):
        return fields["name"]
    header = Message()
    header["Content-Disposition"] = request.headers.get("content-disposition", "")
    return header.get_filename() or f"{fields.get('template') or 'contribution'}.{ENDINGS.get(media_type, 'csv')}"


def _file_name(given: str) -> str:
    """
    The name of a file, without where it was and without what no file should be called.

    Example:
        >>> _file_name("C:\\\\Users\\\\me\\\\behov æ.csv"), _file_name("../../etc/passwd"), _file_name("")
        ('behov æ.csv', 'passwd', 'file')
    """
    name = _NOT_IN_NAMES.sub("_", given.replace("\\", "/").rpartition("/")[2]).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if dot and len(ending) < 10:
        return f"{stem[: _LONGEST_NAME - len(ending)]}.{ending}"
    return name[:_LONGEST_NAME] or "file"
