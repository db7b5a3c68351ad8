"""Taking data along: what a publisher has published as tables, and the whole graph as a file."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Final

import httpx
import typer

from ecograph.cli.contribute import AsJson
from ecograph.cli.office import office
from ecograph.cli.showing import columns, print_json, print_table
from ecograph.cli.state import language, out, say, state
from ecograph.cli.state import write as write_file
from ecograph.cli.tables import Headings, Output
from ecograph.errors import BadParameter, RemoteProblem, Unreachable

if TYPE_CHECKING:
    from ecograph.analyse.dumps import Kind

_PACKED: Final = ".gz"
_CONNECT_S: Final = 60.0
_UNPACK_GZIP: Final = 16 + zlib.MAX_WBITS


def export(
    publisher: Annotated[str | None, typer.Argument(help="A publisher's short name; not with --format.")] = None,
    kind: Annotated[str | None, typer.Argument(metavar="[TEMPLATE]", help="Which table; else which there are.")] = None,
    headings: Headings = None,
    output: Output = None,
    format: Annotated[
        str | None,
        typer.Option("--format", "-F", help="The whole graph: nq, trig, graphml, nodes, edges; with --graph: ttl."),
    ] = None,
    graph: Annotated[str | None, typer.Option(help="Only this graph, such as ror or vocabulary/cpv.")] = None,
    as_json: AsJson = False,
) -> None:
    """What a publisher has published, as tables to edit and send back; or with --format the whole graph as a file."""
    if format is not None:
        if publisher is not None:
            raise BadParameter(name="PUBLISHER", value=publisher, expected="--graph")
        _whole(format, graph, output)
        return
    if publisher is None:
        raise BadParameter(name="PUBLISHER", value="", expected="PUBLISHER | --format")
    chosen = language(headings) if headings else None
    form = "xlsx" if output is not None and output.suffix.lower() == ".xlsx" else "csv"
    with office() as at_work:
        if kind is not None:
            write_file(at_work.export(publisher, kind, form, chosen), output, f"{kind}.{form}")
            return
        found = at_work.tables(publisher)
        if output is not None and output.is_dir():
            for each in found:
                write_file(at_work.export(publisher, each, form, chosen), output, f"{each}.{form}")
        elif output is not None:
            raise BadParameter(name="TEMPLATE", value="", expected=", ".join(found) or "–")
        elif as_json:
            print_json(found)
        else:
            print_table(columns("template"), [[each] for each in found])


def _whole(name: str, graph: str | None, output: Path | None) -> None:
    """The graph, from the directory or from a service, packed where the name of the file says so."""
    from ecograph.analyse import dumps
    from ecograph.cli.opening import Opened

    kind = dumps.kind_named(name)
    is_file = output is not None and str(output) != "-"
    packed = is_file and str(output).endswith(_PACKED)
    if packed and not kind.packed:
        raise BadParameter(name="--output", value=output, expected=kind.suffix)
    with _opened(output if is_file else None, kind) as (file, written):
        if state.endpoint:
            _fetch(state.endpoint, kind, graph, file, packed)
        else:
            with Opened(state.settings, state.lang) as opened, opened.reading.snapshot() as snapshot:
                dumps.write(snapshot, kind, file, graph, packed=packed)
    if written:
        say("cli.written", file=written)


@contextmanager
def _opened(output: Path | None, kind: Kind) -> Iterator[tuple[BinaryIO, str]]:
    """Standard output, or a file that is there only when it is whole."""
    if output is None:
        if kind.packed and out.is_terminal:
            raise BadParameter(name="--output", value="", expected=f"ecograph.{kind.suffix}")
        yield sys.stdout.buffer, ""
        sys.stdout.buffer.flush()
        return
    target = output / f"ecograph.{kind.suffix}" if output.is_dir() else output
    part = target.with_name(f"{target.name}.part")
    try:
        with part.open("wb") as file:
            yield file, str(target)
        part.replace(target)
    except OSError as error:
        raise BadParameter(name="--output", value=target, expected=error.strerror or "FILE") from error
    finally:
        part.unlink(missing_ok=True)


def _fetch(endpoint: str, kind: Kind, graph: str | None, file: BinaryIO, packed: bool) -> None:
    if graph is not None and not kind.per_graph:
        raise BadParameter(name="--graph", value=graph, expected="--format ttl")
    ending = f"-{graph.replace('/', '--')}" if graph else ""
    address = f"{endpoint.rstrip('/')}/dumps/latest{ending}.{kind.suffix}"
    unpack = zlib.decompressobj(_UNPACK_GZIP) if kind.packed and not packed else None
    as_it_is = {"Accept-Encoding": "identity"}
    try:
        with httpx.stream("GET", address, headers=as_it_is, follow_redirects=True, timeout=_CONNECT_S) as answer:
            if answer.status_code != httpx.codes.OK:
                answer.read()
                raise RemoteProblem(endpoint=endpoint, detail=_detail(answer))
            for piece in answer.iter_raw():
                file.write(unpack.decompress(piece) if unpack else piece)
    except httpx.TransportError as error:
        raise Unreachable(endpoint=endpoint) from error
    if unpack:
        file.write(unpack.flush())


def _detail(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {answer.status_code}"
