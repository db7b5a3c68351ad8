"""What refers to a thing, in the words of a reader: a participation as a project with a role, a claim as its topic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from pyoxigraph import Literal, NamedNode

from ecograph.namespaces import ADMS, CONCEPT, DCTERMS, ECO, ID, ORG, SCHEMA, SKOS
from ecograph.web.views.words import Link, Reader

SHOWN: Final = 10
"""Entries of one relation that stand open; the others are one click away."""
MOST: Final = 200
"""Entries of one relation on the page at all; the rest is counted."""
_READ: Final = 5000
"""Statements pointing at a thing that are read: a role or a country is pointed at by thousands."""

Values = Mapping[NamedNode, Sequence[NamedNode | Literal]]
"""What is said of a thing, by property."""

# Which relations a page shows in which order, by the template of what refers and the property it refers with; "actor"
# and "thing" stand for any template of that sort. Several may share a heading: a need is raised by a municipality and
# concerns it, and is listed once. The headings are `page.relation.*`.
_HEADINGS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("needs", ("need-raisedBy", "need-spatial")),
    ("answers", ("solution-addressesNeed",)),
    ("solutions", ("solution-provider",)),
    ("in-use", ("deployment-spatial", "deployment-operator")),
    ("used-at", ("deployment-solution",)),
    ("results", ("research-result-creator", "research-result-resultOf")),
    ("phases", ("phase-process",)),
    ("gates", ("gate-process", "gate-phase")),
    ("requirements", ("requirement-gate",)),
    ("goals", ("goal-strategy",)),
    ("indicators", ("indicator-goal",)),
    ("observations", ("observation-indicator",)),
    ("participants", ("participation-project",)),
    ("projects", ("participation-participant",)),
    ("topics", ("topic-claim-about",)),
    ("capabilities", ("capability-claim-claimant",)),
    ("funding", ("funding-statement-about",)),
    ("funds", ("funding-statement-funder",)),
    ("continued", ("project-continues",)),
    ("people", ("membership-organization", "person-memberOf")),
    ("employers", ("membership-member",)),
    ("programme-projects", ("project-programme",)),
    ("calls", ("call-programme",)),
    ("rates", ("cofunding-rate-programme",)),
    ("programmes", ("programme-manager", "programme-isPartOf")),
    ("strategies", ("strategy-leader", "strategy-project", "goal-topic")),
    ("processes", ("process-publisher",)),
    ("events", ("event-participant", "event-project")),
    ("parts", ("principle-isPartOf", "mechanism-isPartOf", "standard-isPartOf", "process-isPartOf")),
    ("replaces", ("standard-isReplacedBy",)),
    ("required-by", ("need-requiresStandard", "need-requiresCapability")),
    ("offers", ("solution-offersCapability",)),
    ("able", ("capability-claim-capability", "capability-claim-topic")),
    ("conforms", ("conformance-claim-solution",)),
    ("conforming", ("conformance-claim-conformsTo",)),
    ("gate-results", ("gate-result-solution", "gate-result-gate")),
    ("derived", ("solution-wasDerivedFrom",)),
    ("evidence-for", ("capability-claim-evidence",)),
    ("units", ("actor-subOrganizationOf",)),
    ("members", ("actor-memberOf",)),
    ("municipalities", ("municipality-inRegion",)),
    ("located", ("actor-locatedIn", "actor-inRegion")),
    ("local-projects", ("project-spatial", "project-inRegion")),
    ("programme-area", ("actor-inProgrammeArea",)),
    ("data-models", ("data-model-subject",)),
    ("concepts", ("concept-broadMatch", "concept-closeMatch", "concept-relatedMatch", "concept-related")),
)
_ORDER: Final = {key: place for place, (key, _) in enumerate(_HEADINGS)}
_KEY_OF: Final = {pair: key for key, pairs in _HEADINGS for pair in pairs}
_LATEST_FIRST: Final = frozenset({"projects", "local-projects", "programme-projects", "calls", "funds", "events"})

# Said elsewhere on a page, or of no use to its reader.
_SILENT: Final = frozenset({SKOS.inScheme, SKOS.topConceptOf, SKOS.hasTopConcept, SKOS.broader, SKOS.narrower})

# Where a thing without a name of its own leads to, best first.
_ENDS: Final[Mapping[str, tuple[NamedNode, ...]]] = {
    "participation": (ECO.participant, ECO.project),
    "topic-claim": (ECO.topic, ECO.about),
    "capability-claim": (ECO.capability, ECO.topic, ECO.claimant),
    "deployment": (ECO.solution, DCTERMS.spatial, ECO.operator),
    "membership": (ORG.member, ORG.organization),
    "conformance-claim": (ECO.solution, DCTERMS.conformsTo),
    "gate-result": (ECO.solution, ECO.gate),
    "observation": (ECO.indicator,),
    "cofunding-rate": (ECO.country, ECO.programme),
}
# Seen from its capability or its evidence, a claim leads to who has the capability.
_END_BY_PAIR: Final[Mapping[str, NamedNode]] = {
    "capability-claim-evidence": ECO.claimant,
    "capability-claim-capability": ECO.claimant,
    "capability-claim-topic": ECO.claimant,
}
# What is remarked beside it.
_REMARKS: Final[Mapping[str, tuple[NamedNode, ...]]] = {
    "participation": (ECO.role, ECO.roleText),
    "capability-claim": (ECO.topic, ECO.level),
    "deployment": (ECO.stage, ECO.site),
    "membership": (ORG.role,),
    "conformance-claim": (ECO.conformance, ECO.reason),
    "gate-result": (ECO.result, ECO.asOf),
    "observation": (ECO.value, ECO.period),
    "cofunding-rate": (ECO.share,),
    "goal": (ECO.targetYear,),
    "indicator": (ECO.targetValue, ECO.unit, ECO.direction),
    "call": (ECO.deadline, ADMS.status),
    "gate": (ECO.requirementCount,),
    "need": (ECO.country,),
    "solution": (ECO.kind,),
}
_ORDERED: Final = frozenset({"phase", "gate", "requirement"})
_LEAD: Final = CONCEPT["participation-role/lead"]


@dataclass(slots=True)
class Entry:
    """
    One thing in a relation.

    Args:
        link: The thing.
        notes: Remarks beside it, such as a role.
        sources: Who says so, where it matters statement by statement.
        year: What it is sorted by where the latest comes first.
        place: Its place in an order of its own.
    """

    link: Link
    notes: list[str] = field(default_factory=list)
    sources: list[Link] = field(default_factory=list)
    year: str = ""
    place: float = 0.0

    @property
    def note(self) -> str:
        """The remarks in one line."""
        return ", ".join(self.notes)


@dataclass(frozen=True, slots=True)
class Relation:
    """What refers to a thing in one way: the first entries, further ones, and how many there are."""

    label: str
    entries: tuple[Entry, ...]
    more: tuple[Entry, ...]
    total: int


def relations(words: Reader, iri: NamedNode, leave_out: frozenset[str] = frozenset()) -> tuple[Relation, ...]:
    """
    What refers to a thing, grouped by how.

    Args:
        words: The reader.
        iri: The thing.
        leave_out: Templates whose things the page shows in another way.
    """
    found: dict[str, dict[NamedNode, tuple[str, NamedNode]]] = defaultdict(dict)
    for quad in islice(words.view.snapshot.quads(None, None, iri), _READ):
        subject = quad.subject
        if not isinstance(subject, NamedNode) or quad.predicate in _SILENT or not _ours(subject):
            continue
        template = words.template(subject)
        slug = template.slug if template else "concept"
        if slug not in leave_out:
            key, pair = _key(words, slug, quad.predicate)
            if key:
                found[key].setdefault(subject, (pair, quad.predicate))
    order = sorted(found, key=lambda key: (_ORDER.get(key, len(_ORDER)), key))
    return tuple(_relation(words, iri, key, found[key]) for key in order)


def _ours(subject: NamedNode) -> bool:
    return (subject in ID and not ID.local(subject).startswith("contribution/")) or subject in CONCEPT


def _key(words: Reader, slug: str, predicate: NamedNode) -> tuple[str, str]:
    """The heading of a relation, and the pair it was found by; a claim's basis or a role's uses have none."""
    name = predicate.value.rsplit("#", 1)[-1].rsplit("/", 1)[-1]
    pair = f"{slug}-{name}"
    if pair in _KEY_OF:
        return _KEY_OF[pair], pair
    if slug in words.directory.kinds_of["actors"] and f"actor-{name}" in _KEY_OF:
        return _KEY_OF[f"actor-{name}"], pair
    return (f"other:{slug}", pair) if slug in words.directory.listed else ("", pair)


def _relation(
    words: Reader, here: NamedNode, key: str, subjects: Mapping[NamedNode, tuple[str, NamedNode]]
) -> Relation:
    merged: dict[tuple[str, str | None], Entry] = {}
    for subject, (pair, predicate) in islice(subjects.items(), _READ):
        entry = _entry(words, subject, pair, predicate, here)
        kept = merged.setdefault((entry.link.text, entry.link.href), entry)
        kept.notes = _distinct([*kept.notes, *entry.notes])
        kept.sources = list(dict.fromkeys([*kept.sources, *entry.sources]))
        kept.year = max(kept.year, entry.year)
    entries = list(merged.values())
    by_name = {link: place for place, link in enumerate(words.sorted(entry.link for entry in entries))}
    entries.sort(key=lambda entry: (entry.place, by_name[entry.link]))
    if key in _LATEST_FIRST:
        entries.sort(key=lambda entry: entry.year, reverse=True)
    slug = key.removeprefix("other:")
    label = words.kind(slug, many=True) if key != slug else words.say(f"page.relation.{key}")
    return Relation(label, tuple(entries[:SHOWN]), tuple(entries[SHOWN:MOST]), len(entries))


def _entry(words: Reader, subject: NamedNode, pair: str, predicate: NamedNode, here: NamedNode) -> Entry:
    values = said(words, subject)
    template = words.template(subject)
    slug = template.slug if template else ""
    target, years = subject, span(words, values)
    if slug in _ENDS:
        best = (_END_BY_PAIR[pair],) if pair in _END_BY_PAIR else tuple(e for e in _ENDS[slug] if e != predicate)
        ends = [each for path in best for each in values.get(path, ()) if isinstance(each, NamedNode) and each != here]
        target = ends[0] if ends else subject
        years = years or span(words, said(words, target))
    if slug == "funding-statement":
        return _funding(words, values, subject, here)
    remarks = [_remark(words, each, path) for path in _REMARKS.get(slug, ()) for each in values.get(path, ())]
    if slug == "capability-claim" and pair not in _END_BY_PAIR:
        others = [each for each in values.get(ECO.capability, ()) if isinstance(each, NamedNode) and each != target]
        remarks = [*(words.link(each).text for each in others), *remarks]
    if slug == "capability-claim" and predicate != ECO.evidence:
        evidence = ", ".join(_evidence(words, each) for each in values.get(ECO.evidence, ()))
        remarks.append(words.say("page.thing.evidenced-by", evidence=evidence))
    shown_years = [years] if years and slug not in ("topic-claim", "observation", "goal") else []
    link = words.link(target)
    return Entry(
        link,
        _distinct([note for note in [*remarks, *shown_years, *basis(words, values, slug)] if note != link.text]),
        year=_year(words, values) or _year(words, said(words, target)),
        place=_place(slug, values),
    )


def _place(slug: str, values: Values) -> float:
    """Steps come in their order, and who leads a project before those who take part."""
    if slug in _ORDERED:
        return next((float(each.value) for each in values.get(ECO.order, ())), 0.0)
    return 0.0 if slug != "participation" or _LEAD in values.get(ECO.role, ()) else 1.0


def _evidence(words: Reader, evidence: NamedNode | Literal) -> str:
    """What a piece of evidence is called; a participation is called by its project."""
    projects = said(words, evidence).get(ECO.project, ()) if isinstance(evidence, NamedNode) else ()
    return words.value(next(iter(projects), evidence)).text


def _funding(words: Reader, values: Values, subject: NamedNode, here: NamedNode) -> Entry:
    """An amount in its currency, what it is, who gives it, and who says so."""
    number = next((float(each.value) for each in values.get(ECO.amount, ()) if isinstance(each, Literal)), 0.0)
    currencies = [each for each in values.get(ECO.currency, ()) if isinstance(each, NamedNode)]
    about = [each for each in values.get(ECO.about, ()) if isinstance(each, NamedNode) and each != here]
    amount = " ".join([words.number(number), *(words.view.concepts.notation(each) or "" for each in currencies)])
    notes = [words.link(each).text for each in values.get(ECO.kind, ()) if isinstance(each, NamedNode)]
    funders = [each for each in values.get(ECO.funder, ()) if isinstance(each, NamedNode) and each != here]
    names = [words.link(each).text for each in funders]
    names += [each.value for each in values.get(ECO.funderText, ()) if isinstance(each, Literal)]
    notes += [words.say("page.thing.funded-by", name=name) for name in names]
    notes += [words.day(each.value) for each in values.get(DCTERMS.issued, ())]
    sources = [words.value(each) for each in values.get(DCTERMS.source, ())]
    graphs = {quad.graph_name for quad in words.view.snapshot.quads(subject, ECO.amount)}
    sources += [words.source(graph)[0] for graph in sorted(graphs, key=str)]
    if about:
        return Entry(words.link(about[0]), [amount, *notes], sources, _year(words, said(words, about[0])))
    return Entry(Link(amount), notes, sources)


def basis(words: Reader, values: Values, slug: str) -> list[str]:
    """How a claim came about: set by a rule, found in a text, said by its source or by a person, and when."""
    kinds = [each.value.rsplit("/", 1)[-1] for each in values.get(ECO.basis, ()) if isinstance(each, NamedNode)]
    if not kinds:
        return []
    found = words.say_if_known(f"page.basis.{slug}-{kinds[0]}") or words.say_if_known(f"page.basis.{kinds[0]}") or ""
    terms = [each.value for each in values.get(ECO.matchedTerm, ()) if isinstance(each, Literal)]
    if terms:
        found += f" ({', '.join(sorted(terms))})"
    days = [words.day(each.value) for each in values.get(ECO.asOf, ()) if isinstance(each, Literal)]
    return [found, *days]


def said(words: Reader, iri: NamedNode) -> Values:
    """What is said of a thing, by property."""
    found: dict[NamedNode, list[NamedNode | Literal]] = defaultdict(list)
    for quad in words.view.snapshot.quads(iri):
        if isinstance(quad.object, NamedNode | Literal) and quad.object not in found[quad.predicate]:
            found[quad.predicate].append(quad.object)
    return found


def span(words: Reader, values: Values) -> str:
    """From which year to which, as `2023–2025`."""
    begins = [each.value[:4] for each in values.get(SCHEMA.startDate, ())]
    ends = [each.value[:4] for each in values.get(SCHEMA.endDate, ())]
    if begins and ends and min(begins) != max(ends):
        return f"{min(begins)}–{max(ends)}"
    if begins and not ends:
        return words.say("page.thing.since", year=min(begins))
    return max(ends, default=min(begins, default=""))


def _year(words: Reader, values: Values) -> str:
    paths = (SCHEMA.startDate, ECO.deadline, DCTERMS.issued, SCHEMA.endDate)
    return next((max(each.value for each in values[path]) for path in paths if values.get(path)), "")


def _remark(words: Reader, value: NamedNode | Literal, path: NamedNode) -> str:
    if isinstance(value, Literal) and value.language not in (None, words.lang):
        return ""
    shown = words.value(value, path).text
    return words.say("page.thing.requirements", count=shown) if path == ECO.requirementCount else shown


def _distinct(notes: Iterable[str]) -> list[str]:
    seen: dict[str, str] = {}
    for note in notes:
        if note:
            seen.setdefault(note.casefold(), note)
    return list(seen.values())
