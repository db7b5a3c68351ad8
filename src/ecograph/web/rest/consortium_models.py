"""What REST is asked and answers about consortia, as pydantic models: the OpenAPI document is made from these."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pyoxigraph import NamedNode

from ecograph.match import weights
from ecograph.match.consortium import explaining
from ecograph.match.consortium.rules import LEAST, Cost, Cover, Currency, Level, Money, Role, Rules
from ecograph.match.model import Note as Noted
from ecograph.messages import Language
from ecograph.namespaces import CONCEPT, ID
from ecograph.web.rest.models import Iri, Model, Note, Share, Statement, Texts, by_language, statement

Side = Literal["dk", "se", "no", "eu"]
Number = Annotated[int, Field(ge=0, le=20)]
Amount = Annotated[int, Field(ge=0, le=10**12, description="Whole units of the currency")]
ConceptName = Annotated[
    str,
    Field(
        max_length=200,
        pattern=r"^(https://w3id\.org/ecograph/concept/)?(topic|capability)/[a-z0-9-]+$",
        examples=["capability/iot-operation"],
    ),
]
ActorName = Annotated[
    str,
    Field(
        max_length=300,
        pattern=r"^(https://w3id\.org/ecograph/id/)?[a-z-]+/[A-Za-z0-9_.-]+$",
        examples=["municipality/dk-albertslund"],
    ),
]


class Asked(BaseModel):
    """A part of a request: its members are fixed."""

    model_config = ConfigDict(extra="forbid")


class CoverAsked(Asked):
    """A topic or capability that the partners must cover together."""

    concept: ConceptName
    least: Annotated[Share, Field(description="How strong the evidence must be")] = LEAST
    level: Annotated[Level | None, Field(description="The lowest level of a capability claim that counts")] = None
    count: Annotated[int, Field(ge=1, le=20, description="How many partners must cover it")] = 1
    weight: Annotated[Share, Field(description="How much its quality counts")] = 1.0


class CostAsked(Asked):
    """What a partner is expected to cost; the narrowest that fits a partner holds."""

    amount: Amount
    currency: Currency
    country: Side | None = None
    role: Role | None = None
    partner: ActorName | None = None


class ConsortiumRules(Asked):
    """A need, and what a consortium for it must keep to. It is answered and not stored."""

    need: Annotated[str | None, Field(max_length=200, pattern=r"^[A-Za-z0-9_.-]+$", examples=["n09"])] = None
    text: Annotated[str, Field(max_length=5000, description="The need in words, where it is not in the graph")] = ""
    lang: Annotated[Language | None, Field(description="The language of the text; found out if left out")] = None
    covers: Annotated[list[CoverAsked], Field(max_length=20, description="Left out: what the need asks for")] = []
    max_partners: Annotated[int, Field(ge=1, le=20)] = 6
    min_partners: Number = 2
    countries: Annotated[dict[Side, Number], Field(examples=[{"dk": 1, "se": 1}])] = {}
    roles: Annotated[dict[Role, Number], Field(examples=[{"municipality": 1, "company": 1}])] = {}
    programme: Annotated[ActorName | None, Field(examples=["programme/interreg-oks-2021-2027"])] = None
    costs: Annotated[list[CostAsked], Field(max_length=400)] = []
    budget: Annotated[dict[Currency, Amount], Field(description="The most that partners may cost, by currency")] = {}
    grant: Annotated[dict[Currency, Amount], Field(description="The most that the programme may pay")] = {}
    own: Annotated[dict[Currency, Amount], Field(description="The most that partners may pay themselves")] = {}
    include: Annotated[list[ActorName], Field(max_length=20)] = []
    exclude: Annotated[list[ActorName], Field(max_length=100)] = []
    alternatives: Annotated[int, Field(ge=0, le=5)] = 3
    differ: Annotated[int, Field(ge=1, le=10, description="Partners that each proposal does without of another")] = 2
    weighting: Annotated[
        str,
        Field(max_length=100, description="The profile by which candidates fit more or less", examples=["balanced"]),
    ] = weights.DEFAULT

    def rules(self) -> Rules:
        """The rules without the need."""
        return Rules(
            covers=tuple(
                Cover(_concept(each.concept), each.least, each.level, each.count, each.weight)
                for each in {each.concept: each for each in self.covers}.values()
            ),
            max_partners=self.max_partners,
            min_partners=self.min_partners,
            countries={code: count for code, count in self.countries.items() if count},
            roles={role: count for role, count in self.roles.items() if count},
            money=Money(
                tuple(
                    Cost(each.amount, each.currency, each.country, each.role, _actor(each.partner))
                    for each in self.costs
                ),
                self.budget,
                self.grant,
                self.own,
            ),
            programme=_actor(self.programme),
            include=_actors(self.include),
            exclude=_actors(self.exclude),
            alternatives=self.alternatives,
            differ=self.differ,
        )


class Covering(Model):
    """How a partner covers one thing, by which statements."""

    concept: Iri
    labels: Texts
    strength: Share
    level: str | None
    speaks: Annotated[bool, Field(description="Whether no other partner has stronger evidence")]
    sentences: Texts
    path: list[Statement]


class Partner(Model):
    """One partner of a proposal."""

    iri: Iri
    labels: Texts
    role: str
    countries: list[str]
    fit: Share
    covers: list[Covering]
    cost: int | None
    currency: str | None
    rate: Annotated[float | None, Field(description="The share of its cost that the programme pays")]


class Total(Model):
    """Costs in one currency; nothing is exchanged."""

    currency: str
    cost: int
    grant: float | None
    own: float | None


class Proposal(Model):
    """A consortium."""

    partners: list[Partner]
    points: Annotated[int, Field(description="100 for each thing that is covered wholly, less 1 to 10 per partner")]
    proven: Annotated[bool, Field(description="Whether it is proven that there is none better")]
    totals: list[Total]


class RuleSaid(Model):
    """A rule in words."""

    kind: str
    key: str
    sentences: Texts


class Addition(Model):
    """What a partner of the first proposal adds."""

    partner: Iri
    points: Annotated[int | None, Field(description="Points lost without it; null where the rules need it")]
    instead: list[Iri]
    needed_for: list[RuleSaid]
    sentences: Texts


class Rate(Model):
    """What the programme pays in a country, and the statement that says so."""

    country: str
    share: Share
    statement: Statement


class Consortia(Model):
    """Proposals, the best first; or rules that cannot hold together."""

    status: Annotated[
        Literal["proven", "found", "impossible", "unknown"],
        Field(description="proven: the first is the best; found: the best in time; impossible: see conflict; unknown"),
    ]
    proposals: list[Proposal]
    additions: list[Addition]
    conflict: Annotated[list[RuleSaid], Field(description="Rules of which each can be given up to keep the others")]
    notes: list[Note]
    looked_at: Annotated[int, Field(description="Candidates that the proof is about")]
    known: Annotated[int, Field(description="Candidates that the graph has")]
    rates: list[Rate]
    revision: int


def consortia(found: explaining.Answer) -> Consortia:
    """The answer to rules."""
    return Consortia(
        status=found.status,
        proposals=[_proposal(each) for each in found.proposals],
        additions=[
            Addition(
                partner=each.partner.value,
                points=each.points,
                instead=[iri.value for iri in each.instead],
                needed_for=[_said(rule) for rule in each.needed_for],
                sentences=by_language(each.sentences),
            )
            for each in found.additions
        ],
        conflict=[_said(each) for each in found.conflict],
        notes=[_note(each) for each in found.notes],
        looked_at=found.looked_at,
        known=found.known,
        rates=[
            Rate(country=each.country, share=each.share, statement=statement(each.statement)) for each in found.rates
        ],
        revision=found.revision,
    )


def _proposal(found: explaining.Proposal) -> Proposal:
    return Proposal(
        partners=[
            Partner(
                iri=each.iri.value,
                labels=by_language(each.labels),
                role=each.role,
                countries=list(each.countries),
                fit=each.fit,
                covers=[
                    Covering(
                        concept=one.concept.value,
                        labels=by_language(one.labels),
                        strength=one.strength,
                        level=one.level,
                        speaks=one.speaks,
                        sentences=by_language(one.sentences),
                        path=[statement(step) for step in one.path],
                    )
                    for one in each.covers
                ],
                cost=each.cost,
                currency=each.currency,
                rate=each.rate,
            )
            for each in found.partners
        ],
        points=found.points,
        proven=found.proven,
        totals=[Total(currency=each.currency, cost=each.cost, grant=each.grant, own=each.own) for each in found.totals],
    )


def _said(found: explaining.RuleSaid) -> RuleSaid:
    return RuleSaid(kind=found.rule.kind, key=found.rule.key, sentences=by_language(found.sentences))


def _note(found: Noted) -> Note:
    return Note(code=found.code, sentences=by_language(found.sentences))


def _concept(name: str) -> NamedNode:
    return NamedNode(CONCEPT.iri + name.removeprefix(CONCEPT.iri))


def _actors(names: list[str]) -> tuple[NamedNode, ...]:
    return tuple(dict.fromkeys(NamedNode(ID.iri + name.removeprefix(ID.iri)) for name in names))


def _actor(name: str | None) -> NamedNode | None:
    return _actors([name])[0] if name else None
