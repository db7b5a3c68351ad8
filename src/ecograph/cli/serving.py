"""Commands of the operator: serve, load, and keep the data directory in order."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ecograph.cli.progress import progress
from ecograph.cli.showing import columns, number, print_json, print_markdown, print_table, show_findings
from ecograph.cli.state import err, out, require_local, say, state, words
from ecograph.errors import PortTaken
from ecograph.shacl.report import Severity

if TYPE_CHECKING:
    from ecograph.bootstrap import EcoGraph

_COUNTRY_ORDER: Final = ("dk", "se", "no", "eu")


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port to listen on.")] = None,
    store: Annotated[
        str | None, typer.Option(metavar="URL", help="Serve the graph that this SPARQL server holds; read only.")
    ] = None,
) -> None:
    """Serve the pages, the REST interface and SPARQL."""
    require_local()
    given = (("host", host), ("port", port), ("store_url", store))
    settings = state.settings.model_copy(update={key: value for key, value in given if value is not None})
    with _listening(settings.host, settings.port) as listener:
        import uvicorn

        from ecograph.bootstrap import EcoGraph
        from ecograph.web.app import create_app

        with EcoGraph.read(settings) if settings.store_url else EcoGraph.open(settings) as ecograph:
            ecograph.warm()
            app = create_app(ecograph, settings)
            server = uvicorn.Server(uvicorn.Config(app, log_config=None, server_header=False))
            name = "localhost" if settings.host == "127.0.0.1" else settings.host
            say("cli.serving", url=f"http://{name}:{settings.port}")
            server.run(sockets=[listener])


def load(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(exists=True, help="Contribution folders or files; default: all that is shipped."),
    ] = None,
    publisher: Annotated[str | None, typer.Option(help="Whose data a single file is.")] = None,
) -> None:
    """Publish contributions through the door; without arguments everything that is shipped."""
    started = time.perf_counter()
    with _opened() as ecograph, progress() as watch:
        summary = ecograph.load(folders, publisher=publisher, watch=watch)
        _say_state(ecograph)
    show_findings([finding for finding in summary.findings if finding.severity is not Severity.INFO], err)
    say(
        "cli.loaded",
        revision=summary.revision,
        triples=summary.triples,
        published=summary.published,
        seconds=round(time.perf_counter() - started, 1),
    )


def rebuild() -> None:
    """Build the store again from the ledger, and switch to it."""
    started = time.perf_counter()
    with _opened() as ecograph, progress() as watch:
        label = words("cli.building")
        ecograph.publisher.rebuild(watch and (lambda done, total: watch(done, total, label)))
        ecograph.read_texts(watch)
        _say_state(ecograph)
        say(
            "cli.rebuilt",
            revision=ecograph.revision,
            triples=ecograph.triples(),
            seconds=round(time.perf_counter() - started, 1),
        )


def verify() -> None:
    """Prove that the hash chain holds and that the store is what the ledger says."""
    with _opened() as ecograph:
        ecograph.publisher.verify()
        say("cli.verified", revision=ecograph.revision, triples=ecograph.triples(), loud=True)


def expire(
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As on that day; default: today.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Take out of the graph what was to stay there until today; a running service does this itself."""
    day = (on or datetime.now(UTC)).date()
    with _opened() as ecograph:
        from ecograph.web.retention import expire_entries

        gone = ecograph.desk.expire(day)
        entries = expire_entries(ecograph, day)
    if as_json:
        print_json(list(gone))
    else:
        out.file.write("".join(f"{contribution}\n" for contribution in gone))
    say("cli.expired", count=len(gone), date=day.isoformat())
    if entries:
        say("shortlist.cli.expired", count=entries)


def erase(
    person: Annotated[str, typer.Argument(help="The end of the person's IRI: albertslund_anna-jensen")],
    why: Annotated[str, typer.Option(help="The reason, without the person's name: it stays.")],
) -> None:
    """Forget a person: from the graph, the ledger and the files that brought them."""
    from ecograph.contribute.rights import OPERATOR
    from ecograph.identifiers import thing_iri

    with _opened() as ecograph:
        revision = ecograph.publisher.erase(thing_iri("person", person.removeprefix("person/")), OPERATOR.name, why)
        ecograph.forget_texts()
    say("cli.erased", revision=revision.number)


def stats(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    markdown: Annotated[bool, typer.Option(help="As Markdown tables, for a README.")] = False,
) -> None:
    """Counts per class, country and publisher."""
    require_local()
    from ecograph.bootstrap import EcoGraph
    from ecograph.web.reading import counting

    with EcoGraph.read(state.settings) as ecograph:
        view = ecograph.view()
        found = counting.counts(view)
        statements = {graph.value: count for graph, count in found.by_publisher.items()}
        titles = [view.datasets[graph].titles[state.lang] for graph in found.by_publisher]
        kinds = {slug: template.names[state.lang] for slug, template in view.contract.templates.items()}
    if as_json:
        print_json(
            {"revision": view.revision, "kinds": found.by_kind, "totals": found.totals, "statements": statements}
        )
        return
    countries = sorted({country for counts in found.by_kind.values() for country in counts}, key=_country_rank)
    rows = [
        [kinds.get(kind, kind), *(number(counts.get(each, 0)) for each in countries), number(found.totals[kind])]
        for kind, counts in found.by_kind.items()
    ]
    publishers = [[title, number(count)] for title, count in zip(titles, statements.values(), strict=True)]
    show = print_markdown if markdown else print_table
    heads = [each.upper() or "–" for each in countries]
    show([*columns("class"), *heads, *columns("count")], rows)
    show(columns("publisher", "statements"), publishers)


def _say_state(ecograph: EcoGraph) -> None:
    """Tell the operator where texts cannot be read, unless they want it so."""
    if ecograph.vectors.state not in ("ready", "off"):
        say(f"meaning.state.{ecograph.vectors.state}", loud=True)


@contextmanager
def _opened() -> Iterator[EcoGraph]:
    """The data directory, for this process alone."""
    require_local()
    from ecograph.bootstrap import EcoGraph

    with EcoGraph.open(state.settings) as ecograph:
        yield ecograph


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


def _country_rank(country: str) -> tuple[int, str]:
    return (_COUNTRY_ORDER.index(country) if country in _COUNTRY_ORDER else len(_COUNTRY_ORDER), country)
