"""
Which things a name or number may mean, how sure that is, and whether it is safe to take the first one unseen.

Readings go from strict to loose, as in `contribute.identity.resolving`, with the same names and numbers.

Source:
    docs/reconciliation.md, "Score and match".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import Literal, NamedNode
from rapidfuzz import fuzz

from ecograph.contribute.identity import checkdigits
from ecograph.contribute.identity.names import key
from ecograph.errors import BadParameter
from ecograph.messages import Language
from ecograph.namespaces import SKOS
from ecograph.spelling import fold_name, loose_names
from ecograph.web.reading.directory import Summary
from ecograph.web.reconciling.asking import Asked, Condition
from ecograph.web.reconciling.index import SUBJECTS, Index, Type

# Points of 100 for the reading that found a candidate.
_IDENTIFIED: Final = 100.0
_NAMED: Final = 100.0
_SAME_INSTITUTION: Final = 96.0
_LOOSE: Final = 92.0
_MOST_ALIKE: Final = 90.0  # a name that only looks like it never reaches a loose reading of the same name
_LEAST_ALIKE: Final = 60.0  # of 100: below, nothing on OpenRefine's list would be what was meant
# What is kept of the points when a condition is contradicted, cannot be compared, or a type does not fit.
_CONTRADICTED: Final = 0.5
_UNCOMPARED: Final = 0.97
_OTHER_TYPE: Final = 0.8
_SUPPORTS: Final = 60.0  # likeness of the names at which a number in another column may decide
_SHORTEST_CODE: Final = 3
_INSTITUTIONS: Final = (" kommune", " universitet")  # the kinds that `loose_names` keeps, written the same
_PLAIN: Final = str.maketrans({"ä": "a", "ö": "o", "å": "a"})


@dataclass(slots=True)
class Candidate:
    """
    Something that a query may mean.

    Args:
        summary: What it is.
        score: 0 to 100.
        by: The reading that found it: `id`, `number`, `name`, `institution`, `loose` or `alike`.
        match: Whether it is safe to take it unseen.
        features: How the score came about.
    """

    summary: Summary
    score: float
    by: str
    match: bool = False
    features: dict[str, float | bool] = field(default_factory=dict)


def reconcile(index: Index, asked: Asked, lang: Language) -> list[Candidate]:
    """
    The candidates for a query, the likeliest first; `match` is true of at most one.

    Args:
        index: What there is.
        asked: The query.
        lang: Decides the order of equal scores, by name.

    Raises:
        BadParameter: An unknown type or property.
    """
    types = tuple(_type(index, name) for name in asked.types)
    conditions = [(path, condition) for condition in asked.conditions for path in (_path(index, condition.property),)]
    found: dict[NamedNode, Candidate] = {}
    for iri, by, points in (*_numbers_beside(index, conditions), *_readings(index, asked.text)):
        summary = index.summary(iri)
        if summary is None:
            continue
        fits = _fits(summary, types, asked)
        score = points if fits else points * _OTHER_TYPE
        if (fits or asked.strictness == "should") and (iri not in found or found[iri].score < score):
            found[iri] = Candidate(summary, score, by, features={"type": fits})
    candidates = list(found.values())
    for candidate in candidates:
        if asked.text:
            candidate.features["name_likeness"] = round(_likeness(candidate.summary, asked.text), 1)
        if candidate.by == "alike":
            candidate.score *= candidate.features.get("name_likeness", 0.0) / 100
    candidates = [each for each in candidates if each.by != "alike" or _alike_enough(each)]
    _compare(index, candidates, conditions)
    ranked = sorted(candidates, key=lambda each: (-each.score, each.summary.name(lang)[0], each.summary.iri.value))
    _decide(index, asked, types, ranked)
    return ranked[: asked.limit]


def _type(index: Index, name: str) -> Type:
    found = index.type_named(name)
    if found is None:
        known = ", ".join(each.iri.value for each in index.default_types)
        raise BadParameter(name="type", value=name[:100], expected=f"{known}, …")
    return found


def _path(index: Index, name: str) -> NamedNode:
    found = index.property_named(name)
    if found is None:
        raise BadParameter(name="pid", value=name[:100], expected="suggest/property")
    return found


def _fits(summary: Summary, types: Sequence[Type], asked: Asked) -> bool:
    if not types:
        return (
            "/" not in summary.kind or summary.kind in SUBJECTS
        )  # "partner" in a table of organisations is no role in a project
    fitting = [summary.kind in each.kinds for each in types]
    return all(fitting) if asked.strictness == "all" else any(fitting)


def _readings(index: Index, text: str) -> Iterator[tuple[NamedNode, str, float]]:
    """What a text may mean, each reading with its points; likeness only where no reading of the words finds any."""
    if not text:
        return
    iri = index.entity(text)
    if iri is not None:
        yield iri, "id", _IDENTIFIED
        return
    strict = False
    for path in (*index.numbered, SKOS.notation):
        for each in _coded(index, path, text):
            strict = True
            yield each, "number", _IDENTIFIED
    for each in (*index.names.named(text), *index.concept_names.named(fold_name(text))):
        strict = True
        yield each, "name", _NAMED
    for form in loose_names(text):
        points, by = (_SAME_INSTITUTION, "institution") if form.endswith(_INSTITUTIONS) else (_LOOSE, "loose")
        for each in (*index.names.loosely(form), *index.concept_names.loosely(form)):
            strict = True
            yield each, by, points
    if not strict:
        for form in dict.fromkeys((fold_name(text), *loose_names(text))):
            for _, each in (*index.names.alike(form, _LEAST_ALIKE), *index.concept_names.alike(form, _LEAST_ALIKE)):
                yield each, "alike", _MOST_ALIKE


def _coded(index: Index, path: NamedNode, text: str) -> Iterable[NamedNode]:
    if not any(letter.isdigit() for letter in text) or len(text) < _SHORTEST_CODE:
        return ()
    number = key(text, index.patterns.get(path))
    return (*index.names.coded(path, number), *index.concept_names.coded(path, number))


def _numbers_beside(
    index: Index, conditions: Iterable[tuple[NamedNode, Condition]]
) -> Iterator[tuple[NamedNode, str, float]]:
    """Things that another column numbers."""
    for path, condition in conditions:
        if path in index.patterns:
            for value in condition.values:
                for iri in _coded(index, path, value):
                    yield iri, "number", _IDENTIFIED


def _likeness(summary: Summary, text: str) -> float:
    """How alike a text and the likest name of something are, 0 to 100, without accents and the order of words."""
    wanted = {_plain(form) for form in (fold_name(text), *loose_names(text))}
    wanted |= {form.replace("oe", "o").replace("ae", "a") for form in wanted}
    names = {_plain(fold_name(name)) for name in (*summary.names.values(), *summary.other_names)}
    pairs = ((form, name) for form in wanted for name in names)
    return max((max(fuzz.ratio(*pair), fuzz.token_sort_ratio(*pair) - 1) for pair in pairs), default=0.0)


def _alike_enough(candidate: Candidate) -> bool:
    return candidate.features.get("name_likeness", 0.0) >= _LEAST_ALIKE


def _plain(folded: str) -> str:
    return folded.translate(_PLAIN)


def _compare(index: Index, candidates: Iterable[Candidate], conditions: Sequence[tuple[NamedNode, Condition]]) -> None:
    """Weigh what the graph says of each candidate against what the query says."""
    for path, condition in conditions:
        wanted = _meant(index, condition.values)
        if not condition.values or not any(condition.values):
            continue
        name = f"property:{path.value.rsplit('#', 1)[-1].rsplit('/', 1)[-1]}"
        for candidate in candidates:
            holds = _holds(index, candidate.summary.iri, path, condition.values, wanted)
            candidate.features[name] = 100.0 if holds else 0.0 if holds is False else 50.0
            candidate.score *= 1.0 if holds else _CONTRADICTED if holds is False else _UNCOMPARED


def _meant(index: Index, values: Iterable[str]) -> frozenset[NamedNode]:
    """Things and concepts that values name."""
    found: set[NamedNode] = set()
    for value in values:
        iri = index.entity(value)
        found.update((iri,) if iri else ())
        found.update(index.names.named(value), index.concept_names.named(fold_name(value)))
        found.update(index.concept_names.coded(SKOS.notation, key(value, None)))
        for form in loose_names(value):
            found.update(index.names.loosely(form))
    return frozenset(found)


def _holds(
    index: Index, iri: NamedNode, path: NamedNode, values: Iterable[str], wanted: frozenset[NamedNode]
) -> bool | None:
    """Whether something has one of the values; None where the graph does not say."""
    objects = [quad.object for quad in index.view.snapshot.quads(iri, path)]
    if not objects:
        return None
    pattern = index.patterns.get(path)
    written = {key(value, pattern) if path in index.patterns else fold_name(value) for value in values if value}
    for each in objects:
        if isinstance(each, NamedNode) and path not in index.patterns:
            if each in wanted or each.value in values or fold_name(each.value.rsplit("/", 1)[-1]) in written:
                return True
        elif isinstance(each, Literal | NamedNode):
            said = key(each.value, pattern) if path in index.patterns else fold_name(each.value)
            if said in written:
                return True
    return False


def _decide(index: Index, asked: Asked, types: Sequence[Type], ranked: Sequence[Candidate]) -> None:
    """Say of the first candidate whether it may be taken unseen."""
    sure = [each for each in ranked if each.by != "alike" and not _contradicted(each) and each.features["type"]]
    if len(sure) == 1 and _is_safe(index, asked, types, sure[0]) and sure[0] is ranked[0]:
        sure[0].match = True


def _is_safe(index: Index, asked: Asked, types: Sequence[Type], only: Candidate) -> bool:
    confirmed = any(value == 100.0 for name, value in only.features.items() if name.startswith("property:"))
    numbers = [each for each in asked.conditions if _path(index, each.property) in index.patterns]
    match only.by:
        case "id":
            return True
        case "number" if not asked.text or not _is_number_of(index, only, asked.text):
            # The number stands in another column: the name must not speak against it.
            return bool(numbers) and (not asked.text or float(only.features["name_likeness"]) >= _SUPPORTS)
        case "number":
            return _says_what_it_is(index, only, asked.text, types)
        case "name":
            return bool(types) or confirmed or _is_official(index, only, asked.text)
        case "institution":
            return True
    return False


def _is_number_of(index: Index, only: Candidate, text: str) -> bool:
    return any(only.summary.iri in _coded(index, path, text) for path in (*index.numbered, SKOS.notation))


def _says_what_it_is(index: Index, only: Candidate, text: str, types: Sequence[Type]) -> bool:
    """
    Whether a number alone can mean nothing else: it has check digits, or everything of the types asked for has one.

    A municipality's code is four digits and a CPV code eight, like a year and a CVR number.
    """
    for path in (*index.numbered, SKOS.notation):
        if only.summary.iri in _coded(index, path, text):
            owners = index.numbered.get(path, frozenset())
            if checkdigits.has(path) or (types and all(each.kinds <= owners for each in types)):
                return True
            if path == SKOS.notation and types and all(_is_scheme(each) for each in types):
                return True
    return False


def _is_scheme(wanted: Type) -> bool:
    return wanted.iri == SKOS.Concept or SKOS.Concept in wanted.broader


def _is_official(index: Index, only: Candidate, text: str) -> bool:
    return fold_name(text) in {fold_name(name) for name in index.official(only.summary.iri)}


def _contradicted(candidate: Candidate) -> bool:
    return any(value == 0.0 for name, value in candidate.features.items() if name.startswith("property:"))


def features_of(candidate: Candidate) -> Mapping[str, float | bool]:
    """The features that clients may weigh themselves."""
    return {**candidate.features, f"found_by:{candidate.by}": True}
