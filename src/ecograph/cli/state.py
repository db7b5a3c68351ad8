"""What the options of every command say, and where commands write."""

from __future__ import annotations

import codecs
import sys
from pathlib import Path

from rich.console import Console

from ecograph.config import Settings
from ecograph.errors import BadParameter, UnknownLanguage
from ecograph.messages import Language, language_of, text

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class State:
    """What the options of every command say."""

    settings = Settings()
    lang: Language = "en"
    quiet = False
    endpoint: str | None = None
    """The address of the service that is asked; None works on the data directory."""
    asked_endpoint = False
    """Whether the flag says so, and not only the environment."""
    asked_token_file = False
    """Whether the flag names the file of the token, so that the environment's token does not count."""


state = State()


def say(key: str, *, loud: bool = False, **values: object) -> None:
    """A message to the person, on stderr; when they want it quiet, only a loud one."""
    if loud or not state.quiet:
        err.print(text(key, state.lang, **values), markup=False)


def words(key: str, **values: object) -> str:
    """A text in the person's language."""
    return text(key, state.lang, **values)


def language(wanted: str) -> Language:
    """
    One of our languages, as an option names it.

    Raises:
        UnknownLanguage: Another one.
    """
    found = language_of(wanted)
    if found is None:
        raise UnknownLanguage(lang=wanted)
    return found


def require_local() -> None:
    """
    Stop here if the command is to be done by a service elsewhere, but can only be done on a data directory.

    Raises:
        BadParameter: `--endpoint` was given.
    """
    if state.asked_endpoint:
        raise BadParameter(name="--endpoint", value=state.endpoint, expected="--data DIR")


def write(data: bytes, path: Path | None, name: str = "") -> None:
    """
    Write a file: to a path, into a folder under its name, or to stdout.

    Raises:
        BadParameter: It cannot be written there.
    """
    if path is None or str(path) == "-":
        if out.is_terminal and not _is_text(data):
            raise BadParameter(name="--output", value="", expected=name or "FILE")
        sys.stdout.buffer.write(data.removeprefix(codecs.BOM_UTF8))  # it is for Excel, which reads files
        sys.stdout.buffer.flush()
        return
    target = path / name if path.is_dir() and name else path
    try:
        target.write_bytes(data)
    except OSError as error:
        raise BadParameter(name="--output", value=target, expected=error.strerror or "FILE") from error


def _is_text(data: bytes) -> bool:
    return b"\0" not in data[:1024] and not data.startswith(b"PK")
