"""A harvest as a contribution folder: tables after our templates, and who says this, from where, on which terms."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from ecograph.contribute.provenance import FILE_NAME, contribution_iri
from ecograph.messages import LANGUAGES, text
from ecograph.namespaces import DCTERMS, ECO, FOAF, RDF, XSD
from ecograph.rdf.formats import TURTLE
from ecograph.rdf.serializing import write_graph

CC0: Final = NamedNode("https://creativecommons.org/publicdomain/zero/1.0/")
CC_BY: Final = NamedNode("https://creativecommons.org/licenses/by/4.0/")

_FIRST: Final = ("id", "project", "participant")  # columns that say what a row is about stand in front


@dataclass(frozen=True)
class Source:
    """
    Somebody whose knowledge graph is harvested.

    Args:
        name: Of the harvester, of its messages (`federate.source`), and the slug of the publisher.
        publisher: Their IRI.
        publisher_name: What they are called.
        homepage: Where the data come from.
        licence: The terms.
    """

    name: str
    publisher: NamedNode
    publisher_name: str
    homepage: NamedNode
    licence: NamedNode


def write(
    folder: Path,
    source: Source,
    tables: Mapping[str, Sequence[Mapping[str, str]]],
    days: Iterable[str],
    requires: Iterable[NamedNode],
) -> None:
    """
    Write the folder; tables of an earlier harvest go.

    Args:
        folder: Where to.
        source: Who says this.
        tables: Rows per template.
        days: When it was fetched.
        requires: Contributions that the rows refer to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.csv"):
        old.unlink()
    for template, rows in tables.items():
        (folder / f"{template}.csv").write_bytes(table(rows))
    (folder / FILE_NAME).write_bytes(write_graph(description(source, max(days), requires), TURTLE))


def table(rows: Sequence[Mapping[str, str]]) -> bytes:
    """
    Rows as CSV (RFC 4180), in the order of their first cells.

    Example:
        >>> table([{"label_da": "Å", "id": "x/b"}, {"id": "x/a"}]).decode()
        'id,label_da\\r\\nx/a,\\r\\nx/b,Å\\r\\n'
    """
    names = {name for row in rows for name in row}
    columns = [name for name in _FIRST if name in names] + sorted(names.difference(_FIRST))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerows(sorted(rows, key=lambda row: [row.get(name, "") for name in columns]))
    return out.getvalue().encode()


def description(source: Source, day: str, requires: Iterable[NamedNode]) -> list[Triple]:
    """What `dataset.ttl` says."""
    iri = contribution_iri(source.name)
    triples = [
        Triple(iri, RDF.type, ECO.Contribution),
        Triple(iri, DCTERMS.publisher, source.publisher),
        Triple(iri, DCTERMS.license, source.licence),
        Triple(iri, DCTERMS.source, source.homepage),
        Triple(iri, DCTERMS.issued, Literal(day, datatype=XSD.date)),
        Triple(source.publisher, FOAF.name, Literal(source.publisher_name)),
    ]
    for lang in LANGUAGES:
        title, rights = (text(f"federate.source.{source.name}.{what}", lang) for what in ("title", "rights"))
        triples.append(Triple(iri, DCTERMS.title, Literal(title, language=lang)))
        triples.append(Triple(iri, DCTERMS.rights, Literal(rights, language=lang)))
    return [*triples, *(Triple(iri, DCTERMS.requires, each) for each in requires)]
