"""What a need says: its topics and capabilities with the words that led to them, its places, and its wording."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from pyoxigraph import NamedNode

from ecograph.errors import UnknownThing
from ecograph.match import weights
from ecograph.match.model import NeedProfile, Place, RecognisedConcept, Statement, Texts
from ecograph.match.projection.evidence import Evidence, Wording, best_wording
from ecograph.match.understanding.places import Gazetteer
from ecograph.match.understanding.suggesting import likely, suggested, trusted
from ecograph.messages import LANGUAGES, Language, language_of
from ecograph.namespaces import CONCEPT, DCTERMS, ECO
from ecograph.text.language import detect
from ecograph.text.lexicon import normalise
from ecograph.text.linking import Found

MAX_CHARACTERS: Final = 20_000
"""Of a typed text; what is longer is cut, so that time stays bounded."""

_CAPABILITY: Final = CONCEPT["capability"].value + "/"


def of_need(evidence: Evidence, gazetteer: Gazetteer, need: NamedNode) -> NeedProfile:
    """
    The profile of a need in the graph.

    Raises:
        UnknownThing: No need has that IRI.
    """
    number = evidence.numbers.get(need.value)
    if number is None or evidence.kinds[number] != "Need":
        raise UnknownThing(kind="need", id=need.value)
    statements = [evidence.statements[edge] for edge in evidence.need_statements.get(number, ())]
    stated = [
        recognised
        for statement in statements
        if statement.predicate in (ECO.topic, ECO.requiresCapability)
        and (recognised := _stated(evidence, statement)) is not None
    ]
    texts = _texts(evidence.titles[number])
    description = _texts(evidence.bodies[number])
    found = [
        concept
        for lang, text in (*texts.items(), *description.items())
        for concept in evidence.linker.find(normalise(text)[:MAX_CHARACTERS], lang)
    ]
    known = {concept.iri.value for concept in stated}
    heard = [
        concept
        for concept in _recognised(evidence, found, weights.RECOGNISED_BESIDE_STATED if stated else 1.0)
        if not _said_already(evidence, concept.iri.value, known)
    ]
    named = (place for lang, text in texts.items() for place in gazetteer.find(text, lang))
    return _profile(
        evidence,
        iri=need,
        texts=texts,
        description=description,
        language=None,
        concepts=[*_once(stated), *heard],
        places=[*_spatial(evidence, statements), *named],
        countries=tuple(code for code, _ in evidence.countries.get(number, ())),
        askers=tuple(
            statement.object
            for statement in statements
            if statement.predicate == ECO.raisedBy and isinstance(statement.object, NamedNode)
        ),
        standards=tuple(
            statement.object
            for statement in statements
            if statement.predicate == ECO.requiresStandard and isinstance(statement.object, NamedNode)
        ),
    )


def of_text(evidence: Evidence, gazetteer: Gazetteer, text: str, lang: str | None = None) -> NeedProfile:
    """
    The profile of a need typed in.

    Args:
        evidence: The graph.
        gazetteer: Its places.
        text: What the person wrote.
        lang: The language they say it is in, as a BCP 47 tag; found out where None.
    """
    clean = normalise(text)[:MAX_CHARACTERS].strip()
    detected = detect(clean, lang)
    sure = detected.language if detected.sure else None
    places = gazetteer.find(clean, sure)
    found = evidence.linker.find(_without_places(clean, places), sure)
    texts: Texts = {detected.language: clean} if detected.language else ({"en": clean} if clean else {})
    return _profile(
        evidence,
        iri=None,
        texts=texts,
        description={},
        language=sure,
        concepts=_recognised(evidence, found, 1.0),
        places=places,
        countries=_countries_of(evidence, places),
        askers=(),
        standards=(),
    )


def with_concept(evidence: Evidence, profile: NeedProfile, concept: NamedNode, weight: float = 1.0) -> NeedProfile:
    """
    The profile with a topic or capability that the coordinator adds.

    Raises:
        UnknownThing: The IRI is no topic and no capability.
    """
    number = evidence.hierarchy.number(concept.value)
    if number is None:
        raise UnknownThing(kind="concept", id=concept.value)
    added = RecognisedConcept(concept, evidence.hierarchy.texts(number), weight, (), "stated")
    kept = profile.without(concept)  # also from those that were only suggested
    return _profile_with(kept, [*kept.concepts, *kept.capabilities, added])


def _profile(
    evidence: Evidence,
    *,
    iri: NamedNode | None,
    texts: Texts,
    description: Texts,
    language: Language | None,
    concepts: Iterable[RecognisedConcept],
    places: Iterable[Place],
    countries: tuple[str, ...],
    askers: tuple[NamedNode, ...],
    standards: tuple[NamedNode, ...],
) -> NeedProfile:
    understood = NeedProfile(
        iri=iri,
        texts=texts,
        language=language,
        concepts=(),
        countries=countries,
        places=tuple({place.iri: place for place in places}.values()),
        askers=askers,
        standards=standards,
        description=description,
    )
    chances = likely(evidence, understood)
    profile = _profile_with(understood, trusted(evidence, list(concepts), chances))
    return replace(profile, suggested=suggested(evidence, profile, chances))


def _profile_with(profile: NeedProfile, concepts: Iterable[RecognisedConcept]) -> NeedProfile:
    every = list(concepts)
    return replace(
        profile,
        concepts=tuple(each for each in every if not each.iri.value.startswith(_CAPABILITY)),
        capabilities=tuple(each for each in every if each.iri.value.startswith(_CAPABILITY)),
    )


def _stated(evidence: Evidence, statement: Statement) -> RecognisedConcept | None:
    if not isinstance(statement.object, NamedNode):
        return None
    number = evidence.hierarchy.number(statement.object.value)
    if number is None:
        return None
    return RecognisedConcept(statement.object, evidence.hierarchy.texts(number), 1.0, (), "stated", statement)


def _once(concepts: Iterable[RecognisedConcept]) -> list[RecognisedConcept]:
    found: dict[NamedNode, RecognisedConcept] = {}
    for concept in concepts:
        found.setdefault(concept.iri, concept)
    return list(found.values())


def _recognised(evidence: Evidence, found: Iterable[Found], factor: float) -> list[RecognisedConcept]:
    """One per concept, with all its words; one that stands beside a narrower one of the same text counts less."""
    weight: dict[str, float] = {}
    words: dict[str, list[str]] = {}
    for each in found:
        weight[each.iri] = max(weight.get(each.iri, 0.0), each.weight)
        text = " ".join(each.words)
        if text.lower() not in [known.lower() for known in words.setdefault(each.iri, [])]:
            words[each.iri].append(text)
    numbers = {iri: number for iri in weight if (number := evidence.hierarchy.number(iri)) is not None}
    return [
        RecognisedConcept(
            NamedNode(iri),
            evidence.hierarchy.texts(number),
            round(
                weight[iri]
                * factor
                * (
                    weights.GENERAL_BESIDE_SPECIFIC
                    if any(evidence.hierarchy.is_above(number, other) for other in numbers.values())
                    else 1.0
                ),
                3,
            ),
            tuple(words[iri]),
            "recognised",
        )
        for iri, number in numbers.items()
    ]


def _said_already(evidence: Evidence, iri: str, known: Iterable[str]) -> bool:
    """Whether a concept is stated, or above one that is."""
    number = evidence.hierarchy.number(iri)
    others = [other for each in known if (other := evidence.hierarchy.number(each)) is not None]
    return number is not None and any(number == other or evidence.hierarchy.is_above(number, other) for other in others)


def _texts(wordings: Iterable[Wording]) -> dict[Language, str]:
    kept = list(wordings)
    return {
        lang: best_wording(kept, lang)
        for lang in LANGUAGES
        if any(language_of(wording.lang) == lang for wording in kept if wording.lang)
    }


def _spatial(evidence: Evidence, statements: Iterable[Statement]) -> list[Place]:
    found = []
    for statement in statements:
        if statement.predicate == DCTERMS.spatial and isinstance(statement.object, NamedNode):
            number = evidence.numbers.get(statement.object.value)
            if number is not None:
                found.append(Place(statement.object, evidence.labels(number), ()))
    return found


def _countries_of(evidence: Evidence, places: Iterable[Place]) -> tuple[str, ...]:
    codes: Mapping[str, None] = {
        code: None for place in places for code, _ in evidence.countries.get(evidence.numbers[place.iri.value], ())
    }
    return tuple(codes)


def _without_places(text: str, places: Iterable[Place]) -> str:
    """The text with the names of its places blanked: a place is no topic."""
    for place in places:
        name = " ".join(place.words)
        text = text.replace(name, " " * len(name))
    return text
