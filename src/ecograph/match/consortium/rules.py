"""What a consortium must keep to, as the coordinator states it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from pyoxigraph import NamedNode

Role = Literal["municipality", "region", "research-organisation", "company", "public-body", "network", "organisation"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
"""Sorts of partner, by the templates of their classes."""

Level = Literal["aware", "developing", "established", "leading"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
"""Levels of a capability claim, the lowest first."""

Currency = Literal["dkk", "sek", "nok", "eur"]
CURRENCIES: Final[tuple[Currency, ...]] = get_args(Currency)

LEAST: Final = 0.10
"""Strength from which somebody is said to cover something: below, they share a passing word or a theme with it."""

Kind = Literal[
    "max-partners", "min-partners", "cover", "country", "role", "budget", "grant", "own", "programme", "priced",
    "include", "exclude",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cover:
    """
    A topic or capability that the partners must cover together.

    Attributes:
        concept: The concept.
        least: 0..1, how strong the evidence must be for a partner to count.
        level: The lowest level of a capability claim that counts; None where other evidence will do.
        count: How many partners must cover it.
        weight: 0..1, how much its quality counts beside that of the others.
    """

    concept: NamedNode
    least: float = LEAST
    level: Level | None = None
    count: int = 1
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Cost:
    """
    What a partner costs, as the coordinator expects it; the narrowest that fits a partner holds.

    Attributes:
        amount: Whole units of the currency.
        currency: Of the amount.
        country: Only partners of this country, as `dk`, `se`, `no`; None for any.
        role: Only partners of this sort; None for any.
        partner: This partner alone; None for any.
    """

    amount: int
    currency: Currency
    country: str | None = None
    role: Role | None = None
    partner: NamedNode | None = None

    def fits(self, partner: NamedNode, role: Role, countries: tuple[str, ...]) -> bool:
        """Whether it is said of this partner."""
        return (
            self.partner in (None, partner)
            and self.role in (None, role)
            and (self.country is None or self.country in countries)
        )

    @property
    def narrowness(self) -> tuple[bool, bool, bool]:
        """What it names of a partner: the partner itself before its sort, its sort before its country."""
        return (self.partner is not None, self.role is not None, self.country is not None)


@dataclass(frozen=True, slots=True)
class Money:
    """
    Costs and their limits, currency by currency: nothing is exchanged, as the graph states no rates of exchange.

    Attributes:
        costs: What partners cost.
        budget: The most that all partners of a currency may cost.
        grant: The most that the programme may pay: the sum of cost times the rate of the partner's country.
        own: The most that the partners may have to pay themselves: the rest.
    """

    costs: tuple[Cost, ...] = ()
    budget: Mapping[Currency, int] = field(default_factory=dict)
    grant: Mapping[Currency, int] = field(default_factory=dict)
    own: Mapping[Currency, int] = field(default_factory=dict)

    @property
    def limited(self) -> bool:
        """Whether any sum is limited, so that every partner's cost must be known."""
        return bool(self.budget or self.grant or self.own)


@dataclass(frozen=True, slots=True)
class Rules:
    """
    Everything a consortium must keep to.

    Attributes:
        covers: What the partners must cover.
        max_partners, min_partners: How many they may be.
        countries: Countries that must be there, as `dk`, `se`, `no`, with how many partners.
        roles: Sorts of partner that must be there, with how many.
        money: Costs and limits.
        programme: The programme that co-funds; only partners of countries with a rate in it are eligible.
        include: Partners that must be there.
        exclude: Partners that must not.
        alternatives: How many others to find beside the best.
        differ: How many partners of every other proposal each of them must do without.
    """

    covers: tuple[Cover, ...] = ()
    max_partners: int = 6
    min_partners: int = 2
    countries: Mapping[str, int] = field(default_factory=dict)
    roles: Mapping[Role, int] = field(default_factory=dict)
    money: Money = field(default_factory=Money)
    programme: NamedNode | None = None
    include: tuple[NamedNode, ...] = ()
    exclude: tuple[NamedNode, ...] = ()
    alternatives: int = 3
    differ: int = 2


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of them: its kind, and which of that kind (a concept, country, sort, currency or partner)."""

    kind: Kind
    key: str = ""
