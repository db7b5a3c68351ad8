"""
Synthetic growth: as many more municipalities, organisations, projects, participations and topic claims as a benchmark
asks for, shaped like the real ones and about real topics.

The same size gives the same statements, always. All of them are in the graph `graph/synthetic`, whose description says
that it is an example, and every name says that it is synthetic.

    for quad in quads(1_000_000, resources_dir): ...
    write_folder(Path("synthetic"), 100_000, resources_dir)     # the same as a contribution in our template format
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from ecograph.identifiers import concept_iri, graph_iri, slug, thing_iri
from ecograph.namespaces import CONCEPT, DCTERMS, ECO, FOAF, ID, RDF, SKOS, XSD
from ecograph.shacl.contract import Column, Contract, Template

PUBLISHER = "synthetic"
AS_OF = "2026-01-01"
_SEED = 2017
_BLOCKS_PER_MUNICIPALITY = 25
# No Danish, Swedish or Norwegian municipality has a code from here on.
_FIRST_CODE = 6000
_MUNICIPALITIES_PER_PART = 400
_ACTORS = (
    ("company", "company", "virksomhed"),
    ("research-organisation", "research-institute", "forskningsinstitut"),
    ("public-body", "public-authority", "myndighed"),
    ("organisation", "other", "organisation"),
)


@dataclass(frozen=True)
class Topic:
    """A real topic: its slug and its labels."""

    slug: str
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Row:
    """One row of a template: what a partner would write in a table."""

    template: str
    id: str
    cells: Mapping[str, str]


def topics(resources_dir: Path) -> tuple[Topic, ...]:
    """The topics of `ontology/concepts/topic.ttl` that have a label in all three languages."""
    labels: dict[str, dict[str, str]] = {}
    for quad in parse((resources_dir / "ontology/concepts/topic.ttl").read_bytes(), RdfFormat.TURTLE):
        if quad.predicate == SKOS.prefLabel and isinstance(quad.subject, NamedNode):
            assert isinstance(quad.object, Literal)
            name = CONCEPT.local(quad.subject).removeprefix("topic").removeprefix("/")
            labels.setdefault(name, {})[quad.object.language or ""] = quad.object.value
    labels.pop("")
    return tuple(Topic(name, found) for name, found in sorted(labels.items()) if {"da", "sv", "en"} <= found.keys())


def rows(about: Sequence[Topic], part: int = 0) -> Iterator[Row]:
    """
    Rows without end: a municipality now and then, and block by block two organisations, one project with its three
    participations, and two topic claims.

    Args:
        about: The topics they are about.
        part: 0 to 9; goes into every id and code, so that parts can be published beside each other.
    """
    chance = random.Random(_SEED + part)
    prefix = f"synthetic-{part}" if part else "synthetic"
    municipalities: list[str] = []
    organisations: list[str] = []
    block = 0
    while True:
        number = len(municipalities)
        if block % _BLOCKS_PER_MUNICIPALITY == 0 and number < _MUNICIPALITIES_PER_PART:
            municipalities.append(f"{prefix}-m{number}")
            yield Row(
                "municipality",
                municipalities[-1],
                {
                    "name": f"Syntetisk kommune {part}.{number}",
                    "country": ("dk", "se")[number % 2],
                    "code": str(_FIRST_CODE + part * _MUNICIPALITIES_PER_PART + number),
                },
            )
        for _ in range(2):
            number = len(organisations)
            template, kind, word = _ACTORS[chance.randrange(len(_ACTORS))]
            organisations.append(f"{prefix}-o{number}")
            place = chance.choice(municipalities)
            yield Row(
                template,
                organisations[-1],
                {
                    "name": f"Syntetisk {word} {part}.{number}",
                    "kind": kind,
                    "country": ("dk", "se")[number % 2],
                    "municipality": f"municipality/{place}",
                },
            )
        yield from _project(f"{prefix}-p{block}", f"{part}.{block}", chance, organisations, about)
        block += 1


def _project(
    project: str, number: str, chance: random.Random, organisations: Sequence[str], about: Sequence[Topic]
) -> Iterator[Row]:
    first, second = chance.sample(about, 2)
    year = chance.randint(2010, 2025)
    yield Row(
        "project",
        project,
        {
            "title_da": f"Syntetisk projekt {number}: {first.labels['da']} og {second.labels['da']}",
            "title_sv": f"Syntetiskt projekt {number}: {first.labels['sv']} och {second.labels['sv']}",
            "title_en": f"Synthetic project {number}: {first.labels['en']} and {second.labels['en']}",
            "start": f"{year}-01-01",
            "end": f"{year + chance.randint(1, 4)}-12-31",
            "country": ("dk", "se")[chance.randrange(2)],
            "kind": "regular",
        },
    )
    # Some organisations take part in much, most in little, as in the real projects.
    partners = {organisations[int(len(organisations) * chance.random() ** 3)] for _ in range(3)}
    for position, partner in enumerate(sorted(partners)):
        role = "partner" if position else "lead"
        yield Row(
            "participation",
            f"{project}--{partner}--{role}",
            {"project": f"project/{project}", "participant": f"organisation/{partner}", "role": role},
        )
    for topic, confidence in ((first, "0.9"), (second, "0.7")):
        yield Row(
            "topic-claim",
            f"{project}--{topic.slug}--rule",
            {
                "about": f"project/{project}",
                "topic": topic.slug,
                "basis": "rule",
                "as_of": AS_OF,
                "matched_term": topic.labels["en"],
                "confidence": confidence,
            },
        )


def quads(count: int, resources_dir: Path, part: int = 0) -> Iterator[Quad]:
    """
    Exactly `count` statements in `graph/synthetic`.

    Args:
        count: How many.
        resources_dir: Holds `shapes/` and `ontology/`.
        part: See `rows`.
    """
    return islice(_quads(resources_dir, part), count)


def _quads(resources_dir: Path, part: int) -> Iterator[Quad]:
    graph = graph_iri(PUBLISHER)
    templates = Contract.load(resources_dir).templates
    yield Quad(graph, DCTERMS.title, Literal("Synthetic data for benchmarks", language="en"), graph)
    yield Quad(graph, ECO.exampleData, Literal("true", datatype=XSD.boolean), graph)
    for row in rows(topics(resources_dir), part):
        template = templates[row.template]
        subject = thing_iri(template.iri_kind, row.id)
        yield Quad(subject, RDF.type, template.target_class, graph)
        for key, cell in row.cells.items():
            column = template.by_key[key]
            yield Quad(subject, column.path, _term(column, cell), graph)


def write_folder(folder: Path, count: int, resources_dir: Path, part: int = 0) -> int:
    """
    About `count` statements as a contribution of its own, as a partner would bring it.

    Returns:
        How many rows were written.
    """
    publisher = f"{PUBLISHER}-{part}" if part else PUBLISHER
    folder.mkdir(parents=True)
    (folder / "dataset.ttl").write_text(_dataset(publisher), encoding="utf-8")
    templates = Contract.load(resources_dir).templates
    written = statements = 0
    with ExitStack() as files:
        writers: dict[str, csv.DictWriter[str]] = {}
        for row in rows(topics(resources_dir), part):
            if row.template not in writers:
                file = files.enter_context((folder / f"{row.template}.csv").open("w", encoding="utf-8", newline=""))
                writers[row.template] = csv.DictWriter(file, ["id", *_keys(templates[row.template], row)])
                writers[row.template].writeheader()
            writers[row.template].writerow({"id": row.id, **row.cells})
            written += 1
            statements += 1 + len(row.cells)
            # A project's rows belong together, so the end comes before the next one.
            if statements >= count and row.template == "topic-claim":
                return written
    raise AssertionError("rows have no end")


def _keys(template: Template, row: Row) -> list[str]:
    return [column.key for column in template.columns if column.key in row.cells]


def _dataset(publisher: str) -> str:
    dataset, agent = ID[f"contribution/{publisher}"], ID[f"publisher/{publisher}"]
    texts = {
        DCTERMS.title: (
            "Syntetiske data til målinger",
            "Syntetiska data för mätningar",
            "Synthetic data for benchmarks",
        ),
        DCTERMS.rights: ("Ingen rettigheder: opdigtet", "Inga rättigheter: påhittat", "No rights: made up"),
    }
    lines = [f"{dataset} {RDF.type} {ECO.Contribution} ."]
    for path, values in texts.items():
        for lang, value in zip(("da", "sv", "en"), values, strict=True):
            lines.append(f"{dataset} {path} {Literal(value, language=lang)} .")
    lines += [
        f"{dataset} {DCTERMS.publisher} {agent} .",
        f"{agent} {FOAF.name} {Literal(f'Synthetic ({slug(publisher)})')} .",
        f"{dataset} {DCTERMS.license} <https://creativecommons.org/publicdomain/zero/1.0/> .",
        f"{dataset} {DCTERMS.source} <https://example.org/synthetic> .",
        f"{dataset} {DCTERMS.issued} {Literal(AS_OF, datatype=XSD.date)} .",
        f"{dataset} {ECO.exampleData} {Literal('true', datatype=XSD.boolean)} .",
    ]
    return "\n".join(lines) + "\n"


def _term(column: Column, cell: str) -> NamedNode | Literal:
    if column.kind == "concept":
        return concept_iri(column.scheme or "", cell)
    if column.kind == "reference":
        return ID[cell]
    if column.kind == "text":
        return Literal(cell, language=column.lang)
    datatypes: dict[str, NamedNode] = {
        "date": XSD.date,
        "partial_date": XSD.date,
        "year": XSD.gYear,
        "decimal": XSD.decimal,
        "integer": XSD.integer,
    }
    return Literal(cell, datatype=datatypes.get(column.kind, XSD.string))
