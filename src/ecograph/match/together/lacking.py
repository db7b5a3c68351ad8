"""What a solution that runs elsewhere has, lacks or has not been asked yet, for a need and a place of ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pyoxigraph import Literal as RdfLiteral
from pyoxigraph import NamedNode

from ecograph.match.explaining import citing
from ecograph.match.explaining.sentences import in_sentence
from ecograph.match.model import NeedProfile, RecognisedConcept, Statement, Texts
from ecograph.match.projection.evidence import Evidence
from ecograph.messages import LANGUAGES, text
from ecograph.namespaces import CONCEPT, DCTERMS, ECO
from ecograph.store.base import Snapshot
from ecograph.vocabulary.labels import best_of

Kind = Literal["standard", "capability", "gate", "country", "provider", "experience"]
Status = Literal["met", "missing", "unknown"]
"""The graph says it is there; says it is not; does not say."""

_COMMON_NOUNS: Final = (CONCEPT["capability/"].value, CONCEPT["traffic-light/"].value)
"""Concepts that stand inside a sentence with a small letter; countries do not."""
_BY_CONFORMANCE: Final[Mapping[str, Status]] = {"complies": "met", "deviates": "missing"}
_BY_LIGHT: Final[Mapping[str, Status]] = {"green": "met", "yellow": "missing", "red": "missing"}


@dataclass(frozen=True, slots=True)
class Gap:
    """
    One thing looked at.

    Attributes:
        kind: What sort of thing: `experience` is that somebody near us has run it.
        about: What it is about; None where it is about the solution as a whole.
        status: Whether it is there.
        sentences: The same in words.
        path: The statements; none where the graph says nothing.
    """

    kind: Kind
    about: NamedNode | None
    status: Status
    sentences: Texts
    path: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Us:
    """
    For whom it is to be taken over.

    Attributes:
        places: Municipalities or regions; none where nobody says.
        countries: Their countries, with the statements.
    """

    places: tuple[NamedNode, ...]
    countries: tuple[tuple[NamedNode, Statement], ...]


class Checklist:
    """
    Holds solutions against a need and a place.

    Args:
        read: The graph as matching reads it.
        snapshot: The graph, for what matching does not read.
        need: The need.
        us: For whom.
    """

    def __init__(self, read: Evidence, snapshot: Snapshot, need: NeedProfile, us: Us) -> None:
        self.read = read
        self.snapshot = snapshot
        self.need = need
        self.us = us

    def gaps(self, solution: NamedNode, deployments: Sequence[NamedNode]) -> tuple[Gap, ...]:
        """
        Everything looked at, in the order of the list.

        Args:
            solution: The solution.
            deployments: Where it runs or has run.
        """
        return (
            *self._standards(solution),
            *self._capabilities(solution),
            *self._gates(solution),
            *self._country(solution, deployments),
            *self._providers(solution),
            *self._experience(deployments),
        )

    # --- what the need requires ---

    def _standards(self, solution: NamedNode) -> Iterator[Gap]:
        claims = citing.about(self.snapshot, None, ECO.solution, solution)
        for required in self._required():
            standard = required.object
            assert isinstance(standard, NamedNode)
            found: list[tuple[str, Gap]] = []
            for claim in claims:
                conforms = citing.about(self.snapshot, claim.subject, DCTERMS.conformsTo, standard)
                status = citing.about(self.snapshot, claim.subject, ECO.conformance)
                if conforms and status:
                    found.append(self._claimed(required, standard, claim, conforms[0], status[0]))
            newest = max(found, key=lambda pair: pair[0], default=None)
            yield newest[1] if newest else self._gap("standard", standard, "unknown", "unstated", (required,), standard)

    def _required(self) -> tuple[Statement, ...]:
        return citing.about(self.snapshot, self.need.iri, ECO.requiresStandard) if self.need.iri else ()

    def _claimed(
        self, required: Statement, standard: NamedNode, claim: Statement, conforms: Statement, status: Statement
    ) -> tuple[str, Gap]:
        """What a claim of conformance says, with its date."""
        said = status.object.value.rsplit("/", 1)[-1]
        dated = citing.about(self.snapshot, claim.subject, ECO.asOf)
        reasons = citing.about(self.snapshot, claim.subject, ECO.reason)
        as_of = dated[0].object.value if dated else ""
        verdict = _BY_CONFORMANCE.get(said, "unknown")
        path = (required, claim, conforms, status, *dated, *reasons)
        return as_of, self._gap(
            "standard", standard, verdict, verdict if verdict != "unknown" else "not-assessed", path, standard,
            date=as_of, reason=_reason(reasons),
        )  # fmt: skip

    def _capabilities(self, solution: NamedNode) -> Iterator[Gap]:
        offers = citing.about(self.snapshot, solution, ECO.offersCapability)
        stated = [each for each in self.need.capabilities if each.basis == "stated"]
        for wanted in stated or [each for each in self.need.capabilities if each.basis == "recognised"]:
            asked = (wanted.statement,) if wanted.statement else ()
            offer = self._offered(wanted, offers)
            own = self._own_claim(wanted.iri)
            if offer is not None:
                yield self._gap("capability", wanted.iri, "met", "met", (*asked, offer), wanted.iri)
            elif own:
                yield self._gap("capability", wanted.iri, "met", "own", (*asked, *own), wanted.iri)
            else:
                yield self._gap("capability", wanted.iri, "unknown", "unknown", asked, wanted.iri)

    def _offered(self, wanted: RecognisedConcept, offers: Iterable[Statement]) -> Statement | None:
        """The statement that the solution offers a capability, or a part of it."""
        hierarchy = self.read.hierarchy
        number = hierarchy.number(wanted.iri.value)
        for offer in offers:
            other = hierarchy.number(offer.object.value)
            if number is not None and other is not None and number in hierarchy.at_or_above(other):
                return offer
        return None

    def _own_claim(self, capability: NamedNode) -> tuple[Statement, ...]:
        """The claim by which we have a capability ourselves."""
        for place in self.us.places:
            for claim in citing.about(self.snapshot, None, ECO.claimant, place):
                stated = citing.about(self.snapshot, claim.subject, ECO.capability, capability)
                if stated:
                    return (claim, stated[0])
        return ()

    # --- how far it has been judged ---

    def _gates(self, solution: NamedNode) -> Iterator[Gap]:
        """The newest result at each gate of the processes that have judged the solution; a gate may have none."""
        newest: dict[NamedNode, tuple[str, Statement, Statement, Statement]] = {}
        for about in citing.about(self.snapshot, None, ECO.solution, solution):
            gates = citing.about(self.snapshot, about.subject, ECO.gate)
            results = citing.about(self.snapshot, about.subject, ECO.result)
            if gates and results and isinstance(gates[0].object, NamedNode):
                dated = citing.about(self.snapshot, about.subject, ECO.asOf)
                as_of = dated[0].object.value if dated else ""
                if gates[0].object not in newest or as_of > newest[gates[0].object][0]:
                    newest[gates[0].object] = (as_of, about, gates[0], results[0])
        if not newest:
            yield self._gap("gate", None, "unknown", "none", ())
            return
        for gate in self._gates_beside(newest):
            if gate not in newest:
                yield self._gap("gate", gate, "unknown", "unknown", (), gate)
                continue
            as_of, about, at_gate, result = newest[gate]
            status = _BY_LIGHT.get(result.object.value.rsplit("/", 1)[-1], "unknown")
            reasons = citing.about(self.snapshot, about.subject, ECO.reason)
            dated = citing.about(self.snapshot, about.subject, ECO.asOf)
            path = (about, at_gate, result, *dated, *reasons)
            said: dict[str, NamedNode | str | Texts] = {"result": citing.thing(result), "date": as_of}
            yield self._gap("gate", gate, status, "stated", path, gate, reason=_reason(reasons), **said)

    def _gates_beside(self, judged: Iterable[NamedNode]) -> list[NamedNode]:
        """Every gate of the processes that some gates belong to, in their order."""
        processes = citing.things(each for gate in judged for each in citing.about(self.snapshot, gate, ECO.process))
        found = {gate: self._place(gate) for gate in judged}
        for process in processes:
            for each in citing.about(self.snapshot, None, ECO.process, process):
                if citing.about(self.snapshot, each.subject, None, ECO.Gate):
                    found.setdefault(each.subject, self._place(each.subject))
        return sorted(found, key=lambda gate: (found[gate], gate.value))

    def _place(self, gate: NamedNode) -> tuple[str, float]:
        process = citing.things(citing.about(self.snapshot, gate, ECO.process))
        orders = [each.object.value for each in citing.about(self.snapshot, gate, ECO.order)]
        return process[0].value if process else "", float(orders[0]) if orders else 0.0

    # --- here and there ---

    def _country(self, solution: NamedNode, deployments: Sequence[NamedNode]) -> Iterator[Gap]:
        if not self.us.countries:
            return
        ran = {
            country.object: (place, country)
            for deployment in deployments
            for place in citing.about(self.snapshot, deployment, DCTERMS.spatial)
            if isinstance(place.object, NamedNode)
            for country in citing.about(self.snapshot, place.object, ECO.country)
        }
        for ours, statement in self.us.countries:
            if ours in ran:
                yield self._gap("country", ours, "met", "met", (statement, *ran[ours]), ours)
            elif ran:
                others = [path for _, path in sorted(ran.items(), key=lambda pair: str(pair[0]))]
                theirs = citing.things(country for _, country in others)
                path = (statement, *(each for pair in others for each in pair))
                yield self._gap("country", ours, "missing", "missing", path, ours, other=theirs[0])
            else:
                stated = citing.about(self.snapshot, solution, ECO.country)
                yield self._gap("country", ours, "unknown", "unknown", (statement, *stated), ours)

    def _providers(self, solution: NamedNode) -> Iterator[Gap]:
        """Whether someone who provides it is at home where we are."""
        provided = citing.about(self.snapshot, solution, ECO.provider)
        if not provided:
            yield self._gap(
                "provider", None, "unknown", "none", citing.about(self.snapshot, solution, ECO.providerText)
            )
            return
        for ours, statement in self.us.countries:
            homes = [
                (provider, home)
                for provider in provided
                if isinstance(provider.object, NamedNode)
                for home in citing.about(self.snapshot, provider.object, ECO.country)
            ]
            here = next(((provider, home) for provider, home in homes if home.object == ours), None)
            if here is not None:
                path = (*here, statement)
                who = citing.thing(here[0])
                yield self._gap("provider", who, "met", "met", path, ours, who=who)
            elif homes:
                provider, home = homes[0]
                path = (provider, home, statement)
                who, other = citing.thing(provider), citing.thing(home)
                yield self._gap("provider", who, "unknown", "elsewhere", path, ours, who=who, other=other)
            else:
                yield self._gap("provider", None, "unknown", "unknown", provided, ours)

    def _experience(self, deployments: Sequence[NamedNode]) -> Iterator[Gap]:
        """Whether anyone near us has run it: we ourselves, else somebody of our region, else of our country."""
        if not self.us.places:
            return
        regions = citing.things(
            each for place in self.us.places for each in citing.about(self.snapshot, place, ECO.inRegion)
        )
        countries = tuple(country for country, _ in self.us.countries)
        circles: tuple[tuple[str, Sequence[NamedNode], NamedNode | None], ...] = (
            ("here", self.us.places, None),
            ("region", regions, ECO.inRegion),
            ("country", countries, ECO.country),
        )
        for key, circle, predicate in circles:
            found = self._run_within(deployments, circle, predicate)
            if found is not None:
                who, path = found
                yield self._gap("experience", who, "met", key, path, who)
                return
        yield self._gap("experience", None, "unknown", "unknown", ())

    def _run_within(
        self, deployments: Sequence[NamedNode], circle: Sequence[NamedNode], predicate: NamedNode | None
    ) -> tuple[NamedNode, tuple[Statement, ...]] | None:
        for deployment in deployments:
            for run in citing.about(self.snapshot, deployment, ECO.operator):
                if not isinstance(run.object, NamedNode):
                    continue
                if predicate is None and run.object in circle:
                    return run.object, (run,)
                for home in citing.about(self.snapshot, run.object, predicate) if predicate else ():
                    if home.object in circle:
                        return run.object, (run, home)
        return None

    def _gap(
        self,
        kind: Kind,
        about: NamedNode | None,
        status: Status,
        key: str,
        path: Iterable[Statement],
        what: NamedNode | None = None,
        **more: NamedNode | str | Texts,
    ) -> Gap:
        named = {"what": what, **more} if what is not None else more
        filled = {name: self._words(value) for name, value in named.items()}
        sentences = {
            lang: text(f"replicate.gap.{kind}.{key}", lang, **{name: texts[lang] for name, texts in filled.items()})
            for lang in LANGUAGES
        }
        return Gap(kind, about, status, sentences, tuple(dict.fromkeys(path)))

    def _words(self, value: NamedNode | str | Texts) -> Texts:
        if isinstance(value, NamedNode):
            labels = citing.labels(self.snapshot, value)
            common = value.value.startswith(_COMMON_NOUNS)
            return {lang: in_sentence(label) for lang, label in labels.items()} if common else labels
        return dict.fromkeys(LANGUAGES, value) if isinstance(value, str) else value


def _reason(statements: Iterable[Statement]) -> Texts:
    """Why a judgement came out as it did, as it was written; empty where nobody wrote it."""
    found = [each.object for each in statements if isinstance(each.object, RdfLiteral)]
    return {lang: f" ({best_of(found, lang).value.rstrip('.')})" if found else "" for lang in LANGUAGES}
