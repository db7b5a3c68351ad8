"""
The gold set: needs in three languages, and how well documents of the shipped graph fit them by a reader's judgement.

Source:
    docs/evaluation.md, "The gold set".
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal, get_args

from ecograph.errors import BadGoldSet
from ecograph.messages import LANGUAGES, Language

Kind = Literal["literal", "paraphrase"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
Split = Literal["open", "locked"]
SPLITS: Final[tuple[Split, ...]] = get_args(Split)

GRADES: Final = range(4)
"""0 does not fit, 1 touches it, 2 fits, 3 fits very well; tests/gold/guideline.md says when each is given."""
FITS: Final = 2
"""The grade from which a candidate is one that a coordinator would want to see."""

NEEDS: Final = "needs.toml"
JUDGEMENTS: Final = "judgements.csv"
SECOND: Final = "second-reading.csv"
"""Grades that another reader gave for some needs without seeing the first; they tell how far grades can be trusted."""
COLUMNS: Final = ("need", "document", "grade")
"""Of both files of grades."""


@dataclass(frozen=True, slots=True)
class Query:
    """One wording of a need: in one language, in the words of the topics (`literal`) or in others (`paraphrase`)."""

    need: str
    kind: Kind
    lang: Language
    text: str

    @property
    def key(self) -> tuple[str, Kind, Language]:
        """What tells it from all other queries of the set."""
        return self.need, self.kind, self.lang


@dataclass(frozen=True, slots=True)
class GoldNeed:
    """
    One information need with its six wordings.

    Attributes:
        id: Its name in the set.
        split: `open` may be looked at when weights are chosen; `locked` may not.
        theme: What it belongs to.
        brief: What fits and what does not, for whoever judges.
        queries: By kind and language.
        documents: Grade per document, as kind/slug; a document that is not in it has not been judged.
        grades: Grade per candidate; none until `judging.judged` has taken them from the graph.
    """

    id: str
    split: Split
    theme: str
    brief: str
    queries: tuple[Query, ...]
    documents: Mapping[str, int] = field(default_factory=dict)
    grades: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gold:
    """
    A gold set.

    Attributes:
        needs: In the order of the file.
        second: Grades of a second reader by need and document.
    """

    needs: tuple[GoldNeed, ...]
    second: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def queries(self) -> tuple[Query, ...]:
        """Every wording of every need."""
        return tuple(query for need in self.needs for query in need.queries)

    def only(self, split: Split | None) -> Gold:
        """The needs of one split; all of them where None."""
        needs = tuple(need for need in self.needs if split in (None, need.split))
        return Gold(needs, {need.id: self.second[need.id] for need in needs if need.id in self.second})

    @property
    def read_twice(self) -> tuple[tuple[int, int], ...]:
        """Both grades of every document that two readers have judged."""
        return tuple(
            (need.documents[document], grade)
            for need in self.needs
            for document, grade in self.second.get(need.id, {}).items()
            if document in need.documents
        )

    @property
    def by_second(self) -> Gold:
        """The needs that two readers have judged, with the grades of the second."""
        return Gold(
            tuple(replace(need, documents=self.second[need.id]) for need in self.needs if need.id in self.second)
        )


def load(directory: Path) -> Gold:
    """
    Read a gold set.

    Args:
        directory: Holds `needs.toml`, `judgements.csv` once something has been judged, and `second-reading.csv` where
            another reader has judged some needs too.

    Raises:
        BadGoldSet: A file cannot be read, or says something it must not.
    """
    try:
        written = tomllib.loads((directory / NEEDS).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadGoldSet(file=directory / NEEDS, detail=str(error)) from error
    grades, second = _judgements(directory / JUDGEMENTS), _judgements(directory / SECOND)
    try:
        needs = tuple(_need(each, grades.get(each["id"], {})) for each in written["need"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadGoldSet(file=directory / NEEDS, detail=repr(error)) from error
    known = {need.id for need in needs}
    if len(known) < len(needs):
        raise BadGoldSet(file=directory / NEEDS, detail="two needs with one id")
    for name, given in ((JUDGEMENTS, grades), (SECOND, second)):
        if unknown := sorted(set(given) - known):
            raise BadGoldSet(file=directory / name, detail=f"no such need: {', '.join(unknown)}")
    return Gold(needs, second)


def _need(said: Mapping[str, Any], documents: Mapping[str, int]) -> GoldNeed:
    if said["split"] not in SPLITS:
        raise ValueError(f"{said['id']}: split {said['split']}")
    queries = tuple(
        Query(said["id"], kind, lang, str(said[kind][lang]).strip()) for kind in KINDS for lang in LANGUAGES
    )
    if not all(query.text for query in queries):
        raise ValueError(f"{said['id']}: an empty wording")
    return GoldNeed(said["id"], said["split"], said.get("theme", ""), said["brief"], queries, documents)


def _judgements(path: Path) -> dict[str, dict[str, int]]:
    """The grades by need and document; none where there is no file yet."""
    if not path.exists():
        return {}
    found: dict[str, dict[str, int]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(_rows(file, path), start=2):
            need, document, grade = row["need"], row["document"], row["grade"]
            if grade not in {str(each) for each in GRADES}:
                raise BadGoldSet(file=path, detail=f"line {line}: grade {grade!r}")
            if found.setdefault(need, {}).setdefault(document, int(grade)) != int(grade):
                raise BadGoldSet(file=path, detail=f"line {line}: {need} {document} has two grades")
    return found


def _rows(file: Iterable[str], path: Path) -> Iterable[dict[str, str]]:
    reader = csv.DictReader(file)
    if not set(COLUMNS) <= set(reader.fieldnames or ()):
        raise BadGoldSet(file=path, detail=f"columns: {','.join(COLUMNS)}")
    return reader
