"""Names that may mean one organisation: proposed by likeness, decided by a person."""

from __future__ import annotations

import csv
from collections.abc import Iterable

from folders import Folder, cell
from names import fold
from rapidfuzz import fuzz
from register import REVIEWED, read_csv

_TEMPLATES = {"organisation", "company", "research-organisation", "public-body", "network"}
_ALIKE = 84.0
"""Likeness from 0 to 100 (token sort ratio of folded names) from which a pair is worth a look."""
_CONTAINED = 97.0
"""The same for names of which one contains the other's words (token set ratio)."""


def pairs(made: Iterable[Folder]) -> list[tuple[str, str, float]]:
    """Pairs of names of different things in one country that are alike; two with a ROR id are known to be two."""
    names: dict[str, list[tuple[str, str, str, bool]]] = {}
    for folder in made:
        for table, rows in folder.tables.items():
            template = table.split(".")[0]
            if template in _TEMPLATES:
                for row in rows:
                    texts = [
                        row["name"],
                        *(row.get(f"label_{lang}") for lang in ("da", "sv", "en")),
                        *cell(row.get("alternative_name")).split("|"),
                    ]
                    for text in {cell(text) for text in texts if text}:
                        names.setdefault(cell(row["country"]), []).append(
                            (fold(text), text, cell(row["id"]), bool(row.get("ror")))
                        )
    found = []
    for entries in names.values():
        entries.sort()
        for index, (one, text, thing, ror) in enumerate(entries):
            for other, other_text, other_thing, other_ror in entries[index + 1 :]:
                if thing == other_thing or (ror and other_ror) or len(one) < 5:
                    continue
                score = fuzz.token_sort_ratio(one, other, score_cutoff=_ALIKE)
                if not score and min(one.count(" "), other.count(" ")):
                    score = fuzz.token_set_ratio(one, other, score_cutoff=_CONTAINED)
                if score:
                    found.append((text, other_text, score))
    return sorted(set(found), key=lambda pair: (-pair[2], pair[0], pair[1]))


def add(made: Iterable[Folder]) -> int:
    """Adds the pairs that nobody has decided yet to the list, without a decision; returns how many."""
    path = REVIEWED / "organisation_aliases.csv"
    rows = read_csv(path)
    known = {frozenset((row["name"], row["same_as"])) for row in rows}
    new = [pair for pair in pairs(made) if frozenset(pair[:2]) not in known]
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([name, other, "", f"likeness {score:.0f}"] for name, other, score in new)
    return len(new)
