"""Commands that ask: who fits a need, what there is, and who said it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from ecograph.cli.contribute import AsJson
from ecograph.cli.explaining import show_changes, show_evidence, show_why
from ecograph.cli.office import office
from ecograph.cli.showing import Json, columns, print_json, print_table, show_matches
from ecograph.cli.state import err, out, say, state, words
from ecograph.client.asking import MatchAsked, WhyAsked
from ecograph.client.giving import groups
from ecograph.errors import BadParameter
from ecograph.match.model import GROUPS
from ecograph.namespaces import PREFIXES
from ecograph.rdf.formats import GRAPH_FORMATS

_FORMATS: Final = ("json", *(each.name for each in GRAPH_FORMATS))

Weighting = Annotated[
    str | None,
    typer.Option(help="What counts most: balanced, research-first, ready-to-buy or cross-border-project."),
]


def match(
    need: Annotated[str, typer.Argument(help="The id of a need, such as n09, or a text in da, sv or en.")],
    country: Annotated[list[str] | None, typer.Option(help="Only candidates of dk, se or no; may be repeated.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help=f"Only these groups: {', '.join(GROUPS)}.")] = None,
    top: Annotated[int, typer.Option(min=1, max=100, help="How many per group.")] = 5,
    weighting: Weighting = None,
    explain: Annotated[bool, typer.Option(help="Show the statements behind each reason.")] = False,
    form: Annotated[str | None, typer.Option("--format", help=f"As data: {', '.join(_FORMATS)}.")] = None,
    as_json: AsJson = False,
) -> None:
    """Who fits a need, on both sides of the Øresund, and why."""
    chosen = groups(kind, "--kind")
    if form not in (None, *_FORMATS):
        raise BadParameter(name="--format", value=form, expected=", ".join(_FORMATS))
    asked = MatchAsked(need, country, chosen, top, weighting)
    with office() as at_work:
        if form not in (None, "json"):
            written = at_work.match_graph(asked, form)
            sys.stdout.buffer.write(written)
            sys.stdout.buffer.flush()
            return
        found = at_work.match(asked)
    if as_json or form:
        print_json(found)
    else:
        show_matches(found, [*dict.fromkeys(each["group"] for each in found["matches"])], explain)


Need = Annotated[str, typer.Argument(help="The id of a need, such as n09, or a text in da, sv or en.")]
Who = Annotated[str, typer.Argument(help="An actor, solution or result: kind/id, or its exact name.")]
Goal = Annotated[
    int | None, typer.Option(min=1, max=50, help="The rank asked for; otherwise the first ten, or the very first.")
]
Chosen = Annotated[list[str] | None, typer.Option(help="Only candidates of dk, se or no were asked for.")]


def why_not(
    need: Need,
    who: Who,
    goal: Goal = None,
    country: Chosen = None,
    weighting: Weighting = None,
    as_json: AsJson = False,
) -> None:
    """Why somebody is not in the list: the rule it fails or the evidence it lacks, and what would change it."""
    found = _why(need, who, goal, country, weighting)
    if as_json:
        print_json(found)
    else:
        show_why(found)
        show_changes(found)


def explain(
    need: Need,
    who: Who,
    goal: Goal = None,
    country: Chosen = None,
    weighting: Weighting = None,
    as_json: AsJson = False,
) -> None:
    """One candidate whole: its score, its reasons with their statements, and what it would lose without each."""
    found = _why(need, who, goal, country, weighting)
    if as_json:
        print_json(found)
    else:
        show_why(found)
        show_evidence(found)


def _why(need: str, who: str, goal: int | None, country: list[str] | None, weighting: str | None) -> Json:
    with office() as at_work:
        return at_work.why(WhyAsked(need, who, country, goal, weighting))


def search(
    query: Annotated[str, typer.Argument(help="A name, a topic or words.")],
    as_json: AsJson = False,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
) -> None:
    """Find things by name or words."""
    with office() as at_work:
        found = at_work.search(query, limit)
        kinds = at_work.kinds()
    if as_json:
        print_json([{"iri": each["iri"], "kind": each["kind"], "name": each["label"]} for each in found])
    elif not found:
        err.print(words("cli.nothing-found", query=query), markup=False)
    else:
        named = [(kinds.get(each["kind"], {}).get(state.lang, each["kind"]), each) for each in found]
        rows = [[kind, each["label"], each["iri"]] for kind, each in named]
        print_table([*columns("kind", "name"), "IRI"], rows)


def sparql(
    query: Annotated[str | None, typer.Argument(help="The query, or - for standard input.")] = None,
    file: Annotated[Path | None, typer.Option("--file", "-f", exists=True, help="A file that holds the query.")] = None,
    accept: Annotated[str, typer.Option(help="Media type of the answer.")] = "text/csv",
) -> None:
    """Run a SPARQL query on the current graph."""
    asked = file.read_text(encoding="utf-8") if file else sys.stdin.read() if query in (None, "-") else query
    with office() as at_work:
        answer = at_work.sparql(asked or "", accept)
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


def who_said(
    subject: Annotated[str, typer.Argument(help="A thing: need/n09, or its IRI.")],
    property: Annotated[str | None, typer.Argument(help="Only this property, such as dcterms:title.")] = None,
    value: Annotated[str | None, typer.Option(help="Only statements with this value.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=50)] = 20,
    as_json: AsJson = False,
) -> None:
    """Who said what about a thing, when, under which licence, and from what."""
    asked = {"subject": subject, "property": _iri(property), "object": value or "", "limit": str(limit)}
    with office() as at_work:
        found = at_work.who_said({name: given for name, given in asked.items() if given})
    if as_json:
        print_json(found)
        return
    for each in found["items"]:
        statement = each["statement"]
        out.print(f"{_short(statement['predicate'])}: {_short(statement['object'])}", markup=False, style="bold")
        publication = each["publication"]
        said = [each["publisher"], each["issued"], each["licence"], *each["sources"]]
        out.print("    " + "; ".join(part for part in said if part), markup=False)
        if publication:
            said_by = words(
                "cli.published-by",
                contribution=publication["contribution"],
                revision=publication["revision"],
                date=publication["published_at"][:10],
                reviewer=publication["reviewer"] or "–",
            )
            out.print(f"    {said_by}", markup=False)
    if found["truncated"]:
        say("cli.more-statements")


def _iri(name: str | None) -> str:
    """
    A property as it is written for short, or as it is.

    Example:
        >>> _iri("dcterms:title")
        'http://purl.org/dc/terms/title'
    """
    prefix, colon, local = (name or "").partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else name or ""


def _short(value: str) -> str:
    for prefix, iri in PREFIXES.items():
        if value.startswith(iri) and len(value) > len(iri):
            return f"{prefix}:{value.removeprefix(iri)}"
    return value
