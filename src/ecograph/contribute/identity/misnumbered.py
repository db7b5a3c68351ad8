"""Numbers in RDF files whose check digits do not fit; those in tables are asked while the rows are mapped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import Literal, NamedNode, Quad

from ecograph.contribute.identity import checkdigits
from ecograph.contribute.mapping import Place, finding
from ecograph.shacl.contract import Column, Contract
from ecograph.shacl.report import Finding


def find(stated: Iterable[Quad], contract: Contract, written_in: Mapping[NamedNode, str]) -> Iterator[Finding]:
    """
    A finding for each number that has the form of its property and the wrong check digits.

    Args:
        stated: The statements of RDF files.
        contract: Which properties hold numbers, and in which form.
        written_in: The file of each thing.

    Source:
        docs/identity.md, "Numbers".
    """
    columns: dict[NamedNode, Column] = {
        column.path: column
        for template in contract.templates.values()
        for column in template.columns
        if checkdigits.has(column.path)
    }
    for quad in stated:
        column = columns.get(quad.predicate)
        if column is None or not isinstance(quad.object, Literal | NamedNode):
            continue
        number = quad.object.value
        if not re.search(column.pattern or "", number) or checkdigits.fits(column.path, number):
            continue
        if isinstance(quad.subject, NamedNode):
            yield finding(
                "bad-check-digit",
                Place(written_in.get(quad.subject, ""), 0),
                number,
                focus=quad.subject,
                path=column.path,
                shape=column.shape,
                values={"name": column.names},
            )
