"""
The command line: data to stdout, messages to stderr; exit 0 ok, 1 findings, 2 usage, 3 service.

A flag wins over the environment (`ECOGRAPH_*`), and that over the default.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ecograph import __version__
from ecograph.bootstrap import EcoGraph, View, Watch
from ecograph.config import Settings
from ecograph.errors import BadParameter, EcoGraphError, PortTaken, Rejected, UnknownLanguage
from ecograph.match.model import GROUPS, Group, Match, MatchResult
from ecograph.messages import Language, language_of, text
from ecograph.query import guard
from ecograph.shacl.contract import Contract, template_csv, template_rows
from ecograph.shacl.report import Finding, Severity
from ecograph.web import logs, models
from ecograph.web.app import create_app
from ecograph.web.reading import building, counting, fulltext
from ecograph.web.reading.directory import Filter

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Needs, actors, results, solutions and standards of the Øresund region as one knowledge graph.",
)
contribute = typer.Typer(no_args_is_help=True, help="Check what you contribute.")
app.add_typer(contribute, name="contribute")

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

_SHOWN_FINDINGS = 50
_COUNTRY_ORDER = ("dk", "se", "no", "eu")


class _State:
    """What the options before the command say."""

    settings = Settings()
    lang: Language = "en"
    quiet = False


state = _State()


def _show_version(wanted: bool) -> None:
    if wanted:
        out.print(__version__)
        raise typer.Exit


@app.callback()
def options(
    data: Annotated[Path | None, typer.Option(help="Directory of the ledger and the store.")] = None,
    lang: Annotated[str | None, typer.Option(help="Language of the answers: da, sv or en.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, only results and errors.")] = False,
    _version: Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True)] = False,
) -> None:
    """Options of every command."""
    logs.configure()
    settings = Settings()
    state.settings = settings.model_copy(update={"data_dir": data}) if data else settings
    wanted = lang or settings.language
    found = language_of(wanted)
    if found is None:
        raise UnknownLanguage(lang=wanted)
    state.lang = found
    state.quiet = quiet


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port to listen on.")] = None,
) -> None:
    """Serve the pages, the REST interface and SPARQL."""
    settings = state.settings.model_copy(
        update={key: value for key, value in (("host", host), ("port", port)) if value is not None}
    )
    with _listening(settings.host, settings.port) as listener, EcoGraph.open(settings) as ecograph:
        ecograph.warm()
        server = uvicorn.Server(uvicorn.Config(create_app(ecograph, settings), log_config=None, server_header=False))
        _say(
            "cli.serving",
            url=f"http://{'localhost' if settings.host == '127.0.0.1' else settings.host}:{settings.port}",
        )
        server.run(sockets=[listener])


@app.command()
def load(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(exists=True, help="Contribution folders or files; default: all that is shipped."),
    ] = None,
    publisher: Annotated[str | None, typer.Option(help="Whose data a single file is.")] = None,
) -> None:
    """Publish contributions through the door; without arguments everything that is shipped."""
    started = time.perf_counter()
    with EcoGraph.open(state.settings) as ecograph, _progress() as watch:
        summary = ecograph.load(folders, publisher=publisher, watch=watch)
    _show_findings([finding for finding in summary.findings if finding.severity is not Severity.INFO])
    _say(
        "cli.loaded",
        revision=summary.revision,
        triples=summary.triples,
        published=summary.published,
        seconds=round(time.perf_counter() - started, 1),
    )


@contribute.command()
def check(
    files: Annotated[
        list[Path], typer.Argument(exists=True, help="A contribution folder, or CSV, XLSX or Turtle files.")
    ],
    publisher: Annotated[str | None, typer.Option(help="Whose data the files are.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Show every finding.")] = False,
) -> None:
    """Check a contribution without publishing it: all findings, with row and column."""
    with EcoGraph.read(state.settings) as ecograph:
        report = ecograph.check(files, publisher=publisher).report
    out.print(report.verdict(state.lang))
    _show_findings(report.findings, limit=None if everything else _SHOWN_FINDINGS)
    if not report.conforms:
        raise typer.Exit(1)


@app.command()
def rebuild() -> None:
    """Build the store again from the ledger, and switch to it."""
    started = time.perf_counter()
    with EcoGraph.open(state.settings) as ecograph, _progress() as watch:
        label = text("cli.building", state.lang)
        ecograph.publisher.rebuild(watch and (lambda done, total: watch(done, total, label)))
        _say(
            "cli.rebuilt",
            revision=ecograph.revision,
            triples=ecograph.triples(),
            seconds=round(time.perf_counter() - started, 1),
        )


@app.command()
def verify() -> None:
    """Prove that the hash chain holds and that the store is what the ledger says."""
    with EcoGraph.open(state.settings) as ecograph:
        ecograph.publisher.verify()
        _say("cli.verified", revision=ecograph.revision, triples=ecograph.triples(), loud=True)


@app.command()
def stats(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    markdown: Annotated[bool, typer.Option(help="As Markdown tables, for a README.")] = False,
) -> None:
    """Counts per class, country and publisher."""
    with EcoGraph.read(state.settings) as ecograph:
        view = ecograph.view()
        found = counting.counts(view)
    if as_json:
        statements = {graph.value: count for graph, count in found.by_publisher.items()}
        _print_json(
            {"revision": view.revision, "kinds": found.by_kind, "totals": found.totals, "statements": statements}
        )
        return
    countries = sorted({country for counts in found.by_kind.values() for country in counts}, key=_country_rank)
    heads = [text("cli.column.class", state.lang), *(each.upper() or "–" for each in countries)]
    rows = [
        [_kind_name(view, kind), *(_number(counts.get(each, 0)) for each in countries), _number(found.totals[kind])]
        for kind, counts in found.by_kind.items()
    ]
    publishers = [
        [view.datasets[graph].titles[state.lang], _number(count)] for graph, count in found.by_publisher.items()
    ]
    show = _print_markdown if markdown else _print_table
    show([*heads, text("cli.column.count", state.lang)], rows)
    show([text("cli.column.publisher", state.lang), text("cli.column.statements", state.lang)], publishers)


@app.command()
def template(
    kind: Annotated[str, typer.Argument(help="Template, such as need, solution or company.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the empty table to a CSV file.")] = None,
    headings: Annotated[str | None, typer.Option(help="Headings in da, sv or en; default: machine headings.")] = None,
) -> None:
    """The columns of a template, read from its shape."""
    chosen = Contract.load(state.settings.resources_dir).template(kind)
    if output:
        output.write_bytes(template_csv(chosen, _language(headings) if headings else None))
        return
    if headings or not out.is_terminal:
        out.file.write(template_csv(chosen, _language(headings) if headings else None).decode("utf-8-sig"))
        return
    _print_table(
        [text(f"cli.column.{name}", state.lang) for name in ("column", "name", "required", "values")],
        [
            [note.key, note.heading, text("cli.yes", state.lang) if note.required else "", note.kind]
            for note in template_rows(chosen, state.lang)
        ],
    )


@app.command()
def match(
    need: Annotated[str, typer.Argument(help="The id of a need, such as n09, or a text in da, sv or en.")],
    country: Annotated[list[str] | None, typer.Option(help="Only candidates of dk, se or no; may be repeated.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help=f"Only these groups: {', '.join(GROUPS)}.")] = None,
    top: Annotated[int, typer.Option(min=1, max=100, help="How many per group.")] = 5,
    explain: Annotated[bool, typer.Option(help="Show the statements behind each reason.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, the same as the REST interface.")] = False,
) -> None:
    """Who fits a need, on both sides of the Øresund, and why."""
    groups = [_group(name) for name in kind] if kind else None
    with EcoGraph.read(state.settings) as ecograph:
        view = ecograph.view()
        result = view.match(need, countries=country, groups=groups, top=top)
        if as_json:
            _print_json(models.matches(result).model_dump(mode="json"))
            return
        _print_matches(result, explain)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="A name, a topic or words.")],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
) -> None:
    """Find things by name or words."""
    with EcoGraph.read(state.settings) as ecograph:
        view = ecograph.view()
        wanted = Filter(text=query, also=fulltext.find(view, query, state.lang))
        found = building.directory(view).find(wanted, state.lang, topics=True, limit=limit).items
    if as_json:
        _print_json([{"iri": each.iri.value, "kind": each.kind, "name": each.name(state.lang)[0]} for each in found])
    elif not found:
        err.print(text("cli.nothing-found", state.lang, query=query), markup=False)
    else:
        _print_table(
            [text("cli.column.kind", state.lang), text("cli.column.name", state.lang), "IRI"],
            [[_kind_name(view, each.kind), each.name(state.lang)[0], each.iri.value] for each in found],
        )


@app.command()
def sparql(
    query: Annotated[str | None, typer.Argument(help="The query, or - for standard input.")] = None,
    file: Annotated[Path | None, typer.Option("--file", "-f", exists=True, help="A file that holds the query.")] = None,
    accept: Annotated[str, typer.Option(help="Media type of the answer.")] = "text/csv",
) -> None:
    """Run a SPARQL query on the current graph."""
    asked = file.read_text(encoding="utf-8") if file else sys.stdin.read() if query in (None, "-") else query
    with EcoGraph.read(state.settings) as ecograph:
        answer = ecograph.queries.run(guard.admit(asked or ""), accept)
    sys.stdout.buffer.write(answer.body)
    sys.stdout.buffer.flush()


def main() -> None:
    """The entry point: every foreseen error becomes one sentence and its exit code."""
    try:
        app(standalone_mode=True)
    except EcoGraphError as error:
        err.print(error.message(state.lang), style="bold red", markup=False)
        if isinstance(error, Rejected):
            _show_findings(error.findings)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader has left (`ecograph ... | head`): nothing to say, and nothing more may be flushed to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise PortTaken(port=port) from error
        yield listener


@contextmanager
def _progress() -> Iterator[Watch | None]:
    """A bar on a terminal, a line per step elsewhere, nothing when quiet."""
    if state.quiet:
        yield None
        return
    if not err.is_terminal:
        seen: set[str] = set()

        def line(done: int, total: int, label: str) -> None:
            if label not in seen:
                seen.add(label)
                err.print(f"[{done}/{total}] " + text("cli.loading", state.lang, label=label), markup=False)

        yield line
        return
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
    ) as bars:
        task = bars.add_task(text("cli.building", state.lang), total=None)
        yield lambda done, total, label: bars.update(
            task, completed=done, total=total, description=text("cli.loading", state.lang, label=label)
        )


def _group(wanted: str) -> Group:
    for group in GROUPS:
        if group == wanted:
            return group
    raise BadParameter(name="kind", value=wanted, expected=", ".join(GROUPS))


def _language(wanted: str) -> Language:
    found = language_of(wanted)
    if found is None:
        raise UnknownLanguage(lang=wanted)
    return found


def _say(key: str, *, loud: bool = False, **values: object) -> None:
    if loud or not state.quiet:
        err.print(text(key, state.lang, **values), markup=False)


def _show_findings(findings: Sequence[Finding], limit: int | None = _SHOWN_FINDINGS) -> None:
    """Findings as a person reads them: those that say the same of several rows of a column stand together."""
    rows: dict[tuple[str, ...], list[int]] = {}
    for finding in findings:
        severity = text(f"contribution.severity.{finding.severity.value}", state.lang)
        line = (severity, finding.file or "", finding.column or "", finding.message(state.lang))
        rows.setdefault(line, []).append(finding.row or 0)
    for (severity, file, column, message), places in list(rows.items())[:limit]:
        where = " ".join(part for part in (file, _spans(places), column) if part)
        err.print(f"{severity}: {where}: {message}", markup=False)
    if limit is not None and len(rows) > limit:
        _say("cli.more-findings", count=len(rows) - limit)


def _spans(rows: Sequence[int]) -> str:
    """
    Row numbers as people write them.

    Example:
        >>> _spans([2, 3, 4, 9])
        '2–4, 9'
    """
    spans: list[list[int]] = []
    for row in sorted({row for row in rows if row}):
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in spans)


def _print_matches(result: MatchResult, explain: bool) -> None:
    names = ", ".join(concept.labels[state.lang] for concept in result.need.concepts if concept.basis != "broader")
    if names:
        out.print(text("cli.understood", state.lang, concepts=names), markup=False)
    else:
        err.print(text("cli.nothing-understood", state.lang))
    if not result.matches:
        err.print(text("cli.no-matches", state.lang))
    for group in GROUPS:
        for found in result.in_group(group):
            if found.rank == 1:
                out.print(f"\n[bold]{text(f'page.group.{group}', state.lang)}[/bold]")
            _print_match(found, explain)


def _print_match(found: Match, explain: bool) -> None:
    countries = "/".join(country.upper() for country in found.countries)
    out.print(f"{found.rank:3}. {found.labels[state.lang]} ({countries}) {found.score * 100:.0f}", markup=False)
    for reason in found.reasons:
        out.print(f"     + {reason.sentences[state.lang]}", markup=False)
        for statement in reason.path if explain else ():
            out.print(f"         {statement.subject} {statement.predicate} {statement.object}", markup=False)
    for note in found.against:
        out.print(f"     - {note.sentences[state.lang]}", markup=False)
    for note in found.unknown:
        out.print(f"     ? {note.sentences[state.lang]}", markup=False)


def _print_table(heads: list[str], rows: list[list[str]]) -> None:
    """A table on a terminal; elsewhere values between tabs, so that no value is cut."""
    if not out.is_terminal:
        for row in (heads, *rows):
            out.file.write("\t".join(row) + "\n")
        return
    table = Table(*heads, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*row)
    out.print(table)


def _print_markdown(heads: list[str], rows: list[list[str]]) -> None:
    for row in (heads, ["---", *("---:" for _ in heads[1:])], *rows):
        out.print(f"| {' | '.join(row)} |", markup=False)
    out.print()


def _print_json(value: object) -> None:
    out.file.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def _kind_name(view: View, kind: str) -> str:
    template = view.contract.templates.get(kind)
    return template.names[state.lang] if template else kind


def _number(value: int) -> str:
    return f"{value:,}".replace(",", "\u202f") if value else "0"


def _country_rank(country: str) -> tuple[int, str]:
    return (_COUNTRY_ORDER.index(country) if country in _COUNTRY_ORDER else len(_COUNTRY_ORDER), country)
