"""Who is who: one organisation is one thing, whatever it is called and whoever lists it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from names import fold, municipality_names
from stdnum.dk import cvr as danish_cvr

from ecograph.identifiers import slug

REVIEWED = Path(__file__).parent / "reviewed"


_WRITING = {"spelling", "capitals", "cut-off name", "note in the name", "could be taken for a person"}
"""Reasons that speak of how a name is written; such a name is not kept as another name."""


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a UTF-8 CSV file with a header."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@dataclass
class Register:
    """
    Finds the thing that an identifier or a name stands for.

    Identifiers come first (ROR, CVR, organisation number), then reviewed decisions, then municipalities, then the
    exact folded name. Nothing is found by likeness: likeness only makes proposals (`proposals`).
    """

    _by_identifier: dict[str, str] = field(default_factory=dict)
    _by_name: dict[tuple[str, str], str] = field(default_factory=dict)
    _municipalities: dict[tuple[str, str], str] = field(default_factory=dict)
    _aliases: dict[str, str] = field(default_factory=dict)
    _names: dict[str, tuple[str, str]] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _misspelt: set[str] = field(default_factory=set)
    _ambiguous: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def with_decisions(cls, path: Path = REVIEWED / "organisation_aliases.csv") -> Register:
        """A register that knows the reviewed decisions of `organisation_aliases.csv`."""
        register = cls()
        for row in read_csv(path):
            if row["decision"] == "same":
                register._aliases[fold(row["name"])] = row["same_as"]
                if row["reason"] in _WRITING:
                    register._misspelt.add(row["name"])
        return register

    def find(self, name: str, country: str, *identifiers: str) -> str | None:
        """
        The `kind/slug` of an organisation, or None when it is not known yet.

        Args:
            name: The name as listed.
            country: `dk`, `se`, `no` or `eu`.
            identifiers: Such as `ror:https://ror.org/...`, `cvr:12345678`, `se:556677-8899`.
        """
        for identifier in identifiers:
            if identifier in self._by_identifier:
                return self._by_identifier[identifier]
        target = self._aliases.get(fold(name))
        if target and "/" in target and target.split("/")[0] in {"organisation", "municipality", "region"}:
            return target
        for candidate in (target, name) if target else (name,):
            for municipality in municipality_names(candidate):
                if (country, municipality) in self._municipalities:
                    return self._municipalities[country, municipality]
            key = (country, fold(candidate))
            if key in self._by_name and key not in self._ambiguous:
                return self._by_name[key]
        return None

    def misspelt(self, name: str) -> bool:
        """Whether a name was found to be no name: cut off, in capitals, or one that could be taken for a person's."""
        return name in self._misspelt

    def canonical(self, name: str) -> str:
        """The name under which an organisation is entered: the reviewed one where there is one."""
        target = self._aliases.get(fold(name), name)
        return name if target.startswith("organisation/") else target

    def new_id(self, name: str, country: str, kind: str = "organisation") -> str:
        """A `kind/slug` that nobody has yet."""
        base = f"{kind}/{slug(name)}"
        for candidate in (base, f"{base}-{country}", *(f"{base}-{country}-{number}" for number in range(2, 9))):
            if candidate not in self._taken:
                self._taken.add(candidate)
                return candidate
        raise ValueError(f"no free id for {name!r}")

    def enter(self, thing: str, country: str, names: Iterable[str], *identifiers: str) -> None:
        """Makes a thing findable by its names and identifiers."""
        self._taken.add(thing)
        for identifier in identifiers:
            self._by_identifier.setdefault(identifier, thing)
        for name in names:
            folded = fold(name)
            # An abbreviation is no proof of identity: AU, IDA and SP each stand for several organisations.
            if len(folded) < 4 or (name.isupper() and len(name) < 6):
                continue
            key = (country, folded)
            if self._by_name.setdefault(key, thing) != thing:
                self._ambiguous.add(key)
            self._names.setdefault(name, (country, thing))

    def enter_municipality(self, thing: str, country: str, names: Iterable[str]) -> None:
        """Makes a municipality findable by its name with any municipal ending."""
        self._taken.add(thing)
        for name in names:
            self._municipalities.setdefault((country, fold(name)), thing)

    def municipality(self, country: str, *places: str) -> str | None:
        """The municipality that one of the place names is the name or main place of."""
        return next(
            (self._municipalities[key] for place in places if (key := (country, fold(place))) in self._municipalities),
            None,
        )

    def names(self) -> Iterator[tuple[str, str, str]]:
        """Every name entered, with its country and thing."""
        for name, (country, thing) in self._names.items():
            yield name, country, thing


def valid_cvr(number: str) -> str:
    """The CVR number if its check digit is right, else nothing."""
    return number if danish_cvr.is_valid(number) else ""
