"""
The questions in `queries/`: one file each, with a header that says what is asked, for which values, and what comes.

The header is YAML in lines that begin with `#+`. Every scalar is read as text, so that Norway's `no` stays a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

import yaml
from pyoxigraph import NamedNode

from ecograph.errors import UnknownThing
from ecograph.messages import LANGUAGES, Language
from ecograph.namespaces import PREFIXES
from ecograph.query.guard import admit

Kind = Literal["iri", "concept", "string", "integer", "decimal", "date", "year", "language"]
"""What a parameter's value is. `iri` is a thing, `concept` a concept of one of our schemes."""

VALUES_LINE: Final = re.compile(
    r"^(?P<before>\s*VALUES \?(?P<name>\w+) \{ )(?P<terms>.*)(?P<after> \}\s*)$", re.MULTILINE
)

# What SPARQL puts around an IRI or a text.
_TERM_MARKS: Final = re.compile(r"^[<\"]|[>\"](?:\^\^\S+|@\S+)?$")

THEMES: Final = (
    "needs",
    "solutions",
    "gaps",
    "places",
    "border",
    "networks",
    "standards",
    "readiness",
    "funding",
    "trends",
    "sources",
)
"""What questions are grouped by, in the order they are shown."""

RESERVED: Final = frozenset({"at"})
"""What an address says beside the values; no parameter is called so."""

NAME_OF: Final = "_label"
"""A column `topic_label` holds the name of what stands in the column `topic`."""

_FIELDS: Final = frozenset({"theme", "summary", "description", "answers", "parameters", "returns", "chart"})
_PARAMETER_FIELDS: Final = frozenset({"kind", "class", "scheme", "label", "optional", "many", "values", "default"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """
    One value that a question is asked for.

    Args:
        name: The variable of its VALUES line, and its name in URLs and on the command line.
        kind: What the value is.
        labels: Its name for people.
        of_class: For `iri`: the class of the thing.
        scheme: For `concept`: the slug of the scheme.
        optional: Whether the question may be asked without it.
        many: Whether several values may be given; one of them has to fit.
        values: The only values there are; empty for any.
        default: What is taken where nothing is given; None where there is no such value.
        example: The value in the file, as a person would give it; it gives rows on the shipped data.
    """

    name: str
    kind: Kind
    labels: Mapping[Language, str]
    of_class: NamedNode | None
    scheme: str | None
    optional: bool
    many: bool
    values: tuple[str, ...]
    default: str | None
    example: str

    @property
    def required(self) -> bool:
        """Whether somebody has to say a value."""
        return not self.optional and self.default is None


@dataclass(frozen=True, slots=True)
class Chart:
    """Which columns make bars: one bar a row, as long as `value` says, called as `by` says."""

    value: str
    by: str


@dataclass(frozen=True, slots=True)
class CatalogueQuery:
    """
    One question: a file of `queries/`.

    Args:
        slug: The file's name without its ending; part of URLs, so it stays.
        text: SPARQL that runs as it stands, with the examples as values.
        theme: Which of `THEMES` it belongs to.
        summaries: The question in one line.
        descriptions: What is counted and what is not.
        answers: Competency questions of `docs/` that it answers.
        parameters: In the order they are asked for.
        returns: The variables of the result, in order.
        chart: How its rows are drawn; None where they count nothing.
    """

    slug: str
    text: str
    theme: str
    summaries: Mapping[Language, str]
    descriptions: Mapping[Language, str]
    answers: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    returns: tuple[str, ...]
    chart: Chart | None = None

    @property
    def examples(self) -> Mapping[str, str]:
        """Values that give rows on the shipped data, by parameter."""
        return {each.name: each.example for each in self.parameters if each.kind != "language"}


class Catalogue(Mapping[str, CatalogueQuery]):
    """The questions by slug, in the order of the alphabet."""

    def __init__(self, queries: Mapping[str, CatalogueQuery]) -> None:
        self._queries = dict(sorted(queries.items()))

    @classmethod
    def load(cls, directory: Path) -> Catalogue:
        """
        Every question in a directory.

        Args:
            directory: Where the `.rq` files are.

        Raises:
            ValueError: A header is incomplete or does not fit its query: a fault of ours, named with the file.
        """
        return cls({file.stem: parse(file.stem, file.read_text(encoding="utf-8")) for file in directory.glob("*.rq")})

    def question(self, slug: str) -> CatalogueQuery:
        """
        The question called `slug`.

        Raises:
            UnknownThing: There is none.
        """
        try:
            return self._queries[slug]
        except KeyError:
            raise UnknownThing(kind="query", id=slug) from None

    def __getitem__(self, slug: str) -> CatalogueQuery:
        return self._queries[slug]

    def __iter__(self) -> Iterator[str]:
        return iter(self._queries)

    def __len__(self) -> int:
        return len(self._queries)


def parse(slug: str, text: str) -> CatalogueQuery:
    """
    One question from the text of its file.

    Raises:
        ValueError: The header is incomplete or does not fit the query.

    Source:
        docs/queries.md.
    """
    try:
        return _parse(slug, text)
    except (ValueError, yaml.YAMLError) as error:
        raise ValueError(f"queries/{slug}.rq: {error}") from error


def _parse(slug: str, text: str) -> CatalogueQuery:
    header = yaml.load(
        "\n".join(line.removeprefix("#+").removeprefix(" ") for line in text.splitlines() if line.startswith("#+")),
        Loader=_Header,
    )
    if not isinstance(header, dict):
        raise ValueError("the file has no header")
    _only(header, _FIELDS, "the header")
    body = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#+")).strip() + "\n"
    admit(body)
    query = CatalogueQuery(
        slug=slug,
        text=body,
        theme=_theme(header),
        summaries=_in_languages(header, "summary"),
        descriptions=_in_languages(header, "description"),
        answers=_words(header, "answers", default=()),
        parameters=tuple(_parameters(header.get("parameters") or {}, body)),
        returns=_words(header, "returns"),
        chart=_chart(header.get("chart")),
    )
    lines = sorted(match["name"] for match in VALUES_LINE.finditer(body))
    if lines != sorted(parameter.name for parameter in query.parameters):
        raise ValueError(f"parameters and VALUES lines differ: {lines}")
    if query.chart and not {query.chart.value, query.chart.by} <= set(query.returns):
        raise ValueError("the chart draws columns that are not returned")
    return query


def _theme(header: Mapping[str, Any]) -> str:
    theme = header.get("theme")
    if theme not in THEMES:
        raise ValueError(f"the theme is one of {', '.join(THEMES)}")
    return str(theme)


def _chart(field: Mapping[str, Any] | None) -> Chart | None:
    if field is None:
        return None
    _only(field, frozenset({"value", "by"}), "chart")
    try:
        return Chart(str(field["value"]), str(field["by"]))
    except KeyError as missing:
        raise ValueError(f"chart: {missing} is missing") from None


class _Header(yaml.BaseLoader):
    """YAML without types and without repeated keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        if len(keys) != len(set(keys)):
            raise ValueError(f"a key is written twice: {keys}")
        return super().construct_mapping(node, deep)


def _parameters(header: Mapping[str, Any], body: str) -> Iterator[Parameter]:
    examples = {match["name"]: match["terms"].strip() for match in VALUES_LINE.finditer(body)}
    for name, field in header.items():
        _only(field, _PARAMETER_FIELDS, name)
        example = _TERM_MARKS.sub("", examples.get(name, ""))
        kind = field.get("kind")
        if kind not in get_args(Kind):
            raise ValueError(f"{name}: the kind is one of {', '.join(get_args(Kind))}")
        if (kind == "concept") != ("scheme" in field):
            raise ValueError(f"{name}: a concept, and nothing else, has a scheme")
        if name in RESERVED:
            raise ValueError(f"{name}: no parameter is called so")
        if "default" in field and "optional" in field:
            raise ValueError(f"{name}: what has a default is never left out")
        yield Parameter(
            name=name,
            kind=kind,
            labels=_in_languages(field, "label"),
            of_class=_expand(field["class"]) if "class" in field else None,
            scheme=field.get("scheme"),
            optional=_flag(field, "optional"),
            many=_flag(field, "many"),
            values=_words(field, "values", default=()),
            default=field.get("default", example if kind == "language" else None),
            example=example,
        )


def _in_languages(node: Mapping[str, Any], field: str) -> Mapping[Language, str]:
    texts = node.get(field)
    if not isinstance(texts, dict) or set(texts) != set(LANGUAGES) or not all(texts.values()):
        raise ValueError(f"{field} is needed in {', '.join(LANGUAGES)}")
    return MappingProxyType({lang: " ".join(texts[lang].split()) for lang in LANGUAGES})


def _words(node: Mapping[str, Any], field: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
    found = node.get(field, default)
    if found is None:
        raise ValueError(f"{field} is missing")
    return (found,) if isinstance(found, str) else tuple(found)


def _flag(node: Mapping[str, Any], field: str) -> bool:
    if (value := node.get(field, "false")) not in ("true", "false"):
        raise ValueError(f"{field} is true or false")
    return bool(value == "true")


def _only(node: Mapping[str, Any], fields: frozenset[str], place: str) -> None:
    if unknown := set(node) - fields:
        raise ValueError(f"{place}: unknown {', '.join(sorted(unknown))}")


def _expand(name: str) -> NamedNode:
    prefix, _, local = name.partition(":")
    if prefix not in PREFIXES:
        raise ValueError(f"unknown prefix in {name}")
    return NamedNode(PREFIXES[prefix] + local)
