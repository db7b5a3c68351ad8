"""Which formats RDF and query results are written in, and which of them a client is answered with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pyoxigraph import QueryResultsFormat, RdfFormat

from ecograph.errors import NotAcceptable

_MAX_ACCEPT = 4096  # longer than any client's real Accept header; the rest is not read


@dataclass(frozen=True, slots=True)
class Format:
    """
    One way of writing an answer.

    Args:
        name: The short name used in `?format=` and on the command line.
        media_type: The registered media type the answer is labelled with.
        suffix: What a URL or a file name ends in, without the dot.
        aliases: Other media types that ask for the same.
        engine: The engine's own name for it; None for what is not RDF (a page).
    """

    name: str
    media_type: str
    suffix: str
    aliases: tuple[str, ...] = ()
    engine: QueryResultsFormat | RdfFormat | None = None

    @property
    def content_type(self) -> str:
        """The `Content-Type` header: text formats say that they are UTF-8."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


JSON: Final = Format(
    "json", "application/sparql-results+json", "json", ("application/json", "text/json"), QueryResultsFormat.JSON
)
XML: Final = Format(
    "xml", "application/sparql-results+xml", "xml", ("application/xml", "text/xml"), QueryResultsFormat.XML
)
CSV: Final = Format("csv", "text/csv", "csv", (), QueryResultsFormat.CSV)
TSV: Final = Format("tsv", "text/tab-separated-values", "tsv", (), QueryResultsFormat.TSV)

TURTLE: Final = Format("turtle", "text/turtle", "ttl", ("application/x-turtle", "text/n3"), RdfFormat.TURTLE)
JSON_LD: Final = Format("json-ld", "application/ld+json", "jsonld", ("application/json",), RdfFormat.JSON_LD)
N_TRIPLES: Final = Format("n-triples", "application/n-triples", "nt", ("text/plain",), RdfFormat.N_TRIPLES)
RDF_XML: Final = Format("rdf-xml", "application/rdf+xml", "rdf", ("application/xml", "text/xml"), RdfFormat.RDF_XML)

TRIG: Final = Format("trig", "application/trig", "trig", ("application/x-trig",), RdfFormat.TRIG)
N_QUADS: Final = Format("n-quads", "application/n-quads", "nq", ("text/x-nquads",), RdfFormat.N_QUADS)

PLAIN_JSON: Final = Format("plain-json", "application/json", "json", ("text/json",))
"""JSON-LD for those who ask for JSON and need not know more."""

STATEMENTS_CSV: Final = Format("statements-csv", "text/csv", "csv")
"""A row per statement."""

HTML: Final = Format("html", "text/html", "html", ("application/xhtml+xml",))

XLSX: Final = Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")

RESULT_FORMATS: Final = (JSON, XML, CSV, TSV)
"""For SELECT and ASK; the first one answers `*/*`."""

QUESTION_FORMATS: Final = (*RESULT_FORMATS, XLSX, HTML)
"""For a question of the catalogue; the first one answers `*/*`."""

GRAPH_FORMATS: Final = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML)
"""For CONSTRUCT, DESCRIBE and linked data; the first one answers `*/*`."""

DESCRIPTION_FORMATS: Final = (TURTLE, PLAIN_JSON, JSON_LD, N_TRIPLES, RDF_XML, STATEMENTS_CSV)
"""For what is said of one thing; the first one answers `*/*`."""


def negotiate(accept: str | None, offered: Sequence[Format]) -> Format:
    """
    The offered format that an `Accept` header asks for most.

    Args:
        accept: The header; None or empty means that anything will do.
        offered: What can be written, the server's favourite first; it wins where the client has none.

    Raises:
        NotAcceptable: The client wants none of them.

    Example:
        >>> negotiate("text/csv;q=0.5, application/json", RESULT_FORMATS).name
        'json'
        >>> negotiate("*/*", GRAPH_FORMATS).name
        'turtle'

    Source:
        RFC 9110, section 12.5.1.
    """
    best = _best((accept or "")[:_MAX_ACCEPT], tuple(offered))
    if best is None:
        raise NotAcceptable(available=", ".join(offer.media_type for offer in offered))
    return best


def by_suffix(suffix: str, offered: Sequence[Format]) -> Format | None:
    """
    The offered format whose file suffix or name is `suffix`.

    Example:
        >>> by_suffix("ttl", GRAPH_FORMATS).media_type
        'text/turtle'
    """
    wanted = suffix.lower()
    return next((offer for offer in offered if wanted in (offer.suffix, offer.name)), None)


@lru_cache(maxsize=128)  # a client asks for the same again and again
def _best(accept: str, offered: tuple[Format, ...]) -> Format | None:
    ranges = _ranges(accept) or [("*/*", 1.0)]
    best = max(offered, key=lambda offer: _quality(offer, ranges))  # max keeps the first of equals
    return best if _quality(best, ranges) > 0 else None


def _ranges(accept: str) -> list[tuple[str, float]]:
    found = []
    for part in accept.split(","):
        media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if media_range:
            found.append((media_range, _weight(parameters)))
    return found


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def _quality(offer: Format, ranges: list[tuple[str, float]]) -> float:
    """The weight of the most specific range that covers the format: its name, an alias, `type/*`, `*/*`."""
    main_type = offer.media_type.partition("/")[0] + "/*"
    for candidates in ((offer.media_type,), offer.aliases, (main_type,), ("*/*", "*")):
        weights = [weight for media_range, weight in ranges if media_range in candidates]
        if weights:
            return max(weights)
    return 0.0
