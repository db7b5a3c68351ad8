"""What people give when they ask, checked before anybody is asked: the same complaint wherever answers come from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from pyoxigraph import NamedNode

from ecograph.client.results import expanded
from ecograph.errors import BadParameter, UnknownLanguage, UnknownThing
from ecograph.match.model import GROUPS, Group
from ecograph.messages import Language, language_of
from ecograph.namespaces import ID

if TYPE_CHECKING:
    from ecograph.contribute.packing import SourceFile

T = TypeVar("T", bound=str)

_COUNTRIES: Final = ("dk", "se", "no")
_IRI: Final = re.compile(r"[a-z][a-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]+", re.IGNORECASE)
_THING: Final = re.compile(r"[\w-]+/[^\s<>\"{}|^`\\:]+")


def language(tag: str) -> Language:
    """
    One of our languages.

    Raises:
        UnknownLanguage: Another one.

    Example:
        >>> language("sv-SE")
        'sv'
    """
    found = language_of(tag)
    if found is None:
        raise UnknownLanguage(lang=tag)
    return found


def countries(given: str | Sequence[str] | None) -> list[str] | None:
    """
    Countries that candidates may be of; None for all.

    Raises:
        BadParameter: One that EcoGraph does not tell apart.
    """
    return _chosen("country", given, _COUNTRIES)


def groups(given: str | Sequence[str] | None, name: str = "group") -> list[Group] | None:
    """
    Groups of candidates; None for all.

    Args:
        given: Their names.
        name: What they are called where they were given.

    Raises:
        BadParameter: There is no such group.
    """
    return _chosen(name, given, GROUPS)


def within(name: str, value: int, least: int, most: int) -> None:
    """
    Refuse a number outside its range.

    Raises:
        BadParameter: It is.
    """
    if not least <= value <= most:
        raise BadParameter(name=name, value=value, expected=f"{least}–{most}")


def thing(name: str) -> NamedNode:
    """
    The thing that is named by kind and slug, by an IRI, or by an IRI with one of the usual prefixes.

    Raises:
        UnknownThing: Nothing can be called so.

    Example:
        >>> thing("need/n09").value, thing("eco:Need").value
        ('https://w3id.org/ecograph/id/need/n09', 'https://w3id.org/ecograph/ns#Need')
    """
    iri = ID.iri + name if _THING.fullmatch(name) else expanded(name)
    if not _IRI.fullmatch(iri):
        raise UnknownThing(kind="thing", id=name[:100])
    try:
        return NamedNode(iri)
    except ValueError:
        raise UnknownThing(kind="thing", id=name[:100]) from None


def written(value: object) -> list[str]:
    """
    A value for a parameter of a question, or several, as the catalogue reads them.

    Example:
        >>> written(["dk", "se"]), written(2026), written(date(2026, 12, 31)), written(True)
        (['dk', 'se'], ['2026'], ['2026-12-31'], ['true'])
    """
    if isinstance(value, str):
        return [value]
    if isinstance(value, bool):
        return [str(value).lower()]
    if isinstance(value, list | tuple | set | frozenset):
        return [text for each in value for text in written(each)]
    return [value.isoformat() if isinstance(value, date) else str(value)]


def sources(files: str | Path | Sequence[str | Path]) -> tuple[SourceFile, ...]:
    """
    The files at these paths, and all data in folders.

    Raises:
        BadParameter: A file cannot be read.
    """
    from ecograph.contribute.folders import files_of
    from ecograph.contribute.packing import SourceFile

    found: list[SourceFile] = []
    for path in map(Path, [files] if isinstance(files, str | Path) else files):
        try:
            found += files_of(path) if path.is_dir() else [SourceFile.at(path)]
        except OSError as error:
            raise BadParameter(name="files", value=path, expected=error.strerror or "FILE") from error
    return tuple(found)


def _chosen(name: str, given: str | Sequence[str] | None, known: Sequence[T]) -> list[T] | None:
    if given is None:
        return None
    by_name: dict[str, T] = {each: each for each in known}
    wanted = [given] if isinstance(given, str) else given
    for each in wanted:
        if each not in by_name:
            raise BadParameter(name=name, value=each, expected=", ".join(known))
    return [by_name[each] for each in wanted]
